import SchemaAnalysis

extension SQLName {
  /// The relation that a RangeVar names, with the schema that the statement gives.
  static func written(_ schema: String?, _ name: String) -> String {
    schema.map { quoted($0) + "." + quoted(name) } ?? quoted(name)
  }

  /// A name of an index or constraint as PostgreSQL would choose it, no longer than it takes, 63 bytes.
  static func made(_ parts: [String], _ suffix: String) -> String {
    var stem = parts.joined(separator: "_")
    while stem.utf8.count + suffix.utf8.count + 1 > 63 { stem.removeLast() }
    return stem + "_" + suffix
  }
}

/// Writes names as SQL that can be copied.
enum SQLWriting {
  /// A name, in quotes where it needs them. What could break a line or turn it is written by its number.
  static func name(_ name: String) -> String {
    let isPlain =
      name.utf8.allSatisfy { $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == UInt8(ascii: "_") }
      && name.utf8.first.map { $0 &- 48 >= 10 } ?? false
    if isPlain, !reserved.contains(name) { return name }
    let isHidden = name.unicodeScalars.contains { hides($0) }
    var quoted = ""
    for scalar in name.unicodeScalars {
      if hides(scalar) {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        quoted += "\\+" + String(repeating: "0", count: 6 - hex.count) + hex
      } else {
        if scalar == "\"" || isHidden && scalar == "\\" { quoted.unicodeScalars.append(scalar) }
        quoted.unicodeScalars.append(scalar)
      }
    }
    return (isHidden ? "U&" : "") + "\"\(quoted)\""
  }

  private static func hides(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }

  /// A table; its schema is left out where that is `public`.
  static func table(_ name: ObjectName) -> String {
    name.schema == "public" ? self.name(name.name) : "\(self.name(name.schema)).\(self.name(name.name))"
  }

  /// An index or constraint beside its table.
  static func sibling(_ name: String, of table: ObjectName) -> String { self.table(ObjectName(table.schema, name)) }

  static func list(_ names: [String]) -> String { names.map(name).joined(separator: ", ") }

  /// The keywords that cannot be a name without quotes (PostgreSQL 18, appendix C: reserved, or only for functions and
  /// types).
  private static let reserved: Set<String> = [
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "binary", "both",
    "case", "cast", "check", "collate", "collation", "column", "concurrently", "constraint", "create", "cross",
    "current_catalog", "current_date", "current_role", "current_schema", "current_time", "current_timestamp",
    "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "false", "fetch", "for",
    "foreign", "freeze", "from", "full", "grant", "group", "having", "ilike", "in", "initially", "inner", "intersect",
    "into", "is", "isnull", "join", "lateral", "leading", "left", "like", "limit", "localtime", "localtimestamp",
    "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order", "outer", "overlaps", "placing",
    "primary", "references", "returning", "right", "select", "session_user", "similar", "some", "symmetric",
    "system_user", "table", "tablesample", "then", "to", "trailing", "true", "union", "unique", "user", "using",
    "variadic", "verbose", "when", "where", "window", "with",
  ]
}

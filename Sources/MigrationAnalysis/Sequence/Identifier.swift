import SchemaAnalysis

/// Names as SQL takes them.
enum Identifier {
  /// As it is where PostgreSQL reads it back unchanged, else in quotes.
  static func quoted(_ name: String) -> String {
    let isPlain =
      name.utf8.first.map { (0x61...0x7A).contains($0) || $0 == 0x5F } ?? false
      && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    return isPlain && !reserved.contains(name) ? name : "\"\(name.replacing("\"", with: "\"\""))\""
  }

  /// Without the schema public.
  static func quoted(_ name: ObjectName) -> String {
    name.schema == "public" ? quoted(name.name) : "\(quoted(name.schema)).\(quoted(name.name))"
  }

  /// PostgreSQL's reserved words, which no name is without quotes.
  private static let reserved = Set(
    """
    all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate \
    collation column concurrently constraint create cross current_catalog current_date current_role current_schema \
    current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for \
    foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading \
    left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing \
    primary references returning right select session_user similar some symmetric system_user table tablesample then to \
    trailing true union unique user using variadic verbose when where window with
    """.split(separator: " ").map(String.init))
}

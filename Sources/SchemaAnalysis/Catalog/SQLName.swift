/// Names as SQL text.
public enum SQLName {
  /// As it is where PostgreSQL reads it back unchanged, else in quotes.
  public static func quoted(_ name: String) -> String {
    let isPlain =
      name.utf8.allSatisfy { $0 &- 97 < 26 || $0 &- 48 < 10 || $0 == UInt8(ascii: "_") }
      && !(name.utf8.first.map { $0 &- 48 < 10 } ?? true) && !keywords.contains(name)
    return isPlain
      ? name : "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  public static func quoted(_ names: [String]) -> String { names.map(quoted).joined(separator: ", ") }

  /// Without the schema public.
  public static func quoted(_ name: ObjectName) -> String {
    name.schema == "public" ? quoted(name.name) : "\(quoted(name.schema)).\(quoted(name.name))"
  }

  /// The words that are no names without quotes, in one place or another.
  private static let keywords = Set(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast \
    char character check coalesce collate collation column concurrently constraint create cross current_catalog \
    current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable \
    desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group \
    grouping having ilike in initially inner inout int integer intersect interval into is isnull join lateral leading \
    least left like limit localtime localtimestamp national natural nchar none normalize not notnull null nullif numeric \
    offset on only or order out outer overlaps overlay placing position precision primary real references returning \
    right row select session_user setof similar smallint some substring symmetric system_user table tablesample then \
    time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when where \
    window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot \
    xmlserialize xmltable
    """.split(separator: " ").map(String.init))
}

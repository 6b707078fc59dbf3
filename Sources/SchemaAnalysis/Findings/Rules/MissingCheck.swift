/// Numbers that cannot be negative and words from a short list, without a CHECK that says so. An enumerated type, a
/// domain with a CHECK, or a foreign key to a list says it as well.
struct MissingCheck: PlainSchemaRule {
  static let id = "missing-check"
  static let summary = "No CHECK says which values a price, a quantity, a share or a status may have."

  private static let counts: Set = ["quantity", "qty", "price", "stock", "seats", "capacity"]
  private static let shares: Set = ["percent", "percentage", "pct", "discount"]
  private static let numbers: Set = ["smallint", "integer", "bigint", "numeric", "real", "double precision", "money"]
  private static let texts: Set = ["text", "character varying", "character"]

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.compactMap { table in
      let checked = schema.checkedColumns(of: table)
      let referring = Set(table.foreignKeys.flatMap(\.columns))
      let flaws = table.columns.compactMap { column -> (column: Column, check: String, isNumber: Bool)? in
        guard isOwn(column, of: table), !column.isGenerated, !column.type.isArray, !referring.contains(column.name),
          !checked.contains(column.name)
        else { return nil }
        return Self.check(for: column, in: table, schema.resolved(column.type)).map { (column, $0.text, $0.isNumber) }
      }
      guard !flaws.isEmpty else { return nil }
      let names = flaws.map(\.column.name)
      let alter = "ALTER TABLE \(SQLWriting.table(table.name))"
      return SchemaFinding(
        rule: Self.id, severity: flaws.contains(where: \.isNumber) ? .warning : .note, table: table.name,
        columns: names, place: flaws[0].column.place,
        message:
          "\(Wording.label(table.name)): no CHECK says which values \(Wording.names(names)) may have, so that any "
          + "bug can write a value that makes no sense.",
        remedy: "-- Each is then validated by VALIDATE CONSTRAINT, which blocks nobody.\n"
          + flaws.map { "\(alter) ADD CHECK (\($0.check)) NOT VALID;" }.joined(separator: "\n"))
    }
  }

  private static func check(for column: Column, in table: Relation, _ type: ColumnType) -> (
    text: String, isNumber: Bool
  )? {
    let words = NameWords.split(column.name)
    guard let last = words.last, !words.contains("id") else { return nil }
    let name = SQLWriting.name(column.name)
    if numbers.contains(type.base) {
      if shares.contains(last) || words.contains("percent") { return ("\(name) BETWEEN 0 AND 100", true) }
      if counts.contains(last) { return ("\(name) >= 0", true) }
    } else if texts.contains(type.base), NameWords.isState(column, in: table) {
      // Two or three letters are a place, too.
      if type.modifiers.first.map({ $0 <= 3 }) ?? false { return nil }
      return ("\(name) IN ('…', '…')", false)
    }
    return nil
  }
}

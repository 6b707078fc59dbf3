/// Columns that say by their name or their default that they always hold something, and may be NULL all the same: each
/// query then has a third case that nobody thought of.
struct MissingNotNull: PlainSchemaRule {
  static let id = "missing-not-null"
  static let summary = "Columns that always hold a value may be NULL."

  private static let created: Set = [
    "created_at", "created_on", "inserted_at", "creation_date", "date_created", "created", "create_date", "create_time",
    "updated_at",
  ]
  private static let amounts: Set = ["amount", "price", "unit_price", "quantity", "qty", "currency", "currency_code"]

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.compactMap { table in
      var severity = Severity.note
      let columns = table.columns.filter { column in
        guard isOwn(column, of: table), schema.isNullable(column), !column.isGenerated else { return false }
        let name = NameWords.snake(column.name)
        let hasDefault =
          column.defaultText.map { $0.lowercased() != "null" && !$0.lowercased().hasPrefix("null::") }
          ?? false
        let isFlag = column.type.base == "boolean" && !column.type.isArray
        let isTime = column.type.base.hasPrefix("timestamp") || column.type.base == "date"
        let isMeant =
          isTime && Self.created.contains(name) || NameWords.isState(column, in: table) || Self.amounts.contains(name)
        // A default says that there is always a value; NULL can still be written.
        if hasDefault, isFlag || isMeant { severity = .warning }
        return hasDefault && isFlag || isMeant
      }
      guard !columns.isEmpty else { return nil }
      let names = columns.map(\.name)
      let alter = "ALTER TABLE \(SQLWriting.table(table.name))"
      return SchemaFinding(
        rule: Self.id, severity: severity, table: table.name, columns: names, place: columns[0].place,
        message: "\(Wording.label(table.name)): \(Wording.names(names)) may be NULL"
          + (severity == .warning ? ", though a default says that there is always a value." : "."),
        remedy: "-- On a large table first a CHECK (… IS NOT NULL) NOT VALID, then VALIDATE, then this.\n"
          + names.map { "\(alter) ALTER COLUMN \(SQLWriting.name($0)) SET NOT NULL;" }.joined(separator: "\n"))
    }
  }
}

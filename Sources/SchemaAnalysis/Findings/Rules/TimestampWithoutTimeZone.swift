/// Moments as `timestamp`, which holds what a clock on some wall showed: which moment it was depends on who reads it.
/// `timestamptz` takes as many bytes and knows.
struct TimestampWithoutTimeZone: PlainSchemaRule {
  static let id = "timestamp-without-time-zone"
  static let summary = "A moment is stored without its time zone."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.compactMap { table in
      let columns = table.columns.filter { column in
        guard isOwn(column, of: table), schema.resolved(column.type).base == "timestamp without time zone" else {
          return false
        }
        return !NameWords.split(column.name).contains("local")
      }
      guard !columns.isEmpty else { return nil }
      let names = columns.map(\.name)
      return SchemaFinding(
        rule: Self.id, severity: .warning, table: table.name, columns: names, place: columns[0].place,
        message:
          "\(Wording.label(table.name)): \(Wording.names(names)) \(names.count == 1 ? "is a timestamp" : "are timestamps") "
          + "without time zone, so that the moment depends on who reads it.",
        remedy: "-- Right if they were written as UTC. Without a rewrite only where the session's TimeZone is UTC.\n"
          + "-- Views over a column have to be made again.\n"
          + names.map { name in
            let sql = SQLWriting.name(name)
            return "ALTER TABLE \(SQLWriting.table(table.name)) ALTER COLUMN \(sql) TYPE timestamptz "
              + "USING \(sql) AT TIME ZONE 'UTC';"
          }.joined(separator: "\n"))
    }
  }
}

/// A unique key over a column that may be NULL: rows with NULL there never collide. Of a single column that is how an
/// optional value is said; of several it is mostly an oversight.
struct NullableUniqueKey: PlainSchemaRule {
  static let id = "nullable-unique-key"
  static let summary = "Rows with NULL in a unique key of several columns never collide."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table -> [SchemaFinding] in
      let uniqueSets = Set(table.indexes.filter(\.isUnique).map { Set($0.keys.compactMap(\.column)) })
      return table.indexes.compactMap { index in
        guard index.isUnique, index.predicate == nil, !index.nullsNotDistinct, index.origin != .primaryKey else {
          return nil
        }
        let columns = index.keys.compactMap(\.column)
        let nullable = columns.filter { table.column($0).map(schema.isNullable) ?? false }
        guard index.keys.count > 1, !nullable.isEmpty, columns.count == index.keys.count else { return nil }
        // Where a narrower key serves the rows with NULL, somebody has thought of it.
        let rest = Set(columns).subtracting(nullable)
        guard rest.isEmpty || !uniqueSets.contains(rest) else { return nil }
        return SchemaFinding(
          rule: Self.id, severity: .warning, table: table.name, columns: nullable, place: index.place,
          message:
            "\(Wording.label(table.name)) is unique by (\(Wording.columns(columns))), and \(Wording.names(nullable)) "
            + "may be NULL: rows with NULL there never collide, however often they repeat.",
          remedy: """
            -- From PostgreSQL 15 on; before, a second unique index with WHERE \(SQLWriting.name(nullable[0])) IS NULL.
            CREATE UNIQUE INDEX CONCURRENTLY ON \(SQLWriting.table(table.name)) (\(SQLWriting.list(columns))) NULLS NOT DISTINCT;
            -- or, where the value is always there:
            \(nullable.map {
              "ALTER TABLE \(SQLWriting.table(table.name)) ALTER COLUMN \(SQLWriting.name($0)) SET NOT NULL;"
            }.joined(separator: "\n"))
            """)
      }
    }
  }
}

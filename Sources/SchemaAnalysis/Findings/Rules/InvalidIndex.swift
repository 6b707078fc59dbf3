private import TextFormats

/// An index on a partitioned table alone (ON ONLY) to which not every partition has attached one: no query can use it.
struct InvalidIndex: PlainSchemaRule {
  static let id = "invalid-index"
  static let summary = "An index on a partitioned table is not valid, because not every partition has its own."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table in
      table.indexes.filter { !$0.isValid }.map { index in
        SchemaFinding(
          rule: Self.id, severity: .error, table: table.name, columns: index.keys.compactMap(\.column),
          place: index.place,
          message:
            "\(Wording.label(table.name)) has the index \(Wording.name(index.name)), to which not every partition "
            + "has attached its own: it is not valid, and no query uses it.",
          remedy: """
            -- For each partition that lacks it:
            CREATE INDEX CONCURRENTLY partition_idx ON partition (\(index.keys.map(Self.text).joined(separator: ", ")));
            ALTER INDEX \(SQLWriting.sibling(index.name, of: table.name)) ATTACH PARTITION partition_idx;
            """)
      }
    }
  }

  private static func text(_ key: Index.Key) -> String {
    key.column.map(SQLWriting.name) ?? "(\(key.text.onOneLine(atMost: .max)))"
  }
}

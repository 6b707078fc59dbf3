/// A table whose rows cannot be named: logical replication cannot change them, tools that rewrite tables online refuse
/// them, and a row that was written twice cannot be removed once.
struct MissingPrimaryKey: PlainSchemaRule {
  static let id = "missing-primary-key"
  static let summary = "A table has no primary key, so that nothing names its rows."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.filter { $0.primaryKey == nil }.map { table in
      let label = Wording.label(table.name)
      let alter = "ALTER TABLE \(SQLWriting.table(table.name))"
      if let key = Self.candidate(in: table) {
        let columns = key.keys.compactMap(\.column)
        return SchemaFinding(
          rule: Self.id, severity: .warning, table: table.name, columns: columns, place: table.place,
          message: "\(label) has no primary key, though \(Wording.names(columns)) would do: "
            + "unique and never NULL. Replication and tools look for a primary key.",
          remedy: key.origin == .statement
            ? "\(alter) ADD PRIMARY KEY USING INDEX \(SQLWriting.name(key.name));"
            : "\(alter) REPLICA IDENTITY USING INDEX \(SQLWriting.name(key.name));")
      }
      let joining = Self.joiningColumns(of: table)
      return SchemaFinding(
        rule: Self.id, severity: .error, table: table.name, place: table.place,
        message: "\(label) has no primary key: nothing names its rows, and the same row can stand in it twice.",
        remedy: !joining.isEmpty
          ? "\(alter) ADD PRIMARY KEY (\(SQLWriting.list(joining)));"
          : table.column("id").map { schema.isNullable($0) ? "" : "\(alter) ADD PRIMARY KEY (id);" }.flatMap {
            $0.isEmpty ? nil : $0
          }
            ?? """
            -- If columns of it name a row, take those instead. This one writes the whole table anew.
            \(alter) ADD COLUMN \(SQLWriting.name(Self.freeName(in: table))) bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
            """)
    }
  }

  /// An index that could be the primary key as it is.
  private static func candidate(in table: Relation) -> Index? {
    table.indexes.first { index in
      index.isUnique && index.isValid && index.predicate == nil && index.method == "btree" && !index.keys.isEmpty
        && index.keys.allSatisfy { $0.column.flatMap { table.column($0) }?.notNull == true }
    }
  }

  /// The foreign keys of a table that holds little else: it joins two others.
  private static func joiningColumns(of table: Relation) -> [String] {
    guard table.foreignKeys.count == 2, table.columns.count <= 4 else { return [] }
    let columns = table.foreignKeys.flatMap(\.columns)
    return Set(columns).count == columns.count ? columns : []
  }

  private static func freeName(in table: Relation) -> String {
    (["id"] + (2...99).map { "id\($0)" }).first { table.column($0) == nil } ?? "id"
  }
}

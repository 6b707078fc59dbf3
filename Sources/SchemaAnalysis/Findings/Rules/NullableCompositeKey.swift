/// A foreign key of several columns that may be NULL: with MATCH SIMPLE, which is the default, one NULL among them
/// means that nothing is checked, whatever the others hold.
struct NullableCompositeKey: PlainSchemaRule {
  static let id = "nullable-composite-key"
  static let summary = "A foreign key of several columns is not checked where one of them is NULL."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table in
      table.foreignKeys.compactMap { key in
        guard key.columns.count > 1, !key.isMatchFull else { return nil }
        let nullable = key.columns.filter { table.column($0).map(schema.isNullable) ?? false }
        guard !nullable.isEmpty, !Self.areNullTogether(nullable, in: table) else { return nil }
        // One that may be NULL beside others that may not is how an optional reference is said.
        let isOptional = nullable.count == 1
        let alter = "ALTER TABLE \(SQLWriting.table(table.name))"
        return SchemaFinding(
          rule: Self.id, severity: isOptional ? .note : .warning, table: table.name, columns: nullable,
          place: key.place,
          message: "\(Wording.label(table.name)) (\(Wording.columns(key.columns))) refers to "
            + "\(Wording.label(key.references)), and \(Wording.names(nullable)) may be NULL: such a row is not checked "
            + "at all\(isOptional ? ", which is right only where NULL means that there is no parent" : "").",
          remedy: isOptional
            ? "\(alter) ALTER COLUMN \(SQLWriting.list(nullable)) SET NOT NULL; -- if there is always a parent"
            : """
            -- All of them or none:
            \(alter) ADD CHECK (num_nulls(\(SQLWriting.list(nullable))) IN (0, \(nullable.count))) NOT VALID;
            -- or, where there is always a parent:
            \(nullable.map { "\(alter) ALTER COLUMN \(SQLWriting.name($0)) SET NOT NULL;" }.joined(separator: "\n"))
            """)
      }
    }
  }

  /// Whether a CHECK says something of all of them.
  private static func areNullTogether(_ columns: [String], in table: Relation) -> Bool {
    columns.count > 1 && table.checks.contains { Set(columns).isSubset(of: $0.columns) }
  }
}

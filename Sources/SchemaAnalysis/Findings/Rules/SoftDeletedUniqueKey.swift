/// A unique key over all rows of a table that keeps deleted ones: the value of a deleted row stays taken.
struct SoftDeletedUniqueKey: PlainSchemaRule {
  static let id = "soft-deleted-unique-key"
  static let summary = "A unique key also counts rows that are marked as deleted, so that their values stay taken."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table in
      guard let mark = RowMark.find(in: table), mark.isDeletion else { return [SchemaFinding]() }
      return table.indexes.compactMap { index in
        guard index.isUnique, index.origin != .primaryKey, index.predicate == nil else { return nil }
        let columns = index.keys.compactMap(\.column)
        guard columns.count == index.keys.count, !columns.contains(mark.column), !isSurrogate(columns, in: table) else {
          return nil
        }
        let drop =
          index.origin == .statement
          ? "DROP INDEX CONCURRENTLY \(SQLWriting.sibling(index.name, of: table.name));"
          : "ALTER TABLE \(SQLWriting.table(table.name)) DROP CONSTRAINT \(SQLWriting.name(index.name));"
        return SchemaFinding(
          rule: Self.id, severity: .note, table: table.name, columns: columns, place: index.place,
          message: "\(Wording.label(table.name)) is unique by (\(Wording.columns(columns))) over rows marked by "
            + "\(Wording.name(mark.column)) too: a deleted one keeps its value from being used again.",
          remedy: """
            CREATE UNIQUE INDEX CONCURRENTLY ON \(SQLWriting.table(table.name)) (\(SQLWriting.list(columns))) \
            WHERE \(mark.liveRows);
            \(drop)
            """)
      }
    }
  }

  /// Values that never come again.
  private func isSurrogate(_ columns: [String], in table: Relation) -> Bool {
    columns.contains { name in
      guard let column = table.column(name) else { return false }
      return column.isSerial || column.identity != nil || column.type.base == "uuid"
        || NameWords.split(name).contains { ["token", "uuid", "guid", "hash", "digest"].contains($0) }
    }
  }
}

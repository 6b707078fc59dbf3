private import TextFormats

/// A table with a mark that most queries filter by, and indexes over all of its rows. A partial index pays only where
/// its condition leaves out most of them: one over 97 % of the rows saved nothing in our measurement, one over 5 % was
/// an eighth of the size.
struct PartialIndexOpportunity: PlainSchemaRule {
  static let id = "partial-index-opportunity"
  static let summary = "Indexes hold rows that a soft delete or a flag takes out of most queries."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.compactMap { table in
      guard let mark = RowMark.find(in: table) else { return nil }
      let full = table.indexes.filter { index in
        index.origin == .statement && !index.isUnique && index.predicate == nil && index.isValid
          && !index.keys.contains { $0.column == mark.column || $0.expressionColumns.contains(mark.column) }
      }
      guard !full.isEmpty else { return nil }
      let label = Wording.label(table.name)
      let names = Wording.list(full.map(\.name), most: 4)
      let reason =
        mark.isDeletion
        ? "rows marked as deleted" : "rows that \(Wording.name(mark.column)) takes out of most queries"
      return SchemaFinding(
        rule: Self.id, severity: .note, table: table.name, columns: [mark.column],
        place: table.column(mark.column)?.place ?? table.place,
        message: "\(label) has \(Wording.counted(full.count, "index", "indexes")) that also hold \(reason): \(names). "
          + "A partial index pays where its condition keeps less than about a fifth of the rows and the queries repeat "
          + "it; count them first.",
        remedy: """
          SELECT count(*) FILTER (WHERE \(mark.liveRows))::numeric / nullif(count(*), 0) AS share_kept FROM \
          \(SQLWriting.table(table.name));
          -- If that is below 0.2:
          \(full.prefix(4).map { Self.partial($0, table, mark) }.joined(separator: "\n"))
          """)
    }
  }

  private static func partial(_ index: Index, _ table: Relation, _ mark: RowMark) -> String {
    let keys = index.keys.map { ($0.column.map(SQLWriting.name) ?? "(\($0.text.onOneLine(atMost: .max)))") }
    let using = index.method == "btree" ? "" : "USING \(SQLWriting.name(index.method)) "
    return "CREATE INDEX CONCURRENTLY ON \(SQLWriting.table(table.name)) \(using)(\(keys.joined(separator: ", "))) "
      + "WHERE \(mark.liveRows);"
  }
}

/// A column that says which rows still count.
struct RowMark: Sendable {
  let column: String
  /// The condition of the rows that count, as SQL.
  let liveRows: String
  let isDeletion: Bool

  private static let times: Set = [
    "deleted_at", "deleted_on", "deleted_date", "deletedat", "archived_at", "removed_at", "deleted_time",
    "date_deleted",
    "discarded_at",
  ]
  private static let goneFlags: Set = [
    "is_deleted", "deleted", "is_archived", "archived", "is_removed", "soft_deleted",
  ]
  private static let liveFlags: Set = ["is_active", "active", "activebool", "is_enabled", "enabled", "is_current"]

  static func find(in table: Relation) -> RowMark? {
    var flag: RowMark?
    for column in table.columns {
      let name = NameWords.snake(column.name)
      let sql = SQLWriting.name(column.name)
      if times.contains(name) || goneFlags.contains(name) && column.type.base.hasPrefix("timestamp") {
        return RowMark(
          column: column.name, liveRows: "\(sql) IS NULL", isDeletion: !name.hasPrefix("archived"))
      }
      guard column.type.base == "boolean", flag == nil else { continue }
      if goneFlags.contains(name) {
        flag = RowMark(column: column.name, liveRows: "NOT \(sql)", isDeletion: !name.contains("archived"))
      } else if liveFlags.contains(name) {
        flag = RowMark(column: column.name, liveRows: sql, isDeletion: false)
      }
    }
    return flag
  }
}

import SQLSyntax
import SchemaAnalysis

/// REINDEX without CONCURRENTLY: writes wait until the index is built anew, and reads that would use it.
struct RequireConcurrentReindex: MigrationRule {
  static let id = "require-concurrent-reindex"
  static let summary = "Indexes are rebuilt CONCURRENTLY."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let reindex = statement.node["ReindexStmt"]
    // The system's own tables know no other way, and version 11 neither.
    guard reindex.isPresent, reindex["kind"].string != "REINDEX_OBJECT_SYSTEM", statement.settings.postgres >= 12,
      !reindex["params"].elements.contains(where: { $0["DefElem"]["defname"].string == "concurrently" })
    else { return [] }
    let relation = reindex["relation"]
    let table =
      reindex["kind"].string == "REINDEX_OBJECT_TABLE"
      ? statement.catalog.name(of: relation)
      : statement.tableOfIndex(([relation["schemaname"].string, relation["relname"].string]).compactMap { $0 })
    if let table, statement.isIdle(table) { return [] }
    return [
      statement.finding(
        Self.id, table.map(statement.weightOfBlocking) ?? (statement.settings.isLive ? .warning : .note),
        "Writes, and reads that would use the index, wait until it is built anew."
          + (table.map { " " + statement.duration(.index, $0) } ?? ""),
        "Rebuild it CONCURRENTLY, outside a transaction.", table: table,
        fix: [SafeSequence.patience, statement.concurrentReindex])
    ]
  }
}

extension StatementContext {
  fileprivate var concurrentReindex: String {
    for word in ["index", "table", "schema", "database"] {
      if text.tokens(in: parsed.statement.range).contains(where: { $0.depth == 0 && $0.word == word }) {
        return sql(inserting: "CONCURRENTLY", behind: word)
      }
    }
    return text[parsed.statement.range] + ";"
  }
}

import SQLSyntax
import SchemaAnalysis

/// An index that is not built CONCURRENTLY: writes to its table wait until it is done.
struct RequireConcurrentIndexCreation: MigrationRule {
  static let id = "require-concurrent-index-creation"
  static let summary = "An index on a table in use is built CONCURRENTLY."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let index = statement.node["IndexStmt"]
    guard index.isPresent, !index["concurrent"].isTrue else { return [] }
    let table = statement.catalog.name(of: index["relation"])
    guard !statement.isIdle(table) else { return [] }
    return [
      statement.finding(
        Self.id, statement.weightOfBlocking(table),
        "Writes to \(table) wait until the index is built. \(statement.duration(.scan, table))",
        "Build it CONCURRENTLY, outside a transaction.", table: table)
    ]
  }
}

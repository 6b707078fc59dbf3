import SQLSyntax
import SchemaAnalysis

/// CREATE INDEX CONCURRENTLY commits several times while it works, and is refused inside a transaction.
struct BanConcurrentIndexCreationInTransaction: MigrationRule {
  static let id = "ban-concurrent-index-creation-in-transaction"
  static let summary = "What works CONCURRENTLY runs outside a transaction."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    guard statement.node["IndexStmt"]["concurrent"].isTrue, statement.isInTransaction == true else { return [] }
    return [
      statement.finding(
        Self.id, .error, "CREATE INDEX CONCURRENTLY fails inside a transaction.",
        "Give it a migration of its own that the tool runs without a transaction.",
        table: statement.catalog.name(of: statement.node["IndexStmt"]["relation"]), sized: false)
    ]
  }
}

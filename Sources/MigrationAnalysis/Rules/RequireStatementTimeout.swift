import SQLSyntax
import SchemaAnalysis

/// A change without a statement timeout: if it takes longer than was thought, nothing ends it, nor the wait of others.
struct RequireStatementTimeout: MigrationRule {
  static let id = "require-statement-timeout"
  static let summary = "A change of a table in use is given up where it takes too long."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    guard !statement.statementTimeoutIsSet, !statement.memory.toldStatementTimeout, statement.settings.isLive,
      let lock = LockTaken(statement), !lock.waitsByDesign
    else { return [] }
    return [
      statement.finding(
        Self.id, .note, "No statement_timeout is set: nothing ends this if it takes longer than was thought.",
        "Set statement_timeout before it to the longest time that may be waited.", table: lock.table, sized: false,
        fix: ["SET statement_timeout = '30s';"])
    ]
  }
}

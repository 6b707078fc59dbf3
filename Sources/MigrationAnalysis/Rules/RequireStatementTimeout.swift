import SQLSyntax
import SchemaAnalysis

/// A change without a statement timeout: if it takes longer than was thought, nothing ends it, nor the wait of others.
struct RequireStatementTimeout: MigrationRule {
  static let id = "require-statement-timeout"
  static let summary = "A change of a table in use is given up where it takes too long."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    guard !statement.statementTimeoutIsSet, !statement.memory.toldStatementTimeout, statement.settings.isLive,
      let lock = LockTaken(statement), !(lock.waitsByDesign && statement.statementTimeoutIsStated)
    else { return [] }
    return [
      statement.finding(
        Self.id, .note,
        lock.waitsByDesign
          ? "No statement_timeout is stated: one that the role or the server has would cut this short, and leave an invalid index."
          : "No statement_timeout is set: nothing ends this if it takes longer than was thought.",
        lock.waitsByDesign
          ? "Say before it that there is none."
          : "Set statement_timeout before it to the longest time that may be waited.", table: lock.table, sized: false,
        fix: [lock.waitsByDesign ? "SET statement_timeout = 0;" : "SET statement_timeout = '30s';"])
    ]
  }
}

import SQLSyntax
import SchemaAnalysis

/// A change of a table in use without a lock timeout: while it waits behind one long transaction, all later queries on
/// the table wait behind it.
struct RequireLockTimeout: MigrationRule {
  static let id = "require-lock-timeout"
  static let summary = "A change of a table in use gives up quickly where it does not get its lock."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    guard !statement.lockTimeoutIsSet, !statement.memory.toldLockTimeout, statement.settings.isLive,
      let lock = LockTaken(statement), !lock.waitsByDesign
    else { return [] }
    return [
      statement.finding(
        Self.id, .warning,
        "No lock_timeout is set: if this waits for its lock on \(lock.object), all later queries on it wait as well.",
        "Set lock_timeout to a second or a few before it, and repeat the migration where that strikes.",
        table: lock.table, sized: false, fix: ["SET lock_timeout = '1s';"])
    ]
  }
}

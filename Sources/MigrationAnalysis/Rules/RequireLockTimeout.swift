import SQLSyntax
import SchemaAnalysis
import TextFormats

/// A change of a table in use without a lock timeout: while it waits behind one long transaction, all later queries on
/// the table wait behind it.
struct RequireLockTimeout: MigrationRule {
  static let id = "require-lock-timeout"
  static let summary = "A change of a table in use gives up quickly where it does not get its lock."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    guard !statement.lockTimeoutIsSet, !statement.memory.toldLockTimeout, statement.settings.isLive,
      let lock = LockTaken(statement)
    else { return [] }
    if lock.waitsByDesign {
      if statement.lockTimeoutIsStated { return [] }
      return [
        statement.finding(
          Self.id, .note,
          "No lock_timeout is stated: one that the role or the server has would cut this short, and leave an invalid index.",
          "Say before it that there is none.", table: lock.table, sized: false, fix: [SafeSequence.patience])
      ]
    }
    guard lock.isInTheWay else { return [] }
    return [
      statement.finding(
        Self.id, .warning,
        "No lock_timeout is set: if this waits for its lock on \(lock.object.forMessage), all later queries on it wait as well.",
        "Set lock_timeout to a second or a few before it, and repeat the migration where that strikes.",
        table: lock.table, sized: false, fix: [SafeSequence.lockTimeout])
    ]
  }
}

import SQLSyntax
import SchemaAnalysis

/// A partition detached without CONCURRENTLY: reads and writes of the whole partitioned table wait for the lock.
struct RequireConcurrentPartitionDetach: MigrationRule {
  static let id = "require-concurrent-partition-detach"
  static let summary = "A partition is detached CONCURRENTLY (version 14 and later)."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.compactMap { change in
      guard change.kind == "AT_DetachPartition", !change.definition["PartitionCmd"]["concurrent"].isTrue,
        statement.settings.postgres >= 14, !statement.isIdle(change.table)
      else { return nil }
      return statement.finding(
        Self.id, statement.settings.isLive ? .warning : .note, at: change.clause.lowerBound,
        "Reads and writes of \(change.table) and all its partitions wait for the lock.",
        "Detach it CONCURRENTLY, outside a transaction; a default partition must not be there.", table: change.table,
        sized: false,
        fix: [SafeSequence.patience, "ALTER TABLE \(change.written) \(statement.text[change.clause]) CONCURRENTLY;"])
    }
  }
}

import SQLSyntax
import SchemaAnalysis

/// SET NOT NULL on a column: every row is looked at under a lock that reads and writes wait for, unless a check that
/// was validated before proves it (version 12 and later).
struct AddingNotNullableField: MigrationRule {
  static let id = "adding-not-nullable-field"
  static let summary = "NOT NULL is set on a column that a validated check has proved."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.compactMap { change in
      guard change.kind == "AT_SetNotNull", !change.isForeign, !statement.isIdle(change.table),
        change.operation(statement).work != .metadata
      else { return nil }
      return statement.finding(
        Self.id, statement.weightOfBlocking(change.table), at: change.clause.lowerBound,
        "All rows of \(change.table) are looked at, and its reads and writes wait meanwhile. "
          + statement.duration(.scan, change.table),
        "Prove it before by a check that is added NOT VALID and then validated; old code must not write nulls any more.",
        table: change.table,
        fix: [SafeSequence.lockTimeout]
          + SafeSequence.notNull(change.name, change, postgres: statement.settings.postgres))
    }
  }
}

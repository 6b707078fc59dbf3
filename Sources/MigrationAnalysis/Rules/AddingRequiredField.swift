import SQLSyntax
import SchemaAnalysis
import TextFormats

/// A new column that must not be null and has no default: in a table with rows the statement fails at once, and code of
/// the release before does not fill it.
struct AddingRequiredField: MigrationRule {
  static let id = "adding-required-field"
  static let summary = "A new column is nullable or has a default."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.compactMap { change in
      let column = AddedColumn(change)
      guard column.isRequired, !change.isForeign, !statement.isIdle(change.table) else { return nil }
      let plain = column.text(keeping: [], change, statement.text)
      return statement.finding(
        Self.id, .error, at: change.clause.lowerBound,
        "Column \(column.name.forMessage) must not be null and has no default, so the statement fails as soon as \(change.table) has rows.",
        "Add it nullable, fill it in batches, then set NOT NULL by way of a check; or give it a constant default.",
        table: change.table,
        fix: [
          SafeSequence.lockTimeout, "ALTER TABLE \(change.written) ADD COLUMN \(plain);",
          SafeSequence.backfill(column.name, "…", change.written),
        ] + SafeSequence.notNull(column.name, change, postgres: statement.settings.postgres))
    }
  }
}

import SQLSyntax
import SchemaAnalysis

/// A new column that must not be null and has no default: in a table with rows the statement fails at once, and code of
/// the release before does not fill it.
struct AddingRequiredField: MigrationRule {
  static let id = "adding-required-field"
  static let summary = "A new column is nullable or has a default."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.compactMap { change in
      guard !change.isForeign, !statement.isIdle(change.table) else { return nil }
      let column = AddedColumn(change)
      guard column.isRequired else { return nil }
      return statement.finding(
        Self.id, .error, at: change.clause.lowerBound,
        "Column \(column.name) must not be null and has no default, so the statement fails if \(change.table) has rows.",
        "Add it nullable, fill it in batches, then set NOT NULL by way of a check; or give it a constant default.",
        table: change.table)
    }
  }
}

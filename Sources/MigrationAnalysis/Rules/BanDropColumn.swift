import SQLSyntax
import SchemaAnalysis
import TextFormats

/// A column dropped: running code that reads or writes it fails, and no down migration brings its values back.
struct BanDropColumn: MigrationRule {
  static let id = "ban-drop-column"
  static let summary = "A column is dropped in a release of its own, after no code uses it."
  static let judgesDown = false

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.compactMap { change in
      guard change.kind == "AT_DropColumn", !statement.isNew(change.table) else { return nil }
      return statement.finding(
        Self.id, statement.settings.isLive ? .warning : .note, at: change.clause.lowerBound,
        "Code that still reads or writes \(change.name.forMessage) fails from this moment on, and its values are gone for good.",
        "Ship code that does not use it first, take a backup, then drop it; say so by a comment that allows it.",
        table: change.table, sized: false)
    }
  }
}

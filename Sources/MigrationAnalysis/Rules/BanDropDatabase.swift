import SQLSyntax
import SchemaAnalysis

/// A whole database dropped by a migration.
struct BanDropDatabase: MigrationRule {
  static let id = "ban-drop-database"
  static let summary = "No migration drops a database."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    guard statement.node.is("DropdbStmt") else { return [] }
    return [
      statement.finding(
        Self.id, .error, "All that the database holds is gone for good.",
        "Leave it out of the migrations; drop a database by hand, after a backup.")
    ]
  }
}

import SQLSyntax
import SchemaAnalysis

/// TRUNCATE … CASCADE: it also empties every table that refers to the one named, and those that refer to them.
struct BanTruncateCascade: MigrationRule {
  static let id = "ban-truncate-cascade"
  static let summary = "TRUNCATE names the tables that it empties."
  static let judgesDown = false

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let truncate = statement.node["TruncateStmt"]
    guard truncate["behavior"].string == "DROP_CASCADE" else { return [] }
    let tables = truncate["relations"].elements.map { statement.catalog.name(of: $0["RangeVar"]) }
    guard let table = tables.first(where: { !statement.isNew($0) }) else { return [] }
    return [
      statement.finding(
        Self.id, .error, "All tables that refer to \(table), near or far, are emptied as well.",
        "Name each table that is to be emptied, and leave CASCADE out.", table: table)
    ]
  }
}

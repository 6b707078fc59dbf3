import SQLSyntax
import SchemaAnalysis
import TextFormats

/// A table dropped: running code that uses it fails, and no down migration brings its rows back.
struct BanDropTable: MigrationRule {
  static let id = "ban-drop-table"
  static let summary = "A table is dropped in a release of its own, after no code uses it."
  static let judgesDown = false

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let drop = statement.node["DropStmt"]
    let kind = drop["removeType"].string
    guard kind == "OBJECT_TABLE" || kind == "OBJECT_FOREIGN_TABLE" else { return [] }
    let tables = drop["objects"].elements.map { statement.catalog.name(of: $0["List"]["items"].names) }
      .filter { !statement.isNew($0) }
    guard let table = tables.first else { return [] }
    return [
      statement.finding(
        Self.id, statement.settings.isLive ? .warning : .note,
        "Code that still uses \(tables.map(\.description).joined(separator: ", ").forMessage) fails from this moment on, and the rows are gone for good.",
        "Ship code that does not use it first, take a backup, then drop it; say so by a comment that allows it.",
        table: table)
    ]
  }
}

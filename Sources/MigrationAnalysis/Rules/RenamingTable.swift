import SQLSyntax
import SchemaAnalysis
import TextFormats

/// A table renamed in place: every running instance that uses the old name fails.
struct RenamingTable: MigrationRule {
  static let id = "renaming-table"
  static let summary = "A table gets another name by way of a view."
  static let judgesDown = false

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let rename = statement.node["RenameStmt"]
    let kind = rename["renameType"].string
    guard kind == "OBJECT_TABLE" || kind == "OBJECT_FOREIGN_TABLE" else { return [] }
    let relation = rename["relation"]
    let table = statement.catalog.name(of: relation)
    if statement.isNew(table) { return [] }
    let schema = relation["schemaname"].string
    let old = SQLName.written(schema, relation["relname"].string ?? "")
    let new = rename["newname"].string ?? ""
    let newName = SQLName.written(schema, new)
    return [
      statement.finding(
        Self.id, statement.settings.isLive ? .error : .note,
        "Code that runs now knows only the name \(table.name.forMessage), and fails from this moment on.",
        "Give the new name to a view first, move all code to it, and rename the table when nobody uses the old name.",
        table: table, sized: false,
        fix: [
          SafeSequence.lockTimeout, "CREATE VIEW \(newName) AS SELECT * FROM \(old);",
          "-- Move all code to \(newName). When nothing uses \(old) any more, in one transaction:",
          "-- DROP VIEW \(newName); ALTER TABLE \(old) RENAME TO \(SQLName.quoted(new));",
        ])
    ]
  }
}

import SQLSyntax
import SchemaAnalysis

/// A view, sequence, type, function or schema renamed in place, or a value of an enum: running code that uses the old
/// name fails. Names of indexes and constraints are not used by code.
struct RenamingObject: MigrationRule {
  static let id = "renaming-object"
  static let summary = "What running code names keeps its name."
  static let judgesDown = false

  private static let words = [
    "OBJECT_VIEW": "view", "OBJECT_MATVIEW": "materialized view", "OBJECT_SEQUENCE": "sequence", "OBJECT_TYPE": "type",
    "OBJECT_DOMAIN": "domain", "OBJECT_SCHEMA": "schema", "OBJECT_FUNCTION": "function",
    "OBJECT_PROCEDURE": "procedure", "OBJECT_AGGREGATE": "aggregate",
  ]

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let rename = statement.node["RenameStmt"]
    let value = statement.node["AlterEnumStmt"]
    let isValue = value["newVal"].isPresent && value["oldVal"].isPresent
    guard let word = isValue ? "value of an enum" : Self.words[rename["renameType"].string ?? ""] else { return [] }
    return [
      statement.finding(
        Self.id, statement.settings.isLive ? .warning : .note,
        "Code that runs now knows only the old name of this \(word), and fails from this moment on.",
        "Create the new one beside it, move all code to it, and drop the old one in a later release.")
    ]
  }
}

import SQLSyntax
import SchemaAnalysis
import TextFormats

/// A column renamed in place: instant for the server, and every running instance that uses the old name fails.
struct RenamingColumn: MigrationRule {
  static let id = "renaming-column"
  static let summary = "A column gets another name in phases: expand, backfill, contract."
  static let judgesDown = false

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let rename = statement.node["RenameStmt"]
    let kind = rename["renameType"].string
    guard kind == "OBJECT_COLUMN" || kind == "OBJECT_ATTRIBUTE" else { return [] }
    let relation = rename["relation"]
    let table = statement.catalog.name(of: relation)
    if statement.isNew(table) { return [] }
    let old = rename["subname"].string ?? ""
    let new = rename["newname"].string ?? ""
    return [
      statement.finding(
        Self.id, statement.settings.isLive ? .error : .note,
        "Code that runs now knows only the name \(old.forMessage), and fails from this moment on.",
        "Expand, backfill, contract: add \(new.forMessage), write both, fill it in batches, move the reads, drop \(old.forMessage) in a later release.",
        table: table, sized: false,
        fix: kind == "OBJECT_COLUMN" && rename["relationType"].string == "OBJECT_TABLE"
          ? fix(
            table, SQLName.written(relation["schemaname"].string, relation["relname"].string ?? ""), old, new, statement
          )
          : [])
    ]
  }

  private func fix(
    _ table: ObjectName, _ written: String, _ old: String, _ new: String, _ statement: StatementContext
  ) -> [String] {
    let type = statement.catalog[table]?.column(old)?.type.text
    let (oldName, newName) = (SQLName.quoted(old), SQLName.quoted(new))
    let succession = ColumnSuccession(of: old, by: new, in: table, written, statement, sameType: true)
    let add = [
      SafeSequence.lockTimeout,
      type.map { "ALTER TABLE \(written) ADD COLUMN \(newName) \($0);" }
        ?? "-- ALTER TABLE \(written) ADD COLUMN \(newName) with the type of \(oldName), which is not known here.",
    ]
    let fill = [
      "-- Write both columns from now on, in the code or by a trigger.",
      SafeSequence.backfill(new, oldName, written),
    ]
    let drop = [
      "-- Count the rows in which they differ, move the reads to \(newName), and stop writing \(oldName). In a later release:",
      "ALTER TABLE \(written) DROP COLUMN \(oldName);",
    ]
    return add + succession.early + fill + succession.late + drop + succession.last
  }
}

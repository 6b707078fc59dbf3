import SQLSyntax
import SchemaAnalysis

/// DROP NOT NULL: running code that has never met a null in this column meets one.
struct BanDropNotNull: MigrationRule {
  static let id = "ban-drop-not-null"
  static let summary = "Code knows of nulls before a column allows them."
  static let judgesDown = false

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let message = "Code that reads this has never met a null, and may fail when one is written."
    let remedy = "Ship code that understands nulls first."
    let severity: Severity = statement.settings.isLive ? .warning : .note
    let domain = statement.node["AlterDomainStmt"]
    if domain["subtype"].string == "N" { return [statement.finding(Self.id, severity, message, remedy)] }
    return statement.changes.compactMap { change in
      guard change.kind == "AT_DropNotNull", !statement.isNew(change.table) else { return nil }
      return statement.finding(
        Self.id, severity, at: change.clause.lowerBound, message, remedy, table: change.table, sized: false)
    }
  }
}

import SQLSyntax
import SchemaAnalysis

/// SET LOCAL outside a transaction: it has no effect but a warning.
struct LocalSettingOutsideTransaction: MigrationRule {
  static let id = "local-setting-outside-transaction"
  static let summary = "SET LOCAL stands in the transaction that it is for."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let set = statement.node["VariableSetStmt"]
    guard set["is_local"].isTrue, statement.isInTransaction == false else { return [] }
    return [
      statement.finding(
        Self.id, .warning, "SET LOCAL has no effect here, for no transaction is open.",
        "Use SET, or begin a transaction before.")
    ]
  }
}

import SQLSyntax
import SchemaAnalysis

/// BEGIN inside a transaction, or COMMIT outside one: PostgreSQL knows one transaction at a time, so what is meant to
/// hold together does not.
struct TransactionNesting: MigrationRule {
  static let id = "transaction-nesting"
  static let summary = "Transactions are begun once and ended once."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let transaction = statement.node["TransactionStmt"]
    let isInside = statement.isInTransaction
    let explicit = statement.isInExplicitTransaction
    switch transaction["kind"].string {
    case "TRANS_STMT_BEGIN", "TRANS_STMT_START":
      guard explicit || (isInside == true && statement.step.transaction == .wrapped) else { return [] }
      return [
        statement.finding(
          Self.id, .warning,
          explicit
            ? "A transaction is open already: this BEGIN has no effect, and the first COMMIT ends everything."
            : "The migration tool has opened a transaction already: this BEGIN has no effect.",
          explicit
            ? "Commit the first one before, or leave this out." : "Leave it out, or tell the tool not to open one.")
      ]
    case "TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK":
      guard !explicit else { return [] }
      let isTools = isInside == true && statement.step.transaction == .wrapped
      if isInside == true && !isTools { return [] }
      return [
        statement.finding(
          Self.id, .warning,
          isTools
            ? "This ends the transaction that the migration tool opened: what follows runs outside it, and the tool's own COMMIT finds none."
            : "No transaction is open here, so this has no effect.",
          isTools ? "Leave it out, or tell the tool not to open one." : "Leave it out, or begin one before.")
      ]
    default: return []
    }
  }
}

import SQLSyntax
import SchemaAnalysis

/// A migration that ends within a transaction that it began: nothing of it may last, or its locks stay.
struct BanUncommittedTransaction: MigrationRule {
  static let id = "ban-uncommitted-transaction"
  static let summary = "A transaction that a migration begins is ended by it."

  /// It is found at the end, not at a statement.
  func findings(_ statement: StatementContext) -> [MigrationFinding] { [] }

  static func finding(_ begin: SQLStatement, _ text: SQLText, _ file: Int) -> MigrationFinding {
    MigrationFinding(
      rule: id, severity: .error, place: SQLPlace(text: file, offset: begin.range.lowerBound),
      statement: text.excerpt(begin.range), message: "The transaction that begins here is never committed",
      remedy: "Write COMMIT at its end")
  }
}

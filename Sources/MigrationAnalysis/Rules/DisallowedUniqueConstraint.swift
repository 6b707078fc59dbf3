import SQLSyntax
import SchemaAnalysis

/// A unique constraint that brings its own index: reads and writes wait until that is built.
struct DisallowedUniqueConstraint: MigrationRule {
  static let id = "disallowed-unique-constraint"
  static let summary = "A unique constraint takes an index that was built CONCURRENTLY."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.flatMap { change in
      AddedConstraint.all(change).compactMap { constraint in
        guard constraint.kind == "CONSTR_UNIQUE", !constraint.usesIndex, !statement.isIdle(change.table) else {
          return nil
        }
        return statement.finding(
          Self.id, statement.weightOfBlocking(change.table), at: constraint.offset,
          "Reads and writes of \(change.table) wait while the unique index is built. "
            + statement.duration(.index, change.table),
          "Build the unique index CONCURRENTLY, and add the constraint USING INDEX.", table: change.table,
          fix: [SafeSequence.lockTimeout] + constraint.plainColumn(statement.text)
            + SafeSequence.key("UNIQUE", constraint.name, SQLName.quoted(constraint.columns), change))
      }
    }
  }
}

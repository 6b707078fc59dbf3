import SQLSyntax
import SchemaAnalysis

/// A foreign key that is proved while it is added: writes to both tables wait until every row has been looked up.
struct AddingForeignKeyConstraint: MigrationRule {
  static let id = "adding-foreign-key-constraint"
  static let summary = "A foreign key is added NOT VALID and validated afterwards."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.flatMap { change in
      AddedConstraint.all(change).compactMap { constraint in
        guard constraint.kind == "CONSTR_FOREIGN", !constraint.isUnvalidated, !statement.isIdle(change.table) else {
          return nil
        }
        let other = statement.catalog.name(of: constraint.node["pktable"])
        // Old rows hold nothing that would have to be looked up.
        let isEmpty = constraint.column.map { $0.defaultValue == nil } ?? false
        return statement.finding(
          Self.id, isEmpty ? .note : statement.weightOfBlocking(change.table), at: constraint.offset,
          isEmpty
            ? "Writes to \(other) wait for a moment; no row has to be looked up, for the new column is empty."
            : "Writes to \(change.table) and \(other) wait until every row has been looked up. "
              + statement.duration(.foreignKey, change.table),
          "Add it NOT VALID, and validate it in a second transaction.", table: change.table,
          fix: [SafeSequence.lockTimeout] + constraint.plainColumn(statement.text)
            + SafeSequence.constraint(constraint.name, constraint.definition(statement.text), change.written))
      }
    }
  }
}

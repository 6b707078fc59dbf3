import SQLSyntax
import SchemaAnalysis

/// A constraint that is proved for all rows under the lock that adds it; also one that is added NOT VALID and validated
/// in the same transaction, which keeps that lock.
struct ConstraintMissingNotValid: MigrationRule {
  static let id = "constraint-missing-not-valid"
  static let summary = "A constraint is added NOT VALID, and validated in another transaction."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.compactMap { change in
      if change.isForeign || statement.isIdle(change.table) { return nil }
      switch change.kind {
      case "AT_AddConstraint": return added(AddedConstraint.all(change)[0], change, statement)
      case "AT_ValidateConstraint":
        let name = StepMemory.ConstraintName(table: change.table, name: change.name)
        guard statement.isInTransaction == true, statement.memory.unvalidatedInTransaction.contains(name) else {
          return nil
        }
        return statement.finding(
          Self.id, statement.weightOfBlocking(change.table), at: change.clause.lowerBound,
          "The constraint was added in this transaction, which keeps that lock on \(change.table) while all rows are looked at. "
            + statement.duration(.scan, change.table),
          "Validate it in a second transaction, after this one has committed.", table: change.table)
      default: return nil
      }
    }
  }

  private func added(
    _ constraint: AddedConstraint, _ change: TableChange, _ statement: StatementContext
  ) -> MigrationFinding? {
    if constraint.isUnvalidated || constraint.usesIndex { return nil }
    let weight = statement.weightOfBlocking(change.table)
    switch constraint.kind {
    case "CONSTR_CHECK", "CONSTR_FOREIGN":
      let isCheck = constraint.kind == "CONSTR_CHECK"
      return statement.finding(
        // Of a foreign key another rule tells the rest.
        Self.id, isCheck ? weight : .note, at: constraint.offset,
        "\(isCheck ? "Reads and writes of" : "Writes to") \(change.table) wait while all its rows are looked at. "
          + statement.duration(isCheck ? .scan : .foreignKey, change.table),
        "Add it NOT VALID, and validate it in a second transaction.", table: change.table,
        fix: [SafeSequence.lockTimeout]
          + SafeSequence.constraint(constraint.name, constraint.definition(statement.text), change.written))
    case "CONSTR_UNIQUE", "CONSTR_PRIMARY", "CONSTR_EXCLUSION":
      let isExclusion = constraint.kind == "CONSTR_EXCLUSION"
      return statement.finding(
        Self.id, isExclusion ? weight : .note, at: constraint.offset,
        "Reads and writes of \(change.table) wait while its index is built; NOT VALID is not for such a constraint. "
          + statement.duration(.index, change.table),
        isExclusion
          ? "There is no way around the lock: add it while nobody uses the table, or to a new table that rows move to."
          : "Build a unique index CONCURRENTLY first, and add the constraint USING INDEX.", table: change.table)
    default: return nil
    }
  }
}

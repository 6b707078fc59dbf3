import SQLSyntax
import SchemaAnalysis

/// A primary key on a table in use that brings its own index, and with a new serial column writes all rows: reads and
/// writes wait for both.
struct AddingSerialPrimaryKeyField: MigrationRule {
  static let id = "adding-serial-primary-key-field"
  static let summary = "A primary key takes an index that was built CONCURRENTLY."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.flatMap { change in
      AddedConstraint.all(change).compactMap { constraint in
        guard constraint.kind == "CONSTR_PRIMARY", !constraint.usesIndex, !statement.isIdle(change.table) else {
          return nil
        }
        let rewrite = constraint.column?.rewriteReason(statement.catalog)
        return statement.finding(
          Self.id, statement.weightOfBlocking(change.table), at: constraint.offset,
          "Reads and writes of \(change.table) wait while "
            + (rewrite.map { "it is rewritten (\($0)) and its index is built. " } ?? "the index of the key is built. ")
            + statement.duration(rewrite == nil ? .index : .rewrite, change.table),
          "Build a unique index CONCURRENTLY on columns that are proved not null, and add the key USING INDEX.",
          table: change.table, fix: fix(constraint, change, statement))
      }
    }
  }

  private func fix(_ constraint: AddedConstraint, _ change: TableChange, _ statement: StatementContext) -> [String] {
    var fix = [SafeSequence.lockTimeout]
    if let column = constraint.column {
      let name = SQLName.quoted(column.name)
      let type = column.typeText(change, statement.text)
      let plain = column.isSerial ? AddingFieldWithDefault.plainTypes[type.lowercased()] ?? "bigint" : type
      fix.append("ALTER TABLE \(change.written) ADD COLUMN \(name) \(plain);")
      let schema = change.written.contains(".") ? SQLName.quoted(change.table.schema) + "." : ""
      if column.isSerial || column.isIdentity {
        let sequence = schema + SQLName.quoted(SQLName.made([change.table.name, column.name], "seq"))
        fix += [
          "CREATE SEQUENCE \(sequence) OWNED BY \(change.written).\(name);",
          "ALTER TABLE \(change.written) ALTER COLUMN \(name) SET DEFAULT nextval('\(sequence)');",
          SafeSequence.backfill(column.name, "nextval('\(sequence)')", change.written),
        ]
      } else {
        fix.append(SafeSequence.backfill(column.name, "…", change.written))
      }
    }
    let relation = statement.catalog[change.table]
    for column in constraint.columns where relation?.column(column)?.notNull != true {
      fix += SafeSequence.notNull(column, change, postgres: statement.settings.postgres)
    }
    return fix
      + SafeSequence.key("PRIMARY KEY", constraint.name, SQLName.quoted(constraint.columns), change)
  }
}

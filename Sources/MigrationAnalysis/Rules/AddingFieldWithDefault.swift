import SQLSyntax
import SchemaAnalysis
import TextFormats

/// A new column whose value differs from row to row: PostgreSQL writes the whole table anew, and reads and writes wait
/// for it. A constant default costs nothing since version 11.
struct AddingFieldWithDefault: MigrationRule {
  static let id = "adding-field-with-default"
  static let summary = "A new column's default is a constant, so that the table is not rewritten."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.compactMap { change in
      let column = AddedColumn(change)
      guard column.exists, !change.isForeign, !column.isPrimaryKey, !statement.isIdle(change.table),
        let why = column.rewriteReason(statement.catalog)
      else { return nil }
      return statement.finding(
        Self.id, statement.weightOfBlocking(change.table), at: change.clause.lowerBound,
        "The new column \(column.name.forMessage) rewrites \(change.table), whose reads and writes wait meanwhile: \(why). "
          + statement.duration(.rewrite, change.table),
        "Add the column without it, set the default for new rows, and fill the old ones in batches.",
        table: change.table, fix: fix(column, change, statement))
    }
  }

  private func fix(_ column: AddedColumn, _ change: TableChange, _ statement: StatementContext) -> [String] {
    let name = SQLName.quoted(column.name)
    let table = change.written
    var type = column.typeText(change, statement.text)
    if column.isSerial { type = Self.plainTypes[type.lowercased()] ?? "bigint" }
    var fix = [SafeSequence.lockTimeout, "ALTER TABLE \(table) ADD COLUMN \(name) \(type);"]
    var value = "…"
    if let constraint = column.constraint("CONSTR_DEFAULT") {
      let text = column.text(of: constraint, change, statement.text)
      value = String(text.dropFirst("DEFAULT ".count))
      fix.append("ALTER TABLE \(table) ALTER COLUMN \(name) SET \(text);")
    } else if column.isSerial || column.isIdentity {
      let sequence = SQLName.quoted(SQLName.made([change.table.name, column.name], "seq"))
      let schema = table.contains(".") ? SQLName.quoted(change.table.schema) + "." : ""
      value = "nextval('\(schema)\(sequence)')"
      fix += [
        "CREATE SEQUENCE \(schema)\(sequence) OWNED BY \(table).\(name);",
        "ALTER TABLE \(table) ALTER COLUMN \(name) SET DEFAULT \(value);",
      ]
    } else if column.isGenerated {
      fix.append("-- Have the code, or a trigger, compute \(name) for new and changed rows.")
    }
    fix.append(SafeSequence.backfill(column.name, value, table))
    let isNotNull = column.constraint("CONSTR_NOTNULL") != nil || column.isSerial || column.isIdentity
    return fix + (isNotNull ? SafeSequence.notNull(column.name, change, postgres: statement.settings.postgres) : [])
  }

  static let plainTypes = [
    "serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint", "smallserial": "smallint",
    "serial2": "smallint",
  ]
}

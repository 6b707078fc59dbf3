import SQLSyntax
import SchemaAnalysis

/// A constraint that a change of a table brings, by itself or with a column.
struct AddedConstraint {
  let node: SyntaxNode
  /// The column that it came with.
  let column: AddedColumn?
  let change: TableChange

  static func all(_ change: TableChange) -> [AddedConstraint] {
    if change.kind == "AT_AddConstraint" {
      return [AddedConstraint(node: change.constraint, column: nil, change: change)]
    }
    let column = AddedColumn(change)
    return column.constraints.map { AddedConstraint(node: $0, column: column, change: change) }
  }

  var kind: String { node["contype"].string ?? "" }
  var isUnvalidated: Bool { node["skip_validation"].isTrue }
  var usesIndex: Bool { node["indexname"].isPresent }
  var offset: Int { node.offset ?? change.clause.lowerBound }

  /// The columns of a key.
  var columns: [String] {
    if let column { return [column.name] }
    return kind == "CONSTR_FOREIGN" ? node["fk_attrs"].names : node["keys"].names
  }

  /// Its own name, or the one that PostgreSQL would give it.
  var name: String {
    if let name = node["conname"].string { return name }
    let table = change.table.name
    switch kind {
    case "CONSTR_FOREIGN": return SQLName.made([table] + columns, "fkey")
    case "CONSTR_UNIQUE": return SQLName.made([table] + columns, "key")
    case "CONSTR_PRIMARY": return SQLName.made([table], "pkey")
    default:
      // With the column's name where it is about one alone.
      let named = Set(node["raw_expr"].descendants.compactMap { $0["ColumnRef"]["fields"].names.last })
      return SQLName.made([table] + (named.count == 1 ? Array(named) : []), "check")
    }
  }

  /// What it says, without its name.
  func definition(_ text: SQLText) -> String {
    if let column {
      let own = column.text(of: node, change, text)
      return kind == "CONSTR_FOREIGN" ? "FOREIGN KEY (\(SQLName.quoted(column.name))) \(own)" : own
    }
    guard let start = node.offset else { return "" }
    var tokens = text.tokens(in: start..<change.clause.upperBound)[...]
    if tokens.first?.word == "constraint" { tokens = tokens.dropFirst(2) }
    guard let first = tokens.first, let last = tokens.last else { return "" }
    return text[first.range.lowerBound..<last.range.upperBound]
  }

  /// Adding the column that it came with, without it.
  func plainColumn(_ text: SQLText) -> [String] {
    guard let column else { return [] }
    let isConstant = column.defaultValue.map { Volatility.volatileCall(in: $0) == nil } ?? true
    let kept: Set = isConstant ? ["CONSTR_NULL", "CONSTR_DEFAULT"] : ["CONSTR_NULL"]
    let add = "ALTER TABLE \(change.written) ADD COLUMN \(column.text(keeping: kept, change, text));"
    guard !isConstant, let value = column.constraint("CONSTR_DEFAULT") else { return [add] }
    let written = column.text(of: value, change, text)
    return [
      add, "ALTER TABLE \(change.written) ALTER COLUMN \(SQLName.quoted(column.name)) SET \(written);",
      SafeSequence.backfill(column.name, String(written.dropFirst("DEFAULT ".count)), change.written),
    ]
  }
}

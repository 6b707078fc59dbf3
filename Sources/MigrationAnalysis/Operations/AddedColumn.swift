import SQLSyntax

/// A column that ADD COLUMN brings.
struct AddedColumn {
  let name: String
  let node: SyntaxNode
  let constraints: [SyntaxNode]

  init(_ change: TableChange) {
    node = change.column
    name = node["colname"].string ?? ""
    constraints = node["constraints"].elements.map { $0["Constraint"] }
  }

  var exists: Bool { node.isPresent }

  func constraint(_ kind: String) -> SyntaxNode? { constraints.first { $0["contype"].string == kind } }

  /// The expression of its default; nil where there is none.
  var defaultValue: SyntaxNode? { constraint("CONSTR_DEFAULT").map { $0["raw_expr"] } }
  var isIdentity: Bool { constraint("CONSTR_IDENTITY") != nil }
  var isGenerated: Bool { constraint("CONSTR_GENERATED") != nil }
  var isSerial: Bool {
    let type = node["typeName"]["names"].names.last ?? ""
    return ["serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"].contains(type)
  }
  var isPrimaryKey: Bool { constraint("CONSTR_PRIMARY") != nil }

  /// Whether rows that exist could not have a value.
  var isRequired: Bool {
    exists && constraint("CONSTR_NOTNULL") != nil && defaultValue == nil && !isIdentity && !isGenerated && !isSerial
  }
}

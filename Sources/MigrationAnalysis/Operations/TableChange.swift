import SQLSyntax
import SchemaAnalysis

/// One of the changes that an ALTER TABLE lists.
struct TableChange: Sendable {
  let table: ObjectName
  /// PostgreSQL's name of it, as `AT_AddColumn`.
  let kind: String
  /// The column or constraint that it names.
  let name: String
  /// What is added or how it is changed.
  let definition: SyntaxNode
  /// Where it stands, from its first word to before the comma.
  let clause: Range<Int>
  let isForeign: Bool
  /// The table's name as the statement has it.
  let written: String

  /// Of `AT_AddColumn`.
  var column: SyntaxNode { kind == "AT_AddColumn" ? definition["ColumnDef"] : .absent }
  /// Of `AT_AddConstraint`.
  var constraint: SyntaxNode { kind == "AT_AddConstraint" ? definition["Constraint"] : .absent }

  /// The changes of an ALTER TABLE; of anything else none.
  static func all(_ node: SyntaxNode, _ statement: SQLStatement, _ text: SQLText, _ catalog: Catalog) -> [TableChange] {
    let alter = node["AlterTableStmt"]
    guard let type = alter["objtype"].string, type == "OBJECT_TABLE" || type == "OBJECT_FOREIGN_TABLE" else {
      return []
    }
    let table = catalog.name(of: alter["relation"])
    let commands = alter["cmds"].elements.map(\.inner)
    let (written, clauses) = Self.clauses(statement.range, behind: alter["relation"].offset, text)
    return commands.enumerated().map { index, command in
      TableChange(
        table: table, kind: command["subtype"].string ?? "", name: command["name"].string ?? "",
        definition: command["def"], clause: index < clauses.count ? clauses[index] : statement.range,
        isForeign: type == "OBJECT_FOREIGN_TABLE", written: written)
    }
  }

  /// The table's name, and the parts between commas behind it.
  private static func clauses(
    _ range: Range<Int>, behind name: Int?, _ text: SQLText
  ) -> (written: String, clauses: [Range<Int>]) {
    guard let name else { return ("", []) }
    var tokens = text.tokens(in: range)[...].drop { $0.range.lowerBound < name }
    guard var last = tokens.popFirst() else { return ("", []) }
    while tokens.count > 1, let token = tokens.first, token.word == nil, text[token.range] == "." {
      last = tokens[tokens.startIndex + 1]
      tokens = tokens.dropFirst(2)
    }
    let written = text[name..<last.range.upperBound]
    if let token = tokens.first, token.word == nil, text[token.range] == "*" { tokens.removeFirst() }
    let parts = tokens.split(whereSeparator: { $0.depth == 0 && $0.word == nil && text[$0.range] == "," })
    return (written, parts.compactMap { Self.range(of: $0) })
  }

  private static func range(of tokens: ArraySlice<SQLToken>) -> Range<Int>? {
    guard let first = tokens.first, let last = tokens.last else { return nil }
    return first.range.lowerBound..<last.range.upperBound
  }
}

extension Catalog {
  /// The relation that a RangeVar names; one that is not known is taken to be in the first schema of the search path.
  func name(of relation: SyntaxNode) -> ObjectName {
    name(relation["schemaname"].string, relation["relname"].string ?? "")
  }

  /// The relation that a list of names means, as in DROP TABLE.
  func name(of parts: [String]) -> ObjectName { name(parts.dropLast().last, parts.last ?? "") }

  func name(_ schema: String?, _ name: String) -> ObjectName {
    relation(schema, name)?.name ?? ObjectName(schema ?? searchPath.first ?? "public", name)
  }
}

extension Catalog {
  /// The name that something new gets: in the first schema of the search path, whatever the others hold.
  func newName(of relation: SyntaxNode) -> ObjectName {
    ObjectName(relation["schemaname"].string ?? searchPath.first ?? "public", relation["relname"].string ?? "")
  }
}

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
    let clauses = Self.clauses(statement.range, behind: alter["relation"].offset, text)
    return commands.enumerated().map { index, command in
      TableChange(
        table: table, kind: command["subtype"].string ?? "", name: command["name"].string ?? "",
        definition: command["def"], clause: index < clauses.count ? clauses[index] : statement.range,
        isForeign: type == "OBJECT_FOREIGN_TABLE")
    }
  }

  /// The parts between commas, behind the table's name.
  private static func clauses(_ range: Range<Int>, behind name: Int?, _ text: SQLText) -> [Range<Int>] {
    guard let name else { return [] }
    var tokens = text.tokens(in: range)[...].drop { $0.range.lowerBound < name }
    _ = tokens.popFirst()
    while let token = tokens.first, token.word == nil, [".", "*"].contains(text[token.range]) {
      tokens.removeFirst(text[token.range] == "." ? min(2, tokens.count) : 1)
    }
    return tokens.split(whereSeparator: { $0.depth == 0 && $0.word == nil && text[$0.range] == "," }).compactMap {
      part in
      guard let first = part.first, let last = part.last else { return nil }
      return first.range.lowerBound..<last.range.upperBound
    }
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

import SQLSyntax
import SchemaAnalysis

/// Tables that migrations created from a statement on, under their present names.
public struct CreatedTables: Sendable {
  /// What the catalogue numbered later is new.
  private let last: Int
  /// New ones that the catalogue does not hold: it could not follow their statements, or is not told of them.
  private var names: Set<ObjectName> = []

  init(after catalog: Catalog) { last = catalog.lastNumber }

  /// - Parameter catalog: at present.
  func contains(_ table: ObjectName, _ catalog: Catalog) -> Bool {
    names.contains(table) || (catalog[table]?.number ?? 0) > last
  }

  /// - Parameters:
  ///   - catalog: at present.
  ///   - isApplied: whether it has taken the statement; it is never told of a down migration's.
  mutating func follow(_ node: SyntaxNode, _ catalog: Catalog, isApplied: Bool) {
    switch node.kind {
    case "CreateStmt": insert(node["CreateStmt"], catalog, isApplied)
    case "CreateTableAsStmt":
      let into = node["CreateTableAsStmt"]
      if !((isApplied || into["if_not_exists"].isTrue) && exists(into["into"]["rel"], catalog)) {
        names.insert(catalog.name(of: into["into"]["rel"]))
      }
    case "SelectStmt":
      let into = node["SelectStmt"]["intoClause"]["rel"]
      if into.isPresent, !(isApplied && exists(into, catalog)) { names.insert(catalog.name(of: into)) }
    case "CreateSchemaStmt":
      let schema = node["CreateSchemaStmt"]
      for element in schema["schemaElts"].elements where element.is("CreateStmt") {
        let relation = element["CreateStmt"]["relation"]
        let name = ObjectName(
          relation["schemaname"].string ?? schema["schemaname"].string ?? "", relation["relname"].string ?? "")
        if !(isApplied && catalog[name] != nil) { names.insert(name) }
      }
    case "RenameStmt":
      let rename = node["RenameStmt"]
      guard rename["renameType"].string == "OBJECT_TABLE" || rename["renameType"].string == "OBJECT_MATVIEW" else {
        return
      }
      guard !names.isEmpty else { return }
      let old = catalog.name(of: rename["relation"])
      if names.remove(old) != nil { names.insert(ObjectName(old.schema, rename["newname"].string ?? "")) }
    case "AlterObjectSchemaStmt":
      let move = node["AlterObjectSchemaStmt"]
      guard !names.isEmpty, move["relation"].isPresent else { return }
      let old = catalog.name(of: move["relation"])
      if names.remove(old) != nil { names.insert(ObjectName(move["newschema"].string ?? "", old.name)) }
    case "DropStmt":
      guard !names.isEmpty else { return }
      for object in node["DropStmt"]["objects"].elements {
        names.remove(catalog.name(of: object["List"]["items"].names))
      }
    default: break
    }
  }

  private mutating func insert(_ create: SyntaxNode, _ catalog: Catalog, _ isApplied: Bool) {
    // A table that was there already was not created by IF NOT EXISTS.
    if isApplied || create["if_not_exists"].isTrue, exists(create["relation"], catalog) { return }
    names.insert(catalog.newName(of: create["relation"]))
  }

  private func exists(_ relation: SyntaxNode, _ catalog: Catalog) -> Bool {
    catalog.relation(relation["schemaname"].string, relation["relname"].string ?? "") != nil
  }
}

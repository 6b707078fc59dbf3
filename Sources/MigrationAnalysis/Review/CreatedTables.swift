import SQLSyntax
import SchemaAnalysis

/// Tables that migrations created, under their present names.
struct CreatedTables: Sendable {
  private(set) var names: Set<ObjectName> = []

  /// - Parameter catalog: before the statement.
  mutating func follow(_ node: SyntaxNode, _ catalog: Catalog) {
    switch node.kind {
    case "CreateStmt": insert(node["CreateStmt"], catalog)
    case "CreateTableAsStmt":
      let into = node["CreateTableAsStmt"]
      if !(into["if_not_exists"].isTrue && exists(into["into"]["rel"], catalog)) {
        names.insert(catalog.name(of: into["into"]["rel"]))
      }
    case "SelectStmt":
      let into = node["SelectStmt"]["intoClause"]["rel"]
      if into.isPresent { names.insert(catalog.name(of: into)) }
    case "CreateSchemaStmt":
      let schema = node["CreateSchemaStmt"]
      for element in schema["schemaElts"].elements where element.is("CreateStmt") {
        let relation = element["CreateStmt"]["relation"]
        names.insert(
          ObjectName(
            relation["schemaname"].string ?? schema["schemaname"].string ?? "", relation["relname"].string ?? ""))
      }
    case "RenameStmt":
      let rename = node["RenameStmt"]
      guard rename["renameType"].string == "OBJECT_TABLE" || rename["renameType"].string == "OBJECT_MATVIEW" else {
        return
      }
      let old = catalog.name(of: rename["relation"])
      if names.remove(old) != nil { names.insert(ObjectName(old.schema, rename["newname"].string ?? "")) }
    case "AlterObjectSchemaStmt":
      let move = node["AlterObjectSchemaStmt"]
      guard move["relation"].isPresent else { return }
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

  private mutating func insert(_ create: SyntaxNode, _ catalog: Catalog) {
    // A table that was there already was not created by IF NOT EXISTS.
    if create["if_not_exists"].isTrue, exists(create["relation"], catalog) { return }
    names.insert(catalog.newName(of: create["relation"]))
  }

  private func exists(_ relation: SyntaxNode, _ catalog: Catalog) -> Bool {
    catalog.relation(relation["schemaname"].string, relation["relname"].string ?? "") != nil
  }
}

import SQLSyntax

extension CatalogBuilder {
  mutating func setVariable(_ node: SyntaxNode) {
    let kind = node["kind"].string
    guard node["name"].string == "search_path" || kind == "VAR_RESET_ALL" else { return }
    let isLocal = node["is_local"].isTrue
    switch kind {
    case "VAR_SET_VALUE":
      setSearchPath(node["args"].elements.map { $0["A_Const"]["sval"]["sval"].string ?? "" }, isLocal: isLocal)
    case "VAR_SET_DEFAULT", "VAR_RESET", "VAR_RESET_ALL": setSearchPath(["public"], isLocal: isLocal)
    default: break
    }
  }

  mutating func setSearchPath(_ schemas: [String], isLocal: Bool) {
    // Outside of a transaction SET LOCAL does nothing.
    if isLocal, !isInTransaction { return }
    // Nobody's own schema is known.
    let path = schemas.filter { $0 != "$user" && !$0.isEmpty }
    catalog.searchPath = path
    if !isLocal { sessionPath = path }
  }

  /// A value as set_config takes it: names with commas between them.
  static func path(_ value: String) -> [String] { split(value, at: ",") }

  static func split(_ value: String, at separator: Character) -> [String] {
    var names: [String] = []
    var name = ""
    var isQuoted = false
    var wasQuoted = false
    for character in value {
      switch character {
      case "\"":
        // A doubled quote stands for one.
        if !isQuoted, wasQuoted { name.append(character) }
        isQuoted.toggle()
        wasQuoted = true
      case separator where !isQuoted:
        names.append(name)
        name = ""
        wasQuoted = false
      case " " where !isQuoted, "\t" where !isQuoted, "\n" where !isQuoted: break
      default: name += isQuoted ? String(character) : character.lowercased()
      }
    }
    return names + [name]
  }

  /// The schema that takes what is created.
  /// - Parameter relation: a `RangeVar`.
  mutating func schemaForCreation(_ relation: SyntaxNode) throws(Refusal) -> String {
    if relation["relpersistence"].string == "t" { return "pg_temp" }
    return try schemaForCreation(named: relation["schemaname"].string, at: relation.offset)
  }

  /// - Parameter mayBeOutside: whether one that nothing creates is taken to be there.
  mutating func schemaForCreation(
    named schema: String?, at offset: Int?, mayBeOutside: Bool = true
  ) throws(Refusal) -> String {
    guard let schema else {
      guard let first = catalog.searchPath.first(where: { catalog.hasSchema($0) || $0 == "pg_temp" }) else {
        throw Refusal("no schema of the search path is there to create in", at: offset)
      }
      return first
    }
    if schema == "pg_temp" || catalog.hasSchema(schema) { return schema }
    guard mayBeOutside, !droppedSchemas.contains(schema) else {
      throw Refusal("there is no schema \(schema)", at: offset)
    }
    // As in a dump of single tables.
    note("nothing creates the schema \(schema); it is taken to be there", at: offset)
    catalog.insertSchema(schema)
    return schema
  }

  mutating func createSchema(_ node: SyntaxNode) throws(Refusal) {
    guard let name = node["schemaname"].string ?? node["authrole"]["rolename"].string else { return }
    if catalog.hasSchema(name) {
      if node["if_not_exists"].isTrue { return }
      throw Refusal("the schema \(name) exists already")
    }
    catalog.insertSchema(name)
    let elements = node["schemaElts"].elements
    guard !elements.isEmpty else { return }
    let path = catalog.searchPath
    catalog.searchPath.insert(name, at: 0)
    // Tables come before views, and indexes last.
    let order = ["CreateSeqStmt", "CreateStmt", "ViewStmt", "IndexStmt"]
    for kind in order {
      for element in elements where element.kind == kind {
        let inner = element.inner
        switch kind {
        case "CreateSeqStmt": try createSequence(inner)
        case "CreateStmt": try createTable(inner, .table)
        case "ViewStmt": try createView(inner)
        default: try createIndex(inner)
        }
      }
    }
    catalog.searchPath = path
  }
}

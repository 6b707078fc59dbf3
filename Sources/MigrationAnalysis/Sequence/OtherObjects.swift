import SQLSyntax
import SchemaAnalysis

/// What migrations create that a `Catalog` does not hold: by kind and name, each with its definition.
struct OtherObjects: Sendable, Hashable {
  enum Kind: String, Sendable, Comparable {
    case function, trigger, sequence, view, `extension`, policy, rule, statistics, aggregate
    case option = "storage option"

    static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }

    /// Whether it belongs to a relation and goes with it.
    var hasOwner: Bool { self == .trigger || self == .policy || self == .rule || self == .option || self == .view }
  }

  struct Name: Sendable, Hashable, Comparable {
    let kind: Kind
    /// The relation that it belongs to, or its own name.
    var object: ObjectName
    /// Its name within the relation; of a function its arguments.
    var detail = ""

    static func < (one: Self, other: Self) -> Bool {
      (one.kind, one.object, one.detail) < (other.kind, other.object, other.detail)
    }
  }

  /// By the relation that they belong to, or by their own name, so that a table takes what it has with it at once.
  private var objects: [ObjectName: [Name: String]] = [:]
  /// The column that a sequence goes with.
  private var owners: [ObjectName: Owner] = [:]
  private var sequences: [ObjectName: Set<ObjectName>] = [:]

  private struct Owner: Sendable, Hashable {
    var table: ObjectName
    var column: String
  }

  private var definitions: Definitions {
    get { Definitions(objects: objects) }
    _modify {
      var definitions = Definitions(objects: [:])
      swap(&definitions.objects, &objects)
      defer { swap(&definitions.objects, &objects) }
      yield &definitions
    }
  }

  private struct Definitions {
    var objects: [ObjectName: [Name: String]]

    subscript(name: Name) -> String? {
      get { objects[name.object]?[name] }
      set {
        objects[name.object, default: [:]][name] = newValue
        if newValue == nil, objects[name.object]?.isEmpty == true { objects[name.object] = nil }
      }
    }
  }

  /// All of them.
  var all: [Name: String] {
    objects.values.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
  }

  private mutating func own(_ sequence: ObjectName, by owner: Owner?) {
    if let former = owners[sequence] { sequences[former.table]?.remove(sequence) }
    owners[sequence] = owner
    if let owner { sequences[owner.table, default: []].insert(sequence) }
  }

  /// Applies a statement.
  /// - Parameter before: the catalogue before the statement.
  mutating func apply(_ node: SyntaxNode, before: Catalog) {
    let statement = node.inner
    switch node.kind {
    case "CreateStmt", "CreateForeignTableStmt": createTable(statement, before)
    case "AlterTableStmt": alterTable(statement, before)
    case "IndexStmt": createIndex(statement, before)
    case "CreateSeqStmt": createSequence(statement, before)
    case "AlterSeqStmt": own(name(statement["sequence"], before), statement["options"], before)
    case "ViewStmt":
      let name = Name(kind: .view, object: name(statement["view"], before))
      definitions[name] = statement["query"].structure + statement["aliases"].structure
    case "CreateTableAsStmt" where statement["objtype"].string == "OBJECT_MATVIEW":
      let object = name(statement["into"]["rel"], before)
      if statement["if_not_exists"].isTrue, before[object] != nil { return }
      definitions[Name(kind: .view, object: object)] = statement["query"].structure
    case "CreateFunctionStmt": createFunction(statement, before)
    case "CreateTrigStmt":
      let object = relation(statement["relation"], before)
      definitions[Name(kind: .trigger, object: object, detail: statement["trigname"].string ?? "")] =
        [
          statement["funcname"].names.last ?? "", statement["args"].structure, statement["row"].structure,
          statement["timing"].structure, statement["events"].structure, statement["columns"].structure,
          statement["whenClause"].structure, statement["transitionRels"].structure, statement["deferrable"].structure,
          statement["initdeferred"].structure,
        ].joined(separator: "|")
    case "CreateExtensionStmt":
      let name = Name(kind: .extension, object: ObjectName("", statement["extname"].string ?? ""))
      if name.object.name != "plpgsql" { definitions[name] = "" }
    case "CreatePolicyStmt":
      let object = relation(statement["table"], before)
      definitions[Name(kind: .policy, object: object, detail: statement["policy_name"].string ?? "")] =
        [
          statement["cmd_name"].string ?? "", statement["roles"].structure, statement["qual"].structure,
          statement["with_check"].structure, statement["permissive"].structure,
        ].joined(separator: "|")
    case "RuleStmt":
      let object = relation(statement["relation"], before)
      definitions[Name(kind: .rule, object: object, detail: statement["rulename"].string ?? "")] =
        statement["event"].structure + statement["instead"].structure + statement["whereClause"].structure
        + statement["actions"].structure
    case "CreateStatsStmt":
      definitions[Name(kind: .statistics, object: name(statement["defnames"].names, before))] =
        statement["stat_types"].structure + statement["exprs"].structure + statement["relations"].structure
    case "DefineStmt" where statement["kind"].string == "OBJECT_AGGREGATE":
      let arguments = statement["args"].elements.first?["List"]["items"] ?? .absent
      definitions[
        Name(kind: .aggregate, object: name(statement["defnames"].names, before), detail: Self.arguments(arguments))] =
        statement["definition"].structure
    case "DropStmt": drop(statement, before)
    case "RenameStmt": rename(statement, before)
    case "AlterObjectSchemaStmt": move(statement, before)
    default: break
    }
  }

  /// After all statements: what belonged to a relation that is gone, by whatever way, is gone.
  mutating func settle(_ catalog: Catalog) {
    for (sequence, owner) in owners where catalog[owner.table].map({ $0.column(owner.column) == nil }) ?? true {
      drop(sequence)
    }
    for (object, definitions) in objects where catalog[object] == nil {
      for name in definitions.keys where name.kind.hasOwner {
        // Indexes have options as well.
        if name.kind == .option, catalog.index(object.schema, object.name) != nil { continue }
        self.definitions[name] = nil
      }
    }
  }

  private mutating func drop(_ sequence: ObjectName) {
    own(sequence, by: nil)
    definitions[Name(kind: .sequence, object: sequence)] = nil
  }

  // MARK: Names

  private func name(_ relation: SyntaxNode, _ catalog: Catalog) -> ObjectName {
    name([relation["schemaname"].string, relation["relname"].string].compactMap(\.self), catalog)
  }

  /// The name of what is created.
  private func name(_ parts: [String], _ catalog: Catalog) -> ObjectName {
    let schema = parts.count > 1 ? parts[parts.count - 2] : nil
    return ObjectName(
      schema ?? catalog.searchPath.first { catalog.hasSchema($0) } ?? "public", parts.last ?? "")
  }

  /// The name of what is there.
  private func relation(_ relation: SyntaxNode, _ catalog: Catalog) -> ObjectName {
    catalog.relation(relation["schemaname"].string, relation["relname"].string ?? "")?.name ?? name(relation, catalog)
  }

  private func relation(_ parts: [String], _ catalog: Catalog) -> ObjectName {
    catalog.relation(parts.count > 1 ? parts[parts.count - 2] : nil, parts.last ?? "")?.name ?? name(parts, catalog)
  }

  /// A name of ours that was given without its schema, wherever it is.
  private func found(_ kind: Kind, _ parts: [String], _ catalog: Catalog) -> ObjectName {
    let usual = name(parts, catalog)
    guard parts.count < 2, definitions[Name(kind: kind, object: usual)] == nil else { return usual }
    for schema in catalog.searchPath {
      let other = ObjectName(schema, usual.name)
      if definitions[Name(kind: kind, object: other)] != nil { return other }
    }
    return usual
  }

  /// The types of what goes into a function.
  private static func arguments(_ list: SyntaxNode) -> String {
    list.elements.compactMap { element in
      let parameter = element["FunctionParameter"]
      if parameter.isPresent {
        let mode = parameter["mode"].string
        return mode == "FUNC_PARAM_OUT" || mode == "FUNC_PARAM_TABLE" ? nil : type(parameter["argType"])
      }
      return type(element["TypeName"])
    }.joined(separator: ", ")
  }

  private static func type(_ node: SyntaxNode) -> String {
    node["names"].names.filter { $0 != "pg_catalog" && $0 != "public" }.joined(separator: ".")
      + node["arrayBounds"].elements.map { _ in "[]" }.joined()
  }

  // MARK: Creating

  private mutating func createTable(_ statement: SyntaxNode, _ before: Catalog) {
    let statement = statement["base"].isPresent ? statement["base"] : statement
    let table = name(statement["relation"], before)
    if before[table] != nil { return }
    for element in statement["tableElts"].elements { column(element["ColumnDef"], of: table) }
    options(statement["options"], of: table)
  }

  private mutating func column(_ column: SyntaxNode, of table: ObjectName) {
    guard let name = column["colname"].string else { return }
    let type = column["typeName"]["names"].names.last ?? ""
    let isSerial = ["serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"].contains(type)
    guard
      isSerial
        || column["constraints"].elements.contains(where: {
          $0["Constraint"]["contype"].string == "CONSTR_IDENTITY"
        })
    else { return }
    let sequence = ObjectName(table.schema, Self.sequenceName(table.name, name))
    definitions[Name(kind: .sequence, object: sequence)] = ""
    own(sequence, by: Owner(table: table, column: name))
  }

  /// As the server makes it: `table_column_seq`, the longer of both cut so that all fits into 63 bytes.
  private static func sequenceName(_ table: String, _ column: String) -> String {
    var (first, second) = (Array(table.utf8), Array(column.utf8))
    while first.count + second.count + 5 > 63 {
      if first.count > second.count { first.removeLast() } else { second.removeLast() }
    }
    return "\(String(decoding: first, as: UTF8.self))_\(String(decoding: second, as: UTF8.self))_seq"
  }

  private mutating func options(_ list: SyntaxNode, of relation: ObjectName) {
    for option in list.elements {
      guard let name = option["DefElem"]["defname"].string else { continue }
      definitions[Name(kind: .option, object: relation, detail: name)] = option["DefElem"]["arg"].structure
    }
  }

  private mutating func createIndex(_ statement: SyntaxNode, _ before: Catalog) {
    guard statement["options"].isPresent, let index = statement["idxname"].string else { return }
    options(
      statement["options"], of: ObjectName(relation(statement["relation"], before).schema, index))
  }

  private mutating func createSequence(_ statement: SyntaxNode, _ before: Catalog) {
    let sequence = name(statement["sequence"], before)
    definitions[Name(kind: .sequence, object: sequence)] = ""
    own(sequence, statement["options"], before)
  }

  private mutating func own(_ sequence: ObjectName, _ options: SyntaxNode, _ before: Catalog) {
    for option in options.elements where option["DefElem"]["defname"].string == "owned_by" {
      let parts = option["DefElem"]["arg"]["List"]["items"].names
      guard parts.count > 1, let column = parts.last else {
        own(sequence, by: nil)
        continue
      }
      own(sequence, by: Owner(table: relation(Array(parts.dropLast()), before), column: column))
    }
  }

  private mutating func createFunction(_ statement: SyntaxNode, _ before: Catalog) {
    let name = Name(
      kind: .function, object: name(statement["funcname"].names, before),
      detail: Self.arguments(statement["parameters"]))
    // The order in which options are written does not matter.
    definitions[name] =
      statement["options"].elements.map(\.structure).sorted().joined(separator: "|")
      + statement["parameters"].structure + statement["returnType"].structure + statement["sql_body"].structure
  }

  // MARK: Changing

  private mutating func alterTable(_ statement: SyntaxNode, _ before: Catalog) {
    let table =
      statement["objtype"].string == "OBJECT_INDEX"
      ? name(statement["relation"], before) : relation(statement["relation"], before)
    for command in statement["cmds"].elements.map({ $0["AlterTableCmd"] }) {
      switch command["subtype"].string {
      case "AT_AddColumn": column(command["def"]["ColumnDef"], of: table)
      case "AT_AddIdentity":
        let given = command["def"]["Constraint"]["options"].elements.first {
          $0["DefElem"]["defname"].string == "sequence_name"
        }
        let column = command["name"].string ?? ""
        let parts = given?["DefElem"]["arg"]["List"]["items"].names ?? [Self.sequenceName(table.name, column)]
        let sequence = ObjectName(parts.dropLast().last ?? table.schema, parts.last ?? "")
        definitions[Name(kind: .sequence, object: sequence)] = ""
        own(sequence, by: Owner(table: table, column: column))
      case "AT_DropIdentity":
        for sequence in sequences[table] ?? [] where owners[sequence]?.column == command["name"].string {
          drop(sequence)
        }
      case "AT_SetRelOptions": options(command["def"]["List"]["items"], of: table)
      case "AT_ResetRelOptions":
        for option in command["def"]["List"]["items"].elements {
          definitions[Name(kind: .option, object: table, detail: option["DefElem"]["defname"].string ?? "")] = nil
        }
      case "AT_EnableRowSecurity", "AT_ForceRowSecurity":
        definitions[Name(kind: .option, object: table, detail: "row level security")] = command["subtype"].string
      case "AT_DisableRowSecurity":
        definitions[Name(kind: .option, object: table, detail: "row level security")] = nil
      case "AT_DisableTrig":
        definitions[Name(kind: .option, object: table, detail: "trigger \(command["name"].string ?? "") disabled")] = ""
      case "AT_EnableTrig":
        definitions[Name(kind: .option, object: table, detail: "trigger \(command["name"].string ?? "") disabled")] =
          nil
      default: break
      }
    }
  }

  private mutating func drop(_ statement: SyntaxNode, _ before: Catalog) {
    let isCascade = statement["behavior"].string == "DROP_CASCADE"
    for object in statement["objects"].elements {
      let parts = object["List"]["items"].names
      switch statement["removeType"].string {
      case "OBJECT_TRIGGER": remove(.trigger, parts, before)
      case "OBJECT_POLICY": remove(.policy, parts, before)
      case "OBJECT_RULE": remove(.rule, parts, before)
      case "OBJECT_SEQUENCE":
        drop(found(.sequence, parts, before))
      case "OBJECT_EXTENSION":
        definitions[Name(kind: .extension, object: ObjectName("", object.name ?? ""))] = nil
      case "OBJECT_STATISTIC_EXT": definitions[Name(kind: .statistics, object: found(.statistics, parts, before))] = nil
      case "OBJECT_VIEW", "OBJECT_MATVIEW": definitions[Name(kind: .view, object: found(.view, parts, before))] = nil
      case "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE":
        let table = relation(parts, before)
        // Else a table of the same name that is made later would keep them.
        for name in (objects[table] ?? [:]).keys where name.kind.hasOwner { definitions[name] = nil }
        for sequence in sequences[table] ?? [] { drop(sequence) }
      case "OBJECT_INDEX":
        let index = before.index(parts.count > 1 ? parts[parts.count - 2] : nil, parts.last ?? "")
        let schema = index?.table.schema ?? name(parts, before).schema
        for name in (objects[ObjectName(schema, parts.last ?? "")] ?? [:]).keys where name.kind == .option {
          definitions[name] = nil
        }
      case "OBJECT_SCHEMA":
        for other in objects.keys where other.schema == object.name { objects[other] = nil }
      case "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE":
        dropFunction(object["ObjectWithArgs"], isCascade: isCascade, before)
      default: break
      }
    }
  }

  /// A table and the name of what is on it.
  private mutating func remove(_ kind: Kind, _ parts: [String], _ before: Catalog) {
    guard let detail = parts.last else { return }
    definitions[Name(kind: kind, object: relation(Array(parts.dropLast()), before), detail: detail)] = nil
  }

  private mutating func dropFunction(_ object: SyntaxNode, isCascade: Bool, _ before: Catalog) {
    let parts = object["objname"].names
    guard let last = parts.last else { return }
    let arguments = object["args_unspecified"].isTrue ? nil : Self.arguments(object["objargs"])
    let schemas = parts.count > 1 ? [parts[0]] : before.searchPath
    for schema in schemas {
      for name in (objects[ObjectName(schema, last)] ?? [:]).keys
      where (name.kind == .function || name.kind == .aggregate) && (arguments ?? name.detail) == name.detail {
        definitions[name] = nil
      }
    }
    if isCascade {
      for (name, definition) in all where name.kind == .trigger && definition.hasPrefix("\(last)|") {
        definitions[name] = nil
      }
    }
  }

  private mutating func rename(_ statement: SyntaxNode, _ before: Catalog) {
    guard let new = statement["newname"].string else { return }
    switch statement["renameType"].string {
    case "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE":
      let kind: Kind =
        switch statement["renameType"].string {
        case "OBJECT_TRIGGER": .trigger
        case "OBJECT_POLICY": .policy
        default: .rule
        }
      let object = relation(statement["relation"], before)
      move(
        Name(kind: kind, object: object, detail: statement["subname"].string ?? ""),
        to: Name(kind: kind, object: object, detail: new))
    case "OBJECT_SEQUENCE":
      let old = found(.sequence, name(of: statement["relation"]), before)
      move(Name(kind: .sequence, object: old), to: Name(kind: .sequence, object: ObjectName(old.schema, new)))
      moveOwner(of: old, to: ObjectName(old.schema, new))
    case "OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_INDEX":
      let old = relation(statement["relation"], before)
      // ALTER TABLE renames a sequence as well.
      if definitions[Name(kind: .sequence, object: old)] != nil {
        move(Name(kind: .sequence, object: old), to: Name(kind: .sequence, object: ObjectName(old.schema, new)))
        moveOwner(of: old, to: ObjectName(old.schema, new))
      }
      moveOwned(old, to: ObjectName(old.schema, new))
    case "OBJECT_COLUMN":
      let table = relation(statement["relation"], before)
      let old = statement["subname"].string
      for sequence in sequences[table] ?? [] where owners[sequence]?.column == old { owners[sequence]?.column = new }
    case "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE":
      moveFunctions(statement["object"]["ObjectWithArgs"]) { ObjectName($0.schema, new) }
    case "OBJECT_SCHEMA":
      guard let old = statement["subname"].string else { return }
      for name in all.keys where name.object.schema == old {
        var moved = name
        moved.object = ObjectName(new, name.object.name)
        move(name, to: moved)
      }
    default: break
    }
  }

  private func name(of relation: SyntaxNode) -> [String] {
    [relation["schemaname"].string, relation["relname"].string].compactMap(\.self)
  }

  private mutating func move(_ statement: SyntaxNode, _ before: Catalog) {
    guard let schema = statement["newschema"].string else { return }
    switch statement["objectType"].string {
    case "OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW":
      let old = relation(statement["relation"], before)
      moveOwned(old, to: ObjectName(schema, old.name))
    case "OBJECT_SEQUENCE":
      let old = found(.sequence, name(of: statement["relation"]), before)
      move(Name(kind: .sequence, object: old), to: Name(kind: .sequence, object: ObjectName(schema, old.name)))
    case "OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE":
      moveFunctions(statement["object"]["ObjectWithArgs"]) { ObjectName(schema, $0.name) }
    default: break
    }
  }

  private mutating func moveFunctions(_ object: SyntaxNode, _ target: (ObjectName) -> ObjectName) {
    let parts = object["objname"].names
    let arguments = object["args_unspecified"].isTrue ? nil : Self.arguments(object["objargs"])
    for name in all.keys
    where (name.kind == .function || name.kind == .aggregate) && name.object.name == parts.last
      && (arguments.map { $0 == name.detail } ?? true)
    {
      var moved = name
      moved.object = target(name.object)
      move(name, to: moved)
    }
  }

  private mutating func moveOwned(_ old: ObjectName, to new: ObjectName) {
    for name in (objects[old] ?? [:]).keys where name.kind.hasOwner {
      var moved = name
      moved.object = new
      move(name, to: moved)
    }
    for sequence in sequences[old] ?? [] {
      guard var owner = owners[sequence] else { continue }
      owner.table = new
      own(sequence, by: owner)
    }
  }

  private mutating func moveOwner(of old: ObjectName, to new: ObjectName) {
    let owner = owners[old]
    own(old, by: nil)
    own(new, by: owner)
  }

  private mutating func move(_ old: Name, to new: Name) {
    guard let definition = definitions[old] else { return }
    definitions[old] = nil
    definitions[new] = definition
  }
}

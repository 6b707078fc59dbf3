import SQLSyntax

extension CatalogBuilder {
  /// CREATE TYPE and CREATE DOMAIN.
  mutating func createType(_ node: SyntaxNode) throws(Refusal) {
    let inner = node.inner
    switch node.kind {
    case "CreateEnumStmt":
      let values = inner["vals"].names
      guard Set(values).count == values.count else { throw Refusal("a value of the enum is there twice") }
      try insert(UserType(try newType(inner["typeName"].names), .enumeration(values)))
    case "CreateDomainStmt":
      let name = try newType(inner["domainname"].names)
      let base = try columnType(inner["typeName"])
      var type = UserType(name, .opaque)
      var notNull = false
      for constraint in inner["constraints"].elements.map({ $0["Constraint"] }) {
        switch constraint["contype"].string {
        case "CONSTR_NOTNULL": notNull = true
        case "CONSTR_CHECK": try addCheck(constraint["conname"].string, to: &type)
        default: break
        }
      }
      type.kind = .domain(base, notNull: notNull, hasCheck: !type.checks.isEmpty)
      try insert(type)
    case "CompositeTypeStmt":
      let target = inner["typevar"]
      let name = ObjectName(try schemaForCreation(target), target["relname"].string ?? "")
      guard !catalog.isTaken(name), catalog.typeBook[name] == nil else {
        throw Refusal("\(name) exists already", at: target.offset)
      }
      var relation = Relation(name, .table, at: place(target.offset))
      for element in inner["coldeflist"].elements {
        let definition = element["ColumnDef"]
        relation.columns.append(
          Column(
            definition["colname"].string ?? "", try columnType(definition["typeName"]), at: place(definition.offset)))
      }
      try insert(UserType(name, .composite))
      catalog.composites[name] = relation
      catalog.others[name] = .compositeType
    case "CreateRangeStmt":
      let name = try newType(inner["typeName"].names)
      try insert(UserType(name, .range))
      let given = inner["params"].elements.first { $0["DefElem"]["defname"].string == "multirange_type_name" }
      let multirange =
        given?["DefElem"]["arg"]["TypeName"]["names"].names.last
        ?? (name.name.firstRange(of: "range").map { name.name.replacingCharacters(in: $0, with: "multirange") }
          ?? ObjectNaming.clip(name.name, ObjectNaming.longest - 11) + "_multirange")
      if catalog.typeBook[ObjectName(name.schema, multirange)] == nil {
        catalog.typeBook[ObjectName(name.schema, multirange)] = UserType(ObjectName(name.schema, multirange), .range)
      }
    default:
      guard inner["kind"].string == "OBJECT_TYPE" else { return }
      let names = inner["defnames"].names
      let schema = try schemaForCreation(named: names.count > 1 ? names[names.count - 2] : nil, at: nil)
      // A shell is completed by a second statement of the same name.
      catalog.typeBook[ObjectName(schema, names.last ?? "")] = UserType(ObjectName(schema, names.last ?? ""), .opaque)
    }
  }

  private mutating func newType(_ names: [String]) throws(Refusal) -> ObjectName {
    let schema = try schemaForCreation(named: names.count > 1 ? names[names.count - 2] : nil, at: nil)
    return ObjectName(schema, names.last ?? "")
  }

  private mutating func insert(_ type: UserType) throws(Refusal) {
    guard catalog.typeBook[type.name] == nil, catalog.book[type.name] == nil else {
      throw Refusal("the type \(type.name) exists already")
    }
    catalog.typeBook[type.name] = type
  }

  private mutating func addCheck(_ name: String?, to domain: inout UserType) throws(Refusal) {
    if isFull(domain.checks.count, "checks", of: domain.name, at: nil) { return }
    if let name {
      guard !domain.checks.contains(name) else { throw Refusal("the constraint \(name) is there already") }
      domain.checks.append(name)
      return
    }
    var free = ObjectNaming.name(domain.name.name, nil, "check")
    var count = 0
    while domain.checks.contains(free) {
      count += 1
      free = ObjectNaming.name(domain.name.name, nil, "check\(count)")
    }
    domain.checks.append(free)
  }

  private func existingType(_ names: [String]) throws(Refusal) -> ObjectName {
    let schema = names.count > 1 ? names[names.count - 2] : nil
    guard let found = userType(schema, names.last ?? ""), catalog.typeBook[found] != nil else {
      throw missing("type", schema, names.last ?? "", at: nil)
    }
    return found
  }

  mutating func alterEnum(_ node: SyntaxNode) throws(Refusal) {
    let name = try existingType(node["typeName"].names)
    guard let type = catalog.typeBook[name], case .enumeration(var values) = type.kind else {
      throw Refusal("\(name) is no enum")
    }
    if isFull(values.count, "values", of: name, at: node.offset) { return }
    let new = node["newVal"].string ?? ""
    if values.contains(new) {
      if node["skipIfNewValExists"].isTrue { return }
      throw Refusal("the enum \(name) has the value \(new) already")
    }
    if let old = node["oldVal"].string {
      guard let index = values.firstIndex(of: old) else { throw Refusal("the enum \(name) has no value \(old)") }
      values[index] = new
    } else if let neighbour = node["newValNeighbor"].string {
      guard let index = values.firstIndex(of: neighbour) else {
        throw Refusal("the enum \(name) has no value \(neighbour)")
      }
      values.insert(new, at: node["newValIsAfter"].isTrue ? index + 1 : index)
    } else {
      values.append(new)
    }
    let changed = values
    _ = catalog.typeBook.change(name) { $0.kind = .enumeration(changed) }
  }

  mutating func alterDomain(_ node: SyntaxNode) throws(Refusal) {
    let name = try existingType(node["typeName"].names)
    guard var type = catalog.typeBook[name], case .domain(let base, var notNull, _) = type.kind else {
      throw Refusal("\(name) is no domain")
    }
    switch node["subtype"].string {
    case "N": notNull = false
    case "O": notNull = true
    case "C": try addCheck(node["def"]["Constraint"]["conname"].string, to: &type)
    case "X":
      let check = node["name"].string ?? ""
      guard type.checks.contains(check) || node["missing_ok"].isTrue else {
        throw missing("constraint", nil, check, at: nil)
      }
      type.checks.removeAll { $0 == check }
    default: break
    }
    type.kind = .domain(base, notNull: notNull, hasCheck: !type.checks.isEmpty)
    catalog.typeBook[name] = type
  }

  /// ALTER TYPE of a composite type.
  mutating func alterComposite(_ target: SyntaxNode, _ commands: [SyntaxNode]) throws(Refusal) {
    let schema = target["schemaname"].string
    let name = target["relname"].string ?? ""
    guard let found = catalog.found(schema, name), catalog.composites[found] != nil else {
      throw missing("composite type", schema, name, at: target.offset)
    }
    for command in commands {
      guard var type = catalog.composites[found] else { return }
      let attribute = command["name"].string ?? command["def"]["ColumnDef"]["colname"].string ?? ""
      let users = present(catalog.typeUsers[found]).filter { catalog.book[$0]?.rowType == found }
      if !users.isEmpty, command["behavior"].string != "DROP_CASCADE" {
        throw Refusal("tables are of the type \(found)", at: target.offset)
      }
      switch command["subtype"].string {
      case "AT_AddColumn":
        let definition = command["def"]["ColumnDef"]
        guard type.column(attribute) == nil else {
          throw Refusal("\(found) has an attribute \(attribute) already", at: definition.offset)
        }
        let column = Column(attribute, try columnType(definition["typeName"]), at: place(definition.offset))
        type.columns.append(column)
        for user in users {
          catalog.book.change(user) { relation in
            relation.lastColumn += 1
            var column = column
            column.number = relation.lastColumn
            relation.columns.append(column)
          }
        }
      case "AT_DropColumn":
        guard type.column(attribute) != nil else {
          if command["missing_ok"].isTrue { continue }
          throw missing("attribute", found.description, attribute, at: nil)
        }
        type.columns.removeAll { $0.name == attribute }
        for user in users {
          try dropColumn(attribute, of: user, recursively: true, cascading: true, ofType: true)
        }
      case "AT_AlterColumnType":
        guard type.column(attribute) != nil else { throw missing("attribute", found.description, attribute, at: nil) }
        if let user = present(catalog.typeUsers[found]).first(where: { name in
          catalog.book[name]?.columns.contains { $0.type.userType == found } ?? false
        }) {
          throw Refusal("\(user) has a column of the type \(found)", at: target.offset)
        }
        let new = try columnType(command["def"]["ColumnDef"]["typeName"])
        type.changeColumn(attribute) { $0.type = new }
        for user in users { catalog.book.change(user) { $0.changeColumn(attribute) { $0.type = new } } }
      default: break
      }
      catalog.composites[found] = type
    }
  }

  mutating func createExtension(_ node: SyntaxNode) throws(Refusal) {
    let name = node["extname"].string ?? ""
    if catalog.extensions[name] != nil || name == "plpgsql" {
      if node["if_not_exists"].isTrue { return }
      throw Refusal("the extension \(name) is there already")
    }
    let given = node["options"].elements.first { $0["DefElem"]["defname"].string == "schema" }
    let schema = try schemaForCreation(named: given?["DefElem"]["arg"]["String"]["sval"].string, at: nil)
    catalog.extensions[name] = schema
    // What others bring is not known.
    guard let types = BuiltInTypes.ofExtensions[name] else {
      doubt.isOpen = true
      return
    }
    for type in types where catalog.typeBook[ObjectName(schema, type)] == nil {
      catalog.typeBook[ObjectName(schema, type)] = UserType(ObjectName(schema, type), .opaque)
    }
  }
}

extension String {
  fileprivate func firstRange(of part: String) -> Range<String.Index>? { ranges(of: part).first }

  fileprivate func replacingCharacters(in range: Range<String.Index>, with part: String) -> String {
    self[..<range.lowerBound] + part + self[range.upperBound...]
  }
}

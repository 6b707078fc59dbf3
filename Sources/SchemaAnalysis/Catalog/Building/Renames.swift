import SQLSyntax

extension CatalogBuilder {
  mutating func rename(_ node: SyntaxNode) throws(Refusal) {
    let new = node["newname"].string ?? ""
    let target = node["relation"]
    let schema = target["schemaname"].string
    let name = target["relname"].string ?? ""
    switch node["renameType"].string {
    case "OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE", "OBJECT_INDEX", "OBJECT_SEQUENCE":
      guard let found = catalog.found(schema, name) else {
        if node["missing_ok"].isTrue { return }
        throw missing("relation", schema, name, at: target.offset)
      }
      try move(found, to: ObjectName(found.schema, new), at: target.offset)
    case "OBJECT_COLUMN":
      guard let found = catalog.found(schema, name), catalog.book[found] != nil else {
        if node["missing_ok"].isTrue { return }
        throw missing("table", schema, name, at: target.offset)
      }
      try renameColumn(
        node["subname"].string ?? "", to: new, of: found, recursively: target["inh"].isTrue, at: target.offset)
    case "OBJECT_ATTRIBUTE":
      guard let found = catalog.found(schema, name), var type = catalog.composites[found],
        type.column(node["subname"].string ?? "") != nil
      else { throw missing("attribute", name, node["subname"].string ?? "", at: target.offset) }
      type.changeColumn(node["subname"].string ?? "") { $0.name = new }
      catalog.composites[found] = type
      for user in present(catalog.typeUsers[found]) where catalog.book[user]?.rowType == found {
        try renameColumn(node["subname"].string ?? "", to: new, of: user, recursively: true, at: nil, ofType: true)
      }
    case "OBJECT_TABCONSTRAINT":
      guard let found = catalog.found(schema, name), catalog.book[found] != nil else {
        if node["missing_ok"].isTrue { return }
        throw missing("table", schema, name, at: target.offset)
      }
      try renameConstraint(node["subname"].string ?? "", to: new, of: found, at: target.offset)
    case "OBJECT_DOMCONSTRAINT":
      let names = node["object"]["List"]["items"].names
      if let found = userType(names.count > 1 ? names[names.count - 2] : nil, names.last ?? "") {
        _ = catalog.typeBook.change(found) { type in
          if let index = type.checks.firstIndex(of: node["subname"].string ?? "") { type.checks[index] = new }
        }
      }
    case "OBJECT_SCHEMA": try renameSchema(node["subname"].string ?? "", to: new)
    case "OBJECT_TYPE", "OBJECT_DOMAIN":
      let names = node["object"]["List"]["items"].names
      let schema = names.count > 1 ? names[names.count - 2] : nil
      guard let found = userType(schema, names.last ?? ""), catalog.typeBook[found] != nil else {
        throw missing("type", schema, names.last ?? "", at: nil)
      }
      try moveType(found, to: ObjectName(found.schema, new))
    default: break
    }
  }

  mutating func setSchema(_ node: SyntaxNode) throws(Refusal) {
    let schema = node["newschema"].string ?? ""
    let names = node["object"]["List"]["items"].names
    switch node["objectType"].string {
    case "OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE", "OBJECT_SEQUENCE":
      let target = node["relation"]
      guard let found = catalog.found(target["schemaname"].string, target["relname"].string ?? "") else {
        if node["missing_ok"].isTrue { return }
        throw missing("relation", target["schemaname"].string, target["relname"].string ?? "", at: target.offset)
      }
      let schema = try schemaForCreation(named: schema, at: nil, mayBeOutside: false)
      if found.schema == schema { return }
      try move(found, to: ObjectName(schema, found.name), at: target.offset)
    case "OBJECT_TYPE", "OBJECT_DOMAIN":
      let old = names.count > 1 ? names[names.count - 2] : nil
      guard let found = userType(old, names.last ?? ""), catalog.typeBook[found] != nil else {
        throw missing("type", old, names.last ?? "", at: nil)
      }
      let schema = try schemaForCreation(named: schema, at: nil, mayBeOutside: false)
      if found.schema == schema { return }
      try moveType(found, to: ObjectName(schema, found.name))
    case "OBJECT_EXTENSION":
      let name = node["object"].name ?? ""
      guard let old = catalog.extensions[name] else { throw missing("extension", nil, name, at: nil) }
      let schema = try schemaForCreation(named: schema, at: nil, mayBeOutside: false)
      for type in BuiltInTypes.ofExtensions[name] ?? [] where catalog.typeBook[ObjectName(old, type)] != nil {
        try moveType(ObjectName(old, type), to: ObjectName(schema, type))
      }
      catalog.extensions[name] = schema
    default: break
    }
  }

  // MARK: Relations, indexes and sequences

  /// Gives what shares names with relations another name, or puts it into another schema.
  private mutating func move(_ old: ObjectName, to new: ObjectName, at offset: Int?) throws(Refusal) {
    guard !catalog.isTaken(new), catalog.book[old] == nil || catalog.typeBook[new] == nil else {
      throw Refusal("\(new) exists already", at: offset)
    }
    guard let object = catalog.others[old] else {
      try moveRelation(old, to: new, at: offset)
      return
    }
    switch object {
    case .index(let number, _):
      guard let table = catalog.names[Int(number)] else { return }
      renameIndex(old.name, to: new.name, of: table)
    case .sequence(_, let owner):
      if old.schema != new.schema, owner != nil {
        throw Refusal("the sequence \(old) goes with its column", at: offset)
      }
      disown(old)
      freeObject(old)
      catalog.others[new] = object
      if let owner { own(new, owner) }
    case .compositeType: try moveType(old, to: new)
    }
  }

  private mutating func renameIndex(_ old: String, to new: String, of table: ObjectName) {
    _ = catalog.book.change(table) { relation in
      for index in relation.indexes.indices where relation.indexes[index].name == old {
        relation.indexes[index].name = new
      }
    }
    catalog.others[ObjectName(table.schema, new)] = catalog.others[ObjectName(table.schema, old)]
    freeObject(ObjectName(table.schema, old))
  }

  private mutating func moveRelation(_ old: ObjectName, to new: ObjectName, at offset: Int?) throws(Refusal) {
    guard var relation = catalog.book[old] else { return }
    let number = relation.number
    if old.schema != new.schema {
      for index in relation.indexes where catalog.isTaken(ObjectName(new.schema, index.name)) {
        throw Refusal("\(new.schema).\(index.name) exists already", at: offset)
      }
      for name in relation.checks.map(\.name) + relation.foreignKeys.map(\.name) {
        freeConstraint(name, in: old.schema)
        takeConstraintName(name, in: new.schema)
      }
      for index in relation.indexes {
        freeObject(ObjectName(old.schema, index.name))
        catalog.others[ObjectName(new.schema, index.name)] = .index(
          Int32(clamping: number), isConstraint: index.origin != .statement)
      }
      for sequence in catalog.owned[number] ?? [] {
        let moved = ObjectName(new.schema, sequence.name)
        if catalog.isTaken(moved) { throw Refusal("\(moved) exists already", at: offset) }
        catalog.others[moved] = catalog.others[sequence]
        freeObject(sequence)
        _ = catalog.owned.change(number) { names in
          for index in names.indices where names[index] == sequence { names[index] = moved }
        }
      }
    }
    relation.name = new
    catalog.book[old] = nil
    catalog.book[new] = relation
    catalog.names[number] = new
    for other in present(catalog.referencing[number]) {
      catalog.book.change(other) { relation in
        for index in relation.foreignKeys.indices where relation.foreignKeys[index].target == number {
          relation.foreignKeys[index].references = new
        }
      }
    }
    for child in children(of: new) {
      catalog.book.change(child) { relation in
        for index in relation.parents.indices where relation.parents[index] == old { relation.parents[index] = new }
      }
    }
    moveUsers(ofType: old, to: new)
    searched.removeAll(keepingCapacity: true)
  }

  private mutating func renameSchema(_ old: String, to new: String) throws(Refusal) {
    guard catalog.hasSchema(old) else { throw Refusal("there is no schema \(old)") }
    guard !catalog.hasSchema(new) else { throw Refusal("the schema \(new) exists already") }
    catalog.removeSchema(old)
    catalog.insertSchema(new)
    for name in catalog.book.names.filter({ $0.schema == old }).sorted() {
      try moveRelation(name, to: ObjectName(new, name.name), at: nil)
    }
    for name in catalog.types.keys.filter({ $0.schema == old }).sorted() where catalog.typeBook[name] != nil {
      try moveType(name, to: ObjectName(new, name.name))
    }
    for (name, object) in catalog.others.entries where name.schema == old {
      let moved = ObjectName(new, name.name)
      catalog.others[moved] = object
      if case .sequence(_, let owner?) = object {
        disown(name)
        own(moved, owner)
      }
      freeObject(name)
    }
    for (name, schema) in catalog.extensions.entries where schema == old { catalog.extensions[name] = new }
  }

  // MARK: Columns and constraints

  private mutating func renameColumn(
    _ old: String, to new: String, of table: ObjectName, recursively: Bool, at offset: Int?, ofType: Bool = false
  ) throws(Refusal) {
    let all = [table] + descendants(of: table)
    if !recursively, all.count > 1 { throw Refusal("the column must be renamed in child tables too", at: offset) }
    for relation in all {
      try renameColumn(old, to: new, ofOne: relation, among: Set(all), at: offset, ofType: ofType)
    }
  }

  /// - Parameter all: the relations whose column is renamed: it may come from no other.
  private mutating func renameColumn(
    _ old: String, to new: String, ofOne table: ObjectName, among all: Set<ObjectName>, at offset: Int?, ofType: Bool
  ) throws(Refusal) {
    guard let relation = catalog.book[table], let column = relation.column(old) else {
      throw missing("column", table.description, old, at: offset)
    }
    guard relation.column(new) == nil else { throw Refusal("\(table) has a column \(new) already", at: offset) }
    if relation.rowType != nil, !ofType { throw Refusal("\(table) has its columns from a type", at: offset) }
    guard column.inheritance <= relation.parents.count(where: all.contains) else {
      throw Refusal("the column \(old) is inherited", at: offset)
    }
    catalog.book.change(table) { $0.renameColumn(old, to: new) }
    let number = relation.number
    for other in present(catalog.referencing[number]) {
      catalog.book.change(other) { relation in
        for index in relation.foreignKeys.indices where relation.foreignKeys[index].target == number {
          replace(old, new, in: &relation.foreignKeys[index].referencedColumns)
        }
      }
    }
    for reader in present(catalog.readers[number]) {
      catalog.book.change(reader) { view in
        if view.reads[number]?.remove(old) != nil { view.reads[number]?.insert(new) }
      }
    }
  }

  private mutating func renameConstraint(
    _ old: String, to new: String, of table: ObjectName, at offset: Int?
  ) throws(Refusal) {
    let isInheritable = catalog.book[table]?.checks.first { $0.name == old }?.isInheritable ?? false
    let all = [table] + (isInheritable ? descendants(of: table) : [])
    for relation in all { try renameConstraint(old, to: new, ofOne: relation, among: Set(all), at: offset) }
  }

  private mutating func renameConstraint(
    _ old: String, to new: String, ofOne table: ObjectName, among all: Set<ObjectName>, at offset: Int?
  ) throws(Refusal) {
    guard let relation = catalog.book[table], relation.hasConstraint(old) else {
      throw missing("constraint", nil, old, at: offset)
    }
    guard !relation.hasConstraint(new) else { throw Refusal("the constraint \(new) is there already", at: offset) }
    if let check = relation.checks.first(where: { $0.name == old }) {
      guard check.inheritance <= relation.parents.count(where: all.contains) else {
        throw Refusal("the constraint \(old) is inherited", at: offset)
      }
      catalog.book.change(table) { relation in
        for index in relation.checks.indices where relation.checks[index].name == old {
          relation.checks[index].name = new
        }
      }
      freeConstraint(old, in: table.schema)
      takeConstraintName(new, in: table.schema)
    } else if relation.foreignKeys.contains(where: { $0.name == old }) {
      catalog.book.change(table) { relation in
        for index in relation.foreignKeys.indices where relation.foreignKeys[index].name == old {
          relation.foreignKeys[index].name = new
        }
      }
      freeConstraint(old, in: table.schema)
      takeConstraintName(new, in: table.schema)
    } else {
      guard !catalog.isTaken(ObjectName(table.schema, new)) else {
        throw Refusal("\(table.schema).\(new) exists already", at: offset)
      }
      renameIndex(old, to: new, of: table)
    }
  }

  // MARK: Types

  mutating func moveType(_ old: ObjectName, to new: ObjectName) throws(Refusal) {
    guard var type = catalog.typeBook[old] else { return }
    guard catalog.typeBook[new] == nil, catalog.book[new] == nil else { throw Refusal("\(new) exists already") }
    type.name = new
    catalog.typeBook[old] = nil
    catalog.typeBook[new] = type
    if var composite = catalog.composites[old] {
      composite.name = new
      catalog.composites[old] = nil
      catalog.composites[new] = composite
      freeObject(old)
      catalog.others[new] = .compositeType
    }
    moveUsers(ofType: old, to: new)
    let domains = catalog.types.values.filter { domain in
      if case .domain(let base, _, _) = domain.kind { base.userType == old } else { false }
    }
    for domain in domains {
      guard case .domain(let base, let notNull, let hasCheck) = domain.kind else { continue }
      _ = catalog.typeBook.change(domain.name) {
        $0.kind = .domain(base.renamed(new), notNull: notNull, hasCheck: hasCheck)
      }
    }
  }

  /// Columns of a type show its new name.
  private mutating func moveUsers(ofType old: ObjectName, to new: ObjectName) {
    for user in present(catalog.typeUsers[old]) {
      catalog.book.change(user) { relation in
        for index in relation.columns.indices where relation.columns[index].type.userType == old {
          relation.columns[index].type = relation.columns[index].type.renamed(new)
        }
        if relation.rowType == old { relation.rowType = new }
      }
    }
    catalog.typeUsers.copy(from: old, to: new)
  }
}

extension ColumnType {
  func renamed(_ name: ObjectName) -> ColumnType {
    let formatted = CatalogBuilder.formatted(name)
    return ColumnType(
      text: formatted + text.dropFirst(base.count), base: formatted, modifiers: modifiers, isArray: isArray,
      userType: name)
  }
}

/// Replaces a name wherever it stands.
private func replace(_ old: String, _ new: String, in names: inout [String]) {
  for index in names.indices where names[index] == old { names[index] = new }
}

extension Relation {
  fileprivate mutating func renameColumn(_ old: String, to new: String) {
    changeColumn(old) { $0.name = new }
    for index in columns.indices { replace(old, new, in: &columns[index].generatedFrom) }
    for index in foreignKeys.indices { replace(old, new, in: &foreignKeys[index].columns) }
    for index in checks.indices { replace(old, new, in: &checks[index].columns) }
    for index in indexes.indices {
      for key in indexes[index].keys.indices {
        if indexes[index].keys[key].column == old { indexes[index].keys[key].rename(to: new) }
        replace(old, new, in: &indexes[index].keys[key].expressionColumns)
      }
      replace(old, new, in: &indexes[index].included)
      replace(old, new, in: &indexes[index].predicateColumns)
    }
    for index in partitionKey.indices where partitionKey[index] == old { partitionKey[index] = new }
    replace(old, new, in: &partitionKeyColumns)
  }
}

import SQLSyntax

extension CatalogBuilder {
  mutating func drop(_ node: SyntaxNode) throws(Refusal) {
    let cascading = node["behavior"].string == "DROP_CASCADE"
    let mayBeMissing = node["missing_ok"].isTrue
    let names = node["objects"].elements.map { object in
      object.name.map { [$0] }
        ?? (object["TypeName"].isPresent ? object["TypeName"]["names"] : object["List"]["items"]).names
    }
    switch node["removeType"].string {
    case "OBJECT_TABLE": try dropRelations(names, [.table, .partitionedTable], "table", cascading, mayBeMissing)
    case "OBJECT_VIEW": try dropRelations(names, [.view], "view", cascading, mayBeMissing)
    case "OBJECT_MATVIEW": try dropRelations(names, [.materializedView], "materialized view", cascading, mayBeMissing)
    case "OBJECT_FOREIGN_TABLE": try dropRelations(names, [.foreignTable], "foreign table", cascading, mayBeMissing)
    case "OBJECT_INDEX":
      for name in names {
        let schema = name.count > 1 ? name[name.count - 2] : nil
        guard let (table, index) = catalog.index(schema, name.last ?? "") else {
          if mayBeMissing { continue }
          throw missing("index", schema, name.last ?? "", at: nil)
        }
        try dropIndex(index, of: table, cascading: cascading)
      }
    case "OBJECT_SEQUENCE":
      for name in names {
        let schema = name.count > 1 ? name[name.count - 2] : nil
        guard let found = catalog.found(schema, name.last ?? ""), case .sequence? = catalog.others[found] else {
          if mayBeMissing { continue }
          throw missing("sequence", schema, name.last ?? "", at: nil)
        }
        try dropSequence(found, cascading: cascading, at: nil)
      }
    case "OBJECT_TYPE", "OBJECT_DOMAIN":
      for name in names {
        let schema = name.count > 1 ? name[name.count - 2] : nil
        guard let found = userType(schema, name.last ?? "") else {
          if mayBeMissing { continue }
          throw missing("type", schema, name.last ?? "", at: nil)
        }
        guard catalog.typeBook[found] != nil else { throw Refusal("the table \(found) needs its type") }
        try dropType(found, cascading: cascading)
      }
    case "OBJECT_SCHEMA":
      for name in names.compactMap(\.last) {
        guard catalog.hasSchema(name) else {
          if mayBeMissing { continue }
          throw Refusal("there is no schema \(name)")
        }
        try dropSchema(name, cascading: cascading)
      }
    case "OBJECT_EXTENSION":
      for name in names.compactMap(\.last) {
        guard let schema = catalog.extensions[name] else {
          if mayBeMissing { continue }
          throw Refusal("there is no extension \(name)")
        }
        for type in BuiltInTypes.ofExtensions[name] ?? [] where catalog.typeBook[ObjectName(schema, type)] != nil {
          try dropType(ObjectName(schema, type), cascading: cascading)
        }
        catalog.extensions[name] = nil
      }
    default: break
    }
  }

  // MARK: Relations

  private mutating func dropRelations(
    _ names: [[String]], _ kinds: [Relation.Kind], _ what: String, _ cascading: Bool, _ mayBeMissing: Bool
  ) throws(Refusal) {
    var dropped: [ObjectName] = []
    for name in names {
      let schema = name.count > 1 ? name[name.count - 2] : nil
      guard let found = catalog.found(schema, name.last ?? "") else {
        if mayBeMissing { continue }
        throw missing(what, schema, name.last ?? "", at: nil)
      }
      guard let relation = catalog.book[found], kinds.contains(relation.kind) else {
        throw Refusal("\(found) is no \(what)")
      }
      if !dropped.contains(found) { dropped.append(found) }
    }
    try dropRelations(dropped, cascading: cascading)
  }

  /// Drops relations and what depends on them; without CASCADE only if nothing else does.
  mutating func dropRelations(_ names: [ObjectName], cascading: Bool) throws(Refusal) {
    var all = names
    var seen = Set(names)
    var next = 0
    while next < all.count {
      let name = all[next]
      next += 1
      guard let relation = catalog.book[name] else { continue }
      // Partitions go with their table.
      for child in children(of: name) where !seen.contains(child) {
        guard cascading || relation.kind == .partitionedTable else {
          if names.contains(child) { continue }
          throw Refusal("\(child) inherits from \(name)")
        }
        seen.insert(child)
        all.append(child)
      }
      for reader in present(catalog.readers[relation.number])
      where !seen.contains(reader) && catalog.book[reader]?.reads[relation.number] != nil {
        guard cascading else { throw Refusal("the view \(reader) reads \(name)") }
        seen.insert(reader)
        all.append(reader)
      }
    }
    for name in cascading ? [] : all {
      guard let number = catalog.book[name]?.number else { continue }
      for other in present(catalog.referencing[number]) where !seen.contains(other) {
        // A partition's part of a foreign key goes with the one that it comes from.
        if let key = catalog.book[other]?.foreignKeys.first(where: { key in
          key.target == number && !partIsDropped(key, of: other, seen)
        }) {
          throw Refusal("the foreign key \(key.name) of \(other) references \(name)")
        }
      }
    }
    for name in all {
      guard let relation = catalog.book[name] else { continue }
      for other in present(catalog.referencing[relation.number]) where !seen.contains(other) {
        let keys = (catalog.book[other]?.foreignKeys ?? []).filter { $0.target == relation.number }
        if keys.isEmpty { continue }
        for key in keys { removeWhole(key, of: other) }
      }
      try dropColumns(ofType: name, cascading: cascading, except: seen)
      for sequence in catalog.owned[relation.number] ?? [] {
        guard case .sequence(let number, _) = catalog.others[sequence] else { continue }
        try removeDefaults(from: Int(number), sequence, cascading: cascading) { table, _ in seen.contains(table) }
      }
    }
    for name in all { removeRelation(name) }
  }

  private func partIsDropped(_ key: ForeignKey, of table: ObjectName, _ dropped: Set<ObjectName>) -> Bool {
    guard let parent = key.parent, let above = catalog.book[table]?.foreignKeys.first(where: { $0.number == parent })
    else { return false }
    return dropped.contains(above.references)
  }

  /// Takes a relation out of the catalogue, with what is a part of it.
  private mutating func removeRelation(_ name: ObjectName) {
    guard let relation = catalog.book[name] else { return }
    let number = relation.number
    for index in relation.indexes {
      catalog.others[ObjectName(name.schema, index.name)] = nil
    }
    for key in relation.foreignKeys { freeConstraint(key.name, in: name.schema) }
    for check in relation.checks { freeConstraint(check.name, in: name.schema) }
    for sequence in catalog.owned[number] ?? [] { catalog.others[sequence] = nil }
    catalog.owned[number] = nil
    for parent in relation.parents {
      guard let above = catalog.book[parent]?.number else { continue }
      _ = catalog.children.change(above) { $0.removeAll { $0 == number } }
    }
    catalog.children[number] = nil
    catalog.names[number] = nil
    catalog.book[name] = nil
    searched.removeAll(keepingCapacity: true)
  }

  mutating func dropIndex(_ index: Index, of table: ObjectName, cascading: Bool) throws(Refusal) {
    guard index.origin == .statement else { throw Refusal("a constraint needs the index \(index.name)") }
    guard index.parent == nil else { throw Refusal("the index \(index.name) is a part of another") }
    try removeKeys(referencing: index, of: table, cascading: cascading)
    removeIndex(index, of: table)
  }

  /// Foreign keys need the unique index that they reference, or the part of it on a partition.
  private mutating func removeKeys(
    referencing index: Index, of table: ObjectName, cascading: Bool
  ) throws(Refusal) {
    guard index.isUnique, let number = catalog.book[table]?.number else { return }
    for other in present(catalog.referencing[number]) {
      let keys = (catalog.book[other]?.foreignKeys ?? []).filter { $0.targetIndex == index.number }
      guard !keys.isEmpty else { continue }
      guard cascading else { throw Refusal("the foreign key \(keys[0].name) of \(other) needs \(index.name)") }
      removeForeignKeys(of: other, Set(keys.map(\.number)))
    }
    for child in children(of: table) {
      for part in catalog.book[child]?.indexes ?? [] where part.parent == index.number {
        try removeKeys(referencing: part, of: child, cascading: cascading)
      }
    }
  }

  private mutating func dropSchema(_ schema: String, cascading: Bool) throws(Refusal) {
    let relations = catalog.book.names.filter { $0.schema == schema }.compactMap { catalog.book[$0] }
      .sorted { $0.number < $1.number }
    let types = catalog.types.keys.filter { $0.schema == schema }.sorted()
    let others = catalog.others.entries.filter { $0.key.schema == schema }
    if !cascading, !(relations.isEmpty && types.isEmpty && others.isEmpty) {
      throw Refusal("the schema \(schema) is not empty")
    }
    try dropRelations(relations.map(\.name), cascading: true)
    for type in types where catalog.typeBook[type] != nil { try dropType(type, cascading: true) }
    for name in others.keys.sorted() where catalog.others[name] != nil {
      if case .sequence? = catalog.others[name] { try dropSequence(name, cascading: true, at: nil) }
      catalog.others[name] = nil
    }
    catalog.removeSchema(schema)
    droppedSchemas.insert(schema)
    for name in catalog.extensions.entries.filter({ $0.value == schema }).keys { catalog.extensions[name] = nil }
  }

  // MARK: Columns

  mutating func dropColumn(
    _ name: String, of table: ObjectName, recursively: Bool, cascading: Bool, fromParent: Bool = false,
    ofType: Bool = false
  ) throws(Refusal) {
    guard let relation = catalog.book[table], let column = relation.column(name) else {
      throw missing("column", table.description, name, at: nil)
    }
    if column.inheritance > 0, !fromParent { throw Refusal("the column \(name) is inherited") }
    if relation.rowType != nil, !ofType { throw Refusal("\(table) has its columns from a type") }
    if relation.partitionKey.contains(name) || relation.partitionKeyColumns.contains(name) {
      throw Refusal("\(table) is partitioned by the column \(name)")
    }
    let children = children(of: table)
    if relation.kind == .partitionedTable, !recursively, !children.isEmpty {
      throw Refusal("a column cannot be dropped of ONLY a partitioned table")
    }
    for reader in present(catalog.readers[relation.number])
    where catalog.book[reader]?.reads[relation.number]?.contains(name) == true {
      guard cascading else { throw Refusal("the view \(reader) reads the column \(name)") }
      try dropRelations([reader], cascading: true)
    }
    for other in present(catalog.referencing[relation.number]) {
      let keys = (catalog.book[other]?.foreignKeys ?? []).filter {
        $0.target == relation.number && $0.referencedColumns.contains(name)
          && !(other == table && $0.columns.contains(name))
      }
      guard let key = keys.first else { continue }
      guard cascading else { throw Refusal("the foreign key \(key.name) of \(other) references the column \(name)") }
      removeForeignKeys(of: other, Set(keys.map(\.number)))
    }
    for child in children {
      if recursively, let own = catalog.book[child]?.column(name), own.inheritance == 1, !own.isLocal {
        try dropColumn(name, of: child, recursively: true, cascading: cascading, fromParent: true)
      } else {
        catalog.book.change(child) { relation in
          relation.changeColumn(name) { column in
            column.inheritance -= 1
            if !recursively { column.isLocal = true }
          }
        }
      }
    }
    try dropSequences(of: name, of: table, cascading: cascading)
    for index in catalog.book[table]?.indexes ?? [] where index.reads(name) {
      try removeKeys(referencing: index, of: table, cascading: true)
      removeIndex(index, of: table)
    }
    let keys = (catalog.book[table]?.foreignKeys ?? []).filter { $0.columns.contains(name) }
    removeForeignKeys(of: table, Set(keys.map(\.number)))
    let checks = (catalog.book[table]?.checks ?? []).filter { $0.columns.contains(name) }
    for check in checks { removeCheck(check.name, of: table) }
    let generated = (catalog.book[table]?.columns ?? []).filter { $0.generatedFrom.contains(name) }
    catalog.book.change(table) { $0.columns.removeAll { $0.name == name } }
    for other in generated where other.inheritance == 0 {
      try dropColumn(other.name, of: table, recursively: recursively, cascading: cascading)
    }
  }

  // MARK: Constraints

  mutating func dropConstraint(
    _ name: String, of table: ObjectName, recursively: Bool, cascading: Bool, mayBeMissing: Bool
  ) throws(Refusal) {
    guard let relation = catalog.book[table] else { return }
    if let check = relation.checks.first(where: { $0.name == name }) {
      if check.inheritance > 0 { throw Refusal("the constraint \(name) is inherited") }
      if relation.kind == .partitionedTable, !recursively, check.isInheritable, !children(of: table).isEmpty {
        throw Refusal("the constraint must be dropped from partitions too")
      }
      removeCheck(name, of: table, recursively: recursively)
    } else if let key = relation.foreignKeys.first(where: { $0.name == name }) {
      if key.parent != nil { throw Refusal("the constraint \(name) is inherited") }
      removeForeignKeys(of: table, [key.number])
    } else if relation.hasConstraint(name), let index = relation.index(name) {
      if index.parent != nil { throw Refusal("the constraint \(name) is inherited") }
      try removeKeys(referencing: index, of: table, cascading: cascading)
      removeIndex(index, of: table)
    } else if !mayBeMissing {
      throw missing("constraint", nil, name, at: nil)
    }
  }

  /// - Parameter recursively: whether children lose it too; nil if they keep what they have.
  private mutating func removeCheck(_ name: String, of table: ObjectName, recursively: Bool? = nil) {
    let check = catalog.book.change(table) { relation in
      let check = relation.checks.first { $0.name == name }
      relation.checks.removeAll { $0.name == name }
      return check
    }
    guard let check = check ?? nil else { return }
    freeConstraint(name, in: table.schema)
    guard let recursively, check.isInheritable else { return }
    for child in children(of: table) {
      let goes =
        catalog.book.change(child) { relation in
          guard let index = relation.checks.firstIndex(where: { $0.name == name }) else { return false }
          relation.checks[index].inheritance -= 1
          if !recursively { relation.checks[index].isLocal = true }
          return relation.checks[index].inheritance <= 0 && !relation.checks[index].isLocal
        } ?? false
      if goes { removeCheck(name, of: child, recursively: true) }
    }
  }

  // MARK: Types

  mutating func dropType(_ type: ObjectName, cascading: Bool) throws(Refusal) {
    try dropColumns(ofType: type, cascading: cascading, except: [])
    for domain in catalog.types.values.filter({ Self.uses($0, type) }).map(\.name).sorted() {
      guard cascading else { throw Refusal("the domain \(domain) is of the type \(type)") }
      try dropType(domain, cascading: true)
    }
    catalog.typeBook[type] = nil
    if catalog.composites[type] != nil {
      catalog.composites[type] = nil
      freeObject(type)
    }
  }

  private static func uses(_ domain: UserType, _ type: ObjectName) -> Bool {
    if case .domain(let base, _, _) = domain.kind { base.userType == type } else { false }
  }

  private mutating func dropColumns(
    ofType type: ObjectName, cascading: Bool, except dropped: Set<ObjectName>
  ) throws(Refusal) {
    for user in present(catalog.typeUsers[type]) where !dropped.contains(user) {
      guard let relation = catalog.book[user] else { continue }
      let columns = relation.columns.filter { $0.type.userType == type }
      guard relation.rowType == type || !columns.isEmpty else { continue }
      guard cascading else { throw Refusal("\(user) has a column of the type \(type)") }
      if relation.rowType == type {
        try dropRelations([user], cascading: true)
        continue
      }
      for column in columns where catalog.book[user]?.column(column.name) != nil {
        try dropColumn(column.name, of: user, recursively: true, cascading: true, fromParent: true)
      }
    }
  }
}

extension Index {
  /// Whether it goes when a column goes.
  public func reads(_ column: String) -> Bool {
    keys.contains { $0.column == column || $0.expressionColumns.contains(column) } || included.contains(column)
      || predicateColumns.contains(column)
  }
}

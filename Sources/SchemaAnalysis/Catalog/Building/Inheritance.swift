import SQLSyntax

extension CatalogBuilder {
  func checkParents(of relation: Relation) throws(Refusal) {
    for name in relation.parents {
      guard let parent = catalog.book[name] else { continue }
      let offset = relation.place.offset
      guard (parent.kind == .partitionedTable) == relation.isPartition else {
        throw Refusal(
          relation.isPartition ? "\(name) is not partitioned" : "a partitioned table cannot be inherited from: \(name)",
          at: offset)
      }
      if parent.isPartition, !relation.isPartition {
        throw Refusal("a partition cannot be inherited from: \(name)", at: offset)
      }
      if parent.persistence == .temporary, relation.persistence != .temporary {
        throw Refusal("\(relation.name) is kept longer than \(name), which it inherits from", at: offset)
      }
    }
  }

  /// Columns of a parent; those of the same name become one.
  func merge(columnsOf parent: ObjectName, into columns: inout [Column], keepingIdentity: Bool) throws(Refusal) {
    for column in catalog.book[parent]?.columns ?? [] {
      if let index = columns.firstIndex(where: { $0.name == column.name }) {
        guard columns[index].type == column.type else {
          throw Refusal("the inherited columns \(column.name) have different types")
        }
        columns[index].inheritance += 1
        columns[index].notNull = columns[index].notNull || column.notNull
      } else {
        var copy = column
        copy.isLocal = false
        copy.inheritance = 1
        copy.identity = nil
        columns.append(copy)
      }
    }
  }

  /// The checks of a parent, for a table that is new.
  mutating func inheritChecks(from parent: ObjectName, to child: ObjectName) {
    for check in catalog.book[parent]?.checks ?? [] where check.isInheritable {
      let isThere =
        catalog.book.change(child) { relation in
          guard let index = relation.checks.firstIndex(where: { $0.name == check.name }) else { return false }
          relation.checks[index].inheritance += 1
          return true
        } ?? true
      if isThere { continue }
      var copy = check
      copy.isLocal = false
      copy.inheritance = 1
      insert(copy, into: child)
    }
  }

  /// ALTER TABLE … INHERIT, and ATTACH PARTITION.
  mutating func addParent(_ parent: ObjectName, to child: ObjectName, at offset: Int?) throws(Refusal) {
    guard let above = catalog.book[parent], let below = catalog.book[child] else { return }
    if below.parents.contains(parent) { throw Refusal("\(child) inherits from \(parent) already", at: offset) }
    if descendants(of: child).contains(parent) || parent == child {
      throw Refusal("\(child) would inherit from itself", at: offset)
    }
    for column in above.columns {
      guard let own = below.column(column.name) else {
        throw Refusal("\(child) has no column \(column.name)", at: offset)
      }
      guard own.type == column.type else {
        throw Refusal("the column \(column.name) of \(child) has another type", at: offset)
      }
      if column.notNull, !own.notNull {
        throw Refusal("the column \(column.name) of \(child) must be NOT NULL", at: offset)
      }
    }
    for check in above.checks where check.isInheritable {
      guard below.checks.contains(where: { $0.name == check.name }) else {
        throw Refusal("\(child) lacks the constraint \(check.name)", at: offset)
      }
    }
    catalog.book.change(child) { relation in
      relation.parents.append(parent)
      for column in above.columns { relation.changeColumn(column.name) { $0.inheritance += 1 } }
      for check in above.checks where check.isInheritable {
        for index in relation.checks.indices where relation.checks[index].name == check.name {
          relation.checks[index].inheritance += 1
        }
      }
    }
    catalog.children.change(above.number, orMake: []) { $0.append(below.number) }
  }

  /// ALTER TABLE … NO INHERIT, and DETACH PARTITION: what was inherited is the child's own from now on.
  mutating func removeParent(_ parent: ObjectName, of child: ObjectName) {
    guard let above = catalog.book[parent], let below = catalog.book[child] else { return }
    catalog.book.change(child) { relation in
      relation.parents.removeAll { $0 == parent }
      for column in above.columns {
        relation.changeColumn(column.name) { column in
          column.inheritance -= 1
          if column.inheritance == 0 { column.isLocal = true }
        }
      }
      for check in above.checks where check.isInheritable {
        for index in relation.checks.indices where relation.checks[index].name == check.name {
          relation.checks[index].inheritance -= 1
          if relation.checks[index].inheritance == 0 { relation.checks[index].isLocal = true }
        }
      }
    }
    catalog.children.change(above.number, orMake: []) { $0.removeAll { $0 == below.number } }
  }

  /// All that inherits from a relation, at any distance.
  func descendants(of table: ObjectName) -> [ObjectName] {
    var found: [ObjectName] = []
    var seen: Set<ObjectName> = [table]
    var open = [table]
    while let next = open.popLast() {
      for child in children(of: next) where seen.insert(child).inserted {
        found.append(child)
        open.append(child)
      }
    }
    return found
  }

  // MARK: Partitions

  mutating func attachPartition(_ node: SyntaxNode, to parent: ObjectName) throws(Refusal) {
    let child = try table(node["name"])
    let offset = node["name"].offset
    guard let above = catalog.book[parent], let below = catalog.book[child] else { return }
    guard above.kind == .partitionedTable else { throw Refusal("\(parent) is not partitioned", at: offset) }
    guard below.parents.isEmpty, below.rowType == nil else {
      throw Refusal("\(child) is a part of another table already", at: offset)
    }
    if below.kind == .table, !children(of: child).isEmpty {
      throw Refusal("\(child) has children, and so cannot be a partition", at: offset)
    }
    if let key = above.foreignKeys.first(where: { $0.target == below.number }) {
      throw Refusal("the foreign key \(key.name) of \(parent) references \(child)", at: offset)
    }
    if let extra = below.columns.first(where: { above.column($0.name) == nil }) {
      throw Refusal("\(parent) has no column \(extra.name)", at: offset)
    }
    try addParent(parent, to: child, at: offset)
    catalog.book.change(child) { relation in
      relation.isPartition = true
      for index in relation.columns.indices { relation.columns[index].isLocal = false }
      for index in relation.checks.indices where relation.checks[index].inheritance > 0 {
        relation.checks[index].isLocal = false
      }
    }
    try takeIndexes(of: parent, for: child)
    for index in above.indexes where !index.isValid { validate(index: index.name, of: parent) }
    try takeForeignKeys(of: parent, for: child)
  }

  mutating func detachPartition(_ node: SyntaxNode, from parent: ObjectName) throws(Refusal) {
    let child = try table(node["name"])
    guard catalog.book[child]?.isPartition == true, catalog.book[child]?.parents == [parent] else {
      throw Refusal("\(child) is no partition of \(parent)", at: node["name"].offset)
    }
    removeParent(parent, of: child)
    let above = catalog.book[parent]
    let keys = Set(above?.foreignKeys.map(\.number) ?? [])
    let indexes = Set(above?.indexes.map(\.number) ?? [])
    let number = catalog.book.change(child) { relation in
      relation.isPartition = false
      for index in relation.indexes.indices where relation.indexes[index].parent.map(indexes.contains) == true {
        relation.indexes[index].parent = nil
      }
      for index in relation.foreignKeys.indices where relation.foreignKeys[index].parent.map(keys.contains) == true {
        relation.foreignKeys[index].parent = nil
        relation.foreignKeys[index].isInherited = false
      }
      return relation.number
    }
    // Its foreign keys stand on their own, also to partitions of what they reference.
    for key in catalog.book[child]?.foreignKeys ?? [] where key.parent == nil && catalog.book[child] != nil {
      if !(catalog.book[child]?.foreignKeys.contains { $0.parent == key.number } ?? false) {
        addPartsOfReferenced(key, to: child)
      }
    }
    // Foreign keys reference the parent from now on, not this.
    guard let number else { return }
    for other in present(catalog.referencing[number]) {
      let parts = (catalog.book[other]?.foreignKeys ?? []).filter {
        $0.target == number && isPartOfReferenced($0, in: other)
      }
      removeForeignKeys(of: other, Set(parts.map(\.number)))
    }
  }

  // MARK: LIKE

  private enum Like {
    static let constraints = 4, defaults = 8, generated = 16, identity = 32, indexes = 64
  }

  /// The columns that LIKE brings, and the names of those that need a sequence.
  mutating func likeColumns(_ node: SyntaxNode, of source: Relation) -> ([Column], Set<String>) {
    let options = node["options"].integer ?? 0
    if !source.columnsAreKnown { note("the columns of \(source.name) are not known", at: node["relation"].offset) }
    var sequences: Set<String> = []
    let columns = source.columns.map { column in
      var copy = Column(column.name, column.type, at: place(node["relation"].offset))
      copy.notNull = column.notNull
      if options & Like.defaults != 0 {
        copy.defaultText = column.defaultText
        copy.isSerial = column.isSerial
        copy.sequence = column.sequence
      }
      if options & Like.generated != 0 {
        copy.isGenerated = column.isGenerated
        copy.generatedFrom = column.generatedFrom
      }
      if options & Like.identity != 0, column.identity != nil {
        copy.identity = column.identity
        sequences.insert(column.name)
      }
      return copy
    }
    return (columns, sequences)
  }

  func likeSource(_ node: SyntaxNode) throws(Refusal) -> Relation {
    let schema = node["schemaname"].string
    let name = node["relname"].string ?? ""
    guard let found = catalog.found(schema, name), let relation = catalog.book[found] ?? catalog.composites[found]
    else { throw missing("relation", schema, name, at: node.offset) }
    return relation
  }

  /// The constraints and indexes that LIKE brings.
  mutating func finishLike(_ node: SyntaxNode, of source: Relation, in table: ObjectName) throws(Refusal) {
    let options = node["options"].integer ?? 0
    if options & Like.constraints != 0 {
      for check in source.checks {
        guard catalog.book[table]?.hasConstraint(check.name) == false else {
          throw Refusal("the constraint \(check.name) is there already", at: node["relation"].offset)
        }
        var copy = check
        copy.isLocal = true
        copy.inheritance = 0
        copy.place = place(node["relation"].offset)
        insert(copy, into: table)
      }
    }
    if options & Like.indexes != 0 {
      for index in source.indexes {
        var copy = index
        copy.name = ""
        copy.place = place(node["relation"].offset)
        if copy.origin == .primaryKey {
          for key in copy.keys { if let name = key.column { try setNotNull(name, of: table, recursively: false) } }
        }
        try addIndex(copy, to: table, recursively: false, at: node["relation"].offset)
      }
    }
  }
}

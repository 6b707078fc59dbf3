import SQLSyntax

extension CatalogBuilder {
  mutating func addForeignKey(_ draft: ConstraintDraft, to table: ObjectName) throws(Refusal) {
    guard let relation = catalog.book[table] else { return }
    if isFull(relation.foreignKeys.count, "foreign keys", of: table, at: draft.node.offset) { return }
    let node = draft.node
    let columns = draft.column.map { [$0] } ?? node["fk_attrs"].names
    for name in columns where relation.column(name) == nil { throw missing("column", nil, name, at: node.offset) }
    guard relation.kind == .table || relation.kind == .partitionedTable else {
      throw Refusal("\(table) cannot have foreign keys", at: node.offset)
    }
    let target = node["pktable"]
    let schema = target["schemaname"].string
    guard let found = catalog.found(schema, target["relname"].string ?? ""), let referenced = catalog.book[found] else {
      let refusal = missing("table", schema, target["relname"].string ?? "", at: target.offset)
      // A schema of another owner, as that of a service's users.
      let isOutside = schema.map { !catalog.hasSchema($0) && !droppedSchemas.contains($0) } ?? false
      guard isOutside || doubt.covers(refusal.reason) else { throw refusal }
      note("\(refusal.reason), and so not the foreign key to it", at: target.offset)
      return
    }
    guard referenced.kind == .table || referenced.kind == .partitionedTable else {
      throw Refusal("a foreign key cannot reference \(found)", at: target.offset)
    }
    if relation.kind == .partitionedTable, descendants(of: table).contains(found) {
      throw Refusal("\(table) cannot reference its own partition \(found)", at: target.offset)
    }
    guard relation.persistence == .permanent ? referenced.persistence == .permanent : true,
      (relation.persistence == .temporary) == (referenced.persistence == .temporary)
    else { throw Refusal("\(table) is kept longer than \(found), which it references", at: target.offset) }
    var referencedColumns = node["pk_attrs"].names
    if referencedColumns.isEmpty {
      guard let key = referenced.primaryKey else {
        throw Refusal("\(found) has no primary key to reference", at: target.offset)
      }
      referencedColumns = key.columns
    }
    for name in referencedColumns where referenced.column(name) == nil {
      throw missing("column", found.description, name, at: target.offset)
    }
    guard columns.count == referencedColumns.count else {
      throw Refusal("the foreign key has not as many columns as it references", at: node.offset)
    }
    guard let unique = Self.key(referencedColumns, of: referenced, isPrimary: node["pk_attrs"].elements.isEmpty) else {
      throw Refusal("no unique key of \(found) has the columns that are referenced", at: target.offset)
    }
    for (name, other) in zip(columns, referencedColumns) {
      guard let one = relation.column(name)?.type, let two = referenced.column(other)?.type, !canReference(one, two)
      else { continue }
      throw Refusal(
        "the column \(name) of the type \(one.text) cannot reference \(other) of the type \(two.text)", at: node.offset)
    }
    if let name = draft.name, relation.hasConstraint(name) {
      throw Refusal("the constraint \(name) is there already", at: node.offset)
    }
    let name =
      draft.name ?? freeConstraintName(table.name, ObjectNaming.columns(columns), "fkey", in: table.schema)
    var key = ForeignKey(name, columns, references: found, referencedColumns, at: place(node.offset))
    key.isMatchFull = node["fk_matchtype"].string == "f"
    key.onDelete = Self.action(node["fk_del_action"].string)
    key.onUpdate = Self.action(node["fk_upd_action"].string)
    key.isValidated = !node["skip_validation"].isTrue
    key.target = referenced.number
    key.targetIndex = unique.number
    insert(&key, into: table)
    addPartsOfReferenced(key, to: table)
    try addPartsOfReferencing(key, to: table)
  }

  private static func action(_ letter: String?) -> ForeignKey.Action {
    switch letter {
    case "r": .restrict
    case "c": .cascade
    case "n": .setNull
    case "d": .setDefault
    default: .noAction
    }
  }

  /// The unique index that holds the columns, in any order.
  private static func key(_ columns: [String], of relation: Relation, isPrimary: Bool) -> Index? {
    relation.indexes.first { index in
      index.isUnique && (!isPrimary || index.origin == .primaryKey) && index.predicate == nil
        && index.keys.count == columns.count && !index.isDeferrable
        && Set(index.keys.map(\.column)) == Set(columns.map(Optional.some))
    }
  }

  mutating func insert(_ key: inout ForeignKey, into table: ObjectName) {
    key.number = catalog.number()
    let new = key
    let number = catalog.book.change(table) { relation in
      relation.foreignKeys.append(new)
      return relation.number
    }
    takeConstraintName(key.name, in: table.schema)
    if let number { catalog.referencing.note(number, under: key.target) }
  }

  /// Its own name, or another where the table has that already.
  private mutating func name(of key: ForeignKey, in table: ObjectName) -> String {
    guard catalog.book[table]?.hasConstraint(key.name) == true else { return key.name }
    return freeConstraintName(table.name, ObjectNaming.columns(key.columns), "fkey", in: table.schema)
  }

  /// For each partition of the referenced table there is a foreign key too.
  mutating func addPartsOfReferenced(_ key: ForeignKey, to table: ObjectName) {
    guard catalog.book[key.references]?.kind == .partitionedTable else { return }
    for partition in children(of: key.references) { addPart(of: key, referencing: partition, to: table) }
  }

  mutating func addPart(of key: ForeignKey, referencing partition: ObjectName, to table: ObjectName) {
    guard let number = catalog.book[partition]?.number else { return }
    var part = key
    part.name = name(of: key, in: table)
    part.references = partition
    part.target = number
    part.parent = key.number
    part.isInherited = true
    insert(&part, into: table)
    addPartsOfReferenced(part, to: table)
  }

  /// Each partition of the referencing table has the foreign key.
  private mutating func addPartsOfReferencing(_ key: ForeignKey, to table: ObjectName) throws(Refusal) {
    guard catalog.book[table]?.kind == .partitionedTable else { return }
    for partition in children(of: table) { try addPart(of: key, to: partition) }
  }

  private mutating func addPart(of key: ForeignKey, to partition: ObjectName) throws(Refusal) {
    if let same = catalog.book[partition]?.foreignKeys.first(where: { other in
      other.parent == nil && other.target == key.target && other.columns == key.columns
        && other.referencedColumns == key.referencedColumns && other.onDelete == key.onDelete
        && other.onUpdate == key.onUpdate && other.isValidated
    }) {
      catalog.book.change(partition) { relation in
        for index in relation.foreignKeys.indices where relation.foreignKeys[index].number == same.number {
          relation.foreignKeys[index].parent = key.number
          relation.foreignKeys[index].isInherited = true
        }
      }
      // What it has for partitions of the referenced table, the parent's has from now on.
      let parts = (catalog.book[partition]?.foreignKeys ?? []).filter { $0.parent == same.number }
      removeForeignKeys(of: partition, Set(parts.map(\.number)))
      return
    }
    var part = key
    part.name = name(of: key, in: partition)
    part.parent = key.number
    part.isInherited = true
    insert(&part, into: partition)
    try addPartsOfReferencing(part, to: partition)
  }

  /// A new partition gets the foreign keys of its parent, on both sides.
  mutating func takeForeignKeys(of parent: ObjectName, for partition: ObjectName) throws(Refusal) {
    guard let number = catalog.book[parent]?.number else { return }
    for referencing in present(catalog.referencing[number]) {
      let keys = (catalog.book[referencing]?.foreignKeys ?? []).filter { $0.target == number }
      for key in keys where !isPart(key) { addPart(of: key, referencing: partition, to: referencing) }
    }
    for key in catalog.book[parent]?.foreignKeys ?? [] where !isPartOfReferenced(key, in: parent) {
      try addPart(of: key, to: partition)
    }
  }

  /// Whether it comes from the referencing table's parent.
  private func isPart(_ key: ForeignKey) -> Bool {
    guard let parent = key.parent else { return false }
    return catalog.referencing[key.target].contains { number in
      catalog.names[number].flatMap { catalog.book[$0] }?.foreignKeys.contains {
        $0.number == parent && $0.target == key.target
      } ?? false
    }
  }

  /// Whether it is there for a partition of the table that another foreign key of this table references.
  func isPartOfReferenced(_ key: ForeignKey, in table: ObjectName) -> Bool {
    guard let parent = key.parent else { return false }
    return catalog.book[table]?.foreignKeys.contains { $0.number == parent } ?? false
  }

  /// The present names of relations, of those that are still there.
  func present(_ numbers: [Int]) -> [ObjectName] { numbers.compactMap { catalog.names[$0] } }

  func children(of table: ObjectName) -> [ObjectName] {
    guard let number = catalog.book[table]?.number else { return [] }
    return (catalog.children[number] ?? []).compactMap { catalog.names[$0] }
  }

  /// Removes a foreign key with the one that it comes from.
  mutating func removeWhole(_ key: ForeignKey, of table: ObjectName) {
    var key = key
    var table = table
    while let parent = key.parent {
      let places = [table] + (catalog.book[table]?.parents ?? [])
      guard let place = places.first(where: { holds(parent, $0) }),
        let above = catalog.book[place]?.foreignKeys.first(where: { $0.number == parent })
      else { break }
      (table, key) = (place, above)
    }
    removeForeignKeys(of: table, [key.number])
  }

  private func holds(_ key: Int, _ table: ObjectName) -> Bool {
    catalog.book[table]?.foreignKeys.contains { $0.number == key } ?? false
  }

  /// Removes foreign keys of a table, and what comes from them.
  mutating func removeForeignKeys(of table: ObjectName, _ numbers: Set<Int>) {
    guard !numbers.isEmpty else { return }
    let removed = catalog.book.change(table) { relation in
      let removed = relation.foreignKeys.filter { numbers.contains($0.number) }
      relation.foreignKeys.removeAll { numbers.contains($0.number) }
      return removed
    }
    for key in removed ?? [] { freeConstraint(key.name, in: table.schema) }
    // What comes from them: in the same table, and in its partitions.
    for other in [table] + children(of: table) {
      let parts = (catalog.book[other]?.foreignKeys ?? []).filter { key in
        key.parent.map { numbers.contains($0) } ?? false
      }
      removeForeignKeys(of: other, Set(parts.map(\.number)))
    }
  }
}

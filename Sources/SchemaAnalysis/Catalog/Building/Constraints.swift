import SQLSyntax

extension CatalogBuilder {
  // MARK: Checks

  mutating func addCheck(
    _ draft: ConstraintDraft, to table: ObjectName, recursively: Bool = false
  ) throws(Refusal) {
    guard let relation = catalog.book[table] else { return }
    if isFull(relation.checks.count, "checks", of: table, at: draft.node.offset) { return }
    let expression = draft.node["raw_expr"]
    let columns = Self.columns(in: expression).filter { relation.column($0) != nil }
    for name in Self.columns(in: expression)
    where !columns.contains(name) && name != table.name && !Self.systemColumns.contains(name) {
      throw missing("column", nil, name, at: draft.node.offset)
    }
    let range = draft.node.offset.flatMap { source.parenthesized(from: $0) }
    let name: String
    if let given = draft.name {
      guard !relation.hasConstraint(given) else {
        throw Refusal("the constraint \(given) is there already", at: draft.node.offset)
      }
      name = given
    } else {
      name = freeConstraintName(table.name, columns.count == 1 ? columns[0] : nil, "check", in: table.schema)
    }
    var check = CheckConstraint(
      name, range.map { Self.trimmed(text[$0]) } ?? "", columns, at: place(draft.node.offset))
    check.isValidated = !draft.node["skip_validation"].isTrue
    check.isInheritable = !draft.node["is_no_inherit"].isTrue
    insert(check, into: table)
    guard recursively, check.isInheritable else { return }
    for child in children(of: table) { try inherit(check, to: child) }
  }

  private static let systemColumns: Set<String> = ["tableoid", "ctid", "xmin", "xmax", "cmin", "cmax", "value"]

  mutating func insert(_ check: CheckConstraint, into table: ObjectName) {
    catalog.book.change(table) { $0.checks.append(check) }
    takeConstraintName(check.name, in: table.schema)
  }

  /// A child gets a check, or has it already.
  mutating func inherit(_ check: CheckConstraint, to child: ObjectName) throws(Refusal) {
    guard let relation = catalog.book[child] else { return }
    if let own = relation.checks.first(where: { $0.name == check.name }) {
      guard SourceText.squeezed(own.text) == SourceText.squeezed(check.text), own.isInheritable else {
        throw Refusal("\(child) has another constraint \(check.name)", at: check.place.offset)
      }
      catalog.book.change(child) { relation in
        for index in relation.checks.indices where relation.checks[index].name == check.name {
          relation.checks[index].inheritance += 1
        }
      }
      return
    }
    guard !relation.hasConstraint(check.name) else {
      throw Refusal("\(child) has another constraint \(check.name)", at: check.place.offset)
    }
    var copy = check
    copy.isLocal = false
    copy.inheritance = 1
    insert(copy, into: child)
    for grandchild in children(of: child) { try inherit(copy, to: grandchild) }
  }

  // MARK: Keys

  /// A primary key, unique or exclusion constraint.
  mutating func addKey(_ draft: ConstraintDraft, to table: ObjectName, recursively: Bool) throws(Refusal) {
    guard let relation = catalog.book[table] else { return }
    let node = draft.node
    let isPrimary = node["contype"].string == "CONSTR_PRIMARY"
    if isPrimary, relation.primaryKey != nil {
      throw Refusal("\(table) would have two primary keys", at: node.offset)
    }
    if relation.kind == .foreignTable { throw Refusal("a foreign table has no keys", at: node.offset) }
    if let name = draft.name, relation.hasConstraint(name) {
      throw Refusal("the constraint \(name) is there already", at: node.offset)
    }
    if let index = node["indexname"].string {
      try addKey(from: index, draft, to: table, isPrimary: isPrimary, recursively: recursively)
      return
    }
    var index = Index(draft.name ?? "", [], at: place(node.offset))
    index.isDeferrable = draft.isDeferrable || node["deferrable"].isTrue
    index.nullsNotDistinct = node["nulls_not_distinct"].isTrue
    if node["contype"].string == "CONSTR_EXCLUSION" {
      index.origin = .exclusion
      index.method = node["access_method"].string ?? "btree"
      let parts = node.offset.flatMap { source.parenthesized(from: $0) }.map { source.list($0) } ?? []
      index.keys = try keys(
        node["exclusions"].elements.map { $0["List"]["items"].elements.first ?? .absent }, parts, of: relation)
      if node["where_clause"].isPresent { try setPredicate(of: &index, node["where_clause"], relation) }
    } else {
      let names = draft.column.map { [$0] } ?? node["keys"].names
      index.origin = isPrimary ? .primaryKey : .uniqueConstraint
      index.isUnique = true
      for name in names {
        guard relation.column(name) != nil else { throw missing("column", nil, name, at: node.offset) }
        guard !index.keys.contains(where: { $0.column == name }) else {
          throw Refusal("the column \(name) is twice in a key", at: node.offset)
        }
        index.keys.append(Index.Key(column: name))
      }
    }
    index.included = node["including"].names
    for name in index.included where relation.column(name) == nil {
      throw missing("column", nil, name, at: node.offset)
    }
    if isPrimary {
      for key in index.keys {
        if let column = key.column { try setNotNull(column, of: table, recursively: recursively) }
      }
    }
    try addIndex(index, to: table, recursively: recursively, at: node.offset)
  }

  /// A constraint of an index that is there.
  private mutating func addKey(
    from name: String, _ draft: ConstraintDraft, to table: ObjectName, isPrimary: Bool, recursively: Bool
  ) throws(Refusal) {
    guard let index = catalog.book[table]?.index(name) else {
      throw missing("index", nil, name, at: draft.node.offset)
    }
    guard index.isUnique, index.predicate == nil, index.origin == .statement,
      index.keys.allSatisfy({ $0.column != nil })
    else { throw Refusal("the index \(name) cannot be that of a constraint", at: draft.node.offset) }
    let newName = draft.name ?? name
    if newName != name, catalog.isTaken(ObjectName(table.schema, newName)) {
      throw Refusal("\(newName) exists already", at: draft.node.offset)
    }
    if isPrimary {
      for key in index.keys {
        if let column = key.column { try setNotNull(column, of: table, recursively: recursively) }
      }
    }
    let place = place(draft.node.offset)
    catalog.book.change(table) { relation in
      for position in relation.indexes.indices where relation.indexes[position].name == name {
        relation.indexes[position].name = newName
        relation.indexes[position].origin = isPrimary ? .primaryKey : .uniqueConstraint
        relation.indexes[position].isDeferrable = draft.node["deferrable"].isTrue
        relation.indexes[position].place = place
      }
    }
    if newName != name { freeObject(ObjectName(table.schema, name)) }
    if let number = catalog.book[table]?.number {
      catalog.others[ObjectName(table.schema, newName)] = .index(Int32(clamping: number), isConstraint: true)
    }
  }
}

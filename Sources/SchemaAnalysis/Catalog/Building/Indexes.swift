import SQLSyntax

extension CatalogBuilder {
  mutating func createIndex(_ node: SyntaxNode) throws(Refusal) {
    let target = node["relation"]
    let table = try existing(target)
    guard let relation = catalog.book[table], relation.kind != .view, relation.kind != .foreignTable else {
      throw Refusal("\(table) cannot have an index", at: target.offset)
    }
    let name = node["idxname"].string ?? ""
    if !name.isEmpty, catalog.isTaken(ObjectName(table.schema, name)) {
      if node["if_not_exists"].isTrue { return }
      throw Refusal("\(table.schema).\(name) exists already")
    }
    var index = Index(name, [], at: place(nil))
    index.method = node["accessMethod"].string ?? "btree"
    index.isUnique = node["unique"].isTrue
    index.nullsNotDistinct = node["nulls_not_distinct"].isTrue
    let elements = node["indexParams"].elements
    let needsText = elements.contains { $0["IndexElem"]["expr"].isPresent }
    let parts = needsText ? source.parenthesized(from: statement.lowerBound).map { source.list($0) } ?? [] : []
    index.keys = try keys(elements, parts, of: relation)
    index.included = node["indexIncludingParams"].elements.compactMap { $0["IndexElem"]["name"].string }
    if relation.columnsAreKnown {
      for name in index.included where relation.column(name) == nil { throw missing("column", nil, name, at: nil) }
    }
    if node["whereClause"].isPresent { try setPredicate(of: &index, node["whereClause"], relation) }
    try addIndex(index, to: table, recursively: target["inh"].isTrue, at: nil)
  }

  /// - Parameters:
  ///   - elements: `IndexElem` nodes.
  ///   - parts: where each stands, as far as that is known.
  func keys(_ elements: [SyntaxNode], _ parts: [Range<Int>], of relation: Relation) throws(Refusal) -> [Index.Key] {
    var keys: [Index.Key] = []
    for (number, node) in elements.enumerated() {
      let element = node["IndexElem"]
      var key: Index.Key
      if let name = element["name"].string ?? Self.column(element["expr"]) {
        guard relation.column(name) != nil || !relation.columnsAreKnown else {
          throw missing("column", nil, name, at: nil)
        }
        key = Index.Key(column: name)
      } else {
        let expression = element["expr"]
        key = Index.Key(expression: parts.count > number ? source.keyExpression(parts[number]) : "")
        key.label = ResultNames.name(of: expression) ?? "expr"
        key.expressionColumns = try columns(in: expression, of: relation)
      }
      key.descending = element["ordering"].string == "SORTBY_DESC"
      key.nullsFirst =
        element["nulls_ordering"].string == "SORTBY_NULLS_FIRST"
        || (key.descending && element["nulls_ordering"].string != "SORTBY_NULLS_LAST")
      key.operatorClass = element["opclass"].names.last
      key.collation = element["collation"].names.last.flatMap { $0 == "default" ? nil : $0 }
      keys.append(key)
    }
    return keys
  }

  /// A column in parentheses, with or without a collation, is a column.
  private static func column(_ expression: SyntaxNode) -> String? {
    var expression = expression
    while expression.is("CollateClause") { expression = expression["CollateClause"]["arg"] }
    return expression["ColumnRef"]["fields"].names.last
  }

  func setPredicate(of index: inout Index, _ expression: SyntaxNode, _ relation: Relation) throws(Refusal) {
    index.predicateColumns = try columns(in: expression, of: relation)
    let start = source.start(of: expression, notBefore: statement.lowerBound)
    index.predicate = start.map { Self.trimmed(source.expression(from: $0)) } ?? ""
  }

  private func columns(in expression: SyntaxNode, of relation: Relation) throws(Refusal) -> [String] {
    let columns = Self.columns(in: expression)
    guard relation.columnsAreKnown else { return columns }
    for name in columns where relation.column(name) == nil && name != relation.name.name && name != "tableoid" {
      throw missing("column", nil, name, at: nil)
    }
    return columns
  }

  /// Adds an index, with its constraint if it has one; all that can be wrong is seen before anything is changed, but
  /// for what concerns partitions.
  /// - Parameters:
  ///   - template: without a name, one is found.
  ///   - recursively: whether the partitions get it too.
  mutating func addIndex(
    _ template: Index, to table: ObjectName, recursively: Bool, parent: Int? = nil, at offset: Int?
  ) throws(Refusal) {
    guard let relation = catalog.book[table] else { return }
    if isFull(relation.indexes.count, "indexes", of: table, at: offset) { return }
    let isConstraint = template.origin != .statement
    if relation.kind == .partitionedTable, template.isUnique || template.origin == .exclusion {
      let columns = Set(template.keys.compactMap(\.column))
      guard relation.partitionKey.allSatisfy({ $0.map { columns.contains($0) } ?? false }) else {
        throw Refusal("a key of \(table) must hold the columns that it is partitioned by", at: offset)
      }
    }
    if template.origin == .primaryKey, relation.primaryKey != nil {
      throw Refusal("\(table) would have two primary keys", at: offset)
    }
    var index = template
    let labels = ObjectNaming.distinct(template.keys.map(\.label) + template.included)
    for number in index.keys.indices { index.keys[number].label = labels[number] }
    if template.name.isEmpty {
      let columns = ObjectNaming.columns(labels)
      let (second, label): (String?, String) =
        switch template.origin {
        case .primaryKey: (nil, "pkey")
        case .uniqueConstraint: (columns, "key")
        case .exclusion: (columns, "excl")
        case .statement: (columns, "idx")
        }
      index.name = freeName(table.name, second, label, in: table.schema, forConstraint: isConstraint)
    } else if catalog.isTaken(ObjectName(table.schema, index.name)) {
      throw Refusal("\(table.schema).\(index.name) exists already", at: offset)
    }
    index.number = catalog.number()
    index.parent = parent
    let partitions = relation.kind == .partitionedTable ? children(of: table) : []
    index.isValid = partitions.isEmpty || recursively
    catalog.others[ObjectName(table.schema, index.name)] = .index(
      Int32(clamping: relation.number), isConstraint: isConstraint)
    let new = index
    catalog.book.change(table) { relation in
      relation.indexes.reserveCapacity(relation.indexes.count + 1)
      relation.indexes.append(new)
    }
    guard recursively else { return }
    for partition in partitions { try givePart(of: index, to: partition, at: offset) }
  }

  /// A partition has the index of its parent: one that it had already, or a new one.
  private mutating func givePart(of index: Index, to partition: ObjectName, at offset: Int?) throws(Refusal) {
    guard let relation = catalog.book[partition] else { return }
    if relation.kind == .foreignTable {
      if index.isUnique { throw Refusal("\(partition) is a foreign table, and has no keys", at: offset) }
      return
    }
    if let same = relation.indexes.first(where: { $0.parent == nil && Self.canBePart($0, of: index) }) {
      setParent(ofIndex: same.name, of: partition, index.number)
      return
    }
    var part = index
    part.name = ""
    if part.origin == .primaryKey {
      for key in part.keys { if let column = key.column { try setNotNull(column, of: partition, recursively: true) } }
    }
    try addIndex(part, to: partition, recursively: true, parent: index.number, at: offset)
  }

  /// Builds a partitioned table's index anew, as a change of a column's type does: its parts take the names of new ones,
  /// and partitions that had none get theirs.
  mutating func rebuildParts(of index: Index, of table: ObjectName, at offset: Int?) throws(Refusal) {
    guard catalog.book[table]?.kind == .partitionedTable else { return }
    let former = parts(of: index.number, of: table)
    for child in children(of: table) {
      for part in catalog.book[child]?.indexes ?? [] where part.parent == index.number { removeIndex(part, of: child) }
    }
    for child in children(of: table) where catalog.book[child]?.kind != .foreignTable {
      var part = index
      part.name = ""
      try addIndex(part, to: child, recursively: true, parent: index.number, at: offset)
    }
    catalog.book.change(table) { relation in
      for position in relation.indexes.indices where relation.indexes[position].number == index.number {
        relation.indexes[position].isValid = true
      }
    }
    let rebuilt = parts(of: index.number, of: table)
    for (partition, old) in former {
      guard let new = rebuilt[partition], let number = catalog.book[partition]?.number else { continue }
      for other in present(catalog.referencing[number]) {
        catalog.book.change(other) { relation in
          for position in relation.foreignKeys.indices where relation.foreignKeys[position].targetIndex == old {
            relation.foreignKeys[position].targetIndex = new
          }
        }
      }
    }
  }

  /// The numbers of an index's parts, and of theirs, by partition.
  private func parts(of index: Int, of table: ObjectName) -> [ObjectName: Int] {
    var found: [ObjectName: Int] = [:]
    for child in children(of: table) {
      guard let part = catalog.book[child]?.indexes.first(where: { $0.parent == index }) else { continue }
      found[child] = part.number
      found.merge(parts(of: part.number, of: child)) { first, _ in first }
    }
    return found
  }

  static func canBePart(_ index: Index, of parent: Index) -> Bool {
    index.isUnique == parent.isUnique && index.method == parent.method && index.included == parent.included
      && index.nullsNotDistinct == parent.nullsNotDistinct && index.origin != .exclusion && parent.origin != .exclusion
      && index.keys.count == parent.keys.count
      && zip(index.keys, parent.keys).allSatisfy { one, other in
        one.column == other.column && one.operatorClass == other.operatorClass
          && (one.column != nil || SourceText.squeezed(one.text) == SourceText.squeezed(other.text))
      } && index.predicate.map(SourceText.squeezed) == parent.predicate.map(SourceText.squeezed)
      && (parent.origin == .statement || index.origin != .statement)
  }

  mutating func setParent(ofIndex name: String, of table: ObjectName, _ parent: Int?) {
    catalog.book.change(table) { relation in
      for position in relation.indexes.indices where relation.indexes[position].name == name {
        relation.indexes[position].parent = parent
      }
    }
  }

  /// A new partition gets the indexes of its parent.
  mutating func takeIndexes(of parent: ObjectName, for partition: ObjectName) throws(Refusal) {
    for index in catalog.book[parent]?.indexes ?? [] { try givePart(of: index, to: partition, at: nil) }
  }

  /// An index of a partitioned table is valid as soon as all partitions have theirs.
  mutating func validate(index name: String, of table: ObjectName) {
    guard let relation = catalog.book[table], let index = relation.index(name), !index.isValid else { return }
    let hasAll = children(of: table).allSatisfy { partition in
      catalog.book[partition]?.indexes.contains { $0.parent == index.number && $0.isValid } ?? false
    }
    guard hasAll else { return }
    catalog.book.change(table) { relation in
      for position in relation.indexes.indices where relation.indexes[position].name == name {
        relation.indexes[position].isValid = true
      }
    }
    if relation.isPartition, let parent = relation.parents.first,
      let above = catalog.book[parent]?.indexes.first(where: { $0.number == index.parent })
    {
      validate(index: above.name, of: parent)
    }
  }

  /// ALTER INDEX … ATTACH PARTITION.
  mutating func attachIndex(_ index: SyntaxNode, _ part: SyntaxNode) throws(Refusal) {
    guard let parent = catalog.index(index["schemaname"].string, index["relname"].string ?? "") else {
      throw missing("index", index["schemaname"].string, index["relname"].string ?? "", at: index.offset)
    }
    guard let child = catalog.index(part["schemaname"].string, part["relname"].string ?? "") else {
      throw missing("index", part["schemaname"].string, part["relname"].string ?? "", at: part.offset)
    }
    if child.index.parent == parent.index.number { return }
    guard catalog.book[child.table]?.parents == [parent.table], child.index.parent == nil,
      !(catalog.book[child.table]?.indexes.contains { $0.parent == parent.index.number } ?? false),
      Self.canBePart(child.index, of: parent.index)
    else { throw Refusal("\(child.index.name) cannot be a part of the index \(parent.index.name)", at: part.offset) }
    setParent(ofIndex: child.index.name, of: child.table, parent.index.number)
    validate(index: parent.index.name, of: parent.table)
  }

  /// Removes an index, its constraint and its parts.
  mutating func removeIndex(_ index: Index, of table: ObjectName) {
    catalog.book.change(table) { relation in
      relation.indexes.removeAll { $0.number == index.number }
    }
    freeObject(ObjectName(table.schema, index.name))
    for child in children(of: table) {
      for part in catalog.book[child]?.indexes ?? [] where part.parent == index.number { removeIndex(part, of: child) }
    }
  }
}

extension SourceText {
  /// Without blanks, and in lower case but for what is quoted, to compare expressions.
  static func squeezed(_ text: String) -> String {
    var result = ""
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil }
        result.append(character)
      } else if character == "'" || character == "\"" {
        quote = character
        result.append(character)
      } else if !character.isWhitespace {
        result += character.lowercased()
      }
    }
    return result
  }
}

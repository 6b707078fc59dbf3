import SQLSyntax

extension CatalogBuilder {
  mutating func createSequence(_ node: SyntaxNode) throws(Refusal) {
    let target = node["sequence"]
    let name = ObjectName(try schemaForCreation(target), target["relname"].string ?? "")
    if catalog.isTaken(name) {
      if node["if_not_exists"].isTrue { return }
      throw Refusal("\(name) exists already", at: target.offset)
    }
    catalog.others[name] = .sequence(number: Int32(clamping: catalog.number()), owner: nil)
    own(name, by: node["options"])
  }

  mutating func alterSequence(_ node: SyntaxNode) throws(Refusal) {
    let target = node["sequence"]
    guard let name = catalog.found(target["schemaname"].string, target["relname"].string ?? "") else {
      if node["missing_ok"].isTrue { return }
      throw missing("sequence", target["schemaname"].string, target["relname"].string ?? "", at: target.offset)
    }
    own(name, by: node["options"])
  }

  /// OWNED BY a column, or NONE.
  private mutating func own(_ sequence: ObjectName, by options: SyntaxNode) {
    for option in options.elements where option["DefElem"]["defname"].string == "owned_by" {
      let names = option["DefElem"]["arg"]["List"]["items"].names
      disown(sequence)
      guard names.count >= 2,
        let table = catalog.relation(names.count > 2 ? names[names.count - 3] : nil, names[names.count - 2]),
        let column = table.column(names[names.count - 1])
      else {
        continue
      }
      own(sequence, NamedObject.Owner(relation: table.number, column: column.number))
    }
  }

  mutating func own(_ sequence: ObjectName, _ owner: NamedObject.Owner) {
    guard case .sequence(let number, _) = catalog.others[sequence] else { return }
    catalog.others[sequence] = .sequence(number: number, owner: owner)
    catalog.owned.change(owner.relation, orMake: []) { $0.append(sequence) }
  }

  mutating func disown(_ sequence: ObjectName) {
    guard case .sequence(let number, let owner?) = catalog.others[sequence] else { return }
    catalog.others[sequence] = .sequence(number: number, owner: nil)
    _ = catalog.owned.change(owner.relation) { $0.removeAll { $0 == sequence } }
  }

  /// The sequences that go with a column go.
  mutating func dropSequences(of column: String, of table: ObjectName, cascading: Bool) throws(Refusal) {
    guard let relation = catalog.book[table], let column = relation.column(column) else { return }
    for sequence in catalog.owned[relation.number] ?? [] {
      guard case .sequence(let number, let owner?) = catalog.others[sequence], owner.column == column.number else {
        continue
      }
      try removeDefaults(from: Int(number), sequence, cascading: cascading) { $0 == table && $1.name == column.name }
      disown(sequence)
      freeObject(sequence)
    }
  }

  /// DROP SEQUENCE.
  mutating func dropSequence(_ sequence: ObjectName, cascading: Bool, at offset: Int?) throws(Refusal) {
    guard case .sequence(let number, let owner) = catalog.others[sequence] else { return }
    if let owner, let table = catalog.names[owner.relation],
      catalog.book[table]?.columns.contains(where: { $0.number == owner.column && $0.identity != nil }) == true
    {
      throw Refusal("the identity of \(table) needs the sequence \(sequence)", at: offset)
    }
    try removeDefaults(from: Int(number), sequence, cascading: cascading) { _, _ in false }
    disown(sequence)
    freeObject(sequence)
  }

  /// What depends on a sequence that goes.
  /// - Parameter isGone: whether a column goes too, and so does not matter.
  mutating func removeDefaults(
    from number: Int, _ sequence: ObjectName, cascading: Bool, except isGone: (ObjectName, Column) -> Bool
  ) throws(Refusal) {
    for user in present(catalog.sequenceUsers[number]) {
      for column in catalog.book[user]?.columns ?? [] where column.sequence == number && !isGone(user, column) {
        guard cascading else {
          throw Refusal("the default of \(column.name) in \(user) needs the sequence \(sequence)")
        }
        try changeColumn(column.name, of: user) { _, column in column.removeDefault() }
      }
    }
  }
}

extension Column {
  mutating func removeDefault() {
    defaultText = nil
    isSerial = false
    sequence = nil
  }
}

import SQLSyntax

extension CatalogBuilder {
  mutating func createSequence(_ node: SyntaxNode) throws(Refusal) {
    let target = node["sequence"]
    let name = ObjectName(try schemaForCreation(target), target["relname"].string ?? "")
    if catalog.isTaken(name) {
      if node["if_not_exists"].isTrue { return }
      throw Refusal("\(name) exists already", at: target.offset)
    }
    catalog.others[name] = .sequence(owner: nil)
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
        catalog.others[sequence] = .sequence(owner: nil)
        continue
      }
      own(sequence, NamedObject.Owner(relation: table.number, column: column.number))
    }
  }

  mutating func own(_ sequence: ObjectName, _ owner: NamedObject.Owner) {
    catalog.others[sequence] = .sequence(owner: owner)
    catalog.owned.change(owner.relation, orMake: []) { $0.append(sequence) }
  }

  mutating func disown(_ sequence: ObjectName) {
    guard case .sequence(let owner?) = catalog.others[sequence] else { return }
    _ = catalog.owned.change(owner.relation) { $0.removeAll { $0 == sequence } }
  }

  /// The sequences that go with a column go.
  mutating func dropSequences(of column: String, of table: ObjectName) {
    guard let relation = catalog.book[table], let column = relation.column(column) else { return }
    for sequence in catalog.owned[relation.number] ?? [] {
      guard case .sequence(let owner?) = catalog.others[sequence], owner.column == column.number else { continue }
      disown(sequence)
      freeObject(sequence)
    }
  }

  /// DROP SEQUENCE.
  mutating func dropSequence(_ sequence: ObjectName, cascading: Bool, at offset: Int?) throws(Refusal) {
    if case .sequence(let owner?) = catalog.others[sequence], let table = catalog.names[owner.relation],
      let column = catalog.book[table]?.columns.first(where: { $0.number == owner.column })
    {
      if column.identity != nil { throw Refusal("the identity of \(table) needs the sequence \(sequence)", at: offset) }
      if column.isSerial, !cascading {
        throw Refusal("the default of \(column.name) in \(table) needs the sequence \(sequence)", at: offset)
      }
      if column.isSerial {
        try changeColumn(column.name, of: table) { _, column in
          column.isSerial = false
          column.defaultText = nil
        }
      }
      disown(sequence)
    }
    freeObject(sequence)
  }
}

import SQLSyntax

extension CatalogBuilder {
  /// CREATE TABLE, also of foreign tables.
  mutating func createTable(_ node: SyntaxNode, _ kind: Relation.Kind) throws(Refusal) {
    let target = node["relation"]
    let name = ObjectName(try schemaForCreation(target), target["relname"].string ?? "")
    if catalog.isTaken(name) {
      if node["if_not_exists"].isTrue { return }
      throw Refusal("\(name) exists already", at: target.offset)
    }
    if catalog.typeBook[name] != nil { throw Refusal("there is a type \(name) already", at: target.offset) }
    var relation = Relation(name, kind, at: place(target.offset))
    if target["relpersistence"].string == "u" { relation.persistence = .unlogged }
    if name.schema == "pg_temp" { relation.persistence = .temporary }
    relation.isPartition = node["partbound"].isPresent
    var parents: [ObjectName] = []
    for parent in node["inhRelations"].elements {
      let found = try table(parent["RangeVar"])
      guard !parents.contains(found) else { throw Refusal("\(found) is inherited twice", at: target.offset) }
      parents.append(found)
    }
    relation.parents = parents
    try checkParents(of: relation)

    var inherited: [Column] = []
    for parent in parents { try merge(columnsOf: parent, into: &inherited, keepingIdentity: false) }
    var own: [Column] = []
    if node["ofTypename"].isPresent {
      let type = try columnType(node["ofTypename"])
      relation.rowType = type.userType
      own = try attributes(of: type, at: target.offset)
    }
    var constraints: [ConstraintDraft] = []
    var likes: [(node: SyntaxNode, source: Relation)] = []
    var serials: Set<String> = []
    var defaults: Set<String> = Set(own.map(\.name))
    let isTyped = relation.rowType != nil
    for element in node["tableElts"].elements {
      switch element.kind {
      case "ColumnDef":
        let definition = element["ColumnDef"]
        let columnName = definition["colname"].string ?? ""
        let isSaid = definition["typeName"].isPresent
        let known = isSaid ? nil : (isTyped ? own : inherited).first { $0.name == columnName }?.type
        if !isSaid, known == nil { throw Refusal("there is no column \(columnName)", at: definition.offset) }
        let draft = try self.draft(definition, type: known)
        constraints += draft.constraints
        if draft.isSerial || draft.column.identity != nil { serials.insert(columnName) }
        if isTyped, let index = own.firstIndex(where: { $0.name == columnName }) {
          own[index] = draft.column
        } else if relation.isPartition {
          guard let index = inherited.firstIndex(where: { $0.name == columnName }) else {
            throw Refusal("there is no column \(columnName)", at: definition.offset)
          }
          inherited[index].notNull = inherited[index].notNull || draft.column.notNull
          if draft.saysDefault { take(defaultOf: draft.column, into: &inherited[index]) }
        } else {
          guard defaults.insert(columnName).inserted else {
            throw Refusal("the column \(columnName) is there twice", at: definition.offset)
          }
          own.append(draft.column)
        }
      case "TableLikeClause":
        let clause = element["TableLikeClause"]
        let source = try likeSource(clause["relation"])
        let (columns, sequences) = likeColumns(clause, of: source)
        for column in columns {
          guard defaults.insert(column.name).inserted else {
            throw Refusal("the column \(column.name) is there twice", at: clause["relation"].offset)
          }
          own.append(column)
        }
        serials.formUnion(sequences)
        likes.append((clause, source))
      case "Constraint":
        constraints.append(
          ConstraintDraft(
            node: element["Constraint"], column: nil, isDeferrable: element["Constraint"]["deferrable"].isTrue))
      default: break
      }
    }
    relation.columns.reserveCapacity(inherited.count + own.count)
    relation.columns += inherited
    for column in own {
      guard let index = relation.columns.firstIndex(where: { $0.name == column.name }) else {
        relation.columns.append(column)
        continue
      }
      guard relation.columns[index].type == column.type else {
        throw Refusal(
          "the column \(column.name) is inherited as \(relation.columns[index].type.text)", at: column.place.offset)
      }
      relation.columns[index].isLocal = true
      relation.columns[index].notNull = relation.columns[index].notNull || column.notNull
      if column.defaultText != nil || column.isSerial { take(defaultOf: column, into: &relation.columns[index]) }
      relation.columns[index].identity = column.identity
      relation.columns[index].place = column.place
    }
    for parent in parents {
      let count = catalog.book[parent].flatMap { catalog.children[$0.number]?.count } ?? 0
      if isFull(count, "children", of: parent, atMost: 20_000, at: target.offset) { return }
    }
    if relation.columns.count > 1600 { throw Refusal("the table has more than 1,600 columns", at: target.offset) }
    for constraint in constraints where constraint.node["contype"].string == "CONSTR_PRIMARY" {
      for key in constraint.column.map({ [$0] }) ?? constraint.node["keys"].names {
        relation.changeColumn(key) { $0.notNull = true }
      }
    }
    for index in relation.columns.indices { relation.columns[index].number = index + 1 }
    relation.lastColumn = relation.columns.count
    if let specification = node["partspec"]["partParams"].isPresent ? node["partspec"] : nil {
      relation.kind = .partitionedTable
      for part in specification["partParams"].elements {
        let column = part["PartitionElem"]["name"].string
        if let column, relation.column(column) == nil {
          throw Refusal("there is no column \(column)", at: part.inner.offset)
        }
        relation.partitionKey.append(column)
        if column == nil { relation.partitionKeyColumns += Self.columns(in: part["PartitionElem"]["expr"]) }
      }
    }
    let serialColumns = relation.columns.filter { serials.contains($0.name) }
    insert(relation)
    for parent in parents { inheritChecks(from: parent, to: name) }
    for column in serialColumns { createSequence(for: column, of: name) }
    for constraint in constraints where constraint.node["contype"].string == "CONSTR_CHECK" {
      try addCheck(constraint, to: name)
    }
    if relation.isPartition, let parent = parents.first {
      try takeIndexes(of: parent, for: name)
      try takeForeignKeys(of: parent, for: name)
    }
    guard constraints.count(where: { $0.node["contype"].string == "CONSTR_PRIMARY" }) < 2 else {
      throw Refusal("\(name) would have two primary keys", at: target.offset)
    }
    for key in Self.keys(among: constraints) { try addKey(key, to: name, recursively: false) }
    for like in likes { try finishLike(like.node, of: like.source, in: name) }
    for constraint in constraints where constraint.node["contype"].string == "CONSTR_FOREIGN" {
      try addForeignKey(constraint, to: name)
    }
  }

  private func take(defaultOf column: Column, into other: inout Column) {
    other.defaultText = column.defaultText
    other.isSerial = column.isSerial
    other.sequence = column.sequence
  }

  /// Puts a new relation into the catalogue.
  mutating func insert(_ relation: Relation) {
    var relation = relation
    // Without the room that an array keeps to grow.
    var columns: [Column] = []
    columns.reserveCapacity(relation.columns.count)
    columns += relation.columns
    relation.columns = columns
    relation.number = catalog.number()
    let number = relation.number
    catalog.names[number] = relation.name
    for parent in relation.parents {
      if let parent = catalog.book[parent]?.number { catalog.children.change(parent, orMake: []) { $0.append(number) } }
    }
    remember(typesOf: relation.columns, in: number)
    remember(relation.columns.lazy.compactMap(\.sequence), askedBy: number)
    if let type = relation.rowType { catalog.typeUsers.note(number, under: type) }
    catalog.book[relation.name] = relation
  }

  /// The primary key first, then the others in order; what says the same twice is made once.
  static func keys(among constraints: [ConstraintDraft]) -> [ConstraintDraft] {
    let kinds = ["CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"]
    let all = constraints.filter { kinds.contains($0.node["contype"].string ?? "") }
    let sorted =
      all.filter { $0.node["contype"].string == "CONSTR_PRIMARY" }
      + all.filter { $0.node["contype"].string != "CONSTR_PRIMARY" }
    guard sorted.count > 1 else { return sorted }
    var kept: [ConstraintDraft] = []
    var seen: [[String]: Int] = [:]
    for draft in sorted {
      let node = draft.node
      guard node["contype"].string != "CONSTR_EXCLUSION", !node["indexname"].isPresent else {
        kept.append(draft)
        continue
      }
      let identity =
        (draft.column.map { [$0] } ?? node["keys"].names) + ["", "\(draft.isDeferrable)"]
        + node["including"].names + ["\(node["nulls_not_distinct"].isTrue)"]
      if let first = seen[identity] {
        if !kept[first].node["conname"].isPresent, node["conname"].isPresent {
          kept[first] = ConstraintDraft(
            node: kept[first].node, column: kept[first].column, isDeferrable: kept[first].isDeferrable,
            name: node["conname"].string)
        }
        continue
      }
      seen[identity] = kept.count
      kept.append(draft)
    }
    return kept
  }

  /// The columns of a composite type or of a relation's rows.
  func attributes(of type: ColumnType, at offset: Int?) throws(Refusal) -> [Column] {
    guard let name = type.userType, let relation = catalog.composites[name] ?? catalog.book[name] else {
      throw Refusal("\(type.text) is no composite type", at: offset)
    }
    return relation.columns.map { column in
      var copy = Column(column.name, column.type, at: place(offset))
      copy.notNull = false
      return copy
    }
  }

  /// A table that is named and there; views are none.
  func table(_ node: SyntaxNode) throws(Refusal) -> ObjectName {
    let name = try existing(node)
    guard let kind = catalog.book[name]?.kind, kind != .view, kind != .materializedView else {
      throw Refusal("\(name) is no table", at: node.offset)
    }
    return name
  }

  /// A relation that is named and there.
  func existing(_ node: SyntaxNode) throws(Refusal) -> ObjectName {
    let schema = node["schemaname"].string
    let name = node["relname"].string ?? ""
    guard let found = catalog.found(schema, name), catalog.book[found] != nil else {
      throw missing("relation", schema, name, at: node.offset)
    }
    return found
  }

  /// What is not there; perhaps because it was made by what is not followed.
  func missing(_ what: String, _ schema: String?, _ name: String, at offset: Int?) -> Refusal {
    Refusal("there is no \(what) \(schema.map { "\($0)." } ?? "")\(name)", at: offset)
  }
}

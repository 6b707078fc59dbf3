import SQLSyntax

extension CatalogBuilder {
  /// ALTER TABLE, and what else has its form.
  mutating func alterTable(_ node: SyntaxNode) throws(Refusal) {
    let target = node["relation"]
    let schema = target["schemaname"].string
    let name = target["relname"].string ?? ""
    let commands = node["cmds"].elements.map { $0["AlterTableCmd"] }
    switch node["objtype"].string {
    case "OBJECT_INDEX":
      for command in commands where command["subtype"].string == "AT_AttachPartition" {
        try attachIndex(target, command["def"]["PartitionCmd"]["name"])
      }
      return
    case "OBJECT_TYPE":
      try whole { (builder: inout Self) throws(Refusal) in try builder.alterComposite(target, commands) }
      return
    case "OBJECT_SEQUENCE": return
    default: break
    }
    guard let found = catalog.found(schema, name), let relation = catalog.book[found] else {
      // PostgreSQL takes ALTER TABLE for a sequence or an index too.
      if let found = catalog.found(schema, name), catalog.others[found] != nil { return }
      if node["missing_ok"].isTrue { return }
      throw missing("table", schema, name, at: target.offset)
    }
    if relation.kind == .view || relation.kind == .materializedView { return }
    let recursively = target["inh"].isTrue
    let sorted = commands.enumerated().map { (Self.pass($1), $0, $1) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    if commands.count == 1, relation.kind != .partitionedTable, catalog.children[relation.number] == nil,
      ["CONSTR_CHECK", "CONSTR_FOREIGN"].contains(commands[0]["def"]["Constraint"]["contype"].string),
      commands[0]["subtype"].string == "AT_AddConstraint"
    {
      var waiting: [ConstraintDraft] = []
      try alter(found, commands[0], recursively: recursively, &waiting)
      return
    }
    try whole { (builder: inout Self) throws(Refusal) in
      // Constraints beside new columns wait for their turn.
      var waiting: [ConstraintDraft] = []
      for pass in 0...8 {
        for (_, _, command) in sorted.filter({ $0.0 == pass }) {
          try builder.alter(found, command, recursively: recursively, &waiting)
        }
        let kinds = Self.waitingKinds[pass] ?? []
        let due = waiting.filter { kinds.contains($0.node["contype"].string ?? "") }
        for key in Self.keys(among: due) { try builder.addKey(key, to: found, recursively: true) }
        for draft in due where draft.node["contype"].string == "CONSTR_CHECK" {
          try builder.addCheck(draft, to: found, recursively: true)
        }
        for draft in due where draft.node["contype"].string == "CONSTR_FOREIGN" {
          try builder.addForeignKey(draft, to: found)
        }
      }
    }
  }

  private static let waitingKinds = [
    5: ["CONSTR_PRIMARY", "CONSTR_UNIQUE"], 6: ["CONSTR_CHECK"], 7: ["CONSTR_FOREIGN"],
  ]

  /// In which order PostgreSQL does what one ALTER TABLE says.
  private static func pass(_ command: SyntaxNode) -> Int {
    switch command["subtype"].string {
    case "AT_DropColumn", "AT_DropConstraint", "AT_DropNotNull", "AT_DropIdentity", "AT_DropExpression": return 0
    case "AT_ColumnDefault": return command["def"].isPresent ? 6 : 0
    case "AT_AlterColumnType": return 1
    case "AT_AddColumn": return 2
    case "AT_SetNotNull", "AT_SetIdentity": return 3
    case "AT_AddConstraint":
      switch command["def"]["Constraint"]["contype"].string {
      case "CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION":
        return command["def"]["Constraint"]["indexname"].isPresent ? 4 : 5
      case "CONSTR_FOREIGN": return 7
      default: return 6
      }
    case "AT_AddIdentity": return 6
    default: return 8
    }
  }

  private mutating func alter(
    _ table: ObjectName, _ command: SyntaxNode, recursively: Bool, _ waiting: inout [ConstraintDraft]
  ) throws(Refusal) {
    let name = command["name"].string ?? ""
    let definition = command["def"]
    switch command["subtype"].string {
    case "AT_AddColumn":
      waiting += try addColumn(
        definition["ColumnDef"], to: table, recursively: recursively, mayExist: command["missing_ok"].isTrue)
    case "AT_DropColumn":
      if catalog.book[table]?.column(name) == nil, command["missing_ok"].isTrue { return }
      try dropColumn(
        name, of: table, recursively: recursively, cascading: command["behavior"].string == "DROP_CASCADE")
    case "AT_AlterColumnType":
      try setType(of: name, of: table, definition["ColumnDef"]["typeName"], recursively: recursively)
    case "AT_ColumnDefault":
      for relation in [table] + (recursively ? descendants(of: table) : []) {
        try changeColumn(name, of: relation) { builder, column in
          if definition.isPresent {
            builder.setDefault(of: &column, definition, after: nil, before: nil)
          } else {
            column.removeDefault()
          }
        }
        if let number = catalog.book[relation]?.number, let sequence = catalog.book[relation]?.column(name)?.sequence {
          remember([sequence], askedBy: number)
        }
      }
    case "AT_SetNotNull": try setNotNull(name, of: table, recursively: recursively)
    case "AT_DropNotNull": try dropNotNull(name, of: table, recursively: recursively)
    case "AT_AddIdentity", "AT_SetIdentity":
      try addIdentity(name, of: table, definition, isNew: command["subtype"].string == "AT_AddIdentity")
    case "AT_DropIdentity":
      guard catalog.book[table]?.column(name)?.identity != nil || command["missing_ok"].isTrue else {
        throw Refusal("the column \(name) is no identity")
      }
      if catalog.book[table]?.column(name)?.identity != nil {
        try dropSequences(of: name, of: table, cascading: true)
      }
      try changeColumn(name, of: table) { _, column in column.identity = nil }
    case "AT_DropExpression":
      for relation in [table] + (recursively ? descendants(of: table) : []) {
        try changeColumn(name, of: relation) { _, column in
          column.isGenerated = false
          column.generatedFrom = []
        }
      }
    case "AT_AddConstraint":
      let constraint = definition["Constraint"]
      let draft = ConstraintDraft(
        node: constraint, column: nil, isDeferrable: constraint["deferrable"].isTrue)
      switch constraint["contype"].string {
      case "CONSTR_CHECK":
        if !recursively, draft.node["is_no_inherit"].isPresent == false, !children(of: table).isEmpty {
          throw Refusal("the constraint must be added to child tables too", at: constraint.offset)
        }
        try addCheck(draft, to: table, recursively: recursively)
      case "CONSTR_FOREIGN":
        if catalog.book[table]?.kind == .partitionedTable {
          if !recursively {
            throw Refusal("a partitioned table's foreign key is not for ONLY it", at: constraint.offset)
          }
          if constraint["skip_validation"].isTrue {
            throw Refusal("a partitioned table's foreign key cannot be NOT VALID", at: constraint.offset)
          }
        }
        try addForeignKey(draft, to: table)
      default: try addKey(draft, to: table, recursively: recursively)
      }
    case "AT_DropConstraint":
      try dropConstraint(
        name, of: table, recursively: recursively, cascading: command["behavior"].string == "DROP_CASCADE",
        mayBeMissing: command["missing_ok"].isTrue)
    case "AT_ValidateConstraint": try validateConstraint(name, of: table)
    case "AT_AddInherit":
      let parent = try self.table(definition["RangeVar"])
      guard catalog.book[parent]?.kind == .table || catalog.book[parent]?.kind == .foreignTable,
        catalog.book[table]?.isPartition == false, catalog.book[parent]?.isPartition == false,
        catalog.book[table]?.kind != .partitionedTable
      else { throw Refusal("\(table) cannot inherit from \(parent)", at: definition["RangeVar"].offset) }
      try addParent(parent, to: table, at: definition["RangeVar"].offset)
    case "AT_DropInherit":
      let parent = try self.table(definition["RangeVar"])
      guard catalog.book[table]?.parents.contains(parent) == true, catalog.book[table]?.isPartition == false else {
        throw Refusal("\(table) does not inherit from \(parent)", at: definition["RangeVar"].offset)
      }
      removeParent(parent, of: table)
    case "AT_AttachPartition": try attachPartition(definition["PartitionCmd"], to: table)
    case "AT_DetachPartition": try detachPartition(definition["PartitionCmd"], from: table)
    case "AT_SetLogged": catalog.book.change(table) { $0.persistence = .permanent }
    case "AT_SetUnLogged": catalog.book.change(table) { $0.persistence = .unlogged }
    case "AT_AddOf":
      let type = try columnType(definition["TypeName"]).userType
      catalog.book.change(table) { $0.rowType = type }
      if let type, let number = catalog.book[table]?.number {
        catalog.typeUsers.note(number, under: type)
      }
    case "AT_DropOf": catalog.book.change(table) { $0.rowType = nil }
    case "AT_SetStatistics", "AT_SetOptions", "AT_SetStorage", "AT_SetCompression", "AT_AlterColumnGenericOptions":
      if command["name"].isPresent { try changeColumn(name, of: table) { _, _ in } }
    default: break
    }
  }

  mutating func changeColumn(
    _ name: String, of table: ObjectName, _ body: (Self, inout Column) -> Void
  ) throws(Refusal) {
    guard var column = catalog.book[table]?.column(name) else {
      throw missing("column", table.description, name, at: nil)
    }
    body(self, &column)
    let changed = column
    catalog.book.change(table) { $0.changeColumn(name) { $0 = changed } }
  }

  // MARK: Columns

  /// - Returns: the constraints beside it, which are not added yet.
  private mutating func addColumn(
    _ node: SyntaxNode, to table: ObjectName, recursively: Bool, mayExist: Bool
  ) throws(Refusal) -> [ConstraintDraft] {
    let name = node["colname"].string ?? ""
    guard let relation = catalog.book[table] else { return [] }
    if relation.column(name) != nil {
      if mayExist { return [] }
      throw Refusal("\(table) has a column \(name) already", at: node.offset)
    }
    if relation.isPartition { throw Refusal("a partition has no columns of its own", at: node.offset) }
    if relation.rowType != nil { throw Refusal("a table of a type has no columns of its own", at: node.offset) }
    let draft = try self.draft(node)
    let children = children(of: table)
    if !children.isEmpty {
      if !recursively { throw Refusal("the column must be added to child tables too", at: node.offset) }
      if draft.column.identity != nil {
        throw Refusal("an identity cannot be added where tables inherit", at: node.offset)
      }
    }
    insert(draft.column, into: table)
    if draft.isSerial || draft.column.identity != nil, let column = catalog.book[table]?.column(name) {
      createSequence(for: column, of: table)
    }
    let column = catalog.book[table]?.column(name) ?? draft.column
    for child in children { try inherit(column, by: child) }
    return draft.constraints
  }

  private mutating func insert(_ column: Column, into table: ObjectName) {
    let number = catalog.book.change(table) { relation in
      relation.lastColumn += 1
      var column = column
      column.number = relation.lastColumn
      relation.columns.reserveCapacity(relation.columns.count + 1)
      relation.columns.append(column)
      return relation.number
    }
    guard let number else { return }
    remember(typesOf: [column], in: number)
    if let sequence = column.sequence { remember([sequence], askedBy: number) }
  }

  /// A child gets a column, or has it already.
  private mutating func inherit(_ column: Column, by child: ObjectName) throws(Refusal) {
    guard let relation = catalog.book[child] else { return }
    if let own = relation.column(column.name) {
      guard own.type == column.type else {
        throw Refusal("the column \(column.name) of \(child) has another type", at: column.place.offset)
      }
      catalog.book.change(child) { $0.changeColumn(column.name) { $0.inheritance += 1 } }
      return
    }
    var copy = column
    copy.isLocal = false
    copy.inheritance = 1
    copy.identity = nil
    insert(copy, into: child)
    for grandchild in children(of: child) { try inherit(copy, by: grandchild) }
  }

  private mutating func setType(
    of name: String, of table: ObjectName, _ node: SyntaxNode, recursively: Bool
  ) throws(Refusal) {
    let type = try columnType(node)
    guard let relation = catalog.book[table], let column = relation.column(name) else {
      throw missing("column", table.description, name, at: node.offset)
    }
    if column.inheritance > 0 { throw Refusal("the column \(name) is inherited", at: node.offset) }
    if relation.partitionKey.contains(name) || relation.partitionKeyColumns.contains(name) {
      throw Refusal("\(table) is partitioned by the column \(name)", at: node.offset)
    }
    if !recursively, !children(of: table).isEmpty {
      throw Refusal("the type must be changed in child tables too", at: node.offset)
    }
    let all = [table] + descendants(of: table)
    for relation in all {
      if let below = catalog.book[relation], let column = below.column(name),
        column.inheritance > below.parents.count(where: all.contains)
      {
        throw Refusal("the column \(name) of \(relation) is inherited from another table too", at: node.offset)
      }
      try checkDependents(of: name, of: relation, type)
      try changeColumn(name, of: relation) { _, column in column.type = type }
      if let number = catalog.book[relation]?.number, let user = type.userType {
        catalog.typeUsers.note(number, under: user)
      }
    }
    for relation in all {
      for index in catalog.book[relation]?.indexes ?? [] where index.parent == nil && index.reads(name) {
        try rebuildParts(of: index, of: relation, at: node.offset)
      }
    }
  }

  /// What depends on a column's type.
  private func checkDependents(of name: String, of table: ObjectName, _ type: ColumnType) throws(Refusal) {
    guard let relation = catalog.book[table] else { return }
    for reader in present(catalog.readers[relation.number])
    where catalog.book[reader]?.reads[relation.number]?.contains(name) == true {
      throw Refusal("the view \(reader) reads the column \(name)")
    }
    if let column = relation.columns.first(where: { $0.generatedFrom.contains(name) }) {
      throw Refusal("the column \(column.name) is generated from \(name)")
    }
    for key in relation.foreignKeys {
      for (one, two) in zip(key.columns, key.referencedColumns) where one == name {
        guard let other = catalog.book[key.references]?.column(two), !canReference(type, other.type) else { continue }
        throw Refusal("the foreign key \(key.name) cannot be between \(type.text) and \(other.type.text)")
      }
    }
    for other in present(catalog.referencing[relation.number]) {
      for key in catalog.book[other]?.foreignKeys ?? [] where key.target == relation.number {
        for (one, two) in zip(key.columns, key.referencedColumns) where two == name {
          guard let column = catalog.book[other]?.column(one), !canReference(column.type, type) else { continue }
          throw Refusal("the foreign key \(key.name) cannot be between \(column.type.text) and \(type.text)")
        }
      }
    }
  }

  mutating func setNotNull(_ name: String, of table: ObjectName, recursively: Bool) throws(Refusal) {
    guard let column = catalog.book[table]?.column(name) else {
      throw missing("column", table.description, name, at: nil)
    }
    if !column.notNull { catalog.book.change(table) { $0.changeColumn(name) { $0.notNull = true } } }
    let children = children(of: table)
    guard recursively else {
      if catalog.book[table]?.kind == .partitionedTable,
        let child = children.first(where: { catalog.book[$0]?.column(name)?.notNull == false })
      {
        throw Refusal("the column \(name) of the partition \(child) is not NOT NULL")
      }
      return
    }
    for child in children { try setNotNull(name, of: child, recursively: true) }
  }

  private mutating func dropNotNull(_ name: String, of table: ObjectName, recursively: Bool) throws(Refusal) {
    guard let relation = catalog.book[table], let column = relation.column(name) else {
      throw missing("column", table.description, name, at: nil)
    }
    if column.identity != nil { throw Refusal("the column \(name) is an identity, which is never NULL") }
    if relation.primaryKey?.columns.contains(name) == true { throw Refusal("the column \(name) is in the primary key") }
    if relation.isPartition, let parent = relation.parents.first, catalog.book[parent]?.column(name)?.notNull == true {
      throw Refusal("the column \(name) is NOT NULL in \(parent)")
    }
    if relation.kind == .partitionedTable, !recursively, !children(of: table).isEmpty {
      throw Refusal("NOT NULL cannot be dropped for ONLY a partitioned table")
    }
    try changeColumn(name, of: table) { _, column in column.notNull = false }
    guard recursively else { return }
    for child in children(of: table) { try dropNotNull(name, of: child, recursively: true) }
  }

  private mutating func addIdentity(
    _ name: String, of table: ObjectName, _ definition: SyntaxNode, isNew: Bool
  ) throws(Refusal) {
    guard let column = catalog.book[table]?.column(name) else {
      throw missing("column", table.description, name, at: nil)
    }
    guard isNew else {
      guard column.identity != nil else { throw Refusal("the column \(name) is no identity") }
      for option in definition["List"]["items"].elements where option["DefElem"]["defname"].string == "generated" {
        // The letter's code, as the grammar keeps it.
        let byDefault = option["DefElem"]["arg"]["Integer"]["ival"].integer == Int(UInt8(ascii: "d"))
        try changeColumn(name, of: table) { _, column in column.identity = byDefault ? .byDefault : .always }
      }
      return
    }
    guard column.notNull, column.identity == nil, column.defaultText == nil, !column.isSerial else {
      throw Refusal(
        column.notNull
          ? "the column \(name) has a default or is an identity already" : "the column \(name) must be NOT NULL first")
    }
    let kind: Column.Identity = definition["Constraint"]["generated_when"].string == "d" ? .byDefault : .always
    try changeColumn(name, of: table) { _, column in column.identity = kind }
    createSequence(for: column, of: table)
  }

  mutating func validateConstraint(_ name: String, of table: ObjectName) throws(Refusal) {
    guard let relation = catalog.book[table], relation.hasConstraint(name) else {
      throw missing("constraint", nil, name, at: nil)
    }
    for other in [table] + descendants(of: table) {
      catalog.book.change(other) { relation in
        for index in relation.foreignKeys.indices where relation.foreignKeys[index].name == name {
          relation.foreignKeys[index].isValidated = true
        }
        for index in relation.checks.indices where relation.checks[index].name == name {
          relation.checks[index].isValidated = true
        }
      }
    }
  }
}

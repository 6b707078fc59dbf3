import SQLSyntax
import SchemaAnalysis

/// What rules over a sequence of migrations keep of a statement.
struct StatementFact: Sendable {
  enum Kind: Sendable {
    case addColumn(ObjectName, Column)
    /// With its type.
    case dropColumn(ObjectName, String, ColumnType)
    case dropTable(ObjectName)
    case truncate(ObjectName)
    case delete(ObjectName, isBounded: Bool)
    /// Each column with those of the same table that it is computed from.
    case update(ObjectName, [String: Set<String>], isBounded: Bool)
    /// Rows of some tables put into another one.
    case copy(into: ObjectName, from: [Source])
    case changeType(ObjectName, String, from: ColumnType, to: ColumnType, isPlain: Bool)
    case renameTable(ObjectName, to: ObjectName)
    case renameColumn(ObjectName, String, to: String)
    /// Any other change of a table's definition, which locks it.
    case alter(ObjectName)
    case work(Work)
    /// An index that is built concurrently, with IF NOT EXISTS or without.
    case concurrentIndex(ObjectName, name: String, accepts: Bool)
    case transaction(isBegin: Bool)

    fileprivate var table: ObjectName? {
      switch self {
      case .addColumn(let table, _), .dropColumn(let table, _, _), .dropTable(let table), .truncate(let table),
        .delete(let table, _), .update(let table, _, _), .copy(let table, _), .changeType(let table, _, _, _, _),
        .renameTable(let table, _), .renameColumn(let table, _, _), .alter(let table),
        .concurrentIndex(let table, _, _):
        table
      case .work(let work): work.table
      case .transaction: nil
      }
    }
  }

  struct Source: Sendable {
    let table: ObjectName
    let origin: TableOrigin
  }

  var kind: Kind
  /// Of its table.
  let origin: TableOrigin
  let file: Int
  let range: Range<Int>

  var place: SQLPlace { SQLPlace(text: file, offset: range.lowerBound) }
}

/// Which migration created a table.
enum TableOrigin: Sendable {
  /// The same one.
  case step
  /// An earlier one that is judged.
  case earlierStep
  /// None that is judged.
  case old
}

/// What a statement does with the rows of a table.
struct Work: Sendable, Hashable {
  enum Kind: String, Sendable, Hashable, CaseIterable {
    case scan, rewrite, update, delete, copy
    case foreignKey = "foreign key check"
    case index = "index build"
    case concurrentIndex = "concurrent index build"
    case validation
  }

  let kind: Kind
  let table: ObjectName
}

extension StatementFact {
  /// What is told before the catalogue takes a statement.
  static func facts(
    _ parsed: ParsedStatement, file: Int, before: Catalog, postgres: Int, origin: (ObjectName) -> TableOrigin
  ) -> [StatementFact] {
    withoutActuallyEscaping(origin) { origin in
      var reader = FactReader(before: before, postgres: postgres, origin: origin)
      reader.read(parsed.node)
      return reader.kinds.map { kind in
        StatementFact(
          kind: kind, origin: kind.table.map(origin) ?? .old, file: file, range: parsed.statement.range)
      }
    }
  }

  /// What is told once the catalogue has taken it: the types of new and changed columns.
  static func completed(_ facts: [StatementFact], after: Catalog) -> [StatementFact] {
    facts.flatMap { fact -> [StatementFact] in
      var fact = fact
      switch fact.kind {
      case .addColumn(let table, let column):
        fact.kind = .addColumn(table, after[table]?.column(column.name) ?? column)
      case .changeType(let table, let column, let from, _, let isPlain):
        guard let to = after[table]?.column(column)?.type else { return [fact] }
        fact.kind = .changeType(table, column, from: from, to: to, isPlain: isPlain)
        let work = TypeChange(from: from, to: to, isPlain: isPlain).work.map {
          StatementFact(
            kind: .work(Work(kind: $0, table: table)), origin: fact.origin, file: fact.file, range: fact.range)
        }
        return [fact] + [work].compactMap(\.self)
      default: break
      }
      return [fact]
    }
  }
}

private struct FactReader {
  let before: Catalog
  let postgres: Int
  let origin: (ObjectName) -> TableOrigin
  var kinds: [StatementFact.Kind] = []

  private func table(_ relation: SyntaxNode) -> ObjectName? {
    guard let name = relation["relname"].string else { return nil }
    return before.relation(relation["schemaname"].string, name)?.name
  }

  private func table(_ parts: [String]) -> ObjectName? {
    parts.last.flatMap { before.relation(parts.count > 1 ? parts[parts.count - 2] : nil, $0)?.name }
  }

  private mutating func work(_ kind: Work.Kind, _ table: ObjectName) {
    kinds.append(.work(Work(kind: kind, table: table)))
  }

  mutating func read(_ node: SyntaxNode) {
    let statement = node.inner
    switch node.kind {
    case "AlterTableStmt": alter(statement)
    case "CreateTableAsStmt":
      let table = before.newName(of: statement["into"]["rel"])
      guard before[table] == nil else { return }
      copy(into: table, statement["query"])
    case "DropStmt":
      switch statement["removeType"].string {
      case "OBJECT_TABLE":
        for object in statement["objects"].elements {
          if let table = table(object["List"]["items"].names) { kinds.append(.dropTable(table)) }
        }
      default: break
      }
    case "TruncateStmt":
      for relation in statement["relations"].elements {
        if let table = table(relation["RangeVar"]) { kinds.append(.truncate(table)) }
      }
    case "DeleteStmt":
      guard let table = table(statement["relation"]) else { return }
      let isBounded = isBounded(statement["whereClause"], table)
      kinds.append(.delete(table, isBounded: isBounded))
      if !isBounded { work(.delete, table) }
    case "UpdateStmt": update(statement)
    case "InsertStmt":
      if let table = table(statement["relation"]) { copy(into: table, statement["selectStmt"]) }
    case "SelectStmt":
      // A query may hold changes in its WITH.
      for part in statement["withClause"]["ctes"].elements {
        let query = part["CommonTableExpr"]["ctequery"]
        if query.is("UpdateStmt") { update(query["UpdateStmt"]) }
      }
    case "IndexStmt":
      guard let table = table(statement["relation"]) else { return }
      if statement["concurrent"].isTrue {
        if let name = statement["idxname"].string {
          kinds.append(.concurrentIndex(table, name: name, accepts: statement["if_not_exists"].isTrue))
        }
        work(.concurrentIndex, table)
      } else {
        work(.index, table)
      }
    case "RenameStmt":
      guard let new = statement["newname"].string, let table = table(statement["relation"]) else { return }
      switch statement["renameType"].string {
      case "OBJECT_TABLE": kinds.append(.renameTable(table, to: ObjectName(table.schema, new)))
      case "OBJECT_COLUMN": kinds.append(.renameColumn(table, statement["subname"].string ?? "", to: new))
      default: break
      }
    case "AlterObjectSchemaStmt" where statement["objectType"].string == "OBJECT_TABLE":
      if let new = statement["newschema"].string, let table = table(statement["relation"]) {
        kinds.append(.renameTable(table, to: ObjectName(new, table.name)))
      }
    case "TransactionStmt":
      switch statement["kind"].string {
      case "TRANS_STMT_BEGIN", "TRANS_STMT_START", nil: kinds.append(.transaction(isBegin: true))
      case "TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK": kinds.append(.transaction(isBegin: false))
      default: break
      }
    default: break
    }
  }

  // MARK: Rows

  private mutating func update(_ statement: SyntaxNode) {
    guard let table = table(statement["relation"]) else { return }
    let own = Set(before[table]?.columns.map(\.name) ?? [])
    var sets: [String: Set<String>] = [:]
    for target in statement["targetList"].elements.map({ $0["ResTarget"] }) {
      guard let column = target["name"].string else { continue }
      let read = target["val"].descendants.compactMap {
        $0.is("ColumnRef") ? $0["ColumnRef"]["fields"].names.last : nil
      }
      sets[column] = own.intersection(read)
    }
    let isBounded = isBounded(statement["whereClause"], table)
    kinds.append(.update(table, sets, isBounded: isBounded))
    if !isBounded { work(.update, table) }
  }

  /// Whether a condition keeps a statement to a batch or to rows that are named: a LIMIT below it, or a column compared
  /// with constants.
  private func isBounded(_ condition: SyntaxNode, _ table: ObjectName) -> Bool {
    guard condition.isPresent else { return false }
    if condition.descendants.contains(where: { $0.is("SelectStmt") && $0["SelectStmt"]["limitCount"].isPresent }) {
      return true
    }
    var parts = [condition]
    while let part = parts.popLast() {
      if part["BoolExpr"]["boolop"].string == "AND_EXPR" {
        parts += part["BoolExpr"]["args"].elements
      } else if isKey(part["A_Expr"], table) {
        return true
      }
    }
    return false
  }

  /// A column of a key compared with constants.
  private func isKey(_ expression: SyntaxNode, _ table: ObjectName) -> Bool {
    guard let column = expression["lexpr"]["ColumnRef"]["fields"].names.last, let relation = before[table] else {
      return false
    }
    let right = expression["rexpr"]
    let values = right["List"].isPresent ? right["List"]["items"].elements : [right]
    guard values.allSatisfy({ $0.is("A_Const") || $0["TypeCast"]["arg"].is("A_Const") || $0.is("ParamRef") }) else {
      return false
    }
    switch expression["kind"].string {
    case "AEXPR_IN", "AEXPR_BETWEEN": break
    case "AEXPR_OP": guard expression["name"].names == ["="] else { return false }
    default: return false
    }
    let keys = [relation.primaryKey].compactMap(\.self) + relation.uniqueConstraints
    return column == "id" || keys.contains { $0.columns.contains(column) }
      || relation.indexes.contains { $0.isUnique && $0.keys.contains { $0.column == column } }
  }

  private mutating func copy(into table: ObjectName, _ query: SyntaxNode) {
    let sources = query.descendants.compactMap { $0.is("RangeVar") ? self.table($0["RangeVar"]) : nil }
    guard !sources.isEmpty else { return }
    let isLimited = query["SelectStmt"]["limitCount"].isPresent
    kinds.append(.copy(into: table, from: sources.map { .init(table: $0, origin: origin($0)) }))
    if !isLimited { for source in Set(sources).sorted() { work(.copy, source) } }
  }

  // MARK: Definitions

  private mutating func alter(_ statement: SyntaxNode) {
    guard statement["objtype"].string == "OBJECT_TABLE", let name = table(statement["relation"]),
      let relation = before[name]
    else { return }
    kinds.append(.alter(name))
    var dropped: Set<String> = []
    for command in statement["cmds"].elements.map({ $0["AlterTableCmd"] }) {
      let column = command["name"].string ?? ""
      switch command["subtype"].string {
      case "AT_AddColumn":
        let definition = command["def"]["ColumnDef"]
        let added = definition["colname"].string ?? ""
        guard relation.column(added) == nil || dropped.contains(added) else { continue }
        kinds.append(
          .addColumn(name, Column(added, ColumnType(text: "", base: ""), at: SQLPlace(text: 0, offset: 0))))
        if rewrites(definition) { work(.rewrite, name) }
        for constraint in definition["constraints"].elements.map({ $0["Constraint"] }) {
          switch constraint["contype"].string {
          case "CONSTR_UNIQUE", "CONSTR_PRIMARY": work(.index, name)
          case "CONSTR_CHECK": work(.scan, name)
          default: break
          }
        }
      case "AT_DropColumn":
        guard let former = relation.column(column) else { continue }
        kinds.append(.dropColumn(name, column, former.type))
        dropped.insert(column)
      case "AT_AlterColumnType":
        guard let old = relation.column(column)?.type else { continue }
        kinds.append(
          .changeType(
            name, column, from: old, to: old, isPlain: !command["def"]["ColumnDef"]["raw_default"].isPresent))
      case "AT_SetNotNull":
        let isProved = relation.checks.contains {
          $0.isValidated && Expressions.same($0.text, "\(column) IS NOT NULL")
        }
        if relation.column(column)?.notNull != true, !(isProved && postgres >= 12) { work(.scan, name) }
      case "AT_AddConstraint":
        let constraint = command["def"]["Constraint"]
        switch constraint["contype"].string {
        case "CONSTR_CHECK": if !constraint["skip_validation"].isTrue { work(.scan, name) }
        case "CONSTR_FOREIGN": if !constraint["skip_validation"].isTrue { work(.foreignKey, name) }
        case "CONSTR_UNIQUE", "CONSTR_PRIMARY", "CONSTR_EXCLUSION":
          if !constraint["indexname"].isPresent { work(.index, name) }
        default: break
        }
      case "AT_ValidateConstraint": work(.validation, name)
      case "AT_SetLogged", "AT_SetUnLogged", "AT_SetTableSpace", "AT_SetAccessMethod": work(.rewrite, name)
      default: break
      }
    }
  }

  /// Whether a new column makes the server write every row anew.
  private func rewrites(_ definition: SyntaxNode) -> Bool {
    let type = definition["typeName"]["names"].names.last ?? ""
    if ["serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"].contains(type) { return true }
    for constraint in definition["constraints"].elements.map({ $0["Constraint"] }) {
      switch constraint["contype"].string {
      case "CONSTR_IDENTITY", "CONSTR_GENERATED": return true
      case "CONSTR_DEFAULT":
        if postgres < 11 { return true }
        let isVolatile = constraint["raw_expr"].descendants.contains {
          $0.is("FuncCall") && Self.volatile.contains($0["FuncCall"]["funcname"].names.last ?? "")
        }
        if isVolatile { return true }
      default: break
      }
    }
    return false
  }

  private static let volatile: Set<String> = [
    "random", "clock_timestamp", "timeofday", "gen_random_uuid", "uuidv4", "uuidv7", "uuid_generate_v1",
    "uuid_generate_v1mc", "uuid_generate_v4", "nextval", "setval", "gen_random_bytes", "gen_salt", "random_normal",
  ]
}

/// What changing a column's type costs and loses.
struct TypeChange: Sendable {
  let from: ColumnType
  let to: ColumnType
  /// Whether the server's own cast is used.
  let isPlain: Bool

  var work: Work.Kind? {
    // Where it hangs on the session's time zone, the dearer one is estimated.
    isPlain && TypeChangeCost.keeps(WrittenType(from), WrittenType(to)) == true ? nil : .rewrite
  }

  private static let integers = ["smallint", "integer", "bigint", "numeric"]

  /// Whether values can be there that do not fit into the new type, or lose a part of themselves.
  var narrows: Bool {
    if let old = Self.integers.firstIndex(of: from.base), let new = Self.integers.firstIndex(of: to.base), old != new {
      return old > new
    }
    switch (from.base, to.base) {
    case ("text", "character varying"), ("text", "character"): return !to.modifiers.isEmpty || to.base == "character"
    case ("character varying", "character varying"), ("character varying", "character"):
      guard let new = to.modifiers.first else { return false }
      return (from.modifiers.first ?? .max) > new
    case ("numeric", "numeric"):
      guard to.modifiers.count == 2 else { return false }
      guard from.modifiers.count == 2 else { return true }
      return from.modifiers[1] > to.modifiers[1]
        || from.modifiers[0] - from.modifiers[1] > to.modifiers[0] - to.modifiers[1]
    case ("double precision", "real"), ("timestamp with time zone", "date"), ("timestamp without time zone", "date"),
      ("double precision", "integer"), ("double precision", "bigint"), ("numeric", "real"), ("text", _),
      ("character varying", "integer"), ("character varying", "bigint"), ("character varying", "uuid"):
      return true
    default: return false
    }
  }
}

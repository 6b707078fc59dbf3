import SQLSyntax
import SchemaAnalysis

/// What a change of a table costs, and which lock it holds meanwhile.
struct TableOperation: Sendable {
  let table: ObjectName
  /// Nil where it cannot be told.
  let work: OperationClass?
  let lock: TableLock
  /// As: a new column with a volatile default.
  let what: String
  /// Why it works so, or why that cannot be told; may be empty.
  let why: String
  let offset: Int
  /// What is done to the rows, finer than by class; nil for nothing, or what cannot be told.
  let effort: Work.Kind?

  init(
    _ table: ObjectName, _ work: OperationClass?, _ lock: TableLock, _ what: String, _ why: String = "", at offset: Int,
    effort: Work.Kind? = nil
  ) {
    self.table = table
    self.work = work
    self.lock = lock
    self.what = what
    self.why = why
    self.offset = offset
    self.effort =
      switch work {
      case .scan?: effort ?? .scan
      case .rewrite?: .rewrite
      case .metadata?, nil: nil
      }
  }

  /// What a statement does to tables; of what does nothing to one that was there before, none.
  static func all(_ statement: StatementContext) -> [TableOperation] {
    let node = statement.node
    guard let kind = node.kind else { return [] }
    let body = node.inner
    let start = statement.parsed.statement.range.lowerBound
    func one(
      _ relation: SyntaxNode, _ work: OperationClass?, _ lock: TableLock, _ what: String, _ effort: Work.Kind? = nil
    ) -> [TableOperation] {
      guard relation.isPresent else { return [] }
      return [TableOperation(statement.catalog.name(of: relation), work, lock, what, at: start, effort: effort)]
    }
    switch kind {
    case "AlterTableStmt": return statement.changes.map { $0.operation(statement) }
    case "IndexStmt":
      let isConcurrent = body["concurrent"].isTrue
      let table = statement.catalog.name(of: body["relation"])
      // Of a partitioned table alone nothing is indexed.
      let isEmpty = !body["relation"]["inh"].isTrue && statement.catalog[table]?.kind == .partitionedTable
      return one(
        body["relation"], isEmpty ? .metadata : .scan, isConcurrent ? .shareUpdateExclusive : .share, "an index",
        isConcurrent ? .concurrentIndex : .index)
    case "ReindexStmt":
      let isConcurrent = body["params"].elements.contains { $0["DefElem"]["defname"].string == "concurrently" }
      guard body["kind"].string == "REINDEX_OBJECT_TABLE" else { return [] }
      return one(
        body["relation"], .scan, isConcurrent ? .shareUpdateExclusive : .share, "its indexes, built anew",
        isConcurrent ? .concurrentIndex : .index)
    case "ClusterStmt": return one(body["relation"], .rewrite, .accessExclusive, "CLUSTER")
    case "VacuumStmt":
      guard body["options"].elements.contains(where: { $0["DefElem"]["defname"].string == "full" }) else { return [] }
      return body["rels"].elements.flatMap {
        one($0["VacuumRelation"]["relation"], .rewrite, .accessExclusive, "VACUUM FULL")
      }
    case "RefreshMatViewStmt":
      return one(body["relation"], .rewrite, body["concurrent"].isTrue ? .share : .accessExclusive, "a refresh")
    case "TruncateStmt":
      return body["relations"].elements.flatMap { one($0["RangeVar"], .metadata, .accessExclusive, "TRUNCATE") }
    case "RenameStmt":
      guard body["renameType"].string == "OBJECT_TABLE" || body["relationType"].string == "OBJECT_TABLE" else {
        return []
      }
      return one(body["relation"], .metadata, .accessExclusive, "a rename")
    case "CreateTrigStmt": return one(body["relation"], .metadata, .shareRowExclusive, "a trigger")
    default: return []
    }
  }
}

extension TableChange {
  /// What it costs in PostgreSQL 11 to 18.
  func operation(_ statement: StatementContext) -> TableOperation {
    func result(
      _ work: OperationClass?, _ what: String, _ why: String = "", lock: TableLock = .accessExclusive,
      effort: Work.Kind? = nil
    ) -> TableOperation {
      TableOperation(table, isForeign ? .metadata : work, lock, what, why, at: clause.lowerBound, effort: effort)
    }
    let relation = statement.catalog[table]
    switch kind {
    case "AT_AddColumn": return addedColumn(statement, result)
    case "AT_SetNotNull":
      if relation?.column(name)?.notNull == true { return result(.metadata, "NOT NULL on \(name)", "it holds already") }
      if statement.settings.postgres >= 12, isProvedNotNull(name, statement) {
        return result(.metadata, "NOT NULL on \(name)", "a check proves it")
      }
      return result(.scan, "NOT NULL on \(name)", "every row is looked at")
    case "AT_AlterColumnType":
      let type = typeChange(statement)
      return result(type.work, "another type of \(name)", type.why)
    case "AT_AddConstraint": return addedConstraint(statement, result)
    case "AT_ValidateConstraint":
      return result(
        .scan, "the proof of \(name)", "reads and writes go on", lock: .shareUpdateExclusive, effort: .validation)
    case "AT_SetLogged", "AT_SetUnLogged": return result(.rewrite, "another persistence", "the table is copied")
    case "AT_SetTableSpace": return result(.rewrite, "another tablespace", "the table is copied")
    case "AT_SetAccessMethod": return result(.rewrite, "another access method", "the table is copied")
    case "AT_AttachPartition":
      let partition = statement.catalog.name(of: definition["PartitionCmd"]["name"])
      let lock: TableLock = statement.settings.postgres >= 12 ? .shareUpdateExclusive : .accessExclusive
      if statement.isNew(partition) { return result(.metadata, "a new partition", lock: lock) }
      let hasCheck = statement.catalog[partition]?.checks.contains(where: \.isValidated) ?? false
      let work: OperationClass? = hasCheck ? nil : .scan
      return TableOperation(
        partition, work, .accessExclusive, "a partition",
        hasCheck ? "a check that equals its bounds saves the scan" : "no check proves that its rows fit",
        at: clause.lowerBound)
    case "AT_DetachPartition":
      let isConcurrent = definition["PartitionCmd"]["concurrent"].isTrue
      return result(
        .metadata, "a partition less", lock: isConcurrent ? .shareUpdateExclusive : .accessExclusive)
    case "AT_SetStatistics", "AT_SetOptions", "AT_ResetOptions", "AT_ClusterOn", "AT_DropCluster", "AT_SetRelOptions",
      "AT_ResetRelOptions", "AT_ReplaceRelOptions":
      return result(.metadata, "options", lock: .shareUpdateExclusive)
    case "AT_EnableTrig", "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig", "AT_DisableTrig", "AT_EnableTrigAll",
      "AT_DisableTrigAll", "AT_EnableTrigUser", "AT_DisableTrigUser":
      return result(.metadata, "triggers", lock: .shareRowExclusive)
    default: return result(.metadata, "the catalogue alone")
    }
  }

  func typeChange(_ statement: StatementContext) -> TypeChangeCost {
    let relation = statement.catalog[table]
    let column = definition["ColumnDef"]
    return TypeChangeCost(
      from: relation?.column(name)?.type, to: WrittenType(column["typeName"]), using: column["raw_default"],
      column: name, isChecked: relation?.checks.contains { $0.columns.contains(name) } ?? false,
      hasCollation: column["collClause"].isPresent, statement.catalog)
  }

  /// Whether a check of the table that holds for all rows says that a column is not null.
  func isProvedNotNull(_ column: String, _ statement: StatementContext) -> Bool {
    if statement.memory.provesNotNull(column, of: table) { return true }
    return statement.catalog[table]?.checks.contains { check in
      check.isValidated && check.columns.contains(column)
        && StepMemory.columnsNotNull(in: Self.expression(check.text)).contains(column)
    } ?? false
  }

  /// The tree of an expression; absent where it is none.
  private static func expression(_ text: String) -> SyntaxNode {
    let query = SQLText(name: "", "SELECT " + text)
    guard case .statement(let statement)? = StatementScanner(query).first(where: { _ in true }) else { return .absent }
    let target = SQLParser.parse(statement, of: query).node["SelectStmt"]["targetList"].elements.first
    return target?["ResTarget"]["val"] ?? .absent
  }

  private typealias Result = (OperationClass?, String, String, TableLock, Work.Kind?) -> TableOperation

  private func addedColumn(_ statement: StatementContext, _ result: Result) -> TableOperation {
    let added = AddedColumn(self)
    func one(_ work: OperationClass?, _ what: String, _ why: String, _ effort: Work.Kind? = nil) -> TableOperation {
      result(work, what, why, .accessExclusive, effort)
    }
    let name = added.name
    if let why = added.rewriteReason(statement.catalog) { return one(.rewrite, "the new column \(name)", why) }
    if added.isPrimaryKey || added.constraint("CONSTR_UNIQUE") != nil {
      return one(.scan, "the new column \(name)", "its index is built", .index)
    }
    if added.constraint("CONSTR_CHECK") != nil { return one(.scan, "the new column \(name)", "its check is proved") }
    if added.constraint("CONSTR_FOREIGN") != nil, added.defaultValue != nil {
      return one(.scan, "the new column \(name)", "its foreign key is proved", .foreignKey)
    }
    return one(.metadata, "the new column \(name)", "the rows stay as they are")
  }

  private func addedConstraint(_ statement: StatementContext, _ result: Result) -> TableOperation {
    let isValid = !constraint["skip_validation"].isTrue
    let usesIndex = constraint["indexname"].isPresent
    switch constraint["contype"].string {
    case "CONSTR_CHECK":
      return result(
        isValid ? .scan : .metadata, "a check", isValid ? "every row is looked at" : "NOT VALID", .accessExclusive, nil)
    case "CONSTR_FOREIGN":
      return result(
        isValid ? .scan : .metadata, "a foreign key", isValid ? "every row is looked up" : "NOT VALID",
        .shareRowExclusive, .foreignKey)
    case "CONSTR_UNIQUE":
      return result(
        usesIndex ? .metadata : .scan, "a unique constraint", usesIndex ? "the index is there" : "its index is built",
        .accessExclusive, .index)
    case "CONSTR_PRIMARY":
      if !usesIndex { return result(.scan, "a primary key", "its index is built", .accessExclusive, .index) }
      guard let relation = statement.catalog[table],
        let index = relation.indexes.first(where: { $0.name == constraint["indexname"].string })
      else {
        return result(nil, "a primary key", "a column that is not NOT NULL yet is scanned", .accessExclusive, nil)
      }
      let open = index.keys.compactMap(\.column).filter { column in
        relation.column(column)?.notNull != true && !isProvedNotNull(column, statement)
      }
      return result(
        open.isEmpty ? .metadata : .scan, "a primary key",
        open.isEmpty ? "the index is there" : "\(open[0]) is not NOT NULL yet", .accessExclusive, nil)
    case "CONSTR_EXCLUSION":
      return result(.scan, "an exclusion constraint", "its index is built", .accessExclusive, .index)
    default: return result(.metadata, "a constraint", "", .accessExclusive, nil)
    }
  }
}

extension AddedColumn {
  /// Why the table is rewritten for it; nil where it is not.
  func rewriteReason(_ catalog: Catalog) -> String? {
    if isIdentity { return "an identity column gives each row a number" }
    if isSerial { return "a sequence gives each row a number" }
    if isGenerated { return "a stored generated column is computed for each row" }
    if let value = defaultValue, let call = Volatility.volatileCall(in: value) {
      return "the default calls \(call)(), which may give each row another value"
    }
    if WrittenType(node["typeName"]).domain(in: catalog)?.isConstrained == true {
      return "its domain has rules that are proved for each row"
    }
    return nil
  }
}

import SQLSyntax
import SchemaAnalysis

/// A lock on something that was there before, which a statement may have to wait for.
struct LockTaken {
  /// In words, as `public.orders` or `the index orders_customer`.
  let object: String
  let table: ObjectName?
  /// Whether it waits for other transactions for as long as it takes, and must not be cut short: what works
  /// CONCURRENTLY leaves an invalid index behind then.
  let waitsByDesign: Bool
  /// Whether reads or writes queue behind it while it waits.
  let isInTheWay: Bool

  /// Nil for a statement that takes none, or none but on what is new.
  init?(_ statement: StatementContext) {
    let node = statement.node
    guard let kind = node.kind else { return nil }
    let body = node.inner
    var tables: [ObjectName] = []
    var words: String?
    var concurrent = false
    var isStrong = true
    func names(_ relation: SyntaxNode) -> ObjectName { statement.catalog.name(of: relation) }
    switch kind {
    case "AlterTableStmt":
      if body["objtype"].string == "OBJECT_INDEX" || body["objtype"].string == "OBJECT_VIEW"
        || body["objtype"].string == "OBJECT_SEQUENCE" || body["objtype"].string == "OBJECT_MATVIEW"
      {
        words = body["relation"]["relname"].string ?? ""
      } else if body["objtype"].string != "OBJECT_TYPE" {
        tables = [names(body["relation"])]
        concurrent = statement.changes.contains { $0.definition["PartitionCmd"]["concurrent"].isTrue }
        for change in statement.changes {
          let keys = [change.constraint["pktable"]] + AddedColumn(change).constraints.map { $0["pktable"] }
          tables += keys.filter(\.isPresent).map(names)
        }
      }
    case "CreateStmt":
      // A foreign key locks the table that it points to; a partition its parent.
      let elements = body["tableElts"].elements
      let constraints =
        elements.map { $0["Constraint"] }
        + elements.flatMap { $0["ColumnDef"]["constraints"].elements.map { $0["Constraint"] } }
      tables = constraints.map { $0["pktable"] }.filter(\.isPresent).map(names)
      let own = statement.catalog.newName(of: body["relation"])
      tables.removeAll { $0 == own }
      if body["partbound"].isPresent { tables += body["inhRelations"].elements.map { names($0["RangeVar"]) } }
    case "IndexStmt":
      tables = [names(body["relation"])]
      concurrent = body["concurrent"].isTrue
    case "RenameStmt":
      switch body["renameType"].string {
      case "OBJECT_TABLE", "OBJECT_COLUMN", "OBJECT_TABCONSTRAINT", "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE":
        tables = [names(body["relation"])]
      case "OBJECT_INDEX", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE":
        words = body["relation"]["relname"].string ?? ""
      default: break
      }
    case "AlterObjectSchemaStmt":
      if body["relation"].isPresent { tables = [names(body["relation"])] }
    case "DropStmt":
      concurrent = body["concurrent"].isTrue
      let objects = body["objects"].elements
      switch body["removeType"].string {
      case "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE":
        tables = objects.map { statement.catalog.name(of: $0["List"]["items"].names) }
      case "OBJECT_INDEX", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE":
        words = objects.first?["List"]["items"].names.last ?? ""
      case "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE":
        tables = objects.map { statement.catalog.name(of: $0["List"]["items"].names.dropLast()) }
      case "OBJECT_SCHEMA": words = objects.first?.name ?? ""
      default: break
      }
    case "TruncateStmt": tables = body["relations"].elements.map { names($0["RangeVar"]) }
    case "LockStmt": tables = body["relations"].elements.map { names($0["RangeVar"]) }
    case "ReindexStmt":
      concurrent = body["params"].elements.contains { $0["DefElem"]["defname"].string == "concurrently" }
      if body["kind"].string == "REINDEX_OBJECT_TABLE" {
        tables = [names(body["relation"])]
      } else {
        words = body["relation"]["relname"].string ?? body["name"].string ?? ""
      }
    case "VacuumStmt":
      guard body["is_vacuumcmd"].isTrue else { return nil }
      isStrong = body["options"].elements.contains { $0["DefElem"]["defname"].string == "full" }
      tables = body["rels"].elements.map { names($0["VacuumRelation"]["relation"]) }
      if tables.isEmpty { words = "all tables" }
    case "ClusterStmt":
      if body["relation"].isPresent { tables = [names(body["relation"])] } else { words = "all tables" }
    case "RefreshMatViewStmt": words = body["relation"]["relname"].string ?? ""
    case "CreateTrigStmt", "RuleStmt": tables = [names(body["relation"])]
    case "CreatePolicyStmt", "AlterPolicyStmt": tables = [names(body["table"])]
    case "CreateStatsStmt":
      isStrong = false
      tables = body["relations"].elements.map { names($0["RangeVar"]) }
    default: return nil
    }
    tables.removeAll(where: statement.isIdle)
    if let table = tables.first {
      object = table.description
      self.table = table
    } else if let words {
      object = words
      table = nil
    } else {
      return nil
    }
    waitsByDesign = concurrent
    let operations = statement.operations
    isInTheWay = isStrong && (operations.isEmpty || operations.contains { $0.lock.blocked != nil })
  }
}

extension Catalog {
  func name(of parts: ArraySlice<String>) -> ObjectName { name(of: Array(parts)) }
}

import SQLSyntax
import SchemaAnalysis

/// What earlier statements of a migration did that the catalogue does not hold.
struct StepMemory: Sendable {
  struct ConstraintName: Hashable, Sendable {
    let table: ObjectName
    let name: String
  }

  /// Constraints that the present transaction added as NOT VALID.
  var unvalidatedInTransaction: Set<ConstraintName> = []
  /// The columns that a check keeps from being null, and whether it holds for all rows.
  var notNullChecks: [ObjectName: [String: NotNullCheck]] = [:]
  /// Constraints that were validated and not added by these migrations.
  var validatedElsewhere: [ObjectName: Set<String>] = [:]
  /// Indexes that DROP INDEX … IF EXISTS cleared the way for.
  var droppedIndexes: Set<String> = []
  /// Whether these have been told: once in each migration is enough.
  var toldLockTimeout = false
  var toldStatementTimeout = false

  struct NotNullCheck: Sendable {
    let columns: Set<String>
    var isValid: Bool
  }

  /// Whether a check that holds for all rows proves that a column has no nulls.
  func provesNotNull(_ column: String, of table: ObjectName) -> Bool {
    notNullChecks[table]?.values.contains { $0.isValid && $0.columns.contains(column) } ?? false
      || validatedElsewhere[table]?.contains { $0.contains(column) } ?? false
  }

  mutating func remember(_ change: TableChange) {
    switch change.kind {
    case "AT_AddConstraint":
      let constraint = change.constraint
      guard let name = constraint["conname"].string else { return }
      let key = ConstraintName(table: change.table, name: name)
      let isValid = !constraint["skip_validation"].isTrue
      if !isValid { unvalidatedInTransaction.insert(key) }
      guard constraint["contype"].string == "CONSTR_CHECK" else { return }
      let columns = Self.columnsNotNull(in: constraint["raw_expr"])
      if !columns.isEmpty {
        notNullChecks[change.table, default: [:]][name] = NotNullCheck(columns: columns, isValid: isValid)
      }
    case "AT_ValidateConstraint":
      if notNullChecks[change.table]?[change.name] != nil {
        notNullChecks[change.table]?[change.name]?.isValid = true
      } else {
        validatedElsewhere[change.table, default: []].insert(change.name)
      }
    case "AT_DropConstraint":
      notNullChecks[change.table]?[change.name] = nil
      validatedElsewhere[change.table]?.remove(change.name)
    default: break
    }
  }

  /// The columns that `a IS NOT NULL AND b IS NOT NULL` names.
  static func columnsNotNull(in expression: SyntaxNode) -> Set<String> {
    var columns: Set<String> = []
    var open = [expression]
    while let node = open.popLast() {
      if node["BoolExpr"]["boolop"].string == "AND_EXPR" { open += node["BoolExpr"]["args"].elements }
      let test = node["NullTest"]
      if test["nulltesttype"].string == "IS_NOT_NULL", let column = test["arg"]["ColumnRef"]["fields"].names.last {
        columns.insert(column)
      }
    }
    return columns
  }
}

extension StepMemory {
  mutating func remember(_ node: SyntaxNode, _ changes: [TableChange], _ catalog: Catalog) {
    for change in changes { remember(change) }
    let drop = node["DropStmt"]
    if drop["removeType"].string == "OBJECT_INDEX" {
      for object in drop["objects"].elements { droppedIndexes.insert(object["List"]["items"].names.last ?? "") }
    }
  }
}

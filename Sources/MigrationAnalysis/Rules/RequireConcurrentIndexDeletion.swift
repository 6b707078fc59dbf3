import SQLSyntax
import SchemaAnalysis

/// An index dropped without CONCURRENTLY: reads and writes of its table wait while the lock is waited for and held.
struct RequireConcurrentIndexDeletion: MigrationRule {
  static let id = "require-concurrent-index-deletion"
  static let summary = "An index of a table in use is dropped CONCURRENTLY."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let drop = statement.node["DropStmt"]
    guard drop["removeType"].string == "OBJECT_INDEX", !drop["concurrent"].isTrue else { return [] }
    let parts = drop["objects"].elements.map { $0["List"]["items"].names }
    let tables = parts.map { statement.tableOfIndex($0) }
    if !tables.contains(where: { $0.map { !statement.isIdle($0) } ?? true }) { return [] }
    let exists = drop["missing_ok"].isTrue ? "IF EXISTS " : ""
    return [
      statement.finding(
        Self.id, statement.settings.isLive ? .warning : .note,
        "Reads and writes of the index's table wait for the lock, and for those that wait for it.",
        "Drop it CONCURRENTLY, outside a transaction.", table: tables.first ?? nil, sized: false,
        fix: [SafeSequence.patience]
          + parts.map { name in
            "DROP INDEX CONCURRENTLY \(exists)\(name.map(SQLName.quoted).joined(separator: "."));"
          })
    ]
  }
}

extension StatementContext {
  /// The table of an index that is known.
  func tableOfIndex(_ parts: [String]) -> ObjectName? {
    parts.last.flatMap { catalog.index(parts.dropLast().last, $0)?.table }
  }
}

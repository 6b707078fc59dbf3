import SQLSyntax
import SchemaAnalysis

/// CREATE INDEX CONCURRENTLY on a partitioned table, which PostgreSQL refuses.
struct ConcurrentIndexOnPartitionedTable: MigrationRule {
  static let id = "concurrent-index-on-partitioned-table"
  static let summary = "An index of a partitioned table is built partition by partition."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let index = statement.node["IndexStmt"]
    guard index["concurrent"].isTrue else { return [] }
    let table = statement.catalog.name(of: index["relation"])
    guard statement.catalog[table]?.kind == .partitionedTable else { return [] }
    return [
      statement.finding(
        Self.id, .error, "\(table) is partitioned: PostgreSQL refuses to build an index on it CONCURRENTLY.",
        "Create it ON ONLY the parent, build it CONCURRENTLY on each partition, and attach each.", table: table,
        sized: false)
    ]
  }
}

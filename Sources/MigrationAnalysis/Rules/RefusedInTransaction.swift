import SQLSyntax
import SchemaAnalysis

/// A statement that PostgreSQL refuses inside a transaction, other than CREATE INDEX CONCURRENTLY.
struct RefusedInTransaction: MigrationRule {
  static let id = "refused-in-transaction"
  static let summary = "What PostgreSQL refuses inside a transaction runs outside one."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    guard statement.isInTransaction == true, let name = name(statement) else { return [] }
    return [
      statement.finding(
        Self.id, .error, "\(name) fails inside a transaction.",
        "Give it a migration of its own that the tool runs without a transaction.")
    ]
  }

  private func name(_ statement: StatementContext) -> String? {
    let node = statement.node
    let body = node.inner
    switch node.kind {
    case "DropStmt": return body["concurrent"].isTrue ? "DROP INDEX CONCURRENTLY" : nil
    case "ReindexStmt":
      if body["params"].elements.contains(where: { $0["DefElem"]["defname"].string == "concurrently" }) {
        return "REINDEX CONCURRENTLY"
      }
      return ["REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE"]
        .contains(body["kind"].string) ? "REINDEX of more than a table" : nil
    case "AlterTableStmt":
      return statement.changes.contains { $0.definition["PartitionCmd"]["concurrent"].isTrue }
        ? "DETACH PARTITION CONCURRENTLY" : nil
    case "VacuumStmt": return body["is_vacuumcmd"].isTrue ? "VACUUM" : nil
    case "CreatedbStmt": return "CREATE DATABASE"
    case "DropdbStmt": return "DROP DATABASE"
    case "CreateTableSpaceStmt": return "CREATE TABLESPACE"
    case "DropTableSpaceStmt": return "DROP TABLESPACE"
    case "AlterSystemStmt": return "ALTER SYSTEM"
    case "ClusterStmt": return body["relation"].isPresent ? nil : "CLUSTER of all tables"
    // Since 12 it may be added there, and only not be used before the commit.
    case "AlterEnumStmt":
      return statement.settings.postgres < 12 && !body["oldVal"].isPresent ? "ALTER TYPE … ADD VALUE" : nil
    default: return nil
    }
  }
}

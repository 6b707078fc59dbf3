internal import PostgreSQL
internal import TextFormats

/// The largest tables of a PostgreSQL database.
public struct DatabaseSizes: Sendable, Hashable {
  public struct Table: Sendable, Hashable {
    public var name: String
    /// Rows as the planner estimates them; nil where it has never looked.
    public var rows: Int?
    /// Bytes of the table itself with its out-of-line values, of its indexes, and of both.
    public var tableBytes: Int
    public var indexBytes: Int
    public var totalBytes: Int
    public var indexes: [String]
  }

  public var server: String
  public var database: String
  public var tables: [Table]

  /// Why the sizes could not be read.
  public struct Problem: Error {
    public var message: String
    /// Whether the address itself is at fault.
    public var isBadInput: Bool
  }

  /// The query, for those who run it by hand as well. Measured: \dt+ leaves out the indexes.
  public static let query = """
    SELECT n.nspname || '.' || c.relname AS "table", c.reltuples::bigint AS rows,
           pg_size_pretty(pg_table_size(c.oid)) AS "table size", pg_size_pretty(pg_indexes_size(c.oid)) AS indexes,
           pg_size_pretty(pg_total_relation_size(c.oid)) AS total
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    ORDER BY pg_total_relation_size(c.oid) DESC LIMIT 10;
    """

  private static let script = """
    SELECT json_build_object('server', current_setting('server_version'), 'database', current_database(), 'tables', coalesce((
      SELECT json_agg(json_build_object('name', t.name, 'rows', t.rows, 'table', t.table_bytes::text, 'indexes_size', t.index_bytes::text,
        'total', t.total_bytes::text, 'indexes', (
          SELECT coalesce(json_agg(i.relname || ': ' || pg_get_indexdef(i.oid) ORDER BY i.relname), '[]'::json)
          FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = t.oid)) ORDER BY t.total_bytes DESC, t.name)
      FROM (
        SELECT c.oid, n.nspname || '.' || c.relname AS name, c.reltuples::bigint::text AS rows, pg_table_size(c.oid) AS table_bytes,
          pg_indexes_size(c.oid) AS index_bytes, pg_total_relation_size(c.oid) AS total_bytes
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
        ORDER BY pg_total_relation_size(c.oid) DESC, 2 LIMIT 10) t), '[]'::json));
    """

  /// Asks a database, reading only. The address goes to psql by its environment, where other users do not see it.
  public static func read(_ address: String, environment: [String: String]) throws(Problem) -> DatabaseSizes {
    let lines: [String]
    do throws(PostgreSQLProblem) {
      let psql = Psql(try PostgreSQLAddress(address, option: "--database"), environment: environment)
      lines = try psql.run([Psql.Transaction("sizes", script, seconds: 20)], seconds: 40)
    } catch {
      let message =
        error.kind == .noClient
        ? "\(error.message); without it the tables cannot be asked for their sizes" : error.message
      throw Problem(message: message, isBadInput: error.isBadInput)
    }
    let answer = lines.joined(separator: "\n")
    guard let json = try? JSON.parse(Array(answer.utf8)), case .array(let rows) = json["tables"] ?? .null else {
      throw Problem(message: "what psql wrote could not be read", isBadInput: false)
    }
    func text(_ value: JSON?) -> String? { if case .string(let text)? = value { text } else { nil } }
    let tables = rows.map { row in
      var indexes: [String] = []
      if case .array(let items) = row["indexes"] ?? .null { indexes = items.compactMap { text($0)?.forLine } }
      let count = text(row["rows"]).flatMap { Int($0) }
      return Table(
        name: (text(row["name"]) ?? "").forLine, rows: count.flatMap { $0 < 0 ? nil : $0 },
        tableBytes: text(row["table"]).flatMap { Int($0) } ?? 0,
        indexBytes: text(row["indexes_size"]).flatMap { Int($0) } ?? 0,
        totalBytes: text(row["total"]).flatMap { Int($0) } ?? 0, indexes: indexes)
    }
    return DatabaseSizes(
      server: (text(json["server"]) ?? "").forLine, database: (text(json["database"]) ?? "").forLine, tables: tables)
  }
}

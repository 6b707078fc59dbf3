internal import Foundation
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
    \\set ON_ERROR_STOP on
    BEGIN TRANSACTION READ ONLY;
    SET LOCAL statement_timeout = '20s';
    SET LOCAL lock_timeout = '2s';
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
    ROLLBACK;
    """

  /// Asks a database, reading only. The address goes to psql by its environment, where other users do not see it.
  public static func read(_ address: String, environment: [String: String]) throws(Problem) -> DatabaseSizes {
    let settings = try connection(address)
    guard let psql = Subprocess.find("psql", in: environment) else {
      throw Problem(
        message: "psql is not installed; without it the tables cannot be asked for their sizes", isBadInput: false)
    }
    var own = [
      "PATH": environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C", "PGCONNECT_TIMEOUT": "5", "PGAPPNAME": "plumbline",
      "PSQLRC": "/dev/null", "PGCLIENTENCODING": "UTF8",
    ]
    for name in ["HOME", "PGPASSFILE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY"] {
      own[name] = environment[name]
    }
    for (name, value) in settings { own[name] = value }
    let bytes: [UInt8]
    do throws(Subprocess.Problem) {
      bytes = try Subprocess.run(psql, ["-X", "-q", "-A", "-t", "-w"], environment: own, input: script, seconds: 40)
    } catch {
      switch error {
      case .failed(_, let message):
        var text = message.split(separator: "\n").prefix(2).map { String($0).forLine }.joined(separator: " ")
        if let password = settings["PGPASSWORD"], !password.isEmpty { text = text.replacing(password, with: "…") }
        throw Problem(message: "the database did not answer: \(text)", isBadInput: false)
      case .timedOut: throw Problem(message: "the database took longer than 40 seconds", isBadInput: false)
      default: throw Problem(message: "psql could not be run", isBadInput: false)
      }
    }
    let trimmed = bytes.drop { $0 == 0x0A || $0 == 0x20 }
    guard let json = try? JSON.parse(Array(trimmed)), case .array(let rows) = json["tables"] ?? .null else {
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

  /// An address as libpq's environment variables.
  static func connection(_ address: String) throws(Problem) -> [String: String] {
    let example = "expected postgresql://user:password@host:5432/database"
    guard address.hasPrefix("postgresql://") || address.hasPrefix("postgres://") else {
      throw Problem(message: "--database: \(example)", isBadInput: true)
    }
    var rest = Substring(address[(address.ranges(of: "://").first?.upperBound ?? address.startIndex)...])
    var settings: [String: String] = [:]
    func plain(_ text: some StringProtocol) throws(Problem) -> String {
      guard let text = String(text).removingPercentEncoding, !text.unicodeScalars.contains(where: { $0.value < 0x20 })
      else {
        throw Problem(message: "--database: an escape in the address is broken; \(example)", isBadInput: true)
      }
      return text
    }
    var query: Substring = ""
    if let mark = rest.firstIndex(of: "?") {
      query = rest[rest.index(after: mark)...]
      rest = rest[..<mark]
    }
    if let slash = rest.firstIndex(of: "/") {
      let name = try plain(rest[rest.index(after: slash)...])
      if !name.isEmpty { settings["PGDATABASE"] = name }
      rest = rest[..<slash]
    }
    if let at = rest.lastIndex(of: "@") {
      let user = rest[..<at]
      if let colon = user.firstIndex(of: ":") {
        settings["PGUSER"] = try plain(user[..<colon])
        settings["PGPASSWORD"] = try plain(user[user.index(after: colon)...])
      } else if !user.isEmpty {
        settings["PGUSER"] = try plain(user)
      }
      rest = rest[rest.index(after: at)...]
    }
    if rest.hasPrefix("["), let close = rest.firstIndex(of: "]") {
      settings["PGHOST"] = String(rest[rest.index(after: rest.startIndex)..<close])
      rest = rest[rest.index(after: close)...]
    } else {
      let host = rest.prefix { $0 != ":" }
      if !host.isEmpty { settings["PGHOST"] = try plain(host) }
      rest = rest[host.endIndex...]
    }
    if rest.hasPrefix(":") {
      let port = rest.dropFirst()
      guard let number = Int(port), (1...65535).contains(number) else {
        throw Problem(message: "--database: the port is not a number from 1 to 65535; \(example)", isBadInput: true)
      }
      settings["PGPORT"] = "\(number)"
    }
    let known = [
      "sslmode": "PGSSLMODE", "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
      "dbname": "PGDATABASE", "sslrootcert": "PGSSLROOTCERT", "channel_binding": "PGCHANNELBINDING",
      "target_session_attrs": "PGTARGETSESSIONATTRS", "connect_timeout": "PGCONNECT_TIMEOUT", "service": "PGSERVICE",
    ]
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let name = known[parts[0]] else {
        throw Problem(
          message:
            "--database: the parameter “\(String(pair.prefix { $0 != "=" }).forLine)” is not known here; known are \(known.keys.sorted().joined(separator: ", "))",
          isBadInput: true)
      }
      settings[name] = try plain(parts[1])
    }
    return settings
  }
}

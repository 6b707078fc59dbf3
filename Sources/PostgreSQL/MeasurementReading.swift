internal import Foundation
internal import TextFormats

extension DatabaseMeasurement {
  /// Makes the values out of what the script printed.
  init(lines: [String]) throws(PostgreSQLProblem) {
    let sections = try Sections(lines)
    guard let server = Server(sections["server"]) else { throw Sections.unreadable }
    self.init(server: server.version, database: server.database, values: [], notMeasured: [])
    var reading = MeasurementReading(sections: sections, server: server)
    reading.read()
    for trait in Self.traits {
      if let value = reading.values[trait] {
        values.append(value)
      } else {
        notMeasured.append(Gap(trait: trait, reason: reading.gaps[trait] ?? "the server gave no answer"))
      }
    }
  }
}

/// What the script printed, an object a section.
private struct Sections {
  private var objects: [String: JSON] = [:]
  private var failures: [String: String] = [:]

  static let unreadable = PostgreSQLProblem(.unreadable, "what psql wrote could not be read")

  init(_ lines: [String]) throws(PostgreSQLProblem) {
    for line in lines {
      guard let object = try? JSON.parse(Array(line.utf8)) else { throw Self.unreadable }
      if let name = object["section"]?.text {
        objects[name] = object
      } else if let name = object["failed"]?.text {
        failures[name] = object["state"]?.text ?? ""
      } else {
        throw Self.unreadable
      }
    }
  }

  subscript(name: String) -> JSON? { objects[name] }

  /// Why a section is not there.
  func failure(_ name: String) -> String {
    switch failures[name] {
    case "57014": "the server gave up the question because it took too long"
    case "55P03": "the server was asked for a lock that somebody else held"
    case "42501": "this role may not ask for it"
    case .some(let state): "the server answered with error \(state.onOneLine(atMost: 5))"
    case nil: "the server gave no answer"
    }
  }
}

extension JSON {
  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }
  fileprivate var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  fileprivate var decimal: Decimal? { if case .number(let number) = self { number } else { nil } }
  fileprivate var double: Double? { decimal.map { NSDecimalNumber(decimal: $0).doubleValue } }
  fileprivate var count: Int? { double.flatMap { Int(exactly: $0.rounded()) } }
}

private struct Server {
  var version: String
  var number: Int
  var engine: String
  var database: String
  var isStandby: Bool
  var isAurora: Bool
  var maxConnections: Int
  var tracksCounts: Bool
  /// Whether the role sees the sessions and statements of others.
  var seesAll: Bool
  /// Of pg_stat_statements: ready, absent, not loaded, not tracking, forbidden.
  var statements: String
  var schema: String
  var toplevel: Bool

  init?(_ object: JSON?) {
    guard let object, let version = object["version"]?.text, let number = object["number"]?.count,
      let engine = object["engine"]?.text, let database = object["database"]?.text
    else { return nil }
    self.version = version.onOneLine(atMost: 100)
    self.number = number
    self.engine = engine
    self.database = database.onOneLine(atMost: 400)
    isStandby = object["standby"]?.flag ?? false
    isAurora = object["aurora"]?.flag ?? false
    maxConnections = object["max_connections"]?.count ?? 0
    tracksCounts = object["track_counts"]?.flag ?? true
    seesAll = object["sees_all"]?.flag ?? false
    statements = object["statements"]?.text ?? "absent"
    schema = object["schema"]?.text ?? ""
    toplevel = object["toplevel"]?.flag ?? false
  }

  var view: String {
    let plain = schema.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }
    return (plain ? schema : "\"\(schema.replacing("\"", with: "\"\""))\"") + ".pg_stat_statements"
  }
}

private struct MeasurementReading {
  let sections: Sections
  let server: Server
  var values: [String: DatabaseMeasurement.Value] = [:]
  var gaps: [String: String] = [:]

  /// Below this many statements a share of them is chance.
  static let leastForShare = 20

  private mutating func value(_ trait: String, _ answer: String, _ query: String, _ remark: String) {
    values[trait] = .init(trait: trait, answer: answer, query: query, remark: remark)
  }

  private mutating func gap(_ traits: String..., because reason: String) {
    for trait in traits where values[trait] == nil && gaps[trait] == nil { gaps[trait] = reason }
  }

  mutating func read() {
    engine()
    guard server.number >= 100_000 else {
      for trait in DatabaseMeasurement.traits {
        gap(trait, because: "the server is older than PostgreSQL 10, and is not measured")
      }
      return
    }
    size()
    rows()
    if server.isStandby {
      for trait in DatabaseMeasurement.traits { gap(trait, because: "this server is a standby; ask the primary") }
      return
    }
    connections()
    replicas()
    load()
    log()
  }

  // MARK: One look

  private mutating func engine() {
    let others = ["Redshift", "Greenplum", "CockroachDB", "-YB-", "Materialize", "RisingWave", "QuestDB", "CrateDB"]
    let isPostgreSQL = server.engine.hasPrefix("PostgreSQL ") && !others.contains { server.engine.contains($0) }
    value(
      "database_engine", isPostgreSQL ? "postgresql" : "other", "SELECT version();",
      isPostgreSQL
        ? "the server calls itself \(server.engine.split(separator: " on ").first.map { String($0).forMessage } ?? "")"
        : "the server speaks PostgreSQL's protocol and calls itself \(server.engine.forMessage)")
    guard isPostgreSQL else { return gap("database_version", because: "the server is not PostgreSQL itself") }
    let major = server.number / 10000
    value(
      "database_version", "\(major)", "SHOW server_version;",
      "this server is \(server.version); a replica or another installation may be older")
  }

  private mutating func size() {
    guard let bytes = sections["size"]?["bytes"]?.count else {
      return gap("data_size", because: sections.failure("size"))
    }
    value(
      "data_size", "\(bytes) B", MeasurementScript.size + ";",
      "the files of this database alone, indexes and bloat included; other databases of the server are not in it")
  }

  private mutating func rows() {
    guard let section = sections["rows"] else {
      return gap("largest_table_rows", because: sections.failure("rows"))
    }
    func name(_ table: JSON) -> String { (table["table"]?.text ?? "").forMessage }
    let query = MeasurementScript.largestQuery + " LIMIT 10;"
    let unknown = section["unknown"].flatMap { table in table["bytes_never_analysed"]?.count.map { (table, $0) } }
    guard let largest = section["largest"], let rows = largest["rows"]?.count else {
      return value("largest_table_rows", "0", query, "there is no table in this database")
    }
    if let (table, bytes) = unknown, bytes >= largest["bytes"]?.count ?? 0 || name(table) == name(largest) {
      let reason = "\(name(table)) was never analysed, so its rows are not known; run ANALYZE, then measure again"
      return gap("largest_table_rows", because: reason)
    }
    let parts = largest["parts"]?.count ?? 1
    value(
      "largest_table_rows", "\(rows)", query,
      name(largest) + (parts > 1 ? ", \(parts) partitions added up" : "")
        + ": an estimate by its size and the statistics, not counted"
        + (unknown.map { "; \(name($0.0)) was never analysed and is smaller on the disk" } ?? ""))
  }

  private mutating func connections() {
    let counts = ["counters-1", "counters-2"].compactMap { sections[$0]?["connections"]?.count }
    guard let most = counts.max() else { return gap("db_connections", because: sections.failure("counters-1")) }
    value(
      "db_connections", "\(most)",
      server.seesAll ? MeasurementScript.connectionsQuery : MeasurementScript.visibleConnectionsQuery,
      "client connections open now, to all databases of the server, which allows \(server.maxConnections) (max_connections); the peak may be higher, and clients in front of a pooler do not show"
        + (server.seesAll ? "" : "; this role does not see what kind they are, so parallel workers may be among them"))
  }

  private mutating func replicas() {
    if server.isAurora {
      return gap("has_read_replicas", because: "replicas in Aurora do not show in pg_stat_replication")
    }
    guard let section = sections["replicas"], let standbys = section["standbys"]?.count,
      let unseen = section["unseen"]?.count
    else { return gap("has_read_replicas", because: sections.failure("replicas")) }
    let query = MeasurementScript.replicas + ";"
    if standbys > 0 {
      value(
        "has_read_replicas", "yes", query,
        "\(standbys == 1 ? "1 standby streams" : "\(standbys) standbys stream") from this server; say no if no query is answered there, which does not show from here"
      )
    } else if unseen > 0 {
      gap(
        "has_read_replicas",
        because: "something replicates from this server, and this role may not see what; it needs pg_monitor")
    } else {
      value(
        "has_read_replicas", "no", query,
        "no standby streams from this server now; one that restores from an archive does not show")
    }
  }

  // MARK: Two samples

  private mutating func load() {
    let reason: String
    switch statements() {
    case .measured: return
    case .reset:
      return gap(
        "read_qps", "write_qps", "read_ratio", "identical_query_rate",
        because: "pg_stat_statements was reset between the samples; measure again")
    case .unavailable(let text): reason = text
    }
    gap("identical_query_rate", because: reason)
    counters(instead: reason)
  }

  private enum Source {
    case measured
    case reset
    case unavailable(String)
  }

  private mutating func statements() -> Source {
    switch server.statements {
    case "ready": break
    case "absent": return .unavailable("the extension pg_stat_statements is not installed in this database")
    case "not loaded":
      return .unavailable("pg_stat_statements is installed but not loaded (shared_preload_libraries)")
    case "not tracking": return .unavailable("pg_stat_statements counts nothing (pg_stat_statements.track is none)")
    default: return .unavailable("this role may not read pg_stat_statements")
    }
    guard let first = StatementSample(sections["statements-1"]), let second = StatementSample(sections["statements-2"])
    else {
      let missing = sections["statements-1"] == nil ? "statements-1" : "statements-2"
      return .unavailable("pg_stat_statements could not be read: \(sections.failure(missing))")
    }
    guard second.hidden == first.hidden else {
      return second.hidden < first.hidden
        ? .reset : .unavailable("this role may not see the statements of others; it needs pg_monitor")
    }
    let elapsed = second.at - first.at
    guard elapsed > 0, !second.wasReset(since: first) else { return .reset }
    let calls = second.calls(since: first)
    let reads = calls.reduce(0) { $1.statement.isRead ? $0 + $1.calls : $0 }
    let writes = calls.reduce(0) { $1.statement.isRead ? $0 : $0 + $1.calls }
    let view = server.view
    let readQuery = MeasurementScript.statementsQuery(view, MeasurementScript.isRead, toplevel: server.toplevel)
    let writeQuery = MeasurementScript.statementsQuery(view, MeasurementScript.isWrite, toplevel: server.toplevel)
    let over = Self.over(elapsed)
    value(
      "read_qps", Self.figure(Double(reads) / elapsed), readQuery,
      "\(reads) statements of this database that only read, counted by pg_stat_statements over \(over); the peak may be higher, and what functions do inside does not show"
    )
    value(
      "write_qps", Self.figure(Double(writes) / elapsed), writeQuery,
      "\(writes) statements of this database that change or lock rows, counted by pg_stat_statements over \(over); the peak may be higher, and what functions do inside does not show"
    )
    let all = reads + writes
    share(
      reads, of: all, "statements", readQuery,
      "\(reads) of \(all) statements of this database only read, by pg_stat_statements over \(over), not over a busy hour"
    )
    mostFrequent(calls, elapsed)
    return .measured
  }

  private mutating func share(_ reads: Int, of all: Int, _ what: String, _ query: String, _ remark: String) {
    guard all >= Self.leastForShare else {
      let few = "\(all) \(what) between the samples are too few for a share"
      return gap("read_ratio", because: all == 0 ? "the database was idle" : few)
    }
    value("read_ratio", Self.trimmed(String(format: "%.4f", Double(reads) / Double(all))), query, remark)
  }

  private mutating func mostFrequent(_ calls: [(statement: StatementSample.Statement, calls: Int)], _ elapsed: Double) {
    var sums: [String: (calls: Int, statement: StatementSample.Statement)] = [:]
    for (statement, count) in calls where statement.isRead {
      sums[statement.query, default: (0, statement)].calls += count
    }
    let top = sums.max { ($0.value.calls, $1.key) < ($1.value.calls, $0.key) }?.value
    let query = MeasurementScript.mostFrequentQuery(server.view, toplevel: server.toplevel)
    guard let top, top.calls > 0 else {
      return value("identical_query_rate", "0", query, "no statement read anything in \(Self.over(elapsed))")
    }
    // The text of any other statement may hold constants.
    let lowered = top.statement.text.lowercased()
    let text = lowered.hasPrefix("select ") || lowered.hasPrefix("with ") ? " (\(top.statement.text.forMessage))" : ""
    value(
      "identical_query_rate", Self.figure(Double(top.calls) / elapsed * 60), query,
      "the most frequent statement\(text) ran \(top.calls) times in \(Self.over(elapsed)); "
        + (top.statement.hasParameters
          ? "an upper bound, because calls with other parameters count too" : "it has no parameters"))
  }

  private mutating func counters(instead reason: String) {
    let traits = ["read_qps", "write_qps", "read_ratio"]
    guard server.tracksCounts else {
      for trait in traits { gap(trait, because: "\(reason), and the server counts no rows (track_counts is off)") }
      return
    }
    guard let first = CounterSample(sections["counters-1"]), let second = CounterSample(sections["counters-2"]) else {
      for trait in traits { gap(trait, because: sections.failure("counters-1")) }
      return
    }
    let elapsed = second.at - first.at
    let changed = second.changed - first.changed
    guard elapsed > 0, second.reset == first.reset, changed >= 0, second.transactions >= first.transactions else {
      for trait in traits { gap(trait, because: "the server's counters were reset between the samples; measure again") }
      return
    }
    // To connect takes a transaction, too.
    let other = MeasurementScript.ownTransactions + max(0, second.sessions - first.sessions)
    let transactions = max(0, second.transactions - first.transactions - other)
    let query = MeasurementScript.transactionsQuery
    let rate = Self.figure(Double(transactions) / elapsed)
    let basis = "\(reason), so by pg_stat_database over \(Self.over(elapsed))"
    guard changed < transactions || changed == 0 else {
      // Either the transactions held several statements, or the statements changed several rows.
      let low = Self.figure(Double(min(transactions, changed)) / elapsed)
      let high = Self.figure(Double(changed) / elapsed)
      value(
        "write_qps", low == high ? high : "\(low)..\(high)", query,
        "\(basis): from one write in each of \(rate) transactions a second to one for each row that was changed")
      return gap(
        "read_qps", "read_ratio",
        because: "\(basis) more rows were changed than transactions ended, and how many statements read does not show")
    }
    value(
      "write_qps", Self.figure(Double(changed) / elapsed), query,
      "\(basis): rows that were changed, a write taken to change one; a write of many rows counts as many")
    let reads = transactions - changed
    value(
      "read_qps", Self.figure(Double(reads) / elapsed), query,
      "\(basis): \(rate) transactions a second, each taken as one statement, less the rows that were changed; too low if transactions hold several statements"
    )
    share(
      reads, of: transactions, "transactions", query,
      "\(basis): \(transactions) transactions, each taken as one statement, less \(changed) rows that were changed")
  }

  private mutating func log() {
    if server.isAurora {
      return gap("log_rate", because: "Aurora keeps no write-ahead log on the server")
    }
    guard let first = sections["log-1"], let second = sections["log-2"], let start = first["at"]?.double,
      let end = second["at"]?.double, let before = first["bytes"]?.double, let after = second["bytes"]?.double,
      end > start, after >= before
    else {
      return gap("log_rate", because: sections.failure(sections["log-1"] == nil ? "log-1" : "log-2"))
    }
    value(
      "log_rate", Self.figure((after - before) / (end - start)) + " B/s", MeasurementScript.logQuery,
      "the log of the whole server over \(Self.over(end - start)), and the trait is the average of a day: at a busy time too high, at a quiet one too low"
    )
  }

  // MARK: Writing figures

  /// Whole from 1,000 on, otherwise with four significant digits at most.
  static func figure(_ number: Double) -> String {
    guard number > 0, number.isFinite else { return "0" }
    let digits = max(0, 3 - Int(log10(number).rounded(.down)))
    return trimmed(String(format: "%.\(min(digits, 12))f", number))
  }

  static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = Substring(text)
    while text.hasSuffix("0") { text = text.dropLast() }
    return String(text.hasSuffix(".") ? text.dropLast() : text)
  }

  static func over(_ seconds: Double) -> String { trimmed(String(format: "%.1f", seconds)) + " s" }
}

private struct CounterSample {
  var at: Double
  var transactions: Int
  var changed: Int
  var reset: String?
  /// Sessions that were begun; 0 where the server does not count them (before PostgreSQL 14).
  var sessions: Int

  init?(_ object: JSON?) {
    guard let object, let at = object["at"]?.double, let transactions = object["transactions"]?.count,
      let changed = object["changed"]?.count
    else { return nil }
    self.at = at
    self.transactions = transactions
    self.changed = changed
    reset = object["reset"]?.text
    sessions = object["sessions"]?.count ?? 0
  }
}

private struct StatementSample {
  struct Statement {
    /// The same for calls by all roles.
    var query: String
    var isRead: Bool
    var calls: Int
    var text: String
    var hasParameters: Bool
  }

  var at: Double
  /// Calls of statements whose text the role may not see.
  var hidden: Int
  /// By query and role.
  var statements: [String: Statement] = [:]

  init?(_ object: JSON?) {
    guard let object, let at = object["at"]?.double, let hidden = object["hidden"]?.count,
      case .array(let rows) = object["rows"] ?? .null
    else { return nil }
    self.at = at
    self.hidden = hidden
    for row in rows {
      guard case .array(let cells) = row, cells.count == 6, let query = cells[0].text, let role = cells[1].text,
        let kind = cells[2].text, let calls = cells[3].count
      else { return nil }
      statements["\(query)/\(role)"] = Statement(
        query: query, isRead: kind == "r", calls: calls, text: cells[4].text ?? "",
        hasParameters: cells[5].flag ?? true)
    }
  }

  /// A statement that is seldom called may have been dropped in between; if half of them were, all were.
  func wasReset(since first: StatementSample) -> Bool {
    let lost = first.statements.count { key, statement in (statements[key]?.calls ?? 0) < statement.calls }
    return lost * 2 > first.statements.count
  }

  func calls(since first: StatementSample) -> [(statement: Statement, calls: Int)] {
    statements.map { key, statement in
      let before = first.statements[key]?.calls ?? 0
      return (statement, statement.calls >= before ? statement.calls - before : statement.calls)
    }
  }
}

import Dispatch
import Foundation
import Processes
import Synchronization
import TestSupport
import Testing

@testable import PostgreSQL

/// Figures held against what was really done, in a PostgreSQL that the tests start.
@Suite(
  "Measured in a live PostgreSQL", .serialized,
  .disabled(if: InstalledPostgreSQL.absence != nil, "no PostgreSQL server here"))
struct LiveServerTests {
  private static let server = Result {
    try Server("shared_preload_libraries = 'pg_stat_statements'\nmax_connections = 40")
  }
  private static let environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
  /// Between the samples, where something is done in between; otherwise the shortest time will do.
  private static let seconds = 4.0

  /// A database with tables of known sizes, and with pg_stat_statements where it is not usually looked for.
  private func database(_ name: String, statements: Bool) throws -> Server {
    let server = try Self.server.get()
    guard try server.sql("SELECT count(*) FROM pg_database WHERE datname = '\(name)'") == "0" else { return server }
    try server.sql(
      """
      CREATE DATABASE \(name);
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'plain') THEN
          CREATE ROLE plain LOGIN PASSWORD '\(Server.password)';
          CREATE ROLE watcher LOGIN PASSWORD '\(Server.password)' IN ROLE pg_monitor;
        END IF;
      END $$;
      """)
    try server.sql(
      """
      CREATE TABLE item (id int PRIMARY KEY, v text);
      INSERT INTO item SELECT n, 'x' FROM generate_series(1, 2000) n;
      CREATE TABLE event (id int, day int) PARTITION BY LIST (day);
      CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
      CREATE TABLE event_2 PARTITION OF event FOR VALUES IN (2) PARTITION BY LIST (id);
      CREATE TABLE event_2_rest PARTITION OF event_2 DEFAULT;
      INSERT INTO event SELECT n, 1 + n % 2 FROM generate_series(1, 5000) n;
      ANALYZE;
      CREATE TABLE fresh (id int);
      INSERT INTO fresh SELECT generate_series(1, 700);
      """, in: name)
    if statements {
      try server.sql(
        #"CREATE SCHEMA "Odd ""name"; CREATE EXTENSION pg_stat_statements SCHEMA "Odd ""name"; GRANT USAGE ON SCHEMA "Odd ""name" TO PUBLIC;"#,
        in: name)
    }
    return server
  }

  private func measure(_ address: String, seconds: Double = 2) throws -> DatabaseMeasurement {
    try Self.measure(address, seconds: seconds)
  }

  private static func measure(_ address: String, seconds: Double) throws -> DatabaseMeasurement {
    try DatabaseMeasurement.measure(
      PostgreSQLAddress(address, option: "--from-database"), environment: environment, seconds: seconds)
  }

  /// Measures while a script runs between the samples.
  private func measure(
    _ server: Server, _ name: String, as role: String = "postgres", while work: String, _ look: () throws -> Void = {}
  ) async throws -> DatabaseMeasurement {
    let address = server.address(name, as: role)
    // On a thread of its own: a task would queue behind all other tests, and the pause would be over before its turn.
    let result = Mutex<Result<DatabaseMeasurement, any Error>?>(nil)
    let isDone = DispatchSemaphore(value: 0)
    let run = { @Sendable in
      let outcome = Result { try LiveServerTests.measure(address, seconds: LiveServerTests.seconds) }
      result.withLock { $0 = outcome }
      isDone.signal()
    }
    Thread(block: run).start()
    try server.waitForPause(in: name)
    try look()
    try server.sql(work, in: name)
    LiveServerTests.wait(for: isDone)
    return try #require(result.withLock { $0 }).get()
  }

  /// Not for tasks, which have better to do than to wait; here it keeps its place before other tests.
  private static func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }

  private func number(_ measured: DatabaseMeasurement, _ trait: String) throws -> Double {
    let answer = try #require(measured.answer(trait), "\(trait): \(measured.reason(trait))")
    return try #require(Double(answer.split(separator: " ").first ?? ""), "\(answer)")
  }

  /// The pause may take longer than it was told, and so the rate is a little lower.
  private func expect(_ rate: Double, is calls: Int, _ sourceLocation: SourceLocation = #_sourceLocation) {
    let whole = Double(calls) / Self.seconds
    #expect(rate <= whole && rate > whole * 0.9, "\(rate)/s for \(calls) calls", sourceLocation: sourceLocation)
  }

  private static func times(_ count: Int, _ statement: String) -> String {
    (1...count).map { statement.replacing("#", with: "\($0)") + "\n" }.joined()
  }

  private static let mix =
    times(300, "SELECT v FROM item WHERE id = #;") + times(50, "/* list */ (SELECT count(*) FROM item);")
    + times(10, "WITH a AS (SELECT 1) SELECT * FROM a;") + times(40, "UPDATE item SET v = 'y' WHERE id = #;")
    + times(20, "INSERT INTO item VALUES (# + 100000, 'z');") + times(10, "DELETE FROM item WHERE id = # + 100000;")
    + times(6, "SELECT v FROM item WHERE id = # FOR UPDATE;")
    + times(4, "WITH a AS (DELETE FROM item WHERE id = # + 1900 RETURNING 1) SELECT count(*) FROM a;")
    + "BEGIN; SET LOCAL work_mem = '8MB'; SHOW work_mem; COMMIT;\nCOPY item FROM STDIN;\n900000\tc\n\\.\n"

  @Test("With pg_stat_statements, reads and writes are counted as they were made", arguments: ["postgres", "watcher"])
  func statements(role: String) async throws {
    let server = try database("counted_\(role)", statements: true)
    let name = "counted_\(role)"
    let idle = try (0..<3).map { _ in try server.connection(to: "postgres", as: "plain") }
    defer { for handle in idle { try? handle.close() } }
    let start = try server.sql("SELECT pg_current_wal_lsn()")
    let measured = try await measure(server, name, as: role, while: Self.mix) {
      let processes = try Subprocess.run(
        "/bin/ps", ["-eo", "args"], environment: Self.environment, seconds: 10)
      let arguments = String(decoding: processes, as: UTF8.self)
      #expect(arguments.contains("psql -X -q -A -t -w"))
      #expect(!arguments.contains(Server.password) && !arguments.contains("hush%20hush"))
    }
    expect(try number(measured, "read_qps"), is: 360)
    #expect(measured.remark("read_qps").hasPrefix("360 statements"))
    expect(try number(measured, "write_qps"), is: 81)
    #expect(measured.remark("write_qps").hasPrefix("81 statements"))
    #expect(measured.answer("read_ratio") == "0.8163")
    expect(try number(measured, "identical_query_rate") / 60, is: 300)
    #expect(measured.remark("identical_query_rate").contains("SELECT v FROM item WHERE id = $1"))
    #expect(measured.remark("identical_query_rate").contains("ran 300 times"))
    // The three, and the one that did the work or looked on, if it was still there.
    #expect((3...5).contains(try number(measured, "db_connections")))
    #expect(measured.remark("db_connections").contains("allows 40"))
    #expect(measured.answer("has_read_replicas") == "no")
    #expect(measured.answer("database_engine") == "postgresql")
    #expect(measured.answer("largest_table_rows") == "5000")
    #expect(measured.remark("largest_table_rows").contains("public.event, 2 partitions added up"))
    let log = try #require(Double(try server.sql("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '\(start)')")))
    let share = try number(measured, "log_rate") * Self.seconds / log
    #expect((0.5...1).contains(share), "\(share) of \(log) bytes")
    #expect(!measured.summary.contains("hush"))
    let size = try server.sql("SELECT pg_database_size('\(name)')")
    #expect(try abs(number(measured, "data_size") / #require(Double(size)) - 1) < 0.02)
    // Each query works as it stands.
    for value in measured.values {
      let answer = try server.sql("SET default_transaction_read_only = on; \(value.query)", in: name, as: role)
      #expect(!answer.isEmpty, "\(value.trait)")
    }
  }

  @Test("Without pg_stat_statements, single statements in their own transactions come out nearly right")
  func counters() async throws {
    let server = try database("uncounted", statements: false)
    let measured = try await measure(
      server, "uncounted", as: "plain",
      while: Self.times(300, "SELECT v FROM item WHERE id = #;")
        + Self.times(100, "UPDATE item SET v = 'y' WHERE id = #;"))
    expect(try number(measured, "read_qps"), is: 300)
    expect(try number(measured, "write_qps"), is: 100)
    #expect(measured.answer("read_ratio") == "0.75")
    #expect(measured.reason("identical_query_rate").contains("not installed"))
    // Bloat is not taken for rows, and neither is what was deleted.
    try server.sql("ANALYZE", in: "uncounted")
    try server.sql("UPDATE item SET v = 'w';\nDELETE FROM event;", in: "uncounted")
    try server.sql("DELETE FROM item WHERE id > 1500", in: "uncounted")
    #expect(try measure(server.address("uncounted")).answer("largest_table_rows") == "1500")
    let bulk = try await measure(
      server, "uncounted",
      while: "INSERT INTO item SELECT n, 'b' FROM generate_series(10000, 10999) n;\n"
        + Self.times(100, "SELECT v FROM item WHERE id = #;"))
    #expect(bulk.answer("write_qps")?.contains("..") == true)
    #expect(bulk.answer("read_qps") == nil && bulk.answer("read_ratio") == nil)
  }

  @Test("A role without privileges measures what it may, and an idle database has no ratio")
  func unprivileged() async throws {
    let server = try database("counted_plain", statements: true)
    let before = try server.sql("SELECT count(*), max(oid::bigint) FROM pg_class", in: "counted_plain")
    let connections = try (0..<2).map { _ in try server.connection(to: "postgres") }
    defer { for handle in connections { try? handle.close() } }
    let idle = try measure(server.address("counted_plain", as: "plain"))
    #expect(idle.answer("db_connections") == "2")
    #expect(idle.answer("read_qps") == "0" && idle.answer("write_qps") == "0")
    #expect(idle.reason("read_ratio") == "the database was idle")
    #expect(idle.answer("largest_table_rows") == "5000")
    #expect(try server.sql("SELECT count(*), max(oid::bigint) FROM pg_class", in: "counted_plain") == before)
    let busy = try await measure(
      server, "counted_plain", as: "plain", while: Self.times(200, "SELECT v FROM item WHERE id = #;"))
    #expect(busy.reason("identical_query_rate").contains("pg_monitor"))
    expect(try number(busy, "read_qps"), is: 200)
    #expect(busy.remark("read_qps").contains("by pg_stat_database"))
  }

  @Test("Counters that are reset in between are noticed")
  func reset() async throws {
    let server = try database("counted_reset", statements: true)
    try server.sql(Self.times(30, "SELECT v FROM item WHERE id = #;"), in: "counted_reset")
    let measured = try await measure(
      server, "counted_reset", while: #"SELECT "Odd ""name".pg_stat_statements_reset();"#)
    #expect(measured.reason("read_qps").contains("reset between the samples"))
    let other = try database("uncounted_reset", statements: false)
    let counters = try await measure(other, "uncounted_reset", while: "SELECT pg_stat_reset();")
    #expect(counters.reason("read_qps").contains("reset between the samples"))
  }

  @Test("A library that is installed but not loaded is named; a table that nobody looked at leaves its rows unknown")
  func notLoaded() async throws {
    let server = try Server()
    try server.sql("CREATE DATABASE shop")
    try server.sql("CREATE EXTENSION pg_stat_statements", in: "shop")
    let measured = try await measure(
      server, "shop",
      // As after a crash, the statistics know nothing of it.
      while: "SET track_counts = off;\nCREATE TABLE t AS SELECT generate_series(1, 9000);")
    #expect(measured.reason("identical_query_rate").contains("not loaded"))
    #expect(measured.reason("largest_table_rows").contains("public.t was never analysed"))
  }

  @Test("A standby is seen from its primary, and is sent there with the questions that it cannot answer")
  func standby() async throws {
    let primary = try database("copied", statements: true)
    let standby = try Server(standbyOf: primary)
    let seen = try measure(primary.address("copied", as: "watcher"))
    #expect(seen.answer("has_read_replicas") == "yes")
    let unseen = try measure(primary.address("copied", as: "plain"))
    #expect(unseen.reason("has_read_replicas").contains("pg_monitor"))
    let copy = try measure(standby.address("copied"))
    #expect(copy.values.map(\.trait) == ["database_engine", "database_version", "data_size", "largest_table_rows"])
    #expect(copy.answer("largest_table_rows") == "5000")
    #expect(copy.reason("log_rate").contains("ask the primary"))
  }

  @Test("Nothing can be written, and a statement that takes too long is given up")
  func readOnly() throws {
    let server = try database("guarded", statements: false)
    let psql = try Psql(
      PostgreSQLAddress(server.address("guarded"), option: "--from-database"), environment: Self.environment)
    for statement in [
      "CREATE TABLE written ();", "INSERT INTO public.item VALUES (-1);", "DELETE FROM public.item;",
      "SELECT nextval('public.s');", "VACUUM public.item;",
    ] {
      try server.sql("CREATE SEQUENCE IF NOT EXISTS s", in: "guarded")
      let problem = #expect(throws: PostgreSQLProblem.self, "\(statement)") {
        try psql.run([.init("write", statement, seconds: 5)], seconds: 20)
      }
      #expect(problem?.kind == .noAnswer)
      #expect(problem?.message.contains("read-only transaction") == true || statement.hasPrefix("VACUUM"))
    }
    #expect(try server.sql("SELECT count(*) FROM item", in: "guarded") == "2000")
    let lines = try psql.run(
      [.init("slow", "SELECT pg_sleep(5);", seconds: 0.3, mayFail: true), .init("next", "SELECT '{}';", seconds: 1)],
      seconds: 20)
    #expect(lines == [#"{"failed": "slow", "state": "57014"}"#, "{}"])
    let whole = #expect(throws: PostgreSQLProblem.self) {
      try psql.run([.init("slow", "SELECT pg_sleep(5);", seconds: 9)], seconds: 1)
    }
    #expect(whole?.kind == .tooSlow)
  }

  @Test("What fails is told without the password")
  func failures() throws {
    let server = try database("guarded", statements: false)
    for (address, words) in [
      (server.address("guarded", password: "hush-hush"), "password authentication failed"),
      (server.address("absent"), "does not exist"),
      (server.address("guarded").replacing(":\(server.port)", with: ":1"), "onnection refused"),
    ] {
      let problem = #expect(throws: PostgreSQLProblem.self) { try measure(address) }
      #expect(problem?.kind == .noAnswer && problem?.isBadInput == false)
      #expect(problem?.message.contains(words) == true, "\(problem?.message ?? "")")
      #expect(problem?.message.contains("hush") == false)
    }
    let none = #expect(throws: PostgreSQLProblem.self) {
      try DatabaseMeasurement.measure(
        PostgreSQLAddress(server.address("guarded"), option: "--from-database"), environment: ["PATH": "/nonexistent"],
        seconds: 2)
    }
    #expect(none?.kind == .noClient)
  }
}

extension DatabaseMeasurement {
  fileprivate var summary: String {
    values.map { "\($0.trait): \($0.answer) — \($0.remark)\n" }.joined()
      + notMeasured.map { "\($0.trait): not measured, \($0.reason)\n" }.joined()
  }
}

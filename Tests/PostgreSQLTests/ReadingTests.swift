import Testing

@testable import PostgreSQL

/// What the server prints, with parts exchanged.
private struct Answer {
  var server =
    #"{"section":"server","version":"15.4 (Debian)","number":150004,"engine":"PostgreSQL 15.4 (Debian) on x86_64, compiled","database":"shop","standby":false,"aurora":false,"max_connections":100,"track_counts":true,"sees_all":true,"statements":"ready","schema":"Stat s","toplevel":true}"#
  var counters1: String? = Answer.counters(1, at: 100, transactions: 1000, changed: 500)
  var counters2: String? = Answer.counters(2, at: 110, transactions: 2004, changed: 600)
  var statements1: String? = Answer.statements(1, at: 100, #"["1","10","r",1000,"SELECT a FROM t",false]"#)
  var statements2: String? = Answer.statements(2, at: 110, #"["1","10","r",1090,"SELECT a FROM t",false]"#)
  var log1: String? = #"{"section":"log-1","at":100,"bytes":123456789012345}"#
  var log2: String? = #"{"section":"log-2","at":110.5,"bytes":123456789222345}"#
  var size: String? = #"{"section":"size","bytes":7340032}"#
  var rows: String? = Answer.rows(largest: Answer.table("public.t", rows: 1843, bytes: 8192))
  var replicas: String? = #"{"section":"replicas","standbys":0,"unseen":0}"#

  static func counters(_ number: Int, at: Double, transactions: Int, changed: Int, reset: String = "null") -> String {
    #"{"section":"counters-\#(number)","at":\#(at),"transactions":\#(transactions),"changed":\#(changed),"reset":\#(reset),"connections":\#(6 + number)}"#
  }
  static func statements(_ number: Int, at: Double, hidden: Int = 0, _ rows: String...) -> String {
    #"{"section":"statements-\#(number)","at":\#(at),"hidden":\#(hidden),"rows":[\#(rows.joined(separator: ","))]}"#
  }
  static func table(_ name: String, rows: Int, bytes: Int, never: Int = 0, parts: Int = 1) -> String {
    #"{"table":"\#(name)","rows":\#(rows),"parts":\#(parts),"bytes":\#(bytes),"bytes_never_analysed":\#(never)}"#
  }
  static func rows(largest: String = "null", unknown: String = "null") -> String {
    #"{"section":"rows","largest":\#(largest),"unknown":\#(unknown)}"#
  }

  func replacing(_ text: String, _ other: String) -> Answer {
    var answer = self
    answer.server = server.replacing(text, with: other)
    return answer
  }

  func read() throws -> DatabaseMeasurement {
    let lines = [server, counters1, statements1, log1, counters2, statements2, log2, size, rows, replicas]
    return try DatabaseMeasurement(lines: lines.compactMap { $0 })
  }
}

extension DatabaseMeasurement {
  func answer(_ trait: String) -> String? { values.first { $0.trait == trait }?.answer }
  func remark(_ trait: String) -> String { values.first { $0.trait == trait }?.remark ?? "" }
  func query(_ trait: String) -> String { values.first { $0.trait == trait }?.query ?? "" }
  func reason(_ trait: String) -> String { notMeasured.first { $0.trait == trait }?.reason ?? "" }
}

@Suite("What the server answered becomes answers")
struct ReadingTests {
  @Test("All that can be told, in a fixed order")
  func busy() throws {
    var answer = Answer()
    answer.statements2 = Answer.statements(
      2, at: 110, #"["1","10","r",1090,"SELECT a FROM t",false]"#, #"["2","10","w",10,"UPDATE t SET a = $1",true]"#,
      #"["3","10","r",60,"SELECT a FROM t WHERE id = $1",true]"#,
      #"["3","11","r",60,"SELECT a FROM t WHERE id = $1",true]"#)
    let measured = try answer.read()
    #expect(measured.server == "15.4 (Debian)")
    #expect(measured.database == "shop")
    #expect(
      measured.values.map { "\($0.trait): \($0.answer)" } == [
        "database_engine: postgresql", "database_version: 15", "data_size: 7340032 B", "largest_table_rows: 1843",
        "db_connections: 8", "has_read_replicas: no", "read_qps: 21", "write_qps: 1", "read_ratio: 0.9545",
        "identical_query_rate: 720", "log_rate: 20000 B/s",
      ])
    #expect(measured.notMeasured.isEmpty)
    #expect(measured.query("read_qps").contains(#"FROM "Stat s".pg_stat_statements"#))
    #expect(measured.remark("identical_query_rate").contains("upper bound"))
    #expect(measured.remark("db_connections").contains("allows 100"))
    for value in measured.values {
      #expect(value.query.hasSuffix(";") && !value.remark.isEmpty && !value.remark.contains("\n"), "\(value.trait)")
    }
  }

  @Test("An idle database has rates of 0 and no ratio")
  func idle() throws {
    var answer = Answer()
    answer.statements2 = answer.statements1?.replacing("-1\",\"at\":100", with: "-2\",\"at\":110")
    let measured = try answer.read()
    #expect(measured.answer("read_qps") == "0")
    #expect(measured.answer("write_qps") == "0")
    #expect(measured.answer("identical_query_rate") == "0")
    #expect(measured.reason("read_ratio") == "the database was idle")
    var few = Answer().replacing("ready", "absent")
    few.counters2 = Answer.counters(2, at: 110, transactions: 1009, changed: 500)
    #expect(try few.read().reason("read_ratio").hasPrefix("5 transactions between the samples are too few"))
    few.counters2 = Answer.counters(2, at: 110, transactions: 1003, changed: 500)
    #expect(try few.read().answer("read_qps") == "0")
  }

  @Test("Counters that were reset between the samples give no rate")
  func reset() throws {
    var answer = Answer()
    answer.statements2 = Answer.statements(2, at: 110, #"["1","10","r",3,"SELECT a FROM t",false]"#)
    for trait in ["read_qps", "write_qps", "read_ratio", "identical_query_rate"] {
      #expect(try answer.read().reason(trait).contains("reset between the samples"), "\(trait)")
    }
    var counters = Answer().replacing("ready", "absent")
    counters.counters2 = Answer.counters(2, at: 110, transactions: 20, changed: 3)
    #expect(try counters.read().reason("read_qps").contains("reset between the samples"))
    counters.counters2 = Answer.counters(2, at: 110, transactions: 2000, changed: 600, reset: "\"2026-11-22\"")
    #expect(try counters.read().reason("write_qps").contains("reset between the samples"))
  }

  @Test("One statement of many that was dropped and came back is no reset")
  func evicted() throws {
    var answer = Answer()
    answer.statements1 = Answer.statements(
      1, at: 100, #"["1","10","r",1000,"SELECT 1",false]"#, #"["2","10","r",50,"SELECT 2",false]"#,
      #"["3","10","r",5,"SELECT 3",false]"#)
    answer.statements2 = Answer.statements(
      2, at: 110, #"["1","10","r",1100,"SELECT 1",false]"#, #"["2","10","r",50,"SELECT 2",false]"#,
      #"["3","10","r",2,"SELECT 3",false]"#)
    #expect(try answer.read().answer("read_qps") == "10.2")
  }

  @Test(
    "Without pg_stat_statements the transactions and the rows of the database stand in, and say so",
    arguments: ["absent", "not loaded", "not tracking", "forbidden"])
  func counters(state: String) throws {
    let measured = try Answer().replacing("ready", state).read()
    // 1,000 transactions besides the four of its own, 100 rows changed, in 10 s.
    #expect(measured.answer("write_qps") == "10")
    #expect(measured.answer("read_qps") == "90")
    #expect(measured.answer("read_ratio") == "0.9")
    #expect(measured.remark("read_qps").contains("pg_stat_statements"))
    #expect(measured.remark("read_qps").contains("by pg_stat_database"))
    #expect(measured.reason("identical_query_rate").contains("pg_stat_statements"))
  }

  @Test("More rows changed than transactions: a range for the writes, and nothing of the reads")
  func bulk() throws {
    var answer = Answer().replacing("ready", "absent")
    answer.counters2 = Answer.counters(2, at: 110, transactions: 1104, changed: 1500)
    let measured = try answer.read()
    #expect(measured.answer("write_qps") == "10..100")
    #expect(measured.answer("read_qps") == nil)
    #expect(measured.reason("read_ratio").contains("more rows were changed than transactions ended"))
  }

  @Test("A role that does not see the statements of others is told what it needs")
  func hidden() throws {
    var answer = Answer().replacing("\"sees_all\":true", "\"sees_all\":false")
    answer.statements2 = Answer.statements(2, at: 110, hidden: 7)
    let measured = try answer.read()
    #expect(measured.answer("read_qps") == "90")
    #expect(measured.remark("read_qps").contains("pg_monitor"))
    #expect(measured.reason("identical_query_rate").contains("pg_monitor"))
    #expect(measured.remark("db_connections").contains("does not see what kind"))
    answer.replicas = #"{"section":"replicas","standbys":0,"unseen":1}"#
    #expect(try answer.read().reason("has_read_replicas").contains("pg_monitor"))
  }

  @Test("A table that was never analysed and is the largest leaves its rows unknown")
  func neverAnalysed() throws {
    var answer = Answer()
    answer.rows = Answer.rows(
      largest: Answer.table("public.t", rows: 10, bytes: 8192),
      unknown: Answer.table("public.new", rows: 0, bytes: 9_000_000, never: 9_000_000))
    #expect(try answer.read().reason("largest_table_rows").contains("public.new was never analysed"))
    answer.rows = Answer.rows(
      largest: Answer.table("public.t", rows: 10, bytes: 9_000_000, parts: 3),
      unknown: Answer.table("public.new", rows: 0, bytes: 8192, never: 8192))
    #expect(try answer.read().answer("largest_table_rows") == "10")
    #expect(try answer.read().remark("largest_table_rows").contains("3 partitions added up"))
    answer.rows = Answer.rows()
    #expect(try answer.read().answer("largest_table_rows") == "0")
  }

  @Test("A standby tells its size, and not what only the primary knows")
  func standby() throws {
    var answer = Answer().replacing("\"standby\":false", "\"standby\":true")
    (answer.log1, answer.log2, answer.replicas) = (nil, nil, nil)
    let measured = try answer.read()
    #expect(measured.values.map(\.trait) == ["database_engine", "database_version", "data_size", "largest_table_rows"])
    #expect(measured.reason("write_qps").contains("ask the primary"))
  }

  @Test("Servers that are old, or not PostgreSQL itself")
  func others() throws {
    let old = try DatabaseMeasurement(lines: [Answer().replacing("150004", "90624").server])
    #expect(old.values.map(\.trait) == ["database_engine", "database_version"])
    #expect(old.reason("read_qps").contains("older than PostgreSQL 10"))
    let other = try Answer().replacing("PostgreSQL 15.4 (Debian) on", "PostgreSQL 11.2-YB-2.18 on").read()
    #expect(other.answer("database_engine") == "other")
    #expect(other.answer("database_version") == nil)
    let aurora = try Answer().replacing("\"aurora\":false", "\"aurora\":true").read()
    #expect(aurora.reason("has_read_replicas").contains("Aurora"))
  }

  @Test("A question that failed is missing with its reason; the others stay")
  func failures() throws {
    var answer = Answer()
    answer.size = #"{"failed": "size", "state": "57014"}"#
    answer.replicas = nil
    let measured = try answer.read()
    #expect(measured.reason("data_size").contains("took too long"))
    #expect(measured.reason("has_read_replicas") == "the server gave no answer")
    #expect(measured.answer("read_qps") == "9")
    #expect(measured.values.count + measured.notMeasured.count == DatabaseMeasurement.traits.count)
  }

  @Test("What cannot be read is an error", arguments: ["", "nonsense", "{}", "[1]", #"{"section":"server"}"#, "{\"a"])
  func unreadable(line: String) {
    let problem = #expect(throws: PostgreSQLProblem.self) { try DatabaseMeasurement(lines: [line]) }
    #expect(problem?.kind == .unreadable)
  }
}

import MigrationAnalysis
import SchemaAnalysis
import TestSupport
import Testing

@Suite("Sizes of tables")
struct SizeTests {
  private let orders = ObjectName("public", "orders")

  @Test("The first source that knows a table is believed; a bound holds of all")
  func precedence() {
    let sizes = TableSizes(sources: [
      SizeSource("hand", named: ["orders": 5...5]),
      SizeSource("stats", tables: [orders: 9...9, ObjectName("public", "users"): 7...7]),
      SizeSource("answers", largest: 1000, largestOrigin: "bound"),
    ])
    #expect(sizes.rows(of: orders) == RowCount(5...5, origin: "hand"))
    #expect(sizes.rows(of: ObjectName("public", "users")) == RowCount(7...7, origin: "stats"))
    #expect(sizes.rows(of: ObjectName("audit", "log")) == RowCount(0...1000, origin: "bound"))
    #expect(sizes.knows(orders))
    #expect(!sizes.knows(ObjectName("audit", "log")))
    #expect(TableSizes().rows(of: orders) == .unknown)
  }

  @Test(
    "Above, not above, cannot tell",
    arguments: [
      (0...1_000_000, false), (1_000_001...1_000_001, true), (0...1_000_001, nil), (999_999...2_000_000, nil),
    ] as [(ClosedRange<Int>, Bool?)])
  func bounds(_ range: ClosedRange<Int>, _ expected: Bool?) {
    #expect(RowCount(range, origin: "").isAbove(1_000_000) == expected)
  }

  @Test("Sources that differ widely are a conflict")
  func conflicts() {
    func conflicts(_ one: ClosedRange<Int>, _ other: SizeSource) -> Int {
      TableSizes(sources: [SizeSource("one", tables: [orders: one]), other]).conflicts.count
    }
    #expect(conflicts(10_000...10_000, SizeSource("two", tables: [orders: 5000...5000])) == 0)
    #expect(conflicts(10_001...10_001, SizeSource("two", tables: [orders: 4999...4999])) == 1)
    #expect(conflicts(900...900, SizeSource("two", tables: [orders: 1...1])) == 0)
    #expect(conflicts(50_000...50_000, SizeSource("two", largest: 10_000)) == 1)
    #expect(conflicts(5_000...5_000, SizeSource("two", largest: 10_000)) == 0)
  }

  @Test("A record's name speaks of tables")
  func records() {
    var source = SizeSource("answers")
    source.add(record: "Orders: add an index", rows: 5...5)
    source.add(record: "orders, drop a column", rows: 8...9)
    source.add(record: "audit.log", rows: 3...3)
    let sizes = TableSizes(sources: [source])
    #expect(sizes.rows(of: orders).range == 5...9)
    #expect(sizes.rows(of: ObjectName("audit", "log")).range == 3...3)
    #expect(sizes.rows(of: ObjectName("public", "users")).range == nil)
  }

  private static let csv = """
    schema,table,rows,bytes,analyzed,server
    public,orders,12000000,9000000000,2026-11-20,150018
    public,"odd, name",-1,8192,,150018
    """
  private static let aligned = """
     schema |   table   |   rows   |   bytes    |  analyzed  | server
    --------+-----------+----------+------------+------------+--------
     public | orders    | 12000000 | 9000000000 | 2026-11-20 | 150018
     public | odd, name |       -1 |       8192 |            | 150018
    (2 rows)

    """
  private static let unaligned = """
    public|orders|12000000|9000000000|2026-11-20|150018
    public|odd, name|-1|8192||150018

    """
  private static let json = """
    [{"schema": "public", "table": "orders", "rows": 12000000, "bytes": 9000000000, "analyzed": "2026-11-20", "server": 150018},
     {"schema": "public", "table": "odd, name", "rows": "-1", "bytes": 8192, "analyzed": "", "server": 150018}]
    """

  @Test(
    "Statistics as clients write them",
    arguments: [csv, aligned, unaligned, json, "\u{FEFF}" + csv, csv.replacing("\n", with: "\r\n")])
  func forms(_ text: String) throws {
    let read = try TableStatistics(bytes: Array(text.utf8), named: "stats")
    #expect(read.server == 15)
    #expect(read.tables.map(\.name.description) == ["public.orders", "public.odd, name"])
    #expect(read.tables.map(\.rows) == [12_000_000, nil])
    #expect(read.tables[0].analyzed == "2026-11-20")
    #expect(read.neverAnalysed == [ObjectName("public", "odd, name")])
    #expect(TableSizes(sources: [read.source("x")]).rows(of: orders).range == 12_000_000...12_000_000)
  }

  @Test(
    "Files that are none say where and what was expected",
    arguments: [
      ("", "stats:1:1: the file is empty"), ("hello", "stats:1:1: found 1 field"),
      ("a,b\nc,d", "stats:1:1: found 2 fields"), ("[1", "stats:1:3: this is not JSON"),
      ("[1]", "entry 1: expected an object"),
      ("public,orders,many", "rows of orders: found “many”"),
      ("public,orders,5\npublic,orders,6", "stats:2:1: public.orders stands"),
      ("schema,table,rows", "no table stands in the file"), ("public,\"orders,5", "stats:1:1: a quote"),
      ("public,orders,-7", "found “-7”"), ("{\"x\": 1}", "expected a list of tables"),
      ("public,orders,1e300", "expected a number"),
    ])
  func problems(_ text: String, _ expected: String) {
    do {
      _ = try TableStatistics(bytes: Array(text.utf8), named: "stats")
      Issue.record("it was read")
    } catch {
      #expect(error.description.contains(expected), "\(error.description)")
    }
  }

  @Test("Bytes of any kind are read or refused")
  func noise() {
    var random = SeededGenerator(seed: 11)
    let pool = Array(Self.csv.utf8) + Array(Self.json.utf8) + Array(Self.aligned.utf8) + [0, 0xFF, 0xC3]
    for _ in 0..<size(200, full: 20_000) {
      let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in pool.randomElement(using: &random) ?? 0 }
      if let read = try? TableStatistics(bytes: bytes, named: "stats") { #expect(!read.tables.isEmpty) }
    }
  }
}

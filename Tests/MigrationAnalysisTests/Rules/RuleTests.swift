import Foundation
import MigrationAnalysis
import SQLSyntax
import SchemaAnalysis
import Testing

@Suite struct RuleTests {
  private let orders = ObjectName("public", "orders")

  private func settings(_ rows: ClosedRange<Int>?, live: Bool = true, postgres: Int = 15) -> MigrationSettings {
    MigrationSettings(
      postgres: postgres, sizes: TableSizes(rows.map { [orders: RowCount($0, origin: "a test")] } ?? [:]),
      isLive: live)
  }

  private func severity(
    _ rule: String, _ sql: String..., settings: MigrationSettings
  ) -> Severity? {
    review(sql, settings: settings).findings.first { $0.rule == rule }?.severity
  }

  @Test func haveRowsInTheDocumentation() throws {
    let page = try String(contentsOf: Cases.root.appending(path: "docs/migration-rules.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
    for entry in MigrationRules.entries { #expect(rows.contains { $0.hasPrefix("| `\(entry.id)`") }, "\(entry.id)") }
    #expect(MigrationRules.entries.count == Set(MigrationRules.entries.map(\.id)).count)
  }

  @Test(
    arguments: [
      (100_000...100_000, Severity?.some(.note)), (100_001...100_001, .error), (0...200_000, .warning), (0...5, .note),
      (nil, .warning),
    ] as [(ClosedRange<Int>?, Severity?)])
  func weighBySize(_ rows: ClosedRange<Int>?, _ expected: Severity?) {
    let index = "CREATE INDEX i ON orders (region)"
    #expect(severity("require-concurrent-index-creation", index, settings: settings(rows)) == expected)
    #expect(
      severity("adding-not-nullable-field", "ALTER TABLE orders ALTER region SET NOT NULL", settings: settings(rows))
        == expected)
    #expect(
      severity("changing-column-type", "ALTER TABLE orders ALTER a TYPE bigint", settings: settings(rows)) != .error)
    // What fails or breaks code does so at any size.
    let required = "ALTER TABLE orders ADD COLUMN a text NOT NULL"
    #expect(severity("adding-required-field", required, settings: settings(rows)) == .error)
    #expect(severity("renaming-column", "ALTER TABLE orders RENAME a TO b", settings: settings(rows)) == .error)
  }

  @Test(arguments: [(10_000_000, Severity.note), (10_000_001, .warning)])
  func callForConcurrencyBySizeWhereNobodyWrites(_ rows: Int, _ expected: Severity) {
    let index = "CREATE INDEX i ON orders (region)"
    let settings = settings(rows...rows, live: false)
    #expect(severity("require-concurrent-index-creation", index, settings: settings) == expected)
  }

  @Test(arguments: [
    (1_000_000, "ALTER TABLE orders ADD CHECK (a > 0)", Severity?.none),
    (1_000_001, "ALTER TABLE orders ADD CHECK (a > 0)", .error),
    (1_000_001, "ALTER TABLE orders ADD CHECK (a > 0) NOT VALID", nil),
    (1_000_001, "ALTER TABLE orders VALIDATE CONSTRAINT c", nil),
    (1_000_001, "ALTER TABLE orders ADD COLUMN a text DEFAULT 'x'", nil),
    (1_000_001, "ALTER TABLE orders ADD COLUMN a uuid DEFAULT gen_random_uuid()", .error),
    (1_000_001, "ALTER TABLE orders ALTER COLUMN a TYPE bigint", .warning),
    (500_000_000, "ALTER TABLE orders ADD COLUMN a text", nil),
    (500_000_000, "CREATE INDEX CONCURRENTLY i ON orders (a)", nil),
    (500_000_000, "VACUUM FULL orders", .error), (500_000_000, "CLUSTER orders", .error),
    (500_000_000, "ALTER TABLE orders SET LOGGED", .error),
  ])
  func callForAnOnlineChange(_ rows: Int, _ sql: String, _ expected: Severity?) {
    #expect(severity("online-schema-change", sql, settings: settings(rows...rows)) == expected)
    #expect(severity("online-schema-change", sql, settings: settings(rows...rows, live: false)) == nil)
  }

  @Test func sayWhatIsNotKnown() throws {
    let found = review(["CREATE INDEX i ON orders (region)"], settings: settings(nil)).findings
    let index = try #require(found.first { $0.rule == "require-concurrent-index-creation" })
    #expect(index.message.hasSuffix("Cannot tell how long: the size of public.orders is not known"))
    #expect(index.rows == .unknown)
    let large = review(["ALTER TABLE orders ADD UNIQUE (a)"], settings: settings(2_000_000...3_000_000)).findings
    let unique = try #require(large.first { $0.rule == "disallowed-unique-constraint" })
    #expect(unique.message.hasSuffix("For 2,000,000 to 3,000,000 rows about 800 ms to 12 s"))
  }

  @Test func knowTablesOfTheSet() {
    let create = "CREATE TABLE orders (id bigint, region text)"
    let index = "CREATE INDEX i ON orders (region); ALTER TABLE orders ADD COLUMN a text NOT NULL"
    #expect(rules(create, index) == [])
    #expect(rules("CREATE TABLE a (region text)", "ALTER TABLE a RENAME TO orders", index) == ["renaming-table"])
    #expect(rules(create, "DROP TABLE orders", index).contains("adding-required-field"))
    #expect(rules(create, "ALTER TABLE orders RENAME region TO area") == ["renaming-column"])
    #expect(rules("\(create); ALTER TABLE orders RENAME region TO area") == [])
    // Given a size, or deployed, it is in use.
    #expect(rules(create, index, settings: settings(5...5)).contains("adding-required-field"))
    var deployed = settings(nil)
    deployed.deployedSteps = 1
    #expect(rules(create, index, settings: deployed).count == 2)
    #expect(rules("ALTER TABLE orders ADD a text NOT NULL", "SELECT 1", settings: deployed) == [])
    // Of a table that was there before, IF NOT EXISTS creates nothing.
    deployed.deployedSteps = 1
    #expect(rules(create, "CREATE TABLE IF NOT EXISTS orders (id bigint); \(index)", settings: deployed).count == 2)
  }

  @Test func judgeHowItIsUndone() {
    let review = review(
      ["ALTER TABLE orders ADD COLUMN area text"],
      down: "ALTER TABLE orders DROP COLUMN area; CREATE INDEX i ON orders (region)")
    let down = review.findings.filter { $0.place.text == 1 }.map(\.rule)
    #expect(down.contains("require-concurrent-index-creation"))
    #expect(!down.contains("ban-drop-column"))
  }

  @Test(arguments: [
    ("adding-not-nullable-field", 11, true), ("adding-not-nullable-field", 12, false),
    ("require-concurrent-reindex", 11, false), ("require-concurrent-reindex", 12, true),
    ("require-concurrent-partition-detach", 13, false), ("require-concurrent-partition-detach", 14, true),
    ("refused-in-transaction", 11, true), ("refused-in-transaction", 12, false),
  ])
  func followTheVersion(_ rule: String, _ postgres: Int, _ isFound: Bool) {
    let sql = [
      "adding-not-nullable-field": """
      ALTER TABLE orders ADD CONSTRAINT c CHECK (region IS NOT NULL) NOT VALID;
      ALTER TABLE orders VALIDATE CONSTRAINT c;
      ALTER TABLE orders ALTER COLUMN region SET NOT NULL;
      """,
      "require-concurrent-reindex": "REINDEX TABLE orders",
      "require-concurrent-partition-detach": "ALTER TABLE orders DETACH PARTITION old",
      "refused-in-transaction": "BEGIN; ALTER TYPE mood ADD VALUE 'fine'; COMMIT",
    ]
    #expect(rules(sql[rule] ?? "", settings: settings(nil, postgres: postgres)).contains(rule) == isFound)
  }

  @Test(arguments: [
    ("invalid-index-clean-up", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (a)", true),
    (
      "invalid-index-clean-up",
      "DROP INDEX CONCURRENTLY IF EXISTS i; CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (a)", false
    ),
    ("invalid-index-clean-up", "CREATE INDEX CONCURRENTLY i ON orders (a)", false),
    ("invalid-index-clean-up", "SET lock_timeout = '1s'; CREATE INDEX CONCURRENTLY i ON orders (a)", true),
    ("invalid-index-clean-up", "SET lock_timeout = 0; CREATE INDEX CONCURRENTLY i ON orders (a)", false),
    ("refused-in-transaction", "BEGIN; DROP INDEX CONCURRENTLY i; COMMIT", true),
    ("refused-in-transaction", "BEGIN; REINDEX TABLE CONCURRENTLY orders; COMMIT", true),
    ("refused-in-transaction", "BEGIN; VACUUM orders; COMMIT", true),
    ("refused-in-transaction", "BEGIN; ANALYZE orders; COMMIT", false),
    ("refused-in-transaction", "BEGIN; ALTER TABLE p DETACH PARTITION q CONCURRENTLY; COMMIT", true),
    ("refused-in-transaction", "VACUUM orders", false),
    ("local-setting-outside-transaction", "SET LOCAL lock_timeout = '1s'", false),
    ("local-setting-outside-transaction", "BEGIN; SET LOCAL lock_timeout = '1s'; COMMIT", false),
    (
      "concurrent-index-on-partitioned-table",
      "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE INDEX CONCURRENTLY i ON p (a)", true
    ),
    ("concurrent-index-on-partitioned-table", "CREATE INDEX CONCURRENTLY i ON p (a)", false),
  ])
  func findWhatSquawkDoesNot(_ rule: String, _ sql: String, _ isFound: Bool) {
    #expect(rules(sql).contains(rule) == isFound)
  }

  @Test func knowLocalSettingsOutsideTransactions() {
    let local = "SET LOCAL lock_timeout = '1s'"
    #expect(rules(local, transaction: .none) == ["local-setting-outside-transaction"])
    #expect(rules(local, transaction: .wrapped) == [])
  }

  @Test func goOnBehindWhatIsNotUnderstood() {
    let found = review(["CREATE TABEL x; ALTER TABLE orders ADD COLUMN a text NOT NULL; DO $$ BEGIN END $$"])
    #expect(found.findings.contains { $0.rule == "adding-required-field" })
    #expect(found.unfollowed.count == 2)
  }

  @Test(arguments: [
    "", ";", "--", "/*", "-- plumbline:", "-- plumbline: allow", "/* plumbline: allow-file because */", "ALTER TABLE",
    "ALTER TABLE \"", "BEGIN; COMMIT; COMMIT; ROLLBACK TO x",
    "ALTER TABLE \"a\u{202E}b\" ADD COLUMN \"\u{1B}[2J\" int NOT NULL",
    "ALTER TABLE t ADD COLUMN a int NOT NULL, ADD b \"x,y\"(1) NOT NULL, ADD UNIQUE (a, b)",
    "ALTER TABLE t ADD COLUMN \(String(repeating: "x", count: 200)) int NOT NULL UNIQUE REFERENCES u (a)",
    "ALTER TABLE t ADD UNIQUE (\(String(repeating: "é", count: 70)))", "CREATE INDEX ON t ((a + 1))",
    "ALTER TABLE t ALTER a TYPE numeric(1, 2)[] USING (a)", "DROP INDEX a.b.c", "REINDEX DATABASE d",
    "TRUNCATE a, b CASCADE",
    "SELECT set_config('lock_timeout', NULL, NULL), set_config()", "SET lock_timeout TO a, b",
    "CREATE TABLE t AS SELECT 1",
  ])
  func survive(_ sql: String) {
    let found = review([sql, sql], transaction: .wrapped, down: sql)
    for finding in found.findings where SequenceRule(rawValue: finding.rule) == nil {
      let texts = [finding.message, finding.remedy, finding.statement]
      #expect(!texts.contains { $0.unicodeScalars.contains { $0.value < 32 || $0.value == 0x202E } }, "\(texts)")
      #expect(!finding.message.hasSuffix(".") && !finding.remedy.isEmpty)
    }
  }
}

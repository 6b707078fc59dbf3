import MigrationAnalysis
import SQLSyntax
import SchemaAnalysis
import Testing

@Suite("Rules over a sequence of migrations")
struct PhaseTests {
  private static let table = "CREATE TABLE t (id bigint PRIMARY KEY, a text, b text);"

  @Test(
    "Phases of a rename",
    arguments: [
      // All at once.
      (
        ["ALTER TABLE t ADD COLUMN c text; UPDATE t SET c = a WHERE id = 1; ALTER TABLE t DROP COLUMN a;"],
        ["rename-phases warning"]
      ),
      // Filled and dropped at once.
      (
        ["ALTER TABLE t ADD COLUMN c text;", "UPDATE t SET c = a WHERE id = 1; ALTER TABLE t DROP COLUMN a;"],
        ["rename-phases warning"]
      ),
      // One step each.
      (
        [
          "ALTER TABLE t ADD COLUMN c text;", "UPDATE t SET c = upper(a) WHERE id = 1;", "ALTER TABLE t DROP COLUMN a;",
        ], []
      ),
      // A successor by its name, and nothing that fills it.
      (["ALTER TABLE t ADD COLUMN a_new text;", "ALTER TABLE t DROP COLUMN a;"], ["rename-phases note"]),
      (["ALTER TABLE t ADD COLUMN a_new text; ALTER TABLE t DROP COLUMN a;"], ["rename-phases warning"]),
      // What a comparison of two schemas writes for a rename.
      (["ALTER TABLE t ADD COLUMN c text, DROP COLUMN a;"], ["rename-phases warning"]),
      (["ALTER TABLE t DROP COLUMN a, ADD COLUMN a int;"], ["rename-phases warning"]),
      (["ALTER TABLE t ADD COLUMN c int, DROP COLUMN a;"], []),
      // A table that is renamed meanwhile.
      (
        [
          "ALTER TABLE t ADD COLUMN c text;", "ALTER TABLE t RENAME TO u;",
          "UPDATE u SET c = a WHERE id = 1; ALTER TABLE u DROP COLUMN a;",
        ], ["rename-phases warning"]
      ),
      // Tables.
      (
        ["CREATE TABLE u (id bigint, a text); INSERT INTO u SELECT id, a FROM t LIMIT 10; DROP TABLE t;"],
        ["rename-phases warning"]
      ),
      (["CREATE TABLE u (id bigint, a text);", "DROP TABLE t;"], []),
    ] as [([String], [String])])
  func renames(_ migrations: [String], _ expected: [String]) {
    let input = set(([Self.table] + migrations).map { ($0, nil) })
    let found = sequenceFindings(input, deployed: 1).filter { $0.rule == "rename-phases" }
    #expect(rules(found) == expected, "\(found.map(\.message))")
  }

  private static func sized(_ rows: ClosedRange<Int>) -> [SizeSource] { [SizeSource("a test", named: ["t": rows])] }

  @Test(
    "Backfills, by what is known of the size",
    arguments: [
      ("UPDATE t SET b = a;", 1_000_000...1_000_000, ["backfill-in-migration warning"]),
      ("UPDATE t SET b = a;", 100_000...100_000, []),
      ("UPDATE t SET b = a;", 100_001...100_001, ["backfill-in-migration warning"]),
      ("UPDATE t SET b = a;", 0...200_000, ["backfill-in-migration note"]),
      ("UPDATE t SET b = a WHERE b IS NULL;", 1_000_000...1_000_000, ["backfill-in-migration warning"]),
      ("UPDATE t SET b = a WHERE id = 7;", 1_000_000...1_000_000, []),
      ("UPDATE t SET b = a WHERE id BETWEEN 1 AND 5000;", 1_000_000...1_000_000, []),
      ("UPDATE t SET b = a WHERE id IN (SELECT id FROM t WHERE b IS NULL LIMIT 5000);", 1_000_000...1_000_000, []),
      ("DELETE FROM t;", 1_000_000...1_000_000, ["backfill-in-migration warning"]),
      (
        "CREATE TABLE u (id bigint); INSERT INTO u SELECT id FROM t;", 1_000_000...1_000_000,
        ["backfill-in-migration warning"]
      ),
      ("INSERT INTO t VALUES (1, 'select', 'b');", 1_000_000...1_000_000, []),
    ])
  func backfills(_ sql: String, _ rows: ClosedRange<Int>, _ expected: [String]) {
    let found = sequenceFindings(ups(Self.table, sql), deployed: 1, Self.sized(rows))
    #expect(rules(found.filter { $0.rule == "backfill-in-migration" }) == expected)
  }

  @Test("Where no size is known, it cannot be told; nor is it asked of new tables")
  func unknown() throws {
    let found = try #require(sequenceFindings(ups(Self.table, "UPDATE t SET b = a;"), deployed: 1).first)
    #expect(found.severity == .note)
    #expect(found.message.contains("cannot be told"))
    #expect(found.rows == RowCount.unknown)
    #expect(sequenceFindings(ups(Self.table + "UPDATE t SET b = a;")).isEmpty)
    #expect(sequenceFindings(ups(Self.table, "UPDATE t SET b = a;")).isEmpty)
  }

  @Test("A backfill behind an ALTER TABLE of the same transaction holds its lock")
  func lock() {
    let sql = "ALTER TABLE t ADD COLUMN c text; UPDATE t SET c = a;"
    let sizes = Self.sized(1_000_000...1_000_000)
    func message(_ transaction: MigrationStep.Transaction, _ sql: String) -> String {
      sequenceFindings(set([(Self.table, nil), (sql, nil)], transaction), deployed: 1, sizes)
        .first { $0.rule == "backfill-in-migration" }?.message ?? ""
    }
    #expect(message(.wrapped, sql).contains("lock of the ALTER TABLE"))
    #expect(!message(.none, sql).contains("lock of the ALTER TABLE"))
    #expect(message(.none, "BEGIN; " + sql + " COMMIT;").contains("lock of the ALTER TABLE"))
  }

  @Test(
    "Durations at the limit of 30 s",
    arguments: [
      ("ALTER TABLE t ADD COLUMN n serial;", 10_000_000...10_000_000, ["estimated-duration note"]),
      ("ALTER TABLE t ADD COLUMN n serial;", 10_000_001...10_000_001, ["estimated-duration warning"]),
      ("ALTER TABLE t ADD COLUMN n serial;", 2_000_000...2_000_000, []),
      ("ALTER TABLE t ADD COLUMN n serial;", 0...500_000_000, ["estimated-duration note"]),
      ("ALTER TABLE t ADD COLUMN n int DEFAULT 3;", 500_000_000...500_000_000, []),
      ("ALTER TABLE t ALTER COLUMN a SET NOT NULL;", 500_000_000...500_000_000, ["estimated-duration warning"]),
      ("ALTER TABLE t ALTER COLUMN a TYPE varchar;", 500_000_000...500_000_000, []),
      ("CREATE INDEX i ON t (a);", 500_000_000...500_000_000, ["estimated-duration warning"]),
      // Both may run long on purpose.
      ("CREATE INDEX CONCURRENTLY i ON t (a);", 500_000_000...500_000_000, []),
      (
        "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c;",
        500_000_000...500_000_000, []
      ),
    ])
  func durations(_ sql: String, _ rows: ClosedRange<Int>, _ expected: [String]) {
    let found = sequenceFindings(ups(Self.table, sql), deployed: 1, Self.sized(rows))
    #expect(rules(found.filter { $0.rule == "estimated-duration" }) == expected)
  }

  @Test("An index that a failed build left in the database")
  func invalid() throws {
    let sql = "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a_idx ON t (a);"
    let invalid: Set = [ObjectName("public", "t_a_idx")]
    let found = try #require(sequenceFindings(ups(Self.table, sql), deployed: 1, invalid: invalid).first)
    #expect(found.rule == "invalid-index-in-database" && found.severity == .error)
    #expect(found.fix.first == "DROP INDEX CONCURRENTLY IF EXISTS t_a_idx")
    #expect(
      sequenceFindings(ups(Self.table, "CREATE INDEX CONCURRENTLY t_b_idx ON t (b);"), deployed: 1, invalid: invalid)
        .isEmpty)
  }

  @Test("A comment with a reason silences a rule over the sequence")
  func silence() {
    let sql = "-- plumbline: allow backfill-in-migration because the table is archived\nUPDATE t SET b = a;"
    var settings = MigrationSettings()
    settings.deployedSteps = 1
    let review = MigrationReview(ups(Self.table, sql), settings)
    #expect(!review.findings.contains { $0.rule == "backfill-in-migration" })
    #expect(review.silenced.map(\.finding.rule) == ["backfill-in-migration"])
  }
}

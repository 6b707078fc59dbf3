import MigrationAnalysis
import SQLSyntax
import SchemaAnalysis
import Testing

/// Reviews texts, each of which is a migration.
func review(
  _ texts: [String], transaction: MigrationStep.Transaction = .unknown, down: String? = nil,
  settings: MigrationSettings = MigrationSettings()
) -> MigrationReview {
  var all = texts.enumerated().map { SQLText(name: "\($0.offset + 1).sql", $0.element) }
  if let down { all.append(SQLText(name: "down.sql", down)) }
  let steps = texts.indices.map { index in
    MigrationStep(
      name: all[index].name, up: [SQLSection(text: index, range: all[index].bytes.indices)],
      down: down.map { [SQLSection(text: texts.count, range: $0.utf8.indices.count == 0 ? 0..<0 : 0..<$0.utf8.count)] },
      transaction: transaction)
  }
  return MigrationReview(SQLInput(texts: all, steps: steps), settings)
}

/// The rules of the findings, without those about timeouts and sizes.
func rules(
  _ texts: String..., transaction: MigrationStep.Transaction = .unknown, settings: MigrationSettings = .init()
) -> [String] {
  review(texts, transaction: transaction, settings: settings).findings.map(\.rule)
    .filter { !$0.hasSuffix("-timeout") && $0 != "online-schema-change" }
}

@Suite struct TransactionTests {
  @Test(arguments: [
    ("BEGIN; COMMIT", MigrationStep.Transaction.unknown, [String]()),
    ("BEGIN; BEGIN; COMMIT", .unknown, ["transaction-nesting"]),
    ("COMMIT", .unknown, ["transaction-nesting"]),
    ("BEGIN; SAVEPOINT s; ROLLBACK TO s; RELEASE s; COMMIT", .unknown, []),
    ("BEGIN; COMMIT AND CHAIN; COMMIT", .none, []),
    ("BEGIN; SELECT 1", .unknown, ["ban-uncommitted-transaction"]),
    ("BEGIN; PREPARE TRANSACTION 'x'", .unknown, []),
    ("BEGIN; ALTER TABLE t ADD a int; COMMIT", .wrapped, ["transaction-nesting", "transaction-nesting"]),
    ("BEGIN; ALTER TABLE t ADD a int; COMMIT", .oneMessage, []),
    ("CREATE INDEX CONCURRENTLY i ON t (a)", .unknown, []),
    ("CREATE INDEX CONCURRENTLY i ON t (a)", .oneMessage, []),
    ("CREATE INDEX CONCURRENTLY i ON t (a)", .wrapped, ["ban-concurrent-index-creation-in-transaction"]),
    ("SELECT 1; CREATE INDEX CONCURRENTLY i ON t (a)", .oneMessage, ["ban-concurrent-index-creation-in-transaction"]),
    ("SELECT 1; CREATE INDEX CONCURRENTLY i ON t (a)", .none, []),
    ("BEGIN; CREATE INDEX CONCURRENTLY i ON t (a); COMMIT", .none, ["ban-concurrent-index-creation-in-transaction"]),
    ("COMMIT; CREATE INDEX CONCURRENTLY i ON t (a)", .wrapped, ["transaction-nesting"]),
  ])
  func contexts(_ sql: String, _ transaction: MigrationStep.Transaction, _ expected: [String]) {
    #expect(rules(sql, transaction: transaction) == expected)
  }

  @Test(arguments: [
    ("SET lock_timeout = '1s'; ALTER TABLE t ADD a int", MigrationStep.Transaction.none, true),
    ("SET lock_timeout = 1000; ALTER TABLE t ADD a int", .none, true),
    ("SET LOCAL lock_timeout = '1s'; ALTER TABLE t ADD a int", .none, false),
    ("SET LOCAL lock_timeout = '1s'; ALTER TABLE t ADD a int", .unknown, true),
    ("SET LOCAL lock_timeout = '1s'; ALTER TABLE t ADD a int", .wrapped, true),
    ("BEGIN; SET LOCAL lock_timeout = '1s'; COMMIT; ALTER TABLE t ADD a int", .none, false),
    ("SET lock_timeout = 0; ALTER TABLE t ADD a int", .none, false),
    ("SET lock_timeout = '0ms'; ALTER TABLE t ADD a int", .none, false),
    ("SET lock_timeout = '1s'; RESET lock_timeout; ALTER TABLE t ADD a int", .none, false),
    ("SET lock_timeout = '1s'; RESET ALL; ALTER TABLE t ADD a int", .none, false),
    ("SELECT set_config('lock_timeout', '1s', false); ALTER TABLE t ADD a int", .none, true),
    ("SELECT pg_catalog.set_config('lock_timeout', '1s', true); ALTER TABLE t ADD a int", .none, false),
    ("ALTER ROLE x SET lock_timeout = '1s'; ALTER TABLE t ADD a int", .none, false),
    ("SELECT 1", .none, true), ("CREATE TABLE t (a int)", .none, true),
    ("CREATE TABLE t (a int); CREATE INDEX i ON t (a)", .none, true),
    ("CREATE TABLE t (a int REFERENCES u)", .none, false),
    ("CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t)", .none, true),
    ("CREATE INDEX CONCURRENTLY i ON t (a)", .none, false),
    ("SET lock_timeout = 0; CREATE INDEX CONCURRENTLY i ON t (a)", .none, true),
    ("DROP TABLE t", .none, false), ("TRUNCATE t", .none, false), ("VACUUM FULL t", .none, false),
  ])
  func lockTimeouts(_ sql: String, _ transaction: MigrationStep.Transaction, _ isFine: Bool) {
    let found = review([sql], transaction: transaction).findings.filter { $0.rule == "require-lock-timeout" }
    #expect(found.count == (isFine ? 0 : 1))
  }

  @Test func tellsOfTimeoutsOnceInAMigration() {
    let found = review(["ALTER TABLE t ADD a int; ALTER TABLE u ADD a int", "ALTER TABLE t ADD b int"]).findings
    #expect(found.filter { $0.rule == "require-lock-timeout" }.map(\.place.text) == [0, 1])
  }
}

@Suite struct SilenceTests {
  private let index = "CREATE INDEX i ON t (a);"

  @Test(arguments: [
    ("-- plumbline: allow require-concurrent-index-creation because nobody writes\n%", [String]()),
    ("% -- plumbline: allow require-concurrent-index-creation because nobody writes", []),
    ("% -- plumbline: allow require-concurrent-index-creation because x\nSELECT 1;", []),
    (
      "%\n-- plumbline: allow require-concurrent-index-creation because x\nSELECT 1;",
      ["require-concurrent-index-creation", "unused-silence"]
    ),
    ("/* plumbline: allow adding-required-field, require-concurrent-index-creation because x */ %", []),
    ("-- plumbline: allow-file require-concurrent-index-creation because x\nSELECT 1;\n% % ", []),
    ("SELECT 1;\n%\n-- plumbline: allow-file require-concurrent-index-creation because x", []),
    ("-- plumbline: allow require-concurrent-index-creation\n%", ["silence-without-reason"]),
    (
      "-- plumbline: allow require-concurrent-index because x\n%",
      ["unknown-rule", "require-concurrent-index-creation"]
    ),
    ("-- plumbline: allow because x\n%", ["unknown-rule", "require-concurrent-index-creation"]),
    ("-- squawk-ignore require-concurrent-index-creation\n%", ["silence-without-reason"]),
    ("-- squawk-ignore-file\nSELECT 1; %", ["silence-without-reason"]),
    ("-- squawk-ignore prefer-robust-stmts\n%", ["require-concurrent-index-creation"]),
    (
      "SELECT '-- plumbline: allow require-concurrent-index-creation because x'; %",
      ["require-concurrent-index-creation"]
    ),
  ])
  func comments(_ sql: String, _ expected: [String]) {
    let text = sql.split(separator: "%", omittingEmptySubsequences: false).joined(separator: index)
    #expect(rules(text) == expected)
  }

  @Test func keepsTheReason() throws {
    let found = review(["-- plumbline: allow require-concurrent-index-creation because it is empty\n\(index)"])
    #expect(found.silenced.map(\.reason) == ["it is empty"])
    #expect(found.silenced.first?.finding.rule == "require-concurrent-index-creation")
  }

  @Test func namesTheNearestRule() throws {
    let found = review(["-- plumbline: allow require-concurent-index-creation because x\n\(index)"])
    #expect(found.findings.first?.remedy == "Did you mean require-concurrent-index-creation?")
  }
}

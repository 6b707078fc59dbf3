import Foundation
import MigrationAnalysis
import SQLSyntax
import SchemaAnalysis
import Testing
import TextFormats

@Suite("Whether down restores what was there before up")
struct DownTests {
  struct Pair: Sendable, CustomTestStringConvertible {
    var name: String
    var restores: Bool
    /// Whether it is told otherwise.
    var isLimit: Bool
    var up = ""
    var down = ""
    var testDescription: String { name }
  }

  private static let file: (base: String, pairs: [Pair]) = {
    var base = ""
    var pairs: [Pair] = []
    for block in ((try? fixture("downs.sql")) ?? "").split(separator: "\n--- ").dropFirst() {
      let parts = block.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let (head, body) = (parts[0], parts.count > 1 ? parts[1] : "")
      if head == "base" {
        base = body
      } else if head == "down" {
        if let last = pairs.indices.last { pairs[last].down = body }
      } else {
        let words = head.split(separator: " ", maxSplits: 2).map(String.init)
        pairs.append(
          Pair(name: words[2], restores: words[1].hasPrefix("yes"), isLimit: words[1].hasSuffix("!"), up: body))
      }
    }
    return (base, pairs)
  }()

  @Test("As PostgreSQL says", arguments: file.pairs)
  func pair(_ pair: Pair) {
    let input = set([(Self.file.base, nil), (pair.up, pair.down)])
    let found = sequenceFindings(input, deployed: 1).filter { $0.rule == "irreversible-down" }
    #expect(found.isEmpty == (pair.restores != pair.isLimit), "\(found.map(\.message))")
  }

  @Test("There are pairs of both kinds")
  func pairs() {
    #expect(Self.file.pairs.count > 100)
    #expect(Self.file.pairs.count { !$0.restores } > 40)
    #expect(Self.file.pairs.count { $0.isLimit } == 1)
  }

  @Test(
    "Rows are lost with a table that was there before, not with one of the same migration",
    arguments: [
      ("DROP TABLE orders; CREATE TABLE orders (id int);", true),
      ("ALTER TABLE orders RENAME TO old; CREATE TABLE orders (id int); DROP TABLE old;", true),
      ("CREATE TABLE other (id int); DROP TABLE other;", false),
      ("CREATE TABLE other (id int); ALTER TABLE other RENAME TO another; DROP TABLE another;", false),
      ("CREATE SCHEMA shop CREATE TABLE other (id int); DROP TABLE shop.other; DROP SCHEMA shop;", false),
      ("SELECT 1 AS a INTO other; DROP TABLE other;", false),
    ])
  func losses(_ up: String, isLoss: Bool) {
    let found = sequenceFindings(
      set([("CREATE TABLE orders (id int);", nil), (up, "SELECT 1;")]), deployed: 1)
    #expect(found.contains { $0.rule == "down-loses-data" } == isLoss, "\(found.map(\.message))")
  }

  private static let corpora = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "../../../../shared/corpora/sql/migrations"
  ).standardizedFileURL

  @Test(
    "Real sets, each migration as a server says", .enabled(if: FileManager.default.fileExists(atPath: corpora.path)),
    arguments: ["concourse", "nakama"])
  func corpus(_ name: String) throws {
    func read(_ kind: String) throws -> JSON {
      try JSON.parse(Data(contentsOf: Self.corpora.appendingPathComponent("\(name).\(kind).json")))
    }
    func text(_ value: JSON?) -> String? { if case .string(let text)? = value { text } else { nil } }
    guard case .array(let migrations)? = try read("migrations")["migrations"],
      case .array(let truth)? = try read("truth")["per_migration"]
    else {
      Issue.record("the corpus has another form")
      return
    }
    let input = set(migrations.map { (text($0["up"]) ?? "", text($0["down"])) })
    let found = Set(
      sequenceFindings(input).filter { $0.rule == "irreversible-down" }.compactMap { finding in
        input.steps.firstIndex { ($0.up + ($0.down ?? [])).contains { $0.text == finding.place.text } }
      })
    var right = 0
    var wrong: [String] = []
    for (index, entry) in truth.enumerated() {
      guard case .bool(let restored)? = entry["restored"] else { continue }
      if restored == !found.contains(index) { right += 1 } else { wrong.append(text(entry["id"]) ?? "") }
    }
    #expect(right + wrong.count > 15)
    #expect(Double(right) >= 0.95 * Double(right + wrong.count), "\(wrong)")
  }

  @Test("A set without any down only rolls forward; one that has some lacks the others")
  func missing() {
    let table = "CREATE TABLE t (id int PRIMARY KEY);"
    #expect(rules(sequenceFindings(ups(table, "CREATE TABLE u (id int);"))) == [])
    #expect(
      rules(sequenceFindings(set([(table, "DROP TABLE t;"), ("CREATE TABLE u (id int);", nil)]))) == [
        "missing-down warning"
      ])
    #expect(rules(sequenceFindings(set([(table, "DROP TABLE t;"), ("-- nothing", nil)]))) == [])
  }

  @Test("What is not followed makes it untold, and not wrong")
  func doubts() {
    let settings = MigrationSettings()
    let input = set([("CREATE TABLE t (id int);", "DROP TABLE t;"), ("DO $$ BEGIN END $$;", "SELECT 1;")])
    let review = MigrationReview(input, settings)
    #expect(review.findings.allSatisfy { $0.rule != "irreversible-down" })
    #expect(review.unfollowed.contains { $0.reason.contains("cannot be told") })
  }

  @Test(
    "Data that no down brings back",
    arguments: [
      ("ALTER TABLE t DROP COLUMN b;", "ALTER TABLE t ADD COLUMN b text;", ["down-loses-data warning"]),
      ("TRUNCATE t;", "SELECT 1;", ["down-loses-data warning"]),
      (
        "ALTER TABLE t ALTER COLUMN n TYPE smallint;", "ALTER TABLE t ALTER COLUMN n TYPE int;",
        ["down-loses-data warning"]
      ),
      ("ALTER TABLE t ALTER COLUMN n TYPE bigint;", "ALTER TABLE t ALTER COLUMN n TYPE int;", ["down-loses-data note"]),
      ("ALTER TABLE t ALTER COLUMN b TYPE varchar;", "ALTER TABLE t ALTER COLUMN b TYPE text;", []),
      (
        "ALTER TABLE t DROP COLUMN b;", "ALTER TABLE t ADD COLUMN b text; UPDATE t SET b = n::text WHERE id = 1;", []
      ),
      ("CREATE TABLE u (id int, b text); ALTER TABLE u DROP COLUMN b;", "DROP TABLE u;", []),
    ])
  func losses(_ up: String, _ down: String, _ expected: [String]) {
    let input = set([("CREATE TABLE t (id int PRIMARY KEY, b text, n int);", nil), (up, down)])
    #expect(rules(sequenceFindings(input, deployed: 1)) == expected)
  }
}

import Foundation
import MigrationAnalysis
import SQLSyntax
import SchemaAnalysis
import Testing
import TextFormats

@Suite("Reports on migrations")
struct MigrationReportTests {
  private static let input = set([
    ("CREATE TABLE t (id bigint PRIMARY KEY, a text);", "DROP TABLE t;"),
    (
      "BEGIN;\nALTER TABLE t ADD COLUMN c text;\nUPDATE t SET c = a WHERE c IS NULL;\nALTER TABLE t DROP COLUMN a;\nCREATE INDEX i ON t (c);\nCOMMIT;\n",
      "ALTER TABLE t ADD COLUMN a text;"
    ),
  ])

  private static func report(_ sources: [SizeSource] = []) -> MigrationReport {
    var settings = MigrationSettings(sizes: TableSizes(sources: sources))
    settings.deployedSteps = 1
    let review = MigrationReview(input, settings)
    return MigrationReport(
      input, findings: review.findings, unfollowed: review.unfollowed, remarks: ["A remark."], postgres: 15, deployed: 1
    )
  }

  private static let sized = report([SizeSource("a test", named: ["t": 12_000_000...12_000_000])])

  private func text(_ value: JSON?) -> String? { if case .string(let text)? = value { text } else { nil } }

  @Test("JSON has all that is promised of each finding")
  func json() throws {
    guard case .array(let findings)? = Self.sized.json["findings"] else {
      Issue.record("no findings")
      return
    }
    #expect(findings.count == Self.sized.findings.count)
    for finding in findings {
      for key in ["rule", "severity", "file", "line", "column", "statement", "message", "remedy", "rows"] {
        #expect(finding[key] != nil, "\(key)")
      }
    }
    let backfill = try #require(findings.first { text($0["rule"]) == "backfill-in-migration" })
    #expect(backfill["rows"]?["value"] == .number(12_000_000))
    #expect(text(backfill["rows"]?["origin"]) == "a test")
    #expect(backfill["line"] == .number(3))
    let unknown = try #require(
      Self.report().json["findings"].flatMap { value -> JSON? in
        guard case .array(let findings) = value else { return nil }
        return findings.first { text($0["rule"]) == "backfill-in-migration" }
      })
    #expect(unknown["rows"]?["value"] == .null)
    #expect(text(unknown["rows"]?["origin"]) == "not known")
  }

  @Test("The text names each place, where sizes come from, and fits the width", arguments: [40, 80, 120])
  func plain(_ width: Int) {
    let plain = Self.sized.plain(width: width)
    #expect(plain.contains("002.up.sql\n"))
    #expect(plain.contains("  3:1 warning backfill-in-migration\n"))
    #expect(plain.contains("a test"))
    #expect(plain.contains("A remark."))
    for line in plain.split(separator: "\n") where line.contains(" ") { #expect(line.count <= width + 40) }
    #expect(Self.sized.markdown.contains("**warning** `backfill-in-migration`, line 3"))
  }

  @Test("What stands in files and names does no harm")
  func hostile() {
    let text = SQLText(name: "a\u{1B}[31m:,%.sql", "UPDATE t SET a = '\u{1B}[2J::error::x' || b;")
    let input = SQLInput([SQLText(name: "b.sql", "CREATE TABLE t (id int PRIMARY KEY, a text, b text);"), text])
    var settings = MigrationSettings()
    settings.deployedSteps = 1
    let review = MigrationReview(input, settings)
    let report = MigrationReport(
      input, findings: review.findings, unfollowed: [Unfollowed("x\u{7}y", at: SQLPlace(text: 1, offset: 0))],
      postgres: 18)
    #expect(!report.findings.isEmpty)
    for out in [report.plain(width: 80), report.markdown, report.gitHub] {
      #expect(!out.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }
    for line in report.gitHub.split(separator: "\n") { #expect(line.hasPrefix("::")) }
    #expect(report.gitHub.contains("file=a[31m%3A%2C%25.sql"))
  }

  @Test("GitLab's fingerprints differ, and outlast lines that come before")
  func gitLab() {
    func prints(_ report: MigrationReport) -> [String] {
      guard case .array(let items) = report.gitLab else { return [] }
      return items.compactMap { text($0["fingerprint"]) }
    }
    let all = prints(Self.sized)
    #expect(Set(all).count == all.count && all.count == Self.sized.findings.count)
    #expect(all == prints(Self.report([SizeSource("a test", named: ["t": 12_000_000...12_000_000])])))
  }

  @Test("The safe sequence is SQL, keeps every change, and is divided")
  func fix() {
    let fix = Self.sized.fix
    let text = SQLText(name: "fix", fix)
    for piece in StatementScanner(text) {
      if case .statement = piece { continue }
      Issue.record("something else than a statement")
    }
    var statements: [SQLStatement] = []
    SQLParser.parse(text) { parsed in
      statements.append(parsed.statement)
      if case .failed(let failure) = parsed.outcome { Issue.record("\(failure.message) in \(fix)") }
      return true
    }
    #expect(fix.contains("-- migration 1 of "))
    #expect(fix.contains("ALTER TABLE t ADD COLUMN c text;"))
    #expect(fix.contains("BETWEEN 1 AND 5000"))
    #expect(!fix.contains("BEGIN") && !fix.contains("COMMIT"))
    // What waits for a release stands last.
    #expect(statements.last.map { text[$0.range] } == "ALTER TABLE t DROP COLUMN a")
  }

  @Test("The same input gives the same bytes")
  func same() {
    let other = Self.report([SizeSource("a test", named: ["t": 12_000_000...12_000_000])])
    #expect(other.json.pretty == Self.sized.json.pretty && other.fix == Self.sized.fix)
    #expect(other.plain(width: 80) == Self.sized.plain(width: 80))
  }
}

import Foundation
import SQLSyntax
import Testing
import TextFormats

@testable import SchemaAnalysis

/// What reports say, and that names stay text in each of them.
struct ReportTests {
  static let shop = """
    CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL);
    CREATE TABLE bill (
      id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person, parent_id bigint REFERENCES bill,
      issued timestamp);
    CREATE INDEX ON bill (parent_id);
    DO $$ BEGIN NULL; END $$;
    """

  /// Names that are markup, code or commands somewhere.
  static let hostile = [
    "a|b", "<script>alert(1)</script>", "quo\"\"te", "back`tick```", "new\nline", "\u{1B}[31mred", "\u{202E}desrever",
    "#x", "1. x", "%%{init}", "]]>", "x; DROP TABLE y", "{{x}}", "[a](javascript:b)",
    String(repeating: "long", count: 15), "שלום",
    "&amp;", "-->", "'", "$x$", "é\u{301}\u{301}", "http://x.example", "\\", "\u{7F}", "a b",
  ]

  static let hostileSQL =
    hostile.enumerated().map { number, name in
      "CREATE TABLE \"\(name)\" (\"\(name)\" int NOT NULL, other int, \"\(name)2\" timestamp DEFAULT now());\n"
        + "CREATE UNIQUE INDEX \"\(name) idx\" ON \"\(name)\" (\"\(name)\");\n"
        + (number == 0
          ? ""
          : "ALTER TABLE \"\(name)\" ADD CONSTRAINT \"\(name) fk\" FOREIGN KEY (other) REFERENCES \"\(hostile[number - 1])\" (\"\(hostile[number - 1])\");\n")
    }.joined()

  static func report(_ sql: String, name: String = "t.sql") -> SchemaReport {
    SchemaReport(SQLInput([SQLText(name: name, sql)]))
  }

  // MARK: Text

  @Test func theTextBeginsWithTheSum() {
    let text = Self.report(Self.shop).text()
    #expect(
      text.hasPrefix(
        """
        t.sql: 2 tables, 6 columns, 3 indexes, 2 foreign keys; 0 without a primary key, 1 foreign key
        without an index.
        1 error, 1 warning, 0 notes.
        Not seen: 1 statement could not be parsed or followed, so the schema may be larger than this.

        Errors

        unindexed-foreign-key (1): No index begins with the columns of a foreign key, so that a delete in
          the parent reads the whole table.
          t.sql:3:
        """), "\(text)")
    #expect(text.contains("\n    CREATE INDEX CONCURRENTLY ON bill (person_id);\n"))
  }

  @Test func tablesAreListedOnDemand() {
    let report = Self.report(Self.shop)
    #expect(!report.text().contains("\nTables\n"))
    let text = report.text(tables: true)
    #expect(text.contains("\nperson: 2 columns\n  id    bigint, not null, key\n  name  text, not null\n"))
    #expect(text.contains("  (person_id) → person (id), no index\n"))
    #expect(text.contains("  index bill_parent_id_idx (parent_id)\n"))
  }

  @Test func nothingFoundIsSaid() {
    #expect(Self.report("CREATE TABLE t (id int PRIMARY KEY);").text().contains("No findings.\n"))
  }

  @Test func ofVeryManyFindingsTheFirstAreKept() {
    let count = SchemaRules.most + 12
    let report = Self.report((0..<count).map { "CREATE TABLE t\($0) (price int);\n" }.joined())
    #expect(report.findings.count { $0.rule == "missing-primary-key" } == SchemaRules.most)
    #expect(report.counts.tablesWithoutPrimaryKey == count)
    #expect(report.remarks.map(\.file) == ["missing-primary-key", "missing-not-null", "missing-check"])
    #expect(report.remarks.allSatisfy { $0.message == "12 more findings are left out, beyond the first 5,000" })
  }

  @Test func whatWasNotFollowedIsCut() {
    let report = Self.report(String(repeating: "DO $$ BEGIN NULL; END $$;\n", count: 30))
    #expect(report.unfollowedLines().count == 21)
    #expect(report.unfollowedLines().last == "and 10 more")
    #expect(report.unfollowedLines().first?.hasPrefix("t.sql:1:1: ") == true)
  }

  @Test func aTerminalGetsNoControlCharacters() {
    let report = Self.report(Self.hostileSQL, name: "\u{1B}]0;x\u{07}.sql")
    #expect(report.findings.count > 50)
    for text in [
      report.text(tables: true), report.markdown, report.diagram.mermaid, report.diagram.svg(standalone: true),
    ] {
      let bad = text.unicodeScalars.first { scalar in
        scalar != "\n"
          && [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
      }
      #expect(bad == nil)
    }
  }

  @Test func theSameInputGivesTheSameBytes() {
    let (one, other) = (Self.report(Self.hostileSQL), Self.report(Self.hostileSQL))
    #expect(one.json == other.json)
    #expect(one.text(tables: true) == other.text(tables: true))
    #expect(one.markdown == other.markdown)
    #expect(one.diagram.svg(standalone: true) == other.diagram.svg(standalone: true))
  }

  // MARK: JSON

  @Test func theJSONIsThatOfTheContract() throws {
    let json = try JSON.parse(Self.report(Self.shop).json.line.utf8)
    #expect(json["files"] == .strings(["t.sql"]))
    #expect(
      json["counts"]
        == .object([
          "tables": .number(2), "columns": .number(6), "indexes": .number(3), "foreign_keys": .number(2),
          "tables_without_pk": .number(0), "fk_without_index": .number(1),
        ]))
    guard case .array(let tables)? = json["tables"], case .array(let findings)? = json["findings"],
      case .array(let unfollowed)? = json["unfollowed"]
    else {
      Issue.record("a list is missing")
      return
    }
    #expect(tables.map { $0["name"] } == [.string("public.bill"), .string("public.person")])
    #expect(tables[1]["primary_key"] == .strings(["id"]))
    #expect(
      tables[1]["columns"]
        == .array([
          .object(["name": .string("id"), "type": .string("bigint"), "not_null": .bool(true)]),
          .object(["name": .string("name"), "type": .string("text"), "not_null": .bool(true)]),
        ]))
    guard case .array(let keys)? = tables[0]["foreign_keys"] else {
      Issue.record("no foreign keys")
      return
    }
    #expect(keys.map { $0["indexed"] } == [.bool(false), .bool(true)])
    #expect(keys[0]["references"] == .string("public.person"))
    #expect(keys[0]["referenced_columns"] == .strings(["id"]))
    #expect(findings.count == 2)
    for member in ["rule", "severity", "table", "file", "line", "column", "message", "remedy"] {
      #expect(findings.allSatisfy { $0[member] != nil }, "\(member)")
    }
    #expect(findings[0]["line"] == .number(3))
    #expect(unfollowed.count == 1)
    #expect(unfollowed[0]["line"] == .number(6))
  }

  // MARK: SARIF

  @Test func theSARIFIsWhatTheStandardAsksFor() throws {
    let report = Self.report(Self.hostileSQL, name: "db/a b%ü.sql")
    let json = try JSON.parse(report.sarif(version: "1.2.3").json.line.utf8)
    #expect(json["version"] == .string("2.1.0"))
    guard case .array(let runs)? = json["runs"], runs.count == 1, let driver = runs[0]["tool"]?["driver"],
      case .array(let rules)? = driver["rules"], case .array(let results)? = runs[0]["results"]
    else {
      Issue.record("this is no log")
      return
    }
    #expect(driver["name"] == .string("plumbline"))
    #expect(driver["version"] == .string("1.2.3"))
    #expect(runs[0]["columnKind"] == .string("unicodeCodePoints"))
    #expect(results.count == report.findings.count)
    var fingerprints: Set<JSON> = []
    for result in results {
      guard case .number(let number)? = result["ruleIndex"], case .array(let locations)? = result["locations"],
        let place = locations.first?["physicalLocation"], let print = result["partialFingerprints"]?["plumbline/v1"]
      else {
        Issue.record("a result lacks something: \(result.line)")
        continue
      }
      #expect(rules[NSDecimalNumber(decimal: number).intValue]["id"] == result["ruleId"])
      #expect([.string("error"), .string("warning"), .string("note")].contains(result["level"]))
      #expect(place["artifactLocation"]?["uri"] == .string("db/a%20b%25%C3%BC.sql"))
      for member in ["startLine", "startColumn"] {
        guard case .number(let value)? = place["region"]?[member] else {
          Issue.record("no \(member)")
          continue
        }
        #expect(value >= 1)
      }
      fingerprints.insert(print)
    }
    #expect(fingerprints.count == results.count)
  }

  @Test(arguments: [
    ("a.sql", "a.sql"), ("./db/a.sql", "db/a.sql"), ("/srv/a.sql", "file:///srv/a.sql"), ("../a.sql", "../a.sql"),
    ("a:b.sql", "a%3Ab.sql"),
  ])
  func pathsBecomeReferences(_ path: String, _ uri: String) {
    #expect(SARIF.uri(path) == uri)
  }

  // MARK: Markdown

  @Test func namesStayTextInMarkdown() {
    let lines = Self.report(Self.hostileSQL).markdown.split(separator: "\n", omittingEmptySubsequences: false)
    var inFence: Substring?
    for line in lines {
      if let fence = inFence {
        if line == fence { inFence = nil }
        continue
      }
      if line.hasPrefix("```") { inFence = line.prefix { $0 == "`" } }
      // A row has as many cells as its table.
      if line.hasPrefix("| ") {
        let bars = line.indices.filter {
          line[$0] == "|" && ($0 == line.startIndex || line[line.index(before: $0)] != "\\")
        }
        #expect(bars.count == 5, "\(line)")
      }
      #expect(!line.contains("<script>") || line.contains("\\<script") || line.contains("`"), "\(line)")
    }
    #expect(inFence == nil)
  }

  @Test func sarifOfNothingIsALog() throws {
    let log = SARIF(version: "1", rules: [], results: []).json
    #expect(log["runs"] != nil)
    #expect(log["$schema"] != nil)
  }

  // MARK: Dialects

  @Test(arguments: [
    (
      "CREATE TABLE `a` (`id` int NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB;\nLOCK TABLES `a` WRITE;\nUNLOCK TABLES;",
      ForeignDialect.mysql
    ),
    (
      "CREATE TABLE [dbo].[A] ([Id] int IDENTITY(1,1) NOT NULL);\nGO\nCREATE TABLE [dbo].[B] ([Id] int);\nGO\n",
      .sqlServer
    ),
    ("PRAGMA foreign_keys=OFF;\nCREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);", .sqlite),
  ])
  func otherDialectsAreTold(_ sql: String, _ dialect: ForeignDialect) {
    #expect(Self.report(sql).foreignFile?.dialect == dialect)
  }

  @Test(arguments: [
    shop, "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES ('`ENGINE=InnoDB AUTO_INCREMENT`');",
    "CREATE TABLE t (id int PRIMARY KEY, c int GENERATED ALWAYS AS (1) VIRTUAL);",
    "CREATE TABEL `t` (id int); CREATE TABEL u (); CREATE TABEL v ();",
  ])
  func postgreSQLIsNoOther(_ sql: String) {
    #expect(Self.report(sql).foreignFile == nil)
  }

  @Test func whatIsNoSQLIsRefused() {
    #expect(Self.report("# Read me\n\nThis is prose.").refusal?.hasPrefix("t.sql:1:") == true)
    #expect(Self.report(Self.shop).refusal == nil)
    #expect(Self.report("").refusal == nil)
  }
}

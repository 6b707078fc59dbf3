import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import Review
import TestSupport
import TextFormats
import Testing

@testable import Documents

@Suite struct ChecklistTests {
  static let busy = Evaluator(Samples.small.knowledge).assess(Samples.busy)
  static let document = ChecklistDocument(busy, Samples.small.knowledge)
  static let shipped = Samples.shipped.knowledge
  static let guide = Evaluator(shipped).assess(AnswerSheet())

  // MARK: Items

  @Test func anItemSaysWhereItComesFrom() throws {
    let sheet = AnswerSheet(
      system: "Shop",
      answers: [
        "qps": .quantity(Interval(20_000)), "read_ratio": .quantity(Interval(Decimal(9) / 10)),
        "largest_table_rows": .quantity(Interval(50_000_000)),
      ])
    let assessment = Evaluator(Self.shipped).assess(sheet)
    let items = ChecklistItem.all(assessment, Self.shipped)
    let load = try #require(items.first { $0.id == "load-at-ten-times" })
    #expect(load.reason.contains("`@load-test-factor` 10"), "\(load.reason)")
    let replica = try #require(items.first { $0.id == "read-your-writes-test" })
    #expect(replica.condition == nil)
    #expect(
      replica.reason.hasSuffix("(read-scaling: read replicas; `@postgres-read-qps` 10,000/s)."), "\(replica.reason)")
    let index = try #require(items.first { $0.id == "partial-index-used" })
    #expect(index.reason.contains("`@seq-scan-rows`"), "\(index.reason)")
  }

  @Test func withoutAnswersConditionsAreSaid() throws {
    let items = ChecklistItem.all(Self.guide, Self.shipped)
    // What depends on answers is not left out: only what a default rules out is.
    #expect(items.count > Self.shipped.checks.count * 3 / 4)
    let item = try #require(items.first { $0.id == "poison-message-test" })
    #expect(item.condition == "`async_work` is yes")
    #expect(item.markdown.contains(" If `async_work` is yes. Attach: "))
    #expect(items.allSatisfy { !$0.sentence.contains("{") && !$0.reason.contains("\n") })
  }

  @Test func noItemNamesAPersonOfAForge() {
    for item in ChecklistItem.all(Self.guide, Self.shipped) {
      let outsideCode = item.markdown.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 0 }.map(\.element).joined()
      #expect(!outsideCode.contains("@"), "\(item.id)")
    }
  }

  @Test func anItemOfADiffNamesItsPlaces() throws {
    let check = try #require(Self.shipped.check("migration-both-ways"))
    let places = [
      DiffPlace(change: "database-migration", file: "db/`odd` | name.sql", lines: []),
      DiffPlace(change: "index-creation", file: "db/2.sql", lines: [3, 4, 5, 9]),
      DiffPlace(change: "index-creation", file: "db/3.sql", lines: [7]),
      DiffPlace(change: "index-creation", file: "db/4.sql", lines: [1]),
    ]
    let items = ChecklistItem.called([CalledCheck(check: check, places: places)], Self.guide, Self.shipped)
    let lines = try #require(items.first).markdown.split(separator: "\n").map(String.init)
    #expect(lines.count == 3)
    #expect(TaskItem(Line("- [ ] \(lines[0])"))?.id == "migration-both-ways")
    #expect(!lines[0].contains("Attach:"))
    #expect(
      lines[1] == "  Called for by ``db/`odd` \\| name.sql`` (database-migration), `db/2.sql` lines 3–5, 9 "
        + "(index-creation), `db/3.sql` line 7 (index-creation) and 1 other place.")
    #expect(lines[2].hasPrefix("  Evidence (") && lines[2].hasSuffix("): "))
    #expect(ItemAnswer.evidence(in: lines[2]) == "")
  }

  @Test func aCheckThatDoesNotApplyIsNotCalled() throws {
    let check = try #require(Self.shipped.check("poison-message-test"))
    let place = DiffPlace(change: "events", file: "a.proto", lines: [])
    let called = [CalledCheck(check: check, places: [place])]
    let idle = Evaluator(Self.shipped).assess(AnswerSheet(answers: ["async_work": .flag(false)]))
    #expect(ChecklistItem.called(called, idle, Self.shipped).isEmpty)
    #expect(ChecklistItem.called(called, Self.guide, Self.shipped).map(\.id) == ["poison-message-test"])
  }

  // MARK: Documents

  @Test func documentsAreThoseOfDesign() throws {
    let files = try Samples.render(Samples.busy, Samples.small.knowledge).files
    #expect(try Self.document.markdown(templates: Samples.templates) == files["checklist.md"])
    #expect(try Self.document.html(templates: Samples.templates) == files["checklist.html"])
  }

  @Test func leadAndRemarksAreSaid() throws {
    let document = ChecklistDocument(
      Self.busy, Samples.small.knowledge, items: [], title: "Diff <1>", lead: "Nothing in this diff needs a check.",
      remarks: ["The submodule `lib` was not looked into."])
    let text = try document.markdown(templates: Samples.templates)
    #expect(text.contains("# Diff \\<1\\>\n"))
    #expect(text.contains("\nNothing in this diff needs a check.\n\n- The submodule `lib` was not looked into.\n"))
    let page = try document.html(templates: Samples.templates)
    #expect(page.contains("<title>Diff &lt;1&gt;</title>"))
    #expect(!page.contains("<script") && !page.contains("checklist-tools") && !page.contains("script-src"))
  }

  @Test func jsonHasTheAgreedShape() throws {
    let check = try #require(Self.shipped.check("plans-at-volume"))
    let places = [DiffPlace(change: "database-migration", file: "a.sql", lines: [2, 3])]
    let document = ChecklistDocument(
      Self.guide, Self.shipped,
      items: ChecklistItem.called([CalledCheck(check: check, places: places)], Self.guide, Self.shipped))
    let json = try JSON.parse(document.json.pretty.utf8)
    #expect(json["system"] == .null)
    #expect(json["knowledge"]?["hash"] == .string(Self.shipped.hash))
    guard case .array(let items)? = json["items"], case .object(let members)? = items.first else {
      Issue.record("there is no item")
      return
    }
    #expect(
      members.map(\.key) == [
        "id", "step", "area", "phase", "level", "sentence", "reason", "evidence", "condition", "command", "guide",
        "sources", "places",
      ])
    #expect(items[0]["step"] == .string("SV-1"))
    #expect(
      items[0]["places"]
        == .array([
          .object([
            "change": .string("database-migration"), "file": .string("a.sql"),
            "lines": .array([.number(2), .number(3)]),
          ])
        ]))
  }

  @Test func csvIsRead() throws {
    let csv = ChecklistDocument(Self.guide, Self.shipped).csv
    let rows = Self.rows(csv)
    #expect(rows.count == ChecklistItem.all(Self.guide, Self.shipped).count + 1)
    #expect(rows.allSatisfy { $0.count == 13 })
    #expect(rows[0].prefix(5) == ["id", "step", "phase", "area", "level"])
    #expect(csv.hasSuffix("\r\n"))
    let ids = Set(Self.shipped.checks.map(\.id))
    #expect(rows.dropFirst().allSatisfy { ids.contains($0[0]) })
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("=1+1", "'=1+1"), ("+1", "'+1"),
    ("-1", "'-1"), ("@x", "'@x"), ("\t=1", "'\t=1"), (" =1", "' =1"), ("＝1", "'＝1"), ("=a,b", "\"'=a,b\""), ("", ""),
    ("two\nlines", "\"two\nlines\""), ("2-1", "2-1"),
  ])
  func csvCells(_ text: String, _ cell: String) {
    #expect(CSV.cell(text) == cell)
  }

  /// RFC 4180, read back.
  private static func rows(_ csv: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell = ""
    var quoted = false
    var scalars = Array(csv.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      if quoted {
        if scalar != "\"" {
          cell.unicodeScalars.append(scalar)
        } else if scalars.first == "\"" {
          cell += "\""
          scalars.removeFirst()
        } else {
          quoted = false
        }
        continue
      }
      switch scalar {
      case "\"": quoted = true
      case ",":
        row.append(cell)
        cell = ""
      case "\r": break
      case "\n":
        rows.append(row + [cell])
        (row, cell) = ([], "")
      default: cell.unicodeScalars.append(scalar)
      }
    }
    return rows
  }
}

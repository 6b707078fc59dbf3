import DecisionEngine
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import TestSupport
import Testing
import TextFormats

@Suite("Comparisons and revisits in words")
struct RevisitTests {
  let knowledge = Samples.shipped.knowledge
  static let labels = ComparisonLabels(before: "a.yaml", after: "b.yaml")

  func stored(_ sheet: AnswerSheet, _ evaluator: Evaluator) throws -> StoredDecisions {
    let text = AssessmentJSON.json(evaluator.assess(sheet), knowledge: evaluator.knowledge).pretty
    return try StoredDecisions.read(Array(text.utf8))
  }

  @Test("What was written down holds under the same answers", arguments: 0..<4)
  func holds(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    for mode in Mode.allCases {
      let evaluator = Evaluator(knowledge, mode: mode)
      for _ in 0..<size(2, full: 100) {
        let sheet = knowledge.randomSheet(&random)
        let stored = try stored(sheet, evaluator)
        #expect(stored.mode == mode)
        let revisit = Revisit(stored, sheet, evaluator, limits: .init())
        #expect(revisit.findings.allSatisfy { $0.kind == .headroom })
        #expect(revisit.added.isEmpty)
        // The answers that were written down decide the same.
        let again = evaluator.outcomes(stored.sheet(for: knowledge).answers)
        #expect(again == evaluator.outcomes(sheet.answers))
      }
    }
  }

  @Test("A measured answer that turns a decision is named with both values")
  func measured() throws {
    let evaluator = Evaluator(knowledge)
    var sheet = AnswerSheet(
      system: "S", answers: ["qps": .quantity(Interval(2500)), "read_ratio": .quantity(Interval(Decimal(9) / 10))])
    let stored = try stored(sheet, evaluator)
    sheet.answers["qps"] = .quantity(Interval(40_000))
    let revisit = Revisit(stored, sheet, evaluator, limits: .init())
    let finding = try #require(revisit.findings.first { $0.decision == "read-scaling" })
    #expect(finding.kind == .changed)
    #expect(finding.text == "read-scaling: single-node → read-replicas; qps 2,500/s → 40,000/s")
    #expect(finding.cause?.answers.map(\.id) == ["qps"])
  }

  @Test("A figure that changed since is named from what was written down")
  func knowledgeChanged() throws {
    let sheet = AnswerSheet(answers: [
      "qps": .quantity(Interval(2500)), "read_ratio": .quantity(Interval(Decimal(9) / 10)),
    ])
    let stored = try stored(sheet, Evaluator(knowledge))
    var other = knowledge
    other.hash = "other"
    for index in other.thresholds.indices where other.thresholds[index].id == "postgres-read-qps" {
      other.thresholds[index].value.value = 2000
    }
    let revisit = Revisit(stored, sheet, Evaluator(other), limits: .init())
    let finding = try #require(revisit.findings.first { $0.decision == "read-scaling" })
    #expect(finding.reason == "the knowledge changed: the threshold postgres-read-qps 10,000/s → 2,000/s")
    // Of a decision that reads the other's outcome, too.
    #expect(revisit.findings.first { $0.decision == "read-routing" }?.reason == finding.reason)
  }

  @Test(
    "Age by the calendar",
    arguments: [
      ("2026-11-22", "2026-12-22", 30, false), ("2026-11-22", "2026-12-23", 30, true),
      ("2024-02-28", "2024-03-01", 1, true), ("2023-02-28", "2023-03-01", 1, false),
      ("2027-01-01", "2026-01-01", 0, false),
    ])
  func age(date: String, today: String, most: Int, isOld: Bool) {
    let sheet = AnswerSheet(date: date)
    let revisit = Revisit(nil, sheet, Evaluator(knowledge), limits: .init(age: (most, today)))
    #expect(revisit.findings.contains { $0.kind == .old } == isOld)
  }

  @Test("Answers without a date are named where age is asked")
  func noDate() {
    let revisit = Revisit(nil, AnswerSheet(), Evaluator(knowledge), limits: .init(age: (1, "2026-11-22")))
    #expect(revisit.findings.map(\.kind) == [.old])
  }

  @Test("A limit of headroom that is wider names more")
  func limits() {
    let sheet = AnswerSheet(answers: ["db_connections": .quantity(Interval(100))])
    func named(_ factor: Decimal) -> Bool {
      Revisit(nil, sheet, Evaluator(knowledge), limits: .init(factor: factor)).findings
        .contains { $0.decision == "connection-pooling" }
    }
    #expect(!named(2))
    #expect(named(Decimal(201) / 100))
  }

  @Test(
    "A damaged decisions.json says where",
    arguments: [
      ("{\n \"decisions\": [oops]}", "2:16"), ("[]", "1:1"), ("{}", "decisions"),
      (#"{"decisions":[{"id":"a","status":"decided","outcome":"b"},{"id":"c"}]}"#, "decisions[1].status"),
      (#"{"decisions":[{"id":"a","status":"decided"}]}"#, "decisions[0].outcome"),
      (#"{"decisions":[{"status":"decided"}]}"#, "decisions[0].id"),
      (#"{"decisions":[],"mode":"x"}"#, "mode"), (#"{"decisions":[],"records":[{}]}"#, "records[0]"),
      (
        #"{"decisions":[{"id":"a","status":"undecided"},{"id":"a","status":"undecided"}]}"#, "decisions[1].id"
      ),
    ])
  func damaged(text: String, place: String) {
    #expect {
      try StoredDecisions.read(Array(text.utf8))
    } throws: { error in
      (error as? StoredDecisions.Problem)?.place == place
    }
  }

  @Test("Hostile text stays text in Markdown, HTML and JSON")
  func hostile() throws {
    let evaluator = Evaluator(knowledge)
    var sheet = Samples.hostile
    sheet.answers = ["qps": .quantity(Interval(2500)), "read_ratio": .quantity(Interval(Decimal(9) / 10))]
    let stored = try stored(sheet, evaluator)
    var after = sheet
    after.answers["qps"] = .quantity(Interval(40_000))
    let comparison = AssessmentComparison(.init(evaluator, sheet), .init(evaluator, after))
    let labels = ComparisonLabels(before: "<b>|`a`.yaml", after: "[x](javascript:1)", notes: ["<script>"])
    let revisit = Revisit(stored, after, evaluator, limits: .init())
    let row = PortfolioRow(path: "a|<b>\u{202E}/answers.yaml", revisit)
    for text in [
      ComparisonText.markdown(comparison, labels: labels), revisit.markdown(folder: "<i>"), row.markdown,
    ] {
      #expect(!text.contains("\u{202E}"))
      #expect(text.range(of: "(?<!\\\\)<(b|i|script|img)", options: .regularExpression) == nil, "\(text)")
      #expect(!text.contains("[l](javascript"))
    }
    #expect(!row.html.contains("<b>"))
    #expect(row.html.contains("&lt;b&gt;"))
    #expect(row.markdown.split(separator: "\n").count == 1)
    let json = ComparisonJSON.json(comparison, labels: labels)
    #expect(try JSON.parse(Array(json.pretty.utf8)) == json)
    #expect(json["before"]?["system"] == .string(sheet.system ?? ""))
  }

  @Test("The rows of a portfolio stand inside the page; a row that could not be read says why")
  func portfolio() throws {
    var totals = PortfolioTotals()
    let row = PortfolioRow(path: "a/answers.yaml", error: "line 3 & more")
    totals.add(row)
    totals.add(PortfolioRow(path: "b", Revisit(nil, AnswerSheet(), Evaluator(knowledge), limits: .init())))
    #expect(totals.text == "2 systems: none with findings, 1 could not be read")
    let page = try PortfolioPage(totals, knowledge: "1.0 (abc)", templates: Samples.templates)
    let html = page.htmlOpening + row.html + page.htmlClosing
    #expect(html.contains("<tbody>\n<tr><td>a/<wbr>answers.yaml</td>"))
    #expect(html.contains("line 3 &amp; more"))
    #expect(!html.contains("<!--"))
    #expect(html.hasSuffix("</html>\n"))
  }
}

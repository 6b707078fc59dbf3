import Foundation
import KnowledgeModel
import Testing

@testable import Site

@Suite struct RuleTableTests {
  static func link(_ kind: EntryKind, _ id: String) -> String { "../\(kind.rawValue)/\(id).html" }

  static func html(_ id: String) throws -> String {
    RuleTable.html(try RegionSamples.decision(id), in: RegionSamples.shipped, link: link)
  }

  @Test(arguments: RegionSamples.shipped.decisions.map(\.id)) func isWellFormed(_ id: String) throws {
    let html = try RuleTableTests.html(id)
    let reader = MarkupReader(html)
    #expect(reader.problem == nil)
    #expect(!html.contains("style="))
    // As many cells in each row as the head has.
    let width = reader.attributes("th").count { $0["scope"] == "col" }
    for row in html.components(separatedBy: "<tr").dropFirst(2) {
      let cells = MarkupReader("<tr" + row.prefix { $0 != "\n" }).elements.filter { ["td", "th"].contains($0.name) }
      #expect(cells.reduce(0) { $0 + (Int($1.attributes["colspan"] ?? "") ?? 1) } == width, "\(id): \(row)")
    }
    // Every outcome has its row, and every link its entry.
    let decision = try RegionSamples.decision(id)
    for rule in decision.rules { #expect(html.contains("<code>\(rule.then)</code>")) }
    let known = Set(RegionSamples.shipped.entries.map { RuleTableTests.link($0.kind, $0.id) })
    for anchor in reader.attributes("a") { #expect(known.contains(anchor["href"] ?? ""), "\(anchor)") }
    #expect(html.utf8.count < 12_000)
    #expect(html == (try RuleTableTests.html(id)))
  }

  /// Every test of a rule stands in the table, in its column or in words.
  @Test(arguments: RegionSamples.shipped.decisions.map(\.id)) func leavesNothingOut(_ id: String) throws {
    let decision = try RegionSamples.decision(id)
    let rows = RuleTable.rows(decision)
    for (index, rule) in decision.rules.enumerated() {
      let own = rows.filter { $0.mode == .current && $0.number.hasPrefix("\(index + 1)") && $0.then == rule.then }
      let shown = Set(own.flatMap { $0.parts.flatMap(\.leaves) }.map(\.span))
      #expect(shown.isSuperset(of: rule.when.current.condition.leaves.map(\.span)))
    }
  }

  @Test func columnsAndWords() throws {
    let html = try RuleTableTests.html("read-scaling")
    #expect(
      html.contains(
        "<th scope=\"row\">1</th><td>at most <a href=\"../thresholds/postgres-read-qps.html\">10,000/s</a></td>"
          + "<td>–</td><td><code>single-node</code>"))
    #expect(html.contains("colspan=\"2\">in every other case</td>"))
    #expect(html.contains("<caption>Rules, hit policy first</caption>"))
  }

  @Test func alternativesAreRows() throws {
    let html = try RuleTableTests.html("write-scaling")
    #expect(html.contains("<th scope=\"row\">1a</th>") && html.contains("<th scope=\"row\">1b</th>"))
    #expect(html.contains("either is enough") && !html.contains("Other conditions"))
  }

  @Test func theGuidesOwnRuleStandsBeside() throws {
    let html = try RuleTableTests.html("messaging")
    #expect(html.contains("<tr class=\"as-written\"><th scope=\"row\">3 <small>as the guide has it</small></th>"))
    #expect(html.contains("256&#160;KiB") && html.contains("1&#160;MiB"))
    #expect(html.contains("<strong>Taken only if</strong>"))
  }

  @Test func textStaysText() throws {
    let hostile = "<b>\"x\"</b> & \u{202E}y"
    var knowledge = RegionSamples.shipped
    for index in knowledge.traits.indices { knowledge.traits[index].entry.title = hostile }
    var decision = try RegionSamples.decision("read-scaling")
    decision.entry.title = hostile
    for index in decision.options.indices { decision.options[index].title = hostile }
    let figure = try #require(RegionPicture.figure(decision, in: knowledge))
    let table = RuleTable.html(decision, in: knowledge) { _, id in "\"><script>\(id)" }
    for html in [figure, table] {
      #expect(MarkupReader(html).problem == nil)
      #expect(!html.contains("<b>") && !html.contains("<script") && !html.contains("\u{202E}"))
    }
  }

  @Test func negationsStandAtTheirTests() throws {
    func condition(_ text: String) throws -> Condition {
      try ConditionParser.condition(text, RegionSamples.shipped.vocabulary)
    }
    let inward = try condition("not (has_cache or qps > 5 and not async_work)").negationsInward
    let words = RuleTableWords(knowledge: RegionSamples.shipped, mode: .current, link: nil)
    #expect(
      words.sentence(inward)
        == "cache in use is no and (requests a second is at most 5/s or asynchronous work is yes)",
      "\(words.sentence(inward))")
  }
}

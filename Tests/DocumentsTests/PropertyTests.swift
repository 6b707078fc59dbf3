import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import Markdown
import TextFormats
import TestSupport
import Testing

@testable import Documents

/// What must hold for the documents of any system, tried over random answers on the shipped knowledge.
@Suite struct PropertyTests {
  @Test(arguments: [UInt64](1...UInt64(size(40, full: 10_000)))) func randomSystems(_ seed: UInt64) throws {
    let knowledge = seed.isMultiple(of: 5) ? Samples.small.knowledge : Samples.shipped.knowledge
    var random = SeededGenerator(seed: seed)
    let sheet = knowledge.randomSheet(&random)
    let mode: Mode = seed.isMultiple(of: 3) ? .asWritten : .current
    try check(sheet, knowledge, mode, Audience.allCases[Int(seed % 4) % 3])
  }

  @Test(arguments: [Samples.calm, Samples.busy, Samples.unknown, Samples.hostile], Audience.allCases) func knownSystems(
    _ sheet: AnswerSheet, _ audience: Audience
  ) throws {
    for knowledge in [Samples.small.knowledge, Samples.shipped.knowledge] {
      try check(sheet, knowledge, .current, audience)
    }
  }

  @Test(arguments: Audience.allCases) func emptyAnswers(_ audience: Audience) throws {
    let files = try check(AnswerSheet(), Samples.shipped.knowledge, .current, audience)
    #expect(unmarked(files["design.md"] ?? "").hasPrefix("# System design\n"))
  }

  /// The depths grow, and a document for a calm system is short.
  @Test func lengths() throws {
    let knowledge = Samples.shipped.knowledge
    func length(_ sheet: AnswerSheet, _ audience: Audience) throws -> Int {
      unmarked(try Samples.render(sheet, knowledge, audience: audience).files["design.md"] ?? "").utf8.count
    }
    for sheet in [Samples.calm, Samples.busy] {
      let brief = try length(sheet, .exec)
      let review = try length(sheet, .review)
      let full = try length(sheet, .full)
      #expect(brief < 7_000 && brief * 2 < review && review * 2 < full)
      #expect(review < 36_000)
    }
  }

  @discardableResult private func check(
    _ sheet: AnswerSheet, _ knowledge: Knowledge, _ mode: Mode, _ audience: Audience
  ) throws -> [String: String] {
    let (assessment, files) = try Samples.render(sheet, knowledge, mode: mode, audience: audience)
    let again = try DocumentSet.render(
      assessment: assessment, knowledge: knowledge, templates: Samples.templates, audience: audience)
    #expect(again.allSatisfy { files[$0.path] == $0.text }, "the same input gave other bytes")
    #expect(again.map(\.path) == ["design.md", "design.html", "checklist.md", "checklist.html", "decisions.json"])
    let design = unmarked(files["design.md"] ?? "")
    for (name, text) in [("design.md", design), ("checklist.md", unmarked(files["checklist.md"] ?? ""))] {
      noResidue(text, assessment)
      noEmptySection(text)
      #expect(!text.contains("\n\n\n") && !text.contains(" \n"), "blanks in \(name)")
      #expect(files[name]?.hasSuffix("\n") == true && files[name]?.hasSuffix("\n\n") == false)
    }
    markers(files["design.md"] ?? "")
    let standing = Standing(
      assessment: assessment, wording: Wording(assessment: assessment, knowledge: knowledge, style: .markdown))
    if audience == .exec {
      onlyOutcomes(assessment, design)
    } else {
      oneOutcomeEverywhere(assessment, standing, design, audience)
    }
    headings(assessment, standing, design, audience)
    anchors(design)
    distances(design)
    numbering(design)
    for name in ["design.html", "checklist.html"] { page(files[name] ?? "") }
    #expect(files["design.html"]?.contains("plumbline:") == false)
    let json = try JSON.parse(Array((files["decisions.json"] ?? "").utf8))
    #expect(json == AssessmentJSON.json(assessment, knowledge: knowledge))
    let text = AssessmentText.decide(assessment, knowledge: knowledge)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    for decision in assessment.decisions {
      let explained = try #require(AssessmentText.explain(decision.id, in: assessment, knowledge: knowledge))
      #expect(explained.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
    return files
  }

  /// As a reader sees it: without the lines that mark generated parts.
  private func unmarked(_ text: String) -> String {
    TemplateSet.tidied(Markers.stripped(text))
  }

  /// Each part is opened and closed, none stands in another, and no id comes twice.
  private func markers(_ text: String) {
    var open: String?
    var seen: [String] = []
    var content = 0
    let marker = #/<!-- plumbline:(begin|end) ([a-z0-9]+(?:-[a-z0-9]+)*)(?: [0-9a-f]{16})? -->/#
    for line in text.split(separator: "\n") {
      guard let mark = line.wholeMatch(of: marker) else {
        #expect(!line.contains("<!-- plumbline"))
        content += 1
        continue
      }
      let id = String(mark.2)
      if mark.1 == "begin" {
        #expect(open == nil && !seen.contains(id), "\(id) begins inside another part, or again")
        open = id
        seen.append(id)
      } else {
        #expect(open == id && content > 0, "\(id) ends where it is not open, or is empty")
        open = nil
      }
      content = 0
    }
    #expect(open == nil)
  }

  private func noResidue(_ text: String, _ assessment: Assessment) {
    let given = [assessment.sheet.system ?? ""] + assessment.sheet.notes.values
    let ours =
      given.contains { $0.contains("{{") } ? text.replacing("{{z}}", with: "").replacing("{{f}}", with: "") : text
    for residue in ["{{", "}}", "Optional(", "{@", "{=", "](entry:", "NaN", "** **", " ()", "<!--", "undefined"] {
      #expect(excerpt(ours, at: ours.firstRange(of: residue)) == nil, "\(residue) in the text")
    }
    #expect(excerpt(ours, at: ours.firstRange(of: /\bnil\b/)) == nil)
  }

  private func excerpt(_ text: String, at range: Range<String.Index>?) -> String? {
    range.map { String(text[$0.lowerBound...].prefix(80)) }
  }

  /// Every heading is followed by something other than a heading of its level or above; every bold label by content.
  private func noEmptySection(_ text: String) {
    let lines = text.split(separator: "\n").map(String.init)
    for (line, next) in zip(lines, lines.dropFirst() + ["# end"]) where line.hasPrefix("#") {
      let level = line.prefix { $0 == "#" }.count
      #expect(!next.hasPrefix("#") || next.prefix { $0 == "#" }.count > level, "nothing under \(line)")
    }
    for (line, next) in zip(lines, lines.dropFirst() + ["# end"]) where line.hasPrefix("**") && line.hasSuffix(":**") {
      #expect(next.hasPrefix("- ") || next.hasPrefix("1. "), "nothing under \(line)")
    }
    for line in lines where line.hasPrefix("- ") || line.hasPrefix("1. ") {
      #expect(line.count > 8, "an empty item: \(line)")
    }
  }

  /// What the summary says of a decision is its outcome.
  private func onlyOutcomes(_ assessment: Assessment, _ design: String) {
    for result in assessment.decisions {
      for line in design.split(separator: "\n") where line.hasPrefix("- **\(result.decision.entry.title)**: ") {
        #expect(line.contains("(`\(result.outcome ?? "")`)"))
      }
    }
  }

  /// Section, tables, areas and appendix name the same outcome, and each decision has one place.
  private func oneOutcomeEverywhere(
    _ assessment: Assessment, _ standing: Standing, _ design: String, _ audience: Audience
  ) {
    let lines = design.split(separator: "\n").map(String.init)
    let applied = Set(assessment.checks.map(\.item.id))
    let alone = lines.first { $0.hasPrefix("**On planning defaults alone:**") } ?? ""
    let away = lines.first { $0.hasPrefix("**Do not apply:**") } ?? ""
    onlyOutcomes(assessment, design)
    for result in assessment.decisions {
      let title = result.decision.entry.title
      let section = section(title, of: design)
      let trace = self.section("Trace: \(title)", of: design)
      for check in result.decision.confirm where !applied.contains(check) {
        #expect(section?.contains("`\(check)`") != true)
      }
      let rows = lines.filter {
        $0.hasPrefix("| \(title) (`\(result.id)`) |") || $0.hasPrefix("| [\(title)](#")
      }
      let isQuiet = standing.isQuiet(result)
      #expect((section == nil) == isQuiet, "\(title): a section is there or is not against its weight")
      #expect((trace != nil) == (audience == .full && result.status != .notApplicable))
      let outcome = result.outcome ?? ""
      switch result.status {
      case .decided where result.isAssumed:
        #expect(rows.isEmpty && alone.contains("\(title)") && alone.contains("(`\(outcome)`)"), "\(title) has no line")
      case .decided where isQuiet:
        #expect(rows.count == 1 && rows[0].contains("(`\(outcome)`) |"), "\(title): \(rows)")
      case .decided:
        #expect(rows.isEmpty && section?.contains("** (`\(outcome)`), ") == true, "\(title) has no \(outcome)")
        for rejection in result.rejected { #expect(section?.contains("(`\(rejection.option)`)") == true) }
        let flips = result.flips.map(\.outcome).uniqued()
        let told = flips.count { section?.contains("gives `\($0)`") == true }
        #expect(told >= min(flips.count { $0 != Outcome.notApplicable }, 2), "\(title) tells \(told) of \(flips)")
      case .undecided where isQuiet:
        #expect(rows.count == 1)
        for outcome in result.possible where outcome != Outcome.notApplicable {
          #expect(rows.first?.contains("`\(outcome)`") == true, "\(title): \(outcome) is possible and not named")
        }
      case .undecided:
        #expect(rows.isEmpty && section?.contains("**Open:**") == true)
        for outcome in result.possible where outcome != Outcome.notApplicable {
          #expect(section?.contains("(`\(outcome)`)") == true, "\(title): \(outcome) is possible and not explained")
        }
      case .notApplicable:
        #expect(rows.isEmpty && away.contains("`\(result.id)`") && away.contains(title))
      }
      if result.status == .undecided {
        for trait in result.needs { #expect(design.contains("`\(trait)`"), "\(title) needs \(trait)") }
      }
      guard let trace else { continue }
      for headroom in result.headroom {
        let at = QuantityText.text(headroom.at, knowledgeUnit(headroom.trait, assessment))
        #expect(trace.contains(at), "\(title): \(at) is missing")
      }
      for flip in result.flips where flip.outcome != Outcome.notApplicable {
        #expect(trace.contains("gives `\(flip.outcome)`"))
      }
      for reason in result.because { #expect(trace.contains(MarkdownText.code(reason.condition))) }
    }
    areas(assessment, lines)
    capacity(assessment, lines)
  }

  /// "Decided: scaling reads is `single-node`; …" agrees with the assessment.
  private func areas(_ assessment: Assessment, _ lines: [String]) {
    for line in lines where line.hasPrefix("Decided: ") {
      let parts = line.dropFirst("Decided: ".count).dropLast().components(separatedBy: "; ")
      for part in parts {
        let result = assessment.decisions.first { part.hasPrefix("\($0.decision.entry.title.uncapitalized) is ") }
        #expect(result.map { part.hasSuffix($0.outcome.map { "`\($0)`" } ?? "") } == true, "\(part)")
      }
    }
  }

  /// Each line of the capacity table is a headroom of the assessment.
  private func capacity(_ assessment: Assessment, _ lines: [String]) {
    guard let start = lines.firstIndex(where: { $0.hasPrefix("| Trait | Now | Line | Room |") }) else { return }
    for line in lines.dropFirst(start + 2).prefix(while: { $0.hasPrefix("| ") }) {
      let cells = line.components(separatedBy: " | ")
      let known = assessment.decisions.flatMap(\.headroom).contains { headroom in
        cells[0].hasSuffix("(`\(headroom.trait)`)")
          && cells[2] == QuantityText.text(headroom.at, knowledgeUnit(headroom.trait, assessment))
      }
      #expect(known, "\(line) is no headroom of the assessment")
    }
  }

  private func knowledgeUnit(_ trait: String, _ assessment: Assessment) -> BaseUnit {
    assessment.reading(trait)?.trait.kind.unit ?? .number
  }

  private func section(_ title: String, of design: String) -> String? {
    guard let start = design.firstRange(of: "\n### \(title)\n") else { return nil }
    let rest = design[start.upperBound...]
    let ends = ["\n### ", "\n## ", "\n**Do not apply", "\n**On planning"].compactMap {
      rest.firstRange(of: $0)?.lowerBound
    }
    return String(rest[..<(ends.min() ?? rest.endIndex)])
  }

  /// The headings that cmark sees are those that were meant, in their order, whatever a person wrote.
  private func headings(_ assessment: Assessment, _ standing: Standing, _ design: String, _ audience: Audience) {
    let name = MarkdownText.plain(assessment.sheet.system ?? "")
    let all = MarkdownRenderer.headings(of: design)
    #expect(all.first?.text == (name.isEmpty ? "System design" : "\(name): system design"))
    #expect(all.count { $0.level == 1 } == 1)
    let sections = [
      "Summary", "Context and scope", "Goals and non-goals", "System", "Traits", "Decisions", "Data model and schema",
      "Capacity", "Failure modes", "Security", "Observability", "Migration and rollout", "Cost drivers",
      "Risks, assumptions and open questions", "Approvers", "Self-verification protocol",
      "Where today's facts depart from the guide", "References", "Appendix: full trace", "Appendix: practices",
    ]
    let found = all.filter { $0.level == 2 }.map(\.text)
    #expect(found == sections.filter(found.contains), "\(found) are not in order")
    let brief = ["Summary", "System", "Cost drivers", "Risks, assumptions and open questions", "Approvers"]
    if audience == .exec { #expect(found.allSatisfy(brief.contains), "\(found)") }
    #expect(found.contains("Appendix: full trace") == (audience == .full))
    let weighty = assessment.decisions.filter { audience != .exec && !standing.isQuiet($0) }
      .sorted {
        (-$0.decision.weight, $0.decision.entry.area, $0.id) < (-$1.decision.weight, $1.decision.entry.area, $1.id)
      }
    let below = all.drop { $0.text != "Decisions" }.dropFirst().prefix { $0.level > 2 }.map(\.text)
    #expect(Array(below.prefix(weighty.count)) == weighty.map(\.decision.entry.title))
  }

  /// Factors have two digits at most, and none is below one.
  private func distances(_ design: String) {
    #expect(!design.contains("(just") && !design.contains("just to"))
    for factor in design.matches(of: /([0-9,.]+)×/) {
      let digits = factor.output.1.filter(\.isNumber)
      let isShort = factor.output.1.contains(".") ? digits.count <= 2 && !digits.hasPrefix("0") : digits != "1"
      #expect(isShort, "\(factor.output.0) is no factor for people")
    }
  }

  /// Numbered lines count from 1.
  private func numbering(_ design: String) {
    var last = 0
    for line in design.split(separator: "\n") {
      guard let number = line.prefixMatch(of: #/([0-9]+)\. /#).flatMap({ Int($0.output.1) }) else {
        last = 0
        continue
      }
      #expect(number == last + 1, "\(line) follows \(last)")
      last = number
    }
  }

  private func anchors(_ design: String) {
    let page = MarkdownRenderer().render(design)
    let ids = Set(page.headings.map(\.id))
    for link in page.links where link.hasPrefix("#") {
      #expect(ids.contains(String(link.dropFirst())), "\(link) leads nowhere")
    }
  }

  private func page(_ html: String) {
    let ids = html.matches(of: /\sid="([^"]*)"/).map { String($0.output.1) }
    #expect(Set(ids).count == ids.count, "an id stands twice")
    for target in html.matches(of: /href="#([^"]*)"/) { #expect(ids.contains(String(target.output.1))) }
    for label in html.matches(of: /<label for="([^"]*)"/) { #expect(ids.contains(String(label.output.1))) }
    // A checklist's own script, which its policy names by its hash.
    let script = html.matches(of: /<script>(?s:.*?)<\/script>/)
    #expect(script.count <= 1)
    let html = html.replacing(/<script>(?s:.*?)<\/script>/, with: "")
    for fetch in ["<script", "<img", "@import", "url(", "<link", "<iframe", "<object", "<embed"] {
      #expect(!html.contains(fetch), "\(fetch) in a page")
    }
    #expect(html.firstMatch(of: /<[^>]*\s(on\w+|src)=/) == nil)
    #expect(html.firstMatch(of: /href="(?!#|https?:|mailto:)/) == nil)
    #expect(
      html.contains("<html lang=\"en\">") && html.contains("<title>") && html.contains("<main ")
        && html.contains("class=\"skip\""))
    #expect(html.components(separatedBy: "<h1 ").count == 2)
  }
}

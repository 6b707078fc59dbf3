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
  @Test(arguments: [UInt64](1...UInt64(size(40, full: 1000)))) func randomSystems(_ seed: UInt64) throws {
    let knowledge = Samples.shipped.knowledge
    var random = SeededGenerator(seed: seed)
    let sheet = knowledge.randomSheet(&random)
    let (assessment, files) = try Samples.render(sheet, knowledge, mode: seed.isMultiple(of: 3) ? .asWritten : .current)
    try check(assessment, files, knowledge)
  }

  @Test(arguments: [Samples.calm, Samples.busy, Samples.unknown, Samples.hostile]) func knownSystems(
    _ sheet: AnswerSheet
  ) throws {
    for knowledge in [Samples.small.knowledge, Samples.shipped.knowledge] {
      let (assessment, files) = try Samples.render(sheet, knowledge)
      try check(assessment, files, knowledge)
    }
  }

  @Test func emptyAnswers() throws {
    let knowledge = Samples.shipped.knowledge
    let (assessment, files) = try Samples.render(AnswerSheet(), knowledge)
    try check(assessment, files, knowledge)
    #expect(files["design.md"]?.hasPrefix("# System design\n") == true)
  }

  private func check(_ assessment: Assessment, _ files: [String: String], _ knowledge: Knowledge) throws {
    let again = try DocumentSet.render(assessment: assessment, knowledge: knowledge, templates: Samples.templates)
    #expect(again.allSatisfy { files[$0.path] == $0.text }, "the same input gave other bytes")
    #expect(again.map(\.path) == ["design.md", "design.html", "checklist.md", "checklist.html", "decisions.json"])
    let design = files["design.md"] ?? ""
    for name in ["design.md", "checklist.md"] {
      let text = files[name] ?? ""
      noResidue(Markers.stripped(text), assessment)
      noEmptySection(Markers.stripped(text))
      #expect(!text.contains("\n\n\n") && !text.contains(" \n") && text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
    }
    oneOutcomeEverywhere(assessment, design)
    headings(assessment, design)
    anchors(design)
    distances(design)
    numbering(design)
    for name in ["design.html", "checklist.html"] { page(files[name] ?? "") }
    let json = try JSON.parse(Array((files["decisions.json"] ?? "").utf8))
    #expect(json == AssessmentJSON.json(assessment, knowledge: knowledge))
    let text = AssessmentText.decide(assessment, knowledge: knowledge)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    for decision in assessment.decisions {
      let explained = try #require(AssessmentText.explain(decision.id, in: assessment, knowledge: knowledge))
      #expect(explained.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
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

  /// Summary, section and JSON name the same outcome.
  private func oneOutcomeEverywhere(_ assessment: Assessment, _ design: String) {
    let lines = design.split(separator: "\n").map(String.init)
    let applied = Set(assessment.checks.map(\.item.id))
    for result in assessment.decisions {
      for check in result.decision.confirm where !applied.contains(check) {
        #expect(section(result.decision.entry.title, of: design)?.contains("`\(check)`") != true)
      }
      let title = result.decision.entry.title
      let row = lines.filter { $0.hasPrefix("| [\(title)](#") }
      let section = section(title, of: design)
      switch result.status {
      case .decided where result.isAssumed:
        #expect(row.isEmpty && section == nil, "\(title) rests on defaults alone and has a section")
        #expect(lines.contains { $0.hasPrefix("- \(title): `\(result.outcome ?? "")`") }, "\(title) has no line")
      case .decided:
        let outcome = result.outcome ?? ""
        #expect(row.count == 1 && row[0].contains("| `\(outcome)` |"), "\(title): \(row)")
        #expect(section?.contains("(`\(outcome)`), ") == true, "\(title) has no section with \(outcome)")
        for rejection in result.rejected { #expect(section?.contains("`\(rejection.option)`") == true) }
        for flip in result.flips where flip.outcome != Outcome.notApplicable {
          #expect(section?.contains("gives `\(flip.outcome)`") == true)
        }
      case .undecided:
        #expect(row.count == 1 && row[0].contains("| open: "))
        #expect(section?.contains("**Open:**") == true)
        for outcome in result.possible where outcome != Outcome.notApplicable {
          #expect(section?.contains("(`\(outcome)`)") == true, "\(title): \(outcome) is possible and not explained")
        }
      case .notApplicable:
        #expect(row.isEmpty && section == nil, "\(title) does not apply and has a section")
        #expect(design.contains("**Do not apply:**") && design.contains(title))
      }
      for headroom in result.headroom where result.status != .notApplicable && !result.isAssumed {
        let at = QuantityText.text(headroom.at, knowledgeUnit(headroom.trait, assessment))
        #expect(section?.contains(at) == true, "\(title): \(at) is missing")
        let times = Wording.times(headroom)
        #expect(times == nil || section?.contains(times ?? "") == true)
      }
    }
  }

  private func knowledgeUnit(_ trait: String, _ assessment: Assessment) -> BaseUnit {
    assessment.reading(trait)?.trait.kind.unit ?? .number
  }

  private func section(_ title: String, of design: String) -> String? {
    guard let start = design.firstRange(of: "\n### \(title)\n") else { return nil }
    let rest = design[start.upperBound...]
    let ends = ["\n### ", "\n## ", "\n**Do not apply", "\n**Taken on planning"].compactMap {
      rest.firstRange(of: $0)?.lowerBound
    }
    return String(rest[..<(ends.min() ?? rest.endIndex)])
  }

  /// The headings that cmark sees are those that were meant, whatever a person wrote.
  private func headings(_ assessment: Assessment, _ design: String) {
    let applied = assessment.decisions.filter { $0.status != .notApplicable && !$0.isAssumed }
      .sorted {
        (-$0.decision.weight, $0.decision.entry.area, $0.id) < (-$1.decision.weight, $1.decision.entry.area, $1.id)
      }
    let name = MarkdownText.plain(assessment.sheet.system ?? "")
    var expected = [
      name.isEmpty ? "System design" : "\(name): system design", "Summary", "System", "Context and traits", "Decisions",
    ]
    expected += applied.map(\.decision.entry.title)
    expected += ["Practices"] + Set(assessment.practices.map(\.item.entry.area)).sorted().map(\.title)
    expected += [
      "Assumptions and open questions", "Where today's facts depart from the guide", "Self-verification protocol",
      "References",
    ]
    #expect(MarkdownRenderer.headings(of: design).map(\.text) == expected)
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

public import DecisionEngine
internal import Foundation
public import KnowledgeModel
internal import Markdown

/// An assessment as plain text for a terminal, without colour.
public enum AssessmentText {
  /// All outcomes with their reason, headroom and nearest flip; what is open; warnings.
  /// - Parameter width: columns that a line may take; below 88 the table becomes a list.
  public static func decide(_ assessment: Assessment, knowledge: Knowledge, width: Int = 100) -> String {
    let wording = Wording(assessment: assessment, knowledge: knowledge, style: .plain)
    var out = PlainText(width: width)
    out.line(headline(wording))
    let decided = assessment.decisions.filter { $0.status == .decided && !$0.isAssumed }
    if width < 88 { list(decided, wording, &out) } else { table(decided, wording, &out) }
    let open = assessment.decisions.filter { $0.status == .undecided }
    if !open.isEmpty {
      out.blank()
      out.line("OPEN")
      for result in open {
        out.line("\(result.id): \(wording.possible(result))", hanging: 2)
        if !result.needs.isEmpty { out.line("needs: \(wording.ids(wording.needs(result)))", indent: 2, hanging: 9) }
      }
    }
    let assumed = assessment.decisions.filter(\.isAssumed)
    if !assumed.isEmpty {
      out.blank()
      out.line("ON PLANNING DEFAULTS, WITH NO ANSWER BEHIND THEM")
      for result in assumed {
        out.line("\(result.id): \(wording.outcome(result)); \(wording.shortReason(result))", hanging: 2)
      }
    }
    for list in assessment.records.map(\.list).uniqued() {
      out.blank()
      out.line(list.entry.title.uppercased())
      for record in assessment.records where record.list == list {
        let words = Wording(assessment: assessment.focused(on: record), knowledge: knowledge, style: .plain)
        out.line(words.text(record.name), hanging: 2)
        for result in record.decisions where result.status != .notApplicable {
          let open = result.status == .undecided
          out.line("\(result.id): \(open ? words.possible(result) : words.outcome(result))", indent: 2, hanging: 4)
          let needs = result.needs.isEmpty ? "" : "needs: \(words.ids(words.needs(result)))"
          out.line(open ? needs : words.shortReason(result), indent: 4)
          if !open, let flip = words.nearestFlip(result) {
            out.line("flips: \(words.flip(flip))", indent: 4, hanging: 6)
          }
        }
      }
    }
    let others = assessment.decisions.filter { $0.status == .notApplicable }
    if !others.isEmpty {
      out.blank()
      out.line("Does not apply: \(others.map(\.id).joined(separator: ", "))", hanging: 2)
    }
    for note in [HouseRules(wording).text, assessment.engineCaution].compactMap(\.self) {
      out.blank()
      out.line(note, hanging: 2)
    }
    if !assessment.warnings.isEmpty {
      out.blank()
      for warning in assessment.warnings { out.line("Warning: \(wording.text(warning))", hanging: 9) }
    }
    return out.text
  }

  private static func table(_ decided: [DecisionResult], _ wording: Wording, _ out: inout PlainText) {
    guard !decided.isEmpty else { return }
    let ids = min(24, max(8, decided.map(\.id.count).max() ?? 0))
    let outcomes = min(22, max(7, decided.compactMap(\.outcome?.count).max() ?? 0))
    let room = 22
    let widths = [ids, outcomes, out.width - ids - outcomes - room - 6, room]
    out.blank()
    out.row(["DECISION", "OUTCOME", "WHY", "HEADROOM"], widths: widths)
    for result in decided {
      out.row(
        [result.id, wording.outcome(result), wording.shortReason(result), headroom(result, wording)], widths: widths)
      if let flip = wording.nearestFlip(result) {
        out.line("flips: \(wording.flip(flip))", indent: ids + 2, hanging: ids + 9)
      }
    }
  }

  private static func list(_ decided: [DecisionResult], _ wording: Wording, _ out: inout PlainText) {
    for result in decided {
      out.blank()
      out.line("\(result.id): \(wording.outcome(result))", hanging: 2)
      out.line(wording.shortReason(result), indent: 2)
      let room = headroom(result, wording)
      if !room.isEmpty { out.line("headroom: \(room)", indent: 2, hanging: 4) }
      if let flip = wording.nearestFlip(result) { out.line("flips: \(wording.flip(flip))", indent: 2, hanging: 4) }
    }
  }

  private static func headroom(_ result: DecisionResult, _ wording: Wording) -> String {
    wording.nearest(result).map(wording.shortHeadroom) ?? ""
  }

  /// One decision: its trace, the options that were rejected, headroom, flips, the guide and the sources.
  /// A decision that is taken for each record is explained once for each.
  /// - Returns: nil if there is no such decision, or no record to take it for.
  public static func explain(
    _ id: String, in assessment: Assessment, knowledge: Knowledge, width: Int = 100
  ) -> String? {
    let records = assessment.records.filter { $0.decisions.contains { $0.id == id } }
    if !records.isEmpty {
      return records.compactMap { record in
        explain(id, in: assessment.focused(on: record), knowledge: knowledge, width: width).map {
          "\(MarkdownText.plain(record.name)) (\(record.list.noun))\n\n\($0)"
        }
      }.joined(separator: "\n")
    }
    guard let result = assessment.decision(id) else { return nil }
    let prose = Prose(assessment, knowledge, style: .plain)
    let wording = prose.wording
    let decision = result.decision
    let entry = decision.entry
    var out = PlainText(width: width)
    out.line("\(id): \(decision.question)", hanging: 2)
    out.blank()
    summary(of: result, wording, &out)
    func list(_ title: String, _ items: [(String, String)]) {
      guard !items.isEmpty else { return }
      out.blank()
      out.line(title)
      let column = min(24, items.map(\.0.count).max() ?? 0)
      for (name, text) in items { out.item(name, text, column: column) }
    }
    if !result.because.isEmpty {
      out.blank()
      out.line("Because")
      for reason in result.because {
        out.item(reason.truth.rawValue, "\(wording.reading(reason))  [\(reason.condition)]", column: 7)
      }
    }
    list("Not chosen", result.rejected.map { ($0.option, $0.reading) })
    list("Headroom", result.headroom.map { ($0.trait, wording.shortHeadroom($0) + " (\($0.threshold))") })
    list(
      "What would change it",
      result.flips.map { flip in
        let gives = flip.outcome == Outcome.notApplicable ? "the decision falls away" : flip.outcome
        return (flip.trait, "\(wording.flip(to: flip)): \(gives)")
      })
    list(
      "To confirm",
      assessment.confirming(decision).map { ($0.id, prose.line($0.entry.summary)) })
    if assessment.engineCaution != nil, let other = entry.section("Other engines") {
      out.blank()
      out.line("Other engines")
      for paragraph in other.components(separatedBy: "\n\n") {
        out.line(prose.line(paragraph.replacing("\n", with: " ")), indent: 2, hanging: 2)
      }
    }
    if let override = entry.override {
      out.blank()
      out.line("Changed by the pack \(override.pack): \(override.keys.joined(separator: ", "))", hanging: 2)
    }
    if !entry.guide.isEmpty {
      out.blank()
      out.line("Guide \(entry.guide.joined(separator: ", ")) (\(entry.verdict.rawValue))")
      if let says = entry.guideSays { out.item("says", prose.line(says), column: 5) }
      if let today = entry.today { out.item("today", prose.line(today), column: 5) }
    }
    list(
      "Sources",
      entry.sources.compactMap { id in
        knowledge.source(id).map { ($0.id, [$0.title, $0.url].compactMap(\.self).joined(separator: ", ")) }
      })
    return out.text
  }

  private static func headline(_ wording: Wording) -> String {
    let assessment = wording.assessment
    let name = assessment.sheet.system.map(wording.text).flatMap { $0.isEmpty ? nil : $0 } ?? "This system"
    let mode = assessment.mode == .asWritten ? ", the guide as written" : ""
    return "\(name): \(wording.tally) (knowledge \(wording.knowledge.version)\(mode))"
  }

  private static func summary(of result: DecisionResult, _ wording: Wording, _ out: inout PlainText) {
    let decision = result.decision
    switch result.status {
    case .decided:
      if let outcome = result.outcome, let option = result.option {
        out.item("Outcome", "\(outcome): \(option.title)", indent: 0, column: 8)
      }
      if let index = result.rule, let rule = wording.rule(result) {
        out.item("Rule", "\(index + 1) of \(decision.rules.count): \(rule)", indent: 0, column: 8)
      }
    case .undecided:
      out.item(
        "Open", "\(wording.possible(result))", indent: 0, column: 8)
      if !result.needs.isEmpty { out.item("Needs", wording.ids(wording.needs(result)), indent: 0, column: 8) }
    case .notApplicable:
      out.item("Outcome", "does not apply", indent: 0, column: 8)
    }
  }
}

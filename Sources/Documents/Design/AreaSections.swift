internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// What holds for one area: the schema, security, observability, migration.
extension DesignDocument {
  /// The section of an area: its decisions, practices, checks and patterns, where any apply.
  func area(
    _ area: Area, lists: [TemplateValue] = [], alerts: [TemplateValue] = [], rollout: [String] = []
  ) -> TemplateValue {
    guard !isBrief else { return .nothing }
    // What hangs on an open decision is asked for once that is taken.
    let practices = assessment.practices.filter {
      $0.item.entry.area == area && (audience == .full || $0.truth == .true)
    }
    let must = practices.filter { $0.item.level == .must }
    let rules = area == .data || audience == .full ? must.map(practiceLine) : []
    func name(_ applied: Applied<Practice>) -> String {
      named(applied.item.entry) + condition(applied.item.applies, applied.truth)
        + (applied.item.entry.override.map { ", as changed by the pack \(wording.id($0.pack))" } ?? "")
    }
    let should = practices.filter { $0.item.level == .should }.map(name)
    let decided = ranked.filter { $0.decision.entry.area == area && $0.status != .notApplicable && !isBrief }
    let said = Set(practices.flatMap(\.item.checks))
    let checks = assessment.checks.filter {
      (audience == .full || $0.truth == .true) && $0.item.entry.area == area && !said.contains($0.item.id)
    }
    let patterns = patterns(area, serving: Set(decided.map(\.id) + practices.map(\.item.id)))
    guard !must.isEmpty || !should.isEmpty || !lists.isEmpty || !alerts.isEmpty || !rollout.isEmpty else {
      return .nothing
    }
    let outcomes = decided.map {
      "\(MarkdownText.escape($0.decision.entry.title.uncapitalized)) is \(wording.outcome($0))"
    }
    return .record([
      "outcomes": .optional(outcomes.isEmpty ? nil : "Decided: \(outcomes.joined(separator: "; "))."),
      "rollout": .section(rollout),
      "lists": .list(lists),
      "rules": .section(rules),
      "must": .optional(rules.isEmpty && !must.isEmpty ? Wording.list(must.map(name)) : nil),
      "should": .optional(should.isEmpty ? nil : Wording.list(should)),
      "checks": .optional(checks.isEmpty ? nil : Wording.list(checks.map { confirmation($0.item) })),
      "patterns": .optional(patterns.isEmpty ? nil : Wording.list(patterns.map { named($0.entry) })),
      "alerts": .section(alerts),
    ])
  }

  /// `Small connection pools (pool-sizing)`.
  private func named(_ entry: Entry) -> String {
    "\(MarkdownText.escape(entry.title.uncapitalized)) (\(wording.id(entry.id)))"
  }

  private func condition(_ applies: RuleCondition?, _ truth: Truth) -> String {
    guard truth == .unknown, let applies else { return "" }
    return " if \(wording.words(applies[assessment.mode].condition))"
  }

  /// A practice's rule in one line, with the checks that show it.
  private func practiceLine(_ applied: Applied<Practice>) -> String {
    let practice = applied.item
    let when = condition(practice.applies, applied.truth)
    let override = practice.entry.override.map { " \(self.override($0))" } ?? ""
    return "\(prose.line(practice.entry.summary))\(when.isEmpty ? "" : " Only\(when).")\(override) "
      + "(\(wording.id(practice.id)))"
  }

  /// Patterns of an area that fit what was decided.
  private func patterns(_ area: Area, serving: Set<String>) -> [Pattern] {
    knowledge.patterns.filter { pattern in
      pattern.entry.area == area && pattern.serves.contains(where: serving.contains) && fits(pattern)
    }
  }

  /// Infrastructure is written for one provider; the other families hold everywhere. A pattern that serves decisions
  /// fits where one of them came out with work to do, and that work is not another option's.
  func fits(_ pattern: Pattern) -> Bool {
    if pattern.family == .infrastructure {
      guard case .choice(let providers)? = assessment.reading("cloud_provider")?.state, providers == ["aws"] else {
        return false
      }
    }
    let decided = pattern.serves.compactMap(assessment.decision)
    let practices = pattern.serves.contains { id in assessment.practices.contains { $0.item.id == id } }
    return decided.contains { fits(pattern, $0) } || decided.isEmpty && practices
  }

  func fits(_ pattern: Pattern, _ result: DecisionResult) -> Bool {
    guard result.status == .decided, let option = result.option, option.effort != .none else { return false }
    return !result.decision.options.contains { $0.id != option.id && pattern.id.hasPrefix($0.id) }
  }

  // MARK: Alerts

  /// The expressions that the practices of observability hold, each with what is said before it.
  var alerts: [TemplateValue] {
    assessment.practices.filter { $0.item.entry.area == .observability && $0.truth == .true }.flatMap { applied in
      DesignDocument.fences(applied.item.entry.body).filter { $0.language.isEmpty || $0.language == "promql" }
        .map(atObjective).map { fence in
          .record([
            "caption": .text("\(named(applied.item.entry).sentence). \(prose.line(fence.caption))"),
            "language": .text(fence.language),
            "code": .text(prose.code(fence.code)),
          ])
        }
    }
  }

  /// An expression that is given for one objective, "For 99.9%:", for the one that holds here.
  private func atObjective(
    _ fence: (caption: String, language: String, code: String)
  ) -> (caption: String, language: String, code: String) {
    guard let example = fence.caption.firstMatch(of: #/For ([0-9.]+)%:/#),
      let percent = Decimal(string: String(example.1)),
      case .quantity(let target)? = assessment.reading("slo_target")?.state, target.isPoint
    else { return fence }
    let budget = (1 - percent / 100).plainText
    let caption = fence.caption.replacing(example.0, with: "For \(QuantityText.text(target.low, .share)):")
    return (caption, fence.language, fence.code.replacing(budget, with: (1 - target.low).plainText))
  }

  private static func fences(_ body: String) -> [(caption: String, language: String, code: String)] {
    var found: [(String, String, String)] = []
    var paragraph: [Substring] = []
    var code: [Substring]?
    var language = ""
    for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let lines = code {
          found.append((paragraph.joined(separator: " "), language, lines.joined(separator: "\n")))
          code = nil
          paragraph = []
        } else {
          language = String(line.dropFirst(3).prefix { $0.isLetter })
          code = []
        }
      } else if code != nil {
        code?.append(line)
      } else if line.hasPrefix("#") || line.hasPrefix("|") || line.hasPrefix("* ") {
        paragraph = []
      } else if !line.isEmpty {
        paragraph.append(line)
      }
    }
    return found
  }

  // MARK: Rollout

  /// How a version gets into production and back out.
  var rollout: [String] {
    var lines: [String] = []
    if let result = assessment.decision("deployment"), result.status == .decided, let option = result.option,
      let section = result.decision.entry.section(option.id)
    {
      lines.append(
        "**Rollout:** \(MarkdownText.escape(option.title)) (\(wording.id(option.id))). "
          + prose.line(DecisionSections.split(section).text))
    }
    if let practice = assessment.practices.first(where: { $0.item.id == "rollback-first" })?.item {
      let checks = assessment.checks.filter { practice.checks.contains($0.item.id) }.map { confirmation($0.item) }
      lines.append(
        "**Rollback:** \(prose.line(practice.entry.summary)) (\(wording.id(practice.id)))"
          + (checks.isEmpty ? "" : " Shown by: \(Wording.list(checks))."))
    }
    return lines
  }
}

internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

extension DesignDocument {
  /// One decision's section.
  func decision(_ result: DecisionResult) -> TemplateValue {
    let decision = result.decision
    let entry = decision.entry
    let isQuiet = isQuiet(result)
    let option = isQuiet ? nil : result.outcome.flatMap(entry.section).map(DecisionSections.split)
    return .record([
      "title": .text(MarkdownText.escape(entry.title)),
      "id": .text(result.id),
      "headline": .text(headline(result)),
      "decided": .flag(result.status == .decided),
      "override": .optional(entry.override.map(override)),
      "why": .optional(isQuiet ? nil : entry.section("Why").map(prose.render)),
      "otherEngine": .optional(otherEngine(entry)),
      "means": .optional(option.map { prose.render($0.text) }),
      "because": .section(result.because.map(reason)),
      "possible": .section(possible(result)),
      "needs": .section(needs(result)),
      "rejected": .section(rejected(result)),
      "headroom": .section(result.headroom.map { wording.headroom($0) + "." }),
      "flips": .section(result.flips.map { wording.flip($0) + "." }),
      "consequences": .optional(option.map { prose.render($0.bullets) }),
      "confirm": .optional(Wording.list(assessment.confirming(decision).map(confirmation))),
      "sources": .optional(trail(entry)),
    ])
  }

  private func headline(_ result: DecisionResult) -> String {
    switch result.status {
    case .decided:
      guard let option = result.option else { return "**\(wording.outcome(result))**" }
      let effort = option.effort == .none ? "no effort" : "\(option.effort.rawValue) effort"
      let rules = result.decision.rules
      let rule = result.rule.map { index -> String in
        let isLast = rules.indices.contains(index) && rules[index].when[assessment.mode].text == "otherwise"
        return " Rule \(index + 1) of \(rules.count)\(isLast ? ", as no other holds" : "")."
      }
      return "**\(MarkdownText.escape(option.title))** (\(wording.id(option.id))), \(effort).\(rule ?? "")"
    case .undecided:
      return "**Open:** \(wording.possible(result))."
    case .notApplicable: return "Does not apply."
    }
  }

  /// The options that were not chosen, those with the same reason together. The readings of the one that comes
  /// first stand above already.
  private func rejected(_ result: DecisionResult) -> [String] {
    func why(_ rejection: Rejection) -> String {
      if let outcome = result.outcome, rejection.reading.hasPrefix("\(outcome) comes first") {
        return "\(wording.id(outcome)) comes first"
      }
      if let winner = result.decision.options.map(\.id).first(where: {
        rejection.reading.hasPrefix("\($0) comes first")
      }) {
        return "\(wording.id(winner)) \(wording.text(String(rejection.reading.dropFirst(winner.count))))"
      }
      return wording.text(rejection.reading)
    }
    return result.rejected.map(why).uniqued().map { reason in
      let options = result.rejected.filter { why($0) == reason }.map { rejection in
        let title = result.decision.option(rejection.option).map { " (\(MarkdownText.escape($0.title)))" } ?? ""
        return wording.id(rejection.option) + title
      }
      return "\(Wording.list(options)): \(reason)."
    }
  }

  /// `2,125/s is at most 10,000/s: read_qps <= @postgres-read-qps holds`.
  private func reason(_ reason: Reason) -> String {
    let truth =
      switch reason.truth {
      case .true: "holds"
      case .false: "does not hold"
      case .unknown: "is open"
      }
    return "\(wording.reading(reason)): \(MarkdownText.code(reason.condition)) \(truth)."
  }

  /// In the order of the rules: each outcome that is still possible, and what would bring it about.
  private func possible(_ result: DecisionResult) -> [TemplateValue] {
    guard result.status == .undecided else { return [] }
    let decision = result.decision
    var lines: [String] = []
    if result.possible.contains(Outcome.notApplicable), let applies = decision.applies?[assessment.mode] {
      lines.append("Falls away if \(wording.words(.not(applies.condition))).")
    }
    var seen: [String] = []
    for rule in decision.rules where result.possible.contains(rule.then) && !seen.contains(rule.then) {
      let same = decision.rules.filter { $0.then == rule.then }.map { $0.when[assessment.mode].condition }
      let when = Wording.list(same.map(wording.words), "or")
      let isLast = same.contains { if case .always = $0 { true } else { false } }
      lines.append("\(wording.option(rule.then, of: decision)) \(isLast ? "" : "if ")\(when).")
      seen.append(rule.then)
    }
    return lines.enumerated().map { .record(["number": .text("\($0 + 1)"), "text": .text($1)]) }
  }

  private func needs(_ result: DecisionResult) -> [String] {
    wording.needs(result).map { id in
      knowledge.trait(id).map { "\(wording.id(id)): \(prose.line($0.question))" } ?? wording.id(id)
    }
  }

  private func confirmation(_ check: Check) -> String {
    "\(MarkdownText.escape(check.entry.title)) (\(wording.id(check.id)))"
  }

  /// The entry's id, the guide's numbers and the sources behind it.
  private func trail(_ entry: Entry) -> String {
    var parts = ["Decision: \(wording.id(entry.id))"]
    if !entry.guide.isEmpty {
      parts.append("Guide: \(entry.guide.joined(separator: ", ")) (\(entry.verdict.rawValue))")
    }
    if !entry.sources.isEmpty { parts.append("Sources: \(entry.sources.map(source).joined(separator: ", "))") }
    return parts.joined(separator: ". ") + "."
  }

  /// A source's id, with a mark where we have not read it ourselves.
  func source(_ id: String) -> String { wording.id(id) + (knowledge.source(id)?.evidence.mark ?? "") }

  func override(_ override: Entry.Override) -> String {
    "House rule: the pack \(wording.id(override.pack)) changed \(Wording.list(override.keys.map(wording.id)))."
  }

  /// One that rests on planning defaults alone, on one line.
  func assumed(_ result: DecisionResult) -> String {
    let title = result.option.map { " (\(MarkdownText.escape($0.title)))" } ?? ""
    let why = wording.shortReason(result)
    return "\(MarkdownText.escape(result.decision.entry.title)): \(wording.outcome(result))\(title)"
      + (why.isEmpty ? "." : ", because \(why).") + " Decision: \(wording.id(result.id))."
  }

  /// Those that do not apply, each with what ruled it out.
  var notApplicable: [String] {
    ranked.filter { $0.status == .notApplicable }.map { result in
      let readings = result.because.map { MarkdownText.escape($0.reading) }.uniqued().joined(separator: "; ")
      return
        "\(link(result)) (\(([wording.id(result.id)] + (readings.isEmpty ? [] : [readings])).joined(separator: ": ")))"
    }
  }

  /// What the decision means with another engine; only where the engine is not PostgreSQL for certain.
  private func otherEngine(_ entry: Entry) -> String? {
    guard let reading = assessment.reading("database_engine"), case .choice(let engines) = reading.state,
      engines != ["postgresql"], let section = entry.section("Other engines"), !section.isEmpty
    else { return nil }
    return "**With \(engines == ["mysql"] ? "MySQL" : "another engine"):** \(prose.render(section))"
  }
}

enum DecisionSections {
  /// The text of an option's section, and the bullets behind it.
  static func split(_ section: String) -> (text: String, bullets: String) {
    var text: [Substring] = []
    var bullets: [Substring] = []
    for line in section.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("* ") || line.hasPrefix("- ") {
        bullets.append("- " + line.dropFirst(2))
      } else if bullets.isEmpty {
        text.append(line)
      } else {
        bullets.append(line)
      }
    }
    func joined(_ lines: [Substring]) -> String {
      var lines = lines
      while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
      while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
      return lines.joined(separator: "\n")
    }
    return (joined(text), joined(bullets))
  }
}

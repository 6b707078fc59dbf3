internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

extension DesignDocument {
  // MARK: Decisions of consequence

  /// One decision's section.
  func decision(_ result: DecisionResult) -> TemplateValue {
    let decision = result.decision
    let entry = decision.entry
    let option = result.outcome.flatMap(entry.section).map(DecisionSections.split)
    let consequences = DecisionSections.Consequences(option?.bullets ?? "")
    return .record([
      "title": .text(MarkdownText.escape(entry.title)),
      "id": .text(result.id),
      "question": .text(prose.line(decision.question)),
      "headline": .text(headline(result)),
      "override": .optional(entry.override.map(override)),
      "means": .optional((option?.text).map(prose.line)),
      "otherEngine": .optional(otherEngine(entry)),
      "because": .optional(result.status == .decided ? reasons(result) : nil),
      "possible": .section(possible(result)),
      "needs": .optional(
        result.status == .undecided ? Wording.list(wording.needs(result).map(wording.id)) : nil),
      "rejected": .optional(rejected(result).joined(separator: ". ")),
      "headroom": .optional(room(result)),
      "flips": .optional(flips(result)),
      "good": .optional(consequences.good.first.map(prose.line)),
      "bad": .optional(consequences.bad.first.map(prose.line)),
      "confirm": .optional(
        result.status == .undecided ? nil : Wording.list(assessment.confirming(decision).map(confirmation))),
      "guide": .optional(guide(entry)),
    ])
  }

  private func headline(_ result: DecisionResult) -> String {
    switch result.status {
    case .decided:
      guard let option = result.option else { return "**\(wording.outcome(result))**" }
      return "**\(MarkdownText.escape(option.title))** (\(wording.id(option.id))), \(effort(option))."
    case .undecided: return "**Open:** \(wording.possible(result))."
    case .notApplicable: return "Does not apply."
    }
  }

  func effort(_ option: Decision.Option) -> String {
    option.effort == .none ? "no effort" : "\(option.effort.rawValue) effort"
  }

  /// `Read replicas behind the primary (read-replicas)`, or what is still possible.
  func outcome(_ result: DecisionResult) -> String {
    result.outcome.map { wording.option($0, of: result.decision) } ?? wording.outcome(result)
  }

  /// What decided, as one clause.
  func reasons(_ result: DecisionResult) -> String {
    let reasons = wording.shortReasons(result)
    let inner = reasons.count > 2 || reasons.contains { $0.contains(", ") }
    return reasons.joined(separator: inner ? "; " : " and ")
  }

  /// The threshold that counts most. Those that only defaults are held against say nothing of this system.
  private func room(_ result: DecisionResult) -> String? {
    guard let headroom = wording.nearest(result), assessment.reading(headroom.trait)?.origin != .default else {
      return nil
    }
    return wording.headroom(headroom) + "."
  }

  /// The smallest change that brings each other outcome, three at the most.
  private func flips(_ result: DecisionResult) -> String? {
    guard result.status == .decided else { return nil }
    var seen: [String] = []
    var lines: [String] = []
    let flips = (wording.nearestFlip(result).map { [$0] } ?? []) + result.flips
    for flip in flips where !seen.contains(flip.outcome) {
      seen.append(flip.outcome)
      lines.append(wording.flip(flip))
    }
    guard !lines.isEmpty else { return "no single answer." }
    return lines.prefix(3).joined(separator: "; ") + "."
  }

  /// The options that were not chosen, those with the same reason together. The readings of the one that comes
  /// first stand above already.
  func rejected(_ result: DecisionResult) -> [String] {
    result.rejected.map { rejection($0, of: result) }.uniqued().map { reason in
      let options = result.rejected.filter { rejection($0, of: result) == reason }.map { rejection in
        wording.option(rejection.option, of: result.decision)
      }
      return "\(Wording.list(options)): \(shortened(reason, to: 1))"
    }
  }

  /// What ruled an option out.
  func rejection(_ rejection: Rejection, of result: DecisionResult) -> String {
    // A semicolon is what parts the readings.
    let reading = wording.named(rejection.reading.replacing("; not ", with: ", not "), of: result.decision)
    if let outcome = result.outcome, reading.hasPrefix("\(outcome) comes first") {
      // Its own rule may hold or not: what decided stood before it.
      return "ruled out by the same"
    }
    if let winner = result.decision.options.map(\.id).first(where: { reading.hasPrefix("\($0) comes first") }) {
      return "\(wording.id(winner)) \(wording.text(String(reading.dropFirst(winner.count))))"
    }
    return wording.text(reading)
  }

  /// The first readings of many, those of answers before those of planning defaults.
  func shortened(_ reason: String, to count: Int = 2) -> String {
    DesignDocument.told(reason.components(separatedBy: "; "), count)
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

  func confirmation(_ check: Check) -> String {
    "\(MarkdownText.escape(check.entry.title.uncapitalized)) (\(wording.id(check.id)))"
  }

  /// `Decision load-balancing; guide ST-6a (nuance).`
  private func guide(_ entry: Entry) -> String {
    let numbers =
      entry.guide.isEmpty ? "" : "; guide \(entry.guide.joined(separator: ", ")) (\(entry.verdict.rawValue))"
    return "Decision \(wording.id(entry.id))\(numbers)."
  }

  /// The guide's numbers and the sources behind an entry.
  private func trail(_ entry: Entry) -> String {
    var parts: [String] = []
    if !entry.guide.isEmpty { parts.append("guide \(entry.guide.joined(separator: ", ")) (\(entry.verdict.rawValue))") }
    if !entry.sources.isEmpty { parts.append("sources \(entry.sources.map(source).joined(separator: ", "))") }
    return (["decision \(wording.id(entry.id))"] + parts).joined(separator: "; ").sentence + "."
  }

  /// A source's id, with a mark where we have not read it ourselves.
  func source(_ id: String) -> String { wording.id(id) + (knowledge.source(id)?.evidence.mark ?? "") }

  func override(_ override: Entry.Override) -> String {
    "House rule: the pack \(wording.id(override.pack)) changed \(Wording.list(override.keys.map(wording.id)))."
  }

  // MARK: The others

  var decisionsLead: String? {
    guard !ranked.isEmpty else { return nil }
    let full = weighty.count
    let quiet = ranked.filter { standing.isQuiet($0) && $0.status != .notApplicable }.count
    if full == 0 { return "None has much at stake: each has one line." }
    return "\(Wording.count(full, "decision", "decisions")) of consequence in full"
      + (quiet == 0 ? "." : ", \(quiet) with little at stake in one line each.")
  }

  /// Those without a section, by status.
  func quiet(_ status: Status) -> [DecisionResult] {
    ranked.filter { $0.status == status && standing.isQuiet($0) }
  }

  func quietRow(_ result: DecisionResult) -> TemplateValue {
    .record([
      "decision": .text(MarkdownText.cell(named(result))),
      "outcome": .text(MarkdownText.cell(outcome(result))),
      "why": .text(MarkdownText.cell(DesignDocument.told(wording.shortReasons(result)))),
    ])
  }

  /// One that rests on planning defaults alone.
  func assumed(_ result: DecisionResult) -> String { "\(named(result)): \(outcome(result))" }

  /// Two readings at the most, those of answers before those of planning defaults.
  static func told(_ readings: [String], _ count: Int = 2) -> String {
    let answered = readings.filter { !$0.contains("(planning default)") }
    return (answered.isEmpty ? readings : answered).prefix(count).joined(separator: "; ")
  }

  func openRow(_ result: DecisionResult) -> TemplateValue {
    .record([
      "decision": .text(MarkdownText.cell(named(result))),
      "possible": .text(MarkdownText.cell(wording.possible(result))),
      "needs": .text(MarkdownText.cell(wording.ids(wording.needs(result)))),
    ])
  }

  /// Those that do not apply, each with what ruled it out.
  var notApplicable: [String] {
    ranked.filter { $0.status == .notApplicable }.map { result in
      let readings = result.because.map { wording.named($0.reading, of: result.decision) }.map(MarkdownText.escape)
      let because = shortened(readings.uniqued().joined(separator: "; "), to: 1)
      let title = MarkdownText.escape(result.decision.entry.title)
      return "\(title) (\(([wording.id(result.id)] + (because.isEmpty ? [] : [because])).joined(separator: ": ")))"
    }
  }

  /// What the decision means with another engine; only where the engine is not PostgreSQL for certain.
  private func otherEngine(_ entry: Entry) -> String? {
    guard let reading = assessment.reading("database_engine"), case .choice(let engines) = reading.state,
      engines != ["postgresql"], let section = entry.section("Other engines"), !section.isEmpty
    else { return nil }
    return "**With \(engines == ["mysql"] ? "MySQL" : "another engine"):** \(prose.render(section))"
  }

  // MARK: Traces

  /// Everything that the engine found about one decision.
  func trace(_ result: DecisionResult) -> TemplateValue {
    let decision = result.decision
    let entry = decision.entry
    let option = result.outcome.flatMap(entry.section).map(DecisionSections.split)
    return .record([
      "title": .text(MarkdownText.escape("Trace: \(entry.title)")),
      "id": .text(result.id),
      "headline": .text(headline(result) + rule(result)),
      "why": .optional(entry.section("Why").map(prose.render)),
      "because": .section(result.because.map(reason)),
      "rejected": .section(
        result.rejected.map { rejected in
          "\(wording.option(rejected.option, of: decision)): \(rejection(rejected, of: result))."
        }),
      "headroom": .section(result.headroom.map { wording.headroom($0) + "." }),
      "flips": .section(result.flips.map { wording.flip($0) + "." }),
      "consequences": .optional(option.map { prose.render($0.bullets) }),
      "limits": .optional(entry.section("Limits of this rule").map(prose.render)),
      "sources": .optional(trail(entry)),
    ])
  }

  private func rule(_ result: DecisionResult) -> String {
    let rules = result.decision.rules
    guard let index = result.rule else { return "" }
    let isLast = rules.indices.contains(index) && rules[index].when[assessment.mode].text == "otherwise"
    return " Rule \(index + 1) of \(rules.count)\(isLast ? ", as no other holds" : "")."
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

  /// What an option's bullets say, each without its first words: `Good, because`.
  struct Consequences {
    var good: [String] = []
    var bad: [String] = []

    init(_ bullets: String) {
      for bullet in DecisionSections.items(bullets) {
        if let text = bullet.dropping("Good, because ") { good.append(text) }
        if let text = bullet.dropping("Bad, because ") { bad.append(text) }
      }
    }
  }

  /// The items of a bulleted list, each on one line; of prose without bullets its paragraphs.
  static func items(_ markdown: String) -> [String] {
    var items: [String] = []
    var isBroken = true
    var hasBullets = false
    var fenced = false
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { fenced.toggle() }
      if fenced || line.hasPrefix("```") || line.hasPrefix("|") { continue }
      let text = line.trimming()
      if line.hasPrefix("* ") || line.hasPrefix("- ") {
        if !hasBullets { items = [] }
        hasBullets = true
        items.append(String(text.dropFirst(2)))
        isBroken = false
      } else if text.isEmpty {
        isBroken = true
      } else if !isBroken, let last = items.popLast() {
        items.append("\(last) \(text)")
      } else if !hasBullets {
        items.append(text)
        isBroken = false
      }
    }
    return items
  }
}

extension String {
  func dropping(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}

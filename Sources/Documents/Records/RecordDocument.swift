internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

/// One decision as a record: what the templates of decision records are filled with.
struct RecordDocument {
  let assessment: Assessment
  let knowledge: Knowledge
  let result: DecisionResult
  private let prose: Prose
  private var wording: Wording { prose.wording }
  private var decision: Decision { result.decision }

  init(_ assessment: Assessment, _ knowledge: Knowledge, _ result: DecisionResult) {
    self.assessment = assessment
    self.knowledge = knowledge
    self.result = result
    prose = Prose(assessment, knowledge)
  }

  /// The decision and what came of it, as plain text.
  var title: String {
    let outcome =
      result.option?.title
      ?? "open between \(Wording.list(options.filter { result.possible.contains($0.id) }.map(\.title), "and"))"
    let name = RecordDocument.bare(decision.entry.title)
    // Quotation marks end a label where adr-tools draws its graph.
    return MarkdownText.plain("\(name): \(RecordDocument.bare(outcome))").replacing("\"", with: "'")
  }

  /// Without what a heading should not end in.
  private static func bare(_ text: String) -> String {
    var text = MarkdownText.plain(text)
    while let last = text.last, ".,;:!? ".contains(last) { text.removeLast() }
    return text
  }

  private var options: [Decision.Option] { decision.options }

  func value(_ record: NewRecord, superseding links: [String]) -> TemplateValue {
    let sheet = assessment.sheet
    let chosen = result.outcome.flatMap(decision.entry.section).map(RecordDocument.split)
    return .record([
      "status": .text(result.status == .decided ? "accepted" : "proposed"),
      "statusCapitalized": .text(result.status == .decided ? "Accepted" : "Proposed"),
      "date": .optional(sheet.date.flatMap { $0.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) == nil ? nil : $0 }),
      "decisionMakers": .optional(people(sheet.people.decisionMakers)),
      "consulted": .optional(people(sheet.people.consulted)),
      "informed": .optional(people(sheet.people.informed)),
      "title": .text(record.prefix + MarkdownText.escape(title)),
      "supersedes": .texts(links),
      "question": .text(question),
      "why": .optional(decision.entry.section("Why").map { RecordDocument.markdown(prose.render($0)) }),
      "inputs": .section(inputs),
      "drivers": .section(drivers),
      "options": .texts(options.map { MarkdownText.escape($0.title) }),
      "chosen": .text(chosenTitle),
      "because": .text(because),
      "rule": .optional(rule),
      "means": .optional(chosen.map { RecordDocument.markdown(prose.render($0.text)) }),
      "consequences": .optional(chosen.map { prose.render($0.bullets) }),
      "confirm": .section(assessment.confirming(decision).map(confirmation)),
      "prosAndCons": .list(options.map(prosAndCons)),
      "headroom": .section(result.headroom.map { wording.headroom($0) + "." }),
      "flips": .section(result.flips.map { wording.flip($0) + "." }),
      "override": .optional(decision.entry.override.map(override)),
      "guide": .optional(decision.entry.guide.joined(separator: ", ")),
      "sources": .section(decision.entry.sources.map(source)),
      "decision": .text(MarkdownText.code(result.id)),
      "knowledge": .text(
        "\(MarkdownText.escape(knowledge.version)) (\(MarkdownText.code(String(knowledge.hash.prefix(12)))))"),
    ])
  }

  /// Names as a YAML list; nil without any.
  private func people(_ names: [String]) -> String? {
    let names = names.filter { !MarkdownText.plain($0).isEmpty }.map(FrontMatter.scalar)
    return names.isEmpty ? nil : "[\(names.joined(separator: ", "))]"
  }

  private var question: String {
    let system = MarkdownText.escape(assessment.sheet.system ?? "")
    let asked = prose.line(decision.question)
    return system.isEmpty ? asked : "\(asked) This is the answer for \(system)."
  }

  /// What was known of the traits that the decision reads, down to those that were asked.
  private var inputs: [String] {
    func inputs(_ trait: String) -> [String] {
      guard let reading = assessment.reading(trait), reading.origin == .derived,
        let derivation = reading.trait.derivation
      else { return [trait] }
      return [trait] + derivation.from.traits.filter { $0 != trait }.flatMap(inputs)
    }
    return wording.asked(decision.inputs(in: assessment.mode).flatMap(inputs).uniqued()).compactMap { id in
      guard let reading = assessment.reading(id) else { return nil }
      let note = MarkdownText.escape(assessment.sheet.notes[id] ?? "")
      return "\(MarkdownText.escape(reading.trait.entry.title)) (\(wording.id(id))): \(wording.value(reading)), "
        + wording.origin(reading) + (note.isEmpty ? "" : " (\(note))") + "."
    }
  }

  /// The readings that carried the outcome, each with what it is about.
  private var drivers: [String] {
    result.because.map { reason in
      let reading = wording.reading(reason)
      guard let subject = assessment.reading(String(reason.condition.prefix { $0 != " " })) else { return reading }
      let name = MarkdownText.escape(subject.trait.entry.title)
      return reading.lowercased().contains(name.lowercased()) ? reading : "\(name.uncapitalized): \(reading)"
    }.uniqued()
  }

  private var chosenTitle: String {
    result.option.map { MarkdownText.escape($0.title) } ?? "none yet"
  }

  private var because: String {
    if result.status == .decided {
      let reason = wording.shortReason(result)
      return reason.isEmpty ? "no other option applies" : reason
    }
    return "it is open between \(wording.possible(result)), for want of \(wording.ids(wording.needs(result)))"
  }

  /// Which rule decided.
  private var rule: String? {
    guard result.status == .decided, let index = result.rule, let text = wording.rule(result) else { return nil }
    let place = "Rule \(index + 1) of \(decision.rules.count) decided"
    return text == "otherwise" ? "\(place): no other holds." : "\(place): \(MarkdownText.code(text))."
  }

  private func confirmation(_ check: Check) -> String {
    "\(MarkdownText.escape(check.entry.title)) (\(wording.id(check.id))): \(prose.line(check.entry.summary))"
  }

  private func prosAndCons(_ option: Decision.Option) -> TemplateValue {
    let section = decision.entry.section(option.id).map(RecordDocument.split)
    let isChosen = option.id == result.outcome
    let rejection = result.rejected.first { $0.option == option.id }
    return .record([
      "title": .text(MarkdownText.escape(RecordDocument.bare(option.title))),
      "chosen": .flag(isChosen),
      "text": .optional(section.map { RecordDocument.markdown(prose.render($0.text)) }),
      "whyNot": .optional(rejection.map(whyNot)),
      "arguments": .optional(isChosen ? nil : section.map { prose.render($0.bullets) }),
    ])
  }

  private func whyNot(_ rejection: Rejection) -> String {
    guard !rejection.reading.isEmpty else { return "" }
    // The one that comes first is named by its id there.
    let winner = options.first { rejection.reading.hasPrefix("\($0.id) comes first") }
    let reading = winner.map {
      "“\(MarkdownText.escape($0.title))” " + wording.text(String(rejection.reading.dropFirst($0.id.count)))
    }
    return "Not chosen: \(reading ?? wording.text(rejection.reading))."
  }

  private func override(_ override: Entry.Override) -> String {
    "House rule: the pack \(wording.id(override.pack)) changed \(Wording.list(override.keys.map(wording.id)))."
  }

  private func source(_ id: String) -> String {
    guard let source = knowledge.source(id) else { return wording.id(id) }
    let title = MarkdownText.escape(source.title)
    guard let url = source.url, url.hasPrefix("https://") || url.hasPrefix("http://"),
      url.allSatisfy({ $0.isASCII && !$0.isWhitespace && !"<>()\\\"`".contains($0) })
    else { return title + known(source) }
    return "[\(title)](\(url))\(known(source))"
  }

  /// How well a source is known, where that is not by reading it.
  private func known(_ source: Source) -> String {
    switch source.evidence {
    case .read, .measured: ""
    case .secondHand, .unverified: " (\(source.evidence.rawValue))"
    }
  }

  /// An option's text, and its arguments as MADR writes them: bullets with asterisks.
  static func split(_ section: String) -> (text: String, bullets: String) {
    let parts = DecisionSections.split(section)
    return (parts.text, markdown(parts.bullets))
  }

  /// Lists with asterisks, as in the rest of a record.
  static func markdown(_ text: String) -> String {
    var fenced = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      if line.hasPrefix("```") { fenced.toggle() }
      return !fenced && line.hasPrefix("- ") ? "* " + line.dropFirst(2) : String(line)
    }.joined(separator: "\n")
  }
}

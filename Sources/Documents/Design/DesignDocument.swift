internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// Turns an assessment into what `design.md.mustache` is filled with. Each part is in a file of its own.
struct DesignDocument {
  let assessment: Assessment
  let knowledge: Knowledge
  let prose: Prose
  let wording: Wording
  let diagram: SystemDiagram
  /// Decisions by weight, then area, then id.
  let ranked: [DecisionResult]
  /// The section of each decision that has one.
  let anchors: [String: String]
  /// By decision: what the other mode gives, where that differs.
  let divergence: [String: Outcome]
  private(set) var headroomChart: HeadroomChart?
  /// Where growth is known.
  private(set) var growthChart: GrowthChart?
  private(set) var decisionMap: DecisionMap?

  init(_ assessment: Assessment, _ knowledge: Knowledge) {
    self.assessment = assessment
    self.knowledge = knowledge
    diagram = SystemDiagram(assessment)
    ranked = assessment.decisions.sorted {
      (-$0.decision.weight, $0.decision.entry.area, $0.id) < (-$1.decision.weight, $1.decision.entry.area, $1.id)
    }
    let others = Evaluator(knowledge, mode: assessment.mode == .current ? .asWritten : .current)
      .outcomes(assessment.sheet.answers)
    divergence = others.filter { id, other in
      assessment.decision(id).map { $0.status != other.status || $0.possible != other.possible } ?? false
    }
    var prose = Prose(assessment, knowledge)
    // Headings take their slugs in order, a second one with a number, as on the forges.
    var taken: [String: Int] = [:]
    func slug(_ heading: String) -> String {
      let base = MarkdownText.slug(MarkdownText.plain(heading))
      let earlier = taken[base, default: 0]
      taken[base] = earlier + 1
      return earlier == 0 ? base : "\(base)-\(earlier)"
    }
    _ = slug(DesignDocument.title(assessment))
    for heading in ["Summary", "System", "Context and traits", "Decisions"] { _ = slug(heading) }
    var anchors: [String: String] = [:]
    for result in ranked where result.status != .notApplicable && !result.isAssumed {
      anchors[result.id] = slug(result.decision.entry.title)
    }
    prose.anchors = anchors
    self.anchors = anchors
    self.prose = prose
    wording = prose.wording
    headroomChart = HeadroomChart(ranked, wording)
    if !GrowthProjection.growth(in: assessment).isEmpty {
      growthChart = Evaluator(knowledge, mode: assessment.mode).projection(of: assessment)
        .map { GrowthChart($0, prose.wording) }
    }
    decisionMap = DecisionMap(shown, wording, isQuiet: isQuiet)
  }

  var value: TemplateValue {
    .record([
      "title": .text(MarkdownText.escape(DesignDocument.title(assessment))),
      "status": .text(status),
      "asWritten": .flag(assessment.mode == .asWritten),
      "house": .optional(HouseRules(wording).text),
      "lead": .text(lead),
      "summary": .list(shown.map(summaryRow)),
      "headroomChart": .optional(headroomChart?.picture.fence),
      "matters": .section(matters),
      "calm": .flag(matters.isEmpty && ranked.contains { $0.status == .decided }),
      "open": .optional(open),
      "growthChart": .optional(growthChart?.markdown(link: link)),
      "decisionMap": .optional(decisionMap?.picture.fence),
      "diagram": .text(diagram.mermaid),
      "diagramText": .text(MarkdownText.escape(diagram.description)),
      "hasNotes": .flag(!assessment.sheet.notes.isEmpty),
      "traits": .list(traitRows),
      "otherTraits": .optional(otherTraits),
      "decisions": .list(shown.map(decision)),
      "assumed": .section(ranked.filter(\.isAssumed).map(assumed)),
      "notApplicable": .section(notApplicable),
      "practices": .list(practices),
      "lists": .list(lists),
      "defaults": .section(defaults),
      "unknowns": .section(unknowns),
      "warnings": .section(assessment.warnings.map(MarkdownText.escape)),
      "settled": .flag(defaults.isEmpty && unknowns.isEmpty && assessment.warnings.isEmpty),
      "departures": .section(departures),
      "nuances": .section(nuances),
      "agreement": .flag(departures.isEmpty && nuances.isEmpty),
      "steps": .list(steps),
      "references": .list(references),
    ])
  }

  // MARK: Pictures

  /// Those that stand in the document, each in a fence of its own.
  var pictures: [Picture] {
    [diagram.picture, headroomChart?.picture, growthChart?.picture, decisionMap?.picture].compactMap(\.self)
  }

  /// The decisions with a section of their own.
  private var shown: [DecisionResult] { ranked.filter { $0.status != .notApplicable && !$0.isAssumed } }

  // MARK: Head and summary

  /// The document's title, as plain text.
  static func title(_ assessment: Assessment) -> String {
    let name = MarkdownText.plain(assessment.sheet.system ?? "")
    return name.isEmpty ? "System design" : "\(name): system design"
  }

  /// Date, people, knowledge and mode, on one line.
  private var status: String {
    let sheet = assessment.sheet
    func people(_ names: [String], _ role: String) -> String? {
      let names = names.map(MarkdownText.escape).filter { !$0.isEmpty }
      return names.isEmpty ? nil : "\(role): \(names.joined(separator: ", "))"
    }
    let packs = knowledge.packs.dropFirst().map {
      "\(MarkdownText.escape($0.title)) (\(MarkdownText.code($0.name)) \(MarkdownText.escape($0.version)))"
    }
    let parts: [String?] = [
      sheet.date.map { "Date: \(MarkdownText.escape($0))" },
      people(sheet.people.decisionMakers, "Decision makers"),
      people(sheet.people.consulted, "Consulted"),
      people(sheet.people.informed, "Informed"),
      "Knowledge: \(MarkdownText.escape(knowledge.version)) (\(MarkdownText.code(String(knowledge.hash.prefix(12)))))",
      packs.isEmpty ? nil : "House packs: \(packs.joined(separator: ", "))",
      "Mode: " + (assessment.mode == .asWritten ? "the guide as written" : "the guide with today's facts"),
    ]
    return parts.compactMap(\.self).joined(separator: " · ")
  }

  private var lead: String {
    let total = Wording.count(assessment.decisions.count, "decision", "decisions")
    return assessment.decisions.isEmpty ? "The knowledge holds no decisions." : "\(total): \(wording.tally)."
  }

  private func summaryRow(_ result: DecisionResult) -> TemplateValue {
    let open = result.needs.isEmpty ? "" : "Needs \(wording.ids(wording.needs(result)))."
    return .record([
      "decision": .text(MarkdownText.cell(link(result))),
      "outcome": .text(MarkdownText.cell(wording.outcome(result))),
      "why": .text(
        MarkdownText.cell(result.status == .undecided && !open.isEmpty ? open : wording.shortReason(result))),
      "headroom": .text(MarkdownText.cell(wording.nearest(result).map(wording.shortHeadroom) ?? "–")),
    ])
  }

  /// The decision's name, leading to its section.
  func link(_ result: DecisionResult) -> String {
    let title = MarkdownText.escape(result.decision.entry.title)
    return anchors[result.id].map { "[\(title)](#\($0))" } ?? title
  }

  /// Whether hardly anything hangs on it: no work to do, and no figure within a factor of two of another outcome.
  func isQuiet(_ result: DecisionResult) -> Bool {
    guard result.status == .decided, result.option?.effort == Decision.Effort.none else { return false }
    return result.flips.allSatisfy { flip in
      guard case .quantity(let to) = flip.to, case .quantity(let now)? = assessment.reading(flip.trait)?.state else {
        return true
      }
      return to > now.high ? to >= now.high * 2 : to * 2 <= now.low
    }
  }

  /// The three decisions that ask for most, or stand closest to a line.
  private var matters: [String] {
    let efforts = Decision.Effort.allCases
    func effort(_ result: DecisionResult) -> Int {
      result.option.flatMap { efforts.firstIndex(of: $0.effort) } ?? 0
    }
    /// Its weight for each step of effort, and twice more where a threshold is close.
    func stake(_ result: DecisionResult) -> Int {
      let isClose = wording.nearest(result).map(wording.isClose) ?? false
      return result.decision.weight * (effort(result) + (isClose ? 2 : 0))
    }
    let candidates = ranked.filter { $0.status == .decided && !$0.isAssumed && stake($0) > $0.decision.weight }
    let ordered = candidates.enumerated().sorted { a, b in
      (-stake(a.element), a.offset) < (-stake(b.element), b.offset)
    }
    return ordered.prefix(3).map { _, result in
      let reasons = wording.shortReasons(result)
      let why = reasons.joined(separator: reasons.count > 2 || reasons.contains { $0.contains(", ") } ? "; " : " and ")
      var text = "\(link(result)): \(wording.outcome(result)), because \(why)."
      if let option = result.option, option.effort != .none { text += " Effort \(option.effort.rawValue)." }
      if let flip = wording.nearestFlip(result) { text += " \(wording.flip(flip).sentence)." }
      return text
    }
  }

  /// What is open, and which answers to get first.
  private var open: String? {
    let open = ranked.filter { $0.status == .undecided }
    guard !open.isEmpty else { return nil }
    let first = assessment.openQuestions.prefix(3).map { item in
      "\(wording.id(item.reading.id)) (\(Wording.count(item.decisions.count, "decision", "decisions")))"
    }
    return Wording.list(open.map(link)) + "." + (first.isEmpty ? "" : " Answer first: \(Wording.list(first)).")
  }

  // MARK: Context

  /// Unknown traits that no open decision waits for are left to one line.
  private var traitRows: [TemplateValue] {
    assessment.traits.filter { !isIdle($0) && !isSilent($0) }.map { reading in
      .record([
        "name": .text(MarkdownText.cell(MarkdownText.escape(reading.trait.entry.title))),
        "id": .text(MarkdownText.code(reading.id)),
        "value": .text(MarkdownText.cell(wording.value(reading))),
        "origin": .text(MarkdownText.cell(wording.origin(reading))),
        "note": .text(MarkdownText.cell(MarkdownText.escape(assessment.sheet.notes[reading.id] ?? ""))),
      ])
    }
  }

  private func isIdle(_ reading: TraitReading) -> Bool {
    reading.origin == .unknown && assessment.sheet.notes[reading.id] == nil
      && !assessment.decisions.contains { $0.needs.contains(reading.id) }
  }

  /// A default of ours that was not asked about: it stands among the assumptions.
  func isSilent(_ reading: TraitReading) -> Bool {
    reading.origin == .default && !reading.trait.isCore && assessment.sheet.notes[reading.id] == nil
  }

  private var otherTraits: String? {
    let idle = assessment.traits.filter(isIdle)
    return idle.isEmpty ? nil : idle.map { wording.id($0.id) }.joined(separator: ", ")
  }
}

extension String {
  /// With a capital in front, unless it begins with a code span.
  var sentence: String { prefix(1).uppercased() + dropFirst() }
}

internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// Turns an assessment into what `design.md.mustache` is filled with. Each part is in a file of its own.
struct DesignDocument {
  let assessment: Assessment
  let knowledge: Knowledge
  let audience: Audience
  let prose: Prose
  let wording: Wording
  let standing: Standing
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

  init(_ assessment: Assessment, _ knowledge: Knowledge, audience: Audience = .review) {
    self.assessment = assessment
    self.knowledge = knowledge
    self.audience = audience
    diagram = SystemDiagram(assessment)
    let ranked = assessment.decisions.sorted {
      (-$0.decision.weight, $0.decision.entry.area, $0.id) < (-$1.decision.weight, $1.decision.entry.area, $1.id)
    }
    self.ranked = ranked
    let others = Evaluator(knowledge, mode: assessment.mode == .current ? .asWritten : .current)
      .outcomes(assessment.sheet.answers)
    divergence = others.filter { id, other in
      assessment.decision(id).map { $0.status != other.status || $0.possible != other.possible } ?? false
    }
    var prose = Prose(assessment, knowledge)
    prose.wording.namesRates = true
    let standing = Standing(assessment: assessment, wording: prose.wording)
    // Headings take their slugs in order, a second one with a number, as on the forges.
    var taken: [String: Int] = [:]
    func slug(_ heading: String) -> String {
      let base = MarkdownText.slug(MarkdownText.plain(heading))
      let earlier = taken[base, default: 0]
      taken[base] = earlier + 1
      return earlier == 0 ? base : "\(base)-\(earlier)"
    }
    _ = slug(DesignDocument.title(assessment))
    for heading in ["Summary", "Context and scope", "Goals and non-goals", "System", "Traits", "Decisions"] {
      _ = slug(heading)
    }
    var anchors: [String: String] = [:]
    if audience != .exec {
      for result in ranked where !standing.isQuiet(result) { anchors[result.id] = slug(result.decision.entry.title) }
    }
    if audience == .full {
      for result in ranked where result.status != .notApplicable && anchors[result.id] == nil {
        anchors[result.id] = slug("Trace: \(result.decision.entry.title)")
      }
    }
    prose.anchors = anchors
    self.anchors = anchors
    self.prose = prose
    self.standing = standing
    wording = prose.wording
    headroomChart = HeadroomChart(ranked, wording)
    if !GrowthProjection.growth(in: assessment).isEmpty {
      growthChart = Evaluator(knowledge, mode: assessment.mode).projection(of: assessment)
        .map { GrowthChart($0, prose.wording) }
    }
    let shown = ranked.filter { $0.status != .notApplicable && !$0.isAssumed }
    decisionMap = DecisionMap(shown, wording, isQuiet: standing.isQuiet)
  }

  var isBrief: Bool { audience == .exec }

  /// The decisions with a section of their own.
  var weighty: [DecisionResult] { isBrief ? [] : ranked.filter { !standing.isQuiet($0) } }

  var value: TemplateValue {
    .record([
      "title": .text(MarkdownText.escape(DesignDocument.title(assessment))),
      "status": .text(status),
      "asWritten": .flag(assessment.mode == .asWritten),
      "house": .optional(HouseRules(wording).text),
      "engineCaution": .optional(assessment.engineCaution.map(MarkdownText.escape)),
      "lead": .text(lead),
      "matters": .section(matters),
      "calm": .flag(matters.isEmpty && ranked.contains { $0.status == .decided }),
      "open": .optional(open),
      "decisionMap": .optional(isBrief ? nil : decisionMap?.picture.fence),
      "scope": .optional(isBrief ? nil : scope),
      "goals": .section(isBrief ? [] : goals),
      "nonGoals": .section(isBrief ? [] : nonGoals),
      "diagram": .text(diagram.mermaid),
      "diagramText": .text(MarkdownText.escape(diagram.description)),
      "traits": isBrief ? .nothing : traits,
      "decisionsLead": .optional(isBrief ? nil : decisionsLead),
      "decisions": .list(weighty.map(decision)),
      "openRows": .section(isBrief ? [] : quiet(.undecided).map(openRow)),
      "quietRows": .section(isBrief ? [] : quiet(.decided).filter { !$0.isAssumed }.map(quietRow)),
      "assumed": .section(isBrief ? [] : quiet(.decided).filter(\.isAssumed).map(assumed)),
      "notApplicable": .section(isBrief ? [] : notApplicable),
      "recordLists": .list(isBrief ? [] : lists { ![.data, .migration].contains($0.entry.area) }),
      "data": area(.data, lists: lists { $0.entry.area == .data }),
      "capacity": isBrief ? .nothing : capacity,
      "failures": .section(isBrief ? [] : failures),
      "security": area(.security),
      "observability": area(.observability, alerts: alerts),
      "migration": area(.migration, lists: lists { $0.entry.area == .migration }, rollout: rollout),
      "costs": costs,
      "assumptions": .section(assumptions),
      "narrow": .section(narrow),
      "unknowns": .section(unknowns),
      "defaults": .optional(defaults),
      "warnings": .section(assessment.warnings.map(MarkdownText.escape)),
      "hasQuestions": .flag(
        !assumptions.isEmpty || !narrow.isEmpty || !unknowns.isEmpty || defaults != nil || !assessment.warnings.isEmpty),
      "approvers": .section(approvers),
      "steps": .list(isBrief ? [] : steps),
      "departures": .section(isBrief ? [] : departures),
      "nuances": .section(audience == .full ? nuances : []),
      "hasGuide": .flag(!isBrief),
      "agreement": .flag(!isBrief && departures.isEmpty && (audience != .full || nuances.isEmpty)),
      "references": .list(isBrief ? [] : references),
      "traces": .section(audience == .full ? ranked.filter { $0.status != .notApplicable }.map(trace) : []),
      "practices": .list(audience == .full ? practices : []),
    ])
  }

  // MARK: Pictures

  /// Those that stand in the document, each in a fence of its own.
  var pictures: [Picture] {
    [diagram.picture, headroomChart?.picture, growthChart?.picture, decisionMap?.picture].compactMap(\.self)
  }

  // MARK: Head and summary

  /// The document's title, as plain text.
  static func title(_ assessment: Assessment) -> String {
    let name = MarkdownText.plain(assessment.sheet.system ?? "")
    return name.isEmpty ? "System design" : "\(name): system design"
  }

  /// Date, knowledge and mode, on one line.
  private var status: String {
    let packs = knowledge.packs.dropFirst().map {
      "\(MarkdownText.escape($0.title)) (\(MarkdownText.code($0.name)) \(MarkdownText.escape($0.version)))"
    }
    let parts: [String?] = [
      assessment.sheet.date.map { "Date: \(MarkdownText.escape($0))" },
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

  /// The same with its id: `Scaling reads (read-scaling)`.
  func named(_ result: DecisionResult) -> String { "\(link(result)) (\(wording.id(result.id)))" }

  /// The decision's name, leading to its section.
  func link(_ result: DecisionResult) -> String {
    let title = MarkdownText.escape(result.decision.entry.title)
    return anchors[result.id].map { "[\(title)](#\($0))" } ?? title
  }

  /// The three decisions that ask for most, or stand closest to a line.
  private var matters: [String] {
    let candidates = ranked.filter {
      $0.status == .decided && !standing.isQuiet($0) && standing.stake($0) > $0.decision.weight
    }
    let ordered = candidates.enumerated().sorted { a, b in
      (-standing.stake(a.element), a.offset) < (-standing.stake(b.element), b.offset)
    }
    return ordered.prefix(3).map { _, result in
      var text = "**\(link(result))**: \(outcome(result))"
      let why = shortened(reasons(result))
      if !why.isEmpty { text += ", because \(why)" }
      text += "."
      if let flip = wording.nearestFlip(result) { text += " \(wording.flip(flip, of: result.decision).sentence)." }
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
    let names = open.count > 6 ? "\(open.count) decisions" : Wording.list(open.map(link))
    return names + "." + (first.isEmpty ? "" : " Answer first: \(Wording.list(first)).")
  }
}

extension String {
  /// With a capital in front, unless it begins with a code span.
  var sentence: String { prefix(1).uppercased() + dropFirst() }
}

internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// Context, goals, traits and people.
extension DesignDocument {
  /// What the system is, in sentences made of what was answered; nil if too little was.
  var scope: String? {
    func said(_ trait: String) -> String? {
      assessment.reading(trait).flatMap { $0.origin == .answered || $0.origin == .derived ? known($0) : nil }
    }
    func set(_ trait: String) -> String? {
      guard let reading = assessment.reading(trait), reading.origin == .answered, case .set(let ids?) = reading.state,
        !ids.isEmpty
      else { return nil }
      return Wording.list(ids.map(MarkdownText.escape))
    }
    var sentences: [String] = []
    let load = [
      said("qps").map { "\($0) at the busiest minute" }, said("read_ratio").map { "\($0) of them reads" },
    ].compactMap(\.self)
    if !load.isEmpty { sentences.append("The load is \(load.joined(separator: ", ")).") }
    let stored = [
      said("data_size").map { "\($0) of stored data" },
      said("largest_table_rows").map { "\($0) rows in the largest table" },
    ].compactMap(\.self)
    if !stored.isEmpty { sentences.append("It holds \(Wording.list(stored)).") }
    if let callers = set("api_audience") { sentences.append("Its API serves \(callers) callers.") }
    let team = [
      said("team_size").map { "\($0) \($0 == "1" ? "person" : "people")" },
      said("production_services").map { "\($0) \($0 == "1" ? "service" : "services") in production today" },
    ].compactMap(\.self)
    if !team.isEmpty { sentences.append("The team: \(Wording.list(team)).") }
    let platform = ["cloud_provider", "orchestrator", "database_engine"].compactMap { id -> String? in
      guard let reading = assessment.reading(id), reading.origin == .answered, let value = known(reading) else {
        return nil
      }
      return "\(reading.trait.entry.title.uncapitalized) \(value)"
    }
    if !platform.isEmpty { sentences.append("Platform: \(platform.joined(separator: ", ")).") }
    for list in assessment.records.map(\.list).uniqued() {
      let names = assessment.records.filter { $0.list == list }.map(\.name).uniqued().map(MarkdownText.escape)
      sentences.append("\(list.entry.title): \(names.joined(separator: ", ")).")
    }
    guard !sentences.isEmpty else { return nil }
    sentences.append(
      "This document settles how the system is built to carry that. Features, their order and their dates are out of "
        + "its scope.")
    return sentences.joined(separator: " ")
  }

  /// The value in words, if there is one that says something.
  private func known(_ reading: TraitReading) -> String? {
    let value = wording.value(reading)
    return value.hasPrefix("not known") ? nil : value
  }

  /// Targets and loads that were answered.
  var goals: [String] {
    func answered(_ trait: String) -> String? {
      assessment.reading(trait).flatMap { $0.origin == .answered ? known($0) : nil }
    }
    var goals: [String] = []
    if let target = answered("availability_target") {
      goals.append("**Availability:** \(target)\(downtime.map { ", which leaves \($0) of downtime a month" } ?? "").")
    }
    if let peak = answered("qps") {
      let growth = answered("qps_growth").map { ", growing by \($0)" } ?? ""
      goals.append("**Load:** serve \(peak) at the busiest minute\(growth).")
    }
    if let size = answered("data_size") {
      let growth = answered("data_growth").map { ", growing by \($0)" } ?? ""
      goals.append("**Data:** keep \(size)\(growth).")
    }
    let others = [
      "query_latency_target", "slo_target", "rto", "rpo", "staleness_tolerance", "replica_lag_tolerance",
      "revocation_deadline", "update_delay",
    ]
    for id in others {
      guard let reading = assessment.reading(id), let value = answered(id) else { continue }
      goals.append("**\(MarkdownText.escape(reading.trait.entry.title)):** \(value).")
    }
    return goals
  }

  /// What the availability target leaves in a month of 30 days.
  private var downtime: String? {
    guard let reading = assessment.reading("availability_target"), case .quantity(let target) = reading.state,
      target.isPoint, target.low < 1
    else { return nil }
    return QuantityText.text(((1 - target.low) * 2_592_000).rounded(1), .seconds)
  }

  /// What would be more work than what was chosen, and what rules it out; for decisions that weigh something.
  var nonGoals: [String] {
    let efforts = Decision.Effort.allCases
    func rank(_ option: Decision.Option?) -> Int { option.flatMap { efforts.firstIndex(of: $0.effort) } ?? 0 }
    let all = ranked.filter { $0.status == .decided && !$0.isAssumed && $0.decision.weight > 1 }.compactMap {
      result -> String? in
      let larger = result.rejected.filter { rejection in
        // What would be needless is one thing, what an answer rules out another.
        guard !rejection.reading.contains(" comes first") else { return false }
        let option = result.decision.option(rejection.option)
        return rank(option) > rank(result.option)
          && rank(option) >= rank(Decision.Option(id: "", title: "", effort: .medium))
      }
      guard let first = larger.first, let option = result.decision.option(first.option) else { return nil }
      let why = shortened(rejection(first, of: result))
      return "\(MarkdownText.escape(option.title)) (\(wording.id(option.id))): \(why)."
    }
    return audience == .full ? all : Array(all.prefix(5))
  }

  // MARK: Traits

  /// The traits that take part; what is not known and no decision waits for is left to one line.
  var traits: TemplateValue {
    let told = assessment.traits.filter { !isIdle($0) && !isSilent($0) && isTold($0) }
    // What nobody was asked about stands among the open questions.
    let missing = told.filter {
      $0.origin == .unknown && assessment.sheet.answers[$0.id] == nil && assessment.sheet.notes[$0.id] == nil
    }
    let rows = told.filter { !missing.contains($0) }.map { reading -> TemplateValue in
      .record([
        "name": .text(MarkdownText.cell(MarkdownText.escape(reading.trait.entry.title))),
        "id": .text(MarkdownText.code(reading.id)),
        "value": .text(MarkdownText.cell(wording.value(reading))),
        "origin": .text(MarkdownText.cell(wording.origin(reading))),
        "note": .text(MarkdownText.cell(MarkdownText.escape(assessment.sheet.notes[reading.id] ?? ""))),
      ])
    }
    let idle = assessment.traits.filter(isIdle).map { wording.id($0.id) }
    guard !rows.isEmpty || !idle.isEmpty || !missing.isEmpty else { return .nothing }
    return .record([
      "rows": .section(rows),
      "hasNotes": .flag(!assessment.sheet.notes.isEmpty),
      "missing": .optional(missing.map { wording.id($0.id) }.joined(separator: ", ")),
      "others": .optional(idle.joined(separator: ", ")),
    ])
  }

  /// Of what follows from other traits only what a decision of consequence or a line of capacity reads.
  private func isTold(_ reading: TraitReading) -> Bool {
    guard reading.origin == .derived, audience != .full, assessment.sheet.notes[reading.id] == nil else { return true }
    let read = weighty.flatMap { result in
      result.because.flatMap { (try? ConditionParser.condition($0.condition, prose.vocabulary))?.traits ?? [] }
    }
    return read.contains(reading.id) || lines.contains { $0.headroom.trait == reading.id }
  }

  private func isIdle(_ reading: TraitReading) -> Bool {
    reading.origin == .unknown && assessment.sheet.notes[reading.id] == nil
      && !assessment.decisions.contains { $0.needs.contains(reading.id) }
  }

  /// A default of ours that was not asked about, or what follows from such alone: it stands among the assumptions.
  func isSilent(_ reading: TraitReading) -> Bool {
    guard assessment.sheet.notes[reading.id] == nil else { return false }
    if reading.origin == .default { return !reading.trait.isCore }
    guard reading.origin == .derived, let derivation = reading.trait.derivation else { return false }
    let inputs = derivation.from.traits.compactMap { $0 == reading.id ? nil : assessment.reading($0) }
    return !inputs.isEmpty && inputs.allSatisfy(isSilent)
  }

  /// The defaults of ours, in one line.
  var defaults: String? {
    let read = inputs
    let taken = assessment.traits.filter { $0.origin == .default && (audience == .full || read.contains($0.id)) }
    guard !taken.isEmpty else { return nil }
    if isBrief { return Wording.count(taken.count, "planning default was", "planning defaults were") + " taken." }
    return taken.map { "\(wording.id($0.id)) \(wording.value($0))" }.joined(separator: ", ") + "."
  }

  /// What the decisions that apply read, down to what is asked.
  private var inputs: Set<String> {
    var pending = ranked.filter { $0.status != .notApplicable }.flatMap { $0.decision.inputs(in: assessment.mode) }
    var found: Set<String> = []
    while let next = pending.popLast() {
      guard found.insert(next).inserted, let reading = assessment.reading(next), reading.origin != .answered else {
        continue
      }
      pending += reading.trait.derivation?.from.traits ?? []
    }
    return found
  }

  // MARK: People

  /// Who decides, who was asked and who is told; the first sign.
  var approvers: [String] {
    func named(_ names: [String], _ part: String, _ mark: String) -> [String] {
      names.map(MarkdownText.escape).filter { !$0.isEmpty }.map { "\(mark)**\($0)**, \(part)" }
    }
    let people = assessment.sheet.people
    return named(people.decisionMakers, "decides; approved on:", "[ ] ")
      + named(people.consulted, "consulted; remarks:", "[ ] ") + named(people.informed, "informed", "")
  }
}

internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// What may turn out otherwise, and what the decisions cost.
extension DesignDocument {
  // MARK: Assumptions and risks

  /// A decision and the flip that one trait would bring.
  private func flips(of trait: String) -> [(result: DecisionResult, flip: Flip)] {
    ranked.filter { $0.status == .decided }.compactMap { result in
      let own = result.flips.filter { $0.trait == trait }
      guard let flip = own.first(where: { $0.outcome != Outcome.notApplicable }) ?? own.first, isNear(flip) else {
        return nil
      }
      return (result, flip)
    }
  }

  /// Whether a flip is a value that a system like this may well have.
  private func isNear(_ flip: Flip) -> Bool {
    guard case .quantity(let to) = flip.to, let reading = assessment.reading(flip.trait),
      case .quantity(let now) = reading.state
    else { return true }
    if let plausible = reading.trait.plausible, !plausible.contains(to) { return false }
    return Wording.ratio(to > now.high ? now.high : now.low, to, unit: reading.trait.kind.unit).map { $0 <= 10 } ?? true
  }

  /// Planning defaults whose other value would flip decisions, those of most decisions first.
  var assumptions: [String] {
    let found = assessment.traits.enumerated().compactMap {
      offset, reading -> (rank: [Int], text: String)? in
      guard reading.origin == .default, reading.trait.isPlanningDefault else { return nil }
      let flips = flips(of: reading.id)
      guard !flips.isEmpty else { return nil }
      let weight = flips.map { standing.stake($0.result) + $0.result.decision.weight }.reduce(0, +)
      let effects = flips.prefix(isBrief ? 2 : 3).map { effect($0.flip, on: $0.result) }
      let more = flips.count - effects.count
      let text =
        "\(wording.id(reading.id)) is taken as \(wording.value(reading)); \(effects.joined(separator: "; "))"
        + (more > 0 ? "; and \(more) more." : ".")
      return ([-flips.count, -weight, offset], text)
    }
    let ordered = found.sorted { $0.rank.lexicographicallyPrecedes($1.rank) }.map(\.text)
    return Array(ordered.prefix(audience == .full ? ordered.count : isBrief ? 3 : 5))
  }

  private func effect(_ flip: Flip, on result: DecisionResult) -> String {
    let title = MarkdownText.escape(result.decision.entry.title)
    let to = wording.flip(to: flip)
    return flip.outcome == Outcome.notApplicable
      ? "\(to) takes “\(title)” away" : "\(to) gives \(wording.id(flip.outcome)) for “\(title)”"
  }

  /// Answers less than half as much again from another outcome.
  var narrow: [String] {
    ranked.filter { $0.status == .decided && !$0.isAssumed }.compactMap { result -> String? in
      guard let flip = wording.nearestFlip(result), flip.outcome != Outcome.notApplicable,
        case .quantity(let to) = flip.to, let reading = assessment.reading(flip.trait), reading.origin != .default,
        case .quantity(let now) = reading.state,
        let ratio = Wording.ratio(to > now.high ? now.high : now.low, to, unit: reading.trait.kind.unit),
        ratio < Decimal(15) / 10
      else { return nil }
      return
        "\(MarkdownText.escape(result.decision.entry.title)): \(wording.id(flip.trait)) is \(wording.value(reading)); \(wording.flip(to: flip)) gives "
        + "\(wording.id(flip.outcome))."
    }
  }

  /// What is not known, or too roughly, most needed first, with what is assumed meanwhile and how to measure it.
  var unknowns: [String] {
    let questions = assessment.openQuestions
    let shown = questions.prefix(isBrief ? 3 : audience == .full ? questions.count : 6)
    let rest = questions.dropFirst(shown.count).map { wording.id($0.reading.id) }
    return shown.map { item in
      let trait = item.reading.trait
      let links = item.decisions.prefix(isBrief ? 3 : 4).map { MarkdownText.escape($0.decision.entry.title) }
      let more = item.decisions.count - links.count
      let settles = Wording.list(links + (more > 0 ? ["\(more) more"] : []))
      let range = item.reading.origin == .unknown ? assumption(item) : " Given as \(wording.value(item.reading))."
      return "\(wording.id(trait.id)) is needed for \(settles).\(range)"
        + (isBrief || trait.measure.isEmpty ? "" : " To measure: \(prose.line(trait.measure))")
    } + (rest.isEmpty || isBrief ? [] : ["Then \(Wording.list(rest))."])
  }

  /// The plausible range that stands in for what is not known, and what it would leave of the decisions.
  private func assumption(_ item: OpenQuestion) -> String {
    guard let range = item.assumption, let unit = item.reading.trait.kind.unit else { return "" }
    let narrowed = item.decisions.compactMap { result -> String? in
      guard let assumed = result.assumed, !assumed.isEmpty else { return nil }
      let outcomes = assumed.map { id in id == Outcome.notApplicable ? "does not apply" : wording.id(id) }
      return "\(MarkdownText.escape(result.decision.entry.title)) \(Wording.list(outcomes, "or"))"
    }
    let effect =
      narrowed.isEmpty || isBrief ? "" : ", which with the other assumptions leaves \(Wording.list(narrowed))"
    return " Assumed until it is measured: \(MarkdownText.escape(QuantityText.text(range, unit)))\(effect)."
  }

  // MARK: Costs

  /// What the decisions cost, relative to one another; nothing where none costs anything.
  var costs: TemplateValue {
    let decided = ranked.filter { $0.status == .decided }
    let groups = [Decision.Effort.high, .medium].compactMap { effort -> String? in
      let own = decided.filter { $0.option?.effort == effort }
      guard !own.isEmpty else { return nil }
      let named = own.filter { audience == .full || $0.decision.weight > 1 || effort == .high }
      let more = own.count - named.count
      let names = named.compactMap { result -> String? in
        guard let option = result.option else { return nil }
        let assumed = result.isAssumed ? ", on planning defaults" : ""
        return "\(MarkdownText.escape(option.title)) (\(wording.id(option.id))\(assumed))"
      }
      let all =
        names
        + (more == 0
          ? [] : [names.isEmpty ? Wording.count(more, "decision", "decisions") : "and \(more) of less weight"])
      return "**\(effort.rawValue.sentence) effort:** \(all.joined(separator: "; "))."
    }
    let low = decided.count { $0.option?.effort == .low }
    guard !groups.isEmpty || low > 0 else { return .nothing }
    let efforts = Decision.Effort.allCases
    func rank(_ option: Decision.Option?) -> Int { option.flatMap { efforts.firstIndex(of: $0.effort) } ?? 0 }
    let next = decided.filter { !$0.isAssumed }.compactMap { result -> (Decimal, String)? in
      let dearer = result.flips.compactMap { flip -> (Decimal, Flip)? in
        guard case .quantity(let to) = flip.to, let reading = assessment.reading(flip.trait),
          reading.origin != .default, case .quantity(let now) = reading.state, to > now.high,
          rank(result.decision.option(flip.outcome)) > rank(result.option),
          let ratio = Wording.ratio(now.high, to, unit: reading.trait.kind.unit), ratio <= 10
        else { return nil }
        return (ratio, flip)
      }
      return dearer.min { $0.0 < $1.0 }.map { ($0.0, wording.flip($0.1, of: result.decision)) }
    }
    let soonest = next.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
      .map(\.element.1).uniqued().prefix(isBrief ? 2 : 4)
    return .record([
      "groups": .section(
        groups + (low > 0 ? ["**Low effort:** \(Wording.count(low, "decision", "decisions"))."] : [])),
      "next": .optional(soonest.isEmpty ? nil : "\(soonest.joined(separator: "; "))."),
    ])
  }
}

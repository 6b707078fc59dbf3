internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// Puts what the engine found into words, for Markdown or for a terminal.
struct Wording {
  enum Style { case markdown, plain }

  let assessment: Assessment
  let knowledge: Knowledge
  let style: Style

  /// An id, set off from the sentence around it.
  func id(_ id: String) -> String { style == .markdown ? MarkdownText.code(id) : id }

  /// Text that is ours or a person's, and not Markdown.
  func text(_ text: String) -> String { style == .markdown ? MarkdownText.escape(text) : MarkdownText.plain(text) }

  func ids(_ ids: [String], _ word: String = "and") -> String { Wording.list(ids.map(id), word) }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ parts: [String], _ word: String = "and") -> String {
    guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " \(word) \(last)"
  }

  static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(QuantityText.number(Decimal(number))) \(number == 1 ? one : many)"
  }

  // MARK: Traits

  /// The value of a trait in words: `2,500/s`, `6 people`, `yes`, `not known`.
  func value(_ reading: TraitReading) -> String {
    guard reading.origin != .unknown else { return "not known" }
    switch reading.state {
    case .quantity(let interval):
      guard let unit = reading.trait.kind.unit else { return "not known" }
      return QuantityText.text(interval, unit)
    case .flag(let flag): return flag.map { $0 ? "yes" : "no" } ?? "not known"
    case .choice(let ids): return ids.isEmpty ? "not known" : Wording.list(ids, "or")
    case .set(let ids): return ids.map { $0.isEmpty ? "none" : $0.joined(separator: ", ") } ?? "not known"
    }
  }

  /// A value of one trait, in its unit.
  func amount(_ value: Decimal, of trait: String) -> String {
    QuantityText.text(value, knowledge.trait(trait)?.kind.unit ?? .number)
  }

  /// Where a trait's value comes from.
  func origin(_ reading: TraitReading) -> String {
    switch reading.origin {
    case .answered: return "answered"
    case .default: return reading.trait.isPlanningDefault ? "planning default" : "default"
    case .derived: return reading.trait.derivation.map { "derived: \(id($0.text))" } ?? "derived"
    case .unknown: return assessment.sheet.answers[reading.id] == .unknown ? "asked, not known" : "not answered"
    }
  }

  /// The unknown traits that would make another trait known: itself, or those it follows from.
  func unknownInputs(_ trait: String) -> [String] {
    guard let reading = assessment.reading(trait) else { return [trait] }
    guard reading.origin == .unknown else { return [] }
    if let derivation = reading.trait.derivation, derivation.ifGiven.isEmpty {
      let inputs = derivation.from.traits.filter { $0 != trait }.flatMap(unknownInputs).uniqued()
      if !inputs.isEmpty { return inputs }
    }
    return [trait]
  }

  // MARK: Decisions

  /// `Read replicas behind the primary (read-replicas)`.
  func option(_ option: String, of decision: Decision) -> String {
    decision.option(option).map { "\($0.title) (\(id(option)))" } ?? outcomeID(option)
  }

  func outcomeID(_ outcome: String) -> String {
    outcome == Outcome.notApplicable ? "not applicable" : id(outcome)
  }

  /// The outcome in a few words, the same in every part of every document.
  func outcome(_ result: DecisionResult) -> String {
    switch result.status {
    case .decided: result.outcome.map(id) ?? ""
    case .undecided: "open: " + Wording.list(result.possible.map(outcomeID), "or")
    case .notApplicable: "does not apply"
    }
  }

  /// The readings of the rule that decided; of all rules that failed, where none was left but the last.
  func shortReason(_ result: DecisionResult, separator: String = "; ") -> String {
    let reasons = result.status == .decided ? decisive(result) : result.because.filter { $0.truth == .unknown }
    return reasons.map { text($0.reading) }.uniqued().joined(separator: separator)
  }

  private func decisive(_ result: DecisionResult) -> [Reason] {
    guard let rule = result.rule, result.decision.rules.indices.contains(rule) else { return result.because }
    let held = result.decision.rules[rule].when[assessment.mode].text
    let own = result.because.filter { held.contains($0.condition) }
    if !own.isEmpty { return own }
    let applies = result.decision.applies?[assessment.mode].text ?? ""
    let others = result.because.filter { !applies.contains($0.condition) }
    return others.isEmpty ? result.because : others
  }

  /// The condition of the rule that decided, in the condition language.
  func rule(_ result: DecisionResult) -> String? {
    guard let rule = result.rule, result.decision.rules.indices.contains(rule) else { return nil }
    return result.decision.rules[rule].when[assessment.mode].text
  }

  /// How far a trait is from a threshold.
  func headroom(_ headroom: Headroom) -> String {
    let subject = "\(id(headroom.trait)) is \(amount(headroom.value, of: headroom.trait))"
    let threshold = "\(amount(headroom.at, of: headroom.trait)) (\(id(headroom.threshold)))"
    guard let factor = headroom.factor else { return "\(subject), and the threshold is \(threshold)" }
    if headroom.value == headroom.at { return "\(subject), exactly at \(threshold)" }
    let times = QuantityText.number(factor) + "×"
    return headroom.value < headroom.at
      ? "\(subject) and can grow \(times) to \(threshold)" : "\(subject), past \(threshold); \(times) leads back to it"
  }

  /// The same, fit for a table: `4.7× to 10,000/s`.
  func shortHeadroom(_ headroom: Headroom) -> String {
    let at = amount(headroom.at, of: headroom.trait)
    guard let factor = headroom.factor else { return "all of \(at)" }
    if headroom.value == headroom.at { return "none: at \(at)" }
    let times = QuantityText.number(factor) + "×"
    return headroom.value < headroom.at ? "\(times) to \(at)" : "past; \(times) back to \(at)"
  }

  /// The threshold that counts most: the nearest in proportion of those that carried the outcome, room to grow
  /// before a way back unless the way back is short.
  func nearest(_ result: DecisionResult) -> Headroom? {
    let carried = result.headroom.filter { headroom in
      result.because.contains { $0.condition.contains("@\(headroom.threshold)") }
    }
    let candidates = carried.isEmpty ? result.headroom : carried
    let close = candidates.filter { $0.value <= $0.at || isClose($0) }
    return (close.isEmpty ? candidates : close).min { distance($0) < distance($1) }
  }

  /// Whether less than half as much again crosses the threshold, in either direction.
  func isClose(_ headroom: Headroom) -> Bool { distance(headroom) < Decimal(15) / 10 }

  private func distance(_ headroom: Headroom) -> Decimal {
    guard let factor = headroom.factor, factor > 0 else { return Decimal(Int.max) }
    return factor >= 1 ? factor : 1 / factor
  }

  /// The flip that takes the smallest change, in proportion; an answer of another kind comes after any number.
  func nearestFlip(_ result: DecisionResult) -> Flip? {
    func distance(_ flip: Flip) -> Decimal {
      guard case .quantity(let to) = flip.to, case .quantity(let interval)? = assessment.reading(flip.trait)?.state
      else { return Decimal(Int.max) }
      let from = to > interval.high ? interval.high : interval.low
      guard to > 0, from > 0 else { return Decimal(Int.max) - 1 }
      return to > from ? to / from : from / to
    }
    return result.flips.min { distance($0) < distance($1) }
  }

  /// `8 decided, 2 open, 1 does not apply`
  var tally: String {
    func number(_ status: Status) -> Int { assessment.decisions.count { $0.status == status } }
    let away = number(.notApplicable)
    return [
      number(.decided) > 0 ? "\(number(.decided)) decided" : nil,
      number(.undecided) > 0 ? "\(number(.undecided)) open" : nil,
      away > 0 ? "\(away) \(away == 1 ? "does" : "do") not apply" : nil,
    ].compactMap(\.self).joined(separator: ", ")
  }

  /// What would bring another outcome: `qps at 11,765/s gives read-replicas`.
  func flip(_ flip: Flip) -> String {
    let result =
      flip.outcome == Outcome.notApplicable ? "makes the decision fall away" : "gives \(id(flip.outcome))"
    return "\(id(flip.trait)) \(self.flip(to: flip)) \(result)"
  }

  func flip(to flip: Flip) -> String {
    switch flip.to {
    case .quantity(let value):
      let text = amount(value, of: flip.trait)
      guard case .quantity(let interval)? = assessment.reading(flip.trait)?.state else { return "at \(text)" }
      return value > interval.high ? "rising to \(text)" : value < interval.low ? "falling to \(text)" : "at \(text)"
    case .flag(let value): return value ? "answered yes" : "answered no"
    case .choice(let value): return "answered \(id(value))"
    case .set(let values):
      return values.isEmpty ? "without any value" : "with \(Wording.list(values.map(id)))"
    }
  }

  // MARK: Conditions

  /// A condition in words, thresholds as figures.
  func words(_ condition: Condition) -> String {
    switch condition {
    case .always: "in every other case"
    case .compare(let left, let op, let right, _): "\(words(left)) \(op.phrase) \(words(right))"
    case .flag(let flag, _): "\(id(flag)) is yes"
    case .choice(let trait, let values, _): "\(id(trait)) is \(ids(values, "or"))"
    case .has(let trait, .any, let values, _): "\(id(trait)) has \(ids(values, "or"))"
    case .has(let trait, .all, let values, _): "\(id(trait)) has \(ids(values))"
    case .isEmpty(let trait, _): "\(id(trait)) is empty"
    case .outcome(let decision, let values, _):
      "\(id(decision)) comes out as \(Wording.list(values.map(outcomeID), "or"))"
    case .not(let inner): negated(inner)
    case .and(let parts):
      parts.map { part in if case .or = part { "(\(words(part)))" } else { words(part) } }.joined(separator: " and ")
    case .or(let parts): parts.map(words).joined(separator: " or ")
    }
  }

  private func negated(_ condition: Condition) -> String {
    switch condition {
    case .compare(let left, let op, let right, let span): words(.compare(left, op.negated, right, span))
    case .flag(let flag, _): "\(id(flag)) is no"
    case .choice(let trait, let values, _): "\(id(trait)) is not \(ids(values, "or"))"
    case .isEmpty(let trait, _): "\(id(trait)) is not empty"
    case .not(let inner): words(inner)
    default: "not (\(words(condition)))"
    }
  }

  private func words(_ formula: Formula) -> String {
    switch formula {
    case .trait(let trait, _): id(trait)
    case .threshold(let threshold, _):
      knowledge.threshold(threshold).map { QuantityText.text($0.quantity(in: assessment.mode)) } ?? id(threshold)
    case .literal(let quantity, _): QuantityText.text(quantity)
    case .share(let a, let b): "the share of \(words(a)) in \(words(a)) + \(words(b))"
    case .binary(let op, let a, let b): "\(factor(a, in: op)) \(op.sign) \(factor(b, in: op))"
    }
  }

  private func factor(_ formula: Formula, in op: Formula.Arithmetic) -> String {
    if case .binary = formula, op == .multiply || op == .divide { "(\(words(formula)))" } else { words(formula) }
  }
}

extension Formula.Arithmetic {
  fileprivate var sign: String {
    switch self {
    case .add: "+"
    case .subtract: "−"
    case .multiply: "×"
    case .divide: "÷"
    }
  }
}

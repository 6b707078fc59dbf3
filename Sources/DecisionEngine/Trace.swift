import Foundation
public import KnowledgeModel

/// Puts into words why a decision came out as it did.
struct Trace {
  let program: Program
  let situation: Situation
  let outcomes: [Outcome]

  /// The conditions that carried the outcome: applicability, the rules that failed before, and the one that held.
  func because(_ position: Int) -> [Reason] {
    let decision = program.decisions[position].decision
    let outcome = outcomes[position]
    var reasons: [Reason] = []
    if let applies = decision.applies?[program.mode] { reasons += explain(applies) }
    guard outcome.status != .notApplicable else { return reasons.uniqued() }
    for (index, rule) in decision.rules.enumerated() {
      let condition = rule.when[program.mode]
      let truth = self.truth(condition.condition)
      reasons += explain(condition)
      if truth == .true || index == outcome.rule { break }
    }
    return reasons.uniqued()
  }

  /// Each option that cannot be the outcome, with what ruled it out.
  func rejected(_ position: Int) -> [Rejection] {
    let decision = program.decisions[position].decision
    let outcome = outcomes[position]
    guard outcome.status != .notApplicable else { return [] }
    return decision.options.filter { !outcome.possible.contains($0.id) }.map { option in
      let own = decision.rules.indices.filter { decision.rules[$0].then == option.id }
      let failed = own.filter { truth(decision.rules[$0].when[program.mode].condition) == .false }
      if failed.count == own.count, !own.isEmpty {
        let readings = failed.flatMap { explain(decision.rules[$0].when[program.mode]) }.map(\.reading).uniqued()
        return Rejection(option: option.id, reading: readings.joined(separator: "; "))
      }
      let winner =
        outcome.outcome ?? decision.rules.first { truth($0.when[program.mode].condition) == .true }?.then ?? ""
      let held = decision.rules.first { $0.then == winner && truth($0.when[program.mode].condition) != .false }
      let readings = held.map { explain($0.when[program.mode]).map(\.reading).joined(separator: "; ") } ?? ""
      return Rejection(option: option.id, reading: "\(winner) comes first" + (readings.isEmpty ? "" : ": \(readings)"))
    }
  }

  func headroom(_ position: Int) -> [Headroom] {
    let decision = program.decisions[position].decision
    var result: [Headroom] = []
    for case .compare(let left, _, let right, _) in decision.conditions(in: program.mode).flatMap(\.leaves) {
      guard case .trait(let trait, _) = left, case .threshold(let threshold, _) = right,
        let index = program.traitIndex[trait], case .quantity(let interval) = situation.values[index],
        let at = program.thresholds[threshold]?.value, situation.origins[index] != .unknown,
        !result.contains(where: { $0.trait == trait && $0.threshold == threshold })
      else { continue }
      // A range that spans the threshold has no distance to it: the decision says that it is open.
      guard interval.isPoint || at >= interval.high || at <= interval.low else { continue }
      let value = at >= interval.high ? interval.high : interval.low
      result.append(
        Headroom(trait: trait, value: value, threshold: threshold, at: at, factor: Headroom.factor(at, value)))
    }
    return result
  }

  private func truth(_ condition: Condition) -> Truth { program.compile(condition).truth(situation.values, outcomes) }

  // MARK: Words

  /// The leaves that carry a condition's truth.
  func explain(_ sourced: SourcedCondition) -> [Reason] {
    carriers(sourced.condition, truth(sourced.condition)).map { leaf in
      let text = Array(sourced.text.utf8)
      let span = leaf.span
      let slice = text[min(span.start, text.count)..<min(span.end, text.count)]
      let truth = self.truth(leaf)
      return Reason(condition: String(decoding: slice, as: UTF8.self), truth: truth, reading: reading(leaf, truth))
    }
  }

  private func carriers(_ condition: Condition, _ truth: Truth) -> [Condition] {
    switch condition {
    case .always: []
    case .not(let inner): carriers(inner, !truth)
    case .and(let parts): carriers(parts, truth, all: .true)
    case .or(let parts): carriers(parts, truth, all: .false)
    default: [condition]
    }
  }

  private func carriers(_ parts: [Condition], _ truth: Truth, all: Truth) -> [Condition] {
    parts.filter { truth == all || self.truth($0) == truth }.flatMap { carriers($0, self.truth($0)) }
  }

  private func reading(_ leaf: Condition, _ truth: Truth) -> String {
    switch leaf {
    case .compare(let left, let op, let right, _): compared(left, op, right, truth)
    case .flag(let id, _): "\(name(id)): \(truth == .unknown ? "not known" : truth == .true ? "yes" : "no")"
    case .choice(let id, let wanted, _):
      switch truth {
      case .unknown: "\(name(id)): not known"
      case .true: "\(name(id)): \(members(id))"
      case .false: "\(name(id)): \(members(id)), not \(wanted.joined(separator: " or "))"
      }
    case .has(let id, let quantifier, let wanted, _):
      switch truth {
      case .unknown: "\(name(id)): not known"
      case .true: "\(name(id)): \(wanted.filter { memberSet(id).contains($0) }.joined(separator: ", ")) among them"
      case .false:
        quantifier == .any
          ? "\(name(id)): \(members(id)); not \(wanted.joined(separator: " or "))"
          : "\(name(id)): \(members(id)); \(wanted.filter { !memberSet(id).contains($0) }.joined(separator: ", ")) is missing"
      }
    case .isEmpty(let id, _):
      truth == .unknown
        ? "\(name(id)): not known" : truth == .true ? "\(name(id)): none" : "\(name(id)): \(members(id))"
    case .outcome(let id, let wanted, _):
      switch program.decisionIndex[id].map({ outcomes[$0] }) {
      case let outcome? where outcome.status == .decided: "\(id) came out as \(outcome.outcome ?? "")"
      case let outcome? where outcome.status == .notApplicable: "\(id) does not apply"
      default: "\(id) is open: \(wanted.joined(separator: " or ")) is possible"
      }
    default: ""
    }
  }

  private func compared(_ left: Formula, _ op: Comparison, _ right: Formula, _ truth: Truth) -> String {
    let subject = quantityText(left, isNamed: true)
    let object = quantityText(right, isNamed: false)
    switch truth {
    case .true: return "\(subject) \(op.phrase) \(object)"
    case .false: return "\(subject) \(op.negated.phrase) \(object)"
    case .unknown:
      let names = left.traits.filter { id in program.traitIndex[id].map { !situation.values[$0].isPoint } ?? true }
      let isOpen = left.traits.contains { id in program.traitIndex[id].map { situation.origins[$0] == .unknown } ?? true
      }
      if isOpen { return "\(names.map(name).joined(separator: " and ")): not known; \(object) is the line" }
      return "\(subject) lies on both sides of \(object)"
    }
  }

  private func quantityText(_ expression: Formula, isNamed: Bool) -> String {
    guard let interval = program.compile(expression).value(situation.values) else { return "an unknown value" }
    let unit = self.unit(expression)
    let text = QuantityText.text(interval, unit)
    // A rate says what it is; a bare number or share has to be named.
    if isNamed, case .trait(let id, _) = expression, unit != .perSecond, unit != .perMinute {
      return "\(name(id)): \(text)"
    }
    return text
  }

  private func unit(_ expression: Formula) -> BaseUnit {
    switch expression {
    case .trait(let id, _): return program.traitIndex[id].flatMap { program.traits[$0].kind.unit } ?? .number
    case .threshold(let id, _): return program.thresholds[id]?.unit ?? .number
    case .literal(let quantity, _): return quantity.unit
    case .share: return .share
    case .binary(_, let a, let b):
      let units = [unit(a), unit(b)]
      return units.first { !$0.isDimensionless } ?? units[0]
    }
  }

  private func name(_ id: String) -> String {
    guard let title = program.traitIndex[id].map({ program.traits[$0].entry.title }), let first = title.first else {
      return id
    }
    // Acronyms keep their capitals.
    let second = title.dropFirst().first
    return second?.isUppercase == true ? title : first.lowercased() + title.dropFirst()
  }

  private func memberSet(_ id: String) -> [String] {
    guard let position = program.traitIndex[id] else { return [] }
    switch situation.values[position].state(program.traits[position].kind) {
    case .choice(let ids): return ids
    case .set(let ids): return ids ?? []
    default: return []
    }
  }

  private func members(_ id: String) -> String {
    let ids = memberSet(id)
    return ids.isEmpty ? "none" : ids.joined(separator: ", ")
  }
}

extension Comparison {
  /// As words between two values.
  public var phrase: String {
    switch self {
    case .less: "is below"
    case .lessOrEqual: "is at most"
    case .greater: "is above"
    case .greaterOrEqual: "is at least"
    case .equal: "equals"
    case .notEqual: "differs from"
    }
  }
}

extension Headroom {
  /// Rounded down, so that room is never overstated: two decimals, and two significant digits below 0.1. Nil at 0.
  static func factor(_ at: Decimal, _ value: Decimal) -> Decimal? {
    guard value != 0 else { return nil }
    let ratio = at / value
    let decimals = ratio == 0 ? 0 : max(2, 1 - ratio.magnitudeExponent)
    return ratio.rounded(decimals, .down)
  }
}

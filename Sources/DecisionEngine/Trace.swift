import Foundation
public import KnowledgeModel

/// Puts into words why a decision came out as it did.
struct Trace {
  let program: Program
  let situation: Situation
  let outcomes: [Outcome]

  /// The conditions that carried the outcome: applicability, the rules that failed before, and the one that held.
  func because(_ position: Int) -> [Reason] {
    let compiled = program.decisions[position]
    let decision = compiled.decision
    let outcome = outcomes[position]
    var reasons: [Reason] = []
    if let applies = decision.applies?[program.mode], let condition = compiled.applies {
      reasons += explain(applies, condition)
    }
    guard outcome.status != .notApplicable else { return reasons.uniqued() }
    for index in decision.rules.indices {
      reasons += explain(position, index)
      if index == outcome.rule || compiled.rules[index].when.truth(situation.values, outcomes) == .true { break }
    }
    return reasons.uniqued()
  }

  /// Each option that cannot be the outcome, with what ruled it out.
  func rejected(_ position: Int) -> [Rejection] {
    let compiled = program.decisions[position]
    let decision = compiled.decision
    let outcome = outcomes[position]
    guard outcome.status != .notApplicable else { return [] }
    let truths = compiled.rules.map { $0.when.truth(situation.values, outcomes) }
    func readings(_ rules: [Int]) -> String {
      rules.flatMap { explain(position, $0) }.map(\.reading).uniqued().joined(separator: "; ")
    }
    return decision.options.filter { !outcome.possible.contains($0.id) }.map { option in
      let own = decision.rules.indices.filter { decision.rules[$0].then == option.id }
      if !own.isEmpty, own.allSatisfy({ truths[$0] == .false }) {
        return Rejection(option: option.id, reading: readings(own))
      }
      let winner = outcome.rule ?? truths.firstIndex(of: .true)
      let name = winner.map { decision.rules[$0].then } ?? ""
      let held = winner.map { readings([$0]) } ?? ""
      return Rejection(option: option.id, reading: "\(name) comes first" + (held.isEmpty ? "" : ": \(held)"))
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

  // MARK: Words

  private func explain(_ position: Int, _ rule: Int) -> [Reason] {
    let compiled = program.decisions[position]
    return explain(compiled.decision.rules[rule].when[program.mode], compiled.rules[rule].when)
  }

  /// The leaves that carry a condition's truth.
  private func explain(_ sourced: SourcedCondition, _ compiled: CompiledCondition) -> [Reason] {
    let text = Array(sourced.text.utf8)
    return carriers(sourced.condition, compiled).map { leaf, truth in
      let slice = text[min(leaf.span.start, text.count)..<min(leaf.span.end, text.count)]
      return Reason(condition: String(decoding: slice, as: UTF8.self), truth: truth, reading: reading(leaf, truth))
    }
  }

  /// A condition and its compiled form have the same shape, and are walked together.
  private func carriers(_ condition: Condition, _ compiled: CompiledCondition) -> [(leaf: Condition, truth: Truth)] {
    switch (condition, compiled) {
    case (.always, _): return []
    case (.not(let inner), .not(let compiledInner)): return carriers(inner, compiledInner)
    case (.and(let parts), .and(let compiledParts)), (.or(let parts), .or(let compiledParts)):
      let truth = compiled.truth(situation.values, outcomes)
      let all: Truth = if case .and = condition { .true } else { .false }
      return zip(parts, compiledParts).filter { truth == all || $1.truth(situation.values, outcomes) == truth }
        .flatMap { carriers($0, $1) }
    default: return [(condition, compiled.truth(situation.values, outcomes))]
    }
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
    // What was computed has no name, so its parts are said.
    if isNamed, case .binary = expression { return "\(words(expression)): \(text)" }
    return text
  }

  /// An expression in words: `14.4 × (100% − objective for alerts)`.
  fileprivate func words(_ expression: Formula) -> String {
    func part(_ part: Formula, of operation: Formula.Arithmetic) -> String {
      guard case .binary(let inner, _, _) = part, operation == .multiply || operation == .divide,
        !(operation == .multiply && inner == .multiply)
      else { return words(part) }
      return "(\(words(part)))"
    }
    switch expression {
    case .trait(let id, _): return name(id)
    case .threshold(let id, _): return program.thresholds[id].map { QuantityText.text($0) } ?? id
    case .literal(let quantity, _): return QuantityText.text(quantity)
    case .share(let a, let b): return "share of \(words(a)) in \(words(a)) + \(words(b))"
    case .smaller(let a, let b): return "the smaller of \(words(a)) and \(words(b))"
    case .larger(let a, let b): return "the larger of \(words(a)) and \(words(b))"
    case .binary(let operation, let a, let b):
      let sign =
        switch operation {
        case .add: "+"
        case .subtract: "−"
        case .multiply: "×"
        case .divide: "÷"
        }
      return "\(part(a, of: operation)) \(sign) \(part(b, of: operation))"
    }
  }

  fileprivate func unit(_ expression: Formula) -> BaseUnit {
    switch expression {
    case .trait(let id, _): return program.traitIndex[id].flatMap { program.traits[$0].kind.unit } ?? .number
    case .threshold(let id, _): return program.thresholds[id]?.unit ?? .number
    case .literal(let quantity, _): return quantity.unit
    case .share: return .share
    case .smaller(let a, _), .larger(let a, _): return unit(a)
    case .binary(let operation, let a, let b):
      let units = [unit(a), unit(b)]
      if !units[0].isDimensionless, let both = BaseUnit.combined(units[0], operation, units[1]) { return both }
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

extension Evaluator {
  /// What an arithmetic expression is called in a reading, and the unit that its value is printed in.
  public func spoken(_ expression: Formula) -> (words: String, unit: BaseUnit) {
    let trace = Trace(program: program, situation: Situation(program, [:]), outcomes: [])
    return (trace.words(expression), trace.unit(expression))
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

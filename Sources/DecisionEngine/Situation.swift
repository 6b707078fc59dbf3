import Foundation
import KnowledgeModel

/// A trait's value while evaluating.
enum Value: Sendable, Hashable {
  case quantity(Interval)
  case flag(Bool?)
  /// The options that are still possible, as bits.
  case choice(UInt64)
  /// The members, as bits; nil for any subset.
  case set(UInt64?)

  init(_ answer: Answer, _ kind: Trait.Kind) {
    switch (answer, kind) {
    case (.quantity(let interval), .quantity): self = .quantity(interval)
    case (.flag(let flag), .flag): self = .flag(flag)
    case (.choice(let id), .choice): self = .choice(kind.mask([id]))
    case (.set(let ids), .set): self = .set(kind.mask(ids))
    default: self = Value(domain: kind)
    }
  }

  /// Everything the trait can be.
  init(domain kind: Trait.Kind) {
    switch kind {
    case .quantity(_, let bounds, _): self = .quantity(bounds)
    case .flag: self = .flag(nil)
    case .choice: self = .choice(kind.allBits)
    case .set: self = .set(nil)
    }
  }

  var isPoint: Bool {
    switch self {
    case .quantity(let interval): interval.isPoint
    case .flag(let flag): flag != nil
    case .choice(let bits): bits.nonzeroBitCount == 1
    case .set(let bits): bits != nil
    }
  }

  func state(_ kind: Trait.Kind) -> TraitState {
    switch self {
    case .quantity(let interval): .quantity(interval)
    case .flag(let flag): .flag(flag)
    case .choice(let bits): .choice(kind.ids(bits))
    case .set(let bits): .set(bits.map { kind.ids($0) })
    }
  }
}

/// Every trait with its value, and where that came from.
struct Situation: Sendable {
  var values: [Value]
  var origins: [Origin]

  init(_ program: Program, _ answers: [String: Answer]) {
    var moved = Set<Int>()
    if let base = program.base {
      self = base
    } else {
      values = program.domains
      origins = Array(repeating: .unknown, count: program.traits.count)
      for (position, trait) in program.traits.enumerated() {
        if trait.derivation != nil {
          moved.insert(position)
        } else if let fallback = trait.fallback {
          values[position] = Value(fallback, trait.kind)
          origins[position] = .default
        }
      }
    }
    for (id, answer) in answers {
      guard let position = program.traitIndex[id] else { continue }
      if answer == .unknown {
        // A derived trait follows from the others then.
        guard program.derivations[position] == nil else { continue }
        values[position] = program.domains[position]
        origins[position] = .unknown
      } else {
        values[position] = Value(answer, program.traits[position].kind)
        origins[position] = .answered
      }
      moved.formUnion(program.influenced[position])
    }
    rederive(program, moved)
  }

  private mutating func rederive(_ program: Program, _ moved: Set<Int>) {
    let open = moved.filter { program.derivations[$0] != nil && origins[$0] != .answered }.sorted()
    guard !open.isEmpty else { return }
    for position in open {
      values[position] = program.domains[position]
      origins[position] = .unknown
    }
    derive(program, open: open)
  }

  /// Replaces one value and derives anew what follows from it.
  init(_ other: Situation, _ program: Program, setting trait: Int, to value: Value) {
    self = other
    values[trait] = value
    if origins[trait] != .default { origins[trait] = .answered }
    let moved = program.influenced[trait]
    guard moved.count > 1 else { return }
    // A default that is moved stays one, and follows from nothing.
    rederive(program, moved.subtracting([trait]))
  }

  /// The derivation a trait would follow, if its conditions are met.
  func derivation(_ program: Program, _ position: Int) -> CompiledDerivation? {
    guard let derivation = program.derivations[position] else { return nil }
    return derivation.ifGiven.allSatisfy { $0 >= 0 && origins[$0] == .answered } ? derivation : nil
  }

  private mutating func derive(_ program: Program, open: [Int]) {
    // Each pass settles those whose inputs are settled; a derivation may stand on another.
    var waiting = Array(repeating: false, count: values.count)
    var pending = open.filter { derivation(program, $0) != nil }
    for position in pending { waiting[position] = true }
    while !pending.isEmpty {
      var left: [Int] = []
      for position in pending {
        guard let derivation = program.derivations[position] else { continue }
        if derivation.inputs.contains(where: { $0 != position && waiting[$0] }) {
          left.append(position)
          continue
        }
        waiting[position] = false
        guard let interval = derivation.formula.value(values) else { continue }
        values[position] = .quantity(interval)
        let grounded = derivation.inputs.contains { origins[$0] == .answered || origins[$0] == .derived }
        let assumed = !derivation.inputs.isEmpty && derivation.inputs.allSatisfy { origins[$0] == .default }
        origins[position] = grounded ? .derived : assumed ? .default : .unknown
      }
      // A circle: what stands in it stays open.
      if left.count == pending.count { break }
      pending = left
    }
  }
}

extension CompiledExpression {
  /// Nil where it has no bounds: a missing name, or a division by what may be 0.
  func value(_ values: [Value]) -> Interval? {
    switch self {
    case .trait(let position):
      if case .quantity(let interval) = values[position] { return interval }
      return nil
    case .constant(let interval): return interval
    case .binary(let op, let a, let b):
      guard let a = a.value(values), let b = b.value(values) else { return nil }
      return switch op {
      case .add: a + b
      case .subtract: a - b
      case .multiply: a * b
      case .divide: a / b
      }
    case .share(let a, let b):
      guard let a = a.value(values), let b = b.value(values) else { return nil }
      return Interval.share(a, b)
    case .smaller(let a, let b):
      guard let a = a.value(values), let b = b.value(values) else { return nil }
      return Interval.smaller(a, b)
    case .larger(let a, let b):
      guard let a = a.value(values), let b = b.value(values) else { return nil }
      return Interval.larger(a, b)
    case .nothing: return nil
    }
  }

  var traits: [Int] {
    switch self {
    case .trait(let position): [position]
    case .constant, .nothing: []
    case .binary(_, let a, let b), .share(let a, let b), .smaller(let a, let b), .larger(let a, let b):
      (a.traits + b.traits).uniqued()
    }
  }
}

extension CompiledCondition {
  /// The tests whose truth is open, and whose truth still bears on the whole.
  func openLeaves(_ values: [Value], _ outcomes: [Outcome], into leaves: inout [CompiledCondition]) {
    guard truth(values, outcomes) == .unknown else { return }
    switch self {
    case .not(let inner): inner.openLeaves(values, outcomes, into: &leaves)
    case .and(let parts), .or(let parts):
      for part in parts { part.openLeaves(values, outcomes, into: &leaves) }
    default: leaves.append(self)
    }
  }

  /// The traits that a test reads.
  var traits: [Int] {
    switch self {
    case .compare(_, _, _, let traits): traits
    case .flag(let trait), .choice(let trait, _), .hasAny(let trait, _), .hasAll(let trait, _), .isEmpty(let trait):
      [trait]
    default: []
    }
  }

  /// Kleene's logic over closed intervals.
  func truth(_ values: [Value], _ outcomes: [Outcome]) -> Truth {
    switch self {
    case .always: return .true
    case .nothing: return .unknown
    case .compare(let left, let op, let right, _):
      guard let a = left.value(values), let b = right.value(values) else { return .unknown }
      return op.truth(a, b)
    case .flag(let position):
      if case .flag(let flag?) = values[position] { return Truth(flag) }
      return .unknown
    case .choice(let position, let wanted):
      guard case .choice(let bits) = values[position] else { return .unknown }
      return bits & wanted == 0 ? .false : bits & ~wanted == 0 ? .true : .unknown
    case .hasAny(let position, let wanted):
      guard case .set(let bits?) = values[position] else { return .unknown }
      return Truth(bits & wanted != 0)
    case .hasAll(let position, let wanted):
      guard case .set(let bits?) = values[position] else { return .unknown }
      return Truth(bits & wanted == wanted)
    case .isEmpty(let position):
      guard case .set(let bits?) = values[position] else { return .unknown }
      return Truth(bits == 0)
    case .outcome(let position, let wanted):
      let outcome = outcomes[position]
      guard !outcome.possible.isEmpty else { return .unknown }
      let hits = outcome.possible.count { wanted.contains($0) }
      return hits == 0 ? .false : hits == outcome.possible.count ? .true : .unknown
    case .not(let inner): return !inner.truth(values, outcomes)
    case .and(let parts):
      var result = Truth.true
      for part in parts {
        switch part.truth(values, outcomes) {
        case .false: return .false
        case .unknown: result = .unknown
        case .true: break
        }
      }
      return result
    case .or(let parts):
      var result = Truth.false
      for part in parts {
        switch part.truth(values, outcomes) {
        case .true: return .true
        case .unknown: result = .unknown
        case .false: break
        }
      }
      return result
    }
  }
}

extension Comparison {
  func truth(_ a: Interval, _ b: Interval) -> Truth {
    switch self {
    case .less: a.high < b.low ? .true : a.low >= b.high ? .false : .unknown
    case .lessOrEqual: a.high <= b.low ? .true : a.low > b.high ? .false : .unknown
    case .greater: Comparison.less.truth(b, a)
    case .greaterOrEqual: Comparison.lessOrEqual.truth(b, a)
    case .equal: a.isPoint && a == b ? .true : a.high < b.low || a.low > b.high ? .false : .unknown
    case .notEqual: !Comparison.equal.truth(a, b)
    }
  }
}

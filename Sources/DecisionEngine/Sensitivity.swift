import Foundation
import KnowledgeModel

/// A situation with one trait changed at a time. Decisions look at the same changes again and again; each is worked out
/// once.
final class SingleChanges {
  let situation: Situation
  private let program: Program
  private var situations: [Change: Situation] = [:]
  private var turns: [Line: [Decimal]] = [:]

  private struct Change: Hashable {
    let trait: Int
    let value: Decimal
  }

  private struct Line: Hashable {
    let decision: Int
    let trait: Int
  }

  init(_ situation: Situation, _ program: Program) {
    self.situation = situation
    self.program = program
  }

  func setting(_ trait: Int, to value: Value) -> Situation {
    guard case .quantity(let interval) = value, interval.low == interval.high else {
      return Situation(situation, program, setting: trait, to: value)
    }
    let change = Change(trait: trait, value: interval.low)
    if let known = situations[change] { return known }
    let changed = Situation(situation, program, setting: trait, to: value)
    situations[change] = changed
    return changed
  }

  /// Where the comparisons of a decision turn as a trait moves.
  func turns(of decision: Int, along trait: Int, _ find: () -> [Decimal]) -> [Decimal] {
    let line = Line(decision: decision, trait: trait)
    if let known = turns[line] { return known }
    let found = find()
    turns[line] = found
    return found
  }
}

/// What one trait alone can change: flips of decided decisions, needs of undecided ones.
extension Evaluator {
  /// The smallest changes of one trait at a time that bring another definite outcome, nearest first.
  func flips(of position: Int, _ changes: SingleChanges, _ current: Outcome) -> [Flip] {
    let situation = changes.situation
    var quantities: [(distance: Decimal, flip: Flip)] = []
    var others: [Flip] = []
    func outcome(_ trait: Int, _ value: Value) -> String? {
      let result = evaluate(position, changes.setting(trait, to: value))
      guard result.status != .undecided else { return nil }
      let name = result.outcome ?? Outcome.notApplicable
      return name == (current.outcome ?? Outcome.notApplicable) ? nil : name
    }
    for trait in baseTraits(of: position, situation) where situation.origins[trait] != .unknown {
      let kind = program.traits[trait].kind
      let id = program.traits[trait].id
      switch situation.values[trait] {
      case .quantity(let interval):
        let steps = candidates(for: trait, of: position, changes)
        for side in [steps.filter { $0 > interval.high }, steps.reversed().filter { $0 < interval.low }] {
          for value in side {
            guard let outcome = outcome(trait, .quantity(Interval(value))) else { continue }
            let from = value > interval.high ? interval.high : interval.low
            let distance = from == 0 ? abs(value) : abs(value - from) / abs(from)
            quantities.append((distance, Flip(trait: id, to: .quantity(value), outcome: outcome)))
            break
          }
        }
      case .flag(let flag?):
        if let outcome = outcome(trait, .flag(!flag)) {
          others.append(Flip(trait: id, to: .flag(!flag), outcome: outcome))
        }
      case .choice(let bits) where bits.nonzeroBitCount == 1:
        for (index, option) in kind.options.prefix(64).enumerated() where bits & (1 << UInt64(index)) == 0 {
          guard let outcome = outcome(trait, .choice(1 << UInt64(index))) else { continue }
          others.append(Flip(trait: id, to: .choice(option.id), outcome: outcome))
        }
      case .set(let bits?):
        for index in kind.options.prefix(64).indices {
          let changed = bits ^ (1 << UInt64(index))
          guard let outcome = outcome(trait, .set(changed)) else { continue }
          others.append(Flip(trait: id, to: .set(kind.ids(changed)), outcome: outcome))
        }
      default: break
      }
    }
    return quantities.sorted { ($0.distance, $0.flip.trait) < ($1.distance, $1.flip.trait) }.map(\.flip) + others
  }

  /// The traits that would settle an undecided decision once they are known: those in the comparisons that are still
  /// open and still matter, derived ones replaced by what they follow from, in questionnaire order.
  func needs(of position: Int, _ situation: Situation, _ outcomes: [Outcome]) -> [String] {
    var traits: [Int] = []
    var pending = [position]
    var seen = Array(repeating: false, count: program.decisions.count)
    var leaves: [CompiledCondition] = []
    while let next = pending.popLast() {
      guard !seen[next] else { continue }
      seen[next] = true
      let compiled = program.decisions[next]
      leaves.removeAll(keepingCapacity: true)
      compiled.applies?.openLeaves(situation.values, outcomes, into: &leaves)
      for rule in compiled.rules {
        rule.when.openLeaves(situation.values, outcomes, into: &leaves)
        // Rules behind one that certainly holds are out of reach.
        if rule.when.truth(situation.values, outcomes) == .true { break }
      }
      for leaf in leaves {
        if case .outcome(let other, _) = leaf { pending.append(other) }
        traits += leaf.traits
      }
    }
    return bases(of: traits, situation).filter { !situation.values[$0].isPoint }.map { program.traits[$0].id }
  }

  /// The traits a decision hangs on, derived ones replaced by what they follow from, in questionnaire order.
  func baseTraits(of position: Int, _ situation: Situation) -> [Int] {
    bases(of: program.closures[position].flatMap { program.decisions[$0].inputs }, situation)
  }

  /// Derived traits replaced by what they follow from, in questionnaire order.
  private func bases(of traits: [Int], _ situation: Situation) -> [Int] {
    var found = Array(repeating: false, count: program.traits.count)
    var seen = found
    var pending = traits
    while let trait = pending.popLast() {
      guard !seen[trait] else { continue }
      seen[trait] = true
      if situation.origins[trait] != .answered, let derivation = situation.derivation(program, trait) {
        pending += derivation.inputs
      } else {
        found[trait] = true
      }
    }
    return found.indices.filter { found[$0] }
  }

  /// One decision's outcome, evaluating only those it depends on.
  func evaluate(_ position: Int, _ situation: Situation) -> Outcome {
    var outcomes: [Outcome] = Array(repeating: .pending, count: program.decisions.count)
    for other in program.closures[position] { outcomes[other] = outcome(of: other, situation, outcomes) }
    return outcomes[position]
  }

  /// Values of a trait around each point where a comparison of the decision turns, rounded outward, ascending.
  private func candidates(for trait: Int, of position: Int, _ changes: SingleChanges) -> [Decimal] {
    guard case .quantity(let unit, let bounds, _) = program.traits[trait].kind else { return [] }
    var turns: [Decimal] = []
    for decision in program.closures[position] {
      turns += changes.turns(of: decision, along: trait) {
        program.decisions[decision].comparisons.flatMap { turningPoints($0, trait, bounds, changes) }
      }
    }
    var values = Set<Decimal>()
    for turn in turns {
      let decimals = Evaluator.decimals(near: turn, unit)
      let step = Decimal(sign: .plus, exponent: -decimals, significand: 1)
      let below = turn.rounded(decimals, .down)
      // The point itself only where it is one that a person would write.
      if below == turn {
        values.formUnion([turn - step, turn, turn + step])
      } else {
        values.formUnion([below, below + step])
      }
    }
    return values.filter { bounds.contains($0) }.sorted()
  }

  /// The grid that values near a turning point are rounded to: whole units, 0.01 %, three digits of bytes.
  /// - Returns: decimals to keep; negative for tens, hundreds and so on.
  static func decimals(near value: Decimal, _ unit: BaseUnit) -> Int {
    switch unit {
    case .count: return 0
    case .share, .perYear: return 4
    case .bytes, .bytesPerSecond, .seconds, .number:
      guard value != 0 else { return unit == .bytes || unit == .bytesPerSecond ? 0 : 3 }
      let digits = 2 - value.magnitudeExponent
      return unit == .bytes || unit == .bytesPerSecond ? min(0, digits) : digits
    case .perSecond, .perMinute:
      return abs(value) >= 10 ? 0 : 2
    }
  }

  /// Where an end of the left side meets an end of the right side as the trait moves through its bounds.
  private func turningPoints(
    _ comparison: (left: CompiledExpression, right: CompiledExpression), _ trait: Int, _ bounds: Interval,
    _ changes: SingleChanges
  ) -> [Decimal] {
    if case .trait(trait) = comparison.left, case .constant(let at) = comparison.right { return [at.low] }
    let reach = program.influenced[trait]
    guard (comparison.left.traits + comparison.right.traits).contains(where: reach.contains) else { return [] }
    func difference(_ value: Decimal) -> Interval? {
      let changed = changes.setting(trait, to: .quantity(Interval(value)))
      guard let left = comparison.left.value(changed.values), let right = comparison.right.value(changed.values) else {
        return nil
      }
      return left - right
    }
    func difference(_ value: Decimal, _ end: (Interval) -> Decimal) -> Decimal? { difference(value).map(end) }
    guard let lowest = difference(bounds.low), let highest = difference(bounds.high) else { return [] }
    let ends: [(Interval) -> Decimal] = [{ $0.low }, { $0.high }]
    return ends.compactMap { end -> Decimal? in
      let (low, high) = (end(lowest), end(highest))
      guard low.sign != high.sign || low == 0 || high == 0, low != high
      else { return nil }
      if low == 0 || high == 0 { return low == 0 ? bounds.low : bounds.high }
      // Linear in the trait, as all but shares are: one step finds it; bisection finds the rest.
      let guess = bounds.low - low * (bounds.high - bounds.low) / (high - low)
      if let at = difference(guess, end), abs(at) < Decimal(sign: .plus, exponent: -12, significand: 1) {
        return guess.rounded(18)
      }
      // Regula falsi, the end that stands still weighed down (Illinois): a few steps where halving takes dozens.
      var (a, b) = (bounds.low, bounds.high)
      var (valueA, valueB) = (low, high)
      var side = 0
      for step in 0..<64 {
        let isNarrow = abs(b - a) <= Decimal(sign: .plus, exponent: -12, significand: 1) * max(1, abs(b))
        if isNarrow || valueB == 0 { break }
        // Every third step halves, so that a steep end cannot hold it up.
        let middle =
          step % 3 == 2 || valueA == valueB
          ? (a + b) / 2 : (b - valueB * (b - a) / (valueB - valueA)).rounded(24)
        guard middle > a, middle < b, let value = difference(middle, end) else {
          if middle > a, middle < b { return nil }
          break
        }
        if value.sign == valueA.sign, value != 0 {
          (a, valueA) = (middle, value)
          if side == 1 { valueB /= 2 }
          side = 1
        } else {
          (b, valueB) = (middle, value)
          if side == -1 { valueA /= 2 }
          side = -1
        }
      }
      return b
    }
  }
}

extension Decimal {
  /// The power of ten of the first digit: 3 for 2,125.
  var magnitudeExponent: Int {
    var exponent = 0
    let size = abs(self)
    guard size != 0 else { return 0 }
    while size >= Decimal(sign: .plus, exponent: exponent + 1, significand: 1) { exponent += 1 }
    while size < Decimal(sign: .plus, exponent: exponent, significand: 1) { exponent -= 1 }
    return exponent
  }
}

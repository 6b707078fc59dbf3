internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel

/// A decision as a function of one or two quantities and of factors: what its picture is drawn from.
///
/// It is evaluated by the engine itself, over a knowledge that holds this decision alone: traits follow from nothing,
/// the outcomes of other decisions are choices, and comparisons of traits that are not drawn are flags.
struct RegionSlice {
  /// A line y = ratio · x.
  struct Diagonal {
    var ratio: Decimal
    var test: Condition
  }

  let x: RegionLine
  let y: RegionLine?
  let diagonals: [Diagonal]
  let factors: [RegionFactor]
  /// Traits that are compared with a drawn one, at the value that they are drawn for.
  let held: [(trait: Trait, value: Decimal)]
  private let id: String
  private let evaluator: Evaluator

  /// More combinations of factors than this are not drawn.
  private static let mostCombinations = 6_000

  init?(_ decision: Decision, _ knowledge: Knowledge) {
    let reader = RegionReader(decision, knowledge)
    for axes in reader.axes {
      guard let read = reader.read(axes) else { continue }
      x = read.x
      y = read.y
      diagonals = read.diagonals
      factors = read.factors
      held = read.held
      id = decision.id
      guard factors.reduce(1, { $0 * $1.values.count }) <= RegionSlice.mostCombinations else { return nil }
      evaluator = Evaluator(read.knowledge)
      return
    }
    return nil
  }

  /// Every combination of the factors' values, in order.
  var combinations: [[Int]] {
    factors.reduce([[]]) { sofar, factor in sofar.flatMap { start in factor.values.indices.map { start + [$0] } } }
  }

  /// The outcome, and the rule that brings it.
  func outcome(_ combination: [Int], x xValue: Decimal, y yValue: Decimal?) -> (outcome: String, rule: Int?) {
    var answers = Dictionary(
      zip(factors, combination).map { ($0.id, $0.values[$1].answer) }, uniquingKeysWith: { first, _ in first })
    for (trait, value) in held { answers[trait.id] = .quantity(Interval(value)) }
    answers[x.trait.id] = .quantity(Interval(xValue))
    if let y, let yValue { answers[y.trait.id] = .quantity(Interval(yValue)) }
    let outcome = evaluator.outcomes(answers)[id]
    return (outcome?.outcome ?? Outcome.notApplicable, outcome?.rule)
  }
}

/// Reads a decision's tests for what can be drawn.
private struct RegionReader {
  struct Test {
    var condition: Condition
    var op: Comparison
    var traits: [String]
    /// Its left side less its right one.
    var form: LinearForm?
  }

  struct Slice {
    var x: RegionLine
    var y: RegionLine?
    var diagonals: [RegionSlice.Diagonal] = []
    var factors: [RegionFactor] = []
    var held: [(trait: Trait, value: Decimal)] = []
    var knowledge: Knowledge
  }

  let decision: Decision
  let knowledge: Knowledge
  let leaves: [Condition]
  let tests: [Test]
  let names: RuleTableWords

  init(_ decision: Decision, _ knowledge: Knowledge) {
    self.decision = decision
    self.knowledge = knowledge
    names = RuleTableWords(knowledge: knowledge, mode: .current, link: nil)
    leaves = decision.conditions(in: .current).flatMap(\.leaves)
    tests = leaves.compactMap { leaf in
      guard case .compare(let left, let op, let right, _) = leaf else { return nil }
      let sides = (LinearForm(left, knowledge), LinearForm(right, knowledge))
      let form = sides.0.flatMap { left in sides.1.map { left.adding($0, times: -1) } }
      return Test(condition: leaf, op: op, traits: (left.traits + right.traits).uniqued(), form: form)
    }
  }

  // MARK: Axes

  /// The traits that may be drawn, the best choice first: those that most tests compare with figures.
  var axes: [[String]] {
    let traits = tests.flatMap(\.traits).uniqued().filter { id in
      tests.allSatisfy { !$0.traits.contains(id) || $0.form != nil }
    }
    func inner(_ id: String) -> Int {
      guard let trait = knowledge.trait(id),
        let line = RegionLine(trait, tests.compactMap { boundary($0.form, $0.op, id) })
      else { return 0 }
      return line.inner.isEmpty
        ? 0
        : tests.count { test in
          boundary(test.form, test.op, id).map { boundary in line.inner.contains(boundary) } ?? false
        }
    }
    let ranked = traits.map { ($0, inner($0)) }.filter { $0.1 > 0 }.enumerated()
      .sorted { (-$0.element.1, $0.offset) < (-$1.element.1, $1.offset) }
    let best = ranked.prefix(2).sorted { $0.offset < $1.offset }.map(\.element.0)
    if best.count == 2 { return [best, [ranked[0].element.0]] }
    let partners = tests.compactMap { test -> [String]? in
      guard let form = test.form, test.traits.count == 2, form.factors.count == 2, form.constant == 0,
        best.allSatisfy(test.traits.contains), test.traits.allSatisfy(traits.contains)
      else { return nil }
      return test.traits
    }
    return Array(partners.prefix(1)) + (best.isEmpty ? [] : [best])
  }

  /// Where a test of one trait alone changes.
  private func boundary(_ form: LinearForm?, _ op: Comparison, _ trait: String) -> RegionLine.Boundary? {
    guard let form, form.factors.count == 1, let factor = form.factors[trait] else { return nil }
    let isBelow: Bool
    switch factor > 0 ? op : op.mirrored {
    case .lessOrEqual, .greater: isBelow = true
    case .less, .greaterOrEqual: isBelow = false
    // A single value has no extent.
    case .equal, .notEqual: return nil
    }
    return RegionLine.Boundary(value: -form.constant / factor, isBelow: isBelow)
  }

  // MARK: Reading

  func read(_ axes: [String]) -> Slice? {
    var held: [(trait: Trait, value: Decimal)] = []
    for test in tests where test.traits.contains(where: axes.contains) {
      for id in test.traits where !axes.contains(id) && !held.contains(where: { $0.trait.id == id }) {
        guard let trait = knowledge.trait(id), let value = usual(trait) else { return nil }
        held.append((trait, value))
      }
    }
    let drawn = tests.map { test in
      var test = test
      for (trait, value) in held { test.form = test.form?.fixing(trait.id, at: value) }
      return test
    }
    func line(_ id: String) -> RegionLine? {
      knowledge.trait(id).flatMap { RegionLine($0, drawn.compactMap { boundary($0.form, $0.op, id) }) }
    }
    guard let x = line(axes[0]) else { return nil }
    var slice = Slice(x: x, held: held, knowledge: knowledge)
    if axes.count > 1 {
      guard let y = line(axes[1]) else { return nil }
      slice.y = y
      for test in drawn {
        guard let form = test.form, let a = form.factors[axes[0]], let b = form.factors[axes[1]] else { continue }
        guard form.constant == 0, a * b < 0 else { return nil }
        slice.diagonals.append(.init(ratio: -a / b, test: test.condition))
      }
    }
    let fixed = axes + held.map(\.trait.id)
    guard let factors = factors(fixed) else { return nil }
    slice.factors = factors

    var cut = decision
    cut.each = nil
    cut.applies = cut.applies.map { rewritten($0, fixed, factors) }
    for index in cut.rules.indices { cut.rules[index].when = rewritten(cut.rules[index].when, fixed, factors) }
    var traits = fixed.compactMap(knowledge.trait)
    for factor in factors {
      switch factor.subject {
      case .trait(let id): traits += knowledge.trait(id).map { [$0] } ?? []
      case .decision:
        let options = factor.values.flatMap(\.options).map { Trait.Option(id: $0, title: $0) }
        traits.append(stand(factor.id, .choice(options)))
      case .comparison: traits.append(stand(factor.id, .flag))
      }
    }
    for index in traits.indices {
      traits[index].derivation = nil
      traits[index].fallback = nil
    }
    slice.knowledge = Knowledge(
      packs: knowledge.packs, hash: knowledge.hash, traits: traits, thresholds: knowledge.thresholds, decisions: [cut])
    return slice
  }

  /// A value to hold a trait at: its default, or the middle of what is plausible.
  private func usual(_ trait: Trait) -> Decimal? {
    if case .quantity(let interval)? = trait.fallback { return interval.low }
    return trait.plausible.map { ($0.low + $0.high) / 2 }
  }

  private func stand(_ id: String, _ kind: Trait.Kind) -> Trait {
    var trait = RecordList.field("", of: decision.entry, title: "", kind: kind, fallback: nil, order: 0)
    trait.entry.id = id
    return trait
  }

  // MARK: Factors

  private func factors(_ fixed: [String]) -> [RegionFactor]? {
    var factors: [RegionFactor] = []
    func add(_ factor: RegionFactor?) -> Bool {
      guard let factor else { return false }
      if !factors.contains(where: { $0.subject == factor.subject }) { factors.append(factor) }
      return true
    }
    for leaf in leaves {
      switch leaf {
      case .flag(let id, _):
        let values = [true, false].map { RegionFactor.Value(answer: .flag($0)) }
        guard add(RegionFactor(subject: .trait(id), id: id, values: values)) else { return nil }
      case .choice(let id, _, _):
        let mentioned = leaves.flatMap { leaf -> [String] in
          if case .choice(id, let values, _) = leaf { values } else { [] }
        }
        let options = knowledge.trait(id)?.kind.options.map(\.id) ?? []
        guard add(choice(.trait(id), id, options, mentioned)) else { return nil }
      case .outcome(let id, _, _):
        let mentioned = leaves.flatMap { leaf -> [String] in
          if case .outcome(id, let values, _) = leaf { values } else { [] }
        }
        let options = (knowledge.decision(id)?.options.map(\.id) ?? []) + [Outcome.notApplicable]
        guard add(choice(.decision(id), "outcome.\(id)", options, mentioned)) else { return nil }
      case .has(let id, _, _, _), .isEmpty(let id, _):
        guard add(set(id)) else { return nil }
      case .compare:
        guard let test = tests.first(where: { $0.condition == leaf }) else { return nil }
        if test.traits.contains(where: fixed.contains) {
          // Held traits that are compared with a figure of their own are fixed with it.
          continue
        }
        guard add(test.traits.count == 1 && test.form != nil ? quantity(test.traits[0]) : comparison(leaf)) else {
          return nil
        }
      default: break
      }
    }
    return factors
  }

  private func choice(
    _ subject: RegionFactor.Subject, _ id: String, _ options: [String], _ mentioned: [String]
  ) -> RegionFactor? {
    let rest = options.filter { !mentioned.contains($0) }
    let groups = options.filter(mentioned.contains).map { [$0] } + (rest.isEmpty ? [] : [rest])
    guard !groups.isEmpty else { return nil }
    return RegionFactor(
      subject: subject, id: id, values: groups.map { RegionFactor.Value(answer: .choice($0[0]), options: $0) })
  }

  private func set(_ id: String) -> RegionFactor? {
    var tests: [Condition] = []
    for leaf in leaves {
      switch leaf {
      case .has(id, _, _, _), .isEmpty(id, _):
        if !tests.contains(where: { names.value($0) == names.value(leaf) }) { tests.append(leaf) }
      default: break
      }
    }
    let options = knowledge.trait(id)?.kind.options.map(\.id) ?? []
    let mentioned = tests.flatMap { test -> [String] in
      if case .has(_, _, let values, _) = test { values } else { [] }
    }.uniqued()
    let members = mentioned + options.filter { !mentioned.contains($0) }.prefix(1)
    guard !options.isEmpty, members.count <= 10 else { return nil }
    var values: [RegionFactor.Value] = []
    for bits in 0..<(1 << members.count) {
      let chosen = Set(members.indices.filter { bits & (1 << $0) != 0 }.map { members[$0] })
      let truths = tests.map { test -> Bool in
        switch test {
        case .has(_, .any, let wanted, _): wanted.contains(where: chosen.contains)
        case .has(_, .all, let wanted, _): wanted.allSatisfy(chosen.contains)
        default: chosen.isEmpty
        }
      }
      if !values.contains(where: { $0.truths == truths }) {
        values.append(RegionFactor.Value(answer: .set(chosen), truths: truths))
      }
    }
    return RegionFactor(subject: .trait(id), id: id, values: values, tests: tests)
  }

  private func quantity(_ id: String) -> RegionFactor? {
    let found = tests.compactMap { boundary($0.form, $0.op, id) }
    guard let trait = knowledge.trait(id), let line = RegionLine(trait, found) else { return nil }
    let values = (0..<line.cells).map { RegionFactor.Value(answer: .quantity(Interval(line.inside($0)))) }
    return RegionFactor(subject: .trait(id), id: id, values: values, line: line)
  }

  private func comparison(_ leaf: Condition) -> RegionFactor? {
    let upward = upward(leaf).test
    let words = names.sentence(upward)
    return RegionFactor(
      subject: .comparison(words), id: "comparison.\(words)",
      values: [true, false].map { RegionFactor.Value(answer: .flag($0)) }, tests: [upward])
  }

  /// A comparison and its opposite are one test.
  private func upward(_ leaf: Condition) -> (test: Condition, isNegated: Bool) {
    guard case .compare(let left, let op, let right, let span) = leaf, op == .less || op == .lessOrEqual else {
      return (leaf, false)
    }
    return (.compare(left, op.negated, right, span), true)
  }

  // MARK: Rewriting

  private func rewritten(_ condition: RuleCondition, _ fixed: [String], _ factors: [RegionFactor]) -> RuleCondition {
    RuleCondition(
      current: SourcedCondition(
        text: condition.current.text, condition: rewritten(condition.current.condition, fixed, factors)))
  }

  private func rewritten(_ condition: Condition, _ fixed: [String], _ factors: [RegionFactor]) -> Condition {
    switch condition {
    case .not(let inner): return .not(rewritten(inner, fixed, factors))
    case .and(let parts): return .and(parts.map { rewritten($0, fixed, factors) })
    case .or(let parts): return .or(parts.map { rewritten($0, fixed, factors) })
    case .outcome(let id, let values, let span): return .choice("outcome.\(id)", values, span)
    case .compare(_, _, _, let span):
      let (test, isNegated) = upward(condition)
      let subject = RegionFactor.Subject.comparison(names.sentence(test))
      guard let factor = factors.first(where: { $0.subject == subject }) else { return condition }
      return isNegated ? .not(.flag(factor.id, span)) : .flag(factor.id, span)
    default: return condition
    }
  }
}

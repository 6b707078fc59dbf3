import Foundation
import KnowledgeModel

/// The knowledge with its names resolved to positions, so that evaluating looks nothing up.
/// Names are checked when knowledge is read; one that is missing all the same reads as unknown.
struct Program: Sendable {
  /// Those that are asked, the fields of lists, and one for each list that says whether it is empty.
  let traits: [Trait]
  let traitIndex: [String: Int]
  /// Positions of the traits that are asked of the system itself.
  let asked: [Int]
  let decisions: [CompiledDecision]
  let decisionIndex: [String: Int]
  /// Positions of decisions, each after those it refers to.
  let order: [Int]
  /// For each decision, itself and those whose outcomes it reads, in that order.
  let closures: [[Int]]
  let derivations: [CompiledDerivation?]
  /// For each trait, those whose value it can move: itself, and what is derived from it.
  let influenced: [Set<Int>]
  let mode: Mode
  let thresholds: [String: Quantity]
  /// For each trait, all that it can be.
  let domains: [Value]
  /// Every trait with its default, where nothing was answered: what answers are laid over.
  private(set) var base: Situation?

  init(_ knowledge: Knowledge, mode: Mode) {
    self.mode = mode
    let own = Set(knowledge.traits.map(\.id))
    traits = (knowledge.traits + knowledge.lists.flatMap { $0.fields + [$0.presence] })
      .sorted { ($0.order, $0.id) < ($1.order, $1.id) }
    asked = traits.indices.filter { [traits] in own.contains(traits[$0].id) }
    traitIndex = Dictionary(traits.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    thresholds = Dictionary(
      knowledge.thresholds.map { ($0.id, $0.quantity(in: mode)) }, uniquingKeysWith: { first, _ in first })
    let sorted = knowledge.decisions.sorted { ($0.entry.area, $0.id) < ($1.entry.area, $1.id) }
    decisionIndex = Dictionary(sorted.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let compiler = Compiler(
      traits: traits, traitIndex: traitIndex, decisionIndex: decisionIndex, thresholds: thresholds)
    decisions = sorted.map { compiler.decision($0, mode: mode) }
    let positions = traitIndex
    derivations = traits.map { trait in
      trait.derivation.map { derivation in
        CompiledDerivation(
          formula: compiler.expression(derivation.from), inputs: derivation.from.traits.compactMap { positions[$0] },
          ifGiven: derivation.ifGiven.map { positions[$0] ?? -1 })
      }
    }

    var influenced = traits.indices.map { Set([$0]) }
    // As often as a derivation may stand on another.
    for _ in traits.indices where derivations.contains(where: { $0 != nil }) {
      var changed = false
      for (position, derivation) in derivations.enumerated() {
        for input in derivation.map({ $0.inputs + $0.ifGiven }) ?? [] {
          for trait in traits.indices where influenced[trait].contains(input) && !influenced[trait].contains(position) {
            influenced[trait].insert(position)
            changed = true
          }
        }
      }
      if !changed { break }
    }
    self.influenced = influenced
    domains = traits.map { Value(domain: $0.kind) }

    var order: [Int] = []
    var seen = Set<Int>()
    func visit(_ position: Int, decisions: [CompiledDecision]) {
      guard seen.insert(position).inserted else { return }
      for needed in decisions[position].reads { visit(needed, decisions: decisions) }
      order.append(position)
    }
    for position in decisions.indices { visit(position, decisions: decisions) }
    self.order = order
    let compiled = decisions
    closures = compiled.indices.map { position in
      var needed = Set([position])
      for other in order.reversed() where needed.contains(other) { needed.formUnion(compiled[other].reads) }
      return order.filter(needed.contains)
    }
    base = Situation(self, [:])
  }

  /// Whether a decision is taken for each record of a list, and not for the system.
  func isForEach(_ position: Int) -> Bool { decisions[position].decision.each != nil }

  func compile(_ condition: Condition) -> CompiledCondition { compiler.condition(condition) }
  func compile(_ expression: Formula) -> CompiledExpression { compiler.expression(expression) }

  private var compiler: Compiler {
    Compiler(traits: traits, traitIndex: traitIndex, decisionIndex: decisionIndex, thresholds: thresholds)
  }
}

/// How a trait follows from others.
struct CompiledDerivation: Sendable {
  var formula: CompiledExpression
  var inputs: [Int]
  /// Positions of traits that must have been given; −1 for a name that is not there.
  var ifGiven: [Int]
}

/// A class, so that looking at one copies nothing.
final class CompiledDecision: Sendable {
  let decision: Decision
  let applies: CompiledCondition?
  let rules: [(then: String, when: CompiledCondition)]
  /// Positions of the decisions whose outcomes it reads.
  let reads: [Int]
  /// Positions of the traits it reads itself.
  let inputs: [Int]
  /// The same for its rules alone, without what says whether it applies.
  let ruleReads: [Int]
  let ruleInputs: [Int]
  /// All comparisons in it, for thresholds and flips.
  let comparisons: [(left: CompiledExpression, right: CompiledExpression)]

  init(
    decision: Decision, applies: CompiledCondition?, rules: [(then: String, when: CompiledCondition)], reads: [Int],
    inputs: [Int], ruleReads: [Int], ruleInputs: [Int],
    comparisons: [(left: CompiledExpression, right: CompiledExpression)]
  ) {
    self.decision = decision
    self.applies = applies
    self.rules = rules
    self.reads = reads
    self.inputs = inputs
    self.ruleReads = ruleReads
    self.ruleInputs = ruleInputs
    self.comparisons = comparisons
  }
}

indirect enum CompiledExpression: Sendable {
  case trait(Int)
  case constant(Interval)
  case binary(Formula.Arithmetic, CompiledExpression, CompiledExpression)
  case share(CompiledExpression, CompiledExpression)
  case smaller(CompiledExpression, CompiledExpression)
  case larger(CompiledExpression, CompiledExpression)
  /// A name that is not there.
  case nothing
}

indirect enum CompiledCondition: Sendable {
  case always
  /// With the traits that it reads.
  case compare(CompiledExpression, Comparison, CompiledExpression, [Int])
  case flag(Int)
  /// Bits are positions of options.
  case choice(Int, UInt64)
  case hasAny(Int, UInt64)
  case hasAll(Int, UInt64)
  case isEmpty(Int)
  case outcome(Int, [String])
  case not(CompiledCondition)
  case and([CompiledCondition])
  case or([CompiledCondition])
  case nothing
}

private struct Compiler {
  let traits: [Trait]
  let traitIndex: [String: Int]
  let decisionIndex: [String: Int]
  let thresholds: [String: Quantity]

  func decision(_ decision: Decision, mode: Mode) -> CompiledDecision {
    let conditions = decision.conditions(in: mode)
    let rules = decision.rules.map { $0.when[mode].condition }
    var comparisons: [(left: CompiledExpression, right: CompiledExpression)] = []
    for case .compare(let a, _, let b, _) in conditions.flatMap(\.leaves) {
      comparisons.append((expression(a), expression(b)))
    }
    return CompiledDecision(
      decision: decision, applies: decision.applies.map { condition($0[mode].condition) },
      rules: decision.rules.map { ($0.then, condition($0.when[mode].condition)) },
      reads: conditions.flatMap(\.decisions).uniqued().compactMap { decisionIndex[$0] },
      inputs: conditions.flatMap(\.traits).uniqued().compactMap { traitIndex[$0] },
      ruleReads: rules.flatMap(\.decisions).uniqued().compactMap { decisionIndex[$0] },
      ruleInputs: rules.flatMap(\.traits).uniqued().compactMap { traitIndex[$0] }, comparisons: comparisons)
  }

  func expression(_ expression: Formula) -> CompiledExpression {
    switch expression {
    case .trait(let id, _): traitIndex[id].map { .trait($0) } ?? .nothing
    case .threshold(let id, _): thresholds[id].map { .constant(Interval($0.value)) } ?? .nothing
    case .literal(let quantity, _): .constant(Interval(quantity.value))
    case .binary(let op, let a, let b): .binary(op, self.expression(a), self.expression(b))
    case .share(let a, let b): .share(self.expression(a), self.expression(b))
    case .smaller(let a, let b): .smaller(self.expression(a), self.expression(b))
    case .larger(let a, let b): .larger(self.expression(a), self.expression(b))
    }
  }

  func condition(_ condition: Condition) -> CompiledCondition {
    switch condition {
    case .always: .always
    case .compare(let a, let op, let b, _):
      .compare(expression(a), op, expression(b), (expression(a).traits + expression(b).traits).uniqued())
    case .flag(let id, _): traitIndex[id].map { .flag($0) } ?? .nothing
    case .choice(let id, let values, _): traitIndex[id].map { .choice($0, mask(values, $0)) } ?? .nothing
    case .has(let id, let quantifier, let values, _):
      traitIndex[id].map { quantifier == .any ? .hasAny($0, mask(values, $0)) : .hasAll($0, mask(values, $0)) }
        ?? .nothing
    case .isEmpty(let id, _): traitIndex[id].map { .isEmpty($0) } ?? .nothing
    case .outcome(let id, let values, _): decisionIndex[id].map { .outcome($0, values) } ?? .nothing
    case .not(let inner): .not(self.condition(inner))
    case .and(let parts): .and(parts.map(self.condition))
    case .or(let parts): .or(parts.map(self.condition))
    }
  }

  private func mask(_ values: [String], _ trait: Int) -> UInt64 { traits[trait].kind.mask(values) }
}

extension Trait.Kind {
  /// The bits of these options; at most 64 options are told apart.
  func mask(_ values: some Sequence<String>) -> UInt64 {
    var mask: UInt64 = 0
    for value in values {
      if let position = options.firstIndex(where: { $0.id == value }), position < 64 { mask |= 1 << UInt64(position) }
    }
    return mask
  }

  func ids(_ mask: UInt64) -> [String] {
    options.enumerated().filter { mask & (1 << UInt64($0.offset)) != 0 }.map(\.element.id)
  }

  var allBits: UInt64 { options.count >= 64 ? .max : (1 << UInt64(options.count)) - 1 }
}

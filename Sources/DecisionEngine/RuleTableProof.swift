internal import Foundation
public import KnowledgeModel

/// Proves a decision's rule table over the whole of its inputs' domains.
///
/// Each input's domain falls into cells in which no comparison changes its truth; every combination of cells is
/// evaluated once, with plain two-valued logic. That decides exactly: conditions that are always true or always false,
/// rules that are never reached, overlaps under hit policy unique, and gaps. Traits are taken as independent of each
/// other, since any of them may be given.
public struct RuleTableProof {
  public struct Flaw: Sendable, Hashable {
    public var entry: String
    /// `rules.2.when`, `applies`, `examples`.
    public var path: String
    public var message: String
    public var remedy: String
  }

  /// More combinations than this are not tried, and the decision is reported as too large to prove.
  static let mostCombinations = 2_000_000

  /// - Parameter touchedOnly: whether to leave out what no pack has changed, since it was proved before it was shipped.
  public static func check(_ knowledge: Knowledge, touchedOnly: Bool = false) -> [Flaw] {
    var flaws: [Flaw] = []
    func isTouched(_ entry: Entry, _ conditions: [Condition]) -> Bool {
      guard touchedOnly else { return true }
      let read =
        conditions.flatMap(\.thresholds).compactMap { knowledge.threshold($0)?.entry }
        + conditions.flatMap(\.traits).compactMap { knowledge.trait($0)?.entry }
        + conditions.flatMap(\.decisions).compactMap { knowledge.decision($0)?.entry }
      return (read + [entry]).contains { $0.override != nil || $0.pack != knowledge.packs.first?.name }
    }
    let proofs = Dictionary(uniqueKeysWithValues: Mode.allCases.map { ($0, RuleTableProof(knowledge, $0)) })
    for decision in knowledge.decisions
    where isTouched(decision.entry, Mode.allCases.flatMap { decision.conditions(in: $0) }) {
      for mode in Mode.allCases where mode == .current || decision.differs {
        flaws += proofs[mode]?.flaws(of: decision) ?? []
      }
      if !knowledge.movesExamples(of: decision) {
        for mode in Mode.allCases where mode == .current || decision.differs {
          flaws += proofs[mode]?.missingExamples(decision) ?? []
        }
      }
    }
    for (item, applies) in knowledge.practices.map({ ($0.entry, $0.applies) })
      + knowledge.checks.map({ ($0.entry, $0.applies) })
    where isTouched(item, Mode.allCases.compactMap { applies?[$0].condition }) {
      let entry = item.id
      for mode in Mode.allCases {
        guard let sourced = applies?[mode], mode == .current || applies?.asWritten != nil else { continue }
        flaws += proofs[mode]?.constants(entry, [("applies", sourced.condition)]) ?? []
      }
    }
    return flaws.uniqued()
  }

  private let program: Program
  private let knowledge: Knowledge

  private init(_ knowledge: Knowledge, _ mode: Mode) {
    self.knowledge = knowledge
    program = Program(knowledge, mode: mode)
  }

  // MARK: The table

  private func flaws(of decision: Decision) -> [Flaw] {
    let suffix = program.mode == .asWritten ? " (as written)" : ""
    var named: [(path: String, condition: Condition)] = []
    if let applies = decision.applies { named.append(("applies", applies[program.mode].condition)) }
    for (index, rule) in decision.rules.enumerated() {
      named.append(("rules.\(index).when", rule.when[program.mode].condition))
    }
    var flaws = constants(decision.id, named)
    guard let table = Table(program, named.map(\.condition)) else {
      return flaws + [
        Flaw(
          entry: decision.id, path: "rules", message: "the rules have too many combinations to prove\(suffix)",
          remedy: "split the decision")
      ]
    }
    let hasApplies = decision.applies != nil
    var reached = Set<Int>()
    var overlap: (Int, Int)?
    var gap: String?
    table.forEach { truths, cells in
      if hasApplies, !truths[0] { return true }
      let rules = Array(truths[(hasApplies ? 1 : 0)...])
      let hits = rules.indices.filter { rules[$0] }
      guard let first = hits.first else {
        if gap == nil { gap = table.describe(cells) }
        return true
      }
      if decision.hitPolicy == .unique {
        reached.formUnion(hits)
        if hits.count > 1, overlap == nil { overlap = (hits[0], hits[1]) }
      } else {
        reached.insert(first)
      }
      return true
    }
    for index in decision.rules.indices
    where !reached.contains(index) && !flaws.contains(where: { $0.path == "rules.\(index).when" }) {
      flaws.append(
        Flaw(
          entry: decision.id, path: "rules.\(index).when",
          message: "the rule for \(decision.rules[index].then) is never reached\(suffix)",
          remedy: "move it before the rules that cover it, or drop it"))
    }
    if let overlap {
      flaws.append(
        Flaw(
          entry: decision.id, path: "rules.\(overlap.1).when",
          message:
            "the rules for \(decision.rules[overlap.0].then) and \(decision.rules[overlap.1].then) can hold together under hit policy unique\(suffix)",
          remedy: "make them exclude each other, or write hit: first"))
    }
    if let gap {
      flaws.append(
        Flaw(
          entry: decision.id, path: "rules", message: "no rule holds where \(gap)\(suffix)",
          remedy: "add a rule, or end with when: otherwise"))
    }
    return flaws
  }

  /// Conditions that cannot be false, or cannot be true.
  private func constants(_ entry: String, _ named: [(path: String, condition: Condition)]) -> [Flaw] {
    named.flatMap { path, condition -> [Flaw] in
      if case .always = condition {
        return path == "applies"
          ? [Flaw(entry: entry, path: path, message: "the condition is always true", remedy: "leave applies out")] : []
      }
      // The parts of a compound are looked at too: a dead branch hides behind a live one.
      let parts: [Condition] = [condition] + condition.parts
      for part in parts {
        guard let table = Table(program, [part]) else { continue }
        var seen = Set<Bool>()
        table.forEach { truths, _ in
          seen.insert(truths[0])
          return seen.count < 2
        }
        if seen.count == 1, let only = seen.first {
          let which = part == condition ? "the condition" : "a part of the condition"
          return [
            Flaw(
              entry: entry, path: path, message: "\(which) is always \(only)",
              remedy: only ? "drop it" : "mend or drop it")
          ]
        }
      }
      return []
    }
  }

  // MARK: Examples

  /// Thresholds that a decision reads without an example at, below and above.
  private func missingExamples(_ decision: Decision) -> [Flaw] {
    var flaws: [Flaw] = []
    let mode = program.mode
    let examples = decision.examples.filter { $0.mode == mode || (mode == .current && !decision.differs) }
    let given = (examples + (mode == .asWritten ? decision.examples.filter { $0.mode == .current } : []))
      .map { Situation(program, $0.given) }
    for case .compare(let left, _, let right, _) in decision.conditions(in: mode).flatMap(\.leaves) {
      let pairs = [(left, right), (right, left)].filter {
        $0.1.thresholds.count == 1 && $0.1.traits.isEmpty && !$0.0.traits.isEmpty
      }
      for (side, threshold) in pairs {
        let traits = side.traits
        let id = threshold.thresholds[0]
        var found = Set<ComparisonResult>()
        let (side, threshold) = (program.compile(side), program.compile(threshold))
        for situation in given {
          guard let value = side.value(situation.values), value.isPoint,
            let at = threshold.value(situation.values)
          else { continue }
          found.insert(
            value.low < at.low ? .orderedAscending : value.low == at.low ? .orderedSame : .orderedDescending)
        }
        let missing = [
          (ComparisonResult.orderedAscending, "below"), (.orderedSame, "at"), (.orderedDescending, "above"),
        ].filter { !found.contains($0.0) }.map(\.1)
        if !missing.isEmpty {
          let suffix = mode == .asWritten ? " as written" : ""
          flaws.append(
            Flaw(
              entry: decision.id, path: "examples",
              message: "no example \(missing.joined(separator: " or ")) the threshold @\(id)\(suffix)",
              remedy: "add one with a single value of \(traits.joined(separator: ", "))"))
        }
      }
    }
    return flaws.uniqued()
  }
}

extension Decision {
  /// Whether the guide's wording of its rules differs from today's.
  public var differs: Bool { applies?.asWritten != nil || rules.contains { $0.when.asWritten != nil } }
}

extension Condition {
  /// The direct parts of a compound, with theirs.
  fileprivate var parts: [Condition] {
    switch self {
    case .not(let inner): [inner] + inner.parts
    case .and(let all), .or(let all): all + all.flatMap(\.parts)
    default: []
    }
  }
}

/// Conditions over every combination of cells of their inputs.
private struct Table {
  let program: Program
  let conditions: [Reading]
  let traits: [Int]
  let cells: [[Value]]
  let decisions: [Int]
  let outcomes: [[Outcome]]

  init?(_ program: Program, _ conditions: [Condition]) {
    self.program = program
    traits = conditions.flatMap(\.traits).uniqued().compactMap { program.traitIndex[$0] }
    decisions = conditions.flatMap(\.decisions).uniqued().compactMap { program.decisionIndex[$0] }
    var turning: [Int: [Decimal]] = [:]
    for case .compare(let left, _, let right, _) in conditions.flatMap(\.leaves) {
      let sides = [(left, right), (right, left)]
      for (side, other) in sides {
        if case .trait(let id, _) = side, let trait = program.traitIndex[id],
          other.traits.isEmpty, let at = program.compile(other).value([])
        {
          turning[trait, default: []].append(at.low)
        }
      }
    }
    // Arithmetic over several traits: where its parts stand at the ends and turning points of the others.
    let arithmetic = conditions.flatMap(\.leaves).contains { leaf in
      if case .compare(let left, _, let right, _) = leaf { left.isArithmetic || right.isArithmetic } else { false }
    }
    let relational = conditions.flatMap(\.leaves).flatMap { leaf -> [String] in
      guard case .compare(let left, _, let right, _) = leaf, !left.traits.isEmpty, !right.traits.isEmpty else {
        return []
      }
      return left.traits + right.traits
    }
    var cells: [[Value]] = []
    for trait in traits {
      let kind = program.traits[trait].kind
      switch kind {
      case .flag: cells.append([.flag(false), .flag(true)])
      case .choice(let options): cells.append(options.indices.map { .choice(1 << UInt64($0)) })
      case .set:
        var masks: [UInt64] = [0]
        let used = conditions.flatMap(\.leaves).reduce(UInt64(0)) { mask, leaf in
          if case .has(program.traits[trait].id, _, let values, _) = leaf { mask | kind.mask(values) } else { mask }
        }
        // Options that no condition names are alike: one of them stands for all.
        let spare = kind.allBits & ~used
        for bit in 0..<UInt64(64) where (used | (spare & (~spare &+ 1))) & (1 << bit) != 0 {
          masks += masks.map { $0 | 1 << bit }
        }
        guard masks.count <= 4096 else { return nil }
        cells.append(masks.map { .set($0) })
      case .quantity(let unit, let bounds, _):
        let turns = Set((turning[trait] ?? []).filter { bounds.contains($0) })
        var points = turns.union([bounds.low, bounds.high])
        if arithmetic {
          for share in 1..<8 { points.insert(bounds.low + (bounds.high - bounds.low) * Decimal(share) / 8) }
        }
        let sorted = points.sorted()
        var values = sorted
        for (low, high) in zip(sorted, sorted.dropFirst()) {
          let middle = (low + high) / 2
          if unit != .count || middle == middle.wholeDown {
            values.append(middle)
          } else if middle.wholeDown > low {
            values.append(middle.wholeDown)
          }
        }
        // The ends of the domain read as the interval next to them, unless they meet another trait.
        if !arithmetic, !relational.contains(program.traits[trait].id), values.count > sorted.count {
          values.removeAll { !turns.contains($0) && points.contains($0) }
        }
        cells.append(values.filter { unit != .count || $0 == $0.wholeDown }.map { .quantity(Interval($0)) })
      }
    }
    self.cells = cells
    outcomes = decisions.map { position in
      let decision = program.decisions[position].decision
      return decision.options.map { Outcome(status: .decided, outcome: $0.id, rule: nil, possible: [$0.id]) }
        + (decision.applies == nil
          ? [] : [Outcome(status: .notApplicable, outcome: nil, rule: nil, possible: [Outcome.notApplicable])])
    }
    let count = (cells.map(\.count) + outcomes.map(\.count)).reduce(1) { product, next in
      product > RuleTableProof.mostCombinations ? product : product * max(1, next)
    }
    guard count <= RuleTableProof.mostCombinations else { return nil }
    let (traits, decisions, outcomeCells) = (self.traits, self.decisions, outcomes)
    var values = program.traits.map { Value(domain: $0.kind) }
    var results: [Outcome] = Array(repeating: .pending, count: program.decisions.count)
    /// What a condition over one input is in each of the input's cells is looked up and not worked out again.
    func reading(_ condition: CompiledCondition) -> Reading {
      switch condition {
      case .not(let inner): return .not(reading(inner))
      case .and(let parts): return .and(parts.map(reading))
      case .or(let parts): return .or(parts.map(reading))
      case .outcome(let decision, _):
        guard let level = decisions.firstIndex(of: decision) else { return .cells([], counts: [], [false]) }
        let truths = outcomeCells[level].map { outcome -> Bool in
          results[decision] = outcome
          return condition.truth(values, results) == .true
        }
        return .cells([traits.count + level], counts: [truths.count], truths)
      default:
        let levels = condition.traits.compactMap { traits.firstIndex(of: $0) }
        var truths: [Bool] = []
        func fill(_ depth: Int) {
          guard depth < levels.count else { return truths.append(condition.truth(values, results) == .true) }
          for cell in cells[levels[depth]] {
            values[traits[levels[depth]]] = cell
            fill(depth + 1)
          }
        }
        fill(0)
        return .cells(levels, counts: levels.map { cells[$0].count }, truths)
      }
    }
    self.conditions = conditions.map { reading(program.compile($0)) }
  }

  indirect enum Reading {
    /// By the cells chosen on these levels, the last one running fastest.
    case cells([Int], counts: [Int], [Bool])
    case not(Reading)
    case and([Reading])
    case or([Reading])
  }

  private func truth(_ reading: Reading, _ chosen: [Int]) -> Bool {
    // Plain loops: this runs millions of times, in debug builds too.
    switch reading {
    case .cells(let levels, let counts, let truths):
      var position = 0
      for index in 0..<levels.count { position = position * counts[index] + chosen[levels[index]] }
      return truths[position]
    case .not(let inner): return !truth(inner, chosen)
    case .and(let parts):
      for part in parts where !truth(part, chosen) { return false }
      return true
    case .or(let parts):
      for part in parts where truth(part, chosen) { return true }
      return false
    }
  }

  /// Calls with the truth of each condition and the cell of each input, for every combination, until it returns false.
  func forEach(_ body: ([Bool], [Int]) -> Bool) {
    let counts = cells.map(\.count) + outcomes.map(\.count)
    guard counts.allSatisfy({ $0 > 0 }) else { return }
    var chosen = Array(repeating: 0, count: counts.count)
    while true {
      guard body(conditions.map { truth($0, chosen) }, chosen) else { return }
      // The next combination, as an odometer turns.
      var level = counts.count - 1
      while level >= 0 {
        chosen[level] += 1
        if chosen[level] < counts[level] { break }
        chosen[level] = 0
        level -= 1
      }
      if level < 0 { return }
    }
  }

  func describe(_ chosen: [Int]) -> String {
    var values = program.traits.map { Value(domain: $0.kind) }
    for (level, trait) in traits.enumerated() { values[trait] = cells[level][chosen[level]] }
    let parts = traits.map { trait -> String in
      let id = program.traits[trait].id
      let kind = program.traits[trait].kind
      switch values[trait].state(kind) {
      case .quantity(let interval): return "\(id) is \(QuantityText.text(interval, kind.unit ?? .number))"
      case .flag(let flag): return flag == true ? id : "not \(id)"
      case .choice(let ids): return "\(id) is \(ids.joined())"
      case .set(let ids): return "\(id) is [\((ids ?? []).joined(separator: ", "))]"
      }
    }
    return parts.joined(separator: ", ")
  }
}

extension Formula {
  fileprivate var isArithmetic: Bool {
    switch self {
    case .binary(_, let a, let b), .share(let a, let b), .smaller(let a, let b), .larger(let a, let b):
      !(a.traits + b.traits).isEmpty
    default: false
    }
  }
}

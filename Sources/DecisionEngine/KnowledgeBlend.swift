import KnowledgeModel

/// Two knowledge bases as one, in which each entry that differs can be taken from either: what turned a decision is
/// found by trying.
struct KnowledgeBlend {
  let before: Evaluator
  let after: Evaluator
  let changes: [AssessmentComparison.KnowledgeChange]
  /// All entries of the first, with those that only the second has: nothing of the first refers to them.
  private let union: Knowledge
  /// By positions of `changes` that are taken from the second.
  private var evaluators: [[Int]: Evaluator] = [:]

  /// Sets of changes that are tried before the search only takes away what is not needed.
  private static let mostTrials = (answers: 4_000, knowledge: 200)
  private static let mostAlternatives = 8

  init(_ before: Evaluator, _ after: Evaluator) {
    self.before = before
    self.after = after
    let (a, b) = (before.knowledge, after.knowledge)
    let isSame = a.hash == b.hash && a == b && before.mode == after.mode
    changes = isSame ? [] : KnowledgeBlend.changes(a, b, before.mode, after.mode)
    var union = a
    func only<Item>(_ items: [Item], _ known: [Item], _ id: (Item) -> String) -> [Item] {
      let ids = Set(known.map(id))
      return items.filter { !ids.contains(id($0)) }
    }
    union.traits += only(b.traits, a.traits, \.id)
    union.lists += only(b.lists, a.lists, \.id)
    union.thresholds += only(b.thresholds, a.thresholds, \.id)
    union.decisions += only(b.decisions, a.decisions, \.id)
    self.union = union
  }

  // MARK: What differs

  private typealias Change = AssessmentComparison.KnowledgeChange

  private static func changes(_ a: Knowledge, _ b: Knowledge, _ then: Mode, _ now: Mode) -> [Change] {
    var changes: [Change] = []
    func add(
      _ kind: Change.Kind, _ old: Entry, _ new: Entry, _ before: [String], _ after: [String], _ values: [Quantity] = []
    ) {
      changes.append(
        Change(
          kind: kind, id: old.id, before: before, after: after, values: values, packBefore: pack(old),
          packAfter: pack(new)))
    }
    for old in a.thresholds {
      guard let new = b.threshold(old.id),
        [then, now].contains(where: { old.quantity(in: $0) != new.quantity(in: $0) })
      else { continue }
      let values = [old.quantity(in: then), new.quantity(in: now)]
      add(.threshold, old.entry, new.entry, [QuantityText.text(values[0])], [QuantityText.text(values[1])], values)
    }
    for old in a.traits {
      guard let new = b.traits.first(where: { $0.id == old.id }) else { continue }
      let (past, present) = (text(of: old), text(of: new))
      if past != present || old.kind != new.kind {
        add(.trait, old.entry, new.entry, past, present)
      } else if old.fallback != new.fallback {
        add(.fallback, old.entry, new.entry, [fallback(old)], [fallback(new)])
      }
    }
    for old in a.lists {
      guard let new = b.list(old.id) else { continue }
      func fields(_ list: RecordList) -> [String] {
        list.fields.map { "\($0.id): \(text(of: $0).joined(separator: ", ")), default \(fallback($0))" }
      }
      let (past, present) = (fields(old), fields(new))
      if past != present { add(.list, old.entry, new.entry, past.without(present), present.without(past)) }
    }
    for old in a.decisions {
      guard let new = b.decision(old.id), [then, now].contains(where: { rules(old, $0) != rules(new, $0) }) else {
        continue
      }
      let (past, present) = (rules(old, then), rules(new, now))
      add(.rules, old.entry, new.entry, past.without(present), present.without(past))
    }
    if then != now {
      changes.append(
        Change(
          kind: .mode, id: "mode", before: [then.rawValue], after: [now.rawValue], values: [], packBefore: nil,
          packAfter: nil))
    }
    return changes
  }

  private static func pack(_ entry: Entry) -> String? {
    entry.override?.pack ?? (entry.pack == "guide" ? nil : entry.pack)
  }

  /// Options, bounds and derivation of a trait.
  private static func text(of trait: Trait) -> [String] {
    let domain =
      switch trait.kind {
      case .quantity(let unit, let bounds, _): "\(QuantityText.text(bounds, unit))"
      case .flag: "yes or no"
      case .choice(let options): "one of \(options.map(\.id).joined(separator: ", "))"
      case .set(let options): "any of \(options.map(\.id).joined(separator: ", "))"
      }
    let derivation = trait.derivation.map { derivation in
      let given = derivation.ifGiven.isEmpty ? "" : " if \(derivation.ifGiven.joined(separator: " and ")) are given"
      return ["= \(derivation.text)\(given)"]
    }
    return [domain] + (derivation ?? [])
  }

  private static func fallback(_ trait: Trait) -> String {
    switch trait.fallback {
    case .quantity(let interval): QuantityText.text(interval, trait.kind.unit ?? .number)
    case .flag(let flag): flag ? "yes" : "no"
    case .choice(let id): id
    case .set(let ids): ids.isEmpty ? "none" : ids.sorted().joined(separator: ", ")
    case .unknown, nil: "not known"
    }
  }

  /// The rules of a decision as lines of text.
  private static func rules(_ decision: Decision, _ mode: Mode) -> [String] {
    (decision.applies.map { ["applies: \($0[mode].text)"] } ?? [])
      + decision.rules.map { "\($0.then): \($0.when[mode].text)" }
      + (decision.hitPolicy == .unique ? ["hit: unique"] : [])
      + (decision.each.map { ["each: \($0)"] } ?? [])
  }

  // MARK: What did it

  /// The smallest sets of changes that bring what is there now: of answers alone, else of knowledge alone, else of both.
  mutating func cause(
    of decision: String, _ a: [String: Answer], _ b: [String: Answer], _ target: ComparedVerdict
  ) -> AssessmentComparison.Cause {
    let reach = self.reach(of: decision)
    let answers = changedAnswers(a, b).filter { reach.traits.contains($0.id) }
    let entries = changes.indices.filter { reach.bears(changes[$0]) }
    func isReached(_ blend: inout KnowledgeBlend, _ answered: [Int], _ taken: [Int]) -> Bool {
      var given = a
      for index in answered { given[answers[index].id] = b[answers[index].id] }
      return blend.verdict(decision, given, taking: taken.map { entries[$0] }) == target
    }
    let all = (Array(answers.indices), Array(entries.indices))
    let groups: [(answers: [Int], entries: [Int])] = [(all.0, []), ([], all.1), all]
    for group in groups where isReached(&self, group.answers, group.entries) {
      let count = group.answers.count + group.entries.count
      func parts(_ chosen: [Int]) -> (answers: [Int], entries: [Int]) {
        (
          chosen.filter { $0 < group.answers.count },
          chosen.filter { $0 >= group.answers.count }.map { $0 - group.answers.count }
        )
      }
      let sets = smallest(
        count, most: group.entries.isEmpty ? KnowledgeBlend.mostTrials.answers : KnowledgeBlend.mostTrials.knowledge
      ) { blend, chosen in
        let (answered, taken) = parts(chosen)
        return isReached(&blend, answered, taken)
      }
      guard let first = sets.first else { continue }
      let (answered, taken) = parts(first)
      return .init(
        answers: answered.map { answers[$0] },
        knowledge: taken.map { described(changes[entries[$0]], for: reach) },
        alternatives: sets.dropFirst().map { set in
          let (answered, taken) = parts(set)
          return answered.map { answers[$0].id } + taken.map { changes[entries[$0]].id }
        })
    }
    return .init()
  }

  /// The answers that are not the same, in questionnaire order.
  func changedAnswers(_ a: [String: Answer], _ b: [String: Answer]) -> [AssessmentComparison.AnswerChange] {
    let ids = Set(a.keys).union(b.keys).filter { a[$0] != b[$0] }
    guard !ids.isEmpty else { return [] }
    let situations = (Situation(before.program, a), Situation(after.program, b))
    func reading(_ id: String, _ evaluator: Evaluator, _ situation: Situation) -> TraitReading? {
      guard let position = evaluator.program.traitIndex[id] else { return nil }
      let trait = evaluator.program.traits[position]
      return TraitReading(
        trait: trait, state: situation.values[position].state(trait.kind), origin: situation.origins[position])
    }
    func order(_ id: String) -> (Int, String) {
      let trait =
        after.program.traitIndex[id].map { after.program.traits[$0] }
        ?? before.program.traitIndex[id].map { before.program.traits[$0] }
      return (trait?.order ?? Int.max, id)
    }
    return ids.sorted { order($0) < order($1) }.map { id in
      .init(id: id, before: reading(id, before, situations.0), after: reading(id, after, situations.1))
    }
  }

  /// The mode in words: the lines and figures that read otherwise, as far as they bear on the decision.
  private func described(_ change: Change, for reach: Reach) -> Change {
    guard change.kind == .mode else { return change }
    var described = change
    for decision in after.knowledge.decisions where reach.decisions.contains(decision.id) {
      let (past, present) = (
        KnowledgeBlend.rules(decision, before.mode), KnowledgeBlend.rules(decision, after.mode)
      )
      described.before += past.without(present)
      described.after += present.without(past)
    }
    for threshold in after.knowledge.thresholds where reach.thresholds.contains(threshold.id) {
      let (past, present) = (threshold.quantity(in: before.mode), threshold.quantity(in: after.mode))
      guard past != present else { continue }
      described.before.append("\(threshold.id): \(QuantityText.text(past))")
      described.after.append("\(threshold.id): \(QuantityText.text(present))")
    }
    return described
  }

  // MARK: Trying

  private mutating func verdict(_ id: String, _ answers: [String: Answer], taking taken: [Int]) -> ComparedVerdict? {
    let evaluator = self.evaluator(taking: taken)
    guard let position = evaluator.program.decisionIndex[id] else { return nil }
    let outcome = evaluator.evaluate(position, Situation(evaluator.program, answers))
    return ComparedVerdict(status: outcome.status, outcome: outcome.outcome, possible: outcome.possible)
  }

  private mutating func evaluator(taking taken: [Int]) -> Evaluator {
    if let known = evaluators[taken] { return known }
    var mixed = union
    var mode = before.mode
    func take<Item>(_ id: String, from items: [Item], into mixed: inout [Item], _ name: (Item) -> String) {
      guard let new = items.first(where: { name($0) == id }), let position = mixed.firstIndex(where: { name($0) == id })
      else { return }
      mixed[position] = new
    }
    for index in taken {
      let id = changes[index].id
      switch changes[index].kind {
      case .threshold: take(id, from: after.knowledge.thresholds, into: &mixed.thresholds, \.id)
      case .fallback, .trait: take(id, from: after.knowledge.traits, into: &mixed.traits, \.id)
      case .list: take(id, from: after.knowledge.lists, into: &mixed.lists, \.id)
      case .rules: take(id, from: after.knowledge.decisions, into: &mixed.decisions, \.id)
      case .mode: mode = after.mode
      }
    }
    let evaluator = Evaluator(mixed, mode: mode)
    // Enough for the single changes, and few enough to keep.
    if taken.count < 2 || evaluators.count < 64 { evaluators[taken] = evaluator }
    return evaluator
  }

  /// All the smallest sets of positions below `count` that hold, or one from which nothing can be taken away.
  private mutating func smallest(
    _ count: Int, most: Int, _ holds: (inout KnowledgeBlend, [Int]) -> Bool
  ) -> [[Int]] {
    var trials = 0
    for size in 0...count {
      var combinations = 1
      for step in 0..<size { combinations = min(combinations * (count - step) / (step + 1), most + 1) }
      trials += combinations
      guard trials <= most else { break }
      var found: [[Int]] = []
      var chosen = Array(0..<size)
      while true {
        if holds(&self, chosen) { found.append(chosen) }
        guard found.count <= KnowledgeBlend.mostAlternatives,
          let moved = chosen.indices.last(where: { chosen[$0] < count - size + $0 })
        else { break }
        chosen[moved] += 1
        for next in chosen.indices where next > moved { chosen[next] = chosen[next - 1] + 1 }
      }
      if !found.isEmpty { return found }
    }
    var kept = Array(0..<count)
    for position in (0..<count).reversed() {
      let fewer = kept.filter { $0 != position }
      if holds(&self, fewer) { kept = fewer }
    }
    return [kept]
  }

  // MARK: What bears on a decision

  private struct Reach {
    var decisions: Set<String> = []
    var traits: Set<String> = []
    var thresholds: Set<String> = []

    func bears(_ change: Change) -> Bool {
      switch change.kind {
      case .threshold: thresholds.contains(change.id)
      case .fallback, .trait: traits.contains(change.id)
      case .list: traits.contains { $0 == change.id || $0.hasPrefix(change.id + ".") }
      case .rules: decisions.contains(change.id)
      case .mode: true
      }
    }
  }

  /// What a decision can come to read in any blend of the two.
  private func reach(of decision: String) -> Reach {
    var reach = Reach()
    var pending = [decision]
    var traits: [String] = []
    let bases = [before.knowledge, after.knowledge]
    let modes = Set([before.mode, after.mode])
    while let next = pending.popLast() {
      guard reach.decisions.insert(next).inserted else { continue }
      for condition in bases.compactMap({ $0.decision(next) }).flatMap({ entry in modes.flatMap(entry.conditions) }) {
        pending += condition.decisions
        traits += condition.traits
        reach.thresholds.formUnion(condition.thresholds)
      }
    }
    while let next = traits.popLast() {
      guard reach.traits.insert(next).inserted else { continue }
      for derivation in bases.compactMap({ $0.trait(next)?.derivation }) {
        traits += derivation.from.traits + derivation.ifGiven
        reach.thresholds.formUnion(derivation.from.thresholds)
      }
    }
    return reach
  }
}

extension [String] {
  fileprivate func without(_ others: [String]) -> [String] { filter { !others.contains($0) } }
}

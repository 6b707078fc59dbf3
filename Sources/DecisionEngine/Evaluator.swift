internal import Foundation
public import KnowledgeModel

/// The outcome of one decision, without its trace.
public struct Outcome: Sendable, Hashable {
  public var status: Status
  public var outcome: String?
  /// Position of the rule that decided, from 0.
  public var rule: Int?
  /// Sorted; `not-applicable` among them where applicability is open.
  public var possible: [String]
}

/// Evaluates answers against the knowledge. Pure: the same input gives the same assessment.
public struct Evaluator: Sendable {
  public let knowledge: Knowledge
  public let mode: Mode
  let program: Program

  public init(_ knowledge: Knowledge, mode: Mode = .current) {
    self.knowledge = knowledge
    self.mode = mode
    program = Program(knowledge, mode: mode)
  }

  /// The outcomes alone, by decision id: what an interview asks after every answer. Decisions that are taken for each
  /// record of a list are left out.
  public func outcomes(_ answers: [String: Answer]) -> [String: Outcome] {
    allOutcomes(answers).filter { id, _ in program.decisionIndex[id].map { !program.isForEach($0) } ?? false }
  }

  /// With those that are taken for each record, whose fields are among the answers.
  public func allOutcomes(_ answers: [String: Answer]) -> [String: Outcome] {
    let outcomes = evaluate(Situation(program, answers))
    return Dictionary(
      zip(program.decisions, outcomes).map { ($0.decision.id, $1) }, uniquingKeysWith: { first, _ in first })
  }

  /// The outcomes with the traits that would settle the undecided ones, in order of area and id.
  public func verdicts(_ answers: [String: Answer]) -> [(decision: Decision, outcome: Outcome, needs: [String])] {
    let situation = Situation(program, answers)
    let outcomes = evaluate(situation)
    return program.decisions.indices.filter { !program.isForEach($0) }.map { position in
      let needs = outcomes[position].status == .undecided ? needs(of: position, situation, outcomes) : []
      return (program.decisions[position].decision, outcomes[position], needs)
    }
  }

  /// Every trait with its value and where that came from, without the decisions.
  public func readings(_ answers: [String: Answer]) -> [TraitReading] {
    readings(of: program.asked, Situation(program, answers))
  }

  /// The answers with the plausible range in place of what is not known, where its entry names one and it follows from
  /// nothing else.
  public func assuming(_ answers: [String: Answer]) -> [String: Answer] {
    let situation = Situation(program, answers)
    var assumed = answers
    for position in program.asked where situation.origins[position] == .unknown {
      let trait = program.traits[position]
      guard let plausible = trait.plausible, situation.derivation(program, position) == nil else { continue }
      assumed[trait.id] = .quantity(plausible)
    }
    return assumed
  }

  /// The whole assessment: outcomes with their trace, headroom and flips.
  public func assess(_ sheet: AnswerSheet) -> Assessment {
    var answers = sheet.answers
    for list in knowledge.lists {
      answers[list.id] = .set(sheet.records[list.id]?.isEmpty ?? true ? [] : [RecordList.some])
    }
    let situation = Situation(program, answers)
    let outcomes = evaluate(situation)
    let readings = readings(of: program.asked, situation)
    var decisions = results(
      of: program.decisions.indices.filter { !program.isForEach($0) }, situation, outcomes)
    if decisions.contains(where: { $0.status == .undecided }) {
      let assumed = self.outcomes(assuming(answers))
      for index in decisions.indices where decisions[index].status == .undecided {
        let possible = assumed[decisions[index].id]?.possible ?? []
        if possible.count < decisions[index].possible.count { decisions[index].assumed = possible }
      }
    }
    let records = knowledge.lists.flatMap { list -> [RecordAssessment] in
      let own = program.decisions.indices.filter { program.decisions[$0].decision.each == list.id }
      return (sheet.records[list.id] ?? []).map { record in
        let situation = Situation(program, answers.merging(record.fields) { _, field in field })
        return RecordAssessment(
          list: list, name: record.name,
          fields: self.readings(of: list.fields.compactMap { program.traitIndex[$0.id] }, situation),
          decisions: results(of: own, situation, evaluate(situation)))
      }
    }
    func applied<Item>(_ items: [Item], _ applies: (Item) -> RuleCondition?) -> [Applied<Item>] {
      items.compactMap { item in
        let truth = applies(item).map { program.compile($0[mode].condition).truth(situation.values, outcomes) } ?? .true
        return truth == .false ? nil : Applied(item: item, truth: truth)
      }
    }
    return Assessment(
      sheet: sheet, mode: mode, traits: readings, decisions: decisions, records: records,
      practices: applied(knowledge.practices, \.applies), checks: applied(knowledge.checks, \.applies),
      warnings: disagreements(situation))
  }

  private func readings(of positions: [Int], _ situation: Situation) -> [TraitReading] {
    positions.map { position in
      let trait = program.traits[position]
      return TraitReading(
        trait: trait, state: situation.values[position].state(trait.kind), origin: situation.origins[position])
    }
  }

  /// Decisions with their trace, headroom and flips.
  private func results(of positions: [Int], _ situation: Situation, _ outcomes: [Outcome]) -> [DecisionResult] {
    let trace = Trace(program: program, situation: situation, outcomes: outcomes)
    let changes = SingleChanges(situation, program)
    return positions.map { position in
      let outcome = outcomes[position]
      return DecisionResult(
        decision: program.decisions[position].decision, status: outcome.status, outcome: outcome.outcome,
        rule: outcome.rule, because: trace.because(position), rejected: trace.rejected(position),
        headroom: trace.headroom(position),
        flips: outcome.status == .undecided ? [] : flips(of: position, changes, outcome), possible: outcome.possible,
        needs: outcome.status == .undecided ? needs(of: position, situation, outcomes) : [],
        assumed: nil, isAssumed: outcome.status == .decided && isAssumed(position, situation))
    }
  }

  private func isAssumed(_ position: Int, _ situation: Situation) -> Bool {
    // Whether it is to be taken at all may rest on an answer; what comes out may not.
    let compiled = program.decisions[position]
    let inputs =
      compiled.ruleInputs
      + compiled.ruleReads.flatMap { program.closures[$0].flatMap { program.decisions[$0].inputs } }
    return inputs.contains { program.traits[$0].isPlanningDefault }
      && inputs.allSatisfy { situation.origins[$0] == .default || situation.origins[$0] == .unknown }
  }

  /// The value of an arithmetic expression for an assessment's traits; nil where it has no bounds.
  public func value(of expression: Formula, in assessment: Assessment) -> Interval? {
    let values = program.traits.map { trait -> Value in
      if case .quantity(let interval)? = assessment.reading(trait.id)?.state {
        .quantity(interval)
      } else {
        Value(domain: trait.kind)
      }
    }
    return program.compile(expression).value(values)
  }

  // MARK: Inside

  /// By position of the decision.
  func evaluate(_ situation: Situation) -> [Outcome] {
    var outcomes: [Outcome] = Array(repeating: .pending, count: program.decisions.count)
    for position in program.order { outcomes[position] = outcome(of: position, situation, outcomes) }
    return outcomes
  }

  func outcome(of position: Int, _ situation: Situation, _ outcomes: [Outcome]) -> Outcome {
    let compiled = program.decisions[position]
    let applies = compiled.applies?.truth(situation.values, outcomes) ?? .true
    if applies == .false {
      return Outcome(status: .notApplicable, outcome: nil, rule: nil, possible: [Outcome.notApplicable])
    }
    var possible: [String] = []
    var hit: Int?
    for (index, rule) in compiled.rules.enumerated() {
      let truth = rule.when.truth(situation.values, outcomes)
      guard truth != .false else { continue }
      if compiled.decision.hitPolicy == .unique, truth == .true { possible = [] }
      if !possible.contains(rule.then) { possible.append(rule.then) }
      hit = hit ?? index
      if truth == .true { break }
    }
    if applies == .true, possible.count == 1 {
      return Outcome(status: .decided, outcome: possible[0], rule: hit, possible: possible)
    }
    if applies == .unknown { possible.append(Outcome.notApplicable) }
    return Outcome(status: .undecided, outcome: nil, rule: nil, possible: possible.sorted())
  }

  /// Traits that were given, and contradict what follows from the others.
  private func disagreements(_ situation: Situation) -> [String] {
    program.traits.indices.compactMap { position -> String? in
      let trait = program.traits[position]
      guard situation.origins[position] == .answered, let unit = trait.kind.unit,
        case .quantity(let given) = situation.values[position],
        let derivation = situation.derivation(program, position),
        derivation.inputs.contains(where: { situation.origins[$0] == .answered }),
        let derived = derivation.formula.value(situation.values)
      else { return nil }
      // A ratio that we plan with contradicts nothing that was measured.
      let ratios = trait.derivation?.from.thresholds ?? []
      guard !ratios.contains(where: { knowledge.threshold($0)?.basis == .planningDefault }) else { return nil }
      // One per cent is rounding, not contradiction.
      guard given.high < derived.low * 99 / 100 || given.low > derived.high * 101 / 100 else { return nil }
      return
        "\(trait.id) was given as \(QuantityText.text(given, unit)), but \(trait.derivation?.text ?? "the other answers") "
        + "gives \(QuantityText.text(derived, unit)); the given value is used"
    }
  }
}

extension Outcome {
  /// The pseudo-outcome of a decision that is not to be taken.
  public static let notApplicable = "not-applicable"
  /// Not evaluated yet: nothing is possible, and nothing is known.
  static let pending = Outcome(status: .undecided, outcome: nil, rule: nil, possible: [])
}

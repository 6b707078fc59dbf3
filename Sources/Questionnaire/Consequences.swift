internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel

/// Why a question matters: what each side of the next threshold would bring, given the answers so far.
extension Interview {
  /// For the trait that is asked now.
  func explanation() -> Explanation {
    guard case .trait(let id) = step, let trait = trait(id) else {
      return Explanation(why: "", readers: [], consequences: [], typical: "", plausible: nil, measure: "")
    }
    let assessment = evaluator.assess(sheet)
    let prose = prose(assessment)
    return Explanation(
      why: prose.text(trait.why),
      readers: readers(of: trait).map(\.entry.title),
      consequences: consequences(of: trait, assessment), typical: prose.text(trait.typical),
      plausible: trait.plausible.flatMap { range in trait.kind.unit.map { QuantityText.text(range, $0) } },
      measure: prose.text(trait.measure), query: state.proposals[id]?.query.printable)
  }

  private func consequences(of trait: Trait, _ assessment: Assessment) -> [String] {
    var answers = sheet.answers
    answers[trait.id] = .unknown
    let open = evaluator.outcomes(answers)
    // What the first run is about comes first, then what more hangs on.
    let readers = readers(of: trait)
    let all = readers.compactMap { decision -> Consequence? in
      guard open[decision.id]?.status == .undecided else { return nil }
      return trait.kind.unit == nil ? byOption(trait, decision) : byThreshold(trait, decision, assessment)
    }
    // Where an answer leaves everything open on both sides, saying so helps nobody who has better to read.
    let sharp = all.filter(\.isSharp)
    let shown = sharp.isEmpty ? all : sharp
    var sentences = shown.prefix(Interview.mostConsequences).map(\.text)
    if shown.count > sentences.count {
      sentences.append("And \(AnswerText.list(shown.dropFirst(sentences.count).map(\.decision), "and")).")
    }
    let settled = readers.filter { open[$0.id].map { $0.status != .undecided } ?? false }
    guard sentences.isEmpty, !settled.isEmpty else { return sentences }
    return [
      "As things stand no decision hangs on it: \(AnswerText.list(settled.map(\.entry.title), "and")) stand already."
    ]
  }

  /// More is not read.
  private static let mostConsequences = 6

  /// What an answer would do to one decision.
  private struct Consequence {
    var decision: String
    var text: String
    /// Whether some answer would settle it.
    var isSharp: Bool
  }

  /// The decisions that read a trait, those of the first run first, the weightiest first.
  func readers(of trait: Trait) -> [Decision] {
    let readers = influence.decisions(reading: trait.id, given: given).compactMap(knowledge.decision)
    func rank(_ decision: Decision) -> Int { (influence.isCore(decision.id) ? 0 : 10) - decision.weight }
    return readers.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
  }

  /// “Messaging: yes: Kafka or SQS; no: does not apply.”
  private func byOption(_ trait: Trait, _ decision: Decision) -> Consequence? {
    let values: [(String, Answer)] =
      switch trait.kind {
      case .flag: [("yes", .flag(true)), ("no", .flag(false))]
      case .choice(let options): options.map { ($0.id, .choice($0.id)) }
      case .set(let options): [("none", .set([]))] + options.map { ("only \($0.id)", .set([$0.id])) }
      case .quantity: []
      }
    var groups: [(result: Outcome, names: [String])] = []
    for (name, answer) in values {
      guard let result = result(of: decision, with: trait.id, answer) else { return nil }
      if let index = groups.firstIndex(where: { $0.result.possible == result.possible }) {
        groups[index].names.append(name)
      } else {
        groups.append((result, [name]))
      }
    }
    guard groups.count > 1 else { return nil }
    let parts = groups.map { "\(AnswerText.list($0.names, "or")): \(label($0.result, of: decision))" }
    return Consequence(
      decision: decision.entry.title, text: "\(decision.entry.title). \(parts.joined(separator: "; ")).",
      isSharp: groups.contains { $0.result.status != .undecided })
  }

  /// “Scaling reads. Up to 10,000 reads a second: one primary; above: read replicas. You are at 2,125, 4.7 times below.”
  private func byThreshold(_ trait: Trait, _ decision: Decision, _ assessment: Assessment) -> Consequence? {
    var seen: Set<Turn> = []
    let sides = influence.leaves(of: decision.id).compactMap { leaf -> (text: String, isSharp: Bool)? in
      guard let turn = turn(in: leaf, reachedBy: trait.id, assessment), seen.insert(turn).inserted,
        let read = self.trait(turn.trait), case .quantity(let unit, let bounds, _) = read.kind
      else { return nil }
      let step = unit == .count ? 1 : abs(turn.at) * Decimal(sign: .plus, exponent: -9, significand: 1)
      let low = turn.isLowIncluded ? turn.at : turn.at - step
      let high = turn.isLowIncluded ? turn.at + step : turn.at
      guard bounds.contains(low), bounds.contains(high), low < high,
        let below = result(of: decision, with: read.id, .quantity(Interval(low))),
        let above = result(of: decision, with: read.id, .quantity(Interval(high))), below.possible != above.possible
      else { return nil }
      let figure = AnswerText.figure(turn.at, of: read)
      // A bare percentage does not say of what.
      let named = read.id == trait.id || figure.contains(read.noun) ? figure : "\(figure) \(read.noun)"
      let (lower, upper) = (label(below, of: decision), label(above, of: decision))
      let sides =
        turn.isLowIncluded
        ? "Up to \(named): \(lower); above it: \(upper)." : "Below \(named): \(lower); from it on: \(upper)."
      return (
        sides + (place(of: read, turn.at, unit, assessment).map { " \($0)" } ?? ""),
        below.status != .undecided || above.status != .undecided
      )
    }
    guard !sides.isEmpty else { return nil }
    let sharp = sides.filter(\.isSharp)
    let text = (sharp.isEmpty ? sides : sharp).map(\.text).joined(separator: " ")
    return Consequence(
      decision: decision.entry.title, text: "\(decision.entry.title). \(text)", isSharp: !sharp.isEmpty)
  }

  /// The place where a comparison of one trait with a fixed figure changes its truth.
  private struct Turn: Hashable {
    var trait: String
    var at: Decimal
    /// Whether the figure itself belongs to the lower side.
    var isLowIncluded: Bool
  }

  private func turn(in leaf: Condition, reachedBy source: String, _ assessment: Assessment) -> Turn? {
    guard case .compare(let left, let op, let right, _) = leaf else { return nil }
    let (variable, fixed, isMirrored) = right.traits.isEmpty ? (left, right, false) : (right, left, true)
    guard case .trait(let id, _) = variable, fixed.traits.isEmpty,
      influence.reached(from: source, given: given).contains(id),
      let figure = evaluator.value(of: fixed, in: assessment), figure.isPoint
    else { return nil }
    switch op {
    // x <= 5 and x > 5 turn just above 5; mirrored, 5 >= x and 5 < x do.
    case .lessOrEqual, .greater: return Turn(trait: id, at: figure.low, isLowIncluded: !isMirrored)
    case .less, .greaterOrEqual: return Turn(trait: id, at: figure.low, isLowIncluded: isMirrored)
    case .equal, .notEqual: return nil
    }
  }

  private func result(of decision: Decision, with trait: String, _ answer: Answer) -> Outcome? {
    var answers = sheet.answers
    answers[trait] = answer
    return evaluator.outcomes(answers)[decision.id]
  }

  /// Where the system stands, as far as it is known.
  private func place(of trait: Trait, _ at: Decimal, _ unit: BaseUnit, _ assessment: Assessment) -> String? {
    guard let reading = assessment.reading(trait.id), reading.origin != .unknown,
      case .quantity(let now) = reading.state, case .quantity(_, let bounds, _) = trait.kind, now != bounds
    else { return nil }
    let text = QuantityText.text(now, unit)
    if now.low <= at, at < now.high { return "You are at \(text), on both sides of it." }
    func factor(_ a: Decimal, _ b: Decimal) -> String? {
      guard b > 0, unit != .share, unit != .perYear else { return nil }
      let factor = a / b
      return factor < Decimal(101) / 100
        ? nil : (now.isPoint ? "" : "at least ") + QuantityText.number(factor.rounded(factor < 10 ? 1 : 0, .down))
    }
    if now.high <= at {
      if now.high == at { return "You are at \(text), right at it." }
      return "You are at \(text)" + (factor(at, now.high).map { ", \($0) times below." } ?? ", below it.")
    }
    return "You are at \(text)" + (factor(now.low, at).map { ", \($0) times above." } ?? ", above it.")
  }
}

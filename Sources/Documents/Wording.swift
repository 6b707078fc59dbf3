internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// Puts what the engine found into words, for Markdown or for a terminal.
package struct Wording {
  enum Style { case markdown, plain }

  let assessment: Assessment
  let knowledge: Knowledge
  let style: Style
  /// Whether a rate is named in a reading, as all other figures are.
  var namesRates = false

  /// An id, set off from the sentence around it.
  func id(_ id: String) -> String { style == .markdown ? MarkdownText.code(id) : id }

  /// Text that is ours or a person's, and not Markdown.
  func text(_ text: String) -> String { style == .markdown ? MarkdownText.escape(text) : MarkdownText.plain(text) }

  func ids(_ ids: [String], _ word: String = "and") -> String { Wording.list(ids.map(id), word) }

  /// `a`, `a and b`, `a, b and c`.
  package static func list(_ parts: [String], _ word: String = "and") -> String {
    guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " \(word) \(last)"
  }

  static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(QuantityText.number(Decimal(number))) \(number == 1 ? one : many)"
  }

  // MARK: Traits

  /// The value of a trait in words: `2,500/s`, `yes`, `not known`.
  func value(_ reading: TraitReading) -> String {
    guard reading.origin != .unknown else { return "not known" }
    switch reading.state {
    case .quantity(let interval):
      guard let unit = reading.trait.kind.unit else { return "not known" }
      guard isVague(reading) else { return text(Wording.readable(interval, unit, reading.trait.kind)) }
      let inputs = asked(reading.trait.derivation?.from.traits ?? [])
      return "not known (from \(inputs.map(id).joined(separator: ", ")))"
    case .flag(let flag): return flag.map { $0 ? "yes" : "no" } ?? "not known"
    case .choice(let ids): return ids.isEmpty ? "not known" : text(Wording.list(ids, "or"))
    case .set(let ids): return ids.map { $0.isEmpty ? "none" : text($0.joined(separator: ", ")) } ?? "not known"
    }
  }

  /// A range that ends where the question does is open on that side.
  private static func readable(_ interval: Interval, _ unit: BaseUnit, _ kind: Trait.Kind) -> String {
    let shown = readable(interval)
    guard !interval.isPoint, case .quantity(_, let bounds, _) = kind else { return QuantityText.text(shown, unit) }
    if interval.high == bounds.high { return "at least \(QuantityText.text(shown.low, unit))" }
    return QuantityText.text(shown, unit)
  }

  /// Without digits that nobody reads: two decimals from 10 on.
  private static func readable(_ interval: Interval) -> Interval {
    func readable(_ value: Decimal) -> Decimal { abs(value) < 10 ? value : value.rounded(2) }
    return Interval(readable(interval.low), readable(interval.high))
  }

  /// Traits in the order of the questionnaire, each once.
  func asked(_ ids: [String]) -> [String] { assessment.traits.map(\.id).filter(ids.contains) }

  /// Whether so much of what a derived trait follows from is unknown that its range says nothing.
  func isVague(_ reading: TraitReading) -> Bool {
    guard reading.origin == .derived, let derivation = reading.trait.derivation,
      case .quantity(_, let bounds, _) = reading.trait.kind, case .quantity(let interval) = reading.state,
      derivation.from.traits.contains(where: { assessment.reading($0)?.origin == .unknown })
    else { return false }
    if let plausible = reading.trait.plausible {
      return interval.low <= plausible.low && interval.high >= plausible.high * 10
    }
    return interval.low <= bounds.low && interval.high >= bounds.high / 10
  }

  /// A reading of the engine, without the ends of a range that says nothing.
  func reading(_ reason: Reason) -> String { plainReading(reason) + (isAssumed(reason) ? " (planning default)" : "") }

  /// Whether a reading rests on a default of ours that nobody was asked about.
  private func isAssumed(_ reason: Reason) -> Bool {
    guard let condition = try? ConditionParser.condition(reason.condition, knowledge.vocabulary) else { return false }
    return condition.traits.contains { id in
      assessment.reading(id).map { $0.origin == .default && $0.trait.isPlanningDefault && !$0.trait.isCore } ?? false
    }
  }

  private func plainReading(_ reason: Reason) -> String {
    guard reason.truth == .unknown,
      case .compare(.trait(let trait, _), _, let line, _)? = try? ConditionParser.condition(
        reason.condition, knowledge.vocabulary),
      let reading = assessment.reading(trait), isVague(reading)
    else { return text(named(reason)) }
    return "\(text(reading.trait.entry.title.uncapitalized)): not known; \(words(line)) is the line"
  }

  /// A reading with its subject: `database reads a second: 6,375/s is at most 10,000/s`.
  private func named(_ reason: Reason) -> String {
    guard namesRates, reason.truth != .unknown || reason.reading.contains(" lies on both sides "),
      case .compare(.trait(let id, _), _, _, _)? = try? ConditionParser.condition(
        reason.condition, knowledge.vocabulary),
      let trait = knowledge.trait(id), trait.kind.unit == .perSecond || trait.kind.unit == .perMinute
    else { return reason.reading }
    return "\(trait.entry.title.uncapitalized): \(reason.reading)"
  }

  /// The same for readings that come without their condition: each of its parts that begins with the value of one of
  /// the decision's rates.
  func named(_ reading: String, of decision: Decision) -> String {
    guard namesRates else { return reading }
    let traits = decision.conditions(in: assessment.mode).flatMap(\.traits).uniqued().compactMap(assessment.reading)
    let rates = traits.filter { $0.trait.kind.unit == .perSecond || $0.trait.kind.unit == .perMinute }
    return reading.components(separatedBy: "; ").map { part in
      let owners = rates.filter { rate in
        guard case .quantity(let interval) = rate.state, let unit = rate.trait.kind.unit else { return false }
        let value = QuantityText.text(interval, unit)
        return part.hasPrefix("\(value) is ") || part.hasPrefix("\(value) lies ")
      }
      return owners.count == 1 ? "\(owners[0].trait.entry.title.uncapitalized): \(part)" : part
    }.joined(separator: "; ")
  }

  /// The traits that would settle a decision: what is not known before what is known too roughly.
  func needs(_ result: DecisionResult) -> [String] {
    let isUnknown = { (trait: String) in assessment.reading(trait)?.origin == .unknown }
    return result.needs.filter(isUnknown) + result.needs.filter { !isUnknown($0) }
  }

  /// A value of one trait, in its unit.
  func amount(_ value: Decimal, of trait: String) -> String {
    QuantityText.text(value, knowledge.trait(trait)?.kind.unit ?? .number)
  }

  /// Where a trait's value comes from.
  func origin(_ reading: TraitReading) -> String {
    switch reading.origin {
    case .answered: return "answered"
    case .default: return reading.trait.isPlanningDefault ? "planning default" : "default"
    case .derived: return reading.trait.derivation.map { "derived: \(words($0.from))" } ?? "derived"
    case .unknown: return assessment.sheet.answers[reading.id] == .unknown ? "asked, not known" : "not answered"
    }
  }

  /// The unknown traits that would make another trait known: itself, or those it follows from.
  func unknownInputs(_ trait: String) -> [String] {
    guard let reading = assessment.reading(trait) else { return [trait] }
    guard reading.origin == .unknown || isVague(reading) else { return [] }
    if let derivation = reading.trait.derivation, derivation.ifGiven.isEmpty {
      let inputs = derivation.from.traits.filter { $0 != trait }.flatMap(unknownInputs).uniqued()
      if !inputs.isEmpty { return inputs }
    }
    return [trait]
  }

  // MARK: Decisions

  /// `Read replicas behind the primary (read-replicas)`.
  func option(_ option: String, of decision: Decision) -> String {
    decision.option(option).map { "\(text($0.title)) (\(id(option)))" } ?? outcomeID(option)
  }

  func outcomeID(_ outcome: String) -> String {
    outcome == Outcome.notApplicable ? "not applicable" : id(outcome)
  }

  /// The outcomes still possible, in the order of the options, that none is taken last.
  func possible(_ result: DecisionResult) -> String { possible(result.possible, of: result.decision) }

  private func possible(_ outcomes: [String], of decision: Decision) -> String {
    let options = decision.options.map(\.id).filter(outcomes.contains)
    let others = outcomes.filter { !options.contains($0) }
    return Wording.list((options + others).map(outcomeID), "or")
  }

  /// The outcome in a few words, the same in every part of every document.
  func outcome(_ result: DecisionResult) -> String {
    outcome(result.status, result.outcome, result.possible, of: result.decision)
  }

  func outcome(_ status: Status, _ outcome: String?, _ possible: [String], of decision: Decision) -> String {
    switch status {
    case .decided: outcome.map(id) ?? ""
    case .undecided: "open: " + self.possible(possible, of: decision)
    case .notApplicable: "does not apply"
    }
  }

  /// The readings of the rule that decided; of all rules that failed, where none was left but the last.
  func shortReason(_ result: DecisionResult) -> String { shortReasons(result).joined(separator: "; ") }

  func shortReasons(_ result: DecisionResult) -> [String] {
    let reasons = result.status == .decided ? decisive(result) : result.because.filter { $0.truth == .unknown }
    // A semicolon is what parts the readings.
    return once(reasons).map { $0.replacing("; not ", with: ", not ") }
  }

  /// One reading for each trait: both ends of a band, all members that were found, else the last, which decided.
  private func once(_ reasons: [Reason]) -> [String] {
    reasons.map(Wording.subject).uniqued().map { subject in
      let own = reasons.filter { Wording.subject($0) == subject }
      guard own.count > 1, let last = own.last, let state = assessment.reading(String(subject))?.state else {
        return own.map(reading).uniqued().joined(separator: "; ")
      }
      switch state {
      case .quantity:
        // 2,500/s is at least 1,000/s and is at most 50,000/s
        let parts = own.map(reading).uniqued().map { $0.components(separatedBy: " is ") }
        guard parts.allSatisfy({ $0.count == 2 && $0[0] == parts[0][0] }) else {
          return own.map(reading).uniqued().joined(separator: " and ")
        }
        let ends = parts.map { $0[1].replacing(" (planning default)", with: "") }
        return "\(parts[0][0]) is \(Wording.list(ends))" + (isAssumed(last) ? " (planning default)" : "")
      case .set(let members?) where own.allSatisfy({ $0.truth == .true }):
        let name = assessment.reading(String(subject))?.trait.entry.title.uncapitalized ?? String(subject)
        return text("\(name): \(members.joined(separator: ", "))") + (isAssumed(last) ? " (planning default)" : "")
      default: return reading(last)
      }
    }
  }

  /// The trait or decision that a condition begins with.
  private static func subject(_ reason: Reason) -> Substring { reason.condition.prefix { $0 != " " } }

  private func decisive(_ result: DecisionResult) -> [Reason] {
    guard let rule = result.rule, result.decision.rules.indices.contains(rule) else { return result.because }
    let held = result.decision.rules[rule].when[assessment.mode].text
    let own = result.because.filter { held.contains($0.condition) }
    let applies = result.decision.applies?[assessment.mode].text ?? ""
    let earlier = result.because.filter { !applies.contains($0.condition) && !own.contains($0) }
    if own.isEmpty { return earlier.isEmpty ? result.because : earlier }
    // What an earlier rule read of another trait counts as well.
    return earlier.filter { reason in !own.contains { Wording.subject($0) == Wording.subject(reason) } } + own
  }

  /// The condition of the rule that decided, in the condition language.
  func rule(_ result: DecisionResult) -> String? {
    guard let rule = result.rule, result.decision.rules.indices.contains(rule) else { return nil }
    return result.decision.rules[rule].when[assessment.mode].text
  }

  /// Where a trait stands, and where the line is.
  func headroom(_ headroom: Headroom) -> String {
    let value = amount(headroom.value, of: headroom.trait)
    let at = amount(headroom.at, of: headroom.trait)
    let threshold = id(headroom.threshold)
    let subject = "\(id(headroom.trait)) is \(value)"
    if headroom.value == headroom.at { return "\(subject), exactly on the line: no room (\(threshold))" }
    if headroom.value > headroom.at || isNear(headroom) { return "\(subject), \(side(headroom)) (\(threshold))" }
    return "\(subject); the line is at \(at) (\(times(headroom).map { "\($0), " } ?? "")\(threshold))"
  }

  /// The same, fit for a table: `4.7× to 10,000/s`, `12× above 100/min`.
  func shortHeadroom(_ headroom: Headroom) -> String {
    let at = amount(headroom.at, of: headroom.trait)
    if headroom.value == headroom.at { return "none: exactly \(at)" }
    if headroom.value > headroom.at || isNear(headroom) { return side(headroom) }
    return times(headroom).map { "\($0) to \(at)" } ?? "the line is at \(at)"
  }

  /// `12× above 100/min`, `just below 10,000/s`.
  private func side(_ headroom: Headroom) -> String {
    let distance = isNear(headroom) ? "just " : times(headroom).map { "\($0) " } ?? ""
    return distance + (headroom.value > headroom.at ? "above " : "below ") + amount(headroom.at, of: headroom.trait)
  }

  /// The distance as a factor: `4.7×`, `333×`. Two digits below 10, whole from there on, rounded down so that it is
  /// never overstated; nil where a factor says nothing: for shares, at 0, and from a thousand on.
  func times(_ headroom: Headroom) -> String? {
    guard headroom.value != headroom.at, !isShare(headroom.trait), let factor = Wording.distance(headroom),
      factor < 1000, !isNear(headroom)
    else {
      return nil
    }
    return QuantityText.number(factor.rounded(factor < 10 ? 1 : 0, .down)) + "×"
  }

  private func isShare(_ trait: String) -> Bool { knowledge.trait(trait)?.kind.unit == .share }

  /// Whether less than a tenth is between the two.
  private func isNear(_ headroom: Headroom) -> Bool {
    headroom.value != headroom.at && distance(headroom) < Decimal(11) / 10
  }

  /// The larger of value and threshold by the smaller; nil at or below 0.
  static func distance(_ headroom: Headroom) -> Decimal? { ratio(headroom.value, headroom.at, unit: nil) }

  /// The larger of two values by the smaller. Of shares above a half what is missing to the whole counts as well, so
  /// that 99.9% is ten times as far from it as 99.99%; nil at or below 0.
  static func ratio(_ a: Decimal, _ b: Decimal, unit: BaseUnit?) -> Decimal? {
    guard a > 0, b > 0 else { return nil }
    let plain = max(a, b) / min(a, b)
    guard unit == .share, min(a, b) >= Decimal(5) / 10, max(a, b) <= 1 else { return plain }
    guard max(a, b) < 1 else { return a == b ? 1 : nil }
    return max(plain, (1 - min(a, b)) / (1 - max(a, b)))
  }

  /// The threshold that counts most: of those that bring another outcome when crossed, the nearest ahead, unless one
  /// behind is close, or nearer by far.
  func nearest(_ result: DecisionResult) -> Headroom? {
    let carried = result.headroom.filter { headroom in
      result.because.contains { $0.condition.contains("@\(headroom.threshold)") }
    }
    let known = carried.isEmpty ? result.headroom : carried
    // How far a default of ours is from a line says little of the system.
    let answered = known.filter { assessment.reading($0.trait)?.origin != .default }
    let all = answered.isEmpty ? known : answered
    let turning = all.filter { turns($0, result) }
    func nearest(_ candidates: [Headroom]) -> Headroom? { candidates.min { distance($0) < distance($1) } }
    let isAhead = { (headroom: Headroom) in headroom.value <= headroom.at }
    // One ahead can open the decision without turning it.
    let ahead = nearest(turning.filter(isAhead)) ?? nearest(all.filter(isAhead))
    let behind = nearest((turning.isEmpty ? all : turning).filter { !isAhead($0) })
    guard let ahead, let behind else { return ahead ?? behind }
    let isNearer = distance(behind) < distance(ahead)
    return isNearer && (isClose(behind) || distance(behind) * 10 < distance(ahead)) ? behind : ahead
  }

  /// Whether a flip crosses the threshold, of the trait itself or of one that it follows from.
  private func turns(_ headroom: Headroom, _ result: DecisionResult) -> Bool {
    result.flips.contains { flip in
      guard flip.trait == headroom.trait else { return inputs(headroom.trait).contains(flip.trait) }
      guard case .quantity(let to) = flip.to else { return false }
      return headroom.value == headroom.at ? true : headroom.value < headroom.at ? to >= headroom.at : to <= headroom.at
    }
  }

  /// What a derived trait follows from, down to what is asked.
  private func inputs(_ trait: String) -> [String] {
    guard let reading = assessment.reading(trait), reading.origin == .derived, let derivation = reading.trait.derivation
    else { return [] }
    return derivation.from.traits.filter { $0 != trait }.flatMap { [$0] + inputs($0) }
  }

  /// Whether less than half as much again crosses the threshold, in either direction.
  func isClose(_ headroom: Headroom) -> Bool { distance(headroom) < Decimal(15) / 10 }

  private func distance(_ headroom: Headroom) -> Decimal {
    headroom.value == headroom.at
      ? 1
      : Wording.ratio(headroom.value, headroom.at, unit: knowledge.trait(headroom.trait)?.kind.unit)
        ?? Decimal(Int.max)
  }

  /// The flip that takes the smallest change, in proportion; an answer of another kind comes after any number.
  func nearestFlip(_ result: DecisionResult) -> Flip? {
    func distance(_ flip: Flip) -> Decimal {
      // Another outcome says more than none.
      if flip.outcome == Outcome.notApplicable { return Decimal(Int.max) + 1 }
      guard case .quantity(let to) = flip.to, let reading = assessment.reading(flip.trait),
        case .quantity(let interval) = reading.state
      else { return Decimal(Int.max) }
      let from = to > interval.high ? interval.high : interval.low
      return Wording.ratio(from, to, unit: reading.trait.kind.unit) ?? Decimal(Int.max) - 1
    }
    return result.flips.min { distance($0) < distance($1) }
  }

  /// `8 decided, 2 open, 1 does not apply`
  var tally: String {
    func number(_ status: Status) -> Int { assessment.decisions.count { $0.status == status } }
    let away = number(.notApplicable)
    return [
      number(.decided) > 0 ? "\(number(.decided)) decided" : nil,
      number(.undecided) > 0 ? "\(number(.undecided)) open" : nil,
      away > 0 ? "\(away) \(away == 1 ? "does" : "do") not apply" : nil,
    ].compactMap(\.self).joined(separator: ", ")
  }

  /// What would bring another outcome: `qps at 11,765/s gives read-replicas`.
  func flip(_ flip: Flip) -> String {
    let result =
      flip.outcome == Outcome.notApplicable ? "makes the decision fall away" : "gives \(id(flip.outcome))"
    return "\(id(flip.trait)) \(self.flip(to: flip)) \(result)"
  }

  /// The same with the outcome's name: `qps rising to 11,765/s gives read-replicas (read replicas behind the primary)`.
  func flip(_ flip: Flip, of decision: Decision) -> String {
    guard flip.outcome != Outcome.notApplicable else { return self.flip(flip) }
    let title = decision.option(flip.outcome).map { " (\(text($0.title.uncapitalized)))" } ?? ""
    return "\(id(flip.trait)) \(self.flip(to: flip)) gives \(id(flip.outcome))\(title)"
  }

  func flip(to flip: Flip) -> String {
    switch flip.to {
    case .quantity(let value):
      let text = amount(value, of: flip.trait)
      guard case .quantity(let interval)? = assessment.reading(flip.trait)?.state else { return "at \(text)" }
      return value > interval.high ? "rising to \(text)" : value < interval.low ? "falling to \(text)" : "at \(text)"
    case .flag(let value): return value ? "answered yes" : "answered no"
    case .choice(let value): return "answered \(id(value))"
    case .set(let values):
      return values.isEmpty ? "without any value" : "with \(Wording.list(values.map(id)))"
    }
  }

  // MARK: Conditions

  /// A condition in words, thresholds as figures.
  func words(_ condition: Condition) -> String {
    switch condition {
    case .always: "in every other case"
    case .compare(let left, let op, let right, _): "\(words(left)) \(op.phrase) \(words(right))"
    case .flag(let flag, _): "\(id(flag)) is yes"
    case .choice(let trait, let values, _): "\(id(trait)) is \(ids(values, "or"))"
    case .has(let trait, .any, let values, _): "\(id(trait)) has \(ids(values, "or"))"
    case .has(let trait, .all, let values, _): "\(id(trait)) has \(ids(values))"
    case .isEmpty(let trait, _): "\(id(trait)) is empty"
    case .outcome(let decision, let values, _):
      "\(id(decision)) comes out as \(Wording.list(values.map(outcomeID), "or"))"
    case .not(let inner): negated(inner)
    case .and(let parts):
      parts.map { part in if case .or = part { "(\(words(part)))" } else { words(part) } }.joined(separator: " and ")
    case .or(let parts): parts.map(words).joined(separator: " or ")
    }
  }

  private func negated(_ condition: Condition) -> String {
    switch condition {
    case .compare(let left, let op, let right, let span): words(.compare(left, op.negated, right, span))
    case .flag(let flag, _): "\(id(flag)) is no"
    case .choice(let trait, let values, _): "\(id(trait)) is not \(ids(values, "or"))"
    case .isEmpty(let trait, _): "\(id(trait)) is not empty"
    case .not(let inner): words(inner)
    case .and(let parts): parts.map(negated).joined(separator: " or ")
    case .or(let parts):
      parts.map { part in if case .and = part { "(\(negated(part)))" } else { negated(part) } }
        .joined(separator: " and ")
    case .outcome(let decision, let values, _):
      "\(id(decision)) does not come out as \(Wording.list(values.map(outcomeID), "or"))"
    default: "not (\(words(condition)))"
    }
  }

  func words(_ formula: Formula) -> String {
    switch formula {
    case .trait(let trait, _): id(trait)
    case .threshold(let threshold, _):
      knowledge.threshold(threshold).map { QuantityText.text($0.quantity(in: assessment.mode)) } ?? id(threshold)
    case .literal(let quantity, _): QuantityText.text(quantity)
    case .smaller(let a, let b): "the smaller of \(words(a)) and \(words(b))"
    case .larger(let a, let b): "the larger of \(words(a)) and \(words(b))"
    case .share(let a, let b): "the share of \(words(a)) in \(words(a)) + \(words(b))"
    case .binary(let op, let a, let b): "\(factor(a, in: op)) \(op.sign) \(factor(b, in: op))"
    }
  }

  private func factor(_ formula: Formula, in op: Formula.Arithmetic) -> String {
    switch formula {
    case .binary(.multiply, _, _) where op == .multiply: words(formula)
    case .binary where op == .multiply || op == .divide: "(\(words(formula)))"
    default: words(formula)
    }
  }
}

extension String {
  /// As inside a sentence; acronyms keep their capitals.
  package var uncapitalized: String {
    guard let first, dropFirst().first?.isUppercase != true else { return self }
    return first.lowercased() + dropFirst()
  }
}

extension Formula.Arithmetic {
  fileprivate var sign: String {
    switch self {
    case .add: "+"
    case .subtract: "−"
    case .multiply: "×"
    case .divide: "÷"
    }
  }
}

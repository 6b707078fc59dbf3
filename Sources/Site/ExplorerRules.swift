internal import DecisionEngine
internal import Foundation
public import KnowledgeModel
internal import TextFormats

/// The rules as data for the evaluator in the page (site/evaluator.js): the conditions that the engine compiles, with
/// names resolved to positions.
///
/// A trait is its position, a threshold −1 less its position. A condition is `true`, the position of a flag, or an array
/// that begins with what it is: `["<=", a, b]`, `["is"|"any"|"all", trait, options…]`, `["empty", trait]`, `["out",
/// decision, outcomes…]`, `["not", c]`, `["and"|"or", c…]`. Arithmetic is a trait, a threshold, `["#", value, unit]` or
/// `["+"|"-"|"*"|"/"|"share"|"min"|"max", a, b]`. Where a side of a comparison is more than a name, the units of both
/// sides and what the left one is called stand behind it; else both have the trait's unit. Values are texts: they are exact. A trait stands there as
/// `[id, title, area, more]`, a decision as `[id, rules, more]`, a rule as `[outcome, condition, title of the outcome]`.
public enum ExplorerRules {
  /// The classic script assets/rules.js, which assigns one global. Decisions that are taken for each record of a list
  /// are left out, as they are from a batch.
  public static func script(_ knowledge: Knowledge) -> String {
    let decisions = knowledge.systemDecisions.sorted { ($0.entry.area, $0.id) < ($1.entry.area, $1.id) }
    let conditions = decisions.flatMap { $0.conditions(in: .current) }
    // What the decisions read, what that follows from, and the core traits, which are always asked. (Whether a list is
    // empty is a trait of its own.)
    let all = knowledge.traits + knowledge.lists.map(\.presence)
    var needed = Set(all.filter(\.isCore).map(\.id)).union(conditions.flatMap(\.traits))
    while true {
      let inputs = all.filter { needed.contains($0.id) }.compactMap(\.derivation).flatMap {
        $0.from.traits + $0.ifGiven
      }
      guard !needed.isSuperset(of: inputs) else { break }
      needed.formUnion(inputs)
    }
    let traits = all.filter { needed.contains($0.id) }.sorted { ($0.order, $0.id) < ($1.order, $1.id) }
    let used = Set(conditions.flatMap(\.thresholds) + traits.flatMap { $0.derivation?.from.thresholds ?? [] })
    let thresholds = knowledge.thresholds.filter { used.contains($0.id) }
    let writer = RuleWriter(
      traits: traits, evaluator: Evaluator(knowledge), traitPositions: positions(traits.map(\.id)),
      thresholdPositions: positions(thresholds.map(\.id)), decisionPositions: positions(decisions.map(\.id)))
    let rules = JSON.object([
      "areas": .strings(Area.allCases.map(\.title)),
      "thresholds": .array(
        thresholds.map { .string($0.value.value.shortText) }),
      "traits": .array(traits.map(writer.trait)),
      "unread": .strings(all.map(\.id).filter { !needed.contains($0) }),
      "decisions": .array(decisions.map(writer.decision)),
    ])
    return "const plumblineRules=\(rules.line);\n"
  }

  private static func positions(_ ids: [String]) -> [String: Int] {
    Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

private struct RuleWriter {
  let traits: [Trait]
  let evaluator: Evaluator
  let traitPositions: [String: Int]
  let thresholdPositions: [String: Int]
  let decisionPositions: [String: Int]

  func trait(_ trait: Trait) -> JSON {
    var members: [JSON.Member] = []
    func add(_ key: String, _ value: JSON?) { if let value { members.append(JSON.Member(key, value)) } }
    let flag = JSON.number(1)
    switch trait.kind {
    case .quantity(let unit, let bounds, let ratio):
      add("range", .string("\(text(bounds)) \(unit.rawValue)"))
      add("ratio", ratio ? flag : nil)
      // A noun may be typed behind a number that has no unit.
      add("noun", (unit == .count || unit == .number) && !trait.noun.isEmpty ? .string(trait.noun) : nil)
    case .set: add("set", flag)
    case .flag, .choice: break
    }
    let options = trait.kind.options.map(\.id)
    add("options", options.isEmpty ? nil : .strings(options))
    add("default", trait.derivation == nil ? trait.fallback.flatMap { answer($0, options) } : nil)
    add("from", trait.derivation.map { formula($0.from) })
    add("given", trait.derivation.flatMap { $0.ifGiven.isEmpty ? nil : .array($0.ifGiven.map(position)) })
    add("aliases", trait.entry.aliases.isEmpty ? nil : .strings(trait.entry.aliases))
    add("core", trait.isCore ? flag : nil)
    let area = number(Area.allCases.firstIndex(of: trait.entry.area) ?? 0)
    return .array([.string(trait.id), .string(trait.entry.title), area, .object(members)])
  }

  func decision(_ decision: Decision) -> JSON {
    var members: [JSON.Member] = []
    if decision.hitPolicy == .unique { members.append(JSON.Member("unique", .number(1))) }
    if let applies = decision.applies { members.append(JSON.Member("applies", condition(applies[.current].condition))) }
    // An outcome's title stands at its first rule; only the decisions that are shown open have the room for it.
    var named = Set<String>()
    let rules = decision.rules.map { rule -> JSON in
      let isFirst = decision.isCore && named.insert(rule.then).inserted
      let title = isFirst ? decision.option(rule.then).map { [JSON.string($0.title)] } : nil
      return .array([.string(rule.then), condition(rule.when[.current].condition)] + (title ?? []))
    }
    return .array([.string(decision.id), .array(rules)] + (members.isEmpty ? [] : [.object(members)]))
  }

  private func number(_ value: Int) -> JSON { .number(Decimal(value)) }

  private func position(_ trait: String) -> JSON { traitPositions[trait].map(number) ?? .null }

  private func text(_ interval: Interval) -> String {
    interval.isPoint ? interval.low.shortText : "\(interval.low.shortText)..\(interval.high.shortText)"
  }

  private func answer(_ answer: Answer, _ options: [String]) -> JSON? {
    switch answer {
    case .quantity(let interval): .string(text(interval))
    case .flag(let flag): .bool(flag)
    case .choice(let id): .string(indices([id], options).map(String.init).joined(separator: " "))
    case .set(let ids): .string(indices(options.filter(ids.contains), options).map(String.init).joined(separator: " "))
    case .unknown: nil
    }
  }

  private func indices(_ values: [String], _ options: [String]) -> [Int] { values.compactMap(options.firstIndex) }

  private func condition(_ condition: Condition) -> JSON {
    func list(_ head: String, _ rest: [JSON]) -> JSON { .array([.string(head)] + rest) }
    func options(_ head: String, _ trait: String, _ values: [String]) -> JSON {
      let known = traitPositions[trait].map { traits[$0].kind.options.map(\.id) } ?? []
      return list(head, [position(trait)] + indices(values, known).map(number))
    }
    return switch condition {
    case .always: .bool(true)
    case .flag(let id, _): position(id)
    case .compare(let a, let comparison, let b, _):
      list(comparison.rawValue, [formula(a), formula(b)] + (isTraitWithName(a, b) ? [] : spoken(a, b)))
    case .choice(let id, let values, _): options("is", id, values)
    case .has(let id, let quantifier, let values, _): options(quantifier.rawValue, id, values)
    case .isEmpty(let id, _): list("empty", [position(id)])
    case .outcome(let id, let values, _):
      list("out", [decisionPositions[id].map(number) ?? .null] + values.map(JSON.string))
    case .not(let inner): list("not", [self.condition(inner)])
    case .and(let parts): list("and", parts.map(self.condition))
    case .or(let parts): list("or", parts.map(self.condition))
    }
  }

  private func isTraitWithName(_ a: Formula, _ b: Formula) -> Bool {
    switch (a, b) {
    case (.trait, .trait), (.trait, .threshold): true
    default: false
    }
  }

  private func spoken(_ a: Formula, _ b: Formula) -> [JSON] {
    let (left, right) = (evaluator.spoken(a), evaluator.spoken(b))
    let isComputed = if case .binary = a { true } else { false }
    return [left.unit.rawValue, right.unit.rawValue, isComputed ? left.words : ""].map(JSON.string)
  }

  private func formula(_ formula: Formula) -> JSON {
    func list(_ head: String, _ a: Formula, _ b: Formula) -> JSON {
      .array([.string(head), self.formula(a), self.formula(b)])
    }
    return switch formula {
    case .trait(let id, _): position(id)
    case .threshold(let id, _): thresholdPositions[id].map { number(-1 - $0) } ?? .null
    case .literal(let quantity, _): .strings(["#", quantity.value.plainText, quantity.unit.rawValue])
    case .binary(let operation, let a, let b): list(operation.rawValue, a, b)
    case .share(let a, let b): list("share", a, b)
    case .smaller(let a, let b): list("min", a, b)
    case .larger(let a, let b): list("max", a, b)
    }
  }
}

extension Decimal {
  /// 10000000 as 1e7.
  fileprivate var shortText: String {
    let text = plainText
    let zeros = text.reversed().prefix { $0 == "0" }.count
    return zeros < 3 || text.contains(".") ? text : "\(text.dropLast(zeros))e\(zeros)"
  }
}

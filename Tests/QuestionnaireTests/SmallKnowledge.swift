import DecisionEngine
import TestSupport
import Foundation
import KnowledgeModel

/// A knowledge base small enough to read, shaped like the shipped one.
enum SmallKnowledge {
  static func entry(
    _ id: String, _ kind: EntryKind, _ title: String, _ area: Area, aliases: [String] = []
  ) -> Entry {
    Entry(
      id: id, kind: kind, title: title, area: area, summary: "", guide: [], guideSays: nil, today: nil,
      verdict: .practice, sources: [], checked: "2026-11-22", aliases: aliases, body: "", pack: "guide", override: nil)
  }

  static func trait(
    _ id: String, _ title: String, _ area: Area, _ kind: Trait.Kind, noun: String = "", order: Int,
    fallback: Answer? = nil, plausible: Interval? = nil, derivation: Trait.Derivation? = nil, aliases: [String] = [],
    isCore: Bool = true
  ) -> Trait {
    Trait(
      entry: entry(id, .trait, title, area, aliases: aliases), kind: kind, noun: noun, question: "\(title)?",
      why: "It carries {@postgres-read-qps}, see [reads](entry:read-scaling).", typical: "About {@postgres-read-qps}.",
      measure: "Look at `pg_stat_activity`.", plausible: plausible, fallback: fallback,
      isPlanningDefault: fallback != nil, derivation: derivation, order: order, isCore: isCore)
  }

  static func options(_ ids: String...) -> [Trait.Option] { ids.map { .init(id: $0, title: "the \($0) one") } }

  static func quantity(_ unit: BaseUnit, _ low: Decimal, _ high: Decimal, ratio: Bool = false) -> Trait.Kind {
    .quantity(unit, bounds: Interval(low, high), ratioNotation: ratio)
  }

  static func product(_ a: String, _ b: Formula) -> Formula { .binary(.multiply, .trait(a, Span(0, 0)), b) }

  private static let load = product("qps", .trait("queries_per_request", Span(0, 0)))
  private static let reads = Trait.Derivation(
    from: .binary(.multiply, load, .trait("read_ratio", Span(0, 0))), text: "qps * queries_per_request * read_ratio",
    ifGiven: [])
  private static let writes = Trait.Derivation(
    from: .binary(
      .multiply, load,
      .binary(.subtract, .literal(Quantity(1, .number), Span(0, 0)), .trait("read_ratio", Span(0, 0)))),
    text: "qps * queries_per_request * (1 - read_ratio)", ifGiven: [])
  private static let share = Trait.Derivation(
    from: .share(.trait("read_qps", Span(0, 0)), .trait("write_qps", Span(0, 0))), text: "share(read_qps, write_qps)",
    ifGiven: ["read_qps", "write_qps"])

  static let traits: [Trait] = [
    trait("team_size", "Team size", .team, quantity(.count, 1, 100_000), noun: "people", order: 10, aliases: ["team"]),
    trait(
      "production_services", "Services in production", .team, quantity(.count, 0, 1000), noun: "services", order: 20),
    trait(
      "qps", "Requests", .load, quantity(.perSecond, 0, 10_000_000), noun: "requests a second", order: 30,
      plausible: Interval(50, 2000)),
    trait("read_ratio", "Read ratio", .load, quantity(.share, 0, 1, ratio: true), order: 40, derivation: share),
    trait(
      "queries_per_request", "Queries a request", .load, quantity(.number, 0, 1000), order: 50,
      fallback: .quantity(Interval(1))),
    trait(
      "read_qps", "Reads", .load, quantity(.perSecond, 0, 10_000_000), noun: "reads a second", order: 60,
      derivation: reads),
    trait(
      "write_qps", "Writes", .load, quantity(.perSecond, 0, 10_000_000), noun: "writes a second", order: 70,
      derivation: writes),
    trait("data_size", "Stored data", .data, quantity(.bytes, 0, 10_000_000_000_000_000), order: 80),
    trait(
      "identical_query_rate", "Identical queries", .caching, quantity(.perMinute, 0, 10_000_000),
      noun: "queries a minute", order: 85, isCore: false),
    trait("has_cache", "A cache", .caching, .flag, order: 90),
    trait("cache_hit_rate", "Cache hits", .caching, quantity(.share, 0, 1), order: 100),
    trait("async_work", "Work done later", .messaging, .flag, order: 110),
    trait(
      "message_rate", "Messages", .messaging, quantity(.perSecond, 0, 10_000_000), noun: "messages a second", order: 120
    ),
    trait(
      "message_needs", "Needs of messages", .messaging,
      .set(options("simple-job", "routing", "priority", "streaming", "replay", "fan-out")), order: 130),
    trait("api_audience", "Audience", .api, .set(options("public", "partner", "internal")), order: 140),
    trait(
      "database_engine", "Database", .data, .choice(options("postgresql", "mysql", "other")), order: 150,
      fallback: .choice("postgresql")),
    trait("failover_time", "Failover", .reliability, quantity(.seconds, 0, 864_000), order: 160, isCore: false),
    trait(
      "qps_growth", "Growth", .load, quantity(.perYear, Decimal(sign: .minus, exponent: -1, significand: 9), 100),
      order: 170),
  ]

  static let thresholds: [Threshold] = [
    ("postgres-read-qps", Quantity(10_000, .perSecond)), ("shard-write-qps", Quantity(5000, .perSecond)),
    ("cache-hit-floor", Quantity(Decimal(sign: .plus, exponent: -1, significand: 8), .share)),
    ("kafka-rate", Quantity(10_000, .perSecond)), ("services", Quantity(2, .count)),
  ].map { Threshold(entry: entry($0.0, .threshold, $0.0, .data), value: $0.1, asWritten: nil, basis: .planningDefault) }

  static let vocabulary = Vocabulary(
    traits: Dictionary(traits.map { ($0.id, $0.kind) }, uniquingKeysWith: { first, _ in first }),
    thresholds: Dictionary(thresholds.map { ($0.id, $0.value.unit) }, uniquingKeysWith: { first, _ in first }),
    decisions: [:])

  static func decision(
    _ id: String, _ title: String, _ area: Area, applies: String? = nil, _ rules: [(String, String)]
  ) throws -> Decision {
    func condition(_ text: String) throws -> RuleCondition {
      RuleCondition(
        current: SourcedCondition(text: text, condition: try ConditionParser.condition(text, vocabulary)))
    }
    return Decision(
      entry: entry(id, .decision, title, area), question: "\(title)?", hitPolicy: .first,
      applies: try applies.map(condition), rules: try rules.map { .init(then: $0.0, when: try condition($0.1)) },
      options: rules.map(\.0).uniqued().map { .init(id: $0, title: "The \($0)", effort: .low) }, confirm: [],
      practices: [], weight: 2, examples: [])
  }

  static func make() throws -> Knowledge {
    let decisions = [
      try decision(
        "cache-health", "Cache health", .caching, applies: "has_cache",
        [
          ("fix-or-remove", "cache_hit_rate < @cache-hit-floor"), ("keep", "otherwise"),
        ]),
      try decision(
        "messaging", "Messaging", .messaging, applies: "async_work",
        [
          ("kafka", "message_rate > @kafka-rate or message_needs has any of (streaming, replay, fan-out)"),
          ("rabbitmq", "message_needs has any of (routing, priority)"), ("sqs", "otherwise"),
        ]),
      try decision(
        "read-scaling", "Scaling reads", .data,
        [
          ("single-node", "read_qps <= @postgres-read-qps"), ("read-replicas", "read_ratio > 0.8"),
          ("optimize-and-cache", "otherwise"),
        ]),
      try decision(
        "service-shape", "Shape", .structure,
        [
          ("microservices", "production_services >= @services and team_size >= 10"), ("modular-monolith", "otherwise"),
        ]),
      try decision(
        "write-scaling", "Scaling writes", .data,
        [
          ("shard", "write_qps > @shard-write-qps or data_size > 5TB"), ("single-primary", "otherwise"),
        ]),
    ]
    return Knowledge(
      packs: [PackStamp(name: "guide", version: "2026.11.0", title: "Guide")], hash: "abc",
      traits: traits.sorted { $0.id < $1.id }, thresholds: thresholds, decisions: decisions, practices: [], checks: [],
      sources: [], statements: [], overviewAtoms: [])
  }

  static func trait(_ id: String) throws -> Trait {
    guard let trait = traits.first(where: { $0.id == id }) else { throw Missing(id: id) }
    return trait
  }

  struct Missing: Error { var id: String }
}

/// Random answers, mostly of the kind that people give, and some that they would not.
struct AnswerGenerator {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func answer(for trait: Trait) -> Answer {
    if Int.random(in: 0..<12, using: &random) == 0 { return .unknown }
    switch trait.kind {
    case .flag: return .flag(Bool.random(using: &random))
    case .choice(let options): return options.randomElement(using: &random).map { .choice($0.id) } ?? .unknown
    case .set(let options): return .set(Set(options.map(\.id).filter { _ in Bool.random(using: &random) }))
    case .quantity(let unit, let bounds, _):
      let a = value(in: bounds, whole: unit == .count)
      guard Int.random(in: 0..<3, using: &random) == 0 else { return .quantity(Interval(a)) }
      let b = value(in: bounds, whole: unit == .count)
      return .quantity(Interval(min(a, b), max(a, b)))
    }
  }

  /// An answer as it comes back from being typed.
  mutating func typeable(for trait: Trait) -> Answer {
    let drawn = answer(for: trait)
    return if case .quantity(let range) = drawn { .quantity(range.asRead) } else { drawn }
  }

  mutating func value(in bounds: Interval, whole: Bool) -> Decimal {
    let digits = Int.random(in: 1...18, using: &random)
    var value = Decimal(UInt64.random(in: 0..<UInt64(pow(10.0, Double(digits))), using: &random))
    let shift = Int.random(in: -digits...8, using: &random)
    value *= Decimal(sign: .plus, exponent: shift, significand: 1)
    // Quotients, as 40M/day and 2:1 give.
    if Int.random(in: 0..<5, using: &random) == 0 {
      value /= Decimal([3, 7, 86400, 1_111_110].randomElement(using: &random) ?? 3)
    }
    if Int.random(in: 0..<9, using: &random) == 0 { value = Bool.random(using: &random) ? bounds.low : bounds.high }
    if whole { value = value.wholeDown }
    if bounds.contains(value) { return value }
    return bounds.contains(value / 1_000_000_000_000) && !whole ? value / 1_000_000_000_000 : bounds.high
  }
}

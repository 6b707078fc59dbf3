import KnowledgeModel
import TestSupport
import Testing

@Suite("The condition language")
struct ConditionParserTests {
  static let vocabulary = Vocabulary(
    traits: [
      "qps": .quantity(.perSecond, bounds: Interval(0, 10_000_000), ratioNotation: false),
      "read_ratio": .quantity(.share, bounds: Interval(0, 1), ratioNotation: true),
      "data_size": .quantity(.bytes, bounds: Interval(0, 1_000_000), ratioNotation: false),
      "team_size": .quantity(.count, bounds: Interval(1, 100), ratioNotation: false),
      "has_cache": .flag,
      "priority": .choice([.init(id: "balanced", title: ""), .init(id: "fresh", title: "")]),
      "needs": .set([.init(id: "replay", title: ""), .init(id: "routing", title: ""), .init(id: "fan-out", title: "")]),
    ],
    thresholds: ["read-limit": .perSecond, "size-limit": .bytes], decisions: ["caching": ["none", "redis"]])

  static func parse(_ text: String) throws -> Condition { try ConditionParser.condition(text, vocabulary) }

  @Test(arguments: [
    "qps > 5", "qps * (1 - read_ratio) > @read-limit", "not has_cache", "not (has_cache or qps < 1k/s)",
    "priority is fresh",
    "priority is any of (fresh, balanced)", "needs has replay", "needs has any of (replay, routing)",
    "needs has all of (replay, fan-out)", "needs is empty",
    "caching is redis or has_cache", "caching is not-applicable", "data_size > 5 TB and data_size <= @size-limit",
    "read_ratio > 80%", "team_size >= 10",
    "share(qps, qps) > 0.5", "otherwise", "(qps + qps) * 2 >= 10", "qps / qps > 2", "((qps)) > 1", "  qps>1  ",
  ])
  func parses(_ text: String) throws {
    let condition = try Self.parse(text)
    #expect(!condition.leaves.isEmpty)
    #expect(condition.span.end <= text.utf8.count)
  }

  @Test("or binds loosest, and tighter than or, not tightest")
  func precedence() throws {
    guard case .or(let parts) = try Self.parse("has_cache or not has_cache and priority is fresh"),
      case .and(let inner) = parts[1], case .not = inner[0]
    else {
      Issue.record("wrong tree")
      return
    }
    #expect(parts.count == 2)
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var text: String
    var at: Int
    var message: String
    var hint: String?
    var testDescription: String { text }
    init(_ text: String, _ at: Int, _ message: String, _ hint: String? = nil) {
      self.text = text
      self.at = at
      self.message = message
      self.hint = hint
    }
  }

  @Test(arguments: [
    Bad("qpss > 5", 0, "no trait or decision", "did you mean qps?"),
    Bad("qps > @read-limt", 6, "no threshold", "did you mean @read-limit?"),
    Bad("qps > 5 GB", 0, "cannot be compared"), Bad("qps > @size-limit", 0, "cannot be compared"),
    Bad("priority is frsh", 12, "no value", "did you mean fresh?"),
    Bad("needs is replay", 9, "is a set"), Bad("has_cache is true", 10, "is a flag"), Bad("qps >", 4, "was expected"),
    Bad("qps", 2, "a comparison"),
    Bad("caching is memcached", 11, "no value"), Bad("qps > 5 and", 10, "was expected"),
    Bad("(qps > 5", 5, "“)” was expected"), Bad("qps > 5)", 7, "was not expected"),
    Bad("qps == 5", 4, "no operator", "write ="), Bad("! has_cache", 0, "no operator"),
    Bad("qps > #", 6, "not part of a condition"), Bad("", 0, "was expected"),
    Bad("data_size * data_size > 5", 0, "has no unit"), Bad("qps + data_size > 5", 0, "cannot be added"),
    Bad("has_cache > 5", 10, "is a flag"),
    Bad(String(repeating: "(", count: 500) + "qps", 63, "more than 64 deep"),
    Bad(String(repeating: "not ", count: 500) + "has_cache", 256, "more than 64 deep"),
  ])
  func refuses(_ bad: Bad) {
    let problem = #expect(throws: ConditionProblem.self) { try Self.parse(bad.text) }
    #expect(problem?.message.contains(bad.message) == true, "\(problem?.message ?? "")")
    #expect(problem?.span.start == bad.at)
    if let hint = bad.hint { #expect(problem?.hint?.contains(hint) == true, "\(problem?.hint ?? "")") }
  }

  @Test("Spans point at the leaf's own text")
  func spans() throws {
    let text = "qps > 5 and needs has any of (replay, routing)"
    let leaves = try Self.parse(text).leaves
    let slices = leaves.map { String(decoding: Array(text.utf8)[$0.span.start..<$0.span.end], as: UTF8.self) }
    #expect(slices == ["qps > 5", "needs has any of (replay, routing)"])
  }

  @Test("Random text never crashes the parser")
  func fuzz() {
    var random = SeededGenerator(seed: 7)
    let pieces = [
      "qps", "read_ratio", "needs", "has", "any", "of", "(", ")", ",", "is", "caching", "redis", "and", "or", "not",
      "<", ">=", "5", "10k/s", "80%", "5 TB", "@read-limit", "-", "*", "/", "share", "otherwise", "é", "\0", " ",
    ]
    var parsed = 0
    for _ in 0..<size(20_000, full: 1_000_000) {
      let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined(separator: Bool.random(using: &random) ? " " : "")
      if (try? Self.parse(text)) != nil { parsed += 1 }
    }
    #expect(parsed > 0)
  }
}

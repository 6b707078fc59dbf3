import Foundation
import KnowledgeBase
import KnowledgeModel
import Testing

@testable import DecisionEngine
@testable import Documents

@Suite struct ProseTests {
  private func prose(_ sheet: AnswerSheet, _ mode: Mode = .current) -> Prose {
    let knowledge = Samples.small.knowledge
    return Prose(Evaluator(knowledge, mode: mode).assess(sheet), knowledge)
  }

  @Test(arguments: [
    ("at {@cdn-qps}", "at 50,000/s"), ("{=qps * @load-test-factor}", "450,000/s to 600,000/s"),
    ("{=cacheable_share}", "30%"), ("{=read_qps}", "31,500/s to 42,000/s"),
    ("{@no-such} {x} {=no_such} { a", "{@no-such} {x} {=no_such} { a"),
    ("see [others](entry:circuit-breaker) and [a](https://example.org)", "see others and [a](https://example.org)"),
    ("[broken](entry:x", "[broken](entry:x"), ("one\ntwo\n\nthree", "one two\n\nthree"),
    ("- one\n  more\n- two", "- one more\n- two"), ("a\n```\nb\nc\n```\nd\ne", "a\n```\nb\nc\n```\nd e"),
    ("1. one\n2. two\n   more", "1. one\n2. two more"),
  ])
  func renders(_ text: String, _ expected: String) { #expect(prose(Samples.busy).render(text) == expected) }

  @Test func unknowns() {
    let prose = prose(AnswerSheet())
    #expect(prose.render("at {=qps}.") == "at not known yet (answer `qps`).")
    #expect(prose.render("rate (now {=qps}).") == "rate (now not known yet, answer `qps`).")
    #expect(prose.render("{=read_qps}") == "not known yet (answer `qps` and `cacheable_share`)")
  }

  @Test func asWritten() { #expect(prose(Samples.busy, .asWritten).render("{@cdn-qps}") == "40,000/s") }

  @Test func anchors() {
    var prose = prose(Samples.busy)
    prose.anchors = ["circuit-breaker": "guarding"]
    #expect(prose.render("[x](entry:circuit-breaker)") == "[x](#guarding)")
  }

  @Test func conditionsInWords() throws {
    let words = prose(Samples.busy).wording
    let vocabulary = Samples.small.knowledge.vocabulary
    func text(_ condition: String) throws -> String {
      words.words(try ConditionParser.condition(condition, vocabulary))
    }
    #expect(
      try text("qps > @cdn-qps and cacheable_share > 0") == "`qps` is above 50,000/s and `cacheable_share` is above 0%")
    #expect(
      try text("not (qps < 5 or downstream_reliability is any of (none, reliable))")
        == "`qps` is at least 5/s and `downstream_reliability` is not `none` or `reliable`")
    #expect(
      try text("not (load-balancing is load-balanced)") == "`load-balancing` does not come out as `load-balanced`")
    #expect(try text("qps * (1 - cacheable_share) >= 10") == "`qps` × (100% − `cacheable_share`) is at least 10/s")
  }

  @Test(arguments: [
    ("2125", "10000", "4.7×"), ("30", "10000", "333×"), ("1200", "100", "12×"), ("99", "80", "1.2×"),
    ("9999", "10000", nil), ("0.72", "0.8", "1.1×"), ("10", "10", nil), ("0", "10", nil), ("-0.5", "1", nil),
    ("4", "1048576", nil), ("180000000", "100", nil),
  ])
  func factors(_ value: String, _ at: String, _ times: String?) {
    let headroom = Headroom(
      trait: "qps", value: Decimal(string: value) ?? 0, threshold: "cdn-qps", at: Decimal(string: at) ?? 0)
    let knowledge = Samples.small.knowledge
    let assessment = Evaluator(knowledge).assess(Samples.calm)
    #expect(Wording(assessment: assessment, knowledge: knowledge, style: .markdown).times(headroom) == times)
  }

  /// Of a high share counts what is missing to the whole.
  @Test(arguments: [
    ("0.999", "0.9999", "10"), ("0.5", "0.8", "2.5"), ("0.1", "0.2", "2"), ("0.9995", "0.9995", "1"), ("1", "1", "1"),
    ("0.99", "1", nil),
  ])
  func shares(_ a: String, _ b: String, _ ratio: String?) {
    let values = [a, b].map { Decimal(string: $0) ?? 0 }
    #expect(Wording.ratio(values[0], values[1], unit: .share) == ratio.flatMap { Decimal(string: $0) })
  }

  @Test(arguments: [
    ("1 d", "lasts ", "lasts 1 day"), ("1 d", "every ", "every day"), ("7 d", "every ", "every 7 days"),
    ("15 min", "", "15 minutes"), ("30 s", "", "30 seconds"), ("1 h to 2 d", "", "1 hour to 2 days"),
    ("200 ms", "", "200 milliseconds"),
  ])
  func durations(_ figure: String, _ before: String, _ expected: String) {
    #expect(before + Prose.text(figure, .seconds, after: before) == expected)
    #expect(Prose.text(figure, .bytes, after: before) == figure)
  }

  @Test func wrapping() {
    var text = PlainText(width: 20)
    text.line("one two three four five six", indent: 2)
    text.item("name", "https://example.org/a/long/path", column: 4)
    #expect(text.text.split(separator: "\n").allSatisfy { $0.count <= 20 })
    #expect(text.text.hasPrefix("  one two three four\n  five six\n  name  https://"))
  }
}

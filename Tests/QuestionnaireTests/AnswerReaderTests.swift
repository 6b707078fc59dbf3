import Foundation
import KnowledgeModel
import Testing

@testable import Questionnaire

@Suite struct AnswerReaderTests {
  struct Good: Sendable, CustomStringConvertible {
    var trait: String
    var text: String
    var answer: Answer
    var description: String { "\(trait): \(text)" }

    init(_ trait: String, _ text: String, _ answer: Answer) {
      (self.trait, self.text, self.answer) = (trait, text, answer)
    }

    init(_ trait: String, _ text: String, _ low: Double, _ high: Double? = nil) {
      func exact(_ value: Double) -> Decimal { Decimal.exactly("\(value)") ?? .nan }
      self.init(trait, text, .quantity(Interval(exact(low), exact(high ?? low))))
    }
  }

  static let strict: [Good] = [
    Good("team_size", "6", 6), Good("team_size", "010", 10), Good("team_size", "1,200", 1200),
    Good("team_size", "12_000", 12000), Good("team_size", " 12k ", 12000), Good("team_size", "8 people", 8),
    Good("team_size", "5..20", 5, 20), Good("qps", "2.5k", 2500), Good("qps", "2k/s", 2000), Good("qps", "120/min", 2),
    Good("qps", "500..2k", 500, 2000), Good("qps", "0", 0), Good("qps", "10M", 10_000_000), Good("qps", "1e3", 1000),
    Good("read_ratio", "85%", 0.85), Good("read_ratio", "0.85", 0.85), Good("read_ratio", "4:1", 0.8),
    Good("read_ratio", "80..90%", 0.8, 0.9), Good("read_ratio", "1", 1), Good("data_size", "800 GB", 800e9),
    Good("data_size", "1 KiB", 1024), Good("data_size", "512", 512), Good("identical_query_rate", "100", 100),
    Good("identical_query_rate", "2/s", 120), Good("failover_time", "5 min", 300),
    Good("failover_time", "200 ms", 0.2), Good("qps_growth", "30%", 0.3), Good("qps_growth", "-10%", -0.1),
    Good("has_cache", "true", .flag(true)), Good("has_cache", "yes", .flag(true)), Good("has_cache", "Y", .flag(true)),
    Good("has_cache", "false", .flag(false)), Good("has_cache", "No", .flag(false)),
    Good("has_cache", "n", .flag(false)), Good("database_engine", "mysql", .choice("mysql")),
    Good("message_needs", "routing, priority", .set(["routing", "priority"])),
    Good("message_needs", "[routing]", .set(["routing"])), Good("message_needs", "none", .set([])),
    Good("message_needs", "[]", .set([])), Good("qps", "unknown", .unknown), Good("has_cache", "Unknown", .unknown),
    Good("message_needs", "unknown", .unknown),
  ]

  @Test(arguments: strict) func readsWhatAFileHolds(_ good: Good) throws {
    let trait = try SmallKnowledge.trait(good.trait)
    #expect(try AnswerReader.read(good.text, for: trait) == good.answer)
    #expect(try AnswerReader.read(good.text, for: trait, manner: .conversation) == good.answer)
  }

  static let conversational: [Good] = [
    Good("database_engine", "2", .choice("mysql")), Good("database_engine", "post", .choice("postgresql")),
    Good("database_engine", "MySQL", .choice("mysql")), Good("message_needs", "2,3", .set(["routing", "priority"])),
    Good("message_needs", "rout fan", .set(["routing", "fan-out"])), Good("qps", "don't know", .unknown),
    Good("qps", "dunno", .unknown), Good("has_cache", "not sure", .unknown),
  ]

  @Test(arguments: conversational) func understandsMoreInAConversation(_ good: Good) throws {
    let trait = try SmallKnowledge.trait(good.trait)
    #expect(try AnswerReader.read(good.text, for: trait, manner: .conversation) == good.answer)
    #expect(throws: AnswerProblem.self) { try AnswerReader.read(good.text, for: trait) }
  }

  struct Bad: Sendable, CustomStringConvertible {
    var trait: String
    var text: String
    /// Parts of the message that must be there.
    var says: [String]
    var description: String { "\(trait): \(text)" }

    init(_ trait: String, _ text: String, _ says: String...) {
      (self.trait, self.text, self.says) = (trait, text, says)
    }
  }

  static let bad: [Bad] = [
    Bad("team_size", "", "nothing was given", "unknown"), Bad("team_size", "~", "says nothing", "unknown"),
    Bad("team_size", "null", "says nothing"), Bad("team_size", "2.5", "fraction", "whole number"),
    Bad("team_size", "0", "out of bounds", "less than 1", "1 to 100,000"),
    Bad("team_size", "200k", "more than 100,000", "1 to 100,000"), Bad("team_size", "six", "not a number"),
    Bad("team_size", "20..5", "backwards", "5..20"), Bad("team_size", "5..", "two ends"),
    Bad("team_size", "50..200k", "out of bounds", "200,000"), Bad("qps", "-1", "less than 0/s"),
    Bad("qps", "NaN", "not a finite number"), Bad("qps", ".inf", "not a finite number"),
    Bad("qps", "-.inf", "not a finite number"), Bad("qps", "Infinity", "not a finite number"),
    Bad("qps", "20 GB", "does not fit", "rate"), Bad("qps", "4:1", "“:1”"), Bad("qps", "1.2.3", "decimal point"),
    Bad("qps", "1,5", "group", "1.5"), Bad("read_ratio", "85", "share", "85%"),
    Bad("read_ratio", "120%", "more than 100%"),
    Bad("read_ratio", "4:", "ratio", "4:1"), Bad("cache_hit_rate", "4:1", "“:1”"),
    Bad("data_size", "5 Gb", "bits", "GB"), Bad("data_size", "5 XB", "does not fit"),
    Bad("has_cache", "maybe", "neither yes nor no"), Bad("has_cache", "ture", "did you mean true?"),
    Bad("database_engine", "postgres", "not a value", "did you mean postgresql?"),
    Bad("database_engine", "2", "not a value", "postgresql, mysql, other"),
    Bad("message_needs", "rooting", "did you mean routing?"),
    Bad("message_needs", "routing, routing", "“routing”", "twice"), Bad("message_needs", "routing,", "empty"),
    Bad("message_needs", "[routing", "closing"), Bad("message_needs", "routing, none", "beside"),
    Bad("message_needs", "routing, unknown", "beside"), Bad("message_needs", "simple_job", "did you mean simple-job?"),
    Bad("qps", String(repeating: "9", count: 70), "too long"),
  ]

  @Test(arguments: bad) func refuses(_ bad: Bad) throws {
    let trait = try SmallKnowledge.trait(bad.trait)
    let problem = #expect(throws: AnswerProblem.self) { try AnswerReader.read(bad.text, for: trait) }
    let message = problem?.description ?? ""
    for part in bad.says { #expect(message.contains(part), "\(message)") }
    #expect(message.contains("; expected "))
  }

  @Test func saysWhatAPrefixMayMean() throws {
    let trait = try SmallKnowledge.trait("message_needs")
    let problem = #expect(throws: AnswerProblem.self) {
      try AnswerReader.read("r", for: trait, manner: .conversation)
    }
    #expect(problem?.message == "“r” may be routing or replay")
  }

  @Test func stripsWhatSteersATerminal() throws {
    let trait = try SmallKnowledge.trait("database_engine")
    let problem = #expect(throws: AnswerProblem.self) { try AnswerReader.read("a\u{1B}[2J\u{202E}b", for: trait) }
    #expect(problem?.message == "“a[2Jb” is not a value of database_engine")
  }
}

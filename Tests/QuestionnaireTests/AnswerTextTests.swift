import Foundation
import KnowledgeModel
import TestSupport
import Testing

@testable import Questionnaire

@Suite struct AnswerTextTests {
  static let texts: [(trait: String, typed: String, written: String)] = [
    ("qps", "2500", "2500"), ("qps", "10000", "10k"), ("qps", "40M/day", "40M/day"), ("qps", "100/min", "100/min"),
    ("qps", "500..2k", "500..2k"), ("qps", "1500000", "1.5M"), ("qps", "500/s..40M/h", "500/s..40M/h"),
    ("qps", "1500", "1500"),
    ("read_ratio", "0.85", "85%"), ("read_ratio", "2:1", "2:1"), ("read_ratio", "4:1", "80%"),
    ("read_ratio", "80..90%", "80%..90%"), ("cache_hit_rate", "1", "100%"), ("data_size", "800000000000", "800 GB"),
    ("data_size", "1048576", "1 MiB"), ("data_size", "0", "0 B"), ("data_size", "10 GB..500 GB", "10 GB..500 GB"),
    ("failover_time", "300", "5 min"), ("failover_time", "90", "90 s"), ("failover_time", "0.2", "200 ms"),
    ("failover_time", "2 d", "2 d"), ("qps_growth", "-0.1", "-10%"), ("has_cache", "true", "yes"),
    ("message_needs", "fan-out, routing", "routing, fan-out"), ("message_needs", "[]", "none"),
    ("team_size", "unknown", "unknown"), ("identical_query_rate", "2/s", "120"),
  ]

  @Test(arguments: texts) func writesAsAPersonWould(_ row: (trait: String, typed: String, written: String)) throws {
    let trait = try SmallKnowledge.trait(row.trait)
    let answer = try AnswerReader.read(row.typed, for: trait)
    #expect(AnswerText.text(answer, for: trait) == row.written)
  }

  static let sentences: [(trait: String, typed: String, said: String)] = [
    ("qps", "2.5k", "2,500 requests a second, about 216 million a day"),
    ("qps", "500..2k", "500 to 2,000 requests a second, about 43.2 million to 173 million a day"),
    ("qps", "0", "0 requests a second"), ("team_size", "6", "6 people"), ("read_ratio", "85%", "85%"),
    ("identical_query_rate", "100", "100 queries a minute, about 144 thousand a day"),
    ("data_size", "256 KB", "256 KB, that is 250 KiB"), ("data_size", "1 MiB", "1 MiB, that is 1.05 MB"),
    ("data_size", "500", "500 bytes"), ("failover_time", "5 min", "5 min, that is 300 s"),
    ("failover_time", "30", "30 s"), ("has_cache", "no", "no"),
    ("database_engine", "mysql", "mysql: the mysql one"), ("message_needs", "none", "none of them"),
    ("message_needs", "routing, priority, replay", "routing, priority and replay"),
    ("qps", "unknown", "not known; what hangs on it stays open"),
  ]

  @Test(arguments: sentences) func saysWhatWasUnderstood(_ row: (trait: String, typed: String, said: String)) throws {
    let trait = try SmallKnowledge.trait(row.trait)
    let answer = try AnswerReader.read(row.typed, for: trait)
    #expect(AnswerText.sentence(answer, for: trait) == row.said)
  }

  @Test(arguments: SmallKnowledge.traits.map(\.id)) func readsBackWhatItWrote(_ id: String) throws {
    let trait = try SmallKnowledge.trait(id)
    var generator = AnswerGenerator(seed: UInt64(trait.order))
    for _ in 0..<size(400, full: 20_000) {
      // What the reader gives is what it must read again.
      let drawn = generator.answer(for: trait)
      let answer = if case .quantity(let range) = drawn { Answer.quantity(range.asRead) } else { drawn }
      let text = AnswerText.text(answer, for: trait)
      #expect(try AnswerReader.read(text, for: trait) == answer, "\(text)")
      #expect(try AnswerReader.read(text, for: trait, manner: .conversation) == answer, "\(text)")
    }
  }
}

extension Interval {
  /// As the reader would have rounded it.
  var asRead: Interval { Interval(low.writable, high.writable) }
}

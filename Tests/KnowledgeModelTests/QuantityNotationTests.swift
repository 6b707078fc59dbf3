import Foundation
import KnowledgeModel
import Testing

@Suite("Reading quantities as people type them")
struct QuantityNotationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var unit: BaseUnit
    var low: String
    var high: String?
    var testDescription: String { "\(text) as \(unit.rawValue)" }

    init(_ text: String, _ unit: BaseUnit, _ low: String, _ high: String? = nil) {
      self.text = text
      self.unit = unit
      self.low = low
      self.high = high
    }
  }

  @Test(arguments: [
    Case("12k", .count, "12000"), Case("1.5M", .count, "1500000"), Case("12,000", .count, "12000"),
    Case("12_000", .count, "12000"),
    Case("010", .count, "10"), Case("+7", .count, "7"), Case("1e6", .count, "1000000"), Case("6 people", .count, "6"),
    Case("85%", .share, "0.85"), Case("0.85", .share, "0.85"), Case("85 %", .share, "0.85"), Case("4:1", .share, "0.8"),
    Case("1:0", .share, "1"),
    Case("30%", .perYear, "0.3"), Case("-10 %/year", .perYear, "-0.1"), Case("2.5k", .perSecond, "2500"),
    Case("40M/day", .perSecond, "462.96296296296296296296296296296296296"),
    Case("120/min", .perSecond, "2"), Case("2k/s", .perSecond, "2000"), Case("2k rps", .perSecond, "2000"),
    Case("7,200 per hour", .perSecond, "2"),
    Case("500 requests/s", .perSecond, "500"), Case("100", .perMinute, "100"), Case("2/s", .perMinute, "120"),
    Case("256 KB", .bytes, "256000"),
    Case("256 KiB", .bytes, "262144"), Case("256KiB", .bytes, "262144"), Case("1.5 tb", .bytes, "1500000000000"),
    Case("800G", .bytes, "800000000000"),
    Case("10 PiB", .bytes, "11258999068426240"), Case("200 ms", .seconds, "0.2"), Case("5 min", .seconds, "300"),
    Case("2 d", .seconds, "172800"),
    Case("500..2k", .perSecond, "500", "2000"), Case("100..200 GB", .bytes, "100000000000", "200000000000"),
    Case("80..90%", .share, "0.8", "0.9"),
    Case("0.8..90%", .share, "0.8", "0.9"), Case("1 .. 2", .count, "1", "2"), Case("1..1", .count, "1"),
    Case("100 KB..1 MB", .bytes, "100000", "1000000"), Case("86400..8.64M/day", .perSecond, "1", "100"),
  ])
  func reads(_ example: Case) throws {
    let interval = try QuantityNotation.interval(
      example.text, unit: example.unit, ratio: example.unit == .share, noun: "people")
    #expect(abs(interval.low - (Decimal(string: example.low) ?? 0)) < Decimal(string: "0.000000000001") ?? 0)
    #expect(interval.high == (example.high.flatMap { Decimal(string: $0) } ?? interval.low))
  }

  @Test(arguments: [
    ("", BaseUnit.count, "nothing"), ("abc", .count, "not a number"), ("NaN", .number, "not a finite"),
    ("inf", .number, "not a finite"), ("-inf", .number, "not a finite"),
    ("1.5", .count, "fraction"), ("1,5", .number, "do not group"), ("1,0000", .count, "do not group"),
    ("12__0", .count, "underscores"), ("1.2.3", .number, "more than one"),
    ("5.", .number, "not a number"), ("2k..1k", .count, "backwards"), ("..5", .count, "two ends"),
    ("5..", .count, "two ends"), ("5...7", .count, "two ends"),
    ("85", .share, "more than 1"), ("85%", .count, "unit"), ("5 GB", .perSecond, "unit"), ("10 Gb", .bytes, "bits"),
    ("10/fortnight", .perSecond, "unit"), ("5 parsecs", .seconds, "unit"),
    ("1e400", .number, "not a number"), ("99999999999999999999999999999999999999999999", .number, "not a number"),
    ("4:1", .count, "unit"), ("0:0", .share, "ratio"),
    (String(repeating: "9", count: 100), .count, "too long"),
  ])
  func refuses(_ text: String, _ unit: BaseUnit, _ message: String) {
    let problem = #expect(throws: QuantityNotation.Problem.self) {
      try QuantityNotation.interval(text, unit: unit, ratio: unit == .share)
    }
    #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "")")
  }

  @Test("Decimal equality holds")
  func decimals() throws {
    let ratio = try QuantityNotation.value("95%", unit: .share)
    #expect(Interval(100_000) * (Interval(1) - Interval(ratio)) == Interval(5000))
  }

  @Test(arguments: [
    (Decimal(2125), BaseUnit.perSecond, "2,125/s"), (Decimal(string: "0.85") ?? 0, .share, "85%"),
    (Decimal(800_000_000_000), .bytes, "800 GB"),
    (Decimal(1_048_576), .bytes, "1 MiB"), (Decimal(262_144), .bytes, "256 KiB"), (Decimal(900), .seconds, "15 min"),
    (Decimal(30), .seconds, "30 s"),
    (Decimal(604_800), .seconds, "7 d"), (Decimal(string: "0.2") ?? 0, .seconds, "200 ms"),
    (Decimal(5_000_000_000_000), .bytes, "5 TB"),
    (Decimal(-1234567), .number, "−1,234,567"), (Decimal(0), .bytes, "0 bytes"), (Decimal(100), .perMinute, "100/min"),
    (Decimal(3600), .seconds, "1 h"),
  ])
  func prints(_ value: Decimal, _ unit: BaseUnit, _ text: String) {
    #expect(QuantityText.text(value, unit) == text)
  }

  /// As people say them: one unit where that is exact, else two.
  @Test(arguments: [
    ("0", "0 s"), ("0.2", "200 ms"), ("90", "90 s"), ("300", "5 min"), ("219.2", "3 min 39.2 s"),
    ("899", "14 min 59 s"),
    ("5400", "90 min"), ("7200", "2 h"), ("7201", "about 2 h"), ("10160", "2 h 49 min"), ("10200", "2 h 50 min"),
    ("86400", "1 d"), ("129600", "36 h"), ("173000", "about 2 d"), ("190000", "2 d 5 h"),
  ])
  func durations(_ seconds: String, _ expected: String) {
    #expect(QuantityText.text(Decimal(string: seconds) ?? -1, .seconds) == expected)
  }
}

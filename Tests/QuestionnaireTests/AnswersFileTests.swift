import DecisionEngine
import Foundation
import KnowledgeModel
import TestSupport
import Testing

@testable import Questionnaire

@Suite struct AnswersFileTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/bad")

  /// Where each bad file is wrong, and a part of what is said about it.
  static let bad: [String: (at: String, says: String)] = [
    "unknown-trait": ("2:3", "did you mean read_ratio?"),
    "unknown-trait-far": ("2:3", "there is no trait “zebra_stripes”"),
    "trait-with-dashes": ("2:3", "did you mean team_size?"),
    "unknown-top-level": ("1:1", "did you mean system?"),
    "trait-at-top-level": ("1:1", "indent it under answers:"),
    "answers-misspelt": ("1:1", "did you mean answers?"),
    "answers-missing": ("1:1", "answers is missing"),
    "answers-empty": ("2:9", "write {}"),
    "answers-list": ("2:3", "answers holds a list"),
    "answers-scalar": ("1:10", "expected a mapping of traits"),
    "top-level-list": ("1:1", "a list stands at the top"),
    "top-level-scalar": ("1:1", "a plain value stands at the top"),
    "empty": ("1:1", "the file is empty"),
    "only-comments": ("1:1", "the file is empty"),
    "binary": ("2:8", "binary"),
    "not-utf8": ("1:12", "not UTF-8"),
    "not-utf8-after-accents": ("3:6", "not UTF-8"),
    "utf16": ("1:1", "UTF-16"),
    "wrong-unit": ("2:8", "expected a rate"),
    "wrong-unit-bytes": ("2:14", "expected a size"),
    "bits": ("2:14", "bits"),
    "not-a-number": ("2:14", "not a number"),
    "above-bounds": ("2:14", "1 to 100,000"),
    "below-bounds": ("2:14", "less than 1"),
    "share-above-one": ("2:15", "did you mean 85%?"),
    "share-negative": ("2:19", "out of bounds"),
    "fraction-for-count": ("2:24", "whole number"),
    "nan": ("2:8", "not a finite number"),
    "infinity": ("2:8", "not a finite number"),
    "negative-infinity": ("2:15", "not a finite number"),
    "reversed-range": ("2:8", "write 500..2k"),
    "open-range": ("2:8", "two ends"),
    "range-out-of-bounds": ("2:15", "more than 100%"),
    "ratio-where-none-fits": ("2:19", "expected a share"),
    "ratio-of-nothing": ("2:15", "4:1"),
    "decimal-comma": ("2:24", "1.5"),
    "duplicate-trait": ("4:3", "second time"),
    "duplicate-top-level": ("3:1", "second time"),
    "duplicate-through-alias": ("3:3", "a second time"),
    "nothing-given": ("2:7", "write unknown"),
    "null": ("2:8", "write unknown"),
    "null-word": ("2:14", "write unknown"),
    "list-for-quantity": ("2:8", "write a range as 500..2k"),
    "list-for-flag": ("2:14", "a list stands here"),
    "mapping-for-quantity": ("2:8", "a mapping stands here"),
    "flag-mistyped": ("2:14", "did you mean true?"),
    "choice-unknown": ("2:20", "did you mean postgresql?"),
    "choice-by-number": ("2:20", "expected one of"),
    "set-member-unknown": ("2:28", "did you mean streaming?"),
    "set-member-twice": ("5:7", "twice"),
    "set-member-mapping": ("3:7", "a mapping stands in the list"),
    "set-with-unknown": ("2:26", "beside"),
    "set-with-none": ("2:18", "beside"),
    "date-not-real": ("1:7", "YYYY-MM-DD"),
    "date-order": ("1:7", "YYYY-MM-DD"),
    "date-leap": ("1:7", "is not a date"),
    "date-list": ("1:7", "expected text"),
    "people-unknown-role": ("1:10", "did you mean decision-makers?"),
    "people-list": ("1:9", "people holds a list"),
    "people-mapping": ("2:13", "list of names"),
    "system-list": ("1:9", "expected text"),
    "system-escape": ("1:9", "U+001B"),
    "control-character": ("1:10", "U+001B"),
    "c1-control": ("1:10", "U+009B"),
    "notes-unknown-trait": ("3:3", "did you mean qps?"),
    "notes-scalar": ("2:8", "notes holds"),
    "notes-list": ("3:8", "expected text"),
    "knowledge-scalar": ("2:12", "version and hash"),
    "knowledge-incomplete": ("2:12", "incomplete"),
    "knowledge-unknown-key": ("2:12", "incomplete"),
    "two-documents": ("2:1", "second document"),
    "tab-indent": ("2:1", "a tab stands"),
    "alias": ("2:8", "aliases"),
    "alias-undefined": ("2:8", "not YAML"),
    "colon-in-text": ("1:17", "in quotes"),
    "unclosed-quote": ("3:1", "not YAML"),
    "unclosed-list": ("3:1", "not YAML"),
    "key-is-list": ("1:3", "a key must be a plain word"),
    "too-deep": ("2:48", "nested"),
  ]

  @Test(arguments: bad.keys.sorted()) func refusesABadFile(_ name: String) throws {
    let expected = try #require(Self.bad[name])
    let bytes = try Data(contentsOf: Self.folder.appending(path: "\(name).yaml"))
    let problems = #expect(throws: AnswersProblems.self) {
      try AnswersFile.read(bytes: Array(bytes), name: "a.yaml", vocabulary: SmallKnowledge.traits)
    }
    let text = problems?.description ?? ""
    let first = try #require(problems?.problems.first)
    #expect("\(first.line):\(first.column)" == expected.at, "\(text)")
    #expect(text.contains(expected.says), "\(text)")
    #expect(text.hasPrefix("a.yaml:\(expected.at): "))
    #expect(first.description.contains("; expected "))
  }

  @Test func everyFixtureIsInTheTable() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(files) == Set(Self.bad.keys.map { "\($0).yaml" }))
  }

  @Test func reportsEveryProblemInTheOrderOfTheFile() throws {
    let text = """
      sistem: A
      answers:
        qps: 20 GB
        team_size: 0
        raed_ratio: 1
      """
    let problems = #expect(throws: AnswersProblems.self) { try read(text) }
    #expect(problems?.problems.map(\.line) == [1, 3, 4, 5])
  }

  @Test func refusesALargeFile() {
    let bytes = Array("answers: {}\n# ".utf8) + Array(repeating: UInt8(ascii: "x"), count: AnswersFile.largest)
    let problems = #expect(throws: AnswersProblems.self) {
      try AnswersFile.read(bytes: bytes, name: "-", vocabulary: SmallKnowledge.traits)
    }
    #expect(problems?.description.contains("at most 1000000 bytes") == true)
  }

  @Test func refusesManyKeysInReasonableTime() {
    let keys = (0..<60_000).map { "  k\($0): 1\n" }.joined()
    let problems = #expect(throws: AnswersProblems.self) { try read("answers:\n" + keys) }
    #expect(problems?.problems.count == AnswersFile.mostProblems)
  }

  func read(_ text: String) throws -> AnswerSheet {
    try AnswersFile.read(bytes: Array(text.utf8), name: "a.yaml", vocabulary: SmallKnowledge.traits)
  }

  static let full = """
    system: Checkout
    date: 2026-11-22            # a comment
    people: {decision-makers: [Ana], consulted: [Bo], informed: []}
    answers:
      team: 010
      qps: 2.5k
      read_ratio: 4:1
      data_size: 800 GB
      message_rate: 500..2k
      cache_hit_rate: unknown
      message_needs: [routing, priority]
      api_audience: public
      has_cache: "yes"
    notes:
      qps: peak minute of last year, from the load balancer
    knowledge: {version: 2026.11.0, hash: 0e12}

    """

  @Test func readsAWholeFile() throws {
    let sheet = try read(Self.full)
    #expect(sheet.system == "Checkout")
    #expect(sheet.date == "2026-11-22")
    #expect(sheet.people == .init(decisionMakers: ["Ana"], consulted: ["Bo"]))
    #expect(sheet.answers["team_size"] == .quantity(Interval(10)))
    #expect(sheet.answers["read_ratio"] == .quantity(Interval(Decimal(8) / 10)))
    #expect(sheet.answers["message_rate"] == .quantity(Interval(500, 2000)))
    #expect(sheet.answers["cache_hit_rate"] == .unknown)
    #expect(sheet.answers["message_needs"] == .set(["routing", "priority"]))
    #expect(sheet.answers["api_audience"] == .set(["public"]))
    #expect(sheet.answers["has_cache"] == .flag(true))
    #expect(sheet.notes == ["qps": "peak minute of last year, from the load balancer"])
    // 0e12 is what was written, not zero.
    #expect(sheet.knowledge == .init(version: "2026.11.0", hash: "0e12"))
  }

  @Test(arguments: ["\u{FEFF}", "\r"]) func acceptsByteOrderMarkAndCarriageReturns(_ extra: String) throws {
    let text = extra == "\r" ? Self.full.replacing("\n", with: "\r\n") : extra + Self.full
    #expect(try read(text) == read(Self.full))
  }

  @Test func writesInTheOrderOfTheQuestionnaire() throws {
    let text = AnswersFile.write(try read(Self.full), vocabulary: SmallKnowledge.traits)
    #expect(
      text == """
        system: Checkout
        date: 2026-11-22
        people:
          decision-makers: [Ana]
          consulted: [Bo]
          informed: []
        answers:
          team_size: 10
          qps: 2500
          read_ratio: 80%
          data_size: 800 GB
          has_cache: yes
          cache_hit_rate: unknown
          message_rate: 500..2k
          message_needs: [routing, priority]
          api_audience: [public]
        notes:
          qps: "peak minute of last year, from the load balancer"
        knowledge: {version: "2026.11.0", hash: "0e12"}

        """)
  }

  @Test(arguments: 0..<size(200, full: 4000)) func readsBackWhatItWrote(_ seed: Int) throws {
    var generator = AnswerGenerator(seed: UInt64(seed))
    let pieces = [
      "a", "Ü", "日本", "👩‍👩‍👧", "\u{202E}", "\u{200B}", "\u{FEFF}", "\u{2028}", ": ", " #", "\"", "'", "\\", "- ", "{", "]",
      "&a",
      "*", "!", "%", "@", "`", "yes", "~", " ", "0", ",", "|", ">", "?", "\u{E000}", "\u{10FFFF}", "---", "e\u{301}",
    ]
    func text(_ generator: inout AnswerGenerator, lines: Bool = false) -> String {
      let all = lines ? pieces + ["\n", "\t", "\n\n  x"] : pieces
      return (0...Int.random(in: 0..<8, using: &generator.random))
        .compactMap { _ in all.randomElement(using: &generator.random) }.drop { $0 == "\u{FEFF}" }.joined() + "."
    }
    var sheet = AnswerSheet(system: text(&generator), date: "2024-02-29")
    sheet.people.informed = [text(&generator), text(&generator)]
    sheet.knowledge = .init(version: text(&generator), hash: text(&generator))
    for trait in SmallKnowledge.traits {
      guard Bool.random(using: &generator.random) else { continue }
      let answer = generator.answer(for: trait)
      sheet.answers[trait.id] = if case .quantity(let range) = answer { .quantity(range.asRead) } else { answer }
      sheet.notes[trait.id] = text(&generator, lines: true)
    }
    let written = AnswersFile.write(sheet, vocabulary: SmallKnowledge.traits)
    let read = try read(written)
    #expect(read == sheet, "\(written)")
    // Canonical equivalence is not enough: the very scalars must come back.
    #expect(read.system.map { Array($0.utf8) } == sheet.system.map { Array($0.utf8) })
    #expect(AnswersFile.write(read, vocabulary: SmallKnowledge.traits) == written)
  }

  @Test(arguments: 0..<size(300, full: 10_000)) func survivesMutilation(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var bytes = Array(Self.full.utf8)
    for _ in 0..<Int.random(in: 1..<6, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      default: bytes.insert([0x3A, 0x0A, 0x20, 0x22, 0x5B, 0x09].randomElement(using: &random) ?? 0, at: place)
      }
    }
    do {
      let sheet = try AnswersFile.read(bytes: bytes, name: "a.yaml", vocabulary: SmallKnowledge.traits)
      #expect(sheet.answers.keys.allSatisfy { id in SmallKnowledge.traits.contains { $0.id == id } })
    } catch {
      let problems = error
      #expect(problems.problems.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.problem.message.isEmpty })
    }
  }

  @Test func keepsTheDaysOfTheCalendar() {
    #expect(CalendarDate.isValid("2024-02-29"))
    #expect(CalendarDate.isValid("2000-02-29"))
    for text in [
      "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1", "0000-01-01", "2026-01-0x",
    ] {
      #expect(!CalendarDate.isValid(text), "\(text)")
    }
  }
}

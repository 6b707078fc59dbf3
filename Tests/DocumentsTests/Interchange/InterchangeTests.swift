import KnowledgeBase
import KnowledgeModel
import TestSupport
import TextFormats
import Testing

@testable import Documents

@Suite struct LensTests {
  /// The figures of the format's documentation.
  @Test func limitsAreTheDocumentedOnes() {
    typealias Limit = WellArchitectedLens.Limit
    #expect(
      [Limit.pillars, Limit.questionsOfAPillar, Limit.choicesOfAQuestion, Limit.additionalResources]
        == [10, 20, 15, 5])
    #expect([Limit.title, Limit.text, Limit.whole] == [128, 2048, 500_000])
    #expect(Limit.id == 3...64 && Limit.notInTitles == Set(";%<>=*\"[]{}$|~"))
  }

  @Test(arguments: [true, false]) func holdsTheKnowledge(_ isSmall: Bool) throws {
    let knowledge = (isSmall ? Samples.small : Samples.shipped).knowledge
    let text = try WellArchitectedLens.text(knowledge)
    let lens = try LensReader(text)
    #expect(lens.problems == [])
    complete(lens, knowledge)
    risks(lens, knowledge)
    #expect(try WellArchitectedLens.text(knowledge) == text)
    #expect(WellArchitectedLens.isOurs(Array(text.utf8)) && !AzureChecklist.isOurs(Array(text.utf8)))
    #expect(!text.contains("{@") && !text.contains("{=") && !text.contains("](") && !text.contains("not known yet"))
  }

  /// Each decision is asked for, and each practice and check is one choice, under its own id.
  private func complete(_ lens: LensReader, _ knowledge: Knowledge) {
    let choices = lens.questions.flatMap(\.choices)
    let named = choices.compactMap(\.entry)
    let wanted = knowledge.practices.map(\.id) + knowledge.checks.map(\.id)
    #expect(named.sorted() == wanted.sorted(), "each exactly once")
    let decided = choices.filter { $0.title.hasPrefix("The outcome follows the rule") }
    #expect(decided.count == knowledge.decisions.count)
    #expect(named.count + decided.count + lens.questions.count == choices.count)
  }

  /// High where a must is missing, medium where only advice is, none where nothing is.
  private func risks(_ lens: LensReader, _ knowledge: Knowledge) {
    for question in lens.questions {
      let real = question.choices.filter { !$0.id.hasSuffix("_no") }
      let musts = real.filter { choice in
        guard let id = choice.entry else { return true }
        return knowledge.practice(id)?.level == .must || knowledge.check(id)?.level == .must
      }
      #expect(question.risk(Set(real.map(\.id))) == "NO_RISK", "\(question.id)")
      #expect(question.risk([]) == (musts.isEmpty ? "MEDIUM_RISK" : "HIGH_RISK"), "\(question.id)")
      if musts.count < real.count {
        #expect(question.risk(Set(musts.map(\.id))) == "MEDIUM_RISK", "\(question.id)")
      }
      for must in musts {
        let others = Set(real.map(\.id)).subtracting([must.id])
        #expect(question.risk(others) == "HIGH_RISK", "\(question.id) without \(must.id)")
      }
    }
  }

  @Test(arguments: [UInt64](1...UInt64(size(8, full: 400)))) func holdsAnyKnowledge(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var knowledge = Knowledge.synthetic(
      &random, decisions: Int.random(in: 0...20, using: &random), practices: Int.random(in: 1...90, using: &random),
      checks: Int.random(in: 0...60, using: &random))
    let text = try WellArchitectedLens.text(knowledge)
    let lens = try LensReader(text)
    #expect(lens.problems == [])
    complete(lens, knowledge)
    risks(lens, knowledge)
    knowledge.decisions.shuffle(using: &random)
    #expect(try WellArchitectedLens.text(knowledge) == text, "the order of the decisions says nothing")
  }

  /// More than twenty questions of one area go on in a further pillar, more than fourteen choices in a further question.
  @Test func splitsWhatIsTooLong() throws {
    var knowledge = Samples.small.knowledge
    let practice = try #require(knowledge.practices.first)
    knowledge.practices = (0..<14 * 22 + 1).map { index in
      var other = practice
      other.entry.id = "practice-\(index)"
      other.entry.area = .data
      return other
    }
    knowledge.decisions = []
    knowledge.checks = []
    let lens = try LensReader(WellArchitectedLens.text(knowledge))
    #expect(lens.problems == [] && lens.pillars == ["data", "data_2"])
    #expect(lens.questions.map(\.choices.count) == Array(repeating: 15, count: 22) + [2])
    let last = try #require(lens.questions.last)
    #expect(last.id == "data_practices_23" && last.title.hasSuffix("(part 23)"))
    #expect(last.choices.map(\.id).last == "data_practices_23_no")
    complete(lens, knowledge)
  }

  @Test func fillsPillarsUpWhereThereWouldBeTooMany() throws {
    var random = SeededGenerator(seed: 3)
    var knowledge = Knowledge.synthetic(&random, decisions: 190, practices: 0, checks: 0)
    for index in knowledge.decisions.indices {
      knowledge.decisions[index].entry.id = "decision-\(index)"
      knowledge.decisions[index].entry.today = nil
    }
    let lens = try LensReader(WellArchitectedLens.text(knowledge))
    #expect(lens.problems == [] && lens.pillars.count == 10 && lens.questions.count == 190)
    complete(lens, knowledge)
  }

  @Test func dropsWhatIsNotAskedBeforeItRefuses() throws {
    var random = SeededGenerator(seed: 5)
    var knowledge = Samples.small.knowledge
    let practice = try #require(knowledge.practices.first)
    knowledge.sources = (0..<6).map { index in
      Source(
        id: "source-\(index)", title: String(repeating: "a title ", count: 30), url: "https://example.org/\(index)",
        date: nil, checked: "2026-11-22", evidence: .read, note: nil)
    }
    knowledge.practices = (0..<300).map { index in
      var other = practice
      other.entry.id = "practice-\(index)"
      other.entry.sources = knowledge.sources.map(\.id)
      other.entry.area = Area.allCases.randomElement(using: &random) ?? .data
      return other
    }
    let text = try WellArchitectedLens.text(knowledge)
    let lens = try LensReader(text)
    #expect(lens.problems == [] && !text.contains("additionalResources") && text.contains("https://example.org/0"))
    complete(lens, knowledge)
  }

  @Test func refusesWhatNoLensHolds() throws {
    var random = SeededGenerator(seed: 4)
    var tooMany = Knowledge.synthetic(&random, decisions: 201, practices: 0, checks: 0)
    for index in tooMany.decisions.indices { tooMany.decisions[index].entry.id = "decision-\(index)" }
    #expect(
      throws: InterchangeProblem("a lens holds at most 200 questions, and this knowledge makes 201: export fewer packs")
    ) {
      try WellArchitectedLens.text(tooMany)
    }
    let tooLong = Knowledge.synthetic(&random, decisions: 10, practices: 250, checks: 250)
    #expect(throws: InterchangeProblem.self) { try WellArchitectedLens.text(tooLong) }
    #expect(throws: InterchangeProblem.self) { try WellArchitectedLens.text(Knowledge(packs: [], hash: "")) }
    #expect(throws: InterchangeProblem.self) { try AzureChecklist.text(Knowledge(packs: [], hash: "")) }
  }

  @Test(arguments: [
    ("*all* of <b>it</b>", "all of (b)it(/b)"), ("p95 > 200 ms; x >= 2", "p95 above 200 ms, x at least 2"),
    ("80% of \"all\"", "80 percent of 'all'"),
    ("a <name> {x} [y] ~5 $3 a|b 2*3", "a (name) (x) (y) about 5 USD 3 a/b 2×3"), ("<", "below"), ("", "-"),
  ])
  func titles(_ text: String, _ expected: String) { #expect(LensBuilder.title(text, 128).text == expected) }

  @Test func shortens() {
    #expect(FittedText.words("one two three", 13) == ("one two three", false))
    #expect(FittedText.words("one two three", 12) == ("one two …", true))
    #expect(FittedText.words("onetwothree", 8) == ("onetwo …", true))
    #expect(FittedText.sentences(["One. Two.", "Three."], 16, note: "(…)") == "One. Two. Three.")
    #expect(FittedText.sentences(["One. Two.", "Three."], 15, note: "(…)") == "One. Two. (…)")
    #expect(FittedText.sentences(["At 5 p.m. it ends. So."], 21, note: "…") == "At 5 p.m. it ends. …")
    #expect(FittedText.sentences(["one two three four"], 16, note: "(…)") == "one two … (…)")
  }
}

@Suite struct AzureChecklistTests {
  @Test(arguments: [true, false]) func holdsTheKnowledge(_ isSmall: Bool) throws {
    let knowledge = (isSmall ? Samples.small : Samples.shipped).knowledge
    let text = try AzureChecklist.text(knowledge)
    let items = try check(text, knowledge)
    #expect(try AzureChecklist.text(knowledge) == text)
    #expect(AzureChecklist.isOurs(Array(text.utf8)) && !WellArchitectedLens.isOurs(Array(text.utf8)))
    for practice in knowledge.practices {
      let item = try #require(items.first { $0["guid"] == .string(NameBasedUUID.text(of: practice.id)) })
      #expect(item["severity"] == .string(practice.level == .must ? "High" : "Medium"))
      #expect(item["category"] == .string(practice.entry.area.title))
    }
  }

  @Test(arguments: [UInt64](1...UInt64(size(5, full: 200)))) func holdsAnyKnowledge(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let knowledge = Knowledge.synthetic(&random, decisions: 20, practices: 120, checks: 60)
    try check(try AzureChecklist.text(knowledge), knowledge)
  }

  @discardableResult private func check(_ text: String, _ knowledge: Knowledge) throws -> [JSON] {
    #expect(text.utf8.allSatisfy { $0 == 0x0A || $0 >= 0x20 && $0 < 0x7F })
    guard case .array(let items)? = try JSON.parse(Array(text.utf8))["items"] else { return [] }
    func texts(_ key: String) -> [String] {
      items.map { if case .string(let text)? = $0[key] { text } else { "" } }
    }
    for key in ["category", "subcategory", "text", "description", "guid", "id", "waf"] {
      #expect(texts(key).allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }, "\(key)")
    }
    #expect(Set(texts("guid")).count == items.count && Set(texts("id")).count == items.count)
    #expect(texts("id") == texts("id").sorted())
    #expect(
      texts("guid").allSatisfy {
        $0.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil
      })
    #expect(Set(texts("severity")).isSubset(of: ["High", "Medium", "Low"]))
    let wanted = knowledge.decisions.map(\.id) + knowledge.practices.map(\.id) + knowledge.checks.map(\.id)
    #expect(texts("guid").sorted() == wanted.map(NameBasedUUID.text).sorted(), "each exactly once")
    return items
  }

  @Test(arguments: [
    ("“a” – b’s … ± 2 × 3 ≤ 4 → 5", "\"a\" - b's ... +/- 2 x 3 <= 4 -> 5"),
    ("naïve façade Łódź Straße", "naive facade Lodz Strasse"),
    ("10³ m² 5 µs 90°", "10^3 m^2 5 us 90 degrees"), ("½ ﬁt ①", "1/2 fit 1"), ("a\u{A0}b\u{200B}c", "a bc"),
    ("80%", "80%"),
    ("漢", "(cjk unified ideograph-6f22)"), ("🙂", "(slightly smiling face)"), ("e\u{301}", "e"), ("€5", "EUR5"),
  ])
  func ascii(_ text: String, _ expected: String) { #expect(ASCIIText.text(text) == expected) }

  /// As Python's uuid.uuid5(uuid.NAMESPACE_URL, "plumbline:NAME") has them.
  @Test(arguments: [
    ("read-scaling", "1b05a9db-7abd-5888-a02a-fc318b88da1d"),
    ("explicit-cache-ttl", "243fa26b-0c48-52f2-b874-9998fe4a0999"), ("é", "28cc28c3-a7b9-5530-ac88-92048aae6f09"),
  ])
  func identifiers(_ name: String, _ expected: String) { #expect(NameBasedUUID.text(of: name) == expected) }

  /// As Python's hashlib has them, around the ends of a block.
  @Test(arguments: [
    (0, "da39a3ee5e6b4b0d3255bfef95601890afd80709"), (3, "7e240de74fb1ed08fa08d38063f6a6a91462a815"),
    (55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"), (56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
    (63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"), (64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    (119, "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56"), (120, "f34c1488385346a55709ba056ddd08280dd4c6d6"),
    (1000, "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
  ])
  func digests(_ length: Int, _ expected: String) {
    #expect(SHA1.hex(SHA1.digest(Array(repeating: UInt8(ascii: "a"), count: length))) == expected)
  }
}

@Suite struct InterchangeProseTests {
  @Test(arguments: [
    ("at {@cdn-qps}", "at 50,000/s"), ("the peak ({=qps}), later", "the peak, later"),
    ("Load it (in all: {=qps * @load-test-factor}).", "Load it."), ("send {=qps * @load-test-factor}", "send qps × 10"),
    ("{=qps} and ({=read_qps}) and {=cacheable_share}", "qps and and cacheable_share"),
    ("(a {=qps}, b {=read_qps}) then {=qps}", "then qps"), ("(kept) {=qps}", "(kept) qps"),
    ("`code` *and* **more** [here](entry:x), <b> <!-- no -->", "code and more here, <b>"),
    ("{x} {@no} {=no}", "{x} {@no} {=no}"),
    ("a_b * 2 < 3 & 4", "a_b * 2 < 3 & 4"), ("x\u{1}y", "xy"),
  ])
  func renders(_ text: String, _ expected: String) {
    #expect(InterchangeProse(Samples.small.knowledge).text(text) == expected)
  }

  @Test func addresses() {
    #expect(
      "https://example.org/a b“é”|c%20".percentEncoded == "https://example.org/a%20b%E2%80%9C%C3%A9%E2%80%9D%7Cc%20")
  }
}

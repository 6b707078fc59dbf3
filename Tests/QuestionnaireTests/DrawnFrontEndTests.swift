import DecisionEngine
import Foundation
import KnowledgeModel
import Terminal
import TestSupport
import Testing

@testable import Questionnaire

/// Presses keys, and keeps what was written.
private final class ScriptedKeys: KeyTerminal {
  var columns = 80
  var rows = 24
  var depth: ColorDepth = .none
  var script: [RawTerminal.Event]
  var written = ""
  var isRaw = false
  var suspensions = 0

  init(_ script: [RawTerminal.Event], columns: Int = 80) {
    self.script = script
    self.columns = columns
  }

  func start() -> Bool {
    isRaw = true
    return true
  }
  func stop() { isRaw = false }
  func suspend() { suspensions += 1 }
  func write(_ text: String) { written += text }
  func next(timeoutMilliseconds: Int?) -> RawTerminal.Event { script.isEmpty ? .end : script.removeFirst() }
}

extension [RawTerminal.Event] {
  fileprivate static func typing(_ text: String) -> [RawTerminal.Event] {
    text.map { .keys([$0 == "\n" ? .enter : .text(String($0))]) }
  }
}

@Suite struct DrawnFrontEndTests {
  let knowledge: Knowledge

  init() throws { knowledge = try SmallKnowledge.make() }

  private func run(_ terminal: ScriptedKeys, _ interview: Interview? = nil, journal: Journal? = nil) -> (
    ConversationEnd, DrawnFrontEnd
  ) {
    var frontEnd = DrawnFrontEnd(
      interview ?? Interview(knowledge), journal: journal, resumeCommand: "plumbline ask --resume")
    let end = frontEnd.run(on: terminal)
    #expect(!terminal.isRaw, "the terminal was left raw")
    return (end, frontEnd)
  }

  private func sheet(_ keys: [RawTerminal.Event]) throws -> AnswerSheet {
    let (end, _) = run(ScriptedKeys(keys))
    guard case .finished(let sheet) = end else { throw SmallKnowledge.Missing(id: "the end: \(end)") }
    return sheet
  }

  /// Up to the question on the audience, which is a set.
  private static let start = "Checkout\n6\n20k\n85%\n800 GB\nno\nno\n"

  @Test func asksToTheEnd() throws {
    let terminal = ScriptedKeys(.typing(Self.start) + [.keys([.enter])])
    let (end, _) = run(terminal)
    guard case .finished(let sheet) = end else {
      Issue.record("not finished: \(terminal.written)")
      return
    }
    #expect(sheet.system == "Checkout")
    #expect(sheet.answers["qps"] == .quantity(Interval(20_000)))
    #expect(sheet.answers["has_cache"] == .flag(false))
    #expect(terminal.written.contains("✓ Requests: 20,000 requests a second, about 1.73 billion a day"))
    #expect(terminal.written.contains("would settle Scaling reads: The read-replicas"))
    #expect(terminal.written.contains("Settled: Scaling reads: The read-replicas"))
  }

  @Test func choosesByArrowsLettersNumbersAndSearch() throws {
    func engine(_ keys: [RawTerminal.Event]) throws -> Answer? {
      try sheet(.typing(Self.start + "/deeper: data\n") + keys + .typing("/write the\n")).answers["database_engine"]
    }
    // The area's questions: the engine alone.
    #expect(try engine([.keys([.enter])]) == .choice("postgresql"))
    #expect(try engine([.keys([.down]), .keys([.enter])]) == .choice("mysql"))
    #expect(try engine(.typing("j\n")) == .choice("mysql"))
    #expect(try engine(.typing("jjk\n")) == .choice("mysql"))
    #expect(try engine(.typing("3\n")) == .choice("other"))
    #expect(try engine(.typing("oth\n")) == .choice("other"))
    #expect(try engine(.typing("/mys\n")) == .choice("mysql"))
    #expect(try engine(.typing("Gk\n")) == .choice("other"))
    #expect(try engine(.typing("G\n")) == .unknown)
    #expect(try engine([.keys([.up]), .keys([.enter])]) == .unknown)
  }

  @Test func ticksSeveral() throws {
    func audience(_ keys: [RawTerminal.Event]) throws -> Answer? {
      try sheet(.typing(Self.start + "/api\n") + keys + .typing("/write the\n")).answers["api_audience"]
    }
    #expect(try audience(.typing(" \n")) == .set(["public"]))
    #expect(try audience(.typing(" j \n")) == .set(["public", "partner"]))
    #expect(try audience(.typing("13\n")) == .set(["public", "internal"]))
    #expect(try audience(.typing("internal,partner\n\n")) == .set(["internal", "partner"]))
    #expect(try audience(.typing("1none\n\n")) == .set([]))
    #expect(try audience(.typing("unknown\n\n")) == .unknown)
    // A tick taken away again; nothing ticked is no answer.
    #expect(try audience(.typing("11\n2\n")) == .set(["partner"]))
  }

  @Test func takesCommandsAsSingleKeys() throws {
    let terminal = ScriptedKeys(.typing("Checkout\n6\n?<") + [.keys([.backTab])])
    let (_, frontEnd) = run(terminal)
    #expect(terminal.written.contains("It carries 10,000/s, see reads."))
    #expect(frontEnd.interview.step == .system)
    let other = ScriptedKeys(.typing("Checkout\n6\n!"))
    #expect(run(other).1.interview.step == .review)
    let third = ScriptedKeys(.typing("Checkout\n6\n") + [.keys([.control("n")])])
    #expect(run(third).1.interview.sheet.answers["qps"] == .unknown)
  }

  /// Whoever types Return behind a command, as in a line, does not answer by it.
  @Test func swallowsReturnBehindACommand() throws {
    let terminal = ScriptedKeys(.typing("Checkout\n6\n20k\n<\n"))
    let (_, frontEnd) = run(terminal)
    #expect(frontEnd.interview.step == .trait("qps"))
    let review = ScriptedKeys(.typing("Checkout\n6\n!\n"))
    #expect(run(review).1.interview.step == .review)
  }

  @Test func keepsWhatWasTypedWhereItIsWrong() throws {
    let terminal = ScriptedKeys(.typing("Checkout\n200k\n"))
    let (_, frontEnd) = run(terminal)
    guard case .question(let screen) = frontEnd.screen else {
      Issue.record("no question")
      return
    }
    #expect(screen.typed == "200k")
    #expect(terminal.written.contains("✗"))
    #expect(terminal.written.contains("Expected 1 to 100,000"))
  }

  @Test func addsANoteToAChoice() throws {
    let sheet = try sheet(.typing("Checkout\n6\n20k # guessed\n85%\n800 GB\nno#not yet\nno\n\n"))
    #expect(sheet.notes == ["qps": "guessed", "has_cache": "not yet"])
  }

  @Test func hidesThePanel() throws {
    let shown = ScriptedKeys(.typing("Checkout\n6\n") + [.keys([.left])])
    _ = run(shown)
    #expect(shown.written.contains("Settled 1 of 5: Shape: The modular-monolith"))
    let hidden = ScriptedKeys([.keys([.control("o")])] + .typing("Checkout\n6\n") + [.keys([.left])])
    _ = run(hidden)
    #expect(!hidden.written.contains("Settled 1 of 5"))
  }

  @Test(arguments: [
    (RawTerminal.Event.keys([.control("c")]), ConversationEnd.interrupted(signal: 2)),
    (.interrupted(signal: 15), .interrupted(signal: 15)),
  ])
  func saysHowToResume(_ row: (event: RawTerminal.Event, end: ConversationEnd)) throws {
    let folder = TemporaryFolder()
    let journal = try Journal(folder: folder.path, output: "/x/architecture", vocabulary: knowledge.traits)
    let terminal = ScriptedKeys(.typing("Checkout\n6\n") + [row.event])
    #expect(run(terminal, journal: journal).0 == row.end)
    #expect(terminal.written.contains("plumbline ask --resume"))
  }

  @Test func namesTheQuestionWhenInputEnds() {
    for script in [[RawTerminal.Event.end], [.keys([.control("d")])]] {
      let (end, _) = run(ScriptedKeys(.typing("Checkout\n6\n") + script))
      guard case .endOfInput(let message) = end else {
        Issue.record("went on without input")
        return
      }
      #expect(message.contains("“Requests?”"))
    }
  }

  @Test func suspendsAndDrawsAnew() {
    let terminal = ScriptedKeys(.typing("Checkout\n6") + [.keys([.control("z")]), .resumed] + .typing("\n"))
    let (_, frontEnd) = run(terminal)
    #expect(terminal.suspensions == 1)
    #expect(frontEnd.interview.sheet.answers["team_size"] == .quantity(Interval(6)))
  }

  @Test func goesOnAfterAResize() {
    let terminal = ScriptedKeys(
      .typing("Checkout\n6") + [.resized(columns: 40, rows: 12)] + .typing("\n20k") + [.resized(columns: 20, rows: 4)]
        + .typing("\n"))
    let (_, frontEnd) = run(terminal)
    #expect(frontEnd.interview.sheet.answers["qps"] == .quantity(Interval(20_000)))
  }

  /// Every front end comes to the same answers, whatever they are.
  @Test(arguments: 0..<size(25, full: 600)) func agreesWithTheLineFrontEnd(_ seed: Int) throws {
    var generator = AnswerGenerator(seed: UInt64(seed))
    var shadow = Interview(knowledge)
    var lines: [String] = []
    var keys: [RawTerminal.Event] = []
    func say(_ line: String, _ pressed: [RawTerminal.Event]) {
      lines.append(line)
      keys += pressed
      _ = shadow.handle(line)
    }
    var isDeep = Bool.random(using: &generator.random)
    say("Check 漢字 é", .typing("Check 漢字 é\n"))
    while shadow.step != .finished {
      guard case .trait(let id) = shadow.step, case .question(let question)? = shadow.begin().first else {
        if isDeep, let area = shadow.deeper.first?.area {
          say(area.rawValue, .typing("/deeper: \(area.title)\n"))
        } else {
          say("", .typing("/write the\n"))
        }
        isDeep = Bool.random(using: &generator.random)
        continue
      }
      let trait = try SmallKnowledge.trait(id)
      let text = AnswerText.text(generator.typeable(for: trait), for: trait)
      if Int.random(in: 0..<6, using: &generator.random) == 0 { keys += .typing("?") + [.keys([.left])] }
      switch question.kind {
      case .name, .quantity: say(text, .typing(text + "\n"))
      case .flag, .choice: say(text, .typing("/\(text)\n"))
      case .set:
        let members = text.split(separator: ",").map { $0.trimming() }
        say(text, members.flatMap { [RawTerminal.Event].typing("/\($0)\n") } + [.keys([.enter])])
      }
    }
    var line = ScriptedTerminal(lines)
    var lineFrontEnd = LineFrontEnd(Interview(knowledge), journal: nil, resumeCommand: "")
    let drawn = ScriptedKeys(keys, columns: [40, 80, 200].randomElement(using: &generator.random) ?? 80)
    let (end, frontEnd) = run(drawn)
    #expect(lineFrontEnd.run(on: &line) == .finished(shadow.sheet))
    #expect(end == .finished(shadow.sheet), "stands at \(frontEnd.interview.step)")
  }

  /// No key, in whatever order, leaves the terminal raw or crashes; every line fits.
  @Test(arguments: 0..<size(25, full: 2000)) func survivesAnyKeys(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let pool: [Key] = [
      .enter, .tab, .backTab, .backspace, .delete, .left, .right, .up, .down, .home, .end, .pageUp, .pageDown,
      .wordLeft, .wordRight, .escape, .control("a"), .control("n"), .control("o"), .control("r"), .control("l"),
      .control("z"), .control("u"), .alt("b"), .unreadable, .paste("1\n2"), .text("?"), .text("<"), .text("!"),
      .text("/"), .text("#"), .text(" "), .text("1"), .text("k"), .text("漢"), .text("\u{301}"), .text("\u{202E}"),
      .text("a"), .text("%"), .text("."),
    ]
    let script = (0..<300).map { _ -> RawTerminal.Event in
      switch Int.random(in: 0..<40, using: &random) {
      case 0: .resized(columns: Int.random(in: 20...120, using: &random), rows: Int.random(in: 1...50, using: &random))
      case 1: .resumed
      default: .keys([pool.randomElement(using: &random) ?? .enter])
      }
    }
    let terminal = ScriptedKeys(script, columns: Int.random(in: 20...120, using: &random))
    _ = run(terminal)
    // Nothing from outside steers the terminal.
    #expect(!terminal.written.unicodeScalars.contains("\u{202E}"))
  }
}

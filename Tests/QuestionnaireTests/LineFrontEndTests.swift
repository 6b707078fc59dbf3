import DecisionEngine
import Foundation
import KnowledgeModel
import Terminal
import Testing

@testable import Questionnaire

/// Types a script and keeps what was shown.
struct ScriptedTerminal: LineTerminal {
  var isInteractive = true
  var hasColor = false
  var width = 80
  var script: [TypedLine]
  var shown = ""

  init(_ lines: [String], then last: TypedLine = .end) { script = lines.map(TypedLine.line) + [last] }

  mutating func write(_ text: String) { shown += text }

  mutating func readLine() -> TypedLine {
    guard !script.isEmpty else { return .end }
    let next = script.removeFirst()
    if case .line(let text) = next { shown += text + "\n" }
    return next
  }
}

@Suite struct LineFrontEndTests {
  let knowledge: Knowledge
  static let answers = ["Checkout", "6", "20k", "85%", "800 GB", "no", "no", "data", "", ""]

  init() throws { knowledge = try SmallKnowledge.make() }

  private func run(_ terminal: inout ScriptedTerminal, journal: Journal? = nil) -> ConversationEnd {
    var frontEnd = LineFrontEnd(Interview(knowledge), journal: journal, resumeCommand: "plumbline ask --resume")
    return frontEnd.run(on: &terminal)
  }

  @Test func asksToTheEnd() {
    var terminal = ScriptedTerminal(Self.answers)
    guard case .finished(let sheet) = run(&terminal) else {
      Issue.record("not finished: \(terminal.shown)")
      return
    }
    #expect(sheet.system == "Checkout")
    #expect(sheet.answers["qps"] == .quantity(Interval(20_000)))
    #expect(terminal.shown.contains("→ 20,000 requests a second, about 1.73 billion a day"))
    #expect(terminal.shown.contains("Settled: Shape: The modular-monolith"))
    #expect(terminal.shown.contains("planning default"))
    #expect(terminal.shown.contains("1) postgresql: the postgresql one"))
  }

  @Test func fitsTheLineAndOnlyAdds() {
    var terminal = ScriptedTerminal(["Checkout", "?", "200k", "6", "?"] + Self.answers.dropFirst(2))
    terminal.width = 40
    _ = run(&terminal)
    for line in terminal.shown.split(separator: "\n") { #expect(line.count <= 40, "\(line)") }
    let controls = terminal.shown.unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
    #expect(controls.isEmpty)
  }

  @Test func usesColourOnlyWhereItIsWanted() {
    var plain = ScriptedTerminal(["Checkout"])
    _ = run(&plain)
    #expect(!plain.shown.contains("\u{1B}"))
    var coloured = ScriptedTerminal(["Checkout"])
    coloured.hasColor = true
    _ = run(&coloured)
    #expect(coloured.shown.contains("\u{1B}[1mTeam size?\u{1B}[0m"))
  }

  @Test func namesTheQuestionWhenInputEnds() {
    var terminal = ScriptedTerminal(["Checkout", "6"])
    guard case .endOfInput(let message) = run(&terminal) else {
      Issue.record("went on without input")
      return
    }
    #expect(message.contains("“Requests?”"))
  }

  @Test func saysHowToResumeWhenInterrupted() throws {
    let folder = TemporaryFolder()
    let journal = try Journal(folder: folder.path, output: "/x/architecture", vocabulary: knowledge.traits)
    var terminal = ScriptedTerminal(["Checkout", "6"], then: .interrupted(signal: 2))
    #expect(run(&terminal, journal: journal) == .interrupted(signal: 2))
    #expect(terminal.shown.contains("plumbline ask --resume"))
  }

  @Test func refusesToTalkToNobody() {
    var terminal = ScriptedTerminal(Self.answers)
    terminal.isInteractive = false
    guard case .notInteractive(let message) = run(&terminal) else {
      Issue.record("asked without a terminal")
      return
    }
    for flag in ["--answers", "--set", "--no-input"] { #expect(message.contains(flag)) }
    #expect(terminal.shown.isEmpty)
  }

  @Test func asksAgainAfterALineThatIsNotText() {
    var terminal = ScriptedTerminal([])
    terminal.script = [.unreadable("the line is not UTF-8")] + Self.answers.map(TypedLine.line)
    guard case .finished = run(&terminal) else {
      Issue.record("not finished")
      return
    }
    #expect(terminal.shown.contains("The line is not UTF-8."))
  }

  @Test func stripsWhatSteersTheTerminal() {
    var terminal = ScriptedTerminal(["Check\u{202E}out", "!"])
    _ = run(&terminal)
    #expect(terminal.shown.contains("1) System: Checkout"))
  }
}

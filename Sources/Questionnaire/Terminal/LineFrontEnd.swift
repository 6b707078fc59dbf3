public import DecisionEngine

/// The questionnaire as a plain conversation: lines are only ever added, nothing is drawn over, so that it works in any
/// terminal, with a screen reader, and in a transcript.
public struct LineFrontEnd {
  /// How a run ended.
  public enum Outcome: Sendable, Hashable {
    case finished(AnswerSheet)
    /// A signal; exit with 128 + its number. How to resume has been said.
    case interrupted(signal: Int32)
    /// Input ended before the last question: a message that names the question. Exit with 2.
    case endOfInput(message: String)
    /// Nobody is there to be asked: a message that names the other ways. Exit with 2.
    case notInteractive(message: String)
  }

  private var interview: Interview
  private let journal: Journal?
  private let resumeCommand: String
  private var hasWarned = false

  /// - Parameters:
  ///   - journal: where the answers are kept after every reply; nil keeps nothing.
  ///   - resumeCommand: what to type to go on after an interruption, such as `plumbline ask --resume`.
  public init(_ interview: Interview, journal: Journal?, resumeCommand: String) {
    self.interview = interview
    self.journal = journal
    self.resumeCommand = resumeCommand
  }

  /// Holds the conversation to its end.
  ///
  /// - Parameter isResumed: whether it went on where an earlier run stopped, which it then says.
  public mutating func run(on terminal: inout some LineTerminal, isResumed: Bool = false) -> Outcome {
    guard terminal.isInteractive else {
      return .notInteractive(
        message: "there is no terminal to ask in (or CI is set); give the answers with --answers FILE and "
          + "--set trait=value, and --no-input to take what is left as default or unknown")
    }
    let page = Page(width: terminal.width, hasColor: terminal.hasColor)
    terminal.write(page.greeting(isResumed: isResumed, interview.progress))
    show(interview.begin(), page, on: &terminal)
    while interview.step != .finished {
      switch terminal.readLine() {
      case .line(let line):
        let events = interview.handle(line)
        if interview.step != .finished { keep(page, on: &terminal) }
        show(events, page, on: &terminal)
      case .unreadable(let reason):
        terminal.write(page.problem(AnswerProblem(reason, expected: "an answer in UTF-8 text")))
        show([interview.current()], page, on: &terminal)
      case .end:
        terminal.write("\n")
        return .endOfInput(
          message: "the input ended at “\(interview.openQuestion)”, which has no answer yet; \(resumption)")
      case .interrupted(let signal):
        terminal.write("\n\n" + page.paragraph("Stopped. \(resumption.capitalizedFirst).", indent: 0))
        return .interrupted(signal: signal)
      }
    }
    return .finished(interview.sheet)
  }

  private var resumption: String {
    journal == nil || hasWarned
      ? "the answers were not kept" : "your answers are kept; go on with: \(resumeCommand)"
  }

  private mutating func keep(_ page: Page, on terminal: inout some LineTerminal) {
    guard let problem = journal?.append(interview.state) else { return }
    hasWarned = true
    terminal.write(
      page.warning("\(problem.description.capitalizedFirst). The questions go on; do not stop before the end."))
  }

  private func show(_ events: [Interview.Event], _ page: Page, on terminal: inout some LineTerminal) {
    for event in events { terminal.write(page.text(event)) }
  }
}

extension Interview {
  /// The question that waits for an answer, for messages.
  var openQuestion: String {
    switch current() {
    case .question(let question): question.text
    case .review: "Is this right?"
    default: ""
    }
  }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

internal import DecisionEngine
public import Terminal

/// The questionnaire as a plain conversation: lines are only ever added, nothing is drawn over, so that it works in any
/// terminal, with a screen reader, and in a transcript.
public struct LineFrontEnd {
  private var interview: Interview
  private let journal: Journal?
  private let resumeCommand: String
  private let isScripted: Bool
  private let earlier: Interview?

  /// - Parameters:
  ///   - earlier: an interview that was cut off; whether to go on with it is asked first.
  ///   - isScripted: whether the lines come from a script, so that no terminal is needed.
  ///   - journal: where the answers are kept after every reply; nil keeps nothing.
  ///   - resumeCommand: what to type to go on after an interruption, such as `plumbline ask --resume`.
  public init(
    _ interview: Interview, earlier: Interview? = nil, journal: Journal?, resumeCommand: String,
    isScripted: Bool = false
  ) {
    self.interview = interview
    self.earlier = earlier
    self.isScripted = isScripted
    self.journal = journal
    self.resumeCommand = resumeCommand
  }

  /// Holds the conversation to its end.
  ///
  /// - Parameter isResumed: whether it went on where an earlier run stopped, which it then says.
  public mutating func run(on terminal: inout some LineTerminal, isResumed: Bool = false) -> ConversationEnd {
    guard terminal.isInteractive || isScripted else { return .nobody }
    let page = Page(width: terminal.width, hasColor: terminal.hasColor)
    var isResumed = isResumed
    if let earlier {
      if let end = offer(earlier, page, on: &terminal, &isResumed) { return end }
    }
    if !isScripted { terminal.write(page.greeting(isResumed: isResumed, interview.state.trail.count)) }
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
        // A script that has answered everything need not confirm it.
        if isScripted, interview.step == .review, interview.remaining.isEmpty {
          show(interview.handle(""), page, on: &terminal)
          continue
        }
        return .endOfInput(
          message: "the input ended at “\(interview.openQuestion)”, which has no answer yet; \(resumption)")
      case .interrupted(let signal):
        terminal.write("\n\n" + page.paragraph("Stopped. \(resumption.capitalizedFirst).", indent: 0))
        return .interrupted(signal: signal)
      }
    }
    return .finished(interview.sheet)
  }

  /// An earlier run was cut off, and nobody said `--resume`: its answers are not thrown away unasked.
  ///
  /// - Returns: how the conversation ended, if it ended here.
  private mutating func offer(
    _ earlier: Interview, _ page: Page, on terminal: inout some LineTerminal, _ isResumed: inout Bool
  ) -> ConversationEnd? {
    while true {
      terminal.write("\n" + page.paragraph("\(earlier.offer) (yes, no)", indent: 0) + "> ")
      switch terminal.readLine() {
      case .line(let line):
        switch line.trimmingSpace.lowercased() {
        case "y", "yes", "":
          interview = earlier
          isResumed = true
          return nil
        case "n", "no":
          journal?.clear()
          return nil
        default: continue
        }
      case .unreadable: continue
      case .end: return .endOfInput(message: "the input ended at “\(earlier.offer)”; \(resumption)")
      case .interrupted(let signal):
        terminal.write("\n\n" + page.paragraph("Stopped. \(resumption.capitalizedFirst).", indent: 0))
        return .interrupted(signal: signal)
      }
    }
  }

  private var resumption: String {
    journal?.isBehind ?? true
      ? "the answers were not kept" : "your answers are kept; go on with: \(resumeCommand)"
  }

  private mutating func keep(_ page: Page, on terminal: inout some LineTerminal) {
    guard let problem = journal?.append(interview.state) else { return }
    terminal.write(
      page.warning("\(problem.description.capitalizedFirst). The questions go on; do not stop before the end."))
  }

  private func show(_ events: [Interview.Event], _ page: Page, on terminal: inout some LineTerminal) {
    for event in events { terminal.write(page.text(event)) }
  }
}

extension Interview {
  /// Asks whether to go on with it.
  var offer: String {
    "An earlier run stopped after \(Page.counted(sheet.answers.count, "answer")). Go on with it?"
  }

  /// Whether there is anything in it to go on with.
  public var isBegun: Bool { !sheet.answers.isEmpty || sheet.system != nil || !state.proposals.isEmpty }

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

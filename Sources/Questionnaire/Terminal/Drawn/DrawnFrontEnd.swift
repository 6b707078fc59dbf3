internal import DecisionEngine
internal import KnowledgeModel
public import Terminal

/// A terminal that gives its keys one by one. Tests put a script in its place.
public protocol KeyTerminal: AnyObject {
  var columns: Int { get }
  var rows: Int { get }
  var depth: ColorDepth { get }
  func start() -> Bool
  func stop()
  func suspend()
  func next(timeoutMilliseconds: Int?) -> RawTerminal.Event
  func write(_ text: String)
}

extension RawTerminal: KeyTerminal {}

/// The questionnaire drawn in place: the question at the bottom is redrawn with each key, and what was answered stays
/// above as ordinary lines. Every answer goes through the same interview as in `LineFrontEnd`.
public struct DrawnFrontEnd {
  enum Screen {
    /// Whether to go on with an earlier run.
    case offer(ChoiceList)
    case question(QuestionScreen)
    case review(ReviewScreen)
  }

  private(set) var interview: Interview
  private let earlier: Interview?
  private let journal: Journal?
  private let resumeCommand: String

  private(set) var screen: Screen?
  /// Below the input: what is wrong, or worth a remark. Gone with the next key.
  private(set) var notice: [StyledText] = []
  private(set) var hasPanel = true
  /// The decisions as they stand, and the titles of those that the last answer moved.
  private var standings: [Interview.Standing] = []
  private var moved: Set<String> = []
  /// What the text in the field would do; worked out once for each text.
  private var preview: (typed: String, preview: Interview.Preview) = ("", .nothing)
  /// When a key such as ? did its work: whoever types Return behind it means nothing by it.
  private var commandKey: ContinuousClock.Instant?

  /// - Parameters:
  ///   - earlier: an interview that was cut off; whether to go on with it is asked first.
  ///   - journal: where the answers are kept after every reply; nil keeps nothing.
  ///   - resumeCommand: what to type to go on after an interruption, such as `plumbline ask --resume`.
  public init(_ interview: Interview, earlier: Interview? = nil, journal: Journal?, resumeCommand: String) {
    self.interview = interview
    self.earlier = earlier
    self.journal = journal
    self.resumeCommand = resumeCommand
  }

  /// Holds the conversation to its end; the terminal is then as it was before.
  ///
  /// - Parameter isResumed: whether it went on where an earlier run stopped, which it then says.
  public mutating func run(on terminal: some KeyTerminal, isResumed: Bool = false) -> ConversationEnd {
    guard terminal.start() else { return .nobody }
    var painter = FramePainter(columns: terminal.columns, rows: terminal.rows, depth: terminal.depth)
    defer {
      terminal.write(painter.clear())
      terminal.stop()
    }
    var view = View(columns: terminal.columns, rows: terminal.rows)
    var said: [StyledText] = []
    if earlier == nil {
      said = begin(isResumed: isResumed, view)
    } else {
      let rows = [
        ChoiceList.Item(id: "yes", label: "yes", words: ""), ChoiceList.Item(id: "no", label: "no", words: ""),
      ]
      screen = .offer(ChoiceList(rows))
    }
    while interview.step != .finished {
      terminal.write((said.isEmpty ? "" : painter.commit(said)) + painter.draw(frame(view)))
      said = []
      switch terminal.next(timeoutMilliseconds: nil) {
      case .keys(let keys):
        for key in keys where interview.step != .finished {
          switch press(key, view, &said) {
          case .goOn: break
          case .redraw: terminal.write(painter.clear())
          case .suspend:
            terminal.write((said.isEmpty ? "" : painter.commit(said)) + painter.clear())
            said = []
            terminal.suspend()
          case .end: return ended(&painter, terminal, said)
          case .interrupt(let signal): return interrupted(signal, &painter, terminal, said)
          }
        }
      case .resized(let columns, let rows):
        terminal.write(painter.resized(columns: columns, rows: rows))
        view = View(columns: columns, rows: rows)
      case .resumed:
        view = View(columns: terminal.columns, rows: terminal.rows)
        terminal.write(painter.restarted() + painter.resized(columns: view.columns, rows: view.rows))
      case .interrupted(let signal): return interrupted(signal, &painter, terminal, said)
      case .end: return ended(&painter, terminal, said)
      case .idle: break
      }
    }
    terminal.write(painter.commit(said))
    return .finished(interview.sheet)
  }

  private mutating func begin(isResumed: Bool, _ view: View) -> [StyledText] {
    view.greeting(isResumed: isResumed, answered: interview.state.trail.count) + show(interview.begin(), view)
  }

  private func ended(_ painter: inout FramePainter, _ terminal: some KeyTerminal, _ said: [StyledText])
    -> ConversationEnd
  {
    terminal.write(painter.commit(said))
    if case .offer = screen, let earlier {
      return .endOfInput(message: "the input ended at “\(earlier.offer)”; \(resumption)")
    }
    return .endOfInput(
      message: "the input ended at “\(interview.openQuestion)”, which has no answer yet; \(resumption)")
  }

  private func interrupted(
    _ signal: Int32, _ painter: inout FramePainter, _ terminal: some KeyTerminal, _ said: [StyledText]
  ) -> ConversationEnd {
    let view = View(columns: terminal.columns, rows: terminal.rows)
    terminal.write(painter.commit(said + [""] + view.paragraph("Stopped. \(resumption.capitalizedFirst).", indent: 0)))
    return .interrupted(signal: signal)
  }

  private var resumption: String {
    journal?.isBehind ?? true
      ? "the answers were not kept" : "your answers are kept; go on with: \(resumeCommand)"
  }

  // MARK: Keys

  private enum Effect { case goOn, redraw, suspend, end, interrupt(Int32) }

  private mutating func press(_ key: Key, _ view: View, _ said: inout [StyledText]) -> Effect {
    if case .offer(let list) = screen, let effect = settle(list, key, view, &said) { return effect }
    let since = commandKey.map { ContinuousClock.now - $0 }
    commandKey = nil
    notice = []
    switch key {
    case .enter where since.map { $0 < .milliseconds(700) } ?? false: return .goOn
    case .control("c"): return .interrupt(2)
    case .control("\\"): return .interrupt(3)
    case .control("z"): return .suspend
    case .control("d") where isEmpty: return .end
    case .control("l"): return .redraw
    case .control("o"):
      hasPanel.toggle()
      return .goOn
    case .control("r"): said += say("!", view)
    case .backTab: said += say("<", view)
    case .text("?") where isReview && isEmpty:
      notice = view.paragraph(
        "A row is an answer to change, a question to go to, or what to do next; typing finds one.", .faint)
    case .text(let text) where ["?", "<", "!"].contains(text) && takesCommands:
      commandKey = .now
      said += say(text, view)
    default: react(to: key, view, &said)
    }
    return .goOn
  }

  /// The answer to the offer of an earlier run; nil for keys that mean what they mean elsewhere.
  private mutating func settle(_ given: ChoiceList, _ key: Key, _ view: View, _ said: inout [StyledText]) -> Effect? {
    var list = given
    switch key {
    case .control("c"), .control("d"), .control("z"), .control("l"), .control("\\"): return nil
    case .enter:
      guard let choice = list.current, let earlier else { return .goOn }
      if choice.id == "yes" {
        interview = earlier
      } else {
        journal?.clear()
      }
      said += begin(isResumed: choice.id == "yes", view)
    default:
      _ = list.handle(key)
      screen = .offer(list)
    }
    return .goOn
  }

  private mutating func react(to key: Key, _ view: View, _ said: inout [StyledText]) {
    let reaction: QuestionScreen.Reaction
    switch screen {
    case .question(var question):
      reaction = question.handle(key)
      screen = .question(question)
    case .review(var review):
      reaction = review.handle(key)
      screen = .review(review)
    case .offer, nil: return
    }
    switch reaction {
    case .none, .changed: break
    case .say(let line): said += say(line, view)
    case .hint(let text): notice = view.paragraph("✗ \(text)", hanging: 2, .bad)
    }
  }

  private var isEmpty: Bool {
    switch screen {
    case .question(let question): question.isEmpty && question.note == nil
    case .review(let review): review.list.filter.isEmpty && !review.list.isFiltering
    case .offer, nil: true
    }
  }

  private var isReview: Bool { if case .review = screen { true } else { false } }

  /// Whether ?, < and ! are commands: they are no part of any figure, but of names, notes and searches they may be.
  private var takesCommands: Bool {
    guard case .question(let question) = screen, question.question.kind == .quantity else { return isEmpty }
    return !question.typed.contains("#")
  }

  // MARK: What the interview says

  /// Lines to stay above.
  private mutating func say(_ line: String, _ view: View) -> [StyledText] {
    let step = interview.step
    let events = interview.handle(line)
    var said: [StyledText] = []
    if step == .system, interview.step != .system, let name = interview.sheet.system, !line.trimmingSpace.isEmpty,
      !["<", "!"].contains(line)
    {
      said = view.answer("System", name)
    }
    if interview.step != .finished, let problem = journal?.append(interview.state) {
      said += view.paragraph(
        "Warning: \(problem.description.capitalizedFirst). The questions go on; do not stop before the end.",
        hanging: 2, .warning)
    }
    return said + show(events, view)
  }

  private mutating func show(_ events: [Interview.Event], _ view: View) -> [StyledText] {
    var said: [StyledText] = []
    var isAnswered = false
    var isKept = false
    for event in events {
      switch event {
      case .understood(let id, let sentence, let reception):
        isAnswered = true
        isKept = reception == .kept
        moved = []
        if !isKept { said += view.answer(interview.trait(id)?.entry.title ?? id, sentence + Page.origin(reception)) }
      case .recomputed(let followers):
        said += followers.flatMap { view.paragraph(Page.text($0), indent: 2, hanging: 2, .faint) }
      case .changed(let changes):
        moved = Set(changes.map(\.decision))
        // Hidden outcomes are not told either, but for those that an answer turned.
        said += Page.lines(changes.filter { hasPanel || $0.from != nil || $0.isOpen })
          .flatMap { view.paragraph($0.text, indent: 2, hanging: 2, $0.isOpen ? .warning : .faint) }
      case .problem(let problem): notice = view.problem(problem, .bad)
      case .why(let explanation): said += view.explanation(explanation, interview.openQuestion)
      case .remark(let remark):
        if isAnswered {
          if !isKept { said += view.paragraph(remark, indent: 2, .faint) }
        } else {
          notice = view.paragraph(remark, .faint)
        }
      case .question(let question):
        // What was typed stays to be mended.
        if case .question(let shown) = screen, shown.question.id == question.id, !isAnswered, !notice.isEmpty { break }
        if case .question(let shown) = screen, shown.question.id == question.id, events.contains(where: \.isWhy) {
          break
        }
        screen = .question(QuestionScreen(question))
      case .review(let review):
        if case .review = screen, !notice.isEmpty { break }
        screen = .review(ReviewScreen(review, width: view.width))
      case .unknowns(let unknowns): said += [""] + Page.text(unknowns).flatMap { view.paragraph($0) }
      case .finished: break
      }
    }
    standings = interview.standings
    preview = ("", .nothing)
    return said
  }

  // MARK: The frame

  private mutating func frame(_ view: View) -> Frame {
    switch screen {
    case .question(let question): frame(question, view)
    case .review(let review): view.frame(review, notice: notice)
    case .offer(let list): view.frame(list, under: earlier?.offer ?? "")
    case nil: Frame()
    }
  }

  private mutating func frame(_ question: QuestionScreen, _ view: View) -> Frame {
    let typed = question.typed
    if typed != preview.typed { preview = (typed, interview.preview(typed)) }
    let echo = notice.isEmpty ? view.echo(preview.preview, question) : notice
    let keys =
      question.keys + ["? why"] + (interview.state.trail.isEmpty ? [] : ["< back"])
      + ["^R review", hasPanel ? "^O hides outcomes" : "^O shows outcomes", "^C stops"]
    return view.frame(
      question, echo: echo, panel: hasPanel ? view.panel(standings, moved: moved) : [], keys: keys)
  }
}

extension Interview.Event {
  fileprivate var isWhy: Bool { if case .why = self { true } else { false } }
}

public import DecisionEngine
public import KnowledgeModel

/// The questionnaire as a value: what is asked now, and what a typed line makes of it.
///
/// It draws nothing and reads nothing. A front end shows the events of `begin()`, and then those of `handle(_:)` for
/// every line that was typed, until the step is `.finished`. The same lines always give the same events.
public struct Interview: Sendable {
  /// Where the conversation stands.
  public enum Step: Sendable, Hashable {
    /// What the system is called.
    case system
    case trait(String)
    case review
    case finished
  }

  /// All that must be kept to go on later at the same place.
  public struct State: Sendable, Hashable {
    public var sheet: AnswerSheet
    /// Traits whose default was taken; they stay out of the sheet, so that documents can say whose figure it is.
    public var defaulted: Set<String>
    /// Whether the system was left without a name.
    public var isNameless: Bool
    /// Whether the further questions are asked too.
    public var isDeep: Bool
    public var step: Step

    public init(
      sheet: AnswerSheet = AnswerSheet(), defaulted: Set<String> = [], isNameless: Bool = false, isDeep: Bool = false,
      step: Step = .system
    ) {
      self.sheet = sheet
      self.defaulted = defaulted
      self.isNameless = isNameless
      self.isDeep = isDeep
      self.step = step
    }
  }

  public private(set) var state: State
  public let knowledge: Knowledge
  /// In the order of the questionnaire.
  let traits: [Trait]
  let evaluator: Evaluator
  let influence: Influence
  private(set) var outcomes: [String: Outcome]

  public var sheet: AnswerSheet { state.sheet }
  public var step: Step { state.step }

  /// Starts from a sheet: what it answers already is not asked.
  public init(_ knowledge: Knowledge, sheet: AnswerSheet = AnswerSheet(), mode: Mode = .current) {
    self.init(knowledge, state: State(sheet: sheet), mode: mode)
    state.step = nextStep()
  }

  /// Goes on where another interview stood. Answers to traits that the knowledge no longer has are dropped.
  public init(_ knowledge: Knowledge, state: State, mode: Mode = .current) {
    self.knowledge = knowledge
    self.state = state
    traits = knowledge.traits.inQuestionnaireOrder
    evaluator = Evaluator(knowledge, mode: mode)
    influence = Influence(knowledge, mode: mode)
    let known = Set(traits.map(\.id))
    self.state.sheet.answers = state.sheet.answers.filter { known.contains($0.key) }
    self.state.defaulted = state.defaulted.intersection(known)
    outcomes = evaluator.outcomes(self.state.sheet.answers)
    if case .trait(let id) = state.step, !known.contains(id) { self.state.step = nextStep() }
  }

  // MARK: The conversation

  /// What to show before the first line is typed.
  public func begin() -> [Event] { [current()] }

  /// Takes one typed line.
  public mutating func handle(_ line: String) -> [Event] {
    let typed = line.trimmingSpace
    switch (step, typed.lowercased()) {
    case (.finished, _): return []
    case (.trait, "?"), (.trait, "why"): return [.why(explanation()), current()]
    case (_, "<"), (.trait, "back"), (.review, "back"): return back()
    case (.trait, "!"), (.trait, "review"), (.system, "!"): return review()
    case (.trait, "quit"), (.trait, "exit"), (.review, "quit"), (.review, "exit"):
      return [.remark("Ctrl-C leaves at any time, and your answers are kept."), current()]
    case (.system, _): return name(typed)
    case (.review, let word): return choose(word)
    case (.trait(let id), _):
      guard let trait = trait(id) else { return advance() }
      return reply(typed, to: trait)
    }
  }

  private mutating func name(_ typed: String) -> [Event] {
    if typed == "?" {
      return [.remark("The name stands in the title of every document. Press Enter to leave it out."), current()]
    }
    if typed.isEmpty {
      state.isNameless = sheet.system == nil
      return advance()
    }
    guard !typed.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      let problem = AnswerProblem("the name holds a control character", expected: "printable text")
      return [.problem(problem), current()]
    }
    state.sheet.system = typed
    state.isNameless = false
    return advance()
  }

  private mutating func reply(_ typed: String, to trait: Trait) -> [Event] {
    if typed.isEmpty { return takeWhatStands(for: trait) }
    // What stands behind “ #” is a remark on the answer, as in the file.
    let parts = typed.firstRange(of: " #").map { (String(typed[..<$0.lowerBound]), String(typed[$0.upperBound...])) }
    let answer: Answer
    do {
      answer = try AnswerReader.read(parts?.0 ?? typed, for: trait, manner: .conversation)
    } catch {
      return [.problem(error), current()]
    }
    let note = parts?.1.trimmingSpace.printable ?? ""
    if !note.isEmpty { state.sheet.notes[trait.id] = note }
    state.sheet.answers[trait.id] = answer
    state.defaulted.remove(trait.id)
    return settle([.understood(trait.id, AnswerText.sentence(answer, for: trait), .answered)])
  }

  /// An empty line keeps what was answered before, else takes the default, else is no answer.
  private mutating func takeWhatStands(for trait: Trait) -> [Event] {
    if let answer = sheet.answers[trait.id] {
      return settle([.understood(trait.id, AnswerText.sentence(answer, for: trait), .kept)])
    }
    guard let fallback = trait.fallback else {
      let problem = AnswerProblem(
        "nothing was typed, and there is no honest default", expected: AnswerReader.expectation(for: trait),
        suggestion: "type unknown if you do not know, or ? to see why it matters")
      return [.problem(problem), current()]
    }
    state.defaulted.insert(trait.id)
    return settle([.understood(trait.id, AnswerText.sentence(fallback, for: trait), .defaulted)])
  }

  /// Says what the answer changed, and goes on.
  private mutating func settle(_ said: [Event]) -> [Event] {
    let before = outcomes
    outcomes = evaluator.outcomes(sheet.answers)
    let changes = changes(from: before, to: outcomes)
    return said + (changes.isEmpty ? [] : [.changed(changes)]) + advance()
  }

  private mutating func advance() -> [Event] {
    state.step = nextStep()
    return [current()]
  }

  private mutating func back() -> [Event] {
    let earlier = state.step == .review ? asked.last : asked.last { isBefore($0, step) }
    guard let earlier else { return [.remark("This is the first question."), current()] }
    state.step = earlier
    return [current()]
  }

  private mutating func review() -> [Event] {
    state.step = .review
    return [current()]
  }

  private mutating func choose(_ word: String) -> [Event] {
    switch word {
    case "":
      state.step = .finished
      return [.finished]
    case "?", "help", "why":
      return [.remark("Type the number of an answer to change it. Enter writes the documents."), current()]
    case "more" where !further.isEmpty:
      state.isDeep = true
      return advance()
    case "next", "+": return advance()
    default:
      guard let number = Int(word) else {
        let problem = AnswerProblem(
          "“\(word.quotable)” is no number of the list", expected: "a number, or Enter to finish")
        return [.problem(problem), current()]
      }
      guard asked.indices.contains(number - 1) else {
        let problem = AnswerProblem("there is no number \(number)", expected: "a number from 1 to \(asked.count)")
        return [.problem(problem), current()]
      }
      let chosen = asked[number - 1]
      state.step = chosen
      return [current()]
    }
  }

  // MARK: What is asked

  func trait(_ id: String) -> Trait? { traits.first { $0.id == id } }

  private func isSettled(_ trait: Trait) -> Bool {
    sheet.answers[trait.id] != nil || state.defaulted.contains(trait.id)
  }

  /// The first question that is open and whose answer matters; the review when there is none.
  private func nextStep() -> Step {
    if sheet.system == nil, !state.isNameless { return .system }
    return remaining.first.map { .trait($0.id) } ?? .review
  }

  /// The questions still to be asked as things stand. Each answer may take some away, or bring some back.
  var remaining: [Trait] { traits.filter { !isSettled($0) && isWanted($0) } }

  /// Questions beyond the first run: figures that usually follow from others, and what only sharpens the checklists.
  var further: [Trait] {
    guard !state.isDeep else { return [] }
    var deep = self
    deep.state.isDeep = true
    let now = Set(remaining.map(\.id))
    return deep.remaining.filter { !now.contains($0.id) }
  }

  /// Whether the answer could still change an outcome, or a document needs it.
  ///
  /// Careful on the safe side: a trait is left out only where every decision that reads it comes out the same with
  /// the trait unknown.
  private func isWanted(_ trait: Trait) -> Bool {
    // The first run asks what the core decisions need, and what a house asks; the rest takes its default till then.
    guard trait.isCore || state.isDeep || trait.entry.pack != knowledge.packs.first?.name else { return false }
    if let derivation = trait.derivation {
      let follows = derivation.ifGiven.allSatisfy { sheet.answers[$0].map { $0 != .unknown } ?? false }
      if follows, !derivation.ifGiven.isEmpty || !state.isDeep { return false }
    }
    let readers = influence.decisions(reading: trait.id, given: given)
    if readers.isEmpty, influence.decisions(reading: trait.id, given: []).isEmpty {
      return trait.isCore || state.isDeep
    }
    var results = outcomes
    if trait.fallback != nil {
      var answers = sheet.answers
      answers[trait.id] = .unknown
      results = evaluator.outcomes(answers)
    }
    return readers.contains { results[$0].map { $0.status == .undecided } ?? true }
  }

  /// Traits with a value of their own.
  var given: Set<String> { Set(sheet.answers.filter { $0.value != .unknown }.keys) }

  /// Every question that has an answer by now, in order: the rows of the review.
  var asked: [Step] {
    [.system] + traits.filter(isSettled).map { .trait($0.id) }
  }

  private func isBefore(_ a: Step, _ b: Step) -> Bool {
    func place(_ step: Step) -> Int {
      switch step {
      case .system: -1
      case .trait(let id): traits.firstIndex { $0.id == id } ?? traits.count
      case .review, .finished: traits.count
      }
    }
    return place(a) < place(b)
  }

  private func changes(from before: [String: Outcome], to after: [String: Outcome]) -> [Change] {
    influence.decisionsInOrder.compactMap { decision in
      guard let now = after[decision.id] else { return nil }
      let earlier = before[decision.id]
      guard earlier?.status != now.status || earlier?.outcome != now.outcome else { return nil }
      return Change(
        decision: decision.entry.title,
        from: earlier?.status == .undecided || earlier == nil ? nil : earlier.map { label($0, of: decision) },
        to: label(now, of: decision), isOpen: now.status == .undecided)
    }
  }

  /// An outcome in words.
  func label(_ outcome: Outcome, of decision: Decision) -> String {
    func title(_ id: String) -> String {
      id == Outcome.notApplicable ? "does not apply" : decision.option(id)?.title ?? id
    }
    switch outcome.status {
    case .decided: return title(outcome.outcome ?? "")
    case .notApplicable: return title(Outcome.notApplicable)
    case .undecided:
      // Titles may hold an “or” themselves.
      let possible = decision.options.map(\.id).filter(outcome.possible.contains).map { "“\(title($0))”" }
      let open = possible + (outcome.possible.contains(Outcome.notApplicable) ? [title(Outcome.notApplicable)] : [])
      return open.isEmpty ? "open" : AnswerText.list(open, "or")
    }
  }

  // MARK: Events

  /// The event that shows the present step.
  func current() -> Event {
    switch step {
    case .system:
      return .question(
        Question(
          id: "system", text: "What is the system called?", hint: "a name for the title; Enter leaves it out",
          choices: [], fallback: nil, current: sheet.system, progress: progress))
    case .trait(let id):
      guard let trait = trait(id) else { return .review(reviewTable()) }
      return .question(question(trait))
    case .review: return .review(reviewTable())
    case .finished: return .finished
    }
  }

  private func question(_ trait: Trait) -> Question {
    var choices: [Question.Choice] = []
    for (index, option) in trait.kind.options.enumerated() {
      choices.append(.init(number: index + 1, id: option.id, title: option.title))
    }
    let hint =
      switch trait.kind {
      case .choice: "a number or a word"
      case .set: "numbers or words with commas between, or none"
      default: AnswerReader.expectation(for: trait)
      }
    return Question(
      id: trait.id, text: prose().text(trait.question), hint: hint, choices: choices,
      fallback: trait.fallback.map { AnswerText.text($0, for: trait) },
      current: sheet.answers[trait.id].map { AnswerText.text($0, for: trait) }, progress: progress)
  }

  var progress: Progress {
    Progress(
      answered: traits.count(where: isSettled), remaining: remaining.count,
      decided: outcomes.values.count { $0.status != .undecided }, decisions: knowledge.systemDecisions.count)
  }

  private func reviewTable() -> Review {
    let rows = asked.enumerated().map { index, step -> Review.Row in
      guard case .trait(let id) = step, let trait = trait(id) else {
        return .init(
          number: index + 1, id: "system", title: "System", answer: sheet.system ?? "no name", origin: .answered)
      }
      let answer = sheet.answers[id] ?? trait.fallback ?? .unknown
      let origin: Review.Origin =
        sheet.answers[id] == nil ? .defaulted : answer == .unknown ? .unknown : .answered
      return .init(
        number: index + 1, id: id, title: trait.entry.title, answer: AnswerText.text(answer, for: trait),
        origin: origin)
    }
    return Review(
      rows: rows, open: remaining.map(\.entry.title), further: furtherTitles, furtherCount: further.count,
      warnings: evaluator.assess(sheet).warnings, progress: progress)
  }

  /// By title while they are few, else by area.
  private var furtherTitles: [String] {
    let further = further
    guard further.count > 6 else { return further.map(\.entry.title) }
    let areas = Dictionary(grouping: further, by: \.entry.area)
    return areas.keys.sorted().map { "\($0.title) (\(areas[$0]?.count ?? 0))" }
  }

  func prose(_ assessment: Assessment? = nil) -> PlainProse {
    PlainProse(knowledge: knowledge, evaluator: evaluator, assessment: assessment)
  }
}

extension String {
  var trimmingSpace: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

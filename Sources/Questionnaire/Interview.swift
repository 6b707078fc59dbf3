public import DecisionEngine
public import KnowledgeModel

/// The questionnaire as a value: what is asked now, and what a typed line makes of it.
///
/// It draws nothing and reads nothing. A front end shows the events of `begin()`, and then those of `handle(_:)` for
/// every line that was typed, until the step is `.finished`. The same lines always give the same events, so all front
/// ends come to the same answers.
public struct Interview: Sendable {
  /// Where the conversation stands.
  public enum Step: Sendable, Hashable {
    /// What the system is called.
    case system
    case trait(String)
    case review
    case finished
  }

  /// A value that was measured, and waits for a person to confirm it.
  public struct Proposal: Sendable, Hashable {
    public var answer: Answer
    /// How it was measured: a statement to run by hand.
    public var query: String
    /// What is weak about it, in a sentence.
    public var remark: String

    public init(answer: Answer, query: String, remark: String) {
      self.answer = answer
      self.query = query
      self.remark = remark
    }
  }

  /// All that must be kept to go on later at the same place.
  public struct State: Sendable, Hashable {
    public var sheet: AnswerSheet
    /// Traits whose default was taken; they stay out of the sheet, so that documents can say whose figure it is.
    public var defaulted: Set<String>
    /// Whether the system was left without a name.
    public var isNameless: Bool
    /// The areas whose further questions are asked, too.
    public var areas: Set<Area>
    /// The questions that were answered here, in the order in which they were asked.
    public var trail: [Step]
    public var step: Step
    /// Whether the question was chosen in the review, which then comes next.
    public var isRevising: Bool
    /// By trait: measured values that are not confirmed yet.
    public var proposals: [String: Proposal]

    public init(
      sheet: AnswerSheet = AnswerSheet(), defaulted: Set<String> = [], isNameless: Bool = false, areas: Set<Area> = [],
      trail: [Step] = [], step: Step = .system, isRevising: Bool = false, proposals: [String: Proposal] = [:]
    ) {
      self.sheet = sheet
      self.defaulted = defaulted
      self.isNameless = isNameless
      self.areas = areas
      self.trail = trail
      self.step = step
      self.isRevising = isRevising
      self.proposals = proposals
    }
  }

  /// A first run asks no more than what the core decisions need, or so many questions.
  static let firstRun = 12

  public private(set) var state: State
  public let knowledge: Knowledge
  /// In the order of the questionnaire.
  let traits: [Trait]
  let evaluator: Evaluator
  let influence: Influence
  private(set) var outcomes: [String: Outcome]
  /// By undecided decision: the traits that could settle it.
  private(set) var needs: [String: [String]]

  public var sheet: AnswerSheet { state.sheet }
  public var step: Step { state.step }

  /// Starts from a sheet: what it answers already is not asked.
  ///
  /// - Parameter proposals: measured values by trait, each of which is asked about first.
  public init(
    _ knowledge: Knowledge, sheet: AnswerSheet = AnswerSheet(), proposals: [String: Proposal] = [:],
    mode: Mode = .current
  ) {
    self.init(knowledge, state: State(sheet: sheet, proposals: proposals), mode: mode)
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
    self.state.proposals = state.proposals.filter { known.contains($0.key) }
    func isKnown(_ step: Step) -> Bool { if case .trait(let id) = step { known.contains(id) } else { true } }
    self.state.trail = state.trail.filter(isKnown)
    outcomes = [:]
    needs = [:]
    evaluate()
    if !isKnown(state.step) { self.state.step = nextStep() }
  }

  private mutating func evaluate() {
    outcomes = [:]
    needs = [:]
    for verdict in evaluator.verdicts(sheet.answers) {
      outcomes[verdict.decision.id] = verdict.outcome
      if verdict.outcome.status == .undecided { needs[verdict.decision.id] = verdict.needs }
    }
  }

  // MARK: The conversation

  /// What to show before the first line is typed.
  public func begin() -> [Event] { [current()] }

  /// Takes one typed line.
  public mutating func handle(_ line: String) -> [Event] {
    let typed = line.trimmingSpace
    if step != .finished, typed.count > 1, typed.hasPrefix("!") { return jump(String(typed.dropFirst())) }
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
    if let problem = problemOfName(typed) { return [.problem(problem), current()] }
    state.sheet.system = typed
    state.isNameless = false
    return advance()
  }

  func problemOfName(_ typed: String) -> AnswerProblem? {
    typed.unicodeScalars.contains { $0.properties.generalCategory == .control }
      ? AnswerProblem("the name holds a control character", expected: "printable text") : nil
  }

  private mutating func reply(_ typed: String, to trait: Trait) -> [Event] {
    let (text, note) = Interview.parts(of: typed)
    if text.isEmpty { return takeWhatStands(for: trait, note: note) }
    let answer: Answer
    do {
      answer = try AnswerReader.read(text, for: trait, manner: .conversation)
    } catch {
      return [.problem(error), current()]
    }
    return take(answer, for: trait, note: note, .answered)
  }

  /// What stands behind “ #” is a remark on the answer, as in the file.
  static func parts(of typed: String) -> (answer: String, note: String) {
    guard let mark = typed.firstRange(of: " #") ?? (typed.hasPrefix("#") ? typed.firstRange(of: "#") : nil) else {
      return (typed, "")
    }
    return (String(typed[..<mark.lowerBound]).trimmingSpace, String(typed[mark.upperBound...]).trimmingSpace.printable)
  }

  /// An empty line keeps what was answered before, takes what was measured, else the default, else is no answer.
  private mutating func takeWhatStands(for trait: Trait, note: String) -> [Event] {
    if let proposal = state.proposals[trait.id] {
      return take(proposal.answer, for: trait, note: note.isEmpty ? Interview.note(on: proposal) : note, .measured)
    }
    if let answer = sheet.answers[trait.id] { return take(answer, for: trait, note: note, .kept) }
    guard let fallback = trait.fallback else {
      let problem = AnswerProblem(
        "nothing was typed, and there is no honest default", expected: AnswerReader.expectation(for: trait),
        suggestion: "type unknown if you do not know, or ? to see why it matters")
      return [.problem(problem), current()]
    }
    if !note.isEmpty { state.sheet.notes[trait.id] = note }
    state.defaulted.insert(trait.id)
    return settle(trait, [.understood(trait.id, AnswerText.sentence(fallback, for: trait), .defaulted)], before: sheet)
  }

  /// Documents say of a measured figure how it was come by.
  public static func note(on proposal: Proposal) -> String {
    // A query of a page helps nobody who reads a document; measuring again shows it.
    let query = proposal.query.printable
    return "measured: \(proposal.remark.printable)" + (query.count <= 100 ? "; query: \(query)" : "")
  }

  private mutating func take(_ answer: Answer, for trait: Trait, note: String, _ reception: Reception) -> [Event] {
    let before = sheet
    if !note.isEmpty { state.sheet.notes[trait.id] = note }
    state.sheet.answers[trait.id] = answer
    state.defaulted.remove(trait.id)
    state.proposals[trait.id] = nil
    return settle(trait, [.understood(trait.id, sentence(answer, for: trait), reception)], before: before)
  }

  /// Says what the answer changed, and goes on.
  private mutating func settle(_ trait: Trait, _ said: [Event], before sheet: AnswerSheet) -> [Event] {
    let (before, follows) = (outcomes, evaluator.readings(sheet.answers))
    evaluate()
    var said = said
    let moved = followers(of: trait, from: follows)
    if !moved.isEmpty { said.append(.recomputed(moved)) }
    let changes = changes(from: before, to: outcomes)
    if !changes.isEmpty { said.append(.changed(changes)) }
    return said + advance()
  }

  // MARK: Moving about

  private mutating func advance() -> [Event] {
    let here = step
    if !state.trail.contains(here) { state.trail.append(here) }
    if let place = state.trail.firstIndex(of: here), !state.isRevising,
      let next = state.trail[(place + 1)...].first(where: stillMatters)
    {
      state.step = next
    } else {
      state.step = nextStep()
    }
    state.isRevising = false
    return [current()]
  }

  private mutating func back() -> [Event] {
    let here = state.trail.firstIndex(of: step) ?? state.trail.count
    guard here > 0 else { return [.remark("This is the first question."), current()] }
    state.step = state.trail[here - 1]
    state.isRevising = false
    return [current()]
  }

  private mutating func review() -> [Event] {
    state.step = .review
    state.isRevising = false
    return [current()]
  }

  /// To a row of the review by its number, or to any question by its id or title.
  private mutating func jump(_ word: String) -> [Event] {
    let word = word.trimmingSpace
    if Int(word) != nil { return choose(word) }
    let wanted = word.lowercased()
    let id = wanted.replacing("-", with: "_").replacing(" ", with: "_")
    let named = traits.filter { $0.id == id || $0.entry.title.lowercased() == wanted }
    let begun = traits.filter { $0.id.hasPrefix(id) || $0.entry.title.lowercased().hasPrefix(wanted) }
    if ["name", "system"].contains(wanted) {
      state.step = .system
    } else if let trait = named.first ?? (begun.count == 1 ? begun.first : nil) {
      state.step = .trait(trait.id)
    } else {
      let near =
        begun.count > 1
        ? "it may be \(AnswerText.list(begun.prefix(4).map { "!\($0.id) (\($0.entry.title))" }, "or"))"
        : nearest(id, among: traits.map(\.id)).map { "did you mean !\($0)?" }
      let problem = AnswerProblem(
        "“\(word.quotable)” names no question", expected: "! with a number of the review or the id of a question",
        suggestion: near)
      return [.problem(problem), current()]
    }
    state.isRevising = true
    return [current()]
  }

  private mutating func choose(_ word: String) -> [Event] {
    switch word {
    case "":
      state.step = .finished
      let unknowns = unknowns
      return (unknowns.isEmpty ? [] : [.unknowns(unknowns)]) + [.finished]
    case "?", "help", "why":
      return [.remark("Type the number of an answer to change it. Enter writes the documents."), current()]
    case "more" where !further.isEmpty:
      state.areas.formUnion(Area.allCases)
      return forward()
    case "next", "+": return forward()
    default:
      if let area = deeper.first(where: { word == $0.area.rawValue || word == "more \($0.area.rawValue)" })?.area {
        state.areas.insert(area)
        return forward()
      }
      let rows = rows
      guard let number = Int(word) else {
        let areas = deeper.map(\.area.rawValue)
        let problem = AnswerProblem(
          "“\(word.quotable)” is no number of the list",
          expected: "a number, " + (areas.isEmpty ? "" : "an area (\(areas.joined(separator: ", "))), ")
            + "or Enter to finish")
        return [.problem(problem), current()]
      }
      guard rows.indices.contains(number - 1) else {
        let problem = AnswerProblem("there is no number \(number)", expected: "a number from 1 to \(rows.count)")
        return [.problem(problem), current()]
      }
      state.step = rows[number - 1]
      state.isRevising = true
      return [current()]
    }
  }

  /// From the review to the questions that are open.
  private mutating func forward() -> [Event] {
    state.step = nextStep()
    return [current()]
  }

  // MARK: What is asked

  func trait(_ id: String) -> Trait? { traits.first { $0.id == id } }

  private func isSettled(_ trait: Trait) -> Bool {
    state.proposals[trait.id] == nil && (sheet.answers[trait.id] != nil || state.defaulted.contains(trait.id))
  }

  /// The open question whose answer can still change most; the review when there is none.
  private func nextStep() -> Step {
    if sheet.system == nil, !state.isNameless { return .system }
    return remaining.first.map { .trait($0.id) } ?? .review
  }

  /// The questions still to be asked as things stand, in order. Each answer may take some away, or bring some back.
  var remaining: [Trait] {
    let wanted = traits.filter { !isSettled($0) && isWanted($0) }
    let ordered = wanted.sorted { a, b in
      let (first, second) = (urgency(a), urgency(b))
      return first == second ? (a.order, a.id) < (b.order, b.id) : first > second
    }
    return ordered + filling(ordered)
  }

  /// What was measured comes first, then what opens the questionnaire, then what most open decisions wait for.
  private func urgency(_ trait: Trait) -> Int {
    if state.proposals[trait.id] != nil { return 1000 }
    return trait.id == traits.first?.id ? 999 : needs.values.count { $0.contains(trait.id) }
  }

  /// Where the core decisions need fewer questions than a first run may ask: those that matter most beyond them.
  private func filling(_ ordered: [Trait]) -> [Trait] {
    let answered = traits.count { $0.isCore && $0.fallback == nil && isSettled($0) }
    let room = Interview.firstRun - 1 - answered - ordered.count
    guard room > 0, state.areas.isEmpty else { return [] }
    let taken = Set(ordered.map(\.id))
    let candidates = traits.filter { trait in
      trait.isCore && trait.fallback == nil && trait.derivation == nil && !isSettled(trait) && !taken.contains(trait.id)
        && urgency(trait) > 0
    }
    return Array(candidates.sorted { (-urgency($0), $0.order) < (-urgency($1), $1.order) }.prefix(room))
  }

  /// Questions beyond the first run: figures that usually follow from others, defaults, and what only sharpens the
  /// checklists.
  var further: [Trait] {
    var deep = self
    deep.state.areas = Set(Area.allCases)
    let now = Set(remaining.map(\.id))
    return deep.remaining.filter { !now.contains($0.id) }
  }

  /// The further questions by area.
  var deeper: [(area: Area, traits: [Trait])] {
    let areas = Dictionary(grouping: further, by: \.entry.area)
    return areas.keys.sorted().map { ($0, areas[$0] ?? []) }
  }

  /// Whether the answer could still change an outcome, or a document needs it.
  ///
  /// Careful on the safe side: a trait is left out only where no undecided decision waits for it, and none would if its
  /// default were not taken.
  private func isWanted(_ trait: Trait) -> Bool {
    if state.proposals[trait.id] != nil { return true }
    let isOpened = state.areas.contains(trait.entry.area)
    let isHouses = trait.entry.pack != knowledge.packs.first?.name
    if let derivation = trait.derivation {
      let follows = derivation.ifGiven.allSatisfy { sheet.answers[$0].map { $0 != .unknown } ?? false }
      if follows, !derivation.ifGiven.isEmpty || !isOpened { return false }
    }
    // The first run asks what the core decisions need, and what a house asks; defaults stand till an area is opened.
    guard isOpened || isHouses || trait.isCore && trait.fallback == nil else { return false }
    let readers = influence.decisions(reading: trait.id, given: given)
    if readers.isEmpty, influence.decisions(reading: trait.id, given: []).isEmpty { return isOpened }
    if isOpened || isHouses {
      if trait.derivation != nil { return readers.contains { outcomes[$0].map { $0.status == .undecided } ?? true } }
      guard trait.fallback != nil else { return needs.values.contains { $0.contains(trait.id) } }
      var answers = sheet.answers
      answers[trait.id] = .unknown
      return evaluator.verdicts(answers).contains { $0.needs.contains(trait.id) }
    }
    // Who builds it is asked in any case: it opens the questionnaire.
    if trait.id == traits.first?.id { return true }
    return needs.contains { influence.isCore($0.key) && $0.value.contains(trait.id) }
  }

  /// Whether an answered question would be asked, if it were not answered yet.
  private func stillMatters(_ step: Step) -> Bool {
    guard case .trait(let id) = step, let trait = trait(id) else { return step == .system }
    var without = self
    without.state.sheet.answers[id] = nil
    without.state.defaulted.remove(id)
    without.evaluate()
    // A default that was shown once is shown again.
    return state.defaulted.contains(id) || without.isWanted(trait)
      || without.needs.values.contains { $0.contains(id) }
  }

  /// Traits with a value of their own.
  var given: Set<String> { Set(sheet.answers.filter { $0.value != .unknown }.keys) }

  /// The rows of the review, in the order of the questionnaire: every answer, and the defaults that core decisions read.
  var rows: [Step] {
    [.system]
      + traits.filter { trait in
        isSettled(trait)
          || trait.isCore && trait.fallback != nil
            && influence.decisions(reading: trait.id, given: given).contains {
              influence.isCore($0) && outcomes[$0]?.status != .notApplicable
            }
      }.map { .trait($0.id) }
  }

  // MARK: What follows

  func changes(from before: [String: Outcome], to after: [String: Outcome]) -> [Change] {
    influence.decisionsInOrder.compactMap { decision in
      guard let now = after[decision.id] else { return nil }
      let earlier = before[decision.id]
      guard earlier?.status != now.status || earlier?.outcome != now.outcome else { return nil }
      // That an open decision falls away is what a person expects, and says nothing.
      if now.status == .notApplicable, earlier?.status != .decided { return nil }
      return Change(
        decision: decision.entry.title,
        from: earlier?.status == .undecided || earlier == nil ? nil : earlier.map { label($0, of: decision) },
        to: label(now, of: decision), isOpen: now.status == .undecided, isCore: influence.isCore(decision.id))
    }
  }

  /// Values that follow from others, and came out otherwise than before.
  private func followers(of trait: Trait, from before: [TraitReading]) -> [Follower] {
    zip(before, evaluator.readings(sheet.answers)).compactMap { earlier, now in
      guard now.id != trait.id, now.origin != .answered, now.trait.derivation != nil, earlier.state != now.state else {
        return nil
      }
      let (from, to) = (figure(earlier), figure(now))
      // What becomes known for the first time is worth a line only where a person would look for it.
      guard from != nil || now.trait.isCore, let to = to ?? from.map({ _ in "not known any more" }) else { return nil }
      return Follower(title: now.trait.entry.title, from: from, to: to, isDefault: now.origin == .default)
    }
  }

  /// A derived figure as text; nil where as good as nothing is known of it.
  private func figure(_ reading: TraitReading) -> String? {
    guard reading.origin != .unknown, case .quantity(let unit, let bounds, _) = reading.trait.kind,
      case .quantity(let value) = reading.state, value.isPoint || value.low > bounds.low
    else { return nil }
    return QuantityText.text(value, unit)
  }

  /// An outcome in words.
  func label(_ outcome: Outcome, of decision: Decision) -> String {
    switch outcome.status {
    case .decided: return title(outcome.outcome ?? "", of: decision)
    case .notApplicable: return title(Outcome.notApplicable, of: decision)
    case .undecided: return open(outcome.possible, of: decision)
    }
  }

  private func title(_ id: String, of decision: Decision) -> String {
    id == Outcome.notApplicable ? "does not apply" : decision.option(id)?.title ?? id
  }

  /// Outcomes that are possible, in words.
  func open(_ possible: [String], of decision: Decision) -> String {
    // Titles may hold an “or” themselves.
    let known = decision.options.map(\.id).filter(possible.contains).map { "“\(title($0, of: decision))”" }
    let all = known + (possible.contains(Outcome.notApplicable) ? [title(Outcome.notApplicable, of: decision)] : [])
    return all.isEmpty ? "open" : AnswerText.list(all, "or")
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

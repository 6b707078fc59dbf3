internal import DecisionEngine
internal import KnowledgeModel

/// What a front end shows of each step.
extension Interview {
  /// The event that shows the present step.
  func current() -> Event {
    switch step {
    case .system:
      return .question(
        Question(
          id: "system", title: "System", text: "What is the system called?",
          hint: "a name for the title; Enter leaves it out", kind: .name, choices: [], current: sheet.system))
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
    let (kind, hint): (Question.Kind, String) =
      switch trait.kind {
      case .choice: (.choice, "a number or a word")
      case .set: (.set, "numbers or words with commas between, or none")
      case .flag: (.flag, AnswerReader.expectation(for: trait))
      case .quantity: (.quantity, AnswerReader.expectation(for: trait))
      }
    let proposal = state.proposals[trait.id].map { proposal in
      Question.Measured(
        answer: AnswerText.text(proposal.answer, for: trait), query: proposal.query.printable,
        remark: proposal.remark.printable)
    }
    return Question(
      id: trait.id, title: trait.entry.title, text: prose().text(trait.question), hint: hint, kind: kind,
      choices: choices, fallback: trait.fallback.map { AnswerText.text($0, for: trait) },
      current: sheet.answers[trait.id].map { AnswerText.text($0, for: trait) }, note: sheet.notes[trait.id],
      measured: proposal, progress: progress)
  }

  public var progress: Progress {
    Progress(
      answered: state.trail.count, remaining: expected,
      decided: outcomes.values.count { $0.status != .undecided }, decisions: knowledge.systemDecisions.count)
  }

  /// How many questions are to come, as far as can be told: of those that an open gate may do away with, half.
  private var expected: Int {
    let remaining = remaining
    let sure = remaining.count { trait in
      needs.contains { decision, needed in
        needed.contains(trait.id)
          && (outcomes[decision]?.possible.contains(Outcome.notApplicable) == false
            || knowledge.decision(decision)?.applies?[evaluator.mode].condition.traits.contains(trait.id) ?? false)
      }
    }
    return sure + (remaining.count - sure + 1) / 2
  }

  private func reviewTable() -> Review {
    let rows = rows.enumerated().map { index, step -> Review.Row in
      guard case .trait(let id) = step, let trait = trait(id) else {
        return .init(
          number: index + 1, id: "system", title: "System", answer: sheet.system ?? "no name", origin: .answered)
      }
      let answer = sheet.answers[id] ?? trait.fallback ?? .unknown
      let origin: Review.Origin =
        if sheet.answers[id] == nil {
          .defaulted
        } else if answer == .unknown {
          .unknown
        } else {
          sheet.notes[id]?.hasPrefix("measured: ") == true ? .measured : .answered
        }
      return .init(
        number: index + 1, id: id, title: trait.entry.title, answer: AnswerText.text(answer, for: trait),
        origin: origin)
    }
    return Review(
      rows: rows, open: remaining.map { Review.Open(id: $0.id, title: $0.entry.title) },
      further: deeper.map { Review.Deeper(area: $0.area, titles: $0.traits.map(\.entry.title)) },
      warnings: evaluator.assess(sheet).warnings, progress: progress)
  }

  /// What typing a line would do, without doing it.
  public func preview(_ line: String) -> Preview {
    let typed = line.trimmingSpace
    guard case .trait(let id) = step, let trait = trait(id), !["", "?", "<", "!"].contains(typed),
      !typed.hasPrefix("!"), !typed.hasPrefix("#")
    else {
      if step == .system, let problem = problemOfName(typed) { return .problem(problem) }
      return .nothing
    }
    let text = Interview.parts(of: typed).answer
    do {
      let answer = try AnswerReader.read(text, for: trait, manner: .conversation)
      var answers = sheet.answers
      answers[id] = answer
      let turned = changes(from: outcomes, to: evaluator.outcomes(answers))
      return .understood(
        sentence(answer, for: trait), caution: AnswerText.otherFamily(of: text, for: trait), changes: turned)
    } catch {
      return .problem(error)
    }
  }

  /// The decisions that the first run is about, as things stand.
  public var standings: [Standing] {
    influence.decisionsInOrder.compactMap { decision in
      guard influence.isCore(decision.id), let outcome = outcomes[decision.id], outcome.status != .notApplicable else {
        return nil
      }
      return Standing(
        decision: decision.entry.title, outcome: label(outcome, of: decision), isOpen: outcome.status == .undecided)
    }
  }

  // MARK: Not known

  /// What was understood, and what stands in for an answer that is not known.
  func sentence(_ answer: Answer, for trait: Trait) -> String {
    guard answer == .unknown, let plausible = trait.plausible, let unit = trait.kind.unit else {
      return AnswerText.sentence(answer, for: trait)
    }
    return "not known; \(QuantityText.text(plausible, unit)) is assumed until it is measured, and what hangs on it "
      + "stays open"
  }

  /// What was answered as unknown, or too roughly, and could still turn decisions.
  var unknowns: [Unknown] {
    let assessment = evaluator.assess(sheet)
    let prose = prose(assessment)
    return assessment.openQuestions.filter { sheet.answers[$0.reading.id] != nil }.map { question in
      let trait = question.reading.trait
      let isUnknown = question.reading.origin == .unknown
      return Unknown(
        id: trait.id, title: trait.entry.title,
        given: isUnknown ? nil : sheet.answers[trait.id].map { AnswerText.text($0, for: trait) },
        assumption: question.assumption.flatMap { range in trait.kind.unit.map { QuantityText.text(range, $0) } },
        decisions: turned(by: question),
        measure: prose.text(trait.measure))
    }
  }

  /// The decisions that wait for an answer, those of the first run in full.
  private func turned(by question: OpenQuestion) -> [String] {
    let core = question.decisions.filter { influence.isCore($0.id) }
    let shown = core.isEmpty ? question.decisions : core
    let rest = question.decisions.filter { !shown.contains($0) }.map(\.decision.entry.title)
    return shown.map { result in
      let assumed = result.assumed.map { " (as assumed: \(open($0, of: result.decision)))" } ?? ""
      return "\(result.decision.entry.title): \(open(result.possible, of: result.decision))\(assumed)"
    } + (rest.isEmpty ? [] : ["and \(AnswerText.list(rest, "and"))"])
  }

  func prose(_ assessment: Assessment? = nil) -> PlainProse {
    PlainProse(knowledge: knowledge, evaluator: evaluator, assessment: assessment)
  }
}

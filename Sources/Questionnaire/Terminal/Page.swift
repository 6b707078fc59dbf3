internal import KnowledgeModel
internal import Terminal

/// Events as text for a terminal. Everything from outside is stripped of what could steer it.
struct Page {
  let width: Int
  let hasColor: Bool

  func text(_ event: Interview.Event) -> String {
    switch event {
    case .question(let question): text(question)
    case .understood(_, let sentence, let reception): paragraph("→ " + sentence + Page.origin(reception))
    case .recomputed(let followers): followers.map { paragraph(Page.text($0), hanging: 2) }.joined()
    case .changed(let changes): Page.lines(changes).map { paragraph($0.text, hanging: 2) }.joined()
    case .problem(let problem): self.problem(problem)
    case .why(let explanation): "\n" + Page.text(explanation).map(paragraph).joined()
    case .remark(let remark): paragraph(remark)
    case .review(let review): text(review)
    case .unknowns(let unknowns): "\n" + Page.text(unknowns).map(paragraph).joined()
    case .finished: ""
    }
  }

  static func origin(_ reception: Interview.Reception) -> String {
    switch reception {
    case .answered: ""
    case .kept: " (as before)"
    case .defaulted: " (planning default; the review can change it)"
    case .measured: " (as measured)"
    }
  }

  func greeting(isResumed: Bool, _ answered: Int) -> String {
    let start =
      isResumed
      ? "Going on where you stopped: \(count(answered, "answer")) kept."
      : "A few questions, then the documents."
    return paragraph(
      "\(start) Figures may be typed as 12k, 85%, 800 GB or as a range 500..2k. Type unknown if you do not know, "
        + "? for why a question matters, < to go back, ! to review, !qps to jump to a question. Text behind # is kept "
        + "as a note. Ctrl-C stops, and the answers are kept.",
      indent: 0)
  }

  private func text(_ question: Interview.Question) -> String {
    var out =
      "\n" + (question.progress.map { dim(paragraph(Page.position($0), indent: 0)) } ?? "")
      + bold(question.text.printable.wrapped(width).joined(separator: "\n")) + "\n"
    for choice in question.choices {
      let title = choice.title.isEmpty ? "" : ": \(choice.title)"
      out += paragraph("\(choice.number)) \(choice.id)\(title)", hanging: 3)
    }
    if let measured = question.measured {
      out += paragraph("Measured: \(measured.answer); \(measured.remark)", hanging: 2)
      out += paragraph("Query: \(measured.query)", hanging: 2)
    }
    return out + dim(paragraph("(\(Page.hint(of: question)))")) + "> "
  }

  /// How to type the answer, and what Enter takes.
  static func hint(of question: Interview.Question) -> String {
    if let measured = question.measured { return question.hint + "; Enter takes \(measured.answer) as measured" }
    if let current = question.current { return question.hint + "; Enter keeps \(current)" }
    return question.hint + (question.fallback.map { "; Enter takes \($0)" } ?? "")
  }

  static func position(_ progress: Interview.Progress) -> String {
    let left = progress.remaining
    return "\(progress.answered) answered · "
      + (left == 0 ? "none left of this run" : "about \(left) more that can change the outcome") + " · "
      + "\(progress.decided) of \(progress.decisions) settled"
  }

  static func text(_ follower: Interview.Follower) -> String {
    let kind = follower.isDefault ? " (planning default)" : ""
    return follower.from.map { "Recomputed: \(follower.title): \($0) → \(follower.to)\(kind)" }
      ?? "Follows: \(follower.title): \(follower.to)\(kind)"
  }

  /// What an answer did, a line for each decision of the first run, and one for the others that it settled.
  static func lines(_ changes: [Interview.Change]) -> [(text: String, isOpen: Bool)] {
    let (long, short) = (
      changes.filter { $0.isCore || $0.from != nil || $0.isOpen },
      changes.filter {
        !$0.isCore && $0.from == nil && !$0.isOpen
      }
    )
    let lines = long.map { change in
      let text =
        change.isOpen
        ? "Open again: \(change.decision): \(change.to)"
        : change.from.map { "Changed: \(change.decision): \($0) → \(change.to)" }
          ?? "✓ Settled: \(change.decision): \(change.to)"
      return (text, change.isOpen)
    }
    guard !short.isEmpty else { return lines }
    let titles = AnswerText.list(short.map(\.decision), "and")
    return lines + [("✓ Settled\(lines.isEmpty ? "" : " as well"): \(titles)", false)]
  }

  /// Text that is wrapped, with how far its lines are set in.
  struct Paragraph: Hashable {
    var text: String
    var indent = 2
    /// Of the lines behind the first.
    var hanging = 2
  }

  static func text(_ explanation: Interview.Explanation) -> [Paragraph] {
    var out = [Paragraph(text: explanation.why, hanging: 0)]
    if explanation.readers.count > 1 {
      out.append(Paragraph(text: "Read by: \(AnswerText.list(explanation.readers, "and"))."))
    }
    out += explanation.consequences.map { Paragraph(text: "- \($0)") }
    if !explanation.typical.isEmpty { out.append(Paragraph(text: "Typical: \(explanation.typical)")) }
    if let plausible = explanation.plausible {
      out.append(Paragraph(text: "If you cannot tell: \(plausible) is plausible, and what “unknown” assumes."))
    }
    if !explanation.measure.isEmpty { out.append(Paragraph(text: "How to measure: \(explanation.measure)")) }
    if let query = explanation.query { out.append(Paragraph(text: "Measured by: \(query)")) }
    return out
  }

  /// What is not known, most important first.
  static func text(_ unknowns: [Interview.Unknown]) -> [Paragraph] {
    var out = [Paragraph(text: "Not known, and able to turn decisions, most important first:", indent: 0)]
    for (index, unknown) in unknowns.enumerated() {
      let state = unknown.given.map { "given as \($0)" } ?? unknown.assumption.map { "assumed \($0)" } ?? "open"
      out.append(Paragraph(text: "\(index + 1). \(unknown.title) (\(state))", hanging: 3))
      out += unknown.decisions.map { Paragraph(text: "- \($0)", indent: 5) }
      if !unknown.measure.isEmpty { out.append(Paragraph(text: "How to find out: \(unknown.measure)", indent: 5)) }
    }
    return out
  }

  private func text(_ review: Interview.Review) -> String {
    var out = "\n" + bold("Your answers") + "\n"
    let digits = String(review.rows.count).count
    for row in review.rows {
      let number = String(repeating: " ", count: digits - String(row.number).count) + "\(row.number)"
      let origin = row.origin == .answered ? "" : " (\(row.origin.rawValue))"
      let answer = row.origin == .unknown ? "unknown" : "\(row.answer)\(origin)"
      out += paragraph("\(number)) \(row.title): \(answer)", hanging: digits + 2)
    }
    for warning in review.warnings { out += self.warning(warning) }
    out += dim(paragraph(Page.position(review.progress), indent: 0))
    if !review.open.isEmpty {
      out += paragraph(
        "Not asked yet: \(review.open.map(\.title).joined(separator: ", ")). Type next to go on with them.")
    }
    if !review.further.isEmpty {
      let areas = review.further.map { "\($0.area.rawValue) (\($0.titles.count))" }
      let total = review.further.map(\.titles.count).reduce(0, +)
      out += paragraph(
        "Type an area to go deeper: \(areas.joined(separator: ", ")); or more for all \(count(total, "further question")). "
          + "Until then their defaults stand.")
    }
    return out + dim(paragraph("(a number changes an answer; Enter writes the documents)")) + "> "
  }

  func problem(_ problem: AnswerProblem) -> String {
    var out = paragraph("✗ \(problem.message.capitalizedFirst).", hanging: 2)
    out += paragraph("Expected: \(problem.expected).", indent: 4)
    if let suggestion = problem.suggestion {
      let end = suggestion.hasSuffix("?") ? "" : "."
      out += paragraph(suggestion.capitalizedFirst + end, indent: 4)
    }
    return out
  }

  func warning(_ text: String) -> String { paragraph("Warning: \(text)", hanging: 2) }

  // MARK: Lines

  func paragraph(_ paragraph: Paragraph) -> String {
    self.paragraph(paragraph.text, indent: paragraph.indent, hanging: paragraph.hanging)
  }

  func paragraph(_ text: String, indent: Int = 2, hanging: Int = 0) -> String {
    let lines = text.printable.wrapped(max(20, width - indent - hanging))
    return lines.enumerated().map { index, line in
      String(repeating: " ", count: indent + (index == 0 ? 0 : hanging)) + line + "\n"
    }.joined()
  }

  private func count(_ number: Int, _ noun: String) -> String { Page.counted(number, noun) }

  static func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  private func bold(_ text: String) -> String { hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
  private func dim(_ text: String) -> String { hasColor ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}

/// Events as text for a terminal. Everything from outside is stripped of what could steer it.
struct Page {
  let width: Int
  let hasColor: Bool

  func text(_ event: Interview.Event) -> String {
    switch event {
    case .question(let question): text(question)
    case .understood(_, let sentence, let reception):
      paragraph(
        "→ " + sentence
          + {
            switch reception {
            case .answered: ""
            case .kept: " (as before)"
            case .defaulted: " (planning default; the review can change it)"
            }
          }())
    case .changed(let changes): changes.map(text).joined()
    case .problem(let problem): self.problem(problem)
    case .why(let explanation): text(explanation)
    case .remark(let remark): paragraph(remark)
    case .review(let review): text(review)
    case .finished: ""
    }
  }

  func greeting(isResumed: Bool, _ progress: Interview.Progress) -> String {
    let start =
      isResumed
      ? "Going on where you stopped: \(count(progress.answered, "answer")) kept."
      : "A few questions, then the documents."
    return paragraph(
      "\(start) Figures may be typed as 12k, 85%, 800 GB or as a range 500..2k. Type unknown if you do not know, "
        + "? for why a question matters, < to go back, ! to review. Ctrl-C stops, and the answers are kept.",
      indent: 0)
  }

  private func text(_ question: Interview.Question) -> String {
    var out =
      "\n" + dim(paragraph(position(question.progress), indent: 0))
      + bold(question.text.printable.wrapped(width).joined(separator: "\n")) + "\n"
    for choice in question.choices {
      let title = choice.title.isEmpty ? "" : ": \(choice.title)"
      out += paragraph("\(choice.number)) \(choice.id)\(title)", hanging: 3)
    }
    var hint = question.hint
    if let current = question.current {
      hint += "; Enter keeps \(current)"
    } else if let fallback = question.fallback {
      hint += "; Enter takes \(fallback)"
    }
    out += dim(paragraph("(\(hint))"))
    return out + "> "
  }

  private func position(_ progress: Interview.Progress) -> String {
    let left = progress.remaining
    return "\(progress.answered) answered, \(left == 0 ? "none" : "at most \(left)") to go; "
      + "\(progress.decided) of \(count(progress.decisions, "decision")) settled"
  }

  private func text(_ change: Interview.Change) -> String {
    let line =
      change.isOpen
      ? "Open again: \(change.decision): \(change.to)"
      : change.from.map { "Changed: \(change.decision): \($0) → \(change.to)" }
        ?? "Settled: \(change.decision): \(change.to)"
    return paragraph("✓ ".prefix(change.isOpen ? 0 : 2) + line, hanging: 2)
  }

  private func text(_ explanation: Interview.Explanation) -> String {
    var out = "\n" + paragraph(explanation.why)
    for consequence in explanation.consequences { out += paragraph("- \(consequence)", hanging: 2) }
    if !explanation.typical.isEmpty { out += paragraph("Typical: \(explanation.typical)", hanging: 2) }
    if let plausible = explanation.plausible {
      out += paragraph("If you cannot tell, think of: \(plausible)", hanging: 2)
    }
    if !explanation.measure.isEmpty { out += paragraph("How to measure: \(explanation.measure)", hanging: 2) }
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
    out += dim(paragraph(position(review.progress), indent: 0))
    if !review.open.isEmpty {
      out += paragraph("Not asked yet: \(review.open.joined(separator: ", ")). Type next to go on with them.")
    }
    if !review.further.isEmpty {
      out += paragraph(
        "Type more for \(count(review.furtherCount, "further question")): \(review.further.joined(separator: ", ")).")
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

  func paragraph(_ text: String, indent: Int = 2, hanging: Int = 0) -> String {
    let lines = text.printable.wrapped(max(20, width - indent - hanging))
    return lines.enumerated().map { index, line in
      String(repeating: " ", count: indent + (index == 0 ? 0 : hanging)) + line + "\n"
    }.joined()
  }

  private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  private func bold(_ text: String) -> String { hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
  private func dim(_ text: String) -> String { hasColor ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}

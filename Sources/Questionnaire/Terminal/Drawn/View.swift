internal import Terminal

/// Lays out what is drawn, for a terminal of a certain size.
struct View {
  let columns: Int
  let rows: Int

  /// Columns for text: lines longer than this are hard to read.
  var width: Int { min(columns - 1, 96) }

  // MARK: Lines that stay

  func paragraph(_ text: String, indent: Int = 0, hanging: Int = 0, _ style: Style = .plain) -> [StyledText] {
    StyledText(text, style).wrapped(width, indent: indent, hanging: hanging)
  }

  func paragraph(_ paragraph: Page.Paragraph) -> [StyledText] {
    self.paragraph(paragraph.text, indent: paragraph.indent, hanging: paragraph.hanging)
  }

  func greeting(isResumed: Bool, answered: Int) -> [StyledText] {
    let start =
      isResumed
      ? "Going on where you stopped: \(Page.counted(answered, "answer")) kept."
      : "A few questions, then the documents."
    return paragraph(
      "\(start) Figures may be typed as 12k, 85%, 800 GB, 40M/day or as a range 500..2k; text behind # is kept as a "
        + "note. Nothing is lost if you stop.", .faint)
  }

  func answer(_ title: String, _ sentence: String) -> [StyledText] {
    (StyledText("✓ ", .good) + StyledText("\(title): ") + StyledText(sentence, .strong)).wrapped(width, hanging: 2)
  }

  func explanation(_ explanation: Interview.Explanation, _ question: String) -> [StyledText] {
    [""] + paragraph("? \(question)", hanging: 2, .accent) + Page.text(explanation).flatMap { paragraph($0) }
  }

  func problem(_ problem: AnswerProblem, _ style: Style) -> [StyledText] {
    var text = "✗ \(problem.message.capitalizedFirst). Expected \(problem.expected)."
    if let suggestion = problem.suggestion {
      text += " " + suggestion.capitalizedFirst + (suggestion.hasSuffix("?") ? "" : ".")
    }
    return paragraph(text, hanging: 2, style)
  }

  // MARK: Below the input

  /// What the text in the field means, and what would come of it.
  func echo(_ preview: Interview.Preview, _ screen: QuestionScreen) -> [StyledText] {
    let question = screen.question
    let isList = !question.choices.isEmpty || question.kind == .flag
    // How to choose from a list is said at the bottom.
    let standing = question.current ?? question.measured?.answer
    let hint =
      isList
      ? standing.map { paragraph("(answered before: \($0))", .faint) } ?? []
      : paragraph("(\(Page.hint(of: question)))", .faint)
    switch preview {
    case .nothing: return hint
    case .problem(let problem): return self.problem(problem, .warning)
    case .understood(let sentence, let caution, let changes):
      var lines: [StyledText] = isList ? hint : paragraph("→ \(sentence)", hanging: 2, .good)
      if let caution { lines += paragraph(caution, indent: 2, .warning) }
      lines += changes.prefix(3).flatMap { paragraph(View.would($0), indent: 2, hanging: 2, .faint) }
      if changes.count > 3 { lines += paragraph("and \(changes.count - 3) more", indent: 2, .faint) }
      return lines
    }
  }

  private static func would(_ change: Interview.Change) -> String {
    change.isOpen
      ? "would open \(change.decision): \(change.to)"
      : change.from.map { "would change \(change.decision): \($0) → \(change.to)" }
        ?? "would settle \(change.decision): \(change.to)"
  }

  /// The decisions so far, those that the last answer moved set off.
  func panel(_ standings: [Interview.Standing], moved: Set<String>) -> [StyledText] {
    let settled = standings.filter { !$0.isOpen }
    guard !settled.isEmpty else { return [] }
    // What was just moved first: of a long list only the beginning is shown.
    let ordered = settled.filter { moved.contains($0.decision) } + settled.filter { !moved.contains($0.decision) }
    let parts = ordered.map { standing in
      let isMoved = moved.contains(standing.decision)
      return StyledText("\(standing.decision): ", .faint) + StyledText(standing.outcome, isMoved ? .accent : .plain)
    }
    let head = StyledText("Settled \(settled.count) of \(standings.count): ", .faint)
    let lines = (head + parts.joined(separator: StyledText(" · ", .faint))).wrapped(width, hanging: 2)
    let most = rows >= 40 ? 6 : rows >= 24 ? 3 : 1
    guard lines.count > most else { return lines }
    return lines.prefix(most - 1) + [(lines[most - 1] + StyledText(" …", .faint)).fitted(width)]
  }

  // MARK: Frames

  func frame(_ screen: QuestionScreen, echo: [StyledText], panel: [StyledText], keys: [String]) -> Frame {
    let question = screen.question
    var head: [StyledText] = [""]
    if let progress = question.progress { head += paragraph(position(progress), .faint) }
    head += paragraph(question.text, .strong)
    if let measured = question.measured {
      head += paragraph("Measured: \(measured.answer); \(measured.remark)", hanging: 2, .good)
      let query = paragraph("Query: \(measured.query)", hanging: 2, .faint)
      head += query.prefix(4) + (query.count > 4 ? paragraph("… (? shows all of it)", indent: 2, .faint) : [])
    }
    var foot = panel.isEmpty ? [] : [""] + panel
    var help = self.help(keys)
    var echo = echo
    // Where it is tight, what can be done without goes first.
    let needed = screen.lines(width: width, height: 12).lines.count
    if head.count + needed + echo.count + foot.count + help.count > rows - 1 { foot = [] }
    if head.count + needed + echo.count + help.count > rows - 1, let progress = question.progress {
      head.removeFirst(min(1 + paragraph(position(progress)).count, head.count - 1))
    }
    if head.count + min(needed, 3) + echo.count + help.count > rows - 1 {
      help = self.help(keys.suffix(1))
      echo = Array(echo.prefix(1))
    }
    let room = max(3, rows - 1 - head.count - echo.count - foot.count - help.count)
    let (input, cursor) = screen.lines(width: width, height: min(room, 16))
    return Frame(
      head + input + echo + foot + help,
      cursor: cursor.map { .init(row: $0.row + head.count, column: $0.column) })
  }

  func frame(_ list: ChoiceList, under question: String) -> Frame {
    let head = [""] + paragraph(question, .strong)
    let drawn = list.lines(width: width, height: max(3, rows - 2 - head.count))
    return Frame(
      head + drawn.lines + help(["↑↓ Enter chooses", "^C stops"]),
      cursor: drawn.cursor.map { .init(row: $0 + head.count, column: 0) })
  }

  func frame(_ screen: ReviewScreen, notice: [StyledText]) -> Frame {
    let review = screen.review
    var head: [StyledText] = ["", StyledText("Your answers", .strong)]
    head += review.warnings.flatMap { paragraph("Warning: \($0)", hanging: 2, .warning) }
    let foot =
      notice + paragraph(position(review.progress), .faint)
      + help(["↑↓ Enter chooses", "type to find", "< back", "^C stops"])
    let drawn = screen.list.lines(width: width, height: max(3, rows - 1 - head.count - foot.count))
    return Frame(
      head + drawn.lines + foot, cursor: drawn.cursor.map { .init(row: $0 + head.count, column: 0) })
  }

  /// What keys do; a line is broken between two keys only.
  private func help(_ keys: some Sequence<String>) -> [StyledText] {
    var lines: [String] = []
    for key in keys {
      if let last = lines.last, DisplayWidth.of(last) + 3 + DisplayWidth.of(key) <= width {
        lines[lines.count - 1] = "\(last) · \(key)"
      } else {
        lines.append(key)
      }
    }
    return lines.map { StyledText($0, .faint) }
  }

  private func position(_ progress: Interview.Progress) -> String {
    guard columns < 60 else { return Page.position(progress) }
    return
      "\(progress.answered) done · about \(progress.remaining) to go · \(progress.decided)/\(progress.decisions) settled"
  }
}

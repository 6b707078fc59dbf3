internal import KnowledgeModel
internal import Terminal

/// One question as it is drawn: what is typed and chosen, and what Enter answers.
struct QuestionScreen {
  enum Input {
    case field(TextField)
    case list(ChoiceList)
  }

  /// What a key came to.
  enum Reaction: Hashable {
    case none
    /// To be drawn again.
    case changed
    /// A line for the interview.
    case say(String)
    /// Nothing can be sent yet: what to do.
    case hint(String)
  }

  let question: Interview.Question
  private(set) var input: Input
  /// What a remark on the answer is typed into; nil where none is begun.
  private(set) var note: TextField?

  init(_ question: Interview.Question) {
    self.question = question
    let standing = question.current ?? question.measured?.answer ?? question.fallback
    switch question.kind {
    case .name, .quantity: input = .field(TextField())
    case .flag:
      let items = [
        ChoiceList.Item(id: "yes", label: "yes", words: "true"), ChoiceList.Item(id: "no", label: "no", words: "false"),
        QuestionScreen.unknown,
      ]
      input = .list(ChoiceList(items, at: standing))
    case .choice:
      input = .list(ChoiceList(question.choices.map(QuestionScreen.item) + [QuestionScreen.unknown], at: standing))
    case .set:
      let ids = Set(question.choices.map(\.id))
      var items = question.choices.map(QuestionScreen.item)
      // A list may have a “none” of its own, which is not the empty list.
      let empty = ids.contains("none") ? "[]" : "none"
      items.append(.init(id: empty, label: "none of them", words: "none of them", isExclusive: true, isNumbered: false))
      var unknown = QuestionScreen.unknown
      unknown.isExclusive = true
      let ticked = (standing ?? "").split(separator: ",").map { $0.trimming() }.filter { !$0.isEmpty }
      let known = Set(items.map(\.id) + [unknown.id])
      input = .list(
        ChoiceList(items + [unknown], isMultiple: true, ticked: Set(ticked).intersection(known), at: ticked.first))
    }
  }

  private static let unknown = ChoiceList.Item(
    id: "unknown", label: StyledText("not known", .faint), words: "not known don't know", isNumbered: false)

  private static func item(_ choice: Interview.Question.Choice) -> ChoiceList.Item {
    let title = choice.title.isEmpty ? StyledText() : StyledText("  \(choice.title)", .faint)
    return .init(
      id: choice.id, label: StyledText("\(choice.number) ", .faint) + StyledText(choice.id) + title, words: choice.title
    )
  }

  /// What is typed or chosen at the moment, to say what would come of it.
  var typed: String {
    switch input {
    case .field(let field): field.text
    // While something is looked for, the ticks are not what the eye is on.
    case .list(let list) where list.isMultiple: list.filter.isEmpty ? list.chosen.joined(separator: ", ") : ""
    case .list(let list): list.current?.id ?? ""
    }
  }

  var isEmpty: Bool {
    switch input {
    case .field(let field): field.text.isEmpty
    case .list(let list): list.filter.isEmpty && !list.isFiltering
    }
  }

  // MARK: Keys

  mutating func handle(_ key: Key) -> Reaction {
    if note != nil { return handleNote(key) }
    switch key {
    case .enter: return enter()
    case .text("#") where question.kind != .name && !isField:
      note = TextField(question.note ?? "")
      return .changed
    case .tab:
      if case .field(let field) = input, field.text.isEmpty,
        let standing = question.current ?? question.measured?.answer ?? question.fallback
      {
        input = .field(TextField(standing))
        return .changed
      }
    case .control("n") where isField && question.kind == .quantity: return .say("unknown")
    case .escape where isField && !isEmpty:
      input = .field(TextField())
      return .changed
    default: break
    }
    switch input {
    case .field(var field):
      let isTaken = field.handle(key)
      input = .field(field)
      return isTaken ? .changed : .none
    case .list(var list):
      let isTaken = list.handle(key)
      input = .list(list)
      return isTaken ? .changed : .none
    }
  }

  private var isField: Bool { if case .field = input { true } else { false } }

  private mutating func enter() -> Reaction {
    switch input {
    case .field(let field): return .say(field.text)
    case .list(var list) where list.isMultiple:
      if !list.filter.isEmpty {
        guard list.current != nil else { return .hint("Nothing fits “\(list.filter)”; Esc shows all again.") }
        list.tick()
        input = .list(list)
        return .changed
      }
      if list.ticked.isEmpty, let item = list.current, item.isExclusive { return .say(line(item.id)) }
      guard !list.ticked.isEmpty else {
        return .hint("Nothing is ticked. Space ticks a row; choose “none of them” if none applies.")
      }
      return .say(line(list.chosen.joined(separator: ", ")))
    case .list(let list):
      guard let item = list.current else { return .hint("Nothing fits “\(list.filter)”; Esc shows all again.") }
      return .say(line(item.id))
    }
  }

  /// An answer with its remark, as in the file.
  private func line(_ answer: String) -> String {
    guard let text = note?.text, !text.isEmpty else { return answer }
    return "\(answer) # \(text)"
  }

  private mutating func handleNote(_ key: Key) -> Reaction {
    switch key {
    case .enter: return enter()
    case .escape:
      note = nil
      return .changed
    default:
      let isTaken = note?.handle(key) ?? false
      return isTaken ? .changed : .none
    }
  }

  // MARK: Drawing

  /// The part below the question, at most `height` lines, with the cursor's place.
  func lines(width: Int, height: Int) -> (lines: [StyledText], cursor: Frame.Position?) {
    var lines: [StyledText]
    var cursor: Frame.Position?
    switch input {
    case .field(let field):
      let (shown, column) = field.window(max(1, width - 3))
      let standing = question.measured?.answer ?? question.current ?? question.fallback
      let text = field.text.isEmpty ? StyledText(standing.map { "(\($0))" } ?? "", .faint) : StyledText(shown, .strong)
      lines = [StyledText("› ", .accent) + text]
      cursor = .init(row: 0, column: column + 2)
    case .list(let list):
      let drawn = list.lines(width: width, height: max(1, height - (note == nil ? 0 : 1)))
      lines = drawn.lines
      cursor = drawn.cursor.map { .init(row: $0, column: 0) }
    }
    if let note {
      let (shown, column) = note.window(max(1, width - 8))
      lines.append(StyledText("  note: ", .faint) + StyledText(shown))
      cursor = .init(row: lines.count - 1, column: column + 8)
    }
    return (lines, cursor)
  }

  /// The keys that do something here.
  var keys: [String] {
    if note != nil { return ["Enter answers with the note", "Esc drops it"] }
    switch input {
    case .field: return question.kind == .quantity ? ["Enter accepts", "^N not known"] : ["Enter accepts"]
    case .list(let list):
      let choose =
        list.isMultiple
        ? (list.filter.isEmpty ? ["Space ticks", "Enter accepts"] : ["Enter ticks"]) : ["↑↓ Enter chooses"]
      return choose + ["type to find", "# note"]
    }
  }
}

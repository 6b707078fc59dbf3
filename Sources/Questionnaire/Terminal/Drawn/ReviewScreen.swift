internal import KnowledgeModel
internal import Terminal

/// The review as it is drawn: each answer a row to change, and below them where to go on.
struct ReviewScreen {
  let review: Interview.Review
  private(set) var list: ChoiceList

  /// - Parameter width: columns for a row.
  init(_ review: Interview.Review, width: Int) {
    self.review = review
    let titles = min(max(12, width * 2 / 5), (review.rows.map { DisplayWidth.of($0.title) }.max() ?? 0))
    var items = review.rows.map { row in
      let answer = row.origin == .unknown ? StyledText("not known", .warning) : StyledText(row.answer)
      let origin = row.origin == .answered || row.origin == .unknown ? "" : "  \(row.origin.rawValue)"
      return ChoiceList.Item(
        id: "\(row.number)", label: StyledText(row.title).padded(titles) + "  " + answer + StyledText(origin, .faint),
        words: "\(row.title) \(row.id)", isNumbered: true)
    }
    items += review.open.map { open in
      .init(
        id: "!\(open.id)", label: StyledText(open.title).padded(titles) + StyledText("  not asked yet", .faint),
        words: "\(open.title) \(open.id)", isNumbered: false)
    }
    func action(_ id: String, _ text: String, _ words: String = "") {
      items.append(.init(id: id, label: StyledText(text, .strong), words: text + " " + words, isNumbered: false))
    }
    if !review.open.isEmpty { action("next", "Go on with \(Page.counted(review.open.count, "open question"))") }
    action("", "Write the documents")
    for deeper in review.further {
      action(
        deeper.area.rawValue, "Go deeper: \(deeper.area.title) (\(Page.counted(deeper.titles.count, "question")))",
        deeper.titles.joined(separator: " "))
    }
    list = ChoiceList(items, at: review.open.isEmpty ? "" : "next")
  }

  mutating func handle(_ key: Key) -> QuestionScreen.Reaction {
    if key == .enter {
      guard let item = list.current else { return .hint("Nothing fits; Esc shows all again.") }
      return .say(item.id)
    }
    return list.handle(key) ? .changed : .none
  }
}

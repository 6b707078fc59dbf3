public import DecisionEngine
public import KnowledgeModel
internal import Markdown

/// How our items read, so that a person's words can be told from them.
public struct ItemReference: Sendable {
  let assessment: Assessment
  let knowledge: Knowledge
  /// The checks that apply, or of which it is not known.
  let items: [String: ChecklistItem]

  private struct Words {
    let summary: [String]
    let title: [String]
    let label: [String]
    /// Every sentence that we write into an item.
    let sentences: [[String]]
    let evidence: [String]
  }

  private var ids: [String: String] = [:]
  private var order: [String] = []
  private var words: [String: Words] = [:]
  /// The checks whose summary has a word.
  private var summaries: [String: [Int]] = [:]

  public init(_ assessment: Assessment, _ knowledge: Knowledge) {
    self.assessment = assessment
    self.knowledge = knowledge
    items = Dictionary(
      ChecklistItem.all(assessment, knowledge).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let prose = Prose(assessment, knowledge)
    for check in knowledge.checks {
      for id in check.entry.aliases { ids[id] = check.id }
    }
    for (index, check) in knowledge.checks.enumerated() {
      ids[check.id] = check.id
      order.append(check.id)
      let item = items[check.id]
      let summary = MarkdownText.unmarked(item?.sentence ?? prose.line(check.entry.summary))
      let evidence = MarkdownText.unmarked(item?.evidence ?? prose.line(check.evidence))
      var texts = [summary, MarkdownText.unmarked(item?.reason ?? prose.line(check.reason)), evidence, "(should)"]
      if let condition = item?.condition { texts.append("If \(MarkdownText.unmarked(condition))") }
      if let command = check.command { texts.append("Command: \(command)") }
      words[check.id] = Words(
        summary: BodyWords.words(summary), title: BodyWords.words(check.entry.title),
        label: BodyWords.words([check.step, check.id].compactMap(\.self).joined(separator: " ")),
        sentences: (texts + texts.flatMap(BodyWords.sentences)).map(BodyWords.words).uniqued(),
        evidence: BodyWords.words(evidence))
      for word in Set(BodyWords.words(summary)) { summaries[word, default: []].append(index) }
    }
  }

  /// The check of an id, also of one that it had before.
  func check(_ id: some StringProtocol) -> String? { ids[String(id)] }

  /// The check whose sentence a text has, edited a little; nil where it could be several.
  func check(saying text: String) -> String? {
    var likeness: [String: Double] = [:]
    for start in starts(of: text) {
      let words = BodyWords.words(start.prefix(600))
      var shared: [Int: Int] = [:]
      for word in Set(words.prefix(60)) { for index in summaries[word] ?? [] { shared[index, default: 0] += 1 } }
      for (index, count) in shared {
        guard let summary = self.words[order[index]]?.summary, count * 10 >= Set(summary).count * 7 else { continue }
        for share in [80, 90, 100, 110, 125] {
          let found = BodyWords.likeness(words.prefix(summary.count * share / 100), summary)
          likeness[order[index]] = max(likeness[order[index]] ?? 0, found)
        }
      }
      let titled = order.filter { self.words[$0]?.title == words }
      if titled.count == 1 { likeness[titled[0]] = 1 }
    }
    let best = likeness.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    guard let first = best.first, first.value >= 0.8, best.count == 1 || best[1].value < first.value - 0.1 else {
      return nil
    }
    return first.key
  }

  /// The text from each of its first sentences on.
  private func starts(of text: String) -> [Substring] {
    var starts = [text[...]]
    var mayEnd = false
    for index in text.indices.prefix(1_000) {
      if mayEnd, text[index].isWhitespace, starts.count < 6 { starts.append(text[index...]) }
      mayEnd = ".:!?".contains(text[index])
    }
    return starts
  }

  /// Whether a sentence is one of ours, edited a little or broken off. A new figure makes it a person's.
  func isOurs(_ sentence: String, of id: String) -> Bool {
    guard let words = words[id] else { return true }
    var said = BodyWords.words(sentence)
    // A label that lost its bold type goes with the sentence.
    if said.starts(with: words.label) { said.removeFirst(words.label.count) }
    guard said != words.title, !said.isEmpty, !said.starts(with: ["called", "for", "by"]) else {
      return true
    }
    return words.sentences.contains { ours in
      if said == ours || said.count > 2 && !ours.ranges(of: said).isEmpty { return true }
      return ours.count > 3 && BodyWords.likeness(said, ours) >= 0.6 && !hasNewFigure(said, ours)
    }
  }

  /// Whether a text only repeats what is to be attached, or a part of it.
  func isHint(_ text: String, of id: String) -> Bool {
    let said = BodyWords.words(text)
    let ours = words[id]?.evidence ?? []
    return said.count { !ours.contains($0) } * 10 <= said.count && !hasNewFigure(said, ours)
      || words[id]?.sentences.contains(said) ?? false
  }

  private func hasNewFigure(_ said: [String], _ ours: [String]) -> Bool {
    said.contains { word in word.contains(where: \.isNumber) && !ours.contains(word) }
  }
}

public import DecisionEngine
public import KnowledgeModel
internal import Markdown

/// The items of our checks in the body of a pull request, and how a person answered them.
public struct ChecklistBody: Sendable, Hashable {
  /// In the order of the body, one for each check.
  public private(set) var items: [Item] = []
  /// Checks whose items stand in the body several times with different answers.
  public private(set) var contradictions: [Contradiction] = []

  public struct Item: Sendable, Hashable {
    /// The check's.
    public var id: String
    /// In the body, from 1.
    public var line: Int
    public var state: State
    /// What shows it: text, links, pictures, blocks of code; nil where there is none.
    public var evidence: Evidence?
  }

  public enum State: Sendable, Hashable {
    case ticked, unticked
    /// The reason is nil where none is given.
    case notApplicable(reason: String?)

    public var name: String {
      switch self {
      case .ticked: "ticked"
      case .unticked: "unticked"
      case .notApplicable: "not-applicable"
      }
    }
  }

  public struct Evidence: Sendable, Hashable {
    /// What stands behind `Evidence:`, on one line; it may be empty where something is attached.
    public var text: String
    /// Links, pictures and blocks of code.
    public var attachments: Int
  }

  public struct Contradiction: Sendable, Hashable {
    public var id: String
    public var answers: [Item]
  }

  /// - Parameters:
  ///   - markdown: the body, with line ends of any kind.
  ///   - assessment: tells how the items read that a person may have edited.
  public init(_ markdown: String, assessment: Assessment, knowledge: Knowledge) {
    let reference = ItemReference(assessment, knowledge)
    var collector = BodyCollector(reference)
    collector.read(MarkdownOutline(markdown))
    var places: [String: Int] = [:]
    var all: [String: [Item]] = [:]
    for raw in collector.found {
      let item = raw.item(reference)
      all[item.id, default: []].append(item)
      guard let place = places[item.id] else {
        places[item.id] = items.count
        items.append(item)
        continue
      }
      items[place].take(item)
    }
    contradictions = items.compactMap { item in
      let answers = all[item.id] ?? []
      return Set(answers.map(\.state.name)).count > 1 ? Contradiction(id: item.id, answers: answers) : nil
    }
  }

  public func item(_ id: String) -> Item? { items.first { $0.id == id } }
}

extension ChecklistBody.Item {
  /// Brings in another item of the same check.
  fileprivate mutating func take(_ other: ChecklistBody.Item) {
    if case .notApplicable(nil) = state, case .notApplicable = other.state { state = other.state }
    if let more = other.evidence {
      evidence = .init(
        text: [evidence?.text ?? "", more.text].filter { !$0.isEmpty }.joined(separator: " "),
        attachments: (evidence?.attachments ?? 0) + more.attachments)
    }
  }
}

/// How our items read, so that a person's words can be told from them.
struct ItemReference {
  struct Words {
    let summary: [String]
    let title: [String]
    /// Every sentence that we write into an item.
    let sentences: [[String]]
    let evidence: [String]
  }

  private var ids: [String: String] = [:]
  private var order: [String] = []
  private var words: [String: Words] = [:]
  /// The checks whose summary has a word.
  private var summaries: [String: [Int]] = [:]

  init(_ assessment: Assessment, _ knowledge: Knowledge) {
    let prose = Prose(assessment, knowledge)
    for check in knowledge.checks {
      for id in check.entry.aliases { ids[id] = check.id }
    }
    for (index, check) in knowledge.checks.enumerated() {
      ids[check.id] = check.id
      order.append(check.id)
      func plain(_ text: String) -> String { MarkdownText.unmarked(prose.line(text)) }
      var texts = [check.entry.summary, check.reason, check.evidence].map(plain) + [check.entry.title]
      if let applies = check.applies { texts.append("If \(prose.wording.words(applies[assessment.mode].condition))") }
      if let command = check.command { texts.append("Command: \(command)") }
      let summary = BodyWords.words(texts[0])
      words[check.id] = Words(
        summary: summary, title: BodyWords.words(check.entry.title),
        sentences: (texts + texts.flatMap(BodyWords.sentences)).map(BodyWords.words).uniqued(),
        evidence: BodyWords.words(texts[2]))
      for word in Set(summary) { summaries[word, default: []].append(index) }
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
    let said = BodyWords.words(sentence)
    guard let words = words[id], said != words.title, !said.isEmpty else { return true }
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

/// Finds the items of a body, and what belongs to each.
private struct BodyCollector {
  private let reference: ItemReference
  private(set) var found: [RawItem] = []
  /// For each item of a list, the item of ours that it is or belongs to.
  private var owners: [Int?] = []
  /// The item of ours that blocks behind its list may still belong to.
  private var latest: Int?

  init(_ reference: ItemReference) { self.reference = reference }

  mutating func read(_ outline: MarkdownOutline) {
    for block in outline.blocks {
      while let place = block.item, owners.count <= place {
        owners.append(outline.items[owners.count].parent.flatMap { owners[$0] })
      }
      let item = block.item.map { outline.items[$0] }
      if let item, item.isQuoted { continue }
      if block.kind == .paragraph || block.kind == .heading {
        text(block, item)
      } else {
        let owner = block.item.map { owners[$0] } ?? latest
        if let owner { found[owner].add(block) }
        latest = block.endsWhatBelongs ? nil : owner
      }
    }
  }

  private mutating func text(_ block: MarkdownOutline.Block, _ item: MarkdownOutline.Item?) {
    var owner = block.item.flatMap { owners[$0] }
    for (index, runs) in block.lines.enumerated() {
      if index == 0, block.isFirst, let item, let place = block.item,
        let raw = RawItem(runs, isTicked: item.isTicked, line: item.line, reference)
      {
        owner = start(raw)
        owners[place] = owner
      } else if let raw = RawItem(struckLine: runs, line: block.line + index, reference) {
        owner = start(raw)
      } else if let owner {
        found[owner].lines.append(runs)
      } else if let latest, item == nil, block.kind == .paragraph, RawItem.isAttachment(runs) {
        owner = latest
        found[latest].lines.append(runs)
      }
    }
    latest = owner
  }

  private mutating func start(_ raw: RawItem) -> Int {
    found.append(raw)
    return found.count - 1
  }
}

extension MarkdownOutline.Block {
  fileprivate var lines: [[MarkdownOutline.Run]] {
    runs.split(omittingEmptySubsequences: false) { $0.kind == .lineBreak }.map(Array.init)
  }

  /// A rule or a comment, as the marks around a part that is generated.
  fileprivate var endsWhatBelongs: Bool {
    kind == .rule || kind == .html && runs.allSatisfy { $0.text.hasPrefix("<!--") }
  }
}

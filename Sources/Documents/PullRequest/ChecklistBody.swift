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
  ///   - reference: how the items read that a person may have edited.
  public init(_ markdown: String, _ reference: ItemReference) {
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

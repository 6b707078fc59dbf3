internal import KnowledgeModel

/// The only way from a page to the knowledge. It remembers what was read, and so a page whose reads have not changed
/// need not be rendered again.
final class KnowledgeReader {
  private let index: KnowledgeIndex
  private(set) var keys: Set<ReadKey> = []

  init(_ index: KnowledgeIndex) { self.index = index }

  private func read<Value>(_ key: ReadKey, as _: Value.Type = Value.self) -> Value? {
    keys.insert(key)
    return index.value(for: key) as? Value
  }

  func item(_ id: String) -> Item? { read(.entry(id)) }
  func card(_ id: String) -> Card? { read(.card(id)) }
  func cards(_ kind: EntryKind) -> [Card] { read(.cards(kind)) ?? [] }
  func backlinks(_ id: String) -> [Backlink] { read(.backlinks(id)) ?? [] }
  func figure(_ id: String) -> Quantity? { read(.figures(id), as: [Quantity?].self)?.first ?? nil }
  func source(_ id: String) -> Source? { read(.source(id)) }
  var sources: [Source] { read(.sources) ?? [] }
  func statement(_ id: String) -> GuideStatement? { read(.statement(id)) }
  var statements: [GuideStatement] { read(.statements) ?? [] }
  var overview: [String] { read(.overview) ?? [] }
  /// By number of the guide.
  var coverage: [String: [Card]] { read(.coverage) ?? [:] }
  /// By source.
  var citations: [String: [Card]] { read(.citations) ?? [:] }
  var packs: [PackStamp] { read(.packs) ?? [] }
  /// A page that reads this is rendered at every change.
  var everything: Knowledge? { read(.everything) }

  /// The entries of a kind in full, in order of title.
  func items(_ kind: EntryKind) -> [Item] { cards(kind).compactMap { item($0.id) } }

  /// A trait, or a list's field by its dotted name.
  func trait(_ id: String) -> Trait? {
    if let list = RecordList.list(of: id) {
      guard case .list(let owner)? = item(list) else { return nil }
      return owner.fields.first { $0.id == id }
    }
    if case .trait(let trait)? = item(id) { return trait }
    return nil
  }

  func threshold(_ id: String) -> Threshold? {
    if case .threshold(let threshold)? = item(id) { threshold } else { nil }
  }

  func decision(_ id: String) -> Decision? {
    if case .decision(let decision)? = item(id) { decision } else { nil }
  }

  /// The part of the knowledge that these entries and what their rules name make up: for a picture that takes a
  /// `Knowledge` and must see no more than was read.
  func part(around ids: [String]) -> Knowledge {
    var part = Knowledge(packs: [], hash: "")
    var pending = ids
    var seen: Set<String> = []
    while let next = pending.popLast() {
      let id = RecordList.list(of: next) ?? next
      guard seen.insert(id).inserted, let item = item(id) else { continue }
      // Rules are followed from the entries asked for alone; derivations to their end.
      if ids.contains(id) {
        pending += item.conditions.flatMap { $0.traits + $0.thresholds + $0.decisions }
      }
      switch item {
      case .trait(let trait):
        part.traits.append(trait)
        pending += trait.derivation.map { $0.from.traits + $0.from.thresholds + $0.ifGiven } ?? []
      case .list(let list): part.lists.append(list)
      case .threshold(let threshold): part.thresholds.append(threshold)
      case .decision(let decision):
        part.decisions.append(decision)
        pending += ids.contains(id) ? [decision.each].compactMap(\.self) : []
      case .practice(let practice): part.practices.append(practice)
      case .check(let check): part.checks.append(check)
      case .pattern(let pattern): part.patterns.append(pattern)
      case .change(let change): part.changes.append(change)
      case .runbook(let runbook): part.runbooks.append(runbook)
      case .orientation(let step): part.orientation.append(step)
      }
    }
    part.traits.sort { $0.id < $1.id }
    part.lists.sort { $0.id < $1.id }
    part.thresholds.sort { $0.id < $1.id }
    part.decisions.sort { $0.id < $1.id }
    part.practices.sort { $0.id < $1.id }
    part.checks.sort { $0.id < $1.id }
    return part
  }
}

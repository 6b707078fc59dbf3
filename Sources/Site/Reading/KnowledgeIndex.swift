internal import KnowledgeModel

/// The knowledge, ready to be looked up by what a page may read. Made once for a build.
final class KnowledgeIndex {
  let knowledge: Knowledge
  let items: [Item]
  let cards: [String: Card]
  private let itemsByID: [String: Item]
  private let cardsByKind: [EntryKind: [Card]]
  private let backlinks: [String: [Backlink]]
  private let sources: [String: Source]
  private let statements: [String: GuideStatement]
  private let coverage: [String: [Card]]
  private let citations: [String: [Card]]
  private var fingerprints: [ReadKey: String] = [:]

  init(_ knowledge: Knowledge) {
    self.knowledge = knowledge
    items = Item.all(of: knowledge)
    itemsByID = Dictionary(items.map { ($0.entry.id, $0) }, uniquingKeysWith: { first, _ in first })
    cards = itemsByID.mapValues(Card.init)
    let sorted = cards.values.sorted { ($0.title, $0.id) < ($1.title, $1.id) }
    cardsByKind = Dictionary(grouping: sorted, by: \.kind)
    backlinks = Backlink.all(items, cards: cards)
    sources = Dictionary(knowledge.sources.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    statements = Dictionary(knowledge.statements.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var coverage: [String: [Card]] = [:]
    var citations: [String: [Card]] = [:]
    for card in sorted {
      guard let entry = itemsByID[card.id]?.entry else { continue }
      for number in entry.guide.uniqued() { coverage[number, default: []].append(card) }
      for source in entry.sources.uniqued() { citations[source, default: []].append(card) }
    }
    self.coverage = coverage
    self.citations = citations
  }

  func item(_ id: String) -> Item? { itemsByID[id] }

  /// What a page gets that reads by this key; nil where there is nothing of that name.
  func value(for key: ReadKey) -> Any? {
    switch key {
    case .entry(let id): itemsByID[id]
    case .card(let id): cards[id]
    case .cards(let kind): cardsByKind[kind] ?? []
    case .backlinks(let id): backlinks[id] ?? []
    case .figures(let id):
      if case .threshold(let threshold)? = itemsByID[id] {
        [threshold.value, threshold.asWritten] as [Quantity?]
      } else {
        nil as Any?
      }
    case .source(let id): sources[id]
    case .sources: knowledge.sources
    case .statement(let id): statements[id]
    case .statements: knowledge.statements
    case .overview: knowledge.overviewAtoms
    case .coverage: coverage
    case .citations: citations
    case .packs: knowledge.packs
    case .everything: knowledge
    }
  }

  func fingerprint(of key: ReadKey) -> String {
    if let known = fingerprints[key] { return known }
    let made = key == .everything ? knowledge.hash : value(for: key).map(StructuralFingerprint.of) ?? "-"
    fingerprints[key] = made
    return made
  }
}

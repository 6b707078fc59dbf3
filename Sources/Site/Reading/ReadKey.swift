internal import KnowledgeModel

/// What of the knowledge a page can read.
enum ReadKey: Hashable, Comparable {
  /// All of an entry.
  case entry(String)
  /// What links and lists say of an entry.
  case card(String)
  /// The cards of all entries of a kind, in order of title.
  case cards(EntryKind)
  /// What refers to an entry.
  case backlinks(String)
  /// The figures of a threshold.
  case figures(String)
  case source(String)
  case sources
  case statement(String)
  /// The guide's statements, in order.
  case statements
  /// The atoms of the guide that belong to no statement.
  case overview
  /// The entries that encode each number of the guide.
  case coverage
  /// The entries that cite each source.
  case citations
  /// Names and versions of the packs.
  case packs
  /// The whole knowledge.
  case everything

  /// As the manifest writes it.
  var text: String {
    switch self {
    case .entry(let id): "entry \(id)"
    case .card(let id): "card \(id)"
    case .cards(let kind): "cards \(kind.rawValue)"
    case .backlinks(let id): "backlinks \(id)"
    case .figures(let id): "figures \(id)"
    case .source(let id): "source \(id)"
    case .sources: "sources"
    case .statement(let id): "statement \(id)"
    case .statements: "statements"
    case .overview: "overview"
    case .coverage: "coverage"
    case .citations: "citations"
    case .packs: "packs"
    case .everything: "everything"
    }
  }

  init?(text: String) {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    switch (parts.first, parts.count > 1 ? parts[1] : nil) {
    case ("entry", let id?): self = .entry(id)
    case ("card", let id?): self = .card(id)
    case ("cards", let kind?):
      guard let kind = EntryKind(rawValue: kind) else { return nil }
      self = .cards(kind)
    case ("backlinks", let id?): self = .backlinks(id)
    case ("figures", let id?): self = .figures(id)
    case ("source", let id?): self = .source(id)
    case ("sources", nil): self = .sources
    case ("statement", let id?): self = .statement(id)
    case ("statements", nil): self = .statements
    case ("overview", nil): self = .overview
    case ("coverage", nil): self = .coverage
    case ("citations", nil): self = .citations
    case ("packs", nil): self = .packs
    case ("everything", nil): self = .everything
    default: return nil
    }
  }

  static func < (a: ReadKey, b: ReadKey) -> Bool { a.text < b.text }
}

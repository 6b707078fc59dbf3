/// Where a fact comes from.
public struct Source: Sendable, Hashable {
  public var id: String
  public var title: String
  public var url: String?
  /// When it was published, as far as known: a date, a year or a version.
  public var date: String?
  /// ISO date on which we checked it.
  public var checked: String
  public var evidence: Evidence
  public var note: String?

  /// How it was checked.
  public enum Evidence: String, Sendable, CaseIterable, Hashable {
    case read
    case secondHand = "second-hand"
    case measured, unverified
  }

  public init(
    id: String, title: String, url: String?, date: String?, checked: String, evidence: Evidence, note: String?
  ) {
    self.id = id
    self.title = title
    self.url = url
    self.date = date
    self.checked = checked
    self.evidence = evidence
    self.note = note
  }
}

/// A numbered statement of the guide and the atoms it was split into.
public struct GuideStatement: Sendable, Hashable {
  public var id: String
  public var section: String
  public var gist: String
  public var atoms: [String]

  public init(id: String, section: String, gist: String, atoms: [String]) {
    self.id = id
    self.section = section
    self.gist = gist
    self.atoms = atoms
  }
}

/// A named and versioned set of entries: the shipped one, or a house's own.
public struct PackStamp: Sendable, Hashable {
  public var name: String
  public var version: String
  public var title: String

  public init(name: String, version: String, title: String) {
    self.name = name
    self.version = version
    self.title = title
  }
}

/// Everything that is known, as values. Entries of each kind are in order of id.
public struct Knowledge: Sendable, Hashable {
  /// The shipped knowledge first, then the packs in the order they were given.
  public var packs: [PackStamp]
  /// A fingerprint of all the files that it was made from, hexadecimal.
  public var hash: String
  public var traits: [Trait]
  public var lists: [RecordList]
  public var thresholds: [Threshold]
  public var decisions: [Decision]
  public var practices: [Practice]
  public var checks: [Check]
  public var changes: [Change]
  public var patterns: [Pattern]
  public var runbooks: [Runbook]
  /// In the order of the hour.
  public var orientation: [Orientation]
  public var sources: [Source]
  public var statements: [GuideStatement]
  /// Atoms that belong to no numbered statement.
  public var overviewAtoms: [String]

  public init(
    packs: [PackStamp], hash: String, traits: [Trait] = [], lists: [RecordList] = [],
    thresholds: [Threshold] = [], decisions: [Decision] = [],
    practices: [Practice] = [], checks: [Check] = [], changes: [Change] = [], patterns: [Pattern] = [],
    runbooks: [Runbook] = [],
    orientation: [Orientation] = [], sources: [Source] = [], statements: [GuideStatement] = [],
    overviewAtoms: [String] = []
  ) {
    self.packs = packs
    self.hash = hash
    self.traits = traits
    self.lists = lists
    self.thresholds = thresholds
    self.decisions = decisions
    self.practices = practices
    self.checks = checks
    self.changes = changes
    self.patterns = patterns
    self.runbooks = runbooks
    self.orientation = orientation
    self.sources = sources
    self.statements = statements
    self.overviewAtoms = overviewAtoms
  }

  /// The version of the shipped knowledge, with each pack's behind it: `2026.11.0+house-1.2`.
  public var version: String {
    packs.enumerated().map { $0.offset == 0 ? $0.element.version : "\($0.element.name)-\($0.element.version)" }
      .joined(separator: "+")
  }

  /// Every entry, kind by kind.
  public var entries: [Entry] {
    traits.map(\.entry) + lists.map(\.entry) + thresholds.map(\.entry) + decisions.map(\.entry) + practices.map(\.entry)
      + checks.map(\.entry) + changes.map(\.entry) + patterns.map(\.entry) + runbooks.map(\.entry)
      + orientation.map(\.entry)
  }

  /// The decisions that are taken once for the system.
  public var systemDecisions: [Decision] { decisions.filter { $0.each == nil } }
  /// The trait of this id, or the field of a list.
  public func trait(_ id: String) -> Trait? {
    traits.first { $0.id == id } ?? lists.lazy.flatMap(\.fields).first { $0.id == id }
  }
  public func list(_ id: String) -> RecordList? { lists.first { $0.id == id } }
  public func threshold(_ id: String) -> Threshold? { thresholds.first { $0.id == id } }
  public func decision(_ id: String) -> Decision? { decisions.first { $0.id == id } }
  public func practice(_ id: String) -> Practice? { practices.first { $0.id == id } }
  public func check(_ id: String) -> Check? { checks.first { $0.id == id } }
  public func change(_ id: String) -> Change? { changes.first { $0.id == id } }
  public func pattern(_ id: String) -> Pattern? { patterns.first { $0.id == id } }
  public func runbook(_ id: String) -> Runbook? { runbooks.first { $0.id == id } }
  public func source(_ id: String) -> Source? { sources.first { $0.id == id } }
  /// The entry with this id, or the one that had it before.
  public func entry(_ id: String) -> Entry? {
    let all = entries
    return all.first { $0.id == id } ?? all.first { $0.aliases.contains(id) }
  }

  /// The names that conditions may use.
  public var vocabulary: Vocabulary {
    Vocabulary(
      traits: Dictionary(
        (traits + lists.flatMap(\.fields)).map { ($0.id, $0.kind) }, uniquingKeysWith: { first, _ in first }),
      thresholds: Dictionary(thresholds.map { ($0.id, $0.value.unit) }, uniquingKeysWith: { first, _ in first }),
      decisions: Dictionary(
        decisions.map { ($0.id, $0.options.map(\.id)) }, uniquingKeysWith: { first, _ in first }),
      lists: Set(lists.map(\.id)))
  }
}

/// The names that a condition can be resolved against.
public struct Vocabulary: Sendable {
  /// Those of lists' fields by their dotted names.
  public var traits: [String: Trait.Kind]
  public var thresholds: [String: BaseUnit]
  /// Decisions and their outcomes.
  public var decisions: [String: [String]]
  public var lists: Set<String>

  public init(
    traits: [String: Trait.Kind], thresholds: [String: BaseUnit], decisions: [String: [String]],
    lists: Set<String> = []
  ) {
    self.lists = lists
    self.traits = traits
    self.thresholds = thresholds
    self.decisions = decisions
  }
}

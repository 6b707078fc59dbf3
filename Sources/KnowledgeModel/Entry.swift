/// What an entry is. The raw value is also its folder in a knowledge base.
public enum EntryKind: String, Sendable, CaseIterable, Hashable {
  case trait = "traits"
  case threshold = "thresholds"
  case decision = "decisions"
  case practice = "practices"
  case check = "checks"
  case change = "changes"
  case pattern = "patterns"
  case runbook = "runbooks"
  case orientation

  /// The kind in the singular, for messages.
  public var singular: String { self == .orientation ? rawValue : String(rawValue.dropLast()) }
}

/// How a statement of the guide fared when it was checked against primary sources.
public enum Verdict: String, Sendable, CaseIterable, Hashable {
  case confirmed, nuance, outdated, wrong, practice
}

/// The part of the architecture that an entry belongs to. Documents follow this order.
public enum Area: String, Sendable, CaseIterable, Hashable, Comparable {
  case load, team, structure, data, caching, messaging, api, reliability, security, observability, migration,
    verification

  public static func < (a: Area, b: Area) -> Bool {
    (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
  }

  public var title: String { self == .api ? "API" : rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// What entries of every kind have in common.
public struct Entry: Sendable, Hashable {
  public var id: String
  public var kind: EntryKind
  public var title: String
  public var area: Area
  public var summary: String
  /// Numbers of the guide's statements or atoms that this entry encodes.
  public var guide: [String]
  /// The guide's position, in our own words.
  public var guideSays: String?
  /// Today's position where it differs from the guide's.
  public var today: String?
  public var verdict: Verdict
  /// Ids of sources.
  public var sources: [String]
  /// ISO date on which the facts were last checked.
  public var checked: String
  public var aliases: [String]
  /// The page, in Markdown.
  public var body: String
  /// The pack the entry comes from; `guide` for the shipped ones.
  public var pack: String
  /// The pack that changed the entry, and the front-matter keys that it changed.
  public var override: Override?

  public struct Override: Sendable, Hashable {
    public var pack: String
    public var keys: [String]

    public init(pack: String, keys: [String]) {
      self.pack = pack
      self.keys = keys
    }
  }

  public init(
    id: String, kind: EntryKind, title: String, area: Area, summary: String, guide: [String], guideSays: String?,
    today: String?, verdict: Verdict, sources: [String], checked: String, aliases: [String], body: String, pack: String,
    override: Override?
  ) {
    self.id = id
    self.kind = kind
    self.title = title
    self.area = area
    self.summary = summary
    self.guide = guide
    self.guideSays = guideSays
    self.today = today
    self.verdict = verdict
    self.sources = sources
    self.checked = checked
    self.aliases = aliases
    self.body = body
    self.pack = pack
    self.override = override
  }

  /// The headings of the second level, in order.
  public var headings: [String] {
    var fenced = false
    return body.split(separator: "\n").compactMap { line in
      if line.hasPrefix("```") { fenced.toggle() }
      return !fenced && line.hasPrefix("## ") ? line.dropFirst(3).trimming() : nil
    }
  }

  /// The body below the heading `## name`, up to the next heading of that level; nil without such a heading.
  public func section(_ name: String) -> String? {
    var lines: [Substring] = []
    var inside = false
    var fenced = false
    for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { fenced.toggle() }
      if !fenced, line.hasPrefix("## ") {
        if inside { break }
        inside = line.dropFirst(3).trimmingPrefix(while: \.isWhitespace) == name
      } else if inside {
        lines.append(line)
      }
    }
    guard inside || !lines.isEmpty else { return nil }
    while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}

internal import KnowledgeModel

/// How a decision record is laid out.
public enum RecordFormat: String, Sendable, Hashable, CaseIterable {
  /// Markdown any decision records, version 4.
  case madr
  /// Michael Nygard's layout, as adr-tools writes it.
  case nygard
}

/// Where a decision stands, by its record.
public enum RecordStatus: Sendable, Hashable {
  case proposed, rejected, accepted, deprecated
  /// By the records of these numbers; none where the record does not say which.
  case superseded([Int])
  /// A word that neither layout knows.
  case other(String)

  public var word: String {
    switch self {
    case .proposed: "proposed"
    case .rejected: "rejected"
    case .accepted: "accepted"
    case .deprecated: "deprecated"
    case .superseded: "superseded"
    case .other(let text): text
    }
  }

  /// Whether the decision is in force, or about to be.
  var isLive: Bool {
    switch self {
    case .proposed, .accepted, .other: true
    case .rejected, .deprecated, .superseded: false
    }
  }

  /// The words that a person can give a record.
  public static let settable: [RecordStatus] = [.proposed, .accepted, .rejected, .deprecated]

  init(_ text: String) {
    let word = text.lowercased()
    if let plain = RecordStatus.settable.first(where: { $0.word == word }) {
      self = plain
    } else if word.hasPrefix("superseded") || word.hasPrefix("superceded") {
      self = .superseded(RecordStatus.numbers(in: text))
    } else {
      self = .other(text)
    }
  }

  /// `superseded by ADR-0007` and `Superceded by [7. T](0007-t.md)` name 7.
  private static func numbers(in text: String) -> [Int] {
    let links = RecordLink.scan(text, line: 1).compactMap { RecordName($0.target)?.number }
    if !links.isEmpty { return links.uniqued() }
    return RecordReference.scan(text).map(\.number).uniqued()
  }
}

/// A file name that begins with a record's number: `0007-title-with-dashes.md`.
public struct RecordName: Sendable, Hashable {
  public var number: Int
  /// Digits that the number takes, with its zeros.
  public var width: Int
  public var separator: Character
  public var slug: String

  /// - Returns: nil where the name is no record's: a template, an index, a file that is named by its date.
  public init?(_ name: String) {
    let digits = name.prefix { $0.isASCII && $0.isNumber }
    guard name.hasSuffix(".md"), (1...6).contains(digits.count), let number = Int(digits) else { return nil }
    let rest = name.dropFirst(digits.count).dropLast(3)
    guard let separator = rest.first, separator == "-" || separator == "_", rest.count > 1 else { return nil }
    // 2026-11-22-title.md
    guard name.prefixMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}[-_]/) == nil else { return nil }
    self.init(number: number, width: digits.count, separator: separator, slug: String(rest.dropFirst()))
  }

  init(number: Int, width: Int, separator: Character, slug: String) {
    self.number = number
    self.width = width
    self.separator = separator
    self.slug = slug
  }

  var file: String { "\(RecordName.padded(number, width))\(separator)\(slug).md" }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// A title as part of a file name: ASCII letters, digits and the separator, at most 72 of them.
  static func slug(_ title: String, separator: Character = "-") -> String {
    let words = ASCIIText.text(title).lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
    var slug = ""
    for word in words {
      guard !slug.isEmpty else {
        slug = String(word.prefix(72))
        continue
      }
      guard slug.count + word.count < 72 else { break }
      slug += "\(separator)\(word)"
    }
    return slug.isEmpty ? "decision" : slug
  }
}

/// What tells a record of ours, and what it records: `<!-- plumbline:record read-scaling read-replicas 0f3a… -->`.
public struct RecordMarker: Sendable, Hashable {
  /// The decision's id.
  public var decision: String
  /// The outcome's id; `open` where none was left when it was proposed.
  public var outcome: String
  /// Of the text as it was written, status and numbers apart: another hash means that a person has edited it.
  public var hash: String

  static let open = "open"

  var line: String { "<!-- plumbline:record \(decision) \(outcome) \(hash) -->" }

  init(decision: String, outcome: String, hash: String) {
    self.decision = decision
    self.outcome = outcome
    self.hash = hash
  }

  init?(line: Substring) {
    guard line.contains("plumbline:record"),
      let match = line.wholeMatch(
        of: /\s*<!--\s*plumbline:record\s+([a-z0-9-]+)\s+([a-z0-9-]+)(?:\s+([0-9a-f]+))?\s*-->\s*/)
    else { return nil }
    self.init(decision: String(match.1), outcome: String(match.2), hash: match.3.map(String.init) ?? "")
  }
}

/// One record of a folder, as it was read. Nothing of it is lost: an edit changes lines of `text`.
public struct DecisionRecord: Sendable, Hashable {
  public var file: String
  public var name: RecordName
  public var text: String
  /// Nil where the text is of neither layout.
  public var format: RecordFormat?
  /// Plain text, without the number that some put in front.
  public var title: String
  /// The number in front of the title, and how it is written.
  var heading: RecordHeading
  public var status: RecordStatus?
  /// ISO date, as written.
  public var date: String?
  public var people: [String: [String]]
  public var marker: RecordMarker?
  /// To other files of the folder.
  var links: [RecordLink]

  public var number: Int { name.number }
  /// Whether a person has changed the text since it was written, status and numbers apart.
  public var isEdited: Bool { marker.map { $0.hash != RecordText.hash(text) } ?? false }

  /// The numbers of the records that this one says it supersedes.
  public var supersedes: [Int] {
    links.filter(\.supersedes).compactMap { RecordName($0.target)?.number }.uniqued()
  }

  /// - Returns: nil where the file's name is no record's.
  public init?(file: String, text: String) {
    guard let name = RecordName(file) else { return nil }
    let lines = RecordText.lines(text)
    let body = RecordText.body(lines)
    let front = FrontMatter(lines)
    let titleLine = lines.indices.first { body[$0] && lines[$0].hasPrefix("# ") }
    heading = RecordHeading(titleLine.map { RecordText.plain(lines[$0].dropFirst(2)) } ?? "")
    let hasOutcome = lines.indices.contains { body[$0] && lines[$0].hasPrefix("## Decision Outcome") }
    let place = RecordText.statusPlace(lines)
    format =
      switch place {
      case .frontMatter: .madr
      case .section: .nygard
      case .bullet: .madr
      case nil: hasOutcome ? .madr : nil
      }
    self.file = file
    self.name = name
    self.text = text
    title = heading.title
    status = place.map { RecordStatus($0.value) }.flatMap { $0 == .other("") ? nil : $0 }
    let dated = lines.indices.first { body[$0] && lines[$0].hasPrefix("Date: ") }
    date = front?.text("date") ?? dated.map { RecordText.plain(lines[$0].dropFirst(6)) }
    people = Dictionary(
      FrontMatter.people.map { ($0, front?.list($0) ?? []) }, uniquingKeysWith: { first, _ in first })
    marker = lines.indices.lazy.filter { body[$0] }.compactMap { RecordMarker(line: lines[$0]) }.first
    links = lines.indices.filter { body[$0] }.flatMap { RecordLink.scan(String(lines[$0]), line: $0 + 1) }
  }
}

/// A title, and the record's number where some put it: `7. T`, `ADR-0007: T`.
struct RecordHeading: Sendable, Hashable {
  enum Prefix: Sendable, Hashable {
    case none
    /// `7. `
    case plain
    /// `ADR-0007: `; the digits are as wide as in the file's name.
    case named(String, String)
  }

  var prefix: Prefix
  var number: Int?
  var title: String

  init(_ text: String) {
    if let match = text.wholeMatch(of: /([0-9]{1,6})\\?\.\s+(.*)/) {
      (prefix, number, title) = (.plain, Int(match.1), String(match.2))
    } else if let match = text.wholeMatch(of: /((?i:ADR)[- ]?)0*([0-9]{1,6})(\s*[:.–-]\s+)(.*)/) {
      (prefix, number, title) = (.named(String(match.1), String(match.3)), Int(match.2), String(match.4))
    } else {
      (prefix, number, title) = (.none, nil, text)
    }
  }

  /// What stands in front of a title.
  static func text(_ prefix: Prefix, _ number: Int, _ width: Int) -> String {
    switch prefix {
    case .none: ""
    case .plain: "\(number). "
    case .named(let name, let mark): "\(name)\(RecordName.padded(number, width))\(mark)"
    }
  }
}

/// A link from a record to a file beside it.
struct RecordLink: Sendable, Hashable {
  var label: String
  /// The file's name, without `./` and without an anchor.
  var target: String
  /// From 1.
  var line: Int
  /// From 1, in bytes.
  var column: Int
  /// Whether its line says that the other is superseded by this one.
  var supersedes: Bool

  static func scan(_ text: String, line: Int) -> [RecordLink] {
    guard text.contains("](") else { return [] }
    let lead = text.drop { "*-+ >\t".contains($0) }.lowercased()
    let supersedes = lead.hasPrefix("supersedes") || lead.hasPrefix("supercedes")
    return text.matches(of: /\[((?:[^\[\]\\]|\\.)*)\]\((?:\.\/)?([^\/()\s#:]+\.md)(?:#[^()\s]*)?\)/).compactMap {
      match in
      // Inside a code span it is no link.
      let before = text[..<match.range.lowerBound]
      guard before.count(where: { $0 == "`" }).isMultiple(of: 2) else { return nil }
      return RecordLink(
        label: String(match.1), target: String(match.2), line: line,
        column: before.utf8.count + match.1.utf8.count + 4, supersedes: supersedes)
    }
  }
}

/// A record named by its number in running text: `ADR-0007`.
struct RecordReference {
  var number: Int
  var width: Int
  var range: Range<String.Index>

  static func scan(_ text: String) -> [RecordReference] {
    guard text.contains("ADR") || text.contains("adr") else { return [] }
    return text.matches(of: /\b(?:ADR|adr)[- ]([0-9]{1,6})\b/).compactMap { match in
      Int(match.1).map {
        RecordReference(number: $0, width: match.1.count, range: match.1.startIndex..<match.1.endIndex)
      }
    }
  }
}

public import KnowledgeModel

/// Facts that were last checked so long ago that they are due again.
public struct Staleness: Sendable {
  /// Oldest first; what has no readable date comes before all.
  public var due: [Fact]
  /// Sources that nobody has verified, whenever they were noted.
  public var unverified: [String]

  public struct Fact: Sendable, Hashable {
    public var id: String
    public var title: String
    public var checked: String
    /// Days since then; nil where the date does not read.
    public var days: Int?
    public var origin: Origin

    public enum Origin: Sendable, Hashable {
      case entry(EntryKind)
      case source(Source.Evidence, url: String?)
    }
  }

  /// - Parameters:
  ///   - days: how many days after its check a fact is due; that day counts.
  public init(_ knowledge: Knowledge, days: Int, today: CivilDate) {
    func fact(_ id: String, _ title: String, _ checked: String, _ origin: Fact.Origin) -> Fact? {
      let age = CivilDate(checked).map { today.dayNumber - $0.dayNumber }
      return age ?? days >= days ? Fact(id: id, title: title, checked: checked, days: age, origin: origin) : nil
    }
    let entries = knowledge.entries.compactMap { fact($0.id, $0.title, $0.checked, .entry($0.kind)) }
    let sources = knowledge.sources.compactMap {
      fact($0.id, $0.title, $0.checked, .source($0.evidence, url: $0.url))
    }
    due = (entries.sorted { $0.id < $1.id } + sources.sorted { $0.id < $1.id })
      .enumerated().sorted { ($1.element.age, $0.offset) < ($0.element.age, $1.offset) }.map(\.element)
    unverified = knowledge.sources.filter { $0.evidence == .unverified }.map(\.id).sorted()
  }
}

extension Staleness.Fact {
  fileprivate var age: Int { days ?? .max }
}

/// A day of the Gregorian calendar, as ISO 8601 writes it.
public struct CivilDate: Sendable, Hashable {
  /// Days since 1970-01-01.
  public let dayNumber: Int

  /// - Returns: nil unless the text is a day that there is, such as 2026-11-22.
  public init?(_ text: String) {
    // By hand: a regex literal is parsed at each use, and every entry has a date.
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = CivilDate.number(bytes[0..<4]), let month = CivilDate.number(bytes[5..<7]),
      let day = CivilDate.number(bytes[8..<10]), (1...12).contains(month),
      (1...CivilDate.days(in: month, of: year)).contains(day)
    else { return nil }
    // Years are counted from March, so that the leap day is the last.
    let (years, months) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
    let leapDays = CivilDate.floor(years, 4) - CivilDate.floor(years, 100) + CivilDate.floor(years, 400)
    dayNumber = years * 365 + leapDays + (months * 153 + 2) / 5 + day - 1 - 719_468
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func days(in month: Int, of year: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  private static func floor(_ number: Int, _ divisor: Int) -> Int {
    number >= 0 ? number / divisor : -((divisor - 1 - number) / divisor)
  }
}

/// A way to build something, with code that the tests execute.
public struct Pattern: Sendable, Hashable {
  public var entry: Entry
  public var family: Family
  /// Decisions and practices that it puts into code.
  public var serves: [String]

  public var id: String { entry.id }

  /// The guide's reference page that it belongs to.
  public enum Family: String, Sendable, CaseIterable, Hashable {
    case code, infrastructure, distributed, database, api
  }

  /// The headings of its page, in this order.
  public static let sections = [
    "When to use", "When not", "How", "Trade-offs", "Failure modes", "Metrics to watch", "Defects avoided",
  ]

  public init(entry: Entry, family: Family, serves: [String]) {
    self.entry = entry
    self.family = family
    self.serves = serves
  }
}

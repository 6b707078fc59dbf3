/// A step of the first hour in a codebase.
public struct Orientation: Sendable, Hashable {
  public var entry: Entry
  /// How long it may take.
  public var minutes: Int
  /// Its place in the hour, ascending.
  public var order: Int

  public var id: String { entry.id }

  /// The headings of its page, in this order.
  public static let sections = ["Do", "Write down", "If it fails"]

  public init(entry: Entry, minutes: Int, order: Int) {
    self.entry = entry
    self.minutes = minutes
    self.order = order
  }
}

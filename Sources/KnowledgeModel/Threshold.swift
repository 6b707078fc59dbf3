/// A named figure that rules compare with.
public struct Threshold: Sendable, Hashable {
  public var entry: Entry
  public var value: Quantity
  /// The guide's own figure, where it is not today's.
  public var asWritten: Quantity?
  public var basis: Basis

  public var id: String { entry.id }

  /// What the figure rests on.
  public enum Basis: String, Sendable, CaseIterable, Hashable {
    case planningDefault = "planning-default"
    case limit, standard, measured
  }

  public init(entry: Entry, value: Quantity, asWritten: Quantity?, basis: Basis) {
    self.entry = entry
    self.value = value
    self.asWritten = asWritten
    self.basis = basis
  }

  public func quantity(in mode: Mode) -> Quantity { mode == .asWritten ? asWritten ?? value : value }
}

/// Which text of the rules is followed.
public enum Mode: String, Sendable, CaseIterable, Hashable {
  /// The guide with today's corrections.
  case current
  /// The guide to the letter.
  case asWritten = "as-written"
}

/// The base units that quantities are held in. The raw value is what JSON and entries write.
public enum BaseUnit: String, Sendable, CaseIterable, Hashable {
  case count
  case number
  case share
  case perYear = "1/year"
  case perSecond = "1/s"
  case perMinute = "1/min"
  case bytes
  case seconds = "s"

  /// A plain factor: multiplying by it keeps the other side's unit.
  public var isDimensionless: Bool { self == .count || self == .number || self == .share || self == .perYear }

  /// Whether a value of this unit may be compared with, or added to, one of `other`.
  public func compares(with other: BaseUnit) -> Bool {
    self == other || (self == .count && other == .number) || (self == .number && other == .count)
  }
}

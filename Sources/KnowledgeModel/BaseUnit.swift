/// The base units that quantities are held in. The raw value is what JSON and entries write.
public enum BaseUnit: String, Sendable, CaseIterable, Hashable {
  case count
  case number
  case share
  case perYear = "1/year"
  case perSecond = "1/s"
  case perMinute = "1/min"
  case bytes
  case bytesPerSecond = "B/s"
  case seconds = "s"

  /// A plain factor: multiplying by it keeps the other side's unit.
  public var isDimensionless: Bool { self == .count || self == .number || self == .share || self == .perYear }

  /// The unit of a product or quotient of two dimensions, where it has one here: bytes ÷ bytes a second are seconds.
  public static func combined(_ a: BaseUnit, _ operation: Formula.Arithmetic, _ b: BaseUnit) -> BaseUnit? {
    switch (a, operation, b) {
    case (_, .divide, _) where a == b: .number
    case (.bytes, .divide, .bytesPerSecond): .seconds
    case (.bytes, .divide, .seconds): .bytesPerSecond
    case (.bytesPerSecond, .multiply, .seconds), (.seconds, .multiply, .bytesPerSecond): .bytes
    case (.perSecond, .multiply, .bytes), (.bytes, .multiply, .perSecond): .bytesPerSecond
    case (.bytesPerSecond, .divide, .bytes): .perSecond
    case (.perSecond, .multiply, .seconds), (.seconds, .multiply, .perSecond): .number
    default: nil
    }
  }

  /// Whether a value of this unit may be compared with, or added to, one of `other`.
  public func compares(with other: BaseUnit) -> Bool {
    self == other || (self == .count && other == .number) || (self == .number && other == .count)
  }
}

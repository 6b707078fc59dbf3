public import Foundation

/// A number in a base unit. Decimal, so that 100,000 × (1 − 0.95) is exactly 5,000.
public struct Quantity: Sendable, Hashable {
  public var value: Decimal
  public var unit: BaseUnit

  public init(_ value: Decimal, _ unit: BaseUnit) {
    self.value = value
    self.unit = unit
  }
}

/// A closed range of numbers; a single number where the ends are equal.
public struct Interval: Sendable, Hashable {
  public var low: Decimal
  public var high: Decimal

  /// - Precondition: `low <= high`; ends that come from outside are checked where they are read.
  public init(_ low: Decimal, _ high: Decimal) {
    self.low = low
    self.high = high
  }

  public init(_ point: Decimal) { self.init(point, point) }

  public var isPoint: Bool { low == high }

  public func contains(_ value: Decimal) -> Bool { low <= value && value <= high }

  public static func + (a: Interval, b: Interval) -> Interval { Interval(a.low + b.low, a.high + b.high) }

  public static func - (a: Interval, b: Interval) -> Interval { Interval(a.low - b.high, a.high - b.low) }

  public static func * (a: Interval, b: Interval) -> Interval {
    if a.low >= 0, b.low >= 0 { return Interval(a.low * b.low, a.high * b.high) }
    let ends = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
    return Interval(ends.min() ?? 0, ends.max() ?? 0)
  }

  /// Nil where the divisor may be 0.
  public static func / (a: Interval, b: Interval) -> Interval? {
    guard b.low > 0 || b.high < 0 else { return nil }
    if a.low >= 0, b.low > 0 {
      let low = a.low / b.high
      return Interval(low, a.isPoint && b.isPoint ? low : a.high / b.low)
    }
    let ends = [a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high]
    return Interval(ends.min() ?? 0, ends.max() ?? 0)
  }

  public static func smaller(_ a: Interval, _ b: Interval) -> Interval {
    Interval(min(a.low, b.low), min(a.high, b.high))
  }

  public static func larger(_ a: Interval, _ b: Interval) -> Interval {
    Interval(max(a.low, b.low), max(a.high, b.high))
  }

  /// a ÷ (a + b) for quantities from 0 up, tight at both ends; 0 ÷ 0 may be any share.
  public static func share(_ a: Interval, _ b: Interval) -> Interval {
    let low = a.low + b.high
    let high = a.high + b.low
    return Interval(low == 0 ? 0 : a.low / low, high == 0 ? 1 : a.high / high)
  }
}

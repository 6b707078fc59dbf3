/// How long work on the rows of a table takes, from rates that were measured.
///
/// The lower rates are those of PostgreSQL 15 on two virtual cores with narrow rows in memory; the upper ones allow for
/// wider rows, more indexes and slower disks. They are orders of magnitude.
struct DurationEstimate: Sendable, Hashable {
  /// Seconds.
  var low: Double
  var high: Double

  /// Seconds for a million rows.
  static func rate(_ kind: Work.Kind) -> ClosedRange<Double> {
    switch kind {
    case .scan, .validation: 0.1...1.5
    case .foreignKey: 0.2...2
    case .index: 0.4...4
    case .concurrentIndex: 0.8...8
    case .rewrite: 3...15
    case .update: 4...40
    case .delete, .copy: 4...20
    }
  }

  static let basis = "measured on PostgreSQL 15 with two virtual cores; orders of magnitude only"

  init(low: Double = 0, high: Double = 0) {
    self.low = low
    self.high = high
  }

  /// Nil where the rows are not known.
  init?(_ kind: Work.Kind, rows: RowCount) {
    guard let range = rows.range else { return nil }
    let rate = Self.rate(kind)
    low = Double(range.lowerBound) / 1e6 * rate.lowerBound
    high = Double(range.upperBound) / 1e6 * rate.upperBound
  }

  static func + (one: Self, other: Self) -> Self { Self(low: one.low + other.low, high: one.high + other.high) }

  /// As: `36 s to 3 min`, `up to 12 s`.
  var text: String {
    let (low, high) = (Self.text(low), Self.text(high))
    if self.low < 0.05 { return "up to \(high)" }
    return low == high ? low : "\(low) to \(high)"
  }

  /// A number without a fraction where it has none.
  static func plain(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }

  /// With two digits that matter.
  private static func text(_ seconds: Double) -> String {
    switch seconds {
    case ..<0.95: "\(max(1, Int((seconds * 10).rounded())) * 100) ms"
    case ..<100: "\(Int(seconds.rounded())) s"
    case ..<(100 * 60): "\(Int((seconds / 60).rounded())) min"
    case ..<(72 * 3600): "\(Int((seconds / 3600).rounded())) h"
    default: "\(RowWords.number(Int(min(seconds / 86400, 1e15).rounded()))) days"
    }
  }
}

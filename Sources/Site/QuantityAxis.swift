internal import Foundation
internal import KnowledgeModel

/// An axis for the values of a trait: which part of them is drawn, at which scale, with which marks.
struct QuantityAxis {
  enum Scale {
    case linear
    case logarithmic
    /// For shares near the whole: each mark leaves a tenth of what the one before leaves.
    case nines
  }

  let scale: Scale
  let low: Double
  let high: Double
  /// In rising order.
  let ticks: [(value: Double, text: String)]

  /// - Parameters:
  ///   - marks: the figures that have to lie well inside.
  ///   - plausible: the usual values, which are drawn as far as they are not too far off.
  /// Nil where there is nothing to go by, and for what may be below 0.
  init?(_ unit: BaseUnit, marks: [Decimal], plausible: Interval?, bounds: Interval?) {
    let marks = marks.map(\.double)
    let floor = bounds?.low.double ?? 0
    let ceiling = bounds?.high.double ?? .infinity
    let usual = [plausible?.low.double, plausible?.high.double].compactMap(\.self)
    guard let least = (marks.isEmpty ? usual : marks).min(), let most = (marks.isEmpty ? usual : marks).max(), most > 0,
      least >= 0, floor >= 0
    else { return nil }

    switch unit {
    case .share where least > 0.9 && most < 1:
      scale = .nines
      let top = max(most, min(usual.last ?? 0, 0.9999))
      let nines = -Int((log10(1 - top) - 0.5).rounded(.down))
      let first = max(0, -Int((log10(1 - least) + 0.5).rounded(.up)))
      ticks = (first...nines).map { count in
        let value = 1 - 1 / pow(Decimal(10), count)
        return (value.double, QuantityText.text(value, .share))
      }
      low = ticks[0].value
      high = ticks[ticks.count - 1].value
      return
    case .share where least >= 0.1 || least == 0:
      scale = .linear
      (low, high) = (0, 1)
      ticks = [0, 0.25, 0.5, 0.75, 1].map { ($0, "\(Int($0 * 100))%") }
      return
    case .count, .number:
      let reach = max(most * 2, usual.last.map { min($0, most * 5) } ?? 0)
      guard reach <= 60, most <= least * 20 || least == 0 else { break }
      scale = .linear
      let step = [1.0, 2, 5, 10].first { reach / $0 <= 8 } ?? 20
      low = floor <= 1 ? floor : 0
      high = min((reach / step).rounded(.up) * step, ceiling)
      ticks = stride(from: 0, through: high, by: step).filter { [low] in $0 >= low }.map { ($0, "\(Int($0))") }
      return
    default: break
    }

    scale = .logarithmic
    let rungs = QuantityAxis.rungs(unit)
    // At most four decades beyond the figures, however far the usual values reach; two where they begin at 0.
    let positive = marks.filter { $0 > 0 }.min() ?? usual.first { $0 > 0 } ?? most
    let usualLow = usual.first == 0 ? positive / 100 : max(usual.first ?? positive, positive / 10_000)
    let from = marks.isEmpty ? usualLow : min(positive / 10, usualLow)
    let to = marks.isEmpty ? most : max(most * 3, min(usual.last ?? most, most * 10_000))
    let start = rungs.last { $0 <= from } ?? rungs[0]
    let end = rungs.first { $0 >= to } ?? to
    low = max(start, floor > 0 ? min(floor, positive) : 0)
    high = min(end, ceiling)
    guard low > 0, high > low else { return nil }
    ticks = rungs.filter { [low, high] in $0 >= low && $0 <= high }.map { ($0, QuantityAxis.short($0, unit)) }
  }

  /// From 0 at the low end to 1 at the high one.
  func position(_ value: Double) -> Double { max(0, min(1, unbounded(value))) }

  /// The same for values that are not drawn as well.
  func unbounded(_ value: Double) -> Double {
    switch scale {
    case .linear: (value - low) / (high - low)
    case .logarithmic: value <= 0 ? 0 : log10(value / low) / log10(high / low)
    case .nines: value >= 1 ? 1 : log10((1 - value) / (1 - low)) / log10((1 - high) / (1 - low))
    }
  }

  func value(_ position: Double) -> Double {
    switch scale {
    case .linear: low + (high - low) * position
    case .logarithmic: low * pow(high / low, position)
    case .nines: 1 - (1 - low) * pow((1 - high) / (1 - low), position)
    }
  }

  // MARK: Marks

  private static func rungs(_ unit: BaseUnit) -> [Double] {
    let day = 86_400.0
    return unit == .seconds
      ? [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 6 * 3600, day, 7 * day, 30 * day, 365 * day, 3650 * day]
      : (-4...16).map { NSDecimalNumber(decimal: $0 < 0 ? 1 / pow(10, -$0) : pow(10, $0)).doubleValue }
  }

  /// In few characters; what is counted stands in the axis' title.
  private static func short(_ value: Double, _ unit: BaseUnit) -> String {
    switch unit {
    case .count, .number, .perSecond, .perMinute:
      let steps = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
      guard let step = steps.first(where: { value >= $0.0 }) else { return QuantityText.number(Decimal(value)) }
      return QuantityText.number(Decimal(value / step.0)) + step.1
    case .seconds where value == 60: return "1 min"
    default: return QuantityText.text(Decimal(value).rounded(6), unit)
    }
  }
}

extension Decimal {
  var double: Double { NSDecimalNumber(decimal: self).doubleValue }
}

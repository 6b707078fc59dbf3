public import Foundation
public import KnowledgeModel

/// When growth carries traits over thresholds, and what then comes out of the decisions that read them.
///
/// Growth is compound: after `t` years a value is `value · (1 + growth)^t`. Where value or growth is a range, the one
/// end of both gives the earliest time and the other end the latest.
public struct GrowthProjection: Sendable, Hashable {
  /// What something grows with.
  public enum Driver: String, Sendable, Hashable, CaseIterable {
    /// By `qps_growth`.
    case requests
    /// By `data_growth`.
    case data

    /// The trait that says by how much.
    public var trait: String { self == .requests ? "qps_growth" : "data_growth" }

    /// The answers that are taken to grow with it; what is derived from them follows.
    public var carried: [String] {
      switch self {
      case .requests: ["qps", "read_qps", "write_qps", "message_rate", "identical_query_rate", "db_connections"]
      case .data: ["data_size", "largest_table_rows"]
      }
    }
  }

  /// One threshold that a trait crosses, for one decision whose outcome changes with it.
  public struct Crossing: Sendable, Hashable {
    public var trait: String
    public var driver: Driver
    /// Today's.
    public var value: Interval
    public var threshold: String
    /// The threshold's figure, in the trait's base unit.
    public var at: Decimal
    public var decision: String
    /// The outcomes possible before it, sorted; `not-applicable` may be among them.
    public var from: [String]
    /// Those possible after it.
    public var to: [String]
    /// Whether the trait grows over it, or shrinks below it.
    public var isRising: Bool
    /// In years from today, rounded down; 0 where it may be crossed today already.
    public var earliest: Double
    /// In years from today, rounded up; nil where it may never be crossed.
    public var latest: Double?

    public init(
      trait: String, driver: Driver, value: Interval, threshold: String, at: Decimal, decision: String, from: [String],
      to: [String], isRising: Bool, earliest: Double, latest: Double?
    ) {
      self.trait = trait
      self.driver = driver
      self.value = value
      self.threshold = threshold
      self.at = at
      self.decision = decision
      self.from = from
      self.to = to
      self.isRising = isRising
      self.earliest = earliest
      self.latest = latest
    }
  }

  /// What is known of growth a year; growth of 0, and growth that is not known, are left out.
  public static func growth(in assessment: Assessment) -> [Driver: Interval] {
    var growth: [Driver: Interval] = [:]
    for driver in Driver.allCases {
      guard let reading = assessment.reading(driver.trait), reading.origin != .unknown,
        case .quantity(let interval) = reading.state, interval.low > -1, interval != Interval(0)
      else { continue }
      growth[driver] = interval
    }
    return growth
  }

  /// How many years are looked ahead.
  public static let horizon = 5.0

  /// Growth a year by what it is of; those that are not known, or none, are left out.
  public var growth: [Driver: Interval]
  /// What grows, in questionnaire order, answered or derived.
  public var carried: [Driver: [String]]
  /// Earliest first.
  public var crossings: [Crossing]

  /// Those that may come within the horizon.
  public var near: [Crossing] { crossings.filter { $0.earliest <= GrowthProjection.horizon } }
  /// Those that come later.
  public var later: [Crossing] { crossings.filter { $0.earliest > GrowthProjection.horizon } }
}

extension Evaluator {
  /// The projection of an assessment that this evaluator made; nil where neither growth is known, or both are 0.
  public func projection(of assessment: Assessment) -> GrowthProjection? {
    Projector(self, assessment)?.projection
  }
}

/// Evaluates the decisions on both sides of each crossing.
private struct Projector {
  typealias Driver = GrowthProjection.Driver
  /// All growing values and their growth at the one end of their ranges.
  enum End { case low, high }

  let evaluator: Evaluator
  let assessment: Assessment
  /// With what says whether a list has records.
  let answers: [String: Answer]
  let growth: [Driver: Interval]

  init?(_ evaluator: Evaluator, _ assessment: Assessment) {
    let growth = GrowthProjection.growth(in: assessment)
    guard !growth.isEmpty else { return nil }
    self.evaluator = evaluator
    self.assessment = assessment
    self.growth = growth
    var answers = assessment.sheet.answers
    for list in evaluator.knowledge.lists {
      answers[list.id] = .set(assessment.sheet.records[list.id]?.isEmpty ?? true ? [] : [RecordList.some])
    }
    self.answers = answers
  }

  var projection: GrowthProjection {
    var carried: [Driver: [String]] = [:]
    var crossings: [GrowthProjection.Crossing] = []
    for driver in Driver.allCases where growth[driver] != nil {
      let traits = proportional(to: driver)
      carried[driver] = traits
      for result in assessment.decisions {
        crossings += lines(of: result.decision, over: traits).compactMap { trait, threshold in
          crossing(of: trait, over: threshold, in: result.decision, driver)
        }
      }
    }
    return GrowthProjection(
      growth: growth, carried: carried,
      crossings: crossings.sorted {
        ($0.earliest, $0.latest ?? .infinity, $0.trait, $0.threshold, $0.decision)
          < ($1.earliest, $1.latest ?? .infinity, $1.trait, $1.threshold, $1.decision)
      })
  }

  /// The traits whose value halves if what the driver carries halves.
  private func proportional(to driver: Driver) -> [String] {
    var halved = answers
    for trait in driver.carried {
      guard case .quantity(let interval)? = answers[trait] else { continue }
      halved[trait] = .quantity(Interval(interval.low / 2, interval.high / 2))
    }
    return zip(assessment.traits, evaluator.readings(halved)).compactMap { now, then in
      guard now.origin == .answered || now.origin == .derived, case .quantity(let before) = now.state,
        case .quantity(let after) = then.state, before.high > 0
      else { return nil }
      return isClose(after.low * 2, before.low) && isClose(after.high * 2, before.high) ? now.id : nil
    }
  }

  private func isClose(_ a: Decimal, _ b: Decimal) -> Bool {
    abs(a - b) <= max(abs(a), abs(b)) * Decimal(sign: .plus, exponent: -12, significand: 1)
  }

  /// The comparisons of one of these traits with a threshold, each once.
  private func lines(of decision: Decision, over traits: [String]) -> [(trait: String, threshold: String)] {
    var found: [(trait: String, threshold: String)] = []
    for case .compare(.trait(let trait, _), _, .threshold(let threshold, _), _) in decision.conditions(
      in: assessment.mode
    ).flatMap(\.leaves)
    where traits.contains(trait) && !found.contains(where: { $0 == (trait, threshold) }) {
      found.append((trait, threshold))
    }
    return found
  }

  // MARK: One crossing

  private func crossing(
    of trait: String, over threshold: String, in decision: Decision, _ driver: Driver
  ) -> GrowthProjection.Crossing? {
    guard let reading = assessment.reading(trait), case .quantity(let value) = reading.state,
      case .quantity(_, let bounds, _) = reading.trait.kind, let growth = growth[driver],
      let at = evaluator.knowledge.threshold(threshold)?.quantity(in: assessment.mode).value, at > 0,
      at < bounds.high
    else { return nil }
    let rises = growth.high > 0 && value.low <= at
    // Upward the high end comes first, downward the low one.
    let (first, last): (End, End) = rises ? (.high, .low) : (.low, .high)
    guard rises || (growth.low < 0 && value.high >= at) else { return nil }
    func side(_ end: End) -> (time: Double, before: [String], after: [String])? {
      let from = end == .high ? value.high : value.low
      let rate = end == .high ? growth.high : growth.low
      guard from > 0, rises ? rate > 0 && from <= at : rate < 0 && from >= at else { return nil }
      let time = max(0, log(number(at / from)) / log1p(number(rate)))
      guard time.isFinite else { return nil }
      let step = Decimal(sign: .plus, exponent: -9, significand: 1)
      let factor = at / from
      let (early, late) =
        rises ? (factor * (1 - step), factor * (1 + step)) : (factor * (1 + step), factor * (1 - step))
      return (
        time, possible(decision, end, driver, early, time), possible(decision, end, driver, late, time)
      )
    }
    let (early, late) = (side(first), side(last))
    let turns = [early, late].compactMap(\.self).filter { $0.before != $0.after }
    guard let before = turns.first?.before, let after = turns.last?.after, before != after else { return nil }
    // A hair outward, for what the logarithms round.
    let margin = 1e-9
    return GrowthProjection.Crossing(
      trait: trait, driver: driver, value: value, threshold: threshold, at: at, decision: decision.id,
      from: before, to: after, isRising: rises, earliest: max(0, (early?.time ?? 0) * (1 - margin)),
      latest: late.map { $0.time * (1 + margin) })
  }

  /// What can come out when everything has grown to where `driver` has reached a factor.
  private func possible(_ decision: Decision, _ end: End, _ driver: Driver, _ factor: Decimal, _ years: Double)
    -> [String]
  {
    var grown = answers
    for other in Driver.allCases {
      guard let rates = growth[other] else { continue }
      let rate = end == .high ? rates.high : rates.low
      let factor = other == driver ? factor : decimal(exp(years * log1p(number(rate))))
      for trait in other.carried {
        guard case .quantity(let value)? = answers[trait],
          case .quantity(_, let bounds, _)? = assessment.reading(trait)?.trait.kind
        else { continue }
        let from = end == .high ? value.high : value.low
        grown[trait] = .quantity(Interval(min(max(from * factor, bounds.low), bounds.high)))
      }
    }
    return evaluator.outcomes(grown)[decision.id]?.possible ?? []
  }

  private func number(_ value: Decimal) -> Double { NSDecimalNumber(decimal: value).doubleValue }

  /// What is beyond every bound stays there.
  private func decimal(_ value: Double) -> Decimal { Decimal(min(value, 1e30)) }
}

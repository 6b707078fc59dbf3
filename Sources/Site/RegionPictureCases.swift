internal import DecisionEngine
internal import Documents
internal import Foundation
internal import KnowledgeModel

/// What a decision hangs on besides the two traits that are drawn: each a factor with the values that make a
/// difference.
struct RegionFactor {
  enum Subject: Hashable {
    case trait(String)
    case decision(String)
    /// A comparison of traits with each other, by its words.
    case comparison(String)
  }

  struct Value {
    /// To the slice of the knowledge that is drawn.
    var answer: Answer
    /// The options that it stands for.
    var options: [String] = []
    /// Which of the tests hold.
    var truths: [Bool] = []
  }

  var subject: Subject
  /// The id that the slice knows it by.
  var id: String
  var values: [Value]
  /// The tests that read it, as conditions.
  var tests: [Condition] = []
  /// For a quantity: its thresholds.
  var line: RegionLine?

  /// What tells these of its values from the others that there can be.
  func words(_ chosen: [Int], of all: [Int], _ names: RuleTableWords) -> String {
    switch subject {
    case .comparison:
      guard let test = tests.first else { return "" }
      return names.sentence(chosen == [0] ? test : Condition.not(test).negationsInward)
    case .trait(let id):
      if let line { return "\(names.title(id).uncapitalized) \(line.words(chosen))" }
      let title = names.title(id).uncapitalized
      if case .flag = values[0].answer { return "\(title): \(chosen == [0] ? "yes" : "no")" }
      if values[0].truths.isEmpty { return "\(title): \(among(chosen, all))" }
      func point(_ value: Int) -> [Int] { values[value].truths.map { $0 ? 1 : 0 } }
      let boxes = Boxes.cover(
        chosen.map(point), outside: all.filter { !chosen.contains($0) }.map(point), sizes: tests.map { _ in 2 })
      let parts = boxes.map { box in
        RuleTableWords.all(
          tests.indices.filter { box[$0].count == 1 }
            .map { names.value(box[$0] == [1] ? tests[$0] : .not(tests[$0])) })
      }
      return "\(title): \(parts.joined(separator: ", or "))"
    case .decision(let id): return "\(names.title(ofDecision: id).uncapitalized): \(among(chosen, all))"
    }
  }

  private func among(_ chosen: [Int], _ all: [Int]) -> String {
    func list(_ ids: [String]) -> String {
      Wording.list(ids.map { $0 == Outcome.notApplicable ? "not applicable" : $0 }, "or")
    }
    let wanted = chosen.flatMap { values[$0].options }
    let others = all.filter { !chosen.contains($0) }.flatMap { values[$0].options }
    return others.count < wanted.count ? "not \(list(others))" : list(wanted)
  }
}

/// A trait's values with the figures that part them.
struct RegionLine {
  struct Boundary: Hashable {
    var value: Decimal
    /// Whether the figure itself counts to the side below it.
    var isBelow: Bool
  }

  let trait: Trait
  let unit: BaseUnit
  let bounds: Interval
  /// In rising order.
  let boundaries: [Boundary]

  /// - Parameter found: as the tests are read, at or within the trait's bounds.
  init?(_ trait: Trait, _ found: [Boundary]) {
    guard case .quantity(let unit, let bounds, _) = trait.kind else { return nil }
    self.trait = trait
    self.unit = unit
    self.bounds = bounds
    // What leaves nothing on one of its sides parts nothing.
    boundaries = found.uniqued().filter { boundary in
      boundary.value > bounds.low && boundary.value < bounds.high
        || boundary.value == bounds.low && boundary.isBelow || boundary.value == bounds.high && !boundary.isBelow
    }.sorted { ($0.value, $0.isBelow ? 1 : 0) < ($1.value, $1.isBelow ? 1 : 0) }
  }

  /// Those with values of some extent on both sides, which can be drawn.
  var inner: [Boundary] { boundaries.filter { $0.value > bounds.low && $0.value < bounds.high } }

  var cells: Int { boundaries.count + 1 }

  /// A value within a cell.
  func inside(_ cell: Int) -> Decimal {
    let low = cell > 0 ? boundaries[cell - 1].value : bounds.low
    let high = cell < boundaries.count ? boundaries[cell].value : bounds.high
    return (low + high) / 2
  }

  func cell(of value: Decimal) -> Int {
    boundaries.count { $0.isBelow ? value > $0.value : value >= $0.value }
  }

  /// `at most 10,000/s`, `above 1,000/s and at most 50,000/s`; empty for all cells.
  func words(_ chosen: [Int]) -> String {
    guard let first = chosen.min(), let last = chosen.max() else { return "" }
    let from = first > 0 ? boundaries[first - 1] : nil
    let to = last < boundaries.count ? boundaries[last] : nil
    if from == nil, let to, to.value == bounds.low { return text(to) }
    let parts = [
      from.map { ($0.isBelow ? "above " : "at least ") + text($0) },
      to.map { ($0.isBelow ? "at most " : "below ") + text($0) },
    ].compactMap(\.self)
    return parts.joined(separator: " and ")
  }

  func text(_ boundary: Boundary) -> String { QuantityText.text(boundary.value, unit) }
}

/// A formula that is a sum of traits with factors; nil where it is not.
struct LinearForm {
  var constant: Decimal = 0
  var factors: [String: Decimal] = [:]

  init?(_ formula: Formula, _ knowledge: Knowledge) {
    switch formula {
    case .trait(let id, _): factors = [id: 1]
    case .threshold(let id, _):
      guard let value = knowledge.threshold(id)?.value.value else { return nil }
      constant = value
    case .literal(let quantity, _): constant = quantity.value
    case .binary(let op, let a, let b):
      guard let a = LinearForm(a, knowledge), let b = LinearForm(b, knowledge) else { return nil }
      switch op {
      case .add: self = a.adding(b, times: 1)
      case .subtract: self = a.adding(b, times: -1)
      case .multiply where a.factors.isEmpty: self = LinearForm().adding(b, times: a.constant)
      case .multiply where b.factors.isEmpty: self = LinearForm().adding(a, times: b.constant)
      case .divide where b.factors.isEmpty && b.constant != 0: self = LinearForm().adding(a, times: 1 / b.constant)
      default: return nil
      }
    case .share, .smaller, .larger: return nil
    }
  }

  private init() {}

  func adding(_ other: LinearForm, times factor: Decimal) -> LinearForm {
    var sum = self
    sum.constant += other.constant * factor
    for (id, value) in other.factors { sum.factors[id, default: 0] += value * factor }
    sum.factors = sum.factors.filter { $0.value != 0 }
    return sum
  }

  /// With one of its traits fixed.
  func fixing(_ id: String, at value: Decimal) -> LinearForm {
    var fixed = self
    fixed.constant += (fixed.factors.removeValue(forKey: id) ?? 0) * value
    return fixed
  }
}

/// The largest boxes that cover some combinations of values and none of those outside.
enum Boxes {
  /// - Parameters:
  ///   - inside: what is to be covered, in order; each a position in every dimension.
  ///   - outside: what must not be. What is in neither may be covered.
  ///   - ordered: the dimensions in which only neighbours go together.
  static func cover(_ inside: [[Int]], outside: [[Int]], sizes: [Int], ordered: Set<Int> = []) -> [[[Int]]] {
    var left = inside
    var boxes: [[[Int]]] = []
    while let first = left.first {
      var box = first.map { [$0] }
      var grew = true
      while grew {
        grew = false
        for dimension in sizes.indices {
          for value in 0..<sizes[dimension] where !box[dimension].contains(value) {
            if ordered.contains(dimension), !box[dimension].contains(value - 1), !box[dimension].contains(value + 1) {
              continue
            }
            let isFree = !outside.contains { point in
              point.indices.allSatisfy { $0 == dimension ? point[$0] == value : box[$0].contains(point[$0]) }
            }
            if isFree {
              box[dimension] = (box[dimension] + [value]).sorted()
              grew = true
            }
          }
        }
      }
      boxes.append(box)
      left.removeAll { point in point.indices.allSatisfy { box[$0].contains(point[$0]) } }
    }
    return boxes
  }
}

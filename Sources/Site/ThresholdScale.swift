internal import DecisionEngine
internal import Documents
internal import Foundation
public import KnowledgeModel

/// A threshold on the scale of what is compared with it: small enough to stand in a row of a table.
public enum ThresholdScale {
  static let width = 240
  static let height = 44
  private static let margin = 8
  private static let middle = 18
  static let mark = TextMeasure(size: 11, isBold: true)
  static let tick = TextMeasure(size: 10)

  /// What a reader needs to read the scales of a table.
  public static let legend =
    "The pale bar is the usual range of the trait that is compared with the figure, a thin mark another figure for the "
    + "same trait, a ring the guide's own."

  /// Nil where no scale can be drawn for the figure.
  public static func figure(_ threshold: Threshold, in knowledge: Knowledge) -> String? {
    drawing(threshold, Uses(knowledge))?.svg
  }

  /// Those of all thresholds, by id.
  public static func figures(in knowledge: Knowledge) -> [String: String] {
    let uses = Uses(knowledge)
    return Dictionary(
      knowledge.thresholds.compactMap { threshold in drawing(threshold, uses).map { (threshold.id, $0.svg) } },
      uniquingKeysWith: { first, _ in first })
  }

  struct Drawing {
    var svg: String
    /// The words on it, from their left to their right edge, in rows.
    var words: [(text: String, left: Int, right: Int, y: Int)]
  }

  static func drawing(_ threshold: Threshold, _ uses: Uses) -> Drawing? {
    let trait = uses.trait(of: threshold)
    var bounds: Interval?
    if case .quantity(_, let own, _)? = trait?.kind { bounds = own }
    let figures = [threshold.value.value] + [threshold.asWritten?.value].compactMap(\.self)
    guard
      let axis = QuantityAxis(
        threshold.value.unit, marks: figures, plausible: trait?.plausible,
        bounds: bounds ?? (threshold.value.unit == .share ? Interval(0, 1) : nil))
    else { return nil }
    func x(_ value: Decimal) -> Int {
      margin + Int((axis.position(value.double) * Double(width - 2 * margin)).rounded())
    }

    let value = QuantityText.text(threshold.value)
    var sentence = "\(value) on a \(axis.scale == .linear ? "" : "logarithmic ")scale"
    if let first = axis.ticks.first, let last = axis.ticks.last {
      sentence += " from \(first.text) to \(last.text)"
    }
    if let trait { sentence += " of \(trait.entry.title.uncapitalized)" }
    var out = SVG.path(
      "M\(margin) \(middle)H\(width - margin)" + axis.ticks.map { "M\(x(Decimal($0.value))) \(middle)v4" }.joined(),
      "axis")
    if let plausible = trait?.plausible, let unit = trait?.kind.unit {
      let (from, to) = (x(plausible.low), x(plausible.high))
      if to > from {
        out += SVG.path("M\(from) \(middle)H\(to)", "usual")
        sentence += "; \(QuantityText.text(plausible, unit)) is usual"
      }
    }
    let siblings = uses.siblings(of: threshold).filter { axis.low <= $0.double && $0.double <= axis.high }.map(x)
      .uniqued().sorted()
    if !siblings.isEmpty {
      out += SVG.path(siblings.map { "M\($0) \(middle - 5)v10" }.joined(), "other")
    }
    var words: [(text: String, left: Int, right: Int, y: Int)] = []
    /// - Returns: the element; the word stays within the drawing.
    func word(_ text: String, _ at: Int, _ y: Int, _ measure: TextMeasure, _ name: String) -> String {
      let half = (measure.width(text) + 1) / 2
      let centre = max(half, min(width - half, at))
      words.append((text, centre - half, centre + half, y))
      return SVG.text(text, centre, y, name, .middle)
    }
    func isFree(_ text: String, _ at: Int, _ y: Int, _ measure: TextMeasure) -> Bool {
      let half = (measure.width(text) + 1) / 2
      let centre = max(half, min(width - half, at))
      return words.allSatisfy { $0.y != y || $0.right + 4 < centre - half || centre + half + 4 < $0.left }
    }
    let at = x(threshold.value.value)
    out += SVG.path("M\(at) \(middle - 7)v14", "mark") + word(value, at, 9, mark, "value")
    if let asWritten = threshold.asWritten, asWritten != threshold.value {
      let text = QuantityText.text(asWritten)
      out += SVG.circle(x(asWritten.value), middle, 4, "guide")
      let named = "guide \(text)"
      if isFree(named, x(asWritten.value), 9, mark) { out += word(named, x(asWritten.value), 9, tick, "guide") }
      sentence += "; the guide's figure is \(text)"
    }
    // The ends name the scale, then what else has room.
    let ends = axis.ticks.indices.filter { $0 == 0 || $0 == axis.ticks.count - 1 }
    for index in ends + axis.ticks.indices.filter({ !ends.contains($0) }) where words.count(where: { $0.y == 38 }) < 4 {
      let one = axis.ticks[index]
      if isFree(one.text, x(Decimal(one.value)), 38, tick) {
        out += word(one.text, x(Decimal(one.value)), 38, tick, "")
      }
    }
    let svg = """
      <svg class="scale" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" role="img" \
      aria-label="\(Picture.text(sentence))">\(out.replacing("\n", with: ""))</svg>
      """
    return Drawing(svg: svg, words: words)
  }

  /// Which traits are compared with which thresholds.
  struct Uses {
    private var trait: [String: Trait] = [:]
    private var figures: [String: [(threshold: String, value: Decimal)]] = [:]

    init(_ knowledge: Knowledge) {
      let conditions =
        knowledge.decisions.flatMap { decision in Mode.allCases.flatMap { decision.conditions(in: $0) } }
        + (knowledge.practices.map(\.applies) + knowledge.checks.map(\.applies)).compactMap { $0?.current.condition }
      let traits = Dictionary(
        (knowledge.traits + knowledge.lists.flatMap(\.fields)).map { ($0.id, $0) },
        uniquingKeysWith: { first, _ in first })
      let values = Dictionary(
        knowledge.thresholds.map { ($0.id, $0.value.value) }, uniquingKeysWith: { first, _ in first })
      for case .compare(let left, _, let right, _) in conditions.flatMap(\.leaves) {
        switch (left, right) {
        case (.trait(let id, _), .threshold(let threshold, _)), (.threshold(let threshold, _), .trait(let id, _)):
          guard let found = traits[id], let value = values[threshold] else { continue }
          if trait[threshold] == nil { trait[threshold] = found }
          figures[id, default: []].append((threshold, value))
        default: break
        }
      }
    }

    func trait(of threshold: Threshold) -> Trait? { trait[threshold.id] }

    /// The other figures that its trait is compared with.
    func siblings(of threshold: Threshold) -> [Decimal] {
      figures[trait[threshold.id]?.id ?? ""]?.filter { $0.threshold != threshold.id }.map(\.value).uniqued() ?? []
    }
  }
}

internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel

/// How far traits are from the thresholds that decide: a bar from each value to its threshold, which is the same line
/// for all.
struct HeadroomChart {
  /// One trait before or past one threshold.
  struct Row {
    var trait: String
    var title: String
    /// As read: `2,125/s`, `120/s to 400/s`.
    var value: String
    /// The distance in words: `4.7× to 10,000/s`.
    var distance: String
    /// The decisions that hang on the threshold, by weight.
    var decisions: [String]
    /// The value's end that is next to the threshold, and the other end, by the threshold; 1 is on it.
    var near: Double
    var far: Double
    var isRange: Bool
    var isPast: Bool
  }

  /// More rows than this are left out, the farthest first.
  static let most = 12
  /// How far a bar reaches at most, in decades: what is farther ends in an arrow.
  private static let decades = 3.0

  let rows: [Row]
  let omitted: Int
  /// Whether distances are drawn by their logarithm.
  let isLogarithmic: Bool

  /// Nil where no decided decision has a trait that stands before or past a threshold.
  init?(_ results: [DecisionResult], _ wording: Wording) {
    var rows: [(order: Double, row: Row)] = []
    var seen: [String: Int] = [:]
    for result in results where result.status == .decided && !result.isAssumed {
      let title = result.decision.entry.title
      for headroom in result.headroom where headroom.at > 0 && headroom.value >= 0 {
        let key = "\(headroom.trait) \(headroom.threshold)"
        if let index = seen[key] {
          if !rows[index].row.decisions.contains(title) { rows[index].row.decisions.append(title) }
          continue
        }
        // What the outcome does not hang on says nothing here.
        guard result.because.contains(where: { $0.condition.contains("@\(headroom.threshold)") }),
          let reading = wording.assessment.reading(headroom.trait), reading.origin != .default,
          case .quantity(let interval) = reading.state, let unit = reading.trait.kind.unit
        else { continue }
        let isPast = headroom.value > headroom.at
        func share(_ value: Decimal) -> Double { NSDecimalNumber(decimal: value / headroom.at).doubleValue }
        let near = share(headroom.value)
        seen[key] = rows.count
        rows.append(
          (
            near > 0 ? abs(log10(near)) : .infinity,
            Row(
              trait: headroom.trait, title: reading.trait.entry.title, value: QuantityText.text(interval, unit),
              distance: wording.shortHeadroom(headroom), decisions: [title], near: near,
              far: share(isPast ? interval.high : interval.low), isRange: !interval.isPoint, isPast: isPast)
          ))
      }
    }
    // Of each trait the nearest ahead and the nearest behind.
    let ordered = rows.enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
      .map(\.element.row)
    var taken: Set<String> = []
    let nearest = ordered.filter { taken.insert("\($0.trait) \($0.isPast)").inserted }
    guard !nearest.isEmpty else { return nil }
    let shown = Array(nearest.prefix(HeadroomChart.most))
    omitted = nearest.count - shown.count
    isLogarithmic = shown.contains { row in [row.near, row.far].contains { $0 < 0.1 || $0 > 10 } }
    self.rows = shown.filter { !$0.isPast } + shown.filter(\.isPast)
  }

  // MARK: Scale

  /// Where a share of the threshold lies, from −1 at the left edge over 0 on the threshold to 1 at the right one.
  func position(_ share: Double) -> Double {
    if isLogarithmic {
      return share <= 0 ? -1 : max(-1, min(1, log10(share) / reach))
    }
    return max(-1, min(1, (share - 1) / linearReach(share > 1)))
  }

  /// The decades that are drawn to each side.
  private var reach: Double {
    let all = rows.flatMap { [$0.near, $0.far] }.filter { $0 > 0 }.map { abs(log10($0)) }
    return max(1, min(HeadroomChart.decades, (all.max() ?? 1).rounded(.up)))
  }

  /// To the left all that is below the threshold, to the right as much again as the largest is beyond.
  private func linearReach(_ isRight: Bool) -> Double {
    isRight ? max(1, ((rows.map { max($0.near, $0.far) }.max() ?? 1) - 1).rounded(.up)) : 1
  }

  /// Whether a value is beyond what is drawn.
  private func isCut(_ share: Double) -> Bool { isLogarithmic && (share <= 0 || abs(log10(share)) > reach + 1e-9) }

  /// Marks on the scale, as shares of the threshold with their names.
  private var marks: [(share: Double, name: String)] {
    guard isLogarithmic else {
      let right = linearReach(true)
      let far = rows.contains { max($0.near, $0.far) > 1 } ? [(1 + right, "\(Int(1 + right))×")] : []
      return [(0, "0"), (0.5, "½")] + far
    }
    let names = ["", "10", "100", "1,000"]
    let steps = 1...max(1, Int(reach))
    let left = steps.reversed().map { (pow(10, -Double($0)), "1/\(names[min($0, 3)])") }
    let right = steps.map { (pow(10, Double($0)), "\(names[min($0, 3)])×") }
    return left + (rows.contains(where: \.isPast) ? right : [])
  }

  // MARK: Words

  private var caption: String {
    var sentences = [
      "The bar runs from the value to the threshold; left of the line there is room, right of it is past."
    ]
    if rows.contains(where: \.isRange) { sentences.append("The pale part is the range of the answer.") }
    if isLogarithmic { sentences.append("Logarithmic: each mark is ten times the one before.") }
    if omitted > 0 { sentences.append(leftOut) }
    return sentences.joined(separator: " ")
  }

  private var leftOut: String {
    "\(Wording.count(omitted, "distance that is larger is", "distances that are larger are")) left out."
  }

  private var description: String {
    let lines = rows.map { row in
      "\(row.title): \(row.value), \(row.distance) (\(Wording.list(row.decisions)))"
    }
    return lines.joined(separator: "; ") + "." + (omitted > 0 ? " " + leftOut : "")
  }

  // MARK: Text

  /// At most 100 columns wide.
  var text: String {
    let names = rows.map { HeadroomChart.fitted($0.trait, 22) }
    let values = rows.map { HeadroomChart.fitted($0.value, 22) }
    let distances = rows.map { HeadroomChart.fitted($0.distance, 26) }
    let nameWidth = names.map(\.count).max() ?? 0
    let valueWidth = values.map(\.count).max() ?? 0
    let room = 100 - nameWidth - valueWidth - (distances.map(\.count).max() ?? 0) - 7
    let hasPast = rows.contains(where: \.isPast)
    let left = max(8, min(24, hasPast ? room * 3 / 5 : room))
    let right = hasPast ? max(6, min(16, room - left)) : 0
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let lines = rows.indices.map { index -> String in
      let row = rows[index]
      func cells(_ share: Double, _ width: Int) -> Int {
        let exact = abs(position(share)) * Double(width)
        return share == 1 ? 0 : max(1, min(width, Int(exact.rounded())))
      }
      let width = row.isPast ? right : left
      let near = cells(row.near, width)
      let far = row.isRange ? max(near, cells(row.far, width)) : near
      // Room stands next to the line, what is only a range away from it.
      var bar = String(repeating: "█", count: near) + String(repeating: "░", count: far - near)
      if !row.isPast { bar = String(bar.reversed()) }
      let gap = String(repeating: " ", count: width - far)
      let bars =
        row.isPast
        ? String(repeating: " ", count: left) + "│" + bar + gap
        : gap + bar + "│" + String(repeating: " ", count: right)
      return "\(padded(names[index], nameWidth))  \(padded(values[index], valueWidth))  \(bars)  \(distances[index])"
    }
    let head = String(repeating: " ", count: nameWidth + valueWidth + 4)
    let sides = "room".count < left ? padded("◂ room", left) + "│" + (hasPast ? "past ▸" : "") : ""
    let scale = [isLogarithmic ? "Logarithmic: the full width is \(reachName)." : nil, omitted > 0 ? leftOut : nil]
      .compactMap(\.self)
    return ([head + sides] + lines + (scale.isEmpty ? [] : [""] + scale)).map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  private var reachName: String { "a factor of \(["", "10", "100", "1,000"][min(3, max(1, Int(reach)))])" }

  private static func fitted(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : text.prefix(width - 1) + "…"
  }

  // MARK: Drawing

  var picture: Picture {
    let hasPast = rows.contains(where: \.isPast)
    let words = ChartRows(
      rows.map {
        .init(label: $0.title, value: $0.value, figure: $0.distance, note: $0.decisions.joined(separator: ", "))
      })
    // The line stands where both sides have their room.
    let line = hasPast ? ChartRows.left + (ChartRows.right - ChartRows.left) * 3 / 5 : ChartRows.right - 12
    func x(_ share: Double) -> Int {
      let position = position(share)
      let room = position < 0 ? line - ChartRows.left : ChartRows.right - line
      return line + Int((position * Double(room)).rounded())
    }
    var out = ""
    var last: Int?
    for mark in marks.sorted(by: { abs($0.share - 1) > abs($1.share - 1) }) {
      let at = x(mark.share)
      out += SVG.line(at, ChartRows.top - 6, at, words.bottom, "grid")
      // Where names would touch, every other one is left out.
      if let last, abs(last - at) < 48 { continue }
      last = at
      out += SVG.text(mark.name, at, ChartRows.top - 12, "tick", .middle)
    }
    out += SVG.text("threshold", line, 12, "tick", hasPast ? .middle : .end)
    for (index, row) in rows.enumerated() {
      let top = words.middle(index) - ChartRows.bar / 2
      out += words.draw(index)
      let (near, far) = (x(row.near), x(row.far))
      if row.isRange { out += SVG.rect(min(near, far), top, abs(near - far), ChartRows.bar, "range") }
      out += SVG.rect(min(near, line), top, max(1, abs(near - line)), ChartRows.bar, row.isPast ? "past" : "room")
      if isCut(row.isRange ? row.far : row.near) {
        let edge = row.isPast ? ChartRows.right : ChartRows.left
        out += SVG.path(row.isPast ? "M\(edge - 8) \(top)l9 8l-9 8z" : "M\(edge + 8) \(top)l-9 8l9 8z", "cut")
      }
      out += SVG.circle(near, words.middle(index), 4, "value")
    }
    out += SVG.line(line, ChartRows.top - 8, line, words.bottom, "threshold")
    return Picture(
      id: "headroom-chart", title: "Headroom", caption: caption, description: description, fenceLanguage: "text",
      source: text, size: (ChartRows.width, words.bottom + 8), drawing: out)
  }
}

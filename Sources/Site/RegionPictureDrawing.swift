internal import DecisionEngine
internal import Documents
internal import Foundation
internal import KnowledgeModel

/// One panel of a picture of regions: the plot with its axes, its regions and their names.
struct RegionDrawing {
  struct Word {
    var text: String
    /// The edge, middle or end of its base line, by the anchor.
    var x: Int
    var y: Int
    var anchor: SVG.Anchor
    var measure: TextMeasure
    /// The class that it is drawn with.
    var name: String

    var left: Int {
      let width = measure.width(text)
      return anchor == .start ? x : anchor == .middle ? x - width / 2 : x - width
    }
    var right: Int { left + measure.width(text) }
  }

  static let width = 340
  private static let plotHeight = 220
  private static let bandHeight = 64
  private static let margin = 10
  static let label = TextMeasure(size: 12, isBold: true)
  static let small = TextMeasure(size: 12)
  static let mark = TextMeasure(size: 12, isBold: true)

  private(set) var elements = ""
  private(set) var words: [Word] = []
  private(set) var height = 0
  /// Outcomes whose region holds no more than a number, from 1.
  private(set) var numbered: [Int] = []
  /// Regions that hold not even that.
  private(set) var unnamed = 0

  private let plane: RegionPlane
  private let outcomes: [[String]]
  private var left = RegionDrawing.margin
  private let right = RegionDrawing.width - RegionDrawing.margin
  private var top = 6
  private var bottom = 0

  static func fill(_ index: Int) -> String { "f\(index + 1)" }

  init(_ plane: RegionPlane, outcomes: [[String]]) {
    self.plane = plane
    self.outcomes = outcomes
    place()
    let regions = regions()
    let lines = lines()
    let axes = axes()
    let names = names()
    elements = regions + lines + axes + names
  }

  // MARK: Places

  private mutating func place() {
    if let y = plane.y, let axis = plane.yAxis {
      let texts =
        axis.ticks.map { RegionDrawing.small.width($0.text) }
        + plane.yFigures.map { RegionDrawing.mark.width(y.text($0)) }
      left = (texts.max() ?? 20) + 12
      top = 30
      bottom = top + RegionDrawing.plotHeight
    } else {
      bottom = top + RegionDrawing.bandHeight
    }
  }

  func x(_ u: Double) -> Int { left + Int((u * Double(right - left)).rounded()) }
  func y(_ v: Double) -> Int { bottom - Int((max(0, min(1, v)) * Double(bottom - top)).rounded()) }

  // MARK: Regions

  private func regions() -> String {
    outcomes.enumerated().map { index, outcome -> String in
      let runs = plane.runs.filter { $0.outcome == outcome }.sorted { ($0.from, $0.lower) < ($1.from, $1.lower) }
      guard !runs.isEmpty else { return "" }
      let shapes = runs.map { run -> String in
        let (from, to) = (plane.cuts[run.from], plane.cuts[run.to])
        let (lower, upper) = (plane.lines[run.lower], plane.lines[run.upper])
        let ends = [lower.position(from), lower.position(to), upper.position(to), upper.position(from)].map(y)
        return ends[0] == ends[1] && ends[2] == ends[3]
          ? "M\(x(from)) \(ends[0])H\(x(to))V\(ends[2])H\(x(from))z"
          : "M\(x(from)) \(ends[0])L\(x(to)) \(ends[1])V\(ends[2])L\(x(from)) \(ends[3])z"
      }
      return "<path fill=\"url(#\(RegionDrawing.fill(index)))\" d=\"\(shapes.joined())\"/>\n"
    }.joined()
  }

  /// Every figure across the whole plot, and stronger where outcomes meet.
  private func lines() -> String {
    let straight = verticals.map { "M\($0) \(top)V\(bottom)" } + horizontals.map { "M\(left) \($0)H\(right)" }
    let slanted = plane.lines.filter { $0.left != $0.right }.map { line -> String in
      // Only as far as it lies within the plot.
      let ends = [(0 - line.left) / (line.right - line.left), (1 - line.left) / (line.right - line.left)]
        .map { max(0, min(1, $0)) }.sorted()
      return "M\(x(ends[0])) \(y(line.position(ends[0])))L\(x(ends[1])) \(y(line.position(ends[1])))"
    }
    let edges = plane.edges.map { edge in
      let (from, to) = ((x(edge.from.u), y(edge.from.v)), (x(edge.to.u), y(edge.to.v)))
      return "M\(from.0) \(from.1)"
        + (from.0 == to.0 ? "V\(to.1)" : from.1 == to.1 ? "H\(to.0)" : "L\(to.0) \(to.1)")
    }
    return SVG.path((straight + slanted).joined(), "figure") + SVG.path(edges.joined(), "edge")
  }

  // MARK: Axes

  private mutating func axes() -> String {
    var drawn: [Word] = []
    var ticks = "M\(left) \(top)V\(bottom)H\(right)\(plane.y == nil ? "V\(top)z" : "")"
    // The figures first, in rows of their own where they are close; of the scale what there is room for.
    var rows: [[Word]] = [[]]
    func free(_ word: Word, _ row: [Word]) -> Bool {
      row.allSatisfy { $0.right + 6 < word.left || word.right + 6 < $0.left }
    }
    func below(_ text: String, _ at: Int, _ measure: TextMeasure, _ name: String, row: Int) -> Word {
      let half = (measure.width(text) + 1) / 2
      return Word(
        text: text, x: max(half, min(RegionDrawing.width - half, at)), y: bottom + 18 + 15 * row, anchor: .middle,
        measure: measure, name: name)
    }
    for boundary in plane.xFigures {
      let at = x(plane.xAxis.position(boundary.value.double))
      let text = plane.x.text(boundary)
      var row = 0
      while row < rows.count, !free(below(text, at, RegionDrawing.mark, "mark", row: row), rows[row]) { row += 1 }
      if row == rows.count { rows.append([]) }
      if !rows[row].contains(where: { $0.text == text }) {
        rows[row].append(below(text, at, RegionDrawing.mark, "mark", row: row))
      }
    }
    for tick in plane.xAxis.ticks {
      let at = x(plane.xAxis.position(tick.value))
      ticks += "M\(at) \(bottom)v4"
      let word = below(tick.text, at, RegionDrawing.small, "tick", row: 0)
      if free(word, rows[0]) { rows[0].append(word) }
    }
    drawn += rows.joined()
    let under = bottom + 18 + 15 * rows.count + 4
    drawn.append(
      Word(
        text: RegionDrawing.small.cut(title(plane.x, plane.xAxis) + " →", to: RegionDrawing.width), x: right, y: under,
        anchor: .end, measure: RegionDrawing.small, name: "title"))
    height = under + 8

    if let line = plane.y, let axis = plane.yAxis {
      var beside: [Word] = []
      func word(_ text: String, _ at: Int, _ measure: TextMeasure, _ name: String) -> Word {
        Word(text: text, x: left - 7, y: at + 4, anchor: .end, measure: measure, name: name)
      }
      for boundary in plane.yFigures {
        var at = y(axis.position(boundary.value.double))
        if let last = beside.last { at = min(at, last.y - 4 - 14) }
        let text = line.text(boundary)
        if beside.last?.text != text { beside.append(word(text, at, RegionDrawing.mark, "mark")) }
      }
      for tick in axis.ticks {
        let at = y(axis.position(tick.value))
        ticks += "M\(left) \(at)h-4"
        let word = word(tick.text, at, RegionDrawing.small, "tick")
        if beside.allSatisfy({ abs($0.y - word.y) >= 14 }) { beside.append(word) }
      }
      drawn += beside
      drawn.append(
        Word(
          text: RegionDrawing.small.cut("↑ " + title(line, axis), to: RegionDrawing.width), x: 2, y: 15, anchor: .start,
          measure: RegionDrawing.small, name: "title"))
    }
    words += drawn
    return SVG.path(ticks, "axis") + drawn.map(RegionDrawing.draw).joined()
  }

  private func title(_ line: RegionLine, _ axis: QuantityAxis) -> String {
    line.trait.entry.title + (axis.scale == .linear ? "" : ", log scale")
  }

  /// The picture says that texts are in the middle, and its style how ticks look.
  private static func draw(_ word: Word) -> String {
    let name = word.name == "tick" ? "" : " class=\"\(word.name)\""
    let anchor = word.anchor == .middle ? "" : " text-anchor=\"\(word.anchor.rawValue)\""
    return "<text\(name)\(anchor) x=\"\(word.x)\" y=\"\(word.y)\">\(Picture.text(word.text))</text>\n"
  }

  // MARK: Names

  /// In each region its outcome, where it fits best; else its number.
  private mutating func names() -> String {
    var found: [Word] = []
    for region in plane.regions {
      guard let outcome = region.first?.outcome, let index = outcomes.firstIndex(of: outcome) else { continue }
      let rooms = rooms(region)
      let fits = rooms.compactMap { room -> (lines: [String], room: Room)? in
        lines(outcome, in: room).map { ($0, room) }
      }
      // In few lines and clear of the figures first, then with the most room.
      let ranked = fits.map { fit in
        (rank: fit.lines.count + (isCrossed(fit.lines, fit.room) ? 1 : 0), lines: fit.lines, room: fit.room)
      }
      if let best = ranked.min(by: { ($0.rank, -$0.room.area) < ($1.rank, -$1.room.area) }) {
        let first = best.room.middle.y - best.lines.count * 15 / 2 + 11
        found += best.lines.enumerated().map { offset, text in
          Word(
            text: text, x: best.room.middle.x, y: first + 15 * offset, anchor: .middle, measure: RegionDrawing.label,
            name: "name")
        }
      } else if let room = rooms.max(by: { $0.area < $1.area }), room.width >= 14, room.height >= 14 {
        numbered.append(index + 1)
        found.append(
          Word(
            text: "\(index + 1)", x: room.middle.x, y: room.middle.y + 5, anchor: .middle, measure: RegionDrawing.label,
            name: "name"))
      } else {
        unnamed += 1
      }
    }
    words += found
    return found.map(RegionDrawing.draw).joined()
  }

  private struct Room {
    var left: Int
    var right: Int
    var top: Int
    var bottom: Int
    var width: Int { right - left }
    var height: Int { bottom - top }
    var area: Int { width * height }
    var middle: (x: Int, y: Int) { ((left + right) / 2, (top + bottom) / 2) }
  }

  /// Where the figures lie.
  private var verticals: [Int] { plane.xFigures.map { x(plane.xAxis.position($0.value.double)) } }
  private var horizontals: [Int] { plane.yFigures.map { y(plane.yAxis?.position($0.value.double) ?? 0) } }

  private func isCrossed(_ lines: [String], _ room: Room) -> Bool {
    let half = (lines.map(RegionDrawing.label.width).max() ?? 0) / 2 + 2
    let tall = lines.count * 15 / 2 + 2
    return verticals.contains { abs($0 - room.middle.x) < half }
      || horizontals.contains { abs($0 - room.middle.y) < tall }
  }

  /// Rectangles within a region, whole and on either side of a figure.
  private func rooms(_ region: [RegionPlane.Run]) -> [Room] {
    var rooms: [Room] = []
    func room(_ from: Double, _ to: Double, _ lower: Double, _ upper: Double) {
      let room = Room(left: x(from), right: x(to), top: y(upper), bottom: y(lower))
      guard room.width > 0, room.height > 0 else { return }
      let columns = [room.left] + verticals.filter { room.left < $0 && $0 < room.right } + [room.right]
      let rows = [room.top] + horizontals.filter { room.top < $0 && $0 < room.bottom }.sorted() + [room.bottom]
      rooms.append(room)
      for (left, right) in zip(columns, columns.dropFirst()) {
        rooms.append(Room(left: left, right: right, top: room.top, bottom: room.bottom))
        for (top, bottom) in zip(rows, rows.dropFirst()) {
          rooms.append(Room(left: left, right: right, top: top, bottom: bottom))
        }
      }
      for (top, bottom) in zip(rows, rows.dropFirst()) {
        rooms.append(Room(left: room.left, right: room.right, top: top, bottom: bottom))
      }
    }
    func inner(_ run: RegionPlane.Run, _ from: Double, _ to: Double) -> (lower: Double, upper: Double) {
      let (lower, upper) = (plane.lines[run.lower], plane.lines[run.upper])
      return (max(lower.position(from), lower.position(to)), min(upper.position(from), upper.position(to)))
    }
    for run in region {
      let (from, to) = (plane.cuts[run.from], plane.cuts[run.to])
      // A slanted side leaves more room on one end.
      for start in 0..<6 {
        for end in (start + 1)...6 {
          let (a, b) = (from + (to - from) * Double(start) / 6, from + (to - from) * Double(end) / 6)
          let (lower, upper) = inner(run, a, b)
          if (start, end) == (0, 6) || lower != inner(run, from, to).lower || upper != inner(run, from, to).upper {
            room(a, b, lower, upper)
          }
        }
      }
      // On into its neighbours.
      var (end, reach) = (run, inner(run, from, to))
      while let next = region.first(where: { $0.from == end.to && plane.touch(end, $0) }) {
        let own = inner(next, plane.cuts[next.from], plane.cuts[next.to])
        reach = (max(reach.lower, own.lower), min(reach.upper, own.upper))
        guard reach.upper > reach.lower else { break }
        room(from, plane.cuts[next.to], reach.lower, reach.upper)
        end = next
      }
    }
    return rooms
  }

  /// An outcome's name broken at hyphens; nil where it does not fit.
  private func lines(_ outcome: [String], in room: Room) -> [String]? {
    var lines: [String] = []
    for (index, id) in outcome.enumerated() {
      let isLast = index == outcome.count - 1
      let name = id == Outcome.notApplicable ? "not applicable" : id
      let text = (index > 0 && isLast ? "or " : "") + name + (index < outcome.count - 2 ? "," : "")
      var line = ""
      for piece in RegionDrawing.pieces(text) {
        if line.isEmpty || RegionDrawing.label.width((line + piece).trimmed) <= room.width - 6 {
          line += piece
        } else {
          lines.append(line.trimmed)
          line = piece
        }
      }
      lines.append(line.trimmed)
    }
    let fits =
      lines.count * 15 <= room.height - 4 && lines.allSatisfy { RegionDrawing.label.width($0) <= room.width - 6 }
    return fits ? lines : nil
  }

  /// `read-`, `replicas`.
  private static func pieces(_ text: String) -> [String] {
    var pieces = [""]
    for character in text {
      pieces[pieces.count - 1].append(character)
      if character == "-" || character == " " { pieces.append("") }
    }
    return pieces
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}

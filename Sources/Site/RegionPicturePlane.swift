internal import Foundation
internal import KnowledgeModel

/// The plane of two quantities, or the line of one, cut by every figure into cells in which nothing changes.
///
/// Positions run from 0 at the low end of an axis to 1 at its high one. A cell lies between two cuts and two lines, so
/// it is a rectangle, or a trapezium where a line is slanted.
struct RegionPlane {
  struct Line: Hashable {
    /// At the left edge and at the right one.
    var left: Double
    var right: Double

    func position(_ u: Double) -> Double { left + (right - left) * u }
  }

  struct Cell {
    /// Positions in `lines`.
    var lower: Int
    var upper: Int
    /// Which cell of the traits' lines it is, and on which side of each diagonal.
    var position: [Int]
    /// A point within it.
    var x: Decimal
    var y: Decimal?
    var outcome: [String] = []
  }

  let x: RegionLine
  let y: RegionLine?
  let xAxis: QuantityAxis
  let yAxis: QuantityAxis?
  /// The edges first, then the figures of y, then the diagonals.
  let lines: [Line]
  /// From 0 to 1.
  let cuts: [Double]
  /// Between one cut and the next, from the bottom up.
  var strips: [[Cell]]
  let diagonals: [RegionSlice.Diagonal]

  init?(_ x: RegionLine, _ y: RegionLine?, _ diagonals: [RegionSlice.Diagonal]) {
    func axis(_ line: RegionLine, besides others: [Decimal] = []) -> QuantityAxis? {
      QuantityAxis(
        line.unit, marks: line.inner.map(\.value) + others, plausible: line.trait.plausible, bounds: line.bounds)
    }
    // A slanted line is to be seen where the other trait is as it usually is.
    let usual = y?.trait.plausible.map { [$0.low, $0.high] } ?? []
    let reached = diagonals.flatMap { diagonal in usual.map { $0 / diagonal.ratio } }
    guard let xAxis = axis(x, besides: reached) else { return nil }
    let yAxis = y.flatMap { axis($0) }
    guard y == nil || yAxis != nil else { return nil }
    // A slanted line is straight where both scales are alike.
    if !diagonals.isEmpty {
      guard let yAxis, xAxis.scale == yAxis.scale, xAxis.scale != .nines else { return nil }
    }
    self.x = x
    self.y = y
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.diagonals = diagonals

    var lines = [Line(left: 0, right: 0), Line(left: 1, right: 1)]
    var cuts = [0, 1] + x.inner.map { xAxis.position($0.value.double) }
    if let y, let yAxis {
      let levels = y.inner.map { yAxis.position($0.value.double) }.uniqued()
      lines += levels.map { Line(left: $0, right: $0) }
      for diagonal in diagonals {
        let ends = [0.0, 1].map { yAxis.unbounded(diagonal.ratio.double * xAxis.value($0)) }
        lines.append(Line(left: ends[0], right: ends[1]))
      }
      for (index, line) in lines.enumerated() where line.left != line.right {
        for (other, second) in lines.enumerated() where other != index {
          let slope = (line.right - line.left) - (second.right - second.left)
          guard slope != 0 else { continue }
          let crossing = (second.left - line.left) / slope
          if crossing > 1e-9, crossing < 1 - 1e-9 { cuts.append(crossing) }
        }
      }
    }
    cuts.sort()
    var apart: [Double] = []
    for cut in cuts where cut - (apart.last ?? -1) > 1e-9 { apart.append(cut) }
    self.lines = lines
    self.cuts = apart

    strips = zip(apart, apart.dropFirst()).map { from, to in
      let middle = (from + to) / 2
      let xValue = Decimal(xAxis.value(middle))
      guard let y, let yAxis else {
        return [Cell(lower: 0, upper: 1, position: [x.cell(of: xValue)], x: xValue)]
      }
      let inside = lines.indices.filter { $0 < 2 || lines[$0].position(middle) > 0 && lines[$0].position(middle) < 1 }
        .sorted { (lines[$0].position(middle), $0) < (lines[$1].position(middle), $1) }
      return zip(inside, inside.dropFirst()).compactMap { lower, upper in
        let (low, high) = (lines[lower].position(middle), lines[upper].position(middle))
        guard high - low > 1e-9 else { return nil }
        let yValue = Decimal(yAxis.value((low + high) / 2))
        let sides = diagonals.map { yValue > $0.ratio * xValue ? 1 : 0 }
        return Cell(
          lower: lower, upper: upper, position: [x.cell(of: xValue), y.cell(of: yValue)] + sides, x: xValue, y: yValue)
      }
    }
  }

  var cells: [Cell] { strips.flatMap(\.self) }

  /// The figures at which something changes.
  var xFigures: [RegionLine.Boundary] {
    x.inner.filter { figure in
      let at = xAxis.position(figure.value.double)
      return edges.contains { $0.from.u == $0.to.u && abs($0.from.u - at) < 1e-9 }
    }
  }

  var yFigures: [RegionLine.Boundary] {
    y?.inner.filter { figure in
      let at = yAxis?.position(figure.value.double) ?? 0
      return edges.contains { $0.from.v == $0.to.v && abs($0.from.v - at) < 1e-9 }
    } ?? []
  }

  // MARK: Regions

  /// Neighbouring cells of one outcome between the same two lines.
  struct Run: Hashable {
    /// Positions in `cuts`.
    var from: Int
    var to: Int
    var lower: Int
    var upper: Int
    var outcome: [String]
  }

  var runs: [Run] {
    var done: [Run] = []
    var open: [Run] = []
    for (index, strip) in strips.enumerated() {
      var column: [Run] = []
      for cell in strip {
        if let last = column.last, last.outcome == cell.outcome {
          column[column.count - 1].upper = cell.upper
        } else {
          column.append(
            Run(from: index, to: index + 1, lower: cell.lower, upper: cell.upper, outcome: cell.outcome))
        }
      }
      column = column.map { run in
        guard
          let before = open.firstIndex(where: {
            $0.lower == run.lower && $0.upper == run.upper && $0.outcome == run.outcome
          })
        else { return run }
        var longer = open.remove(at: before)
        longer.to = run.to
        return longer
      }
      done += open
      open = column
    }
    return done + open
  }

  /// Runs of one outcome that touch, together.
  var regions: [[Run]] {
    var regions: [[Run]] = []
    for run in runs.sorted(by: { ($0.from, $0.lower) < ($1.from, $1.lower) }) {
      let touching = regions.indices.filter { regions[$0].contains { touch($0, run) } }
      let joined = touching.flatMap { regions[$0] } + [run]
      for index in touching.reversed() { regions.remove(at: index) }
      regions.append(joined)
    }
    return regions
  }

  func touch(_ a: Run, _ b: Run) -> Bool {
    guard a.outcome == b.outcome, a.to == b.from || b.to == a.from else { return false }
    let cut = cuts[a.to == b.from ? a.to : b.to]
    return min(lines[a.upper].position(cut), lines[b.upper].position(cut))
      - max(lines[a.lower].position(cut), lines[b.lower].position(cut)) > 1e-9
  }

  /// Where outcomes meet, as segments between positions.
  var edges: [(from: (u: Double, v: Double), to: (u: Double, v: Double))] {
    var edges: [(from: (u: Double, v: Double), to: (u: Double, v: Double))] = []
    // Along the lines; what goes on in the next strip is one segment.
    var open: [Int: Double] = [:]
    for index in 0...strips.count {
      var here: Set<Int> = []
      if index < strips.count {
        for (below, above) in zip(strips[index], strips[index].dropFirst()) where below.outcome != above.outcome {
          here.insert(below.upper)
        }
      }
      for (line, start) in open.sorted(by: { $0.key < $1.key }) where !here.contains(line) {
        edges.append(
          ((start, lines[line].position(start)), (cuts[index], lines[line].position(cuts[index]))))
        open[line] = nil
      }
      for line in here where open[line] == nil { open[line] = cuts[index] }
    }
    // Along the cuts.
    for index in 1..<max(1, strips.count) {
      let cut = cuts[index]
      var levels = (strips[index - 1] + strips[index]).flatMap {
        [lines[$0.lower].position(cut), lines[$0.upper].position(cut)]
      }
      levels = levels.map { max(0, min(1, $0)) }.sorted()
      var start: Double?
      var last = 0.0
      for (low, high) in zip(levels, levels.dropFirst()) where high - low > 1e-9 {
        let middle = (low + high) / 2
        func outcome(_ strip: [Cell]) -> [String] {
          (strip.first { lines[$0.upper].position(cut) >= middle } ?? strip[strip.count - 1]).outcome
        }
        let differs = outcome(strips[index - 1]) != outcome(strips[index])
        if differs, start == nil { start = low }
        if !differs, let from = start {
          edges.append(((cut, from), (cut, low)))
          start = nil
        }
        last = high
      }
      if let start { edges.append(((cut, start), (cut, last))) }
    }
    return edges
  }
}

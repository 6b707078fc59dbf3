/// A system diagram placed on paper: boxes on a grid, lines at right angles between them. Whole numbers throughout.
///
/// Lines run in the gaps between columns, each in a lane of its own, so that none crosses a box that it does not join.
/// Of the lines that leave a box, those that go farthest up or down take the lanes next to it: so they nest.
struct DiagramLayout {
  struct Point: Equatable {
    var x: Int
    var y: Int
  }

  struct Box {
    var node: SystemDiagram.Node
    var x: Int
    var y: Int
    var width: Int
    var height: Int
    var label: [String]
    var detail: [String]
    /// How far a second sheet behind it stands out, up and to the right.
    var offset: Int

    var right: Int { x + width }
    var bottom: Int { y + height }
    var middle: Int { y + height / 2 }
  }

  struct Line {
    var from: String
    var to: String
    var points: [Point]
    var isOpen: Bool
  }

  struct Frame {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
    var label: String
    var isOpen: Bool
  }

  private(set) var width = 0
  private(set) var height = 0
  private(set) var boxes: [Box] = []
  private(set) var lines: [Line] = []
  private(set) var frame: Frame?

  private static let boxWidth = 176
  private static let gap = (column: 58, row: 30)
  private static let margin = 16
  private static let padding = 10
  private static let offset = 7
  /// The least distance between lanes, and between ports.
  private static let lane = 8

  init(_ diagram: SystemDiagram) {
    place(diagram)
    route(diagram)
    if let frame = diagram.frame, let box = boxes.first(where: { $0.node.id == frame.node }) {
      let edge = 10
      self.frame = Frame(
        x: box.x - edge, y: box.y - box.offset - 26, width: box.width + box.offset + edge + 7,
        height: box.height + box.offset + 26 + edge, label: frame.label.sentence, isOpen: frame.isOpen)
    }
  }

  // MARK: Boxes

  private mutating func place(_ diagram: SystemDiagram) {
    for node in diagram.nodes {
      // The sides of a drum and of a pill take some room, and so do the bars of a queue.
      let side = node.shape == .queue ? 34 : node.shape == .actor || node.shape == .external ? 16 : 0
      let room = DiagramLayout.boxWidth - 2 * DiagramLayout.padding - side
      boxes.append(
        Box(
          node: node, x: 0, y: 0, width: DiagramLayout.boxWidth, height: 0,
          label: TextMeasure.label.lines(node.label, width: room),
          detail: node.detail.map { TextMeasure.detail.lines($0, width: room) } ?? [],
          offset: node.shape == .stack || node.shape == .stores ? DiagramLayout.offset : 0))
    }
    func needed(_ box: Box) -> Int {
      let lid = box.node.shape == .store || box.node.shape == .stores ? 12 : 0
      return box.label.count * TextMeasure.label.lineHeight + box.detail.count * TextMeasure.detail.lineHeight + 22
        + lid
    }
    let rows = (diagram.nodes.map(\.row).max() ?? 0) + 1
    let columns = (diagram.nodes.map(\.column).max() ?? 0) + 1
    // Each row is as high as its highest box; a frame needs room above and below.
    var top = DiagramLayout.margin + DiagramLayout.offset
    for row in 0..<rows {
      let own = boxes.indices.filter { boxes[$0].node.row == row }
      let isFramed = own.contains { boxes[$0].node.id == diagram.frame?.node }
      let height = max(58, own.map { needed(boxes[$0]) }.max() ?? 0)
      if isFramed { top += 22 }
      for index in own {
        boxes[index].y = top
        boxes[index].height = height
        boxes[index].x =
          DiagramLayout.margin + boxes[index].node.column * (DiagramLayout.boxWidth + DiagramLayout.gap.column)
      }
      top += height + DiagramLayout.gap.row
    }
    width =
      2 * DiagramLayout.margin + DiagramLayout.offset + columns * DiagramLayout.boxWidth
      + (columns - 1) * DiagramLayout.gap.column
    height = top - DiagramLayout.gap.row + DiagramLayout.margin
  }

  private func box(_ id: String) -> Box? { boxes.first { $0.node.id == id } }

  // MARK: Lines

  private mutating func route(_ diagram: SystemDiagram) {
    let joined = diagram.edges.compactMap { edge in
      box(edge.from).flatMap { from in box(edge.to).map { (edge: edge, from: from, to: $0) } }
    }
    let upright = joined.filter { $0.from.node.column == $0.to.node.column }
    let across = joined.filter { $0.from.node.column < $0.to.node.column }
    for (edge, from, to) in upright {
      let x = from.x + from.width / 2
      let down = from.y < to.y
      add(
        edge,
        [
          Point(x: x, y: down ? from.bottom : from.y - from.offset),
          Point(x: x, y: down ? to.y - to.offset : to.bottom),
        ], diagram)
    }
    // Where lines meet a box: level ones in the middle, those that go or come from above above it, the others below.
    func port(_ own: Box, _ index: Int, _ rows: [Int]) -> Int {
      let offset = index - (rows.firstIndex { $0 >= own.node.row } ?? rows.count)
      let hasLevel = rows.contains(own.node.row)
      let place =
        rows[index] < own.node.row ? offset : hasLevel ? rows[..<index].count { $0 >= own.node.row } : offset + 1
      let most = max(rows.count { $0 < own.node.row }, rows.count { $0 > own.node.row }, 1)
      return own.middle + place * min(12, (own.height / 2 - 9) / most)
    }
    var starts: [Point] = []
    var ends: [Point] = []
    for (edge, from, to) in across {
      let out = across.filter { $0.from.node.id == edge.from }.sorted { $0.to.middle < $1.to.middle }
      let into = across.filter { $0.to.node.id == edge.to }.sorted { $0.from.middle < $1.from.middle }
      starts.append(
        Point(
          x: from.right + from.offset, y: port(from, out.firstIndex { $0.edge == edge } ?? 0, out.map(\.to.node.row))))
      ends.append(Point(x: to.x, y: port(to, into.firstIndex { $0.edge == edge } ?? 0, into.map(\.from.node.row))))
    }
    for (index, (edge, from, _)) in across.enumerated() {
      let (start, end) = (starts[index], ends[index])
      guard start.y != end.y else {
        add(edge, [start, end], diagram)
        continue
      }
      // The lanes behind this column: upward ones in order of height, the highest next to the box; downward likewise.
      let up = end.y < start.y
      let rivals = across.indices.filter { other in
        across[other].from.node.column == from.node.column && starts[other].y != ends[other].y
          && (ends[other].y < starts[other].y) == up
      }.sorted { a, b in
        up
          ? (ends[a].y, starts[a].y) < (ends[b].y, starts[b].y) : (ends[a].y, starts[a].y) > (ends[b].y, starts[b].y)
      }
      let lane = rivals.firstIndex(of: index) ?? 0
      // The arrow needs the last part of the gap, a frame the first.
      let first = DiagramLayout.offset + 15
      let step = min(DiagramLayout.lane, (DiagramLayout.gap.column - first - 14) / max(1, rivals.count - 1))
      let x = from.right + first + lane * step
      add(edge, [start, Point(x: x, y: start.y), Point(x: x, y: end.y), end], diagram)
    }
  }

  private mutating func add(_ edge: SystemDiagram.Edge, _ points: [Point], _ diagram: SystemDiagram) {
    let isOpen = [edge.from, edge.to].contains { diagram.node($0)?.isOpen == true }
    lines.append(Line(from: edge.from, to: edge.to, points: points, isOpen: isOpen))
  }
}

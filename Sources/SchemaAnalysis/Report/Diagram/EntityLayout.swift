/// Where the boxes and lines of an entity diagram stand: what is referred to stands left of what refers to it, in
/// layers; long lines are led between the boxes. The same diagram is always laid out the same way.
struct EntityLayout: Sendable {
  struct Box: Sendable {
    var x = 0
    var y = 0
    let width: Int
    let height: Int
  }

  /// A line from one box to another, by way of points at which it runs level.
  struct Line: Sendable {
    let relationship: Int
    /// Whether the parent is where the line begins.
    let beginsAtParent: Bool
    let points: [(x: Int, y: Int)]
    /// Both ends are on the right side of the same box.
    let isLoop: Bool
  }

  static let header = 28
  static let row = 18
  static let margin = 16
  private static let gap = 18
  private static let channel = 90

  private(set) var boxes: [Box]
  private(set) var lines: [Line] = []
  private(set) var width = 0
  private(set) var height = 0

  private let diagram: EntityDiagram
  private var layer: [Int]
  /// Items of each layer from top to bottom: a box, or a place that a line passes.
  private var layers: [[Item]] = []

  private struct Item {
    /// The box; nil for a place that a line passes.
    let box: Int?
    var y = 0
    let height: Int
    /// Positions of neighbours, as layer and item, one layer to the left and one to the right.
    var left: [Int] = []
    var right: [Int] = []
  }

  init(_ diagram: EntityDiagram) {
    self.diagram = diagram
    boxes = diagram.entities.map { Box(width: EntityMeasure.width($0), height: EntityMeasure.height($0)) }
    layer = Array(repeating: 0, count: diagram.entities.count)
    let connected = Set(diagram.relationships.filter { $0.parent != $0.child }.flatMap { [$0.parent, $0.child] })
    let linked = diagram.entities.indices.filter(connected.contains)
    assignLayers(linked)
    place(linked)
    placeAlone(diagram.entities.indices.filter { !connected.contains($0) })
  }

  // MARK: Layers

  /// Pairs of boxes, the one that stands left first, with circles broken.
  private func directed() -> [(left: Int, right: Int)] {
    var edges: [[Int]] = Array(repeating: [], count: boxes.count)
    for relationship in diagram.relationships where relationship.parent != relationship.child {
      edges[relationship.parent].append(relationship.child)
    }
    var state = Array(repeating: 0, count: boxes.count)
    var pairs: [(Int, Int)] = []
    for start in boxes.indices where state[start] == 0 {
      var stack = [(node: start, next: 0)]
      state[start] = 1
      while let top = stack.last {
        guard top.next < edges[top.node].count else {
          state[top.node] = 2
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let child = edges[top.node][top.next]
        // A way back closes a circle: it is turned round.
        pairs.append(state[child] == 1 ? (child, top.node) : (top.node, child))
        if state[child] == 0 {
          state[child] = 1
          stack.append((child, 0))
        }
      }
    }
    return pairs.filter { $0.0 != $0.1 }
  }

  private mutating func assignLayers(_ linked: [Int]) {
    guard !linked.isEmpty else { return }
    let pairs = directed()
    var parents: [[Int]] = Array(repeating: [], count: boxes.count)
    var children: [[Int]] = Array(repeating: [], count: boxes.count)
    for pair in pairs {
      parents[pair.right].append(pair.left)
      children[pair.left].append(pair.right)
    }
    // As high as makes the whole about as wide as a screen is.
    let area = linked.reduce(0) { $0 + (boxes[$1].width + Self.channel) * (boxes[$1].height + Self.gap) }
    let tallest = linked.map { boxes[$0].height }.max() ?? 0
    let cap = max(tallest, Int((Double(area) / 1.5).squareRoot()), 500)
    var waiting = parents.map(\.count)
    var used: [Int] = []
    var ready = linked.filter { waiting[$0] == 0 }
    var order: [Int] = []
    while !ready.isEmpty {
      let node = ready.removeFirst()
      order.append(node)
      var wanted = parents[node].map { layer[$0] + 1 }.max() ?? 0
      while wanted < used.count, used[wanted] > 0, used[wanted] + boxes[node].height > cap { wanted += 1 }
      while used.count <= wanted { used.append(0) }
      used[wanted] += boxes[node].height + Self.gap
      layer[node] = wanted
      for child in children[node] {
        waiting[child] -= 1
        if waiting[child] == 0 { ready.append(child) }
      }
    }
    // What nothing stands left of moves to what refers to it.
    for node in order.reversed() where parents[node].isEmpty {
      guard let nearest = children[node].map({ layer[$0] }).min(), nearest - 1 > layer[node] else { continue }
      let height = boxes[node].height + Self.gap
      guard used[nearest - 1] + height <= cap else { continue }
      used[layer[node]] -= height
      used[nearest - 1] += height
      layer[node] = nearest - 1
    }
    // A layer that lost all its boxes is none.
    let present = Set(linked.map { layer[$0] }).sorted()
    let number = Dictionary(present.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })
    for node in linked { layer[node] = number[layer[node]] ?? 0 }
  }

  // MARK: Places

  private mutating func place(_ linked: [Int]) {
    guard let last = linked.map({ layer[$0] }).max() else { return }
    layers = Array(repeating: [], count: last + 1)
    for node in linked { layers[layer[node]].append(Item(box: node, height: boxes[node].height)) }
    var position: [Int: Int] = [:]
    for items in layers {
      for (number, item) in items.enumerated() { if let box = item.box { position[box] = number } }
    }
    // Each line as the items that it passes, from left to right.
    var ways: [(relationship: Int, items: [Int], from: Int)] = []
    for (number, relationship) in diagram.relationships.enumerated() where relationship.parent != relationship.child {
      let ends = [relationship.parent, relationship.child].sorted { layer[$0] < layer[$1] }
      let (left, right) = (ends[0], ends[1])
      var way = [position[left] ?? 0]
      for between in (layer[left] + 1)..<max(layer[left] + 1, layer[right]) {
        way.append(layers[between].count)
        layers[between].append(Item(box: nil, height: 6))
      }
      way.append(position[right] ?? 0)
      for step in 0..<(way.count - 1) {
        layers[layer[left] + step][way[step]].right.append(way[step + 1])
        layers[layer[left] + step + 1][way[step + 1]].left.append(way[step])
      }
      ways.append((number, way, layer[left]))
    }
    let ranks = sort()
    settle(ranks)
    var x = Self.margin
    var lefts: [Int] = []
    var widths: [Int] = []
    for items in layers {
      let widest = items.compactMap { $0.box.map { boxes[$0].width } }.max() ?? 0
      lefts.append(x)
      widths.append(widest)
      for item in items {
        guard let box = item.box else { continue }
        boxes[box].x = x + (widest - boxes[box].width) / 2
        boxes[box].y = item.y
      }
      x += widest + Self.channel
    }
    width = x - Self.channel + Self.margin
    height = (boxes.indices.filter(linked.contains).map { boxes[$0].y + boxes[$0].height }.max() ?? 0) + Self.margin
    for way in ways {
      let relationship = diagram.relationships[way.relationship]
      let beginsAtParent = layer[relationship.parent] <= layer[relationship.child]
      let (first, last) =
        beginsAtParent ? (relationship.parent, relationship.child) : (relationship.child, relationship.parent)
      var points = [(boxes[first].x + boxes[first].width, y(of: relationship, in: first, isParent: beginsAtParent))]
      for (step, item) in way.items.enumerated().dropFirst().dropLast() {
        let layer = way.from + step
        let y = layers[layer][item].y + 3
        points += [(lefts[layer], y), (lefts[layer] + widths[layer], y)]
        height = max(height, y + Self.margin)
      }
      points.append((boxes[last].x, y(of: relationship, in: last, isParent: !beginsAtParent)))
      lines.append(
        Line(relationship: way.relationship, beginsAtParent: beginsAtParent, points: points, isLoop: false))
    }
    addLoops()
  }

  private mutating func addLoops() {
    for (number, relationship) in diagram.relationships.enumerated() where relationship.parent == relationship.child {
      let box = boxes[relationship.parent]
      let ends = [true, false].map { (box.x + box.width, y(of: relationship, in: relationship.parent, isParent: $0)) }
      lines.append(Line(relationship: number, beginsAtParent: true, points: ends, isLoop: true))
    }
  }

  /// The row of the column that a line ends at; the name's where it is not shown.
  private func y(of relationship: EntityDiagram.Relationship, in box: Int, isParent: Bool) -> Int {
    let column = (isParent ? relationship.referenced : relationship.columns).first
    let row = diagram.entities[box].rows.firstIndex { $0.name == column }
    return boxes[box].y + (row.map { Self.header + $0 * Self.row + Self.row / 2 + 2 } ?? Self.header / 2)
  }

  /// Orders each layer by where its neighbours stand, to and fro.
  ///
  /// - Returns: the items of each layer from top to bottom.
  private func sort() -> [[Int]] {
    var orders = layers.map { Array($0.indices) }
    for sweep in 0..<12 {
      let isForward = sweep % 2 == 0
      for number in isForward ? Array(layers.indices.dropFirst()) : Array(layers.indices.dropLast().reversed()) {
        let other = isForward ? number - 1 : number + 1
        var rank = Array(repeating: 0, count: layers[other].count)
        for (place, item) in orders[other].enumerated() { rank[item] = place }
        let scale = Double(max(1, layers[other].count))
        let keys = layers[number].indices.map { item -> Double in
          let near = isForward ? layers[number][item].left : layers[number][item].right
          guard !near.isEmpty else {
            // It stays about where it is.
            let place = orders[number].firstIndex(of: item) ?? 0
            return Double(place) / Double(max(1, layers[number].count))
          }
          return Double(near.reduce(0) { $0 + rank[$1] }) / Double(near.count) / scale
        }
        orders[number].sort { (keys[$0], $0) < (keys[$1], $1) }
      }
    }
    return orders
  }

  /// Moves items to the height of their neighbours, as near as there is room.
  private mutating func settle(_ orders: [[Int]]) {
    for number in layers.indices {
      var y = 0
      for item in orders[number] {
        layers[number][item].y = y
        y += layers[number][item].height + Self.gap
      }
    }
    for sweep in 0..<8 {
      let isForward = sweep % 2 == 0
      for number in isForward ? Array(layers.indices) : layers.indices.reversed() {
        let other = isForward ? number - 1 : number + 1
        guard layers.indices.contains(other) else { continue }
        let wanted = orders[number].map { item -> Int in
          let near = isForward ? layers[number][item].left : layers[number][item].right
          guard !near.isEmpty else { return layers[number][item].y }
          let middle = near.reduce(0) { $0 + layers[other][$1].y + layers[other][$1].height / 2 } / near.count
          return middle - layers[number][item].height / 2
        }
        let heights = orders[number].map { layers[number][$0].height }
        for (item, y) in zip(orders[number], Self.apart(wanted, heights)) { layers[number][item].y = y }
      }
    }
    closeGaps()
  }

  /// Places in order without overlap, as near to the wanted ones as can be (by least squares).
  private static func apart(_ wanted: [Int], _ heights: [Int]) -> [Int] {
    var offsets: [Int] = []
    var offset = 0
    for height in heights {
      offsets.append(offset)
      offset += height + gap
    }
    // Items that would overlap move together, as one block.
    var blocks: [(sum: Int, count: Int)] = []
    for (place, offset) in zip(wanted, offsets) {
      blocks.append((place - offset, 1))
      while blocks.count > 1, let last = blocks.last,
        blocks[blocks.count - 2].sum * last.count >= last.sum * blocks[blocks.count - 2].count
      {
        blocks.removeLast()
        blocks[blocks.count - 1].sum += last.sum
        blocks[blocks.count - 1].count += last.count
      }
    }
    let bases = blocks.flatMap { Array(repeating: $0.sum / $0.count, count: $0.count) }
    return zip(bases, offsets).map(+)
  }

  /// Takes out heights at which there is nothing, and begins at the margin.
  private mutating func closeGaps() {
    let spans = layers.flatMap { $0.map { ($0.y, $0.y + $0.height) } }.sorted { $0 < $1 }
    guard let first = spans.first else { return }
    // From each of these on, everything moves up by so much.
    var moves = [(from: first.0, by: first.0 - Self.margin)]
    var end = first.1
    for span in spans {
      if span.0 - end > Self.gap * 2 {
        moves.append((span.0, (moves.last?.by ?? 0) + span.0 - end - Self.gap * 2))
      }
      end = max(end, span.1)
    }
    for number in layers.indices {
      for item in layers[number].indices {
        let y = layers[number][item].y
        layers[number][item].y = y - (moves.last { $0.from <= y }?.by ?? 0)
      }
    }
  }

  /// Tables without relations stand in rows below the others.
  private mutating func placeAlone(_ alone: [Int]) {
    guard !alone.isEmpty else { return }
    let room = max(width, 1000)
    var (x, y, tallest) = (Self.margin, max(height, Self.margin), 0)
    for box in alone {
      if x > Self.margin, x + boxes[box].width + Self.margin > room {
        y += tallest + Self.gap
        (x, tallest) = (Self.margin, 0)
      }
      boxes[box].x = x
      boxes[box].y = y
      x += boxes[box].width + Self.gap * 2
      tallest = max(tallest, boxes[box].height)
      width = max(width, boxes[box].x + boxes[box].width + Self.margin)
    }
    height = y + tallest + Self.margin
    if layers.isEmpty { addLoops() }
    if lines.contains(where: \.isLoop) { width += 30 }
  }
}

/// How much room an entity takes. The font is of one width.
enum EntityMeasure {
  /// Of a character at 12 units, by DejaVu Sans Mono, which is a wide one.
  static let character = 7.25
  static let longestName = 30
  static let longestType = 22

  static func width(_ entity: EntityDiagram.Entity) -> Int {
    let title = columns(shown(Wording.label(entity.name), longestName + 10))
    let rows =
      entity.rows.map { columns(shown($0.name, longestName)) + 2 + columns(type($0.type)) }.max() ?? 0
    return max(120, Int(Double(title) * character * 1.08) + 24, Int(Double(rows) * character) + 24 + 30)
  }

  static func height(_ entity: EntityDiagram.Entity) -> Int {
    EntityLayout.header + entity.rows.count * EntityLayout.row + (entity.hidden > 0 ? EntityLayout.row : 0) + 6
  }

  /// Wide characters take two.
  static func columns(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 ? 2 : 1) }
  }

  /// A type by its short name.
  static func type(_ text: String) -> String {
    var text = text
    for (long, short) in [
      ("timestamp without time zone", "timestamp"), ("timestamp with time zone", "timestamptz"),
      ("character varying", "varchar"),
    ] where text.hasPrefix(long) {
      text = short + text.dropFirst(long.count)
    }
    return shown(text, longestType)
  }

  static func shown(_ text: String, _ most: Int) -> String {
    let plain = Wording.name(text)
    guard columns(plain) > most else { return plain }
    var kept = plain
    while !kept.isEmpty, columns(kept) >= most { kept.removeLast() }
    return kept + "…"
  }
}

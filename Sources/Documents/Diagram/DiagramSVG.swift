internal import Markdown

extension SystemDiagram {
  /// As a figure with inline SVG that takes its colours from the page.
  var svg: String {
    let layout = Layout(self)
    var out = """
      <figure class="diagram">
      <div class="scroll" role="region" aria-label="System diagram" tabindex="0">
      <svg viewBox="0 0 \(layout.width) \(layout.height)" width="\(layout.width)" height="\(layout.height)" \
      role="img" aria-labelledby="diagram-title diagram-text">
      <title id="diagram-title">System diagram</title>
      <desc id="diagram-text">\(HTMLText.escape(description))</desc>

      """
    for edge in edges { out += layout.draw(edge, in: self) }
    for node in nodes { out += layout.draw(node) }
    out += "</svg>\n</div>\n"
    if nodes.contains(where: \.isOpen) {
      out += "<figcaption>Broken lines: a decision is still open.</figcaption>\n"
    }
    return out + "</figure>"
  }

  /// Ids that the picture uses.
  static let ids: Set = ["diagram-title", "diagram-text"]

  /// Places a grid on paper; all coordinates are whole numbers.
  private struct Layout {
    static let box = (width: 174, height: 60)
    static let gap = (column: 44, row: 26)
    static let margin = 14

    let width: Int
    let height: Int

    init(_ diagram: SystemDiagram) {
      let columns = (diagram.nodes.map(\.column).max() ?? 0) + 1
      let rows = (diagram.nodes.map(\.row).max() ?? 0) + 1
      width = 2 * Layout.margin + columns * Layout.box.width + (columns - 1) * Layout.gap.column
      height = 2 * Layout.margin + rows * Layout.box.height + (rows - 1) * Layout.gap.row
    }

    func left(_ node: Node) -> Int { Layout.margin + node.column * (Layout.box.width + Layout.gap.column) }
    func top(_ node: Node) -> Int { Layout.margin + node.row * (Layout.box.height + Layout.gap.row) }
    func middle(_ node: Node) -> Int { top(node) + Layout.box.height / 2 }
    func right(_ node: Node) -> Int { left(node) + Layout.box.width }

    // MARK: Nodes

    func draw(_ node: Node) -> String {
      let (x, y) = (left(node), top(node))
      let (w, h) = Layout.box
      let kind = "node\(node.isOpen ? " open" : "")"
      var out = "<g class=\"\(kind)\">"
      switch node.shape {
      case .actor, .external:
        out += rect(x, y, w, h, radius: h / 2)
      case .box:
        out += rect(x, y, w, h, radius: 6)
      case .stack:
        out += rect(x + 7, y - 7, w, h, radius: 6) + rect(x, y, w, h, radius: 6)
      case .store:
        out += """
          <path d="M\(x) \(y + 7)v\(h - 14)a\(w / 2) 7 0 0 0 \(w) 0v-\(h - 14)a\(w / 2) 7 0 0 0 -\(w) 0z"/>\
          <path class="lid" d="M\(x) \(y + 7)a\(w / 2) 7 0 0 0 \(w) 0"/>
          """
      case .queue:
        out += rect(x, y, w, h, radius: 6)
        for step in 1...3 { out += "<path class=\"lid\" d=\"M\(x + w - 9 * step) \(y)v\(h)\"/>" }
      }
      let center = x + w / 2 - (node.shape == .queue ? 14 : 0)
      let base = y + h / 2 + (node.shape == .store ? 4 : 0)
      if let detail = node.detail {
        out += text(node.label, center, base - 3, "label") + text(detail, center, base + 15, "detail")
      } else {
        out += text(node.label, center, base + 5, "label")
      }
      return out + "</g>\n"
    }

    private func rect(_ x: Int, _ y: Int, _ w: Int, _ h: Int, radius: Int) -> String {
      "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(w)\" height=\"\(h)\" rx=\"\(radius)\"/>"
    }

    private func text(_ text: String, _ x: Int, _ y: Int, _ name: String) -> String {
      // Long lines are drawn together, rather than over the edge of their box.
      let room = name == "label" ? 20 : 26
      let fit = text.count > room ? " textLength=\"\(Layout.box.width - 16)\" lengthAdjust=\"spacingAndGlyphs\"" : ""
      return
        "<text class=\"\(name)\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"middle\"\(fit)>\(HTMLText.escape(text))</text>"
    }

    // MARK: Edges

    /// Right angles only: out to the right, along the channel before the target's column, and in from the left.
    func draw(_ edge: Edge, in diagram: SystemDiagram) -> String {
      guard let from = diagram.node(edge.from), let to = diagram.node(edge.to) else { return "" }
      let kind = "edge\(from.isOpen || to.isOpen ? " open" : "")"
      if from.column == to.column {
        // One above the other.
        let x = left(from) + Layout.box.width / 2
        let down = from.row < to.row
        let start = down ? top(from) + Layout.box.height : top(from)
        let end = down ? top(to) : top(to) + Layout.box.height
        return "<path class=\"\(kind)\" d=\"M\(x) \(start)V\(end)\"/>" + arrow(x, end, down ? .down : .up, kind)
      }
      let stack = from.shape == .stack ? 7 : 0
      let channel = right(from) + Layout.gap.column / 2 + 3
      let (start, end) = (middle(from), middle(to))
      let path =
        start == end
        ? "M\(right(from)) \(start)H\(left(to))"
        : "M\(right(from) + (start == end ? stack : 0)) \(start)H\(channel)V\(end)H\(left(to))"
      return "<path class=\"\(kind)\" d=\"\(path)\"/>" + arrow(left(to), end, .right, kind)
    }

    private enum Direction { case right, up, down }

    private func arrow(_ x: Int, _ y: Int, _ direction: Direction, _ kind: String) -> String {
      let points =
        switch direction {
        case .right: "M\(x) \(y)l-9 -4.5v9z"
        case .down: "M\(x) \(y)l-4.5 -9h9z"
        case .up: "M\(x) \(y)l-4.5 9h9z"
        }
      return "<path class=\"head\" d=\"\(points)\"/>\n"
    }
  }
}

extension SystemDiagram {
  /// As text of a Mermaid fence, and as a drawing.
  var picture: Picture {
    let layout = DiagramLayout(self)
    var out = ""
    if let frame = layout.frame {
      let kind = frame.isOpen ? "zones open" : "zones"
      out += "<g class=\"\(kind)\">\n"
      out += SVG.rect(frame.x, frame.y, frame.width, frame.height, radius: 10)
      out += SVG.text(frame.label, frame.x + 10, frame.y + 16, "detail")
      out += "</g>\n"
    }
    for line in layout.lines { out += SystemDiagram.draw(line) }
    for box in layout.boxes { out += SystemDiagram.draw(box) }
    let hasOpen = nodes.contains(where: \.isOpen) || frame?.isOpen == true
    return Picture(
      id: "system-diagram", title: "System diagram",
      caption: hasOpen ? "Broken lines: a decision is still open." : nil, description: description,
      fenceLanguage: "mermaid", source: mermaid, size: (layout.width, layout.height), drawing: out)
  }

  // MARK: Boxes

  private static func draw(_ box: DiagramLayout.Box) -> String {
    let (x, y, w, h) = (box.x, box.y, box.width, box.height)
    var out = "<g class=\"node\(box.node.isOpen ? " open" : "")\">\n"
    switch box.node.shape {
    case .actor, .external:
      out += SVG.rect(x, y, w, h, radius: h / 2)
    case .box:
      out += SVG.rect(x, y, w, h, radius: 6)
    case .stack:
      out += SVG.rect(x + box.offset, y - box.offset, w, h, radius: 6) + SVG.rect(x, y, w, h, radius: 6)
    case .store:
      out += drum(x, y, w, h)
    case .stores:
      out += drum(x + box.offset, y - box.offset, w, h) + drum(x, y, w, h)
    case .queue:
      out += SVG.rect(x, y, w, h, radius: 6)
      for step in 1...3 { out += SVG.line(x + w - 9 * step, y, x + w - 9 * step, y + h, "lid") }
    }
    let center = x + w / 2 - (box.node.shape == .queue ? 14 : 0)
    let (label, detail) = (TextMeasure.label.lineHeight, TextMeasure.detail.lineHeight)
    let text = box.label.count * label + box.detail.count * detail
    let isDrum = box.node.shape == .store || box.node.shape == .stores
    var base = y + (h - text) / 2 + (isDrum ? 6 : 0)
    for line in box.label {
      base += label
      out += SVG.text(line, center, base - 4, "label", .middle)
    }
    for line in box.detail {
      base += detail
      out += SVG.text(line, center, base - 3, "detail", .middle)
    }
    return out + "</g>\n"
  }

  private static func drum(_ x: Int, _ y: Int, _ w: Int, _ h: Int) -> String {
    SVG.path("M\(x) \(y + 7)v\(h - 14)a\(w / 2) 7 0 0 0 \(w) 0v-\(h - 14)a\(w / 2) 7 0 0 0 -\(w) 0z")
      + SVG.path("M\(x) \(y + 7)a\(w / 2) 7 0 0 0 \(w) 0", "lid")
  }

  // MARK: Lines

  private static func draw(_ line: DiagramLayout.Line) -> String {
    guard let first = line.points.first, let last = line.points.last, line.points.count > 1 else { return "" }
    let before = line.points[line.points.count - 2]
    var data = "M\(first.x) \(first.y)"
    for (from, to) in zip(line.points, line.points.dropFirst()) {
      data += from.y == to.y ? "H\(to.x)" : "V\(to.y)"
    }
    let head =
      before.y == last.y ? "l-9 -4.5v9z" : before.y < last.y ? "l-4.5 -9h9z" : "l-4.5 9h9z"
    return SVG.path(data, line.isOpen ? "edge open" : "edge") + SVG.path("M\(last.x) \(last.y)\(head)", "head")
  }
}

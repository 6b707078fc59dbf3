private import TextFormats

extension EntityDiagram {
  /// As a drawing that brings its own colours, for light and dark.
  ///
  /// - Parameter standalone: as a file of its own, or to stand in a page.
  public func svg(standalone: Bool) -> String {
    let layout = EntityLayout(self)
    let note = omission.map { _ in 24 } ?? 0
    let width = max(layout.width, 320)
    let height = max(layout.height, 40) + note
    var out = ""
    if standalone { out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" }
    out +=
      "<svg\(standalone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "") class=\"er-diagram\" "
      + "viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\" role=\"img\" "
      + "aria-labelledby=\"er-title er-text\">\n"
    out += "<title id=\"er-title\">Entity-relationship diagram</title>\n"
    out += "<desc id=\"er-text\">\(XMLText.escape(description))</desc>\n"
    out += "<style>\n\(Self.style)\n</style>\n"
    out += "<rect class=\"er-paper\" width=\"\(width)\" height=\"\(height)\"/>\n"
    for line in layout.lines { out += draw(line) }
    for (entity, box) in zip(entities, layout.boxes) { out += Self.draw(entity, box) }
    if entities.isEmpty { out += Self.text("No tables", EntityLayout.margin, 24, "er-type") }
    if let omission { out += Self.text(omission, EntityLayout.margin, height - 10, "er-type") }
    return out + "</svg>\n"
  }

  private static let style = """
    .er-diagram { --er-paper: #fdfdfb; --er-ink: #1d2327; --er-quiet: #57606a; --er-wash: #f2f4f1; --er-head: #e2e7e3; \
    --er-edge: #5c6770; --er-key: #8a3a12; font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12px; }
    @media (prefers-color-scheme: dark) { .er-diagram { --er-paper: #14181b; --er-ink: #dfe3e2; --er-quiet: #a3adb2; \
    --er-wash: #1c2226; --er-head: #2a3237; --er-edge: #98a3aa; --er-key: #eb9a6d; } }
    @media screen { .picture svg.er-diagram { max-width: none; min-width: 0; } }
    .er-paper { fill: var(--er-paper); }
    .er-box { fill: var(--er-wash); stroke: var(--er-edge); }
    .er-head { fill: var(--er-head); stroke: var(--er-edge); }
    .er-name { fill: var(--er-ink); font-weight: 600; }
    .er-column { fill: var(--er-ink); }
    .er-type { fill: var(--er-quiet); }
    .er-key { fill: var(--er-key); font-size: 10px; font-weight: 600; }
    .er-line { fill: none; stroke: var(--er-edge); stroke-width: 1.2; }
    .er-end { fill: var(--er-paper); stroke: var(--er-edge); stroke-width: 1.2; }
    """

  // MARK: Boxes

  private static func draw(_ entity: Entity, _ box: EntityLayout.Box) -> String {
    var out = "<g>\n<title>\(XMLText.escape(Wording.label(entity.name)))</title>\n"
    out += rect("er-box", box.x, box.y, box.width, box.height)
    out += rect("er-head", box.x, box.y, box.width, EntityLayout.header)
    let name = EntityMeasure.shown(Wording.label(entity.name), EntityMeasure.longestName + 10)
    out += text(name, box.x + 10, box.y + 18, "er-name")
    var y = box.y + EntityLayout.header + 15
    for row in entity.rows {
      let key = row.isPrimary && row.isForeign ? "PF" : row.isPrimary ? "PK" : row.isForeign ? "FK" : ""
      if !key.isEmpty { out += text(key, box.x + 8, y, "er-key") }
      out += text(EntityMeasure.shown(row.name, EntityMeasure.longestName), box.x + 28, y, "er-column")
      out += text(
        EntityMeasure.type(row.type), box.x + box.width - 10, y, "er-type", atEnd: true)
      y += EntityLayout.row
    }
    if entity.hidden > 0 {
      out += text("and \(Wording.counted(entity.hidden, "column", "columns"))", box.x + 28, y, "er-type")
    }
    return out + "</g>\n"
  }

  private static func rect(_ name: String, _ x: Int, _ y: Int, _ width: Int, _ height: Int) -> String {
    "<rect class=\"\(name)\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" rx=\"3\"/>\n"
  }

  private static func text(_ text: String, _ x: Int, _ y: Int, _ name: String, atEnd: Bool = false) -> String {
    "<text class=\"\(name)\" x=\"\(x)\" y=\"\(y)\"\(atEnd ? " text-anchor=\"end\"" : "")>\(XMLText.escape(text))</text>\n"
  }

  // MARK: Lines

  private func draw(_ line: EntityLayout.Line) -> String {
    guard let first = line.points.first, let last = line.points.last else { return "" }
    let relationship = relationships[line.relationship]
    var data = "M\(first.x) \(first.y)"
    if line.isLoop {
      data += "C\(first.x + 44) \(first.y) \(last.x + 44) \(last.y) \(last.x) \(last.y)"
    } else {
      for (from, to) in zip(line.points, line.points.dropFirst()) {
        let middle = (from.x + to.x) / 2
        data += from.y == to.y ? "H\(to.x)" : "C\(middle) \(from.y) \(middle) \(to.y) \(to.x) \(to.y)"
      }
    }
    let names = relationship.columns.count == 1 ? relationship.columns[0] : relationship.columns.joined(separator: ", ")
    var out = "<g>\n<title>"
    out += XMLText.escape(
      "\(Wording.label(entities[relationship.child].name)) (\(Wording.name(names))) refers to "
        + Wording.label(entities[relationship.parent].name))
    out += "</title>\n<path class=\"er-line\" d=\"\(data)\"/>\n"
    let (parent, child) = line.beginsAtParent ? (first, last) : (last, first)
    // 1 where the line leaves the box to the right, -1 where it leaves to the left.
    let parentWay = line.beginsAtParent ? 1 : -1
    let childWay = line.isLoop ? 1 : -parentWay
    out += relationship.isOptional ? Self.ring(parent, 14, parentWay) : Self.bar(parent, 10, parentWay)
    out += Self.bar(parent, 6, parentWay)
    out += relationship.isOneToOne ? Self.bar(child, 6, childWay) : Self.foot(child, childWay)
    out += Self.ring(child, 15, childWay)
    return out + "</g>\n"
  }

  private static func bar(_ end: (x: Int, y: Int), _ distance: Int, _ way: Int) -> String {
    "<path class=\"er-line\" d=\"M\(end.x + way * distance) \(end.y - 5)v10\"/>\n"
  }

  private static func ring(_ end: (x: Int, y: Int), _ distance: Int, _ way: Int) -> String {
    "<circle class=\"er-end\" cx=\"\(end.x + way * distance)\" cy=\"\(end.y)\" r=\"4\"/>\n"
  }

  private static func foot(_ end: (x: Int, y: Int), _ way: Int) -> String {
    "<path class=\"er-line\" d=\"M\(end.x) \(end.y - 6)L\(end.x + way * 11) \(end.y)L\(end.x) \(end.y + 6)\"/>\n"
  }
}

/// Text in XML and HTML.
enum XMLText {
  /// On one line, escaped, without characters that control or turn text.
  static func escape(_ text: String) -> String {
    var out = ""
    for scalar in text.onOneLine(atMost: 20_000).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

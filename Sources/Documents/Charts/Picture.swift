internal import Markdown

/// A picture of a document: text in the Markdown, a drawing in the HTML.
package struct Picture: Sendable {
  /// Kebab-case, unique in its document.
  let id: String
  let title: String
  /// What a reader needs to read the drawing; nil where it speaks for itself.
  let caption: String?
  /// What it shows, in sentences: the text alternative.
  let description: String
  /// `mermaid`, or `text` for characters in columns.
  let fenceLanguage: String
  /// What stands inside the fence of the Markdown, without a line break at its end.
  let source: String
  /// Width and height of the drawing in its own units.
  let size: (width: Int, height: Int)
  /// The elements of the drawing.
  let drawing: String

  /// The fence, as it stands in the Markdown.
  var fence: String { "```\(fenceLanguage)\n\(source)\n```" }

  /// Ids that the figure uses.
  var ids: Set<String> { ["\(id)-title", "\(id)-text"] }

  /// As a figure with inline SVG that takes its colours from the page.
  package var figure: String {
    """
    <figure class="picture \(id)">
    <div class="scroll" role="region" aria-label="\(Picture.text(title))" tabindex="0">
    <svg viewBox="0 0 \(size.width) \(size.height)" width="\(size.width)" height="\(size.height)" \
    role="img" aria-labelledby="\(id)-title \(id)-text">
    <title id="\(id)-title">\(Picture.text(title))</title>
    <desc id="\(id)-text">\(Picture.text(description))</desc>
    \(drawing)</svg>
    </div>
    \(caption.map { "<figcaption>\(Picture.text($0))</figcaption>\n" } ?? "")</figure>
    """
  }

  /// On one line, without characters that turn or hide text.
  package static func text(_ text: String) -> String { HTMLText.escape(MarkdownText.plain(text)) }
}

/// Elements of a drawing; coordinates are whole numbers, colours come from the stylesheet by class.
package enum SVG {
  package enum Anchor: String { case start, middle, end }

  package static func rect(_ x: Int, _ y: Int, _ width: Int, _ height: Int, radius: Int = 0, _ name: String = "")
    -> String
  {
    let rounded = radius > 0 ? " rx=\"\(radius)\"" : ""
    return
      "<rect\(named(name)) x=\"\(x)\" y=\"\(y)\" width=\"\(max(0, width))\" height=\"\(max(0, height))\"\(rounded)/>\n"
  }

  package static func path(_ data: String, _ name: String = "") -> String { "<path\(named(name)) d=\"\(data)\"/>\n" }

  package static func line(_ x1: Int, _ y1: Int, _ x2: Int, _ y2: Int, _ name: String) -> String {
    path(x1 == x2 ? "M\(x1) \(y1)V\(y2)" : y1 == y2 ? "M\(x1) \(y1)H\(x2)" : "M\(x1) \(y1)L\(x2) \(y2)", name)
  }

  package static func text(_ text: String, _ x: Int, _ y: Int, _ name: String, _ anchor: Anchor = .start) -> String {
    let placed = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    return "<text\(named(name)) x=\"\(x)\" y=\"\(y)\"\(placed)>\(Picture.text(text))</text>\n"
  }

  package static func circle(_ x: Int, _ y: Int, _ radius: Int, _ name: String) -> String {
    "<circle\(named(name)) cx=\"\(x)\" cy=\"\(y)\" r=\"\(radius)\"/>\n"
  }

  private static func named(_ name: String) -> String { name.isEmpty ? "" : " class=\"\(name)\"" }
}

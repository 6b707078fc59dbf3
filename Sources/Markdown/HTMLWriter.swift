/// Writes a tree as HTML, event by event.
struct HTMLWriter {
  let renderer: MarkdownRenderer
  private(set) var html = ""
  private(set) var headings: [MarkdownHeading] = []
  private(set) var links: [String] = []

  private var ids: Set<String>
  private var regionNames: Set<String> = []
  private var alignments: [Character?] = []
  private var column = 0
  private var isHeaderRow = false
  private var inBody = false
  /// Inside an image everything is its text alternative.
  private var imageDepth = 0
  private var openLinks: [Bool] = []
  private var taskNames: Set<String> = []
  /// Of the task items that are open; nil for those that are no part of a form.
  private var taskFields: [MarkdownRenderer.TaskField?] = []
  /// The box that the next bold text is the label of.
  private var unlabelledBox: String?

  init(renderer: MarkdownRenderer) {
    self.renderer = renderer
    ids = renderer.reservedIDs
  }

  mutating func visit(_ node: CMark.Node, entering: Bool) {
    if imageDepth > 0, node.type != "image" { return }
    switch node.type {
    case "document": break
    case "block_quote": html += entering ? "<blockquote>\n" : "</blockquote>\n"
    case "list": list(node, entering)
    case "item": html += entering ? "<li>" : "</li>\n"
    case "tasklist": task(node, entering)
    case "code_block": codeBlock(node)
    case "html_block": html += rawHTML(node.literal).map { "<p>\($0)</p>\n" } ?? ""
    case "paragraph": paragraph(node, entering)
    case "heading": heading(node, entering)
    case "thematic_break": html += "<hr>\n"
    case "text": html += HTMLText.escape(node.literal)
    case "softbreak": html += "\n"
    case "linebreak": html += "<br>\n"
    case "code": html += "<code>\(HTMLText.escape(node.literal))</code>"
    case "html_inline": html += rawHTML(node.literal) ?? ""
    case "emph": html += entering ? "<em>" : "</em>"
    case "strong": strong(node, entering)
    case "strikethrough": html += entering ? "<del>" : "</del>"
    case "link": link(node, entering)
    case "image": image(node, entering)
    case "table": table(node, entering)
    case "table_header", "table_row": row(node, entering)
    case "table_cell": cell(entering)
    default: break
    }
  }

  // MARK: Blocks

  private mutating func list(_ node: CMark.Node, _ entering: Bool) {
    let tag = node.isOrdered ? "ol" : "ul"
    guard entering else {
      html += "</\(tag)>\n"
      return
    }
    let start = node.isOrdered && node.listStart != 1 ? " start=\"\(node.listStart)\"" : ""
    let isTasks = node.firstChild?.type == "tasklist"
    html += "<\(tag)\(start)\(isTasks ? " class=\"tasks\"" : "")>\n"
  }

  private mutating func task(_ node: CMark.Node, _ entering: Bool) {
    guard entering else {
      if let field = taskFields.popLast() ?? nil { html += "\n\(field.html)" }
      html += "</li>\n"
      return
    }
    let field = label(of: node).flatMap(renderer.taskField).flatMap { taskNames.insert($0.name).inserted ? $0 : nil }
    taskFields.append(field)
    html += field.map { "<li class=\"task\" data-item=\"\(HTMLText.escape($0.name))\">" } ?? "<li class=\"task\">"
    if node.firstChild?.type != "paragraph" {
      html += "<input type=\"checkbox\" disabled\(node.isChecked ? " checked" : "") aria-label=\"Task\"> "
    }
  }

  /// The first bold text of a task item.
  private func label(of task: CMark.Node) -> String? {
    guard let paragraph = task.firstChild, paragraph.type == "paragraph" else { return nil }
    var node = paragraph.firstChild
    while let current = node, current.type != "strong" { node = current.next }
    return node?.plainText
  }

  private mutating func paragraph(_ node: CMark.Node, _ entering: Bool) {
    let parent = node.parent
    let isTight = parent?.parent.map { $0.type == "list" && $0.isTight } ?? false
    let isTask = parent?.type == "tasklist" && node.isFirstChild
    let isField = isTask && taskFields.last.flatMap(\.self) != nil
    if entering {
      if !isTight { html += "<p>" }
      if isTask {
        let id = unique("task")
        let checked = parent?.isChecked == true ? " checked" : ""
        html += "<input type=\"checkbox\" id=\"\(id)\"\(isField ? "" : " disabled")\(checked)> "
        if isField { unlabelledBox = id } else { html += "<label for=\"\(id)\">" }
      }
    } else {
      if isTask, !isField { html += "</label>" }
      html += isTight ? (node.next == nil ? "" : "\n") : "</p>\n"
    }
  }

  private mutating func heading(_ node: CMark.Node, _ entering: Bool) {
    guard entering else {
      if renderer.permalinks, let id = headings.last?.id {
        html += "<a href=\"#\(HTMLText.escape(id))\" aria-label=\"Link to here\"></a>"
      }
      html += "</h\(node.headingLevel)>\n"
      return
    }
    let text = node.plainText
    let slug = renderer.headingIDs[text] ?? MarkdownText.slug(text)
    let id = unique(slug.isEmpty ? "section" : slug)
    headings.append(MarkdownHeading(level: node.headingLevel, text: text, id: id, line: node.line))
    html += "<h\(node.headingLevel) id=\"\(HTMLText.escape(id))\">"
  }

  private mutating func codeBlock(_ node: CMark.Node) {
    let language = String(
      node.fenceInfo.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-_".contains($0)) })
    if let replacement = renderer.codeBlock(language, node.literal) {
      html += replacement + "\n"
      return
    }
    // Focusable, so that the keyboard can scroll it.
    let attribute = language.isEmpty ? "" : " class=\"language-\(language)\""
    html += "<pre tabindex=\"0\"><code\(attribute)>\(HTMLText.escape(node.literal))</code></pre>\n"
  }

  // MARK: Tables

  private mutating func table(_ node: CMark.Node, _ entering: Bool) {
    guard entering else {
      html += inBody ? "</tbody>\n</table></div>\n" : "</table></div>\n"
      inBody = false
      return
    }
    alignments = node.alignments
    let base = "Table: " + (headings.last?.text ?? "data")
    var name = base
    var number = 2
    while !regionNames.insert(name).inserted {
      name = "\(base), \(number)"
      number += 1
    }
    html += "<div class=\"table\" role=\"region\" aria-label=\"\(HTMLText.escape(name))\" tabindex=\"0\"><table>\n"
  }

  private mutating func row(_ node: CMark.Node, _ entering: Bool) {
    let isHeader = node.type == "table_header"
    if entering {
      column = 0
      isHeaderRow = isHeader
      if !isHeader, !inBody {
        html += "<tbody>\n"
        inBody = true
      }
      html += isHeader ? "<thead>\n<tr>" : "<tr>"
    } else {
      html += isHeader ? "</tr>\n</thead>\n" : "</tr>\n"
    }
  }

  private mutating func cell(_ entering: Bool) {
    let tag = isHeaderRow ? "th" : "td"
    guard entering else {
      html += "</\(tag)>"
      return
    }
    let alignment = column < alignments.count ? alignments[column] : nil
    let name = alignment == "r" ? " class=\"right\"" : alignment == "c" ? " class=\"center\"" : ""
    html += "<\(tag)\(isHeaderRow ? " scope=\"col\"" : "")\(name)>"
    column += 1
  }

  // MARK: Inlines

  /// In a form the bold text alone is the label: a click on a sentence ticks nothing.
  private mutating func strong(_ node: CMark.Node, _ entering: Bool) {
    let box = node.parent?.type == "paragraph" ? unlabelledBox : nil
    if entering, let box { html += "<label for=\"\(box)\">" }
    html += entering ? "<strong>" : "</strong>"
    if !entering, box != nil {
      html += "</label>"
      unlabelledBox = nil
    }
  }

  private mutating func link(_ node: CMark.Node, _ entering: Bool) {
    guard entering else {
      if openLinks.popLast() == true { html += "</a>" }
      return
    }
    guard let url = renderer.destination(node.url), HTMLText.isSafe(url) else {
      openLinks.append(false)
      return
    }
    openLinks.append(true)
    links.append(url)
    html += "<a href=\"\(HTMLText.attribute(url: url))\">"
    // A link without text has no name.
    if node.firstChild == nil { html += HTMLText.escape(url) }
  }

  /// Images of this site are shown; those of others would be fetched, so a link stands for them.
  private mutating func image(_ node: CMark.Node, _ entering: Bool) {
    if !entering {
      imageDepth -= 1
      return
    }
    imageDepth += 1
    guard imageDepth == 1 else { return }
    let text = node.plainText
    guard let url = renderer.destination(node.url), HTMLText.isSafe(url) else {
      html += HTMLText.escape(text)
      return
    }
    if HTMLText.hasScheme(url) || url.hasPrefix("//") {
      // A link inside a link is not allowed.
      if openLinks.contains(true) {
        html += HTMLText.escape(text)
      } else {
        links.append(url)
        html += "<a href=\"\(HTMLText.attribute(url: url))\">\(HTMLText.escape(text.isEmpty ? url : text))</a>"
      }
    } else {
      html += "<img src=\"\(HTMLText.attribute(url: url))\" alt=\"\(HTMLText.escape(text))\">"
    }
  }

  /// Comments say nothing to a reader; other raw HTML is shown as the text it is.
  private func rawHTML(_ literal: String) -> String? {
    var rest = literal[...]
    var shown = ""
    while let open = rest.firstRange(of: "<!--") {
      shown += rest[..<open.lowerBound]
      guard let close = rest[open.upperBound...].firstRange(of: "-->") else {
        rest = ""
        break
      }
      rest = rest[close.upperBound...]
    }
    shown += rest
    guard shown.contains(where: { !$0.isWhitespace }) else { return nil }
    return HTMLText.escape(shown.hasSuffix("\n") ? String(shown.dropLast()) : shown)
  }

  private mutating func unique(_ base: String) -> String {
    var id = base
    var number = 1
    while !ids.insert(id).inserted {
      id = "\(base)-\(number)"
      number += 1
    }
    return id
  }
}

internal import Documents
internal import Markdown

/// A page with a title, a first paragraph and the rest.
enum TextPage {
  /// - Parameter lead: HTML of one paragraph.
  static func body(
    _ context: PageContext, title: String, lead: String?, description: String? = nil, html: String,
    contents: [PageBody.Section] = []
  ) throws -> PageBody {
    let value = TemplateValue.record(["title": .text(title), "lead": .optional(lead), "body": .text(html)])
    return PageBody(
      title: title, description: description,
      html: try context.theme.templates.render("page.html.mustache", value), contents: contents,
      styles: ["lists.css"])
  }

  /// From Markdown whose first heading is the title and whose first paragraph is the lead.
  static func markdown(
    _ context: PageContext, _ text: String, appending html: String = "", _ more: [PageBody.Section] = []
  )
    throws -> PageBody
  {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var title = ""
    if let first = lines.first, first.hasPrefix("# ") {
      title = String(first.dropFirst(2))
      lines = lines.dropFirst().drop { $0.isEmpty }
    }
    var lead: String?
    if let first = lines.first, !first.hasPrefix("#"), !first.hasPrefix("|"), !first.hasPrefix("-") {
      let paragraph = lines.prefix { !$0.isEmpty }
      lead = paragraph.joined(separator: "\n")
      lines = lines.dropFirst(paragraph.count)
    }
    let rendered = context.prose.block(lines.joined(separator: "\n"))
    let sections = rendered.headings.filter { $0.level == 2 || $0.level == 3 }.map {
      PageBody.Section(id: $0.id, text: $0.text, isDeep: $0.level == 3)
    }
    return try body(
      context, title: title, lead: lead.map(context.prose.inline), description: lead.map(context.prose.plain),
      html: rendered.html + html, contents: sections + more)
  }

  /// A heading with a link to itself.
  static func heading(_ level: Int, _ id: String, _ text: String) -> String {
    "<h\(level) id=\"\(id.html)\">\(text.html)<a href=\"#\(id.html)\" aria-label=\"Link to here\"></a></h\(level)>\n"
  }
}

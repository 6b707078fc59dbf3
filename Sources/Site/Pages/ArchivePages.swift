internal import Documents
internal import Foundation
internal import KnowledgeModel
internal import Markdown
internal import TextFormats

/// Design documents that were generated before, in the site's own layout.
enum ArchivePages {
  static let path = "archive/index.html"

  /// Their pages do not come from the knowledge, so each build renders them.
  static func plans(_ archive: [ArchivedDesign]) -> [PagePlan] {
    guard !archive.isEmpty else { return [] }
    var plans = [PagePlan(path: path, isKept: false) { try overview(archive, $0) }]
    for design in archive {
      for document in design.documents.keys.sorted() {
        plans.append(
          PagePlan(path: page(document, of: design), isKept: false) { try body(document, of: design, $0) })
      }
    }
    return plans
  }

  private static func page(_ document: String, of design: ArchivedDesign) -> String {
    "archive/\(design.name)/\(document.dropLast(3)).html"
  }

  private static func overview(_ archive: [ArchivedDesign], _ context: PageContext) throws -> PageBody {
    var html = HTMLTable.open("Designs", ["System", "Date", "Knowledge", "Decided", "Open", "Documents"])
    for design in archive {
      let facts = Facts(design)
      let records = design.documents.keys.filter { $0.hasPrefix("decisions/") }.sorted()
      let checklist = design.documents["checklist.md"] == nil ? [] : ["checklist.md"]
      let others = (checklist + records).map { document in
        let name = document == "checklist.md" ? "checklist" : String(document.dropFirst(10).dropLast(3))
        return context.a(page(document, of: design), name)
      }
      html += """
        <tr><th scope="row">\(context.a(page("design.md", of: design), facts.system))</th>\
        <td class="date">\(facts.date.html)</td><td>\(facts.knowledge.html)</td><td>\(facts.decided)</td>\
        <td>\(facts.open)</td><td>\(others.joined(separator: ", "))</td></tr>

        """
    }
    return try TextPage.body(
      context, title: "Designs", lead: "Design documents as they were generated, with their checklists and records.",
      description: "Design documents as they were generated.", html: html + HTMLTable.close)
  }

  private static func body(_ document: String, of design: ArchivedDesign, _ context: PageContext) throws -> PageBody {
    let text = design.documents[document] ?? ""
    let folder = document.split(separator: "/").dropLast().joined(separator: "/")
    let documents = Set(design.documents.keys)
    var renderer = MarkdownRenderer(reservedIDs: PagePlace.reservedIDs) { language, text in
      // What a diagram shows stands in the text as well.
      language == "mermaid"
        ? "<details><summary>The diagram as text</summary>\n<pre tabindex=\"0\"><code>\(text.html)</code></pre>\n</details>"
        : nil
    } destination: { url in
      destination(url, below: folder, documents)
    }
    renderer.permalinks = true
    let rendered = renderer.render(text)
    let title = rendered.headings.first { $0.level == 1 }?.text ?? Facts(design).system
    let crumbs =
      "<p class=\"crumbs\">\(context.a(path, "Designs")) · \(context.a(page("design.md", of: design), Facts(design).system))</p>\n"
    return PageBody(
      title: title, description: "\(title), from the archive of designs.", html: crumbs + rendered.html,
      contents: rendered.headings.filter { $0.level == 2 }.map { PageBody.Section(id: $0.id, text: $0.text) })
  }

  /// Documents of the design are pages here; its other files are not published, so what leads to them is text.
  private static func destination(_ url: String, below folder: String, _ documents: Set<String>) -> String? {
    if url.hasPrefix("#") || HTMLText.hasScheme(url) { return url }
    let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    var folders = folder.split(separator: "/").map(String.init)
    for part in parts[0].split(separator: "/").map(String.init) where part != "." {
      if part == ".." {
        guard folders.popLast() != nil else { return nil }
      } else {
        folders.append(part)
      }
    }
    guard documents.contains(folders.joined(separator: "/")) else { return nil }
    return parts[0].dropLast(3) + ".html" + (parts.count > 1 ? "#\(parts[1])" : "")
  }

  /// What the overview says of a design, from its decisions.json.
  private struct Facts {
    var system: String
    var date = ""
    var knowledge = ""
    var decided = 0
    var open = 0

    init(_ design: ArchivedDesign) {
      system = design.name
      guard let text = design.decisions, let json = try? JSON.parse(Array(text.utf8)) else { return }
      if case .string(let name)? = json["system"], !name.isEmpty { system = name }
      if case .string(let day)? = json["date"] { date = day }
      if case .string(let version)? = json["knowledge"]?["version"] { knowledge = version }
      guard case .array(let decisions)? = json["decisions"] else { return }
      decided = decisions.count { $0["status"] == .string("decided") }
      open = decisions.count { $0["status"] == .string("undecided") }
    }
  }
}

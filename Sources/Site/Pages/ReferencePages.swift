internal import Foundation
internal import KnowledgeModel

/// All thresholds in one table.
enum ThresholdTable {
  static func body(_ context: PageContext) throws -> PageBody {
    let thresholds = context.reader.items(.threshold).compactMap { item -> Threshold? in
      if case .threshold(let threshold) = item { threshold } else { nil }
    }
    var html = HTMLTable.open(
      "Thresholds", ["Threshold", "Today", "The guide", "On its scale", "Rests on", "Area", "Verdict", "Checked"],
      "sortable")
    for threshold in thresholds {
      let entry = threshold.entry
      let written = threshold.asWritten
      let verdict = entry.guide.isEmpty ? "–" : entry.verdict.rawValue
      html += "<tr><th scope=\"row\">\(context.a(entry.path, entry.title))</th>"
      html += "<td data-value=\"\(threshold.value.value.plainText)\">\(QuantityText.text(threshold.value).html)</td>"
      html +=
        written.map { "<td data-value=\"\($0.value.plainText)\">\(QuantityText.text($0).html)</td>" }
        ?? (entry.guide.isEmpty ? "<td>–</td>" : "<td>the same</td>")
      let readers = context.reader.backlinks(threshold.id).filter { $0.relation == .reads }.map(\.from.id)
      let scale = ThresholdScale.figure(threshold, in: context.reader.part(around: [threshold.id] + readers))
      html += "<td>\(scale ?? "")</td>"
      html +=
        "<td>\(threshold.basis.label.html)</td><td>\(context.a(AreaPages.path(entry.area), entry.area.title))</td>"
      html += "<td>\(verdict)</td><td class=\"date\">\(entry.checked.html)</td></tr>\n"
    }
    var body = try TextPage.body(
      context, title: EntryKind.threshold.title, lead: EntryKind.threshold.lead.html,
      description: EntryKind.threshold.lead,
      html: "<p class=\"note\">\(ThresholdScale.legend.html)</p>\n" + html + HTMLTable.close)
    body.styles = ["scale.css", "lists.css"]
    body.scripts = ["tables.js"]
    body.isWide = true
    return body
  }
}

enum SourcesPage {
  static let path = "sources.html"

  static func body(_ context: PageContext) throws -> PageBody {
    let citations = context.reader.citations
    var html = ""
    for source in context.reader.sources.sorted(by: { ($0.title.lowercased(), $0.id) < ($1.title.lowercased(), $1.id) })
    {
      html += "<section class=\"source\">\n" + TextPage.heading(2, source.id, source.title)
      var facts = [source.date.map { "published \($0.html)" }, "checked \(source.checked.html)", source.evidence.label]
        .compactMap(\.self)
      if let url = source.url { facts.insert("<a href=\"\(url.html)\" rel=\"external\">\(url.html)</a>", at: 0) }
      html += "<p class=\"note\">\(facts.joined(separator: " · "))</p>\n"
      if let note = source.note { html += "<p>\(context.prose.inline(note))</p>\n" }
      let cited = citations[source.id] ?? []
      html +=
        cited.isEmpty
        ? "" : "<p>Cited by \(cited.map(context.a).joined(separator: ", ")).</p>\n"
      html += "</section>\n"
    }
    return try TextPage.body(
      context, title: "Sources", lead: "Every source that an entry cites, how it was checked and when.",
      description: "Every source that an entry cites, how it was checked and when.", html: html)
  }
}

enum GlossaryPage {
  static let path = "glossary.html"

  static func body(_ context: PageContext) throws -> PageBody {
    let traits = context.reader.cards(.trait)
    var html = TextPage.heading(2, "traits", "What rules read") + "<dl class=\"terms\">\n"
    for card in traits {
      let noun = card.figure.map { " <span class=\"note\">\($0.html)</span>" } ?? ""
      html += "<div><dt>\(context.a(card)) <code>\(card.id.html)</code>\(noun)</dt>"
      html += "<dd>\(context.prose.inline(card.summary))</dd></div>\n"
    }
    html += "</dl>\n"
    return try TextPage.markdown(
      context, context.theme.text("glossary.md"), appending: html,
      [PageBody.Section(id: "traits", text: "What rules read")])
  }
}

/// The program's commands, from its own argument parser.
enum CommandsPage {
  static let path = "commands.html"

  static func body(_ context: PageContext, _ root: CommandDescription) throws -> PageBody {
    var html = paragraphs(root.discussion)
    var contents: [PageBody.Section] = []
    for command in root.subcommands { add(command, [root.name], to: &html, &contents) }
    return try TextPage.body(
      context, title: "Commands", lead: root.abstract.html, description: root.abstract, html: html, contents: contents)
  }

  private static func add(
    _ command: CommandDescription, _ path: [String], to html: inout String, _ contents: inout [PageBody.Section]
  ) {
    let names = path + [command.name]
    let id = names.dropFirst().joined(separator: "-")
    let isDeep = names.count > 2
    contents.append(
      PageBody.Section(id: id, text: names.dropFirst().joined(separator: " "), isDeep: isDeep))
    html += TextPage.heading(isDeep ? 3 : 2, id, names.joined(separator: " "))
    html += "<p>\(command.abstract.html)</p>\n"
    let usage = (names + command.arguments.map(\.synopsis)).joined(separator: " ")
    if !command.arguments.isEmpty || command.subcommands.isEmpty {
      html += "<pre class=\"usage\" tabindex=\"0\"><code>\(usage.html)</code></pre>\n"
    }
    html += paragraphs(command.discussion)
    if !command.arguments.isEmpty {
      html += "<dl class=\"facts\">\n"
      for (index, argument) in command.arguments.enumerated() {
        // A flag and its opposite share their text.
        guard index == 0 || command.arguments[index - 1].text != argument.text else { continue }
        let labels = command.arguments[index...].prefix { $0.text == argument.text }.map(\.label)
        let standard = argument.standard.map { " <span class=\"note\">Default: \($0.html).</span>" } ?? ""
        html +=
          "<div><dt>\(labels.map { "<code>\($0.html)</code>" }.joined(separator: ", "))</dt><dd>\(argument.text.html)\(standard)</dd></div>\n"
      }
      html += "</dl>\n"
    }
    for child in command.subcommands { add(child, names, to: &html, &contents) }
  }

  /// Indented lines are examples to type.
  private static func paragraphs(_ text: String) -> String {
    text.components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { part in
      part.hasPrefix("  ")
        ? "<pre tabindex=\"0\"><code>\(part.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n").html)</code></pre>\n"
        : "<p>\(part.html)</p>\n"
    }.joined()
  }
}

enum AboutPage {
  static let path = "about.html"
}

enum ChangelogPage {
  static let path = "changelog.html"
}

enum NotFoundPage {
  static let path = "404.html"

  static func body(_ context: PageContext) throws -> PageBody {
    let links = [("index.html", "Home"), ("decisions/index.html", "Decisions"), ("glossary.html", "Glossary")]
    return try TextPage.body(
      context, title: "There is no such page",
      lead:
        "Entries keep their addresses, also where they are renamed; this one never was, or the link has a slip in it.",
      html: "<ul>\n" + links.map { "<li>\(context.a($0.0, $0.1))</li>\n" }.joined() + "</ul>\n")
  }
}

/// At the address that an entry had before.
enum FormerPage {
  static func body(_ id: String, _ context: PageContext) throws -> PageBody {
    guard let card = context.reader.card(id) else { return PageBody(title: id, html: "") }
    var body = try TextPage.body(
      context, title: card.title, lead: "This page is now \(context.a(card)).", html: "")
    body.refresh = context.place.link(card.path)
    return body
  }
}

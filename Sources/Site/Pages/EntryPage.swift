internal import Documents
internal import KnowledgeModel
internal import Markdown

/// The page of an entry: what all kinds have in common around what its kind has of its own.
struct EntryPage {
  let context: PageContext

  func body(_ id: String) throws -> PageBody {
    guard let item = context.reader.item(id) else { return PageBody(title: id, html: "") }
    let entry = item.entry
    let own = EntryParts(context: context, item: item).parts
    var sections = own.sectionsBefore
    var bodyHTML: String?
    if !own.body.isEmpty {
      let rendered = context.prose.block(own.body, headings: own.headingIDs)
      bodyHTML = rendered.html
      // Options and causes are listed with links where the page begins.
      let listed = Set(own.headingIDs.values)
      sections += rendered.headings.filter { $0.level <= own.depth && !listed.contains($0.id) }.map {
        PageBody.Section(id: $0.id, text: $0.text, isDeep: $0.level == 3)
      }
    }
    let backlinks = context.reader.backlinks(id)
    sections += own.sectionsBehind
    if !backlinks.isEmpty { sections.append(PageBody.Section(id: "used-by", text: "Where it is used")) }
    let sources = entry.sources.compactMap(context.reader.source)
    if !sources.isEmpty { sections.append(PageBody.Section(id: "sources", text: "Sources")) }
    let value = TemplateValue.record([
      "kind": .text(entry.kind.singular), "id": .text(id), "title": .text(entry.title),
      "crumbs": .list([
        link(entry.kind.indexPath, entry.kind.title), link(AreaPages.path(entry.area), entry.area.title),
      ]),
      "summary": .text(context.prose.inline(entry.summary)),
      "badges": .list(
        (badge(entry) + own.badges).map { .record(["name": .text($0.name), "text": .text($0.text)]) }),
      "lead": .optional(own.lead),
      "facts": .section(own.facts.map { .record(["term": .text($0.term), "html": .text($0.html)]) }),
      "guideSays": .optional(entry.guideSays.map(context.prose.inline)),
      "today": .optional(entry.today.map(context.prose.inline)),
      "guide": .section(entry.guide.map { link("guide.html#\($0)", $0) }),
      "body": .optional(bodyHTML), "tail": .optional(own.tail),
      "backlinks": .section(groups(backlinks, entry.kind)),
      "sources": .section(sources.map(source)), "checked": .text(entry.checked),
      "house": .optional(house(entry)),
    ])
    return PageBody(
      title: entry.title, description: context.prose.plain(entry.summary),
      html: try context.theme.templates.render("entry.html.mustache", value), contents: sections,
      styles: own.styles)
  }

  private func link(_ target: String, _ text: String) -> TemplateValue {
    .record(["href": .text(context.place.link(target)), "text": .text(text)])
  }

  /// A verdict says how the guide fared, so an entry without a statement of it has none.
  private func badge(_ entry: Entry) -> [(name: String, text: String)] {
    entry.guide.isEmpty ? [] : [(entry.verdict.rawValue, entry.verdict.label)]
  }

  private func groups(_ backlinks: [Backlink], _ kind: EntryKind) -> [TemplateValue] {
    Backlink.Relation.allCases.compactMap { relation in
      let found = backlinks.filter { $0.relation == relation }
      guard !found.isEmpty else { return nil }
      return .record([
        "heading": .text(relation.heading(kind)),
        "links": .list(
          found.map {
            .record([
              "href": .text(context.place.link($0.from.path)), "text": .text($0.from.title),
              "kind": .text($0.from.kind.singular),
            ])
          }),
      ])
    }
  }

  private func source(_ source: Source) -> TemplateValue {
    let date = source.date.map { ", \($0)" } ?? ""
    return .record([
      "href": .text(context.place.link("sources.html#\(source.id)")), "text": .text(source.title),
      "url": .optional(source.url), "host": .text(source.url.map(EntryPage.host) ?? ""),
      "note": .text("\(source.evidence.label)\(date), checked \(source.checked)"),
    ])
  }

  /// `www.postgresql.org` of an address; all of it where it has no host.
  private static func host(_ url: String) -> String {
    let parts = url.split(separator: "/")
    return parts.count > 1 && url.contains("://") ? String(parts[1]) : url
  }

  private func house(_ entry: Entry) -> String? {
    if let override = entry.override {
      return "House rule: the pack \(override.pack) sets \(override.keys.joined(separator: ", "))."
    }
    guard let first = context.reader.packs.first, entry.pack != first.name else { return nil }
    return "House rule: from the pack \(entry.pack)."
  }
}

extension EntryKind {
  var indexPath: String { "\(rawValue)/index.html" }

  /// The kind in the plural, as a heading.
  var title: String {
    self == .change ? "Kinds of change" : rawValue.prefix(1).uppercased() + rawValue.dropFirst()
  }
}

extension Verdict {
  var label: String {
    switch self {
    case .confirmed: "The guide holds"
    case .nuance: "Holds with a nuance"
    case .outdated: "Outdated in the guide"
    case .wrong: "Wrong in the guide"
    case .practice: "Established practice"
    }
  }
}

extension Source.Evidence {
  var label: String {
    switch self {
    case .read: "read"
    case .secondHand: "read through another text"
    case .measured: "measured by us"
    case .unverified: "not verified"
    }
  }
}

extension Threshold.Basis {
  var label: String {
    switch self {
    case .planningDefault: "planning default"
    case .limit: "documented limit"
    case .standard: "standard"
    case .measured: "measured"
    }
  }
}

internal import Documents
internal import KnowledgeModel

/// What all pages have around their content.
struct PageFrame {
  struct Group: Hashable {
    var heading: String
    var links: [Link]
  }

  struct Link: Hashable {
    var path: String
    var text: String
  }

  /// In the order of a reader's interest: what is decided, from what, and what to do about it.
  static let kinds: [EntryKind] = [
    .decision, .trait, .threshold, .practice, .check, .change, .pattern, .runbook, .orientation,
  ]

  let groups: [Group]
  private let theme: Theme
  private let settings: SiteSettings
  private let files: [String: String]
  private let packs: [PackStamp]

  init(_ input: SiteInput, _ index: KnowledgeIndex, _ theme: Theme) {
    self.theme = theme
    settings = input.settings
    packs = input.knowledge.packs
    files = input.places.mapValues(\.file)
    var reference = [
      Link(path: SourcesPage.path, text: "Sources"), Link(path: GlossaryPage.path, text: "Glossary"),
      Link(path: AboutPage.path, text: "About and the format"),
    ]
    if input.commands != nil { reference.insert(Link(path: CommandsPage.path, text: "Commands"), at: 2) }
    if theme.files["changelog.md"] != nil { reference.append(Link(path: ChangelogPage.path, text: "Changelog")) }
    if !input.archive.isEmpty { reference.append(Link(path: ArchivePages.path, text: "Designs")) }
    groups = [
      Group(
        heading: "Knowledge",
        links: Self.kinds.map { Link(path: $0.indexPath, text: $0.title) }),
      Group(
        heading: "The guide",
        links: [
          Link(path: GuidePage.path, text: "Statements"), Link(path: VerdictPage.path, text: "Where we depart"),
          Link(path: VerificationPage.path, text: "Verification"), Link(path: ChecklistPage.path, text: "Checklists"),
        ]),
      Group(heading: "Areas", links: SitePlan.areas(index).map { Link(path: AreaPages.path($0), text: $0.title) }),
      Group(heading: "Reference", links: reference),
    ]
  }

  func html(_ body: PageBody, _ plan: PagePlan, _ context: PageContext) throws -> String {
    let place = context.place
    let siteTitle = "Plumbline"
    func isCurrent(_ link: Link) -> Bool {
      // An entry's page belongs to its kind.
      link.path == plan.path
        || (plan.entry != nil && link.path.hasSuffix("/index.html") && plan.path.hasPrefix(link.path.dropLast(10)))
    }
    let edit = plan.entry.flatMap { files[$0] }.flatMap { file in
      settings.editURL.map { $0.replacing("{path}", with: file) }
    }
    let contents = body.contents.count < 2 ? [] : body.contents
    let html = try theme.templates.render(
      "layout.html.mustache",
      .record([
        "title": .text(body.title), "siteTitle": .text(siteTitle), "isHome": .flag(plan.path == HomePage.path),
        "description": .optional(body.description),
        "canonical": plan.isLinked ? .text(settings.address(plan.path)) : .nothing,
        "isAbsolute": .flag(settings.url != nil), "root": .text(place.root),
        "refresh": .optional(body.refresh),
        "styles": .texts((Theme.styles + body.styles).map { place.link("assets/\($0)") }),
        "scripts": .texts((["site.js", "search.js"] + body.scripts).map { place.link("assets/\($0)") }),
        "navigation": .list(
          groups.map { group in
            .record([
              "heading": .text(group.heading),
              "links": .list(
                group.links.map {
                  .record([
                    "href": .text(place.link($0.path)), "text": .text($0.text), "current": .flag(isCurrent($0)),
                  ])
                }),
            ])
          }),
        "search": .text(SearchIndex.form(root: place.root)),
        "contents": .section(
          contents.map {
            .record(["href": .text("#\($0.id)"), "text": .text($0.text), "deep": .flag($0.isDeep)])
          }),
        "wide": .flag(body.isWide), "main": .text(body.html), "edit": .optional(edit),
        "footer": .text(
          packs.map { "\($0.title.isEmpty ? $0.name : $0.title), \($0.version)" }.joined(separator: " · ")),
      ]))
    return Packed.page(html)
  }
}

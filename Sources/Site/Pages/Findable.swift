internal import KnowledgeModel

/// What search finds: every entry, the guide's statements, the commands and the pages of reference.
enum Findable {
  static func documents(_ input: SiteInput, _ index: KnowledgeIndex) -> [SearchDocument] {
    // What is found is worked out anew at each build, so nothing has to be remembered here.
    let prose = ProseHTML(reader: KnowledgeReader(index), place: PagePlace(path: HomePage.path))
    var documents = index.items.map { entry($0, prose) }
    for statement in input.knowledge.statements {
      documents.append(
        SearchDocument(
          url: "\(GuidePage.path)#\(statement.id)", title: statement.gist, kind: "statement", area: "",
          summary: "Statement \(statement.id) of the guide: \(statement.section)", text: "",
          keywords: [statement.id] + statement.atoms))
    }
    func add(_ command: CommandDescription, _ path: [String]) {
      let names = path + [command.name]
      documents.append(
        SearchDocument(
          url: "\(CommandsPage.path)#\(names.dropFirst().joined(separator: "-"))",
          title: names.joined(separator: " "), kind: "command", area: "", summary: command.abstract,
          text: ([command.discussion] + command.arguments.flatMap { [$0.label, $0.text] }).joined(separator: " "),
          keywords: []))
      for child in command.subcommands { add(child, names) }
    }
    if let root = input.commands {
      for command in root.subcommands { add(command, [root.name]) }
    }
    let pages = [
      (GuidePage.path, "The guide’s statements"), (VerdictPage.path, "Where we depart from the guide"),
      (VerificationPage.path, "The verification protocol"), (ChecklistPage.path, "Checklists"),
      (SourcesPage.path, "Sources"), (GlossaryPage.path, "Glossary"), (AboutPage.path, "About the knowledge"),
    ]
    documents += pages.map {
      SearchDocument(url: $0.0, title: $0.1, kind: "page", area: "", summary: "", text: "", keywords: [])
    }
    return documents
  }

  private static func entry(_ item: Item, _ prose: ProseHTML) -> SearchDocument {
    let entry = item.entry
    var keywords = [entry.id] + entry.aliases + entry.guide
    var texts = item.texts.dropFirst() + [entry.body]
    switch item {
    case .trait(let trait): keywords += [trait.noun] + trait.kind.options.map(\.id)
    case .decision(let decision): keywords += decision.options.flatMap { [$0.id, $0.title] }
    case .runbook(let runbook):
      keywords += runbook.phrases
      texts += runbook.causes.map(\.title)
    case .threshold(let threshold): keywords.append(QuantityText.text(threshold.value))
    case .list(let list): keywords += [list.noun] + list.fields.map(\.id)
    case .practice, .check, .change, .pattern, .orientation: break
    }
    return SearchDocument(
      url: entry.path, title: entry.title, kind: entry.kind.singular, area: entry.area.title,
      summary: prose.plain(entry.summary), text: prose.plain(texts.joined(separator: "\n\n")),
      keywords: keywords.filter { !$0.isEmpty })
  }
}

/// The list of everything, which shows results where there is JavaScript.
enum SearchPage {
  static let path = "search.html"

  static func plans(_ documents: [SearchDocument]) -> [PagePlan] {
    let first = PagePlan(path: path, isKept: false) { _ in
      PageBody(
        title: "Search", description: "Every page by its title.", html: SearchIndex.indexPage(documents),
        styles: ["lists.css"])
    }
    return [first]
      + SearchIndex.letterPages(documents).map { page in
        PagePlan(path: page.path, isKept: false) { _ in
          PageBody(title: page.title, html: page.body, styles: ["lists.css"])
        }
      }
  }
}

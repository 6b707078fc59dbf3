internal import KnowledgeModel

/// Which pages there are.
struct SitePlan {
  let pages: [PagePlan]

  init(_ input: SiteInput, _ index: KnowledgeIndex, _ theme: Theme, _ documents: [SearchDocument]) {
    var pages = [PagePlan(path: HomePage.path, render: HomePage.body)]
    for kind in EntryKind.allCases {
      pages.append(
        PagePlan(path: kind.indexPath) {
          kind == .threshold ? try ThresholdTable.body($0) : try ListPage.kind(kind, $0)
        })
    }
    for item in index.items {
      let entry = item.entry
      pages.append(
        PagePlan(path: entry.path, entry: entry.id) { try EntryPage(context: $0).body(entry.id) })
      for alias in entry.aliases {
        pages.append(
          PagePlan(path: SitePath.entry(entry.kind, alias), isLinked: false) { try FormerPage.body(entry.id, $0) })
      }
    }
    for area in SitePlan.areas(index) {
      pages.append(PagePlan(path: AreaPages.path(area)) { try AreaPages.body(area, $0) })
    }
    pages.append(PagePlan(path: VerdictPage.path, render: VerdictPage.body))
    pages.append(PagePlan(path: GuidePage.path, render: GuidePage.body))
    pages.append(PagePlan(path: VerificationPage.path, render: VerificationPage.body))
    pages.append(PagePlan(path: ChecklistPage.path, render: ChecklistPage.body))
    pages.append(PagePlan(path: SourcesPage.path, render: SourcesPage.body))
    pages.append(PagePlan(path: GlossaryPage.path, render: GlossaryPage.body))
    if let commands = input.commands {
      pages.append(PagePlan(path: CommandsPage.path) { try CommandsPage.body($0, commands) })
    }
    pages.append(
      PagePlan(path: AboutPage.path) { try TextPage.markdown($0, $0.theme.text("about.md")) })
    if theme.files["changelog.md"] != nil {
      pages.append(
        PagePlan(path: ChangelogPage.path) { try TextPage.markdown($0, $0.theme.text("changelog.md")) })
    }
    pages += ArchivePages.plans(input.archive)
    pages += SearchPage.plans(documents)
    pages.append(PagePlan(path: NotFoundPage.path, isLinked: false, render: NotFoundPage.body))
    self.pages = pages
  }

  /// The areas that have entries.
  static func areas(_ index: KnowledgeIndex) -> [Area] {
    let used = Set(index.items.map(\.entry.area))
    return Area.allCases.filter(used.contains)
  }
}

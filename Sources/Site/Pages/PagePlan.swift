/// A page to be rendered.
struct PagePlan {
  let path: String
  /// The entry whose page it is.
  var entry: String?
  /// Whether it is reached by links: all but the page for what is not found, and those for former ids.
  var isLinked = true
  /// Whether it depends on the knowledge, the theme and the settings alone, and so may be kept from the build before.
  var isKept = true
  let render: (PageContext) throws -> PageBody
}

/// What a page is rendered with.
struct PageContext {
  let reader: KnowledgeReader
  let place: PagePlace
  let theme: Theme
  let settings: SiteSettings

  var prose: ProseHTML { ProseHTML(reader: reader, place: place) }
  var conditions: ConditionHTML { ConditionHTML(reader: reader, place: place) }

  func a(_ target: String, _ text: String) -> String { "<a href=\"\(place.link(target).html)\">\(text.html)</a>" }
  func a(_ card: Card) -> String { a(card.path, card.title) }
}

/// What stands on a page.
struct PageBody {
  var title: String
  /// In one sentence, without markup.
  var description: String?
  /// The content of `main`.
  var html: String
  var contents: [Section] = []
  /// Further files below `assets/`.
  var styles: [String] = []
  var scripts: [String] = []
  /// Whether its content takes all the width there is.
  var isWide = false
  /// Where a page leads on to by itself.
  var refresh: String?

  struct Section: Hashable {
    var id: String
    var text: String
    var isDeep = false
  }
}

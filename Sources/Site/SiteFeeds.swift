internal import KnowledgeModel
internal import Markdown

/// The files that machines read: sitemap and feed.
enum SiteFeeds {
  static func sitemap(_ pages: [(path: String, changed: String?)], _ settings: SiteSettings) -> SiteFile {
    var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    xml += "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    for page in pages {
      let changed = page.changed.map { "<lastmod>\($0)</lastmod>" } ?? ""
      xml += "<url><loc>\(settings.address(page.path).html)</loc>\(changed)</url>\n"
    }
    return SiteFile(path: "sitemap.xml", text: xml + "</urlset>\n")
  }

  /// The entries that were checked last, in Atom.
  static func feed(_ index: KnowledgeIndex, _ settings: SiteSettings, most: Int = 50) -> SiteFile {
    let cards = index.cards.values.sorted {
      ($1.checked, $0.kind.rawValue, $0.id) < ($0.checked, $1.kind.rawValue, $1.id)
    }
    let reader = KnowledgeReader(index)
    let prose = ProseHTML(reader: reader, place: PagePlace(path: "feed.xml"))
    let title = index.knowledge.packs.first?.title ?? "Plumbline"
    var xml = """
      <?xml version="1.0" encoding="UTF-8"?>
      <feed xmlns="http://www.w3.org/2005/Atom">
      <title>\(title.html)</title>
      <id>urn:plumbline:\((index.knowledge.packs.map(\.name).joined(separator: "+")).html)</id>
      <link rel="self" href="\(settings.address("feed.xml").html)"/>
      <link href="\(settings.address("index.html").html)"/>
      <updated>\((cards.first?.checked ?? "1970-01-01").html)T00:00:00Z</updated>
      <author><name>\(title.html)</name></author>

      """
    for card in cards.prefix(most) {
      xml += """
        <entry>
        <title>\(card.title.html)</title>
        <id>urn:plumbline:\(card.kind.rawValue):\(card.id.html)</id>
        <link href="\(settings.address(card.path).html)"/>
        <updated>\(card.checked.html)T00:00:00Z</updated>
        <category term="\(card.kind.singular)"/>
        <summary>\(prose.plain(card.summary).html)</summary>
        </entry>

        """
    }
    return SiteFile(path: "feed.xml", text: xml + "</feed>\n")
  }
}

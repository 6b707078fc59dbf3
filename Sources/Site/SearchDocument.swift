/// Something that can be found: a page of the site, or a place on one.
public struct SearchDocument: Sendable, Hashable {
  /// From the site's root: `decisions/caching.html`, `guide.html#ST-1`.
  public var url: String
  public var title: String
  /// What it is, in the singular: “decision”, “runbook”.
  public var kind: String
  /// The part of the architecture it belongs to; may be empty.
  public var area: String
  /// One sentence, shown below the title.
  public var summary: String
  /// All of it, as plain text.
  public var text: String
  /// What else people call it: its id, former ids, phrases, statements of the guide.
  public var keywords: [String]

  public init(
    url: String, title: String, kind: String, area: String, summary: String, text: String, keywords: [String]
  ) {
    self.url = url
    self.title = title
    self.kind = kind
    self.area = area
    self.summary = summary
    self.text = text
    self.keywords = keywords
  }
}

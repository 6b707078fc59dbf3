internal import KnowledgeModel

/// Where a page lies, and so how its links are written.
struct PagePlace {
  /// From the site's root.
  let path: String
  /// For a page that is shown at any address: links begin with this path.
  var absolute: String?

  /// Ids that the layout and the templates use.
  static let reservedIDs: Set = [
    "content", "navigation", "contents", "search-words", "search-results", "all-pages", "rules", "examples", "fields",
    "causes", "used-by",
    "sources",
  ]

  func link(_ target: String) -> String {
    if let absolute { return absolute + target }
    return SitePath.relative(from: path, to: target)
  }

  func link(_ kind: EntryKind, _ id: String) -> String { link(SitePath.entry(kind, id)) }

  /// The way to the site's root: "" or "../".
  var root: String { absolute ?? String(repeating: "../", count: path.count { $0 == "/" }) }
}

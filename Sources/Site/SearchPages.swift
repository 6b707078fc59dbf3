internal import Foundation
internal import Markdown

/// The search box, and the list of everything for who has no JavaScript.
extension SearchIndex {
  /// The box for the head of every page. It leads to search.html by itself; site/search.js answers in place.
  /// - Parameter root: the way to the site's root, `""` or `"../"`.
  public static func form(root: String) -> String {
    """
    <form class="search" role="search" action="\(HTMLText.escape(root))search.html">
    <label for="search">Search</label>
    <input id="search" name="q" type="search" autocomplete="off" autocapitalize="none" spellcheck="false">
    <button>Search</button>
    </form>
    """
  }

  /// One page of the list of everything.
  public struct ListPage: Sendable {
    /// From the site's root.
    public var path: String
    public var title: String
    /// Its content, from the heading on.
    public var body: String
  }

  /// As many as one page lists; more are cut by letter.
  private static let onePage = 1_000

  /// The content of search.html: where results are shown, and a list of everything; where there is much, of its letters.
  public static func indexPage(_ documents: [SearchDocument]) -> String {
    let groups = byLetter(documents)
    let letters = groups.map { group in
      let target = documents.count > onePage ? path(ofLetter: group.letter) : "#\(anchor(group.letter))"
      return "<li><a href=\"\(target)\">\(HTMLText.escape(group.letter))</a></li>"
    }
    let list =
      documents.count > onePage
      ? ""
      : groups.map { group in
        """

        <h3 id="\(anchor(group.letter))">\(HTMLText.escape(group.letter))</h3>
        \(items(group.documents, root: ""))
        """
      }.joined()
    return """
      <h1>Search</h1>
      <section id="search-results" aria-label="Results" hidden></section>
      <h2 id="all-pages">Everything, by its title</h2>
      <nav aria-label="Letters"><ul class="search-letters">\(letters.joined())</ul></nav>\(list)
      """
  }

  /// The pages that search.html leads to where there is too much for one: one a letter, else none.
  public static func letterPages(_ documents: [SearchDocument]) -> [ListPage] {
    guard documents.count > onePage else { return [] }
    return byLetter(documents).map { group in
      let title = "Titles with \(group.letter)"
      return ListPage(
        path: path(ofLetter: group.letter), title: title,
        body: """
          <h1>\(HTMLText.escape(title))</h1>
          <p><a href="../search.html">All letters</a></p>
          \(items(group.documents, root: "../"))
          """)
    }
  }

  private static func items(_ documents: [SearchDocument], root: String) -> String {
    let lines = documents.map { document in
      let kind = document.kind.isEmpty ? "" : " <span class=\"search-kind\">\(HTMLText.escape(document.kind))</span>"
      let (url, title) = (HTMLText.escape(root + document.url), HTMLText.escape(document.title))
      return "<li><a href=\"\(url)\">\(title)</a>\(kind)</li>"
    }
    return "<ul class=\"search-list\">\n" + lines.joined(separator: "\n") + "\n</ul>"
  }

  /// By the first letter of the title, without article and accents; what begins with none of the alphabet's letters comes
  /// first.
  private static func byLetter(_ documents: [SearchDocument]) -> [(letter: String, documents: [SearchDocument])] {
    var groups: [String: [(key: String, document: SearchDocument)]] = [:]
    for document in documents {
      let folded = document.title.decomposedStringWithCompatibilityMapping.lowercased()
      let key =
        ["a ", "an ", "the "].first(where: folded.hasPrefix).map { String(folded.dropFirst($0.count)) } ?? folded
      let first = key.unicodeScalars.first { $0.properties.isAlphabetic || $0.properties.numericType != nil }
      let isLetter = first.map { ("a"..."z").contains($0) } ?? false
      groups[isLetter ? first.map { String($0).uppercased() } ?? "#" : "#", default: []].append((key, document))
    }
    return groups.sorted { $0.key < $1.key }.map { letter, found in
      let sorted = found.enumerated().sorted { ($0.element.key, $0.offset) < ($1.element.key, $1.offset) }
      return (letter, sorted.map(\.element.document))
    }
  }

  private static func anchor(_ letter: String) -> String { "letter-" + (letter == "#" ? "other" : letter.lowercased()) }

  private static func path(ofLetter letter: String) -> String { "search/\(anchor(letter)).html" }
}

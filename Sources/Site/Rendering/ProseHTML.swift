internal import KnowledgeModel
internal import Markdown

/// The prose of entries as HTML for one page: figures filled in, formulas in words, links resolved.
struct ProseHTML {
  let reader: KnowledgeReader
  let place: PagePlace

  /// Markdown with its references resolved.
  func resolved(_ text: String) -> String {
    let filled = ProseReference.fillingFigures(in: text) { reference, _ in
      switch reference {
      case .threshold(let id):
        reader.figure(id).map { QuantityText.inWords(QuantityText.text($0), $0.unit) }
      case .formula(let formula): "*\(MarkdownText.escape(FormulaText.words(formula, reader)))*"
      case .entry: nil
      }
    }
    return ProseReference.replacingLinks(in: filled) { label, id in
      reader.card(id).map { "[\(label)](\(place.link($0.path)))" } ?? label
    }
  }

  /// - Parameter headings: ids for headings that are not made from their text.
  func block(_ markdown: String, headings: [String: String] = [:]) -> RenderedMarkdown {
    var renderer = MarkdownRenderer(reservedIDs: PagePlace.reservedIDs)
    renderer.permalinks = true
    renderer.headingIDs = headings
    return renderer.render(resolved(markdown))
  }

  /// The HTML of a text that is one paragraph, without the paragraph.
  func inline(_ markdown: String) -> String {
    let html = MarkdownRenderer(reservedIDs: PagePlace.reservedIDs).render(resolved(markdown)).html
    guard html.hasPrefix("<p>"), html.hasSuffix("</p>\n"), html.firstRange(of: "<p>", after: 3) == nil else {
      return html
    }
    return String(html.dropFirst(3).dropLast(5))
  }

  /// Without markup, for titles, descriptions and search.
  func plain(_ markdown: String) -> String { MarkdownText.unmarked(resolved(markdown)) }
}

extension String {
  /// Escaped for content and for double-quoted attributes.
  var html: String { HTMLText.escape(self) }

  fileprivate func firstRange(of text: String, after count: Int) -> Range<Index>? {
    dropFirst(count).firstRange(of: text)
  }
}

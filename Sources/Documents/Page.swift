internal import Markdown

/// A document as one HTML file that fetches nothing.
struct Page {
  let set: TemplateSet
  let style: String
  let footer: String

  /// - Parameter pictures: each stands in place of the fence that has its language and text.
  func html(of markdown: String, title: String, pictures: [Picture] = []) throws -> String {
    let figures = pictures.map { (language: $0.fenceLanguage, text: $0.source + "\n", figure: $0.figure) }
    let ids = pictures.reduce(into: Page.ids) { $0.formUnion($1.ids) }
    let renderer = MarkdownRenderer(reservedIDs: ids) { language, text in
      figures.first { $0.language == language && $0.text == text }?.figure
    }
    let body = renderer.render(Markers.stripped(markdown))
    return try set.render(
      "page.html.mustache",
      .record([
        "title": .text(title), "runningTitle": .text(Page.cssString(title)), "style": .text(style),
        "contents": .list(
          body.headings.filter { $0.level == 2 }.map { .record(["id": .text($0.id), "text": .text($0.text)]) }),
        "body": .text(body.html), "footer": .text(footer),
      ]))
  }

  /// Ids that the page's template uses.
  private static let ids: Set = ["document-body"]

  /// As the inside of a string in a stylesheet: all but letters, digits and spaces as escapes, so that nothing ends the
  /// string or the style element; long titles end in an ellipsis.
  static func cssString(_ text: String, most: Int = 80) -> String {
    let plain = MarkdownText.plain(text)
    let short = plain.count > most ? plain.prefix(most - 1) + "…" : plain
    var out = ""
    for scalar in short.unicodeScalars {
      if scalar.isASCII, scalar == " " || scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        out.unicodeScalars.append(scalar)
      } else {
        out += "\\\(String(scalar.value, radix: 16)) "
      }
    }
    return out
  }
}

/// Markdown that another part of the program made, as one HTML file that fetches nothing.
public struct ReportPage: Sendable {
  /// A drawing in place of a fence.
  public struct Figure: Sendable {
    let language: String
    let source: String
    let html: String

    /// - Parameters:
    ///   - language: that of the fence.
    ///   - source: the text inside the fence, without a line break at its end.
    ///   - label: what it shows, in few words.
    ///   - svg: the drawing, with its title and description.
    public init(language: String, source: String, label: String, svg: String) {
      self.language = language
      self.source = source
      html = """
        <figure class="picture">
        <div class="scroll" role="region" aria-label="\(Picture.text(label))" tabindex="0">
        \(svg)</div>
        </figure>
        """
    }
  }

  public let title: String
  public let markdown: String
  public let footer: String
  public let figures: [Figure]
  /// Ids that the figures use.
  public let ids: Set<String>

  public init(title: String, markdown: String, footer: String, figures: [Figure] = [], ids: Set<String> = []) {
    self.title = title
    self.markdown = markdown
    self.footer = footer
    self.figures = figures
    self.ids = ids
  }

  /// - Parameter templates: by file name; see docs/templates.md.
  /// - Throws: `TemplateProblem` where a template is missing or names something it is not given.
  public func html(templates: [String: String]) throws -> String {
    let page = try Page(try TemplateSet(templates, shapes: Shapes.all), templates, footer: footer)
    return try page.html(
      of: markdown, title: title,
      figures: figures.map { (language: $0.language, text: $0.source + "\n", figure: $0.html) }, ids: ids)
  }
}

/// A heading as it was parsed.
public struct MarkdownHeading: Sendable, Hashable {
  public var level: Int
  /// Without markup.
  public var text: String
  /// Unique in its document.
  public var id: String
  /// Line in the Markdown text, from 1.
  public var line: Int
}

/// A document's body as HTML, with what was seen in it.
public struct RenderedMarkdown: Sendable, Hashable {
  public var html: String
  public var headings: [MarkdownHeading]
  /// Where its links lead, in order; those that were left out as unsafe are not among them.
  public var links: [String]
}

/// Renders GitHub-flavoured Markdown as HTML that is safe whatever the text: raw HTML shows as text, comments are
/// dropped, links lead to http, https, mailto or within the site only.
public struct MarkdownRenderer: Sendable {
  /// Ids that the surrounding page uses itself.
  public var reservedIDs: Set<String>
  /// HTML in place of a fenced code block, by its language and text; nil leaves the block as it is.
  public var codeBlock: @Sendable (_ language: String, _ text: String) -> String?
  /// Where a link is to lead; nil leaves its text without a link.
  public var destination: @Sendable (_ url: String) -> String?
  /// What makes a task item that begins with bold text part of a form, by that text; nil leaves it with a box that
  /// cannot be ticked. The first of each name counts.
  public var taskField: @Sendable (_ label: String) -> TaskField?

  /// A task item's part of a form.
  public struct TaskField: Sendable, Hashable {
    /// The item's `data-item`.
    public var name: String
    /// HTML at the end of the item.
    public var html: String

    public init(name: String, html: String) {
      self.name = name
      self.html = html
    }
  }

  /// Ids of headings that are not made from their text, by that text.
  public var headingIDs: [String: String] = [:]
  /// Whether each heading ends in a link to itself.
  public var permalinks = false

  public init(
    reservedIDs: Set<String> = [], codeBlock: @escaping @Sendable (String, String) -> String? = { _, _ in nil },
    destination: @escaping @Sendable (String) -> String? = { $0 },
    taskField: @escaping @Sendable (String) -> TaskField? = { _ in nil }
  ) {
    self.reservedIDs = reservedIDs
    self.codeBlock = codeBlock
    self.destination = destination
    self.taskField = taskField
  }

  public func render(_ markdown: String) -> RenderedMarkdown {
    CMark.withTree(markdown) { tree in
      var writer = HTMLWriter(renderer: self)
      tree.walk { node, entering in writer.visit(node, entering: entering) }
      return RenderedMarkdown(html: writer.html, headings: writer.headings, links: writer.links)
    }
  }

  /// The headings alone.
  public static func headings(of markdown: String) -> [MarkdownHeading] { MarkdownRenderer().render(markdown).headings }
}

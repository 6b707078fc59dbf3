/// A text's lists and what stands in and around them, as GitHub would show it. It is flat, however deep the text nests.
public struct MarkdownOutline: Sendable, Hashable {
  /// In the order of the text.
  public var items: [Item] = []
  /// What holds text itself, in the order of the text.
  public var blocks: [Block] = []

  /// An item of a list.
  public struct Item: Sendable, Hashable {
    /// Whether its box is ticked; nil where it has none.
    public var isTicked: Bool?
    /// From 1.
    public var line: Int
    /// The item around it.
    public var parent: Int?
    /// Whether it stands in a quotation.
    public var isQuoted: Bool
  }

  public struct Block: Sendable, Hashable {
    public enum Kind: Sendable, Hashable { case paragraph, heading, code, html, headerCell, cell, rule }

    public var kind: Kind
    /// From 1.
    public var line: Int
    /// The innermost item around it.
    public var item: Int?
    /// Whether it is the first in that item.
    public var isFirst: Bool
    public var runs: [Run]
  }

  /// Text that is shown in one way.
  public struct Run: Sendable, Hashable {
    public enum Kind: Sendable, Hashable { case text, code, image, html, lineBreak }

    public var kind: Kind
    public var text: String
    public var isBold: Bool
    public var isStruck: Bool
    /// Where the link around it leads, or where an image comes from.
    public var target: String?
  }

  public init(_ markdown: String) {
    self = CMark.withTree(markdown) { tree in
      var reader = OutlineReader()
      tree.walk { node, entering in reader.visit(node, entering: entering) }
      return reader.outline
    }
  }

  fileprivate init() {}
}

private struct OutlineReader {
  var outline = MarkdownOutline()
  /// The items around the place at hand.
  private var open: [Int] = []
  private var filled: Set<Int> = []
  private var quotes = 0
  private var bold = 0
  private var struck = 0
  private var targets: [String] = []
  /// Inside an image everything is its text alternative.
  private var images = 0
  private var isHeaderRow = false

  mutating func visit(_ node: CMark.Node, entering: Bool) {
    let step = entering ? 1 : -1
    switch node.type {
    case "block_quote": quotes += step
    case "item", "tasklist": item(node, entering)
    case "paragraph": if entering { block(.paragraph, node) }
    case "heading": if entering { block(.heading, node) }
    case "code_block":
      block(.code, node)
      run(.code, node.literal)
    case "html_block":
      block(.html, node)
      run(.html, node.literal)
    case "thematic_break": block(.rule, node)
    case "table_header": isHeaderRow = entering
    case "table_cell": if entering { block(isHeaderRow ? .headerCell : .cell, node) }
    case "strong": bold += step
    case "strikethrough": struck += step
    case "link":
      if entering {
        targets.append(node.url)
        if node.firstChild == nil { run(.text, "") }
      } else {
        targets.removeLast()
      }
    case "image":
      if entering, images == 0 { run(.image, node.plainText, target: node.url) }
      images += step
    case "text": run(.text, node.literal)
    case "code": run(.code, node.literal)
    case "html_inline": run(.html, node.literal)
    case "softbreak", "linebreak": run(.lineBreak, "\n")
    default: break
    }
  }

  private mutating func item(_ node: CMark.Node, _ entering: Bool) {
    guard entering else {
      open.removeLast()
      return
    }
    outline.items.append(
      .init(
        isTicked: node.type == "tasklist" ? node.isChecked : nil, line: node.line, parent: open.last,
        isQuoted: quotes > 0))
    open.append(outline.items.count - 1)
  }

  private mutating func block(_ kind: MarkdownOutline.Block.Kind, _ node: CMark.Node) {
    let isFirst = open.last.map { filled.insert($0).inserted } ?? false
    outline.blocks.append(.init(kind: kind, line: node.line, item: open.last, isFirst: isFirst, runs: []))
  }

  private mutating func run(_ kind: MarkdownOutline.Run.Kind, _ text: String, target: String? = nil) {
    guard images == 0, !outline.blocks.isEmpty else { return }
    outline.blocks[outline.blocks.count - 1].runs.append(
      .init(kind: kind, text: text, isBold: bold > 0, isStruck: struck > 0, target: target ?? targets.last))
  }
}

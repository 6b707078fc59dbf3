internal import CCMarkGFM
internal import Synchronization

/// cmark-gfm behind one lock: finishing a parser switches special characters in a process-wide table.
enum CMark {
  private static let lock = Mutex(())

  /// Registered once for the process; the names are those of cmark's core extensions.
  private static let extensions: [String] = {
    cmark_gfm_core_extensions_ensure_registered()
    return ["table", "tasklist", "strikethrough", "autolink"]
  }()

  /// Parses a text and hands its tree to `body`; the tree is freed afterwards.
  static func withTree<Result>(_ markdown: String, _ body: (Tree) -> Result) -> Result {
    let root = parse(markdown)
    defer { if let root { cmark_node_free(root) } }
    return body(Tree(root: root))
  }

  private static func parse(_ markdown: String) -> OpaquePointer? {
    lock.withLock { _ in
      guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8) else { return nil }
      defer { cmark_parser_free(parser) }
      for name in extensions {
        if let found = cmark_find_syntax_extension(name) { cmark_parser_attach_syntax_extension(parser, found) }
      }
      var text = markdown
      text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
      }
      return cmark_parser_finish(parser)
    }
  }

  /// A parsed document.
  struct Tree {
    let root: OpaquePointer?

    /// Visits every node on the way in and on the way out, without recursion.
    func walk(_ visit: (Node, _ entering: Bool) -> Void) { Node.walk(from: root, visit) }
  }

  /// A node of a tree that is alive.
  struct Node {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    static func walk(from root: OpaquePointer?, _ visit: (Node, Bool) -> Void) {
      guard let root, let iterator = cmark_iter_new(root) else { return }
      defer { cmark_iter_free(iterator) }
      while true {
        let event = cmark_iter_next(iterator)
        guard event != CMARK_EVENT_DONE, let node = cmark_iter_get_node(iterator) else { return }
        visit(Node(node), event == CMARK_EVENT_ENTER)
      }
    }

    /// What it is; nodes of extensions are known by their name alone.
    var type: String { String(cString: cmark_node_get_type_string(pointer)) }
    var literal: String { cmark_node_get_literal(pointer).map(String.init(cString:)) ?? "" }
    var url: String { cmark_node_get_url(pointer).map(String.init(cString:)) ?? "" }
    var title: String { cmark_node_get_title(pointer).map(String.init(cString:)) ?? "" }
    var fenceInfo: String { cmark_node_get_fence_info(pointer).map(String.init(cString:)) ?? "" }
    var headingLevel: Int { Int(cmark_node_get_heading_level(pointer)) }
    var line: Int { Int(cmark_node_get_start_line(pointer)) }
    var isOrdered: Bool { cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST }
    var listStart: Int { Int(cmark_node_get_list_start(pointer)) }
    var isTight: Bool { cmark_node_get_list_tight(pointer) != 0 }
    var isChecked: Bool { cmark_gfm_extensions_get_tasklist_item_checked(pointer) }
    var parent: Node? { cmark_node_parent(pointer).map { Node($0) } }
    var firstChild: Node? { cmark_node_first_child(pointer).map { Node($0) } }
    var next: Node? { cmark_node_next(pointer).map { Node($0) } }
    var isFirstChild: Bool { cmark_node_previous(pointer) == nil }

    /// The alignments of a table's columns: `l`, `c`, `r` or nothing.
    var alignments: [Character?] {
      let count = Int(cmark_gfm_extensions_get_table_columns(pointer))
      guard let bytes = cmark_gfm_extensions_get_table_alignments(pointer) else { return [] }
      return (0..<count).map { bytes[$0] == 0 ? nil : Character(Unicode.Scalar(bytes[$0])) }
    }

    /// Its text without markup, line breaks as spaces.
    var plainText: String {
      var text = ""
      Node.walk(from: pointer) { node, entering in
        guard entering else { return }
        switch node.type {
        case "text", "code": text += node.literal
        case "softbreak", "linebreak": text += " "
        default: break
        }
      }
      return text
    }
  }
}

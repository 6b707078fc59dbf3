internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown
public import TextFormats

/// One system of a portfolio: its revisit, or why it could not be read.
public struct PortfolioRow: Sendable, Hashable {
  public var path: String
  public var system: String?
  public var date: String?
  /// The version that its documents were made with.
  public var madeWith: String?
  public var decided: Int
  public var open: Int
  /// One line each.
  public var findings: [String]
  public var error: String?

  public init(path: String, error: String) {
    (self.path, self.error) = (path, error)
    (decided, open, findings) = (0, 0, [])
  }

  public init(path: String, _ revisit: Revisit) {
    self.path = path
    let assessment = revisit.assessment
    system = assessment.sheet.system
    date = assessment.sheet.date
    madeWith = revisit.madeWith?.version
    decided = assessment.decisions.count { $0.status == .decided }
    open = assessment.decisions.count { $0.status == .undecided }
    findings = revisit.findings.map(\.text)
  }

  /// As one line of portfolio.jsonl.
  public static func json(path: String, _ revisit: Revisit) -> JSON {
    let system = revisit.assessment.sheet.system.map(JSON.string) ?? .null
    return .object([.init("path", .string(path)), .init("system", system)] + revisit.members)
  }

  public static func json(path: String, error: String) -> JSON {
    .object(["path": .string(path), "error": .string(error)])
  }

  public var isFinding: Bool { error != nil || !findings.isEmpty }

  private var cells: [String] {
    let found = error.map { ["could not be read: \($0)"] } ?? findings
    return [
      path, system ?? "", date ?? "", madeWith ?? "", error == nil ? "\(decided)" : "", error == nil ? "\(open)" : "",
      found.joined(separator: "; "),
    ]
  }

  static let columns = ["Path", "System", "Date", "Made with", "Decided", "Open", "Findings"]

  // MARK: A row at a time, so that thousands take no memory

  public static var markdownHead: String {
    "| \(columns.joined(separator: " | ")) |\n| \(columns.map { _ in "---" }.joined(separator: " | ")) |\n"
  }

  public var markdown: String { "| \(cells.map(MarkdownText.escape).joined(separator: " | ")) |\n" }

  public var html: String {
    let found = error.map { ["could not be read: \($0)"] } ?? findings
    let list =
      found.isEmpty ? "none" : "<ul style=\"margin: 0\">\(found.map { "<li>\(Self.text($0))</li>" }.joined())</ul>"
    // A path may break behind a slash.
    let shown = Self.text(path).replacing("/", with: "/<wbr>")
    let others = cells.dropFirst().dropLast().map { "<td>\(Self.text($0))</td>" }.joined()
    return "<tr><td>\(shown)</td>\(others)<td>\(list)</td></tr>\n"
  }

  public func plain(width: Int) -> String {
    var out = PlainText(width: width)
    let name = system.map(MarkdownText.plain).flatMap { $0.isEmpty ? nil : " (\($0))" } ?? ""
    let standing = error == nil ? "\(decided) decided, \(open) open" : "could not be read"
    out.line("\(MarkdownText.plain(path))\(name): \(standing)", hanging: 4)
    for finding in error.map({ [$0] }) ?? findings { out.line(MarkdownText.plain(finding), indent: 2, hanging: 4) }
    return out.text
  }

  private static func text(_ text: String) -> String { HTMLText.escape(MarkdownText.plain(text)) }
}

/// How a portfolio stands as a whole.
public struct PortfolioTotals: Sendable, Hashable {
  public var systems = 0
  public var withFindings = 0
  public var unreadable = 0

  public init() {}

  public mutating func add(_ row: PortfolioRow) {
    systems += 1
    if row.error != nil { unreadable += 1 } else if row.isFinding { withFindings += 1 }
  }

  public var text: String {
    let parts = [
      withFindings > 0 ? "\(QuantityText.number(Decimal(withFindings))) with findings" : "none with findings",
      unreadable > 0 ? "\(QuantityText.number(Decimal(unreadable))) could not be read" : nil,
    ].compactMap(\.self)
    return "\(Wording.count(systems, "system", "systems")): \(parts.joined(separator: ", "))"
  }
}

/// portfolio.md and portfolio.html: what stands before and behind the rows.
public struct PortfolioPage: Sendable {
  public var markdownOpening: String
  public var htmlOpening: String
  public var htmlClosing: String

  /// - Parameters:
  ///   - knowledge: the version and hash that all were evaluated under.
  ///   - templates: by file name; the page's template and `document.css` are used.
  /// - Throws: `TemplateProblem` where a template is missing or names something it is not given.
  public init(_ totals: PortfolioTotals, knowledge: String, templates: [String: String]) throws {
    let title = "Portfolio"
    let under = "Evaluated under knowledge \(MarkdownText.escape(knowledge))."
    let lead = "\(MarkdownText.escape(totals.text)). \(under)"
    markdownOpening = "# \(title)\n\n\(lead)\n\n\(PortfolioRow.markdownHead)"
    let set = try TemplateSet(templates, shapes: Shapes.all)
    guard let style = templates["document.css"] else { throw TemplateProblem("document.css", "there is no such file") }
    let widths = ["Date": " style=\"min-width: 7em\"", "Findings": " style=\"min-width: 24em\""]
    let head = PortfolioRow.columns.map { "<th scope=\"col\"\(widths[$0] ?? "")>\($0)</th>" }.joined()
    let text = HTMLText.escape(MarkdownText.plain("\(totals.text). Evaluated under knowledge \(knowledge)."))
    // The rows are written one by one where this stands; no text that is filled in can hold it unescaped.
    let gap = "<!-- rows -->"
    let page = try set.render(
      "page.html.mustache",
      .record([
        "title": .text(title), "runningTitle": .text(Page.cssString(title)), "style": .text(style),
        "script": .nothing, "contents": .list([]),
        "body": .text(
          "<h1>\(title)</h1>\n<p>\(text)</p>\n<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"Systems\">"
            + "<table>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n\(gap)</tbody>\n</table></div>\n"),
        "footer": .text("knowledge \(knowledge)"),
      ]))
    guard let place = page.range(of: gap) else {
      throw TemplateProblem("page.html.mustache", "it leaves out the body")
    }
    htmlOpening = String(page[..<place.lowerBound])
    htmlClosing = String(page[place.upperBound...])
  }
}

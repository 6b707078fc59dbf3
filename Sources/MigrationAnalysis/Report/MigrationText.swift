import Foundation
import SQLSyntax
import SchemaAnalysis
import TextFormats

extension MigrationReport {
  /// For a terminal: file by file, each finding with its place, its statement, and one line what to do.
  /// - Parameter width: columns that a line may take.
  public func plain(width: Int) -> String {
    var out = Lines(width: max(width, 40))
    var lastFile: Int?
    for finding in findings {
      if lastFile != finding.place.text {
        if lastFile != nil { out.blank() }
        out.add(safeFile(finding.place))
        lastFile = finding.place.text
      }
      let position = position(finding.place)
      out.add("\(position.line):\(position.column) \(finding.severity.rawValue) \(finding.rule)", indent: 2)
      if !finding.statement.isEmpty { out.cut(finding.statement.onOneLine(atMost: 400), indent: 4) }
      let size = size(finding).map { " (\($0))" } ?? ""
      out.add(Self.joined(finding.message.onOneLine(atMost: 1200), size), indent: 4)
      out.add("→ \(finding.remedy.onOneLine(atMost: 600))", indent: 4, hanging: 6)
    }
    if !unfollowed.isEmpty {
      if !findings.isEmpty { out.blank() }
      out.add("Not followed or not told:")
      for item in unfollowed.prefix(Self.shown) {
        let position = position(item.place)
        out.add(
          "\(safeFile(item.place)):\(position.line):\(position.column): \(item.reason.onOneLine(atMost: 600))",
          indent: 2,
          hanging: 4)
      }
      if unfollowed.count > Self.shown {
        out.add("and \(RowWords.number(unfollowed.count - Self.shown)) more (--format json has all)", indent: 2)
      }
    }
    for remark in remarks { out.add(remark.onOneLine(atMost: 600), hanging: 2) }
    if !findings.isEmpty || !unfollowed.isEmpty { out.blank() }
    out.add(summary)
    return out.text
  }

  private static let shown = 20

  /// As: 2 errors, 1 warning and 3 notes in 12 migrations, judged for PostgreSQL 18.
  var summary: String {
    let counts = Severity.allCases.reversed().compactMap { severity -> String? in
      let number = count(severity)
      return number == 0 ? nil : "\(RowWords.number(number)) \(severity.rawValue)\(number == 1 ? "" : "s")"
    }
    let list =
      counts.count > 1
      ? counts.dropLast().joined(separator: ", ") + " and " + (counts.last ?? "") : counts.first ?? "Nothing found"
    let steps = "\(RowWords.number(judged)) \(judged == 1 ? "migration" : "migrations")"
    let before = deployed > 0 ? " (\(RowWords.number(deployed)) before were followed, and not judged)" : ""
    return "\(list) in \(steps)\(before), judged for PostgreSQL \(postgres)."
  }

  private struct Lines {
    let width: Int
    var text = ""

    mutating func blank() { text += "\n" }

    /// Words in lines of the width; further lines are indented.
    mutating func add(_ content: String, indent: Int = 0, hanging: Int? = nil) {
      let further = hanging ?? indent
      var line = String(repeating: " ", count: indent)
      var isFirst = true
      for word in content.split(separator: " ") {
        if !isFirst, line.count + 1 + word.count > width {
          text += line + "\n"
          line = String(repeating: " ", count: further)
          isFirst = true
        }
        line += (isFirst ? "" : " ") + word
        isFirst = false
      }
      text += line + "\n"
    }

    /// One line, cut at the width.
    mutating func cut(_ content: String, indent: Int) {
      let room = width - indent
      text +=
        String(repeating: " ", count: indent)
        + (content.count > room ? content.prefix(room - 1) + "…" : content[...]) + "\n"
    }
  }

  // MARK: Markdown

  /// For a pull request: a table of findings by file, and what to do.
  public var markdown: String {
    var text = "## Migrations\n\n\(summary)\n"
    var lastFile: Int?
    for finding in findings {
      if lastFile != finding.place.text {
        text += "\n### \(Self.code(safeFile(finding.place)))\n\n"
        lastFile = finding.place.text
      }
      let position = position(finding.place)
      let size = size(finding).map { " (\($0))" } ?? ""
      text += "- **\(finding.severity.rawValue)** \(Self.code(finding.rule)), line \(position.line)\n"
      if !finding.statement.isEmpty { text += "  \(Self.code(finding.statement.onOneLine(atMost: 400)))\n" }
      text += "  \(Self.closed(Self.escaped(Self.capitalised(finding.message.onOneLine(atMost: 1200)) + size)))\n"
      text += "  *\(Self.closed(Self.escaped(Self.capitalised(finding.remedy.onOneLine(atMost: 600)))))*\n"
    }
    if !unfollowed.isEmpty {
      text += "\n### Not followed or not told\n\n"
      for item in unfollowed {
        let position = position(item.place)
        text +=
          "- \(Self.code(safeFile(item.place))), line \(position.line): \(Self.escaped(item.reason.onOneLine(atMost: 600)))\n"
      }
    }
    if !remarks.isEmpty {
      text += "\n" + remarks.map { "- \(Self.escaped($0.onOneLine(atMost: 600)))\n" }.joined()
    }
    return text
  }

  /// In as many backquotes as it needs.
  private static func code(_ text: String) -> String {
    var longest = 0
    var run = 0
    for character in text {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    let pad = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
    return fence + pad + text + pad + fence
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      if "\\`*_[]<>|#~&".contains(character) { out.append("\\") }
      out.append(character)
    }
    return out
  }
}

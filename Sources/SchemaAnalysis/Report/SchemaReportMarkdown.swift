private import TextFormats

extension SchemaReport {
  /// As Markdown, with the diagram as Mermaid.
  public var markdown: String {
    var out = "# Schema\n\n"
    out += Markup.escape("\(inputText): \(countsText).") + "\n\n"
    out += Markup.escape(findingsText) + ".\n"
    if !input.remarks.isEmpty || !remarks.isEmpty {
      out += "\n"
      for remark in input.remarks + remarks {
        out += "- \(Markup.code(Wording.path(remark.file))): \(Markup.escape(Wording.sentence(remark.message)))\n"
      }
    }
    for severity in Severity.allCases.reversed() { out += markdown(severity) }
    if !allowed.isEmpty {
      out += "\n## Allowed\n\n"
      for item in allowed {
        out +=
          "- \(Markup.code(item.finding.rule)) on \(Markup.code(Wording.label(item.finding.table))), "
          + "\(place(item.finding)): \(Markup.escape(Wording.sentence(item.reason)))\n"
      }
    }
    if !unfollowed.isEmpty {
      out += "\n## Not seen\n\n\(Markup.escape(unfollowedText)).\n\n"
      for line in unfollowedLines(atMost: 100) { out += "- \(Markup.escape(line))\n" }
    }
    let diagram = EntityDiagram(catalog)
    if !diagram.entities.isEmpty {
      out += "\n## Diagram\n\n```mermaid\n\(diagram.mermaid)\n```\n"
      if let omission = diagram.omission { out += "\n\(Markup.escape(omission))\n" }
      out += markdownTables
    }
    return out
  }

  private func markdown(_ severity: Severity) -> String {
    let own = findings.filter { $0.severity == severity }
    guard !own.isEmpty else { return "" }
    var out = "\n## \(Self.title(severity))\n"
    for rule in SchemaRules.list {
      let group = own.filter { $0.rule == rule.id }
      guard !group.isEmpty else { continue }
      // Two headings are never the same.
      let isElsewhere = findings.contains { $0.rule == rule.id && $0.severity > severity }
      out += "\n### \(rule.id)\(isElsewhere ? ", as a \(severity.rawValue)" : "")\n\n\(Markup.escape(rule.summary))\n\n"
      for finding in group { out += "- \(Markup.escape(finding.message)) \(place(finding))\n" }
      let remedies = group.map { $0.remedy.split(separator: "\n").map { $0.description.onOneLine(atMost: .max) } }
      // The same remark over and over is said once.
      var said: Set<String> = []
      let lines = remedies.joined().filter { !$0.hasPrefix("--") || said.insert($0).inserted }
      out += "\n" + Markup.fenced(lines.joined(separator: "\n"), "sql")
    }
    return out
  }

  private func place(_ finding: SchemaFinding) -> String {
    let place = position(of: finding.place)
    return Markup.code("\(Wording.path(place.file)):\(place.line)")
  }

  private var markdownTables: String {
    var out = "\n## Tables\n"
    for table in catalog.tables {
      out +=
        "\n### \(Markup.escape(Wording.label(table.name)))\n\n| column | type | NULL | key |\n| --- | --- | --- | --- |\n"
      let foreign = Set(table.foreignKeys.flatMap(\.columns))
      for column in table.columns {
        let keys = [
          table.primaryKey?.columns.contains(column.name) == true ? "primary" : nil,
          foreign.contains(column.name) ? "foreign" : nil,
        ]
        out +=
          "| \(Markup.cell(Wording.name(column.name))) | \(Markup.cell(Wording.type(column.type))) | "
          + "\(column.notNull ? "no" : "yes") | \(keys.compactMap { $0 }.joined(separator: ", ")) |\n"
      }
      let keys = table.foreignKeys.map { key in
        "- (\(Markup.escape(Wording.columns(key.columns)))) refers to \(Markup.escape(Wording.label(key.references))) "
          + "(\(Markup.escape(Wording.columns(key.referencedColumns))))\(table.isServed(key) ? "" : ", without an index")\n"
      }
      let indexes = table.indexes.map { "- \(Markup.escape(Self.line($0)))\n" }
      if !keys.isEmpty || !indexes.isEmpty { out += "\n" + (keys + indexes).joined() }
    }
    return out
  }
}

/// Puts text into Markdown so that it stays text.
enum Markup {
  static func escape(_ text: String) -> String {
    var out = ""
    var isFirst = true
    for scalar in text.onOneLine(atMost: .max).unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "~", "&", "$": out += "\\"
      case "#", "+", "-", "=": if isFirst { out += "\\" }
      // What would become a link by itself.
      case ":" where out.hasSuffix("http") || out.hasSuffix("https") || out.hasSuffix("ftp"): out += "\\"
      case "." where out.hasSuffix("www") || !out.isEmpty && out.allSatisfy(\.isNumber): out += "\\"
      case ")" where !out.isEmpty && out.allSatisfy(\.isNumber): out += "\\"
      case "@": out += "\\"
      default: break
      }
      out.unicodeScalars.append(scalar)
      isFirst = false
    }
    return out
  }

  static func code(_ text: String) -> String {
    let text = text.onOneLine(atMost: .max)
    guard !text.isEmpty else { return "" }
    let fence = String(repeating: "`", count: longestRun(in: text) + 1)
    let pad = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
    return fence + pad + text + pad + fence
  }

  /// A code span in a table, where a bar has to be escaped even there.
  static func cell(_ text: String) -> String { code(text.replacing("|", with: "\\|")) }

  static func fenced(_ text: String, _ language: String) -> String {
    let fence = String(repeating: "`", count: max(3, longestRun(in: text) + 1))
    return "\(fence)\(language)\n\(text)\n\(fence)\n"
  }

  private static func longestRun(in text: String) -> Int {
    var longest = 0
    var run = 0
    for character in text {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}

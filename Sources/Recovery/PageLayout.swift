/// Markdown as text for a terminal: paragraphs, lists and tables fitted to its width, code left exact so that it can be
/// copied. Lines are only ever added, and whatever could steer the terminal is taken out.
public struct PageLayout: Sendable {
  /// Columns that a line of prose may take; code may be longer.
  public let width: Int
  public let hasColor: Bool

  public init(width: Int, hasColor: Bool = false) {
    self.width = max(20, width)
    self.hasColor = hasColor
  }

  /// Ends in a line break, unless there is nothing.
  public func text(_ markdown: String) -> String {
    var out = ""
    func blank() { if !out.isEmpty, !out.hasSuffix("\n\n") { out += "\n" } }
    for block in Block.parse(markdown) {
      switch block {
      case .heading(let level, let text):
        blank()
        out += heading(text, level: level)
        out += "\n"
      case .paragraph(let text, let indent):
        blank()
        out += lines(text, first: String(repeating: " ", count: indent))
        out += "\n"
      case .item(let marker, let text, let indent, let isFirst):
        if isFirst { blank() } else if out.hasSuffix("\n\n") { out.removeLast() }
        out += lines(text, first: String(repeating: " ", count: indent) + marker + " ")
        out += "\n"
      case .table(let rows):
        blank()
        out += table(rows)
        out += "\n"
      case .code(let fence, let lines):
        blank()
        // The fence says where to begin and to end copying.
        out += dim(PageLayout.safe(fence)) + "\n"
        for line in lines { out += PageLayout.safe(line) + "\n" }
        out += dim("```") + "\n\n"
      }
    }
    while out.hasSuffix("\n\n") { out.removeLast() }
    return out
  }

  /// A heading on lines of its own, with its line break.
  public func heading(_ text: String, level: Int) -> String {
    let inside = PageLayout.safe(text.replacing("`", with: ""))
    // Without colours, upper headings are told from lower ones by a line of signs below them.
    let underline = level < 3 ? String(repeating: level == 1 ? "=" : "-", count: min(inside.count, width)) + "\n" : ""
    return wrapped(inside, width).map { bold($0) + "\n" }.joined() + (hasColor ? "" : underline)
  }

  /// A paragraph, its first line begun by something that the others are indented by.
  func lines(_ markdown: String, first: String) -> String {
    let inside = width - first.count
    let indent = String(repeating: " ", count: first.count)
    return wrapped(PageLayout.safe(markdown), inside).enumerated().map { index, line in
      (index == 0 ? first : indent) + styled(line) + "\n"
    }.joined()
  }

  // MARK: Inline

  /// Without control characters, direction marks and the like; a tab becomes blanks.
  static func safe(_ text: some StringProtocol) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
        if scalar == "\t" { out += "  " } else if scalar == "\n" { out += " " }
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// Words in lines; a piece of code in backticks is broken only where it is longer than a line.
  private func wrapped(_ text: String, _ width: Int) -> [String] {
    var words: [String] = []
    var open: Int?
    for word in text.split(whereSeparator: \.isWhitespace) {
      words.append(String(word))
      guard word.count(where: { $0 == "`" }) % 2 == 1 else { continue }
      if let start = open {
        // A piece of code ends here: in one line, if it fits.
        let code = words[start...].joined(separator: " ")
        if code.visibleCount <= width { words.replaceSubrange(start..., with: [code]) }
        open = nil
      } else {
        open = words.count - 1
      }
    }
    var lines: [String] = []
    var line = ""
    for word in words {
      if !line.isEmpty, line.visibleCount + 1 + word.visibleCount > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// `**strong**` in bold, or without its stars.
  private func styled(_ line: String) -> String {
    var out = ""
    var isCode = false
    var isStrong = false
    var rest = line[...]
    while let character = rest.first {
      if character == "`" { isCode.toggle() }
      if !isCode, rest.hasPrefix("**") {
        isStrong.toggle()
        if hasColor { out += isStrong ? "\u{1B}[1m" : "\u{1B}[22m" }
        rest = rest.dropFirst(2)
      } else {
        out.append(character)
        rest = rest.dropFirst()
      }
    }
    // Strong text that goes on in the next line begins again there only in a terminal without memory.
    return isStrong && hasColor ? out + "\u{1B}[22m" : out
  }

  private func bold(_ text: String) -> String { hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
  private func dim(_ text: String) -> String { hasColor ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

  // MARK: Tables

  /// In columns where they fit, else row by row.
  private func table(_ rows: [[String]]) -> String {
    guard let head = rows.first, head.count > 1 else { return "" }
    let body = rows.dropFirst()
    let columns = head.indices.map { column in rows.map { $0.indices.contains(column) ? $0[column] : "" } }
    let natural = columns.map { cells in cells.map { PageLayout.safe($0).visibleCount }.max() ?? 0 }
    let longest = columns.map { cells in
      cells.flatMap { wrapped(PageLayout.safe($0), 1) }.map(\.visibleCount).max() ?? 0
    }
    guard let widths = shares(natural, atLeast: longest) else {
      return body.map { row in
        row.indices.filter { $0 < head.count && !row[$0].isEmpty }.map { column in
          lines("\(head[column]): \(row[column])", first: column == 0 ? "* " : "  ")
        }.joined()
      }.joined()
    }
    var out = cells(head.map { "**\($0)**" }, widths)
    out += widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n"
    for row in body { out += cells(row, widths) }
    return out
  }

  /// Widths that sum up to the line, each at least 12 and its longest word; nil where that cannot be.
  private func shares(_ natural: [Int], atLeast words: [Int]) -> [Int]? {
    let room = width - 2 * (natural.count - 1)
    if natural.reduce(0, +) <= room { return natural }
    var widths = zip(natural, words).map { min($0, max(12, $1)) }
    var left = room - widths.reduce(0, +)
    guard left >= 0 else { return nil }
    while left > 0 {
      // Whoever lacks most gets the next column.
      guard let neediest = widths.indices.max(by: { natural[$0] - widths[$0] < natural[$1] - widths[$1] }),
        natural[neediest] > widths[neediest]
      else { break }
      widths[neediest] += 1
      left -= 1
    }
    return widths
  }

  private func cells(_ row: [String], _ widths: [Int]) -> String {
    let parts = widths.indices.map { column in
      wrapped(PageLayout.safe(row.indices.contains(column) ? row[column] : ""), widths[column])
    }
    var out = ""
    for index in 0..<max(1, parts.map(\.count).max() ?? 0) {
      var line = ""
      var edge = 0
      for (column, lines) in parts.enumerated() {
        let text = lines.indices.contains(index) ? lines[index] : ""
        if !text.isEmpty { line += String(repeating: " ", count: max(0, edge - line.visibleCount)) + text }
        edge += widths[column] + 2
      }
      out += styled(line) + "\n"
    }
    return out
  }
}

extension String {
  /// Characters that are seen once the stars of `**strong**` are gone.
  var visibleCount: Int {
    guard contains("**") else { return count }
    var isCode = false
    var stars = 0
    var rest = self[...]
    while let character = rest.first {
      if character == "`" { isCode.toggle() }
      if !isCode, rest.hasPrefix("**") {
        stars += 2
        rest = rest.dropFirst(2)
      } else {
        rest = rest.dropFirst()
      }
    }
    return count - stars
  }
}

/// The blocks of Markdown that pages are made of.
enum Block: Hashable {
  case heading(level: Int, String)
  case paragraph(String, indent: Int)
  case item(marker: String, String, indent: Int, isFirst: Bool)
  case table([[String]])
  case code(fence: String, [String])

  static func parse(_ markdown: String) -> [Block] {
    var blocks: [Block] = []
    var lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)[...]
    while let line = lines.popFirst() {
      let text = line.drop { $0 == " " }
      let indent = line.count - text.count
      if text.isEmpty {
        continue
      } else if text.hasPrefix("```") {
        var code: [String] = []
        while let next = lines.popFirst(), !next.drop(while: { $0 == " " }).hasPrefix("```") {
          code.append(String(next))
        }
        blocks.append(.code(fence: String(text), code))
      } else if let level = headingLevel(text) {
        blocks.append(.heading(level: level, text.dropFirst(level).trimmed))
      } else if text.hasPrefix("|") {
        var rows = [row(text)]
        while let next = lines.first, next.drop(while: { $0 == " " }).hasPrefix("|") {
          rows.append(row(next))
          lines.removeFirst()
        }
        rows.removeAll { $0.allSatisfy { !$0.isEmpty && $0.allSatisfy { "-: ".contains($0) } } }
        blocks.append(.table(rows))
      } else if let (marker, rest) = item(text) {
        let isFollowing = if case .item? = blocks.last { true } else { false }
        blocks.append(
          .item(marker: marker, joined(rest, &lines), indent: indent, isFirst: !isFollowing))
      } else {
        blocks.append(.paragraph(joined(text, &lines), indent: indent))
      }
    }
    return blocks
  }

  /// With the lines that go on from it.
  private static func joined(_ first: Substring, _ lines: inout ArraySlice<Substring>) -> String {
    var text = String(first)
    while let next = lines.first?.drop(while: { $0 == " " }), !next.isEmpty, !next.hasPrefix("```"),
      !next.hasPrefix("|"), headingLevel(next) == nil, item(next) == nil
    {
      text += " " + next
      lines.removeFirst()
    }
    return text
  }

  private static func headingLevel(_ text: Substring) -> Int? {
    let level = text.prefix { $0 == "#" }.count
    return (1...6).contains(level) && text.dropFirst(level).first == " " ? level : nil
  }

  private static func item(_ text: Substring) -> (marker: String, Substring)? {
    if text.hasPrefix("* ") || text.hasPrefix("- ") { return ("*", text.dropFirst(2)) }
    let number = text.prefix { $0.isASCII && $0.isNumber }
    guard (1...3).contains(number.count), text.dropFirst(number.count).hasPrefix(". ") else { return nil }
    return ("\(number).", text.dropFirst(number.count + 2))
  }

  /// The cells of a table's line; a bar in backticks belongs to its cell.
  private static func row(_ line: Substring) -> [String] {
    var cells: [String] = []
    var cell = ""
    var isCode = false
    for character in line.trimmed.dropFirst() {
      if character == "`" { isCode.toggle() }
      if character == "|", !isCode {
        cells.append(cell[...].trimmed)
        cell = ""
      } else {
        cell.append(character)
      }
    }
    if !cell[...].trimmed.isEmpty { cells.append(cell[...].trimmed) }
    return cells
  }
}

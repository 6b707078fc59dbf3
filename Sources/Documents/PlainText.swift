/// Lays out plain text for a terminal.
struct PlainText {
  /// Columns that a line may take.
  let width: Int
  private(set) var text = ""

  init(width: Int = 100) { self.width = width }

  mutating func blank() { if !text.isEmpty, !text.hasSuffix("\n\n") { text += "\n" } }

  /// A paragraph, its further lines indented.
  mutating func line(_ content: String, indent: Int = 0, hanging: Int? = nil) {
    let further = hanging ?? indent
    for (index, part) in PlainText.wrap(content, width - indent, width - further).enumerated() {
      text += String(repeating: " ", count: index == 0 ? indent : further) + part + "\n"
    }
  }

  /// A line to copy: it is not wrapped.
  mutating func unwrapped(_ line: String, indent: Int) {
    text += String(repeating: " ", count: indent) + line + "\n"
  }

  /// A name in a column of its own, and what is said of it beside it.
  mutating func item(_ name: String, _ content: String, indent: Int = 2, column: Int) {
    let room = width - indent - column - 2
    let name = String(repeating: " ", count: indent) + name
    var lines = PlainText.wrap(content, room, room)
    if name.count > indent + column {
      text += name + "\n"
    } else {
      let first = lines.isEmpty ? "" : lines.removeFirst()
      let padded = name + String(repeating: " ", count: indent + column + 2 - name.count) + first
      text += PlainText.trimmed(padded) + "\n"
    }
    for line in lines { text += String(repeating: " ", count: indent + column + 2) + line + "\n" }
  }

  /// Rows in columns of given widths, two blanks between; cells wrap.
  mutating func row(_ cells: [String], widths: [Int]) {
    let columns = zip(cells, widths).map { PlainText.wrap($0, $1, $1) }
    for index in 0..<(columns.map(\.count).max() ?? 0) {
      var line = ""
      var edge = 0
      for (column, width) in zip(columns, widths) {
        if line.count < edge { line += String(repeating: " ", count: edge - line.count) }
        line += index < column.count ? column[index] : ""
        edge += width + 2
      }
      text += PlainText.trimmed(line) + "\n"
    }
  }

  /// Words in lines of at most `width`; ids and addresses break at a hyphen or slash before they break anywhere.
  static func wrap(_ content: String, _ first: Int, _ further: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in content.split(separator: " ") {
      var word = word[...]
      let limit = lines.isEmpty ? first : further
      if !line.isEmpty, line.count + 1 + word.count > limit {
        lines.append(line)
        line = ""
      }
      var room = lines.isEmpty ? first : further
      while line.isEmpty, word.count > room, room > 0 {
        let head = word.prefix(room)
        let cut = head.lastIndex { "-/_".contains($0) }.map { word.index(after: $0) } ?? head.endIndex
        lines.append(String(word[..<cut]))
        word = word[cut...]
        room = further
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}

import Testing

@testable import Terminal

/// A terminal as the painter needs it; anything else that is written to it fails the test.
struct Screen {
  private(set) var columns: Int
  private(set) var rows: Int
  private(set) var scrollback: [String] = []
  /// A wide character is followed by an empty cell.
  private var cells: [[String]]
  private(set) var row = 0
  private(set) var column = 0
  private(set) var isCursorShown = true
  private var isWrapping = false
  /// Cells that were written.
  private(set) var written = 0

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  /// All that there is to read, without empty lines at the end.
  var lines: [String] {
    var lines = scrollback + cells.map { Screen.trimmed($0.joined()) }
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines
  }

  /// The cursor's row counted from the first line ever written.
  var line: Int { scrollback.count + row }

  static func trimmed(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
  }

  mutating func write(_ text: String) {
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\r\n":
        column = 0
        feed()
      case "\r": column = 0
      case "\n": feed()
      case "\u{1B}": sequence(&rest)
      default: put(character)
      }
      if ["\r\n", "\r", "\n"].contains(character) { isWrapping = false }
    }
  }

  private mutating func feed() {
    if row + 1 < rows { return row += 1 }
    scrollback.append(Screen.trimmed(cells.removeFirst().joined()))
    cells.append(Array(repeating: " ", count: columns))
  }

  private mutating func put(_ character: Character) {
    let width = DisplayWidth.of(character)
    if isWrapping || column + width > columns {
      column = 0
      feed()
    }
    cells[row][column] = String(character)
    for next in column + 1..<max(column + 1, column + width) { cells[row][next] = "" }
    written += width
    isWrapping = column + width >= columns
    column = min(columns - 1, column + width)
  }

  private mutating func sequence(_ rest: inout Substring) {
    let bracket = rest.popFirst()
    #expect(bracket == "[")
    let parameters = rest.prefix { $0.isNumber || $0 == ";" || $0 == "?" }
    rest = rest.dropFirst(parameters.count)
    let last = rest.popFirst()
    let count = max(1, Int(parameters) ?? 1)
    if last != "m" { isWrapping = false }
    switch (last, parameters) {
    case ("A", _): row = max(0, row - count)
    case ("B", _): row = min(rows - 1, row + count)
    case ("C", _): column = min(columns - 1, column + count)
    case ("K", ""): for index in column..<columns { cells[row][index] = " " }
    case ("J", ""):
      for index in column..<columns { cells[row][index] = " " }
      for below in row + 1..<max(row + 1, rows) { cells[below] = Array(repeating: " ", count: columns) }
    case ("h", "?25"): isCursorShown = true
    case ("l", "?25"): isCursorShown = false
    case ("m", _): break
    default: Issue.record("unknown sequence \(parameters)\(last.map(String.init) ?? "")")
    }
  }

  /// As terminals do that break no line anew.
  mutating func resize(columns: Int, rows: Int) {
    for index in cells.indices {
      cells[index] = Array((cells[index] + Array(repeating: " ", count: columns)).prefix(columns))
    }
    while row >= rows {
      scrollback.append(Screen.trimmed(cells.removeFirst().joined()))
      row -= 1
    }
    cells = Array((cells + Array(repeating: Array(repeating: " ", count: columns), count: rows)).prefix(rows))
    self.columns = columns
    self.rows = rows
    column = min(column, columns - 1)
    isWrapping = false
  }
}

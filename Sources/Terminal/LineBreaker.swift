/// Breaks a row of characters into lines.
///
/// It works on characters with a style, so that plain and styled text break at the same places.
struct LineBreaker {
  struct Cell {
    var character: Character
    var style: Style

    var width: Int { DisplayWidth.of(character) }
  }

  private let first: Int
  private let following: Int
  private var lines: [[Cell]] = []
  private var line: [Cell] = []
  private var columns = 0

  /// - Parameters:
  ///   - first: columns of the first line, at least 1.
  ///   - following: of those after it.
  private init(first: Int, following: Int) {
    self.first = max(1, first)
    self.following = max(1, following)
  }

  private var width: Int { lines.isEmpty ? first : following }

  /// Lines of at most so many columns, but for a character that is wider by itself. No lines if there is only space.
  static func lines(_ cells: [Cell], first: Int, following: Int) -> [[Cell]] {
    var breaker = LineBreaker(first: first, following: following)
    for word in cells.split(whereSeparator: \.character.isWhitespace) {
      let space = word.startIndex > 0 ? cells[word.startIndex - 1] : Cell(character: " ", style: .plain)
      breaker.add(word, after: space)
    }
    if !breaker.line.isEmpty { breaker.lines.append(breaker.line) }
    return breaker.lines
  }

  private mutating func add(_ word: ArraySlice<Cell>, after space: Cell) {
    var needsSpace = !line.isEmpty
    for piece in LineBreaker.pieces(word) {
      let size = piece.reduce(0) { $0 + $1.width }
      if columns + (needsSpace ? 1 : 0) + size > width, !line.isEmpty {
        endLine()
      } else if needsSpace {
        line.append(Cell(character: " ", style: space.style))
        columns += 1
      }
      needsSpace = false
      for cell in piece {
        if columns + cell.width > width, !line.isEmpty { endLine() }
        line.append(cell)
        columns += cell.width
      }
    }
  }

  private mutating func endLine() {
    lines.append(line)
    line = []
    columns = 0
  }

  /// The parts of a word that a line may end between: at wide characters, which are written without spaces.
  private static func pieces(_ word: ArraySlice<Cell>) -> [ArraySlice<Cell>] {
    var pieces: [ArraySlice<Cell>] = []
    var start = word.startIndex
    for index in word.indices.dropFirst() where isBreak(word[index - 1].character, word[index].character) {
      pieces.append(word[start..<index])
      start = index
    }
    return pieces + [word[start...]]
  }

  private static func isBreak(_ before: Character, _ after: Character) -> Bool {
    (isWide(before) || isWide(after)) && !closing.contains(after) && !opening.contains(before)
  }

  private static func isWide(_ character: Character) -> Bool {
    character.asciiValue == nil && DisplayWidth.of(character) >= 2
  }

  /// No line begins with these, and none ends with those.
  private static let closing: Set<Character> = Set("、。，．：；！？）」』】〕〉》…,.:;!?)]}”’")
  private static let opening: Set<Character> = Set("（「『【〔〈《([{“‘")
}

extension String {
  /// Lines of at most `width` columns, broken at spaces; runs of white space become one space.
  ///
  /// A word that is wider than a line is cut between characters. Chinese, Japanese and Korean may be cut anywhere but
  /// before and after some marks.
  public func wrapped(_ width: Int) -> [String] {
    let cells = map { LineBreaker.Cell(character: $0, style: .plain) }
    return LineBreaker.lines(cells, first: width, following: width).map { String($0.map(\.character)) }
  }
}

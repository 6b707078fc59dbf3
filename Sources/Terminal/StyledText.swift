/// One line of text with styles. What could steer a terminal is taken out, so that text from outside is safe.
public struct StyledText: Hashable, Sendable, ExpressibleByStringInterpolation {
  public struct Run: Hashable, Sendable {
    public let text: String
    public let style: Style
  }

  /// None is empty, and no two of the same style stand side by side.
  public private(set) var runs: [Run]

  public init() { runs = [] }

  /// - Parameter text: line ends and tabs in it become spaces.
  public init(_ text: String, _ style: Style = .plain) {
    let text = text.safe
    runs = text.isEmpty ? [] : [Run(text: text, style: style)]
  }

  public init(stringLiteral text: String) { self.init(text) }

  init(_ cells: [LineBreaker.Cell]) {
    runs = []
    var rest = cells[...]
    while let style = rest.first?.style {
      let same = rest.prefix { $0.style == style }
      runs.append(Run(text: String(same.map(\.character)), style: style))
      rest = rest[same.endIndex...]
    }
  }

  public static func + (left: StyledText, right: StyledText) -> StyledText {
    var sum = left
    sum += right
    return sum
  }

  public static func += (left: inout StyledText, right: StyledText) {
    for run in right.runs {
      if let last = left.runs.last, last.style == run.style {
        left.runs[left.runs.count - 1] = Run(text: last.text + run.text, style: run.style)
      } else {
        left.runs.append(run)
      }
    }
  }

  public var isEmpty: Bool { runs.isEmpty }

  /// The text without its styles.
  public var plain: String { runs.map(\.text).joined() }

  /// Columns.
  public var width: Int { runs.reduce(0) { $0 + DisplayWidth.of($1.text) } }

  /// The same text with these roles added to each run.
  public func styled(_ style: Style) -> StyledText {
    runs.reduce(into: StyledText()) { $0 += StyledText($1.text, $1.style.union(style)) }
  }

  /// The text if it fits into `width` columns; else as much as does, and `…` in the style of what it stands for.
  public func fitted(_ width: Int) -> StyledText { fitted(width, by: DisplayWidth.of) }

  func fitted(_ width: Int, by measure: (Character) -> Int) -> StyledText {
    let cells = self.cells
    guard cells.reduce(0, { $0 + measure($1.character) }) > width else { return self }
    guard width > 0 else { return StyledText() }
    var columns = 0
    let kept = cells.prefix { cell in
      columns += measure(cell.character)
      return columns < width
    }
    let cut = cells[min(kept.endIndex, cells.count - 1)]
    return StyledText(kept + [LineBreaker.Cell(character: "…", style: cut.style)])
  }

  /// The text with spaces after it up to `width` columns, or cut to them.
  public func padded(_ width: Int) -> StyledText {
    let text = fitted(width)
    return text + StyledText(String(repeating: " ", count: max(0, width - text.width)))
  }

  /// Lines of at most `width` columns with their indentation, broken as `String.wrapped` does. No lines if there is
  /// only space.
  ///
  /// - Parameters:
  ///   - indent: spaces before every line.
  ///   - hanging: further spaces before every line but the first.
  public func wrapped(_ width: Int, indent: Int = 0, hanging: Int = 0) -> [StyledText] {
    LineBreaker.lines(cells, first: width - indent, following: width - indent - hanging).enumerated()
      .map { index, line in
        StyledText(String(repeating: " ", count: max(0, index == 0 ? indent : indent + hanging))) + StyledText(line)
      }
  }

  private var cells: [LineBreaker.Cell] {
    runs.flatMap { run in run.text.map { LineBreaker.Cell(character: $0, style: run.style) } }
  }
}

extension Sequence where Element == StyledText {
  /// The texts with one between each two.
  public func joined(separator: StyledText = StyledText()) -> StyledText {
    var isFirst = true
    return reduce(into: StyledText()) { text, next in
      if !isFirst { text += separator }
      isFirst = false
      text += next
    }
  }
}

/// Draws frames at the bottom of a terminal, each over the one before, and leaves all that stands above alone.
///
/// Every function returns what is to be written to the terminal, at once. It begins at the first column of an empty
/// line. Rows are only ever counted from where the cursor is, so nothing needs to be known of the screen; nothing is
/// drawn into the last column, so no line ever wraps.
public struct FramePainter: Sendable {
  private var columns: Int
  private var rows: Int
  private let depth: ColorDepth

  /// The rows on the screen, as they were written.
  private var shown: [String] = []
  /// The cursor as it was asked for, cut to what is shown.
  private var cursor: Frame.Position?
  /// The row that the terminal's cursor is in.
  private var row = 0
  private var isCursorHidden = false

  /// - Parameters:
  ///   - columns: of the terminal.
  ///   - rows: of the terminal.
  ///   - depth: its colours.
  public init(columns: Int, rows: Int, depth: ColorDepth) {
    self.columns = max(2, columns)
    self.rows = max(2, rows)
    self.depth = depth
  }

  /// Makes the terminal show this frame. Only rows that differ are written; nothing if none does.
  ///
  /// A frame with more rows than the terminal less one is cut to those around its cursor.
  public mutating func draw(_ frame: Frame) -> String {
    let frame = fitted(frame)
    let lines = frame.lines.map { depth.render($0) }
    guard lines != shown || frame.cursor != cursor || (frame.cursor == nil) != isCursorHidden else { return "" }
    var out = hideCursor()
    for (index, line) in lines.enumerated() where index >= shown.count || line != shown[index] {
      out += move(to: index) + "\r" + line + "\u{1B}[K"
    }
    if lines.count < shown.count { out += move(to: lines.count) + "\r\u{1B}[J" }
    shown = lines
    cursor = frame.cursor
    if let cursor {
      out += move(to: cursor.row) + "\r"
      if cursor.column > 0 { out += "\u{1B}[\(cursor.column)C" }
      out += showCursor()
    } else {
      // Where text of another program would do least harm.
      out += move(to: max(0, lines.count - 1)) + "\r"
    }
    return out
  }

  /// Puts these lines for good where the frame was; the next frame begins below them. They may be of any width.
  public mutating func commit(_ lines: [StyledText]) -> String {
    erase() + lines.map { depth.render($0) + "\r\n" }.joined() + showCursor()
  }

  /// Takes the frame away and leaves the cursor, visible, where it began.
  public mutating func clear() -> String { erase() + showCursor() }

  /// Takes in the terminal's new size, and the frame away: draw it again, for the new size.
  ///
  /// A terminal that has broken the old rows anew may leave part of them above. To take those away too, one would have
  /// to guess, and could take what stood before them.
  public mutating func resized(columns: Int, rows: Int) -> String {
    self.columns = max(2, columns)
    self.rows = max(2, rows)
    return erase()
  }

  /// Forgets the frame, since others have written to the terminal; the next one begins in the cursor's row.
  public mutating func restarted() -> String {
    shown = []
    cursor = nil
    row = 0
    isCursorHidden = false
    return "\r\u{1B}[J"
  }

  // MARK: Steps

  private mutating func erase() -> String {
    guard !shown.isEmpty || row > 0 || isCursorHidden || cursor != nil else { return "" }
    let out = hideCursor() + move(to: 0) + "\r\u{1B}[J"
    shown = []
    cursor = nil
    return out
  }

  private mutating func move(to target: Int) -> String {
    defer { row = target }
    if target < row { return "\u{1B}[\(row - target)A" }
    // Below the last row there may be no line yet: a line feed makes one.
    let existing = max(row, min(target, shown.count - 1))
    let down = existing > row ? "\u{1B}[\(existing - row)B" : ""
    return down + String(repeating: "\r\n", count: target - existing)
  }

  private mutating func hideCursor() -> String {
    defer { isCursorHidden = true }
    return isCursorHidden ? "" : "\u{1B}[?25l"
  }

  private mutating func showCursor() -> String {
    defer { isCursorHidden = false }
    return isCursorHidden ? "\u{1B}[?25h" : ""
  }

  private func fitted(_ frame: Frame) -> Frame {
    var frame = frame
    var position = frame.cursor
    if let cursor = position {
      position = .init(row: min(max(0, cursor.row), max(0, frame.lines.count - 1)), column: cursor.column)
    }
    let most = rows - 1
    if frame.lines.count > most {
      let middle = position?.row ?? 0
      let first = min(max(0, middle - most / 2), frame.lines.count - most)
      frame.lines = Array(frame.lines[first..<first + most])
      position?.row -= first
    }
    // By what a character may take at most: if one line wrapped, all rows would be miscounted.
    frame.lines = frame.lines.map { $0.fitted(columns - 1, by: DisplayWidth.most) }
    frame.cursor = position.map { .init(row: $0.row, column: min(max(0, $0.column), columns - 1)) }
    return frame
  }
}

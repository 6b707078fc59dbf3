/// What is to be seen at the bottom of the terminal, for a moment.
public struct Frame: Hashable, Sendable {
  /// A place in a frame.
  public struct Position: Hashable, Sendable {
    /// From 0.
    public var row: Int
    /// From 0.
    public var column: Int

    public init(row: Int, column: Int) {
      self.row = row
      self.column = column
    }
  }

  /// One a row. What is wider than the terminal is cut.
  public var lines: [StyledText]
  /// Where the cursor stands; nil hides it.
  public var cursor: Position?

  public init(_ lines: [StyledText] = [], cursor: Position? = nil) {
    self.lines = lines
    self.cursor = cursor
  }
}

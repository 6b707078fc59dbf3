/// What came from the keyboard.
public enum TypedLine: Sendable, Hashable {
  case line(String)
  /// The line is not UTF-8, or longer than any answer.
  case unreadable(String)
  /// End of input.
  case end
  /// A signal asked the program to end.
  case interrupted(signal: Int32)
}

/// Where a conversation takes place, line by line. Tests put a script in its place.
public protocol LineTerminal {
  /// Whether a person can see the questions and type the answers.
  var isInteractive: Bool { get }
  /// Whether colours are wanted and understood.
  var hasColor: Bool { get }
  /// Characters a line.
  var width: Int { get }
  mutating func write(_ text: String)
  mutating func readLine() -> TypedLine
}

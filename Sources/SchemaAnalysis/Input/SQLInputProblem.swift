/// Why there is no SQL to look at.
public struct SQLInputProblem: Error, Sendable, Hashable {
  /// With the file's name, and what to do about it.
  public let message: String
  /// Whether a file is not there or cannot be read, rather than that it holds no SQL.
  public let isMissing: Bool

  public init(_ message: String, isMissing: Bool = false) {
    self.message = message
    self.isMissing = isMissing
  }
}

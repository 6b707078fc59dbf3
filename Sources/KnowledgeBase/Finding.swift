/// Something wrong in a knowledge base, and where.
public struct Finding: Error, Sendable, Hashable, Comparable {
  public var file: String
  /// From 1; 0 where the whole file is meant.
  public var line: Int
  public var column: Int
  public var message: String
  public var remedy: String?

  public init(file: String, line: Int, column: Int, message: String, remedy: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.remedy = remedy
  }

  /// `file:line:column: message; remedy`
  public var text: String { "\(file):\(line):\(column): \(message)" + (remedy.map { "; \($0)" } ?? "") }

  public static func < (a: Finding, b: Finding) -> Bool {
    (a.file, a.line, a.column, a.message) < (b.file, b.line, b.column, b.message)
  }
}

/// A place in a file, lines and columns from 1.
public struct Place: Sendable, Hashable {
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

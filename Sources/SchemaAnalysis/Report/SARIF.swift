public import TextFormats

/// Findings in the Static Analysis Results Interchange Format, version 2.1.0, which code hosts read.
public struct SARIF: Sendable {
  public struct Rule: Sendable {
    public let id: String
    public let summary: String
    public let help: String

    public init(id: String, summary: String, help: String) {
      self.id = id
      self.summary = summary
      self.help = help
    }
  }

  public struct Result: Sendable {
    public let rule: String
    public let severity: Severity
    public let message: String
    public let file: String
    /// Both from 1.
    public let line: Int
    public let column: Int

    public init(rule: String, severity: Severity, message: String, file: String, line: Int, column: Int) {
      self.rule = rule
      self.severity = severity
      self.message = message
      self.file = file
      self.line = line
      self.column = column
    }
  }

  public let version: String
  public let rules: [Rule]
  public let results: [Result]

  /// - Parameter version: the program's.
  public init(version: String, rules: [Rule], results: [Result]) {
    self.version = version
    self.rules = rules
    self.results = results
  }

  public var json: JSON { .object([]) }
}

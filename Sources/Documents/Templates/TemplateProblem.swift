/// What is wrong with a template, and where.
public struct TemplateProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The template's file name.
  public var template: String
  /// From 1; nil where the whole file is meant.
  public var line: Int?
  public var message: String
  public var hint: String?

  package init(_ template: String, line: Int? = nil, _ message: String, hint: String? = nil) {
    self.template = template
    self.line = line
    self.message = message
    self.hint = hint
  }

  public var description: String { description(at: "templates/\(template)") }

  /// The problem of a template that lies elsewhere.
  public func description(at path: String) -> String {
    path + (line.map { ":\($0)" } ?? "") + ": \(message)" + (hint.map { "; \($0)" } ?? "")
  }
}

/// Why a probe could not be made at all. One line, for a person.
public struct HealthProblem: Error, Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// What was typed is at fault.
    case badInput
    /// libcurl is not installed, or cannot be used.
    case noClient
    /// Whoever asked for the probe has given it up.
    case cancelled
  }

  public var kind: Kind
  public var message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}

/// Why a PostgreSQL server gave no answer. The message never holds the password.
public struct PostgreSQLProblem: Error, Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// The address itself is at fault.
    case badAddress
    /// psql is not installed, or cannot be started.
    case noClient
    /// The server was not reached, refused the connection, or reported an error.
    case noAnswer
    /// The whole took longer than it may.
    case tooSlow
    /// An answer came that is none of those expected.
    case unreadable
  }

  public var kind: Kind
  /// One line, for a person.
  public var message: String

  /// Whether the address that was typed is at fault: bad input, where all else is a thing that could not be done.
  public var isBadInput: Bool { kind == .badAddress }

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}

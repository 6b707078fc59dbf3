/// The type of a column.
public struct ColumnType: Sendable, Hashable {
  /// As PostgreSQL's format_type prints it: `character varying(255)`, `numeric(10,2)`, `timestamp without time zone`,
  /// `text[]`, `public.mpaa_rating` where the type is not found without its schema.
  public let text: String
  /// Without modifiers and brackets, in PostgreSQL's long form: `character varying`, `numeric`, `public.mpaa_rating`.
  public let base: String
  /// Length or precision and scale, as declared.
  public let modifiers: [Int]
  public let isArray: Bool
  /// The user's type, or the relation whose rows it holds.
  var userType: ObjectName?

  public init(text: String, base: String, modifiers: [Int] = [], isArray: Bool = false) {
    self.text = text
    self.base = base
    self.modifiers = modifiers
    self.isArray = isArray
  }
}

/// A type that the statements created.
public struct UserType: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case enumeration([String])
    case domain(ColumnType, notNull: Bool, hasCheck: Bool)
    case composite, range
    /// Of an extension or a base type; nothing else is known of it.
    case opaque
  }

  public internal(set) var name: ObjectName
  public var kind: Kind
  /// The names of a domain's checks.
  var checks: [String] = []

  public init(_ name: ObjectName, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }
}

/// The type of a column. Columns of the same type share what it holds, if they are given the same value.
public struct ColumnType: Sendable, Hashable {
  /// As PostgreSQL's format_type prints it: `character varying(255)`, `numeric(10,2)`, `timestamp without time zone`,
  /// `text[]`, `public.mpaa_rating` where the type is not found without its schema.
  public var text: String { parts.text }
  /// Without modifiers and brackets, in PostgreSQL's long form: `character varying`, `numeric`, `public.mpaa_rating`.
  public var base: String { parts.base }
  /// Length or precision and scale, as declared.
  public var modifiers: [Int] { parts.modifiers }
  public var isArray: Bool { parts.isArray }
  /// The user's type, or the relation whose rows it holds.
  var userType: ObjectName? { parts.userType }

  private let parts: Parts

  private final class Parts: Sendable {
    let text: String
    let base: String
    let modifiers: [Int]
    let isArray: Bool
    let userType: ObjectName?

    init(_ text: String, _ base: String, _ modifiers: [Int], _ isArray: Bool, _ userType: ObjectName?) {
      self.text = text
      self.base = base
      self.modifiers = modifiers
      self.isArray = isArray
      self.userType = userType
    }
  }

  public init(text: String, base: String, modifiers: [Int] = [], isArray: Bool = false) {
    self.init(text: text, base: base, modifiers: modifiers, isArray: isArray, userType: nil)
  }

  init(text: String, base: String, modifiers: [Int] = [], isArray: Bool = false, userType: ObjectName?) {
    parts = Parts(text, base, modifiers, isArray, userType)
  }

  public static func == (one: Self, other: Self) -> Bool {
    one.parts === other.parts
      || one.text == other.text && one.base == other.base && one.modifiers == other.modifiers
        && one.isArray == other.isArray && one.userType == other.userType
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(text)
    hasher.combine(userType)
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

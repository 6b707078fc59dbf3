/// The name of a relation or type with its schema, without quotes, as PostgreSQL's catalogue keeps it.
public struct ObjectName: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let schema: String
  public let name: String

  public init(_ schema: String, _ name: String) {
    self.schema = schema
    self.name = name
  }

  /// As reports show it: `public.film`.
  public var description: String { "\(schema).\(name)" }

  public static func < (one: Self, other: Self) -> Bool { (one.schema, one.name) < (other.schema, other.name) }
}

/// Where something was last said: the index of a text in the input, and a byte of it.
public struct SQLPlace: Sendable, Hashable {
  public var text: Int { textNumber }
  public var offset: Int { byte }

  @Compact private var textNumber: Int
  @Compact private var byte: Int

  public init(text: Int, offset: Int) {
    textNumber = text
    byte = offset
  }
}

internal import Synchronization

/// The name of a relation or type with its schema, without quotes, as PostgreSQL's catalogue keeps it.
public struct ObjectName: Sendable, Hashable, Comparable, CustomStringConvertible {
  private let place: SchemaName
  public let name: String

  public init(_ schema: String, _ name: String) {
    place = SchemaName(schema)
    self.name = name
  }

  public var schema: String { place.text }

  /// As reports show it: `public.film`.
  public var description: String { "\(schema).\(name)" }

  public static func < (one: Self, other: Self) -> Bool { (one.schema, one.name) < (other.schema, other.name) }
}

/// A schema's name in half the memory of a text, since a catalogue holds very many; most are the first.
private enum SchemaName: Sendable, Hashable {
  case `public`, none
  case other(Text)

  final class Text: Sendable, Hashable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (one: Text, other: Text) -> Bool { one === other || one.text == other.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }
  }

  private static let known = Mutex<[String: Text]>([:])

  init(_ text: String) {
    switch text {
    case "public": self = .public
    case "": self = .none
    default:
      self = .other(
        SchemaName.known.withLock { known in
          if let found = known[text] { return found }
          let new = Text(text)
          known[text] = new
          return new
        })
    }
  }

  var text: String {
    switch self {
    case .public: "public"
    case .none: ""
    case .other(let other): other.text
    }
  }
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

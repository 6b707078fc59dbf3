/// Something that is asked about a system.
public struct Trait: Sendable, Hashable {
  public var entry: Entry
  public var kind: Kind
  /// What one unit is called in a sentence: "requests a second".
  public var noun: String
  public var question: String
  /// Which outcomes hang on it, and what changes for the reader.
  public var why: String
  public var typical: String
  /// How to read it off a running system.
  public var measure: String
  /// The range that stands in for "don't know" when a range is wanted.
  public var plausible: Interval?
  public var fallback: Answer?
  /// Whether the default is a planning default of ours, which documents must say.
  public var isPlanningDefault: Bool
  public var derivation: Derivation?
  public var order: Int
  public var isCore: Bool

  public var id: String { entry.id }

  public enum Kind: Sendable, Hashable {
    case quantity(BaseUnit, bounds: Interval, ratioNotation: Bool)
    case flag
    case choice([Option])
    case set([Option])

    public var unit: BaseUnit? { if case .quantity(let unit, _, _) = self { unit } else { nil } }
    public var options: [Option] {
      switch self {
      case .choice(let options), .set(let options): options
      default: []
      }
    }
  }

  public struct Option: Sendable, Hashable {
    public var id: String
    public var title: String

    public init(id: String, title: String) {
      self.id = id
      self.title = title
    }
  }

  /// How a trait follows from others when it is not given.
  public struct Derivation: Sendable, Hashable {
    public var from: Formula
    public var text: String
    /// Only when all of these were given.
    public var ifGiven: [String]

    public init(from: Formula, text: String, ifGiven: [String]) {
      self.from = from
      self.text = text
      self.ifGiven = ifGiven
    }
  }

  public init(
    entry: Entry, kind: Kind, noun: String, question: String, why: String, typical: String, measure: String,
    plausible: Interval?, fallback: Answer?, isPlanningDefault: Bool, derivation: Derivation?, order: Int, isCore: Bool
  ) {
    self.entry = entry
    self.kind = kind
    self.noun = noun
    self.question = question
    self.why = why
    self.typical = typical
    self.measure = measure
    self.plausible = plausible
    self.fallback = fallback
    self.isPlanningDefault = isPlanningDefault
    self.derivation = derivation
    self.order = order
    self.isCore = isCore
  }
}

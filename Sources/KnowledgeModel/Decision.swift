/// A decision in DMN's sense: a rule table over traits with one outcome.
public struct Decision: Sendable, Hashable {
  public var entry: Entry
  public var question: String
  public var hitPolicy: HitPolicy
  /// When the decision is to be taken at all; always, if nil.
  public var applies: RuleCondition?
  /// The list for each of whose records it is taken; once for the system, if nil.
  public var each: String?
  public var rules: [Rule]
  public var options: [Option]
  /// Checks that show the outcome in practice.
  public var confirm: [String]
  public var practices: [String]
  /// 1 to 3: how much of the architecture hangs on it.
  public var weight: Int
  /// Whether a first run of the questionnaire asks what it needs.
  public var isCore: Bool
  public var examples: [Example]

  public var id: String { entry.id }

  public enum HitPolicy: String, Sendable, CaseIterable, Hashable { case first, unique }

  public enum Effort: String, Sendable, CaseIterable, Hashable { case none, low, medium, high }

  public struct Option: Sendable, Hashable {
    public var id: String
    public var title: String
    public var effort: Effort

    public init(id: String, title: String, effort: Effort) {
      self.id = id
      self.title = title
      self.effort = effort
    }
  }

  public struct Rule: Sendable, Hashable {
    public var then: String
    public var when: RuleCondition

    public init(then: String, when: RuleCondition) {
      self.then = then
      self.when = when
    }
  }

  public struct Example: Sendable, Hashable {
    public var given: [String: Answer]
    public var expect: Expectation
    public var mode: Mode
    public var why: String?

    public enum Expectation: Sendable, Hashable {
      case decided(String)
      case undecided([String])
      case notApplicable
    }

    public init(given: [String: Answer], expect: Expectation, mode: Mode, why: String?) {
      self.given = given
      self.expect = expect
      self.mode = mode
      self.why = why
    }
  }

  public init(
    entry: Entry, question: String, hitPolicy: HitPolicy, applies: RuleCondition?,
    each: String? = nil, rules: [Rule], options: [Option],
    confirm: [String], practices: [String], weight: Int, isCore: Bool = false,
    examples: [Example]
  ) {
    self.entry = entry
    self.question = question
    self.hitPolicy = hitPolicy
    self.applies = applies
    self.each = each
    self.rules = rules
    self.options = options
    self.confirm = confirm
    self.practices = practices
    self.weight = weight
    self.isCore = isCore
    self.examples = examples
  }

  public func option(_ id: String) -> Option? { options.first { $0.id == id } }
}

/// A condition in today's wording and, where it differs, in the guide's.
public struct RuleCondition: Sendable, Hashable {
  public var current: SourcedCondition
  public var asWritten: SourcedCondition?

  public init(current: SourcedCondition, asWritten: SourcedCondition? = nil) {
    self.current = current
    self.asWritten = asWritten
  }

  public subscript(mode: Mode) -> SourcedCondition { mode == .asWritten ? asWritten ?? current : current }
}

/// A parsed condition with the text it was parsed from, which its spans refer to.
public struct SourcedCondition: Sendable, Hashable {
  public var text: String
  public var condition: Condition

  public init(text: String, condition: Condition) {
    self.text = text
    self.condition = condition
  }
}

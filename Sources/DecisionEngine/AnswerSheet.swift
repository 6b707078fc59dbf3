public import KnowledgeModel

/// The answers about one system, with what goes with them: what answers.yaml holds.
public struct AnswerSheet: Sendable, Hashable {
  public var system: String?
  /// ISO date; every date in a document comes from it.
  public var date: String?
  public var people: People
  /// By trait id. A trait that is left out takes its default, or is unknown.
  public var answers: [String: Answer]
  /// Records by list id, in the order they were given.
  public var records: [String: [Record]]
  /// Remarks by trait id.
  public var notes: [String: String]
  /// The knowledge that the documents were last made with.
  public var knowledge: KnowledgeStamp?

  /// One of a list: a planned migration, an endpoint.
  public struct Record: Sendable, Hashable {
    public var name: String
    /// By the field's id, the list's name and a dot in front. A field that is left out takes its default, or is unknown.
    public var fields: [String: Answer]

    public init(name: String, fields: [String: Answer]) {
      self.name = name
      self.fields = fields
    }
  }

  public struct People: Sendable, Hashable {
    public var decisionMakers: [String]
    public var consulted: [String]
    public var informed: [String]

    public init(decisionMakers: [String] = [], consulted: [String] = [], informed: [String] = []) {
      self.decisionMakers = decisionMakers
      self.consulted = consulted
      self.informed = informed
    }
  }

  public struct KnowledgeStamp: Sendable, Hashable {
    public var version: String
    public var hash: String

    public init(version: String, hash: String) {
      self.version = version
      self.hash = hash
    }
  }

  public init(
    system: String? = nil, date: String? = nil, people: People = People(), answers: [String: Answer] = [:],
    records: [String: [Record]] = [:], notes: [String: String] = [:], knowledge: KnowledgeStamp? = nil
  ) {
    self.system = system
    self.date = date
    self.people = people
    self.answers = answers
    self.records = records
    self.notes = notes
    self.knowledge = knowledge
  }
}

/// What to do about a symptom in a running system.
public struct Runbook: Sendable, Hashable {
  public var entry: Entry
  /// One sentence, as the person on call sees it.
  public var symptom: String
  /// Ways in which people say it.
  public var phrases: [String]
  /// In the order to look.
  public var causes: [Cause]

  public var id: String { entry.id }

  public struct Cause: Sendable, Hashable {
    /// Also the heading of its section.
    public var id: String
    public var title: String
    /// The question whose “yes” means this cause.
    public var ask: String

    public init(id: String, title: String, ask: String) {
      self.id = id
      self.title = title
      self.ask = ask
    }
  }

  /// The headings of its page before and behind those of the causes.
  public static let sectionsBefore = ["Symptom", "First look"]
  public static let sectionsBehind = ["None of these", "Prevention"]
  /// The headings below each cause.
  public static let causeSections = ["Tell it apart", "Fix now", "Fix the root cause"]

  public init(entry: Entry, symptom: String, phrases: [String], causes: [Cause]) {
    self.entry = entry
    self.symptom = symptom
    self.phrases = phrases
    self.causes = causes
  }
}

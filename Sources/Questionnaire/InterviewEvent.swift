extension Interview {
  /// What a front end is to show.
  public enum Event: Sendable, Hashable {
    case question(Question)
    /// The trait, what was understood, and how it came about.
    case understood(String, String, Reception)
    /// What the answer did to the decisions.
    case changed([Change])
    case problem(AnswerProblem)
    case why(Explanation)
    case remark(String)
    case review(Review)
    case finished
  }

  /// How an answer came about.
  public enum Reception: Sendable, Hashable { case answered, kept, defaulted }

  public struct Question: Sendable, Hashable {
    public var id: String
    public var text: String
    /// How to type the answer.
    public var hint: String
    public var choices: [Choice]
    /// What Enter takes, as text.
    public var fallback: String?
    /// What was answered before, as text; Enter keeps it.
    public var current: String?
    public var progress: Progress

    public struct Choice: Sendable, Hashable {
      /// From 1.
      public var number: Int
      public var id: String
      public var title: String
    }
  }

  public struct Progress: Sendable, Hashable {
    public var answered: Int
    /// Questions still to come, if no answer takes any away or brings any back.
    public var remaining: Int
    /// Decisions that are settled, one way or the other.
    public var decided: Int
    public var decisions: Int
  }

  /// A decision that an answer settled, changed or opened again.
  public struct Change: Sendable, Hashable {
    public var decision: String
    /// The outcome before; nil where it was open.
    public var from: String?
    public var to: String
    public var isOpen: Bool
  }

  /// Why a question is asked: its consequences, in words with numbers.
  public struct Explanation: Sendable, Hashable {
    public var why: String
    /// One sentence for each side of each threshold, or for each answer.
    public var consequences: [String]
    public var typical: String
    /// The range that would stand in for an unknown value.
    public var plausible: String?
    public var measure: String
  }

  public struct Review: Sendable, Hashable {
    public var rows: [Row]
    /// Titles of questions that were not answered, and could still change something.
    public var open: [String]
    /// What “more” asks: titles, or areas with the number of questions in each.
    public var further: [String]
    /// How many questions those are.
    public var furtherCount: Int
    /// Answers that contradict each other, in words.
    public var warnings: [String]
    public var progress: Progress

    public struct Row: Sendable, Hashable {
      public var number: Int
      public var id: String
      public var title: String
      public var answer: String
      public var origin: Origin
    }

    public enum Origin: String, Sendable, Hashable {
      case answered
      case defaulted = "planning default"
      case unknown = "not known"
    }
  }
}

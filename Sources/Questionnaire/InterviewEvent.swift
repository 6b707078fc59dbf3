public import KnowledgeModel

extension Interview {
  /// What a front end is to show.
  public enum Event: Sendable, Hashable {
    case question(Question)
    /// The trait, what was understood, and how it came about.
    case understood(String, String, Reception)
    /// Values that follow from the answer.
    case recomputed([Follower])
    /// What the answer did to the decisions.
    case changed([Change])
    case problem(AnswerProblem)
    case why(Explanation)
    case remark(String)
    case review(Review)
    /// What is not known and could turn decisions, most important first.
    case unknowns([Unknown])
    case finished
  }

  /// How an answer came about.
  public enum Reception: Sendable, Hashable { case answered, kept, defaulted, measured }

  public struct Question: Sendable, Hashable {
    public var id: String
    /// A short name for the answer.
    public var title: String
    public var text: String
    /// How to type the answer.
    public var hint: String
    public var kind: Kind
    public var choices: [Choice]
    /// What Enter takes, as text.
    public var fallback: String?
    /// What was answered before, as text; Enter keeps it.
    public var current: String?
    /// The remark on the answer before.
    public var note: String?
    /// What was measured; Enter takes it.
    public var measured: Measured?
    /// Nil at the name, which no decision reads.
    public var progress: Progress?

    public enum Kind: Sendable, Hashable { case name, quantity, flag, choice, set }

    public struct Choice: Sendable, Hashable {
      /// From 1.
      public var number: Int
      public var id: String
      public var title: String
    }

    public struct Measured: Sendable, Hashable {
      public var answer: String
      public var query: String
      public var remark: String
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
    /// Whether the first run is about it.
    public var isCore: Bool
  }

  /// A value that follows from others, and came out otherwise.
  public struct Follower: Sendable, Hashable {
    public var title: String
    /// Nil where it was not known before.
    public var from: String?
    public var to: String
    /// Whether it follows from defaults alone.
    public var isDefault: Bool
  }

  /// What one typed line would do.
  public enum Preview: Sendable, Hashable {
    /// Nothing was typed, or a command.
    case nothing
    /// What is understood, what it must not be mistaken for, and what would come of it.
    case understood(String, caution: String?, changes: [Change])
    case problem(AnswerProblem)
  }

  /// A decision of the first run as things stand.
  public struct Standing: Sendable, Hashable {
    public var decision: String
    /// The outcome, or what is still possible.
    public var outcome: String
    public var isOpen: Bool
  }

  /// Why a question is asked: its consequences, in words with numbers.
  public struct Explanation: Sendable, Hashable {
    public var why: String
    /// The titles of the decisions that read the answer.
    public var readers: [String]
    /// One sentence for each side of each threshold, or for each answer.
    public var consequences: [String]
    public var typical: String
    /// The range that would stand in for an unknown value.
    public var plausible: String?
    public var measure: String
    /// The statement that the answer was measured with.
    public var query: String?
  }

  /// Something not known, or known too roughly.
  public struct Unknown: Sendable, Hashable {
    public var id: String
    public var title: String
    /// The range that was given; nil where nothing is known.
    public var given: String?
    /// The range that stands in for it.
    public var assumption: String?
    /// The decisions that it could turn, the weightiest first, with what is possible.
    public var decisions: [String]
    /// How to find out.
    public var measure: String
  }

  public struct Review: Sendable, Hashable {
    public var rows: [Row]
    /// Questions that were not answered, and could still change something.
    public var open: [Open]
    /// What “more” asks, by area.
    public var further: [Deeper]
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
      case measured
    }

    public struct Open: Sendable, Hashable {
      public var id: String
      public var title: String
    }

    public struct Deeper: Sendable, Hashable {
      public var area: Area
      public var titles: [String]
    }
  }
}

public import DecisionEngine

/// How a conversation ended, on whatever front end.
public enum ConversationEnd: Sendable, Hashable {
  case finished(AnswerSheet)
  /// A signal; exit with 128 + its number. How to resume has been said.
  case interrupted(signal: Int32)
  /// Input ended before the last question: a message that names the question. Exit with 2.
  case endOfInput(message: String)
  /// Nobody is there to be asked: a message that names the other ways. Exit with 2.
  case notInteractive(message: String)

  /// Names the other ways to answer.
  public static let nobodyToAsk =
    "there is no terminal to ask in (or CI is set); give the answers with --answers FILE and --set trait=value, and "
    + "--no-input to take what is left as default or unknown; or --stdin to read answers line by line"

  static let nobody = ConversationEnd.notInteractive(message: nobodyToAsk)
}

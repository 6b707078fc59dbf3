/// A statement, or part of one, that was passed over.
public struct Unfollowed: Sendable, Hashable {
  /// As: a DO block runs code that is not followed.
  public let reason: String
  public let place: SQLPlace
  /// Whether PostgreSQL would refuse the statement too, and undo the transaction that it is in.
  public let isRefused: Bool

  public init(_ reason: String, at place: SQLPlace, isRefused: Bool = false) {
    self.reason = reason
    self.place = place
    self.isRefused = isRefused
  }
}

/// Why a statement is passed over.
struct Refusal: Error {
  let reason: String
  /// Where in the text, if it is not the statement's beginning.
  let offset: Int?
  /// False where the statement is not understood, rather than wrong.
  let isCertain: Bool

  init(_ reason: String, at offset: Int? = nil, isCertain: Bool = true) {
    self.reason = reason
    self.offset = offset
    self.isCertain = isCertain
  }
}

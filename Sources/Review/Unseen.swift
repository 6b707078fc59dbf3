/// What of a diff was not looked into, or is not compared as one would think.
public struct Unseen: Sendable, Hashable {
  public var reason: String
  /// Some of the files, fit to be shown; none where it is not about files.
  public var files: [String]
  /// How many files there are.
  public var count: Int

  public init(reason: String, files: [String] = [], count: Int = 0) {
    self.reason = reason
    self.files = files
    self.count = count
  }

  /// A sentence without markup.
  public var text: String {
    guard count > 0 else { return "\(reason)." }
    let rest = count - files.count
    return "\(reason): \(files.joined(separator: ", "))\(rest > 0 ? " and \(rest) more" : "")."
  }
}

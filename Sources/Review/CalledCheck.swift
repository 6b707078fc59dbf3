public import KnowledgeModel

/// A check that a diff calls for, and what in the diff does.
public struct CalledCheck: Sendable, Hashable {
  public var check: Check
  /// In order of file; never empty.
  public var places: [DiffPlace]

  public init(check: Check, places: [DiffPlace]) {
    self.check = check
    self.places = places
  }
}

/// Where in a diff a kind of change shows.
public struct DiffPlace: Sendable, Hashable {
  /// The kind of change.
  public var change: String
  /// From the repository's root.
  public var file: String
  /// Numbers of added lines, from 1, ascending; empty where the path alone is the sign.
  public var lines: [Int]

  public init(change: String, file: String, lines: [Int]) {
    self.change = change
    self.file = file
    self.lines = lines
  }
}

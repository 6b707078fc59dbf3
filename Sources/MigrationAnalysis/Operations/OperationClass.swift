/// What a change of a table costs in proportion to its rows.
public enum OperationClass: String, Sendable, CaseIterable {
  /// The catalogue alone: over in milliseconds at any size, once it has its lock.
  case metadata
  /// All rows are read: to prove a constraint, or to build an index.
  case scan
  /// All rows are written anew, with their indexes.
  case rewrite
}

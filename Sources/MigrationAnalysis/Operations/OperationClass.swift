/// What a change of a table costs in proportion to its rows.
public enum OperationClass: String, Sendable, CaseIterable {
  /// The catalogue alone: over in milliseconds at any size, once it has its lock.
  case metadata
  /// All rows are read: to prove a constraint, or to build an index.
  case scan
  /// All rows are written anew, with their indexes.
  case rewrite

  /// How long it took for a million rows on two virtual cores, in seconds; nil where the size does not matter.
  ///
  /// SET NOT NULL on 2 million rows took 0.76 s, rewrites of them 10.0 to 12.5 s. A build of an index lies between.
  var secondsPerMillion: ClosedRange<Double>? {
    switch self {
    case .metadata: nil
    case .scan: 0.4...1
    case .rewrite: 5...6.3
    }
  }

  /// About how long it takes for some rows, in seconds.
  func seconds(_ rows: ClosedRange<Int>) -> ClosedRange<Double>? {
    secondsPerMillion.map {
      $0.lowerBound * Double(rows.lowerBound) / 1e6...$0.upperBound * Double(rows.upperBound) / 1e6
    }
  }
}

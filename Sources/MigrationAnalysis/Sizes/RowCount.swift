public import SchemaAnalysis

/// How many rows a table has, and how that is known.
public struct RowCount: Sendable, Hashable {
  /// Bounds, both included; nil where nothing is known.
  public let range: ClosedRange<Int>?
  /// In words, as: `largest_table_rows in answers.yaml`, `the table is created by these migrations`, `not known`.
  public let origin: String

  public init(_ range: ClosedRange<Int>?, origin: String) {
    self.range = range
    self.origin = origin
  }

  public static let unknown = RowCount(nil, origin: "not known")

  /// Whether it is above a number of rows; nil where that cannot be told.
  public func isAbove(_ rows: Int) -> Bool? {
    guard let range else { return nil }
    return range.lowerBound > rows ? true : range.upperBound <= rows ? false : nil
  }
}

/// The sizes of tables, from answers, from a file of statistics or from a database.
public struct TableSizes: Sendable {
  let known: [ObjectName: RowCount]
  /// What holds of a table that is not among them.
  let others: RowCount

  public init(_ known: [ObjectName: RowCount] = [:], others: RowCount = .unknown) {
    self.known = known
    self.others = others
  }

  public func rows(of table: ObjectName) -> RowCount { known[table] ?? others }
}

/// What is known of a database besides its schema.
public struct SchemaSettings: Sendable, Hashable {
  /// A figure that may be known only as a range.
  public struct Figure: Sendable, Hashable {
    /// The least and the most.
    public var range: ClosedRange<Double>
    /// As: `largest_table_rows in answers.yaml`.
    public var origin: String

    public init(_ range: ClosedRange<Double>, origin: String) {
      self.range = range
      self.origin = origin
    }
  }

  /// Rows by the name of a table, with or without its schema.
  public var rows: [String: Figure]
  /// Rows of the largest table, whichever that is.
  public var largest: Figure?
  /// Growth in a year: 0.4 is 40 %; from -0.9 up.
  public var growth: Figure?

  public init(rows: [String: Figure] = [:], largest: Figure? = nil, growth: Figure? = nil) {
    self.rows = rows
    self.largest = largest
    self.growth = growth
  }

  func rows(of table: ObjectName) -> Figure? { rows[table.description] ?? rows[table.name] }
}

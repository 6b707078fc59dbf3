public import SchemaAnalysis
internal import TextFormats

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
  public func isAbove(_ rows: @autoclosure () -> Int) -> Bool? {
    guard let range else { return nil }
    let rows = rows()
    return range.lowerBound > rows ? true : range.upperBound <= rows ? false : nil
  }
}

/// The sizes of tables, from answers, from a file of statistics or from a database.
public struct TableSizes: Sendable {
  let known: [ObjectName: RowCount]
  /// What holds of a table that is not among them.
  let others: RowCount
  /// The one that is believed first stands first.
  private let sources: [SizeSource]

  public init(_ known: [ObjectName: RowCount] = [:], others: RowCount = .unknown) {
    self.known = known
    self.others = others
    sources = []
  }

  /// - Parameter sources: the one that is believed first stands first.
  public init(sources: [SizeSource]) {
    var known: [ObjectName: RowCount] = [:]
    for source in sources.reversed() {
      for (name, range) in source.named { known[ObjectName("public", name)] = RowCount(range, origin: source.origin) }
      for (table, range) in source.tables { known[table] = RowCount(range, origin: source.origin) }
    }
    self.known = known
    others = .unknown
    self.sources = sources
  }

  public func rows(of table: ObjectName) -> RowCount {
    if sources.isEmpty { return known[table] ?? others }
    for source in sources { if let count = source.rows(of: table) { return count } }
    return others
  }

  /// Whether something is said of just this table, and not of all.
  public func knows(_ table: ObjectName) -> Bool {
    known[table] != nil || sources.contains { $0.named[table.name] != nil }
  }

  /// Where two sources differ by more than a factor of two; a sentence each, which also says which is believed.
  public var conflicts: [String] {
    var conflicts: [String] = []
    for (index, source) in sources.enumerated() {
      let named = source.named.map { (key: ObjectName("public", $0.key), value: $0.value) }
      for (table, range) in (Array(source.tables) + named).sorted(by: { $0.key < $1.key }) {
        for other in sources[(index + 1)...] {
          guard let count = other.rows(of: table), let second = count.range, Self.differ(range, second) else {
            continue
          }
          conflicts.append(
            "\(table.description.forMessage): \(RowWords.text(range)) by \(source.origin), \(RowWords.text(second)) by "
              + "\(count.origin); the first is used")
          break
        }
      }
    }
    return conflicts
  }

  /// Statistics are estimates, and small tables change quickly.
  private static func differ(_ one: ClosedRange<Int>, _ other: ClosedRange<Int>) -> Bool {
    let (low, high) =
      one.lowerBound > other.upperBound ? (other.upperBound, one.lowerBound) : (one.upperBound, other.lowerBound)
    return high > 1000 && low < high / 2
  }
}

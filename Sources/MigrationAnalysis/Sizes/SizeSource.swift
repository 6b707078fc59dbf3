public import SchemaAnalysis

/// What one source says of the sizes of tables.
public struct SizeSource: Sendable, Hashable {
  /// In words, to follow “by”: `pg_class of the database shop`.
  public var origin: String
  public var tables: [ObjectName: ClosedRange<Int>]
  /// By the name alone, where no schema was given.
  public var named: [String: ClosedRange<Int>]
  /// No table has more rows; nil where nothing is said of that.
  public var largest: Int?
  /// Where the bound comes from.
  public var largestOrigin: String

  public init(
    _ origin: String, tables: [ObjectName: ClosedRange<Int>] = [:], named: [String: ClosedRange<Int>] = [:],
    largest: Int? = nil, largestOrigin: String? = nil
  ) {
    self.origin = origin
    self.tables = tables
    self.named = named
    self.largest = largest
    self.largestOrigin = largestOrigin ?? origin
  }

  func rows(of table: ObjectName) -> RowCount? {
    if let range = tables[table] ?? named[table.name] { return RowCount(range, origin: origin) }
    return largest.map { RowCount(0...$0, origin: largestOrigin) }
  }

  /// What a record says whose name speaks of tables, as in `orders: add an index`.
  ///
  /// Every word of it may be the name of a table; a word that is none does no harm.
  public mutating func add(record name: String, rows: ClosedRange<Int>) {
    let words = name.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }.map { $0.lowercased() }
    for word in Set(words) {
      let parts = word.split(separator: ".").map(String.init)
      guard let last = parts.last else { continue }
      func joined(_ other: ClosedRange<Int>?) -> ClosedRange<Int> {
        other.map { min($0.lowerBound, rows.lowerBound)...max($0.upperBound, rows.upperBound) } ?? rows
      }
      if parts.count == 2 {
        let table = ObjectName(parts[0], last)
        tables[table] = joined(tables[table])
      } else {
        named[last] = joined(named[last])
      }
    }
  }
}

/// Row counts in words.
enum RowWords {
  /// As: `12,000,000 rows`, `at most 500 rows`, `1,000 to 2,000 rows`.
  static func text(_ range: ClosedRange<Int>) -> String {
    if range.lowerBound == range.upperBound { return count(range.lowerBound) }
    if range.lowerBound == 0 { return "at most \(count(range.upperBound))" }
    return "\(number(range.lowerBound)) to \(count(range.upperBound))"
  }

  static func text(_ count: RowCount) -> String {
    count.range.map { "\(text($0)) (\(count.origin))" } ?? "rows not known"
  }

  static func count(_ rows: Int) -> String { "\(number(rows)) \(rows == 1 ? "row" : "rows")" }

  /// With commas between thousands.
  static func number(_ value: Int) -> String {
    var digits = Substring(String(value.magnitude))
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.append(digits.suffix(3))
      digits = digits.dropLast(3)
    }
    groups.append(digits)
    return (value < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }
}

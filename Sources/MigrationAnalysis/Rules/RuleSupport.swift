import SQLSyntax
import SchemaAnalysis
import TextFormats

extension StatementContext {
  /// Whether nobody can use a table yet: the same migration created it, or it ends with the session.
  func isNew(_ table: ObjectName) -> Bool {
    createdInStep.contains(table) || catalog[table]?.persistence == .temporary
  }

  /// Whether a table holds nothing that a lock or a scan could hurt: it is new, or these migrations created it and
  /// nothing tells of rows in it.
  func isIdle(_ table: ObjectName) -> Bool {
    isNew(table) || (created.contains(table) && settings.sizes.known[table] == nil)
  }

  func rows(of table: ObjectName) -> RowCount {
    if isNew(table) { return RowCount(0...0, origin: "the same migration creates the table") }
    if isIdle(table) { return RowCount(nil, origin: "the table is created by these migrations") }
    return settings.sizes.rows(of: table)
  }

  func place(_ offset: Int? = nil) -> SQLPlace {
    SQLPlace(text: file, offset: offset ?? parsed.statement.range.lowerBound)
  }

  /// How much it weighs that a table's reads or writes wait for as long as its rows are worked through.
  func weightOfBlocking(_ table: ObjectName) -> Severity {
    if !settings.isLive { return .note }
    switch rows(of: table).isAbove(settings.smallTableRows) {
    case true?: return .error
    case false?: return .note
    case nil: return .warning
    }
  }

  /// How long that takes, or why it cannot be told; a sentence.
  func duration(_ work: OperationClass, _ table: ObjectName) -> String {
    let rows = rows(of: table)
    guard let range = rows.range else { return "Cannot tell how long: the size of \(table) is \(rows.origin)." }
    guard let seconds = work.seconds(range) else { return "" }
    let low = Duration.words(seconds.lowerBound)
    let high = Duration.words(seconds.upperBound)
    let count = Figure.rows(range)
    return low == high ? "For \(count) about \(high)." : "For \(count) about \(low) to \(high)."
  }

  func finding(
    _ rule: String, _ severity: Severity, at offset: Int? = nil, _ message: String, _ remedy: String,
    table: ObjectName? = nil, sized: Bool = true, fix: [String] = []
  ) -> MigrationFinding {
    MigrationFinding(
      rule: rule, severity: severity, place: place(offset), statement: text.excerpt(parsed.statement.range),
      message: message.onOneLine(atMost: 1_000), remedy: remedy.onOneLine(atMost: 1_000), table: table,
      rows: sized ? table.map(rows) : nil, fix: fix)
  }
}

/// Figures in messages.
enum Figure {
  /// With commas between thousands.
  static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  static func rows(_ range: ClosedRange<Int>) -> String {
    if range.lowerBound == range.upperBound { return grouped(range.lowerBound) + " rows" }
    return "\(grouped(range.lowerBound)) to \(grouped(range.upperBound)) rows"
  }
}

private enum Duration {
  static func words(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: "1 s"
    case ..<120: "\(Int(seconds.rounded(.up))) s"
    case ..<7200: "\(Int((seconds / 60).rounded(.up))) min"
    default: "\(Int((min(seconds, 1e12) / 3600).rounded(.up))) h"
    }
  }
}

import SQLSyntax
import SchemaAnalysis
import TextFormats

extension StatementContext {
  /// Whether nobody can use a table yet: the same migration created it, or it ends with the session.
  func isNew(_ table: ObjectName) -> Bool {
    createdInStep.contains(table, catalog) || catalog[table]?.persistence == .temporary
  }

  /// Whether a table holds nothing that a lock or a scan could hurt: it is new, or these migrations created it and
  /// nothing tells of rows in it.
  func isIdle(_ table: ObjectName) -> Bool {
    isNew(table) || (created.contains(table, catalog) && settings.sizes.known[table] == nil)
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
    switch rows(of: table).isAbove(settings.limits.smallTableRows) {
    case true?: return .error
    case false?: return .note
    case nil: return .warning
    }
  }

  /// How long that takes, or why it cannot be told; a sentence.
  func duration(_ work: Work.Kind, _ table: ObjectName) -> String {
    let rows = rows(of: table)
    guard let range = rows.range, let estimate = DurationEstimate(work, rows: rows) else {
      return "Cannot tell how long: the size of \(table) is \(rows.origin)."
    }
    return "For \(RowWords.text(range)) about \(estimate.text)."
  }

  func finding(
    _ rule: String, _ severity: Severity, at offset: Int? = nil, _ message: String, _ remedy: String,
    table: ObjectName? = nil, sized: Bool = true, fix: [String] = []
  ) -> MigrationFinding {
    MigrationFinding(
      rule: rule, severity: severity, place: place(offset), statement: text.excerpt(parsed.statement.range),
      message: message.harmless.withoutFullStop,
      remedy: remedy.harmless.withoutFullStop, table: table,
      rows: sized ? table.map(rows) : nil, fix: fix)
  }
}

extension String {
  /// On one line and without what controls a terminal; plain text, which is most of it, is told at a glance.
  var harmless: String {
    utf8.count <= 1_000 && utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ? self : onOneLine(atMost: 1_000)
  }

  /// As findings carry it: reports close their sentences themselves.
  var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}

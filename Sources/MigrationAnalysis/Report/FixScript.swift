import SQLSyntax
import SchemaAnalysis
import TextFormats

/// The safe sequence as SQL to copy: each migration as it is where nothing is unsafe, else divided into the ones that
/// take its place.
struct FixScript {
  private let report: MigrationReport
  private var text = ""

  init(_ report: MigrationReport) {
    self.report = report
    write()
  }

  fileprivate var output: String { text }

  private struct Part {
    var sql: String
    var isOutside: Bool
    /// Whether it has to come after a commit of what was before.
    var isLater: Bool
  }

  private mutating func write() {
    text = "-- The safe sequence. Nothing here was run; try it on a full-size copy first.\n"
    for step in report.input.steps.dropFirst(report.deployed) {
      let label = step.name.onOneLine(atMost: 200)
      let found = step.up.map { section in
        report.findings.filter {
          $0.place.text == section.text && section.range.contains($0.place.offset) && !$0.fix.isEmpty
        }
      }
      guard found.contains(where: { !$0.isEmpty }) else {
        text += "\n-- \(label): unchanged\n"
        for section in step.up { unchanged(section) }
        continue
      }
      text += "\n-- \(label): divided\n"
      var parts: [Part] = []
      for (section, findings) in zip(step.up, found) { parts += self.parts(section, findings) }
      // What waits for a release of the code waits for the rest of the migration as well.
      write(parts.filter { !Self.waits($0) } + parts.filter(Self.waits))
    }
  }

  private static func waits(_ part: Part) -> Bool { part.sql.hasPrefix("-- a release after") }

  private mutating func unchanged(_ section: SQLSection) {
    let source = report.input.texts[section.text]
    for case .statement(let statement) in StatementScanner(source, in: section.range) {
      text += Self.ended(source[statement.range])
    }
  }

  private func parts(_ section: SQLSection, _ findings: [MigrationFinding]) -> [Part] {
    let source = report.input.texts[section.text]
    var parts: [Part] = []
    for case .statement(let statement) in StatementScanner(source, in: section.range) {
      // The parts below say themselves where a transaction begins and ends.
      if ["begin", "commit", "start", "end"].contains(statement.words.first ?? "") { continue }
      let own = findings.filter { statement.range.contains($0.place.offset) }
      guard let best = own.max(by: { Self.weight($0) < Self.weight($1) }) else {
        parts.append(Self.part(source[statement.range]))
        continue
      }
      parts += Self.replaced(source[statement.range], best, own)
    }
    return parts
  }

  /// A fix that does more than set a timeout comes first; then the more severe one.
  private static func weight(_ finding: MigrationFinding) -> Int {
    let isTimeout = finding.fix.contains { setting($0) != nil }
    let rank = Severity.allCases.firstIndex(of: finding.severity) ?? 0
    return (isTimeout ? 0 : 10) + rank
  }

  private static func replaced(_ sql: String, _ best: MigrationFinding, _ own: [MigrationFinding]) -> [Part] {
    let settings = own.flatMap(\.fix).compactMap(setting).uniquedInOrder()
    let steps = best.fix.filter { setting($0) == nil }
    return settings.map { Part(sql: $0, isOutside: false, isLater: false) } + (steps.isEmpty ? [sql] : steps).map(part)
  }

  /// The statement, if it sets a timeout and nothing else.
  private static func setting(_ sql: String) -> String? {
    let words = sql.lowercased().split { !$0.isLetter && $0 != "_" }.prefix(3)
    guard words.first == "set", words.contains("lock_timeout") || words.contains("statement_timeout") else {
      return nil
    }
    return sql
  }

  private static func part(_ sql: String) -> Part {
    let code = sql.split(separator: "\n").filter { !$0.trimmingPrefix(while: \.isWhitespace).hasPrefix("--") }.joined(
      separator: " ")
    let upper = code.uppercased()
    let isOutside = upper.contains("CONCURRENTLY") || upper.hasPrefix("VACUUM")
    let isLater = isOutside || upper.contains("VALIDATE CONSTRAINT") || sql.hasPrefix("--")
    return Part(sql: sql, isOutside: isOutside, isLater: isLater)
  }

  private mutating func write(_ parts: [Part]) {
    var groups: [[Part]] = []
    // Timeouts and comments belong to the statement behind them.
    var lead: [Part] = []
    for part in parts {
      if Self.setting(part.sql) != nil || Self.isComment(part.sql) {
        lead.append(part)
        continue
      }
      let isLater = part.isLater || lead.contains { Self.isComment($0.sql) }
      if let last = groups.last?.last, !part.isOutside, !last.isOutside, !isLater {
        groups[groups.count - 1] += lead + [part]
      } else {
        groups.append(lead + [part])
      }
      lead = []
    }
    let comments = lead.filter { Self.isComment($0.sql) }
    for (number, group) in groups.enumerated() {
      let how = group.last?.isOutside == true ? "outside of a transaction" : "in a transaction"
      text += groups.count > 1 ? "-- migration \(number + 1) of \(groups.count): \(how)\n" : "-- \(how)\n"
      var said: Set<String> = []
      for part in group {
        if Self.isComment(part.sql) {
          text += part.sql + "\n"
        } else if Self.setting(part.sql) == nil || said.insert(part.sql).inserted {
          text += Self.ended(part.sql)
        }
      }
    }
    for comment in comments { text += comment.sql + "\n" }
  }

  private static func isComment(_ sql: String) -> Bool {
    sql.split(separator: "\n").allSatisfy { $0.trimmingPrefix(while: \.isWhitespace).hasPrefix("--") }
  }

  private static func ended(_ sql: String) -> String {
    let trimmed = sql.reversed().drop { $0.isWhitespace || $0 == ";" }.reversed()
    let text = String(trimmed)
    let last = text.split(separator: "\n").last ?? ""
    // A comment at the end would swallow the semicolon.
    return text + (last.contains("--") ? "\n;\n" : ";\n")
  }
}

extension Array where Element: Hashable {
  fileprivate func uniquedInOrder() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

extension MigrationReport {
  /// The safe sequence as SQL and comments, to copy.
  public var fix: String { FixScript(self).output }
}

import SQLSyntax
import SchemaAnalysis
import TextFormats

/// The safe sequence as SQL to copy: each migration as it is where nothing is unsafe, else divided into the ones that
/// take its place.
struct FixScript {
  private let report: MigrationReport
  private var text = ""
  /// After what the script says so far.
  private var builder = CatalogBuilder()

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
    /// Whether it waits for a release of the code.
    var waits = false
  }

  private mutating func write() {
    text = "-- The safe sequence. Nothing here was run; try it on a full-size copy first.\n"
    for (number, step) in report.input.steps.enumerated() {
      let unchanged = step.up.map(self.unchanged).joined()
      guard number >= report.deployed else {
        _ = Self.refusal(of: unchanged, &builder)
        continue
      }
      let label = step.name.onOneLine(atMost: 200)
      let found = step.up.map { section in
        report.findings.filter {
          $0.place.text == section.text && section.range.contains($0.place.offset) && !$0.fix.isEmpty
        }
      }
      guard found.contains(where: { !$0.isEmpty }) else {
        text += "\n-- \(label): unchanged\n\(unchanged)"
        _ = Self.refusal(of: unchanged, &builder)
        continue
      }
      let divided = self.divided(step, found)
      // What PostgreSQL would refuse, though not as it was, is no safe sequence: later statements can stand on what one
      // does at once, as where a name that a rename gives free is taken again.
      var (after, afterUnchanged) = (builder, builder)
      let refusal = Self.refusal(of: divided, &after)
      let formerRefusal = Self.refusal(of: unchanged, &afterUnchanged)
      if let refusal, formerRefusal == nil {
        text += "\n-- \(label): not divided, since \(refusal.onOneLine(atMost: 200)); its findings say what to do\n"
        text += unchanged
        builder = afterUnchanged
      } else {
        text += "\n-- \(label): divided\n\(divided)"
        builder = after
      }
    }
  }

  private func divided(_ step: MigrationStep, _ found: [[MigrationFinding]]) -> String {
    var parts: [Part] = []
    for (section, findings) in zip(step.up, found) { parts += self.parts(section, findings) }
    // What waits for the code waits for the rest of the migration as well, such as the new column itself.
    let early = parts.filter { !Self.fills($0) && !Self.waits($0) }
    return Self.written(early + parts.filter(Self.fills) + parts.filter(Self.waits))
  }

  private static func fills(_ part: Part) -> Bool { part.sql.hasPrefix("-- once the code") }
  private static func waits(_ part: Part) -> Bool { part.waits || part.sql.hasPrefix("-- a release after") }

  private func unchanged(_ section: SQLSection) -> String {
    let source = report.input.texts[section.text]
    var text = ""
    for case .statement(let statement) in StatementScanner(source, in: section.range) {
      text += Self.ended(source[statement.range])
    }
    return text
  }

  /// Why PostgreSQL would refuse a statement; the builder follows those that it would not.
  private static func refusal(of sql: String, _ builder: inout CatalogBuilder) -> String? {
    let text = SQLText(name: "", sql)
    var refusal: String?
    SQLParser.parse(text, where: CatalogBuilder.matters) { parsed in
      refusal = builder.apply(parsed, of: text, file: 0).first(where: \.isRefused)?.reason ?? refusal
      return true
    }
    return refusal
  }

  private func parts(_ section: SQLSection, _ findings: [MigrationFinding]) -> [Part] {
    let source = report.input.texts[section.text]
    var parts: [Part] = []
    for case .statement(let statement) in StatementScanner(source, in: section.range) {
      // The parts below say themselves where a transaction begins and ends.
      if ["begin", "commit", "start", "end"].contains(statement.words.first ?? "") { continue }
      let own = findings.filter { statement.range.contains($0.place.offset) }
      guard let best = Self.best(of: own) else {
        parts.append(Self.part(source[statement.range]))
        continue
      }
      let timeouts = own.filter { $0.fix.allSatisfy { Self.setting($0) != nil } }
      let settings = timeouts.flatMap(\.fix).uniquedInOrder()
      parts += settings.map { Part(sql: $0, isOutside: false, isLater: false) }
      parts +=
        Self.changes(statement, source, own)
        ?? Self.replaced(source[statement.range], best)
    }
    return parts
  }

  /// An ALTER TABLE that lists several changes, of which some are replaced: each by itself, the others together, in the
  /// order in which PostgreSQL does them. Nil where it is not one.
  private static func changes(
    _ statement: SQLStatement, _ source: SQLText, _ own: [MigrationFinding]
  ) -> [Part]? {
    let all = TableChange.all(SQLParser.parse(statement, of: source).node, statement, source, Catalog())
    guard all.count > 1, Set(all.map(\.clause)).count == all.count, let first = all.first else { return nil }
    let beginning = source[statement.range.lowerBound..<first.clause.lowerBound]
    var parts: [Part] = []
    var together: [String] = []
    func endTogether() {
      if !together.isEmpty { parts.append(part(beginning + together.joined(separator: ", "))) }
      together = []
    }
    let ordered = all.enumerated().sorted { (pass($0.element.kind), $0.offset) < (pass($1.element.kind), $1.offset) }
    for change in ordered.map(\.element) {
      let fixes = own.filter { change.clause.contains($0.place.offset) }
      if let best = best(of: fixes), best.fix.contains(where: { setting($0) == nil }) {
        endTogether()
        parts += replaced(beginning + source[change.clause], best)
      } else {
        together.append(source[change.clause])
      }
    }
    endTogether()
    return parts
  }

  /// In which order PostgreSQL does what one ALTER TABLE lists.
  private static func pass(_ kind: String) -> Int {
    switch kind {
    case "AT_DropColumn", "AT_DropConstraint", "AT_DropNotNull", "AT_DropIdentity", "AT_DropExpression": 0
    case "AT_AlterColumnType": 1
    case "AT_AddColumn": 2
    case "AT_AddConstraint": 4
    default: 3
    }
  }

  private static func best(of findings: [MigrationFinding]) -> MigrationFinding? {
    findings.max { weight($0) < weight($1) }
  }

  /// A fix that does more than set a timeout comes first, unless it is one that only a larger table would need; then the
  /// more severe one.
  private static func weight(_ finding: MigrationFinding) -> Int {
    let isTimeout = finding.fix.allSatisfy { setting($0) != nil }
    let rank = Severity.allCases.firstIndex(of: finding.severity) ?? 0
    return (isTimeout || finding.severity == .note ? 0 : 10) + rank
  }

  private static func replaced(_ sql: String, _ best: MigrationFinding) -> [Part] {
    // One that only sets a timeout stands before the statement already.
    var parts = (best.fix.allSatisfy { setting($0) != nil } ? [sql] : best.fix).map(part)
    if let first = parts.firstIndex(where: { isComment($0.sql) && $0.sql.contains("later release") }) {
      for index in first..<parts.count { parts[index].waits = true }
    }
    return parts
  }

  /// The timeout that a statement sets, if it does nothing else.
  private static func setting(_ sql: String) -> String? {
    let words = sql.lowercased().split { !$0.isLetter && $0 != "_" }.prefix(3)
    return words.first == "set"
      ? words.first { $0 == "lock_timeout" || $0 == "statement_timeout" }.map(String.init) : nil
  }

  private static func part(_ sql: String) -> Part {
    let code = sql.split(separator: "\n").filter { !$0.trimmingPrefix(while: \.isWhitespace).hasPrefix("--") }.joined(
      separator: " ")
    let upper = code.uppercased()
    let isOutside = upper.contains("CONCURRENTLY") || upper.hasPrefix("VACUUM")
    let isLater = isOutside || upper.contains("VALIDATE CONSTRAINT") || sql.hasPrefix("--")
    return Part(sql: sql, isOutside: isOutside, isLater: isLater)
  }

  private static func written(_ parts: [Part]) -> String {
    var text = ""
    // A limit on statements would cut short what takes long and blocks nobody; there it is lifted.
    let limit = parts.first { setting($0.sql) == "statement_timeout" && !$0.sql.contains("= 0") }?.sql
    var groups: [[Part]] = []
    // Timeouts and comments belong to the statement behind them.
    var lead: [Part] = []
    for part in parts where limit == nil || setting(part.sql) != "statement_timeout" {
      if setting(part.sql) != nil || isComment(part.sql) {
        if let setting = setting(part.sql) { lead.removeAll { Self.setting($0.sql) == setting } }
        lead.append(part)
        continue
      }
      let isLater = part.isLater || lead.contains { isComment($0.sql) }
      if let last = groups.last?.last, !part.isOutside, !takesLong(last), !isLater {
        groups[groups.count - 1] += lead + [part]
      } else {
        groups.append(lead + [part])
      }
      lead = []
    }
    let comments = lead.filter { isComment($0.sql) }
    var limited: String?
    for (number, group) in groups.enumerated() {
      let how = group.last?.isOutside == true ? "outside of a transaction" : "in a transaction"
      text += groups.count > 1 ? "-- migration \(number + 1) of \(groups.count): \(how)\n" : "-- \(how)\n"
      if let limit {
        let wanted = group.contains(where: takesLong) ? "SET statement_timeout = 0" : limit
        if wanted != limited { text += ended(wanted) }
        limited = wanted
      }
      var said: [String: String] = [:]
      for part in group {
        let line = isComment(part.sql) ? part.sql + "\n" : ended(part.sql)
        if let setting = setting(part.sql) {
          if said[setting] == line { continue }
          said[setting] = line
        }
        text += line
      }
    }
    for comment in comments { text += comment.sql + "\n" }
    return text
  }

  private static func takesLong(_ part: Part) -> Bool {
    part.isOutside || part.sql.uppercased().contains("VALIDATE CONSTRAINT")
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

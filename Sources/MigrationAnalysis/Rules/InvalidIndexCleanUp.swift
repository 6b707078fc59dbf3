import SQLSyntax
import SchemaAnalysis
import TextFormats

/// CREATE INDEX CONCURRENTLY IF NOT EXISTS: a build that failed leaves an invalid index of that name, which is taken
/// for the one that is wanted, is kept up by every write, and serves no query. Also a build under a timeout, which would
/// make it fail.
struct InvalidIndexCleanUp: MigrationRule {
  static let id = "invalid-index-clean-up"
  static let summary = "An invalid index that a failed build left is dropped before the next try."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let index = statement.node["IndexStmt"]
    guard index["concurrent"].isTrue else { return [] }
    let name = index["idxname"].string
    let table = statement.catalog.name(of: index["relation"])
    let written = name.map { SQLName.written(index["relation"]["schemaname"].string, $0) }
    var findings: [MigrationFinding] = []
    if let name, let written, index["if_not_exists"].isTrue, !statement.memory.droppedIndexes.contains(name) {
      findings.append(
        statement.finding(
          Self.id, .warning,
          "If a build of \(name.forMessage) failed before, IF NOT EXISTS takes the invalid index that it left for done.",
          "Drop the index CONCURRENTLY IF EXISTS before.", table: table, sized: false,
          fix: [
            SafeSequence.patience, "DROP INDEX CONCURRENTLY IF EXISTS \(written);",
            statement.text[statement.parsed.statement.range] + ";",
          ]))
    }
    if statement.lockTimeoutIsSet || statement.statementTimeoutIsSet {
      let setting = statement.lockTimeoutIsSet ? "lock_timeout" : "statement_timeout"
      findings.append(
        statement.finding(
          Self.id, .warning, "A \(setting) is set: where it cuts this short, an invalid index is left behind.",
          "Set it to 0 before: the build waits for old transactions by design, and nothing else waits for it.",
          table: table, sized: false,
          fix: ["SET \(setting) = 0;", statement.text[statement.parsed.statement.range] + ";"]))
    }
    return findings
  }
}

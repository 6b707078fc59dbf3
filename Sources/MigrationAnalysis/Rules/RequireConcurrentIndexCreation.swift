import SQLSyntax
import SchemaAnalysis

/// An index that is not built CONCURRENTLY: writes to its table wait until it is done.
struct RequireConcurrentIndexCreation: MigrationRule {
  static let id = "require-concurrent-index-creation"
  static let summary = "An index on a table in use is built CONCURRENTLY."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    let index = statement.node["IndexStmt"]
    guard index.isPresent, !index["concurrent"].isTrue else { return [] }
    let table = statement.catalog.name(of: index["relation"])
    if statement.isIdle(table) { return [] }
    let isPartitioned = statement.catalog[table]?.kind == .partitionedTable
    if isPartitioned, !index["relation"]["inh"].isTrue { return [] }
    let settings = statement.settings
    let isAbove = statement.rows(of: table).isAbove(settings.limits.concurrentIndexRows)
    // On a table without traffic the size alone decides; on a live one it decides how bad it is.
    let severity: Severity = settings.isLive ? statement.weightOfBlocking(table) : isAbove == true ? .warning : .note
    let limit = isAbove == true ? " It has more than \(RowWords.number(settings.limits.concurrentIndexRows)) rows." : ""
    return [
      statement.finding(
        Self.id, severity,
        "Writes to \(table) wait until the index is built.\(limit) \(statement.duration(.index, table))",
        isPartitioned
          ? "Create it ON ONLY the parent, build it CONCURRENTLY on each partition, and attach each."
          : "Build it CONCURRENTLY, outside a transaction.",
        table: table, fix: isPartitioned ? partitioned(index, statement) : plain(index, statement))
    ]
  }

  private func name(_ index: SyntaxNode) -> String? {
    index["idxname"].string.map { SQLName.written(index["relation"]["schemaname"].string, $0) }
  }

  private func plain(_ index: SyntaxNode, _ statement: StatementContext) -> [String] {
    var create = statement.sql(inserting: "CONCURRENTLY", behind: "index")
    // IF NOT EXISTS would take an invalid leftover for the index.
    if index["if_not_exists"].isTrue {
      let text = SQLText(name: "", create)
      let tokens = text.tokens(in: text.bytes.indices)
      if let start = tokens.firstIndex(where: { $0.word == "if" }), tokens.count > start + 3 {
        create =
          text[0..<tokens[start].range.lowerBound] + text[tokens[start + 3].range.lowerBound..<text.bytes.count]
      }
    }
    return SafeSequence.index(create, name(index))
  }

  private func partitioned(_ index: SyntaxNode, _ statement: StatementContext) -> [String] {
    [
      SafeSequence.lockTimeout, statement.sql(inserting: "ONLY", behind: "on"),
      "-- Build it CONCURRENTLY on each partition, then attach each:",
      "-- ALTER INDEX \(name(index) ?? "…") ATTACH PARTITION …;",
    ]
  }
}

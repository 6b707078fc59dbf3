import SQLSyntax
import SchemaAnalysis

/// A scan or rewrite of a large table in one statement. What it costs hangs on the kind of change; the rows only say for
/// how long.
struct OnlineSchemaChange: MigrationRule {
  static let id = "online-schema-change"
  static let summary = "A large table is changed in steps that hold no lock for long."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    guard statement.settings.isLive else { return [] }
    return statement.operations.compactMap { operation in
      guard let blocked = operation.lock.blocked, operation.work != .metadata, !statement.isIdle(operation.table)
      else { return nil }
      let limit = statement.settings.limits.onlineToolRows
      let rows = statement.rows(of: operation.table)
      let why = operation.why.isEmpty ? "" : " (\(operation.why))"
      let article = operation.lock.rawValue.hasPrefix("A") || operation.lock.rawValue.hasPrefix("E") ? "an" : "a"
      let lock = "\(article) \(operation.lock.rawValue) lock, which \(blocked) wait for"
      switch rows.isAbove(limit) {
      case false?: return nil
      case true?:
        return statement.finding(
          Self.id, operation.work == nil ? .warning : .error, at: operation.offset,
          operation.work.map {
            "\(operation.table) has more than \(RowWords.number(limit)) rows, and \(operation.what) is a \($0.rawValue)\(why) under \(lock). \(statement.duration(operation.effort ?? .rewrite, operation.table))"
          }
            ?? "\(operation.table) has more than \(RowWords.number(limit)) rows, and whether \(operation.what) rewrites it cannot be told\(why). If it does, it holds \(lock): \(statement.duration(.rewrite, operation.table).lowercasedFirst)",
          operation.work == .scan
            ? "Take the form that works beside the traffic: NOT VALID and VALIDATE, or CONCURRENTLY."
            : "Expand, backfill in batches, contract; or pgroll (version 14 and later). gh-ost and pt-online-schema-change are for MySQL.",
          table: operation.table)
      case nil:
        return statement.finding(
          Self.id, .note, at: operation.offset,
          "Cannot tell whether this calls for an online change: \(operation.what) "
            + (operation.work.map { "is a \($0.rawValue)" } ?? "may be a rewrite")
            + "\(why) under \(lock), and the size of \(operation.table) is \(rows.origin).",
          "Give the number of rows: by answers, statistics or the database.", table: operation.table)
      }
    }
  }
}

import SQLSyntax
import SchemaAnalysis
import TextFormats

/// Another type for a column: most of them write the whole table anew while reads and writes wait, and code that knows
/// the old type may not understand the new one.
struct ChangingColumnType: MigrationRule {
  static let id = "changing-column-type"
  static let summary = "A column gets another type by way of a new column."

  func findings(_ statement: StatementContext) -> [MigrationFinding] {
    statement.changes.compactMap { change in
      guard change.kind == "AT_AlterColumnType", !statement.isIdle(change.table) else { return nil }
      let type = change.typeChange(statement)
      let column = change.name.forMessage
      switch change.isForeign ? .metadata : type.work {
      case .metadata?:
        return statement.finding(
          Self.id, .note, at: change.clause.lowerBound,
          "Column \(column) gets another type without work: \(type.why). Code may still have to know.",
          "Nothing but a lock timeout is needed.", table: change.table)
      case let work?:
        return statement.finding(
          Self.id, statement.weightOfBlocking(change.table), at: change.clause.lowerBound,
          "Reads and writes of \(change.table) wait while it is \(work == .scan ? "scanned" : "rewritten"): \(type.why). "
            + statement.duration(work == .scan ? .scan : .rewrite, change.table),
          "Add a column of the new type, write both, fill it in batches, move the reads, and drop the old one later.",
          table: change.table, fix: fix(change, statement))
      case nil:
        let weight = statement.weightOfBlocking(change.table)
        return statement.finding(
          Self.id, min(weight, .warning), at: change.clause.lowerBound,
          "Cannot tell whether this rewrites \(change.table) while its reads and writes wait: \(type.why). If it does: "
            + statement.duration(.rewrite, change.table).lowercasedFirst,
          "If it does not only lengthen a varchar or the like: add a column of the new type, write both, fill it in batches, move the reads, and drop the old one later.",
          table: change.table, fix: fix(change, statement))
      }
    }
  }

  private func fix(_ change: TableChange, _ statement: StatementContext) -> [String] {
    let tokens = statement.text.tokens(in: change.clause)
    guard let start = change.definition["ColumnDef"]["typeName"].offset else { return [] }
    let type = tokens.filter { $0.range.lowerBound >= start }
      .prefix { !($0.depth == 0 && $0.word == "using") }
    guard let first = type.first, let last = type.last else { return [] }
    let old = SQLName.quoted(change.name)
    let new = SQLName.quoted(change.name + "_new")
    let table = change.written
    let using = tokens.drop { !($0.depth == 0 && $0.word == "using") }.dropFirst()
    let value = using.first.flatMap { first in
      using.last.map { statement.text[first.range.lowerBound..<$0.range.upperBound] }
    }
    let succession = ColumnSuccession(
      of: change.name, by: change.name + "_new", in: change.table, table, statement, sameType: false)
    let add = [
      SafeSequence.lockTimeout,
      "ALTER TABLE \(table) ADD COLUMN \(new) \(statement.text[first.range.lowerBound..<last.range.upperBound]);",
    ]
    let fill = [
      "-- Write both columns from now on, in the code or by a trigger.",
      SafeSequence.backfill(change.name + "_new", value ?? old, table),
    ]
    let drop = [
      "-- Count the rows in which they differ, move the reads to \(new), and stop writing \(old). In a later release:",
      "ALTER TABLE \(table) DROP COLUMN \(old);",
    ]
    return add + succession.early + fill + succession.late + drop + succession.last
  }
}

extension String {
  /// With a small first letter, to go on within a sentence.
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}

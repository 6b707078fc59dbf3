import SQLSyntax
import SchemaAnalysis

/// Statements to copy in place of an unsafe one. Each is run on its own; comments say what is done between them.
enum SafeSequence {
  static let lockTimeout = "SET lock_timeout = '1s';"
  /// A build that a timeout cuts short leaves an invalid index.
  static let patience = "SET lock_timeout = 0;"

  static func notNull(_ column: String, _ change: TableChange, postgres: Int) -> [String] {
    notNull(column, change.table, change.written, postgres: postgres)
  }

  static func notNull(_ column: String, _ relation: ObjectName, _ table: String, postgres: Int) -> [String] {
    let quoted = SQLName.quoted(column)
    let name = SQLName.quoted(SQLName.made([relation.name, column], "not_null"))
    if postgres >= 18 {
      return [
        "ALTER TABLE \(table) ADD CONSTRAINT \(name) NOT NULL \(quoted) NOT VALID;",
        "ALTER TABLE \(table) VALIDATE CONSTRAINT \(name);",
      ]
    }
    return [
      "ALTER TABLE \(table) ADD CONSTRAINT \(name) CHECK (\(quoted) IS NOT NULL) NOT VALID;",
      "ALTER TABLE \(table) VALIDATE CONSTRAINT \(name);",
    ]
      // Before 12 the check stays in place of NOT NULL: SET NOT NULL scans the table.
      + (postgres < 12
        ? []
        : [
          "ALTER TABLE \(table) ALTER COLUMN \(quoted) SET NOT NULL;",
          "ALTER TABLE \(table) DROP CONSTRAINT \(name);",
        ])
  }

  static func backfill(_ column: String, _ value: String, _ table: String) -> String {
    let quoted = SQLName.quoted(column)
    return "-- Fill \(quoted) in batches that commit each: "
      + "UPDATE \(table) SET \(quoted) = \(value) WHERE \(quoted) IS NULL AND …"
  }

  /// - Parameter name: nil for an index that PostgreSQL names.
  static func index(_ create: String, _ name: String?) -> [String] {
    [patience] + (name.map { ["DROP INDEX CONCURRENTLY IF EXISTS \($0);"] } ?? []) + [create]
  }

  /// A foreign key or check, unvalidated first.
  /// - Parameter definition: from FOREIGN KEY or CHECK on.
  static func constraint(_ name: String, _ definition: String, _ table: String) -> [String] {
    let name = SQLName.quoted(name)
    return [
      "ALTER TABLE \(table) ADD CONSTRAINT \(name) \(definition) NOT VALID;",
      "ALTER TABLE \(table) VALIDATE CONSTRAINT \(name);",
    ]
  }

  /// A unique constraint or primary key by way of an index.
  static func key(_ kind: String, _ name: String, _ columns: String, _ change: TableChange, _ tail: String = "")
    -> [String]
  {
    let schema = change.written.contains(".") ? SQLName.quoted(change.table.schema) + "." : ""
    let name = SQLName.quoted(name)
    return index(
      "CREATE UNIQUE INDEX CONCURRENTLY \(name) ON \(change.written) (\(columns))\(tail);", schema + name)
      + [lockTimeout, "ALTER TABLE \(change.written) ADD CONSTRAINT \(name) \(kind) USING INDEX \(name);"]
  }
}

extension StatementContext {
  /// The statement without its semicolon, with words put in behind one of its first words.
  func sql(inserting words: String, behind word: String) -> String {
    let range = parsed.statement.range
    guard let token = text.tokens(in: range).first(where: { $0.word == word }) else { return text[range] + ";" }
    return text[range.lowerBound..<token.range.upperBound] + " " + words
      + text[token.range.upperBound..<range.upperBound] + ";"
  }

  /// Words of the statement's text without line breaks, as it stands.
  func source(_ range: Range<Int>) -> String { text[range] }
}

extension AddedColumn {
  /// The type as the statement has it, with a collation.
  func typeText(_ change: TableChange, _ text: SQLText) -> String {
    let tokens = text.tokens(in: change.clause)
    guard let start = node.offset, let name = tokens.firstIndex(where: { $0.range.lowerBound == start }) else {
      return "text"
    }
    let end = constraints.compactMap(\.offset).min() ?? change.clause.upperBound
    let type = tokens[(name + 1)...].filter { $0.range.lowerBound < end }
    guard let first = type.first, let last = type.last else { return "text" }
    return text[first.range.lowerBound..<last.range.upperBound]
  }

  /// The text of one of its constraints, without a name.
  func text(of constraint: SyntaxNode, _ change: TableChange, _ text: SQLText) -> String {
    guard let start = constraint.offset else { return "" }
    let end = constraints.compactMap(\.offset).filter { $0 > start }.min() ?? change.clause.upperBound
    var tokens = text.tokens(in: start..<end)[...]
    if tokens.first?.word == "constraint" { tokens = tokens.dropFirst(2) }
    guard let first = tokens.first, let last = tokens.last else { return "" }
    return text[first.range.lowerBound..<last.range.upperBound]
  }

  /// The column with its type, and with those of its constraints that do no harm.
  func text(keeping kinds: Set<String>, _ change: TableChange, _ text: SQLText) -> String {
    let kept = constraints.filter { kinds.contains($0["contype"].string ?? "") }.map { self.text(of: $0, change, text) }
    return ([SQLName.quoted(name), typeText(change, text)] + kept).joined(separator: " ")
  }
}

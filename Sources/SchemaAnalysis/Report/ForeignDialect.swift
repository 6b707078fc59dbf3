public import SQLSyntax

/// SQL of another database, told by its marks in statements that PostgreSQL's parser refused.
public enum ForeignDialect: String, Sendable, CaseIterable {
  case mysql = "MySQL"
  case sqlServer = "SQL Server"
  case sqlite = "SQLite"
  case oracle = "Oracle"

  /// The dialect of a text.
  ///
  /// - Parameter failures: bytes at which the parser stopped.
  /// - Returns: nil where most of the failures show no marks of one.
  public static func find(in text: SQLText, failures: [Int]) -> ForeignDialect? {
    guard !failures.isEmpty else { return nil }
    let sample = failures.prefix(200)
    var counts: [ForeignDialect: Int] = [:]
    var next = 0
    // Statements and failures are both in order.
    for piece in StatementScanner(text) {
      guard next < sample.count else { break }
      guard case .statement(let statement) = piece else { continue }
      var fails = false
      while next < sample.count, sample[sample.startIndex + next] <= statement.range.upperBound {
        fails = fails || sample[sample.startIndex + next] >= statement.range.lowerBound
        next += 1
      }
      guard fails else { continue }
      let end = min(statement.range.upperBound, statement.range.lowerBound + 4096)
      let words = text[statement.range.lowerBound..<end].lowercased()
      if let dialect = allCases.first(where: { $0.shows(in: words) }) { counts[dialect, default: 0] += 1 }
    }
    let most = allCases.max { counts[$0, default: 0] < counts[$1, default: 0] }
    guard let most, let count = counts[most], count * 2 >= sample.count else { return nil }
    return most
  }

  /// - Parameter statement: in lower case.
  private func shows(in statement: String) -> Bool {
    let marks =
      switch self {
      case .mysql:
        ["`", "engine=", "engine =", "auto_increment", "unsigned", "lock tables", "on update current_timestamp"]
      case .sqlServer:
        [
          "[dbo]", "nvarchar", "identity(1", "identity (1", "uniqueidentifier", "\ngo\n", "\ngo\r", "datetime2",
          "clustered",
        ]
      case .sqlite: ["autoincrement", "pragma ", "without rowid"]
      case .oracle: ["varchar2", "number(", "nextval from dual", "tablespace "]
      }
    return marks.contains { statement.contains($0) } || self == .sqlServer && statement.hasPrefix("go\n")
      || self == .sqlServer && statement.contains("[") && statement.contains("].[")
  }
}

extension SchemaReport {
  /// The first file of another database's SQL, where most of what was refused there is of it.
  public var foreignFile: (name: String, dialect: ForeignDialect)? {
    var failures: [Int: [Int]] = [:]
    for item in unfollowed where item.isParseFailure {
      failures[item.place.text, default: []].append(item.place.offset)
    }
    for number in failures.keys.sorted() {
      let text = input.texts[number]
      if let dialect = ForeignDialect.find(in: text, failures: failures[number] ?? []) { return (text.name, dialect) }
    }
    return nil
  }

  /// What the parser refuses, where nothing at all could be made of the input and its beginning is no SQL.
  public var refusal: String? {
    guard catalog.relations.isEmpty, catalog.types.isEmpty else { return nil }
    // Most statements were not parsed, since they cannot make a table.
    var first: String?
    for text in input.texts {
      var tried = 0
      for piece in StatementScanner(text) {
        guard case .statement(let statement) = piece else { continue }
        guard case .failed(let failure) = SQLParser.parse(statement, of: text).outcome else { return nil }
        let place = text.position(at: failure.offset)
        let message = Wording.sentence(failure.message)
        first = first ?? "\(Wording.path(text.name)):\(place.line):\(place.column): not parsed: \(message)"
        tried += 1
        if tried == 5 { break }
      }
    }
    return first
  }
}

extension Unfollowed {
  /// Whether it is a statement that the parser refused, rather than one whose effect is not known.
  public var isParseFailure: Bool { reason.hasPrefix("not parsed") }
}

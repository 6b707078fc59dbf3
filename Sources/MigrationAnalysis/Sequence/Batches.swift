import SQLSyntax
import SchemaAnalysis

/// The same change of rows in batches.
enum Batches {
  static let size = 5_000

  /// One batch as an example, by the primary key; nothing where the statement or the key is not a simple one.
  static func fix(_ fact: StatementFact, _ text: SQLText, _ catalog: Catalog, _ table: ObjectName) -> [String] {
    guard let relation = catalog[table], let key = relation.primaryKey?.columns, key.count == 1,
      let column = relation.column(key[0]), ["smallint", "integer", "bigint"].contains(column.type.base)
    else { return [] }
    switch fact.kind {
    case .update, .delete: break
    default: return []
    }
    let sql = text[fact.range]
    let source = SQLText(name: "", sql)
    var scanner = StatementScanner(source)
    guard case .statement(let statement)? = scanner.next() else { return [] }
    let node = SQLParser.parse(statement, of: source).node.inner
    guard !node["returningList"].isPresent, !node["withClause"].isPresent else { return [] }
    let alias = node["relation"]["alias"]["aliasname"].string.map(SQLName.quoted) ?? SQLName.quoted(table)
    let range = "\(alias).\(SQLName.quoted(key[0])) BETWEEN 1 AND \(size)"
    let batch: String
    if let end = whereEnd(source, statement) {
      let bytes = source.bytes
      batch =
        String(decoding: bytes[..<end], as: UTF8.self) + " ("
        + String(decoding: bytes[end...], as: UTF8.self).trimmingPrefix(while: \.isWhitespace) + ") AND " + range
    } else if !node["whereClause"].isPresent {
      batch = "\(sql) WHERE \(range)"
    } else {
      return []
    }
    return [
      "-- in batches that commit each: repeat with the next \(size) keys up to the largest, and wait where replicas lag\n"
        + batch
    ]
  }

  /// Behind the WHERE of the statement itself, if it has one.
  private static func whereEnd(_ text: SQLText, _ statement: SQLStatement) -> Int? {
    // The only WHERE outside of parentheses; strings and comments hold none that counts.
    var depth = 0
    var found: Int?
    var at = statement.range.lowerBound
    let bytes = text.bytes
    let comments = StatementScanner.comments(in: statement.range, of: text)
    while at < statement.range.upperBound {
      if let comment = comments.first(where: { $0.contains(at) }) {
        at = comment.upperBound
        continue
      }
      switch bytes[at] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        let quote = bytes[at]
        at += 1
        while at < statement.range.upperBound, bytes[at] != quote { at += 1 }
      case UInt8(ascii: "$"): return nil
      default:
        if depth == 0, at + 5 <= statement.range.upperBound, at > statement.range.lowerBound,
          bytes[at - 1] <= 0x20 || bytes[at - 1] == UInt8(ascii: ")"),
          String(decoding: bytes[at..<at + 5], as: UTF8.self).lowercased() == "where"
        {
          if found != nil { return nil }
          found = at + 5
        }
      }
      at += 1
    }
    return found
  }
}

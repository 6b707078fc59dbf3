private import CPgQuery
private import Foundation
private import Synchronization

/// A statement with what PostgreSQL's parser made of it.
public struct ParsedStatement: Sendable {
  public let statement: SQLStatement
  public let outcome: Outcome

  public enum Outcome: Sendable {
    /// The statement's node, such as one with the only field `CreateStmt`.
    case tree(SyntaxNode)
    case failed(SQLFailure)
  }

  /// The statement's node; absent where it could not be parsed.
  public var node: SyntaxNode {
    if case .tree(let node) = outcome { node } else { .absent }
  }
}

/// Why a statement could not be parsed.
public struct SQLFailure: Error, Sendable, Hashable {
  /// In PostgreSQL's words, as: syntax error at or near "VIRTUAL".
  public let message: String
  /// The byte of the text that it stopped at.
  public let offset: Int
}

/// PostgreSQL's own parser (libpg_query).
///
/// It redirects standard error while it works, and so parses one text at a time; statements are given to it in batches,
/// since that costs more than a short statement.
public enum SQLParser {
  /// The release whose grammar is known; what is newer does not parse.
  public static let majorVersion = Int(PG_MAJORVERSION) ?? 0

  /// More levels than this in one statement are not parsed: its depth needs memory at each level.
  public static let deepest = 20_000
  /// A batch is closed when it holds this many bytes.
  static let batch = 32 * 1024
  /// A longer statement is not parsed, in bytes: its tree is some thirty times as large.
  public static let longest = 1 << 20

  /// Parses statements of a text.
  /// - Parameter body: gets each in order; false ends it.
  public static func parse(
    _ statements: some Sequence<SQLStatement>, of text: SQLText, _ body: (ParsedStatement) throws -> Bool
  ) rethrows {
    var batch: [SQLStatement] = []
    var bytes = 0
    for statement in statements {
      batch.append(statement)
      bytes += statement.range.count
      guard bytes >= Self.batch else { continue }
      for parsed in parse(batch: batch, of: text) where try !body(parsed) { return }
      batch.removeAll(keepingCapacity: true)
      bytes = 0
    }
    for parsed in parse(batch: batch, of: text) where try !body(parsed) { return }
  }

  /// Parses one statement.
  public static func parse(_ statement: SQLStatement, of text: SQLText) -> ParsedStatement {
    parse(batch: [statement], of: text)[0]
  }

  private static func parse(batch: [SQLStatement], of text: SQLText) -> [ParsedStatement] {
    if batch.isEmpty { return [] }
    if batch.contains(where: { $0.range.count > longest }) {
      return batch.count == 1
        ? [refused(batch[0], "the statement is longer than \(longest) bytes, and was not parsed")]
        : batch.flatMap { parse(batch: [$0], of: text) }
    }
    let depth = batch.reduce(0) { max($0, Nesting.depth(of: text.bytes, in: $1.range)) }
    if depth > deepest {
      return batch.count == 1
        ? [refused(batch[0], "the statement is nested deeper than \(deepest) levels, and was not parsed")]
        : batch.flatMap { parse(batch: [$0], of: text) }
    }
    var sql: [CChar] = []
    sql.reserveCapacity(batch.reduce(1) { $0 + $1.range.count + 2 })
    var starts: [Int] = []
    for statement in batch {
      starts.append(sql.count)
      for byte in text.bytes[statement.range] { sql.append(CChar(bitPattern: byte)) }
      sql.append(CChar(bitPattern: UInt8(ascii: ";")))
      sql.append(CChar(bitPattern: UInt8(ascii: "\n")))
    }
    if sql.contains(0) {
      return batch.count == 1
        ? [refused(batch[0], "the statement holds a NUL byte, which no SQL does")]
        : batch.flatMap { parse(batch: [$0], of: text) }
    }
    sql.append(0)
    let terminated = sql
    let result = depth > 200 ? onLargeStack { raw(terminated) } : raw(terminated)
    switch result {
    case .success(let json):
      guard let tree = SyntaxTree(json: json) else { break }
      let roots = SyntaxNode(tree: tree, index: 0, shift: 0)["stmts"].elements
      guard roots.count == batch.count else { break }
      return zip(zip(batch, starts), roots).map { pair, root in
        ParsedStatement(
          statement: pair.0, outcome: .tree(root["stmt"].moved(by: pair.0.range.lowerBound - pair.1)))
      }
    case .failure(let failure) where batch.count == 1:
      let range = batch[0].range
      return [
        ParsedStatement(
          statement: batch[0],
          outcome: .failed(
            SQLFailure(message: failure.message, offset: text.offset(ofCharacter: failure.character, in: range))))
      ]
    case .failure: break
    }
    // One that fails shall not take the others with it. Halves find it sooner than one by one.
    guard batch.count > 1 else { return [refused(batch[0], "the statement could not be read")] }
    let half = batch.count / 2
    return parse(batch: Array(batch[..<half]), of: text) + parse(batch: Array(batch[half...]), of: text)
  }

  private static func refused(_ statement: SQLStatement, _ message: String) -> ParsedStatement {
    ParsedStatement(
      statement: statement, outcome: .failed(SQLFailure(message: message, offset: statement.range.lowerBound)))
  }

  private struct RawFailure: Error {
    let message: String
    /// Counted from 1; 0 where it is not known.
    let character: Int
  }

  private static let oneAtATime = Mutex(())

  private static func raw(_ sql: [CChar]) -> Result<[UInt8], RawFailure> {
    oneAtATime.withLock { _ in
      let result = sql.withUnsafeBufferPointer { pg_query_parse($0.baseAddress) }
      defer { pg_query_free_parse_result(result) }
      if let error = result.error {
        let message = error.pointee.message.map { String(cString: $0) } ?? "the statement could not be parsed"
        return .failure(RawFailure(message: message, character: Int(error.pointee.cursorpos)))
      }
      guard let json = result.parse_tree else { return .failure(RawFailure(message: "no parse tree", character: 0)) }
      let bytes = UnsafeRawBufferPointer(start: json, count: strlen(json))
      return .success([UInt8](bytes))
    }
  }

  /// The parser's depth follows that of the statement; a thread's usual stack is too small for it.
  private static func onLargeStack(
    _ work: @escaping @Sendable () -> Result<[UInt8], RawFailure>
  ) -> Result<[UInt8], RawFailure> {
    let box = Box()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      let result = work()
      box.outcome.withLock { $0 = result }
      done.signal()
    }
    thread.stackSize = 64 << 20
    thread.start()
    done.wait()
    return box.outcome.withLock { $0 } ?? .failure(RawFailure(message: "the parser did not run", character: 0))
  }

  private final class Box: Sendable {
    let outcome = Mutex<Result<[UInt8], RawFailure>?>(nil)
  }
}

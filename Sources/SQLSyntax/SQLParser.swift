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
/// Some builds of it redirect standard error while they work, and so it parses one text at a time; statements are given
/// to it in batches, since a call costs more than a short statement.
public enum SQLParser {
  /// The release whose grammar is known; what is newer does not parse.
  public static let majorVersion = Int(PG_MAJORVERSION) ?? 0

  /// A longer statement is not parsed, in bytes: its tree is some hundred times as large.
  public static let longest = 1 << 18
  /// A batch is closed when it holds this many bytes.
  static let batch = 1 << 15

  /// The parser writes its tree recursively. A chain as 1+1+… takes most for its length: 76 bytes of stack for each of
  /// its own, measured; what nests in parentheses takes up to 430 at each level, but ends at 10,000 levels by itself.
  private static let stack = 64 << 20
  /// A statement of this many bytes is safe on any thread's stack.
  private static let short = 1 << 11

  /// Parses statements of a text.
  /// - Parameters:
  ///   - range: bytes of the text; all by default.
  ///   - isNeeded: what is not is passed over.
  ///   - body: gets each in order; false ends it.
  public static func parse(
    _ text: SQLText, in range: Range<Int>? = nil, where isNeeded: (SQLStatement) -> Bool = { _ in true },
    _ body: (ParsedStatement) throws -> Bool
  ) rethrows {
    var batch: [SQLStatement] = []
    var bytes = 0
    var scanner = StatementScanner(text, in: range ?? text.bytes.indices)
    while let piece = scanner.next() {
      guard case .statement(let statement) = piece, isNeeded(statement) else { continue }
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
    let isShort = batch.allSatisfy { $0.range.count <= short }
    var sql: [CChar] = []
    sql.reserveCapacity(batch.reduce(1) { $0 + $1.range.count + 2 })
    var starts: [Int] = []
    text.bytes.withUnsafeBytes { bytes in
      for statement in batch {
        starts.append(sql.count)
        sql.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[statement.range]).bindMemory(to: CChar.self))
        sql.append(CChar(bitPattern: UInt8(ascii: ";")))
        sql.append(CChar(bitPattern: UInt8(ascii: "\n")))
      }
    }
    if sql.contains(0) {
      return batch.count == 1
        ? [refused(batch[0], "the statement holds a NUL byte, which no SQL does")]
        : batch.flatMap { parse(batch: [$0], of: text) }
    }
    sql.append(0)
    let terminated = sql
    let result =
      isShort
      ? raw(terminated)
      : LargeStack.run(bytes: stack) { raw(terminated) }
        ?? .failure(RawFailure(message: "no memory is left for a thread that parses", character: 0))
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

  private static let oneAtATime = {
    // Where standard error is closed, a build that redirects it would take another file's place.
    if fcntl(STDERR_FILENO, F_GETFD) < 0 {
      let nowhere = open("/dev/null", O_WRONLY)
      if nowhere >= 0, nowhere != STDERR_FILENO {
        dup2(nowhere, STDERR_FILENO)
        close(nowhere)
      }
    }
    return Mutex(())
  }()

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
}

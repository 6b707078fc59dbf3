internal import SQLSyntax

/// A comment that accepts a finding: `-- plumbline: allow RULE because REASON`, before the statement, on the line it is
/// about, or behind the statement; `allow-file` for all of the file, and `allow RULE on TABLE` anywhere.
public struct Allowance: Sendable, Hashable {
  public let rule: String
  /// With or without its schema; nil where it is about the statement that it stands at.
  public let table: String?
  public let reason: String
  public let place: SQLPlace
  /// The bytes that it covers; empty where it names a table.
  let covered: Range<Int>

  func covers(_ finding: SchemaFinding) -> Bool {
    guard rule == finding.rule else { return false }
    if let table { return table == finding.table.description || table == finding.table.name }
    return place.text == finding.place.text && covered.contains(finding.place.offset)
  }
}

/// The allowances of some texts.
struct Allowances {
  private(set) var all: [Allowance] = []
  /// Those without a reason: they allow nothing.
  private(set) var unreasoned: [(rule: String, place: SQLPlace)] = []

  init(_ texts: [SQLText]) {
    for (number, text) in texts.enumerated() where Self.mentions(text.bytes) { read(text, number) }
  }

  private static let mark = Array("plumbline:".utf8)

  /// Most texts have none and are not scanned.
  private static func mentions(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      guard bytes.count >= mark.count else { return false }
      var offset = 0
      while offset <= bytes.count - mark.count {
        if bytes[offset] == mark[0],
          UnsafeBufferPointer(rebasing: bytes[offset..<offset + mark.count]).elementsEqual(mark)
        {
          return true
        }
        offset += 1
      }
      return false
    }
  }

  private mutating func read(_ text: SQLText, _ number: Int) {
    var end = 0
    var before: Range<Int>?
    // What stands behind a statement on its last line is about that one.
    func isBehind(_ comment: Range<Int>) -> Range<Int>? {
      before.flatMap { text.bytes[$0.upperBound..<comment.lowerBound].contains(UInt8(ascii: "\n")) ? nil : $0 }
    }
    for piece in StatementScanner(text) {
      switch piece {
      case .statement(let statement):
        for comment in StatementScanner.comments(in: statement.lead, of: text) {
          add(comment, of: text, number, covering: isBehind(comment) ?? statement.range)
        }
        for comment in StatementScanner.comments(in: statement.range, of: text) {
          add(comment, of: text, number, covering: Self.line(of: comment, in: text))
        }
        before = statement.range
        end = statement.range.upperBound
      case .metaCommand(let range), .copyData(let range): end = range.upperBound
      }
    }
    for comment in StatementScanner.comments(in: end..<text.bytes.count, of: text) {
      add(comment, of: text, number, covering: isBehind(comment) ?? 0..<0)
    }
  }

  /// The line that a comment stands on behind something, or else the one after it.
  private static func line(of comment: Range<Int>, in text: SQLText) -> Range<Int> {
    let bytes = text.bytes
    let feed = UInt8(ascii: "\n")
    let start = bytes[..<comment.lowerBound].lastIndex(of: feed).map { $0 + 1 } ?? 0
    if bytes[start..<comment.lowerBound].contains(where: { $0 > 0x20 }) { return start..<comment.lowerBound }
    let next = bytes[comment.upperBound...].firstIndex(of: feed).map { $0 + 1 } ?? bytes.count
    return next..<(bytes[next...].firstIndex(of: feed) ?? bytes.count)
  }

  private mutating func add(_ comment: Range<Int>, of text: SQLText, _ number: Int, covering covered: Range<Int>) {
    guard comment.count < 4096 else { return }
    var words = text[comment].split(whereSeparator: \.isWhitespace)[...]
    if let first = words.first, first.allSatisfy({ "-/*".contains($0) }) { words = words.dropFirst() }
    if words.last == "*/" { words = words.dropLast() }
    guard let mark = words.popFirst(), mark.drop(while: { "-/*".contains($0) }) == "plumbline:",
      let verb = words.popFirst(), verb == "allow" || verb == "allow-file"
    else { return }
    let named = words.prefix { $0 != "on" && $0 != "because" }
    words = words.dropFirst(named.count)
    var table: String?
    if words.first == "on", words.count > 1 {
      words = words.dropFirst()
      table = words.popFirst().map { $0.filter { $0 != "\"" } }
    }
    let place = SQLPlace(text: number, offset: comment.lowerBound)
    let rules = named.joined(separator: " ").split { $0 == " " || $0 == "," }.map { $0.lowercased() }
    guard words.popFirst() == "because", !words.isEmpty else {
      unreasoned += rules.map { ($0, place) }
      return
    }
    let reason = words.joined(separator: " ")
    let covered = verb == "allow-file" ? 0..<text.bytes.count + 1 : covered
    all += rules.map { Allowance(rule: $0, table: table, reason: reason, place: place, covered: covered) }
  }
}

/// A statement's place in its text, found without parsing it.
public struct SQLStatement: Sendable, Hashable {
  /// From its first word to before its semicolon.
  public let range: Range<Int>
  /// Blanks and comments before it, back to the end of what came before.
  public let lead: Range<Int>
  /// Up to four words that it begins with, in lower case, as "create", "unique", "index".
  public let words: [String]

  /// Whether it begins with these words.
  public func begins(with words: String...) -> Bool { self.words.starts(with: words) }
}

/// What a text of SQL consists of, in order.
public enum SQLPiece: Sendable, Hashable {
  case statement(SQLStatement)
  /// A command of psql, from its backslash to the end of its line.
  case metaCommand(Range<Int>)
  /// The lines behind COPY … FROM stdin, with their end marker.
  case copyData(Range<Int>)
}

/// Cuts a text into statements as psql does: strings, quoted names, dollar quotes, nested comments, psql's commands and
/// the data of COPY are known; SQL itself is not.
public struct StatementScanner: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private var offset: Int
  private let end: Int
  /// Set by a COPY … FROM stdin: its data begins on the next line.
  private var copies = false

  public init(_ text: SQLText) { self.init(text, in: text.bytes.indices) }

  /// - Parameter range: the part of the text that is looked at.
  public init(_ text: SQLText, in range: Range<Int>) {
    bytes = text.bytes
    let range = range.clamped(to: text.bytes.indices)
    offset = range.lowerBound
    end = range.upperBound
    // A mark that editors of Windows put first is no SQL.
    if offset == 0, text.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = Swift.min(3, end) }
  }

  public mutating func next() -> SQLPiece? {
    bytes.withUnsafeBufferPointer { bytes in
      var cursor = Cursor(bytes: bytes, offset: offset, end: end)
      defer { offset = cursor.offset }
      if copies {
        copies = false
        let data = cursor.copyData()
        if !data.isEmpty { return .copyData(data) }
      }
      let lead = cursor.offset
      while true {
        cursor.skipBlanksAndComments()
        guard let byte = cursor.byte else { return nil }
        if byte == UInt8(ascii: ";") {
          cursor.offset += 1
        } else if byte == UInt8(ascii: "\\") {
          return .metaCommand(cursor.restOfLine())
        } else {
          let (statement, copies) = cursor.statement(lead: lead)
          self.copies = copies
          return .statement(statement)
        }
      }
    }
  }

  /// The comments in some bytes that hold no data of COPY, without what is quoted.
  public static func comments(in range: Range<Int>, of text: SQLText) -> [Range<Int>] {
    text.bytes.withUnsafeBufferPointer { bytes in
      let range = range.clamped(to: bytes.indices)
      var cursor = Cursor(bytes: bytes, offset: range.lowerBound, end: range.upperBound)
      var comments: [Range<Int>] = []
      while cursor.byte != nil {
        let start = cursor.offset
        if cursor.skipComment() { comments.append(start..<cursor.offset) } else { cursor.skipToken() }
      }
      return comments
    }
  }
}

/// Walks over bytes; what is not closed ends with the text.
private struct Cursor {
  let bytes: UnsafeBufferPointer<UInt8>
  var offset: Int
  let end: Int

  var byte: UInt8? { offset < end ? bytes[offset] : nil }
  private func byte(after distance: Int) -> UInt8? { offset + distance < end ? bytes[offset + distance] : nil }

  mutating func skipBlanksAndComments() {
    while let byte {
      if byte <= 0x20 { offset += 1 } else if !skipComment() { return }
    }
  }

  mutating func skipComment() -> Bool {
    guard let byte else { return false }
    if byte == UInt8(ascii: "-"), self.byte(after: 1) == UInt8(ascii: "-") {
      skipLine()
      return true
    }
    guard byte == UInt8(ascii: "/"), self.byte(after: 1) == UInt8(ascii: "*") else { return false }
    var depth = 1
    offset += 2
    while depth > 0, let byte = self.byte {
      if byte == UInt8(ascii: "*"), self.byte(after: 1) == UInt8(ascii: "/") {
        depth -= 1
        offset += 2
      } else if byte == UInt8(ascii: "/"), self.byte(after: 1) == UInt8(ascii: "*") {
        depth += 1
        offset += 2
      } else {
        offset += 1
      }
    }
    return true
  }

  /// To the line feed, which stays.
  private mutating func skipLine() {
    while offset < end, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
  }

  mutating func restOfLine() -> Range<Int> {
    let start = offset
    skipLine()
    return start..<offset
  }

  /// From the line behind the one that is begun, to `\.` on a line of its own.
  mutating func copyData() -> Range<Int> {
    skipLine()
    offset = min(offset + 1, end)
    let start = offset
    while offset < end {
      let line = offset
      skipLine()
      var stop = offset
      offset = min(offset + 1, end)
      if stop > line, bytes[stop - 1] == UInt8(ascii: "\r") { stop -= 1 }
      if stop - line == 2, bytes[line] == UInt8(ascii: "\\"), bytes[line + 1] == UInt8(ascii: ".") { break }
    }
    return start..<offset
  }

  /// Over a word, a string, a quoted name or one other character.
  mutating func skipToken() {
    guard let byte else { return }
    switch byte {
    case UInt8(ascii: "'"): skipString(escapes: false)
    case UInt8(ascii: "\""): skipQuoted(UInt8(ascii: "\""))
    case UInt8(ascii: "$"): if !skipDollarQuoted() { offset += 1 }
    case _ where Self.startsWord(byte):
      let start = offset
      skipWord()
      if offset - start == 1, byte | 0x20 == UInt8(ascii: "e"), self.byte == UInt8(ascii: "'") {
        skipString(escapes: true)
      }
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      // Not the dollar that may stand directly behind: $1 and $a$ end a number.
      while offset < end, bytes[offset] != UInt8(ascii: "$"), Self.continuesWord(bytes[offset]) { offset += 1 }
    default: offset += 1
    }
  }

  private mutating func skipString(escapes: Bool) {
    offset += 1
    while let byte {
      offset += 1
      if byte == UInt8(ascii: "\\"), escapes {
        offset = min(offset + 1, end)
      } else if byte == UInt8(ascii: "'") {
        guard self.byte == byte else { return }
        offset += 1
      }
    }
  }

  private mutating func skipQuoted(_ quote: UInt8) {
    offset += 1
    while let byte {
      offset += 1
      if byte == quote {
        guard self.byte == quote else { return }
        offset += 1
      }
    }
  }

  /// `$tag$ … $tag$`, where that is what begins here.
  private mutating func skipDollarQuoted() -> Bool {
    var stop = offset + 1
    if stop < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[stop]) { return false }
    while stop < end, Self.continuesWord(bytes[stop]), bytes[stop] != UInt8(ascii: "$") { stop += 1 }
    guard stop < end, bytes[stop] == UInt8(ascii: "$") else { return false }
    let tag = UnsafeBufferPointer(rebasing: bytes[offset...stop])
    offset = stop + 1
    while offset < end {
      if bytes[offset] == UInt8(ascii: "$"), end - offset >= tag.count,
        UnsafeBufferPointer(rebasing: bytes[offset..<offset + tag.count]).elementsEqual(tag)
      {
        offset += tag.count
        return true
      }
      offset += 1
    }
    return true
  }

  private mutating func skipWord() {
    while offset < end, Self.continuesWord(bytes[offset]) { offset += 1 }
  }

  /// - Returns: also whether data of COPY follows.
  mutating func statement(lead: Int) -> (SQLStatement, Bool) {
    let start = offset
    var last = start
    var words: [String] = []
    var leading = true
    var parentheses = 0
    var blocks = 0
    var isRoutine = false
    var isRule = false
    var isCopy = false
    var before: Keyword?
    var copies = false
    scan: while let byte {
      switch byte {
      case UInt8(ascii: ";"):
        if blocks > 0 || (isRule && parentheses > 0) { break }
        break scan
      case UInt8(ascii: "\\"): break scan
      case UInt8(ascii: "("): parentheses += 1
      case UInt8(ascii: ")"): parentheses = max(parentheses - 1, 0)
      case _ where byte <= 0x20:
        offset += 1
        continue
      case UInt8(ascii: "-"), UInt8(ascii: "/"):
        if skipComment() { continue }
      default: break
      }
      let token = offset
      skipToken()
      last = offset
      guard Self.startsWord(byte) else {
        leading = false
        continue
      }
      let word = UnsafeBufferPointer(rebasing: bytes[token..<offset])
      if leading, words.count < 4 {
        words.append(Self.lowercased(word))
        isRoutine = isRoutine || (words.first == "create" && (words.last == "function" || words.last == "procedure"))
        isRule = isRule || (words.first == "create" && words.last == "rule")
        isCopy = words.first == "copy"
      }
      guard isRoutine || isCopy else { continue }
      let keyword = Keyword(word)
      if isCopy { copies = copies || (before == .from && keyword == .stdin) }
      if isRoutine, parentheses == 0 {
        if keyword == .begin || (keyword == .case && blocks > 0) { blocks += 1 }
        if keyword == .end, blocks > 0 { blocks -= 1 }
      }
      before = keyword
    }
    let statement = SQLStatement(range: start..<last, lead: lead..<start, words: words)
    if byte == UInt8(ascii: ";") { offset += 1 }
    return (statement, copies)
  }

  /// The words that decide where a statement ends.
  private enum Keyword: String, CaseIterable {
    case begin, `case`, end, from, stdin

    init?(_ word: UnsafeBufferPointer<UInt8>) {
      guard (3...5).contains(word.count) else { return nil }
      self.init(rawValue: String(decoding: word, as: UTF8.self).lowercased())
    }
  }

  private static func lowercased(_ word: UnsafeBufferPointer<UInt8>) -> String {
    String(unsafeUninitializedCapacity: word.count) { lower in
      for index in word.indices { lower[index] = word[index] &- 65 < 26 ? word[index] | 0x20 : word[index] }
      return word.count
    }
  }

  private static func startsWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 97 < 26 || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  private static func continuesWord(_ byte: UInt8) -> Bool {
    startsWord(byte) || byte &- 48 < 10 || byte == UInt8(ascii: "$")
  }
}

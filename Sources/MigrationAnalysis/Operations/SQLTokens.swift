import SQLSyntax

/// A word, string, quoted name or other character of a statement.
struct SQLToken {
  let range: Range<Int>
  /// How many parentheses and brackets are open around it.
  let depth: Int
  /// Of a word without quotes, in lower case.
  let word: String?
}

extension SQLText {
  /// The tokens of a statement, without blanks and comments.
  func tokens(in range: Range<Int>) -> [SQLToken] {
    bytes.withUnsafeBufferPointer { bytes in
      var reader = TokenReader(bytes: bytes, offset: range.lowerBound, end: min(range.upperBound, bytes.count))
      var tokens: [SQLToken] = []
      while let token = reader.next() { tokens.append(token) }
      return tokens
    }
  }
}

private struct TokenReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var offset: Int
  let end: Int
  var depth = 0

  private func at(_ index: Int) -> UInt8 { index < end ? bytes[index] : 0 }

  mutating func next() -> SQLToken? {
    skipBlanksAndComments()
    guard offset < end else { return nil }
    let start = offset
    let byte = bytes[offset]
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "["):
      offset += 1
      depth += 1
      return SQLToken(range: start..<offset, depth: depth - 1, word: nil)
    case UInt8(ascii: ")"), UInt8(ascii: "]"):
      offset += 1
      depth = max(depth - 1, 0)
    case UInt8(ascii: "'"): skipQuoted(byte, escapes: false)
    case UInt8(ascii: "\""): skipQuoted(byte, escapes: false)
    case UInt8(ascii: "$"): skipDollar()
    case _ where Self.isWord(byte):
      while offset < end, Self.isWord(bytes[offset]) || bytes[offset] == UInt8(ascii: "$") { offset += 1 }
      if offset - start == 1, byte | 0x20 == UInt8(ascii: "e"), at(offset) == UInt8(ascii: "'") {
        skipQuoted(UInt8(ascii: "'"), escapes: true)
        break
      }
      let word = String(decoding: bytes[start..<offset], as: UTF8.self).lowercased()
      return SQLToken(range: start..<offset, depth: depth, word: word)
    default: offset += 1
    }
    return SQLToken(range: start..<offset, depth: depth, word: nil)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  private mutating func skipBlanksAndComments() {
    while offset < end {
      if bytes[offset] <= 0x20 {
        offset += 1
      } else if at(offset) == UInt8(ascii: "-"), at(offset + 1) == UInt8(ascii: "-") {
        while offset < end, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
      } else if at(offset) == UInt8(ascii: "/"), at(offset + 1) == UInt8(ascii: "*") {
        var open = 0
        repeat {
          if at(offset) == UInt8(ascii: "/"), at(offset + 1) == UInt8(ascii: "*") {
            open += 1
            offset += 2
          } else if at(offset) == UInt8(ascii: "*"), at(offset + 1) == UInt8(ascii: "/") {
            open -= 1
            offset += 2
          } else {
            offset += 1
          }
        } while open > 0 && offset < end
        offset = min(offset, end)
      } else {
        return
      }
    }
  }

  private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
    offset += 1
    while offset < end {
      let byte = bytes[offset]
      offset += 1
      if escapes, byte == UInt8(ascii: "\\") {
        offset = min(offset + 1, end)
      } else if byte == quote {
        guard at(offset) == quote else { return }
        offset += 1
      }
    }
  }

  private mutating func skipDollar() {
    var stop = offset + 1
    while stop < end, Self.isWord(bytes[stop]) { stop += 1 }
    guard at(stop) == UInt8(ascii: "$"), at(offset + 1) &- 48 >= 10 else {
      offset += 1
      return
    }
    let tag = UnsafeBufferPointer(rebasing: bytes[offset...stop])
    offset = stop + 1
    while offset < end {
      if bytes[offset] == UInt8(ascii: "$"), end - offset >= tag.count,
        UnsafeBufferPointer(rebasing: bytes[offset..<offset + tag.count]).elementsEqual(tag)
      {
        offset += tag.count
        return
      }
      offset += 1
    }
  }
}

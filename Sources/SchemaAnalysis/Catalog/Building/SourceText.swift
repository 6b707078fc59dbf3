import SQLSyntax

/// Parts of a statement's text, for which the parse tree has no ends.
struct SourceText {
  let text: SQLText
  let end: Int

  /// From an offset to before the first comma or closing parenthesis that is not within parentheses, or the end.
  func expression(from start: Int, before limit: Int? = nil) -> String {
    var depth = 0
    var stop = start
    walk(from: start, to: limit ?? end) { range, byte in
      if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") { depth -= 1 }
      if depth < 0 || (depth == 0 && byte == UInt8(ascii: ",")) { return false }
      stop = range.upperBound
      return true
    }
    return text[start..<stop]
  }

  /// What stands in the first parentheses behind an offset.
  func parenthesized(from start: Int) -> Range<Int>? {
    var depth = 0
    var found: Int?
    var stop: Int?
    walk(from: start, to: end) { range, byte in
      if byte == UInt8(ascii: "(") {
        depth += 1
        if found == nil { found = range.upperBound }
      } else if byte == UInt8(ascii: ")") {
        depth -= 1
        if depth <= 0 {
          stop = range.lowerBound
          return false
        }
      }
      return true
    }
    guard let found, let stop, found <= stop else { return nil }
    return found..<stop
  }

  /// The parts between the commas of a range.
  func list(_ range: Range<Int>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var depth = 0
    var start = range.lowerBound
    walk(from: start, to: range.upperBound) { token, byte in
      if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") { depth -= 1 }
      if depth == 0, byte == UInt8(ascii: ",") {
        parts.append(start..<token.lowerBound)
        start = token.upperBound
      }
      return true
    }
    return parts + [start..<range.upperBound]
  }

  /// The first expression of a key of an index: in parentheses, or a call with its arguments.
  func keyExpression(_ range: Range<Int>) -> String {
    var depth = 0
    var start: Int?
    var stop = range.upperBound
    walk(from: range.lowerBound, to: range.upperBound) { token, byte in
      if start == nil { start = token.lowerBound }
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") {
        depth -= 1
        if depth == 0 {
          stop = token.upperBound
          return false
        }
      }
      return true
    }
    return text[(start ?? range.lowerBound)..<stop]
  }

  /// Where the expression begins that a node stands for: its leftmost part, with parentheses before it.
  func start(of node: SyntaxNode, notBefore limit: Int) -> Int? {
    guard var start = node.descendants.compactMap({ $0.inner["location"].isPresent ? $0.inner.offset : nil }).min()
    else { return nil }
    var at = start
    while at > limit {
      at -= 1
      if text.bytes[at] == UInt8(ascii: "(") { start = at } else if text.bytes[at] > 0x20 { break }
    }
    return start
  }

  /// Goes over tokens: words, and single bytes of all else; what is quoted is one token, comments are none.
  private func walk(from start: Int, to end: Int, _ body: (Range<Int>, UInt8) -> Bool) {
    let end = min(end, text.bytes.count)
    text.bytes.withUnsafeBufferPointer { bytes in
      var at = start
      while at < end {
        let byte = bytes[at]
        let token = at
        at += 1
        switch byte {
        case _ where byte <= 0x20: continue
        case UInt8(ascii: "-") where at < end && bytes[at] == byte:
          while at < end, bytes[at] != UInt8(ascii: "\n") { at += 1 }
          continue
        case UInt8(ascii: "/") where at < end && bytes[at] == UInt8(ascii: "*"):
          at += 1
          while at + 1 < end, bytes[at] != UInt8(ascii: "*") || bytes[at + 1] != UInt8(ascii: "/") { at += 1 }
          at = min(at + 2, end)
          continue
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
          while at < end, bytes[at] != byte { at += 1 }
          at = min(at + 1, end)
        case _ where Self.isWord(byte):
          while at < end, Self.isWord(bytes[at]) { at += 1 }
        default: break
        }
        if !body(token..<at, byte) { return }
      }
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "_") || byte >= 0x80
  }
}

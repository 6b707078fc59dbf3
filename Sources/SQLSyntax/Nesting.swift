/// How deep a statement can be nested at most, told from its bytes alone: what stands in parentheses, and chains of
/// operators, which the grammar nests to the left.
enum Nesting {
  /// Words that can nest one expression or query in another without a parenthesis.
  private static let words: Set<String> = [
    "not", "is", "isnull", "notnull", "in", "like", "ilike", "similar", "between", "collate", "at", "escape", "case",
    "union", "intersect", "except", "join", "and", "or", "operator", "else", "when",
  ]
  private static let operators = Set("+-*/<>=~!@#%^&|`?:[.".utf8)

  /// - Returns: levels; more than there are, if anything.
  static func depth(of bytes: [UInt8], in range: Range<Int>) -> Int {
    // Each level needs a byte at least.
    if range.count <= 200 { return range.count }
    return bytes.withUnsafeBufferPointer { bytes in
      var parentheses = 0
      var deepest = 0
      var chain = 0
      var at = range.lowerBound
      while at < range.upperBound {
        let byte = bytes[at]
        let start = at
        at += 1
        switch byte {
        case UInt8(ascii: "("):
          parentheses += 1
          chain += 1
        case UInt8(ascii: ")"): parentheses -= 1
        // Between columns and constraints of a table an expression ends.
        case UInt8(ascii: ",") where parentheses <= 1: chain = 0
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
          while at < range.upperBound, bytes[at] != byte { at += 1 }
          at += 1
        case _ where (byte | 0x20) &- 97 < 26:
          while at < range.upperBound, (bytes[at] | 0x20) &- 97 < 26 || bytes[at] == UInt8(ascii: "_") { at += 1 }
          if (2...9).contains(at - start),
            words.contains(
              String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<at]), as: UTF8.self).lowercased())
          {
            chain += 1
          }
        case _ where operators.contains(byte): chain += 1
        default: break
        }
        deepest = max(deepest, chain)
      }
      return deepest
    }
  }
}

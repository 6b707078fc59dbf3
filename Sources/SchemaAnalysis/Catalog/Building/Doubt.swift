/// What statements that were not followed may have made, renamed or dropped: what later statements say of it can be
/// right though it does not seem so.
struct Doubt: Sendable {
  /// Whether it may be anything.
  var isOpen = false
  private var names: Set<String> = []
  /// Of names that are put together as it runs.
  private var prefixes: Set<String> = []

  /// Whether a sentence speaks of something that is in doubt.
  func covers(_ sentence: String) -> Bool {
    if isOpen { return true }
    if names.isEmpty, prefixes.isEmpty { return false }
    return sentence.lowercased().split { !Self.isWord($0) }.contains { word in
      names.contains(String(word)) || prefixes.contains { word.hasPrefix($0) }
    }
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// Names stand behind these words, and others between them.
  private static let makers: Set<String> = [
    "table", "type", "domain", "schema", "index", "view", "sequence", "extension", "add", "column", "constraint",
    "drop",
    "to", "rename", "into", "attribute", "value", "concurrently",
  ]
  private static let between: Set<String> = ["if", "not", "exists", "only"]

  /// Notes what SQL in some bytes may make, be it in the text of a function or in strings.
  mutating func add(_ bytes: ArraySlice<UInt8>) {
    var isBehindMaker = false
    var at = bytes.startIndex
    while at < bytes.endIndex {
      let start = at
      while at < bytes.endIndex, Self.isWord(bytes[at]) { at += 1 }
      guard at > start else {
        // What is put in as it runs, as by format or behind a string.
        let isPlaceholder = bytes[at] == UInt8(ascii: "%") || bytes[at] == UInt8(ascii: "|")
        if isBehindMaker, isPlaceholder { isOpen = true }
        if bytes[at] == UInt8(ascii: ";") || bytes[at] == UInt8(ascii: "(") || isPlaceholder { isBehindMaker = false }
        at += 1
        continue
      }
      let word = String(decoding: bytes[start..<at], as: UTF8.self).lowercased()
      if Self.makers.contains(word) {
        isBehindMaker = true
      } else if isBehindMaker, !Self.between.contains(word) {
        // The schema comes first.
        if at < bytes.endIndex, bytes[at] == UInt8(ascii: ".") {
          at += 1
          continue
        }
        if at < bytes.endIndex, bytes[at] == UInt8(ascii: "%") || Self.endsInString(bytes, at) {
          prefixes.insert(word)
        } else {
          names.insert(word)
        }
        isBehindMaker = false
      }
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  /// Whether a string ends here to which something is appended.
  private static func endsInString(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> Bool {
    guard bytes[offset] == UInt8(ascii: "'") else { return false }
    let rest = bytes[(offset + 1)...].prefix(8).drop { $0 <= 0x20 }
    return rest.first == UInt8(ascii: "|")
  }
}

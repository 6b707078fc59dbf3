internal import KnowledgeModel

/// Many phrases looked for in one pass over a text: by their first four characters, and only there in full.
struct PhraseTable: Sendable {
  private struct Entry {
    var phrase: LinePhrase
    var sign: Int
  }

  private var entries: [UInt32: [Entry]] = [:]
  /// Whether an entry's beginning has this hash; most places of a text are told off by it.
  private var isBeginning = [Bool](repeating: false, count: 1 << 16)

  /// - Parameter signs: the phrases of each.
  init(_ signs: [[LinePhrase]]) {
    for (sign, phrases) in signs.enumerated() {
      for phrase in phrases {
        guard let first = phrase.parts.first, first.count >= 4 else { continue }
        let key = first.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        entries[key, default: []].append(Entry(phrase: phrase, sign: sign))
        isBeginning[PhraseTable.hash(key)] = true
      }
    }
  }

  /// Characters of a line that are looked at; only machines write longer ones, and time would grow with their square.
  static let longest = 2000

  private static func hash(_ key: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> 16) }

  /// The lines that hold a phrase, in order: its number from 1, its bytes in the text, and the signs it shows.
  ///
  /// - Parameter wanted: which signs are looked for.
  func find(
    in text: [UInt8], wanted: [Bool], _ each: (_ line: Int, _ place: Range<Int>, _ signs: Set<Int>) -> Void
  ) {
    // The line in lower case, each run of blanks as one: so that four characters are enough to know a beginning, and
    // because a phrase makes no difference between one blank and several.
    var line: [UInt8] = []
    var beginnings: [Int] = []
    var key: UInt32 = 0
    var number = 1
    var start = 0
    func end(at place: Int) {
      if !beginnings.isEmpty {
        var signs: Set<Int> = []
        for beginning in beginnings {
          let key = line[beginning..<(beginning + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
          for entry in entries[key] ?? [] where wanted[entry.sign] && !signs.contains(entry.sign) {
            if entry.phrase.matches(line, at: beginning) { signs.insert(entry.sign) }
          }
        }
        if !signs.isEmpty, !PhraseTable.isComment(line) { each(number, start..<place, signs) }
        beginnings.removeAll(keepingCapacity: true)
      }
      line.removeAll(keepingCapacity: true)
      key = 0
      number += 1
      start = place + 1
    }
    text.withUnsafeBufferPointer { text in
      isBeginning.withUnsafeBufferPointer { isBeginning in
        for place in text.indices {
          var byte = text[place]
          if byte == 0x0A {
            end(at: place)
            continue
          }
          if byte == 0x0D, place + 1 == text.count || text[place + 1] == 0x0A { continue }
          if byte == 0x09 { byte = 0x20 }
          if byte == 0x20 && line.last == 0x20 || line.count == PhraseTable.longest { continue }
          if byte &- 0x41 < 26 { byte |= 0x20 }
          line.append(byte)
          key = key << 8 | UInt32(byte)
          if line.count >= 4, isBeginning[PhraseTable.hash(key)] { beginnings.append(line.count - 4) }
        }
      }
    }
    if start < text.count { end(at: text.count) }
  }

  /// Whether a line is nothing but a comment.
  ///
  /// - Parameter line: lower case, each run of blanks as one.
  private static func isComment(_ line: [UInt8]) -> Bool {
    let text = line.first == 0x20 ? line.dropFirst() : line[...]
    // `#[get("/")]` is an attribute of Rust or PHP.
    if text.first == UInt8(ascii: "#") { return text.dropFirst().first != UInt8(ascii: "[") }
    return ["//", "--", "/*", "* ", "*/", "<!--"].contains { text.starts(with: $0.utf8) }
  }
}

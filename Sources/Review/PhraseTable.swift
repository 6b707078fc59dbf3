internal import KnowledgeModel

/// Many phrases looked for in one pass over a text: by their first four characters, and only there in full.
struct PhraseTable: Sendable {
  private struct Entry {
    var phrase: LinePhrase
    var sign: Int
  }

  private var entries: [UInt32: [Entry]] = [:]
  /// A bit for each hash, set where an entry's beginning has it; most places of a text are told off by it.
  private var beginnings = [UInt64](repeating: 0, count: 1 << 10)

  /// - Parameter signs: the phrases of each.
  init(_ signs: [[LinePhrase]]) {
    for (sign, phrases) in signs.enumerated() {
      for phrase in phrases {
        guard let first = phrase.parts.first, first.count >= 4 else { continue }
        let key = first.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        entries[key, default: []].append(Entry(phrase: phrase, sign: sign))
        let hash = PhraseTable.hash(key)
        beginnings[hash >> 6] |= 1 << UInt64(hash & 63)
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
    text.withUnsafeBufferPointer { bytes in
      var number = 1
      var start = 0
      while start < bytes.count {
        let (end, mayHold) = line(of: bytes, from: start, wanted)
        if mayHold {
          let line = PhraseTable.folded(text[start..<end])
          let signs = signs(in: line, wanted)
          if !signs.isEmpty, !PhraseTable.isComment(line) { each(number, start..<end, signs) }
        }
        number += 1
        start = end + 1
      }
    }
  }

  /// Where a line ends, and whether the beginning of a wanted phrase is in it.
  private func line(of text: UnsafeBufferPointer<UInt8>, from start: Int, _ wanted: [Bool]) -> (Int, Bool) {
    beginnings.withUnsafeBufferPointer { beginnings in
      var key: UInt32 = 0
      var place = start
      var mayHold = false
      while place < text.count {
        var byte = text[place]
        if byte == 0x0A { break }
        place += 1
        if mayHold { continue }
        if byte == 0x09 { byte = 0x20 }
        if byte == 0x20, key & 0xFF == 0x20 { continue }
        if byte &- 0x41 < 26 { byte |= 0x20 }
        key = key << 8 | UInt32(byte)
        let hash = PhraseTable.hash(key)
        if beginnings[hash >> 6] >> UInt64(hash & 63) & 1 == 1 {
          mayHold =
            entries[key]?.contains { wanted[$0.sign] && PhraseTable.goesOn($0.phrase, in: text, at: place) } == true
        }
      }
      return (place, mayHold)
    }
  }

  /// Whether a phrase whose first four characters are found may go on so, as far as its next blank.
  private static func goesOn(_ phrase: LinePhrase, in text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
    guard let first = phrase.parts.first else { return false }
    var place = place
    for index in 4..<max(first.count, 4) {
      if first[index] == 0x20 || first[index - 1] == 0x20 { return true }
      guard place < text.count else { return false }
      let byte = text[place]
      guard (byte &- 0x41 < 26 ? byte | 0x20 : byte) == first[index] else { return false }
      place += 1
    }
    return true
  }

  /// A line in lower case without its end, each run of blanks as one: so that four characters are enough to know a
  /// beginning, and because a phrase makes no difference between one blank and several.
  private static func folded(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let text = text.last == 0x0D ? text.dropLast() : text
    return [UInt8](unsafeUninitializedCapacity: min(text.count, longest)) { line, count in
      var last: UInt8 = 0
      for byte in text {
        if count == line.count { break }
        let isBlank = byte == 0x20 || byte == 0x09
        if isBlank, last == 0x20 { continue }
        last = isBlank ? 0x20 : byte &- 0x41 < 26 ? byte | 0x20 : byte
        line[count] = last
        count += 1
      }
    }
  }

  private func signs(in line: [UInt8], _ wanted: [Bool]) -> Set<Int> {
    var signs: Set<Int> = []
    var key: UInt32 = 0
    for (place, byte) in line.enumerated() {
      key = key << 8 | UInt32(byte)
      let hash = PhraseTable.hash(key)
      guard place >= 3, beginnings[hash >> 6] >> UInt64(hash & 63) & 1 == 1, let known = entries[key] else { continue }
      for entry in known where wanted[entry.sign] && !signs.contains(entry.sign) {
        if entry.phrase.matches(line, at: place - 3) { signs.insert(entry.sign) }
      }
    }
    return signs
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

/// What a person wrote, word by word.
enum BodyWords {
  /// Words in lower case, without marks; each ideograph is one.
  static func words(_ text: some StringProtocol) -> [String] {
    var words: [String] = []
    var word = ""
    func finish() {
      if !word.isEmpty { words.append(word.lowercased()) }
      word = ""
    }
    for scalar in text.unicodeScalars {
      if scalar.properties.isIdeographic {
        finish()
        words.append(String(scalar))
      } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || scalar.properties.generalCategory == .nonspacingMark
      {
        word.unicodeScalars.append(scalar)
      } else {
        finish()
      }
    }
    finish()
    return words
  }

  /// How alike two texts are, 0 to 1: twice the words that they share, by those that they have.
  static func likeness(_ a: some Collection<String>, _ b: some Collection<String>) -> Double {
    guard !a.isEmpty, !b.isEmpty else { return 0 }
    var left: [String: Int] = [:]
    for word in a { left[word, default: 0] += 1 }
    var shared = 0
    for word in b {
      guard let count = left[word], count > 0 else { continue }
      left[word] = count - 1
      shared += 1
    }
    return Double(2 * shared) / Double(a.count + b.count)
  }

  /// The sentences of a text; each line ends one.
  static func sentences(_ text: some StringProtocol) -> [String] {
    var sentences: [String] = []
    var sentence = ""
    var mayEnd = false
    for character in text {
      if character.isNewline || mayEnd && character.isWhitespace {
        sentences.append(sentence)
        sentence = ""
      } else {
        sentence.append(character)
      }
      mayEnd = ".!?;".contains(character)
    }
    sentences.append(sentence)
    return sentences.filter { $0.contains { !$0.isWhitespace } }
  }

  /// Whether words stand where evidence should, and say nothing.
  static func isPlaceholder(_ words: [String]) -> Bool { words.allSatisfy(placeholders.contains) }

  /// Whether words say why something does not apply: more than that it does not.
  static func isReason(_ words: [String]) -> Bool {
    words.count > 1 && !words.allSatisfy { placeholders.contains($0) || restatements.contains($0) }
  }

  private static let placeholders: Set<String> = [
    "tbd", "tba", "tbc", "todo", "to", "do", "be", "done", "wip", "pending", "later", "soon", "not", "yet", "none",
    "no",
    "nothing", "n", "a", "na", "nil", "null", "yes", "ok", "okay", "x", "add", "attach", "attached", "paste", "insert",
    "put", "link", "links", "url", "here", "see", "above", "below", "evidence", "placeholder", "the", "your", "fixme",
    "coming", "follows", "will", "follow",
  ]

  private static let restatements: Set<String> = [
    "applicable", "apply", "applies", "needed", "required", "relevant", "necessary", "does", "doesn", "t", "isn", "is",
    "it", "this", "that", "for", "in", "us", "pr", "mr", "change", "item", "reason", "why", "because", "case", "our",
    "my",
  ]
}

extension BodyWords {
  /// A place in a text's UTF-8 where it says that something does not apply.
  struct Marker {
    var range: Range<Int>
    /// Whether only marks and blanks stand before it.
    var isAtStart: Bool
  }

  /// `N/A`, `n.a.`, `NA:` or `not applicable`, at the start or behind the end of a sentence.
  static func notApplicable(in text: String) -> Marker? {
    let bytes = Array(text.utf8)
    let lower = bytes.map { 0x41...0x5A ~= $0 ? $0 + 0x20 : $0 }
    // Long dashes, quotation marks and the ellipsis are of three bytes that begin with E2.
    var firstWord = 0
    while firstWord < lower.count, !isWord(lower[firstWord]) || lower[firstWord] == 0xE2 {
      firstWord += lower[firstWord] == 0xE2 ? 3 : 1
    }
    for start in lower.indices where lower[start] == UInt8(ascii: "n") {
      for (form, length) in forms where lower[start...].starts(with: form) {
        let end = start + length
        guard end == lower.count || !isWord(lower[end]), start == 0 || !isWord(lower[start - 1]) else { continue }
        if form == short, !(bytes[start] == UInt8(ascii: "N") && bytes[start + 1] == UInt8(ascii: "A")) { continue }
        if start <= firstWord { return Marker(range: start..<end, isAtStart: true) }
        let last = lower[..<start].reversed().drop { openers.contains($0) }
        if closers.contains(last.first ?? 0) || last.dropFirst(2).first == 0xE2 {
          return Marker(range: start..<end, isAtStart: false)
        }
      }
    }
    return nil
  }

  private static let short = Array("na".utf8)
  private static let forms: [(form: [UInt8], length: Int)] = ["n/a", "n.a.", "not applicable", "na"].map {
    (Array($0.utf8), $0.utf8.count)
  }
  private static let openers = Set(" \t([{_*\"'~".utf8)
  private static let closers = Set(".:;!?)]-".utf8)

  private static func isWord(_ byte: UInt8) -> Bool {
    0x61...0x7A ~= byte || 0x41...0x5A ~= byte || 0x30...0x39 ~= byte || byte == 0x5F || byte >= 0x80
  }

  /// `Evidence:` or `Evidence (what to attach):` in a text, and what stands in its brackets.
  static func evidenceLabel(in text: String) -> (before: String, hint: String, behind: String)? {
    let bytes = Array(text.utf8)
    let lower = bytes.map { 0x41...0x5A ~= $0 ? $0 + 0x20 : $0 }
    let word = Array("evidence".utf8)
    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    var start = 0
    var tries = 0
    while tries < 20, let place = lower[start...].firstRange(of: word) {
      start = place.upperBound
      tries += 1
      guard place.lowerBound == 0 || !isWord(lower[place.lowerBound - 1]) else { continue }
      var end = place.upperBound
      while end < lower.count, lower[end] == 0x20 { end += 1 }
      var hint = end..<end
      if end < lower.count, lower[end] == UInt8(ascii: "(") || lower[end] == UInt8(ascii: "[") {
        guard let close = closing(lower, from: end) else { continue }
        hint = (end + 1)..<close
        end = close + 1
        while end < lower.count, lower[end] == 0x20 { end += 1 }
      }
      guard end < lower.count, lower[end] == UInt8(ascii: ":") else { continue }
      return (string(0..<place.lowerBound), string(hint), string((end + 1)..<bytes.count))
    }
    return nil
  }

  /// The place of the bracket that closes the one at a place, not too far away.
  private static func closing(_ bytes: [UInt8], from start: Int) -> Int? {
    var depth = 0
    for index in start..<min(start + 2_000, bytes.count) {
      switch bytes[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
    }
    return nil
  }
}

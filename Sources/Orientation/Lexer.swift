/// A word, a literal or a mark of a source file. Comments and white space are gone.
struct Token: Sendable, Hashable {
  enum Kind: UInt8, Sendable {
    case word, number, mark
    /// A string literal; `text` is its value.
    case string
    /// A regular expression literal; `text` is what stands between the slashes.
    case regex
  }

  var kind: Kind
  var text: String
  var line: Int32
  /// From 1, in bytes.
  var column: Int32
  var startsLine = false
  var spaceBefore = false
  /// Whether the string holds interpolations. In its text they stand between the characters U+0001 and U+0002.
  var hasHoles = false

  func isMark(_ mark: String) -> Bool { kind == .mark && text == mark }
  func isWord(_ word: String) -> Bool { kind == .word && text == word }
}

/// Splits source text into tokens in one pass, forward only, so that no text takes longer than its length.
///
/// It knows each language's comments and literals, and no grammar. What is not closed ends at its line, or at the end.
struct Lexer {
  private let bytes: [UInt8]
  private let language: Language
  private var at = 0
  private var line: Int32 = 1
  private var lineStart = 0
  private var tokens: [Token] = []
  private var startsLine = true
  private var spaceBefore = false
  /// Ruby's heredocs whose text begins at the next line.
  private var pending: [(token: Int, word: [UInt8], indented: Bool, raw: Bool)] = []

  /// A regular expression longer than this is taken for a division: it bounds the second look.
  private static let longestRegex = 4096

  static func tokens(of bytes: [UInt8], in language: Language) -> [Token] {
    var lexer = Lexer(bytes: bytes, language: language)
    lexer.run()
    return lexer.tokens
  }

  private init(bytes: [UInt8], language: Language) {
    self.bytes = bytes
    self.language = language
    tokens.reserveCapacity(bytes.count / 5)
  }

  private func byte(_ ahead: Int = 0) -> UInt8 { at + ahead < bytes.count ? bytes[at + ahead] : 0 }

  private func starts(with text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard at + count <= bytes.count else { return false }
    let start = text.utf8Start
    for offset in 0..<count where bytes[at + offset] != start[offset] { return false }
    return true
  }

  private mutating func newline() {
    line += 1
    lineStart = at + 1
    startsLine = true
  }

  private mutating func add(
    _ kind: Token.Kind, _ text: String, from start: Int, line startLine: Int32? = nil, column: Int32? = nil,
    hasHoles: Bool = false
  ) {
    tokens.append(
      Token(
        kind: kind, text: text, line: startLine ?? line, column: column ?? Int32(start - lineStart + 1),
        startsLine: startsLine, spaceBefore: spaceBefore, hasHoles: hasHoles))
    startsLine = false
    spaceBefore = false
  }

  private mutating func run() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    if language == .php { skipToPHP() }
    if byte() == UInt8(ascii: "#"), byte(1) == UInt8(ascii: "!") { skipLine() }
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case 0x0A:
        newline()
        at += 1
        if !pending.isEmpty { readHeredocs() }
      case 0x09, 0x0B, 0x0C, 0x0D, 0x20:
        spaceBefore = true
        at += 1
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
        word()
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        number()
      default:
        if !comment(), !literal() { mark() }
      }
    }
  }

  // MARK: Words, numbers, marks

  private static func continuesWord(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
      || byte >= 0x80
  }

  private mutating func word() {
    let start = at
    if prefixedString() { return }
    while at < bytes.count, Lexer.continuesWord(bytes[at]) || bytes[at] == UInt8(ascii: "$") && language.isScript {
      at += 1
    }
    if language == .ruby || language == .elixir, byte() == UInt8(ascii: "?") || byte() == UInt8(ascii: "!"),
      byte(1) != UInt8(ascii: "=") || byte(2) == UInt8(ascii: "=")
    {
      // `x ?a : b` has a space; `x?` has none.
      at += 1
    }
    if language == .ruby, startsLine, at - start == 7, start == lineStart,
      bytes[start..<at].elementsEqual("__END__".utf8)
    {
      at = bytes.count
      return
    }
    add(.word, String(decoding: bytes[start..<at], as: UTF8.self), from: start)
  }

  private mutating func number() {
    let start = at
    while at < bytes.count {
      let byte = bytes[at]
      if Lexer.continuesWord(byte) {
        at += 1
      } else if byte == UInt8(ascii: "."), at + 1 < bytes.count, (0x30...0x39).contains(bytes[at + 1]) {
        at += 1
      } else {
        break
      }
    }
    add(.number, String(decoding: bytes[start..<at], as: UTF8.self), from: start)
  }

  private static let pairs: Set<UInt16> = Set(
    ["::", "=>", "->", "|>", "<>", ":=", "+=", "==", "?.", "!=", "<=", ">=", "&&", "||", "#[", "<<", "++"].map { pair in
      pair.utf8.reduce(0) { $0 << 8 | UInt16($1) }
    })

  private mutating func mark() {
    let start = at
    if at + 1 < bytes.count, Lexer.pairs.contains(UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1])) {
      // `#[` is PHP's and Rust's; `::` in Ruby may be a symbol's colon, which nobody writes beside another.
      at += 2
    } else {
      at += 1
    }
    add(.mark, String(decoding: bytes[start..<at], as: UTF8.self), from: start)
  }

  // MARK: Comments

  private mutating func skipLine() {
    while at < bytes.count, bytes[at] != 0x0A {
      if language == .php, bytes[at] == UInt8(ascii: "?"), byte(1) == UInt8(ascii: ">") { return }
      at += 1
    }
  }

  private mutating func comment() -> Bool {
    let byte = bytes[at]
    switch language {
    case .python, .elixir:
      guard byte == UInt8(ascii: "#") else { return false }
      skipLine()
      return true
    case .ruby:
      if byte == UInt8(ascii: "#") {
        skipLine()
        return true
      }
      if byte == UInt8(ascii: "="), at == lineStart, starts(with: "=begin") {
        while at < bytes.count {
          skipLine()
          if at < bytes.count { newline() }
          at += 1
          if starts(with: "=end") {
            skipLine()
            return true
          }
        }
        return true
      }
      return false
    case .php:
      if byte == UInt8(ascii: "?"), self.byte(1) == UInt8(ascii: ">") {
        at += 2
        skipToPHP()
        return true
      }
      if byte == UInt8(ascii: "#"), self.byte(1) != UInt8(ascii: "[") {
        skipLine()
        return true
      }
    default: break
    }
    guard byte == UInt8(ascii: "/") else { return false }
    if self.byte(1) == UInt8(ascii: "/") {
      skipLine()
      return true
    }
    guard self.byte(1) == UInt8(ascii: "*") else { return false }
    let nests = [.rust, .swift, .kotlin].contains(language)
    var depth = 0
    while at < bytes.count {
      if starts(with: "/*"), nests || depth == 0 {
        depth += 1
        at += 2
      } else if starts(with: "*/") {
        depth -= 1
        at += 2
        if depth == 0 { break }
      } else {
        if bytes[at] == 0x0A { newline() }
        at += 1
      }
    }
    spaceBefore = true
    return true
  }

  private mutating func skipToPHP() {
    while at < bytes.count {
      if starts(with: "<?php") {
        at += 5
        return
      }
      if starts(with: "<?=") {
        at += 3
        return
      }
      if bytes[at] == 0x0A { newline() }
      at += 1
    }
  }

  // MARK: Literals

  private mutating func literal() -> Bool {
    let byte = bytes[at]
    switch byte {
    case UInt8(ascii: "\""):
      if starts(with: "\"\"\""), [.python, .java, .kotlin, .swift, .csharp, .elixir].contains(language) {
        string(open: 3, close: "\"\"\"", raw: language == .kotlin || language == .csharp, multiline: true)
      } else {
        string(open: 1, close: "\"", raw: false, multiline: spansLines)
      }
    case UInt8(ascii: "'"):
      return quote()
    case UInt8(ascii: "`"):
      switch language {
      case .javascript, .typescript: string(open: 1, close: "`", raw: false, multiline: true)
      case .go: string(open: 1, close: "`", raw: true, multiline: true)
      case .ruby, .php: string(open: 1, close: "`", raw: false, multiline: true)
      default: return false
      }
    case UInt8(ascii: "/"):
      guard language.isScript || language == .ruby, startsRegex else { return false }
      return regex()
    case UInt8(ascii: "@"):
      guard language == .csharp else { return false }
      if self.byte(1) == UInt8(ascii: "\"") {
        string(open: 2, close: "\"", raw: true, multiline: true, doubled: true)
      } else if self.byte(1) == UInt8(ascii: "$"), self.byte(2) == UInt8(ascii: "\"") {
        string(open: 3, close: "\"", raw: true, multiline: true, doubled: true, holes: true)
      } else {
        return false
      }
    case UInt8(ascii: "$"):
      if language == .csharp {
        var dollars = 1
        while self.byte(dollars) == UInt8(ascii: "$") { dollars += 1 }
        if self.byte(dollars) == UInt8(ascii: "@"), self.byte(dollars + 1) == UInt8(ascii: "\"") {
          string(open: dollars + 2, close: "\"", raw: true, multiline: true, doubled: true, holes: true)
        } else if self.byte(dollars) == UInt8(ascii: "\"") {
          let isLong = self.byte(dollars + 1) == UInt8(ascii: "\"") && self.byte(dollars + 2) == UInt8(ascii: "\"")
          string(
            open: dollars + (isLong ? 3 : 1), close: isLong ? "\"\"\"" : "\"", raw: isLong, multiline: isLong,
            holes: true)
        } else {
          return false
        }
        return true
      }
      guard language == .php || language.isScript else { return false }
      let start = at
      at += 1
      while at < bytes.count, Lexer.continuesWord(bytes[at]) || bytes[at] == UInt8(ascii: "$") { at += 1 }
      add(.word, String(decoding: bytes[start..<at], as: UTF8.self), from: start)
    case UInt8(ascii: "#"):
      guard language == .swift else { return false }
      var hashes = 1
      while self.byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
      guard self.byte(hashes) == UInt8(ascii: "\"") else { return false }
      let isLong = self.byte(hashes + 1) == UInt8(ascii: "\"") && self.byte(hashes + 2) == UInt8(ascii: "\"")
      let end = (isLong ? "\"\"\"" : "\"") + String(repeating: "#", count: hashes)
      string(open: hashes + (isLong ? 3 : 1), close: end, raw: true, multiline: isLong)
    case UInt8(ascii: "<"):
      if language == .ruby, self.byte(1) == UInt8(ascii: "<") { return rubyHeredoc() }
      if language == .php, starts(with: "<<<") { return phpHeredoc() }
      return false
    case UInt8(ascii: "%"):
      guard language == .ruby else { return false }
      return percentLiteral()
    case UInt8(ascii: "~"):
      guard language == .elixir else { return false }
      return sigil()
    case UInt8(ascii: "?"):
      // A character: ?a
      guard language == .elixir || language == .ruby, spaceBefore || tokens.last?.isMark("(") ?? true,
        self.byte(1) > 0x20, !Lexer.continuesWord(self.byte(2))
      else { return false }
      at += self.byte(1) == UInt8(ascii: "\\") ? 3 : 2
      add(.string, "", from: at)
    default:
      return false
    }
    return true
  }

  private var spansLines: Bool { [.ruby, .php, .rust, .elixir].contains(language) }

  private mutating func quote() -> Bool {
    switch language {
    case .python:
      if starts(with: "'''") {
        string(open: 3, close: "'''", raw: false, multiline: true)
      } else {
        string(open: 1, close: "'", raw: false, multiline: false)
      }
    case .elixir where starts(with: "'''"): string(open: 3, close: "'''", raw: false, multiline: true)
    case .javascript, .typescript: string(open: 1, close: "'", raw: false, multiline: false)
    case .ruby, .php, .elixir: string(open: 1, close: "'", raw: false, multiline: true, holes: language == .elixir)
    case .rust:
      // 'a is a lifetime, 'a' a character.
      let width = byte(1) >= 0xF0 ? 4 : byte(1) >= 0xE0 ? 3 : byte(1) >= 0xC0 ? 2 : 1
      guard byte(1) == UInt8(ascii: "\\") || byte(1 + width) == UInt8(ascii: "'") else { return false }
      string(open: 1, close: "'", raw: false, multiline: false)
    case .swift: return false
    default: string(open: 1, close: "'", raw: false, multiline: false, holes: false)
    }
    return true
  }

  /// Strings with letters before the quote: r"…", b'…', f"…".
  private mutating func prefixedString() -> Bool {
    switch language {
    case .python:
      var length = 0
      var letters: [UInt8] = []
      while length < 3, [0x72, 0x62, 0x66, 0x75, 0x74].contains(byte(length) | 0x20) {
        letters.append(byte(length) | 0x20)
        length += 1
      }
      guard length > 0, byte(length) == 0x22 || byte(length) == 0x27 else { return false }
      let quote = byte(length)
      let isLong = byte(length + 1) == quote && byte(length + 2) == quote
      let mark = quote == 0x22 ? "\"" : "'"
      string(
        open: length + (isLong ? 3 : 1), close: isLong ? mark + mark + mark : mark, raw: letters.contains(0x72),
        multiline: isLong, holes: letters.contains(0x66), keepsBackslash: letters.contains(0x72))
      return true
    case .rust:
      var length = 0
      while length < 2, [UInt8(ascii: "b"), UInt8(ascii: "r"), UInt8(ascii: "c")].contains(byte(length)) { length += 1 }
      guard length > 0 else { return false }
      var hashes = 0
      while byte(length + hashes) == UInt8(ascii: "#"), hashes < 255 { hashes += 1 }
      guard byte(length + hashes) == UInt8(ascii: "\"") else { return false }
      let isRaw = bytes[at..<at + length].contains(UInt8(ascii: "r"))
      guard isRaw || hashes == 0 else { return false }
      string(
        open: length + hashes + 1, close: "\"" + String(repeating: "#", count: hashes), raw: isRaw, multiline: true)
      return true
    default: return false
    }
  }

  /// How an interpolation opens in a string of the language, at the present place; its length, else nil.
  private func holeOpening(_ holes: Bool?, quote: UInt8) -> Int? {
    let first = bytes[at]
    switch language {
    case .javascript, .typescript:
      return quote == UInt8(ascii: "`") && first == UInt8(ascii: "$") && byte(1) == UInt8(ascii: "{") ? 2 : nil
    case .kotlin:
      return quote == UInt8(ascii: "\"") && first == UInt8(ascii: "$") && byte(1) == UInt8(ascii: "{") ? 2 : nil
    case .php:
      return quote == UInt8(ascii: "\"")
        && (first == UInt8(ascii: "{") && byte(1) == UInt8(ascii: "$")
          || first == UInt8(ascii: "$") && byte(1) == UInt8(ascii: "{"))
        ? 1 : nil
    case .ruby, .elixir:
      guard quote != UInt8(ascii: "'") || holes == true else { return nil }
      return first == UInt8(ascii: "#") && byte(1) == UInt8(ascii: "{") ? 2 : nil
    case .swift: return first == UInt8(ascii: "\\") && byte(1) == UInt8(ascii: "(") ? 2 : nil
    case .python, .csharp:
      return holes == true && first == UInt8(ascii: "{") && byte(1) != UInt8(ascii: "{") ? 1 : nil
    default: return nil
    }
  }

  private mutating func string(
    open: Int, close: String, raw: Bool, multiline: Bool, doubled: Bool = false, holes: Bool? = nil,
    keepsBackslash: Bool = false
  ) {
    let start = at
    let startLine = line
    let column = Int32(start - lineStart + 1)
    let quote = bytes[at + open - 1]
    let end = Array(close.utf8)
    at += open
    var value: [UInt8] = []
    var hasHoles = false
    scan: while at < bytes.count {
      let byte = bytes[at]
      if byte == end[0], at + end.count <= bytes.count, bytes[at..<at + end.count].elementsEqual(end) {
        if doubled, self.byte(1) == end[0] {
          value.append(byte)
          at += 2
          continue
        }
        at += end.count
        break
      }
      if byte == 0x0A {
        if !multiline { break }
        newline()
      }
      if let length = holeOpening(holes, quote: quote) {
        hasHoles = true
        hole(opening: length, into: &value)
        continue
      }
      if language == .kotlin || language == .php, byte == UInt8(ascii: "$"), quote == UInt8(ascii: "\""),
        Lexer.continuesWord(self.byte(1)), !(0x30...0x39).contains(self.byte(1))
      {
        hasHoles = true
        value.append(1)
        at += 1
        while at < bytes.count, Lexer.continuesWord(bytes[at]) {
          value.append(bytes[at])
          at += 1
        }
        value.append(2)
        continue
      }
      if byte == UInt8(ascii: "\\"), !raw || keepsBackslash {
        escape(into: &value, keeps: keepsBackslash, quote: quote)
        continue
      }
      // {{ in a format string is one brace.
      if holes == true, language == .python || language == .csharp, byte == self.byte(1),
        byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
      {
        at += 1
      }
      value.append(byte)
      at += 1
    }
    add(
      .string, String(decoding: value, as: UTF8.self), from: start, line: startLine, column: column,
      hasHoles: hasHoles)
  }

  private mutating func escape(into value: inout [UInt8], keeps: Bool, quote: UInt8) {
    let next = byte(1)
    if next == 0x0A {
      at += 1
      newline()
      at += 1
      return
    }
    at += min(2, bytes.count - at)
    guard !keeps else {
      value.append(UInt8(ascii: "\\"))
      if next != 0 { value.append(next) }
      return
    }
    switch next {
    case UInt8(ascii: "n"): value.append(0x0A)
    case UInt8(ascii: "t"): value.append(0x09)
    case UInt8(ascii: "r"): value.append(0x0D)
    case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"), UInt8(ascii: "`"),
      UInt8(ascii: "$"), UInt8(ascii: "#"):
      value.append(next)
    case 0: break
    default:
      // An escape that means something in a pattern, such as \d, is kept.
      value.append(UInt8(ascii: "\\"))
      value.append(next)
    }
  }

  /// Code inside a string: its text goes into the value between U+0001 and U+0002.
  private mutating func hole(opening length: Int, into value: inout [UInt8]) {
    let closing = bytes[at + length - 1] == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "}")
    let opening = closing == UInt8(ascii: ")") ? UInt8(ascii: "(") : UInt8(ascii: "{")
    value.append(1)
    if language == .php { at += 1 } else { at += length }
    var depth = 1
    var quote: UInt8 = 0
    while at < bytes.count {
      let byte = bytes[at]
      if quote != 0 {
        if byte == UInt8(ascii: "\\") {
          at += 2
          continue
        }
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`") {
        quote = byte
      } else if byte == opening {
        depth += 1
      } else if byte == closing {
        depth -= 1
        if depth == 0 {
          at += 1
          break
        }
      }
      if byte == 0x0A {
        newline()
      } else if byte > 2 {
        value.append(byte)
      }
      at += 1
    }
    at = min(at, bytes.count)
    value.append(2)
  }

  // MARK: Regular expressions

  private static let wordsBeforeRegex: Set<String> = [
    "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "do", "else", "if", "unless", "when",
    "and", "or", "not", "while", "until", "yield", "await",
  ]

  private var startsRegex: Bool {
    guard let last = tokens.last else { return true }
    switch last.kind {
    case .mark: return !(last.text == ")" || last.text == "]" || last.text == "}" || last.text == "++")
    case .word:
      if Lexer.wordsBeforeRegex.contains(last.text) { return true }
      return language == .ruby && spaceBefore && byte(1) != 0x20 && byte(1) != UInt8(ascii: "=")
    default: return false
    }
  }

  private mutating func regex() -> Bool {
    var end = at + 1
    var inClass = false
    while end < bytes.count, end - at < Lexer.longestRegex {
      let byte = bytes[end]
      if byte == 0x0A { return false }
      if byte == UInt8(ascii: "\\") {
        end += 2
        continue
      }
      if byte == UInt8(ascii: "[") { inClass = true }
      if byte == UInt8(ascii: "]") { inClass = false }
      if byte == UInt8(ascii: "/"), !inClass || language == .ruby { break }
      end += 1
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "/") else { return false }
    let start = at
    let text = String(decoding: bytes[at + 1..<end], as: UTF8.self)
    at = end + 1
    while at < bytes.count, Lexer.continuesWord(bytes[at]) { at += 1 }
    add(.regex, text, from: start)
    return true
  }

  // MARK: Ruby, PHP and Elixir

  private static func closing(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "("): UInt8(ascii: ")")
    case UInt8(ascii: "["): UInt8(ascii: "]")
    case UInt8(ascii: "{"): UInt8(ascii: "}")
    case UInt8(ascii: "<"): UInt8(ascii: ">")
    default: byte
    }
  }

  /// The text up to the closing delimiter, which nests if it is a bracket. Stands at the opening one.
  private mutating func delimited() -> String {
    let open = byte()
    let close = Lexer.closing(open)
    at += 1
    var depth = 1
    var value: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\\") {
        value += bytes[at..<min(at + 2, bytes.count)]
        if self.byte(1) == 0x0A { newline() }
        at = min(at + 2, bytes.count)
        continue
      }
      if byte == close {
        depth -= 1
        if depth == 0 {
          at += 1
          break
        }
      } else if byte == open {
        depth += 1
      }
      if byte == 0x0A { newline() }
      value.append(byte)
      at += 1
    }
    return String(decoding: value, as: UTF8.self)
  }

  private mutating func percentLiteral() -> Bool {
    let isOperator = tokens.last.map { $0.kind != .mark || [")", "]", "}"].contains($0.text) } ?? false
    var length = 1
    if [
      UInt8(ascii: "w"), UInt8(ascii: "W"), UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "q"),
      UInt8(ascii: "Q"), UInt8(ascii: "r"), UInt8(ascii: "s"), UInt8(ascii: "x"),
    ].contains(byte(1)) {
      length = 2
    }
    let open = byte(length)
    guard open > 0x20, !Lexer.continuesWord(open), open != UInt8(ascii: "=") || length == 2 else { return false }
    // `a % b` and `a %w` are told apart by the space.
    if isOperator, !spaceBefore || length == 1 { return false }
    let kind = length == 2 ? byte(1) : UInt8(ascii: "Q")
    let start = at
    let startLine = line
    let column = Int32(start - lineStart + 1)
    at += length
    let text = delimited()
    switch kind {
    case UInt8(ascii: "w"), UInt8(ascii: "W"), UInt8(ascii: "i"), UInt8(ascii: "I"):
      add(.mark, "[", from: start, line: startLine, column: column)
      for (number, item) in text.split(whereSeparator: \.isWhitespace).enumerated() {
        if number > 0 { add(.mark, ",", from: start, line: startLine, column: column) }
        add(.string, String(item), from: start, line: startLine, column: column)
      }
      add(.mark, "]", from: start, line: startLine, column: column)
    case UInt8(ascii: "r"):
      while at < bytes.count, Lexer.continuesWord(bytes[at]) { at += 1 }
      add(.regex, text, from: start, line: startLine, column: column)
    default: add(.string, text, from: start, line: startLine, column: column)
    }
    return true
  }

  private mutating func rubyHeredoc() -> Bool {
    var length = 2
    let indented = byte(2) == UInt8(ascii: "~") || byte(2) == UInt8(ascii: "-")
    if indented { length = 3 }
    let quote = [UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`")].contains(byte(length)) ? byte(length) : 0
    if quote != 0 { length += 1 }
    let begin = at + length
    var end = begin
    while end < bytes.count, Lexer.continuesWord(bytes[end]) { end += 1 }
    guard end > begin, indented || quote != 0 || (0x41...0x5A).contains(bytes[begin]) else { return false }
    if quote != 0 { guard end < bytes.count, bytes[end] == quote else { return false } }
    let word = Array(bytes[begin..<end])
    let start = at
    at = end + (quote != 0 ? 1 : 0)
    add(.string, "", from: start)
    pending.append((tokens.count - 1, word, indented, quote == UInt8(ascii: "'")))
    return true
  }

  /// The texts of the heredocs that the line before announced.
  private mutating func readHeredocs() {
    for heredoc in pending {
      let begin = at
      var end = at
      while at < bytes.count {
        let lineBegin = at
        skipLine()
        let text = bytes[lineBegin..<at]
        let trimmed = heredoc.indented ? text.drop(while: { $0 == 0x20 || $0 == 0x09 }) : text
        let isEnd = (trimmed.last == 0x0D ? trimmed.dropLast() : trimmed).elementsEqual(heredoc.word)
        end = isEnd ? lineBegin : at
        if at < bytes.count {
          newline()
          at += 1
        }
        if isEnd { break }
      }
      tokens[heredoc.token].text = String(decoding: bytes[begin..<max(begin, end)], as: UTF8.self)
    }
    pending.removeAll()
  }

  private mutating func phpHeredoc() -> Bool {
    var begin = at + 3
    while begin < bytes.count, bytes[begin] == 0x20 { begin += 1 }
    let quoted = begin < bytes.count && (bytes[begin] == UInt8(ascii: "'") || bytes[begin] == UInt8(ascii: "\""))
    if quoted { begin += 1 }
    var end = begin
    while end < bytes.count, Lexer.continuesWord(bytes[end]) { end += 1 }
    guard end > begin else { return false }
    let word = bytes[begin..<end]
    let start = at
    let startLine = line
    let column = Int32(start - lineStart + 1)
    at = end
    while at < bytes.count, bytes[at] != 0x0A { at += 1 }
    let textBegin = min(at + 1, bytes.count)
    var textEnd = textBegin
    while at < bytes.count {
      newline()
      at += 1
      let lineBegin = at
      while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
      if bytes[at..<min(at + word.count, bytes.count)].elementsEqual(word), !Lexer.continuesWord(byte(word.count)) {
        textEnd = lineBegin
        at += word.count
        break
      }
      while at < bytes.count, bytes[at] != 0x0A { at += 1 }
      textEnd = at
    }
    let text = String(decoding: bytes[textBegin..<max(textBegin, textEnd)], as: UTF8.self)
    add(.string, text, from: start, line: startLine, column: column)
    return true
  }

  private mutating func sigil() -> Bool {
    var length = 1
    while (0x61...0x7A).contains(byte(length) | 0x20), length < 8 { length += 1 }
    guard length > 1, byte(length) > 0x20 else { return false }
    let open = byte(length)
    guard "\"'([{<|/".utf8.contains(open) else { return false }
    let kind = byte(1) | 0x20
    let start = at
    let startLine = line
    let column = Int32(start - lineStart + 1)
    if open == byte(length + 1), open == byte(length + 2), open == 0x22 || open == 0x27 {
      at += length - 1
      string(
        open: 4, close: open == 0x22 ? "\"\"\"" : "'''", raw: true, multiline: true)
      return true
    }
    at += length
    let text = delimited()
    while at < bytes.count, (0x61...0x7A).contains(bytes[at]) { at += 1 }
    if kind == UInt8(ascii: "w") {
      add(.mark, "[", from: start, line: startLine, column: column)
      for (number, item) in text.split(whereSeparator: \.isWhitespace).enumerated() {
        if number > 0 { add(.mark, ",", from: start, line: startLine, column: column) }
        add(.string, String(item), from: start, line: startLine, column: column)
      }
      add(.mark, "]", from: start, line: startLine, column: column)
    } else {
      add(kind == UInt8(ascii: "r") ? .regex : .string, text, from: start, line: startLine, column: column)
    }
    return true
  }
}

import TestSupport
import Testing

@testable import Terminal

@Suite struct KeyDecoderTests {
  private func keys(_ bytes: [UInt8]) -> [Key] {
    var decoder = KeyDecoder()
    return decoder.feed(bytes) + decoder.flush()
  }

  /// `^` stands for ESC.
  private func keys(_ text: String) -> [Key] { keys(text.utf8.map { $0 == UInt8(ascii: "^") ? 0x1B : $0 }) }

  static let sequences: [(String, [Key])] = [
    ("aé漢😀", [.text("a"), .text("é"), .text("漢"), .text("😀")]), ("e\u{301}", [.text("e"), .text("\u{301}")]),
    ("\r", [.enter]), ("\n", [.enter]), ("\t", [.tab]), ("\u{7F}", [.backspace]), ("\u{8}", [.backspace]),
    ("\u{3}", [.control("c")]), ("\u{1A}", [.control("z")]), ("\u{1C}", [.control("\\")]), ("\0", [.control("@")]),
    // xterm, its application mode, the Linux console, rxvt.
    ("^[A^[B^[C^[D", [.up, .down, .right, .left]), ("^OA^OB^OC^OD", [.up, .down, .right, .left]),
    ("^[H^[F", [.home, .end]), ("^OH^OF", [.home, .end]), ("^[1~^[4~", [.home, .end]), ("^[7~^[8~", [.home, .end]),
    ("^[3~^[5~^[6~", [.delete, .pageUp, .pageDown]), ("^[Z", [.backTab]), ("^OM", [.enter]),
    ("^Op^Oy", [.text("0"), .text("9")]),
    ("^[1;5D^[1;5C", [.wordLeft, .wordRight]), ("^[1;3D^[1;2D", [.wordLeft, .left]), ("^O5D", [.wordLeft]),
    ("^Od^Oc", [.wordLeft, .wordRight]), ("^[d^[c", [.left, .right]), ("^^[D^^OC", [.wordLeft, .wordRight]),
    ("^[3$x", [.delete, .text("x")]), ("^[3^[A", [.up]), ("^[3;5~", [.delete]),
    // Alt, and Escape before another key.
    ("^b^f^d", [.alt("b"), .alt("f"), .alt("d")]), ("^é", [.alt("é")]), ("^\u{7F}", [.alt("\u{7F}")]),
    ("^", [.escape]), ("^^", [.escape, .escape]), ("^\r", [.escape, .enter]), ("^\u{3}", [.escape, .control("c")]),
    ("^^b", [.escape, .alt("b")]), ("^[", [.alt("[")]), ("^O", [.alt("O")]), ("^]", [.alt("]")]), ("^P", [.alt("P")]),
    // kitty, modifyOtherKeys.
    ("^[13u^[27u^[9;2u^[9u", [.enter, .escape, .backTab, .tab]), ("^[13;2u", [.enter]), ("^[127u", [.backspace]),
    ("^[99;5u^[27;5;99~", [.control("c"), .control("c")]), ("^[97;3u", [.alt("a")]),
    ("^[97u^[97;2u", [.text("a"), .text("A")]),
    ("^[97:65;2u", [.text("A")]), ("^[97;1:3u^[1;1:3A", []), ("^[57441;2u", []),
    ("^[0u^[1114112u^[99999999999999999999u", []),
    // Paste.
    ("^[200~a\r\nb^[A^[20^[201~c", [.paste("a\nb\u{1B}[A\u{1B}[20"), .text("c")]), ("^[200~^[201~", [.paste("")]),
    ("^[201~x", [.text("x")]), ("^[200~a\u{3}", [.control("c")]),
    // What is no key: function keys, mouse, focus, replies, strings.
    ("^OP^[15~^[[Ax", [.text("x")]), ("^[<0;10;5Mx^[<0;10;5mx", [.text("x"), .text("x")]), ("^[M !!x", [.text("x")]),
    ("^[I^[Ox", [.text("x")]), ("^[12;40Rx", [.text("x")]), ("^[?62;4cx", [.text("x")]), ("^[?2026;2$yx", [.text("x")]),
    ("^]11;rgb:0000/0000/0000^\\x", [.text("x")]), ("^]0;t\u{7}x", [.text("x")]), ("^P>|xterm^\\x", [.text("x")]),
    ("^[12\u{18}x", [.text("x")]), ("^[12\u{3}x", [.control("c"), .text("x")]), ("^[1;5", []),
  ]

  @Test(arguments: sequences)
  func decodes(_ row: (typed: String, keys: [Key])) {
    #expect(keys(row.typed) == row.keys, "\(row.typed)")
  }

  @Test(
    arguments: [
      ([0xFF], [.unreadable]), ([0x80, 0x61], [.unreadable, .text("a")]), ([0xC3], [.unreadable]),
      ([0xC0, 0x80], [.unreadable, .unreadable]), ([0xE2, 0x82, 0x61], [.unreadable, .text("a")]),
      ([0xED, 0xA0, 0x80], [.unreadable, .unreadable, .unreadable]), ([0xC2, 0x9B, 0x41], [.unreadable, .text("A")]),
      ([0xF4, 0x90, 0x80, 0x80], [.unreadable, .unreadable, .unreadable, .unreadable]),
      ([0xC3, 0x0D], [.unreadable, .enter]),
    ] as [([UInt8], [Key])])
  func reportsBytesThatAreNotText(_ row: (bytes: [UInt8], keys: [Key])) {
    #expect(keys(row.bytes) == row.keys)
  }

  @Test func waitsForTheRestOfASequence() {
    var decoder = KeyDecoder()
    var keys: [[Key]] = []
    var waiting: [Bool] = []
    for bytes in [[0x1B], [0x5B], [0x31], [], Array(";5D".utf8), [0xE6, 0xBC], []] {
      keys.append(bytes.isEmpty ? decoder.flush() : decoder.feed(bytes))
      waiting.append(decoder.isWaiting)
    }
    // No key begins with three bytes like these: the rest comes, however late.
    #expect(keys == [[], [], [], [], [.wordLeft], [], [.unreadable]])
    #expect(waiting == [true, true, false, false, false, true, false])
  }

  @Test func decodesTheSameHoweverItIsCut() {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<size(2_000, full: 20_000) {
      let bytes = Self.stream(&generator)
      var whole = KeyDecoder()
      var cut = KeyDecoder()
      let expected = whole.feed(bytes)
      var found: [Key] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...5, using: &generator))
        rest = rest.dropFirst(piece.count)
        found += cut.feed(piece)
      }
      #expect(found == expected)
      let tails = (cut.flush(), whole.flush())
      #expect(tails.0 == tails.1)
    }
  }

  /// Random bytes, with sequences that mean something among them.
  private static func stream(_ generator: inout SeededGenerator) -> [UInt8] {
    (0..<Int.random(in: 1...12, using: &generator)).flatMap { _ -> [UInt8] in
      switch Int.random(in: 0...3, using: &generator) {
      case 0: [UInt8.random(in: 0...255, using: &generator)]
      case 1: [0x1B, UInt8.random(in: 0x20...0x7E, using: &generator)]
      default: sequences.randomElement(using: &generator)?.0.utf8.map { $0 == UInt8(ascii: "^") ? 0x1B : $0 } ?? []
      }
    }
  }

  @Test func makesNoControlOfRandomBytes() {
    var generator = SeededGenerator(seed: 34)
    var decoder = KeyDecoder()
    let bytes = (0..<size(1 << 16, full: 1 << 20)).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for key in decoder.feed(bytes) {
      guard case .text(let text) = key else { continue }
      #expect(text.unicodeScalars.count == 1 && !text.unicodeScalars.contains { $0.isControl })
    }
  }

  @Test func holdsLittle() {
    var decoder = KeyDecoder()
    let big = [UInt8](repeating: UInt8(ascii: "1"), count: 1 << 20)
    let short = decoder.feed(Array("\u{1B}[".utf8) + big + Array("Ax".utf8))
    #expect(short == [.text("x")])
    let umlauts = [UInt8]("x".utf8) + Array(String(repeating: "ä", count: 1 << 16).utf8)
    let keys = decoder.feed(Array("\u{1B}[200~".utf8) + umlauts + Array("\u{1B}[201~y".utf8))
    #expect(keys.count == 2 && keys.last == .text("y"))
    guard case .paste(let text) = keys.first else {
      Issue.record("no paste")
      return
    }
    #expect(text.utf8.count == KeyDecoder.longestPaste - 1 && text.hasSuffix("ä"))
  }
}

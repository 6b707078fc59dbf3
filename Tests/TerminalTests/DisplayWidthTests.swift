import Foundation
import TestSupport
import Testing

@testable import Terminal

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("plain", 5), ("漢字", 4), ("e\u{301}", 1), ("\u{E9}", 1), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("🇩", 1),
    ("❤\u{FE0F}", 2), ("❤", 1), ("👍🏽", 2), ("1\u{FE0F}\u{20E3}", 2), ("ﾊﾟ", 2), ("น้ำ", 2), ("क्षि", 3), ("한글", 4),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("。", 2), ("…", 1), ("→", 1), ("a\tb\u{1B}", 2), ("\r\n", 0), ("\u{200B}", 0),
    ("…日本", 5), ("✓", 1), ("✅", 2), ("\u{AD}", 1), ("✗›│─", 4),
  ])
  func measures(_ row: (text: String, width: Int)) {
    #expect(DisplayWidth.of(row.text) == row.width, "\(row.text)")
  }

  @Test(arguments: [
    ("plain", 5, "plain"), ("plain", 4, "pla…"), ("plain", 1, "…"), ("plain", 0, ""), ("plain", -1, ""),
    ("漢字", 3, "漢…"),
    ("漢字", 2, "…"), ("ae\u{301}bc", 3, "ae\u{301}…"), ("x👩‍👩‍👧yz", 3, "x…"), ("", 0, ""),
  ])
  func fits(_ row: (text: String, width: Int, fitted: String)) {
    #expect(DisplayWidth.fitted(row.text, row.width) == row.fitted)
  }

  @Test(arguments: [
    ("a few  words\n here", 6, ["a few", "words", "here"]), ("", 5, []), (" \n ", 5, []),
    ("unbreakable", 4, ["unbr", "eaka", "ble"]), ("a unbreakable", 4, ["a", "unbr", "eaka", "ble"]),
    ("漢字かな交じり", 5, ["漢字", "かな", "交じ", "り"]), ("漢字。かな", 6, ["漢字。", "かな"]), ("see 漢字", 6, ["see 漢", "字"]),
    ("ab", 0, ["a", "b"]), ("漢", 1, ["漢"]), ("e\u{301}e\u{301}e\u{301}", 2, ["e\u{301}e\u{301}", "e\u{301}"]),
  ])
  func wraps(_ row: (text: String, width: Int, lines: [String])) {
    #expect(row.text.wrapped(row.width) == row.lines)
  }

  @Test func losesNothingInWrapping() {
    var generator = SeededGenerator(seed: 13)
    let pieces = ["a", "word", " ", "  ", "漢", "。", "（", "👩‍👩‍👧", "e\u{301}", "-"]
    for _ in 0..<size(1_000, full: 10_000) {
      let count = Int.random(in: 0...40, using: &generator)
      let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      let width = Int.random(in: 2...20, using: &generator)
      let lines = text.wrapped(width)
      #expect(lines.allSatisfy { DisplayWidth.of($0) <= width && !$0.isEmpty && $0.first != " " && $0.last != " " })
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
  }

  #if canImport(Glibc)
    /// Where the C library differs, and why.
    static let explained: [ClosedRange<UInt32>] = [
      // Ambiguous in Unicode and narrow in terminals; the GNU library makes them wide by hand.
      0x3248...0x324F,
      // A spacing mark since Unicode 14, like others of its kind that take a column.
      0x1171E...0x1171E,
      // Wide since Unicode 16 only, and in few terminals so far.
      0x2630...0x2637, 0x268A...0x268F, 0x1D300...0x1D376,
    ]

    @Test func agreesWithTheCLibrary() throws {
      let locale = try #require(newlocale(1 << LC_CTYPE, "C.UTF-8", nil))
      let former = uselocale(locale)
      defer {
        uselocale(former)
        freelocale(locale)
      }
      // The header hides it from Swift.
      let symbol = try #require(dlsym(nil, "wcwidth"))
      let wcwidth = unsafeBitCast(symbol, to: (@convention(c) (wchar_t) -> Int32).self)
      var differing: [String] = []
      for value in UInt32(0x20)...0x10FFFF {
        guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned else { continue }
        let expected = Int(wcwidth(wchar_t(value)))
        // The C library may know an older Unicode, and gives controls no width.
        guard expected >= 0, DisplayWidth.of(scalar) != expected,
          !Self.explained.contains(where: { $0.contains(value) })
        else { continue }
        differing.append("U+\(String(value, radix: 16)): \(expected) in C, \(DisplayWidth.of(scalar)) here")
      }
      #expect(differing == [])
    }
  #endif
}

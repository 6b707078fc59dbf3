import TestSupport
import Testing

@testable import Terminal

@Suite struct TextFieldTests {
  /// The text with `|` at the cursor.
  private func shown(_ field: TextField) -> String {
    var field = field
    _ = field.handle(.text("|"))
    return field.text
  }

  static let table: [(keys: [Key], shown: String)] = [
    ([], "ab cd|"), ([.left], "ab c|d"), ([.home], "|ab cd"), ([.home, .right], "a|b cd"), ([.home, .left], "|ab cd"),
    ([.right], "ab cd|"), ([.home, .end], "ab cd|"), ([.control("a")], "|ab cd"),
    ([.control("a"), .control("e")], "ab cd|"),
    ([.control("b"), .control("b"), .control("f")], "ab c|d"), ([.backspace], "ab c|"), ([.control("h")], "ab c|"),
    ([.home, .backspace], "|ab cd"), ([.home, .delete], "|b cd"), ([.home, .control("d")], "|b cd"),
    ([.delete], "ab cd|"),
    ([.wordLeft], "ab |cd"), ([.wordLeft, .wordLeft], "|ab cd"), ([.home, .wordRight], "ab| cd"),
    ([.alt("b")], "ab |cd"),
    ([.home, .alt("f"), .alt("f")], "ab cd|"), ([.left, .control("k")], "ab c|"), ([.left, .control("u")], "|d"),
    ([.control("w")], "ab |"), ([.control("w"), .control("w")], "|"), ([.home, .alt("d")], "| cd"),
    ([.alt("\u{7F}")], "ab |"),
    ([.text("é")], "ab cdé|"), ([.text("e"), .text("\u{301}"), .left], "ab cd|é"),
    ([.text("🇩"), .text("🇪"), .backspace], "ab cd|"),
    ([.home, .paste("1\r\n2\t3\u{1B}[A\u{202E}")], "1 2 3[A|ab cd"), ([.text("\u{7}")], "ab cd|"),
  ]

  @Test(arguments: table)
  func edits(_ row: (keys: [Key], shown: String)) {
    var field = TextField("ab cd")
    for key in row.keys {
      let isEditing = field.handle(key)
      #expect(isEditing)
    }
    #expect(shown(field) == row.shown)
  }

  @Test func knowsWhichKeysAreForEditing() {
    var field = TextField()
    for key: Key in [.enter, .tab, .up, .down, .escape, .control("c"), .control("d"), .alt("x"), .unreadable, .pageUp] {
      let isEditing = field.handle(key)
      #expect(!isEditing)
    }
    #expect(field.text.isEmpty)
    _ = field.handle(.text("a"))
    let isEditing = field.handle(.control("d"))
    #expect(isEditing)
  }

  /// A mark that joins with the letter before the cursor must not leave the cursor inside a character.
  @Test func staysBetweenCharacters() {
    var field = TextField("ab")
    _ = field.handle(.left)
    _ = field.handle(.text("\u{301}"))
    #expect(shown(field) == "a\u{301}|b")
    field = TextField("🇩x🇪")
    _ = field.handle(.left)
    _ = field.handle(.backspace)
    #expect(shown(field) == "🇩🇪|")
  }

  @Test(arguments: [
    ("abc", 0, 10, "abc", 3), ("abcdefghij", 0, 10, "…cdefghij", 9), ("abcdefghij", 1, 10, "abcdefghij", 9),
    ("abcdefghijklmno", 15, 10, "abcdefghi…", 0), ("", 0, 5, "", 0), ("", 0, 0, "", 0), ("abc", 0, 1, "", 0),
    ("漢字漢字漢字", 0, 8, "…字漢字", 7), ("abcdefghijklmno", 8, 10, "abcdefghi…", 7),
    ("abcdefghijklmno", 5, 10, "…efghijkl…", 7),
  ])
  func scrolls(_ row: (text: String, left: Int, width: Int, shown: String, cursor: Int)) {
    var field = TextField(row.text)
    for _ in 0..<row.left { _ = field.handle(.left) }
    let window = field.window(row.width)
    #expect(window.shown == row.shown && window.cursor == row.cursor, "\(window)")
  }

  @Test func alwaysShowsTheCursor() {
    var generator = SeededGenerator(seed: 5)
    let pieces = ["a", "é", "e\u{301}", "漢", "👩‍👩‍👧", "🇩🇪", " ", "ﾊﾟ", "क्षि"]
    let moves: [Key] = [.left, .right, .home, .end, .wordLeft, .wordRight, .backspace, .delete]
    for _ in 0..<size(500, full: 5_000) {
      var field = TextField()
      for _ in 0..<Int.random(in: 0...40, using: &generator) {
        let isMove = Int.random(in: 0...2, using: &generator) == 0
        let key =
          isMove ? moves.randomElement(using: &generator) : pieces.randomElement(using: &generator).map(Key.text)
        _ = field.handle(key ?? .left)
        let width = Int.random(in: 0...24, using: &generator)
        let (shown, cursor) = field.window(width)
        #expect(DisplayWidth.of(shown) <= width)
        #expect(cursor == 0 || cursor < width)
        // Before the cursor stands what stands before it in the text.
        let marked = self.shown(field)
        let before = marked.prefix { $0 != "|" }
        var columns = 0
        let seen = shown.prefix { character in
          columns += DisplayWidth.of(character)
          return columns <= cursor
        }
        #expect(before.hasSuffix(seen.hasPrefix("…") ? seen.dropFirst() : seen), "\(marked) \(shown) \(cursor)")
      }
    }
  }
}

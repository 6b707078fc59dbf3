/// A line of text that is being edited, with a cursor. It moves by whole characters, as a person sees them.
public struct TextField: Hashable, Sendable {
  /// More than this many bytes of UTF-8 are not taken.
  public static let longest = 1 << 16

  public private(set) var text: String
  /// Where the cursor stands: bytes of UTF-8 before it, always between two characters.
  private var position: Int

  /// The cursor stands after the text.
  public init(_ text: String = "") {
    self.text = text.safe
    position = self.text.utf8.count
  }

  /// Edits the text or moves the cursor.
  ///
  /// - Returns: whether it was a key for editing, even if it changed nothing. Control-D in an empty field is none.
  public mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .text(let text), .paste(let text): insert(text)
    case .left, .control("b"): position = characterBefore
    case .right, .control("f"): position = characterAfter
    case .home, .control("a"): position = 0
    case .end, .control("e"): position = text.utf8.count
    case .wordLeft, .alt("b"): position = wordBefore
    case .wordRight, .alt("f"): position = wordAfter
    case .backspace, .control("h"): remove(characterBefore..<position)
    case .control("d") where text.isEmpty: return false
    case .delete, .control("d"): remove(position..<characterAfter)
    case .control("k"): remove(position..<text.utf8.count)
    case .control("u"): remove(0..<position)
    case .control("w"): remove(spacedWordBefore..<position)
    case .alt("\u{7F}"): remove(wordBefore..<position)
    case .alt("d"): remove(position..<wordAfter)
    default: return false
    }
    return true
  }

  /// What of the text is to be seen in `width` columns, with `…` where more follows or goes before, and the cursor's
  /// column in it, which is always less than `width` (0 if there are none).
  public func window(_ width: Int) -> (shown: String, cursor: Int) {
    let before = Array(head)
    let after = Array(tail)
    let column = before.reduce(0) { $0 + DisplayWidth.of($1) }
    let rest = after.reduce(0) { $0 + DisplayWidth.of($1) }
    // The cursor can stand after the last character.
    if column + max(rest, 1) <= width { return (text, column) }
    let marks = width >= 4 ? 1 : 0
    // Room before the cursor: enough to see what is edited, and all that what follows does not need.
    var room = max(width * 3 / 4, width - 1 - rest)
    if column > room { room -= marks }
    var start = before.count
    var cursor = 0
    while start > 0, cursor + DisplayWidth.of(before[start - 1]) <= room {
      start -= 1
      cursor += DisplayWidth.of(before[start])
    }
    let left = start > 0 && marks > 0 ? "…" : ""
    cursor += left.count
    guard cursor < width else { return ("", 0) }
    var shown = left + String(before[start...])
    if cursor + rest <= width { return (shown + String(after), cursor) }
    var columns = cursor
    for character in after {
      columns += DisplayWidth.of(character)
      guard columns <= width - marks else { break }
      shown.append(character)
    }
    return (marks > 0 ? shown + "…" : shown, cursor)
  }

  // MARK: Editing

  private var head: Substring { text[..<text.utf8.index(text.startIndex, offsetBy: position)] }
  private var tail: Substring { text[text.utf8.index(text.startIndex, offsetBy: position)...] }

  private mutating func insert(_ typed: String) {
    let typed = typed.safe
    guard text.utf8.count + typed.utf8.count <= TextField.longest else { return }
    let before = String(head)
    text = before + typed + tail
    place(before.utf8.count + typed.utf8.count)
  }

  private mutating func remove(_ range: Range<Int>) {
    let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
    let end = text.utf8.index(text.startIndex, offsetBy: range.upperBound)
    text = String(text[..<start]) + String(text[end...])
    place(range.lowerBound)
  }

  /// Puts the cursor at the next border of characters: what is typed or left may join with what stands beside it.
  private mutating func place(_ offset: Int) {
    position = 0
    for character in text {
      guard position < offset else { break }
      position += character.utf8.count
    }
  }

  private var characterBefore: Int { position - (head.last?.utf8.count ?? 0) }
  private var characterAfter: Int { position + (tail.first?.utf8.count ?? 0) }

  private var wordBefore: Int { position - TextField.length(head.reversed(), \.isWordPart) }
  private var wordAfter: Int { position + TextField.length(tail, \.isWordPart) }
  private var spacedWordBefore: Int { position - TextField.length(head.reversed()) { !$0.isWhitespace } }

  /// Bytes up to the end of the next word in the direction of the characters.
  private static func length(_ characters: some Sequence<Character>, _ isPart: (Character) -> Bool) -> Int {
    var length = 0
    var isInWord = false
    for character in characters {
      if isPart(character) { isInWord = true } else if isInWord { break }
      length += character.utf8.count
    }
    return length
  }
}

extension Character {
  fileprivate var isWordPart: Bool { isLetter || isNumber }
}

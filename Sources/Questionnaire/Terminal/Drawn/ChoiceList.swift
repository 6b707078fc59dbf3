internal import Terminal

/// Rows to choose from, by arrows, vi keys, numbers, or by typing what to look for. Taller lists than the terminal
/// scroll.
struct ChoiceList: Hashable {
  struct Item: Hashable {
    /// What choosing it answers.
    var id: String
    var label: StyledText
    /// What typing looks for, beside the id.
    var words: String
    /// Whether it stands alone among many: none of them, not known.
    var isExclusive = false
    /// Whether a number reaches it.
    var isNumbered = true
  }

  let items: [Item]
  /// Whether several may be chosen.
  let isMultiple: Bool
  private(set) var ticked: Set<String>
  /// Position in `items`.
  private(set) var cursor: Int
  private(set) var filter = ""
  /// Whether letters go to the filter, all of them: behind a slash.
  private(set) var isFiltering = false
  /// In lower case, to look in.
  private let texts: [(id: String, words: String)]

  init(_ items: [Item], isMultiple: Bool = false, ticked: Set<String> = [], at id: String? = nil) {
    self.items = items
    self.isMultiple = isMultiple
    self.ticked = ticked
    cursor = items.firstIndex { $0.id == id } ?? 0
    texts = items.map { ($0.id.lowercased(), $0.words.lowercased()) }
  }

  static func == (a: ChoiceList, b: ChoiceList) -> Bool {
    a.items == b.items && a.isMultiple == b.isMultiple && a.ticked == b.ticked && a.cursor == b.cursor
      && a.filter == b.filter && a.isFiltering == b.isFiltering
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(ticked)
    hasher.combine(cursor)
    hasher.combine(filter)
  }

  /// The rows that the filter leaves, those that begin with it first in line for the cursor.
  var visible: [Int] {
    guard !filter.isEmpty else { return Array(items.indices) }
    let wanted = filter.lowercased()
    return items.indices.filter { texts[$0].id.contains(wanted) || texts[$0].words.contains(wanted) }
  }

  var current: Item? { items.indices.contains(cursor) && visible.contains(cursor) ? items[cursor] : nil }

  /// What is chosen, in the order of the rows.
  var chosen: [String] { items.map(\.id).filter(ticked.contains) }

  /// - Returns: whether the key did something here.
  mutating func handle(_ key: Key) -> Bool {
    switch key {
    case .up, .control("p"): move(-1)
    case .down, .control("n"), .tab: move(1)
    case .pageUp: move(-10, wraps: false)
    case .pageDown: move(10, wraps: false)
    case .home: cursor = visible.first ?? cursor
    case .end: cursor = visible.last ?? cursor
    case .text(" ") where isMultiple && !isFiltering: tick()
    case .text(let text): type(text)
    case .paste(let text): for character in text where !character.isNewline { type(String(character)) }
    case .backspace, .control("h"):
      guard !filter.isEmpty else { return isFiltering ? leaveFilter() : false }
      filter.removeLast()
      settle()
    case .escape, .control("u"): return leaveFilter()
    default: return false
    }
    return true
  }

  private mutating func type(_ text: String) {
    if filter.isEmpty, !isFiltering {
      switch text {
      case "j": return move(1)
      case "k": return move(-1)
      case "g": return cursor = 0
      case "G": return cursor = max(0, items.count - 1)
      case "/": return isFiltering = true
      case ",": return
      default: break
      }
      if let number = Int(text), number > 0 {
        guard items.count(where: \.isNumbered) >= number else { return }
        cursor = number - 1
        if isMultiple { tick() }
        return
      }
    }
    // Between words typed one after another.
    if isMultiple, text == ",", !filter.isEmpty { return tick() }
    filter += text
    settle()
  }

  /// Ticks the row under the cursor, or takes the tick away; the filter has done its work then.
  mutating func tick() {
    guard isMultiple, let item = current else { return }
    if ticked.contains(item.id) {
      ticked.remove(item.id)
    } else if item.isExclusive {
      ticked = [item.id]
    } else {
      ticked.subtract(items.filter(\.isExclusive).map(\.id))
      ticked.insert(item.id)
    }
    _ = leaveFilter()
  }

  private mutating func leaveFilter() -> Bool {
    guard !filter.isEmpty || isFiltering else { return false }
    filter = ""
    isFiltering = false
    return true
  }

  private mutating func move(_ steps: Int, wraps: Bool = true) {
    let rows = visible
    guard !rows.isEmpty else { return }
    guard let place = rows.firstIndex(of: cursor) else { return cursor = rows[0] }
    let next = place + steps
    cursor = rows[wraps ? (next + rows.count) % rows.count : min(max(next, 0), rows.count - 1)]
  }

  /// The cursor goes to the row that fits best what was typed.
  private mutating func settle() {
    let rows = visible
    let wanted = filter.lowercased()
    let best =
      rows.first { texts[$0].id == wanted } ?? rows.first { texts[$0].id.hasPrefix(wanted) }
      ?? rows.first { texts[$0].words.hasPrefix(wanted) }
    if let best {
      cursor = best
    } else if !rows.contains(cursor), let first = rows.first {
      cursor = first
    }
  }

  // MARK: Drawing

  /// At most `height` lines of at most `width` columns.
  ///
  /// - Returns: the lines, and the row of the cursor among them.
  func lines(width: Int, height: Int) -> (lines: [StyledText], cursor: Int?) {
    let rows = visible
    var head: [StyledText] = []
    if isFiltering || !filter.isEmpty {
      let count = rows.isEmpty ? "nothing fits" : "\(rows.count) of \(items.count)"
      head = [StyledText("  looking for: ", .faint) + StyledText(filter, .accent) + StyledText("  (\(count))", .faint)]
    }
    let room = max(1, height - head.count)
    let place = rows.firstIndex(of: cursor) ?? 0
    // The rows around the cursor, and a line for what lies beyond each end.
    let isCut = rows.count > room
    let inner = isCut ? max(1, room - 2) : room
    let start = isCut ? min(max(0, place - inner / 2), rows.count - inner) : 0
    let shown = rows.dropFirst(start).prefix(inner)
    var body = shown.map { line($0, width: width) }
    var row = rows.isEmpty ? nil : place - start + head.count
    if isCut, room > 2 {
      body.insert(StyledText(start > 0 ? "    … \(start) above" : "", .faint), at: 0)
      let below = rows.count - start - shown.count
      body.append(StyledText(below > 0 ? "    … \(below) below" : "", .faint))
      row = row.map { $0 + 1 }
    }
    return (head + body, row)
  }

  private func line(_ index: Int, width: Int) -> StyledText {
    let item = items[index]
    let isHere = index == cursor
    var text = StyledText(isHere ? "› " : "  ", isHere ? .selected : .plain)
    if isMultiple { text += StyledText(ticked.contains(item.id) ? "[x] " : "[ ] ", isHere ? .selected : .plain) }
    text += isHere ? item.label.styled(.selected) : item.label
    return text.fitted(width)
  }
}

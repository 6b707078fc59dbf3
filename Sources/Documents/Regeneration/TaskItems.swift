/// An item of a task list that carries the id of a check: `- [ ] **SV-2 load-at-ten-times** …`. The id is the last word
/// of the first bold text.
struct TaskItem: Hashable {
  /// Up to the box.
  var prefix: String
  /// What stands in the box.
  var mark: Character
  /// Behind the box.
  var text: String
  var id: String
  /// The bold text with its marks.
  var label: String

  /// - Returns: nil for any other line.
  init?(_ line: Line) {
    guard let first = line.first, [0x2D, 0x2A, 0x2B].contains(first.byte), first.place + 4 < line.bytes.count,
      line.bytes[first.place + 2] == 0x5B
    else { return nil }
    let all = line.text
    let indent = all.prefix { $0 == " " || $0 == "\t" }
    var rest = all[indent.endIndex...]
    guard let bullet = rest.first, "-*+".contains(bullet), rest.dropFirst().hasPrefix(" [") else { return nil }
    rest = rest.dropFirst(3)
    guard let mark = rest.first, " xX".contains(mark), rest.dropFirst().hasPrefix("] ") else { return nil }
    let text = rest.dropFirst(3)
    guard let open = text.firstRange(of: "**"), let close = text[open.upperBound...].firstRange(of: "**"),
      let word = text[open.upperBound..<close.lowerBound].split(separator: " ").last
    else { return nil }
    let id = word.hasSuffix(":") ? word.dropLast() : word
    guard !id.isEmpty, id.utf8.allSatisfy({ 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D }) else { return nil }
    prefix = "\(indent)\(bullet) "
    self.mark = mark
    self.text = String(text)
    self.id = String(id)
    label = String(text[open.lowerBound..<close.upperBound])
  }

  var isTicked: Bool { mark != " " }

  func line(mark: Character, text: String) -> Line { Line("\(prefix)[\(mark)] \(text)") }
}

/// What a person did to an item: a tick, words on its line, lines below it.
struct Annotation {
  /// What was added to the item's own text.
  enum Words: Hashable {
    case none
    case before(String)
    case afterLabel(String)
    case behind(String)
    /// In place of the text behind the label: `N/A: reason`.
    case instead(String)
    /// The whole struck out, and what stands behind it.
    case struck(marks: String, behind: String)
    /// A wording that cannot be told from the generated one.
    case unclear(String)
  }

  /// As the person left it.
  var line: Line
  /// As it was generated.
  var reset: Line
  var mark: Character
  var words: Words
  var below: [Line]

  var isEmpty: Bool { mark == " " && words == .none && below.isBlank }

  /// Whether the person's words can be told from the generated ones.
  var isClear: Bool { if case .unclear = words { false } else { true } }

  /// - Parameter generated: the item as it was generated; nil where that is not known.
  init(_ item: TaskItem, line: Line, below: [Line], generated: TaskItem?) {
    self.line = line
    self.below = below
    mark = item.mark
    words = Annotation.words(item, generated)
    let source = if case .unclear = words { item } else { generated ?? item }
    reset = source.line(mark: " ", text: source.text)
  }

  /// For an item whose text turned out to be as it was generated.
  var untouched: Annotation {
    var other = self
    if !isClear { other.words = .none }
    return other
  }

  private static func words(_ item: TaskItem, _ generated: TaskItem?) -> Words {
    let text = Array(item.text.utf8)
    func string(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
    if let generated {
      let was = Array(generated.text.utf8)
      if text == was { return .none }
      if text.starts(with: was) { return .behind(string(text[was.count...])) }
      for marks in ["~~", "~"] where text.starts(with: Array((marks + generated.text + marks).utf8)) {
        return .struck(marks: marks, behind: string(text[(was.count + 2 * marks.utf8.count)...]))
      }
      if text.count > was.count, text.suffix(was.count).elementsEqual(was) {
        return .before(string(text.dropLast(was.count)))
      }
      let label = Array(generated.label.utf8)
      if text.count > was.count, was.starts(with: label), text.starts(with: label),
        text.suffix(was.count - label.count).elementsEqual(was.dropFirst(label.count))
      {
        return .afterLabel(string(text.dropFirst(label.count).dropLast(was.count - label.count)))
      }
    }
    let label = Array(item.label.utf8)
    let rest = text.dropFirst(label.count)
    if text.starts(with: label), string(rest.drop { $0 == 0x20 }.prefix(3)) == "N/A" { return .instead(string(rest)) }
    return .unclear(item.text)
  }

  /// The item as it is generated now, with what the person did.
  func lines(on item: TaskItem, line now: Line) -> [Line] {
    if now == reset { return [line] + below }
    let text: String
    var earlier: [Line] = []
    switch words {
    case .none: text = item.text
    case .before(let words): text = words + item.text
    case .afterLabel(let words):
      text =
        item.text.hasPrefix(item.label)
        ? item.label + words + item.text.dropFirst(item.label.count) : item.text + " " + words
    case .behind(let words): text = item.text + words
    case .instead(let words): text = item.label + words
    case .struck(let marks, let behind): text = marks + item.text + marks + behind
    case .unclear(let old):
      text = item.text
      if !old.utf8.elementsEqual(item.text.utf8) { earlier = [Line("  Earlier: \(old)")] }
    }
    return [item.line(mark: mark, text: text)] + earlier + below
  }
}

/// Items of a document, by id.
enum TaskItems {
  /// The items, each with whether lines belong to it; the first of each id.
  static func all(_ lines: [Line]) -> [String: (item: TaskItem, hasMore: Bool)] {
    var found: [String: (item: TaskItem, hasMore: Bool)] = [:]
    for index in lines.indices {
      guard let item = TaskItem(lines[index]), found[item.id] == nil else { continue }
      found[item.id] = (item, end(of: index, in: lines) > index + 1)
    }
    return found
  }

  /// The place behind the lines that belong to an item: those that are indented, also behind a blank line, and those
  /// that go on without one.
  static func end(of index: Int, in lines: [Line]) -> Int {
    var end = index + 1
    var next = end
    var afterBlank = false
    while next < lines.count {
      let line = lines[next]
      if line.isBlank {
        afterBlank = true
      } else if line.text.hasPrefix("  ") || line.text.hasPrefix("\t") {
        if Marker(line) != nil || TaskItem(line) != nil { break }
        end = next + 1
        afterBlank = false
      } else if !afterBlank, !startsBlock(line) {
        end = next + 1
      } else {
        break
      }
      next += 1
    }
    return end
  }

  private static func startsBlock(_ line: Line) -> Bool {
    let text = line.text
    if Marker(line) != nil || [ConflictLine.begin, ConflictLine.middle, ConflictLine.end].contains(text) {
      return true
    }
    if text.hasPrefix("#") || text.hasPrefix("```") || text.hasPrefix("~~~") || text.hasPrefix("|")
      || text.hasPrefix(">") || text.hasPrefix("<!--") || text.hasPrefix("---") || text.hasPrefix("***")
    {
      return true
    }
    if let first = text.first, "-*+".contains(first), text.dropFirst().hasPrefix(" ") { return true }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    return !digits.isEmpty
      && (text.dropFirst(digits.count).hasPrefix(". ") || text.dropFirst(digits.count).hasPrefix(") "))
  }

  /// Lines that stand in notes of a person are left alone.
  private static func inNotes(_ lines: [Line]) -> [Bool] {
    var inside = false
    return lines.map { line in
      if let marker = Marker(line) {
        if marker.kind == .notes { inside = true } else { inside = false }
      }
      return inside
    }
  }

  /// The lines with every item as it was generated, and what persons did to them, in the order of the text.
  /// - Parameter generated: the items that were asked for, and those that are.
  static func reset(
    _ lines: [Line], generated: [[String: (item: TaskItem, hasMore: Bool)]]
  ) -> (lines: [Line], annotations: [(id: String, annotation: Annotation)]) {
    var out: [Line] = []
    var annotations: [(id: String, annotation: Annotation)] = []
    var seen: Set<String> = []
    let noted = inNotes(lines)
    var index = 0
    while index < lines.count {
      let line = lines[index]
      let item = noted[index] ? nil : TaskItem(line)
      let known = item.map { item in generated.compactMap { $0[item.id] } } ?? []
      guard let item, !known.isEmpty, seen.insert(item.id).inserted else {
        out.append(line)
        index += 1
        continue
      }
      let end = known.contains(where: \.hasMore) ? index + 1 : end(of: index, in: lines)
      let below = Array(lines[(index + 1)..<end])
      let readings = known.map { Annotation(item, line: line, below: below, generated: $0.item) }
      let annotation = readings.first { $0.isClear } ?? readings[0]
      annotations.append((item.id, annotation))
      out.append(annotation.reset)
      index = end
    }
    return (out, annotations)
  }

  /// The lines with what persons did, and that for which there is no item any more.
  static func annotated(
    _ lines: [Line], with annotations: [(id: String, annotation: Annotation)]
  ) -> (lines: [Line], left: [(id: String, annotation: Annotation)]) {
    let byID = Dictionary(annotations.map { ($0.id, $0.annotation) }, uniquingKeysWith: { first, _ in first })
    var used: Set<String> = []
    var out: [Line] = []
    let noted = inNotes(lines)
    for (index, line) in lines.enumerated() {
      if !noted[index], let item = TaskItem(line), let annotation = byID[item.id], used.insert(item.id).inserted {
        out += annotation.lines(on: item, line: line)
      } else {
        out.append(line)
      }
    }
    return (out, annotations.filter { !used.contains($0.id) && !$0.annotation.isEmpty })
  }
}

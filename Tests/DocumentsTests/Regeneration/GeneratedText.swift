import TestSupport

@testable import Documents

/// A document such as templates give, from a seed: parts, text between them, task items, notes. Another version of the
/// same system's document changes some of it.
struct GeneratedText {
  struct Part {
    var id: String
    var lines: [String]
  }
  var title = "System"
  var parts: [Part] = []

  init(_ random: inout SeededGenerator) {
    let names = [
      "summary", "system", "traits", "decision-caching", "decision-messaging", "change", "operating", "risks",
    ]
    for id in names where Int.random(in: 0..<6, using: &random) > 0 {
      parts.append(GeneratedText.part(id, &random))
    }
  }

  private static func part(_ id: String, _ random: inout SeededGenerator) -> Part {
    var lines = ["## The \(id)", ""]
    for number in 0..<Int.random(in: 1...6, using: &random) {
      switch Int.random(in: 0..<4, using: &random) {
      case 0: lines += ["", "Text \(number) of \(id): \(Int.random(in: 0..<9, using: &random))/s."]
      case 1: lines.append("| \(id) | \(number) | \(Int.random(in: 0..<9, using: &random)) |")
      default:
        let check = "\(id)-check-\(number)"
        lines.append("- [ ] **SV-1 \(check)** Try it at \(Int.random(in: 0..<9, using: &random))/s.")
      }
    }
    if Int.random(in: 0..<3, using: &random) == 0 {
      lines += ["", "<!-- plumbline:notes \(id)-notes -->", "", "<!-- plumbline:notes-end \(id)-notes -->"]
    }
    return Part(id: id, lines: lines)
  }

  /// The same with other answers.
  func changed(_ random: inout SeededGenerator) -> GeneratedText {
    var other = self
    if Int.random(in: 0..<4, using: &random) == 0 { other.parts.shuffle(using: &random) }
    other.parts.removeAll { _ in Int.random(in: 0..<10, using: &random) == 0 }
    for index in other.parts.indices where Int.random(in: 0..<3, using: &random) == 0 {
      let id = other.parts[index].id
      if Bool.random(using: &random) {
        other.parts[index] = GeneratedText.part(id, &random)
      } else if let line = other.parts[index].lines.indices.randomElement(using: &random) {
        other.parts[index].lines[line] = other.parts[index].lines[line].replacing("/s", with: "0/s")
      }
    }
    for number in 0..<Int.random(in: 0..<3, using: &random) {
      let id = "new-\(Int.random(in: 0..<9, using: &random))-\(number)"
      guard !other.parts.contains(where: { $0.id == id }) else { continue }
      other.parts.insert(
        GeneratedText.part(id, &random), at: Int.random(in: 0...other.parts.count, using: &random))
    }
    return other
  }

  var text: String {
    get throws {
      var out = "# \(title)\n"
      for part in parts {
        out += "\n<!-- plumbline:begin \(part.id) -->\n" + part.lines.map { $0 + "\n" }.joined()
        out += "<!-- plumbline:end \(part.id) -->\n"
      }
      return try Markers.completed(out)
    }
  }
}

/// What a person does to a file. Every line that a person wrote carries a word of its own.
struct Person {
  private(set) var lines: [String]
  private(set) var words: [String] = []
  /// Of lines that were written together: a word of each.
  private var pairs: [(String, String)] = []

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  var text: String { lines.map { $0 + "\n" }.joined() }

  private mutating func word() -> String {
    words.append("human\(words.count)x")
    return words[words.count - 1]
  }

  /// Takes up the file as it was written since.
  mutating func goOn(with text: String) {
    let (words, pairs) = (words, pairs)
    self = Person(text)
    (self.words, self.pairs) = (words, pairs)
  }

  /// What was written together and still stands so.
  var together: [(String, String)] {
    pairs.filter { pair in
      guard let first = lines.firstIndex(where: { $0.contains(pair.0) }), first + 2 < lines.count else { return false }
      return lines[first + 1].isEmpty && lines[first + 2].contains(pair.1)
    }
  }

  /// What is still there of the person's words.
  var left: [String] { words.filter { word in lines.contains { $0.contains(word) } } }

  mutating func edit(_ random: inout SeededGenerator) {
    guard let place = lines.indices.randomElement(using: &random) else { return lines.append("Alone \(word())") }
    let isMarker = lines[place].contains("plumbline:")
    switch Int.random(in: 0..<14, using: &random) {
    case 0...2: lines.insert("Wrote \(word())", at: place)
    case 3:
      lines.insert(contentsOf: ["", "### Mine \(word())", "", "Text \(word())"], at: place)
      pairs.append((words[words.count - 2], words[words.count - 1]))
    case 4 where !isMarker: lines[place] += " \(word())"
    case 5 where !isMarker: lines[place] = "Instead \(word())"
    case 6 where !lines[place].contains("human"): lines.remove(at: place)
    case 7:
      for index in lines.indices where lines[index].hasPrefix("- [ ] ") && Bool.random(using: &random) {
        lines[index] = lines[index].replacing("[ ]", with: "[x]")
      }
    case 8:
      if let item = lines.indices.filter({ lines[$0].hasPrefix("- [") }).randomElement(using: &random) {
        lines.insert("  Evidence: \(word())", at: item + 1)
      }
    case 9:
      if let item = lines.indices.filter({ lines[$0].hasPrefix("- [") }).randomElement(using: &random) {
        lines[item] += " N/A: \(word())"
      }
    case 10:
      if let notes = lines.indices.filter({ lines[$0].contains("plumbline:notes ") }).randomElement(using: &random) {
        lines.insert("Note \(word())", at: notes + 1)
      }
    case 11: move(&random)
    case 12: lines.append("At the end \(word())")
    default: lines.insert("- [x] **mine own-item-\(words.count)** \(word())", at: place)
    }
  }

  /// A whole part, moved.
  private mutating func move(_ random: inout SeededGenerator) {
    let begins = lines.indices.filter { lines[$0].contains("plumbline:begin") && !lines[$0].contains(Markers.kept) }
    guard let begin = begins.randomElement(using: &random),
      let end = lines[begin...].firstIndex(where: { $0.contains("plumbline:end") })
    else { return }
    let part = Array(lines[begin...end])
    lines.removeSubrange(begin...end)
    let ends = lines.indices.filter { lines[$0].contains("plumbline:end") }
    lines.insert(contentsOf: [""] + part, at: (ends.randomElement(using: &random) ?? -1) + 1)
  }

  /// What only a careless person does to markers.
  mutating func damage(_ random: inout SeededGenerator) {
    let markers = lines.indices.filter { lines[$0].contains("plumbline:") }
    guard let place = markers.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: lines.remove(at: place)
    case 1: lines.insert(lines[place], at: lines.indices.randomElement(using: &random) ?? 0)
    case 2:
      let marker = lines.remove(at: place)
      lines.insert(marker, at: Int.random(in: 0...lines.count, using: &random))
    default: lines[place] = lines[place].replacing("plumbline", with: "plumb")
    }
  }

  /// Settles every conflict by keeping all of it.
  mutating func settle() {
    lines.removeAll { ["<<<<<<< yours", "=======", ">>>>>>> plumbline"].contains($0) }
  }
}

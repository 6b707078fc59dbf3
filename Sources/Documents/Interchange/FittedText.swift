/// Text that has to keep within a limit. Lengths count UTF-16 units, the strictest of what a reader may count.
enum FittedText {
  /// As many words as fit, with an ellipsis where some did not.
  static func words(_ text: String, _ limit: Int) -> (text: String, isShort: Bool) {
    guard text.utf16.count > limit else { return (text, false) }
    var out = ""
    for word in text.split(separator: " ") {
      let next = out.isEmpty ? String(word) : "\(out) \(word)"
      guard next.utf16.count + 2 <= limit else { break }
      out = next
    }
    if out.isEmpty { out = prefix(text, limit - 2) }
    return (out + " …", true)
  }

  /// As many whole parts as fit, each a sentence or more; where some do not, a note says so.
  static func sentences(_ parts: [String], _ limit: Int, note: String) -> String {
    let whole = parts.joined(separator: " ")
    guard whole.utf16.count > limit else { return whole }
    var out = ""
    let room = limit - note.utf16.count - 1
    for sentence in parts.flatMap(split) {
      let next = out.isEmpty ? sentence : "\(out) \(sentence)"
      guard next.utf16.count <= room else { break }
      out = next
    }
    return (out.isEmpty ? words(whole, room).text : out) + " " + note
  }

  /// At each end of a sentence that a capital letter follows.
  private static func split(_ text: String) -> [String] {
    var sentences: [String] = []
    var current: [Substring] = []
    for word in text.split(separator: " ") {
      if let last = current.last?.last, ".?!".contains(last), word.first?.isUppercase == true {
        sentences.append(current.joined(separator: " "))
        current = []
      }
      current.append(word)
    }
    return current.isEmpty ? sentences : sentences + [current.joined(separator: " ")]
  }

  private static func prefix(_ text: String, _ limit: Int) -> String {
    var out = ""
    var length = 0
    for character in text {
      length += character.utf16.count
      guard length <= limit else { break }
      out.append(character)
    }
    return out
  }
}

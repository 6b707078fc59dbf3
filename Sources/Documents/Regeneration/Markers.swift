/// A line that tells generated parts from a person's text:
///
///     <!-- plumbline:begin ID HASH -->   <!-- plumbline:end ID -->
///     <!-- plumbline:notes ID -->        <!-- plumbline:notes-end ID -->
struct Marker: Hashable, Sendable {
  enum Kind: String { case begin, end, notes, notesEnd = "notes-end" }
  var kind: Kind
  var id: String
  var hash: String?

  init(_ kind: Kind, _ id: String, hash: String? = nil) {
    self.kind = kind
    self.id = id
    self.hash = hash
  }

  /// - Returns: nil for any other line.
  init?(_ line: Line) {
    guard let first = line.first, first.byte == 0x3C else { return nil }
    let words = line.text.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
    guard (4...5).contains(words.count), words[0] == "<!--", words.last == "-->", words[1].hasPrefix("plumbline:"),
      let kind = Kind(rawValue: String(words[1].dropFirst("plumbline:".count)))
    else { return nil }
    self.init(kind, words[2], hash: words.count == 5 ? words[3] : nil)
    if hash != nil, kind != .begin { return nil }
  }

  var line: Line { Line("<!-- plumbline:\(kind.rawValue) \(id)\(hash.map { " \($0)" } ?? "") -->") }
}

/// What is wrong with the markers of a generated document.
public struct MarkerProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// In the generated document, from 1.
  public var line: Int
  public var description: String
}

/// Markers of generated parts.
public enum Markers {
  /// The part in which ticked items are kept that are no longer asked for.
  static let kept = "no-longer-asked-for"

  /// A generated document with the hash of each part in the line that begins it.
  /// - Throws: `MarkerProblem` where parts are not closed, nested, or of one name.
  public static func completed(_ text: String) throws(MarkerProblem) -> String {
    var lines = FileText(text).lines
    var seen: Set<String> = []
    var open: (id: String, index: Int)?
    var notes: String?
    for index in lines.indices {
      guard let marker = Marker(lines[index]) else { continue }
      func problem(_ words: String) -> MarkerProblem { MarkerProblem(line: index + 1, description: words) }
      switch marker.kind {
      case .begin:
        if let open {
          throw problem("the part “\(marker.id)” begins inside “\(open.id)”; parts stand one after another")
        }
        if marker.id == Markers.kept { throw problem("the part's name “\(marker.id)” is taken; choose another") }
        guard seen.insert(marker.id).inserted else {
          throw problem("there are two parts “\(marker.id)”; each needs a name of its own")
        }
        open = (marker.id, index)
      case .end:
        guard let begun = open, begun.id == marker.id else {
          throw problem(
            "the part “\(marker.id)” ends here and was not begun" + (open.map { "; “\($0.id)” is open" } ?? ""))
        }
        if let notes { throw problem("the notes “\(notes)” are not ended before the part is") }
        let hash = Markers.hash(Notes.taken(from: Array(lines[(begun.index + 1)..<index])).body)
        lines[begun.index] = Marker(.begin, marker.id, hash: hash).line
        open = nil
      case .notes:
        if let notes { throw problem("the notes “\(marker.id)” begin inside “\(notes)”") }
        notes = marker.id
      case .notesEnd:
        guard notes == marker.id else { throw problem("the notes “\(marker.id)” end here and were not begun") }
        notes = nil
      }
    }
    if let open { throw MarkerProblem(line: open.index + 1, description: "the part “\(open.id)” is not ended") }
    if let notes { throw MarkerProblem(line: lines.count, description: "the notes “\(notes)” are not ended") }
    return FileText("").text(of: lines)
  }

  /// The text without the lines that are markers, as it is shown. Conflicts show as what they are.
  public static func stripped(_ text: String) -> String {
    var shown: [Line] = []
    var conflict = false
    for line in FileText(text).lines {
      if Marker(line) != nil { continue }
      switch line.text {
      case ConflictLine.begin:
        conflict = true
        shown += [Line(""), Line("**Not merged yet. Yours:**"), Line("")]
      case ConflictLine.middle where conflict: shown += [Line(""), Line("**Plumbline's:**"), Line("")]
      case ConflictLine.end where conflict:
        conflict = false
        shown += [Line(""), Line("**As merged:**"), Line("")]
      default: shown.append(line)
      }
    }
    return FileText("").text(of: shown)
  }

  /// Sixteen hexadecimal digits that tell one text from another; nothing here is secret.
  static func hash(_ lines: [Line]) -> String {
    String(SHA1.hex(SHA1.digest(Array(lines.map { $0.text + "\n" }.joined().utf8))).prefix(16))
  }
}

/// The lines around what could not be merged.
enum ConflictLine {
  static let begin = "<<<<<<< yours"
  static let middle = "======="
  static let end = ">>>>>>> plumbline"
}

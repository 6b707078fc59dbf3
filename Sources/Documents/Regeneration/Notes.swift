/// What a person wrote into the marked areas of a generated part.
struct Notes {
  /// By id, in the order of the text.
  var areas: [(id: String, lines: [Line])] = []

  subscript(id: String) -> [Line]? { areas.first { $0.id == id }?.lines }

  /// A part's lines with its areas emptied, and what stood in them. An area that is not ended, or a second one of a
  /// name, is text like any other.
  static func taken(from body: [Line]) -> (body: [Line], notes: Notes) {
    var out: [Line] = []
    var notes = Notes()
    var index = 0
    while index < body.count {
      let line = body[index]
      out.append(line)
      index += 1
      guard let marker = Marker(line), marker.kind == .notes, notes[marker.id] == nil else { continue }
      let end = body[index...].firstIndex { line in
        Marker(line).map { $0.kind == .notes || $0.kind == .notesEnd } ?? false
      }
      guard let end, let closing = Marker(body[end]), closing.kind == .notesEnd, closing.id == marker.id else {
        continue
      }
      notes.areas.append((marker.id, Array(body[index..<end])))
      index = end
    }
    return (out, notes)
  }

  /// The lines with the areas filled, each in the first place of its name; and the areas that have no place.
  func put(into body: [Line]) -> (body: [Line], left: Notes) {
    var out: [Line] = []
    var left = self
    for line in body {
      out.append(line)
      guard let marker = Marker(line), marker.kind == .notes,
        let place = left.areas.firstIndex(where: { $0.id == marker.id })
      else { continue }
      out += left.areas.remove(at: place).lines
    }
    return (out, left)
  }

  /// As lines with their markers.
  var lines: [Line] {
    areas.flatMap { [Marker(.notes, $0.id).line] + $0.lines + [Marker(.notesEnd, $0.id).line] }
  }
}

/// A document as generated parts and what stands between them.
struct MarkedText {
  struct Part {
    var id: String
    /// As its marker says; nil where the marker has none.
    var hash: String?
    var body: [Line]
    /// What stands behind it, up to the next part. Behind the last part stands the document's tail.
    var after: [Line] = []
  }

  /// What stands before the first part; the whole document where there is none.
  var head: [Line] = []
  var parts: [Part] = []
  /// What was found wrong with the markers, and what was made of it; lines from 1.
  private(set) var remarks: [(line: Int, text: String)] = []

  /// Reads a document, however a person left its markers: every line that is no marker is kept.
  /// - Parameter known: parts that are known by name; a marker of another name is text, unless it carries a hash.
  init(_ lines: [Line], known: (String) -> Bool) {
    let markers = lines.map { line in Marker(line).flatMap { $0.kind == .begin || $0.kind == .end ? $0 : nil } }
    let hashed = Set(markers.compactMap { $0?.hash == nil ? nil : $0?.id })
    var reader = Reader(
      lines: lines, markers: markers.map { $0.flatMap { known($0.id) || hashed.contains($0.id) ? $0 : nil } })
    reader.read()
    head = reader.head
    parts = reader.parts
    remarks = reader.remarks
  }

  subscript(id: String) -> Part? { parts.first { $0.id == id } }
  var ids: [String] { parts.map(\.id) }

  /// Takes parts out; text that is to stand in their place may be given.
  mutating func take(out ids: Set<String>, leaving text: (Part) -> [Line] = { _ in [] }) {
    var kept: [Part] = []
    for part in parts {
      guard ids.contains(part.id) else {
        kept.append(part)
        continue
      }
      func closed(_ gap: [Line]) -> [Line] { (gap + text(part)).joined(part.after) }
      if kept.isEmpty { head = closed(head) } else { kept[kept.count - 1].after = closed(kept[kept.count - 1].after) }
    }
    parts = kept
  }

  private struct Reader {
    let lines: [Line]
    let markers: [Marker?]
    var head: [Line] = []
    var parts: [Part] = []
    var remarks: [(line: Int, text: String)] = []
    /// Ends that belong to a second part of a name.
    private var second: [String: Int] = [:]
    private var index = 0

    init(lines: [Line], markers: [Marker?]) {
      self.lines = lines
      self.markers = markers
    }

    mutating func read() {
      while index < lines.count {
        guard let marker = markers[index] else {
          text(lines[index])
          index += 1
          continue
        }
        marker.kind == .begin ? begin(marker) : strayEnd(marker)
      }
    }

    private mutating func text(_ line: Line) {
      if parts.isEmpty { head.append(line) } else { parts[parts.count - 1].after.append(line) }
    }

    private mutating func remark(_ words: String) { remarks.append((index + 1, words)) }

    private mutating func begin(_ marker: Marker) {
      if parts.contains(where: { $0.id == marker.id }) {
        remark("there is a second part “\(marker.id)”; its text is kept as yours")
        second[marker.id, default: 0] += 1
        index += 1
        return
      }
      var lifted: [Part] = []
      let start = index
      index += 1
      var body: [Line] = []
      while index < lines.count {
        guard let inner = markers[index] else {
          body.append(lines[index])
          index += 1
          continue
        }
        if inner.kind == .end, inner.id == marker.id {
          index += 1
          parts.append(Part(id: marker.id, hash: marker.hash, body: body))
          for part in lifted {
            parts[parts.count - 1].after = .blank
            parts.append(part)
          }
          return
        }
        if inner.kind == .begin, inner.id != marker.id {
          guard let end = end(of: inner.id, inside: marker.id) else { break }
          if parts.contains(where: { $0.id == inner.id }) || lifted.contains(where: { $0.id == inner.id }) {
            remark("there is a second part “\(inner.id)”; its text is kept as yours")
            body += (index + 1..<end).filter { markers[$0] == nil }.map { lines[$0] }
          } else {
            remark("the part “\(inner.id)” stands inside “\(marker.id)”; it is put behind it")
            let own = (index + 1..<end).filter { markers[$0] == nil }.map { lines[$0] }
            lifted.append(Part(id: inner.id, hash: inner.hash, body: own))
          }
          index = end + 1
          continue
        }
        if inner.kind == .end, second[inner.id, default: 0] > 0 {
          second[inner.id, default: 0] -= 1
        } else {
          remark("the marker of “\(inner.id)” does not belong inside “\(marker.id)”; it is taken away")
        }
        index += 1
      }
      remarks.append((start + 1, "the part “\(marker.id)” is not ended; it is taken to end before the next one"))
      let (kept, blanks) = body.withoutTrailingBlanks
      parts.append(Part(id: marker.id, hash: marker.hash, body: kept, after: blanks))
      for part in lifted { parts.append(part) }
    }

    /// The place of the end of a part that stands wholly inside another.
    private func end(of id: String, inside outer: String) -> Int? {
      func end(_ id: String) -> Int? {
        (index..<lines.count).first { markers[$0].map { $0.kind == .end && $0.id == id } ?? false }
      }
      guard let inner = end(id), let outer = end(outer), inner < outer else { return nil }
      return inner
    }

    private mutating func strayEnd(_ marker: Marker) {
      defer { index += 1 }
      if second[marker.id, default: 0] > 0 {
        second[marker.id, default: 0] -= 1
      } else if parts.contains(where: { $0.id == marker.id }) {
        remark("the part “\(marker.id)” ends here a second time; the marker is taken away")
      } else {
        remark("the part “\(marker.id)” ends here and does not begin; it is taken to begin behind the part before")
        let gap = parts.last?.after ?? head
        let blanks = Array(gap.prefix { $0.isBlank })
        if parts.isEmpty { head = blanks } else { parts[parts.count - 1].after = blanks }
        parts.append(Part(id: marker.id, hash: nil, body: Array(gap.dropFirst(blanks.count))))
      }
    }
  }
}

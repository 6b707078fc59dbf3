/// One document, part by part.
struct Merger {
  private let newLines: [Line]
  private let oldLines: [Line]
  private let baseLines: [Line]?
  private(set) var result = Regeneration.Result(text: "")
  /// Items of parts that nobody edited.
  private var untouched: Set<String> = []

  init(new: [Line], old: [Line], base: [Line]?) {
    newLines = new
    oldLines = old
    baseLines = base
  }

  mutating func run() -> [Line] {
    var section = KeptSection(oldLines)
    let items = TaskItems.all(newLines)
    let reset = TaskItems.reset(section.rest, generated: [baseLines.map(TaskItems.all) ?? [:], items])
    var annotations = reset.annotations
    let present = Set(annotations.map(\.id))
    annotations += section.takeItems { items[$0] != nil && !present.contains($0) }
    let document = merged(reset.lines)
    annotations = annotations.map { untouched.contains($0.id) ? ($0.id, $0.annotation.untouched) : $0 }
    let annotated = TaskItems.annotated(document, with: annotations)
    let asked = Set(annotated.left.map(\.id))
    result.noLongerAsked = annotations.map(\.id).filter(asked.contains)
    section.add(annotated.left.map { [$0.annotation.line] + $0.annotation.below })
    return section.lines(behind: annotated.lines)
  }

  // MARK: Parts

  private mutating func merged(_ lines: [Line]) -> [Line] {
    var new = MarkedText(newLines) { _ in true }
    var base = baseLines.map { MarkedText($0) { _ in true } }
    let known = Set(new.ids + (base?.ids ?? []))
    var ours = MarkedText(lines) { known.contains($0) }
    untouched = Set(ours.parts.filter { !isEdited($0) }.flatMap { TaskItems.all($0.body).keys })
    result.remarks = ours.remarks.map { Regeneration.Remark(line: $0.line, text: $0.text) }
    if ours.parts.isEmpty, base == nil, !new.parts.isEmpty { return unmarked(lines) }

    let deleted = Set(base?.ids ?? []).subtracting(ours.ids)
    note(.deleted, new.ids.filter(deleted.contains))
    new.take(out: deleted)
    base?.take(out: deleted)

    let gone = Set(ours.ids).subtracting(new.ids)
    for part in ours.parts where gone.contains(part.id) { note(isEdited(part) ? .kept : .removed, [part.id]) }
    ours.take(out: gone) { part in
      guard isEdited(part) else {
        let left = Notes.taken(from: part.body).notes.written(over: base?[part.id])
        return left.areas.isEmpty ? [] : [Line("")] + left.lines + [Line("")]
      }
      let name = "*Plumbline no longer generates this part (`\(part.id)`); it is kept because it was edited.*"
      return [Line(""), Line(name), Line("")] + part.body + [Line("")]
    }
    base?.take(out: gone)
    return assembled(new, ours, base)
  }

  private mutating func note(_ kind: Regeneration.Change.Kind, _ parts: [String?]) {
    result.changes += parts.map { Regeneration.Change(kind: kind, part: $0) }
  }

  /// A file from before there were markers, or from elsewhere.
  private mutating func unmarked(_ lines: [Line]) -> [Line] {
    let shown = newLines.filter { Marker($0) == nil }
    if lines == shown || lines.filter({ !$0.isBlank }) == shown.filter({ !$0.isBlank }) { return newLines }
    let merge = ThreeWayMerge(ours: lines, theirs: newLines)
    note(.conflict, [nil])
    return merge.lines
  }

  private func isEdited(_ part: MarkedText.Part) -> Bool {
    guard let hash = part.hash else { return !part.body.isBlank }
    return Markers.hash(Notes.taken(from: part.body).body) != hash
  }

  private mutating func assembled(_ new: MarkedText, _ ours: MarkedText, _ base: MarkedText?) -> [Line] {
    let order = Merger.order(new, ours, base)
    note(.added, new.ids.filter { ours[$0] == nil })
    if new.parts.isEmpty { return gap(base?.head, ours.head, new.head) }
    guard let lastOfOurs = ours.ids.last else {
      // Nothing of a person's stands behind a part.
      var out = gap(base?.head, ours.head, new.head)
      for part in new.parts { out += Merger.lines(part) + part.after }
      return out
    }
    var out = gap(base?.head, ours.head, new.head)
    for (index, id) in order.enumerated() {
      guard let generated = new[id] else { continue }
      let isLast = index == order.count - 1
      let newGap = id == new.ids.last ? nil : generated.after
      let ourGap = id == lastOfOurs ? nil : ours[id]?.after
      let baseGap = base.flatMap { base in id == base.ids.last ? nil : base[id]?.after }
      var extra: [Line] = []
      if let part = ours[id] {
        let merge = body(part, generated, base?[id])
        out += [Marker(.begin, id, hash: generated.hash).line] + merge.lines + [Marker(.end, id).line]
        extra = merge.behind
      } else {
        out += Merger.lines(generated)
      }
      out += extra
      if isLast {
        if let ourGap, ourGap != baseGap, !ourGap.isBlank { out += gap(baseGap, ourGap, []) }
      } else if let ourGap {
        out += gap(baseGap, ourGap, newGap)
      } else {
        out += newGap ?? .blank
      }
    }
    let baseTail = base.map { $0.parts.last?.after ?? [] }
    return out + gap(baseTail, ours.parts.last?.after ?? [], new.parts.last?.after ?? [])
  }

  private static func lines(_ part: MarkedText.Part) -> [Line] {
    [Marker(.begin, part.id, hash: part.hash).line] + part.body + [Marker(.end, part.id).line]
  }

  /// The parts' order: the new one, unless a person has moved parts.
  private static func order(_ new: MarkedText, _ ours: MarkedText, _ base: MarkedText?) -> [String] {
    let there = Set(ours.ids)
    if let base {
      let before = base.ids.filter(there.contains)
      let common = Set(before)
      if ours.ids.filter(common.contains) == before { return new.ids }
    }
    var order = ours.ids
    for (index, id) in new.ids.enumerated() where !there.contains(id) {
      if let place = new.ids[..<index].reversed().lazy.compactMap({ order.firstIndex(of: $0) }).first {
        order.insert(id, at: place + 1)
      } else {
        order.insert(id, at: new.ids[index...].lazy.compactMap { order.firstIndex(of: $0) }.first ?? 0)
      }
    }
    return order
  }

  // MARK: Text

  /// The lines of a part, and notes that have no place in it any more.
  private mutating func body(
    _ ours: MarkedText.Part, _ new: MarkedText.Part, _ base: MarkedText.Part?
  ) -> (lines: [Line], behind: [Line]) {
    let (mine, notes) = Notes.taken(from: ours.body)
    let (generated, offered) = Notes.taken(from: new.body)
    let written = notes.written(over: base)
    var lines = generated
    if isEdited(ours), mine != generated {
      let merge: ThreeWayMerge
      if let former = Merger.former(ours, new, base) {
        merge = ThreeWayMerge(base: former, ours: mine, theirs: generated)
      } else {
        merge = ThreeWayMerge(ours: mine, theirs: generated)
      }
      lines = merge.lines
      if merge.conflicts > 0 { note(.conflict, [ours.id]) } else if lines != mine { note(.merged, [ours.id]) }
    } else if mine != generated {
      note(.replaced, [ours.id])
    }
    // What is offered goes only where an area is whole and empty.
    let whole = Notes.taken(from: lines).notes
    var filled = written
    for area in offered.areas where filled[area.id] == nil && whole[area.id] == [] { filled.areas.append(area) }
    let (body, left) = filled.put(into: lines)
    let kept = left.areas.filter { area in written[area.id] != nil && !area.lines.isBlank }
    return (body, kept.isEmpty ? [] : [Line("")] + Notes(areas: kept).lines)
  }

  /// What a part was generated as when its marker was written; nil where that is not known.
  private static func former(
    _ ours: MarkedText.Part, _ new: MarkedText.Part, _ base: MarkedText.Part?
  ) -> [Line]? {
    if let base {
      let body = Notes.taken(from: base.body).body
      if base.hash == Markers.hash(body), ours.hash == nil || ours.hash == base.hash { return body }
    }
    return ours.hash == new.hash ? Notes.taken(from: new.body).body : nil
  }

  /// The text between parts: a person's, and what a template has there.
  /// - Parameters:
  ///   - base: nil where there was no such place, or what was there is not known.
  ///   - new: nil where there is no such place any more.
  private mutating func gap(_ base: [Line]?, _ ours: [Line], _ new: [Line]?) -> [Line] {
    guard let new else { return ours }
    if ours == new || base == ours { return new }
    guard let base else {
      if ours.isBlank { return new }
      if ours.contains(inOrder: new) { return ours }
      return settled(ThreeWayMerge(ours: ours, theirs: new))
    }
    if base.isBlank, new.isBlank { return ours }
    return settled(ThreeWayMerge(base: base, ours: ours, theirs: new))
  }

  private mutating func settled(_ merge: ThreeWayMerge) -> [Line] {
    note(merge.conflicts > 0 ? .conflict : .merged, [nil])
    return merge.lines
  }
}

extension Notes {
  /// The areas in which something else stands than was offered.
  func written(over base: MarkedText.Part?) -> Notes {
    let offered = base.map { Notes.taken(from: $0.body).notes }
    return Notes(areas: areas.filter { $0.lines != offered?[$0.id] })
  }
}

/// The part at the end in which items are kept that were ticked or annotated and are not asked for any more.
struct KeptSection {
  /// The document without it.
  private(set) var rest: [Line]
  private var body: [Line] = []

  private static let heading = [Line("## No longer asked for"), Line("")]

  init(_ lines: [Line]) {
    rest = lines
    guard
      let begin = lines.firstIndex(where: { Marker($0).map { $0.kind == .begin && $0.id == Markers.kept } ?? false }),
      let end = lines[begin...].firstIndex(where: {
        Marker($0).map { $0.kind == .end && $0.id == Markers.kept } ?? false
      })
    else { return }
    body = Array(lines[(begin + 1)..<end])
    var before = Array(lines[..<begin])
    if before.last?.isBlank ?? false { before.removeLast() }
    rest = before + lines[(end + 1)...]
  }

  /// Takes out items that are asked for again.
  mutating func takeItems(_ isAsked: (String) -> Bool) -> [(id: String, annotation: Annotation)] {
    var taken: [(id: String, annotation: Annotation)] = []
    var left: [Line] = []
    var index = 0
    while index < body.count {
      guard let item = TaskItem(body[index]), isAsked(item.id), !taken.contains(where: { $0.id == item.id }) else {
        left.append(body[index])
        index += 1
        continue
      }
      let end = TaskItems.end(of: index, in: body)
      taken.append(
        (item.id, Annotation(item, line: body[index], below: Array(body[(index + 1)..<end]), generated: nil)))
      index = end
    }
    body = left
    return taken
  }

  mutating func add(_ items: [[Line]]) {
    guard !items.isEmpty else { return }
    if body.isEmpty { body = KeptSection.heading }
    body += items.flatMap(\.self)
  }

  /// The document with it at its end, unless nothing stands in it.
  func lines(behind document: [Line]) -> [Line] {
    let isEmpty = body.allSatisfy { $0.isBlank || $0 == KeptSection.heading[0] }
    return isEmpty
      ? document : document + [Line(""), Marker(.begin, Markers.kept).line] + body + [Marker(.end, Markers.kept).line]
  }
}

internal import DecisionEngine
internal import KnowledgeModel

/// Which traits the decisions of consequence read: two columns with lines between them.
package struct DecisionMap {
  package struct Item: Equatable {
    var id: String
    var title: String
    var detail: String
    /// Whether a decision is still open, or a trait is needed to close one.
    var isOpen: Bool

    package init(id: String, title: String, detail: String, isOpen: Bool = false) {
      self.id = id
      self.title = title
      self.detail = detail
      self.isOpen = isOpen
    }
  }

  struct Link: Equatable {
    /// Positions in `traits` and `decisions`.
    var trait: Int
    var decision: Int
    /// Whether the decision waits for the trait.
    var isOpen: Bool
  }

  /// Quiet decisions are left out beyond so many; others beyond the larger figure.
  static let usual = 11
  static let most = 14
  static let mostTraits = 18

  private(set) var traits: [Item] = []
  private(set) var decisions: [Item] = []
  private(set) var links: [Link] = []
  let omittedDecisions: Int
  let omittedTraits: Int

  /// - Parameters:
  ///   - results: the decisions that apply, by weight.
  ///   - isQuiet: whether hardly anything hangs on one.
  /// Nil where none of them reads an answer.
  init?(_ results: [DecisionResult], _ wording: Wording, isQuiet: (DecisionResult) -> Bool) {
    let assessment = wording.assessment
    let reads = results.map { DecisionMap.reads($0, assessment) }
    let candidates = results.indices.filter { !reads[$0].isEmpty }
    let loud = candidates.filter { !isQuiet(results[$0]) }
    let quiet = candidates.filter { isQuiet(results[$0]) }
    // What a first run asks for comes first among those that matter as much.
    func core(_ indices: [Int]) -> [Int] {
      indices.filter { results[$0].decision.isCore } + indices.filter { !results[$0].decision.isCore }
    }
    let chosen = Array(
      (core(loud).prefix(DecisionMap.most) + core(quiet).prefix(max(0, DecisionMap.usual - loud.count))))
    guard !chosen.isEmpty else { return nil }
    omittedDecisions = results.count - chosen.count
    // For each the trait that most of them read, then the others likewise; in the order of the questionnaire.
    let counts = assessment.traits.map { reading in chosen.count { reads[$0].contains(reading.id) } }
    let used = counts.indices.filter { counts[$0] > 0 }
    let ranked = used.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
    let firsts = chosen.compactMap { decision in ranked.first { reads[decision].contains(assessment.traits[$0].id) } }
    let kept = Set((firsts + ranked).uniqued().prefix(DecisionMap.mostTraits))
    omittedTraits = used.count - kept.count
    let shownTraits = used.filter(kept.contains).map { assessment.traits[$0] }
    let shownDecisions = chosen.sorted().map { (results[$0], reads[$0]) }
    let needed = Set(shownDecisions.flatMap(\.0.needs))

    let traits = shownTraits.map { reading in
      Item(
        id: reading.id, title: reading.trait.entry.title, detail: Wording.plain(wording).value(reading),
        isOpen: needed.contains(reading.id))
    }
    let decisions = shownDecisions.map { result, _ in
      Item(
        id: result.id, title: result.decision.entry.title, detail: Wording.plain(wording).outcome(result),
        isOpen: result.status == .undecided)
    }
    let pairs = shownDecisions.flatMap { result, reads in
      reads.filter { id in shownTraits.contains { $0.id == id } }.map { trait in
        (trait: trait, decision: result.id, isOpen: result.needs.contains(trait))
      }
    }
    arrange(traits, decisions, pairs)
  }

  /// Of traits and decisions as they are, without an answer.
  /// - Parameter reads: ids of a trait and of a decision that reads it.
  package init(traits: [Item], decisions: [Item], reads: [(trait: String, decision: String)]) {
    omittedDecisions = 0
    omittedTraits = 0
    arrange(traits, decisions, reads.map { ($0.trait, $0.decision, false) })
  }

  private mutating func arrange(
    _ traits: [Item], _ decisions: [Item], _ all: [(trait: String, decision: String, isOpen: Bool)]
  ) {
    var traits = traits
    var decisions = decisions
    let pairs = all.filter { pair in traits.contains { $0.id == pair.trait } }
    // Each column by the middle of what it is joined to in the other: fewer lines cross.
    for _ in 0..<6 {
      decisions = DecisionMap.sorted(decisions) { id in
        pairs.filter { $0.decision == id }.compactMap { pair in traits.firstIndex { $0.id == pair.trait } }
      }
      traits = DecisionMap.sorted(traits) { id in
        pairs.filter { $0.trait == id }.compactMap { pair in decisions.firstIndex { $0.id == pair.decision } }
      }
    }
    self.traits = traits
    self.decisions = decisions
    links = pairs.compactMap { pair in
      guard let trait = traits.firstIndex(where: { $0.id == pair.trait }),
        let decision = decisions.firstIndex(where: { $0.id == pair.decision })
      else { return nil }
      return Link(trait: trait, decision: decision, isOpen: pair.isOpen)
    }.sorted { ($0.trait, $0.decision) < ($1.trait, $1.decision) }
  }

  /// The traits that were answered or are needed, derived ones replaced by what they follow from.
  private static func reads(_ result: DecisionResult, _ assessment: Assessment) -> [String] {
    var found: [String] = []
    var pending = result.decision.inputs(in: assessment.mode)
    var seen: Set<String> = []
    while !pending.isEmpty {
      let id = pending.removeFirst()
      guard seen.insert(id).inserted, let reading = assessment.reading(id) else { continue }
      if reading.origin == .answered || result.needs.contains(id) {
        found.append(id)
      } else if reading.origin == .derived || reading.origin == .unknown {
        pending += reading.trait.derivation?.from.traits ?? []
      }
    }
    return found
  }

  private static func sorted(_ items: [Item], by neighbours: (String) -> [Int]) -> [Item] {
    items.enumerated().map { offset, item -> (middle: Double, offset: Int, item: Item) in
      let found = neighbours(item.id)
      let middle = found.isEmpty ? Double(offset) : Double(found.reduce(0, +)) / Double(found.count)
      return (middle, offset, item)
    }.sorted { ($0.middle, $0.offset) < ($1.middle, $1.offset) }.map(\.item)
  }

  // MARK: Words

  private var omitted: String? {
    let parts = [
      omittedDecisions > 0 ? Wording.count(omittedDecisions, "decision", "decisions") : nil,
      omittedTraits > 0 ? Wording.count(omittedTraits, "trait", "traits") : nil,
    ].compactMap(\.self)
    guard !parts.isEmpty else { return nil }
    let pronoun = omittedDecisions + omittedTraits == 1 ? "it" : "them"
    return "Left out here, since less hangs on \(pronoun): \(Wording.list(parts))."
  }

  private var caption: String? {
    let sentences = [
      "A line leads from an answer to each decision that reads it.",
      links.contains(where: \.isOpen) || decisions.contains(where: \.isOpen)
        ? "Broken lines: the decision is open, and waits for the answer." : nil,
      omitted,
    ].compactMap(\.self)
    return sentences.joined(separator: " ")
  }

  private var description: String {
    let sentences = decisions.indices.map { index in
      let names = links.filter { $0.decision == index }.map { traits[$0.trait].title.uncapitalized }
      let detail = decisions[index].detail.isEmpty ? "" : " (\(decisions[index].detail))"
      return "\(decisions[index].title)\(detail) reads \(Wording.list(names))."
    }
    return (sentences + [omitted].compactMap(\.self)).joined(separator: " ")
  }

  var mermaid: String {
    var lines = ["flowchart LR"]
    func node(_ prefix: String, _ item: Item, _ open: String, _ close: String) -> String {
      let id = MermaidText.id(prefix, item.id)
      return "  \(id)\(open)\(MermaidText.label([item.title, item.detail]))\(close)\(item.isOpen ? ":::open" : "")"
    }
    lines += traits.map { node("t", $0, "([", "])") }
    lines += decisions.map { node("d", $0, "[", "]") }
    lines += links.map { link in
      "  \(MermaidText.id("t", traits[link.trait].id)) \(link.isOpen ? "-.->" : "-->") "
        + MermaidText.id("d", decisions[link.decision].id)
    }
    if (traits + decisions).contains(where: \.isOpen) { lines.append("  classDef open stroke-dasharray: 5 4") }
    return lines.joined(separator: "\n")
  }

  // MARK: Drawing

  private enum Place {
    static let margin = 10
    static let trait = 300
    static let gap = 130
    static let decision = 360
    static let space = 7
    static let padding = 10
  }

  /// A box with its lines of text.
  struct Box: Equatable {
    var id: String
    var x: Int
    var y: Int
    var width: Int
    var height: Int
    var title: [String]
    var detail: String
    /// Whether title and detail stand on one line.
    var isSingle: Bool
    var isOpen: Bool
    var middle: Int { y + height / 2 }
  }

  struct Layout {
    var width: Int
    var height: Int
    var traits: [Box]
    var decisions: [Box]
    /// From the right edge of a trait to the left edge of a decision.
    var lines: [(link: Link, from: (x: Int, y: Int), to: (x: Int, y: Int))]
  }

  static let title = TextMeasure(size: 13, isBold: true)

  var layout: Layout {
    func column(_ items: [Item], x: Int, width: Int) -> [Box] {
      var y = Place.margin
      return items.map { item in
        let room = width - 2 * Place.padding
        let isSingle =
          DecisionMap.title.width(item.title) + 12 + TextMeasure.detail.width(item.detail) <= room
        let lines = DecisionMap.title.lines(item.title, width: room)
        let height =
          lines.count * DecisionMap.title.lineHeight + (isSingle ? 0 : TextMeasure.detail.lineHeight) + 10
        defer { y += height + Place.space }
        return Box(
          id: item.id, x: x, y: y, width: width, height: height, title: lines,
          detail: TextMeasure.detail.cut(item.detail, to: room), isSingle: isSingle, isOpen: item.isOpen)
      }
    }
    var left = column(traits, x: Place.margin, width: Place.trait)
    var right = column(decisions, x: Place.margin + Place.trait + Place.gap, width: Place.decision)
    func bottom(_ boxes: [Box]) -> Int { boxes.last.map { $0.y + $0.height } ?? 0 }
    // The shorter column is spread over the height of the longer.
    let height = max(bottom(left), bottom(right))
    func spread(_ boxes: inout [Box]) {
      let spare = height - bottom(boxes)
      for index in boxes.indices { boxes[index].y += spare * (2 * index + 1) / (2 * boxes.count) }
    }
    spread(&left)
    spread(&right)
    // Lines that meet at a box are drawn apart.
    func port(_ box: Box, _ index: Int, _ count: Int) -> Int {
      let room = min(box.height - 10, (count - 1) * 7)
      return count < 2 ? box.middle : box.middle - room / 2 + room * index / (count - 1)
    }
    let lines = links.map { link in
      let out = links.filter { $0.trait == link.trait }.sorted { $0.decision < $1.decision }
      let into = links.filter { $0.decision == link.decision }.sorted { $0.trait < $1.trait }
      let (from, to) = (left[link.trait], right[link.decision])
      return (
        link, (from.x + from.width, port(from, out.firstIndex(of: link) ?? 0, out.count)),
        (to.x, port(to, into.firstIndex(of: link) ?? 0, into.count))
      )
    }
    return Layout(
      width: 2 * Place.margin + Place.trait + Place.gap + Place.decision, height: height + Place.margin, traits: left,
      decisions: right, lines: lines)
  }

  package var picture: Picture {
    let layout = layout
    var out = ""
    for line in layout.lines {
      let bend = (line.to.x - line.from.x) / 2
      out += SVG.path(
        "M\(line.from.x) \(line.from.y)C\(line.from.x + bend) \(line.from.y) \(line.to.x - bend) \(line.to.y) "
          + "\(line.to.x - 7) \(line.to.y)", line.link.isOpen ? "edge open" : "edge")
    }
    for line in layout.lines { out += SVG.path("M\(line.to.x) \(line.to.y)l-8 -3.5v7z", "head") }
    for (boxes, radius) in [(layout.traits, 14), (layout.decisions, 5)] {
      for box in boxes {
        out += "<g class=\"node\(box.isOpen ? " open" : "")\">\n"
        out += SVG.rect(box.x, box.y, box.width, box.height, radius: radius)
        var y = box.y + 5
        for line in box.title {
          y += DecisionMap.title.lineHeight
          out += SVG.text(line, box.x + Place.padding, y - 4, "name")
        }
        if box.isSingle {
          out += SVG.text(box.detail, box.x + box.width - Place.padding, y - 4, "detail", .end)
        } else {
          out += SVG.text(box.detail, box.x + Place.padding, y + TextMeasure.detail.lineHeight - 3, "detail")
        }
        out += "</g>\n"
      }
    }
    return Picture(
      id: "decision-map", title: "Decision map", caption: caption, description: description,
      fenceLanguage: "mermaid", source: mermaid, size: (layout.width, layout.height), drawing: out)
  }
}

extension Wording {
  /// The same without markup.
  fileprivate static func plain(_ wording: Wording) -> Wording {
    Wording(assessment: wording.assessment, knowledge: wording.knowledge, style: .plain)
  }
}

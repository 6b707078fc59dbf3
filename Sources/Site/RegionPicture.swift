internal import DecisionEngine
internal import Documents
internal import Foundation
public import KnowledgeModel

/// A decision as a picture: where in the plane of two traits, or on the line of one, each outcome holds.
///
/// What else the decision hangs on makes panels of their own: one for each way in which the regions can lie.
public struct RegionPicture {
  /// Nil where the rules compare no quantity with a figure.
  public static func figure(_ decision: Decision, in knowledge: Knowledge) -> String? {
    RegionPicture(decision, knowledge)?.figure
  }

  struct Panel {
    /// The combinations of factors that it holds for: any of these, each with its values by factor.
    var cases: [[[Int]]]
    /// How many rules from the first on must not hold, where exactly that makes the case; else 0.
    var passed: Int
    var plane: RegionPlane
  }

  /// More panels than this are not drawn.
  static let mostPanels = 4
  /// A case in more characters than this is said by the rules, if it can be.
  private static let longCase = 100
  /// More outcomes than this are not told apart in one region.
  private static let mostTogether = 3

  let decision: Decision
  let knowledge: Knowledge
  let slice: RegionSlice
  let panels: [Panel]
  /// Where one outcome holds whatever the drawn traits are.
  let uniform: [(outcome: [String], cases: [[[Int]]])]
  /// Whether there are more panels than are drawn.
  let isPartial: Bool
  /// For each factor, its values with which the decision is taken at all.
  private let applicable: [[Int]]
  private let names: RuleTableWords

  init?(_ decision: Decision, _ knowledge: Knowledge) {
    let knowledge = knowledge.read(by: decision)
    guard let slice = RegionSlice(decision, knowledge),
      let plane = RegionPlane(slice.x, slice.y, slice.diagonals)
    else { return nil }
    self.decision = decision
    self.knowledge = knowledge
    self.slice = slice
    names = RuleTableWords(knowledge: knowledge, mode: .current, link: nil)

    let cells = plane.cells
    let combinations = slice.combinations
    let results = combinations.map { combination in
      cells.map { slice.outcome(combination, x: $0.x, y: $0.y) }
    }
    let outcomes = results.map { $0.map { [$0.outcome] } }
    let taken = combinations.indices.filter { outcomes[$0].contains { $0 != [Outcome.notApplicable] } }
    applicable = slice.factors.indices.map { factor in taken.map { combinations[$0][factor] }.uniqued().sorted() }

    func classes(_ outcomes: [[[String]]]) -> [(outcomes: [[String]], members: [Int])] {
      var found: [[[String]]: Int] = [:]
      var classes: [(outcomes: [[String]], members: [Int])] = []
      for index in taken {
        if let known = found[outcomes[index]] {
          classes[known].members.append(index)
        } else {
          found[outcomes[index]] = classes.count
          classes.append((outcomes[index], [index]))
        }
      }
      return classes
    }
    func isUniform(_ outcomes: [[String]]) -> Bool { outcomes.allSatisfy { $0 == outcomes[0] } }
    var all = classes(outcomes)
    if all.count(where: { !isUniform($0.outcomes) }) > RegionPicture.mostPanels {
      // One factor left open: a region then has all outcomes that it can bring.
      for factor in slice.factors.indices.reversed() {
        var open: [[Int]: [[String]]] = [:]
        func rest(_ index: Int) -> [Int] {
          combinations[index].enumerated().filter { $0.offset != factor }.map(\.element)
        }
        for index in taken {
          let sofar = open[rest(index)] ?? cells.map { _ in [] }
          open[rest(index)] = zip(sofar, outcomes[index]).map { ($0 + $1).uniqued() }
        }
        let folded = combinations.indices.map { open[rest($0)] ?? outcomes[$0] }
        let candidates = classes(folded)
        if candidates.count(where: { !isUniform($0.outcomes) }) <= RegionPicture.mostPanels,
          folded.allSatisfy({ $0.allSatisfy { $0.count <= RegionPicture.mostTogether } })
        {
          all = candidates
          break
        }
      }
    }

    let sizes = slice.factors.map(\.values.count)
    func cases(_ members: [Int]) -> [[[Int]]] {
      let own = Set(members)
      return Boxes.cover(
        members.map { combinations[$0] }, outside: taken.filter { !own.contains($0) }.map { combinations[$0] },
        sizes: sizes)
    }
    var drawn = all.filter { !isUniform($0.outcomes) }
    guard !drawn.isEmpty else { return nil }
    // What takes a plane before what takes a line.
    let planes = drawn.map { RegionPicture.reduced(plane, $0.outcomes).y != nil }
    drawn =
      drawn.indices.filter { planes[$0] }.map { drawn[$0] } + drawn.indices.filter { !planes[$0] }.map { drawn[$0] }
    // Those that hold for most come first; all in their own order where all are drawn.
    let shown =
      drawn.count <= RegionPicture.mostPanels
      ? drawn
      : Array(
        drawn.enumerated().sorted { (-$0.element.members.count, $0.offset) < (-$1.element.members.count, $1.offset) }
          .prefix(RegionPicture.mostPanels).map(\.element))
    isPartial = shown.count < drawn.count
    func rules(_ index: Int) -> Set<Int> { Set(results[index].compactMap(\.rule)) }
    panels = shown.map { shape in
      let hit = shape.members.reduce(into: Set<Int>()) { $0.formUnion(rules($1)) }
      let own = Set(shape.members)
      let first = hit.min() ?? 0
      let isExact = taken.allSatisfy { own.contains($0) || (rules($0).min() ?? first) < first }
      return Panel(
        cases: cases(shape.members),
        passed: isExact ? first : 0,
        plane: RegionPicture.reduced(plane, shape.outcomes))
    }
    uniform = all.filter { isUniform($0.outcomes) }.map { ($0.outcomes[0], cases($0.members)) }
  }

  /// The plane with its outcomes; only its one trait where the other changes nothing.
  private static func reduced(_ plane: RegionPlane, _ outcomes: [[String]]) -> RegionPlane {
    var full = plane
    var index = 0
    for strip in full.strips.indices {
      for cell in full.strips[strip].indices {
        full.strips[strip][cell].outcome = outcomes[index]
        index += 1
      }
    }
    func line(_ line: RegionLine, along dimension: Int) -> RegionPlane? {
      guard var single = RegionPlane(line, nil, []) else { return nil }
      for strip in single.strips.indices {
        let own = full.cells.filter { $0.position[dimension] == single.strips[strip][0].position[0] }
        guard let first = own.first, own.allSatisfy({ $0.outcome == first.outcome }) else { return nil }
        single.strips[strip][0].outcome = first.outcome
      }
      return single
    }
    guard let y = plane.y else { return full }
    return line(plane.x, along: 0) ?? line(y, along: 1) ?? full
  }

  // MARK: Words

  /// Every outcome that is drawn, in the order of the options.
  var outcomes: [[String]] {
    let all = panels.flatMap { $0.plane.cells.map(\.outcome) }.uniqued()
    let order = decision.options.map(\.id)
    func rank(_ outcome: [String]) -> Int { order.firstIndex(of: outcome.first ?? "") ?? order.count }
    return all.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
  }

  func words(_ outcome: [String]) -> String {
    Wording.list(outcome.map { $0 == Outcome.notApplicable ? "not applicable" : $0 }, "or")
  }

  /// `async work: yes · message size above 1 MiB or caching: redis`; empty where it holds whatever the factors are.
  func words(_ cases: [[[Int]]]) -> String {
    func words(_ factor: Int, _ box: [[Int]]) -> String? {
      let values = box[factor].filter(applicable[factor].contains)
      return values == applicable[factor] ? nil : slice.factors[factor].words(values, of: applicable[factor], names)
    }
    // What all of them share is said once.
    let shared = slice.factors.indices.filter { factor in cases.allSatisfy { $0[factor] == cases[0][factor] } }
    let common = shared.compactMap { words($0, cases[0]) }
    let parts = cases.map { box in
      slice.factors.indices.filter { !shared.contains($0) }.compactMap { words($0, box) }.joined(separator: " and ")
    }
    guard !parts.contains("") else { return common.joined(separator: " · ") }
    return (common + [parts.joined(separator: ", or ")]).joined(separator: " · ")
  }

  /// The case of a panel; in the table's terms where that is shorter.
  func words(_ panel: Panel) -> String {
    let words = words(panel.cases)
    guard words.count > RegionPicture.longCase else { return words }
    if panel.passed == 1 { return "Rule 1 does not hold" }
    if panel.passed > 1 { return "Rules \(Wording.list((1...panel.passed).map(String.init))) do not hold" }
    return words.count > 3 * RegionPicture.longCase ? "For instance \(self.words([panel.cases[0]]))" : words
  }

  /// Each outcome with where it holds.
  func description(_ plane: RegionPlane) -> String {
    let sizes =
      [plane.x.cells] + (plane.y.map { [$0.cells] } ?? []) + plane.diagonals.map { _ in 2 }
    let ordered: Set = plane.y == nil ? [0] : [0, 1]
    return outcomes.compactMap { outcome -> String? in
      let inside = plane.cells.filter { $0.outcome == outcome }.map(\.position).uniqued()
      guard !inside.isEmpty else { return nil }
      let outside = plane.cells.filter { $0.outcome != outcome }.map(\.position)
      // What the first axis alone decides comes first.
      let boxes = Boxes.cover(inside, outside: outside, sizes: sizes, ordered: ordered).enumerated().sorted {
        let own = [$0, $1].map { box in sizes.indices.first { box.element[$0].count < sizes[$0] } ?? 0 }
        return (own[0], $0.offset) < (own[1], $1.offset)
      }.map(\.element)
      let parts = boxes.map { box -> String in
        let lines = [plane.x] + (plane.y.map { [$0] } ?? [])
        var parts = lines.indices.filter { box[$0].count < sizes[$0] }.map {
          "\(lines[$0].trait.entry.title.uncapitalized) is \(lines[$0].words(box[$0]))"
        }
        for (index, diagonal) in plane.diagonals.enumerated() where box[lines.count + index].count == 1 {
          parts.append(side(diagonal, isAbove: box[lines.count + index] == [1], plane))
        }
        return parts.joined(separator: " and ")
      }
      return "\(words(outcome)) where \(parts.joined(separator: ", or where "))."
    }.joined(separator: " ")
  }

  /// The test of a slanted line, or its opposite, whichever holds on this side.
  private func side(_ diagonal: RegionSlice.Diagonal, isAbove: Bool, _ plane: RegionPlane) -> String {
    guard case .compare(let left, let op, _, _) = diagonal.test else { return "" }
    let isYLeft = plane.y.map { left.traits.contains($0.trait.id) } ?? false
    let isLarger = op == .greater || op == .greaterOrEqual
    let holdsAbove = isYLeft == isLarger
    return names.sentence(holdsAbove == isAbove ? diagonal.test : Condition.not(diagonal.test).negationsInward)
  }

  /// Below the panels: what the drawing itself does not say.
  func caption(_ keys: [String]) -> String {
    var sentences: [String] = []
    if !slice.held.isEmpty {
      let values = slice.held.map { trait, value in
        "\(trait.entry.title.uncapitalized) at \(QuantityText.text(value, trait.kind.unit ?? .number))"
      }
      sentences.append("Drawn for \(Wording.list(values)).")
    }
    sentences.append(contentsOf: [onTheLines].compactMap(\.self))
    for diagonal in panels.first(where: { !$0.plane.diagonals.isEmpty })?.plane.diagonals ?? [] {
      sentences.append("Slanted line: \(names.sentence(diagonal.test)), or not.")
    }
    if uniform.count <= 3 {
      for (outcome, cases) in uniform where cases.count <= 2 {
        let cases = words(cases)
        if !cases.isEmpty, cases.count <= 2 * RegionPicture.longCase {
          sentences.append("Always \(words(outcome)) where \(cases).")
        }
      }
    }
    let efforts = outcomes.flatMap { $0 }.compactMap { decision.option($0)?.effort }
    if Set(efforts).count > 1 { sentences.append("A denser fill is more effort.") }
    if isPartial || uniform.count > 3 { sentences.append("What other answers bring stands in the table.") }
    sentences += keys
    return sentences.joined(separator: " ")
  }

  /// Which side a value belongs to that is exactly a figure.
  private var onTheLines: String? {
    let all = panels.flatMap { panel -> [(text: String, isBelow: Bool)] in
      let plane = panel.plane
      return plane.xFigures.map { (plane.x.text($0), $0.isBelow) }
        + plane.yFigures.map { (plane.y?.text($0) ?? "", $0.isBelow) }
    }
    let below = all.filter(\.isBelow).map(\.text).uniqued()
    let above = all.filter { !$0.isBelow }.map(\.text).uniqued()
    switch (below.isEmpty, above.isEmpty) {
    case (true, true): return nil
    case (false, true): return "A value exactly on a line counts as below it."
    case (true, false): return "A value exactly on a line counts as above it."
    case (false, false):
      return "Exactly \(Wording.list(below)) counts as below the line, exactly \(Wording.list(above)) as above it."
    }
  }

  // MARK: Figure

  /// A panel as it stands in the figure.
  struct Shown {
    var panel: Panel
    /// Empty where it holds always.
    var title: String
    var description: String
    var drawing: RegionDrawing
  }

  /// The panels, and those of the guide's own rules that differ, as far as there is room.
  var shown: [Shown] {
    let outcomes = outcomes
    func shown(_ picture: RegionPicture) -> [Shown] {
      picture.panels.map { panel in
        Shown(
          panel: panel, title: picture.words(panel).capitalized, description: picture.description(panel.plane),
          drawing: RegionDrawing(panel.plane, outcomes: outcomes))
      }
    }
    let own = shown(self)
    guard let guide = asWritten, guide.outcomes.allSatisfy(outcomes.contains) else { return own }
    let others = shown(guide).filter { other in
      !own.contains { $0.title == other.title && $0.description == other.description }
    }.map { other in
      var other = other
      other.title = "As the guide has it" + (other.title.isEmpty ? "" : " · \(other.title.uncapitalized)")
      return other
    }
    return own.count + others.count <= RegionPicture.mostPanels ? own + others : own
  }

  /// The same decision by the guide's own rules and figures; nil where they are today's.
  private var asWritten: RegionPicture? {
    let figures = decision.conditions(in: .asWritten).flatMap(\.thresholds).compactMap(knowledge.threshold)
    guard
      decision.conditions(in: .current) != decision.conditions(in: .asWritten)
        || figures.contains(where: { $0.asWritten != nil })
    else { return nil }
    func written(_ condition: RuleCondition) -> RuleCondition { RuleCondition(current: condition[.asWritten]) }
    var guide = decision
    guide.applies = guide.applies.map(written)
    for index in guide.rules.indices { guide.rules[index].when = written(guide.rules[index].when) }
    var figured = knowledge
    for index in figured.thresholds.indices {
      figured.thresholds[index].value = figured.thresholds[index].quantity(in: .asWritten)
    }
    return RegionPicture(guide, figured)
  }

  var figure: String {
    let shown = shown
    let parts = shown.indices.map { index -> String in
      let one = shown[index]
      let id = "r\(index + 1)"
      let name =
        one.title.isEmpty
        ? (outside: "", inside: "<title id=\"\(id)\">\(Picture.text(decision.entry.title))</title>\n")
        : (outside: "<p class=\"case\" id=\"\(id)\">\(Picture.text(one.title))</p>\n", inside: "")
      return """
        <div class="panel">
        \(name.outside)<svg viewBox="0 0 \(RegionDrawing.width) \(one.drawing.height)" role="img" text-anchor="middle" \
        aria-labelledby="\(id) \(id)-text">
        \(name.inside)<desc id="\(id)-text">\(Picture.text(one.description))</desc>
        \(index == 0 ? patterns : "")\(one.drawing.elements)</svg>
        </div>
        """
    }
    let numbers = shown.flatMap(\.drawing.numbered).uniqued().sorted()
    let caption = caption(numbers.map { "\($0) is \(words(outcomes[$0 - 1]))." })
    return """
      <figure class="regions\(shown.count > 1 ? " several" : "")">
      <div class="panels">
      \(parts.joined(separator: "\n"))
      </div>
      \(caption.isEmpty ? "" : "<figcaption>\(Picture.text(caption))</figcaption>\n")</figure>

      """
  }

  /// A fill for each outcome: the closer its marks, the more effort the outcome takes.
  private var patterns: String {
    let marks = outcomes.enumerated().map { index, outcome -> String in
      let efforts = outcome.compactMap { decision.option($0)?.effort }.compactMap(Decision.Effort.allCases.firstIndex)
      let effort = efforts.max() ?? 0
      let size = [14, 11, 8, 6][effort]
      let turn = [45, 135, 0, 90, 20, 110][index % 6]
      let ground = effort == 0 ? "" : "<rect width=\"\(size)\" height=\"\(size)\"/>"
      let mark = effort == 0 ? SVG.circle(size / 2, size / 2, 1, "") : SVG.path("M0 0V\(size)")
      return """
        <pattern id="\(RegionDrawing.fill(index))" class="e\(effort)" width="\(size)" height="\(size)" \
        patternUnits="userSpaceOnUse" patternTransform="rotate(\(turn))">\(ground)\(mark)</pattern>

        """
    }
    return "<defs>\n\(marks.joined())</defs>\n"
  }
}

extension String {
  /// With a capital at its beginning.
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}

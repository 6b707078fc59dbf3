import DecisionEngine
import Foundation
import KnowledgeModel
import TestSupport
import Testing

@testable import Site

@Suite struct RegionPictureTests {
  static let knowledge = RegionSamples.shipped
  static let drawn = knowledge.decisions.filter { RegionPicture($0, knowledge) != nil }.map(\.id)

  static func picture(_ id: String) throws -> RegionPicture {
    try #require(RegionPicture(try RegionSamples.decision(id), knowledge))
  }

  @Test func decisionsOfQuantitiesAreDrawn() {
    let compared = RegionPictureTests.knowledge.decisions.filter { decision in
      decision.rules.flatMap { $0.when.current.condition.leaves }.contains { leaf in
        // Whether there is more than one service is no matter of degree.
        if case .compare(let left, _, _, _) = leaf { left.traits != ["service_count"] } else { false }
      }
    }.map(\.id)
    #expect(Set(RegionPictureTests.drawn) == Set(compared))
  }

  @Test(arguments: drawn) func looksRight(_ id: String) throws {
    let picture = try RegionPictureTests.picture(id)
    let figure = picture.figure
    let reader = MarkupReader(figure)
    #expect(reader.problem == nil)
    #expect(figure.utf8.count <= 8 * 1024, "\(figure.utf8.count) bytes")
    #expect(!figure.contains("style=") && !figure.contains("NaN") && !figure.contains("Optional"))
    #expect(figure == RegionPicture.figure(try RegionSamples.decision(id), in: RegionPictureTests.knowledge))
    let ids = reader.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for svg in reader.attributes("svg") {
      #expect(svg["role"] == "img")
      for label in (svg["aria-labelledby"] ?? "?").split(separator: " ") { #expect(ids.contains(String(label))) }
    }
    for one in picture.shown {
      let drawing = one.drawing
      #expect(drawing.unnamed == 0, "a region has no name")
      let words = drawing.words
      for (index, word) in words.enumerated() {
        #expect(
          word.left >= 0 && word.right <= RegionDrawing.width && word.y <= drawing.height - 3 && word.y > 9, "\(word)")
        for other in words[(index + 1)...] where abs(other.y - word.y) < 12 {
          #expect(word.right < other.left || other.right < word.left, "\(word.text) lies on \(other.text)")
        }
      }
      // What is said names each outcome that is drawn.
      for cell in one.panel.plane.cells {
        #expect(one.description.contains(picture.words(cell.outcome) + " where "))
      }
    }
  }

  // MARK: What is drawn is what the engine says

  @Test(arguments: drawn) func regionsAgreeWithTheEngine(_ id: String) throws {
    let compared = try RegionPictureTests.compare(
      try RegionPictureTests.picture(id), RegionPictureTests.knowledge, size(60, full: 2000))
    #expect(compared >= size(20, full: 500), "only \(compared) points could be compared")
  }

  /// Rules that nobody has shipped yet.
  @Test(arguments: [
    ["qps > 100/s and qps < 100/s"], ["qps = 5/s", "qps > 7/s"], ["qps < 100/s or qps >= 100/s"],
    ["max(qps, write_qps) > 100/s", "read_qps > 5/s"], ["qps * 2 > write_qps"],
    ["qps > write_qps", "qps > 10/s", "write_qps > 1k/s"],
    ["read_ratio > 90%", "read_ratio > 99.9% and team_size > 3"],
    ["data_size > 1 KB and not (data_size > 5 PB)"], ["team_size > 5", "team_size > 5000"],
    ["qps > read_qps + write_qps"], ["read_ratio * 2 > 1", "qps - 100/s > 5/s"], ["5/s < qps and qps <= 5.001/s"],
    ["read_ratio > 0%", "cache_hit_rate >= 100%"],
  ]) func unusualRules(_ rules: [String]) throws {
    var decision = try RegionSamples.decision("read-scaling")
    let options = decision.options.map(\.id)
    let conditions = try (rules + ["otherwise"]).map { text in
      RuleCondition(
        current: SourcedCondition(
          text: text,
          condition: try ConditionParser.condition(text, RegionPictureTests.knowledge.vocabulary)))
    }
    decision.rules = conditions.enumerated().map { .init(then: options[$0.offset % options.count], when: $0.element) }
    var knowledge = RegionPictureTests.knowledge
    knowledge.decisions = knowledge.decisions.map { $0.id == decision.id ? decision : $0 }
    let html = RuleTable.html(decision, in: knowledge) { _, id in id }
    #expect(MarkupReader(html).problem == nil)
    guard let picture = RegionPicture(decision, knowledge) else { return }
    #expect(MarkupReader(picture.figure).problem == nil && !picture.figure.contains("nan"))
    let compared = try RegionPictureTests.compare(picture, knowledge, size(100, full: 2000))
    // Answers for what is no sum are not looked for.
    #expect(compared > 10 || rules[0].hasPrefix("max"))
  }

  /// - Returns: how many points were compared.
  private static func compare(_ picture: RegionPicture, _ knowledge: Knowledge, _ points: Int) throws -> Int {
    let id = picture.decision.id
    let engine = Evaluator(knowledge)
    var random = SeededGenerator(seed: id.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    var compared = 0
    for (panel, drawing) in zip(picture.panels, picture.shown.map(\.drawing)) {
      let shapes = Shapes(drawing.elements)
      let plane = panel.plane
      for _ in 0..<points {
        let (u, v) = (Double.random(in: 0..<1, using: &random), Double.random(in: 0..<1, using: &random))
        // So close to a line the drawing's whole numbers count.
        let point = (Double(drawing.x(u)), Double(drawing.y(v)))
        let isNear = plane.edges.contains { edge in
          Shapes.distance(
            point, (Double(drawing.x(edge.from.u)), Double(drawing.y(edge.from.v))),
            (Double(drawing.x(edge.to.u)), Double(drawing.y(edge.to.v)))) < 2
        }
        guard !isNear, let shown = shapes.outcome(point) else { continue }
        var x = Decimal(plane.xAxis.value(u))
        let y = plane.yAxis.map { Decimal($0.value(v)) }
        var expected = picture.outcomes[shown]
        // Now and then exactly on a figure.
        if let figure = plane.x.inner.randomElement(using: &random), Bool.random(using: &random) {
          x = figure.value
          let sides = plane.diagonals.map { (y ?? 0) > $0.ratio * x ? 1 : 0 }
          let position =
            [plane.x.cell(of: x)] + (plane.y.flatMap { line in y.map { [line.cell(of: $0)] } } ?? []) + sides
          guard let cell = plane.cells.first(where: { $0.position == position }) else { continue }
          expected = cell.outcome
        }
        var drawnAt = [plane.x.trait.id: Answer.quantity(Interval(x))]
        if let line = plane.y, let y { drawnAt[line.trait.id] = .quantity(Interval(y)) }
        guard let answers = answers(picture, panel, drawnAt, engine, &random) else { continue }
        let outcome = engine.allOutcomes(answers)[id]
        let found = outcome?.status == .notApplicable ? Outcome.notApplicable : outcome?.outcome ?? "open"
        // Drawn is what holds where the decision is taken.
        if found == Outcome.notApplicable, !plane.cells.contains(where: { $0.outcome == [found] }) { continue }
        #expect(expected.contains(found), "\(answers)")
        compared += 1
      }
    }
    return compared
  }

  /// Answers to the whole knowledge that lie in a panel; nil where none were found.
  private static func answers(
    _ picture: RegionPicture, _ panel: RegionPicture.Panel, _ drawn: [String: Answer], _ engine: Evaluator,
    _ random: inout SeededGenerator
  ) -> [String: Answer]? {
    guard let box = panel.cases.randomElement(using: &random) else { return nil }
    var answers: [String: Answer] = [:]
    var wanted: [String: [String]] = [:]
    // The trait that is not drawn, in a panel of one.
    for line in [picture.slice.x, picture.slice.y].compactMap(\.self) where drawn[line.trait.id] == nil {
      answers[line.trait.id] = .quantity(Interval(line.inside(Int.random(in: 0..<line.cells, using: &random))))
    }
    for (trait, value) in picture.slice.held { answers[trait.id] = .quantity(Interval(value)) }
    for (factor, chosen) in zip(picture.slice.factors, box) {
      guard let index = chosen.randomElement(using: &random) else { return nil }
      let value = factor.values[index]
      switch factor.subject {
      case .trait(let id):
        answers[id] = value.answer
        if case .choice = value.answer, let option = value.options.randomElement(using: &random) {
          answers[id] = .choice(option)
        }
      case .decision(let id):
        wanted[id] = value.options
        let examples = knowledge.decision(id)?.examples.filter { example in
          guard example.mode == .current else { return false }
          switch example.expect {
          case .decided(let outcome): return value.options.contains(outcome)
          case .notApplicable: return value.options.contains(Outcome.notApplicable)
          case .undecided: return false
          }
        }
        guard let example = examples?.randomElement(using: &random) else { return nil }
        answers.merge(example.given) { own, _ in own }
      case .comparison:
        guard case .compare(let left, let op, let right, _)? = factor.tests.first else { return nil }
        let forms = (LinearForm(left, knowledge), LinearForm(right, knowledge))
        guard let a = forms.0, let b = forms.1 else { return nil }
        let form = a.adding(b, times: -1)
        let traits = form.factors.keys.sorted().compactMap(knowledge.trait)
        for _ in 0..<50 {
          var sum = form.constant
          for trait in traits {
            let usual = trait.plausible ?? Interval(0, 100)
            let share = Decimal(Int.random(in: 0...100, using: &random)) / 100
            let value = usual.low + (usual.high - usual.low) * share
            answers[trait.id] = .quantity(Interval(value))
            sum += (form.factors[trait.id] ?? 0) * value
          }
          if (op == .greater ? sum > 0 : sum >= 0) == (index == 0) { break }
        }
      }
    }
    answers.merge(drawn) { _, drawn in drawn }
    let outcomes = engine.allOutcomes(answers)
    for (id, options) in wanted {
      let outcome = outcomes[id]
      let found = outcome?.status == .notApplicable ? Outcome.notApplicable : outcome?.outcome ?? "open"
      // What this decision reads itself speaks against the example.
      guard options.contains(found) else { return nil }
    }
    return answers
  }

  // MARK: Some in particular

  @Test func wordsOfRegions() throws {
    let picture = try RegionPictureTests.picture("read-scaling")
    #expect(
      picture.description(picture.panels[0].plane)
        == "single-node where database reads a second is at most 10,000/s. read-replicas where database reads a second "
        + "is above 10,000/s and read ratio is above 80%. optimize-and-cache where database reads a second is above "
        + "10,000/s and read ratio is at most 80%.")
    let shard = try RegionPictureTests.picture("write-scaling")
    #expect(
      shard.description(shard.panels[0].plane).contains(
        "shard where database writes a second is above 5,000/s, or where stored data is above 5 TB."))
  }

  @Test func otherInputsMakePanels() throws {
    let messaging = try RegionPictureTests.picture("messaging")
    #expect(messaging.panels.count == 2)
    #expect(
      messaging.panels.map { $0.plane.y == nil } == [true, false]
        || messaging.panels.map { $0.plane.y == nil } == [false, true])
    #expect(messaging.uniform.map(\.outcome) == [["kafka"]])
    #expect(
      RegionPicture.figure(try RegionSamples.decision("circuit-breaker"), in: RegionPictureTests.knowledge) == nil)
  }

  @Test func theGuidesOwnRulesAreDrawnBeside() throws {
    let shape = try RegionPictureTests.picture("service-shape")
    #expect(shape.shown.map(\.title) == ["", "As the guide has it"])
    #expect(
      shape.shown[1].description
        == "modular-monolith where services in production is below 2. microservices where services in production is at "
        + "least 2.")
    let broker = try RegionPictureTests.picture("messaging")
    #expect(broker.shown.map(\.title).count { $0.hasPrefix("As the guide has it · message needs: ") } == 1)
    #expect(broker.shown.contains { $0.description.contains("largest message is below 256 KiB") })
  }

  @Test func boxesCoverWhatTheyShould() {
    let boxes = Boxes.cover(
      [[0, 0], [0, 1], [1, 0], [0, 2]], outside: [[1, 1], [1, 2]], sizes: [2, 3])
    #expect(boxes == [[[0, 1], [0]], [[0], [0, 1, 2]]])
  }
}

/// The filled shapes of a drawing.
private struct Shapes {
  private var shapes: [(outcome: Int, corners: [(Double, Double)])] = []

  init(_ elements: String) {
    for line in elements.split(separator: "\n") where line.hasPrefix("<path fill=\"url(#f") {
      let number = line.dropFirst("<path fill=\"url(#f".count).prefix(while: \.isNumber)
      guard let outcome = Int(number),
        let data = line.components(separatedBy: " d=\"").last?.prefix(while: { $0 != "\"" })
      else { continue }
      for part in data.split(separator: "z") {
        var corners: [(Double, Double)] = []
        var rest = part
        while let command = rest.popFirst() {
          let numbers = rest.prefix { $0.isNumber || $0 == " " || $0 == "-" }
          rest = rest.dropFirst(numbers.count)
          let values = numbers.split(separator: " ").compactMap { Double($0) }
          switch command {
          case "H": corners.append((values[0], corners[corners.count - 1].1))
          case "V": corners.append((corners[corners.count - 1].0, values[0]))
          default: corners.append((values[0], values[1]))
          }
        }
        shapes.append((outcome - 1, corners))
      }
    }
  }

  func outcome(_ point: (Double, Double)) -> Int? {
    shapes.first { shape in
      var isInside = false
      for (a, b) in zip(shape.corners, shape.corners.dropFirst() + shape.corners.prefix(1))
      where (a.1 > point.1) != (b.1 > point.1) && point.0 < (b.0 - a.0) * (point.1 - a.1) / (b.1 - a.1) + a.0 {
        isInside.toggle()
      }
      return isInside
    }?.outcome
  }

  static func distance(_ p: (Double, Double), _ a: (Double, Double), _ b: (Double, Double)) -> Double {
    let length = (b.0 - a.0) * (b.0 - a.0) + (b.1 - a.1) * (b.1 - a.1)
    let share = length == 0 ? 0 : max(0, min(1, ((p.0 - a.0) * (b.0 - a.0) + (p.1 - a.1) * (b.1 - a.1)) / length))
    let (x, y) = (a.0 + share * (b.0 - a.0) - p.0, a.1 + share * (b.1 - a.1) - p.1)
    return (x * x + y * y).squareRoot()
  }
}

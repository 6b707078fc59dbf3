import DecisionEngine
import Foundation
import FoundationXML
import KnowledgeBase
import KnowledgeModel
import Markdown
import TestSupport
import Testing

@testable import Documents

/// What must hold for the pictures of any system, and how those of one system look.
@Suite struct PictureTests {
  static let seeds = [UInt64](1...UInt64(size(24, full: 1000)))

  /// A system with something in every picture.
  static let shop = AnswerSheet(
    system: "Shop", date: "2026-11-22",
    answers: [
      "team_size": .quantity(Interval(6)), "production_services": .quantity(Interval(1)),
      "qps": .quantity(Interval(900)), "read_ratio": .quantity(Interval(Decimal(85) / 100)),
      "queries_per_request": .quantity(Interval(3)),
      "data_size": .quantity(Interval(800_000_000_000, 1_200_000_000_000)),
      "db_connections": .quantity(Interval(140)), "identical_query_rate": .quantity(Interval(1_200)),
      "has_cache": .flag(true), "cache_hit_rate": .quantity(Interval(Decimal(72) / 100)), "async_work": .flag(true),
      "message_rate": .quantity(Interval(120, 400)), "message_size": .quantity(Interval(2_000_000)),
      "message_needs": .set(["simple-job"]), "downstream_reliability": .choice("unreliable"),
      "availability_target": .quantity(Interval(Decimal(9995) / 10_000)),
      "qps_growth": .quantity(Interval(Decimal(3) / 10, Decimal(6) / 10)),
      "data_growth": .quantity(Interval(Decimal(5) / 10)),
    ])

  private static func design(_ sheet: AnswerSheet, mode: Mode = .current) -> DesignDocument {
    let knowledge = Samples.shipped.knowledge
    return DesignDocument(Evaluator(knowledge, mode: mode).assess(sheet), knowledge)
  }

  private static func random(_ seed: UInt64) -> AnswerSheet {
    var random = SeededGenerator(seed: seed &* 31)
    return Samples.shipped.knowledge.randomSheet(&random)
  }

  // MARK: Layout

  @Test(arguments: seeds) func systemDiagram(_ seed: UInt64) throws {
    for sheet in [PictureTests.random(seed), PictureTests.decisive(seed)] {
      let diagram = PictureTests.design(sheet).diagram
      let layout = DiagramLayout(diagram)
      #expect(layout.boxes.count == diagram.nodes.count && layout.lines.count == diagram.edges.count)
      for (index, box) in layout.boxes.enumerated() {
        #expect(
          box.x > 0 && box.y - box.offset > 0 && box.right + box.offset < layout.width && box.bottom < layout.height)
        for other in layout.boxes[(index + 1)...] {
          #expect(!PictureTests.overlap(box, other), "\(box.node.id) lies on \(other.node.id)")
        }
        let room = box.width - (box.node.shape == .queue ? 34 : 8)
        for line in box.label { #expect(TextMeasure.label.width(line) <= room, "\(line) does not fit") }
        for line in box.detail { #expect(TextMeasure.detail.width(line) <= room, "\(line) does not fit") }
        let text =
          box.label.count * TextMeasure.label.lineHeight + box.detail.count * TextMeasure.detail.lineHeight
        #expect(text <= box.height - 8 && box.label.count <= 2 && box.detail.count <= 2)
        #expect(!(box.label + box.detail).contains { $0.hasSuffix("…") }, "\(box.node.label) is cut")
      }
      for line in layout.lines {
        #expect(line.points.allSatisfy { (0...layout.width).contains($0.x) && (0...layout.height).contains($0.y) })
        let (from, to) = (layout.boxes.first { $0.node.id == line.from }, layout.boxes.first { $0.node.id == line.to })
        let first = try #require(line.points.first), last = try #require(line.points.last)
        let start = try #require(from), end = try #require(to)
        #expect(PictureTests.touches(start, first), "\(line.from) → \(line.to) does not begin at its box")
        #expect(PictureTests.touches(end, last), "\(line.from) → \(line.to) does not end at its box")
        for (a, b) in zip(line.points, line.points.dropFirst()) {
          #expect(a.x == b.x || a.y == b.y)
          for box in layout.boxes {
            let isOwn = box.node.id == line.from || box.node.id == line.to
            #expect(
              isOwn ? !PictureTests.enters(a, b, box) : !PictureTests.crosses(a, b, box),
              "\(line.from) → \(line.to) crosses \(box.node.id)")
          }
        }
      }
      // Lines of one box share no lane, so that each can be followed.
      for (index, line) in layout.lines.enumerated() {
        for other in layout.lines[(index + 1)...] where line.to != other.to {
          for (a, b) in zip(line.points, line.points.dropFirst()) where a.x == b.x {
            for (c, d) in zip(other.points, other.points.dropFirst()) where c.x == d.x && c.x == a.x {
              let isApart = max(a.y, b.y) <= min(c.y, d.y) || max(c.y, d.y) <= min(a.y, b.y)
              #expect(isApart, "\(line.from) → \(line.to) runs on \(other.from) → \(other.to)")
            }
          }
        }
      }
    }
  }

  /// Answers that bring many boxes: most random ones leave much open.
  private static func decisive(_ seed: UInt64) -> AnswerSheet {
    var random = SeededGenerator(seed: seed)
    var sheet = shop
    func pick<T>(_ values: [T]) -> T { values.randomElement(using: &random) ?? values[0] }
    sheet.answers["qps"] = .quantity(Interval(pick([10, 5_000, 80_000])))
    sheet.answers["cacheable_share"] = .quantity(Interval(pick([0, Decimal(5) / 10])))
    sheet.answers["db_connections"] = .quantity(Interval(pick([10, 900])))
    sheet.answers["identical_query_rate"] = .quantity(Interval(pick([1, 900])))
    sheet.answers["message_needs"] = .set(pick([["simple-job"], ["routing"], ["replay"]]))
    sheet.answers["availability_target"] = pick([
      .quantity(Interval(Decimal(99) / 100)), .quantity(Interval(Decimal(999) / 1000)),
      .quantity(Interval(Decimal(99_995) / 100_000)), .unknown,
    ])
    sheet.answers["user_continents"] = .quantity(Interval(pick([1, 4])))
    sheet.answers["database_engine"] = .choice(pick(["postgresql", "mysql", "other"]))
    sheet.answers["has_cache"] = .flag(pick([true, false]))
    return sheet
  }

  private static func overlap(_ a: DiagramLayout.Box, _ b: DiagramLayout.Box) -> Bool {
    a.x < b.right + b.offset && b.x < a.right + a.offset && a.y - a.offset < b.bottom && b.y - b.offset < a.bottom
  }

  private static func touches(_ box: DiagramLayout.Box, _ point: DiagramLayout.Point) -> Bool {
    (box.x...(box.right + box.offset)).contains(point.x) && ((box.y - box.offset)...box.bottom).contains(point.y)
  }

  private static func crosses(_ a: DiagramLayout.Point, _ b: DiagramLayout.Point, _ box: DiagramLayout.Box) -> Bool {
    min(a.x, b.x) < box.right + box.offset && max(a.x, b.x) > box.x && min(a.y, b.y) < box.bottom
      && max(a.y, b.y) > box.y - box.offset
  }

  /// Runs inside the box itself, not only up to its edge.
  private static func enters(_ a: DiagramLayout.Point, _ b: DiagramLayout.Point, _ box: DiagramLayout.Box) -> Bool {
    min(a.x, b.x) < box.right && max(a.x, b.x) > box.x && min(a.y, b.y) < box.bottom && max(a.y, b.y) > box.y
  }

  @Test(arguments: seeds) func decisionMap(_ seed: UInt64) throws {
    guard let map = PictureTests.design(PictureTests.random(seed)).decisionMap else { return }
    let layout = map.layout
    #expect(map.decisions.count <= DecisionMap.most && map.traits.count <= DecisionMap.mostTraits)
    for decision in map.decisions.indices { #expect(map.links.contains { $0.decision == decision }) }
    for boxes in [layout.traits, layout.decisions] {
      for box in boxes {
        #expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= layout.width && box.y + box.height <= layout.height)
        for line in box.title { #expect(DecisionMap.title.width(line) <= box.width - 20) }
        #expect(TextMeasure.detail.width(box.detail) <= box.width - 20)
      }
      for (upper, lower) in zip(boxes, boxes.dropFirst()) { #expect(upper.y + upper.height < lower.y) }
    }
    for line in layout.lines {
      let (from, to) = (layout.traits[line.link.trait], layout.decisions[line.link.decision])
      #expect(line.from.x == from.x + from.width && line.to.x == to.x && line.from.x < line.to.x)
      #expect(
        (from.y...(from.y + from.height)).contains(line.from.y) && (to.y...(to.y + to.height)).contains(line.to.y))
    }
    for trait in map.traits.indices {
      #expect(map.links.contains { $0.trait == trait }, "\(map.traits[trait].id) leads nowhere")
    }
  }

  // MARK: Drawings

  @Test(arguments: seeds) func drawings(_ seed: UInt64) throws {
    for sheet in [PictureTests.random(seed), PictureTests.decisive(seed)] {
      let mode: Mode = seed.isMultiple(of: 3) ? .asWritten : .current
      for picture in PictureTests.design(sheet, mode: mode).pictures { try check(picture) }
    }
  }

  /// Whatever a pack calls its entries, it stays text.
  @Test func hostileTitles() throws {
    let name = "\"]:::x --> <b>#quot; `y` {{z}} & ]]> </svg><script>alert(1)</script> 長い名前 \u{202E}evil"
    var knowledge = Samples.shipped.knowledge
    for index in knowledge.traits.indices { knowledge.traits[index].entry.title = name }
    for index in knowledge.decisions.indices { knowledge.decisions[index].entry.title = name }
    let design = DesignDocument(Evaluator(knowledge).assess(PictureTests.shop), knowledge)
    #expect(design.pictures.count == 4)
    for picture in design.pictures {
      try check(picture)
      #expect(!picture.figure.contains("<script") && !picture.figure.contains("\u{202E}"))
      #expect(!picture.source.contains("<b>") && !picture.source.contains("```") && !picture.source.contains("{{"))
      let fence = MarkdownRenderer(codeBlock: { _, text in text == picture.source + "\n" ? "<hr>" : nil })
      #expect(fence.render(picture.fence).html == "<hr>\n", "the fence of \(picture.id) does not hold its text")
    }
  }

  private func check(_ picture: Picture) throws {
    let reader = FigureReader()
    let parser = XMLParser(data: Data(picture.figure.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(picture.id) is not well-formed: \(String(describing: parser.parserError))")
    #expect(reader.texts["title"] == picture.title && reader.texts["desc"] == MarkdownText.plain(picture.description))
    #expect(Set(reader.ids) == picture.ids && reader.ids.count == picture.ids.count)
    #expect(!picture.description.isEmpty && picture.description.hasSuffix("."))
    #expect(
      !picture.figure.contains("NaN") && !picture.figure.contains("inf\"") && !picture.figure.contains("Optional("))
    for (x, y) in reader.places {
      #expect((0...picture.size.width).contains(x) && (0...picture.size.height).contains(y), "\(picture.id): \(x) \(y)")
    }
    let lines = picture.source.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.last != " " })
    if picture.fenceLanguage == "text" {
      #expect(lines.allSatisfy { $0.count <= 100 }, "\(picture.source)")
    }
  }

  // MARK: As they look

  @Test func recorded() throws {
    for picture in PictureTests.design(PictureTests.shop).pictures {
      try Snapshot.expect(picture.figure, "shop-\(picture.id).svg")
      try Snapshot.expect(picture.source + "\n", "shop-\(picture.id).txt")
    }
  }

  @Test func textIsBrokenToFit() {
    let measure = TextMeasure.label
    #expect(measure.lines("Modular monolith", width: 400) == ["Modular monolith"])
    #expect(measure.lines("PostgreSQL primary with a long name", width: 170).count == 2)
    for text in [
      "Donaudampfschifffahrtsgesellschaft", "a b c d e f g h i j k l m n o p q r s t u v w x y z", "長い名前の決定",
    ] {
      for width in [40, 90, 160] {
        let lines = measure.lines(text, width: width)
        #expect(lines.count <= 2 && lines.allSatisfy { measure.width($0) <= width && !$0.isEmpty })
      }
    }
    #expect(measure.lines("", width: 100) == [])
  }

  @Test func runningTitles() {
    #expect(Page.cssString("Checkout") == "Checkout")
    #expect(Page.cssString("a\"b</style>") == #"a\22 b\3c \2f style\3e "#)
    #expect(Page.cssString("é\n\\") == #"\e9  \5c "#)
    #expect(Page.cssString(String(repeating: "x", count: 200)) == String(repeating: "x", count: 79) + #"\2026 "#)
  }

  @Test func months() {
    func crossing(_ earliest: Double, _ latest: Double?) -> GrowthProjection.Crossing {
      .init(
        trait: "qps", driver: .requests, value: Interval(1), threshold: "x", at: 2, decision: "d", from: [], to: [],
        isRising: true, earliest: earliest, latest: latest)
    }
    let dated = GrowthTime("2026-11-22")
    #expect(dated.text(crossing(1, 1)) == "2027-11")
    #expect(dated.text(crossing(0.1, 2)) == "2026-12 to 2028-11")
    #expect(dated.text(crossing(0.01, 0.02)) == "2026-11")
    #expect(dated.text(crossing(0, 1)) == "today to 2027-11")
    #expect(dated.text(crossing(3, nil)) == "2029-11 or later")
    #expect(dated.text(crossing(0, nil)) == "today, or never")
    #expect(dated.text(crossing(1, 1e9)) == "2027-11 to some later century")
    for date in [nil, "", "soon", "2026-13-01", "2026-11"] as [String?] {
      let undated = GrowthTime(date)
      #expect(undated.text(crossing(1.44, 1.44)) == "in 1.4 years")
      #expect(undated.text(crossing(1.44, 2.01)) == "in 1.4 to 2.1 years")
      #expect(undated.text(crossing(1.44, nil)) == "in 1.4 years or later")
      #expect(undated.text(crossing(0, 1.44)) == "within 1.5 years")
      #expect(undated.text(crossing(2, 1e9)) == "in 2.0 years to some later century")
    }
  }
}

/// Collects what is checked of a figure.
private final class FigureReader: NSObject, XMLParserDelegate {
  var ids: [String] = []
  var texts: [String: String] = [:]
  var places: [(Int, Int)] = []
  private var open: [String] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(name)
    if let id = attributes["id"] { ids.append(id) }
    func number(_ key: String) -> Int? { attributes[key].flatMap(Int.init) }
    if name == "rect", let x = number("x"), let y = number("y"), let w = number("width"), let h = number("height") {
      places += [(x, y), (x + w, y + h)]
    }
    if name == "text", let x = number("x"), let y = number("y") { places.append((x, y)) }
    if name == "circle", let x = number("cx"), let y = number("cy") { places.append((x, y)) }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if let name = open.last { texts[name, default: ""] += string }
  }
}

import DecisionEngine
import TestSupport
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel

/// What the tests read: a small knowledge of their own, and the shipped knowledge and templates of the checkout.
enum Samples {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
  static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

  static let small = compile(folder.appending(path: "Fixtures/knowledge"))
  static let shipped = compile(root.appending(path: "knowledge"))
  static let templates = Dictionary(
    files(in: root.appending(path: "templates")).map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })

  static func files(in folder: URL, below prefix: String = "") -> [(path: String, text: String)] {
    let manager = FileManager.default
    let names = (try? manager.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }.flatMap { name -> [(path: String, text: String)] in
      let url = folder.appending(path: name)
      var isFolder: ObjCBool = false
      guard manager.fileExists(atPath: url.path, isDirectory: &isFolder) else { return [] }
      if isFolder.boolValue { return files(in: url, below: prefix + name + "/") }
      return (try? String(contentsOf: url, encoding: .utf8)).map { [(prefix + name, $0)] } ?? []
    }
  }

  private static func compile(_ folder: URL) -> KnowledgeCompiler.Result {
    KnowledgeCompiler.compile([
      KnowledgeSource(name: "knowledge", files: files(in: folder).map { .init(path: $0.path, text: $0.text) })
    ])
  }

  static func render(
    _ sheet: AnswerSheet, _ knowledge: Knowledge, mode: Mode = .current, audience: Audience = .review
  ) throws -> (assessment: Assessment, files: [String: String]) {
    let assessment = Evaluator(knowledge, mode: mode).assess(sheet)
    let files = try DocumentSet.render(
      assessment: assessment, knowledge: knowledge, templates: templates, audience: audience)
    return (assessment, Dictionary(files.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first }))
  }

  // MARK: Systems

  /// Nothing at stake.
  static let calm = AnswerSheet(
    system: "Notes", date: "2026-11-22",
    answers: [
      "qps": .quantity(Interval(40)), "cacheable_share": .quantity(Interval(0)),
      "downstream_reliability": .choice("none"), "database_engine": .choice("postgresql"),
    ])

  /// Close to a line, with a range, a note and people.
  static let busy = AnswerSheet(
    system: "Checkout", date: "2026-11-22",
    people: .init(decisionMakers: ["Ana", "Chloé"], consulted: ["Bo"], informed: ["Ops"]),
    answers: [
      "qps": .quantity(Interval(45_000, 60_000)), "cacheable_share": .quantity(Interval(Decimal(30) / 100)),
      "downstream_reliability": .choice("unreliable"), "database_engine": .choice("mysql"),
    ], notes: ["qps": "peak minute | last year"])

  /// Hardly anything known.
  static let unknown = AnswerSheet(answers: ["qps": .unknown, "cacheable_share": .quantity(Interval(Decimal(5) / 10))])

  /// Every text that a person can give, hostile.
  static let hostile = AnswerSheet(
    system: "# <b>x</b> | `y` {{z}}\n# two [l](javascript:alert(1))", date: "2026-11-22",
    people: .init(decisionMakers: ["*Ana* | <script>", "\u{202E}evil"]),
    answers: ["qps": .quantity(Interval(5_000)), "downstream_reliability": .choice("reliable")],
    notes: ["qps": "a | b\n\n## c\n- d `e` <img src=x onerror=alert(1)> {{f}}"])
}

extension Knowledge {
  /// Answers to some of its questions: points, ranges, unknowns, at the plausible, at the bounds and at thresholds.
  func randomSheet(_ random: inout SeededGenerator) -> AnswerSheet {
    var answers: [String: Answer] = [:]
    for trait in traits where Int.random(in: 0..<10, using: &random) < 7 {
      if Int.random(in: 0..<8, using: &random) == 0 {
        answers[trait.id] = .unknown
        continue
      }
      switch trait.kind {
      case .quantity(let unit, let bounds, _):
        let figures = thresholds.filter { $0.value.unit == unit && bounds.contains($0.value.value) }.map(\.value.value)
        let plausible = trait.plausible ?? bounds
        func value() -> Decimal {
          switch Int.random(in: 0..<4, using: &random) {
          case 0: return figures.randomElement(using: &random) ?? plausible.low
          case 1: return bounds.low
          default:
            let share = Decimal(Int.random(in: 0...1000, using: &random)) / 1000
            let picked = plausible.low + (plausible.high - plausible.low) * share
            var rounded = Decimal()
            var source = picked
            if unit == .count || unit == .bytes {
              NSDecimalRound(&rounded, &source, 0, .plain)
            } else {
              rounded = picked
            }
            return rounded
          }
        }
        let (a, b) = (value(), value())
        answers[trait.id] = .quantity(
          Int.random(in: 0..<4, using: &random) == 0 ? Interval(min(a, b), max(a, b)) : Interval(a))
      case .flag: answers[trait.id] = .flag(Bool.random(using: &random))
      case .choice(let options):
        answers[trait.id] = options.randomElement(using: &random).map { .choice($0.id) } ?? .unknown
      case .set(let options):
        answers[trait.id] = .set(Set(options.map(\.id).filter { _ in Bool.random(using: &random) }))
      }
    }
    return AnswerSheet(system: "Random", date: "2026-11-22", answers: answers)
  }
}

import Foundation
import KnowledgeModel
import TestSupport

extension Knowledge {
  /// Knowledge of any size and with any text, for what has to hold whatever a pack brings.
  static func synthetic(_ random: inout SeededGenerator, decisions: Int, practices: Int, checks: Int) -> Knowledge {
    var maker = Maker(random: random)
    let sources = (0..<8).map { index in
      Source(
        id: "source-\(index)", title: maker.text(40),
        url: index.isMultiple(of: 3) ? nil : "https://example.org/\(index) “é”|x", date: nil, checked: "2026-11-22",
        evidence: .read, note: nil)
    }
    var knowledge = Knowledge(
      packs: [
        PackStamp(name: "guide", version: "1", title: maker.text(60)),
        PackStamp(name: "house", version: "2", title: maker.text(90)),
      ], hash: String(repeating: "0a", count: 16), sources: sources)
    knowledge.practices = (0..<practices).map { index in
      Practice(
        entry: maker.entry(.practice, index), applies: nil, reason: maker.text(400), level: maker.level, checks: [])
    }
    knowledge.checks = (0..<checks).map { index in
      Check(
        entry: maker.entry(.check, index), applies: nil, reason: maker.text(400),
        phase: maker.pick(Check.Phase.allCases) ?? .change, level: maker.level, step: nil, evidence: maker.text(2500),
        command: nil)
    }
    knowledge.decisions = (0..<decisions).map { index in
      Decision(
        entry: maker.entry(.decision, index), question: maker.text(200), hitPolicy: .first, applies: nil, rules: [],
        options: [.init(id: "one", title: maker.text(40), effort: .none)],
        confirm: maker.some(knowledge.checks.map(\.id)), practices: maker.some(knowledge.practices.map(\.id)),
        weight: maker.number(1...3), examples: [])
    }
    random = maker.random
    return knowledge
  }

  private struct Maker {
    var random: SeededGenerator

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    mutating func pick<Value>(_ values: [Value]) -> Value? { values.randomElement(using: &random) }
    mutating func some(_ ids: [String]) -> [String] {
      let count = number(0...40)
      return ids.filter { _ in number(0...max(ids.count, 1)) < count }
    }
    var level: Level { mutating get { pick(Level.allCases) ?? .must } }

    /// Ids that would be alike, too short, too long, or end as “None of these” does.
    mutating func entry(_ kind: EntryKind, _ index: Int) -> Entry {
      let letter = kind.rawValue.prefix(1)
      let id =
        switch number(0...5) {
        case 0: "\(letter)\(index)"
        case 1: "\(letter)\(index)-yes-or-no"
        case 2: "\(letter)\(index)-" + String(repeating: "long-", count: 20) + "id"
        case 3:
          index < 3
            ? ["data-practices", "security", "caching"][index] + (kind == .practice ? "" : "-\(letter)")
            : "\(letter)\(index)-x"
        default: "\(letter)\(index)-plain"
        }
      return Entry(
        id: id, kind: kind, title: text(180), area: pick(Area.allCases) ?? .data, summary: text(300), guide: [],
        guideSays: text(100), today: number(0...1) == 0 ? nil : text(900), verdict: .practice,
        sources: (0..<number(0...8)).map { "source-\($0)" }, checked: "2026-11-\(number(10...28))", aliases: [],
        body: "", pack: "guide", override: nil)
    }

    /// Words of all kinds, at most so many characters and never blank.
    mutating func text(_ longest: Int) -> String {
      let words = [
        "a", "read", "p95 > 200 ms;", "80%", "`x = [1]`", "**bold**", "[link](entry:x)", "{=no}", "\"quoted\"", "~5",
        "$3",
        "a|b", "<tag>", "Ends.", "Naïve", "漢字", "🙂", "±2 × 3 ≤ 4", "{x}", "_y_", "(aside {=z})", "Next", "*",
        "https://example.org/a_b", String(repeating: "w", count: 40),
      ]
      var text = "Begins"
      var length = text.count
      let wanted = number(0...longest)
      while let word = pick(words), length + 1 + word.count <= wanted {
        text += " " + word
        length += 1 + word.count
      }
      return text
    }
  }
}

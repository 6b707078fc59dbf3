import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import Review
import TestSupport
import Testing

@testable import Documents

/// What a person may do to our items, whatever the mixture, is read as it was meant.
@Suite struct BodyRoundTripTests {
  static let knowledge = Samples.shipped.knowledge
  static let assessment = Evaluator(knowledge).assess(AnswerSheet())
  static let items = ChecklistItem.all(assessment, knowledge)
  static let reference = ItemReference(assessment, knowledge)

  @Test func statesReadAreStatesPutIn() {
    for seed in 0..<UInt64(size(150, full: 20_000)) {
      var writer = BodyWriter(seed: seed)
      let body = writer.body()
      let read = ChecklistBody(body, Self.reference)
      let states = Dictionary(read.items.map { ($0.id, Put($0)) }, uniquingKeysWith: { first, _ in first })
      #expect(read.contradictions.isEmpty, "seed \(seed)\n\(body)")
      for (id, put) in writer.put where states[id] != put {
        Issue.record("seed \(seed): \(id) was \(put), read \(String(describing: states[id]))\n\(body)")
      }
      #expect(Set(states.keys) == Set(writer.put.keys), "seed \(seed)\n\(body)")
    }
  }
}

/// An answer, as far as it matters.
private enum Put: Hashable {
  case ticked(evidence: Bool), unticked(evidence: Bool)
  case notApplicable(reason: Bool)

  init(_ item: ChecklistBody.Item) {
    switch item.state {
    case .ticked: self = .ticked(evidence: item.evidence != nil)
    case .unticked: self = .unticked(evidence: item.evidence != nil)
    case .notApplicable(let reason): self = .notApplicable(reason: reason != nil)
    }
  }
}

private struct BodyWriter {
  private var random: SeededGenerator
  private(set) var put: [String: Put] = [:]

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func chance(_ share: Int) -> Bool { Int.random(in: 0..<100, using: &random) < share }
  private mutating func pick<Element>(_ all: [Element]) -> Element { all[Int.random(in: all.indices, using: &random)] }

  mutating func body() -> String {
    let items = BodyRoundTripTests.items
      .shuffled(using: &random).prefix(Int.random(in: 1...12, using: &random))
    var text = chance(50) ? "## What changes\n\nWe speed up *orders*.\n\n" : ""
    if chance(30) { text += "<!-- plumbline:begin checklist -->\n\n" }
    for item in items {
      text += list(of: item) + "\n"
      if chance(40) { text += decoy(items.randomElement(using: &random) ?? item) }
    }
    if chance(30) { text += "\n<!-- plumbline:end checklist -->\n" }
    return chance(25) ? text.replacing("\n", with: "\r\n") : text
  }

  /// An item in a list, perhaps below another item.
  private mutating func list(of item: ChecklistItem) -> String {
    let bullet = pick(["-", "-", "-", "*", "+", "1."])
    let written = written(item, bullet)
    guard chance(20) else { return (chance(50) ? "\n" : "") + written }
    let parent = pick(["- Checks\n", "1. Before merging:\n", "- [ ] My own list\n", "* a\n  * b\n"])
    let indent = parent == "* a\n  * b\n" ? 4 : 3
    return "\n" + parent
      + written.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : String(repeating: " ", count: indent) + $0 }.joined(separator: "\n") + "\n"
  }

  private mutating func written(_ item: ChecklistItem, _ bullet: String) -> String {
    let pad = String(repeating: " ", count: bullet.count + 1)
    let isTicked = chance(50)
    let box = isTicked ? pick(["[x]", "[X]"]) : "[ ]"
    var (first, more) = lines(of: item)
    let label = "**\(item.label)**"
    if chance(30) { first = reworded(first, of: item) }
    if chance(10), first.hasPrefix(label) {
      // The bold type, the id or both get lost.
      first = pick(["\(item.label)", "**\(item.label):**", "**\(item.id)**"]) + first.dropFirst(label.count)
    }
    var state: Put
    if chance(35) {
      let hasReason = chance(70)
      let reason = hasReason ? pick(Self.reasons) : pick(Self.noReasons)
      state = .notApplicable(reason: hasReason)
      let head = first.hasPrefix(label) ? label : ""
      switch Int.random(in: 0..<9, using: &random) {
      case 0 where !head.isEmpty: first = "\(head) \(pick(Self.notApplicable))\(reason)"; more = []
      case 1 where !head.isEmpty:
        let rest = String(first.dropFirst(head.count))
        first = "\(head) \(pick(Self.notApplicable))\(reason.isEmpty ? "" : reason + ".")" + rest
      case 2: first += " \(pick(Self.notApplicable))\(reason)"
      case 3: more.append("\(pick(Self.notApplicable))\(reason)")
      case 4: more.append("- \(pick(Self.notApplicable))\(reason)")
      case 5:
        first = "~~\(first)~~ \(reason)"
      case 6:
        first = "~\(first)~"
        more.append(reason)
      case 7 where !head.isEmpty:
        first = "\(head) ~~\(first.dropFirst(head.count + 1))~~ \(reason)"
      default: first = "~~\(first)~~ \(pick(Self.notApplicable))\(reason)"
      }
    } else {
      let evidence = evidence(&more, pad)
      state = isTicked ? .ticked(evidence: evidence) : .unticked(evidence: evidence)
    }
    put[item.id] = state
    return "\(bullet) \(box) \(first)\n" + more.map { $0.isEmpty ? "\n" : pad + $0 + "\n" }.joined()
  }

  /// In the forms in which we write it: for a diff, for a template, for a system.
  private mutating func lines(of item: ChecklistItem) -> (String, [String]) {
    var item = item
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      item.level = .must
      item.places = [.init(change: "cache", file: "src/app cache.py", lines: [3, 4, 9])]
      let lines = item.markdown.split(separator: "\n").map { String($0.drop { $0 == " " }) }
      return (lines[0], Array(lines.dropFirst()))
    case 1: return ("**\(item.label)** \(item.body)", [String(item.evidenceLine.dropFirst(2))])
    default: return (item.text(label: item.label), [])
    }
  }

  /// One word in ten is another one, or gone.
  private mutating func reworded(_ line: String, of item: ChecklistItem) -> String {
    guard let place = line.firstRange(of: item.sentence) else { return line }
    let words = item.sentence.split(separator: " ").map(String.init)
    let changed = words.compactMap { word -> String? in
      guard chance(7), word.allSatisfy(\.isLetter) else { return word }
      return chance(50) ? "really" : nil
    }
    return line.replacingCharacters(in: place, with: changed.joined(separator: " "))
  }

  /// Gives evidence in one of the ways in which people do, or something that is none.
  private mutating func evidence(_ more: inout [String], _ pad: String) -> Bool {
    let slot = more.firstIndex { $0.hasPrefix("Evidence (") }
    switch Int.random(in: 0..<10, using: &random) {
    case 0, 1:
      if let slot, chance(70) { more[slot] += pick(Self.noEvidence) }
      return false
    case 2:
      more.append("- Evidence: \(pick(Self.evidence))")
    case 3:
      more.append("![graph](https://example.com/graph.png)")
    case 4:
      more.append(#"<img width="640" alt="p99" src="https://github.com/user-attachments/assets/3b1f" />"#)
    case 5:
      more += ["", "```text", "Index Scan using orders_pkey (actual rows=1)", "```"]
    case 6:
      more.append("- [x] measured twice: https://ci.example.com/run/77")
    case 7:
      more += ["", "| run | p99 |", "| --- | --- |", "| 1 | 40 ms |"]
    default:
      if let slot {
        more[slot] += pick(Self.evidence)
      } else {
        more.append(pick(["Evidence: ", "**Evidence:** ", "evidence: "]) + pick(Self.evidence))
      }
    }
    return true
  }

  /// What looks like an item and is none.
  private mutating func decoy(_ item: ChecklistItem) -> String {
    let line = "- [\(pick(["x", " "]))] **\(item.label)** \(item.body)"
    return "\nMore:\n\n"
      + pick([
        "```markdown\n\(line)\n```\n", "<!--\n\(line)\n-->\n", "> \(line)\n", "<!-- \(line) -->\n",
        "Words between, with a [link](https://example.com/x).\n", "### More\n\n- [x] I ran the tests\n- plain\n",
        "~~~\n- [ ] x\n\n\(line)\n~~~\n", "See `**\(item.label)**`.\n",
      ]) + "\n"
  }

  private static let notApplicable = ["N/A: ", "n/a: ", "N/A – ", "not applicable: ", "Not applicable, ", "N/A "]
  private static let reasons = [
    "no query changed", "we have no database here", "docs only", "the service has no cache until March (#12)",
    "不涉及数据库", "read-only endpoint: nothing is written", "решили не делать в этом PR",
  ]
  private static let noReasons = ["", "none", "-", "no", "n/a", "not needed", "this change"]
  private static let evidence = [
    "p99 is 40 ms over ten minutes", "https://ci.example.com/run/12", "see #123, first comment", "42 rows, 3 ms",
    "[plan](https://example.com/plan)", "measured on staging", "计划见附件",
  ]
  private static let noEvidence = [
    "TBD", "-", "…", "none", "...", "( )", "[]", "todo", "N/A", "n/a", "_none yet_", "<!-- x -->",
  ]
}

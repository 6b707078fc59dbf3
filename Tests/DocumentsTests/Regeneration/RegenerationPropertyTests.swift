import TestSupport
import Testing

@testable import Documents

/// Edits at random places, then the document generated again under other answers.
@Suite struct RegenerationPropertyTests {
  /// What is checked of every run.
  private func expect(_ person: Person, in result: Regeneration.Result, new: String, seed: UInt64) throws {
    let lines = result.text.split(separator: "\n").map(String.init)
    for word in person.left where !lines.contains(where: { $0.contains(word) }) {
      Issue.record("seed \(seed): \(word) is lost")
    }
    for pair in person.together {
      let places = [pair.0, pair.1].map { word in lines.firstIndex { $0.contains(word) } ?? 0 }
      #expect(places[0] < places[1], "seed \(seed): \(pair) is torn apart")
    }
    #expect(result.conflicts.count == lines.count { $0 == "<<<<<<< yours" }, "seed \(seed)")
    for conflict in result.conflicts {
      let all = result.text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(all[conflict.line - 1] == "<<<<<<< yours", "seed \(seed)")
    }
  }

  /// The first line that differs, with those around it.
  private func difference(_ a: String, _ b: String) -> String {
    let (first, second) = (FileText(a).lines.map(\.text), FileText(b).lines.map(\.text))
    let place =
      zip(first, second).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(first.count, second.count)
    func around(_ lines: [String]) -> String {
      lines[max(0, place - 4)..<min(lines.count, place + 6)].map { "    " + $0 + "\n" }.joined()
    }
    return "line \(place + 1):\n\(around(first))  instead:\n\(around(second))"
  }

  @Test(arguments: 0..<10) func noLineIsLost(_ block: Int) throws {
    for number in 0..<size(25, full: 500) {
      let seed = UInt64(block * 1_000_000 + number)
      var random = SeededGenerator(seed: seed)
      let document = GeneratedText(&random)
      var base: String? = try document.text
      var person = Person(base ?? "")
      var current = document
      // Some years of life.
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        for _ in 0..<Int.random(in: 0...6, using: &random) { person.edit(&random) }
        if Int.random(in: 0..<5, using: &random) == 0 { person.damage(&random) }
        if Int.random(in: 0..<8, using: &random) == 0 { base = nil }
        current = current.changed(&random)
        let new = try current.text
        let result = try Regeneration.merge(new: new, old: person.text, base: base)
        try expect(person, in: result, new: new, seed: seed)
        if result.conflicts.isEmpty {
          let again = try Regeneration.merge(new: new, old: result.text, base: new)
          if again.text != result.text {
            Issue.record(
              "seed \(seed): generated again without changes it differs\n\(difference(result.text, again.text))")
          }
        }
        var settled = person
        settled.goOn(with: result.text)
        settled.settle()
        let accepted = try Regeneration.merge(new: new, old: settled.text, base: new)
        if accepted.text != settled.text || !accepted.conflicts.isEmpty {
          Issue.record(
            "seed \(seed): what a person settled is not accepted\n\(difference(settled.text, accepted.text))")
        }
        person = settled
        base = new
      }
    }
  }

  @Test(arguments: 0..<4) func untouchedIsFresh(_ block: Int) throws {
    for number in 0..<size(25, full: 300) {
      let seed = UInt64(block * 1_000_000 + number)
      var random = SeededGenerator(seed: seed)
      let document = GeneratedText(&random)
      let base = try document.text
      let new = try document.changed(&random).text
      let result = try Regeneration.merge(new: new, old: base, base: base)
      #expect(result.text == new && result.conflicts.isEmpty, "seed \(seed)")
    }
  }

  /// Ticks and evidence stand at their items, whatever the wording and order have become.
  @Test(arguments: 0..<4) func ticksFollowTheirItems(_ block: Int) throws {
    for number in 0..<size(25, full: 300) {
      let seed = UInt64(block * 1_000_000 + number)
      var random = SeededGenerator(seed: seed)
      let document = GeneratedText(&random)
      let base = try document.text
      var ticked: [String] = []
      let old = base.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
        guard let item = TaskItem(Line(String(line))), Bool.random(using: &random) else { return String(line) }
        ticked.append(item.id)
        return line.replacing("[ ]", with: "[x]") + "\n  Evidence: of \(item.id)"
      }.joined(separator: "\n")
      let new = try document.changed(&random).text
      let result = try Regeneration.merge(new: new, old: old, base: base)
      #expect(result.conflicts.isEmpty, "seed \(seed)")
      let lines = FileText(result.text).lines
      for id in ticked {
        let place = lines.firstIndex { TaskItem($0)?.id == id }
        #expect(place.flatMap { TaskItem(lines[$0]) }?.mark == "x", "seed \(seed): \(id)")
        if let place { #expect(lines[place + 1].text == "  Evidence: of \(id)", "seed \(seed): \(id)") }
      }
      let asked = Set(TaskItems.all(FileText(new).lines).keys)
      #expect(Set(result.noLongerAsked) == Set(ticked).subtracting(asked), "seed \(seed)")
      // Back to the first answers: they stand where they stood.
      let back = try Regeneration.merge(new: base, old: result.text, base: new)
      #expect(back.noLongerAsked.isEmpty && back.conflicts.isEmpty, "seed \(seed)")
      for id in ticked {
        #expect(TaskItems.all(FileText(back.text).lines)[id]?.item.mark == "x", "seed \(seed): \(id)")
      }
      #expect(!back.text.contains(Markers.kept), "seed \(seed)")
    }
  }
}

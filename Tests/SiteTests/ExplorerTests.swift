import Content
import Foundation
import KnowledgeBase
import KnowledgeModel
import Site
import Testing
import TextFormats

private let knowledge = KnowledgeCompiler.compile([
  KnowledgeSource(
    name: "knowledge", files: Content.files(under: "knowledge").map { .init(path: $0.path, text: $0.text) })
]).knowledge

/// The data that the script assigns.
private func rules(_ knowledge: Knowledge) throws -> JSON {
  let script = ExplorerRules.script(knowledge)
  let (head, tail) = ("const plumblineRules=", ";\n")
  try #require(script.hasPrefix(head) && script.hasSuffix(tail))
  return try JSON.parse(Array(script.dropFirst(head.count).dropLast(tail.count).utf8))
}

@Suite struct ExplorerRulesTests {
  @Test func holdsEveryDecisionOfTheSystemAndNoneOfARecord() throws {
    let decisions = try #require(try rules(knowledge)["decisions"]).items
    #expect(Set(decisions.compactMap(\.items.first?.text)) == Set(knowledge.systemDecisions.map(\.id)))
    for decision in decisions {
      let source = try #require(knowledge.decision(decision.items[0].text ?? ""))
      #expect(decision.items[1].items.compactMap(\.items.first?.text) == source.rules.map(\.then))
      #expect((decision.items.last?["applies"] != nil) == (source.applies != nil))
    }
  }

  @Test func everyTraitAndThresholdInItIsUsed() throws {
    let data = try rules(knowledge)
    let traits = data["traits"]?.items ?? []
    let thresholds = data["thresholds"]?.items ?? []
    var used = Set<Int>()
    func visit(_ value: JSON) {
      switch value {
      case .null: Issue.record("a name is not resolved")
      case .number(let number): used.insert(NSDecimalNumber(decimal: number).intValue)
      case .array(let parts):
        // Behind a trait its options follow, behind a decision its outcomes, and behind # a value.
        switch parts.first?.text {
        case "is", "any", "all", "empty": visit(parts[1])
        case "out", "#": break
        default: for part in parts.dropFirst() { visit(part) }
        }
      default: break
      }
    }
    for decision in data["decisions"]?.items ?? [] {
      if let applies = decision.items.last?["applies"] { visit(applies) }
      for rule in decision.items[1].items { visit(rule.items[1]) }
    }
    for trait in traits {
      if let from = trait.items.last?["from"] { visit(from) }
      for given in trait.items.last?["given"]?.items ?? [] { visit(given) }
    }
    let core = traits.indices.filter { traits[$0].items.last?["core"] != nil }
    #expect(used.union(core) == Set(-thresholds.count..<traits.count))
    #expect(core.count == knowledge.traits.count(where: \.isCore))
    let known = traits.compactMap(\.items.first?.text) + (data["unread"]?.texts ?? [])
    #expect(Set(known) == Set(knowledge.traits.map(\.id) + knowledge.lists.map(\.id)))
  }

  @Test func aFigureThatAPackChangesIsTheOneInThePage() throws {
    var house = knowledge
    let position = try #require(house.thresholds.firstIndex { $0.id == "postgres-read-qps" })
    house.thresholds[position].value.value = 12_345
    let (shipped, changed) = (
      try rules(knowledge)["thresholds"]?.texts ?? [], try rules(house)["thresholds"]?.texts ?? []
    )
    #expect(zip(shipped, changed).filter(!=).map(\.1) == ["12345"])
  }

  /// In the sources; what is published has no comments and no indentation.
  @Test(arguments: [("evaluator.js", 31_000), ("explorer.js", 17_500), ("explorer.css", 3_500)])
  func staysWithinItsWeight(_ name: String, most: Int) throws {
    let file = try #require(Content.files(under: "site").first { $0.path == name })
    #expect(file.text.utf8.count <= most)
    #expect(ExplorerRules.script(knowledge).utf8.count <= 16_000)
  }
}

@Suite struct ExplorerSectionTests {
  private let html = Explorer.section(knowledge) { "x/\(SitePath.entry($0, $1))" }

  @Test func listsEveryDecisionOnceWithItsPage() {
    for decision in knowledge.decisions {
      #expect(html.components(separatedBy: "<a href=\"x/decisions/\(decision.id).html\">").count == 2)
      #expect(html.contains("<li data-core><a href=\"x/decisions/\(decision.id).html\">") == decision.isCore)
    }
    #expect(html.contains("data-traits=\"x/traits/*.html\""))
  }

  @Test func holdsNothingThatThePolicyForbids() {
    for forbidden in ["style=", "<style", "<script", " onclick", "javascript:"] { #expect(!html.contains(forbidden)) }
  }

  @Test func escapesTitles() throws {
    var house = knowledge
    house.decisions[0].entry.title = "<b> & \"co\""
    let html = Explorer.section(house) { SitePath.entry($0, $1) }
    #expect(html.contains(">&lt;b&gt; &amp; &quot;co&quot;</a>"))
  }
}

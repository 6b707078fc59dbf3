import Foundation
import TextFormats

/// The rules of the lens format as its documentation has them, written without the exporter's: lengths in characters,
/// ids by the API's types. https://docs.aws.amazon.com/wellarchitected/latest/userguide/lenses-format-specification.html
struct LensReader {
  private(set) var problems: [String] = []
  private(set) var pillars: [String] = []
  private(set) var questions: [Question] = []
  private var ids: Set<String> = []

  struct Question {
    var id: String
    var title: String
    var choices: [Choice]
    var rules: [(condition: String, risk: String)]

    /// What the tool would say for these choices: the first rule that holds.
    func risk(_ chosen: Set<String>) -> String? {
      rules.first { rule in
        rule.condition == "default" || rule.condition.components(separatedBy: " && ").allSatisfy(chosen.contains)
      }?.risk
    }
  }

  struct Choice {
    var id: String
    var title: String
    var help: String
    var plan: String
    /// The entry that its help leads to.
    var entry: String? { help.components(separatedBy: "In full: plumbline kb show ").dropFirst().last }
  }

  init(_ text: String) throws {
    if text.utf8.count > 500_000 { problems.append("\(text.utf8.count) characters in all") }
    let lens = try JSON.parse(Array(text.utf8))
    keys(lens, ["schemaVersion", "name", "description", "pillars"], "lens")
    if string(lens["schemaVersion"]) != "2021-11-01" { problems.append("schemaVersion") }
    title(lens["name"], "the lens")
    length(lens["description"], 2048, "the lens")
    let all = array(lens["pillars"], 1...10, "pillars")
    for pillar in all { read(pillar: pillar) }
  }

  private mutating func read(pillar: JSON) {
    keys(pillar, ["id", "name", "questions"], "pillar")
    pillars.append(id(pillar["id"]))
    title(pillar["name"], "a pillar")
    for question in array(pillar["questions"], 1...20, "questions of a pillar") { read(question: question) }
  }

  private mutating func read(question: JSON) {
    keys(question, ["id", "title", "description", "helpfulResource", "choices", "riskRules"], "question")
    let own = id(question["id"])
    title(question["title"], own)
    length(question["description"], 2048, own)
    if let help = question["helpfulResource"] { resource(help, own) }
    let choices = array(question["choices"], 1...15, "choices of \(own)").map { read(choice: $0) }
    let none = choices.filter { $0.id.hasSuffix("_no") }
    if none.map(\.title) != ["None of these"] || choices.last?.id != none.first?.id { problems.append("\(own): none") }
    let rules = array(question["riskRules"], 1...3, "rules of \(own)").map { rule in
      keys(rule, ["condition", "risk"], "rule")
      return (condition: string(rule["condition"]), risk: string(rule["risk"]))
    }
    if rules.last?.condition != "default" || rules.dropLast().contains(where: { $0.condition == "default" }) {
      problems.append("\(own): default stands last, once")
    }
    if Set(rules.map(\.risk)).count < rules.count || !Set(rules.map(\.risk)).isSubset(of: LensReader.risks) {
      problems.append("\(own): one rule for each risk")
    }
    for rule in rules.dropLast() {
      let named = rule.condition.components(separatedBy: " && ")
      if !Set(named).isSubset(of: choices.map(\.id)) { problems.append("\(own): \(rule.condition)") }
    }
    questions.append(Question(id: own, title: string(question["title"]), choices: choices, rules: rules))
  }

  private static let risks: Set<String> = ["NO_RISK", "MEDIUM_RISK", "HIGH_RISK"]

  private mutating func read(choice: JSON) -> Choice {
    keys(choice, ["id", "title", "helpfulResource", "improvementPlan", "additionalResources"], "choice")
    let own = id(choice["id"])
    title(choice["title"], own)
    if let help = choice["helpfulResource"] { resource(help, own) }
    if let plan = choice["improvementPlan"] { resource(plan, own) }
    if choice["improvementPlan"] == nil, !own.hasSuffix("_no") { problems.append("\(own) has no improvement plan") }
    if let more = choice["additionalResources"] {
      for group in array(more, 1...2, "resources of \(own)") {
        keys(group, ["type", "content"], "additional resource")
        if !["HELPFUL_RESOURCE", "IMPROVEMENT_PLAN"].contains(string(group["type"])) {
          problems.append("\(own): type")
        }
        for item in array(group["content"], 1...5, "resources of \(own)") { resource(item, own) }
      }
    }
    return Choice(
      id: own, title: string(choice["title"]), help: string(choice["helpfulResource"]?["displayText"]),
      plan: string(choice["improvementPlan"]?["displayText"]))
  }

  // MARK: Parts

  private mutating func resource(_ value: JSON, _ owner: String) {
    keys(value, ["displayText", "url"], "resource")
    length(value["displayText"], 2048, owner)
    if let url = value["url"] {
      let text = string(url)
      if !text.hasPrefix("http://") && !text.hasPrefix("https://") || text.contains(" ") {
        problems.append("\(owner): \(text)")
      }
    }
  }

  private mutating func id(_ value: JSON?) -> String {
    let text = string(value)
    if text.wholeMatch(of: /[A-Za-z0-9_]{3,64}/) == nil { problems.append("“\(text)” is no id") }
    if !ids.insert(text).inserted { problems.append("the id \(text) stands twice") }
    return text
  }

  private mutating func title(_ value: JSON?, _ owner: String) {
    length(value, 128, owner)
    let forbidden = string(value).filter { ";%<>=*\"[]{}$|~".contains($0) }
    if !forbidden.isEmpty { problems.append("\(owner): \(forbidden) in the title \(string(value))") }
  }

  private mutating func length(_ value: JSON?, _ limit: Int, _ owner: String) {
    let text = string(value)
    if text.utf16.count > limit { problems.append("\(owner): \(text.utf16.count) characters, \(limit) allowed") }
    if text.isEmpty || text != text.trimmingCharacters(in: .whitespacesAndNewlines) {
      problems.append("\(owner): blank")
    }
  }

  private mutating func keys(_ value: JSON, _ known: Set<String>, _ what: String) {
    guard case .object(let members) = value else { return problems.append("\(what) is no object") }
    let others = members.map(\.key).filter { !known.contains($0) }
    if !others.isEmpty { problems.append("\(what) has \(others)") }
  }

  private mutating func array(_ value: JSON?, _ range: ClosedRange<Int>, _ what: String) -> [JSON] {
    guard case .array(let items)? = value else {
      problems.append("\(what): no list")
      return []
    }
    if !range.contains(items.count) { problems.append("\(what): \(items.count)") }
    return items
  }

  private func string(_ value: JSON?) -> String { if case .string(let text)? = value { text } else { "" } }
}

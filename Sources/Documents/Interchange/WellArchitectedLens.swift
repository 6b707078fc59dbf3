internal import Foundation
public import KnowledgeModel
internal import Markdown
internal import TextFormats

/// The knowledge as a custom lens for the AWS Well-Architected Tool, in the format of version 2021-11-01.
///
/// A pillar is an area. Its questions are its decisions, then how it is looked after (practices) and what shows it
/// (checks). Each practice and each check is one choice of one question: of a decision that names it, else of its area.
/// See https://docs.aws.amazon.com/wellarchitected/latest/userguide/lenses-format-specification.html
public enum WellArchitectedLens {
  /// What the format allows. Lengths are in characters; those of ids follow the API's types, which allow fewer than the
  /// format.
  public enum Limit {
    public static let pillars = 10
    public static let questionsOfAPillar = 20
    /// “None of these” is one of them.
    public static let choicesOfAQuestion = 15
    public static let additionalResources = 5
    /// Of names and titles.
    public static let title = 128
    /// Of descriptions and display texts.
    public static let text = 2048
    public static let id = 3...64
    public static let whole = 500_000
    /// What a title may not hold.
    public static let notInTitles: Set<Character> = [
      ";", "%", "<", ">", "=", "*", "\"", "[", "]", "{", "}", "$", "|", "~",
    ]
  }

  /// The lens as JSON; the same knowledge gives the same bytes.
  /// - Throws: `InterchangeProblem` where there is nothing to ask, or more than one lens can hold.
  public static func text(_ knowledge: Knowledge) throws(InterchangeProblem) -> String {
    let lens = try LensBuilder(knowledge).lens()
    // Where it is too long, white space goes first and further sources next; what is asked stays.
    for text in [lens.json.pretty, lens.json.line, lens.withoutFurtherSources.json.line]
    where text.utf8.count <= Limit.whole { return text }
    throw InterchangeProblem(
      "a lens holds at most 500,000 characters, and this knowledge makes "
        + "\(lens.withoutFurtherSources.json.line.utf8.count): export fewer packs")
  }

  /// Whether these bytes are a lens that an earlier export wrote.
  public static func isOurs(_ bytes: some Collection<UInt8>) -> Bool {
    guard let json = try? JSON.parse(bytes), json["schemaVersion"] == .string(Lens.schemaVersion),
      case .string(let description)? = json["description"]
    else { return false }
    return description.contains(Lens.marker)
  }
}

/// A lens as the format has it.
struct Lens {
  static let schemaVersion = "2021-11-01"
  /// Tells our lenses from those of others.
  static let marker = "plumbline kb export --lens"

  var name: String
  var description: String
  var pillars: [Pillar]

  struct Pillar {
    var id: String
    var name: String
    var questions: [Question]
  }

  struct Question {
    var id: String
    var title: String
    var description: String
    var help: Resource?
    var choices: [Choice]
  }

  struct Choice {
    var id: String
    var title: String
    var isMust: Bool
    var help: Resource
    var plan: Resource
    var more: [Resource]
  }

  struct Resource {
    var text: String
    var url: String?
  }

  var withoutFurtherSources: Lens {
    var lens = self
    for pillar in lens.pillars.indices {
      for question in lens.pillars[pillar].questions.indices {
        for choice in lens.pillars[pillar].questions[question].choices.indices {
          lens.pillars[pillar].questions[question].choices[choice].more = []
        }
      }
    }
    return lens
  }

  var json: JSON {
    .object([
      "schemaVersion": .string(Lens.schemaVersion), "name": .string(name), "description": .string(description),
      "pillars": .array(pillars.map(\.json)),
    ])
  }
}

extension Lens.Pillar {
  fileprivate var json: JSON {
    .object(["id": .string(id), "name": .string(name), "questions": .array(questions.map(\.json))])
  }
}

extension Lens.Question {
  fileprivate var json: JSON {
    let none = JSON.object([
      "id": .string("\(id)_no"), "title": .string("None of these"),
      "helpfulResource": Lens.Resource(text: "Choose this where nothing of the above is done yet.").json,
    ])
    return .object(
      [
        .init("id", .string(id)), .init("title", .string(title)), .init("description", .string(description)),
        help.map { .init("helpfulResource", $0.json) },
        .init("choices", .array(choices.map(\.json) + [none])), .init("riskRules", .array(riskRules)),
      ].compactMap(\.self))
  }

  /// Tried in order: all of it is no risk, all that is a must a medium one. What is only advised makes no high risk.
  private var riskRules: [JSON] {
    func rule(_ condition: String, _ risk: String) -> JSON {
      .object(["condition": .string(condition), "risk": .string(risk)])
    }
    func all(_ choices: [Lens.Choice]) -> String { choices.map(\.id).joined(separator: " && ") }
    let musts = choices.filter(\.isMust)
    var rules = [rule(all(choices), "NO_RISK")]
    if !musts.isEmpty, musts.count < choices.count { rules.append(rule(all(musts), "MEDIUM_RISK")) }
    return rules + [rule("default", musts.isEmpty ? "MEDIUM_RISK" : "HIGH_RISK")]
  }
}

extension Lens.Choice {
  fileprivate var json: JSON {
    let additional = JSON.array([
      .object(["type": .string("HELPFUL_RESOURCE"), "content": .array(more.map(\.json))])
    ])
    return .object(
      [
        .init("id", .string(id)), .init("title", .string(title)), .init("helpfulResource", help.json),
        .init("improvementPlan", plan.json),
        more.isEmpty ? nil : .init("additionalResources", additional),
      ].compactMap(\.self))
  }
}

extension Lens.Resource {
  fileprivate var json: JSON {
    .object([.init("displayText", .string(text)), url.map { .init("url", .string($0)) }].compactMap(\.self))
  }
}

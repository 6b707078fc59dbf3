import DecisionEngine
import Foundation
import KnowledgeModel
import Testing
import TextFormats

@testable import Questionnaire

@Suite struct AnswersTemplateTests {
  let text = AnswersTemplate.text(traits: SmallKnowledge.traits)

  private func uncommented(_ keep: (String) -> Bool) -> String {
    let lines = text.components(separatedBy: "\n").map { line -> String in
      guard let hash = line.firstIndex(of: "#"), line[..<hash].allSatisfy({ $0 == " " }) else { return line }
      let rest = String(line[line.index(after: hash)...])
      let key = String(rest.trimmingSpace.prefix { $0 != ":" })
      let isNote = line.hasPrefix("#  ") && keep("notes")
      return isNote || (!rest.hasPrefix(" ") && keep(key)) ? line[..<hash] + rest : line
    }
    return lines.joined(separator: "\n")
  }

  @Test func asksForEveryTraitAndAnswersNone() {
    for trait in SmallKnowledge.traits {
      #expect(text.contains("\n  #\(trait.id): ") || text.contains("\n  \(trait.id): unknown\n"))
      #expect(text.contains("# \(trait.question)"))
    }
    let values = text.split(separator: "\n").map(String.init).filter { !$0.trimmingSpace.hasPrefix("#") }
    #expect(values.count == 2 && values[0] == "answers:" && values[1].hasSuffix(": unknown"))
  }

  @Test func isValidWhenEverythingIsTakenOutOfComment() throws {
    let sheet = try AnswersFile.read(
      bytes: Array(uncommented { _ in true }.utf8), name: "t", vocabulary: SmallKnowledge.traits)
    #expect(sheet.answers.count == SmallKnowledge.traits.count)
    #expect(sheet.answers["qps"] == .quantity(Interval(50, 2000)))
    #expect(sheet.answers["database_engine"] == .choice("postgresql"))
    #expect(sheet.notes.keys.sorted() == ["team_size"])
  }

  @Test(arguments: SmallKnowledge.traits.map(\.id)) func isValidWithAnyOneLine(_ id: String) throws {
    let sheet = try AnswersFile.read(
      bytes: Array(uncommented { $0 == id }.utf8), name: "t",
      vocabulary: SmallKnowledge.traits)
    #expect(sheet.answers.keys.sorted() == Set([id, SmallKnowledge.traits.inQuestionnaireOrder[0].id]).sorted())
  }

  @Test func hasASchemaThatListsEveryTrait() throws {
    let schema = AnswersSchema.json(traits: SmallKnowledge.traits)
    #expect(schema["$schema"] == .string("https://json-schema.org/draft/2020-12/schema"))
    #expect(schema["required"] == .strings(["answers"]))
    let properties = schema["properties"]?["answers"]?["properties"]
    for trait in SmallKnowledge.traits { #expect(properties?[trait.id]?["anyOf"] != nil, "\(trait.id)") }
    #expect(properties?["database_engine"]?["default"] == .string("postgresql"))
    #expect(properties?["team_size"]?["anyOf"] != nil)
    #expect(try JSON.parse(Array(schema.pretty.utf8)) == schema)
  }
}

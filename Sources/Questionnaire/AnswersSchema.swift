internal import Foundation
public import KnowledgeModel
public import TextFormats

/// The JSON Schema of answers.yaml, for editors that complete and check as one types.
///
/// It is wider than `AnswersFile.read`: an editor sees text, and what text means is ours to say.
public enum AnswersSchema {
  /// Draft 2020-12.
  public static func json(traits: [Trait], lists: [RecordList] = []) -> JSON {
    let ordered = traits.inQuestionnaireOrder
    let names = JSON.object(["type": .string("array"), "items": .object(["type": .string("string")])])
    return .object([
      "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
      "title": .string("Answers for plumbline"),
      "type": .string("object"),
      "additionalProperties": .bool(false),
      "required": .strings(["answers"]),
      "properties": .object([
        "system": .object(["type": .string("string"), "description": .string("What the system is called.")]),
        "date": .object([
          "type": .string("string"), "format": .string("date"), "pattern": .string("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
          "description": .string("The date that every document carries."),
        ]),
        "people": .object([
          "type": .string("object"), "additionalProperties": .bool(false),
          "properties": .object(["decision-makers": names, "consulted": names, "informed": names]),
        ]),
        "answers": .object([
          "type": .string("object"), "additionalProperties": .bool(false),
          "properties": .object(
            ordered.map { JSON.Member($0.id, property($0)) } + lists.inQuestionnaireOrder.map(property)),
        ]),
        "notes": .object([
          "type": .string("object"), "additionalProperties": .bool(false),
          "properties": .object(
            (ordered.map(\.id) + lists.inQuestionnaireOrder.map(\.id)).map {
              JSON.Member($0, .object(["type": .string("string")]))
            }),
        ]),
        "knowledge": .object([
          "type": .string("object"), "additionalProperties": .bool(false), "required": .strings(["version", "hash"]),
          "properties": .object([
            "version": .object(["type": .string("string")]), "hash": .object(["type": .string("string")]),
          ]),
          "description": .string("Written by plumbline."),
        ]),
      ]),
    ])
  }

  private static func property(_ list: RecordList) -> JSON.Member {
    let name = JSON.object(["type": .string("string"), "minLength": .number(1)])
    let fields = list.fields.map { JSON.Member(list.name(of: $0), property($0)) }
    return .init(
      list.id,
      .object([
        "title": .string(list.entry.title), "description": .string(PlainProse.bare.text(list.question)),
        "type": .string("array"),
        "items": .object([
          "type": .string("object"), "additionalProperties": .bool(false), "required": .strings(["name"]),
          "properties": .object([.init("name", name)] + fields),
        ]),
      ]))
  }

  private static func property(_ trait: Trait) -> JSON {
    var members: [JSON.Member] = [
      .init("title", .string(trait.entry.title)),
      .init(
        "description",
        .string("\(PlainProse.bare.text(trait.question)) \(AnswerReader.expectation(for: trait)), or unknown.")),
    ]
    if let fallback = trait.fallback { members.append(.init("default", value(fallback, trait))) }
    members.append(.init("anyOf", .array(forms(trait))))
    return .object(members)
  }

  private static func forms(_ trait: Trait) -> [JSON] {
    switch trait.kind {
    case .quantity(let unit, let bounds, _):
      [
        .object([
          "type": .string(unit == .count ? "integer" : "number"), "minimum": .number(bounds.low),
          "maximum": .number(bounds.high),
        ]),
        .object(["type": .string("string"), "pattern": .string("^\\s*([-+−]?[.]?[0-9].*|unknown)$")]),
      ]
    case .flag:
      [.object(["type": .string("boolean")]), .object(["enum": .strings(["yes", "no", "true", "false", "unknown"])])]
    case .choice(let options): [.object(["enum": .strings(options.map(\.id) + ["unknown"])])]
    case .set(let options):
      [
        .object([
          "type": .string("array"), "uniqueItems": .bool(true), "items": .object(["enum": .strings(options.map(\.id))]),
        ]),
        .object(["enum": .strings(options.map(\.id) + ["none", "unknown"])]),
      ]
    }
  }

  private static func value(_ answer: Answer, _ trait: Trait) -> JSON {
    switch answer {
    case .quantity(let interval) where interval.isPoint: .number(interval.low)
    case .flag(let value): .bool(value)
    case .set: .strings(AnswerText.members(answer, of: trait))
    default: .string(AnswerText.text(answer, for: trait))
    }
  }
}

public import DecisionEngine
internal import Foundation
public import KnowledgeModel
public import TextFormats

/// An assessment as data: what `decide --format json` prints and decisions.json holds.
public enum AssessmentJSON {
  public static func json(_ assessment: Assessment, knowledge: Knowledge) -> JSON {
    let sheet = assessment.sheet
    return .object([
      "system": sheet.system.map(JSON.string) ?? .null,
      "knowledge": .object(["version": .string(knowledge.version), "hash": .string(knowledge.hash)]),
      "mode": .string(assessment.mode.rawValue),
      "answers": .object(assessment.traits.map { .init($0.id, answer($0)) }),
      "decisions": .array(assessment.decisions.map { decision($0, in: assessment) }),
      "practices": .array(
        assessment.practices.map {
          .object([
            "id": .string($0.item.id), "guide": .strings($0.item.entry.guide), "level": .string($0.item.level.rawValue),
            "applies": .string($0.truth.rawValue),
          ])
        }),
      "checks": .array(
        assessment.checks.map {
          .object([
            "id": .string($0.item.id), "guide": .strings($0.item.entry.guide), "level": .string($0.item.level.rawValue),
            "phase": .string($0.item.phase.rawValue), "step": $0.item.step.map(JSON.string) ?? .null,
            "applies": .string($0.truth.rawValue),
          ])
        }),
      "records": .array(assessment.records.map { record($0, in: assessment) }),
      "warnings": .strings(assessment.warnings),
      "cautions": .strings([assessment.engineCaution].compactMap(\.self)),
      "house_rules": HouseRules(Wording(assessment: assessment, knowledge: knowledge, style: .plain)).json,
      "date": sheet.date.map(JSON.string) ?? .null,
    ])
  }

  private static func record(_ record: RecordAssessment, in assessment: Assessment) -> JSON {
    let focused = assessment.focused(on: record)
    return .object([
      "list": .string(record.list.id), "name": .string(record.name),
      "answers": .object(record.fields.map { .init(record.list.name(of: $0.trait), answer($0)) }),
      "decisions": .array(record.decisions.map { decision($0, in: focused) }),
    ])
  }

  static func answer(_ reading: TraitReading) -> JSON {
    let origin = JSON.Member("origin", .string(reading.origin.rawValue))
    switch reading.state {
    case .quantity(let interval):
      return .object([
        .init("low", .number(interval.low)), .init("high", .number(interval.high)),
        .init("unit", reading.trait.kind.unit.map { .string($0.rawValue) } ?? .null), origin,
      ])
    case .flag(let value): return .object([.init("value", value.map(JSON.bool) ?? .null), origin])
    case .choice(let ids):
      return .object([.init("value", ids.count == 1 ? .string(ids[0]) : .null), origin])
    case .set(let ids): return .object([.init("value", ids.map(JSON.strings) ?? .null), origin])
    }
  }

  private static func decision(_ result: DecisionResult, in assessment: Assessment) -> JSON {
    let rules = result.decision.rules
    let rule = result.rule.flatMap { rules.indices.contains($0) ? rules[$0].when[assessment.mode].text : nil }
    return .object([
      "id": .string(result.id),
      "status": .string(result.status.rawValue),
      "outcome": result.outcome.map(JSON.string) ?? .null,
      "rule": result.status == .decided ? rule.map(JSON.string) ?? .null : .null,
      "because": .array(
        result.because.map {
          .object([
            "condition": .string($0.condition), "truth": .string($0.truth.rawValue), "reading": .string($0.reading),
          ])
        }),
      "rejected": .array(
        result.rejected.map { .object(["option": .string($0.option), "reading": .string($0.reading)]) }),
      "headroom": .array(
        result.headroom.map {
          .object([
            "trait": .string($0.trait), "value": .number($0.value), "threshold": .string($0.threshold),
            "at": .number($0.at), "factor": $0.factor.map(JSON.number) ?? .null,
          ])
        }),
      "flips": .array(
        result.flips.map {
          .object(["trait": .string($0.trait), "to": value($0.to), "outcome": .string($0.outcome)])
        }),
      "possible": .strings(result.possible),
      "needs": .strings(result.needs),
      "guide": .strings(result.decision.entry.guide),
      "sources": .strings(result.decision.entry.sources),
      "title": .string(result.decision.entry.title),
      "confirm": .strings(assessment.confirming(result.decision).map(\.id)),
      "assumed": .bool(result.isAssumed),
    ])
  }

  private static func value(_ value: Flip.Value) -> JSON {
    switch value {
    case .quantity(let number): .number(number)
    case .flag(let flag): .bool(flag)
    case .choice(let id): .string(id)
    case .set(let ids): .strings(ids)
    }
  }
}

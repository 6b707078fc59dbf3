public import DecisionEngine
internal import Foundation
internal import KnowledgeModel
public import TextFormats

/// A comparison as data; docs/comparison.md describes it.
public enum ComparisonJSON {
  public static func json(_ comparison: AssessmentComparison, labels: ComparisonLabels) -> JSON {
    .object([
      "before": side(comparison.before, labels.before),
      "after": side(comparison.after, labels.after),
      "notes": .strings(labels.notes),
      "decisions": .array(comparison.decisions.map(decision)),
      "headroom": .array(comparison.headroom.map(headroom)),
      "answers": .array(
        comparison.answers.map { change in
          guard case .object(let members) = answer(change) else { return .null }
          return .object(members + [.init("effect", .bool(!comparison.idle.contains(change.id)))])
        }),
      "checks": .object([
        "new": .array(comparison.newChecks.map(check)), "gone": .array(comparison.goneChecks.map(check)),
      ]),
      "supersede": .array(
        comparison.superseded.map {
          .object([
            "decision": .string($0.id), "before": text($0.before?.outcome), "after": text($0.after?.outcome),
          ])
        }),
    ])
  }

  static func decision(_ change: AssessmentComparison.DecisionChange) -> JSON {
    .object([
      "id": .string(change.id), "title": .string(change.decision.entry.title), "record": record(change.record),
      "before": change.before.map(verdict) ?? .null, "after": change.after.map(verdict) ?? .null,
      "cause": cause(change.cause),
    ])
  }

  static func cause(_ cause: AssessmentComparison.Cause) -> JSON {
    .object([
      "answers": .array(cause.answers.map(answer)),
      "knowledge": .array(cause.knowledge.map(knowledge)),
      "combination": .bool(cause.isCombination),
      "alternatives": .array(cause.alternatives.map { JSON.strings($0) }),
    ])
  }

  static func record(_ record: AssessmentComparison.RecordName?) -> JSON {
    record.map { .object(["list": .string($0.list), "name": .string($0.name)]) } ?? .null
  }

  static func verdict(_ result: DecisionResult) -> JSON {
    .object([
      "status": .string(result.status.rawValue), "outcome": text(result.outcome), "possible": .strings(result.possible),
    ])
  }

  static func stamp(_ stamp: AnswerSheet.KnowledgeStamp?) -> JSON {
    stamp.map { .object(["version": .string($0.version), "hash": .string($0.hash)]) } ?? .null
  }

  private static func side(_ side: AssessmentComparison.Side, _ name: String) -> JSON {
    let sheet = side.assessment.sheet
    return .object([
      "file": .string(name), "system": text(sheet.system), "date": text(sheet.date),
      "knowledge": .object(["version": .string(side.knowledge.version), "hash": .string(side.knowledge.hash)]),
      "made_with": stamp(sheet.knowledge), "mode": .string(side.mode.rawValue),
    ])
  }

  private static func answer(_ change: AssessmentComparison.AnswerChange) -> JSON {
    .object([
      "trait": .string(change.id), "before": change.before.map(AssessmentJSON.answer) ?? .null,
      "after": change.after.map(AssessmentJSON.answer) ?? .null,
    ])
  }

  private static func knowledge(_ change: AssessmentComparison.KnowledgeChange) -> JSON {
    .object([
      "kind": .string(change.kind.rawValue), "id": .string(change.id),
      "before": .strings(change.before), "after": .strings(change.after),
      "values": .array(change.values.map { .number($0.value) }),
      "unit": change.values.first.map { .string($0.unit.rawValue) } ?? .null,
      "pack_before": text(change.packBefore), "pack_after": text(change.packAfter),
    ])
  }

  private static func headroom(_ change: AssessmentComparison.HeadroomChange) -> JSON {
    func one(_ headroom: Headroom) -> JSON {
      .object([
        "value": .number(headroom.value), "at": .number(headroom.at),
        "factor": headroom.factor.map(JSON.number) ?? .null,
      ])
    }
    return .object([
      "decision": .string(change.decision), "record": record(change.record), "trait": .string(change.after.trait),
      "threshold": .string(change.after.threshold), "before": one(change.before), "after": one(change.after),
      "change": .string(change.grew ? "grew" : "shrank"),
    ])
  }

  private static func check(_ applied: Applied<Check>) -> JSON {
    .object(["id": .string(applied.item.id), "title": .string(applied.item.entry.title)])
  }

  private static func text(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
}

import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import TestSupport
import Testing

@testable import Documents

/// Systems on the small knowledge of the tests, and folders to plan over.
enum RecordSamples {
  static let knowledge = Samples.small.knowledge

  static func sheet(qps: Int?, downstream: String?, date: String = "2026-11-22") -> AnswerSheet {
    var answers: [String: Answer] = ["cacheable_share": .quantity(Interval(Decimal(30) / 100))]
    if let qps { answers["qps"] = .quantity(Interval(Decimal(qps))) }
    if let downstream { answers["downstream_reliability"] = .choice(downstream) }
    return AnswerSheet(
      system: "Checkout", date: date, people: .init(decisionMakers: ["Ana"], consulted: ["Bo"]), answers: answers)
  }

  static func plan(
    _ sheet: AnswerSheet, _ folder: RecordFolder = RecordFolder(), _ options: RecordPlan.Options = .init(),
    knowledge: Knowledge = knowledge
  ) throws -> RecordPlan {
    try RecordPlan.make(
      Evaluator(knowledge, mode: .current).assess(sheet), knowledge: knowledge, templates: Samples.templates,
      folder: folder, options: options)
  }
}

extension RecordFolder {
  /// The folder once these files are written.
  func writing(_ written: [RecordFile], removing: Set<String> = []) -> RecordFolder {
    let names = Set(written.map(\.name)).union(removing)
    return RecordFolder(files.filter { !names.contains($0.name) } + written)
  }

  subscript(_ name: String) -> String? { files.first { $0.name == name }?.text }
}

/// What must hold of any folder of ours.
func expectSound(_ folder: RecordFolder, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(Set(folder.records.map(\.number)).count == folder.records.count, sourceLocation: sourceLocation)
  for record in folder.records {
    guard case .superseded(let numbers)? = record.status else { continue }
    #expect(numbers.count == 1, "\(record.file)", sourceLocation: sourceLocation)
    for number in numbers {
      let successor = folder.records(number).first
      #expect(number > record.number, "\(record.file)", sourceLocation: sourceLocation)
      #expect(
        successor?.links.contains { $0.target == record.file } == true, "\(record.file)",
        sourceLocation: sourceLocation)
    }
  }
}

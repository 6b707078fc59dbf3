import DecisionEngine
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import Testing

@testable import enum Documents.Shapes

@Suite struct SnapshotTests {
  struct Case: CustomTestStringConvertible {
    var name: String
    var sheet: AnswerSheet
    var mode: Mode = .current
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "calm", sheet: Samples.calm), Case(name: "busy", sheet: Samples.busy),
    Case(name: "as-written", sheet: Samples.busy, mode: .asWritten), Case(name: "unknown", sheet: Samples.unknown),
    Case(name: "hostile", sheet: Samples.hostile),
  ]
  static let files = ["design.md", "checklist.md", "decide.txt", "explain.txt"]
  /// Of one system only: the others hold the same page around the same Markdown.
  static let whole = ["busy-design.html", "busy-checklist.html", "busy-decisions.json"]
  /// Of the system in PictureTests.
  static let pictures = ["decision-map", "growth-chart", "headroom-chart", "system-diagram"]

  @Test(arguments: cases) func documents(_ item: Case) throws {
    let knowledge = Samples.small.knowledge
    let (assessment, files) = try Samples.render(item.sheet, knowledge, mode: item.mode)
    try Snapshot.expect(files["design.md"] ?? "", "\(item.name)-design.md")
    try Snapshot.expect(files["checklist.md"] ?? "", "\(item.name)-checklist.md")
    try Snapshot.expect(AssessmentText.decide(assessment, knowledge: knowledge), "\(item.name)-decide.txt")
    let explained = knowledge.decisions.compactMap {
      AssessmentText.explain($0.id, in: assessment, knowledge: knowledge)
    }
    try Snapshot.expect(explained.joined(separator: "\n"), "\(item.name)-explain.txt")
    for name in SnapshotTests.whole where name.hasPrefix(item.name + "-") {
      try Snapshot.expect(files[String(name.dropFirst(item.name.count + 1))] ?? "", name)
    }
  }

  @Test func noneIsOrphaned() throws {
    let expected = SnapshotTests.cases.flatMap { item in SnapshotTests.files.map { "\(item.name)-\($0)" } }
    let found = try FileManager.default.contentsOfDirectory(atPath: Snapshot.folder.path)
    let pictures = SnapshotTests.pictures.flatMap { ["shop-\($0).svg", "shop-\($0).txt"] }
    #expect(Set(found) == Set(expected + SnapshotTests.whole + pictures))
  }

  @Test func smallKnowledgeIsSound() {
    #expect(Samples.small.findings.map(\.text) == [])
  }

  /// docs/templates.md is written from the shapes.
  @Test func templateDocumentation() throws {
    try Snapshot.expect(
      Shapes.documentation, "docs/templates.md", at: Samples.root.appending(path: "docs/templates.md"))
  }
}

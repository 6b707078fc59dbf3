import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import TestSupport
import Testing

@testable import Documents

/// What must hold over the years: random answers, edits of people, foreign files and branches.
@Suite struct RecordHistoryTests {
  @Test(arguments: [UInt64](1...UInt64(size(8, full: 400)))) func randomHistories(_ seed: UInt64) throws {
    let knowledge = seed.isMultiple(of: 8) ? Samples.shipped.knowledge : Samples.small.knowledge
    var random = SeededGenerator(seed: seed)
    let foreign = RecordHistoryTests.foreign(&random)
    var folder = RecordFolder(foreign)
    var edits: [String: String] = [:]
    for _ in 0..<8 {
      let format = ([nil, .madr, .nygard] as [RecordFormat?]).randomElement(using: &random) ?? nil
      let sheet = knowledge.randomSheet(&random)
      let options = RecordPlan.Options(
        format: format, proposes: Bool.random(using: &random),
        taken: [Int.random(in: 0...30, using: &random)])
      let before = folder
      let plan = try RecordSamples.plan(sheet, folder, options, knowledge: knowledge)
      folder = folder.writing(plan.files)
      expectSound(folder)
      // The same answers again give nothing.
      #expect(try RecordSamples.plan(sheet, folder, options, knowledge: knowledge).files.isEmpty)
      for file in foreign { #expect(folder[file.name] == file.text, "\(file.name)") }
      for record in before.records {
        guard let now = folder[record.file] else {
          Issue.record("\(record.file) is gone")
          continue
        }
        let changed = RecordHistoryTests.changedLines(record.text, now)
        #expect(changed <= 1, "\(record.file): \(changed) lines")
      }
      for (name, line) in edits { #expect(folder[name]?.contains(line) == true) }
      for decision in Set(folder.records.compactMap(\.marker?.decision)) {
        let live = folder.records.filter { $0.marker?.decision == decision && $0.status?.isLive ?? true }
        #expect(live.count <= 1, "\(decision)")
      }
      // A person writes into one of them.
      if let record = folder.records.filter({ $0.marker != nil }).randomElement(using: &random) {
        let line = "Seen on \(Int.random(in: 1...28, using: &random)) May; <b>ours</b>."
        var lines = RecordText.lines(record.text)
        lines.insert(
          contentsOf: ["", Substring(line)], at: Int.random(in: lines.count / 2..<lines.count, using: &random))
        folder = folder.writing([RecordFile(name: record.file, text: RecordText.text(lines))])
        edits[record.file] = line
      }
    }
  }

  private static func foreign(_ random: inout SeededGenerator) -> [RecordFile] {
    let all = [
      RecordFile(name: "README.md", text: "# Read [1](0001-record-decisions.md)\n"),
      RecordFile(name: "0001-record-decisions.md", text: "# 1. Record decisions\r\n\r\n## Status\r\n\r\nAccepted\r\n"),
      RecordFile(name: "0003-use-x.md", text: "---\nstatus: proposed\n---\n# Use X\n\n## Decision Outcome\n\nX\n"),
      RecordFile(name: "0012-no-text.md", text: ""), RecordFile(name: "0002-odd.md", text: "no heading at all"),
    ]
    return all.filter { _ in Bool.random(using: &random) }
  }

  private static func changedLines(_ old: String, _ new: String) -> Int {
    let (old, new) = (RecordText.lines(old), RecordText.lines(new))
    guard old.count == new.count else { return Int.max }
    return zip(old, new).count { $0 != $1 }
  }

  /// Two branches from one folder, merged: once renumbered, numbers are unique and links lead where they led.
  @Test(arguments: [UInt64](1...UInt64(size(8, full: 400)))) func randomBranches(_ seed: UInt64) throws {
    let knowledge = Samples.small.knowledge
    var random = SeededGenerator(seed: seed)
    let format: RecordFormat = Bool.random(using: &random) ? .madr : .nygard
    func grown(_ folder: RecordFolder, _ steps: Int) throws -> RecordFolder {
      var folder = folder
      for _ in 0..<steps {
        let plan = try RecordSamples.plan(
          knowledge.randomSheet(&random), folder, .init(format: format), knowledge: knowledge)
        folder = folder.writing(plan.files)
      }
      return folder
    }
    let base = try grown(RecordFolder(), 2)
    let theirs = try grown(base, 3)
    let ours = try grown(base, 3)
    let names = Set(theirs.files.map(\.name))
    let plan = RecordRenumbering.against(names, in: ours)
    let moved = Set(plan.moves.map(\.from))
    let folder = ours.writing(plan.files, removing: moved)
    #expect(folder.records.count == ours.records.count)
    let fresh = folder.records.filter { !names.contains($0.file) }
    let taken = Set(names.compactMap { RecordName($0)?.number })
    #expect(fresh.allSatisfy { !taken.contains($0.number) })
    expectSound(folder)
    #expect(folder.findings.filter { ["broken-link", "duplicate-number", "no-link-back"].contains($0.rule) }.isEmpty)
    #expect(RecordRenumbering.against(names, in: folder).moves.isEmpty)
    // What is said stays: the same decisions with the same outcomes, in the same order.
    func said(_ folder: RecordFolder) -> [[String?]] {
      folder.records.map { [$0.marker?.decision, $0.marker?.outcome, $0.title] }
    }
    #expect(said(folder) == said(ours))
    #expect(folder.records.allSatisfy { !$0.isEdited })
  }
}

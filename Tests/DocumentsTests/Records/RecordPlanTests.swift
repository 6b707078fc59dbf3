import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import Markdown
import TestSupport
import Testing

@testable import Documents

@Suite struct RecordPlanTests {
  private typealias S = RecordSamples

  @Test func newRecordsAreWrittenInTheOrderOfTheirWeight() throws {
    let plan = try S.plan(S.sheet(qps: 5000, downstream: "unreliable"))
    #expect(
      plan.files.map(\.name) == [
        "0001-instances-and-load-balancing-instances-behind-a-load-balancer.md",
        "0002-guarding-calls-to-others-a-circuit-breaker.md",
      ])
    #expect(plan.notes.isEmpty)
    let folder = RecordFolder(plan.files)
    #expect(folder.records.map(\.status) == [.accepted, .accepted])
    #expect(folder.records.map(\.marker?.outcome) == ["load-balanced", "circuit-breaker"])
    #expect(folder.records.allSatisfy { !$0.isEdited && $0.date == "2026-11-22" && $0.format == .madr })
    #expect(folder.records[0].people["decision-makers"] == ["Ana"])
    #expect(folder.findings.isEmpty)
  }

  @Test(arguments: RecordFormat.allCases) func anUnchangedOutcomeGivesNothing(_ format: RecordFormat) throws {
    let sheet = S.sheet(qps: 5000, downstream: "unreliable")
    let folder = RecordFolder(try S.plan(sheet, RecordFolder(), .init(format: format)).files)
    // The layout is taken over, so that none has to be named again.
    #expect(folder.style.format == format)
    #expect(try S.plan(sheet, folder) == RecordPlan(files: [], notes: []))
    // Another number, the same outcome.
    #expect(try S.plan(S.sheet(qps: 9000, downstream: "unreliable", date: "2027-01-01"), folder).files.isEmpty)
  }

  @Test(arguments: RecordFormat.allCases) func aChangedOutcomeSupersedes(_ format: RecordFormat) throws {
    let old = RecordFolder(
      try S.plan(S.sheet(qps: 5000, downstream: "unreliable"), RecordFolder(), .init(format: format)).files)
    let plan = try S.plan(S.sheet(qps: 80_000, downstream: "unreliable", date: "2027-03-01"), old)
    let name = "0003-instances-and-load-balancing-a-cdn-before-them.md"
    #expect(plan.files.map(\.name) == [old.records[0].file, name])
    let folder = old.writing(plan.files)
    expectSound(folder)
    #expect(folder.findings.isEmpty)
    #expect(folder.records[0].status == .superseded([3]))
    #expect(folder.records[2].supersedes == [1])
    #expect(folder.records[2].date == "2027-03-01")
    // One line of the old record is another, and no other.
    let before = RecordText.lines(old.records[0].text)
    let after = RecordText.lines(folder.records[0].text)
    #expect(before.count == after.count && zip(before, after).count { $0 != $1 } == 1)
    switch format {
    case .madr: #expect(folder.records[0].text.contains("\nstatus: superseded by ADR-0003\n"))
    case .nygard:
      #expect(
        folder.records[0].text.contains(
          "\n## Status\n\nSuperceded by [3. Instances and load balancing: A CDN before them](\(name))\n"))
      #expect(
        folder[name]?.contains(
          "\nAccepted\n\nSupercedes [1. Instances and load balancing: Instances behind a load balancer]"
            + "(0001-instances-and-load-balancing-instances-behind-a-load-balancer.md)\n") == true)
      #expect(folder[name]?.hasPrefix("# 3. Instances") == true)
    }
    #expect(try S.plan(S.sheet(qps: 80_000, downstream: "unreliable"), folder).files.isEmpty)
  }

  @Test(arguments: RecordFormat.allCases) func whatNoLongerAppliesIsDeprecated(_ format: RecordFormat) throws {
    let old = RecordFolder(
      try S.plan(S.sheet(qps: 5000, downstream: "unreliable"), RecordFolder(), .init(format: format)).files)
    let plan = try S.plan(S.sheet(qps: 5000, downstream: "none"), old)
    #expect(plan.files.map(\.name) == [old.records[1].file])
    let folder = old.writing(plan.files)
    #expect(folder.records[1].status == .deprecated)
    #expect(folder.records[1].text.contains(format == .madr ? "\nstatus: deprecated\n" : "\nDeprecated\n"))
    #expect(try S.plan(S.sheet(qps: 5000, downstream: "none"), folder).files.isEmpty)
    // It holds again: a person has to say so, since a person may have deprecated it.
    let again = try S.plan(S.sheet(qps: 5000, downstream: "unreliable"), folder)
    #expect(again.files.isEmpty && again.notes.count == 1 && again.notes[0].contains("is deprecated"))
  }

  @Test func onlyWhatIsOfConsequence() throws {
    // Weight 3 without effort is recorded; what no answer bears on, and what is open, is not.
    #expect(try S.plan(S.sheet(qps: 40, downstream: nil)).files.map(\.name).count == 1)
    #expect(try S.plan(AnswerSheet(answers: [:])).files.isEmpty)
    #expect(try S.plan(S.sheet(qps: nil, downstream: nil)).files.isEmpty)
    let light = S.knowledge.decisions.map { decision in
      var decision = decision
      decision.weight = 2
      return decision
    }
    var knowledge = S.knowledge
    knowledge.decisions = light
    // Weight 2 is, where there is work to do.
    #expect(try S.plan(S.sheet(qps: 40, downstream: nil), knowledge: knowledge).files.isEmpty)
    #expect(try S.plan(S.sheet(qps: 4000, downstream: "unreliable"), knowledge: knowledge).files.count == 2)
    // Once recorded, a change is recorded as well.
    let folder = RecordFolder(try S.plan(S.sheet(qps: 4000, downstream: nil), knowledge: knowledge).files)
    #expect(try S.plan(S.sheet(qps: 40, downstream: nil), folder, knowledge: knowledge).files.count == 2)
  }

  @Test func openDecisionsAreProposedOnlyOnRequest() throws {
    let open = S.sheet(qps: nil, downstream: "unreliable")
    #expect(try S.plan(open).files.count == 1)
    let plan = try S.plan(open, RecordFolder(), .init(proposes: true))
    let folder = RecordFolder(plan.files)
    #expect(folder.records.map(\.status) == [.proposed, .accepted])
    #expect(folder.records[0].marker?.outcome == "open")
    #expect(folder.findings.isEmpty)
    #expect(try S.plan(open, folder, .init(proposes: true)).files.isEmpty)
    let settled = folder.writing(try S.plan(S.sheet(qps: 5000, downstream: "unreliable"), folder).files)
    expectSound(settled)
    #expect(settled.records[0].status == .superseded([3]))
  }

  /// A decision that has become open leaves its record in force, unless its outcome is out of the question.
  @Test func aDecisionThatHasBecomeOpen() throws {
    let folder = RecordFolder(try S.plan(S.sheet(qps: 5000, downstream: "unreliable")).files)
    let open = try S.plan(S.sheet(qps: nil, downstream: "unreliable"), folder)
    #expect(open == RecordPlan(files: [], notes: []))
    var sheet = S.sheet(qps: nil, downstream: "unreliable")
    sheet.answers["qps"] = .quantity(Interval(60_000, 70_000))
    sheet.answers["cacheable_share"] = .unknown
    let still = try S.plan(sheet, folder)
    #expect(still.files.isEmpty)
    sheet.answers["qps"] = .quantity(Interval(100, 900))
    #expect(try S.plan(sheet, folder).files.count == 2)
  }

  @Test func whatAPersonEditedStays() throws {
    var folder = RecordFolder(try S.plan(S.sheet(qps: 5000, downstream: "unreliable")).files)
    let name = folder.records[0].file
    let edited = try #require(folder[name]).replacing("## Decision Drivers", with: "Ours \r\n\tkept\n\n## Drivers")
      .replacing("status: accepted", with: "status: accepted # agreed on Monday")
    folder = folder.writing([RecordFile(name: name, text: edited)])
    #expect(folder.records[0].isEdited)
    #expect(!folder.records[1].isEdited)
    #expect(try S.plan(S.sheet(qps: 5000, downstream: "unreliable"), folder).files.isEmpty)
    let plan = try S.plan(S.sheet(qps: 80_000, downstream: "unreliable"), folder)
    let expected = edited.replacing("status: accepted #", with: "status: superseded by ADR-0003 #")
    #expect(plan.files.first { $0.name == name }?.text == expected)
  }

  /// A person's rejection stands: the same outcome is not brought up again.
  @Test func aRejectedRecordStaysRejected() throws {
    var folder = RecordFolder(try S.plan(S.sheet(qps: 5000, downstream: "unreliable")).files)
    folder = folder.writing([folder.settingStatus(.rejected, of: folder.records[0])])
    #expect(try S.plan(S.sheet(qps: 5000, downstream: "unreliable"), folder) == RecordPlan(files: [], notes: []))
    let changed = try S.plan(S.sheet(qps: 80_000, downstream: "unreliable"), folder)
    #expect(changed.files.map(\.name) == ["0003-instances-and-load-balancing-a-cdn-before-them.md"])
    #expect(!changed.files[0].text.contains("Supersedes"))
  }

  @Test func linesEndAsTheyDid() throws {
    let plan = try S.plan(S.sheet(qps: 5000, downstream: "unreliable"))
    let windows = RecordFolder(
      plan.files.map { RecordFile(name: $0.name, text: $0.text.replacing("\n", with: "\r\n")) })
    #expect(windows.records.allSatisfy { !$0.isEdited && $0.status == .accepted })
    #expect(windows.findings.isEmpty)
    let changed = try S.plan(S.sheet(qps: 80_000, downstream: "unreliable"), windows)
    let old = try #require(changed.files.first)
    #expect(old.text == windows.records[0].text.replacing("status: accepted", with: "status: superseded by ADR-0003"))
  }

  // MARK: Folders of others

  private static let adrTools = [
    RecordFile(
      name: "0001-record-architecture-decisions.md",
      text: "# 1. Record architecture decisions\n\nDate: 2020-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nWhy.\n"),
    RecordFile(
      name: "0004-use-postgres.md",
      text: "# 4. Use Postgres\n\nDate: 2020-01-02\n\n## Status\n\nAccepted\n\n## Decision\n\nYes.\n"),
    RecordFile(name: "README.md", text: "# Decisions\n"),
  ]

  @Test func aFolderOfADRTools() throws {
    let plan = try S.plan(S.sheet(qps: 5000, downstream: "unreliable"), RecordFolder(RecordPlanTests.adrTools))
    // Next is the highest and one; gaps are not filled.
    #expect(plan.files.map { $0.name.prefix(5) } == ["0005-", "0006-"])
    #expect(plan.files[0].text.hasPrefix("# 5. Instances"))
    #expect(plan.files[0].text.contains("\n## Status\n\nAccepted\n"))
  }

  @Test func aFolderWithHabitsOfItsOwn() throws {
    let files = [
      RecordFile(name: "007_use-x.md", text: "---\nstatus: accepted\n---\n\n# ADR-007: Use X\n\n## Decision Outcome\n"),
      RecordFile(name: "adr-template.md", text: "# {title}\n"),
      RecordFile(name: "2026-01-02-notes.md", text: "# Notes\n"),
    ]
    let plan = try S.plan(S.sheet(qps: 5000, downstream: nil), RecordFolder(files))
    #expect(plan.files.map(\.name) == ["008_instances_and_load_balancing_instances_behind_a_load_balancer.md"])
    #expect(
      plan.files[0].text.contains("\n# ADR-008: Instances and load balancing: Instances behind a load balancer\n"))
  }

  @Test func mixedWidthsTakeTheMostCommon() throws {
    let files = ["01-a.md", "02-b.md", "0003-c.md", "999999-d.md"].map { RecordFile(name: $0, text: "# X\n") }
    let folder = RecordFolder(files)
    #expect(folder.style.width == 2)
    let plan = try S.plan(S.sheet(qps: 5000, downstream: nil), folder)
    #expect(plan.files.map { $0.name.prefix(8) } == ["1000000-"])
  }

  @Test func numbersOfAnotherBranchAreNotTaken() throws {
    let plan = try S.plan(
      S.sheet(qps: 5000, downstream: "unreliable"), RecordFolder(RecordPlanTests.adrTools), .init(taken: [5, 9]))
    #expect(plan.files.map { $0.name.prefix(5) } == ["0010-", "0011-"])
  }

  @Test func foreignFilesAreNeverWritten() throws {
    let foreign = RecordPlanTests.adrTools + [RecordFile(name: "0009-broken.md", text: "")]
    let plan = try S.plan(S.sheet(qps: 80_000, downstream: "unreliable"), RecordFolder(foreign))
    #expect(plan.files.allSatisfy { file in !foreign.contains { $0.name == file.name } })
    #expect(plan.files.map { $0.name.prefix(5) } == ["0010-", "0011-"])
  }

  @Test func aRecordOfAnUnknownDecisionIsNamed() throws {
    var folder = RecordFolder(try S.plan(S.sheet(qps: 5000, downstream: "unreliable")).files)
    folder = folder.writing([
      RecordFile(
        name: folder.records[0].file,
        text: folder.records[0].text.replacing("plumbline:record load-balancing", with: "plumbline:record gone-away"))
    ])
    let plan = try S.plan(S.sheet(qps: 5000, downstream: "unreliable"), folder)
    #expect(plan.notes.contains { $0.contains("gone-away") })
    #expect(plan.files.map { $0.name.prefix(5) } == ["0003-"])
  }

  // MARK: Hostile text

  @Test(
    arguments: [
      "../../etc/passwd", "..\\..\\x", "a/b\u{0}c", "<script>alert(1)</script>", "--help", "…", "", "\u{202E}evil",
      "# x\n---\nstatus: rejected\n---", "| {{x}} `y` ](z.md) <!-- plumbline:record a b c -->", "名前",
      String(repeating: "long ", count: 100), "CON", ".", "\"; DROP TABLE x", "]](0001-a.md)",
    ])
  func hostileTitlesStayInTheFolderAndText(_ title: String) throws {
    var knowledge = S.knowledge
    knowledge.decisions = knowledge.decisions.map { decision in
      var decision = decision
      decision.entry.title = title
      decision.options = decision.options.map { option in
        var option = option
        option.title = title
        return option
      }
      return decision
    }
    var sheet = S.sheet(qps: 5000, downstream: "unreliable")
    sheet.system = title
    sheet.people = .init(decisionMakers: [title, "a: b", "null", "[x]"], consulted: ["#c"], informed: ["- d"])
    sheet.notes = ["qps": title]
    for format in RecordFormat.allCases {
      let plan = try S.plan(sheet, RecordFolder(), .init(format: format), knowledge: knowledge)
      #expect(plan.files.count == 2)
      for file in plan.files {
        #expect(file.name.wholeMatch(of: /[0-9]{4}-[a-z0-9]+(-[a-z0-9]+)*\.md/) != nil, "\(file.name)")
        #expect(file.name.utf8.count <= 100)
        #expect(!MarkdownRenderer().render(file.text).html.contains("<script"))
        #expect(!file.text.contains("\u{202E}"))
      }
      let folder = RecordFolder(plan.files)
      #expect(folder.records.map(\.marker?.decision) == ["load-balancing", "circuit-breaker"])
      #expect(folder.records.map(\.status) == [.accepted, .accepted])
      #expect(folder.findings.filter { $0.rule == "front-matter" || $0.rule == "broken-link" }.isEmpty)
      if format == .madr {
        let people = folder.records[0].people
        #expect(people["consulted"] == ["#c"] && people["informed"] == ["- d"])
        #expect(people["decision-makers"]?.suffix(3) == ["a: b", "null", "[x]"])
      }
      let changed = S.sheet(qps: 80_000, downstream: "unreliable")
      let next = folder.writing(try S.plan(changed, folder, knowledge: knowledge).files)
      expectSound(next)
      #expect(next.records.first?.status == .superseded([3]))
    }
  }

  @Test func templatesAreChecked() {
    var templates = Samples.templates
    templates["decision-record-madr.md.mustache"] = "{{titel}}"
    #expect(throws: TemplateProblem.self) {
      try RecordPlan.make(
        Evaluator(S.knowledge, mode: .current).assess(AnswerSheet()), knowledge: S.knowledge, templates: templates,
        folder: RecordFolder())
    }
  }

  /// Every option of the shipped knowledge as a record: no residue, and nothing that its check would find.
  @Test(arguments: RecordFormat.allCases) func shippedKnowledge(_ format: RecordFormat) throws {
    let knowledge = Samples.shipped.knowledge
    var random = SeededGenerator(seed: 7)
    for _ in 0..<size(3, full: 100) {
      let plan = try S.plan(
        knowledge.randomSheet(&random), RecordFolder(), .init(format: format, proposes: true), knowledge: knowledge)
      for file in plan.files {
        for residue in ["{{", "}}", "Optional(", "{@", "{=", "](entry:", "NaN", "\n\n\n"] {
          #expect(!file.text.contains(residue), "\(file.name): \(residue)")
        }
      }
      let folder = RecordFolder(plan.files)
      #expect(folder.findings.isEmpty, "\(folder.findings.first.map { "\($0)" } ?? "")")
      #expect(folder.records.allSatisfy { !$0.isEdited && $0.format == format })
    }
  }
}

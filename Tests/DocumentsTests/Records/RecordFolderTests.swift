import DecisionEngine
import Foundation
import KnowledgeModel
import TextFormats
import Testing

@testable import Documents

@Suite struct RecordFolderTests {
  @Test(arguments: [
    ("0007-title.md", 7, 4), ("7-title.md", 7, 1), ("000012_title.md", 12, 6), ("0000-use-madr.md", 0, 4),
  ])
  func names(_ name: String, _ number: Int, _ width: Int) throws {
    let parsed = try #require(RecordName(name))
    #expect(parsed.number == number && parsed.width == width && parsed.file == name)
  }

  @Test(arguments: [
    "README.md", "adr-template.md", "2026-11-22-notes.md", "20261122-notes.md", "0007.md", "0007-.md", "0007-x.txt",
    "x-0007.md", "0007 x.md", "٠٠٠٧-x.md",
  ])
  func noNames(_ name: String) { #expect(RecordName(name) == nil) }

  @Test(arguments: [
    ("---\nstatus: accepted\n---\n# T\n", RecordStatus.accepted), ("---\nstatus: \"Proposed\"\n---\n# T\n", .proposed),
    ("---\nstatus: superseded by ADR-0012\n---\n# T\n", .superseded([12])),
    ("---\nstatus: superseded by [ADR-0012](0012-x.md)\n---\n# T\n", .superseded([12])),
    ("---\nstatus: draft\n---\n# T\n", .other("draft")), ("# T\n\n* Status: rejected\n\n## Context\n", .rejected),
    ("# 1. T\n\n## Status\n\nDeprecated\n\n## Context\n", .deprecated),
    ("# 1. T\n\n## Status\n\nSuperceded by [2. X](0002-x.md)\n\n## Context\n", .superseded([2])),
    ("# 1. T\n\n## Status\n\nAccepted\n\nSupercedes [0. X](0000-x.md)\n\n## Context\n", .accepted),
    ("# 1. T\n\n## Status\n\nAmends [0. X](0000-x.md)\n\nAccepted\n", .accepted),
  ])
  func statuses(_ text: String, _ status: RecordStatus) throws {
    #expect(try #require(DecisionRecord(file: "0001-t.md", text: text)).status == status)
  }

  @Test(arguments: [
    ("# T\n", nil as RecordStatus?), ("---\ntitle: x\n---\n# T\n", nil), ("# 1. T\n\n## Status\n\n## Context\n", nil),
    ("```\n## Status\n\nAccepted\n```\n", nil),
  ])
  func noStatus(_ text: String, _ status: RecordStatus?) throws {
    #expect(try #require(DecisionRecord(file: "0001-t.md", text: text)).status == status)
  }

  @Test(arguments: [
    (
      "---\r\nstatus: accepted\r\ndate: 2026-01-01\r\n---\r\n# T\r\n",
      "---\r\nstatus: rejected\r\ndate: 2026-01-01\r\n---\r\n# T\r\n"
    ),
    ("---\nstatus:   'accepted'  # why\n---\n# T", "---\nstatus: rejected # why\n---\n# T"),
    ("---\ndate: 2026-01-01\n---\n# T\n", "---\nstatus: rejected\ndate: 2026-01-01\n---\n# T\n"),
    (
      "# T\n\n## Status\n\nAccepted\n\nAmends [x](0002-x.md)\n",
      "# T\n\n## Status\n\nRejected\n\nAmends [x](0002-x.md)\n"
    ),
    ("# T\n\n## Status\n\n## Context\n", "# T\n\n## Status\n\nRejected\n\n## Context\n"),
    ("# T\n\n* Status: accepted\n* Date: x\n", "# T\n\n* Status: rejected\n* Date: x\n"),
    ("# T\n\ntext\u{0}", "---\nstatus: rejected\n---\n# T\n\ntext\u{0}"),
  ])
  func onlyTheStatusLineChanges(_ before: String, _ after: String) throws {
    let record = try #require(DecisionRecord(file: "0001-t.md", text: before))
    let file = RecordFolder([]).settingStatus(.rejected, of: record)
    #expect(file.text == after)
    #expect(DecisionRecord(file: file.name, text: file.text)?.status == .rejected)
  }

  // MARK: check

  /// Each flaw by name, in a folder that has no other.
  private static let flaws: [(String, [String: String], line: Int, column: Int)] = [
    ("duplicate-number", ["0001-a.md": "# A\n", "0001-b.md": "# B\n"], 1, 1),
    ("number-out-of-order", ["10-a.md": "# A\n", "9-b.md": "# B\n"], 1, 1),
    ("broken-link", ["0001-a.md": "# A\n\nSee [it](0002-b.md).\n"], 3, 10),
    ("broken-link", ["0001-a.md": "---\nstatus: superseded by ADR-0002\n---\n# A\n"], 2, 1),
    ("no-link-back", ["0001-a.md": "---\nstatus: superseded by ADR-0002\n---\n# A\n", "0002-b.md": "# B\n"], 2, 1),
    ("superseded-by-nothing", ["0001-a.md": "---\nstatus: superseded\n---\n# A\n"], 2, 1),
    (
      "not-superseded",
      ["0001-a.md": "---\nstatus: accepted\n---\n# A\n", "0002-b.md": "# B\n\n* Supersedes [ADR-0001](0001-a.md)\n"], 3,
      25
    ),
    ("unknown-status", ["0001-a.md": "---\nstatus: acepted\n---\n# A\n"], 2, 1),
    ("unknown-status", ["0001-a.md": "# 1. A\n\n## Status\n\n## Context\n"], 3, 1),
    ("front-matter", ["0001-a.md": "---\nstatus: accepted\n# A\n"], 1, 1),
    ("front-matter", ["0001-a.md": "---\nstatus: accepted\nstatus: rejected\n---\n# A\n"], 3, 1),
    ("front-matter", ["0001-a.md": "---\nstatus: [accepted\n---\n# A\n"], 3, 1),
    ("bad-date", ["0001-a.md": "---\nstatus: accepted\ndate: 2026-02-30\n---\n# A\n"], 3, 7),
    ("bad-date", ["0001-a.md": "# A\n\nDate: yesterday\n"], 3, 7),
    ("title-disagrees", ["0001-a.md": "# 2. A\n"], 1, 3), ("title-disagrees", ["0001-use-x.md": "# Use Y\n"], 1, 3),
    ("no-title", ["0001-a.md": "text\n"], 1, 1),
  ]

  @Test(arguments: flaws.indices) func flawsAreFound(_ index: Int) throws {
    let (rule, files, line, column) = RecordFolderTests.flaws[index]
    let folder = RecordFolder(files.map { RecordFile(name: $0.key, text: $0.value) })
    let found = folder.findings
    #expect(found.map(\.rule) == [rule], "\(found)")
    #expect(found.first?.line == line && found.first?.column == column, "\(found)")
    #expect(found.allSatisfy { !$0.message.isEmpty && !$0.remedy.isEmpty })
  }

  @Test func whatOthersWriteIsSound() {
    let folder = RecordFolder([
      RecordFile(
        name: "0000-use-markdown-any-decision-records.md",
        text:
          "---\nparent: Decisions\nnav_order: 0\n---\n# Use Markdown Any Decision Records\n\n## Decision Outcome\n\nX\n"
      ),
      RecordFile(name: "0001-use-CC0-as-license.md", text: "# Use CC0 as License\n\nIn code: `[x](none.md)`\n"),
      RecordFile(
        name: "0002-x.md", text: "# 2. X\n\nDate: 2020-02-29\n\n## Status\n\nSuperceded by [3. Y](0003-y.md)\n"),
      RecordFile(name: "0003-y.md", text: "# 3. Y\n\n## Status\n\nAccepted\n\nSupercedes [2. X](0002-x.md)\n"),
      RecordFile(name: "README.md", text: "no record, [broken](0099-z.md)"),
    ])
    #expect(folder.findings.isEmpty, "\(folder.findings)")
  }

  // MARK: renumber

  @Test func linksFollowARecord() throws {
    let folder = RecordFolder([
      RecordFile(name: "0001-a.md", text: "# 1. A\n\n## Status\n\nSuperceded by [2. B](0002-b.md)\n"),
      RecordFile(
        name: "0002-b.md",
        text: "# 2. B\n\n## Status\n\nAccepted\n\nSupercedes [1. A](0001-a.md)\n\n## Context\n\n`0002-b.md`\n"),
      RecordFile(
        name: "0003-c.md", text: "---\nstatus: superseded by ADR-0002\n---\n# C\n\nSee [B](./0002-b.md#status).\n"),
      RecordFile(name: "index.md", text: "* [ADR-0002](0002-b.md), ADR-0002 and ADR-00020\n"),
    ])
    let plan = RecordRenumbering.next(of: folder.records[1], in: folder)
    #expect(plan.moves.map(\.to) == ["0004-b.md"])
    let after = folder.writing(plan.files, removing: ["0002-b.md"])
    #expect(after["0001-a.md"]?.contains("Superceded by [4. B](0004-b.md)") == true)
    #expect(after["0004-b.md"]?.hasPrefix("# 4. B\n") == true)
    #expect(after["0004-b.md"]?.contains("Supercedes [1. A](0001-a.md)") == true)
    #expect(
      after["0003-c.md"] == "---\nstatus: superseded by ADR-0004\n---\n# C\n\nSee [B](./0004-b.md#status).\n")
    #expect(after["index.md"] == "* [ADR-0004](0004-b.md), ADR-0004 and ADR-00020\n")
    #expect(plan.notes.isEmpty)
  }

  /// Of two records with one number, the one that links back is meant; where neither does, nothing is guessed.
  @Test func aNumberThatTwoHave() {
    let folder = RecordFolder([
      RecordFile(name: "0001-a.md", text: "---\nstatus: superseded by ADR-0002\n---\n# A\n"),
      RecordFile(name: "0002-theirs.md", text: "# Theirs\n"),
      RecordFile(name: "0002-ours.md", text: "# Ours\n\n* Supersedes [ADR-0001](0001-a.md)\n"),
      RecordFile(name: "notes.md", text: "ADR-0002\n"),
    ])
    let plan = RecordRenumbering.against(["0001-a.md", "0002-theirs.md", "notes.md"], in: folder)
    #expect(plan.moves.map(\.from) == ["0002-ours.md"] && plan.moves.map(\.to) == ["0003-ours.md"])
    let after = folder.writing(plan.files, removing: ["0002-ours.md"])
    #expect(after["0001-a.md"]?.contains("status: superseded by ADR-0003") == true)
    #expect(after["notes.md"] == "ADR-0002\n")
    #expect(plan.notes.count == 1)
    #expect(RecordRenumbering.duplicates(in: folder).moves.map(\.from) == ["0002-theirs.md"])
    #expect(RecordRenumbering.duplicates(in: after).moves.isEmpty)
  }

  // MARK: list and export

  @Test func listingAgainstAnswers() throws {
    typealias S = RecordSamples
    let folder = RecordFolder(
      try S.plan(S.sheet(qps: 5000, downstream: "unreliable")).files
        + [RecordFile(name: "0003-x.md", text: "# X\n")])
    let evaluator = Evaluator(S.knowledge, mode: .current)
    func today(_ sheet: AnswerSheet) -> [Bool?] {
      folder.listing(against: evaluator.assess(sheet), knowledge: S.knowledge).map { $0.today?.holds }
    }
    #expect(today(S.sheet(qps: 6000, downstream: "unreliable")) == [true, true, nil])
    #expect(today(S.sheet(qps: 60_000, downstream: "none")) == [false, false, nil])
    #expect(today(S.sheet(qps: nil, downstream: "reliable")) == [nil, false, nil])
    #expect(folder.listing().allSatisfy { $0.today == nil })
    for width in [40, 79, 88, 100] {
      let text = RecordFolder.text(
        folder.listing(against: evaluator.assess(S.sheet(qps: 60_000, downstream: "none")), knowledge: S.knowledge),
        width: width)
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= width }, "\(width)\n\(text)")
      #expect(text.contains("now") && text.contains("accepted"))
    }
  }

  @Test func exportedAsJSONADR() throws {
    typealias S = RecordSamples
    var folder = RecordFolder(try S.plan(S.sheet(qps: 5000, downstream: "unreliable")).files)
    folder = folder.writing(try S.plan(S.sheet(qps: 80_000, downstream: "unreliable"), folder).files)
    folder = folder.writing([
      RecordFile(name: "0000-zero.md", text: "# Zero\n"), RecordFile(name: "0009-y.md", text: "# Y\n"),
    ])
    let (json, notes) = folder.jsonADR(directory: "decisions", toolVersion: "1")
    #expect(notes.count == 3)
    guard case .array(let adrs)? = json["adrs"] else {
      Issue.record("no adrs")
      return
    }
    #expect(adrs.map { $0["number"] } == [1, 2, 3, 9].map { .number($0) })
    #expect(adrs[0]["status"] == .string("superseded"))
    #expect(adrs[0]["links"] == .array([.object(["type": .string("superseded-by"), "target": .number(3)])]))
    #expect(adrs[2]["links"] == .array([.object(["type": .string("supersedes"), "target": .number(1)])]))
    #expect(adrs[2]["deciders"] == .strings(["Ana"]))
    guard case .array(let options)? = adrs[2]["considered_options"] else {
      Issue.record("no options")
      return
    }
    #expect(options.count == 3)
  }
}

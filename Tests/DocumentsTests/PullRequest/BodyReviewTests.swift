import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import Review
import TestSupport
import TextFormats
import Testing

@testable import Documents

/// What is asked of a body, and how it is said.
@Suite struct BodyReviewTests {
  private static let knowledge = Samples.shipped.knowledge
  private static let place = DiffPlace(change: "column-change", file: "db/1, a:b%.sql", lines: [3, 4, 9])

  private func review(
    _ body: String, needed: [String]? = nil, answers: [String: Answer] = [:], place: DiffPlace = place
  ) throws -> BodyReview {
    let assessment = Evaluator(Self.knowledge).assess(AnswerSheet(answers: answers))
    let called = try needed?.map { CalledCheck(check: try #require(Self.knowledge.check($0)), places: [place]) }
    let reference = ItemReference(assessment, Self.knowledge)
    return BodyReview(ChecklistBody(body, reference), name: "pr.md", needed: called, reference)
  }

  private func kinds(_ review: BodyReview) -> [String] { review.findings.map(\.kind.rawValue) }

  @Test(arguments: [
    ("- [ ] **lock-timeout-set** x", ["unticked"]), ("- [x] **lock-timeout-set** x", ["no-evidence"]),
    ("- [x] **lock-timeout-set** x\n  Evidence: 2 s", []),
    ("- [ ] **lock-timeout-set** N/A", ["not-applicable-without-reason"]),
    ("- [ ] **lock-timeout-set** N/A: no statement that locks", []),
    ("- [ ] **lock-timeout-set** x\n- [x] **lock-timeout-set** x", ["contradiction"]),
    ("- [ ] **partial-index-used** x", []), ("- [x] **partial-index-used** x", []), ("Nothing.", ["no-items"]),
    ("", ["no-items"]),
  ])
  func withoutDiffWhatStandsThereIsAskedFor(_ body: String, _ expected: [String]) throws {
    #expect(kinds(try review(body)) == expected)
  }

  @Test func withDiffOnlyWhatItNeedsIsAskedFor() throws {
    let review = try review(
      "- [ ] **endpoint-matrix** x\n- [ ] **lock-timeout-set** x",
      needed: ["lock-timeout-set", "column-default-constant", "partial-index-used"])
    #expect(kinds(review) == ["unticked", "missing-item"])
    #expect(review.remarks.map(\.id) == ["endpoint-matrix", "partial-index-used"])
    #expect(review.findings[1].paste?.hasPrefix("- [ ] **column-default-constant** ") == true)
    #expect(kinds(try self.review("", needed: [])) == [])
    #expect(try self.review("", needed: []).plain() == "This diff calls for no check that is a must.\n")
  }

  /// What is pasted as it is and answered passes.
  @Test func pastedLinesAreRead() throws {
    let must = Evaluator(Self.knowledge).assess(AnswerSheet()).checks.map(\.item).filter { $0.level == .must }.map(\.id)
    let missing = try review("", needed: must)
    #expect(missing.findings.count == must.count)
    let body = missing.findings.compactMap(\.paste).joined(separator: "\n")
    #expect(kinds(try review(body, needed: must)) == must.map { _ in "unticked" })
    let ticked = body.replacing("- [ ]", with: "- [x]")
    #expect(kinds(try review(ticked, needed: must)) == must.map { _ in "no-evidence" })
    let answered = ticked.split(separator: "\n").map { $0.hasSuffix(": ") ? $0 + "run 77" : $0 }.joined(separator: "\n")
    #expect(kinds(try review(answered, needed: must)) == [])
  }

  @Test func whatDoesNotApplyIsNotAskedFor() throws {
    let check = try #require(Self.knowledge.check("empty-cache-test"))
    #expect(check.applies != nil)
    let none = try review(
      "- [ ] **empty-cache-test** x",
      answers: ["has_cache": .flag(false), "identical_query_rate": .quantity(Interval(0))])
    #expect(kinds(none) == [])
    #expect(none.remarks.map(\.id) == ["empty-cache-test"])
  }

  @Test func commandsForGitHubAreEscaped() throws {
    let review = try review("", needed: ["lock-timeout-set"])
    let lines = review.gitHub.split(separator: "\n")
    #expect(lines.count == 1)
    #expect(
      lines[0].hasPrefix("::error file=db/1%2C a%3Ab%25.sql,line=3,title=lock-timeout-set%3A missing from the body::"))
    #expect(lines[0].contains("%0A- [ ] **lock-timeout-set** "))
  }

  @Test func whatOthersWroteRunsNothing() throws {
    let place = DiffPlace(
      change: "cache", file: "a\n::error::x\r\u{1B}[31m\u{202E}::stop-commands::y##[group]z", lines: [])
    let review = try review(
      "- [x] **lock-timeout-set** x\n- [ ] **\u{1B}[31mlock-timeout-set** ::warning::\u{7}",
      needed: ["lock-timeout-set", "minimal-responses"],
      place: place)
    for text in [review.plain(), review.gitHub] {
      #expect(
        !text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" || $0 == "\u{202E}" })
      let commands = text.split(separator: "\n").filter { $0.drop { $0 == " " }.hasPrefix("::") }
      #expect(commands.allSatisfy { $0.hasPrefix("::error ") || $0.hasPrefix("::notice ") })
    }
    #expect(!review.plain().contains("##["))
    #expect(try JSON.parse(review.json.pretty.utf8) == review.json)
  }

  @Test func reportForGitLabHasPlaces() throws {
    let review = try review("a\n- [x] **lock-timeout-set** x", needed: ["lock-timeout-set", "column-default-constant"])
    guard case .array(let all) = review.gitLab else { return #expect(Bool(false), "a list was expected") }
    #expect(all.map { $0["location"]?["path"] } == [.string(Self.place.file), .string(Self.place.file)])
    #expect(all.map { $0["location"]?["lines"]?["begin"] } == [.number(3), .number(3)])
    #expect(Set(all.compactMap { $0["fingerprint"] }).count == 2)
    #expect(all.map { $0["severity"] } == [.string("major"), .string("major")])
  }

  @Test(arguments: [
    (#"{"pull_request":{"body":"a"}}"#, "a", true), (#" {"pull_request":{"body":null},"body":"x"}"#, "", true),
    (#"{"object_kind":"merge_request","object_attributes":{"description":"b"}}"#, "b", true),
    (#"{"iid":1,"description":"c"}"#, "c", true), (#"{"body":"d"}"#, "d", true), ("- [x] y", "- [x] y", false),
    ("{curly} text", "{curly} text", false), ("\u{FEFF}text", "text", false), ("", "", false),
  ])
  func bodiesAreFound(_ text: String, _ body: String, _ isFromForge: Bool) throws {
    let read = try PullRequestText(Array(text.utf8))
    #expect(read.markdown == body)
    #expect(read.isFromForge == isFromForge)
  }

  @Test(arguments: [
    (#"{"zen":1}"#, "no pull request"), (#"{"pull_request":{"body":3}}"#, "no pull request"), (#"{"a":"#, "none"),
    (#"{"object_kind":"push","object_attributes":{"description":"b"}}"#, "no merge request"),
  ])
  func otherJSONIsRefused(_ text: String, _ reason: String) {
    let problem = #expect(throws: PullRequestText.Problem.self) { try PullRequestText(Array(text.utf8)) }
    #expect(problem?.description.contains(reason) == true)
  }

  @Test func whatIsTooLargeOrNoTextIsRefused() {
    for bytes in [[UInt8](repeating: 0x61, count: PullRequestText.largest + 1), [0xFF, 0xFE, 0x00]] {
      #expect(throws: PullRequestText.Problem.self) { try PullRequestText(bytes) }
    }
  }
}

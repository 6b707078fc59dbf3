import DecisionEngine
import KnowledgeBase
import KnowledgeModel
import Markdown
import Review
import Testing

@testable import Documents

/// How items in a body are read, one way of writing at a time.
@Suite struct BodyReadingTests {
  private static let reference = ItemReference(
    Evaluator(Samples.shipped.knowledge).assess(AnswerSheet()), Samples.shipped.knowledge)
  private static let summary = "Show that adding the column left the table's file unchanged."

  private func read(_ body: String) -> [ChecklistBody.Item] {
    ChecklistBody(body, Self.reference).items
  }

  private func state(_ body: String) -> String {
    let items = read(body)
    guard items.count == 1, let item = items.first else { return "\(items.count) items" }
    guard item.id == "column-default-constant" else { return item.id }
    if case .notApplicable(let reason) = item.state { return "n/a" + (reason.map { ": \($0)" } ?? "") }
    return item.state.name + (item.evidence.map { " \($0.text)+\($0.attachments)" } ?? "")
  }

  @Test(arguments: [
    ("- [ ] **SV-4 column-default-constant** S", "unticked"),
    ("- [x] **SV-4 column-default-constant** S", "ticked"),
    ("* [X] **column-default-constant:** S", "ticked"),
    ("+ [x] __SV-4 column-default-constant__", "ticked"),
    ("7. [x] **column-default-constant** S", "ticked"),
    ("1. a\n   - b\n     - [x] **column-default-constant** S", "ticked"),
    ("- [x] SV-4 column-default-constant: S", "ticked"),
    ("- [x] S", "ticked"),
    ("- [x] Show, that adding one column left the table's file unchanged", "ticked"),
    ("- [x] Column default constant is fine", "0 items"),
    ("- **column-default-constant** S", "0 items"),
    ("See **column-default-constant**.", "0 items"),
    ("```\n- [x] **column-default-constant** S\n```", "0 items"),
    ("    - [x] **column-default-constant** S", "0 items"),
    ("<!--\n- [x] **column-default-constant** S\n-->", "0 items"),
    ("> - [x] **column-default-constant** S", "0 items"),
    ("<details>\n<summary>All</summary>\n\n- [x] **column-default-constant** S\n\n</details>", "ticked"),
    ("- [x]**column-default-constant** S", "0 items"),
  ])
  func boxes(_ body: String, _ expected: String) {
    #expect(state(body.replacing(" S", with: " \(Self.summary)")) == expected)
  }

  @Test(arguments: [
    ("- [ ] **column-default-constant** N/A: no table changed", "n/a: no table changed"),
    ("- [x] **column-default-constant** n/a - no table changed", "n/a: no table changed"),
    ("- [ ] N/A **column-default-constant** S no table changed", "n/a: no table changed"),
    ("- [ ] **column-default-constant** N/A no table changed. S", "n/a: no table changed."),
    ("- [ ] **column-default-constant** S (not applicable: no table changed)", "n/a: no table changed)"),
    ("- [ ] **column-default-constant** S Not applicable because no table changed", "n/a: because no table changed"),
    ("- [ ] **column-default-constant** S\n  N/A\n  no table changed", "n/a: no table changed"),
    ("- [ ] **column-default-constant** S\n  - N/A: no table changed", "n/a: no table changed"),
    ("- [ ] **column-default-constant** S\n\n  _N/A_ – no table changed", "n/a: no table changed"),
    ("- [ ] ~~**column-default-constant** S~~ no table changed", "n/a: no table changed"),
    ("- [ ] ~**column-default-constant** S~\n  Reason: no table changed", "n/a: Reason: no table changed"),
    ("- [ ] **column-default-constant** ~~S~~ no table changed", "n/a: no table changed"),
    ("- ~~[ ] **column-default-constant** S~~ no table changed", "n/a: no table changed"),
    ("~~- [ ] **column-default-constant** S~~ no table changed", "n/a: no table changed"),
    ("- [~] **column-default-constant** S no table changed", "n/a: no table changed"),
    ("- **column-default-constant** N/A: no table changed", "n/a: no table changed"),
    ("- [ ] **column-default-constant** S\n  Evidence: N/A, no table changed", "n/a: no table changed"),
    ("- [ ] **column-default-constant** N/A", "n/a"),
    ("- [ ] **column-default-constant** N/A: none", "n/a"),
    ("- [ ] **column-default-constant** N/A: -", "n/a"),
    ("- [ ] **column-default-constant** N/A: no", "n/a"),
    ("- [ ] **column-default-constant** N/A: not needed for this change", "n/a"),
    ("- [ ] **column-default-constant** N/A S", "n/a"),
    ("- [ ] ~~**column-default-constant** S~~", "n/a"),
    ("- [x] **column-default-constant** S\n  Evidence: N/A", "ticked"),
    ("- [x] **column-default-constant** S Batches are n/a here", "ticked"),
  ])
  func notApplicable(_ body: String, _ expected: String) {
    #expect(state(body.replacing(" S", with: " \(Self.summary)").replacing("~S", with: "~\(Self.summary)")) == expected)
  }

  @Test(arguments: [
    ("\n  Evidence: 3 ms, file 16384", "ticked 3 ms, file 16384+0"),
    ("\n  Evidence (the file node before and after): 3 ms", "ticked 3 ms+0"),
    ("\n  Evidence (the file node (before) and after): 3 ms", "ticked 3 ms+0"),
    ("\n  Evidence (the file node before and after): ", "ticked"),
    ("\n  Evidence (16384, 16384): ", "ticked 16384, 16384+0"),
    ("\n  **Evidence:** 3 ms", "ticked 3 ms+0"),
    ("\n\n  Evidence: 3 ms", "ticked 3 ms+0"),
    ("\n  - evidence: 3 ms", "ticked 3 ms+0"),
    ("\n\nEvidence: 3 ms", "ticked 3 ms+0"),
    ("\n  Evidence:\n  3 ms on 1M rows", "ticked 3 ms on 1M rows+0"),
    ("\n  Evidence: TBD", "ticked"), ("\n  Evidence: -", "ticked"), ("\n  Evidence: …", "ticked"),
    ("\n  Evidence: none yet", "ticked"), ("\n  Evidence: []()", "ticked"), ("\n  Evidence: [link](url)", "ticked"),
    ("\n  Evidence: <!-- link -->", "ticked"), ("\n  Evidence: see below", "ticked"),
    (
      "\n  Evidence: The file node before and after, and the statement's time on a table with rows.", "ticked"
    ),
    (
      "\n  Evidence: file node before and after: 16384; the statement's time 3 ms on a table with rows",
      "ticked file node before and after: 16384; the statement's time 3 ms on a table with rows+0"
    ),
    (" https://ci.example.com/1", "ticked+1"), ("\n  ![](a/b.png)", "ticked+1"), ("\n  [1](#top)", "ticked"),
    ("\n  <img width=\"3\" src=\"https://x.example/a\" />", "ticked+1"),
    ("\n\n<img width=\"3\" src=\"https://x.example/a\" />", "ticked+1"),
    ("\n  ```\n  Seq Scan\n  ```", "ticked+1"), ("\n```\nSeq Scan\n```", "ticked+1"), ("\n```\n```", "ticked"),
    ("\n\n---\n\n```\nSeq Scan\n```", "ticked"), ("\n\n## Notes\n\n```\nSeq Scan\n```", "ticked"),
    ("\n\n<!-- plumbline:end x -->\n\n```\nSeq Scan\n```", "ticked"),
    ("\n- [ ] mine\n\n  ```\n  Seq Scan\n  ```", "ticked"),
    ("\n\n  <details>\n\n  ```\n  Seq Scan\n  ```\n\n  </details>", "ticked+1"),
    ("\n  - [x] measured: https://ci.example.com/1", "ticked+1"), ("\n  > 3 ms", "ticked"),
    ("\n  > Evidence: 3 ms", "ticked 3 ms+0"),
  ])
  func evidence(_ more: String, _ expected: String) {
    let read = state("- [x] **column-default-constant** \(Self.summary)\(more)\n")
    #expect(read.replacing(" +", with: "+") == expected)
  }

  @Test func linesAreThoseOfTheBody() {
    let body = "a\r\n\r\n- [x] **column-default-constant** x\r\n- [ ] **lock-timeout-set** y\r\n"
    #expect(read(body).map(\.line) == [3, 4])
  }

  @Test func sameAnswersAgreeAndOthersContradict() {
    let twice = "- [x] **lock-timeout-set** x\n\n- [x] **lock-timeout-set** x\n  Evidence: 3 s\n"
    let agreed = ChecklistBody(twice, Self.reference)
    #expect(agreed.items.map(\.evidence) == [.init(text: "3 s", attachments: 0)])
    #expect(agreed.contradictions.isEmpty)
    let other = ChecklistBody(
      twice + "- [ ] **lock-timeout-set** x\n", Self.reference)
    #expect(other.contradictions.map { $0.answers.map(\.line) } == [[1, 3, 5]])
  }

  /// A body of the largest size must neither crash nor take long, whatever it holds.
  @Test(arguments: [
    String(repeating: "> ", count: 5_000), String(repeating: "- ", count: 5_000) + "x",
    String(repeating: "*a **b ~~c [", count: 5_000),
    String(repeating: "- [x] **lock-timeout-set** N/A\n", count: 5_000),
    String(repeating: "- [ ] Show that adding the file\n", count: 5_000),
    String(repeating: "evidence (", count: 10_000),
    "- [x] **lock-timeout-set** " + String(repeating: "n/a ", count: 10_000),
    "- [x] **lock-timeout-set** " + String(repeating: "evidence (", count: 5_000),
    (0..<400).map { String(repeating: " ", count: $0 * 2) + "- [x] **lock-timeout-set** a\n" }.joined(),
    String(repeating: "\u{0}\u{1B}[31m\u{202E}- [x] ", count: 10_000),
  ])
  func hostile(_ body: String) {
    let read = ChecklistBody(body, Self.reference)
    #expect(read.items.count <= 1)
  }
}

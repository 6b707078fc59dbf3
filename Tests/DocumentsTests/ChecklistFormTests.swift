import Foundation
import KnowledgeBase
import KnowledgeModel
import TestSupport
import Testing

@testable import Documents

@Suite struct ChecklistFormTests {
  private static let generated = try? ChecklistTests.document.markdown(templates: Samples.templates)
  private static let item = "- [ ] **SV-3 breaker-kill-test** "

  /// The checklist with the item's line, and what is below it, in other words.
  private static func answered(_ change: (_ line: String) -> String) throws -> (ItemAnswers, generated: String) {
    let generated = try #require(Self.generated)
    let lines = generated.components(separatedBy: "\n").map { $0.hasPrefix(item) ? change($0) : $0 }
    return (ItemAnswers(lines.joined(separator: "\n"), generated: generated), generated)
  }

  static let ways: [(name: String, change: @Sendable (String) -> String, answer: ItemAnswer)] = [
    ("nothing", { $0 }, ItemAnswer()), ("tick", { $0.replacing("[ ]", with: "[x]") }, ItemAnswer(isDone: true)),
    (
      "evidence below", { $0.replacing("[ ]", with: "[X]") + "\n  Evidence: run 42 <b>" },
      ItemAnswer(isDone: true, evidence: "run 42 <b>")
    ), ("a completed slot", { $0 + "\n  Evidence (a (small) report): run 42" }, ItemAnswer(evidence: "run 42")),
    ("an empty slot", { $0 + "\n  Evidence: " }, ItemAnswer()),
    ("evidence of two lines", { $0 + "\n  Evidence: one\n  two" }, ItemAnswer(evidence: "one\ntwo")),
    (
      "a code block", { $0 + "\n  Evidence:\n  ````\n  Seq Scan\n\n    ``` 3\n  ````" },
      ItemAnswer(evidence: "Seq Scan\n\n  ``` 3")
    ), ("evidence behind", { $0 + " Evidence: run 42" }, ItemAnswer(evidence: "run 42")),
    ("n/a instead", { _ in item + "N/A: no dependency" }, ItemAnswer(isNotApplicable: true, reason: "no dependency")),
    (
      "n/a, ticked", { _ in item.replacing("[ ]", with: "[x]") + "N/A no dependency" },
      ItemAnswer(isNotApplicable: true, reason: "no dependency")
    ), ("n/a without a reason", { _ in item + "N/A" }, ItemAnswer(isNotApplicable: true)),
    ("n/a behind", { $0 + " N/A: none" }, ItemAnswer(isNotApplicable: true, reason: "none")),
    ("n/a below", { $0 + "\n  N/A: none" }, ItemAnswer(isNotApplicable: true, reason: "none")),
    (
      "struck", { "- [ ] ~~" + $0.dropFirst(6) + "~~ no dependency" },
      ItemAnswer(isNotApplicable: true, reason: "no dependency")
    ), ("struck once", { "- [ ] ~" + $0.dropFirst(6) + "~: N/A" }, ItemAnswer(isNotApplicable: true, reason: "N/A")),
  ]

  @Test(arguments: ways.indices) func answersAreTakenOut(_ index: Int) throws {
    let way = Self.ways[index]
    let (answers, generated) = try Self.answered(way.change)
    #expect(answers.byID["breaker-kill-test"] == way.answer, "\(way.name)")
    #expect(answers.byID["load-at-ten-times"] == ItemAnswer())
    let untouched = answers.markdown.replacing("- [x]", with: "- [ ]")
    #expect(untouched == generated, "\(way.name)")
  }

  @Test func whatElseAPersonWroteStays() throws {
    let (answers, _) = try Self.answered {
      $0 + " Ask Bo.\n  - [ ] a step of ours\n\n  Evidence: run 42\n\n  More words."
    }
    #expect(answers.byID["breaker-kill-test"]?.evidence == "run 42")
    for text in [" Ask Bo.\n", "  - [ ] a step of ours\n", "  More words.\n"] {
      #expect(answers.markdown.contains(text), "\(text)")
    }
  }

  @Test func anItemInACodeBlockIsNone() throws {
    let generated = try #require(Self.generated)
    let text = "```\n\(Self.item.replacing("[ ]", with: "[x]"))\n```\n\n" + generated
    let answers = ItemAnswers(text, generated: generated)
    #expect(answers.byID["breaker-kill-test"] == ItemAnswer())
    #expect(answers.markdown == text)
  }

  // MARK: Page

  @Test func thePageHoldsTheAnswers() throws {
    let hostile = "\"><script>alert(1)</script> & {{x}}"
    let (_, files) = try Samples.render(Samples.busy, Samples.small.knowledge)
    let generated = try #require(files["checklist.md"])
    let lines = generated.components(separatedBy: "\n").map { line in
      line.hasPrefix(Self.item) ? line.replacing("[ ]", with: "[x]") + "\n  Evidence: \(hostile)" : line
    }
    let set = try TemplateSet(Samples.templates, shapes: Shapes.all)
    let page = try ChecklistTests.document.html(of: lines.joined(separator: "\n"), set, Samples.templates)
    #expect(
      page.contains("<li class=\"task\" data-item=\"breaker-kill-test\"><input type=\"checkbox\" id=\"task\" checked> ")
    )
    #expect(page.contains("<label for=\"task\"><strong>SV-3 breaker-kill-test</strong></label>"))
    #expect(!page.contains("<script>alert"))
    #expect(page.contains("&lt;script&gt;alert(1)"))
  }

  @Test func onlyThePagesOwnScriptMayRun() throws {
    let page = try ChecklistTests.document.html(templates: Samples.templates)
    let open = try #require(page.firstRange(of: "<script>"))
    let close = try #require(page[open.upperBound...].firstRange(of: "</script>"))
    let script = String(page[open.upperBound..<close.lowerBound])
    let expected = Data(SHA256.digest(Array(script.utf8))).base64EncodedString()
    #expect(page.contains("; script-src 'sha256-\(expected)'\">"))
    #expect(!page.contains("script-src 'unsafe-inline'"))
    #expect(page.split(separator: "<script").count == 2)
  }

  @Test(arguments: ["</SCRIPT>", "<!-- x"]) func aScriptThatEndsItsElementIsRefused(_ text: String) throws {
    var templates = Samples.templates
    templates["checklist.js"] = "\"\(text)\""
    #expect(throws: TemplateProblem.self) { try ChecklistTests.document.html(templates: templates) }
  }

  @Test func aScriptIsHashedAsBrowsersReadIt() throws {
    var templates = Samples.templates
    templates["checklist.js"] = "a;\r\nb;\rc;\n"
    let page = try ChecklistTests.document.html(templates: templates)
    #expect(page.contains("'sha256-\(SHA256.base64("\na;\nb;\nc;\n"))'"))
    #expect(page.contains("<script>\na;\nb;\nc;\n</script>"))
  }

  /// FIPS 180-4's examples, from NIST.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ), (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func sha256(_ text: String, _ digest: String) {
    #expect(SHA1.hex(SHA256.digest(Array(text.utf8))) == digest)
  }
}

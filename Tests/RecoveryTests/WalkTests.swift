import KnowledgeModel
import Testing

@testable import Recovery

@Suite("The walk through a runbook")
struct WalkTests {
  static let page: RunbookPage = {
    var page = RunbookPage(shipped.runbooks[0], in: shipped)
    page.title = "Title"
    page.symptom = "A symptom."
    page.description = "What it looks like."
    page.firstLook = "Look here."
    page.noneOfThese = "Something else."
    page.prevention = "Not again."
    page.causes = (1...3).map {
      .init(
        id: "cause-\($0)", title: "Cause \($0)", ask: "Is it \($0)?", tellItApart: "Signs \($0).",
        fixNow: "Patch \($0).", fixTheRootCause: "Mend \($0).")
    }
    return page
  }()

  private func walk(_ lines: String...) -> (Walk, String) {
    var walk = Walk(Self.page, layout: PageLayout(width: 80))
    var shown = walk.begin()
    for line in lines {
      #expect(walk.step != .finished, "\(line) comes after the end")
      #expect(shown.hasSuffix("\n> "))
      shown += "«\(line)»\n" + walk.handle(line)
    }
    return (walk, shown)
  }

  private func inOrder(_ text: String, _ parts: String...) -> Bool {
    var rest = text[...]
    for part in parts {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }

  @Test func findsACause() {
    let (walk, shown) = walk("", "no", "YES", "yes")
    #expect(walk.step == .finished)
    #expect(
      inOrder(
        shown, "Title", "A symptom.", "What it looks like.", "First look", "Look here.", "1. Cause 1", "«»",
        "1 of 3: Cause 1", "Signs 1.", "Is it 1? (yes, no, skip, back, quit)", "«no»", "2 of 3: Cause 2", "«YES»",
        "Fix now",
        "Patch 2.", "Fix the root cause", "Mend 2.", "Prevention", "Not again.", "Is it better?", "«yes»"))
    #expect(!shown.contains("Patch 1.") && !shown.contains("Something else."))
  }

  @Test func rulesAllOut() {
    let (walk, shown) = walk("", "n", "no", " No ")
    #expect(walk.step == .finished)
    #expect(inOrder(shown, "Signs 3.", "None of these", "Something else.", "Prevention", "Not again.", "--no-input"))
    #expect(!shown.contains("Patch"))
  }

  @Test("A fix that does not help leads on, and prevention is said once")
  func goesOn() {
    let (walk, shown) = walk("", "yes", "no", "yes", "no", "no")
    #expect(walk.step == .finished)
    #expect(inOrder(shown, "Patch 1.", "Not again.", "2 of 3", "Patch 2.", "3 of 3", "Something else."))
    #expect(shown.split(separator: "Not again.", omittingEmptySubsequences: false).count == 2)
  }

  @Test("What was skipped comes again when the others are ruled out, and only once")
  func skips() {
    let (walk, shown) = walk("", "skip", "no", "s", "skip", "skip")
    #expect(walk.step == .finished)
    #expect(inOrder(shown, "3 of 3", "2 were skipped", "1 of 3", "3 of 3", "Something else."))
    let (_, second) = self.walk("", "skip", "no", "no", "yes")
    #expect(inOrder(second, "This one was skipped.", "1 of 3", "Patch 1."))
  }

  @Test func goesBackAndJumps() {
    let (walk, shown) = walk("b", "3", "back", "<", "<", "", "cause-2", "yes", "back", "4", "0")
    #expect(walk.step == .cause(1))
    #expect(
      inOrder(
        shown, "This is where it begins.", "«3»", "3 of 3", "«back»", "2 of 3", "«<»", "1 of 3", "«<»", "Look here.",
        "«»",
        "1 of 3", "«cause-2»", "2 of 3", "Patch 2.", "«back»", "Signs 2.", "«4»", "Type yes if this is it"))
  }

  @Test("What is ruled out after a jump is not asked again")
  func jumpsForward() {
    let (walk, _) = walk("3", "no")
    // 1 and 2 were jumped over, not ruled out; the walk has come to its end, and they can still be named.
    #expect(walk.step == .finished)
    let (back, shown) = self.walk("2", "no", "1", "no")
    #expect(back.step == .cause(2))
    #expect(shown.split(separator: "2 of 3").count == 2)
  }

  @Test("It ends whenever one wants", arguments: ["quit", "q", "EXIT", ":q"])
  func quits(_ word: String) {
    for lines in [[], [""], ["", "yes"]] {
      var walk = Walk(Self.page, layout: PageLayout(width: 80))
      _ = walk.begin()
      for line in lines { _ = walk.handle(line) }
      #expect(walk.handle(word).contains("plumbline recover"))
      #expect(walk.step == .finished)
      #expect(walk.handle("yes") == "")
    }
  }

  @Test(
    "Whatever is typed, it stays in place and says what can be typed",
    arguments: ["", "maybe", "\u{1B}[A", "99999999999999999999"])
  func help(_ word: String) {
    let (walk, shown) = walk("", word)
    #expect(walk.step == .cause(0))
    #expect(shown.contains("Type yes if this is it"))
  }

  @Test("Every runbook can be walked in every width", arguments: [20, 80], shipped.runbooks)
  func shippedWalks(_ width: Int, _ runbook: Runbook) {
    let page = RunbookPage(runbook, in: shipped)
    for found in page.causes.indices {
      var walk = Walk(page, layout: PageLayout(width: width))
      _ = walk.begin()
      _ = walk.handle("")
      for _ in 0..<found { _ = walk.handle("no") }
      #expect(walk.step == .cause(found))
      #expect(walk.handle("yes").hasSuffix("\n> "))
      #expect(walk.step == .found(found))
    }
  }
}

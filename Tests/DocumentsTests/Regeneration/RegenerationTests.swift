import Testing

@testable import Documents

/// What becomes of edits, case by case.
@Suite struct RegenerationTests {
  private static func document(_ parts: [(String, String)]) throws -> String {
    try Markers.completed(
      "# Title\n"
        + parts.map { "\n<!-- plumbline:begin \($0.0) -->\n\($0.1)\n<!-- plumbline:end \($0.0) -->\n" }.joined())
  }

  private static let first = [
    ("summary", "## Summary\n\nReads: 10/s.\n\nTwo decisions."),
    ("caching", "## Caching\n\nNone.\n\nBecause of 10/s."),
    ("checks", "## Checks\n\n- [ ] **SV-1 plans** At 10/s.\n- [ ] **SV-2 load** At 100/s."),
  ]
  private static let second = [
    ("summary", "## Summary\n\nReads: 20/s.\n\nTwo decisions."),
    ("caching", "## Caching\n\nRedis.\n\nBecause of 20/s."),
    ("checks", "## Checks\n\n- [ ] **SV-2 load** At 200/s.\n- [ ] **SV-1 plans** At 20/s."),
  ]

  private func merge(
    _ new: [(String, String)], _ old: String, base: [(String, String)]? = first
  ) throws -> Regeneration.Result {
    try Regeneration.merge(
      new: RegenerationTests.document(new), old: old, base: base.map { try RegenerationTests.document($0) })
  }

  private func edited(_ edits: (String, String)..., from parts: [(String, String)] = first) throws -> String {
    var text = try RegenerationTests.document(parts)
    for (old, new) in edits {
      #expect(text.contains(old))
      text = text.replacing(old, with: new)
    }
    return text
  }

  // MARK: Parts

  @Test func textBetweenPartsStays() throws {
    let old = try edited(
      ("# Title\n", "# Title\n\nBefore.\n"), ("end summary -->\n", "end summary -->\n\nBehind the summary.\n"),
      ("end checks -->\n", "end checks -->\n\n## Ours\n\nAt the end.\n"))
    let result = try merge(RegenerationTests.second, old)
    #expect(result.conflicts.isEmpty)
    let fresh = try RegenerationTests.document(RegenerationTests.second)
    #expect(
      result.text
        == fresh.replacing("# Title\n", with: "# Title\n\nBefore.\n")
        .replacing("end summary -->\n", with: "end summary -->\n\nBehind the summary.\n")
        .replacing("end checks -->\n", with: "end checks -->\n\n## Ours\n\nAt the end.\n"))
  }

  @Test func editsMerge() throws {
    let old = try edited(("Two decisions.", "Two decisions, both easy."))
    let result = try merge(RegenerationTests.second, old)
    #expect(result.text.contains("Reads: 20/s.\n\nTwo decisions, both easy."))
    #expect(result.conflicts.isEmpty && result.changes.contains(.init(kind: .merged, part: "summary")))
    // It is still known to be edited.
    let third = try merge(RegenerationTests.first, result.text, base: RegenerationTests.second)
    #expect(third.text == old)
  }

  @Test func editsConflict() throws {
    let old = try edited(("None.", "None, we decided."))
    let result = try merge(RegenerationTests.second, old)
    #expect(
      result.text.contains(
        "## Caching\n\n<<<<<<< yours\nNone, we decided.\n=======\nRedis.\n>>>>>>> plumbline\n\nBecause of 20/s.\n"))
    #expect(result.conflicts == [.init(line: 14, part: "caching")])
    #expect(throws: Regeneration.Problem.unresolved(line: 14, text: "<<<<<<< yours")) {
      try merge(RegenerationTests.second, result.text, base: RegenerationTests.second)
    }
    let settled = result.text.replacing(
      "<<<<<<< yours\nNone, we decided.\n=======\nRedis.\n>>>>>>> plumbline", with: "Redis, against our will.")
    let accepted = try merge(RegenerationTests.second, settled, base: RegenerationTests.second)
    #expect(accepted.text == settled && accepted.changes.isEmpty)
  }

  /// Without what was generated last, the two are one conflict; unless nothing new is generated.
  @Test func withoutBase() throws {
    let old = try edited(("None.", "None, we decided."))
    let result = try merge(RegenerationTests.second, old, base: nil)
    #expect(result.conflicts.map(\.part) == ["caching"])
    #expect(
      result.text.contains(
        "<<<<<<< yours\nNone, we decided.\n\nBecause of 10/s.\n=======\nRedis.\n\nBecause of 20/s.\n>>>>>>> plumbline\n"
      ))
    let same = try merge(RegenerationTests.first, old, base: nil)
    #expect(same.text == old && same.changes.isEmpty)
    // A base of another time is none.
    let other = try merge(RegenerationTests.second, old, base: RegenerationTests.second)
    #expect(other.conflicts.map(\.part) == ["caching"])
    let untouched = try merge(RegenerationTests.second, edited(), base: nil)
    #expect(try untouched.text == RegenerationTests.document(RegenerationTests.second))
  }

  @Test func partsThatAreGone() throws {
    let without = Array(RegenerationTests.second.dropFirst())
    let untouched = try merge(without, edited())
    #expect(try untouched.text == RegenerationTests.document(without))
    let old = try edited(("Two decisions.", "Two decisions, both easy."))
    let kept = try merge(without, old)
    #expect(
      kept.text.contains(
        "*Plumbline no longer generates this part (`summary`); it is kept because it was edited.*\n\n## Summary"))
    #expect(!kept.text.contains("plumbline:begin summary") && kept.text.contains("both easy."))
    let again = try merge(without, kept.text, base: without)
    #expect(again.text == kept.text)
  }

  @Test func partsThatAreNewStandAtTheirPlace() throws {
    var new = RegenerationTests.second
    new.insert(("queue", "## Queue\n\nRabbits."), at: 1)
    let old = try edited(("end summary -->\n", "end summary -->\n\nBehind the summary.\n"))
    let text = try merge(new, old).text
    #expect(text.contains("Behind the summary.\n\n<!-- plumbline:begin queue"))
    #expect(text.contains("<!-- plumbline:end queue -->\n\n<!-- plumbline:begin caching"))
  }

  @Test func deletedPartsStayDeleted() throws {
    var lines = try edited().split(separator: "\n", omittingEmptySubsequences: false)
    let begin = try #require(lines.firstIndex { $0.contains("begin caching") })
    let end = try #require(lines.firstIndex { $0.contains("end caching") })
    lines.removeSubrange(begin...end)
    let result = try merge(RegenerationTests.second, lines.joined(separator: "\n"))
    #expect(!result.text.contains("## Caching") && result.changes.contains(.init(kind: .deleted, part: "caching")))
    // Its two marker lines bring it back.
    let back = result.text + "\n<!-- plumbline:begin caching -->\n<!-- plumbline:end caching -->\n"
    let again = try merge(RegenerationTests.second, back, base: RegenerationTests.second)
    #expect(again.text.contains("## Caching\n\nRedis.") && again.conflicts.isEmpty)
  }

  @Test func movedPartsStayWhereTheyAre() throws {
    let moved = [RegenerationTests.first[2], RegenerationTests.first[0], RegenerationTests.first[1]]
    let result = try merge(RegenerationTests.second, RegenerationTests.document(moved))
    let order = [RegenerationTests.second[2], RegenerationTests.second[0], RegenerationTests.second[1]]
    #expect(try result.text == RegenerationTests.document(order))
  }

  @Test func notesStay() throws {
    let notes = ("notes", "## N\n\n<!-- plumbline:notes n -->\n*Yours.*\n<!-- plumbline:notes-end n -->\n\nText 1.")
    let other = ("notes", "## N\n\nText 2.\n\n<!-- plumbline:notes n -->\n*Yours!*\n<!-- plumbline:notes-end n -->")
    let untouched = try merge([other], RegenerationTests.document([notes]), base: [notes])
    #expect(try untouched.text == RegenerationTests.document([other]))
    let old = try RegenerationTests.document([notes]).replacing("*Yours.*", with: "Line 1\n\nLine 2")
    let result = try merge([other], old, base: [notes])
    #expect(result.text.contains("notes n -->\nLine 1\n\nLine 2\n<!-- plumbline:notes-end n -->"))
    #expect(result.text.contains("Text 2.") && !result.text.contains("Text 1.") && result.conflicts.isEmpty)
    // The new text offers none: they stay behind the part.
    let gone = try merge([("notes", "## N")], result.text, base: [other])
    #expect(gone.text.contains("<!-- plumbline:end notes -->\n\n<!-- plumbline:notes n -->\nLine 1\n\nLine 2\n"))
    #expect(gone.conflicts.isEmpty)
  }

  // MARK: Items

  @Test func ticksEvidenceAndReasons() throws {
    let old = try edited(
      ("- [ ] **SV-1 plans** At 10/s.", "- [x] **SV-1 plans** At 10/s. Done by Ana.\n  Evidence: run 42\n\n  More."),
      ("- [ ] **SV-2 load** At 100/s.", "- [ ] ~**SV-2 load** At 100/s.~ N/A: no load"))
    let result = try merge(RegenerationTests.second, old)
    #expect(
      result.text.contains(
        """
        - [ ] ~**SV-2 load** At 200/s.~ N/A: no load
        - [x] **SV-1 plans** At 20/s. Done by Ana.
          Evidence: run 42

          More.
        <!-- plumbline:end checks -->
        """))
    #expect(result.conflicts.isEmpty)
  }

  @Test(arguments: [
    ("- [X] **SV-1 plans** N/A: no database", "- [X] **SV-1 plans** N/A: no database"),
    ("- [ ] N/A: none **SV-1 plans** At 10/s.", "- [ ] N/A: none **SV-1 plans** At 20/s."),
    ("- [ ] **SV-1 plans** N/A: none. At 10/s.", "- [ ] **SV-1 plans** N/A: none. At 20/s."),
    ("- [x] ~~**SV-1 plans** At 10/s.~~", "- [x] ~~**SV-1 plans** At 20/s.~~"),
    ("* [x] **SV-1 plans** At 10/s.\nN/A: below", "- [x] **SV-1 plans** At 20/s.\nN/A: below"),
    ("- [x] **SV-1 plans** At 10/s.\n\tEvidence: tab", "- [x] **SV-1 plans** At 20/s.\n\tEvidence: tab"),
  ])
  func waysToAnswerAnItem(_ typed: String, _ expected: String) throws {
    let result = try merge(RegenerationTests.second, edited(("- [ ] **SV-1 plans** At 10/s.", typed)))
    #expect(result.text.contains(expected + "\n<!-- plumbline:end checks -->"))
    #expect(result.conflicts.isEmpty)
  }

  @Test func itemsNoLongerAskedFor() throws {
    let new = [("checks", "## Checks\n\n- [ ] **SV-2 load** At 200/s.")]
    let old = try edited(("- [ ] **SV-1 plans** At 10/s.", "- [x] **SV-1 plans** At 10/s.\n  Evidence: run 42"))
    let result = try merge(new, old)
    #expect(
      result.text.hasSuffix(
        """
        <!-- plumbline:begin no-longer-asked-for -->
        ## No longer asked for

        - [x] **SV-1 plans** At 10/s.
          Evidence: run 42
        <!-- plumbline:end no-longer-asked-for -->

        """))
    #expect(result.noLongerAsked == ["plans"])
    #expect(try merge(new, result.text, base: new).text == result.text)
    let back = try merge(RegenerationTests.second, result.text, base: new)
    #expect(
      back.text.contains("- [x] **SV-1 plans** At 20/s.\n  Earlier: **SV-1 plans** At 10/s.\n  Evidence: run 42\n"))
    #expect(!back.text.contains("no-longer-asked-for"))
  }

  @Test(arguments: [
    "- [ ] no bold", "- [y] **SV-1 plans**", "[ ] **SV-1 plans**", "- [ ] **SV-1 Plans!**", "-  [ ] **SV-1 plans**",
    "- [ ]",
    "- [ ] **open", "- [", "-", "", "- [ ] ****",
  ])
  func noItem(_ line: String) { #expect(TaskItem(Line(line)) == nil) }

  // MARK: Files as persons leave them

  @Test func lineEndsAndMark() throws {
    let old = try edited(("Two decisions.", "Two decisions, both easy."))
    let returns = "\u{FEFF}" + old.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    let result = try merge(RegenerationTests.second, returns)
    let plain = try merge(RegenerationTests.second, old)
    #expect(FileText(result.text).lines == FileText(plain.text).lines)
    #expect(result.text.unicodeScalars.first == "\u{FEFF}")
    #expect(result.text.utf8.count { $0 == 0x0D } == plain.text.utf8.count { $0 == 0x0A })
    let open = try merge(RegenerationTests.second, old + "No end")
    #expect(open.text == plain.text + "No end\n")
  }

  @Test func fromBeforeThereWereMarkers() throws {
    let fresh = try RegenerationTests.document(RegenerationTests.first)
    let unmarked = fresh.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains("plumbline:") }.joined(separator: "\n")
    #expect(try merge(RegenerationTests.first, unmarked, base: nil).text == fresh)
    let ticked = unmarked.replacing("- [ ] **SV-1", with: "- [x] **SV-1")
    #expect(
      try merge(RegenerationTests.first, ticked, base: nil).text
        == fresh.replacing("- [ ] **SV-1", with: "- [x] **SV-1"))
    let other = try merge(RegenerationTests.second, unmarked + "Mine.\n", base: nil)
    #expect(other.conflicts.count == 1 && other.text.contains("Mine.\n"))
  }

  @Test(arguments: [
    ("<!-- plumbline:end summary -->\n", "", "the part “summary” is not ended"),
    ("<!-- plumbline:begin caching", "<!-- plumbline:began caching", "the part “caching” ends here and does not begin"),
    ("end checks -->", "end checks -->\n<!-- plumbline:end checks -->", "ends here a second time"),
    ("None.", "None.\n<!-- plumbline:end summary -->", "does not belong inside “caching”"),
  ])
  func brokenMarkers(_ old: String, _ new: String, _ remark: String) throws {
    let text = try edited(
      (old, new), ("Two decisions.", "Two decisions.\nMine."), ("end caching -->\n", "end caching -->\nOurs.\n"))
    let result = try merge(RegenerationTests.second, text)
    #expect(result.remarks.contains { $0.text.contains(remark) })
    #expect(result.text.contains("Mine.\n") && result.text.contains("Ours.\n"))
    for id in ["summary", "caching", "checks"] {
      #expect(result.text.split(separator: "begin \(id) ").count == 2, "\(id)")
    }
  }

  @Test func secondAndNestedParts() throws {
    let part = try RegenerationTests.document([RegenerationTests.first[1]]).replacing("# Title\n\n", with: "")
    let twice = try merge(RegenerationTests.second, edited() + "\n" + part.replacing("None.", with: "None, mine."))
    #expect(twice.remarks.map(\.text) == ["there is a second part “caching”; its text is kept as yours"])
    #expect(twice.text.contains("Redis.") && twice.text.contains("None, mine."))
    let nested = try merge(
      RegenerationTests.second,
      edited((part, ""), ("\nTwo decisions.", part + "\nTwo decisions.")))
    #expect(nested.remarks.map(\.text) == ["the part “caching” stands inside “summary”; it is put behind it"])
    #expect(nested.text.contains("## Caching\n\nRedis.") && nested.conflicts.isEmpty)
  }

  /// Markers that a person writes about are text.
  @Test func foreignMarkersAreText() throws {
    let text = "end checks -->\n\n```\n<!-- plumbline:begin x -->\nhow to\n<!-- plumbline:end x -->\n```\n"
    let old = try edited(("end checks -->\n", text))
    #expect(try merge(RegenerationTests.second, old).text.contains(text))
  }

  // MARK: Markers

  @Test(arguments: [
    ("<!-- plumbline:begin a -->\n", "the part “a” is not ended"),
    ("<!-- plumbline:end a -->\n", "the part “a” ends here and was not begun"),
    (
      "<!-- plumbline:begin a -->\n<!-- plumbline:begin b -->\n",
      "the part “b” begins inside “a”; parts stand one after another"
    ),
    (
      "<!-- plumbline:begin no-longer-asked-for -->\n", "the part's name “no-longer-asked-for” is taken; choose another"
    ),
    ("<!-- plumbline:notes n -->\n", "the notes “n” are not ended"),
    (
      "<!-- plumbline:begin a -->\n<!-- plumbline:end a -->\n<!-- plumbline:begin a -->\n<!-- plumbline:end a -->\n",
      "there are two parts “a”; each needs a name of its own"
    ),
  ])
  func markersThatTemplatesGetWrong(_ text: String, _ message: String) throws {
    do {
      _ = try Markers.completed(text)
      Issue.record("nothing was found")
    } catch {
      #expect(error.description == message)
    }
  }

  @Test func stripped() throws {
    let text = try RegenerationTests.document([
      ("a", "one\n<!-- plumbline:notes n -->\ntwo\n<!-- plumbline:notes-end n -->")
    ])
    #expect(Markers.stripped(text) == "# Title\n\none\ntwo\n")
    // A line of equals signs would make a heading of the paragraph above it.
    #expect(
      Markers.stripped("<<<<<<< yours\na\n=======\nb\n>>>>>>> plumbline\nTitle\n=======\n")
        == "\n**Not merged yet. Yours:**\n\na\n\n**Plumbline's:**\n\nb\n\n**As merged:**\n\nTitle\n=======\n")
  }

  @Test func hashIsStable() {
    #expect(Markers.hash([Line("a"), Line("b")]) == "05dec960e24d918b")
    #expect(Markers.hash([Line("\u{E9}")]) != Markers.hash([Line("e\u{301}")]))
  }
}

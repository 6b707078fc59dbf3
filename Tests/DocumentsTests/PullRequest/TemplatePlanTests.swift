import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import TestSupport
import Testing

@testable import Documents

/// A person's bytes are never changed: whatever stands in a template, on every forge.
@Suite struct TemplatePlanTests {
  static let forges = Forge.all.filter(\.readsFiles)

  /// From the guide alone, and for a system, by forge.
  static let texts = Dictionary(
    uniqueKeysWithValues: Forge.all.map { forge in
      (forge.id, (guide: made(forge, AnswerSheet()), system: made(forge, Samples.busy)))
    })

  static func made(_ forge: Forge, _ sheet: AnswerSheet) -> [TemplateText] {
    let knowledge = Samples.shipped.knowledge
    let assessment = Evaluator(knowledge).assess(sheet)
    return (try? TemplateText.all(for: forge, assessment, knowledge, templates: Samples.templates)) ?? []
  }

  static func guide(_ forge: Forge) -> [TemplateText] { texts[forge.id]?.guide ?? [] }
  static func system(_ forge: Forge) -> [TemplateText] { texts[forge.id]?.system ?? [] }

  /// Each place that a forge reads a default template from, with a name as people write it.
  static func places(_ forge: Forge) -> [String] {
    forge.places.flatMap { place in
      let names = place.names.filter { !$0.hasSuffix("ml") }
      return (names + (place.ignoresCase ? [names[0].uppercased()] : [])).map {
        place.folder.isEmpty ? $0 : "\(place.folder)/\($0)"
      }
    }
  }

  // MARK: There and back

  @Test(arguments: FoundTemplate.all) func bytesAreKept(_ shape: FoundTemplate) throws {
    let seed = shape.bytes.count
    for forge in TemplatePlanTests.forges {
      let places = TemplatePlanTests.places(forge)
      for place in size(0, full: 1) == 1 ? places : [places[seed % places.count]]
      where forge.bodyLimit ?? .max > shape.bytes.count + 2_000 {
        let before = TemplateRepository(files: [place: shape.bytes, "README.md": [0x41]])
        var repository = before
        try repository.install(TemplatePlanTests.guide(forge), forge)
        let installed = repository
        #expect(installed.files[place]?.starts(with: shape.bytes) == true, "\(forge.id) \(place)")
        #expect(installed.text(place).contains("SV-1"))

        let again = try repository.install(TemplatePlanTests.guide(forge), forge)
        #expect(again.steps == [], "\(forge.id) \(place)")

        try repository.install(TemplatePlanTests.system(forge), forge)
        #expect(repository.files[place]?.starts(with: shape.bytes) == true, "\(forge.id) \(place)")
        #expect(repository != installed)

        try repository.remove(forge)
        #expect(repository == before, "\(forge.id) \(place)")
      }
    }
  }

  @Test(arguments: forges) func nothingIsLeftWhereNothingWas(_ forge: Forge) throws {
    var repository = TemplateRepository()
    let plan = try repository.install(TemplatePlanTests.guide(forge), forge)
    #expect(plan.steps.contains { $0.path == forge.new && $0.kind == .made })
    #expect(plan.steps.count == TemplatePlanTests.guide(forge).count)
    try repository.install(TemplatePlanTests.system(forge), forge)
    try repository.remove(forge)
    #expect(repository == TemplateRepository())
  }

  /// Text around a block that was made with its file stays when the block goes.
  @Test(arguments: forges) func textAddedToAMadeFileStays(_ forge: Forge) throws {
    let path = try #require(forge.new)
    var repository = TemplateRepository()
    try repository.install(TemplatePlanTests.guide(forge), forge)
    repository.files[path] = Array("Why\n\n".utf8) + (repository.files[path] ?? []) + Array("\nEnd\n".utf8)
    try repository.install(TemplatePlanTests.system(forge), forge)
    #expect(repository.text(path).hasPrefix("Why\n\n<!-- plumbline:begin"))
    try repository.remove(forge)
    #expect(repository.text(path) == "Why\n\n\nEnd\n")
  }

  /// Any bytes around the block, whatever is done and however often.
  @Test func anyBytes() throws {
    var random = SeededGenerator(seed: 20_261_129)
    let forge = Forge.gitea
    let words: [[UInt8]] =
      [
        "\n", "\n\n", "\r\n", "\r", " ", "\t", "- [ ] a", "* [x] b", "# c", "---", "<!-- d -->", "`", "e-f", "\\",
        "&amp;",
        "é", "漢", "🚀", "<!-- plumbline:begin x -->", "| g |",
      ].map { Array($0.utf8) } + [[0xFF], [0xE4, 0xF6], [0xEF, 0xBB, 0xBF], [0xC3]]
    func bytes(_ most: Int) -> [UInt8] {
      (0..<Int.random(in: 0...most, using: &random)).flatMap { _ in words.randomElement(using: &random) ?? [] }
    }
    let path = "pull_request_template.md"
    for round in 0..<size(100, full: 20_000) {
      let text = bytes(12)
      let before = TemplateRepository(files: [path: text])
      var repository = before
      try repository.install(TemplatePlanTests.guide(forge), forge)
      // What is typed before and behind the block stays too.
      let isTyped = Bool.random(using: &random)
      let (front, back) = isTyped ? (bytes(3) + [0x0A], [0x0A] + bytes(3)) : ([], [])
      let mark: [UInt8] = text.starts(with: [0xEF, 0xBB, 0xBF]) ? [0xEF, 0xBB, 0xBF] : []
      if isTyped { repository.files[path] = mark + front + (repository.files[path] ?? []).dropFirst(mark.count) + back }
      for _ in 0..<2 {
        try repository.install(TemplatePlanTests.system(forge), forge)
        #expect(try repository.install(TemplatePlanTests.system(forge), forge).steps == [], "\(round)")
        try repository.install(TemplatePlanTests.guide(forge), forge)
      }
      let whole = repository.files[path] ?? []
      #expect(whole.starts(with: mark + front + text.dropFirst(mark.count)), "\(round)")
      try repository.remove(forge)
      let left = repository.files[path] ?? []
      if isTyped {
        #expect(left.starts(with: mark + front + text.dropFirst(mark.count)), "\(round)")
        #expect(left.suffix(back.count).elementsEqual(back), "\(round)")
      } else {
        #expect(repository == before, "\(round)")
      }
    }
  }

  // MARK: Which file

  @Test func theFirstPlaceIsUsedAndTheOthersNamed() throws {
    for (forge, first, second) in [
      (Forge.github, ".github/PULL_REQUEST_TEMPLATE.md", "docs/pull_request_template.md"),
      (.github, "PULL_REQUEST_TEMPLATE.txt", "docs/pull_request_template.md"),
      (.azure, ".AzureDevOps/Pull_Request_Template.md", "pull_request_template.md"),
      (.azure, ".vsts/pull_request_template.md", "docs/pull_request_template.txt"),
      (.gitea, "pull_request_template.md", ".gitea/PULL_REQUEST_TEMPLATE.md"),
      (.forgejo, ".gitea/pull_request_template.md", ".github/pull_request_template.md"),
    ] {
      var repository = TemplateRepository(files: [first: [0x41, 0x0A], second: [0x42, 0x0A]])
      let plan = try repository.install(TemplatePlanTests.guide(forge), forge)
      #expect(repository.text(first).contains("plumbline:begin"), "\(first)")
      #expect(repository.files[second] == [0x42, 0x0A])
      #expect(plan.notes.contains { $0.hasPrefix(second) }, "\(plan.notes)")
    }
  }

  @Test func aNameThatTheForgeDoesNotReadIsLeft() throws {
    for (forge, path) in [
      (Forge.gitea, "Pull_Request_Template.md"), (.gitea, "docs/pull_request_template.md"),
      (.forgejo, ".forgejo/Pull_Request_Template.md"), (.github, "src/pull_request_template.md"),
      (.gitlab, ".gitlab/issue_templates/Default.md"),
    ] {
      var repository = TemplateRepository(files: [path: [0x41]])
      try repository.install(TemplatePlanTests.guide(forge), forge)
      #expect(repository.files[path] == [0x41])
      #expect(forge.new.map { repository.files[$0] != nil } == true)
    }
  }

  /// A template that is put before ours later takes the block over.
  @Test func theBlockMoves() throws {
    var repository = TemplateRepository(files: ["docs/pull_request_template.md": [0x41, 0x0A]])
    try repository.install(TemplatePlanTests.guide(.github), .github)
    repository.files[".github/pull_request_template.md"] = [0x42, 0x0A]
    try repository.install(TemplatePlanTests.guide(.github), .github)
    #expect(repository.files["docs/pull_request_template.md"] == [0x41, 0x0A])
    #expect(repository.text(".github/pull_request_template.md").contains("plumbline:begin"))
  }

  /// Two names of one file get one block.
  @Test func linksToOneFile() throws {
    let files = ["docs", ".github"].map {
      TemplatePlan.File(
        folder: $0, name: "pull_request_template.md", path: "\($0)/pull_request_template.md", bytes: [0x41],
        identity: "/r/docs/pull_request_template.md", isOutside: false)
    }
    let plan = try TemplatePlan(installing: TemplatePlanTests.guide(.github), for: .github, files: files) { _ in true }
    #expect(plan.steps.filter { $0.kind == .extended }.map(\.path) == [".github/pull_request_template.md"])
  }

  @Test func aKindsOwnTemplateIsUsed() throws {
    let path = "docs/pull_request_template/database-migration.md"
    var repository = TemplateRepository(files: [path: [0x41], "docs/pull_request_template/release.md": [0x42]])
    try repository.install(TemplatePlanTests.guide(.github), .github)
    try #require(TemplatePlanTests.guide(.github).count > 2)
    #expect(repository.text(path).contains("plumbline:begin"))
    #expect(repository.files["docs/pull_request_template/release.md"] == [0x42])
    #expect(repository.files["docs/pull_request_template/cache.md"] != nil)
    #expect(!repository.files.keys.contains { $0.hasPrefix(".github/PULL_REQUEST_TEMPLATE/") })
  }

  /// A block for a kind of change that has no checks any more goes.
  @Test func aTemplateThatIsNotNeededGoes() throws {
    var repository = TemplateRepository()
    try repository.install(TemplatePlanTests.guide(.gitlab), .gitlab)
    try repository.install(TemplatePlanTests.guide(.gitlab).filter { $0.change != "cache" }, .gitlab)
    #expect(repository.files.count == TemplatePlanTests.guide(.gitlab).count - 1)
    #expect(repository.files[".gitlab/merge_request_templates/cache.md"] == nil)
  }

  @Test func branchesAreLeft() throws {
    let path = ".azuredevops/pull_request_template/branches/main.md"
    var repository = TemplateRepository(files: [path: [0x41]])
    let plan = try repository.install(TemplatePlanTests.guide(.azure), .azure)
    #expect(repository.files[path] == [0x41])
    #expect(plan.notes.contains { $0.hasPrefix(path) })
  }

  // MARK: What a person did to the block

  @Test func anEditedBlockIsLeft() throws {
    let path = ".gitea/pull_request_template.md"
    var repository = TemplateRepository()
    try repository.install(TemplatePlanTests.guide(.gitea), .gitea)
    let text = repository.text(path).replacing("- [ ] **SV-1", with: "- [x] **SV-1").replacing(
      "Tick what was done", with: "Please: tick what was done")
    repository.files[path] = Array(text.utf8)
    let plan = try repository.install(TemplatePlanTests.system(.gitea), .gitea)
    #expect(plan.steps == [])
    #expect(plan.edited.map(\.path) == [path])
    #expect(plan.edited.first?.line == 4)
    #expect(repository.text(path) == text)
    #expect(try repository.remove(.gitea).edited.count == 1)
    #expect(repository.text(path) == text)
    #expect(try repository.install(TemplatePlanTests.system(.gitea), .gitea, force: true).steps.count == 1)
    #expect(!repository.text(path).contains("Please"))
    try repository.remove(.gitea)
    #expect(repository == TemplateRepository())
  }

  /// As a checkout with other line ends leaves it.
  @Test func otherLineEndsAreNoEdit() throws {
    let path = ".gitea/pull_request_template.md"
    var repository = TemplateRepository(files: [path: Array("Why?\n".utf8)])
    try repository.install(TemplatePlanTests.guide(.gitea), .gitea)
    repository.files[path] = Array(repository.text(path).replacing("\n", with: "\r\n").utf8)
    #expect(try repository.install(TemplatePlanTests.guide(.gitea), .gitea).steps == [])
    try repository.remove(.gitea)
    #expect(repository.text(path) == "Why?\r\n")
  }

  @Test(arguments: [
    ("<!-- plumbline:begin pull-request x.0 -->\na\n", 1, "does not end"),
    ("a\n<!-- plumbline:end pull-request -->\n", 2, "does not begin"),
    (
      "<!-- plumbline:begin pull-request x.0 -->\n<!-- plumbline:begin pull-request y.0 -->\n<!-- plumbline:end pull-request -->",
      2, "inside the one that begins in line 1"
    ),
    (
      "<!-- plumbline:begin pull-request x.0 -->\n<!-- plumbline:end pull-request -->\n<!-- plumbline:begin pull-request x.0 -->\n<!-- plumbline:end pull-request -->",
      3, "a second block"
    ),
    ("Why\n\n```\ncode\n", 3, "a block of code begins here"), ("Why\n<!-- delete\nthis\n", 2, "a comment begins here"),
    ("a\nb\u{0}\n", 2, "no text"),
  ]) func brokenFiles(_ text: String, _ line: Int, _ words: String) throws {
    let path = "pull_request_template.md"
    let before = TemplateRepository(files: [path: Array(text.utf8)])
    var repository = before
    do {
      try repository.install(TemplatePlanTests.guide(.gitea), .gitea)
      Issue.record("it was taken")
    } catch let problem as TemplatePlan.Problem {
      #expect(problem.path == path && problem.line == line && problem.text.contains(words), "\(problem)")
    }
    #expect(repository == before)
  }

  @Test func aFormIsNotTouched() throws {
    var repository = TemplateRepository(files: [".gitea/PULL_REQUEST_TEMPLATE.yaml": Array("name: x\n".utf8)])
    #expect(throws: TemplatePlan.Problem.self) { try repository.install(TemplatePlanTests.guide(.gitea), .gitea) }
  }

  // MARK: Limits

  @Test(arguments: forges) func limits(_ forge: Forge) throws {
    for texts in [TemplatePlanTests.guide(forge), TemplatePlanTests.system(forge)] {
      var repository = TemplateRepository()
      try repository.install(texts, forge)
      for (path, bytes) in repository.files {
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.utf16.count + TemplateText.room <= forge.bodyLimit ?? .max, "\(path)")
        let items = text.split(separator: "\n").filter { $0.hasPrefix("- [ ] ") }
        #expect((1...TemplateText.mostItems).contains(items.count), "\(path)")
        #expect(!text.contains("* [ ]") && text.ranges(of: "<!--").count == 2)
        // Nobody is called, no quick action run, no variable filled in.
        #expect(!text.contains("%{") && !text.split(separator: "\n").contains { $0.hasPrefix("/") })
      }
    }
  }

  /// Where a person's text leaves little room there are fewer words, then fewer items, then an error.
  @Test func littleRoom() throws {
    var counts: [Int] = []
    for used in [0, 1_000, 1_600, 2_000, 2_250] {
      let path = ".azuredevops/pull_request_template.md"
      var repository = TemplateRepository(files: [path: [UInt8](repeating: 0x61, count: used)])
      let plan = try repository.install(TemplatePlanTests.guide(.azure), .azure)
      #expect(repository.text(path).utf16.count <= 3_000)
      counts.append(repository.text(path).ranges(of: "- [ ] ").count)
      #expect(plan.notes.contains { $0.hasPrefix("\(path): in short") } == (used > 900))
      try repository.remove(.azure)
      #expect(repository.files == [path: [UInt8](repeating: 0x61, count: used)])
    }
    #expect(counts == counts.sorted(by: >) && counts[0] >= 10 && counts[4] > 0)
    var full = TemplateRepository(files: ["docs/pull_request_template.md": [UInt8](repeating: 0x61, count: 2_990)])
    #expect(throws: TemplatePlan.Problem.self) { try full.install(TemplatePlanTests.guide(.azure), .azure) }
  }

  // MARK: What it says

  @Test func theProtocolLeads() throws {
    let text = try #require(TemplatePlanTests.guide(.github).first?.text(for: .github))
    let steps = text.split(separator: "\n").filter { $0.hasPrefix("- [ ] ") }.compactMap { line in
      line.split(separator: " ").first { $0.hasPrefix("**SV-") }?.dropFirst(2)
    }
    #expect(steps == steps.sorted() && Set(steps) == ["SV-1", "SV-2", "SV-3", "SV-4", "SV-5", "SV-6"])
    #expect(!text.contains("not known"))
  }

  @Test func theDefaultLinksToTheOthers() throws {
    let texts = TemplatePlanTests.guide(.github)
    try #require(texts.count > 2)
    let text = try #require(texts.first?.text(for: .github))
    for change in texts.compactMap(\.change) {
      #expect(text.contains("(?quick_pull=1&template=\(change).md)"), "\(change)")
    }
    #expect(TemplatePlanTests.guide(.gitea).count == 1)
  }

  @Test func answersTailor() throws {
    let text = try #require(TemplatePlanTests.system(.gitea).first?.text(for: .gitea))
    #expect(text != TemplatePlanTests.guide(.gitea).first?.text(for: .gitea))
    #expect(text.contains("read-scaling"))
  }

  /// A house's template with markers of its own would break the block.
  @Test func ownMarkersAreRefused() throws {
    let templates = ["pull-request.md.mustache": "<!-- plumbline:begin x -->\n{{title}}\n<!-- plumbline:end x -->\n"]
    let knowledge = Samples.shipped.knowledge
    #expect(throws: TemplateProblem.self) {
      try TemplateText.all(
        for: .gitea, Evaluator(knowledge).assess(AnswerSheet()), knowledge, templates: templates)
    }
  }

  /// The name of a file that is in the way of a folder.
  @Test func aFileWhereTheFolderWouldBe() throws {
    var repository = TemplateRepository(files: [".github/PULL_REQUEST_TEMPLATE": [0x41]])
    try repository.install(TemplatePlanTests.guide(.github), .github)
    #expect(repository.files["PULL_REQUEST_TEMPLATE/cache.md"] != nil)
  }
}

import Content
import KnowledgeBase
import KnowledgeModel
import Site
import TestSupport

/// A small knowledge base as files, which random edits change as people would.
struct SmallBase {
  struct File {
    var kind: String
    var id: String
    var title: String
    var fields: [String]
    var body: String
    var aliases: [String] = []
  }

  var files: [File] = [
    File(kind: "traits", id: "load", title: "Load", fields: trait("rate", "0..10M", "requests a second", 10), body: ""),
    File(
      kind: "traits", id: "reads", title: "Reads", fields: trait("share", "0..1", "reads", 20), body: "See {@limit}."),
    File(
      kind: "traits", id: "read_load", title: "Reads a second",
      fields: trait("rate", "0..10M", "reads a second", 30) + ["derived: {from: load * reads}"], body: ""),
    File(
      kind: "thresholds", id: "limit", title: "What one carries",
      fields: ["value: 1k/s", "unit: 1/s", "basis: planning-default"], body: "It is {@limit}."),
    File(
      kind: "decisions", id: "scaling", title: "Scaling",
      fields: decision("load <= @limit", "one", "many", "{load: 1}") + [
        "practices: [measure]", "confirm: [load-test]",
      ],
      body: sections("one", "many")),
    File(
      kind: "decisions", id: "copies", title: "Copies",
      fields: decision("scaling is many and reads > 80%", "copy", "alone", "{load: 5k, reads: 90%}"),
      body: sections("copy", "alone")),
    File(
      kind: "practices", id: "measure", title: "Measure first",
      fields: ["applies: scaling is many", "reason: Guesses cost.", "level: must", "checks: [load-test]"],
      body: "At {=load * 10}, see [scaling](entry:scaling)."),
    File(
      kind: "checks", id: "load-test", title: "Load test",
      fields: ["reason: It shows.", "phase: change", "level: should", "evidence: A report.", "step: SV-1"],
      body: "Drive {=load}."),
    File(
      kind: "patterns", id: "balanced", title: "Balanced", fields: ["family: code", "serves: [scaling, measure]"],
      body: Pattern.sections.map { "## \($0)\n\nText.\n" }.joined(separator: "\n")),
    File(
      kind: "orientation", id: "run-it", title: "Run it", fields: ["minutes: 10", "order: 1"],
      body: Orientation.sections.map { "## \($0)\n\nText.\n" }.joined(separator: "\n")),
  ]

  private static func trait(_ kind: String, _ bounds: String, _ noun: String, _ order: Int) -> [String] {
    [
      "kind: \(kind)", "bounds: \(bounds)", "noun: \(noun)", "question: How much?", "why: Rules read it.",
      "typical: Some.", "measure: Count.", "order: \(order)",
    ]
  }

  private static func decision(_ condition: String, _ first: String, _ second: String, _ given: String)
    -> [String]
  {
    [
      "question: Which?", "hit: first", "weight: 1", "core: true",
      "rules: [{then: \(first), when: \"\(condition)\"}, {then: \(second), when: otherwise}]",
      "options: {\(first): {title: The first, effort: none}, \(second): {title: The second, effort: low}}",
      "examples: [{given: \(given), expect: \(first)}]",
    ]
  }

  private static func sections(_ options: String...) -> String {
    "## Why\n\nBecause.\n\n" + options.map { "## \($0)\n\nMeans it.\n\n* Good, because.\n" }.joined(separator: "\n")
  }

  /// The knowledge, or what is wrong with it.
  func compile() -> KnowledgeCompiler.Result {
    var files = [
      KnowledgeSource.File(path: "pack.yaml", text: "name: small\nversion: '1'\ntitle: A small base\n"),
      KnowledgeSource.File(
        path: "sources.yaml",
        text: "a-source: {title: A source, checked: 2026-01-01, evidence: read, url: 'https://example.org/a?b&c'}\n"),
      KnowledgeSource.File(
        path: "guide.yaml",
        text:
          "statements:\n  - {id: SV-1, section: Verification, gist: Load it, atoms: [SV-1]}\noverview-atoms: [OV-1]\n"),
    ]
    for file in self.files {
      let guide = file.kind == "checks" ? "[SV-1]" : "[]"
      let text = """
        ---
        title: \(file.title)
        area: load
        summary: \(file.title) in one sentence.
        guide: \(guide)
        guide-says: What it says.
        verdict: practice
        sources: [a-source]
        checked: 2026-01-02
        aliases: [\(file.aliases.joined(separator: ", "))]
        \(file.fields.joined(separator: "\n"))
        ---
        \(file.body)

        """
      files.append(KnowledgeSource.File(path: "\(file.kind)/\(file.id).md", text: text))
    }
    return KnowledgeCompiler.compile([KnowledgeSource(name: "small", files: files)])
  }

  /// Changes something at random; the result need not be valid.
  mutating func edit(_ random: inout SeededGenerator) {
    func pick(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &random) }
    let index = pick(files.count)
    let words = ["small", "large", "& odd <b>", "öde", "“quoted”", "of *two*"]
    switch pick(9) {
    case 0: files[index].title += " " + words[pick(words.count)]
    case 1: files[index].body += "\n\nSee [another](entry:\(files[pick(files.count)].id)) and {@limit}.\n"
    case 2: files[index].body += "\n\nThat is {=load * reads} with `{@limit}`.\n"
    case 3:
      guard let limit = files.firstIndex(where: { $0.id == "limit" }) else { return }
      files[limit].fields[0] = "value: \(pick(90) + 1)k/s"
    case 4:
      let id = "added-\(pick(1000))"
      files.append(
        File(
          kind: "practices", id: id, title: "Added \(id)",
          fields: ["applies: load > @limit", "reason: It is new.", "level: should", "checks: [load-test]"],
          body: "See [scaling](entry:scaling)."))
    case 5: files.remove(at: index)
    case 6:
      // A rename keeps the former id as an alias, and all that refers to it follows.
      let old = files[index].id
      let new = files[index].kind == "traits" ? "\(old)_\(pick(9))" : "\(old)-\(pick(9))"
      files[index].id = new
      files[index].aliases.append(old)
      for other in files.indices {
        files[other].body = files[other].body.replacing("entry:\(old))", with: "entry:\(new))")
          .replacing("{@\(old)}", with: "{@\(new)}")
        files[other].fields = files[other].fields.map { $0.replacing(old, with: new) }
      }
    case 7:
      files[index].fields = files[index].fields.map { $0.replacing("level: should", with: "level: must") }
    default:
      guard let scaling = files.firstIndex(where: { $0.id == "scaling" }) else { return }
      let conditions = ["load <= @limit", "load < @limit and reads > 50%", "read_load <= @limit"]
      files[scaling].fields[4] =
        "rules: [{then: one, when: \"\(conditions[pick(conditions.count)])\"}, {then: many, when: otherwise}]"
    }
  }
}

/// What sites are built with in tests.
enum SiteSamples {
  static let theme = Dictionary(
    (Content.files(under: "site")
      + Content.files(under: "templates").filter { SiteInput.formTemplates.contains($0.path) })
      .map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })

  static func input(_ result: KnowledgeCompiler.Result) -> SiteInput {
    SiteInput(
      knowledge: result.knowledge, theme: theme,
      places: result.places.mapValues { SourcePlace(file: $0.file, line: $0.line) })
  }

  static func build(_ base: SmallBase = SmallBase(), previous: SiteBuilder.Previous? = nil) throws -> SiteBuilder.Result
  {
    try SiteBuilder(input(base.compile()), generator: "test").build(previous: previous)
  }
}

extension SiteBuilder.Result {
  func text(_ path: String) -> String? { files.first { $0.path == path }?.text }
}

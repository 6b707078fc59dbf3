import Content
import DecisionEngine
import KnowledgeBase
import KnowledgeModel
import Testing

/// Faults planted into a pack on top of the shipped knowledge, each of which `kb check` has to find, and where.
@Suite("Planted faults")
struct PlantedFaultTests {
  static let head = """
    title: House rule
    area: data
    summary: A rule of the house.
    verdict: practice
    checked: 2026-11-22
    """

  static func decision(rules: String, examples: String = "[{given: {qps: 5}, expect: a}]", more: String = "hit: first")
    -> String
  {
    """
    ---
    \(head)
    question: What now?
    \(more)
    weight: 1
    rules:
    \(rules)
    options: {a: {title: A, effort: none}, b: {title: B, effort: low}}
    examples: \(examples)
    ---
    ## Why
    Because.

    ## a
    A.

    ## b
    B.
    """
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var path: String
    var text: String
    var message: String
    /// 0 where any line will do.
    var line: Int
    var testDescription: String { name }

    init(_ name: String, _ path: String, _ text: String, _ message: String, line: Int = 0) {
      self.name = name
      self.path = path
      self.text = text
      self.message = message
      self.line = line
    }
  }

  static let faults: [Fault] = [
    Fault(
      "misspelt trait", "decisions/house.md",
      decision(rules: "  - {then: a, when: \"qpss > 5\"}\n  - {then: b, when: otherwise}"),
      "no trait or decision “qpss”; did you mean qps?", line: 11),
    Fault(
      "wrong unit", "decisions/house.md",
      decision(rules: "  - {then: a, when: \"qps > 5 GB\"}\n  - {then: b, when: otherwise}"), "cannot be compared",
      line: 11),
    Fault(
      "overlap", "decisions/house.md",
      decision(rules: "  - {then: a, when: \"qps > 5\"}\n  - {then: b, when: \"qps < 10\"}", more: "hit: unique"),
      "can hold together", line: 12),
    Fault(
      "gap", "decisions/house.md",
      decision(rules: "  - {then: a, when: \"qps > 5\"}\n  - {then: b, when: \"qps < 5\"}", more: "hit: unique"),
      "no rule holds where qps is 5/s", line: 11),
    Fault(
      "unreachable", "decisions/house.md",
      decision(
        rules: "  - {then: a, when: \"qps > 5\"}\n  - {then: b, when: \"qps > 10\"}\n  - {then: a, when: otherwise}"),
      "never reached", line: 12),
    Fault(
      "always true", "decisions/house.md",
      decision(rules: "  - {then: a, when: \"qps >= 0\"}\n  - {then: b, when: otherwise}"), "always true", line: 11),
    Fault(
      "always false", "decisions/house.md",
      decision(rules: "  - {then: a, when: \"qps > 5 and qps < 5\"}\n  - {then: b, when: otherwise}"), "always false",
      line: 11),
    Fault(
      "dead branch", "decisions/house.md",
      decision(rules: "  - {then: a, when: \"qps > 5 or read_ratio > 1\"}\n  - {then: b, when: otherwise}"),
      "a part of the condition is always false", line: 11),
    Fault(
      "contradicting example", "decisions/house.md",
      decision(
        rules: "  - {then: a, when: \"qps > 5\"}\n  - {then: b, when: otherwise}",
        examples: "[{given: {qps: 5}, expect: a}]"), "expects a, but its rules give b", line: 14),
    Fault(
      "threshold without source", "thresholds/house.md",
      "---\n\(head)\nvalue: 5/s\nunit: 1/s\nbasis: measured\n---\nText.", "has no source"),
    Fault(
      "threshold without unit", "thresholds/house.md",
      "---\n\(head)\nvalue: 5/s\nsources: [rfc-9110]\nbasis: measured\n---\nText.", "has no unit"),
    Fault(
      "threshold without date", "thresholds/house.md",
      "---\ntitle: T\narea: data\nsummary: S.\nverdict: practice\nvalue: 5/s\nunit: 1/s\nsources: [rfc-9110]\nbasis: measured\n---\nText.",
      "checked is missing"),
    Fault(
      "duplicate id", "decisions/read-scaling.md",
      decision(rules: "  - {then: a, when: \"qps > 5\"}\n  - {then: b, when: otherwise}"),
      "is taken by knowledge/decisions/read-scaling.md"),
    Fault(
      "id of another kind", "practices/caching.md", "---\n\(head)\nreason: R.\nlevel: must\n---\nText.",
      "is taken by knowledge/decisions/caching.md"),
    Fault(
      "dangling check", "practices/house.md",
      "---\n\(head)\nreason: R.\nlevel: must\nchecks: [plans-at-volum]\n---\nText.",
      "no check “plans-at-volum”; did you mean plans-at-volume?", line: 9),
    Fault(
      "dangling source", "practices/house.md", "---\n\(head)\nreason: R.\nlevel: must\nsources: [nowhere]\n---\nText.",
      "no source “nowhere”", line: 9),
    Fault(
      "dangling statement", "practices/house.md", "---\n\(head)\nreason: R.\nlevel: must\nguide: [ZZ-1]\n---\nText.",
      "no guide statement “ZZ-1”", line: 9),
    Fault(
      "dangling placeholder", "practices/house.md",
      "---\n\(head)\nreason: R.\nlevel: must\n---\nText.\n\nMore {@postgres-read-qp}.",
      "no threshold @postgres-read-qp; did you mean @postgres-read-qps?", line: 12),
    Fault(
      "dangling link", "practices/house.md", "---\n\(head)\nreason: R.\nlevel: must\n---\nSee [it](entry:nowhere).",
      "no entry “nowhere”", line: 10),
    Fault(
      "no example at a threshold", "decisions/house.md",
      decision(
        rules: "  - {then: a, when: \"read_qps > @postgres-read-qps\"}\n  - {then: b, when: otherwise}",
        examples: "[{given: {read_qps: 20k}, expect: a}]"), "no example below or at the threshold @postgres-read-qps"),
    Fault(
      "missing key", "practices/house.md",
      "---\ntitle: T\narea: data\nsummary: S.\nverdict: practice\nchecked: 2026-11-22\nlevel: must\n---\nText.",
      "reason is missing"),
    Fault(
      "unknown key", "practices/house.md", "---\n\(head)\nreason: R.\nlevel: must\nlevl: must\n---\nText.",
      "“levl” is no key of a practice; did you mean level?", line: 9),
    Fault("no front matter", "practices/house.md", "Text.", "front matter is missing", line: 1),
    Fault("unclosed front matter", "practices/house.md", "---\ntitle: T\n", "is not closed", line: 1),
    Fault("bad YAML", "practices/house.md", "---\ntitle: [T\n---\nText.", "this is not YAML"),
    Fault(
      "override of nothing", "thresholds/postgres-read-qp.md", "---\noverride: true\nvalue: 5/s\n---\n",
      "to override; did you mean postgres-read-qps?"),
    Fault(
      "override with a wrong unit", "thresholds/postgres-read-qps.md", "---\noverride: true\nvalue: 5 GB\n---\n",
      "does not fit", line: 3),
    Fault("trait id", "traits/House.md", "---\n\(head)\n---\n", "is no id"),
    Fault(
      "circle of derived traits", "traits/qps.md",
      "---\noverride: true\nderived: {from: read_qps + write_qps}\n---\n", "in a circle: qps → read_qps → qps", line: 3),
    Fault(
      "circle", "decisions/house.md",
      decision(rules: "  - {then: a, when: \"house is b\"}\n  - {then: b, when: otherwise}"),
      "in a circle: house → house"),
  ]

  @Test(arguments: faults)
  func isFound(_ fault: Fault) {
    let pack = KnowledgeSource(
      name: "pack",
      files: [
        .init(path: "pack.yaml", text: "name: house\nversion: 1\ntitle: House"),
        .init(path: fault.path, text: fault.text),
      ])
    let result = KnowledgeCompiler.compile([
      KnowledgeSource(
        name: "knowledge", files: Content.files(under: "knowledge").map { .init(path: $0.path, text: $0.text) }), pack,
    ])
    var lines = result.findings.map { (file: $0.file, line: $0.line, text: $0.text) }
    if lines.isEmpty {
      lines += RuleTableProof.check(result.knowledge, touchedOnly: true).map { flaw in
        let place = result.places["\(flaw.entry)#\(flaw.path)"] ?? result.places[flaw.entry]
        return (place?.file ?? "", place?.line ?? 0, "\(flaw.message); \(flaw.remedy)")
      }
      lines += ExampleRunner.run(result.knowledge).failures.map { failure in
        let place = result.places["\(failure.decision)#examples.\(failure.example)"]
        return (place?.file ?? "", place?.line ?? 0, failure.message)
      }
    }
    let found = lines.first { $0.text.contains(fault.message) }
    #expect(found != nil, "found instead: \(lines.map(\.text))")
    #expect(found?.file == "pack/\(fault.path)")
    if fault.line > 0 { #expect(found?.line == fault.line) }
  }

  @Test("A pack overrides a figure, and the entry says so")
  func override() throws {
    let pack = KnowledgeSource(
      name: "pack",
      files: [
        .init(path: "pack.yaml", text: "name: house\nversion: 1.2\ntitle: House"),
        .init(
          path: "thresholds/postgres-read-qps.md",
          text: "---\noverride: true\nvalue: 20k/s\n---\nMeasured on our own servers."),
      ])
    let base = KnowledgeSource(
      name: "knowledge", files: Content.files(under: "knowledge").map { .init(path: $0.path, text: $0.text) })
    let result = KnowledgeCompiler.compile([base, pack])
    #expect(result.findings == [])
    let threshold = try #require(result.knowledge.threshold("postgres-read-qps"))
    #expect(threshold.value == Quantity(20_000, .perSecond))
    #expect(threshold.entry.override == Entry.Override(pack: "house", keys: ["body", "value"]))
    #expect(threshold.entry.body == "Measured on our own servers.")
    #expect(result.knowledge.version.hasSuffix("+house-1.2"))
    let outcome = Evaluator(result.knowledge).outcomes([
      "read_qps": .quantity(Interval(15_000)), "read_ratio": .quantity(Interval(1)),
    ])["read-scaling"]
    #expect(outcome?.outcome == "single-node")
  }
}

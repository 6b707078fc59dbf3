import ArgumentParser
import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import TextFormats

/// `plumbline kb …`: the knowledge base itself.
struct KB: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kb", abstract: "Look into the knowledge base, prove it, export it.",
    subcommands: [List.self, Show.self, Search.self, Check.self, Test.self, CoverageCommand.self, Export.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the entries.")
    @OptionGroup var knowledge: KnowledgeOptions
    @Option(help: "Only one kind: trait, threshold, decision, practice, check, pattern, runbook or orientation.")
    var kind: String?
    @Option(help: "text or json.") var format: OutputFormat = .text

    func run() throws {
      let kinds = EntryKind.allCases.map(\.singular)
      if let kind, !kinds.contains(kind) {
        let hint =
          nearest(kind, among: kinds).map { "did you mean \($0)?" } ?? "it is one of \(kinds.joined(separator: ", "))"
        throw Ending.badInput("--kind: there is no kind “\(kind.forMessage)”; \(hint)")
      }
      let entries = try knowledge.load().entries.filter { kind == nil || $0.kind.singular == kind }
      switch format {
      case .json: try Output.write(JSON.object(["entries": .array(entries.map(KB.json))]).pretty)
      case .text:
        let width = entries.map(\.id.count).max() ?? 0
        let lines = entries.map { entry in
          "\(entry.kind.singular.padding(toLength: 11, withPad: " ", startingAt: 0)) \(entry.id.padding(toLength: width, withPad: " ", startingAt: 0))  \(entry.title)"
        }
        try Output.write(lines.joined(separator: "\n") + "\n")
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an entry.")
    @Argument(help: "The entry's id.") var id: String
    @OptionGroup var knowledge: KnowledgeOptions
    @Option(help: "text or json.") var format: OutputFormat = .text

    func run() throws {
      let base = try knowledge.load()
      guard let entry = base.entry(id) else {
        let hint =
          nearest(id, among: base.entries.map(\.id)).map { "; did you mean \($0)?" } ?? "; see plumbline kb list"
        throw Ending.badInput("there is no entry “\(id.forMessage)”\(hint)")
      }
      try Output.write(format == .json ? KB.json(entry).pretty : EntryPage(entry, base).text)
    }
  }

  struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "search", abstract: "Find entries by words, best first.")
    @Argument(help: "Words, or the beginnings of words.") var words: [String]
    @OptionGroup var knowledge: KnowledgeOptions
    @Option(help: "text or json.") var format: OutputFormat = .text

    func run() throws {
      let base = try knowledge.load()
      let ids = try KnowledgeOptions.cache.withStore(base) {
        try KnowledgeStore.search(words.joined(separator: " "), in: $0)
      }
      let entries = ids.compactMap(base.entry)
      switch format {
      case .json: try Output.write(JSON.object(["entries": .array(entries.map(KB.json))]).pretty)
      case .text:
        if entries.isEmpty { Output.error("nothing found for “\(words.joined(separator: " ").forMessage)”") }
        for entry in entries {
          try Output.write(
            "\(entry.id)  (\(entry.kind.singular))\n    \(EntryPage(entry, base).withThresholds(entry.summary))\n")
        }
      }
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Prove the knowledge base: names, units, rules, examples, sources.",
      discussion:
        "Proves over the whole domain of every trait that no condition is constant, no rule unreachable, nothing overlaps under hit policy unique, and nothing is left undecided. Exit status 1 if there are findings."
    )
    @OptionGroup var knowledge: KnowledgeOptions
    @Option(help: "text or json.") var format: OutputFormat = .text

    func run() throws {
      let result = try knowledge.compile()
      let findings = result.findings.isEmpty ? KnowledgeOptions.proof(result) : result.findings
      let base = result.knowledge
      switch format {
      case .json:
        try Output.write(JSON.object(["findings": .array(findings.map(KB.json))]).pretty)
      case .text:
        for finding in findings { try Output.write(finding.text + "\n") }
        let counts = "\(base.entries.count) entries, \(base.decisions.count) decisions, \(base.sources.count) sources"
        try Output.write(findings.isEmpty ? "\(counts): nothing to mend\n" : "\(counts): \(findings.count) to mend\n")
      }
      if !findings.isEmpty { throw Ending.findings }
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "test", abstract: "Run every example of every decision.",
      discussion:
        "Where a pack changes what a decision of the guide reads, the guide's examples are left out: they were written for the guide's figures."
    )
    @OptionGroup var knowledge: KnowledgeOptions
    @Option(help: "text or json.") var format: OutputFormat = .text

    func run() throws {
      let result = try knowledge.compile()
      guard result.findings.isEmpty else {
        throw Ending.badInput(result.findings.map(\.text).joined(separator: "\n"))
      }
      let (count, failures) = ExampleRunner.run(result.knowledge)
      let findings = failures.map { failure in
        let place = result.places["\(failure.decision)#examples.\(failure.example)"]
        return Finding(
          file: place?.file ?? failure.decision, line: place?.line ?? 1, column: place?.column ?? 1,
          message: "\(failure.decision): example \(failure.example + 1) \(failure.message)")
      }
      switch format {
      case .json:
        try Output.write(
          JSON.object([
            "passed": .number(Decimal(count - failures.count)), "failed": .number(Decimal(failures.count)),
            "findings": .array(findings.map(KB.json)),
          ]).pretty)
      case .text:
        for finding in findings { try Output.write(finding.text + "\n") }
        try Output.write("\(count - failures.count) passed, \(failures.count) failed\n")
      }
      if !failures.isEmpty { throw Ending.findings }
    }
  }

  struct CoverageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "coverage", abstract: "Which entries encode which statement of the guide.",
      discussion: "Exit status 1 with --strict if a statement or an atom is encoded by no entry.")
    @OptionGroup var knowledge: KnowledgeOptions
    @Flag(help: "Fail where a statement or atom is encoded by no entry.") var strict = false
    @Option(help: "text or json.") var format: OutputFormat = .text

    func run() throws {
      let coverage = Coverage(try knowledge.load())
      func json(_ lines: [Coverage.Line]) -> JSON {
        .array(lines.map { .object(["id": .string($0.id), "entries": .strings($0.entries)]) })
      }
      switch format {
      case .json:
        try Output.write(JSON.object(["statements": json(coverage.statements), "atoms": json(coverage.atoms)]).pretty)
      case .text:
        for line in coverage.statements {
          try Output.write(
            "\(line.id.padding(toLength: 6, withPad: " ", startingAt: 0)) \(line.entries.isEmpty ? "—" : line.entries.joined(separator: ", "))\n"
          )
        }
        func count(_ lines: [Coverage.Line]) -> String { "\(lines.count { !$0.entries.isEmpty }) of \(lines.count)" }
        try Output.write("\(count(coverage.statements)) statements and \(count(coverage.atoms)) atoms are encoded\n")
      }
      if strict, (coverage.statements + coverage.atoms).contains(where: \.entries.isEmpty) { throw Ending.findings }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write the knowledge base as a SQLite database worth querying by hand.",
      discussion: "An older export of that name is replaced; any other file is left alone.")
    @Argument(help: ArgumentHelp("The file to write; - for standard output.", valueName: "file.sqlite")) var file:
      String
    @OptionGroup var knowledge: KnowledgeOptions

    func run() throws {
      let base = try knowledge.load(.all)
      let manager = FileManager.default
      if file != "-", manager.fileExists(atPath: file), !KnowledgeStore.isStore(file) {
        throw Ending.badInput("\(file): there is a file that is no knowledge database; it was left as it is")
      }
      let beside =
        file == "-"
        ? manager.temporaryDirectory.appendingPathComponent("plumbline-\(UUID().uuidString).sqlite").path
        : file + ".\(ProcessInfo.processInfo.processIdentifier).tmp"
      defer { try? manager.removeItem(atPath: beside) }
      do {
        try KnowledgeStore.write(base, to: beside)
      } catch {
        throw Ending.cannot("\(file): cannot be written: \(error)")
      }
      if file == "-" { return try Output.write(manager.contents(atPath: beside) ?? Data()) }
      guard rename(beside, file) == 0 else { throw Ending.cannot("\(file): \(String(cString: strerror(errno)))") }
    }
  }

  static func json(_ finding: Finding) -> JSON {
    .object([
      "file": .string(finding.file), "line": .number(Decimal(finding.line)), "column": .number(Decimal(finding.column)),
      "message": .string(finding.message), "remedy": finding.remedy.map(JSON.string) ?? .null,
    ])
  }

  static func json(_ entry: Entry) -> JSON {
    .object([
      "id": .string(entry.id), "kind": .string(entry.kind.singular), "title": .string(entry.title),
      "area": .string(entry.area.rawValue),
      "summary": .string(entry.summary), "guide": .strings(entry.guide),
      "guide_says": entry.guideSays.map(JSON.string) ?? .null,
      "today": entry.today.map(JSON.string) ?? .null, "verdict": .string(entry.verdict.rawValue),
      "sources": .strings(entry.sources),
      "checked": .string(entry.checked), "pack": .string(entry.pack), "body": .string(entry.body),
    ])
  }
}

/// An entry as a page of plain text.
struct EntryPage {
  let entry: Entry
  let knowledge: Knowledge

  init(_ entry: Entry, _ knowledge: Knowledge) {
    self.entry = entry
    self.knowledge = knowledge
  }

  var text: String {
    var lines = ["\(entry.title) (\(entry.kind.singular) \(entry.id))", "", entry.summary]
    if let override = entry.override {
      lines.append("House rule: pack \(override.pack) sets \(override.keys.joined(separator: ", ")).")
    }
    lines += facts
    if let says = entry.guideSays { lines += ["", "The guide: \(says)"] }
    if let today = entry.today { lines += ["Today: \(today)"] }
    lines += ["", entry.body, ""]
    let guide = entry.guide.isEmpty ? "" : "Guide: \(entry.guide.joined(separator: ", ")) (\(entry.verdict.rawValue)). "
    lines.append("\(guide)Checked \(entry.checked).")
    for source in entry.sources.compactMap(knowledge.source) {
      lines.append(
        "  \(source.title) (\(source.evidence.rawValue)\(source.date.map { ", \($0)" } ?? ""))\(source.url.map { " \($0)" } ?? "")"
      )
    }
    return withThresholds(lines.joined(separator: "\n")) + "\n"
  }

  private var facts: [String] {
    switch entry.kind {
    case .trait:
      guard let trait = knowledge.trait(entry.id) else { return [] }
      var lines = ["", trait.question]
      if case .quantity(let unit, let bounds, _) = trait.kind {
        lines.append("From \(QuantityText.text(bounds.low, unit)) to \(QuantityText.text(bounds.high, unit)).")
      }
      lines += trait.kind.options.map { "  \($0.id): \($0.title)" }
      return lines + ["", "Why: \(trait.why)", "Typical: \(trait.typical)", "Measure: \(trait.measure)"]
    case .threshold:
      guard let threshold = knowledge.threshold(entry.id) else { return [] }
      let guide = threshold.asWritten.map { ", the guide's figure \(QuantityText.text($0))" } ?? ""
      return ["", "Value: \(QuantityText.text(threshold.value))\(guide) (\(threshold.basis.rawValue))"]
    case .decision:
      guard let decision = knowledge.decision(entry.id) else { return [] }
      var lines = ["", decision.question]
      if let applies = decision.applies { lines.append("Applies if \(applies.current.text)") }
      for rule in decision.rules {
        lines.append(
          "  \(rule.then)  if \(rule.when.current.text)"
            + (rule.when.asWritten.map { "  (as written: \($0.text))" } ?? ""))
      }
      return lines
    case .runbook:
      guard let runbook = knowledge.runbook(entry.id) else { return [] }
      return ["", runbook.symptom]
    case .orientation:
      return knowledge.orientation.filter { $0.id == entry.id }.flatMap { ["", "\($0.minutes) minutes"] }
    case .practice, .check, .pattern: return []
    }
  }

  /// Thresholds in prose by their value; formulas stay as they are, since there is no system to fill them.
  func withThresholds(_ text: String) -> String {
    text.replacing(/\{@([a-z0-9-]+)\}/) { match in
      knowledge.threshold(String(match.1)).map { QuantityText.text($0.value) } ?? String(match.0)
    }
  }
}

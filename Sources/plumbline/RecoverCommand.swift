import ArgumentParser
import Foundation
import KnowledgeModel
import Questionnaire
import Recovery
import Terminal
import TextFormats

/// `plumbline recover`: the runbook for a symptom.
struct Recover: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover", _superCommandName: Plumbline.name,
    abstract: "Find the runbook for a symptom, and walk through it.",
    discussion: """
      Say it in your own words, or paste the error. Without words it lists the symptoms.

        plumbline recover
        plumbline recover "db is crawling since deploy"
        plumbline recover connection-pool-exhausted --no-input | less

      In a terminal it asks cause by cause: yes, no, skip, back, quit. Elsewhere it prints the runbook.
      Where two runbooks are near it names both. Where none fits it says so and ends with status 3.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

  @Argument(
    help: ArgumentHelp("What is wrong, in words, or the id of a runbook; - for standard input.", valueName: "symptom"))
  var symptom: [String] = []
  @Flag(name: .customLong("no-input"), help: "Ask nothing: print the whole runbook.") var noInput = false
  @Option(help: "text, json or markdown; the latter two ask nothing.") var format: Format = .text
  @OptionGroup var knowledge: KnowledgeOptions

  func run() throws {
    let base = try knowledge.load()
    guard !base.runbooks.isEmpty else { throw Ending.cannot("this knowledge base has no runbooks") }
    let words = try said()
    guard !words.allSatisfy(\.isWhitespace) else { return try Output.write(list(base.runbooks, "Symptoms")) }
    let index = SymptomIndex(base.runbooks)
    switch index.find(words) {
    case .one(let runbook): try present(runbook, words, base)
    case .several(let near): try choose(near, words, base)
    case .none:
      throw Ending.cannot(
        "no runbook fits “\(words.forMessage)”; there are these:\n"
          + index.nearest(words).map { "  \($0.id): \($0.symptom)" }.joined(separator: "\n"))
    }
  }

  private func said() throws -> String {
    guard symptom == ["-"] else { return symptom.joined(separator: " ") }
    // A log may go on for ever; its beginning is enough to tell.
    let data = try? FileHandle.standardInput.read(upToCount: 1 << 16)
    guard let text = String(data: data ?? Data(), encoding: .utf8) else {
      throw Ending.badInput("standard input: expected text in UTF-8")
    }
    return text
  }

  // MARK: One runbook

  private func present(_ runbook: Runbook, _ words: String, _ base: Knowledge) throws {
    let page = RunbookPage(runbook, in: base)
    switch format {
    case .markdown: try Output.write(page.markdown)
    case .json: try Output.write(json(words, [runbook], page))
    case .text:
      var terminal = SystemTerminal(
        environment: ProcessInfo.processInfo.environment, color: !knowledge.noColor, output: 1)
      if noInput || symptom == ["-"] || !terminal.isInteractive {
        let layout = PageLayout(width: Output.columns, hasColor: terminal.hasColor && isatty(1) == 1)
        try Output.write(layout.text(page.markdown))
      } else {
        try walk(page, &terminal)
      }
    }
  }

  private func walk(_ page: RunbookPage, _ terminal: inout SystemTerminal) throws {
    var walk = Walk(page, layout: PageLayout(width: terminal.width, hasColor: terminal.hasColor))
    terminal.write(walk.begin())
    while walk.step != .finished {
      guard let line = try answer(&terminal) else { return }
      terminal.write(walk.handle(line))
    }
  }

  /// A typed line; nil where the input has ended.
  private func answer(_ terminal: inout SystemTerminal) throws -> String? {
    switch terminal.readLine() {
    case .line(let line): return line
    case .unreadable: return "?"
    case .end:
      terminal.write("\n")
      return nil
    case .interrupted(let signal):
      terminal.write("\n")
      throw Ending(status: 128 + signal, message: nil)
    }
  }

  // MARK: Several

  private func choose(_ near: [Runbook], _ words: String, _ base: Knowledge) throws {
    guard format == .text else {
      return try Output.write(format == .json ? json(words, near, nil) : list(near, heading(near)))
    }
    var terminal = SystemTerminal(
      environment: ProcessInfo.processInfo.environment, color: !knowledge.noColor, output: 1)
    guard !noInput, symptom != ["-"], terminal.isInteractive else { return try Output.write(list(near, heading(near))) }
    let layout = PageLayout(width: terminal.width, hasColor: terminal.hasColor)
    terminal.write(
      layout.text(
        heading(near) + "\n\n"
          + near.enumerated().map { "\($0 + 1). \($1.entry.title): \($1.symptom)" }.joined(separator: "\n")))
    while true {
      terminal.write(layout.text("Which one? (1 to \(near.count), quit)") + "> ")
      guard let line = try answer(&terminal) else { return }
      let word = line.trimming().lowercased()
      if ["q", "quit", "exit"].contains(word) { return }
      let chosen =
        Int(word).flatMap { near.indices.contains($0 - 1) ? near[$0 - 1] : nil } ?? near.first { $0.id == word }
      if let chosen { return try walk(RunbookPage(chosen, in: base), &terminal) }
    }
  }

  private func heading(_ near: [Runbook]) -> String {
    "\(near.count == 2 ? "Two runbooks are" : "\(near.count) runbooks are") near to this"
  }

  private func list(_ runbooks: [Runbook], _ heading: String) -> String {
    switch format {
    case .json:
      return JSON.object(["runbooks": .array(runbooks.map(head))]).pretty
    case .markdown:
      return "# \(heading)\n\n" + runbooks.map { "* `plumbline recover \($0.id)`: \($0.symptom)\n" }.joined()
    case .text:
      let layout = PageLayout(width: Output.columns)
      return runbooks.map { "\($0.id)\n" + layout.text("    \($0.symptom)") }.joined()
        + "\n" + layout.text("\(heading). Choose: `plumbline recover ID`, or say it in your own words.")
    }
  }

  // MARK: JSON

  private func head(_ runbook: Runbook) -> JSON {
    .object([
      "id": .string(runbook.id), "title": .string(runbook.entry.title), "symptom": .string(runbook.symptom),
    ])
  }

  /// - Parameter page: the runbook, if one was clearly meant.
  private func json(_ words: String, _ near: [Runbook], _ page: RunbookPage?) -> String {
    let causes = (page?.causes ?? []).map { cause -> JSON in
      .object([
        "id": .string(cause.id), "title": .string(cause.title), "ask": .string(cause.ask),
        "tell_it_apart": .string(cause.tellItApart), "fix_now": .string(cause.fixNow),
        "fix_the_root_cause": .string(cause.fixTheRootCause),
      ])
    }
    let runbook: JSON =
      page.map {
        .object([
          "id": .string($0.id), "title": .string($0.title), "symptom": .string($0.symptom),
          "description": .string($0.description), "first_look": .string($0.firstLook), "causes": .array(causes),
          "none_of_these": .string($0.noneOfThese), "prevention": .string($0.prevention),
          "checked": .string($0.checked),
        ])
      } ?? .null
    return JSON.object(["said": .string(words), "matches": .array(near.map(head)), "runbook": runbook]).pretty
  }
}

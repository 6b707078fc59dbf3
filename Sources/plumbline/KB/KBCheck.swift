import ArgumentParser
import Foundation
import KnowledgeBase
import KnowledgeModel
import TextFormats

extension KB {
  /// `plumbline kb check`.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", _superCommandName: Plumbline.name,
      abstract: "Prove the knowledge base: names, units, rules, examples, sources.",
      discussion: """
        Proves over the whole domain of every trait that no condition is constant, no rule unreachable, nothing \
        overlaps under hit policy unique, and nothing is left undecided.

        With --stale it lists, instead of the proof, what was last checked so many days ago or longer, oldest first.

        Exit status 1 if there are findings, or facts that are due.
        """)
    @Option(help: ArgumentHelp("List the facts that were checked so many days ago or longer.", valueName: "days"))
    var stale: Int?
    @Option(help: ArgumentHelp("The day to count from, in place of today: 2026-11-22.", valueName: "date"))
    var today: String?
    @OptionGroup var knowledge: KnowledgeOptions
    @Option(help: "text or json.") var format: OutputFormat = .text

    func validate() throws {
      if let stale, stale < 0 { throw ValidationError("--stale takes a number of days from 0.") }
      if today != nil, stale == nil { throw ValidationError("--today says from which day --stale counts.") }
      if let today, CivilDate(today) == nil {
        throw ValidationError("“\(today.forMessage)” is no date; write it as 2026-11-22.")
      }
    }

    func run() throws {
      let result = try knowledge.compile()
      let base = result.knowledge
      let counts = "\(base.entries.count) entries, \(base.decisions.count) decisions, \(base.sources.count) sources"
      guard let stale else {
        let findings = result.findings.isEmpty ? KnowledgeOptions.proof(result) : result.findings
        switch format {
        case .json:
          try Output.write(JSON.object(["findings": .array(findings.map(KB.json))]).pretty)
        case .text:
          for finding in findings { try Output.write(finding.text + "\n") }
          try Output.write(findings.isEmpty ? "\(counts): nothing to mend\n" : "\(counts): \(findings.count) to mend\n")
        }
        if !findings.isEmpty { throw Ending.findings }
        return
      }
      let today = today ?? Dossier.today
      guard let day = CivilDate(today) else { throw Ending.cannot("today's date cannot be told: give it with --today") }
      let list = StaleList(result, Staleness(base, days: stale, today: day), days: stale, today: today)
      switch format {
      case .json: try Output.write(list.json.pretty)
      case .text: try Output.write(list.text(counts))
      }
      if !list.staleness.due.isEmpty || !result.findings.isEmpty { throw Ending.findings }
    }
  }
}

/// Facts that are due, with their places.
private struct StaleList {
  let result: KnowledgeCompiler.Result
  let staleness: Staleness
  let days: Int
  let today: String

  init(_ result: KnowledgeCompiler.Result, _ staleness: Staleness, days: Int, today: String) {
    self.result = result
    self.staleness = staleness
    self.days = days
    self.today = today
  }

  func text(_ counts: String) -> String {
    var lines = result.findings.map(\.text)
    for fact in staleness.due {
      let place = place(fact).map { "\($0.file):\($0.line):\($0.column): " } ?? ""
      let age = fact.days.map { ", \($0) \($0 == 1 ? "day" : "days") ago" } ?? ", which is no date"
      lines.append("\(place)\(name(fact)) was checked \(fact.checked)\(age)\(address(fact))")
    }
    if !result.findings.isEmpty { lines.append("\(counts): \(result.findings.count) to mend") }
    let due = staleness.due.isEmpty ? "nothing" : "\(staleness.due.count)"
    lines.append("\(counts): \(due) due by \(today), \(days) \(days == 1 ? "day" : "days") after the last check")
    if !staleness.unverified.isEmpty {
      lines.append(
        "unverified at any age: \(staleness.unverified.count) of the sources "
          + "(\(staleness.unverified.joined(separator: ", ")))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: JSON {
    .object([
      "today": .string(today), "days": .number(Decimal(days)), "due": .array(staleness.due.map(json)),
      "unverified": .strings(staleness.unverified), "findings": .array(result.findings.map(KB.json)),
    ])
  }

  private func json(_ fact: Staleness.Fact) -> JSON {
    let place = place(fact)
    var members: [JSON.Member] = [
      .init("id", .string(fact.id)), .init("kind", .string(kind(fact))), .init("title", .string(fact.title)),
      .init("checked", .string(fact.checked)),
      .init("days", fact.days.map { .number(Decimal($0)) } ?? .null),
    ]
    if case .source(let evidence, let url) = fact.origin {
      members += [.init("evidence", .string(evidence.rawValue)), .init("url", url.map(JSON.string) ?? .null)]
    }
    members += [
      .init("file", place.map { .string($0.file) } ?? .null),
      .init("line", place.map { .number(Decimal($0.line)) } ?? .null),
    ]
    return .object(members)
  }

  private func place(_ fact: Staleness.Fact) -> Place? {
    switch fact.origin {
    case .entry: result.places["\(fact.id)#checked"] ?? result.places[fact.id]
    case .source: result.places["source:\(fact.id)"]
    }
  }

  private func kind(_ fact: Staleness.Fact) -> String {
    switch fact.origin {
    case .entry(let kind): kind.singular
    case .source: "source"
    }
  }

  private func name(_ fact: Staleness.Fact) -> String {
    guard case .source(let evidence, _) = fact.origin else { return "\(kind(fact)) \(fact.id)" }
    return "\(evidence == .unverified ? "unverified source" : "source") \(fact.id)"
  }

  private func address(_ fact: Staleness.Fact) -> String {
    guard case .source(_, let url?) = fact.origin else { return "" }
    return ": \(url)"
  }
}

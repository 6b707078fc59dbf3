import ArgumentParser
import KnowledgeBase
import KnowledgeModel
import TextFormats

extension KB {
  /// `plumbline kb check`.
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
}

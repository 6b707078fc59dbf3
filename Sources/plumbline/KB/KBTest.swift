import ArgumentParser
import DecisionEngine
import Foundation
import KnowledgeBase
import TextFormats

extension KB {
  /// `plumbline kb test`.
  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "test", _superCommandName: Plumbline.name, abstract: "Run every example of every decision.",
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
}

import ArgumentParser
import Foundation
import KnowledgeBase
import KnowledgeModel
import TextFormats

extension KB {
  /// `plumbline kb list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", _superCommandName: Plumbline.name, abstract: "List the entries.")
    @OptionGroup var knowledge: KnowledgeOptions
    @Option(
      help: "Only one kind: trait, threshold, decision, practice, check, change, pattern, runbook or orientation.")
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
}

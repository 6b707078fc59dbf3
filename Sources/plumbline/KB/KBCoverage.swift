import ArgumentParser
import Foundation
import KnowledgeBase
import TextFormats

extension KB {
  /// `plumbline kb coverage`.
  struct CoverageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "coverage", _superCommandName: Plumbline.name,
      abstract: "Which entries encode which statement of the guide.",
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
}

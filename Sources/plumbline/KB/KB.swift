import ArgumentParser
import Foundation
import KnowledgeBase
import KnowledgeModel
import TextFormats

/// `plumbline kb …`: the knowledge base itself.
struct KB: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kb", _superCommandName: Plumbline.name,
    abstract: "Look into the knowledge base, add to it, prove it, export it.",
    subcommands: [
      List.self, Show.self, Search.self, New.self, Check.self, Test.self, CoverageCommand.self, Export.self,
    ])

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

import ArgumentParser
import KnowledgeBase
import KnowledgeModel
import TextFormats

extension KB {
  /// `plumbline kb search`.
  struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "search", _superCommandName: Plumbline.name, abstract: "Find entries by words, best first.")
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
}

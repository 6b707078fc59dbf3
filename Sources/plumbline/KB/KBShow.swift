import ArgumentParser
import KnowledgeBase
import KnowledgeModel
import TextFormats

extension KB {
  /// `plumbline kb show`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", _superCommandName: Plumbline.name, abstract: "Show an entry.")
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
}

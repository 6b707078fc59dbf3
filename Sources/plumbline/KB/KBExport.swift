import ArgumentParser
import Foundation
import KnowledgeBase

extension KB {
  /// `plumbline kb export`.
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
}

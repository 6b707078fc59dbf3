import ArgumentParser
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel

extension KB {
  /// `plumbline kb export`.
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", _superCommandName: Plumbline.name,
      abstract: "Write the knowledge base as a SQLite database, or for the review tools of AWS and Azure.",
      discussion: """
        The database is worth querying by hand, and --knowledge evaluates under it. docs/interchange.md says what the \
        others hold.

        A file that an earlier export wrote is replaced, and any other is left alone. Several may be written at once; \
        - is standard output, for one of them.
        """)
    @Argument(help: ArgumentHelp("The database to write.", valueName: "file.sqlite")) var file: String?
    @Option(help: ArgumentHelp("Write a custom lens for the AWS Well-Architected Tool.", valueName: "file.json"))
    var lens: String?
    @Option(help: ArgumentHelp("Write a checklist for the Azure review checklists.", valueName: "file.json"))
    var azure: String?
    @OptionGroup var knowledge: KnowledgeOptions

    func validate() throws {
      let paths = [file, lens, azure].compactMap(\.self)
      if paths.isEmpty { throw ValidationError("Name the database to write, or give --lens or --azure.") }
      if paths.contains("") { throw ValidationError("The name of a file to write is empty.") }
      for (index, path) in paths.enumerated() {
        if paths.dropFirst(index + 1).contains(where: { $0 == path || Files.isSame($0, path) }) {
          throw ValidationError("\(path) is named twice.")
        }
      }
    }

    func run() throws {
      let base = try knowledge.load(.all)
      var outputs: [Product] = []
      do throws(InterchangeProblem) {
        if let lens { outputs.append(.lens(lens, try WellArchitectedLens.text(base))) }
        if let azure { outputs.append(.checklist(azure, try AzureChecklist.text(base))) }
      } catch {
        throw Ending.badInput(error.message)
      }
      if let file { outputs.append(.database(file, base)) }
      for output in outputs { try output.checkTarget() }
      try Files.replace(outputs.map { output in (output.path, { try output.write(to: $0) }) })
    }
  }
}

extension KB.Export {
  /// One file to write.
  fileprivate enum Product {
    case lens(String, String)
    case checklist(String, String)
    case database(String, Knowledge)

    var path: String {
      switch self {
      case .lens(let path, _), .checklist(let path, _), .database(let path, _): path
      }
    }

    /// - Throws: `Ending` where another file than one of ours stands there.
    func checkTarget() throws {
      guard path != "-" else { return }
      var kind = stat()
      guard stat(path, &kind) == 0 else { return }
      guard kind.st_mode & S_IFMT == S_IFREG else {
        throw Ending.cannot("\(path): this is no ordinary file; expected a file, or - for standard output")
      }
      guard let old = FileManager.default.contents(atPath: path) else {
        throw Ending.cannot("\(path): the file there cannot be read, so it was left as it is")
      }
      let (isOurs, what) =
        switch self {
        case .lens: (old.isEmpty || WellArchitectedLens.isOurs(old), "lens that an export wrote")
        case .checklist: (old.isEmpty || AzureChecklist.isOurs(old), "checklist that an export wrote")
        case .database: (KnowledgeStore.isStore(path), "knowledge database")
        }
      guard isOurs else { throw Ending.badInput("\(path): there is a file that is no \(what); it was left as it is") }
    }

    func write(to path: String) throws {
      switch self {
      case .lens(_, let text), .checklist(_, let text): try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      case .database(let name, let base):
        do { try KnowledgeStore.write(base, to: path) } catch {
          throw Ending.cannot("\(name): cannot be written: \(error)")
        }
      }
    }
  }
}

import ArgumentParser
import Foundation
import KnowledgeBase
import KnowledgeModel
import TextFormats

extension KB {
  /// `plumbline kb new`.
  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new", _superCommandName: Plumbline.name,
      abstract: "Begin an entry: a file with every key its kind needs, to fill in.",
      discussion: """
        Writes DIR/<folder of the kind>/<id>.md. What is left open in it is empty, and kb check names it line by line \
        until it is written. A folder that is new becomes a pack of that name. Nothing that is there is overwritten.
        """)
    @Argument(help: "trait, threshold, decision, practice, check, change, pattern, runbook or orientation.") var kind:
      String
    @Argument(help: "Its id: snake_case for a trait, kebab-case for all others.") var id: String
    @Option(
      name: .customLong("pack"),
      help: ArgumentHelp(
        "The pack, or in a checkout the knowledge folder. Left out: the folder at hand, if it is one or has one.",
        valueName: "dir"))
    var pack: String?
    @Flag(name: .customLong("no-color"), help: "No colour.") var noColor = false

    func run() throws {
      let kind = try entryKind()
      if let problem = EntryID.problem(id, kind: kind) {
        throw Ending.badInput("\(problem.message); \(problem.remedy)")
      }
      let home = try Home(pack)
      let scaffold = Scaffold(kind: kind, id: id, today: Dossier.today)
      try home.checkIsFree(id, for: scaffold)
      try home.prepare(folder: kind.rawValue)
      try Files.create(scaffold.text, at: "\(home.folder)/\(scaffold.path)")
      try Output.write(home.shown(scaffold.path) + "\n")
      Output.error("next: fill in what this names: \(home.checkCommand)")
    }

    private func entryKind() throws -> EntryKind {
      if let kind = EntryKind.allCases.first(where: { [$0.singular, $0.rawValue].contains(kind) }) { return kind }
      let kinds = EntryKind.allCases.map(\.singular)
      let hint =
        nearest(kind, among: kinds).map { "did you mean \($0)?" } ?? "it is one of \(kinds.joined(separator: ", "))"
      throw Ending.badInput("there is no kind “\(kind.forMessage)”; \(hint)")
    }
  }
}

extension KB.New {
  /// The folder that a new entry goes into.
  fileprivate struct Home {
    let folder: String
    /// A knowledge base of its own, such as the guide's in a checkout, and not a pack on top of it.
    let isWhole: Bool
    private let isNew: Bool

    /// - Throws: `Ending` where nothing can go there.
    init(_ given: String?) throws {
      let manager = FileManager.default
      guard let folder = given ?? [".", "knowledge"].first(where: { manager.fileExists(atPath: "\($0)/pack.yaml") })
      else {
        throw Ending.badInput(
          "no pack is at hand; say with --pack DIR where the entry goes (a folder that is not there yet becomes a pack)"
        )
      }
      guard !folder.isEmpty, folder != "-" else {
        throw Ending.badInput("--pack \(folder): expected the name of a folder")
      }
      self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
      try Files.checkFolder(self.folder)
      isWhole = manager.fileExists(atPath: "\(self.folder)/guide.yaml")
      isNew = !manager.fileExists(atPath: "\(self.folder)/pack.yaml")
      let others = (try? manager.contentsOfDirectory(atPath: self.folder)) ?? []
      if isNew, let other = others.sorted().first(where: { !$0.hasPrefix(".") }) {
        throw Ending.badInput(
          "\(folder): this folder has no pack.yaml, but other things such as \(other.forMessage); "
            + "name a new folder, or write pack.yaml with name, version and title")
      }
    }

    var checkCommand: String { "plumbline kb check \(isWhole ? "--knowledge" : "--pack") \(folder.quotedForShell)" }

    func shown(_ path: String) -> String { folder == "." ? path : "\(folder)/\(path)" }

    func checkIsFree(_ id: String, for scaffold: Scaffold) throws {
      let manager = FileManager.default
      for kind in EntryKind.allCases where manager.fileExists(atPath: "\(folder)/\(kind.rawValue)/\(id).md") {
        let path = shown("\(kind.rawValue)/\(id).md")
        throw Ending.badInput(
          "\(path): the id \(id) is taken by this file; it was left as it is. Edit it, or choose another id")
      }
      let known =
        isWhole
        ? KnowledgeCompiler.compile([try KnowledgeOptions.folder(folder, isWhole: true)]).knowledge
        : try KnowledgeOptions.shipped()
      guard let other = known.entry(id) else { return }
      guard other.id == id else {
        throw Ending.badInput("\(id) is a former id of \(other.id), and ids live for ever; choose another id")
      }
      // In a folder of its own there would be a file of that name.
      let remedy =
        other.kind == scaffold.kind
        ? "choose another id, or change that entry: write \(shown(scaffold.path)) with override: true and the keys to change"
        : "choose another id"
      throw Ending.badInput("the id \(id) is taken by knowledge/\(other.kind.rawValue)/\(id).md; \(remedy)")
    }

    /// Makes the folders, and the pack where it is new.
    func prepare(folder name: String) throws {
      do {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      } catch {
        throw Ending.cannot("\(folder)/\(name): the folder cannot be made: \(Output.reason(error))")
      }
      guard isNew else { return }
      let last = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
      let letters = last.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }
      let trimmed = String(letters.drop { !$0.isLetter && !$0.isNumber }.prefix(64))
      // The guide's own name would not tell its entries from the pack's.
      let packName = ["", "guide"].contains(trimmed) ? "house" : trimmed
      try Files.create(
        """
        # House rules on top of the guide: entries of your own, and changes to the guide's (override: true).
        name: "\(packName)"
        version: "0.1"
        title: "\(packName)"

        """, at: "\(folder)/pack.yaml")
      Output.error("\(shown("pack.yaml")): a new pack, called \(packName)")
    }
  }
}

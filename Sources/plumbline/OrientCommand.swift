import ArgumentParser
import Foundation
import KnowledgeModel
import Orientation
import TextFormats

/// `plumbline orient`: the first hour in a codebase, planned and half filled in.
struct Orient: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orient", _superCommandName: Plumbline.name,
    abstract: "Read a codebase and write ORIENTATION.md: the first hour, planned and half filled in.",
    discussion: """
      Finds how to run it, its routes and which tests speak of them, the schema, two requests to trace, what watches it, \
      and the latest repairs. Nothing of the project is run; git is asked for its log, and a database only if you name \
      one. A document that you changed is never overwritten without --force.
      """)

  @Argument(help: ArgumentHelp("The codebase.", valueName: "dir")) var folder = "."
  @Option(
    help: ArgumentHelp("The file to write; - for standard output. (default: DIR/ORIENTATION.md)", valueName: "file"))
  var out: String?
  @Option(help: "markdown or json; json goes to standard output unless --out names a file.") var format:
    DocumentFormat = .markdown
  @Option(
    help: ArgumentHelp(
      "Ask a PostgreSQL database for its largest tables, reading only: postgresql://user@host:5432/name",
      valueName: "url"))
  var database: String?
  @Flag(help: "Say whether the file would change and write nothing; exit status 1 if it would.") var check = false
  @Flag(help: "Overwrite a file that was changed or written by somebody else.") var force = false
  @OptionGroup var knowledge: KnowledgeOptions

  enum DocumentFormat: String, ExpressibleByArgument, CaseIterable { case markdown, json }

  func validate() throws {
    if check, out == "-" || format == .json && out == nil {
      throw ValidationError("--check needs a file to compare with.")
    }
    if folder.isEmpty || folder == "-" { throw ValidationError("Expected the folder of a codebase.") }
  }

  func run() throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw Ending.cannot("\(folder): there is no such folder")
    }
    guard isFolder.boolValue else {
      throw Ending.cannot("\(folder): this is a file; expected the folder of a codebase")
    }
    guard access(folder, R_OK | X_OK) == 0 else {
      throw Ending.cannot("\(folder): the folder cannot be read: \(String(cString: strerror(errno)))")
    }
    let target =
      out ?? (format == .json ? "-" : folder == "." ? "ORIENTATION.md" : Orient.join(folder, "ORIENTATION.md"))
    // A document that a person changed is found out before the work, not after it.
    if target != "-", !check { try refuseToOverwrite(target) }
    let environment = ProcessInfo.processInfo.environment
    let steps = Orient.steps(try knowledge.load())
    guard !steps.isEmpty else {
      throw Ending.badInput("\(knowledge.database ?? "the knowledge"): it has no steps of the orientation")
    }
    var sizes: DatabaseSizes?
    if let database {
      do throws(DatabaseSizes.Problem) {
        sizes = try DatabaseSizes.read(database, environment: environment)
      } catch {
        throw error.isBadInput ? Ending.badInput(error.message) : Ending.cannot(error.message)
      }
    }
    let absolute = URL(fileURLWithPath: folder).standardizedFileURL
    let tree = CodeTree(root: absolute.path, except: excluded(target, below: absolute.path))
    let report = OrientationReport(
      tree, name: absolute.lastPathComponent, steps: steps, sizes: sizes, environment: environment)
    let text = format == .json ? report.json.pretty : OrientationMarker.marked(report.markdown)
    if check { return try compare(text, with: target) }
    guard target != "-" else { return try Output.write(text) }
    try refuseToOverwrite(target)
    try Files.write(text, to: target)
    Output.error("wrote \(target)")
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The document itself is no part of the codebase.
  private func excluded(_ target: String, below root: String) -> Set<String> {
    var names: Set<String> = ["ORIENTATION.md"]
    let path = URL(fileURLWithPath: target).standardizedFileURL.path
    if target != "-", path.hasPrefix(root + "/") { names.insert(String(path.dropFirst(root.count + 1))) }
    return names
  }

  private func refuseToOverwrite(_ target: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: target, isDirectory: &isFolder) else { return }
    if isFolder.boolValue { throw Ending.cannot("\(target): this is a folder; expected a file, or nothing") }
    guard !force else { return }
    guard let data = FileManager.default.contents(atPath: target) else {
      throw Ending.cannot("\(target): it is there and cannot be read")
    }
    let why: String
    switch format == .json ? .foreign : OrientationMarker.state(of: Array(data)) {
    case .untouched: return
    case .edited: why = "it was changed since it was written"
    case .foreign: why = "orient did not write it"
    }
    throw Ending.badInput(
      "\(target): \(why), so it was left as it is; --force overwrites it, --out FILE writes elsewhere")
  }

  private func compare(_ text: String, with target: String) throws {
    guard let old = FileManager.default.contents(atPath: target) else {
      try Output.write("\(target): would be new\n")
      throw Ending.findings
    }
    if old != Data(text.utf8) {
      try Output.write("\(target): would change\n")
      throw Ending.findings
    }
  }

  /// The steps of the hour in their order.
  static func steps(_ base: Knowledge) -> [HourStep] {
    base.orientation.sorted { ($0.order, $0.id) < ($1.order, $1.id) }.map { step in
      HourStep(
        statement: step.entry.guide.first ?? "", title: step.entry.title, minutes: step.minutes,
        task: step.entry.section("Do") ?? "", writeDown: step.entry.section("Write down") ?? "",
        ifItFails: step.entry.section("If it fails") ?? "")
    }
  }
}

import ArgumentParser
import DecisionEngine
import Documents
import Foundation
import KnowledgeModel
import TextFormats

/// `plumbline pr-template`: the checks in a forge's templates of pull requests.
struct PullRequestTemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pr-template", _superCommandName: Plumbline.name,
    abstract: "Put the checks into the pull-request templates of a repository.",
    discussion: """
      Writes one block between two markers into the template that the forge reads, or into a new one; run again, it \
      updates that block. What else is in the file stays as it is, byte by byte. For Bitbucket, which reads no file, the \
      text goes to standard output.
      """)

  @Argument(
    help: ArgumentHelp(
      "The answers, for items that fit the system; - for standard input. Left out: from the guide alone.",
      valueName: "answers.yaml")) var file: String?
  @Option(
    help: ArgumentHelp(
      "Whose templates: \(Forge.all.map(\.id).joined(separator: ", ")).", valueName: "forge")) var forge: String
  @Option(help: ArgumentHelp("The root of the repository.", valueName: "dir")) var root = "."
  @Flag(help: "Say what would change and write nothing; exit status 1 if something would.") var check = false
  @Flag(help: "Take the blocks out again, and the files that were made for them.") var remove = false
  @Flag(help: "Replace or remove a block even though somebody has edited it.") var force = false
  @OptionGroup var templates: TemplateOptions
  @OptionGroup var answers: AnswerOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func run() throws {
    guard let forge = Forge.all.first(where: { $0.id == forge }) else {
      let ids = Forge.all.map(\.id)
      let hint = nearest(forge, among: ids).map { "did you mean \($0)?" } ?? "expected \(ids.joined(separator: ", "))"
      throw Ending.badInput("--forge \(forge.forMessage): there is no forge of this name; \(hint)")
    }
    let texts = remove ? [] : try texts(for: forge)
    guard forge.readsFiles else { return try paste(texts, forge) }
    let repository = try TemplateFolder(root)
    if check {
      let plan = try plan(texts, forge, repository)
      for step in plan.steps { try Output.write("\(step.path.forMessage) would \(step.kind.infinitive)\n") }
      for problem in plan.edited { try Output.write("\(problem.description)\n") }
      for note in plan.notes { Output.error(note) }
      if !plan.steps.isEmpty || !plan.edited.isEmpty { throw Ending.findings }
      return
    }
    try Files.inFolder(root) {
      let plan = try plan(texts, forge, repository)
      guard plan.edited.isEmpty else {
        throw Ending.badInput(plan.edited.map(\.description).joined(separator: "\n"))
      }
      try repository.write(plan.steps)
      for step in plan.steps { Output.error("\(step.path.forMessage) \(step.kind.past)") }
      for path in plan.unchanged { Output.error("\(path.forMessage) is up to date") }
      if remove, plan.steps.isEmpty { Output.error("\(root.forMessage): there is no block of plumbline to remove") }
      for note in plan.notes { Output.error(note) }
    }
  }

  private func texts(for forge: Forge) throws -> [TemplateText] {
    let templates = try self.templates.templates()
    let base = try knowledge.load()
    var sheet = AnswerSheet()
    if let file { sheet = try answers.read(file, for: base) } else { try answers.apply(to: &sheet, base) }
    let assessment = Evaluator(base, mode: answers.mode).assess(sheet)
    return try templates.naming { try TemplateText.all(for: forge, assessment, base, templates: templates.all) }
  }

  private func plan(_ texts: [TemplateText], _ forge: Forge, _ repository: TemplateFolder) throws -> TemplatePlan {
    let files = try repository.files(for: forge)
    do throws(TemplatePlan.Problem) {
      return remove
        ? try TemplatePlan(removingFrom: files, of: forge, overwrites: force)
        : try TemplatePlan(
          installing: texts, for: forge, files: files, isFolder: repository.isFolder, overwrites: force)
    } catch {
      throw Ending.badInput(error.description)
    }
  }

  private func paste(_ texts: [TemplateText], _ forge: Forge) throws {
    if check || remove {
      return Output.error("\(forge.title) reads no file: there is nothing to \(remove ? "remove" : "check")")
    }
    guard let text = texts.first?.text(for: forge) else { return }
    try Output.write(text)
    Output.error("paste this into the repository's settings, as the default description of pull requests")
  }
}

extension TemplatePlan.Step.Kind {
  fileprivate var infinitive: String {
    switch self {
    case .made: "be made"
    case .extended: "get the block"
    case .updated: "change"
    case .cleared: "lose the block"
    case .deleted: "be deleted"
    }
  }

  fileprivate var past: String {
    switch self {
    case .made: "was made"
    case .extended: "has the block now"
    case .updated: "was updated"
    case .cleared: "is without the block"
    case .deleted: "was deleted"
    }
  }
}

/// The folders of a repository that hold templates.
struct TemplateFolder {
  let root: String

  /// - Throws: `Ending` where it is no folder.
  init(_ root: String) throws {
    self.root = root
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder) else {
      throw Ending.cannot("--root \(root.forMessage): there is no such folder")
    }
    guard isFolder.boolValue else {
      throw Ending.cannot("--root \(root.forMessage): this is a file; expected the root of a repository")
    }
  }

  private func place(of path: String) -> String { path.isEmpty ? root : "\(root)/\(path)" }

  func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: place(of: path), isDirectory: &isFolder) && isFolder.boolValue
  }

  /// The files that are of concern to a forge.
  func files(for forge: Forge) throws -> [TemplatePlan.File] {
    guard let rootPath = TemplateFolder.resolved(root) else {
      throw Ending.cannot("--root \(root.forMessage): \(String(cString: strerror(errno)))")
    }
    var files: [TemplatePlan.File] = []
    for folder in forge.folders {
      for path in try onDisk(folder, forge) {
        for name in try names(in: path) where forge.concerns(name, in: folder) {
          let file = path.isEmpty ? name : "\(path)/\(name)"
          if isFolder(file) { continue }
          let bytes = try Files.bytes(place(of: file))
          guard let identity = TemplateFolder.resolved(place(of: file)) else { continue }
          files.append(
            TemplatePlan.File(
              folder: folder, name: name, path: file, bytes: [UInt8](bytes), identity: identity,
              isOutside: !identity.hasPrefix(rootPath == "/" ? "/" : rootPath + "/")))
        }
      }
    }
    return files
  }

  /// The folders that the forge takes for this one.
  private func onDisk(_ folder: String, _ forge: Forge) throws -> [String] {
    var found = [""]
    for part in folder.split(separator: "/").map(String.init) {
      found = try found.flatMap { above -> [String] in
        let all =
          forge.foldersIgnoreCase ? try names(in: above).filter { $0.lowercased() == part.lowercased() } : [part]
        return all.map { above.isEmpty ? $0 : "\(above)/\($0)" }.filter(isFolder)
      }
    }
    return found
  }

  private func names(in path: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: place(of: path)).sorted()
    } catch {
      throw Ending.cannot("\((path.isEmpty ? root : path).forMessage): cannot be read: \(Output.reason(error))")
    }
  }

  private static func resolved(_ path: String) -> String? {
    guard let name = realpath(path, nil) else { return nil }
    defer { free(name) }
    return String(cString: name)
  }

  /// All files or none.
  func write(_ steps: [TemplatePlan.Step]) throws {
    let manager = FileManager.default
    let written = steps.filter { !$0.kind.isDeletion }
    for step in steps where step.kind != .made {
      let attributes = try? manager.attributesOfItem(atPath: TemplateFolder.resolved(place(of: step.path)) ?? "")
      let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
      // The file's own mode, which does not bind everybody, says what its owner wants.
      guard mode & 0o222 != 0, access(place(of: step.path), W_OK) == 0 else {
        throw Ending.cannot("\(step.path.forMessage): this is read-only; nothing was written")
      }
    }
    var made: [String] = []
    do {
      for step in written {
        for folder in TemplatePlan.parents(of: step.path).reversed() where !isFolder(folder) {
          guard mkdir(place(of: folder), 0o777) == 0 else {
            throw Ending.cannot(
              "\(folder.forMessage): the folder cannot be made: \(String(cString: strerror(errno)))")
          }
          made.append(folder)
        }
      }
      try Files.replace(
        written.map { step in
          let path = place(of: step.path)
          return (
            path,
            { beside in
              try Data(step.bytes).write(to: URL(fileURLWithPath: beside))
              var status = stat()
              if stat(path, &status) == 0 { chmod(beside, status.st_mode & 0o7777) }
            }
          )
        })
    } catch {
      for folder in made.reversed() { rmdir(place(of: folder)) }
      throw error
    }
    for step in steps {
      guard case .deleted = step.kind else { continue }
      guard unlink(place(of: step.path)) == 0 else {
        throw Ending.cannot("\(step.path.forMessage): \(String(cString: strerror(errno)))")
      }
    }
    let emptied = steps.flatMap { step -> [String] in
      guard case .deleted(let folders) = step.kind else { return [] }
      return Array(TemplatePlan.parents(of: step.path).prefix(folders))
    }
    // One that is not empty stays.
    for folder in Set(emptied).sorted(by: { $0.count > $1.count }) { rmdir(place(of: folder)) }
  }
}

extension TemplatePlan.Step.Kind {
  fileprivate var isDeletion: Bool { if case .deleted = self { true } else { false } }
}

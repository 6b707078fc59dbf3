import Documents
import Foundation
import KnowledgeModel
import Processes
import TextFormats

/// Folders of decision records on the disk.
enum RecordPlace {
  /// Larger files are no records.
  private static let largest = 4 << 20

  /// The folder that a person means: what `.adr-dir` names there, and below a repository's root the layout's habit.
  static func resolve(_ path: String, format: RecordFormat?, option: String) throws -> String {
    guard !path.isEmpty, path != "-" else { throw Ending.badInput("\(option) \(path): expected the name of a folder") }
    let root = trimmed(path)
    if let named = try adrDir(root) { return named }
    guard exists("\(root)/.git") else { return root }
    let habits = ["docs/decisions", "doc/adr", "docs/adr"]
    switch format {
    case .madr?: return "\(root)/docs/decisions"
    case .nygard?: return "\(root)/doc/adr"
    case nil: return "\(root)/\(habits.first { isFolder("\(root)/\($0)") } ?? habits[0])"
    }
  }

  /// The folder of the commands that work on one that is there.
  static func find(dir: String?, root: String) throws -> String {
    if let dir { return try resolve(dir, format: nil, option: "--dir") }
    let root = trimmed(root)
    guard isFolder(root) else { throw Ending.cannot("\(root): there is no such folder") }
    if let named = try adrDir(root) { return named }
    let places = ["decisions", "architecture/decisions", "docs/decisions", "doc/adr", "docs/adr"]
    guard let place = places.first(where: { isFolder("\(root)/\($0)") }) else {
      throw Ending.cannot(
        "\(root): there is no folder of decision records (looked for .adr-dir, \(places.joined(separator: ", "))); "
          + "name it by --dir")
    }
    return root == "." ? place : "\(root)/\(place)"
  }

  /// What `.adr-dir` of adr-tools names.
  private static func adrDir(_ root: String) throws -> String? {
    guard let data = FileManager.default.contents(atPath: "\(root)/.adr-dir") else { return nil }
    let text = String(decoding: data.prefix(4096), as: UTF8.self)
    let name = trimmed(text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
    let parts = name.split(separator: "/")
    guard !parts.isEmpty, !name.hasPrefix("/"), !parts.contains("..") else {
      throw Ending.badInput(
        "\(root)/.adr-dir:1:1: “\(name.forMessage)” is no folder below \(root); expected a path such as doc/adr")
    }
    return root == "." ? name : "\(root)/\(name)"
  }

  /// Reads the Markdown files of a folder.
  static func read(_ folder: String, mayBeMissing: Bool) throws -> RecordFolder {
    let manager = FileManager.default
    guard exists(folder) else {
      if mayBeMissing { return RecordFolder() }
      throw Ending.cannot("\(folder): there is no such folder")
    }
    guard isFolder(folder) else {
      throw Ending.cannot("\(folder): this is a file; expected a folder of decision records")
    }
    let names: [String]
    do {
      names = try manager.contentsOfDirectory(atPath: folder)
    } catch {
      throw Ending.cannot("\(folder): cannot be read: \(Output.reason(error))")
    }
    var files: [RecordFile] = []
    for name in names.sorted() where name.hasSuffix(".md") && !name.hasPrefix(".") && !isFolder("\(folder)/\(name)") {
      guard let handle = FileHandle(forReadingAtPath: "\(folder)/\(name)"),
        let data = try? handle.read(upToCount: largest + 1)
      else {
        throw Ending.cannot("\(folder)/\(name): cannot be read: \(String(cString: strerror(errno)))")
      }
      // What is no text keeps its number, and nothing else is known of it.
      let text = data.count > largest ? nil : String(validating: data, as: UTF8.self)
      files.append(RecordFile(name: name, text: text ?? ""))
    }
    return RecordFolder(files)
  }

  /// Writes files into a folder, each beside its place first; the folder is made where it is missing.
  static func write(_ files: [RecordFile], into folder: String) throws -> [String] {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Ending.cannot("\(folder): the folder cannot be made: \(Output.reason(error))")
    }
    let paths = files.map { "\(folder)/\($0.name)" }
    if let taken = paths.first(where: isFolder) {
      throw Ending.cannot("\(taken): this is a folder; expected a file, or nothing")
    }
    try Files.replace(
      zip(paths, files).map { path, file in (path, { try Data(file.text.utf8).write(to: URL(fileURLWithPath: $0)) }) })
    return paths
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func trimmed(_ path: String) -> String {
    var path = path[...]
    while path.last == "/" || path.last == " " { path = path.dropLast() }
    return path.isEmpty ? "/" : String(path)
  }
}

/// A revision of the git repository around a folder. Nothing is fetched.
struct Revision {
  let name: String
  let option: String

  init(_ name: String, option: String) throws {
    guard !name.isEmpty, !name.hasPrefix("-"), name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw Ending.badInput("\(option) “\(name.forMessage)”: expected a branch, tag or commit")
    }
    self.name = name
    self.option = option
  }

  /// The names of the Markdown files that the folder has there.
  /// - Throws: `Ending` with status 2 for a revision that is not there, 3 without a repository.
  func names(in folder: String) throws -> Set<String> {
    // The folder may be there in the revision alone.
    var base = folder
    var below: [String] = []
    while !RecordPlace.isFolder(base) {
      let parts = base.split(separator: "/", omittingEmptySubsequences: false)
      guard let last = parts.last else { break }
      if !last.isEmpty { below.insert(String(last), at: 0) }
      let rest = parts.dropLast().joined(separator: "/")
      base = rest.isEmpty ? (base.hasPrefix("/") ? "/" : ".") : rest
      if parts.count == 1 { break }
    }
    do throws(Subprocess.Problem) {
      _ = try git(base, ["rev-parse", "--verify", "--quiet", "\(name)^{commit}"])
    } catch {
      throw try unknown(error, base)
    }
    let path = below.isEmpty ? [] : ["--", below.joined(separator: "/") + "/"]
    let bytes: [UInt8]
    do throws(Subprocess.Problem) {
      bytes = try git(base, ["ls-tree", "-z", "--name-only", name] + path)
    } catch {
      throw Ending.cannot("\(option) \(name): git cannot list \(folder) there\(reason(error))")
    }
    return Set(
      bytes.split(separator: 0).compactMap { part in
        String(decoding: part, as: UTF8.self).split(separator: "/").last.map(String.init)
      }.filter { $0.hasSuffix(".md") })
  }

  func numbers(in folder: String) throws -> Set<Int> {
    Set(try names(in: folder).compactMap { RecordName($0)?.number })
  }

  private func unknown(_ problem: Subprocess.Problem, _ folder: String) throws -> Ending {
    if let inside = try? git(folder, ["rev-parse", "--is-inside-work-tree"]), inside.starts(with: "true".utf8) {
      let refs =
        (try? git(folder, ["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"]))
        ?? []
      let known = String(decoding: refs, as: UTF8.self).split(separator: "\n").map(String.init)
      let hint =
        nearest(name, among: known).map { "did you mean \($0)?" }
        ?? (known.isEmpty
          ? "there are no branches"
          : "there are \(known.prefix(8).joined(separator: ", "))\(known.count > 8 ? ", …" : "")")
      return Ending.badInput(
        "\(option) \(name.forMessage): there is no such branch, tag or commit in the repository of \(folder); \(hint). "
          + "A shallow clone has only what was fetched: git fetch origin \(name.forMessage)")
    }
    return Ending.cannot(
      "\(option) \(name.forMessage): \(folder) is in no git repository that can be read\(reason(problem))")
  }

  private func reason(_ problem: Subprocess.Problem) -> String {
    switch problem {
    case .failed(_, let message):
      let line = message.split(whereSeparator: \.isNewline).first.map { String($0).onOneLine(atMost: 200) } ?? ""
      return line.isEmpty ? "" : ": \(line)"
    case .timedOut: return ": git took longer than a minute"
    case .tooMuchOutput: return ": the listing is too long"
    case .cannotStart(let what): return ": \(what)"
    }
  }

  private func git(_ folder: String, _ arguments: [String]) throws(Subprocess.Problem) -> [UInt8] {
    let inherited = ProcessInfo.processInfo.environment
    guard let git = Subprocess.find("git", in: inherited) else { throw .cannotStart("git is not installed") }
    var environment = inherited.filter { ["PATH", "HOME", "XDG_CONFIG_HOME"].contains($0.key) }
    environment["LC_ALL"] = "C"
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    environment["GIT_TERMINAL_PROMPT"] = "0"
    environment["GIT_NO_LAZY_FETCH"] = "1"
    environment["GIT_ALLOW_PROTOCOL"] = "none"
    return try Subprocess.run(
      git, ["-C", folder, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"] + arguments,
      environment: environment, seconds: 60)
  }
}

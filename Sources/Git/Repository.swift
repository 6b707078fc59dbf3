internal import Foundation
internal import Processes

/// A repository, read by the git command: no program of its configuration is run, nothing is fetched or written.
public struct Repository: Sendable {
  /// The top folder of the working tree; the repository itself where there is none.
  public let root: String
  /// Whether there is no working tree.
  public let isBare: Bool
  /// Whether the history is cut off.
  public let isShallow: Bool
  /// Whether the clone left out contents that it would fetch when they are asked for.
  public let isPartial: Bool
  let git: GitCommand

  /// The repository that a folder belongs to.
  ///
  /// - Parameter environment: for the PATH and the person's own configuration; nothing else of it is used.
  public init(containing folder: String, environment: [String: String]) throws(GitProblem) {
    var command = try GitCommand(in: folder, environment: environment)
    let facts: [Substring]
    do throws(Subprocess.Problem) {
      let bytes = try command.run([
        "rev-parse", "--is-shallow-repository", "--is-bare-repository", "--is-inside-work-tree", "--show-cdup",
      ])
      facts = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    } catch {
      if case .failed(_, let message) = error {
        if message.contains("dubious ownership") { throw .foreignOwner(folder: folder) }
        if message.contains("not a git repository") || message.contains("cannot change to") {
          throw .noRepository(folder: folder)
        }
      }
      throw GitProblem(error)
    }
    guard facts.count >= 4 else { throw .failed("rev-parse said less than was asked") }
    isShallow = facts[0] == "true"
    isBare = facts[2] != "true"
    root = isBare || facts[3].isEmpty ? folder : "\(folder)/\(facts[3])"
    let settings = (try? command.run(["config", "-z", "--get-regexp", #"^(filter|remote|extensions)\."#])) ?? []
    var filters: [String] = []
    var partial = false
    for entry in settings.split(separator: 0) {
      let lines = entry.split(separator: 0x0A, maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
      let key = lines[0]
      if key.hasPrefix("filter."), let dot = key.lastIndex(of: "."), dot > key.index(key.startIndex, offsetBy: 6) {
        filters.append(String(key[key.index(key.startIndex, offsetBy: 7)..<dot]))
      }
      partial = partial || key == "extensions.partialclone" || key.hasSuffix(".promisor")
    }
    isPartial = partial
    command.disableFilters(Set(filters).sorted())
    // From here on paths are the same as in the listings: from the top.
    command.folder = root
    git = command
  }

  /// What differs between a base and the working tree, or between it and another commit.
  ///
  /// - Parameters:
  ///   - base: a commit; compared is what it has in common with the other side.
  ///   - head: the other side; nil for the working tree with staged and unstaged changes of tracked files.
  public func diff(base: String, head: String?) throws(GitProblem) -> Diff {
    if head == nil, isBare { throw .noWorkingTree(folder: root) }
    let base = try commit(base)
    let head: String? = if let head { try commit(head) } else { nil }
    // Without a common commit git ends with 1 and says nothing; a branch without commits has none either.
    let common = (try? git.run(["merge-base", base, head ?? "HEAD"])).map { bytes in
      String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }
    let sides = [common ?? base] + (head.map { [$0] } ?? [])
    let raw = ["--raw", "-z", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-relative"]
    let submodules = "--ignore-submodules=dirty"
    do throws(Subprocess.Problem) {
      let bytes = try git.run(["diff", "-M", submodules] + raw + sides + ["--"])
      return Diff(files: Diff.files(raw: bytes), hasCommonCommit: common != nil, looksForRenames: true)
    } catch {
      guard isPartial, case .failed = error else { throw GitProblem(error) }
    }
    // Similarity needs contents that a partial clone lacks; these commands look at none.
    do throws(Subprocess.Problem) {
      let command = head == nil ? ["diff-index", submodules] : ["diff-tree", "-r"]
      let bytes = try git.run(command + ["--no-renames"] + raw + sides + ["--"])
      return Diff(files: Diff.files(raw: bytes), hasCommonCommit: common != nil, looksForRenames: false)
    } catch {
      throw GitProblem(error)
    }
  }

  /// The id of a commit.
  private func commit(_ name: String) throws(GitProblem) -> String {
    // The environment of a program ends at a NUL, and so would the name.
    if !name.isEmpty, !name.utf8.contains(0),
      let bytes = try? git.run(["rev-parse", "--verify", "--quiet", "--end-of-options", "\(name)^{commit}"])
    {
      let id = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
      // `^name` is answered, too: it leaves out what it names.
      if id.allSatisfy(\.isHexDigit) { return id }
    }
    let bytes =
      (try? git.run(["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags"]))
    let names = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    throw .noSuchRevision(name, names: names, isShallow: isShallow)
  }

  /// Files and folders of the working tree that Git does not know, but for those it ignores.
  public func untracked() throws(GitProblem) -> [[UInt8]] {
    guard !isBare else { return [] }
    do throws(Subprocess.Problem) {
      let bytes = try git.run([
        "ls-files", "-z", "--others", "--exclude-standard", "--directory", "--no-empty-directory",
      ])
      return bytes.split(separator: 0).map(Array.init)
    } catch {
      throw GitProblem(error)
    }
  }
}

/// What differs between two states of a repository.
public struct Diff: Sendable, Hashable {
  /// In order of their paths.
  public var files: [ChangedFile]
  /// Whether the base's common commit with the other side was compared, and not the base itself.
  public var hasCommonCommit: Bool
  public var looksForRenames: Bool

  /// Reads `git diff --raw -z --no-abbrev`.
  static func files(raw: [UInt8]) -> [ChangedFile] {
    var files: [ChangedFile] = []
    var fields = raw.split(separator: 0, omittingEmptySubsequences: false)[...]
    while let head = fields.popFirst(), head.first == UInt8(ascii: ":") {
      let parts = head.dropFirst().split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
      guard parts.count == 5, let letter = parts[4].first, let first = fields.popFirst() else { break }
      var file = ChangedFile(status: .modified, path: Array(first))
      if letter == "R" || letter == "C", let second = fields.popFirst() {
        file.oldPath = Array(first)
        file.path = Array(second)
      }
      file.oldBlob = blob(parts[2])
      file.newBlob = blob(parts[3])
      file.isLink = parts[1] == "120000"
      file.isModeChanged = parts[0] != parts[1]
      let modes = [parts[0], parts[1]]
      file.status =
        switch letter {
        case _ where modes.contains("160000"): .submodule
        case "A": .added
        case "D": .deleted
        case "R": .renamed
        case "T": .typeChanged
        default: .modified
        }
      files.append(file)
    }
    return files.sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  private static func blob(_ id: String) -> String? { id.allSatisfy { $0 == "0" } ? nil : id }
}

import ArgumentParser
import Documents
import Foundation
import Git
import KnowledgeModel
import Review
import Synchronization
import TextFormats

/// Which diff a command looks at.
struct DiffOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only what the changes since this commit need: since what it has in common with HEAD, as far as the working tree.",
      valueName: "rev"))
  var base: String?
  @Option(help: ArgumentHelp("With --base: compare with this commit instead of the working tree.", valueName: "rev"))
  var head: String?

  func validate() throws {
    if head != nil, base == nil { throw ValidationError("--head needs --base.") }
  }
}

/// The checks that a diff calls for, and what of it could not be seen.
struct DiffSelection {
  let called: [CalledCheck]
  /// How many files differ.
  let fileCount: Int
  let unseen: [Unseen]

  /// Files that are named for each reason.
  private static let named = 5
  /// Bytes of a file that is looked into.
  private static let largest = 1 << 20

  /// - Throws: `Ending` where there is no git, no repository, or no such commit.
  init(_ comparison: Comparison, knowledge: Knowledge) throws {
    let base = comparison.base
    do throws(GitProblem) {
      let (repository, diff, untracked) = try comparison.value()
      var reading = DiffReading(repository, DiffFinder(knowledge.changes, for: knowledge.checks), largest: Self.largest)
      try reading.read(diff, untracked, base: base, isWorkingTree: comparison.head == nil)
      called = reading.finder.called(by: reading.places)
      fileCount = reading.fileCount
      unseen = reading.unseen(naming: Self.named)
    } catch {
      throw DiffSelection.ending(error, base)
    }
  }

  /// What the checklist begins with; nil for what it says of itself.
  ///
  /// - Parameter items: those that are left of the ones called for.
  func lead(_ items: [ChecklistItem]) -> String? {
    guard items.isEmpty else { return nil }
    let files = fileCount == 1 ? "1 file" : "\(fileCount) files"
    return called.isEmpty
      ? "Nothing in this diff (\(files)) calls for a check of the guide."
      : "Nothing that this diff (\(files)) calls for is left: it does not apply, or is of another phase or area."
  }

  static func ending(_ problem: GitProblem, _ base: String) -> Ending {
    switch problem {
    case .noGit: return .cannot("--base: the git command is not there; it reads the repository")
    case .noRepository(let folder):
      return .badInput("--base: \(place(folder)) belongs to no git repository; run it in a checkout")
    case .foreignOwner(let folder):
      return .cannot(
        "--base: git refuses \(place(folder)) because it belongs to somebody else; if you trust it: git config --global "
          + "--add safe.directory \(URL(fileURLWithPath: folder).standardizedFileURL.path.quotedForShell)")
    case .noWorkingTree(let folder):
      return .badInput("--base: \(place(folder)) has no working tree to compare; name a commit by --head")
    case .noSuchRevision(let name, let names, let isShallow):
      let option = name == base ? "--base" : "--head"
      let near = names.first { $0.hasSuffix("/\(name)") } ?? nearest(name, among: names)
      let hint = near.map { "; did you mean \($0.forMessage)?" } ?? ""
      let branch = name.hasPrefix("origin/") ? String(name.dropFirst(7)) : name
      let fetch =
        isShallow
        ? "; this clone is shallow: git fetch --depth=1 origin \(branch.forMessage.quotedForShell) gets it if it is a "
          + "branch there (in a workflow: fetch-depth: 0)" : ""
      return .badInput("\(option) \(name.forMessage): there is no such commit, branch or tag\(hint)\(fetch)")
    case .failed(let message):
      return .cannot("--base: git could not read the repository: \(message.onOneLine(atMost: 200))")
    }
  }

  private static func place(_ folder: String) -> String { folder == "." ? "this folder" : folder.forMessage }
}

extension DiffSelection {
  /// What git compares in the repository that a folder belongs to, begun at once: the knowledge is read meanwhile.
  final class Comparison: Sendable {
    let base: String
    let head: String?
    fileprivate typealias Value = (Repository, Diff, UntrackedListing?)
    private let result = Mutex<Result<Value, GitProblem>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    init(base: String, head: String?, in folder: String = ".") {
      self.base = base
      self.head = head
      DispatchQueue.global().async { [self] in
        let compared = Result { () throws(GitProblem) -> Value in
          let repository = try Repository(containing: folder, environment: ProcessInfo.processInfo.environment)
          let untracked = head == nil && !repository.isBare ? UntrackedListing(repository) : nil
          return (repository, try repository.diff(base: base, head: head), untracked)
        }
        result.withLock { $0 = compared }
        isDone.signal()
      }
    }

    /// To be asked once.
    fileprivate func value() throws(GitProblem) -> Value {
      isDone.wait()
      guard let result = result.withLock({ $0 }) else { throw .failed("the comparison did not run") }
      return try result.get()
    }
  }
}

/// The way through a diff: paths first, then the new contents of those that matter, then the former contents of those
/// that show something.
private struct DiffReading {
  let repository: Repository
  var finder: DiffFinder
  let largest: Int
  var places: [DiffPlace] = []
  var fileCount = 0
  private var remarks: [String] = []
  /// By the reason; files in order of their paths.
  private var unread: [(reason: String, files: [[UInt8]])] = []

  init(_ repository: Repository, _ finder: DiffFinder, largest: Int) {
    self.repository = repository
    self.finder = finder
    self.largest = largest
  }

  private struct Candidate: Sendable {
    var file: ChangedFile
    var watch: DiffFinder.Watch
    var finds: DiffFinder.Finds?
    var contents: [UInt8]?
  }

  mutating func read(
    _ diff: Diff, _ untracked: UntrackedListing?, base: String, isWorkingTree: Bool
  ) throws(GitProblem) {
    fileCount = diff.files.count
    if !diff.hasCommonCommit {
      remarks.append(
        "\(base.forMessage) has no commit in common with the other side, so the two are compared directly"
          + (repository.isShallow
            ? "; this clone is shallow: git fetch --deepen=1000, or fetch-depth: 0 in a workflow, brings the history"
            : ""))
    }
    if !diff.looksForRenames {
      remarks.append("This clone is a partial one, and nothing is fetched: renamed files count as new")
    }
    try readOld(try readNew(diff.files, isWorkingTree: isWorkingTree))
    places.sort { ($0.file, $0.change) < ($1.file, $1.change) }
    if let untracked = try untracked?.paths(), !untracked.isEmpty {
      unread.append(("Untracked files and folders, which git does not compare", untracked))
    }
  }

  /// Takes the paths, and the new contents of those that matter: what the lines say; where only the path counts,
  /// whether there is a change at all.
  private mutating func readNew(_ files: [ChangedFile], isWorkingTree: Bool) throws(GitProblem) -> [Candidate] {
    let (repository, finder, largest) = (repository, finder, largest)
    typealias New = (watch: DiffFinder.Watch, contents: FileContents, finds: DiffFinder.Finds?)
    let seen = inParallel(files.count, DiffFinder.Endings()) { number, endings -> New? in
      let file = files[number]
      guard file.status != .submodule, let watch = finder.watch(file.path, &endings) else { return nil }
      let isRead = !watch.isUnreviewed && !file.isLink && file.status != .deleted
      guard isRead, watch.readsLines || file.isModeChanged, isWorkingTree else { return (watch, .missing, nil) }
      let contents = repository.workingFile(file.path, largest: largest)
      guard case .text(let bytes) = contents else { return (watch, contents, nil) }
      // The contents of most files are not needed any more.
      return (watch, file.isModeChanged ? contents : .text([]), finder.finds(of: watch, in: bytes))
    }
    var candidates: [Candidate] = []
    var new: [New?] = []
    for (file, seen) in zip(files, seen) {
      if file.status == .submodule {
        add(file, "Submodules, where the commit alone is compared")
        continue
      }
      guard let seen else { continue }
      if seen.watch.isUnreviewed {
        add(file, "Foreign, locked or generated files, which call for nothing")
      } else if file.isLink {
        add(file, "Symbolic links, which are not followed")
      } else if file.status == .deleted {
        places += seen.watch.kinds.map { DiffPlace(change: $0, file: shown(file.path), lines: []) }
      } else {
        candidates.append(Candidate(file: file, watch: seen.watch))
        new.append(seen.watch.readsLines || file.isModeChanged ? seen : nil)
      }
    }
    var byBlob: [String: [Int]] = [:]
    for number in candidates.indices {
      guard let (_, contents, finds) = new[number] else { continue }
      // Of a sparse checkout the file is not there, but what it holds is known.
      if contents == .missing, let blob = candidates[number].file.newBlob {
        byBlob[blob, default: []].append(number)
      } else {
        take(contents, finds, for: &candidates[number])
      }
    }
    try repository.blobs(byBlob.keys.sorted(), largest: largest) { blob, contents in
      for number in byBlob[blob] ?? [] {
        let finds: DiffFinder.Finds? =
          if case .text(let bytes) = contents { finder.finds(of: candidates[number].watch, in: bytes) } else { nil }
        take(contents, finds, for: &candidates[number])
      }
    }
    return candidates
  }

  private mutating func take(_ contents: FileContents, _ finds: DiffFinder.Finds?, for candidate: inout Candidate) {
    switch contents {
    case .text(let bytes):
      candidate.finds = finds
      if candidate.file.isModeChanged { candidate.contents = bytes }
    case .binary: add(candidate.file, "Binary files")
    case .tooLarge: add(candidate.file, "Files of more than 1 MiB")
    case .missing: add(candidate.file, "Files that are not in this clone")
    }
  }

  /// Takes the former contents away from the new ones.
  private mutating func readOld(_ candidates: [Candidate]) throws(GitProblem) {
    var byBlob: [String: [Candidate]] = [:]
    for candidate in candidates {
      let mayBeMode = candidate.file.isModeChanged && !candidate.watch.kinds.isEmpty
      if let blob = candidate.file.oldBlob, candidate.finds?.isEmpty == false || mayBeMode {
        byBlob[blob, default: []].append(candidate)
      } else {
        say(candidate, candidate.finds)
      }
    }
    let (repository, all) = (repository, byBlob)
    /// What the contents are, and what each candidate gained; nil for one that did not change.
    typealias Old = (contents: FileContents, gained: [DiffFinder.Finds??])
    try repository.blobs(
      byBlob.keys.sorted(), largest: largest,
      taking: { blob, contents -> Old in
        guard case .text(let old) = contents else { return (contents, []) }
        let gained = (all[blob] ?? []).map { candidate -> DiffFinder.Finds?? in
          if let new = candidate.contents, new == old { return nil }
          return .some(candidate.finds?.gained(since: old))
        }
        return (.text([]), gained)
      }
    ) { blob, old in
      for (number, candidate) in (byBlob[blob] ?? []).enumerated() {
        switch old.contents {
        case .text:
          if let gained = old.gained[number] { say(candidate, gained) }
        case .binary: say(candidate, candidate.finds)
        case .tooLarge:
          say(candidate, nil)
          add(candidate.file, "Files of more than 1 MiB before")
        case .missing:
          say(candidate, nil)
          add(candidate.file, "Files whose former version is not in this clone")
        }
      }
    }
  }

  private mutating func say(_ candidate: Candidate, _ finds: DiffFinder.Finds?) {
    let file = shown(candidate.file.path)
    places += candidate.watch.kinds.map { DiffPlace(change: $0, file: file, lines: []) }
    places += finds?.places(in: file) ?? []
  }

  private mutating func add(_ file: ChangedFile, _ reason: String) {
    if let number = unread.firstIndex(where: { $0.reason == reason }) {
      unread[number].files.append(file.path)
    } else {
      unread.append((reason, [file.path]))
    }
  }

  func unseen(naming most: Int) -> [Unseen] {
    remarks.map { Unseen(reason: $0) }
      + unread.map { reason, files in
        let sorted = files.sorted { $0.lexicographicallyPrecedes($1) }
        return Unseen(
          reason: reason, files: sorted.prefix(most).map { shown($0) }, count: files.count)
      }
  }
}

/// The values for each number, in order, worked out by all processors.
///
/// - Parameter state: what a processor has to itself, to begin with.
private func inParallel<Value: Sendable, State: Sendable>(
  _ count: Int, _ state: State, _ value: @escaping @Sendable (Int, inout State) -> Value
) -> [Value] {
  let parts = max(1, min(ProcessInfo.processInfo.activeProcessorCount, count / 32))
  let results = Mutex([[Value]](repeating: [], count: parts))
  DispatchQueue.concurrentPerform(iterations: parts) { part in
    var state = state
    let values = (part * count / parts..<(part + 1) * count / parts).map { value($0, &state) }
    results.withLock { $0[part] = values }
  }
  return results.withLock { $0.flatMap { $0 } }
}

/// The untracked files, listed while the rest is read: in a large repository it takes as long as the comparison.
private final class UntrackedListing: Sendable {
  private let result = Mutex<Result<[[UInt8]], GitProblem>>(.success([]))
  private let isDone = DispatchSemaphore(value: 0)

  init(_ repository: Repository) {
    DispatchQueue.global().async { [self] in
      let listed = Result { () throws(GitProblem) in try repository.untracked() }
      result.withLock { $0 = listed }
      isDone.signal()
    }
  }

  /// To be asked once.
  func paths() throws(GitProblem) -> [[UInt8]] {
    isDone.wait()
    return try result.withLock { $0 }.get()
  }
}

/// A path as a text on one line: as it is, or quoted as git does where it holds bytes that are none, or that hide others.
private func shown(_ path: [UInt8]) -> String {
  let isPlain = path.allSatisfy { 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  if isPlain { return String(decoding: path, as: UTF8.self) }
  if let text = String(validating: path, as: UTF8.self), !text.contains("\""), !text.contains("\\"),
    text.onOneLine(atMost: .max) == text
  {
    return text
  }
  var text = "\""
  for byte in path {
    switch byte {
    case 0x0A: text += "\\n"
    case 0x09: text += "\\t"
    case 0x22, 0x5C: text += "\\\(UnicodeScalar(byte))"
    case 0x20..<0x7F: text.unicodeScalars.append(UnicodeScalar(byte))
    default: text += "\\" + ("00" + String(byte, radix: 8)).suffix(3)
    }
  }
  return text + "\""
}

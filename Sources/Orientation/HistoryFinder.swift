internal import Processes

/// What the history says of failures.
public struct History: Sendable, Hashable {
  public struct Commit: Sendable, Hashable {
    public var id: String
    /// ISO date of the commit, in its own time zone.
    public var date: String
    public var subject: String
  }

  /// The latest commits that read like a repair, at most ten.
  public var fixes: [Commit] = []
  /// How many commits were looked at, and how many of them read like a repair.
  public var looked = 0
  public var fixCount = 0
  /// Files by how many of these commits changed them, the most often changed first.
  public var hot: [(path: String, count: Int)] = []
  /// Documents on incidents.
  public var documents: [Place] = []
  /// The latest entries of a change log that speak of repairs, for a tree without history.
  public var changes: [(text: String, place: Place)] = []
  /// Why there is no history.
  public var remark: String?

  public static func == (a: History, b: History) -> Bool {
    a.fixes == b.fixes && a.looked == b.looked && a.hot.map(\.path) == b.hot.map(\.path) && a.documents == b.documents
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(fixes) }
}

enum HistoryFinder {
  /// Commits that are looked at.
  static let depth = 3000

  static func find(_ tree: CodeTree, environment: [String: String]) -> History {
    var history = History()
    documents(tree, &history)
    log(tree, environment, &history)
    if history.fixes.isEmpty { changelog(tree, &history) }
    return history
  }

  /// Options that keep a repository's own configuration from running anything, reaching out or writing.
  static let guards = [
    "--no-pager", "--no-optional-locks", "--no-replace-objects", "-c", "core.fsmonitor=false", "-c",
    "core.hooksPath=/dev/null", "-c", "core.pager=cat",
    "-c", "core.untrackedCache=false", "-c", "log.showSignature=false", "-c", "diff.external=", "-c",
    "core.sshCommand=false", "-c",
    "core.askPass=", "-c", "credential.helper=", "-c", "protocol.allow=never", "-c", "core.alternateRefsCommand=false",
    "-c",
    "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.attributesFile=/dev/null", "-c", "log.mailmap=false", "-c",
    "submodule.recurse=false",
    "-c", "color.ui=false", "-c", "core.quotePath=false", "-c", "log.follow=false",
  ]

  static func gitEnvironment(_ environment: [String: String]) -> [String: String] {
    [
      "PATH": environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/nonexistent",
      "XDG_CONFIG_HOME": "/nonexistent",
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_TERMINAL_PROMPT": "0",
      "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat", "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1",
      "GIT_ASKPASS": "/bin/false",
      "SSH_ASKPASS": "/bin/false", "GIT_ATTR_NOSYSTEM": "1", "GIT_DISCOVERY_ACROSS_FILESYSTEM": "0",
    ]
  }

  private static func log(_ tree: CodeTree, _ environment: [String: String], _ history: inout History) {
    guard let git = Subprocess.find("git", in: environment) else {
      history.remark = "git is not installed"
      return
    }
    let bytes: [UInt8]
    do throws(Subprocess.Problem) {
      bytes = try Subprocess.run(
        git,
        ["-C", tree.root] + guards + [
          "log", "-n", "\(depth)", "--no-merges", "--no-renames", "--no-ext-diff", "--no-textconv",
          "--no-show-signature", "--no-color",
          "--no-notes", "--name-only", "-z", "--format=%x1e%h%x1f%cs%x1f%s%x1d", "--", ".",
        ], environment: gitEnvironment(environment), seconds: 60)
    } catch {
      switch error {
      case .failed(_, let message):
        let first = message.split(separator: "\n").first.map { String($0).forLine } ?? ""
        if message.contains("not a git repository") {
          history.remark = "this is no git checkout"
        } else if message.contains("dubious ownership") {
          history.remark =
            "git refuses this folder because it belongs to somebody else; if you trust it: git config --global --add safe.directory DIR, then look with git log"
        } else if message.contains("does not have any commits") {
          history.remark = "there are no commits yet"
        } else {
          history.remark = "git could not read the history: \(first.prefix(200))"
        }
      case .timedOut: history.remark = "git took longer than a minute"
      case .tooMuchOutput: history.remark = "the history is too large to be read at once"
      case .cannotStart: history.remark = "git could not be started"
      }
      return
    }
    var counts: [String: Int] = [:]
    for record in bytes.split(separator: 0x1E) {
      guard let end = record.firstIndex(of: 0x1D) else { continue }
      let fields = record[..<end].split(separator: 0x1F, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
      }
      guard fields.count == 3 else { continue }
      history.looked += 1
      guard readsLikeFix(fields[2]) else { continue }
      history.fixCount += 1
      if history.fixes.count < 10 {
        history.fixes.append(.init(id: fields[0], date: fields[1], subject: String(fields[2].forLine.prefix(160))))
      }
      let names = record[record.index(after: end)...].split(separator: 0).map { name in
        String(decoding: name.drop { $0 == 0x0A }, as: UTF8.self)
      }
      // A commit that touches everything says nothing about any file.
      guard names.count <= 40 else { continue }
      for name in names where !name.isEmpty && !isNoise(name) { counts[name, default: 0] += 1 }
    }
    history.hot = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10).filter { $0.value > 1 }.map {
      ($0.key.forLine, $0.value)
    }
    if history.looked == 0 { history.remark = "git knows no commits of this folder" }
  }

  private static let words: Set<String> = [
    "fix", "fixes", "fixed", "fixing", "bugfix", "hotfix", "revert", "reverts", "regression", "incident", "postmortem",
    "outage",
    "rollback", "crash", "crashes", "deadlock", "leak", "race", "panic", "segfault", "oom", "corruption", "broken",
    "bug", "bugs", "timeout",
    "overflow", "vulnerability", "security", "workaround", "hang", "hangs",
  ]

  /// Whether a commit's subject speaks of a repair.
  static func readsLikeFix(_ subject: String) -> Bool {
    let lower = subject.lowercased()
    let parts = lower.split { !($0.isLetter || $0.isNumber) }.map(String.init)
    if parts.contains("cve") || lower.contains("post-mortem") || lower.contains("roll back") { return true }
    guard parts.contains(where: { words.contains($0) }) else { return false }
    // Spelling and style are repaired too, but teach nothing about failures.
    let trivial: Set<String> = [
      "typo", "typos", "lint", "spelling", "whitespace", "grammar", "readme", "changelog", "formatting",
    ]
    return !parts.contains { trivial.contains($0) }
  }

  private static func isNoise(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    return name.hasPrefix("changelog") || name.hasPrefix("changes") || name.hasSuffix(".lock")
      || name.hasSuffix("-lock.json") || name == "go.sum" || name == "package-lock.json" || name.hasSuffix(".po")
      || name.hasSuffix(".snap")
      || name == "version" || name == "news" || name == "news.rst"
  }

  private static func documents(_ tree: CodeTree, _ history: inout History) {
    let signs = ["postmortem", "post-mortem", "post_mortem", "incident", "outage", "root-cause", "rca"]
    for file in tree.files where history.documents.count < 20 {
      let path = file.path.lowercased()
      guard path.hasSuffix(".md") || path.hasSuffix(".rst") || path.hasSuffix(".adoc") || path.hasSuffix(".txt") else {
        continue
      }
      let parts = path.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
      if signs.contains(where: { sign in
        parts.contains { $0 == sign || $0 == sign + "s" } || sign.count > 4 && path.contains(sign)
      }) {
        history.documents.append(Place(file: file.path, line: 1))
      }
    }
  }

  /// Lines of a change log that speak of repairs: the best there is in a tree without history.
  private static func changelog(_ tree: CodeTree, _ history: inout History) {
    let names = [
      "CHANGELOG.md", "CHANGELOG.rst", "CHANGELOG", "CHANGES.md", "CHANGES.rst", "CHANGES", "Changelog", "ChangeLog",
      "NEWS.md", "NEWS.rst", "NEWS", "CHANGELOG.txt", "doc/CHANGELOG", "doc/news.rst", "HISTORY.md", "HISTORY.rst",
      "History.md", "release-notes.md", "CHANGES.txt", "docs/CHANGELOG.md",
    ]
    for name in names {
      guard let text = tree.text(name, upTo: 200_000) else { continue }
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      where history.changes.count < 10 {
        let body = line.trimmed
        guard body.hasPrefix("-") || body.hasPrefix("*") || body.hasPrefix("•") || line.hasPrefix("  "), body.count > 8,
          readsLikeFix(body)
        else { continue }
        history.changes.append(
          (String(body.drop { "-*• ".contains($0) }.prefix(160)).forLine, Place(file: name, line: number + 1)))
      }
      if !history.changes.isEmpty { return }
    }
  }
}

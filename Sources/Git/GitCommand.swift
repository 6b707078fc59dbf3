internal import Foundation
internal import Processes

/// The git command, so called that nothing which a repository's configuration names is run, nothing is fetched and
/// nothing is written.
struct GitCommand: Sendable {
  let path: String
  var folder: String
  var environment: [String: String]

  /// - Throws: `noGit`.
  init(in folder: String, environment inherited: [String: String]) throws(GitProblem) {
    guard let path = Subprocess.find("git", in: inherited) else { throw .noGit }
    self.path = path
    self.folder = folder
    environment = [
      "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat",
      "GIT_ASKPASS": "/bin/false", "SSH_ASKPASS": "/bin/false", "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1",
    ]
    // The person's own configuration is kept: it says which folders of other owners they trust.
    for name in ["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"] { environment[name] = inherited[name] }
  }

  private static let guards = [
    "--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
    "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "-c", "core.hooksPath=/dev/null",
    "-c", "core.sshCommand=false", "-c", "core.gitProxy=false", "-c", "core.alternateRefsCommand=false",
    "-c", "credential.helper=", "-c", "protocol.allow=never", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
    "-c", "submodule.recurse=false", "-c", "diff.external=", "-c", "diff.orderFile=/dev/null",
    "-c", "core.quotePath=false", "-c", "color.ui=false",
  ]

  /// Filters of this configuration are programs; none is run from now on.
  /// - Parameter names: of filters, in any bytes.
  mutating func disableFilters(_ names: [String]) {
    var number = 0
    for name in names {
      for (key, value) in [("clean", ""), ("smudge", ""), ("process", ""), ("required", "false")] {
        environment["GIT_CONFIG_KEY_\(number)"] = "filter.\(name).\(key)"
        environment["GIT_CONFIG_VALUE_\(number)"] = value
        number += 1
      }
    }
    if number > 0 { environment["GIT_CONFIG_COUNT"] = "\(number)" }
  }

  func run(_ arguments: [String], input: String? = nil, most: Int = 256 << 20) throws(Subprocess.Problem) -> [UInt8] {
    try Subprocess.run(
      path, ["-C", folder] + GitCommand.guards + arguments, environment: environment, input: input, seconds: 300,
      most: most)
  }
}

extension GitProblem {
  init(_ problem: Subprocess.Problem) {
    switch problem {
    case .failed(_, let message):
      let line = message.split(separator: "\n").first.map(String.init) ?? "it ended without a word"
      self = .failed(line.hasPrefix("fatal: ") ? String(line.dropFirst(7)) : line)
    case .timedOut: self = .failed("it took longer than five minutes")
    case .tooMuchOutput: self = .failed("it listed more than can be read")
    case .cannotStart(let message): self = .failed(message)
    }
  }
}

import Foundation
import Processes

/// A repository in a folder of its own, made by the git command as a person would.
final class Workshop {
  let folder: String
  let environment = [
    "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.org", "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_DATE": "2026-11-22T10:00:00Z", "GIT_COMMITTER_DATE": "2026-11-22T10:00:00Z",
  ]
  /// What the product gets: what a person's shell has.
  let plain = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]

  init(_ files: [String: String] = [:]) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("git-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if !files.isEmpty {
      try git("init", "-q", "-b", "main")
      try commit(files)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @discardableResult func git(_ arguments: String...) throws -> String {
    let bytes = try Subprocess.run(
      "/usr/bin/git", ["-C", folder, "-c", "protocol.file.allow=always"] + arguments, environment: environment,
      seconds: 60)
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  func write(_ files: [String: String]) throws {
    for (path, text) in files {
      let url = URL(fileURLWithPath: "\(folder)/\(path)")
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
  }

  func commit(_ files: [String: String], _ subject: String = "change") throws {
    try write(files)
    try git("add", "-A")
    try git("commit", "-q", "--allow-empty", "-m", subject)
  }

  func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: "\(folder)/\(path)") }
}

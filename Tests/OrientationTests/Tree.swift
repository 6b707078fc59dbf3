import Foundation
import Testing

@testable import Orientation

/// A folder that is removed when the value goes away.
final class Folder {
  let path: String

  init(_ files: [String: String] = [:]) throws {
    path = NSTemporaryDirectory() + "plumbline-orient-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try write(name, text) }
  }

  func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }

  func write(_ name: String, _ data: Data) throws {
    let full = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (full as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try data.write(to: URL(fileURLWithPath: full))
  }

  var tree: CodeTree { CodeTree(root: path) }

  /// `GET /path` of every route found, in order.
  var routes: [String] { RouteFinder.find(Project(tree: tree)).routes.map { "\($0.method) \($0.path)" } }

  var report: OrientationReport {
    OrientationReport(tree, name: "sample", steps: [], environment: ["PATH": "/usr/bin:/bin"])
  }

  deinit {
    // A folder that was made unreadable has to be opened first.
    for case let name as String in FileManager.default.enumerator(atPath: path) ?? .init() {
      // chmod follows links, and those of a test lead out of its folder.
      var status = stat()
      if lstat(path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { chmod(path + "/" + name, 0o700) }
    }
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// Lines of a fixture as the routes that it must give, sorted as the finder sorts.
func expect(_ files: [String: String], _ wanted: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let found = try Folder(files).routes.sorted()
  let lines = wanted.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    .sorted()
  #expect(found == lines, sourceLocation: sourceLocation)
}

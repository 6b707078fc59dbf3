import Foundation
import Git
import KnowledgeModel
import MigrationAnalysis
import SchemaAnalysis
import TextFormats

/// Which migrations are judged: all, those after a version, or those that a diff touches.
struct MigrationSelection {
  /// How many steps, from the first, are deployed.
  let deployed: Int
  /// The texts that a diff touches; nil where all count.
  private let texts: Set<Int>?

  func isJudged(_ place: SQLPlace) -> Bool { texts?.contains(place.text) ?? true }

  /// - Throws: `Ending` where there is no such migration, repository or commit.
  init(_ input: SQLInput, since: String?, base: String?, paths: [String]) throws {
    if let since {
      deployed = try Self.index(of: since, in: input) + 1
      texts = nil
    } else if let base {
      let changed = try Self.changed(input, base, paths)
      texts = changed
      deployed =
        input.steps.firstIndex { step in
          (step.up + (step.down ?? [])).contains { changed.contains($0.text) }
        } ?? input.steps.count
    } else {
      deployed = 0
      texts = nil
    }
  }

  private static func index(of version: String, in input: SQLInput) throws -> Int {
    let names = input.steps.map(\.name)
    if let index = names.firstIndex(of: version) { return index }
    func isVersion(_ name: String) -> Bool {
      let file = name.split(separator: "/").last.map(String.init) ?? name
      guard file != version else { return true }
      // 7 means 0007.
      if let number = Int(version), let other = Int(file.prefix { $0.isNumber }) { return number == other }
      guard file.hasPrefix(version), let next = file.dropFirst(version.count).first else { return false }
      return !(next.isLetter || next.isNumber)
    }
    let matches = names.indices.filter { isVersion(names[$0]) }
    if matches.count == 1 { return matches[0] }
    if matches.count > 1 {
      throw Ending.badInput(
        "--since \(version.forMessage): \(matches.count) migrations begin with it, as \(names[matches[0]].forMessage) and \(names[matches[1]].forMessage); name one"
      )
    }
    let hint = nearest(version, among: names).map { "; did you mean \($0.forMessage)?" } ?? ""
    throw Ending.badInput("--since \(version.forMessage): there is no such migration\(hint)")
  }

  private static func changed(_ input: SQLInput, _ base: String, _ paths: [String]) throws -> Set<Int> {
    let folder = paths.first { $0 != "-" }.map { path in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      return isFolder.boolValue ? path : URL(fileURLWithPath: path).deletingLastPathComponent().path
    }
    guard let folder else { throw Ending.badInput("--base: standard input belongs to no repository; name files") }
    do throws(GitProblem) {
      let repository = try Repository(containing: folder, environment: ProcessInfo.processInfo.environment)
      let diff = try repository.diff(base: base, head: nil)
      var changed = Set(diff.files.map { resolved("\(repository.root)/\(String(decoding: $0.path, as: UTF8.self))") })
      var folders: [String] = []
      for path in try repository.untracked() {
        let place = "\(repository.root)/\(String(decoding: path, as: UTF8.self))"
        if place.hasSuffix("/") { folders.append(resolved(place) + "/") } else { changed.insert(resolved(place)) }
      }
      let names = input.names
      return Set(
        names.indices.filter { index in
          let path = resolved(names[index])
          return changed.contains(path) || folders.contains { path.hasPrefix($0) }
        })
    } catch {
      throw DiffSelection.ending(error, base)
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let name = realpath(path, nil) else { return URL(fileURLWithPath: path).standardizedFileURL.path }
    defer { free(name) }
    return String(cString: name)
  }
}

private import Foundation
internal import SQLSyntax
private import TextFormats

/// Follows psql's `\i` and `\ir` to files that were read anyway or that lie in the same folder or below.
struct IncludedFiles {
  private struct Include {
    let range: Range<Int>
    let path: String
  }

  private static let deepest = 20
  private var files: [String: SQLFile] = [:]
  private var includes: [String: [Include]] = [:]

  /// Finds what files include.
  /// - Returns: the paths of those that are, and what could not be followed.
  mutating func gather(_ given: [SQLFile], root: String?) -> (paths: Set<String>, remarks: [SQLInput.Remark]) {
    var remarks: [SQLInput.Remark] = []
    var included: Set<String> = []
    var open = given
    for file in given { files[file.path] = file }
    var byName: [String: String] = [:]
    for file in given { if let name = Self.real(file.path) { byName[name] = file.path } }
    while let file = open.popLast() {
      guard includes[file.path] == nil else { continue }
      includes[file.path] = []
      for (range, name) in Self.commands(file.text) {
        let place = file.text.position(at: range.lowerBound)
        func passed(_ why: String) {
          remarks.append(
            SQLInput.Remark(file.path, "line \(place.line), column \(place.column): \(Paths.shown(name)) \(why)"))
        }
        guard file.path != "-" else {
          passed("is not included: where standard input comes from is not known")
          continue
        }
        let base = root ?? file.folder
        let candidates = (name.hasPrefix("/") ? [name] : [Paths.join(file.folder, name), Paths.join(base, name), name])
        guard let real = candidates.lazy.compactMap(Self.real).first(where: { _ in true }) else {
          passed("is to be included and is not there; passed over")
          continue
        }
        guard let top = Self.real(base), real.hasPrefix(top == "/" ? top : top + "/") else {
          passed("is to be included and lies outside of \(Paths.shown(base)); passed over")
          continue
        }
        let path = byName[real] ?? candidates.first { Self.real($0) == real } ?? real
        if files[path] == nil {
          guard case .file = SQLFileReader.look(path).kind, let bytes = try? SQLFileReader.bytes(path) else {
            passed("is to be included and is no file of SQL; passed over")
            continue
          }
          let file = SQLFile(path: path, bytes: bytes)
          files[path] = file
          byName[real] = path
          open.append(file)
        }
        if path != file.path { included.insert(path) }
        includes[file.path, default: []].append(Include(range: range, path: path))
      }
    }
    // A ring of files would leave none to begin with.
    if given.allSatisfy({ included.contains($0.path) }) { included = [] }
    return (included, remarks)
  }

  /// A part of a file, cut where it includes others, and these between.
  func sections(_ file: SQLFile, _ range: Range<Int>) -> [(file: SQLFile, range: Range<Int>)] {
    var budget = 10_000
    return sections(file, range, within: [], &budget)
  }

  private func sections(
    _ file: SQLFile, _ range: Range<Int>, within: [String], _ budget: inout Int
  ) -> [(file: SQLFile, range: Range<Int>)] {
    var sections: [(file: SQLFile, range: Range<Int>)] = []
    var at = range.lowerBound
    for include in includes[file.path] ?? [] where range.contains(include.range.lowerBound) {
      budget -= 1
      guard let other = files[include.path], include.path != file.path, !within.contains(include.path),
        within.count < Self.deepest, budget > 0
      else { continue }
      if include.range.lowerBound > at { sections.append((file, at..<include.range.lowerBound)) }
      at = include.range.upperBound
      sections += self.sections(other, other.text.bytes.indices, within: within + [file.path], &budget)
    }
    if at < range.upperBound || sections.isEmpty { sections.append((file, at..<max(at, range.upperBound))) }
    return sections
  }

  private static func real(_ path: String) -> String? {
    guard let name = realpath(path, nil) else { return nil }
    defer { free(name) }
    return String(cString: name)
  }

  /// The commands of psql that include a file.
  private static func commands(_ text: SQLText) -> [(Range<Int>, String)] {
    guard mayInclude(text.bytes) else { return [] }
    var commands: [(Range<Int>, String)] = []
    for case .metaCommand(let range) in StatementScanner(text) {
      let words = text[range].split { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard words.count > 1, ["\\i", "\\ir", "\\include", "\\include_relative"].contains(String(words[0])) else {
        continue
      }
      let name = words[1...].joined(separator: " ").filter { $0 != "'" && $0 != "\"" }
      commands.append((range, name.hasSuffix(";") ? String(name.dropLast()) : name))
    }
    return commands
  }

  private static func mayInclude(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return false }
      var at = 0
      while at < bytes.count, let found = memchr(start + at, Int32(UInt8(ascii: "\\")), bytes.count - at) {
        at = UnsafeRawPointer(found) - start + 1
        if at < bytes.count, bytes[at] == UInt8(ascii: "i") { return true }
      }
      return false
    }
  }
}

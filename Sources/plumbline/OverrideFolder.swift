import Foundation
import KnowledgeModel
import TextFormats

/// A person's folder whose files take the place of shipped ones of the same name.
enum OverrideFolder {
  /// - Parameters:
  ///   - option: as it was typed.
  ///   - what: a file of the folder, in the singular.
  ///   - known: the names that are shipped.
  /// - Throws: `Ending` where the folder or a file cannot be read, or a name is not known.
  static func files(in folder: String, option: String, what: String, among known: [String]) throws -> [String: String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw Ending.cannot("\(option) \(folder): there is no such folder")
    }
    guard isFolder.boolValue else {
      throw Ending.badInput("\(option) \(folder): this is a file; expected a folder of \(what)s")
    }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw Ending.cannot("\(option) \(folder): \(Output.reason(error))")
    }
    var own: [String: String] = [:]
    for name in names {
      let path = "\(folder)/\(name)"
      guard known.contains(name) else {
        let hint =
          nearest(name, among: known).map { "did you mean \($0)?" } ?? "there are \(known.joined(separator: ", "))"
        throw Ending.badInput("\(path.forMessage): there is no \(what) of this name; \(hint)")
      }
      own[name] = try Files.text(path)
    }
    guard !own.isEmpty else {
      throw Ending.badInput(
        "\(option) \(folder): no \(what) is in this folder; expected any of \(known.joined(separator: ", "))")
    }
    return own
  }
}

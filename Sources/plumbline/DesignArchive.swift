import Foundation
import Site
import TextFormats

/// A folder of folders of design documents.
enum DesignArchive {
  /// - Throws: `Ending` where it cannot be read, or no folder in it holds a design.md.
  static func read(_ folder: String) throws -> [ArchivedDesign] {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    guard manager.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw Ending.cannot("--archive \(folder.forMessage): there is no such folder")
    }
    let names: [String]
    do {
      names = try manager.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw Ending.cannot("--archive \(folder.forMessage): \(Output.reason(error))")
    }
    let designs = try names.filter { manager.fileExists(atPath: "\(folder)/\($0)/design.md") }.map { name in
      try design(name, "\(folder)/\(name)")
    }
    guard !designs.isEmpty else {
      throw Ending.badInput(
        "--archive \(folder.forMessage): no folder in it holds a design.md; expected folders that plumbline design wrote"
      )
    }
    return designs
  }

  private static func design(_ name: String, _ folder: String) throws -> ArchivedDesign {
    guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,99}/) != nil else {
      throw Ending.badInput(
        "\(folder.forMessage): expected a name of letters, digits, dots and dashes, for the address")
    }
    let manager = FileManager.default
    var documents: [String: String] = [:]
    let records = ((try? manager.contentsOfDirectory(atPath: "\(folder)/decisions")) ?? []).filter {
      $0.hasSuffix(".md") && !$0.hasPrefix(".")
    }
    for path in ["design.md", "checklist.md"] + records.sorted().map({ "decisions/\($0)" })
    where manager.fileExists(atPath: "\(folder)/\(path)") {
      documents[path] = try Files.text("\(folder)/\(path)")
    }
    let json = "\(folder)/decisions.json"
    return ArchivedDesign(
      name: name, documents: documents, decisions: manager.fileExists(atPath: json) ? try Files.text(json) : nil,
      folder: folder)
  }
}

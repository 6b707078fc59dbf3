import Foundation

/// Files written beside and renamed, so that nothing is ever half written.
enum Files {
  static func write(_ text: String, to path: String) throws {
    let beside = path + ".\(ProcessInfo.processInfo.processIdentifier).tmp"
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: beside))
      guard rename(beside, path) == 0 else { throw Ending.cannot("\(path): \(String(cString: strerror(errno)))") }
    } catch {
      try? FileManager.default.removeItem(atPath: beside)
      throw error is Ending ? error : Ending.cannot("\(path): \(Output.reason(error))")
    }
  }

  /// Whether two paths lead to one file.
  static func isSame(_ a: String, _ b: String) -> Bool {
    var first = stat()
    var second = stat()
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  /// - Throws: `Ending` where a folder for documents cannot be of this name: before anything is asked or worked out.
  static func checkFolder(_ folder: String) throws {
    var isFolder: ObjCBool = false
    if folder.isEmpty || folder == "-" { throw Ending.badInput("--out \(folder): expected the name of a folder") }
    if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder.boolValue {
      throw Ending.cannot("\(folder): this is a file; expected a folder for the documents")
    }
  }

  /// Writes a set of files into a folder: all beside first, then all renamed, so that a full disk leaves the old set.
  static func write(_ files: [(path: String, text: String)], into folder: String) throws {
    let manager = FileManager.default
    try checkFolder(folder)
    let wasThere = manager.fileExists(atPath: folder)
    for file in files {
      var isFolder: ObjCBool = false
      if manager.fileExists(atPath: "\(folder)/\(file.path)", isDirectory: &isFolder), isFolder.boolValue {
        throw Ending.cannot("\(folder)/\(file.path): this is a folder; expected a file, or nothing")
      }
    }
    do {
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Ending.cannot("\(folder): the folder cannot be made: \(Output.reason(error))")
    }
    var written: [(beside: String, path: String)] = []
    do {
      for file in files {
        let path = "\(folder)/\(file.path)"
        let beside = "\(folder)/.\(file.path).\(ProcessInfo.processInfo.processIdentifier).tmp"
        written.append((beside, path))
        try Data(file.text.utf8).write(to: URL(fileURLWithPath: beside))
      }
      for file in written where rename(file.beside, file.path) != 0 {
        throw Ending.cannot("\(file.path): \(String(cString: strerror(errno)))")
      }
    } catch {
      for file in written { try? manager.removeItem(atPath: file.beside) }
      if !wasThere { rmdir(folder) }
      throw error is Ending ? error : Ending.cannot("\(folder): cannot be written: \(Output.reason(error))")
    }
  }
}

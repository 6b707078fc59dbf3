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

  /// Writes a set of files into a folder: all beside first, then all renamed, so that a full disk leaves the old set.
  static func write(_ files: [(path: String, text: String)], into folder: String) throws {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    if manager.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder.boolValue {
      throw Ending.cannot("\(folder): this is a file; expected a folder for the documents")
    }
    let wasThere = isFolder.boolValue
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

import Foundation

/// The folders below one that hold an answers.yaml, in order of their paths. Hidden folders and node_modules are left
/// out, and links to folders are not followed, so that it always ends.
struct AnswersWalk {
  /// A file of answers, or a folder that cannot be looked into.
  struct Found {
    /// Relative to the folder that the walk began at.
    var path: String
    /// That of the file.
    var folder: String
    var problem: String?
  }

  private let root: String
  /// Paths relative to the root, the next one last.
  private var pending = [""]

  init(_ root: String) { self.root = root }

  mutating func next() -> Found? {
    while let relative = pending.popLast() {
      let folder = relative.isEmpty ? root : "\(root)/\(relative)"
      func inside(_ name: String) -> String { relative.isEmpty ? name : "\(relative)/\(name)" }
      guard let handle = opendir(folder) else {
        return Found(path: relative, folder: folder, problem: "\(folder): \(String(cString: strerror(errno)))")
      }
      defer { closedir(handle) }
      var folders: [String] = []
      var hasAnswers = false
      while let entry = readdir(handle) {
        // A name that is no text cannot be printed, nor opened again by it.
        let text = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
        }
        guard let name = text else { continue }
        if name == "answers.yaml" {
          hasAnswers = true
        } else if !name.hasPrefix("."), name != "node_modules" {
          var kind = stat()
          if lstat("\(folder)/\(name)", &kind) == 0, kind.st_mode & S_IFMT == S_IFDIR { folders.append(name) }
        }
      }
      // By bytes, so that no locale turns the order.
      pending += folders.sorted { $1.utf8.lexicographicallyPrecedes($0.utf8) }.map(inside)
      if hasAnswers { return Found(path: inside("answers.yaml"), folder: folder, problem: nil) }
    }
    return nil
  }
}

/// A file without a name, for what is written before its beginning is known. It is gone with the program.
final class SpoolFile {
  private let handle: FileHandle
  private var buffer = ""

  init() throws {
    var name = Array("\(FileManager.default.temporaryDirectory.path)/plumbline-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else {
      throw Ending.cannot("a temporary file cannot be made: \(String(cString: strerror(errno)))")
    }
    unlink(name)
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  func write(_ text: String) throws {
    buffer += text
    if buffer.utf8.count > 1 << 16 { try flush() }
  }

  private func flush() throws {
    do {
      try handle.write(contentsOf: Data(buffer.utf8))
    } catch {
      throw Ending.cannot("a temporary file cannot be written: \(Output.reason(error))")
    }
    buffer = ""
  }

  /// Writes the file out, with what stands around it.
  func copy(to path: String, behind opening: String, before closing: String) throws {
    try flush()
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw Ending.cannot("\(path): cannot be written: \(String(cString: strerror(errno)))") }
    let target = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    try target.write(contentsOf: Data(opening.utf8))
    try handle.seek(toOffset: 0)
    while let chunk = try handle.read(upToCount: 1 << 16), !chunk.isEmpty { try target.write(contentsOf: chunk) }
    try target.write(contentsOf: Data(closing.utf8))
    try target.close()
  }
}

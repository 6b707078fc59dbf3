import Foundation
import TextFormats

/// Files written beside and renamed, so that nothing is ever half written.
enum Files {
  static func write(_ text: String, to path: String) throws {
    if isStream(path) { return try append(Data(text.utf8), to: path) }
    let beside = path + ".\(ProcessInfo.processInfo.processIdentifier).tmp"
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: beside))
      guard rename(beside, path) == 0 else { throw Ending.cannot("\(path): \(String(cString: strerror(errno)))") }
    } catch {
      try? FileManager.default.removeItem(atPath: beside)
      throw error is Ending ? error : Ending.cannot("\(path): \(Output.reason(error))")
    }
  }

  /// Writes a file that is not there yet.
  static func create(_ text: String, at path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else {
      if errno == EEXIST { throw Ending.badInput("\(path): there is something of that name; it was left as it is") }
      throw Ending.cannot("\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data(text.utf8))
      try handle.close()
    } catch {
      unlink(path)
      throw Ending.cannot("\(path): cannot be written: \(Output.reason(error))")
    }
  }

  /// Writes several files, each beside its place; only when all are written, each takes its place. A path of - is
  /// standard output. What lies beside is gone afterwards, also where the program is told to end meanwhile.
  /// - Parameter files: each with what writes it to a path.
  static func replace(_ files: [(path: String, write: (String) throws -> Void)]) throws {
    let manager = FileManager.default
    let process = ProcessInfo.processInfo.processIdentifier
    let places = files.map { file in
      // A link stays a link: what it leads to is replaced.
      let path = manager.fileExists(atPath: file.path) ? target(of: file.path) : file.path
      return path == "-" || isStream(path)
        ? (path, manager.temporaryDirectory.appendingPathComponent("plumbline-\(UUID().uuidString)").path)
        : (path, "\(path).\(process).tmp")
    }
    let besides = places.map(\.1)
    defer { for beside in besides { try? manager.removeItem(atPath: beside) } }
    try removing(besides) {
      for (file, place) in zip(files, places) {
        do {
          try file.write(place.1)
        } catch {
          throw error is Ending ? error : Ending.cannot("\(file.path): cannot be written: \(Output.reason(error))")
        }
      }
      for (path, beside) in places where path == "-" { try Output.write(manager.contents(atPath: beside) ?? Data()) }
      for (path, beside) in places where path != "-" && isStream(path) {
        try append(manager.contents(atPath: beside) ?? Data(), to: path)
      }
      for (path, beside) in places where path != "-" && !isStream(path) {
        guard rename(beside, path) == 0 else { throw Ending.cannot("\(path): \(String(cString: strerror(errno)))") }
      }
    }
  }

  /// Writes in pieces: to standard output, or where a path is given to that file, which is replaced when all is there.
  static func write(
    to path: String?, _ body: @escaping ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    guard let path, path != "-" else { return try body(Output.write) }
    let write = { (place: String) in
      let file = URL(fileURLWithPath: place)
      try Data().write(to: file)
      let handle = try FileHandle(forWritingTo: file)
      try body { try handle.write(contentsOf: Data($0)) }
      try handle.close()
    }
    try replace([(path, write)])
  }

  /// Whether something of this name is no file and no folder, such as /dev/null or a pipe: it is written to and never
  /// replaced.
  private static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    let kind = status.st_mode & S_IFMT
    return kind != S_IFREG && kind != S_IFDIR
  }

  private static func append(_ data: Data, to path: String) throws {
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw Ending.cannot("\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    do {
      try handle.write(contentsOf: data)
      try handle.close()
    } catch {
      throw Ending.cannot("\(path): cannot be written: \(Output.reason(error))")
    }
  }

  private static func target(of path: String) -> String {
    guard let name = realpath(path, nil) else { return path }
    defer { free(name) }
    return String(cString: name)
  }

  private static func removing(_ files: [String], while work: () throws -> Void) throws {
    try cleaningUp({ for file in files { unlink(file) } }, while: work)
  }

  /// Does the work; a signal to end meanwhile cleans up first. One that the caller had ignored stays ignored.
  static func cleaningUp(_ cleanUp: @escaping @Sendable () -> Void, while work: () throws -> Void) throws {
    let queue = DispatchQueue(label: "plumbline.files")
    var sources: [(number: Int32, source: any DispatchSourceSignal)] = []
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let former = signal(number, SIG_IGN)
      guard unsafeBitCast(former, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        cleanUp()
        _exit(128 + number)
      }
      source.activate()
      sources.append((number, source))
    }
    // Beyond a limit on the size of files, writing fails and says so.
    let former = signal(SIGXFSZ, SIG_IGN)
    defer {
      signal(SIGXFSZ, former)
      for (number, source) in sources {
        source.cancel()
        signal(number, SIG_DFL)
      }
    }
    try work()
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

  /// The text of a file.
  /// - Throws: `Ending` where it cannot be read, is no file, or is not UTF-8.
  static func text(_ path: String) throws -> String {
    let data = try bytes(path)
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Ending.badInput("\(path.forMessage): this is not UTF-8 text; it was left as it is")
    }
    return text
  }

  /// The bytes of a file.
  /// - Throws: `Ending` where it cannot be read or is no file.
  static func bytes(_ path: String) throws -> Data {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw Ending.cannot("\(path.forMessage): this is a folder; expected a file")
    }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw Ending.cannot("\(path.forMessage): cannot be read: \(Output.reason(error))")
    }
  }

  /// Does work on a folder, which is made where it is not there. Of two programs that do so, one waits for the other.
  /// Where the work fails, a folder that was made is taken away again.
  static func inFolder(_ folder: String, _ work: () throws -> Void) throws {
    let manager = FileManager.default
    try checkFolder(folder)
    let wasThere = manager.fileExists(atPath: folder)
    do {
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Ending.cannot("\(folder): the folder cannot be made: \(Output.reason(error))")
    }
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // Not every file system has locks; whole files are renamed into place all the same.
    if descriptor >= 0 { flock(descriptor, LOCK_EX) }
    defer { if descriptor >= 0 { close(descriptor) } }
    do {
      try work()
    } catch {
      if !wasThere { rmdir(folder) }
      throw error
    }
  }

  /// Writes a set of files into a folder that is there: all beside first, then all renamed, so that a full disk leaves
  /// the old set. A path may lead into one folder below.
  static func write(_ files: [(path: String, text: String)], into folder: String) throws {
    let manager = FileManager.default
    var made: [String] = []
    do {
      for file in files {
        var isFolder: ObjCBool = false
        if manager.fileExists(atPath: "\(folder)/\(file.path)", isDirectory: &isFolder), isFolder.boolValue {
          throw Ending.cannot("\(folder)/\(file.path): this is a folder; expected a file, or nothing")
        }
        guard let slash = file.path.lastIndex(of: "/") else { continue }
        let below = "\(folder)/\(file.path[..<slash])"
        guard !manager.fileExists(atPath: below, isDirectory: &isFolder) else {
          if isFolder.boolValue { continue }
          throw Ending.cannot("\(below): this is a file; expected a folder, or nothing")
        }
        do {
          try manager.createDirectory(atPath: below, withIntermediateDirectories: false)
        } catch {
          throw Ending.cannot("\(below): the folder cannot be made: \(Output.reason(error))")
        }
        made.append(below)
      }
      try replace(
        files.map { file in
          ("\(folder)/\(file.path)", { try Data(file.text.utf8).write(to: URL(fileURLWithPath: $0)) })
        })
    } catch {
      for below in made.reversed() { rmdir(below) }
      throw error
    }
  }
}

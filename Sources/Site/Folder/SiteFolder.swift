internal import Foundation
internal import Synchronization

/// The folder that holds a site. A new site is written beside it and takes its place in one step; files in it that are
/// not the site's stay where they are.
public final class SiteFolder: Sendable {
  public struct Problem: Error, Sendable {
    public var message: String
  }

  /// What is written beside is taken away under it, so that nothing is added meanwhile.
  private let lock = Mutex(())
  private let path: String
  private let stage: String

  /// - Parameter path: where the folder is or shall be; a link to a folder stays a link.
  /// - Throws: `Problem` where something else is in the way or its parent is not there.
  public init(_ path: String) throws {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    if path.isEmpty || path == "-" { throw Problem(message: "--out \(path): expected the name of a folder") }
    if manager.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else {
        throw Problem(message: "\(path): this is a file; expected a folder for the site")
      }
    }
    let url = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
    self.path = url.path
    let parent = url.deletingLastPathComponent().path
    do {
      try manager.createDirectory(atPath: parent, withIntermediateDirectories: true)
    } catch {
      throw Problem(message: "\(parent): the folder cannot be made: \(SiteFolder.reason(error))")
    }
    stage = "\(parent)/.\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).tmp"
  }

  /// What the folder holds from the build before; nil where there is none, or it is of another form.
  public var previous: SiteBuilder.Previous? {
    guard let manifest else { return nil }
    let path = path
    return SiteBuilder.Previous(manifest: manifest) { file in
      FileManager.default.contents(atPath: "\(path)/\(file)").flatMap { String(validating: $0, as: UTF8.self) }
    }
  }

  private var manifest: SiteManifest? {
    FileManager.default.contents(atPath: "\(path)/\(SiteManifest.path)").flatMap {
      SiteManifest(String(decoding: $0, as: UTF8.self))
    }
  }

  /// Puts a site into the folder's place.
  /// - Throws: `Problem` where it cannot be written; the folder is then as it was.
  public func replace(with files: [SiteFile]) throws {
    let parent = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // Not every file system has locks; of two builds without one, the later wins.
    if parent >= 0 { flock(parent, LOCK_EX) }
    defer { if parent >= 0 { close(parent) } }
    let ours = Set(manifest?.files ?? [])
    try checkForeign(files, ours)
    do {
      try write(files)
      try lock.withLock { _ in try swap(ours) }
    } catch {
      lock.withLock { _ in try? FileManager.default.removeItem(atPath: stage) }
      throw error
    }
  }

  /// Takes away what was written beside, for good: the program ends with it.
  public func abandon() {
    lock.withLock { _ in try? FileManager.default.removeItem(atPath: stage) }
  }

  // MARK: Steps

  private func checkForeign(_ files: [SiteFile], _ ours: Set<String>) throws {
    for file in files where !ours.contains(file.path) {
      if FileManager.default.fileExists(atPath: "\(path)/\(file.path)") {
        throw Problem(
          message:
            "\(path)/\(file.path): this is not of the site, and was left as it is; move it away, or choose another folder"
        )
      }
    }
  }

  private func write(_ files: [SiteFile]) throws {
    let manager = FileManager.default
    var made: Set<String> = []
    for file in files {
      try lock.withLock { _ in
        let target = "\(stage)/\(file.path)"
        let folder = String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)])
        do {
          if made.insert(folder).inserted {
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
          }
          // An unchanged file is the same one, so that its date says when it changed.
          let old = "\(path)/\(file.path)"
          let data = Data(file.text.utf8)
          if manager.contents(atPath: old) == data, link(old, target) == 0 { return }
          try data.write(to: URL(fileURLWithPath: target))
        } catch {
          throw Problem(message: "\(path)/\(file.path): cannot be written: \(SiteFolder.reason(error))")
        }
      }
    }
  }

  private func swap(_ ours: Set<String>) throws {
    let manager = FileManager.default
    guard manager.fileExists(atPath: path) else {
      guard rename(stage, path) == 0 else { throw failure("cannot be made") }
      return
    }
    if let mode = try? manager.attributesOfItem(atPath: path)[.posixPermissions] {
      try? manager.setAttributes([.posixPermissions: mode], ofItemAtPath: stage)
    }
    if !Exchange.folders(stage, path) {
      let aside = stage + ".old"
      guard rename(path, aside) == 0 else { throw failure("cannot be replaced") }
      guard rename(stage, path) == 0 else {
        let problem = failure("cannot be replaced")
        rename(aside, path)
        throw problem
      }
      rename(aside, stage)
    }
    carry(ours)
  }

  /// Brings what is not the site's from the old folder, which now lies beside, into the new one.
  private func carry(_ ours: Set<String>) {
    let manager = FileManager.default
    var folders: [String] = []
    for case let name as String in manager.enumerator(atPath: stage)?.allObjects ?? [] {
      let old = "\(stage)/\(name)"
      var isFolder: ObjCBool = false
      let isLink = (try? manager.destinationOfSymbolicLink(atPath: old)) != nil
      if !isLink, manager.fileExists(atPath: old, isDirectory: &isFolder), isFolder.boolValue {
        folders.append(name)
        let isOurs = ours.contains { $0.hasPrefix(name + "/") }
        if !isOurs { try? manager.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true) }
      } else if ours.contains(name) {
        unlink(old)
      } else {
        let target = "\(path)/\(name)"
        let folder = String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)])
        try? manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        rename(old, target)
      }
    }
    // Deepest first; one that is not empty holds what could not be moved, and stays.
    for folder in folders.sorted(by: { $0.count > $1.count }) { rmdir("\(stage)/\(folder)") }
    rmdir(stage)
  }

  private func failure(_ what: String) -> Problem {
    Problem(message: "\(path): \(what): \(String(cString: strerror(errno)))")
  }

  private static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
    return underlying.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(underlying.code)))
      : "the system refused it (\(underlying.domain) \(underlying.code))"
  }
}

enum Exchange {
  /// Swaps two folders in one step; false where the system or the file system cannot.
  static func folders(_ a: String, _ b: String) -> Bool {
    #if os(Linux)
      // Glibc has it, and its Swift overlay does not name it; 2 is RENAME_EXCHANGE.
      typealias Rename = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
      guard let symbol = dlsym(nil, "renameat2") else { return false }
      return unsafeBitCast(symbol, to: Rename.self)(AT_FDCWD, a, AT_FDCWD, b, 2) == 0
    #else
      return renamex_np(a, b, UInt32(RENAME_SWAP)) == 0
    #endif
  }
}

internal import Foundation

/// A folder's files, walked under limits. Nothing in it is executed, and nothing outside it is read.
public struct CodeTree: Sendable {
  /// How much of a tree is looked at. What goes beyond is counted and named, never silently left out.
  public struct Limits: Sendable {
    /// Files and folders visited.
    public var entries = 200_000
    /// Levels below the root.
    public var depth = 64
    /// Bytes of one file; longer ones are not read.
    public var fileBytes = 2 << 20
    /// Bytes of all code files together.
    public var codeBytes = 128 << 20

    public init() {}
  }

  /// A file of the tree.
  struct File: Sendable, Hashable {
    /// Relative to the root, with `/`; bytes that are not UTF-8 are shown as �.
    var path: String
    /// The name as the system has it, to open it by.
    var raw: [UInt8]
    var size: Int

    var name: Substring { path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...] }

    /// The folder that it is in, without a slash at the end; empty for the root.
    var folder: Substring { path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
  }

  /// What was not looked at, and why.
  struct Omissions: Sendable, Hashable {
    /// Vendored, generated and version-control folders, by path.
    var skippedFolders: [String] = []
    var unreadable: [String] = []
    var brokenLinks: [String] = []
    var linksOutside: [String] = []
    /// Links to folders inside the tree, whose files are seen in their own place.
    var linksInside = 0
    var special: [String] = []
    var tooLarge: [String] = []
    var tooDeep: [String] = []
    /// True where the limit on files and folders was reached.
    var isCut = false
  }

  let root: String
  let limits: Limits
  private(set) var files: [File] = []
  private(set) var omissions = Omissions()
  private var index: [String: Int] = [:]

  /// Walks a folder breadth first, names in the order of their bytes.
  /// - Parameter except: a path relative to the root that is not part of the code: the document itself.
  public init(root: String, limits: Limits = Limits(), except: Set<String> = []) {
    self.root = root
    self.limits = limits
    let canonical = CodeTree.canonical(Array(root.utf8))
    var seen = 0
    var queue: [(path: String, raw: [UInt8], depth: Int)] = [("", [], 0)]
    var next = 0
    while next < queue.count {
      let folder = queue[next]
      next += 1
      guard let names = CodeTree.names(in: CodeTree.join(Array(root.utf8), folder.raw)) else {
        omissions.unreadable.append(folder.path.isEmpty ? "." : folder.path + "/")
        continue
      }
      let siblings = Set(names.map { String(decoding: $0, as: UTF8.self) })
      for raw in names {
        let name = String(decoding: raw, as: UTF8.self)
        let path = folder.path.isEmpty ? name : folder.path + "/" + name
        let rawPath = CodeTree.join(folder.raw, raw)
        guard seen < limits.entries else {
          omissions.isCut = true
          queue.removeAll()
          break
        }
        seen += 1
        var status = stat()
        let full = CodeTree.join(Array(root.utf8), rawPath)
        guard CodeTree.withCString(full, { lstat($0, &status) }) == 0 else {
          omissions.unreadable.append(path)
          continue
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
          if VendoredFolders.holds(name, siblings: siblings, in: folder.path, at: full) {
            omissions.skippedFolders.append(path)
          } else if folder.depth + 1 > limits.depth {
            omissions.tooDeep.append(path)
          } else {
            queue.append((path, rawPath, folder.depth + 1))
          }
        case S_IFREG:
          if !except.contains(path) { files.append(File(path: path, raw: rawPath, size: Int(status.st_size))) }
          if CodeTree.withCString(full, { access($0, R_OK) }) != 0 { omissions.unreadable.append(path) }
        case S_IFLNK:
          followLink(path: path, raw: rawPath, full: full, canonical: canonical)
        default:
          omissions.special.append(path)
        }
      }
    }
    files.sort { $0.raw.lexicographicallyPrecedes($1.raw) }
    omissions.tooLarge = files.filter { $0.size > limits.fileBytes && CodeTree.isOfInterest($0) }.map(\.path)
    for (number, file) in files.enumerated() where index[file.path] == nil { index[file.path] = number }
  }

  /// A link to a file inside the tree stands for that file; no other link is followed.
  private mutating func followLink(path: String, raw: [UInt8], full: [UInt8], canonical: [UInt8]?) {
    var status = stat()
    guard CodeTree.withCString(full, { stat($0, &status) }) == 0, let target = CodeTree.canonical(full) else {
      omissions.brokenLinks.append(path)
      return
    }
    guard let canonical,
      target == canonical || target.starts(with: canonical + [UInt8(ascii: "/")]) || canonical == [UInt8(ascii: "/")]
    else {
      omissions.linksOutside.append(path)
      return
    }
    if status.st_mode & S_IFMT == S_IFREG {
      files.append(File(path: path, raw: raw, size: Int(status.st_size)))
    } else {
      omissions.linksInside += 1
    }
  }

  func file(_ path: String) -> File? { index[path].map { files[$0] } }

  func contains(_ path: String) -> Bool { index[path] != nil }

  /// A file's bytes.
  /// - Returns: nil where it is too large, gone, or cannot be read.
  func bytes(_ file: File, upTo most: Int? = nil) -> [UInt8]? {
    guard file.size <= limits.fileBytes || most != nil else { return nil }
    let limit = min(most ?? limits.fileBytes, limits.fileBytes)
    let full = CodeTree.join(Array(root.utf8), file.raw)
    let descriptor = CodeTree.withCString(full) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: min(file.size, limit) + 1)
    var filled = 0
    while filled < bytes.count {
      let wanted = bytes.count - filled
      let count = bytes.withUnsafeMutableBytes { buffer -> Int in
        guard let base = buffer.baseAddress else { return -1 }
        return read(descriptor, base + filled, wanted)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - min(filled, limit))
    return bytes
  }

  /// A text file's content; what is not UTF-8 in it is repaired. nil for a binary file.
  func text(_ file: File, upTo most: Int? = nil) -> String? {
    guard let bytes = bytes(file, upTo: most), !CodeTree.isBinary(bytes) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  func text(_ path: String, upTo most: Int? = nil) -> String? { file(path).flatMap { text($0, upTo: most) } }

  /// Whether bytes are no text: a null byte among the first of them.
  static func isBinary(_ bytes: [UInt8]) -> Bool { bytes.prefix(8192).contains(0) }

  private static func isOfInterest(_ file: File) -> Bool {
    Language(path: file.path) != nil || file.path.hasSuffix(".sql") || file.path.hasSuffix(".yaml")
      || file.path.hasSuffix(".yml") || file.path.hasSuffix(".json")
  }

  // MARK: The system

  private static func join(_ folder: [UInt8], _ name: [UInt8]) -> [UInt8] {
    folder.isEmpty ? name : folder.last == UInt8(ascii: "/") ? folder + name : folder + [UInt8(ascii: "/")] + name
  }

  private static func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return "".withCString(body) }
      return body(base)
    }
  }

  private static func canonical(_ path: [UInt8]) -> [UInt8]? {
    guard let resolved = withCString(path, { realpath($0, nil) }) else { return nil }
    defer { free(resolved) }
    return Array(UnsafeBufferPointer(start: resolved, count: strlen(resolved))).map { UInt8(bitPattern: $0) }
  }

  /// The names in a folder in the order of their bytes; nil where it cannot be read.
  private static func names(in folder: [UInt8]) -> [[UInt8]]? {
    guard let handle = withCString(folder, { opendir($0) }) else { return nil }
    defer { closedir(handle) }
    var names: [[UInt8]] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: UInt8.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) { bytes in
          Array(
            UnsafeBufferPointer(
              start: bytes, count: strlen(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self))))
        }
      }
      if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}

/// Folders of other people's code and of what tools made.
enum VendoredFolders {
  private static let always: Set<String> = [
    ".git", ".hg", ".svn", ".bzr", "_darcs", "CVS", ".pc", "node_modules", "bower_components", "jspm_packages",
    "__pycache__", ".venv", "site-packages", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".eggs",
    ".gradle", ".idea", ".vs", "Pods", "Carthage", "DerivedData", ".build", ".next", ".nuxt", ".svelte-kit",
    ".terraform", ".serverless", ".yarn", ".pnpm-store", ".cache", "elm-stuff", ".bundle", "third_party",
    "third-party", "Godeps", ".sass-cache", ".parcel-cache", ".turbo", ".dart_tool", ".stack-work", ".bloop",
    ".metals", "htmlcov", "vendored", ".direnv",
  ]

  /// Names that a person may use for code too, so that something beside or inside has to say what they are.
  private static let withSign: [String: [String]] = [
    "target": ["Cargo.toml", "pom.xml", "build.sbt"], "bin": [".csproj"], "obj": [".csproj"],
    "deps": ["mix.exs"], "_build": ["mix.exs"], "coverage": ["package.json"],
    "vendor": ["go.mod", "composer.json", "Gemfile", "Cargo.toml", "package.json", "Gopkg.toml", "glide.yaml"],
    "out": ["package.json", "build.gradle", "build.gradle.kts"],
  ]

  static func holds(_ name: String, siblings: Set<String>, in folder: String, at full: [UInt8]) -> Bool {
    if always.contains(name) || name.hasSuffix(".egg-info") || name.hasSuffix(".dist-info") { return true }
    if name == "build" || name == "dist" {
      // Beside a build file, a folder of this name is what it makes; deeper, it is as likely somebody's package.
      return !siblings.isDisjoint(with: [
        "package.json", "setup.py", "pyproject.toml", "build.gradle", "build.gradle.kts", "pom.xml", "gulpfile.js",
        "CMakeLists.txt",
      ])
    }
    if let signs = withSign[name] {
      if name == "vendor", folder.isEmpty { return true }
      return siblings.contains { sibling in
        signs.contains { sibling == $0 || ($0.hasPrefix(".") && sibling.hasSuffix($0)) }
      }
    }
    if ["venv", "env", "virtualenv"].contains(name) {
      let config = full + Array("/pyvenv.cfg".utf8)
      return FileManager.default.fileExists(atPath: String(decoding: config, as: UTF8.self))
    }
    return false
  }
}

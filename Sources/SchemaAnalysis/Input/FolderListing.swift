private import Foundation
private import TextFormats

/// What lies in a folder and below, in natural order.
struct FolderListing {
  /// Endings of files that hold SQL.
  static let endings: Set<String> = ["sql", "ddl", "pgsql", "psql"]
  /// Files and folders that are looked at, at most.
  static let most = 200_000
  private static let deepest = 64
  private static let passedOver: Set<String> = ["node_modules"]

  private(set) var sql: [String] = []
  /// Paths of everything else.
  private(set) var others: [String] = []
  private(set) var unreadable: [String] = []
  private var seen: Set<SQLFileReader.Identity> = []
  private var count = 0
  private let root: String

  init(_ root: String) throws(SQLInputProblem) {
    self.root = root
    seen.insert(SQLFileReader.look(root).identity)
    try walk(root, depth: 0)
  }

  private mutating func walk(_ folder: String, depth: Int) throws(SQLInputProblem) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      guard depth > 0 else {
        throw SQLInputProblem("\(Paths.shown(folder)): the folder cannot be read", isMissing: true)
      }
      unreadable.append(folder)
      return
    }
    count += names.count
    guard count <= Self.most else {
      throw SQLInputProblem(
        "\(Paths.shown(root)): more than \(Self.most) files and folders are in it; name the folder of the migrations")
    }
    for name in names.sorted(by: Paths.naturally) where !name.hasPrefix(".") && !Self.passedOver.contains(name) {
      let path = Paths.join(folder, name)
      let (kind, identity) = SQLFileReader.look(path)
      switch kind {
      case .folder:
        // A link may lead to where the walk came from.
        if depth < Self.deepest, seen.insert(identity).inserted { try walk(path, depth: depth + 1) }
      case .file:
        if Self.endings.contains(Paths.ending(name)) {
          if seen.insert(identity).inserted { sql.append(path) }
        } else {
          others.append(path)
        }
      case .nothing:
        if Self.endings.contains(Paths.ending(name)) { unreadable.append(path) }
      case .other: break
      }
    }
  }
}

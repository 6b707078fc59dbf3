/// What the name of a file says about a migration.
struct MigrationName {
  enum Direction { case up, down }

  let tool: MigrationTool
  /// The folder whose migrations belong together.
  let set: String
  /// What the files that do and undo one migration have in common.
  let key: String
  /// As the tool has it.
  let name: String
  /// What two migrations of a set must not share; nil where names alone count.
  let version: String?
  /// Nil where the name does not say.
  let direction: Direction?
  /// Whether a tool runs it again whenever it changes, after all others.
  var isRepeatable = false
  /// Whether it stands for all up to its version, in a database that is new.
  var isBaseline = false

  private static let downFolders: Set<String> = ["down", "downs", "rollback", "rollbacks", "undo", "revert", "reverts"]
  private static let upFolders: Set<String> = ["up", "ups", "do", "deploy"]
  private static let downs = ["down", "undo", "rollback", "revert"]
  private static let ups = ["up", "do"]

  init(_ path: String) {
    let (file, folder) = (Paths.name(path), Paths.folder(path))
    let stem = Paths.stem(file)
    let (above, last) = (Paths.folder(folder), Paths.name(folder))
    let low = stem.lowercased()
    let isNumbered = last.first.map { $0.isASCII && $0.isNumber } ?? false
    if low == "up" || low == "down" || low == "migration" && isNumbered {
      tool = !isNumbered ? .plain : low == "migration" ? .prisma : .diesel
      (set, key, name) = (above, last, last == "." ? stem : last)
      version = last.split(separator: "_").first.map { $0.filter { $0 != "-" } }
      direction = low == "down" ? .down : .up
      return
    }
    if let flyway = Self.flyway(stem) {
      tool = .flyway
      (set, name, version) = ("", stem, flyway.version)
      key = flyway.version ?? stem
      direction = flyway.letter == "U" ? .down : .up
      isRepeatable = flyway.letter == "R"
      isBaseline = flyway.letter == "B"
      return
    }
    let digits = stem.prefix { $0.isASCII && $0.isNumber }
    let version = digits.isEmpty ? nil : String(digits)
    if Self.downFolders.contains(last.lowercased()) || Self.upFolders.contains(last.lowercased()) {
      tool = .plain
      (set, key, name) = (above, stem, stem)
      self.version = version
      direction = Self.downFolders.contains(last.lowercased()) ? .down : .up
      return
    }
    set = folder
    self.version = version
    // As of postgrator: 001.do.name.sql.
    let parts = low.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count > 1, version.map({ $0 == parts[0] }) ?? false, ["do", "undo"].contains(String(parts[1])) {
      tool = .plain
      (key, name) = (String(digits), stem)
      direction = parts[1] == "do" ? .up : .down
      return
    }
    for (words, direction) in [(Self.downs, Direction.down), (Self.ups, .up)] {
      for word in words {
        guard low.hasSuffix(word), let mark = low.dropLast(word.count).last, "._-".contains(mark) else { continue }
        // Without a number, a name that ends in “_do” says nothing.
        guard mark == "." || version != nil || direction == .down else { continue }
        let base = String(stem.dropLast(word.count + 1))
        tool =
          mark == "." && (word == "up" || word == "down") && version != nil && base.dropFirst(digits.count).first == "_"
          ? .golangMigrate : .plain
        (key, name) = (base, base)
        self.direction = direction
        return
      }
    }
    tool = .plain
    (key, name) = (stem, stem)
    direction = nil
  }

  /// V1.2__name, U1.2__name, B1.2__name and R__name.
  private static func flyway(_ stem: String) -> (letter: Character, version: String?)? {
    guard let letter = stem.first, "VURB".contains(letter), let bar = stem.firstRange(of: "__") else { return nil }
    let version = stem[stem.index(after: stem.startIndex)..<bar.lowerBound]
    if letter == "R" { return version.isEmpty ? (letter, nil) : nil }
    guard let first = version.first, first.isASCII, first.isNumber,
      version.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") })
    else { return nil }
    // 1 and 1.0 are one version, as are 01 and 1.
    var parts = version.split { $0 == "." || $0 == "_" }.map { String($0.drop { $0 == "0" }) }
    while parts.count > 1, parts.last == "" { parts.removeLast() }
    return (letter, parts.map { $0.isEmpty ? "0" : $0 }.joined(separator: "."))
  }

  /// Whether a name alone says that a file takes away what others bring.
  static func undoes(_ path: String) -> Bool {
    let words = Paths.stem(Paths.name(path)).lowercased().split { !$0.isLetter }
    let undoing: Set<Substring> = ["drop", "down", "undo", "rollback", "revert", "teardown", "uninstall", "destroy"]
    return words.first.map(undoing.contains) ?? false || words.last.map(undoing.contains) ?? false
  }

  /// Whether a name or folder says that a file is written for another database.
  static func database(_ path: String, below root: String) -> String? {
    let words = path.dropFirst(root.count).lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    return words.first(where: others.contains)
  }

  static func isForPostgreSQL(_ path: String, below root: String) -> Bool {
    let words = path.dropFirst(root.count).lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    return words.contains { ["postgres", "postgresql", "pg", "psql", "pgsql"].contains($0) && $0 != words.last }
  }

  private static let others: Set<String> = [
    "mysql", "mariadb", "sqlite", "sqlite3", "mssql", "sqlserver", "oracle", "h2", "hsqldb", "derby", "db2",
    "clickhouse", "cassandra", "spanner", "cockroach", "cockroachdb", "redshift", "snowflake",
  ]
}

internal import SQLSyntax
private import TextFormats

/// Files put in the order in which they run.
struct MigrationSets {
  /// Some bytes of a file.
  struct Part {
    let file: SQLFile
    let range: Range<Int>

    init(_ file: SQLFile, _ range: Range<Int>? = nil) {
      self.file = file
      self.range = range ?? file.text.bytes.indices
    }
  }

  struct Step {
    var name: String
    let version: String?
    var up: [Part] = []
    var down: [Part]?
    var transaction: MigrationStep.Transaction
  }

  /// The migrations of one tool in one folder.
  private struct Group {
    let tool: MigrationTool
    let folder: String
    var files: [(file: SQLFile, name: MigrationName, marks: MigrationMarks?)] = []
  }

  private(set) var steps: [Step] = []
  private(set) var tool: MigrationTool?
  private(set) var remarks: [SQLInput.Remark] = []
  /// What lies beside the files, as atlas.sum.
  private let exists: (String) -> Bool
  private let contents: (String) -> String?
  private let root: String
  /// Whether the files were named one by one: then none is left out.
  private let isListed: Bool

  /// - Parameters:
  ///   - root: the folder that was named; of files named one by one nil.
  ///   - exists: whether a file is there.
  ///   - contents: the text of a small file; nil where it is not there.
  init(
    _ files: [SQLFile], root: String?, exists: @escaping (String) -> Bool, contents: @escaping (String) -> String?
  ) {
    (self.exists, self.contents) = (exists, contents)
    self.root = root ?? ""
    isListed = root == nil
    let kept = isListed ? files : withoutOthers(files)
    var groups = grouped(kept)
    if !isListed { groups = withoutDumps(groups) }
    let isMigrations = groups.contains { $0.tool != .plain }
    for group in groups { add(group, isAlone: groups.count == 1 && !isMigrations) }
    let tools = Set(groups.map(\.tool)).subtracting(isMigrations ? [.plain] : [])
    let folders = groups.filter { $0.tool != .plain }
    if folders.count > 1, !isListed {
      remark(
        self.root,
        "sets of migrations were read as one schema in this order: "
          + folders.map { "\(shown($0.folder)) (\($0.tool.rawValue))" }.joined(separator: ", "))
    }
    tool = tools.count == 1 ? tools.first : groups.first { $0.tool != .plain }?.tool
    if isListed, tool == .plain, !steps.contains(where: { $0.down != nil }) { tool = nil }
  }

  private mutating func remark(_ file: String, _ message: String) {
    remarks.append(SQLInput.Remark(file, message))
  }

  private func shown(_ path: String) -> String { Paths.shown(path.isEmpty ? root : path, below: root) }

  /// Without what is written for another database, where PostgreSQL has its own, and without what tests bring.
  private mutating func withoutOthers(_ files: [SQLFile]) -> [SQLFile] {
    var files = files
    if files.contains(where: { MigrationName.isForPostgreSQL($0.path, below: root) }) {
      let others = files.filter {
        MigrationName.database($0.path, below: root) != nil && !MigrationName.isForPostgreSQL($0.path, below: root)
      }
      if !others.isEmpty, others.count < files.count {
        let paths = Set(others.map(\.path))
        files.removeAll { paths.contains($0.path) }
        remark(root, "\(Self.counted(others)) for other databases passed over, as \(shown(others[0].path))")
      }
    }
    let tests: Set<String> = ["test", "tests", "testdata", "spec", "fixtures"]
    let ofTests = files.filter { file in
      file.folder.dropFirst(root.count).lowercased().split(separator: "/").contains { tests.contains(String($0)) }
    }
    if !ofTests.isEmpty, ofTests.count < files.count {
      let paths = Set(ofTests.map(\.path))
      files.removeAll { paths.contains($0.path) }
      remark(root, "\(Self.counted(ofTests)) of tests passed over, as \(shown(ofTests[0].path))")
    }
    return files
  }

  static func counted(_ files: [SQLFile]) -> String { files.count == 1 ? "1 file" : "\(files.count) files" }

  private mutating func grouped(_ files: [SQLFile]) -> [Group] {
    var groups: [Group] = []
    var places: [String: Int] = [:]
    for file in files {
      let name = MigrationName(file.path)
      let marks = MigrationMarks(file.text)
      var tool = marks?.tool ?? name.tool
      var folder = marks == nil ? name.set : file.folder
      if marks?.tool == .sqlx { folder = name.set }
      if marks?.tool == .liquibase { folder = "" }
      if tool == .plain, marks == nil, exists(Paths.join(name.set, "sqitch.plan")) { tool = .sqitch }
      if tool == .plain || tool == .golangMigrate, marks == nil, name.version != nil {
        tool = neighbour(folder) ?? tool
      }
      let key = "\(tool.rawValue) \(folder)"
      let place = places[key] ?? groups.count
      if place == groups.count {
        groups.append(Group(tool: tool, folder: folder))
        places[key] = place
      }
      groups[place].files.append((file, name, marks))
    }
    return groups
  }

  /// A tool that leaves its own files beside migrations with numbers.
  private func neighbour(_ folder: String) -> MigrationTool? {
    if exists(Paths.join(folder, "atlas.sum")) { return .atlas }
    if exists(Paths.join(folder, "meta/_journal.json")) { return .drizzle }
    var above = folder
    for _ in 0..<3 {
      if exists(Paths.join(above, "go.mod")) || exists(Paths.join(above, "package.json")) { return nil }
      if exists(Paths.join(above, "Cargo.toml")) { return .sqlx }
      if above == root || above == "." || above == "/" { return nil }
      above = Paths.folder(above)
    }
    return nil
  }

  /// Whether a file holds what migrations led to, as Rails and dbmate write it.
  private static func isDump(_ file: SQLFile, _ name: MigrationName) -> Bool {
    if ["structure", "schema"].contains(file.stem.lowercased()) { return true }
    guard name.version == nil else { return false }
    return String(decoding: file.text.bytes.prefix(1_024), as: UTF8.self).contains("PostgreSQL database dump")
  }

  /// Migrations win over dumps of what they led to, a dump of Rails over what else lies about.
  private mutating func withoutDumps(_ groups: [Group]) -> [Group] {
    let hasTool = groups.contains { $0.tool != .plain }
    let hasNumbers = groups.contains { group in
      group.tool == .plain && group.files.contains { $0.name.version != nil && $0.name.direction != .down }
    }
    var groups = groups
    if hasTool || hasNumbers {
      let winner = groups.first { $0.tool != .plain } ?? groups.first { $0.files.contains { $0.name.version != nil } }
      var others: [SQLFile] = []
      for place in groups.indices where groups[place].tool == .plain {
        groups[place].files.removeAll { file, name, marks in
          if marks != nil { return false }
          if Self.isDump(file, name) {
            remark(file.path, "passed over: the migrations in \(shown(winner?.folder ?? "")) were read instead")
            return true
          }
          guard hasTool else { return false }
          others.append(file)
          return true
        }
      }
      if let first = others.first {
        remark(
          root,
          "\(Self.counted(others)) that \(others.count == 1 ? "is no migration" : "are no migrations") passed over, "
            + "as \(shown(first.path))")
      }
    } else if let place = groups.firstIndex(where: { $0.files.contains { $0.file.name == "structure.sql" } }) {
      let all = groups.flatMap { $0.files }
      let dumps = groups[place].files.filter { $0.file.name == "structure.sql" }
      let others = all.map(\.file).filter { $0.name != "structure.sql" }
      if let other = others.first {
        remark(
          root,
          "\(shown(dumps[0].file.path)) was read; \(Self.counted(others)) beside it passed over, as "
            + shown(other.path))
      }
      return [Group(tool: .rails, folder: groups[place].folder, files: dumps)]
    }
    return groups.filter { !$0.files.isEmpty }
  }

  // MARK: - Steps

  private mutating func add(_ group: Group, isAlone: Bool) {
    var added: [Step] = []
    var places: [String: Int] = [:]
    // What undoes, named alone, is what is asked about.
    let hasUp = group.files.contains { $0.name.direction != .down }
    for (file, name, marks) in ordered(group) {
      if let marks, marks.tool != .sqlx {
        for (number, change) in marks.changes.enumerated() {
          if let database = change.database {
            remark(
              file.path,
              "the change set \(change.name?.forMessage ?? "") is for \(database.forMessage) alone; passed over")
            continue
          }
          if change.up.isEmpty {
            remark(file.path, "nothing is marked to be done; the file was passed over")
            continue
          }
          added.append(
            Step(
              name: change.name ?? name.name, version: number == 0 ? name.version : nil,
              up: change.up.map { Part(file, $0) }, down: change.down.map { $0.map { Part(file, $0) } },
              transaction: change.transaction ?? marks.transaction ?? Self.usual(marks.tool)))
        }
        continue
      }
      if isAlone, group.files.count > 1, name.direction == nil, !isListed, MigrationName.undoes(file.path) {
        remark(file.path, "passed over: by its name it takes away what others bring")
        continue
      }
      let isDown = name.direction == .down && (hasUp || !isListed)
      // Of a file that may be undone the name without a direction is the one that does.
      let place = places[name.key]
      if let place, isDown ? added[place].down == nil : added[place].up.isEmpty {
        if isDown { added[place].down = [Part(file)] } else { added[place].up = [Part(file)] }
        if !isDown {
          added[place].name = name.name
          added[place].transaction = transaction(of: file, marks, group.tool)
        }
        continue
      }
      places[name.key] = added.count
      added.append(
        Step(
          name: name.name, version: name.version, up: isDown ? [] : [Part(file)], down: isDown ? [Part(file)] : nil,
          transaction: transaction(of: file, marks, group.tool)))
    }
    if group.tool == .flyway { added = withoutBaselines(added, group) }
    checkVersions(added, group)
    for step in added {
      if step.up.isEmpty, let down = step.down?.first {
        remark(down.file.path, "it undoes \(step.name.forMessage), which is not there; passed over")
      } else {
        steps.append(step)
      }
    }
  }

  private func ordered(_ group: Group) -> [(file: SQLFile, name: MigrationName, marks: MigrationMarks?)] {
    let files = group.files
    switch group.tool {
    case .plain where isListed: return files
    case .sqitch:
      let plan = contents(Paths.join(group.folder, "sqitch.plan")) ?? ""
      var places: [String: Int] = [:]
      for line in plan.split(separator: "\n") where !line.hasPrefix("%") && !line.hasPrefix("@") {
        if let name = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).first, places[String(name)] == nil {
          places[String(name)] = places.count
        }
      }
      return files.filter { $0.name.direction != nil && places[$0.name.key] != nil }
        .sorted { (places[$0.name.key] ?? 0, $0.file.path) < (places[$1.name.key] ?? 0, $1.file.path) }
    case .flyway:
      return files.sorted { one, other in
        let (a, b) = (one.name, other.name)
        if a.isRepeatable != b.isRepeatable { return !a.isRepeatable }
        if a.isRepeatable { return one.file.name < other.file.name }
        if a.key != b.key { return Paths.naturally(a.key, b.key) }
        return one.file.path < other.file.path
      }
    // These compare names as text.
    case .dbmate, .diesel, .prisma, .atlas:
      return files.sorted { ($0.name.key, $0.file.path) < ($1.name.key, $1.file.path) }
    default:
      return files.sorted { one, other in
        one.name.key == other.name.key
          ? Paths.naturally(one.file.path, other.file.path)
          : Paths.naturally(
            Paths.join(one.name.set, one.name.key), Paths.join(other.name.set, other.name.key))
      }
    }
  }

  private func transaction(
    of file: SQLFile, _ marks: MigrationMarks?, _ tool: MigrationTool
  ) -> MigrationStep.Transaction {
    if let transaction = marks?.transaction { return transaction }
    switch tool {
    case .diesel:
      let settings = contents(Paths.join(file.folder, "metadata.toml")) ?? ""
      // The file goes to the server whole, and so is one transaction again.
      return Self.says("run_in_transaction", settings) == "false" ? .oneMessage : .wrapped
    case .flyway:
      let settings = contents(file.path + ".conf") ?? ""
      if let says = Self.says("executeInTransaction", settings) { return says == "false" ? .none : .wrapped }
      return Self.isOutsideTransactions(file.text) ? .none : .wrapped
    default: return Self.usual(tool)
    }
  }

  /// Whether all that a file does is what PostgreSQL refuses in a transaction: Flyway then opens none.
  private static func isOutsideTransactions(_ text: SQLText) -> Bool {
    var count = 0
    for case .statement(let statement) in StatementScanner(text) {
      let isOutside =
        statement.words.contains("concurrently") || statement.begins(with: "vacuum")
        || statement.begins(with: "alter", "system")
        || ["create", "drop"].contains(statement.words.first ?? "")
          && ["database", "tablespace", "subscription"].contains(statement.words.dropFirst().first ?? "")
      guard isOutside else { return false }
      count += 1
    }
    return count > 0
  }

  private static func says(_ key: String, _ settings: String) -> Substring? {
    for line in settings.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[0].trimmed == key { return parts[1].split(separator: "#").first?.trimmed }
    }
    return nil
  }

  /// What a tool does where a file does not say otherwise.
  private static func usual(_ tool: MigrationTool) -> MigrationStep.Transaction {
    switch tool {
    case .atlas, .dbmate, .diesel, .drizzle, .flyway, .goose, .liquibase, .nodePgMigrate, .sqlMigrate, .sqlx, .tern:
      .wrapped
    case .golangMigrate, .prisma: .oneMessage
    // psql, and Play, run statement by statement.
    case .play, .rails, .sqitch: .none
    case .plain: .unknown
    }
  }

  /// A baseline stands for older versions, where these are not there.
  private mutating func withoutBaselines(_ added: [Step], _ group: Group) -> [Step] {
    let baselines = group.files.filter(\.name.isBaseline)
    guard let last = baselines.map(\.name.key).max(by: Paths.naturally) else { return added }
    let hasOlder = group.files.contains {
      !$0.name.isBaseline && !$0.name.isRepeatable && $0.name.direction == .up
        && !Paths.naturally(last, $0.name.key)
    }
    let paths = Set(baselines.filter { hasOlder || $0.name.key != last }.map(\.file.path))
    if let first = baselines.first(where: { paths.contains($0.file.path) }) {
      remark(first.file.path, "passed over: a baseline of migrations that are there")
    }
    return added.filter { step in !step.up.contains { paths.contains($0.file.path) } || step.up.isEmpty }
  }

  private mutating func checkVersions(_ added: [Step], _ group: Group) {
    guard group.tool != .plain, group.tool != .prisma else { return }
    var seen: [String: String] = [:]
    for step in added {
      guard let version = step.version, let file = (step.up.first ?? step.down?.first)?.file else { continue }
      let number = group.tool == .flyway ? version : String(version.drop { $0 == "0" })
      guard let former = seen.updateValue(file.path, forKey: number), former != file.path else { continue }
      remark(
        file.path,
        "its version \(version.forMessage) is also that of \(shown(former)); both were read, the latter first"
      )
    }
  }
}

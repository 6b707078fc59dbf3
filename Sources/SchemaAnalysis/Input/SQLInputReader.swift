private import Foundation
internal import SQLSyntax
private import TextFormats

extension SQLInput {
  /// Reads files, folders and standard input, each as often as it is named, as one schema in the order given. A folder's
  /// files come in the order in which its migration tool runs them; so do files of migrations that are named one by one.
  /// - Parameters:
  ///   - paths: of files and folders; `-` is standard input.
  ///   - standardInput: the descriptor that `-` is read from.
  public static func read(_ paths: [String], standardInput: Int32 = 0) throws(SQLInputProblem) -> SQLInput {
    var reader = SQLInputReader()
    return try reader.read(paths, standardInput: standardInput)
  }

  /// Reads bytes as a file of that name.
  public static func read(bytes: [UInt8], name: String) throws(SQLInputProblem) -> SQLInput {
    if let objection = SQLFileReader.objection(to: bytes) {
      throw SQLInputProblem("\(Paths.shown(name)): \(objection)")
    }
    var reader = SQLInputReader()
    return try reader.read(SQLFile(path: name, bytes: bytes))
  }
}

private struct SQLInputReader {
  private var input = SQLInput(texts: [], steps: [])
  private var places: [String: Int] = [:]
  private var tools: [MigrationTool] = []
  private var bytes = 0
  private var seen: [SQLFileReader.Identity: String] = [:]
  private var includes = IncludedFiles()
  private var placesOfInvalid: Set<String> = []

  mutating func read(_ paths: [String], standardInput: Int32) throws(SQLInputProblem) -> SQLInput {
    if paths.isEmpty { throw SQLInputProblem("expected the name of a file or folder of SQL, or - for standard input") }
    var listed: [SQLFile] = []
    for path in paths {
      if path == "-" {
        try add(listed, root: nil)
        listed = []
        guard places["-"] == nil else { throw SQLInputProblem("-: standard input can be read only once") }
        let bytes = try SQLFileReader.bytes(from: standardInput, name: "standard input")
        try add([SQLFile(path: "-", bytes: bytes)], root: nil)
        continue
      }
      let (kind, identity) = SQLFileReader.look(path)
      switch kind {
      case .nothing(let reason): throw missing(path, reason)
      case .folder:
        try add(listed, root: nil)
        listed = []
        try addFolder(path)
      case .file, .other:
        if case .file = kind {
          if paths.count > 1, let former = seen.updateValue(path, forKey: identity) {
            input.remarks.append(Remark(path, "the same file as \(Paths.shown(former)); read once"))
            continue
          }
          if let objection = Self.otherLanguage(path) {
            throw SQLInputProblem("\(Paths.shown(path)): \(objection)")
          }
        }
        listed.append(SQLFile(path: path, bytes: try load(path)))
      }
    }
    try add(listed, root: nil)
    input.tool = Set(tools).count == 1 ? tools.first : nil
    return input
  }

  mutating func read(_ file: SQLFile) throws(SQLInputProblem) -> SQLInput {
    try add([file], root: nil)
    input.tool = tools.first
    return input
  }

  private typealias Remark = SQLInput.Remark

  private mutating func load(_ path: String) throws(SQLInputProblem) -> [UInt8] {
    let bytes = try SQLFileReader.bytes(path)
    self.bytes += bytes.count
    guard self.bytes <= SQLFileReader.longest else {
      throw SQLInputProblem(
        "\(Paths.shown(path)): with it, more than 1 GB of SQL; name the files that matter one by one")
    }
    return bytes
  }

  private func missing(_ path: String, _ reason: String) -> SQLInputProblem {
    var above = Paths.folder(path)
    if above.isEmpty { above = "/" }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: above)) ?? []
    let near = nearestName(Paths.name(path), among: names).map {
      "; did you mean \(Paths.shown(Paths.join(above, $0)))?"
    }
    return SQLInputProblem("\(Paths.shown(path)): \(reason)\(near ?? "")", isMissing: true)
  }

  private mutating func addFolder(_ folder: String) throws(SQLInputProblem) {
    let root = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let listing = try FolderListing(root)
    if let path = listing.unreadable.first {
      guard !FolderListing.endings.contains(Paths.ending(Paths.name(path))) else {
        throw SQLInputProblem("\(Paths.shown(path)): cannot be read", isMissing: true)
      }
      input.remarks.append(Remark(path, "the folder cannot be read; passed over"))
    }
    var files: [SQLFile] = []
    var objections: [SQLInputProblem] = []
    for path in listing.sql {
      let identity = SQLFileReader.look(path).identity
      if let former = seen.updateValue(path, forKey: identity) {
        input.remarks.append(Remark(path, "the same file as \(Paths.shown(former)); read once"))
        continue
      }
      do {
        files.append(SQLFile(path: path, bytes: try load(path)))
      } catch {
        if error.isMissing || bytes > SQLFileReader.longest { throw error }
        objections.append(error)
        input.remarks.append(Remark(path, "passed over: " + error.message.dropFirst(Paths.shown(path).count + 2)))
      }
    }
    if files.isEmpty {
      if let objection = objections.first { throw objection }
      if !listing.sql.isEmpty { return }
      throw SQLInputProblem("\(Paths.shown(root)): no file of SQL is in it\(Self.hint(listing.others))")
    }
    try add(files, root: root, others: listing.others)
  }

  private mutating func add(_ files: [SQLFile], root: String?, others: [String] = []) throws(SQLInputProblem) {
    if files.isEmpty { return }
    let included = includes.gather(files, root: root)
    for remark in included.remarks { input.remarks.append(remark) }
    let sets = MigrationSets(
      files.filter { !included.paths.contains($0.path) }, root: root,
      exists: { if case .file = SQLFileReader.look($0).kind { true } else { false } },
      contents: { path in
        guard case .file = SQLFileReader.look(path).kind, let bytes = try? SQLFileReader.bytes(path) else { return nil }
        return String(decoding: bytes.prefix(1 << 20), as: UTF8.self)
      })
    input.remarks.append(contentsOf: sets.remarks)
    for step in sets.steps {
      input.steps.append(
        MigrationStep(
          name: step.name, up: step.up.flatMap { sections($0) }, down: step.down.map { $0.flatMap { sections($0) } },
          transaction: step.transaction))
    }
    tools.append(sets.tool ?? .plain)
    if sets.tool == nil { tools.removeLast() }
    if let tool = sets.tool, tool != .rails, let root {
      remarkGaps(others, tool: tool, folders: Set(sets.steps.flatMap { $0.up.map(\.file.folder) }), root: root)
    }
  }

  /// The part of a file, with those that it includes where they are included.
  private mutating func sections(_ part: MigrationSets.Part) -> [SQLSection] {
    includes.sections(part.file, part.range).map { SQLSection(text: place($0.file), range: $0.range) }
  }

  private mutating func place(_ file: SQLFile) -> Int {
    if let place = places[file.path] { return place }
    let place = input.texts.count
    places[file.path] = place
    input.texts.append(file.text)
    if let offset = SQLFileReader.invalid(file.text.bytes) {
      let position = file.text.position(at: offset)
      input.remarks.append(
        Remark(
          file.path,
          "line \(position.line), column \(position.column): this is not UTF-8; the rest is read all the same"))
    }
    return place
  }

  /// Migrations that a tool runs and that are no SQL leave gaps.
  private mutating func remarkGaps(_ others: [String], tool: MigrationTool, folders: Set<String>, root: String) {
    let missed = others.filter { path in
      Self.languages[Paths.ending(Paths.name(path))] != nil && folders.contains(Paths.folder(path))
        && (Paths.name(path).first.map { $0.isNumber || $0 == "V" } ?? false)
    }
    guard let first = missed.first else { return }
    input.remarks.append(
      Remark(
        root,
        "\(missed.count == 1 ? "1 migration is" : "\(missed.count) migrations are") no SQL, as \(Paths.shown(first, below: root)); passed "
          + "over: what they change is not known"))
  }

  private static let languages = [
    "py": "Python", "rb": "Ruby", "go": "Go", "js": "JavaScript", "ts": "TypeScript", "java": "Java", "kt": "Kotlin",
    "php": "PHP", "cs": "C#", "ex": "Elixir", "exs": "Elixir", "xml": "XML", "yaml": "YAML", "yml": "YAML",
    "json": "JSON", "rs": "Rust", "prisma": "Prisma's schema language",
  ]

  private static func otherLanguage(_ path: String) -> String? {
    let ending = Paths.ending(Paths.name(path))
    return languages[ending].map { "this is \($0); expected SQL\(advice(ending))" }
  }

  private static func advice(_ ending: String) -> String {
    switch ending {
    case "py": ", as `alembic upgrade head --sql` or Django's `manage.py sqlmigrate` prints it"
    case "rb": ", as db/structure.sql, which Rails writes where `config.active_record.schema_format = :sql` is set"
    case "xml", "yaml", "yml": ", as `liquibase update-sql` prints it"
    case "prisma": ", as `prisma migrate diff --from-empty --to-schema-datamodel … --script` prints it"
    case "js", "ts", "go", "java", "kt", "php", "cs", "ex", "exs", "rs": ", as `pg_dump --schema-only` prints it"
    default: ""
    }
  }

  /// What to do where a folder holds none.
  private static func hint(_ others: [String]) -> String {
    var counts: [String: Int] = [:]
    for path in others {
      let ending = Paths.ending(Paths.name(path))
      if languages[ending] != nil { counts[ending, default: 0] += 1 }
    }
    guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), let language = languages[most.key]
    else {
      return ""
    }
    return ", but \(most.value) of \(language); expected SQL\(advice(most.key))"
  }
}

/// The name that is most like another, where one is like it.
func nearestName(_ name: String, among names: [String]) -> String? {
  let word = Array(name.lowercased().unicodeScalars.prefix(100))
  let limit = max(1, word.count / 3)
  var best: (distance: Int, name: String)?
  for candidate in names.sorted() where candidate != name {
    let other = Array(candidate.lowercased().unicodeScalars.prefix(100))
    guard abs(other.count - word.count) <= limit else { continue }
    var row = Array(0...other.count)
    for (i, scalar) in word.enumerated() {
      var corner = row[0]
      row[0] = i + 1
      for j in other.indices {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, corner + (scalar == other[j] ? 0 : 1))
        corner = above
      }
    }
    let distance = row[other.count]
    if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
  }
  return best?.name
}

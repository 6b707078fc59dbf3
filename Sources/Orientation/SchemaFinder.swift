/// Where the schema is written and how it changes.
public struct SchemaFinding: Sendable, Hashable {
  /// A folder of migrations.
  public struct Migrations: Sendable, Hashable {
    public var tool: String
    public var folder: String
    public var count: Int
    /// The last file in the order of the names.
    public var latest: String
    /// The command that shows what has been applied.
    public var status: String?
  }

  public var migrations: [Migrations] = []
  /// Files that hold a schema as a whole, with the tables that they create.
  public var files: [(place: Place, tables: Int)] = []
  /// Names of tables with where they are made, those that most is said about first.
  public var tables: [(name: String, place: Place, mentions: Int)] = []
  public var tableCount = 0

  public static func == (a: SchemaFinding, b: SchemaFinding) -> Bool {
    a.migrations == b.migrations && a.tables.map(\.name) == b.tables.map(\.name)
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(migrations) }
}

enum SchemaFinder {
  static func find(_ tree: CodeTree) -> SchemaFinding {
    var finding = SchemaFinding()
    var folders: [String: [String]] = [:]
    for file in tree.files where !PathKind.isTest(file.path) {
      folders[String(file.folder), default: []].append(String(file.name))
    }
    for (folder, names) in folders.sorted(by: { $0.key < $1.key }) {
      if let found = migrations(folder, names.sorted(), tree) { finding.migrations.append(found) }
    }
    collapse(&finding)
    var made: [String: Place] = [:]
    var mentions: [String: Int] = [:]
    var spent = 0
    for file in tree.files where !PathKind.isTest(file.path) && spent < 48 << 20 {
      let name = file.name
      let isSQL = name.hasSuffix(".sql")
      let isSchema = name == "schema.rb" || name == "schema.prisma" || name == "structure.sql"
      let stem = name.prefix { $0 != "." }.lowercased()
      let isMigration = isInMigrations(file.path) || stem.contains("migration") || stem == "schema"
      guard
        isSQL || isSchema || isMigration && Language(path: file.path) != nil || name == "models.py"
          || file.path.contains("/models/") && name.hasSuffix(".py"),
        let bytes = tree.bytes(file), !CodeTree.isBinary(bytes)
      else { continue }
      spent += bytes.count
      let found = tables(bytes, String(name))
      for table in found {
        mentions[table.name, default: 0] += table.isMade ? 2 : 1
        if table.isMade, made[table.name] == nil { made[table.name] = Place(file: file.path, line: table.line) }
      }
      let count = Set(found.filter(\.isMade).map(\.name)).count
      if count > 0, isSchema || isSQL && !isMigration { finding.files.append((Place(file: file.path, line: 1), count)) }
    }
    finding.tableCount = made.count
    finding.tables = made.map { (name: $0.key, place: $0.value, mentions: mentions[$0.key] ?? 0) }
      .sorted { ($1.mentions, $0.name) < ($0.mentions, $1.name) }
    finding.tables = Array(finding.tables.prefix(40))
    finding.files = Array(finding.files.prefix(40))
    return finding
  }

  private static func isInMigrations(_ path: String) -> Bool {
    let parts = path.split(separator: "/").dropLast()
    return parts.contains { ["migrations", "migrate", "migration", "versions", "changelog", "deploy"].contains($0) }
  }

  private static func migrations(_ folder: String, _ names: [String], _ tree: CodeTree) -> SchemaFinding.Migrations? {
    let parts = folder.split(separator: "/").map(String.init)
    func has(_ pattern: (String) -> Bool) -> [String] { names.filter(pattern) }
    func finding(_ tool: String, _ files: [String], _ status: String?) -> SchemaFinding.Migrations? {
      files.isEmpty
        ? nil : .init(tool: tool, folder: folder, count: files.count, latest: files.last ?? "", status: status)
    }
    let isNumbered: (String) -> Bool = { $0.first?.isNumber ?? false }
    if parts.suffix(2) == ["db", "migrate"] {
      return finding("Rails", has { $0.hasSuffix(".rb") && isNumbered($0) }, "bin/rails db:migrate:status")
    }
    if parts.last == "versions", let above = parts.dropLast().last,
      above.contains("alembic") || above.contains("migration")
        || tree.contains(parts.dropLast().joined(separator: "/") + "/env.py")
    {
      return finding("Alembic", has { $0.hasSuffix(".py") && $0 != "__init__.py" }, "alembic current && alembic heads")
    }
    if parts.last == "migrations" {
      let python = has { $0.hasSuffix(".py") && isNumbered($0) }
      if !python.isEmpty { return finding("Django", python, "python manage.py showmigrations") }
      let elixir = has { $0.hasSuffix(".exs") && isNumbered($0) }
      if !elixir.isEmpty { return finding("Ecto", elixir, "mix ecto.migrations") }
      let laravel = has { $0.hasSuffix(".php") && isNumbered($0) }
      if !laravel.isEmpty, parts.dropLast().last == "database" {
        return finding("Laravel", laravel, "php artisan migrate:status")
      }
      let doctrine = has { $0.hasPrefix("Version") && $0.hasSuffix(".php") }
      if !doctrine.isEmpty { return finding("Doctrine", doctrine, "php bin/console doctrine:migrations:status") }
      let knex = has { ($0.hasSuffix(".js") || $0.hasSuffix(".ts")) && isNumbered($0) }
      if !knex.isEmpty {
        let text = names.isEmpty ? "" : tree.text(folder + "/" + knex[0], upTo: 20_000) ?? ""
        let tool =
          text.contains("typeorm")
          ? "TypeORM" : text.contains("queryInterface") || text.contains("sequelize") ? "Sequelize" : "Knex"
        return finding(tool, knex, tool == "Knex" ? "npx knex migrate:status" : nil)
      }
    }
    if parts.contains("prisma"), names == ["migration.sql"] {
      return finding("Prisma", names, "npx prisma migrate status")
    }
    let flyway = has { $0.hasSuffix(".sql") && ($0.hasPrefix("V") || $0.hasPrefix("U")) && $0.contains("__") }
    if !flyway.isEmpty { return finding("Flyway", flyway.filter { $0.hasPrefix("V") }, "flyway info") }
    let up = has { $0.hasSuffix(".up.sql") }
    if !up.isEmpty { return finding("golang-migrate", up, nil) }
    if names.contains("up.sql"), isNumbered(parts.last ?? "") {
      return finding("Diesel", ["up.sql"], "diesel migration list")
    }
    let changelog = has {
      $0.hasPrefix("db.changelog")
        || $0.hasPrefix("changelog") && ($0.hasSuffix(".xml") || $0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
    }
    if !changelog.isEmpty, folder.contains("db") || folder.contains("liquibase") {
      return finding("Liquibase", changelog, "liquibase status")
    }
    if names.contains("sqitch.plan") {
      return .init(
        tool: "Sqitch", folder: folder,
        count: (tree.text(folder.isEmpty ? "sqitch.plan" : folder + "/sqitch.plan") ?? "").split(separator: "\n").filter
        { !$0.hasPrefix("%") && !$0.hasPrefix("#") }.count, latest: "sqitch.plan", status: "sqitch status")
    }
    let numbered = has { $0.hasSuffix(".sql") && isNumbered($0) }
    if numbered.count > 1, let last = parts.last?.lowercased(),
      ["migrations", "migrate", "migration", "sql", "schema", "schemas", "versions", "patches"].contains(last)
        || last.hasSuffix("migrations")
    {
      return finding("numbered SQL files", numbered, nil)
    }
    return nil
  }

  /// Prisma and Diesel have a folder for each migration; Django one for each application.
  private static func collapse(_ finding: inout SchemaFinding) {
    var kept: [SchemaFinding.Migrations] = []
    for found in finding.migrations {
      guard ["Prisma", "Diesel"].contains(found.tool) else {
        kept.append(found)
        continue
      }
      let parent = found.folder.split(separator: "/").dropLast().joined(separator: "/")
      if let index = kept.firstIndex(where: { $0.tool == found.tool && $0.folder == parent }) {
        kept[index].count += 1
        kept[index].latest = found.folder.split(separator: "/").last.map(String.init) ?? ""
      } else {
        kept.append(
          .init(
            tool: found.tool, folder: parent, count: 1,
            latest: found.folder.split(separator: "/").last.map(String.init) ?? "", status: found.status))
      }
    }
    finding.migrations = Array(kept.prefix(60))
  }

  // MARK: Tables

  /// The tables that a text makes or changes: CREATE TABLE, create_table, db_table, model of Prisma, Django's classes.
  private static func tables(_ bytes: [UInt8], _ name: String) -> [(name: String, line: Int, isMade: Bool)] {
    var found: [(name: String, line: Int, isMade: Bool)] = []
    var inComment = false
    var lineNumber = 0
    for raw in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      lineNumber += 1
      guard raw.count < 20_000, found.count < 20_000 else { continue }
      let line = String(decoding: raw.prefix(600), as: UTF8.self)
      let body = line.drop { $0 == " " || $0 == "\t" }
      if body.hasPrefix("/*") { inComment = true }
      if inComment {
        if body.contains("*/") { inComment = false }
        continue
      }
      if body.hasPrefix("--") || body.hasPrefix("#") || body.hasPrefix("//") { continue }
      let isMatch = body.utf8.contains {
        $0 == UInt8(ascii: "t") || $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: "m") || $0 == UInt8(ascii: "c")
      }
      guard isMatch else { continue }
      if let table = after(
        body, ["CREATE TABLE IF NOT EXISTS", "CREATE UNLOGGED TABLE", "CREATE TABLE"], caseless: true)
      {
        found.append((table, lineNumber, true))
      } else if let table = after(
        body, ["ALTER TABLE IF EXISTS ONLY", "ALTER TABLE IF EXISTS", "ALTER TABLE ONLY", "ALTER TABLE"], caseless: true
      ) {
        found.append((table, lineNumber, false))
      } else if name == "schema.prisma", body.hasPrefix("model "),
        let table = body.dropFirst(6).split(separator: " ").first
      {
        found.append((String(table), lineNumber, true))
      } else if name.hasSuffix(".py"), body.hasPrefix("class "),
        body.contains("models.Model)") || body.contains("(Base)") || body.contains("db.Model)")
          || body.contains("SQLModel, table=True")
      {
        found.append((String(body.dropFirst(6).prefix { $0.isLetter || $0.isNumber || $0 == "_" }), lineNumber, true))
      } else {
        for (word, isMade) in [
          ("create_table", true), ("createTable", true), ("CreateTable", true), ("Schema::create", true),
          ("create table(", true), ("add_column", false), ("add_index", false), ("alter table(", false),
          ("Schema::table", false), ("addColumn", false),
        ] {
          guard let range = body.ranges(of: word).first else { continue }
          let rest = body[range.upperBound...].drop { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "\n") }
          let table = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
          if !table.isEmpty, table.count < 64 { found.append((String(table), lineNumber, isMade)) }
          break
        }
      }
    }
    return found
  }

  private static func after(_ line: Substring, _ words: [String], caseless: Bool) -> String? {
    let upper = line.uppercased()
    for word in words {
      guard let range = upper.ranges(of: word).first else { continue }
      let offset = upper.distance(from: upper.startIndex, to: range.upperBound)
      guard line.count >= offset else { continue }
      let rest = line.dropFirst(offset).drop { $0 == " " || $0 == "\t" }
      let name = rest.prefix { $0.isLetter || $0.isNumber || "_.\"`[]".contains($0) }
        .filter { !"\"`[]".contains($0) }
      if name.isEmpty || ["if", "as"].contains(name.lowercased()) { return nil }
      return name.hasPrefix("public.") ? String(name.dropFirst(7)) : name
    }
    return nil
  }
}

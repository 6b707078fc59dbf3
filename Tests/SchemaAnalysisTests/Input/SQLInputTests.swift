import Foundation
import SQLSyntax
import SchemaAnalysis
import TestSupport
import Testing

/// Files, and what is to come of them: a line for each step, as `name: up / down [transaction]`, then the remarks.
private struct Layout: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let tool: MigrationTool?
  let files: [(String, String)]
  let steps: [String]
  let remarks: [String]

  init(
    _ name: String, _ tool: MigrationTool?, _ files: KeyValuePairs<String, String>, _ steps: [String],
    _ remarks: [String] = []
  ) {
    testDescription = name
    self.tool = tool
    self.files = files.map { ($0, $1) }
    self.steps = steps
    self.remarks = remarks
  }
}

private func shown(_ input: SQLInput, below folder: String) -> (steps: [String], remarks: [String]) {
  func text(_ sections: [SQLSection]) -> String {
    sections.map { section in
      let text = input.texts[section.text]
      return text[section.range].split(separator: "\n").joined(separator: " ")
    }.joined(separator: " + ")
  }
  let steps = input.steps.map { step in
    "\(step.name): \(text(step.up))\(step.down.map { " / " + text($0) } ?? "") [\(step.transaction)]"
  }
  let remarks = input.remarks.map { remark in
    "\(remark.file): \(remark.message)".replacingOccurrences(of: folder + "/", with: "")
      .replacingOccurrences(of: folder, with: ".")
  }
  return (steps, remarks)
}

@Suite struct MigrationLayoutTests {
  private static let layouts = [
    Layout(
      "golang-migrate", .golangMigrate,
      ["10_c.up.sql": "c", "2_b.up.sql": "b", "2_b.down.sql": "-b", "1_a.up.sql": "a", "notes.sql": "n"],
      ["1_a: a [oneMessage]", "2_b: b / -b [oneMessage]", "10_c: c [oneMessage]"],
      [".: 1 file that is no migration passed over, as notes.sql"]),
    Layout(
      "versions twice, a down alone and migrations in Go", .golangMigrate,
      [
        "1_a.up.sql": "a", "001_b.up.sql": "b", "3_c.down.sql": "-c", "4_d.go": "", "5_e.go": "", "doc.go": "",
      ],
      ["1_a: a [oneMessage]", "001_b: b [oneMessage]"],
      [
        "001_b.up.sql: its version 001 is also that of 1_a.up.sql; both were read, the latter first",
        "3_c.down.sql: it undoes 3_c, which is not there; passed over",
        ".: 2 migrations are no SQL, as 4_d.go; passed over: what they change is not known",
      ]),
    Layout(
      "diesel", .diesel,
      [
        "m/2020-01-02-000000_b/up.sql": "b", "m/2020-01-02-000000_b/down.sql": "-b",
        "m/2020-01-02-000000_b/metadata.toml": "# x\nrun_in_transaction = false # y\n",
        "m/2020-01-01-000000_a/up.sql": "a", "m/2020-01-01-000000_a/down.sql": "-a",
      ],
      ["2020-01-01-000000_a: a / -a [wrapped]", "2020-01-02-000000_b: b / -b [oneMessage]"]),
    Layout(
      "flyway", .flyway,
      [
        "V10__d.sql": "d", "V2__b.sql": "b", "more/V2.1__c.sql": "c", "V1_0__a.sql": "a", "R__view.sql": "r",
        "U1__a.sql": "-a", "V2__b.sql.conf": "executeInTransaction=false", "beforeMigrate.sql": "x",
      ],
      [
        "V1_0__a: a / -a [wrapped]", "V2__b: b [none]", "V2.1__c: c [wrapped]", "V10__d: d [wrapped]",
        "R__view: r [wrapped]",
      ], [".: 1 file that is no migration passed over, as beforeMigrate.sql"]),
    Layout(
      "flyway without transactions", .flyway,
      [
        "V1__a.sql": "create index concurrently i on t (a); -- x\nvacuum t;",
        "V2__b.sql": "create unique index concurrently i on t (a); b;",
        "V3__c.sql": "drop index concurrently i", "V3__c.sql.conf": "executeInTransaction=true",
      ],
      [
        "V1__a: create index concurrently i on t (a); -- x vacuum t; [none]",
        "V2__b: create unique index concurrently i on t (a); b; [wrapped]",
        "V3__c: drop index concurrently i [wrapped]",
      ]),
    Layout(
      "up and down alone", .plain, ["db/up.sql": "a", "db/down.sql": "-a", "db/migration.sql": "m"],
      ["db: a / -a [unknown]", "migration: m [unknown]"]),
    Layout(
      "flyway with a baseline", .flyway, ["B2__x.sql": "x", "V3__y.sql": "y", "B1__w.sql": "w"],
      ["B2__x: x [wrapped]", "V3__y: y [wrapped]"], ["B1__w.sql: passed over: a baseline of migrations that are there"]),
    Layout(
      "sql-migrate", .sqlMigrate,
      [
        "2-b.sql": "-- +migrate Up notransaction\nb\n-- +migrate Down\n-b", "1-a.sql": "-- note\n-- +migrate Up\na\n",
        "3-c.sql": "-- +migrate Down\n-c",
      ],
      ["1-a: a [wrapped]", "2-b: b / -b [none]"], ["3-c.sql: nothing is marked to be done; the file was passed over"]),
    Layout(
      "goose", .goose,
      [
        "00001_a.sql": "-- +goose Up\n-- +goose StatementBegin\na\n-- +goose StatementEnd\n-- +goose Down\n-a\n",
        "00002_b.sql": "-- +goose NO TRANSACTION\r\n-- +goose up\r\nb\r\n",
      ],
      [
        "00001_a: -- +goose StatementBegin a -- +goose StatementEnd / -a [wrapped]",
        "00002_b: b\r\n [none]",
      ]),
    Layout(
      "dbmate", .dbmate,
      [
        "db/migrations/9_b.sql": "-- migrate:up\nb\n-- migrate:down\n-b",
        "db/migrations/10_a.sql": "-- migrate:up transaction:false\na\n-- migrate:down transaction:false\n",
        "db/schema.sql": "dump",
      ],
      ["10_a: a /  [oneMessage]", "9_b: b / -b [wrapped]"],
      ["db/schema.sql: passed over: the migrations in db/migrations were read instead"]),
    Layout(
      "prisma", .prisma,
      [
        "prisma/migrations/20210102_b/migration.sql": "b", "prisma/migrations/20210101_a/migration.sql": "a",
        "prisma/migrations/migration_lock.toml": "provider = \"postgresql\"",
      ],
      ["20210101_a: a [oneMessage]", "20210102_b: b [oneMessage]"]),
    Layout(
      "rails", .rails,
      ["db/structure.sql": "s", "db/migrate/20200101_a.rb": "x", "lib/report.sql": "r"], ["structure: s [none]"],
      [".: db/structure.sql was read; 1 file beside it passed over, as lib/report.sql"]),
    Layout(
      "numbers, pairs and a dump", .plain,
      [
        "2_b.sql": "b", "10_c.sql": "c", "1_a_up.sql": "a", "1_a_down.sql": "-a", "2_b.undo.sql": "-b",
        "schema.sql": "s",
      ],
      ["1_a: a / -a [unknown]", "2_b: b / -b [unknown]", "10_c: c [unknown]"],
      ["schema.sql: passed over: the migrations in . were read instead"]),
    Layout(
      "folders up and down", .plain, ["up/1_a.sql": "a", "down/1_a.sql": "-a"], ["1_a: a / -a [unknown]"]),
    Layout(
      "postgrator", .plain, ["001.do.a.sql": "a", "001.undo.a.sql": "-a", "002.do.sql": "b"],
      ["001.do.a: a / -a [unknown]", "002.do: b [unknown]"]),
    Layout(
      "names alone", .plain,
      ["b.sql": "b", "a.sql": "a", "drop.sql": "-", ".hidden.sql": "h", "node_modules/x.sql": "x"],
      ["a: a [unknown]", "b: b [unknown]"], ["drop.sql: passed over: by its name it takes away what others bring"]),
    Layout(
      "liquibase", .liquibase,
      [
        "1.sql":
          "--liquibase formatted sql\n--changeset ana:1 runInTransaction:false\na;\n--rollback -a;\n-- changeset bo:2\nb;\n",
        "2.sql":
          "-- liquibase formatted sql\n--changeset ana:3 dbms:mysql\nc;\n--changeset ana:4\nd;\n--rollback empty",
      ],
      ["ana:1: a; --rollback -a; / -a; [none]", "bo:2: b; [wrapped]", "ana:4: d; --rollback empty /  [wrapped]"],
      ["2.sql: the change set ana:3 is for mysql alone; passed over"]),
    Layout(
      "tern", .tern,
      [
        "001_a.sql": "a\n---- create above / drop below ----\n-a",
        "002_b.sql": "---- tern: disable-tx ----\nb\n---- create above / drop below ----\n",
      ],
      ["001_a: a / -a [wrapped]", "002_b: ---- tern: disable-tx ---- b /  [none]"]),
    Layout(
      "node-pg-migrate", .nodePgMigrate, ["1_a.sql": "-- Up Migration\na\n-- Down Migration\n-a"],
      ["1_a: a / -a [wrapped]"]),
    Layout(
      "Play", .play, ["1.sql": "# --- !Ups\na\n# --- !Downs\n-a"], ["1: a / -a [none]"]),
    Layout(
      "sqitch", .sqitch,
      [
        "sqitch.plan": "%project=x\n\nb 2020-01-01T00:00:00Z A <a@b.c> # n\na [b] 2020\n", "deploy/a.sql": "a",
        "deploy/b.sql": "b", "revert/a.sql": "-a", "deploy/gone.sql": "g",
      ], ["b: b [none]", "a: a / -a [none]"]),
    Layout(
      "sqlx", .sqlx, ["Cargo.toml": "", "migrations/1_a.sql": "a", "migrations/2_b.sql": "-- no-transaction\nb"],
      ["1_a: a [wrapped]", "2_b: -- no-transaction b [oneMessage]"]),
    Layout(
      "drizzle", .drizzle, ["0000_a.sql": "a", "meta/_journal.json": "{}", "0001_b.sql": "b"],
      ["0000_a: a [wrapped]", "0001_b: b [wrapped]"]),
    Layout(
      "other databases and tests", .golangMigrate,
      ["mysql/1_a.up.sql": "m", "postgres/1_a.up.sql": "p", "postgres/testdata/x.sql": "t"],
      ["1_a: p [oneMessage]"],
      [
        ".: 1 file for other databases passed over, as mysql/1_a.up.sql",
        ".: 1 file of tests passed over, as postgres/testdata/x.sql",
      ]),
    Layout(
      "several sets", .golangMigrate, ["a/1_a.up.sql": "a", "b/1_b.up.sql": "b"],
      ["1_a: a [oneMessage]", "1_b: b [oneMessage]"],
      [
        ".: sets of migrations were read as one schema in this order: a (golang-migrate), b (golang-migrate)"
      ]),
    Layout(
      "included files", .plain,
      [
        "main.sql": "x;\n\\ir parts/a.sql\ny;\n\\i parts/b.sql\n\\i ../out.sql\n\\i gone.sql\n",
        "parts/a.sql": "a;\n\\ir b.sql",
        "parts/b.sql": "b;",
      ],
      ["main: x; + a; + b; + y; + b; + \\i ../out.sql \\i gone.sql [unknown]"],
      [
        "main.sql: line 5, column 1: ../out.sql is to be included and is not there; passed over",
        "main.sql: line 6, column 1: gone.sql is to be included and is not there; passed over",
      ]),
    Layout(
      "a ring of included files", .plain, ["a.sql": "a;\n\\i b.sql\n", "b.sql": "b;\n\\i a.sql\n"],
      ["a: a; + b; \\i a.sql +  [unknown]", "b: b; + a; \\i b.sql +  [unknown]"]),
  ]

  @Test(arguments: layouts)
  private func isRecognised(_ layout: Layout) throws {
    let folder = try TemporaryFolder()
    for (name, text) in layout.files { try folder.write(name, Array(text.utf8)) }
    let input = try SQLInput.read([folder.path])
    let (steps, remarks) = shown(input, below: folder.path)
    #expect(steps == layout.steps)
    #expect(remarks == layout.remarks)
    #expect(input.tool == layout.tool)
  }
}

@Suite struct NamedFileTests {
  @Test func areReadInTheOrderGiven() throws {
    let folder = try TemporaryFolder([
      "b.sql": "b", "a.sql": "a", "m/2_y.up.sql": "y", "m/10_x.up.sql": "x", "m/2_y.down.sql": "-y",
    ])
    let named = ["b.sql", "m", "a.sql", "b.sql"].map { "\(folder.path)/\($0)" }
    let (steps, remarks) = shown(try SQLInput.read(named), below: folder.path)
    #expect(steps == ["b: b [unknown]", "2_y: y / -y [oneMessage]", "10_x: x [oneMessage]", "a: a [unknown]"])
    #expect(
      remarks == [
        "b.sql: the same file as \(folder.path)/b.sql; read once".replacingOccurrences(of: folder.path + "/", with: "")
      ])
  }

  @Test func ofMigrationsComeInTheToolsOrder() throws {
    let folder = try TemporaryFolder(["10_x.up.sql": "x", "2_y.down.sql": "-y", "2_y.up.sql": "y"])
    let all = try SQLInput.read(["10_x.up.sql", "2_y.down.sql", "2_y.up.sql"].map { "\(folder.path)/\($0)" })
    #expect(shown(all, below: folder.path).steps == ["2_y: y / -y [oneMessage]", "10_x: x [oneMessage]"])
    #expect(all.tool == .golangMigrate)
    let down = try SQLInput.read(["\(folder.path)/2_y.down.sql"])
    #expect(shown(down, below: folder.path).steps == ["2_y: -y [oneMessage]"])
  }

  @Test func mayComeFromStandardInput() throws {
    let folder = try TemporaryFolder(["a.sql": "a"])
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("-- migrate:up\nx\n-- migrate:down\ny".utf8))
    try pipe.fileHandleForWriting.close()
    let input = try SQLInput.read(
      ["\(folder.path)/a.sql", "-"], standardInput: pipe.fileHandleForReading.fileDescriptor)
    #expect(shown(input, below: folder.path).steps == ["a: a [unknown]", "-: x / y [wrapped]"])
    #expect(throws: SQLInputProblem("-: standard input can be read only once")) {
      try SQLInput.read(["-", "-"], standardInput: open("/dev/null", O_RDONLY))
    }
  }

  @Test func linksInARingEnd() throws {
    let folder = try TemporaryFolder(["a/1.sql": "a"])
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/a/up", withDestinationPath: folder.path)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/a/2.sql", withDestinationPath: "\(folder.path)/a/1.sql")
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/loop.ddl", withDestinationPath: "loop.ddl")
    let problem = #expect(throws: SQLInputProblem.self) { try SQLInput.read([folder.path]) }
    #expect(problem?.message.hasSuffix("/loop.ddl: cannot be read") == true)
    try FileManager.default.removeItem(atPath: "\(folder.path)/loop.ddl")
    #expect(shown(try SQLInput.read([folder.path]), below: folder.path).steps == ["1: a [unknown]"])
  }

  @Test func mayBeMany() throws {
    let folder = try TemporaryFolder()
    let count = size(300, full: 12_000)
    for number in (1...count).reversed() { try folder.write("\(number)_x.sql", Array("s\(number)".utf8)) }
    let input = try SQLInput.read([folder.path])
    #expect(input.steps.map(\.name) == (1...count).map { "\($0)_x" })
  }
}

@Suite struct NoSQLTests {
  @Test(arguments: [
    (
      "a.sql", Array("PGDMP\u{1}\u{0E}".utf8),
      "this is a dump in PostgreSQL's own format; expected SQL, as `pg_restore -f -` makes of it"
    ),
    ("a.sql", [0x1F, 0x8B, 8, 0], "this is compressed; expected SQL, as `gunzip -c` makes of it"),
    (
      "a.sql", [0xFF, 0xFE, 0x61, 0],
      "this is UTF-16, as its first two bytes say; expected UTF-8, as `iconv -f UTF-16 -t UTF-8` makes it"
    ),
    ("a.sql", Array("select\n é \0".utf8), "line 2, column 4: a NUL byte, which no SQL holds"),
    (
      "a.sql", [0x61, 0, 0x62, 0], "line 1, column 2: a NUL byte, which no SQL holds; it may be UTF-16: expected UTF-8"
    ),
    (
      "0001_initial.py", Array("x".utf8),
      "this is Python; expected SQL, as `alembic upgrade head --sql` or Django's `manage.py sqlmigrate` prints it"
    ),
  ])
  func isRefused(_ name: String, _ bytes: [UInt8], _ message: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(name, bytes)
    let path = "\(folder.path)/\(name)"
    #expect(throws: SQLInputProblem("\(path): \(message)")) { try SQLInput.read([path]) }
  }

  @Test func doesNotSpoilAFolder() throws {
    let folder = try TemporaryFolder(["b.sql": "b"])
    try folder.write("a.sql", [0x1F, 0x8B])
    let (steps, remarks) = shown(try SQLInput.read([folder.path]), below: folder.path)
    #expect(steps == ["b: b [unknown]"])
    #expect(remarks == ["a.sql: passed over: this is compressed; expected SQL, as `gunzip -c` makes of it"])
  }

  @Test func endlessDataIsToldFromItsBeginning() {
    #expect(
      throws: SQLInputProblem(
        "/dev/zero: line 1, column 1: a NUL byte, which no SQL holds; it may be UTF-16: expected UTF-8")
    ) {
      try SQLInput.read(["/dev/zero"])
    }
  }

  @Test func orNothingIsThere() throws {
    let folder = try TemporaryFolder(["schema.sql": "", "m/0001_a.py": "", "m/0002_b.py": ""])
    let missing = "\(folder.path)/shcema.sql"
    #expect(
      throws: SQLInputProblem(
        "\(missing): no such file or directory; did you mean \(folder.path)/schema.sql?", isMissing: true)
    ) {
      try SQLInput.read([missing])
    }
    #expect(throws: SQLInputProblem("\(folder.path)/zzz/x: no such file or directory", isMissing: true)) {
      try SQLInput.read(["\(folder.path)/zzz/x"])
    }
    #expect(
      throws: SQLInputProblem(
        "\(folder.path)/m: no file of SQL is in it, but 2 of Python; expected SQL, as `alembic upgrade head --sql` or "
          + "Django's `manage.py sqlmigrate` prints it")
    ) { try SQLInput.read(["\(folder.path)/m"]) }
    #expect(throws: SQLInputProblem.self) { try SQLInput.read([]) }
  }

  @Test(
    arguments: [
      ([0x61, 0xC3], 1), ([0xC0, 0x80], 0), ([0xE0, 0x80, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
      ([0xF5, 0x80, 0x80, 0x80], 0),
      ([0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0xFF], 8), ([0xF0, 0x9F, 0x98], 0),
    ] as [([UInt8], Int)])
  func whatIsNotUTF8IsRemarked(_ bytes: [UInt8], _ offset: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write("a.sql", Array("é\n".utf8) + bytes)
    let (_, remarks) = shown(try SQLInput.read([folder.path]), below: folder.path)
    #expect(remarks == ["a.sql: line 2, column \(offset + 1): this is not UTF-8; the rest is read all the same"])
  }

  @Test func validTextIsValid() throws {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<size(200, full: 20_000) {
      var text = ""
      for _ in 0..<Int.random(in: 0...40, using: &generator) {
        let limit: UInt32 = [0x7F, 0x7FF, 0xD7FF, 0x10_FFFF].randomElement(using: &generator) ?? 0x7F
        text.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: 1...limit, using: &generator)) ?? "x")
      }
      let folder = try TemporaryFolder(["a.sql": text])
      #expect(try SQLInput.read([folder.path]).remarks == [])
    }
  }

  @Test func controlCharactersInNamesAreHarmless() {
    let problem = #expect(throws: SQLInputProblem.self) { try SQLInput.read(["/nowhere/\u{1B}[31m\u{202E}x\n"]) }
    #expect(problem?.message == "/nowhere/[31mx: no such file or directory")
  }
}

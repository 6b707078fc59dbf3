import KnowledgeModel
import Review
import Testing

@Suite("What a diff calls for")
struct DiffFinderTests {
  private func change(_ id: String, within: String? = nil, _ signs: Change.Sign...) -> Change {
    Change(entry: Self.entry(id), within: within, hasTemplate: false, signs: signs)
  }

  private func check(_ id: String, _ changes: String...) -> Check {
    Check(
      entry: Self.entry(id), applies: nil, reason: "", phase: .change, level: .must, step: nil, evidence: "",
      command: nil, changes: changes)
  }

  private static func entry(_ id: String) -> Entry {
    Entry(
      id: id, kind: .change, title: id, area: .data, summary: "", guide: [], guideSays: nil, today: nil,
      verdict: .practice, sources: [], checked: "2026-11-22", aliases: [], body: "", pack: "", override: nil)
  }

  private func sign(_ paths: String..., except: [String] = [], lines: [String] = []) -> Change.Sign {
    Change.Sign(paths: paths, except: except, lines: lines)
  }

  private func finder(_ changes: [Change], _ checks: [Check] = []) -> DiffFinder { DiffFinder(changes, for: checks) }

  private func lines(_ finder: DiffFinder, _ path: String, _ new: String, since old: String? = nil) -> [Int] {
    guard let watch = finder.watch(path) else { return [] }
    var finds = finder.finds(of: watch, in: Array(new.utf8))
    if let old { finds = finds.gained(since: Array(old.utf8)) }
    return finds.places(in: path).flatMap(\.lines)
  }

  @Test("A path alone, and a line, are signs; what is left out is none")
  func signs() {
    let finder = finder([
      change("migration", sign("**/migrations/**", except: ["**/migrations/readme.md"])),
      change("cache", sign("**/*.py", "**/*.{js,ts}", lines: ["cache.get(", "new redis("])),
    ])
    #expect(finder.watch("DB/Migrations/1.sql")?.kinds == ["migration"])
    #expect(finder.watch("db/migrations/README.md")?.kinds == nil)
    #expect(finder.watch("a.css")?.kinds == nil)
    #expect(finder.watch("db/migrations/a.py")?.kinds == ["migration"])
    #expect(finder.watch("a.ts")?.readsLines == true)
    #expect(lines(finder, "a.ts", "x\nCache.Get(1)\nrecache.get(\nnew\t  Redis()\r\n") == [2, 4])
  }

  @Test("A check is called by a kind that it names, and by a narrower one")
  func within() {
    let finder = finder(
      [
        change("wide", sign("**/*.sql")), change("narrow", within: "wide", sign("**/*.sql", lines: ["create index"])),
        change("other", sign("**/*.sql")),
      ], [check("a", "wide"), check("b", "narrow"), check("c", "other"), check("d")])
    let wide = DiffPlace(change: "wide", file: "1.sql", lines: [])
    let narrow = DiffPlace(change: "narrow", file: "1.sql", lines: [3])
    let second = DiffPlace(change: "wide", file: "2.sql", lines: [])
    #expect(finder.called(by: []).isEmpty)
    #expect(finder.called(by: [wide]).map(\.check.id) == ["a"])
    let called = finder.called(by: [narrow, wide, second])
    #expect(called.map(\.check.id) == ["a", "b"])
    // The path alone says less than the line.
    #expect(called.map(\.places) == [[narrow, second], [narrow]])
    // The narrower kind says of line 3 what the wider one says; of line 4 only the wider one speaks.
    let same = DiffPlace(change: "wide", file: "1.sql", lines: [3])
    let more = DiffPlace(change: "wide", file: "1.sql", lines: [3, 4])
    #expect(finder.called(by: [narrow, same]).first?.places == [narrow])
    #expect(finder.called(by: [narrow, more]).first?.places == [narrow, more])
  }

  @Test("Only lines that the older version does not have as often are new")
  func gained() {
    let finder = finder([change("query", sign("**/*.go", lines: ["select"]))])
    let old = "select * from a\n\tselect * from b\nselect * from c\nselect * from c\n"
    #expect(lines(finder, "a.go", old, since: old).isEmpty)
    #expect(lines(finder, "a.go", old, since: "") == [1, 2, 3, 4])
    // Moved, indented and with other line ends.
    let moved = "select * from c\r\n  select * from c\r\nselect * from a\r\nselect * from b"
    #expect(lines(finder, "a.go", moved, since: old).isEmpty)
    #expect(lines(finder, "a.go", old + "select * from c\nselect * from d\n", since: old) == [5, 6])
    #expect(lines(finder, "a.go", "select *  from a\n", since: old) == [1])
  }

  @Test(
    "A line that is only a comment says nothing",
    arguments: [
      ("-- create index", false), ("  // create index", false), ("# create index", false), (" * create index", false),
      ("/* create index */", false), ("<!-- create index -->", false), ("#[create index]", true),
      ("create index -- quickly", true), ("*create index", true), ("- create index", true),
    ])
  func comments(line: String, counts: Bool) {
    let finder = finder([change("index", sign("**/*.sql", lines: ["create index"]))])
    #expect(lines(finder, "a.sql", "\n\(line)\n") == (counts ? [2] : []))
  }

  @Test(
    "Foreign, locked and generated files call for nothing",
    arguments: [
      "node_modules/a/x.js", "web/node_modules/a/x.js", "vendor/a/x.go", "service/vendor/x.php", "third_party/x.cc",
      "dist/x.js", "build/x.js", "a/x.min.js", "go.sum", "poetry.lock", "package-lock.json", "api/x.pb.go",
      "db/query_generated.go", ".terraform/modules/x.tf", "src/node_modules/x.js", "Pods/x.swift",
    ])
  func unreviewed(path: String) {
    let finder = finder([change("any", sign("**/*"))])
    #expect(finder.watch(path)?.isUnreviewed == true)
  }

  @Test(
    "A folder of the project's own with such a name counts",
    arguments: [
      "src/main/java/org/shop/vendor/Vendor.java", "src/build/plan.ts", "vendors/x.go", "rebuild/x.go", "dist",
    ])
  func reviewed(path: String) {
    let finder = finder([change("any", sign("**/*"))])
    #expect(finder.watch(path)?.isUnreviewed == false)
  }

  @Test(
    "Test code calls for nothing",
    arguments: [
      "tests/a.py", "src/test/java/A.java", "a/b_test.go", "web/a.spec.ts", "test_a.py", "models/a_spec.rb",
      "Shop.Tests/A.cs",
    ])
  func testCode(path: String) {
    let finder = finder([change("any", sign("**/*"))])
    #expect(finder.watch(path)?.kinds == nil)
    #expect(finder.watch("src/contest/latest.go")?.kinds == ["any"])
  }

  @Test("A file that says it was generated calls for nothing by its lines")
  func generated() {
    let finder = finder([change("query", sign("**/*.go", lines: ["select"]))])
    #expect(lines(finder, "a.go", "// Code generated by sqlc. DO NOT EDIT.\n\nselect * from a\n").isEmpty)
    #expect(lines(finder, "a.go", "// We generated this once.\n\nselect * from a\n") == [3])
  }
}

extension DiffFinder {
  fileprivate func watch(_ path: String) -> Watch? {
    var endings = Endings()
    return watch(Array(path.utf8), &endings)
  }
}

import KnowledgeModel
import Testing

@Suite struct ChangeTests {
  @Test(arguments: [
    ("**/*.sql", "a.sql", true), ("**/*.sql", "db/x/a.SQL", true), ("**/*.sql", "a.sqlx", false),
    ("*.sql", "db/a.sql", false), ("db/**", "db/x/y", true), ("db/**", "db", false), ("db/**/x", "db/x", true),
    ("**/{migrations,migrate}/**/*.{rb,sql}", "app/db/migrate/1_a.rb", true),
    ("**/{migrations,migrate}/**/*.{rb,sql}", "app/db/migrated/1_a.rb", false),
    ("**/v?*__*.sql", "db/V1_2__add.sql", true), ("**/v?*__*.sql", "db/v__add.sql", false),
    ("**/.env*", ".env.production", true), ("a*b*c", "aXbXbXc", true), ("a*b*c", "aXbX/c", false),
  ]) func globs(_ glob: String, _ path: String, _ expected: Bool) {
    #expect(PathGlob.problem(glob) == nil)
    #expect(PathGlob(glob).matches(Array(path.lowercased().utf8)) == expected)
  }

  @Test(arguments: ["", "/a", "a[bc]", "a\\b", "{a", "a}", "{a,{b}}", "a**", "x/**y/z"])
  func noGlobs(_ text: String) {
    #expect(PathGlob.problem(text) != nil)
    #expect(!PathGlob(text).matches(Array("a".utf8)))
  }

  @Test(arguments: [
    ("create index", "CREATE\t INDEX a", true), ("create index", "create indexes", false),
    ("create index", "recreate index", false), ("create index", "create_index", false),
    ("create * index", "create unique index a", true), ("create * index", "create index", false),
    ("create * index", "create x indexes; create x index", true), ("alert: *", "  alert: High", true),
    ("redis*", "redisClient", true), ("redis*", "ioredis", false), (".query('*", "db.query('SELECT", true),
    ("app.get(", "  app.get('/x')", true), ("app.get(", "myapp.get('/x')", false),
    ("\"effect\": \"allow\"", "{\"Effect\":  \"Allow\"}", true), ("fetch(", "prefetch()", false),
  ]) func phrases(_ phrase: String, _ line: String, _ expected: Bool) {
    #expect(LinePhrase.problem(phrase) == nil)
    #expect(LinePhrase(phrase).isFound(in: Array(line.lowercased().utf8)) == expected)
  }

  @Test(arguments: ["", "abc", "abc*d", " abcd", "abcd ", "abcd**", "abcd* *e", "schön"])
  func noPhrases(_ text: String) {
    #expect(LinePhrase.problem(text) != nil)
    #expect(!LinePhrase(text).isFound(in: Array("abcd".utf8)))
  }

  /// Many stars on a long line that almost matches.
  @Test func staysLinear() {
    let line = Array(String(repeating: "abcd ", count: 20_000).utf8)
    #expect(!LinePhrase("abcd*abcd*abcd*abcd*abcd*x").matches(line, at: 0))
  }
}

import SQLSyntax
import SchemaAnalysis
import Testing

@Suite("Following statements") struct CatalogTests {
  private func model(_ sql: String, _ transaction: MigrationStep.Transaction = .unknown) -> SchemaModel {
    let text = SQLText(name: "x.sql", sql)
    return SchemaModel(
      SQLInput(
        texts: [text],
        steps: [
          MigrationStep(
            name: "x", up: [SQLSection(text: 0, range: text.bytes.indices)], down: nil, transaction: transaction)
        ]))
  }

  @Test(
    "Very many things of one table or type are followed up to a limit",
    arguments: [
      ("CREATE TABLE t (a int);", "CREATE INDEX ON t (a);", "2000 indexes"),
      ("CREATE TABLE t (a int);", "ALTER TABLE t ADD CHECK (a > 0);", "2000 checks"),
      ("CREATE TABLE t (a int PRIMARY KEY);", "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t;", "2000 foreign keys"),
      ("CREATE TYPE t AS ENUM ();", "ALTER TYPE t ADD VALUE '#';", "2000 values"),
    ])
  func many(_ first: String, _ each: String, _ limit: String) {
    let all = (0..<2_002).map { each.replacing("#", with: "\($0)") }
    let found = model(([first] + all).joined(separator: "\n")).unfollowed.map(\.reason)
    #expect(found.count == 2 && found.allSatisfy { $0.contains("public.t has \(limit)") }, "\(found.prefix(3))")
  }

  @Test(
    "What is not followed is said, and what may come of it is believed",
    arguments: [
      (
        "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); END $$; CREATE TABLE t (a mood);", ["a DO block", "the type mood"]
      ),
      (
        "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); END $$; CREATE TABLE t (a other);",
        ["a DO block", "there is no type"]
      ),
      ("CREATE TABLE t (a citext);", ["nothing creates the type citext"]),
      (
        "CREATE TABLE t (a int GENERATED ALWAYS AS (1) VIRTUAL); CREATE TABLE u (a int REFERENCES t);",
        ["not parsed", "there is no table t"]
      ),
      ("CREATE TABLE t (a int REFERENCES auth.users);", ["there is no table auth.users"]),
      ("SELECT create_hypertable('a', 'b');", ["the function create_hypertable"]),
      ("CALL f();", ["a procedure"]), ("CREATE TABLE s.t (a int);", ["nothing creates the schema s"]),
      ("CREATE TABLE t (a int); CREATE TABLE t (a int);", ["public.t exists already"]),
      ("BEGIN; CREATE TABLE t (a int);", ["the transaction that begins here"]),
    ])
  func unfollowed(_ sql: String, _ reasons: [String]) {
    let found = model(sql).unfollowed.map(\.reason)
    #expect(found.count == reasons.count)
    for (one, expected) in zip(found, reasons) { #expect(one.hasPrefix(expected)) }
  }

  @Test("A refused statement takes its migration with it, one that may be right does not")
  func wholeSteps() {
    let wrong = "CREATE TABLE a (x int); CREATE INDEX ON b (x); CREATE TABLE c (x int);"
    #expect(model(wrong, .wrapped).catalog.tables.isEmpty)
    #expect(model(wrong, .oneMessage).unfollowed.map(\.isRefused) == [true])
    #expect(model(wrong, .none).catalog.tables.map(\.name.name) == ["a", "c"])
    let open = "DO $$ BEGIN EXECUTE 'CREATE TABLE b (x int)'; END $$; " + wrong
    #expect(model(open, .wrapped).catalog.tables.map(\.name.name) == ["a", "c"])
    #expect(model("CREATE TABLE a (x int); COMMIT; CREATE INDEX ON b (x);", .wrapped).catalog.tables.count == 1)
  }

  @Test("Texts of expressions stand as they were written")
  func texts() throws {
    let catalog = model(
      """
      CREATE TABLE t (a int DEFAULT (1 + 2) NOT NULL, b text DEFAULT 'x, y' COLLATE "C" CHECK (b <> ')'),
        c timestamptz DEFAULT now(), d int DEFAULT NULL, CHECK (a > 0 AND b IS NOT NULL));
      CREATE INDEX i ON t (lower(b) DESC, (a + 1), c) WHERE (a > 1) AND b = 'x';
      ALTER TABLE t ALTER COLUMN d SET DEFAULT 5 * (2 + 1), ALTER c DROP DEFAULT;
      """
    ).catalog
    let table = try #require(catalog.relation(nil, "t"))
    #expect(table.columns.map(\.defaultText) == ["(1 + 2)", "'x, y'", nil, "5 * (2 + 1)"])
    #expect(table.checks.map(\.text) == ["b <> ')'", "a > 0 AND b IS NOT NULL"])
    let index = try #require(catalog.index(nil, "i")?.index)
    #expect(index.keys.map(\.text) == ["lower(b)", "(a + 1)", "c"])
    #expect(index.keys.map(\.descending) == [true, false, false])
    #expect(index.predicate == "(a > 1) AND b = 'x'")
  }

  @Test(
    "Statements that cannot matter are known by their words",
    arguments: [
      ("INSERT INTO t VALUES (1)", false), ("COPY t FROM stdin", false), ("CREATE FUNCTION f() RETURNS int", false),
      ("CREATE OR REPLACE FUNCTION f()", false), ("CREATE TRIGGER x", false), ("COMMENT ON TABLE t IS ''", false),
      ("SET statement_timeout = 0", false), ("SET search_path = a", true), ("SET LOCAL search_path = a", true),
      ("CREATE OR REPLACE VIEW v AS", true), ("create unlogged table t ()", true), ("DROP TABLE t", true),
      ("ALTER TABLE t ADD a int", true), ("SELECT set_config('search_path', '', false)", true), ("BEGIN", true),
      ("GRANT SELECT ON t TO u", false), ("ALTER FUNCTION f() OWNER TO x", false), ("DO $$ $$", true),
    ])
  func matters(_ sql: String, _ expected: Bool) throws {
    let piece = try #require(StatementScanner(SQLText(name: "x", sql)).first { _ in true })
    guard case .statement(let statement) = piece else { return }
    #expect(CatalogBuilder.matters(statement) == expected)
  }

  @Test("Many names that collide, and many indexes of one table, are followed in one pass")
  func manyNames() {
    let statements = (0..<2_000).map { _ in "CREATE INDEX ON t (a); ALTER TABLE t ADD CHECK (a > 0);" }
    let catalog = model("CREATE TABLE t (a int);" + statements.joined()).catalog
    #expect(catalog.index(nil, "t_a_idx1999") != nil)
    #expect(catalog.relation(nil, "t")?.checks.last?.name == "t_a_check1999")
  }
}

import SQLSyntax
import Testing

@Suite struct ScannerTests {
  private func pieces(_ sql: String) -> [String] {
    let text = SQLText(name: "x", sql)
    return StatementScanner(text).map { piece in
      switch piece {
      case .statement(let statement): text[statement.range]
      case .metaCommand(let range): "meta " + text[range]
      case .copyData(let range): "data " + text[range]
      }
    }
  }

  @Test(arguments: [
    ("a; b ;c", ["a", "b", "c"]),
    ("\u{FEFF}a;;", ["a"]),
    ("select ';' ; select \";\" ; select E'\\';' ; x", ["select ';'", "select \";\"", "select E'\\';'", "x"]),
    ("select $$ ; $$; select $a$ $b$ ; $a$; y$1$; z", ["select $$ ; $$", "select $a$ $b$ ; $a$", "y$1$", "z"]),
    ("-- a;\nb /* ; /* ; */ ; */ c; -- d", ["b /* ; /* ; */ ; */ c"]),
    ("\\c db\nselect 1 \\gexec\nx;", ["meta \\c db", "select 1", "meta \\gexec", "x"]),
    (
      "COPY a.b (c) FROM stdin;\n1;2\n\\N\n\\.\nx; copy t from STDIN with csv;\r\n1\r\n\\.\r\ny",
      [
        "COPY a.b (c) FROM stdin", "data 1;2\n\\N\n\\.\n", "x", "copy t from STDIN with csv", "data 1\r\n\\.\r\n", "y",
      ]
    ),
    (
      "create or replace function f() begin atomic select case when 1 then 2 end; select 2; end; x;",
      ["create or replace function f() begin atomic select case when 1 then 2 end; select 2; end", "x"]
    ),
    (
      "create rule r as on insert to t do (select 1; select 2); x",
      [
        "create rule r as on insert to t do (select 1; select 2)", "x",
      ]
    ),
    ("create table t (a int; x", ["create table t (a int", "x"]),
    ("select 'open ; ", ["select 'open ; "]), ("$a$ ;", ["$a$ ;"]), ("/* ; ", []), ("\\", ["meta \\"]),
  ])
  func cuts(_ sql: String, _ expected: [String]) { #expect(pieces(sql) == expected) }

  @Test func tellsWordsAndPlaces() throws {
    let text = SQLText(name: "x", "-- é\n  CREATE UNIQUE INDEX ON T (é);")
    guard case .statement(let statement)? = StatementScanner(text).first(where: { _ in true }) else {
      Issue.record("no statement")
      return
    }
    #expect(statement.words == ["create", "unique", "index", "on"])
    #expect(text.position(at: statement.range.lowerBound) == SQLPosition(line: 2, column: 3))
    #expect(text[statement.lead] == "-- é\n  ")
    #expect(text.position(at: text.bytes.count - 2) == SQLPosition(line: 2, column: 30))
  }

  @Test func findsComments() {
    let text = SQLText(name: "x", "a -- b\n, '-- c' /* d */ \"--\" $$ -- $$ e--")
    #expect(StatementScanner.comments(in: text.bytes.indices, of: text).map { text[$0] } == ["-- b", "/* d */", "--"])
  }
}

@Suite struct ParserTests {
  private func parsed(_ sql: String) -> [ParsedStatement] {
    let text = SQLText(name: "x", sql)
    var all: [ParsedStatement] = []
    let statements = StatementScanner(text).compactMap {
      if case .statement(let statement) = $0 { statement } else { nil }
    }
    SQLParser.parse(statements, of: text) {
      all.append($0)
      return true
    }
    return all
  }

  @Test func keepsPlacesAcrossABatch() throws {
    let all = parsed("create table a (b int);\nCREATE TABLE \"é\" (\"C\\\u{1}\" int, d int);")
    #expect(all.count == 2)
    let create = all[1].node["CreateStmt"]
    #expect(create["relation"]["relname"].string == "é")
    let columns = create["tableElts"].elements
    #expect(columns.map { $0["ColumnDef"]["colname"].string } == ["C\\\u{1}", "d"])
    #expect(columns[1].inner.offset == 54)
    #expect(all[1].node.contains("TypeName") == false)
    #expect(create["missing"]["more"].isPresent == false)
  }

  @Test func passesOverWhatDoesNotParse() throws {
    let all = parsed("create table a (b int); create tabel é x; create table c (d int)")
    #expect(all.map(\.node.isPresent) == [true, false, true])
    guard case .failed(let failure) = all[1].outcome else {
      Issue.record("it parsed")
      return
    }
    #expect(failure.message == "syntax error at or near \"tabel\"")
    #expect(failure.offset == 31)
  }

  @Test(arguments: [4_000, 18_000, 400_000])
  func survivesDepth(_ terms: Int) throws {
    let chain = parsed("create table a (b int check (\(String(repeating: "1+", count: terms))1 > 0))")
    #expect(chain[0].node.isPresent == (terms < 20_000))
    let nested = parsed("select \(String(repeating: "(", count: terms))1\(String(repeating: ")", count: terms))")
    #expect(nested.count == 1)
    let signs = parsed("select \(String(repeating: "- ", count: terms))1")
    #expect(signs.count == 1)
    let casts = parsed("select 1\(String(repeating: "::int", count: terms / 4))")
    #expect(casts.count == 1)
    let negations = parsed("select \(String(repeating: "not ", count: terms / 2)) true")
    #expect(negations.count == 1)
  }

  @Test func refusesWhatIsNoText() {
    let all = parsed("create table a (b int); select '\0'; create table c (d int)")
    #expect(all.map(\.node.isPresent) == [true, false, true])
  }
}

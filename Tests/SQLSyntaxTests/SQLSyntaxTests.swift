@testable import SQLSyntax
import TestSupport
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
    ("select 1$a$ ' $a$; x$a$; 1$1$1; $1$a$ ; $a$; y", ["select 1$a$ ' $a$", "x$a$", "1$1$1", "$1$a$ ; $a$", "y"]),
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
    SQLParser.parse(text) {
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

  /// What can nest: what is before, each level's beginning, the middle, each level's end, and what is behind.
  private static let shapes: [(String, String, String, String, String)] = [
    ("select ", "(", "1", ")", ""), ("select ", "1+", "1", "", ""), ("select ", "- ", "1", "", ""),
    ("select ", "not ", "true", "", ""), ("select 1", "", "", "::int", ""), ("select ", "cast(", "1", " as int)", ""),
    ("select ", "case ", "1", " when 1 then 1 end", ""), ("select ", "case when 1 then ", "1", " end", ""),
    ("select ", "array[", "1", "]", ""), ("select ", "(select ", "1", ")", ""),
    ("select ", "exists(select ", "1", ")", ""),
    ("select * from t", "", "", " join t on true", ""), ("select * from ", "(select * from ", "t", ") x", ""),
    ("select 1", "", "", " is null", ""), ("select 'a'", "", "", " collate \"C\"", ""),
    ("select now()", "", "", " at time zone 'x'", ""), ("select a", "", "", "->'b'", ""),
    ("select 1,2", "", "", " union select 1,2", ""), ("", "select 1 union (", "select 1", ")", ""),
    ("select 1", "", "", " in (1,2)", ""), ("select ", "f(1,", "1", ")", ""), ("select ", "row(", "1", ")", ""),
    ("select a", "", "", "[1]", ""), ("select ", "a[", "1", "]", ""), ("", "with a as (", "select 1", ") select 1", ""),
    ("create table t (a int) partition by list (", "f(", "a", ")", ")"),
    ("create table t (a int check (", "f(1,2)+", "1", "", "))"),
    ("create table t (a int", "", "", ", b int check (true)", ")"),
    ("select $$))'$$, E'\\'', (", "", "1", "+f(1,2)", ")"),
  ]

  @Test(arguments: shapes.indices, [10, size(700, full: 9_000), size(2_000, full: 100_000)])
  func survivesDepth(_ shape: Int, _ levels: Int) {
    let (before, opening, middle, closing, behind) = Self.shapes[shape]
    let sql =
      before + String(repeating: opening, count: levels) + middle + String(repeating: closing, count: levels) + behind
    let whole = parsed("create table a (b int); \(sql); create table c (d int)")
    #expect(whole.map(\.node.isPresent) == [true, whole[1].node.isPresent, true])
    #expect(whole[1].node.isPresent == (levels == 10) || levels > 10)
    if sql.utf8.count > SQLParser.longest { #expect(!whole[1].node.isPresent) }
    #expect(whole[1].node.descendants.count >= (whole[1].node.isPresent ? 1 : 0))
    // Cut anywhere, it is refused and no more.
    let cut = parsed(String(sql.prefix(sql.count / 2)))
    #expect(cut.count == 1)
  }

  /// Deeper than a thread's usual stack, in no more bytes than are parsed.
  @Test(arguments: [60_000, 400_000]) func survivesChains(_ terms: Int) {
    let chain = parsed("create table a (b int check (\(String(repeating: "1+", count: terms))1 > 0))")
    #expect(chain[0].node.isPresent == (terms < 130_000))
  }

  @Test func refusesWhatIsNoText() {
    let all = parsed("create table a (b int); select '\0'; create table c (d int)")
    #expect(all.map(\.node.isPresent) == [true, false, true])
  }
}

@Suite struct SyntaxTreeTests {
  /// Everything that can be asked of a tree.
  private func walk(_ json: [UInt8]) -> Int {
    guard let tree = SyntaxTree(json: json) else { return 0 }
    let root = SyntaxNode(tree: tree, index: 0, shift: 0)
    var seen = 0
    for node in [root] + root.descendants {
      _ = (
        node.kind, node.is("a"), node.inner.string, node["a"].integer, node["b"].elements.count, node.names, node.offset
      )
      _ = (node.name, node.isTrue, node["a"]["b"].isPresent, node.contains("c"))
      seen += 1
    }
    return seen
  }

  @Test func standsUpToWhatIsNoTree() {
    let json = Array(#"{"a":{"b":[{"String":{"sval":"x\u0001\"y"}},-12,true,false],"location":3},"c":{}}"#.utf8)
    #expect(walk(json) > 4)
    for end in json.indices { _ = walk(Array(json[..<end])) }
    for text in [
      "", "{", "{}", "[]", "{\"a\"}", "{\"a\":{\"b\"}}", "]", "\"", "\"\\", "t", "-", "{\"a\":t}", "[1,[2],3]", "\u{0}",
    ] {
      _ = walk(Array(text.utf8))
    }
    var generator = SeededGenerator(seed: 9)
    var read = 0
    for _ in 0..<size(2_000, full: 200_000) {
      var bytes = json
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let at = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[at] = Array("{}[]\",:\\tf-1 a".utf8).randomElement(using: &generator) ?? 0
        case 1: bytes.remove(at: at)
        default: bytes.insert(bytes[at], at: at)
        }
      }
      read += walk(bytes) > 0 ? 1 : 0
    }
    #expect(read > 0)
  }
}

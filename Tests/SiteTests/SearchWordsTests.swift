import Testing

@testable import Site

@Suite struct SearchWordsTests {
  private func words(_ text: String) -> [String] {
    var cutter = SearchWords()
    var found: [String] = []
    cutter.forEach(in: text) { word in
      found += word.parts
      if let whole = word.whole { found.append(whole + (word.hasDigit ? "!" : "")) }
    }
    return found
  }

  @Test(arguments: [
    ("", []),
    ("?!  …", []),
    ("Read replicas", ["read", "replica"]),
    ("ST-1", ["st", "1", "st-1!"]),
    ("read_qps", ["read", "qps", "read-qps"]),
    ("{@postgres-read-qps}", ["postgr", "read", "qps", "postgres-read-qps"]),
    ("cache-aside, then", ["cach", "asid", "cache-aside", "then"]),
    ("TLS 1.3.", ["tls", "1", "3", "1-3!"]),
    ("read/write", ["read", "writ"]),
    ("a--b -c- d", ["a", "b", "c", "d"]),
    ("can’t won't", ["cant", "wont"]),
    ("Café déjà ﬁle", ["caf", "deja", "fil"]),
    ("cafe\u{301}", ["caf"]),
    ("ΣΊΣΥΦΟΣ", ["σισυφοσ"]),
    ("数据库 １２", ["数据库", "12"]),
    ("naïve_bayes", ["naiv", "bay", "naive-bayes"]),
  ]) func cuts(_ text: String, into expected: [String]) {
    #expect(words(text) == expected)
  }

  @Test func dataIsNoWord() {
    #expect(words(String(repeating: "a", count: 41)).isEmpty)
    #expect(words(String(repeating: "a", count: 40)).count == 1)
  }

  @Test(arguments: [
    ["cache", "caches", "cached", "caching"], ["replica", "replicas"], ["query", "queries"], ["apply", "applied"],
    ["scale", "scales", "scaled", "scaling"], ["log", "logs", "logged", "logging"], ["call", "calls", "called"],
    ["process", "processes", "processing"], ["index", "indexes", "indexed", "indexing"], ["status"], ["redis"],
  ]) func oneStem(of forms: [String]) {
    #expect(Set(forms.map { SearchWords.stem(Array($0.utf8)) }).count == 1)
  }

  @Test(arguments: ["string", "less", "bus", "dns", "red", "1200s", "pgbouncer", "是s"])
  func isItsOwnStem(_ word: String) {
    #expect(SearchWords.stem(Array(word.utf8)) == word)
  }
}

import Testing

@testable import SchemaAnalysis

struct WordingTests {
  @Test(arguments: [
    ("film", "film"), ("Film", "\"Film\""), ("order", "\"order\""), ("a\"b", "\"a\"\"b\""), ("1a", "\"1a\""),
    ("", "\"\""),
    ("a b", "\"a b\""), ("a\nb", "U&\"a\\+00000Ab\""), ("a\\b", "\"a\\b\""), ("a\\b\u{202E}", "U&\"a\\\\b\\+00202E\""),
    ("größe", "\"größe\""),
  ])
  func namesAreQuotedWhereTheyNeedIt(_ name: String, _ sql: String) {
    #expect(SQLWriting.name(name) == sql)
  }

  @Test(arguments: [
    ("unit_price", ["unit", "price"]), ("unitPrice", ["unit", "price"]), ("UNIT_PRICE", ["unit", "price"]),
    ("UnitPrice2", ["unit", "price2"]), ("", []), ("__", []), ("straße", ["straße"]),
  ])
  func namesAreSplit(_ name: String, _ words: [String]) {
    #expect(NameWords.split(name) == words)
  }

  @Test func numbersAreReadable() {
    #expect(Wording.count(2_147_483_647) == "2,147,483,647")
    #expect(Wording.count(-1000) == "-1,000")
    #expect(Wording.count(999) == "999")
    #expect(Wording.percent(0.4) == "40 %")
    #expect(Wording.percent(0.025) == "2.5 %")
    #expect(Wording.years(0.5) == "6 months")
    #expect(Wording.years(2.25) == "2.3 years")
    #expect(Wording.years(7) == "7 years")
  }
}

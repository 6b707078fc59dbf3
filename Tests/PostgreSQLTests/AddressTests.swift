import Testing

@testable import PostgreSQL

@Suite("The address of a database")
struct AddressTests {
  private func settings(_ text: String) throws -> [String: String] {
    try PostgreSQLAddress(text, option: "--database").settings
  }

  @Test("It becomes libpq's environment variables")
  func variables() throws {
    #expect(
      try settings("postgresql://ann:s%40cret@[::1]:5433/shop%20one?sslmode=require") == [
        "PGUSER": "ann", "PGPASSWORD": "s@cret", "PGHOST": "::1", "PGPORT": "5433", "PGDATABASE": "shop one",
        "PGSSLMODE": "require",
      ])
    #expect(try settings("postgres:///x?host=/run/pg") == ["PGDATABASE": "x", "PGHOST": "/run/pg"])
    #expect(try settings("postgresql://") == [:])
    #expect(try settings("postgresql://h?user=ann&port=5433") == ["PGHOST": "h", "PGUSER": "ann", "PGPORT": "5433"])
    #expect(
      try settings("postgresql://a,[::1]:5433,c/x") == ["PGHOST": "a,::1,c", "PGPORT": ",5433,", "PGDATABASE": "x"])
    #expect(
      try settings("postgresql://ann@tenant:p@w@h/x") == [
        "PGUSER": "ann@tenant", "PGPASSWORD": "p@w", "PGHOST": "h", "PGDATABASE": "x",
      ])
    #expect(try settings("postgresql://ann:@h/")["PGPASSWORD"] == "")
  }

  @Test(
    "What is wrong is said with the option's name and without any part of the password",
    arguments: [
      "mysql://u:hush-hush@h/x", "hush-hush", "", "postgresql:/u:hush-hush@h", "postgresql://u:hush-hush@h:99999/x",
      "postgresql://u:hush-hush@h:0/x", "postgresql://u:hush-hush@h:+5/x", "postgresql://u:hush-hush@h:٥/x",
      "postgresql://u:hush-hush@h/x?evil=1", "postgresql://u:hush-hush%zz@h/x", "postgresql://u:hush-hush%00@h/x",
      "postgresql://u:hush-hush%0a@h/x", "postgresql://u:hush-hush\n@h/x", "postgresql://u:12/hush-hush@h/x",
      "postgresql://u:12?hush-hush@h/x", "postgresql://u:12#/hush-hush?a@h/x",
      "postgresql://h/x?password=a&hush-hush=1", "postgresql://h/x?password=a&hush-hush", "postgresql://[h:hush-hush/x",
      "postgresql://[h]hush-hush/x", "postgresql://h/x?sslmode=hush-hush", "postgresql://h/x?connect_timeout=hush-hush",
      "postgresql://h/x?options=-csearch_path%3Dhush-hush", "postgresql://h/x?port=1,hush-hush",
      "postgresql://h/x?target_session_attrs=hush-hush", "postgresql://h/x?=hush-hush",
    ])
  func hostile(text: String) {
    let problem = #expect(throws: PostgreSQLProblem.self) {
      _ = try PostgreSQLAddress(text, option: "--from-database")
    }
    #expect(problem?.isBadInput == true)
    #expect(problem?.message.hasPrefix("--from-database: ") == true)
    #expect(problem?.message.contains("hush") == false)
    #expect(problem?.message.contains("\n") == false)
  }

  @Test("Neither a description nor a dump shows the password")
  func descriptions() throws {
    let address = try PostgreSQLAddress(
      "postgresql://ann:hush%20hush@db.example:5433/shop?sslmode=require", option: "--database")
    #expect("\(address)" == "postgresql://ann@db.example:5433/shop")
    #expect(String(reflecting: address) == "postgresql://ann@db.example:5433/shop")
    var dumped = ""
    dump(address, to: &dumped)
    dump([address as Any], to: &dumped)
    #expect(!dumped.contains("hush"))
    let same = try PostgreSQLAddress("postgresql://postgres:postgres@h/x", option: "--database")
    #expect("\(same)" == "postgresql://…@h/x")
    let several = try PostgreSQLAddress("postgresql://a,[::1]:5433/x", option: "--database")
    #expect("\(several)" == "postgresql://a,[::1]:5433/x")
  }

  @Test("A server's message loses the password, as it is and as it may stand in an address")
  func redaction() throws {
    let address = try PostgreSQLAddress("postgresql://ann:hu%20%22sh@h/x", option: "--database")
    #expect(address.withoutPassword("password \"hu \"sh\" and hu%20%22sh") == "password \"…\" and …")
    let none = try PostgreSQLAddress("postgresql://ann:@h/x", option: "--database")
    #expect(none.withoutPassword("as it is") == "as it is")
  }

  @Test("Each transaction reads only, within bounds, and looks names up in the catalogue alone")
  func script() {
    let first = Psql.Transaction("a", "SELECT 1;", seconds: 1.5)
    let script = Psql.script([first, Psql.Transaction("b", "SELECT 2;", seconds: 2, mayFail: true)])
    #expect(script.ranges(of: "BEGIN TRANSACTION READ ONLY;").count == 2)
    #expect(script.contains("SET LOCAL statement_timeout = '1500ms';"))
    #expect(script.ranges(of: "SET LOCAL search_path = pg_catalog, pg_temp;").count == 2)
    #expect(MeasurementScript.transactions(10).count == 12)
    // What a pipe holds.
    #expect(Psql.script(MeasurementScript.transactions(600)).utf8.count < 40_000)
  }
}

import Testing

@testable import SchemaAnalysis

/// Comments that accept a finding.
struct AllowanceTests {
  private let reason = "rows are only appended"

  @Test(arguments: [
    "-- plumbline: allow missing-primary-key because rows are only appended\nCREATE TABLE t (a int);",
    "--plumbline: allow missing-primary-key because rows are only appended\nCREATE TABLE t (a int);",
    "/* plumbline: allow missing-primary-key because rows are only appended */ CREATE TABLE t (a int);",
    "SELECT 1; -- first\n\n-- plumbline: allow missing-primary-key because rows are only appended\n-- more\nCREATE TABLE t (a int);",
    "CREATE TABLE t (a int);\n-- plumbline: allow missing-primary-key on t because rows are only appended",
    "-- plumbline: allow missing-primary-key on public.t because rows are only appended\nSELECT 1;\nCREATE TABLE t (a int);",
    "CREATE TABLE t (a int); -- plumbline: allow missing-primary-key because rows are only appended",
    "CREATE TABLE t (a int); -- plumbline: allow missing-primary-key because rows are only appended\nSELECT 1;",
    "SELECT 1;\n-- plumbline: allow-file missing-primary-key because rows are only appended\nSELECT 1; CREATE TABLE t (a int);",
    "CREATE TABLE t ( -- plumbline: allow missing-primary-key because rows are only appended\n  a int);",
  ])
  func aCommentAllows(_ sql: String) {
    let report = RuleTests.report(sql)
    #expect(report.findings == [])
    #expect(report.allowed.map(\.reason) == [reason])
    #expect(report.remarks == [])
  }

  @Test func oneCommentAllowsSeveralRules() {
    let report = RuleTests.report(
      "-- plumbline: allow missing-primary-key, timestamp-without-time-zone because it is a log\nCREATE TABLE t (a timestamp);"
    )
    #expect(report.findings == [])
    #expect(report.allowed.count == 2)
  }

  @Test(arguments: [
    ("-- plumbline: allow missing-primary-key\nCREATE TABLE t (a int);", "needs because and a reason"),
    ("-- plumbline: allow missing-primary-key because\nCREATE TABLE t (a int);", "needs because and a reason"),
    ("CREATE TABLE t (a int);\n-- plumbline: allow missing-primary-key because of that\nSELECT 1;", "allows nothing"),
    ("-- plumbline: allow float-money because of that\nCREATE TABLE t (a int);", "allows nothing"),
    ("-- plumbline: allow missing-primary-key on u because of that\nCREATE TABLE t (a int);", "allows nothing"),
  ])
  func aCommentWithoutEffectIsPointedOut(_ sql: String, _ remark: String) {
    let report = RuleTests.report(sql)
    #expect(report.findings.map(\.rule) == ["missing-primary-key"])
    #expect(report.remarks.count == 1)
    #expect(report.remarks.first?.message.contains(remark) == true)
  }

  @Test(arguments: [
    "CREATE TABLE t (a int DEFAULT length('-- plumbline: allow missing-primary-key because no comment'));",
    "-- plumbline: allow\nCREATE TABLE t (a int);", "-- plumbline:\nCREATE TABLE t (a int);",
    "-- plumbline: allow ban-drop-column because that is a rule for migrations\nCREATE TABLE t (a int);",
  ])
  func otherTextAllowsNothing(_ sql: String) {
    let report = RuleTests.report(sql)
    #expect(report.findings.map(\.rule) == ["missing-primary-key"])
    #expect(report.remarks == [])
  }
}

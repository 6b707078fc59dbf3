import Foundation
import SQLSyntax
import Testing
import TestSupport

@testable import SchemaAnalysis

/// What the rules say of real schemas, where they are at hand: counts, so that a rule that begins to shout is seen.
struct CorpusReportTests {
  static let folder: URL = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("../shared/corpora/sql/schemas")
    .standardizedFileURL

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: folder.path), "the corpora are not at hand"),
    arguments: expected)
  func findings(_ name: String, _ expected: [String: Int]) throws {
    let bytes = try Data(contentsOf: Self.folder.appendingPathComponent(name))
    let report = SchemaReport(SQLInput([SQLText(name: name, bytes: Array(bytes))]))
    let counts = Dictionary(grouping: report.findings, by: \.rule).mapValues(\.count)
    #expect(counts == expected)
    for finding in report.findings {
      #expect(!finding.message.isEmpty && finding.message.count < 600)
      #expect(!finding.remedy.isEmpty)
      let place = report.position(of: finding.place)
      #expect(place.file == name && place.line >= 1)
    }
  }

  static let expected: [(String, [String: Int])] = [
    (
      "adventureworks.sql",
      [
        "foreign-key-type-mismatch": 5, "integer-key-overflow": 33, "missing-check": 3,
        "timestamp-without-time-zone": 68, "unindexed-foreign-key": 61,
      ]
    ),
    ("chinook.sql", ["missing-check": 2, "redundant-index": 1, "timestamp-without-time-zone": 2]),
    ("northwind.sql", ["float-money": 3, "missing-check": 2, "missing-not-null": 1, "unindexed-foreign-key": 10]),
    (
      "pagila.sql",
      ["integer-key-overflow": 12, "partial-index-opportunity": 1, "unbounded-text": 2, "unindexed-foreign-key": 8]
    ),
    (
      "panoptes.sql",
      [
        "foreign-key-not-validated": 2, "foreign-key-type-mismatch": 2, "integer-key-overflow": 49,
        "missing-not-null": 24, "missing-primary-key": 3, "missing-unique": 5, "nullable-unique-key": 9,
        "partial-index-opportunity": 1, "redundant-index": 3, "timestamp-without-time-zone": 46, "unbounded-text": 1,
        "unindexed-foreign-key": 17,
      ]
    ),
    ("quartz.sql", ["missing-check": 2, "redundant-index": 4]),
  ]
}

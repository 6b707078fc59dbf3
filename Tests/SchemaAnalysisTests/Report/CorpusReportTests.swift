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

  static let expected: [(String, [String: Int])] = []
}

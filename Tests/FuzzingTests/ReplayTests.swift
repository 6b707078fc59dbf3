import Foundation
import FuzzTargets
import Testing

/// What fuzzers found once, and what they began with.
@Suite struct ReplayTests {
  private static func inputs(_ name: String) throws -> [URL] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fuzzing/\(name)").standardizedFileURL
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }
  }

  @Test func schema() throws {
    let inputs = try Self.inputs("schema")
    #expect(inputs.count >= 10)
    for input in inputs { FuzzTargets.schema(Array(try Data(contentsOf: input))) }
  }

  @Test func condition() throws {
    let inputs = try Self.inputs("condition")
    #expect(inputs.count >= 10)
    for input in inputs { FuzzTargets.condition(Array(try Data(contentsOf: input))) }
  }
}

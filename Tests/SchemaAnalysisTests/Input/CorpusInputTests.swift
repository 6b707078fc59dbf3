import Foundation
import SQLSyntax
import SchemaAnalysis
import Testing

/// Migration sets of others, which are not part of this repository.
private let corpora = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../../../shared/corpora/sql/migrations").standardizedFileURL

private struct MigrationSet: Decodable {
  struct Migration: Decodable {
    let id: String
    let up_path: String
    let up: String
    let down: String?
  }
  let migrations: [Migration]
}

@Suite(.enabled(if: FileManager.default.fileExists(atPath: corpora.path), "the corpora are not here"))
struct CorpusInputTests {
  @Test(arguments: [("concourse", MigrationTool.golangMigrate), ("nakama", .sqlMigrate)])
  func comesInOrder(_ name: String, _ tool: MigrationTool) throws {
    let set = try JSONDecoder().decode(
      MigrationSet.self, from: Data(contentsOf: corpora.appendingPathComponent("\(name).migrations.json")))
    let folder = try TemporaryFolder()
    for migration in set.migrations.reversed() {
      if tool == .golangMigrate {
        try folder.write(migration.up_path, Array(migration.up.utf8))
        if let down = migration.down {
          try folder.write(migration.up_path.replacingOccurrences(of: ".up.", with: ".down."), Array(down.utf8))
        }
      } else {
        let text = "-- +migrate Up\n\(migration.up)\n-- +migrate Down\n\(migration.down ?? "")"
        try folder.write(migration.up_path, Array(text.utf8))
      }
    }
    let input = try SQLInput.read([folder.path])
    #expect(input.tool == tool)
    #expect(input.steps.map(\.name) == set.migrations.map(\.id))
    for (step, migration) in zip(input.steps, set.migrations) {
      func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
      func text(_ sections: [SQLSection]) -> String { sections.map { input.texts[$0.text][$0.range] }.joined() }
      #expect(trimmed(text(step.up)) == trimmed(migration.up))
      #expect(step.down.map { trimmed(text($0)) } ?? "" == trimmed(migration.down ?? ""))
    }
  }
}

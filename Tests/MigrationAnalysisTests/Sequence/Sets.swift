import Foundation
import MigrationAnalysis
import SQLSyntax
import SchemaAnalysis

/// A set of migrations, each with its up and down.
func set(_ migrations: [(up: String, down: String?)], _ transaction: MigrationStep.Transaction = .wrapped) -> SQLInput {
  var texts: [SQLText] = []
  var steps: [MigrationStep] = []
  for (index, migration) in migrations.enumerated() {
    func section(_ name: String, _ sql: String) -> SQLSection {
      texts.append(SQLText(name: name, sql))
      return SQLSection(text: texts.count - 1, range: 0..<sql.utf8.count)
    }
    let number = "00\(index + 1)"
    let up = section("\(number).up.sql", migration.up)
    let down = migration.down.map { [section("\(number).down.sql", $0)] }
    steps.append(MigrationStep(name: number, up: [up], down: down, transaction: transaction))
  }
  return SQLInput(texts: texts, steps: steps, tool: .golangMigrate)
}

func ups(_ migrations: String...) -> SQLInput { set(migrations.map { ($0, nil) }) }

/// The findings of the rules over a sequence, after those of the first steps.
func sequenceFindings(
  _ input: SQLInput, deployed: Int = 0, _ sources: [SizeSource] = [], invalid: Set<ObjectName> = []
) -> [MigrationFinding] {
  var settings = MigrationSettings(sizes: TableSizes(sources: sources))
  settings.deployedSteps = deployed
  settings.invalidIndexes = invalid
  let rules = Set(SequenceRule.allCases.map(\.rawValue))
  return MigrationReview(input, settings).findings.filter { rules.contains($0.rule) }
}

func rules(_ findings: [MigrationFinding]) -> [String] { findings.map { "\($0.rule) \($0.severity.rawValue)" } }

func fixture(_ name: String) throws -> String {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  return try String(contentsOf: folder.appendingPathComponent("Fixtures/\(name)"), encoding: .utf8)
}

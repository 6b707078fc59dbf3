import ArgumentParser
import MigrationAnalysis
import SchemaAnalysis
import KnowledgeModel
import TextFormats

/// `plumbline migration`: whether migrations are safe on tables as large as they are.
struct MigrationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migration", _superCommandName: Plumbline.name,
    abstract: "Judge migrations by what they lock, how large the tables are, and whether they can be undone.",
    subcommands: [MigrationCheck.self, MigrationStatsQuery.self, MigrationRulesList.self],
    defaultSubcommand: MigrationCheck.self)
}

/// `plumbline migration stats-query`: the query that asks a server for the sizes of its tables.
struct MigrationStatsQuery: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats-query", _superCommandName: Plumbline.name,
    abstract: "Print the query that asks a PostgreSQL server for the sizes of its tables.",
    discussion: "It reads the catalogue alone. Its answer as CSV, JSON or psql's table goes into --stats FILE.")

  func run() throws { try Output.write(SizeQuery.help) }
}

/// `plumbline migration rules [RULE]`: what is looked for.
struct MigrationRulesList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", _superCommandName: Plumbline.name, abstract: "List the rules, or say more of one.")

  @Argument(help: ArgumentHelp("One rule.", valueName: "rule")) var rule: String?

  func run() throws {
    let entries = MigrationRules.entries
    guard let rule else {
      let width = entries.map(\.id.count).max() ?? 0
      return try Output.write(
        entries.map { $0.id + String(repeating: " ", count: width - $0.id.count + 2) + $0.summary + "\n" }.joined())
    }
    guard let entry = entries.first(where: { $0.id == rule }) else {
      let hint = nearest(rule, among: entries.map(\.id)).map { "; did you mean \($0)?" } ?? ""
      throw Ending.badInput("there is no rule “\(rule.forMessage)”\(hint)")
    }
    let more = SequenceRule(rawValue: entry.id).map { "\n\($0.help)\n" } ?? ""
    try Output.write(
      "\(entry.id)\n\n\(entry.summary)\n\(more)\nTo silence it for one statement: -- plumbline: allow \(entry.id) because REASON\n"
    )
  }
}

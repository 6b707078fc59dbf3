import ArgumentParser
import DecisionEngine
import Foundation
import KnowledgeModel
import MigrationAnalysis
import PostgreSQL
import Questionnaire
import SchemaAnalysis
import TextFormats

/// Where the sizes of tables come from.
struct SizeOptions: ParsableArguments {
  @Option(
    name: .customLong("rows"), parsing: .singleValue,
    help: ArgumentHelp("The rows of a table, such as orders=12M; may be given again.", valueName: "table=rows"))
  var rows: [String] = []
  @Option(
    help: ArgumentHelp(
      "Ask a PostgreSQL database, reading only: postgresql://user@host:5432/name", valueName: "url"))
  var database: String?
  @Option(help: ArgumentHelp("What the query of migration stats-query gave.", valueName: "file")) var stats: String?
  @Option(
    help: ArgumentHelp(
      "Answers: largest_table_rows bounds every table, and planned migrations say more.", valueName: "answers.yaml"))
  var answers: String?

  /// What is known of the database.
  struct Known {
    var sizes: TableSizes
    var server: (version: Int, origin: String)?
    var invalidIndexes: [ObjectName] = []
    var warnings: [String] = []
  }

  /// - Parameters:
  ///   - changes: answers that were given by --set.
  ///   - traits: of the knowledge; they say how rows are read.
  func read(_ sheet: AnswerSheet, changes: [String], _ traits: [Trait]) throws -> Known {
    var known = Known(sizes: TableSizes())
    var sources: [SizeSource] = []
    if !rows.isEmpty { sources.append(try byHand(traits)) }
    if let database {
      let live = try LiveDatabase.read(database)
      sources.append(live.statistics.source("pg_class of the database \(live.name)"))
      known.server = live.statistics.server.map { ($0, "the database") }
      known.invalidIndexes = live.invalidIndexes
      warnNeverAnalysed(live.statistics, "the database", &known)
    }
    if let stats {
      let bytes = try AnswerOptions.bytes(stats, atMost: TableStatistics.largestFile, expected: "a file of statistics")
      let statistics: TableStatistics
      do throws(TableStatistics.Problem) {
        statistics = try TableStatistics(bytes: bytes, named: stats == "-" ? "standard input" : stats)
      } catch {
        throw Ending.badInput(error.description)
      }
      sources.append(statistics.source(stats == "-" ? "the statistics" : stats.forMessage))
      known.server = known.server ?? statistics.server.map { ($0, stats.forMessage) }
      warnNeverAnalysed(statistics, stats.forMessage, &known)
    }
    if let source = answered(sheet, changes) { sources.append(source) }
    known.sizes = TableSizes(sources: sources)
    return known
  }

  private func warnNeverAnalysed(_ statistics: TableStatistics, _ origin: String, _ known: inout Known) {
    let tables = statistics.neverAnalysed
    guard let first = tables.first else { return }
    let more = tables.count > 1 ? " and \(tables.count - 1) more" : ""
    known.warnings.append(
      "\(origin): \(first.description.forMessage)\(more) \(tables.count > 1 ? "were" : "was") never analysed, so the rows are not known; run ANALYZE and ask again"
    )
  }

  private func byHand(_ traits: [Trait]) throws -> SizeSource {
    var source = SizeSource("--rows")
    guard let trait = traits.first(where: { $0.id == "largest_table_rows" }) else {
      throw Ending.badInput("--rows: this knowledge has no trait largest_table_rows to read it by")
    }
    for option in rows {
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw Ending.badInput("--rows \(option.forMessage): expected table=rows, such as --rows orders=12M")
      }
      let answer: Answer
      do throws(AnswerProblem) {
        answer = try AnswerReader.read(parts[1], for: trait)
      } catch {
        throw Ending.badInput("--rows \(option.forMessage): \(error)")
      }
      guard case .quantity(let interval) = answer, let range = Self.range(interval) else { continue }
      let names = parts[0].split(separator: ".", maxSplits: 1).map(String.init)
      let isNew =
        names.count == 2
        ? source.tables.updateValue(range, forKey: ObjectName(names[0], names[1])) == nil
        : source.named.updateValue(range, forKey: parts[0]) == nil
      if !isNew { throw Ending.badInput("--rows \(option.forMessage): the table is given twice") }
    }
    return source
  }

  /// What the answers say of tables.
  private func answered(_ sheet: AnswerSheet, _ changes: [String]) -> SizeSource? {
    let name = answers.map { $0 == "-" ? "the answers" : $0.forMessage } ?? "--set"
    var source = SizeSource("migrations in \(name)")
    for record in sheet.records["migrations"] ?? [] {
      guard case .quantity(let interval)? = record.fields["migrations.table_rows"], let range = Self.range(interval)
      else { continue }
      source.add(record: record.name, rows: range)
    }
    if case .quantity(let interval)? = sheet.answers["largest_table_rows"] {
      source.largest = Self.range(interval)?.upperBound
      let isSet = changes.contains { $0.hasPrefix("largest_table_rows=") }
      source.largestOrigin = "largest_table_rows in \(isSet ? "--set" : name)"
    }
    return source.largest == nil && source.tables.isEmpty && source.named.isEmpty ? nil : source
  }

  private static func range(_ interval: Interval) -> ClosedRange<Int>? {
    func count(_ value: Decimal) -> Int? { Int(exactly: (value as NSDecimalNumber).doubleValue.rounded()) }
    guard let low = count(interval.low), let high = count(interval.high), low >= 0, low <= high else { return nil }
    return low...high
  }
}

/// What a live database says of its tables and indexes.
struct LiveDatabase {
  let name: String
  let statistics: TableStatistics
  let invalidIndexes: [ObjectName]

  /// Asks it, reading only, within bounds of time.
  static func read(_ url: String) throws -> LiveDatabase {
    do throws(PostgreSQLProblem) {
      let address = try PostgreSQLAddress(url, option: "--database")
      let psql = Psql(address, environment: ProcessInfo.processInfo.environment)
      return try LiveDatabase(psql.run(transactions, seconds: 70))
    } catch {
      throw error.isBadInput ? Ending.badInput(error.message) : Ending.cannot(error.message)
    }
  }

  private static var transactions: [Psql.Transaction] {
    [
      Psql.Transaction("tables", list("tables", SizeQuery.text), seconds: 40),
      Psql.Transaction("invalid", list("invalid", SizeQuery.invalidIndexes), seconds: 20),
    ]
  }

  private static func list(_ section: String, _ query: String) -> String {
    """
    SELECT json_build_object('section', '\(section)', 'database', current_database(),
      'rows', coalesce((SELECT json_agg(to_json(q)) FROM (
    \(query)
    ) q), '[]'::json))::jsonb;
    """
  }

  private init(_ lines: [String]) throws(PostgreSQLProblem) {
    let unreadable = PostgreSQLProblem(.unreadable, "--database: what psql wrote could not be read")
    var sections: [String: JSON] = [:]
    for line in lines {
      guard let value = try? JSON.parse(Array(line.utf8)), case .string(let section)? = value["section"] else {
        throw unreadable
      }
      sections[section] = value
    }
    guard let tables = sections["tables"]?["rows"], let indexes = sections["invalid"]?["rows"],
      case .string(let database)? = sections["tables"]?["database"], case .array(let list) = indexes
    else { throw unreadable }
    name = database.forMessage
    if case .array(let rows) = tables, rows.isEmpty {
      statistics = TableStatistics(tables: [], server: nil)
    } else {
      do throws(TableStatistics.Problem) {
        statistics = try TableStatistics(bytes: Array(tables.line.utf8), named: "--database")
      } catch {
        throw PostgreSQLProblem(.unreadable, error.description)
      }
    }
    invalidIndexes = list.compactMap { index in
      guard case .string(let schema)? = index["schema"], case .string(let name)? = index["name"] else { return nil }
      return ObjectName(schema, name)
    }
  }
}

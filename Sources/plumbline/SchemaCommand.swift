import ArgumentParser
import DecisionEngine
import Documents
import Foundation
import KnowledgeModel
import Questionnaire
import SchemaAnalysis
import TextFormats

/// `plumbline schema`: what a schema holds and lacks.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", _superCommandName: Plumbline.name,
    abstract: "Read SQL and say what its schema holds and lacks: keys, indexes, constraints, types.",
    discussion: """
      Reads PostgreSQL's SQL with PostgreSQL's own parser: dumps, hand-written files, folders of migrations in the order \
      of their tool; several files are one schema. No database is needed, and nothing is run.

      A finding that is meant to be is allowed by a comment before the statement:

        -- plumbline: allow RULE because REASON

      Exit status 1 where there are errors or warnings (--fail-on).
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif, markdown, html, mermaid, svg }
  enum Threshold: String, ExpressibleByArgument, CaseIterable { case error, warning, note, never }

  @Argument(help: ArgumentHelp("Files of SQL, or folders of migrations; - for standard input.", valueName: "file|dir"))
  var paths: [String]
  @Option(help: "text, json, sarif, markdown, html, mermaid or svg; the last two are the diagram alone.")
  var format: Format = .text
  @Option(help: ArgumentHelp("Write it to this file.", valueName: "file")) var out: String?
  @Flag(help: "With text: list every table as well.") var tables = false
  @Option(name: .customLong("fail-on"), help: "The least that makes the exit status 1: error, warning, note or never.")
  var threshold: Threshold = .warning
  @Option(
    help: ArgumentHelp(
      "Answers whose largest_table_rows and data_growth say when keys are full.", valueName: "answers.yaml"))
  var answers: String?
  @Option(
    name: .customLong("rows"), parsing: .singleValue,
    help: ArgumentHelp("The rows of a table, such as orders=40M; may be given again.", valueName: "table=n"))
  var rows: [String] = []
  @Option(help: ArgumentHelp("Growth in a year, such as 40%; else that of the answers.", valueName: "share"))
  var growth: String?
  @OptionGroup var templates: TemplateOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func validate() throws {
    if paths.filter({ $0 == "-" }).count + (answers == "-" ? 1 : 0) > 1 {
      throw ValidationError("Standard input can be read only once.")
    }
    if tables, format != .text { throw ValidationError("--tables goes with text; every other format has the tables.") }
  }

  func run() throws {
    let settings = try settings()
    let templates = try format == .html ? templates.templates() : nil
    let input: SQLInput
    do throws(SQLInputProblem) {
      input = try SQLInput.read(paths)
    } catch {
      throw error.isMissing ? Ending.cannot(error.message) : Ending.badInput(error.message)
    }
    let report = SchemaReport(input, settings)
    if let (name, dialect) = report.foreignFile {
      throw Ending.badInput(
        "\(name.forMessage): this is SQL of \(dialect.rawValue), which is not supported; expected that of PostgreSQL")
    }
    if let refusal = report.refusal { throw Ending.badInput("\(refusal); no other statement could be followed either") }
    if format != .json {
      for line in report.unfollowedLines() { Output.error("not followed: \(line)") }
    }
    for remark in input.remarks + report.remarks { Output.error("\(remark.file.forMessage): \(remark.message)") }
    for table in rows.compactMap({ $0.split(separator: "=").first.map(String.init) }) where !report.hasTable(table) {
      Output.error("--rows: there is no table \(table.forMessage)")
    }
    let streamed: StreamedJSON? =
      switch format {
      case .json: report.streamed
      case .sarif: report.sarif(version: Plumbline.version).streamed
      default: nil
      }
    if let streamed {
      try Files.write(to: out) { write in try streamed.write(write) }
    } else {
      let text = try text(of: report, templates)
      try Files.write(to: out) { write in
        var text = text
        try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
      }
    }
    let least: Severity? = Severity(rawValue: threshold.rawValue)
    if let least, report.findings.contains(where: { $0.severity >= least }) { throw Ending.findings }
  }

  private func text(of report: SchemaReport, _ templates: Templates?) throws -> String {
    switch format {
    case .text: report.text(width: Output.columns, tables: tables)
    case .json, .sarif: ""
    case .markdown: report.markdown
    case .html: try html(of: report, templates)
    case .mermaid: report.diagram.mermaid + "\n"
    case .svg: report.diagram.svg(standalone: true)
    }
  }

  private func html(of report: SchemaReport, _ templates: Templates?) throws -> String {
    guard let templates else { return "" }
    let diagram = report.diagram
    let page = ReportPage(
      title: "Schema", markdown: report.markdown, footer: "plumbline \(Plumbline.version)",
      figures: [
        .init(
          language: "mermaid", source: diagram.mermaid, label: "Entity-relationship diagram",
          svg: diagram.svg(standalone: false))
      ], ids: ["er-title", "er-text"])
    return try templates.naming { try page.html(templates: templates.all) }
  }

  // MARK: Sizes

  private func settings() throws -> SchemaSettings {
    var settings = SchemaSettings()
    guard answers != nil || !rows.isEmpty || growth != nil else { return settings }
    let base = try knowledge.load([])
    if let answers {
      let name = answers == "-" ? "standard input" : answers
      let bytes = try AnswerOptions.bytes(answers)
      do throws(AnswersProblems) {
        let sheet = try AnswersFile.read(
          bytes: bytes, name: name, vocabulary: base.traits, lists: base.lists)
        settings.largest = Self.figure(sheet.answers["largest_table_rows"], "largest_table_rows in \(name.forMessage)")
        settings.growth = Self.figure(sheet.answers["data_growth"], "data_growth in \(name.forMessage)")
      } catch {
        throw Ending.badInput(error.description)
      }
    }
    for given in rows {
      guard let equals = given.lastIndex(of: "="), equals > given.startIndex else {
        throw Ending.badInput("--rows \(given.forMessage): expected table=rows, such as --rows orders=40M")
      }
      settings.rows[String(given[..<equals])] = try figure(
        String(given[given.index(after: equals)...]), "largest_table_rows", "--rows", given, base)
    }
    if let growth { settings.growth = try figure(growth, "data_growth", "--growth", growth, base) }
    return settings
  }

  /// Reads an option as the answer for a trait is read.
  private func figure(
    _ typed: String, _ id: String, _ option: String, _ given: String, _ base: Knowledge
  ) throws -> SchemaSettings.Figure? {
    guard let trait = base.traits.first(where: { $0.id == id }) else {
      throw Ending.badInput("\(option): the knowledge has no trait \(id)")
    }
    do throws(AnswerProblem) {
      return Self.figure(try AnswerReader.read(typed, for: trait), option)
    } catch {
      throw Ending.badInput("\(option) \(given.forMessage): \(error)")
    }
  }

  private static func figure(_ answer: Answer?, _ origin: String) -> SchemaSettings.Figure? {
    guard case .quantity(let interval)? = answer else { return nil }
    let low = NSDecimalNumber(decimal: interval.low).doubleValue
    let high = NSDecimalNumber(decimal: interval.high).doubleValue
    return .init(low...max(low, high), origin: origin)
  }
}

import ArgumentParser
import DecisionEngine
import Foundation
import KnowledgeModel
import MigrationAnalysis
import SchemaAnalysis
import TextFormats

/// `plumbline migration FILE|DIR…`: what is unsafe in migrations.
struct MigrationCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", _superCommandName: Plumbline.name, abstract: "Say what is unsafe in migrations; the default.",
    discussion: """
      Reads files and the folders of migration tools in the order in which they run. How large a table is comes from \
      --rows, --database, --stats or --answers, believed in this order; each finding says from which. Where nothing is \
      known, it says that it cannot tell.

      Exit status 1 where there are warnings or errors, for CI; notes alone are none.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif, markdown, github, gitlab }

  @Argument(help: ArgumentHelp("Files and folders of SQL, in order; - for standard input.", valueName: "file|dir"))
  var paths: [String]
  @Option(help: "text, json, sarif, markdown, github (workflow commands) or gitlab (code quality).")
  var format: Format = .text
  @Flag(help: "Print the safe sequence as SQL to copy, instead of the findings.") var fix = false
  @OptionGroup(title: "Sizes of tables") var sizes: SizeOptions
  @Option(
    help: ArgumentHelp(
      "The server's major version, 11 to 18. (default: the database's, or that of the statistics or answers, else 18)",
      valueName: "version"))
  var postgres: Int?
  @Option(help: ArgumentHelp("The database engine, instead of the answers' one.", valueName: "engine"))
  var engine: String?
  @Flag(help: "Nobody uses the tables while the migrations run.") var maintenance = false
  @Option(
    help: ArgumentHelp(
      "Judge only what comes after this migration: a version or name. The ones before are deployed.",
      valueName: "version"))
  var since: String?
  @Option(
    help: ArgumentHelp(
      "Judge only migrations that differ from this commit. The ones before them are deployed.", valueName: "rev"))
  var base: String?
  @OptionGroup var answers: AnswerOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func validate() throws {
    if let postgres, !(11...18).contains(postgres) {
      throw ValidationError("--postgres \(postgres): expected a major version from 11 to 18.")
    }
    if since != nil, base != nil { throw ValidationError("--since and --base exclude each other.") }
    if fix, format != .text { throw ValidationError("--fix prints SQL; it goes with no --format.") }
    if sizes.answers == "-", paths.contains("-") {
      throw ValidationError("Only one of migrations and answers can be standard input.")
    }
  }

  func run() throws {
    // Most migrations need nothing of the knowledge; what can be wrong with a person's own is said before all else.
    let asks = !knowledge.isShipped || sizes.answers != nil || !sizes.rows.isEmpty || !answers.changes.isEmpty
    let model = try asks ? knowledge.load([]) : nil
    var sheet = AnswerSheet()
    if let model {
      if let file = sizes.answers {
        sheet = try answers.read(file, for: model)
      } else {
        try answers.apply(to: &sheet, model)
      }
    }
    let limits = { @Sendable [mode = answers.mode, thresholds = model?.thresholds] in
      Self.limits(thresholds ?? KnowledgeOptions.shipped(thresholds: Self.thresholds), mode)
    }
    try refuseOtherEngines(sheet, limits)
    let input: SQLInput
    do throws(SQLInputProblem) {
      input = try SQLInput.read(paths)
    } catch {
      throw error.isMissing ? Ending.cannot(error.message) : Ending.badInput(error.message)
    }
    let known = try sizes.read(sheet, changes: answers.changes, model?.traits ?? [])
    var settings = MigrationSettings(sizes: known.sizes, isLive: !maintenance, limits: limits)
    settings.invalidIndexes = Set(known.invalidIndexes)
    var remarks = known.sizes.conflicts
    settings.postgres = version(known, sheet, &remarks)
    let selection = try MigrationSelection(input, since: since, base: base, paths: paths)
    settings.deployedSteps = selection.deployed
    let review = MigrationReview(input, settings)
    remarks += input.remarks.map { "\($0.file.forMessage): \($0.message)" }
    let built = Set(review.findings.filter { $0.rule == SequenceRule.invalidIndex.rawValue }.map(\.table))
    for index in known.invalidIndexes where built.isEmpty {
      remarks.append(
        "the database holds an invalid index \(index.description.forMessage): drop it, unless it is being built just now"
      )
    }
    if !review.silenced.isEmpty {
      remarks.append(
        review.silenced.count == 1
          ? "1 finding is silenced by a comment" : "\(review.silenced.count) findings are silenced by comments")
    }
    let report = MigrationReport(
      input, findings: review.findings.filter { selection.isJudged($0.place) },
      unfollowed: review.unfollowed.filter { selection.isJudged($0.place) }, remarks: remarks,
      postgres: settings.postgres, deployed: selection.deployed)
    for warning in known.warnings { Output.error("warning: \(warning)") }
    try write(report)
    if report.hasFindings { throw Ending.findings }
  }

  private func write(_ report: MigrationReport) throws {
    if fix { return try Output.write(report.fix) }
    switch format {
    case .text: try Output.write(report.plain(width: Output.columns))
    case .json: try Output.write(report.json.pretty)
    case .sarif:
      let rules = MigrationRules.entries.map { entry in
        SARIF.Rule(
          id: entry.id, summary: entry.summary, help: SequenceRule(rawValue: entry.id)?.help ?? entry.summary)
      }
      try Output.write(report.sarif(version: Plumbline.version, rules: rules).pretty)
    case .markdown: try Output.write(report.markdown)
    case .github: try Output.write(report.gitHub)
    case .gitlab: try Output.write(report.gitLab.pretty)
    }
  }

  // MARK: Settings

  private func refuseOtherEngines(_ sheet: AnswerSheet, _ limits: () -> MigrationLimits) throws {
    var name = "postgresql"
    var source = "--engine"
    if let engine {
      let known = ["postgresql", "mysql", "other"]
      guard known.contains(engine) else {
        let hint = nearest(engine, among: known).map { "; did you mean \($0)?" } ?? ""
        throw Ending.badInput("--engine \(engine.forMessage): expected one of \(known.joined(separator: ", "))\(hint)")
      }
      name = engine
    } else if case .choice(let answered)? = sheet.answers["database_engine"] {
      name = answered
      source = "database_engine of the answers"
    }
    switch name {
    case "postgresql": return
    case "mysql":
      let rows = RowFigure.text(limits().onlineToolRows)
      throw Ending.badInput(
        "\(source) is mysql: only PostgreSQL's dialect is read here. For MySQL ask the server by ALGORITHM=INSTANT first, "
          + "and above \(rows) rows use gh-ost or pt-online-schema-change")
    default: throw Ending.badInput("\(source) is \(name.forMessage): only PostgreSQL's dialect is read here")
    }
  }

  private static let thresholds = [
    "online-schema-change-rows", "concurrent-index-rows", "small-table-rows", "migration-foreground-time",
  ]

  private static func limits(_ thresholds: [Threshold], _ mode: Mode) -> MigrationLimits {
    func value(_ id: String) -> Double? {
      let threshold = thresholds.first { $0.id == id }
      return threshold.map { ($0.quantity(in: mode).value as NSDecimalNumber).doubleValue }
    }
    func rows(_ id: String) -> Int? { value(id).flatMap { Int(exactly: $0.rounded()) } }
    var limits = MigrationLimits()
    limits.onlineToolRows = rows("online-schema-change-rows") ?? limits.onlineToolRows
    limits.concurrentIndexRows = rows("concurrent-index-rows") ?? limits.concurrentIndexRows
    limits.smallTableRows = rows("small-table-rows") ?? limits.smallTableRows
    limits.foregroundSeconds = value("migration-foreground-time") ?? limits.foregroundSeconds
    return limits
  }

  private func version(
    _ known: SizeOptions.Known, _ sheet: AnswerSheet, _ remarks: inout [String]
  ) -> Int {
    if let postgres { return postgres }
    func held(_ version: Int, _ source: String) -> Int {
      let held = min(max(version, 11), 18)
      if held != version {
        remarks.append("PostgreSQL \(version) by \(source): judged as \(held), the nearest that is known here")
      }
      return held
    }
    if let server = known.server { return held(server.version, server.origin) }
    if case .quantity(let interval)? = sheet.answers["database_version"],
      let version = Int(exactly: (interval.low as NSDecimalNumber).doubleValue)
    {
      return held(version, "database_version of the answers")
    }
    remarks.append("judged for PostgreSQL 18, since no version is known; --postgres names another one")
    return 18
  }
}

/// A count of rows in words of a command line.
enum RowFigure {
  static func text(_ rows: Int) -> String { QuantityText.number(Decimal(rows)) }
}

import ArgumentParser
import Content
import DecisionEngine
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import Questionnaire
import TextFormats

/// `plumbline revisit`: whether the decisions of a folder of documents, or of many, still hold.
struct RevisitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revisit", _superCommandName: Plumbline.name,
    abstract: "Say which decisions no longer hold, or are close to another outcome.",
    discussion: """
      The folder is one that ask or design wrote: its answers.yaml is evaluated under today's knowledge and, if given, \
      measured answers, and held against its decisions.json. --portfolio does it for every answers.yaml below a folder.

      Exit status 1 where there are findings, for CI.
      """)

  @Argument(help: ArgumentHelp("The folder with answers.yaml and decisions.json.", valueName: "dir"))
  var folder: String?
  @Option(
    help: ArgumentHelp("Answers that were measured, in place of those in the folder.", valueName: "answers.yaml"))
  var measured: String?
  @Option(
    name: .customLong("from-database"),
    help: ArgumentHelp("Measure what a live PostgreSQL can tell, reading only.", valueName: "url"))
  var address: String?
  @Option(
    name: .customLong("sample"),
    help: ArgumentHelp("Seconds between the two samples of --from-database, 2 to 600.", valueName: "seconds"))
  var seconds = 10
  @Option(
    help: ArgumentHelp("Name decisions that are nearer than this to another outcome, above 1.", valueName: "factor"))
  var headroom = "1.5"
  @Option(help: ArgumentHelp("Name answers that are older than this.", valueName: "days")) var older: Int?
  @Option(
    help: ArgumentHelp("The day to count from; else that of SOURCE_DATE_EPOCH, else today's.", valueName: "date"))
  var today: String?
  @Option(help: ArgumentHelp("Revisit every answers.yaml below a folder.", valueName: "dir")) var portfolio: String?
  @Option(
    help: ArgumentHelp(
      "Write portfolio.md, portfolio.html and portfolio.jsonl there, with --portfolio.", valueName: "dir"))
  var out: String?
  @Option(help: "text, markdown or json; json of a portfolio is one object a line.") var format: ReportFormat = .text
  @OptionGroup var answers: AnswerOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func validate() throws {
    if (folder == nil) == (portfolio == nil) {
      throw ValidationError("Give the folder of documents, or --portfolio with a folder above many.")
    }
    if portfolio != nil, measured != nil || address != nil || !answers.changes.isEmpty {
      throw ValidationError("--measured, --from-database and --set are of one system, and do not go with --portfolio.")
    }
    if portfolio == nil, out != nil { throw ValidationError("--out goes with --portfolio.") }
    if out != nil, format != .text { throw ValidationError("--out writes all formats: leave --format out.") }
    if !(2...600).contains(seconds) { throw ValidationError("--sample takes 2 to 600 seconds.") }
    if let older, !(0...1_000_000).contains(older) { throw ValidationError("--older takes 0 to 1,000,000 days.") }
    if let today {
      if older == nil { throw ValidationError("--today goes with --older.") }
      guard CalendarDate.isValid(today) else {
        throw ValidationError("--today \(today.quotedForShell): expected a day as YYYY-MM-DD")
      }
    }
    _ = try headroomFactor(headroom, option: "--headroom")
  }

  func run() throws {
    if let out { try Files.checkFolder(out) }
    let base = try knowledge.load(.advice)
    let limits = Revisit.Limits(
      factor: try headroomFactor(headroom, option: "--headroom"),
      age: older.map { ($0, today ?? Dossier.today) })
    var reader = FolderReader(knowledge: base, mode: answers.asWritten ? .asWritten : nil, limits: limits)
    if let portfolio { return try Portfolio(folder: portfolio, format: format).run(&reader, out: out) }
    guard let folder else { return }
    var sheet = try reader.sheet(folder)
    let stored = try reader.stored(folder)
    if let address {
      for (id, proposal) in try DatabaseAnswers.measure(address, seconds: seconds, base) {
        sheet.answers[id] = proposal.answer
      }
    }
    if let measured {
      let plain = AnswerOptions.with(changes: [], asWritten: false)
      let found = try plain.read(measured, for: base)
      sheet.answers.merge(found.answers) { $1 }
      sheet.records.merge(found.records) { $1 }
      sheet.date = found.date ?? sheet.date
    }
    try answers.apply(to: &sheet, base)
    let revisit = reader.revisit(stored, sheet)
    for warning in revisit.assessment.warnings { Output.error("warning: \(warning)") }
    switch format {
    case .json: try Output.write(revisit.json(folder: folder).pretty)
    case .markdown: try Output.write(revisit.markdown(folder: folder))
    case .text: try Output.write(revisit.plain(folder: folder, width: Output.columns))
    }
    if !revisit.findings.isEmpty { throw Ending.findings }
  }
}

/// Reads folders of documents and evaluates them, with one evaluator for each mode.
struct FolderReader {
  let knowledge: Knowledge
  /// Nil: that in which the documents were made.
  let mode: Mode?
  let limits: Revisit.Limits
  private var evaluators: [Mode: Evaluator] = [:]
  private let plain = AnswerOptions.with(changes: [], asWritten: false)
  /// No decisions.json of ours comes near.
  private static let largest = 64_000_000

  init(knowledge: Knowledge, mode: Mode?, limits: Revisit.Limits) {
    self.knowledge = knowledge
    self.mode = mode
    self.limits = limits
  }

  func sheet(_ folder: String) throws -> AnswerSheet {
    let path = "\(folder)/answers.yaml"
    guard FileManager.default.fileExists(atPath: folder) else {
      throw Ending.cannot("\(folder): there is no such folder")
    }
    guard FileManager.default.fileExists(atPath: path) else {
      throw Ending.cannot(
        "\(path): there is no such file; expected a folder with answers.yaml and decisions.json, which plumbline design "
          + "and plumbline ask write")
    }
    try FolderReader.checkFile(path)
    return try plain.read(path, for: knowledge)
  }

  /// Nil where there is no decisions.json.
  func stored(_ folder: String) throws -> StoredDecisions? {
    let path = "\(folder)/decisions.json"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    try FolderReader.checkFile(path)
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw Ending.cannot("\(path): \(String(cString: strerror(errno)))")
    }
    var bytes: [UInt8] = []
    do {
      while bytes.count <= FolderReader.largest, let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
        bytes += chunk
      }
    } catch {
      throw Ending.cannot("\(path): \(Output.reason(error))")
    }
    guard bytes.count <= FolderReader.largest else { throw Ending.badInput("\(path): it is larger than 64 MB") }
    do throws(StoredDecisions.Problem) {
      return try StoredDecisions.read(bytes)
    } catch {
      throw Ending.badInput("\(path):\(error)")
    }
  }

  mutating func revisit(_ stored: StoredDecisions?, _ sheet: AnswerSheet) -> Revisit {
    let mode = self.mode ?? stored?.mode ?? .current
    let evaluator = evaluators[mode] ?? Evaluator(knowledge, mode: mode)
    evaluators[mode] = evaluator
    return Revisit(stored, sheet, evaluator, limits: limits)
  }

  /// - Throws: where something other than a file is of this name: a pipe would be waited for.
  private static func checkFile(_ path: String) throws {
    var kind = stat()
    guard stat(path, &kind) == 0 else { throw Ending.cannot("\(path): \(String(cString: strerror(errno)))") }
    guard kind.st_mode & S_IFMT == S_IFREG else { throw Ending.cannot("\(path): this is no ordinary file") }
  }
}

/// Every answers.yaml below a folder, one after another, in memory that does not grow with their number.
private struct Portfolio {
  let folder: String
  let format: ReportFormat

  func run(_ reader: inout FolderReader, out: String?) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw Ending.cannot("\(folder): there is no such folder")
    }
    guard isFolder.boolValue else { throw Ending.cannot("\(folder): this is a file; expected a folder") }
    let totals = try out.map { try files($0, &reader) } ?? print(&reader)
    guard totals.systems > 0 else { throw Ending.cannot("\(folder): there is no answers.yaml below it") }
    if totals.withFindings + totals.unreadable > 0 { throw Ending.findings }
  }

  // MARK: To standard output

  private func print(_ reader: inout FolderReader) throws -> PortfolioTotals {
    var totals = PortfolioTotals()
    if format == .markdown { try Output.write(PortfolioRow.markdownHead) }
    try each(&reader) { row, json in
      totals.add(row)
      switch format {
      case .json: try Output.write(json.line + "\n")
      case .markdown: try Output.write(row.markdown)
      case .text: try Output.write(row.plain(width: Output.columns))
      }
    }
    if totals.systems > 0, format != .json { try Output.write("\n\(totals.text).\n") }
    return totals
  }

  // MARK: Into files

  /// The rows go to files beside at once; the head, which counts them, is written when all are there.
  private func files(_ out: String, _ reader: inout FolderReader) throws -> PortfolioTotals {
    var totals = PortfolioTotals()
    let manager = FileManager.default
    let (markdown, html, lines) = (try SpoolFile(), try SpoolFile(), try SpoolFile())
    try each(&reader) { row, json in
      totals.add(row)
      try markdown.write(row.markdown)
      try html.write(row.html)
      try lines.write(json.line + "\n")
    }
    guard totals.systems > 0 else { return totals }
    let templates = Dictionary(
      Content.files(under: "templates").map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
    let base = reader.knowledge
    let page = try PortfolioPage(
      totals, knowledge: "\(base.version) (\(base.hash.prefix(12)))", templates: templates)
    do {
      try manager.createDirectory(atPath: out, withIntermediateDirectories: true)
    } catch {
      throw Ending.cannot("\(out): the folder cannot be made: \(Output.reason(error))")
    }
    let names = ["portfolio.md", "portfolio.html", "portfolio.jsonl"].map { "\(out)/\($0)" }
    for name in names {
      var isFolder: ObjCBool = false
      if manager.fileExists(atPath: name, isDirectory: &isFolder), isFolder.boolValue {
        throw Ending.cannot("\(name): this is a folder; expected a file, or nothing")
      }
    }
    try Files.replace([
      (names[0], { try markdown.copy(to: $0, behind: page.markdownOpening, before: "") }),
      (names[1], { try html.copy(to: $0, behind: page.htmlOpening, before: page.htmlClosing) }),
      (names[2], { try lines.copy(to: $0, behind: "", before: "") }),
    ])
    Output.error("wrote \(names.joined(separator: ", "))")
    try Output.write("\(totals.text).\n")
    return totals
  }

  // MARK: The walk

  private func each(
    _ reader: inout FolderReader, _ take: (PortfolioRow, JSON) throws -> Void
  ) throws {
    var walk = AnswersWalk(folder)
    while let found = walk.next() {
      let path = found.path
      if let problem = found.problem {
        try take(.init(path: path, error: problem), PortfolioRow.json(path: path, error: problem))
        continue
      }
      do {
        let own = found.folder
        let sheet = try reader.sheet(own)
        let revisit = reader.revisit(try reader.stored(own), sheet)
        try take(.init(path: path, revisit), PortfolioRow.json(path: path, revisit))
      } catch let ending as Ending where ending.status != 1 {
        let message = ending.message ?? "it could not be read"
        try take(.init(path: path, error: message), PortfolioRow.json(path: path, error: message))
      }
    }
  }
}

import ArgumentParser
import Content
import DecisionEngine
import Documents
import Foundation
import KnowledgeModel
import Questionnaire

/// `plumbline design`: the documents from a file of answers.
struct Design: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "design",
    abstract: "Write the design document, the checklist and the decisions from a file of answers.",
    discussion: """
      Writes design.md, design.html, checklist.md, checklist.html, decisions.json and answers.yaml, and decision records \
      in decisions/.
      """)

  @Argument(help: ArgumentHelp("The answers; - for standard input.", valueName: "answers.yaml")) var file: String
  @Option(help: ArgumentHelp("The folder for the documents.", valueName: "dir")) var out = "architecture"
  @Flag(help: "Say what would change and write nothing; exit status 1 if something would.") var check = false
  @OptionGroup var answers: AnswerOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func run() throws {
    try Files.checkFolder(out)
    let base = try knowledge.load()
    let sheet = try answers.read(file, for: base)
    var documents = try Dossier(base, mode: answers.mode).documents(sheet)
    let planned = try records.plan(sheet, base, mode: answers.mode, out: out)
    // A person's own file stays as it is, comments and all.
    if file != "-", Files.isSame(file, "\(out)/answers.yaml") { documents.removeAll { $0.path == "answers.yaml" } }
    guard check else {
      try Files.write(documents, into: out)
      let written = documents.map { "\(out)/\($0.path)" } + (try planned.write())
      return Output.error("wrote \(written.joined(separator: ", "))")
    }
    var changes = planned.changes
    for document in documents {
      let old = FileManager.default.contents(atPath: "\(out)/\(document.path)")
      if old == nil { changes.append("\(out)/\(document.path): would be new") }
      if let old, old != Data(document.text.utf8) { changes.append("\(out)/\(document.path): would change") }
    }
    for change in changes { try Output.write(change + "\n") }
    if !changes.isEmpty { throw Ending.findings }
  }
}

/// Answers → the set of files for a folder.
struct Dossier {
  let knowledge: Knowledge
  let mode: Mode

  init(_ knowledge: Knowledge, mode: Mode) {
    self.knowledge = knowledge
    self.mode = mode
  }

  func documents(_ given: AnswerSheet) throws -> [(path: String, text: String)] {
    var sheet = given
    sheet.date = sheet.date ?? Dossier.sourceDate
    sheet.knowledge = .init(version: knowledge.version, hash: knowledge.hash)
    let assessment = Evaluator(knowledge, mode: mode).assess(sheet)
    let templates = Dictionary(
      Content.files(under: "templates").map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
    return try DocumentSet.render(assessment: assessment, knowledge: knowledge, templates: templates)
      + [("answers.yaml", AnswersFile.write(sheet, vocabulary: knowledge.traits, lists: knowledge.lists))]
  }

  /// The date of SOURCE_DATE_EPOCH in UTC, where that is set.
  static var sourceDate: String? {
    guard let text = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"], let seconds = Double(text), seconds >= 0,
      seconds < 253_402_300_800
    else { return nil }
    return day(Date(timeIntervalSince1970: seconds), in: TimeZone(identifier: "UTC"))
  }

  /// Today where the person is.
  static var today: String { sourceDate ?? day(Date(), in: TimeZone.current) }

  private static func day(_ date: Date, in zone: TimeZone?) -> String {
    var calendar = Calendar(identifier: .gregorian)
    if let zone { calendar.timeZone = zone }
    let parts = calendar.dateComponents([.year, .month, .day], from: date)
    func padded(_ number: Int?, _ width: Int) -> String {
      let text = String(number ?? 0)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return "\(padded(parts.year, 4))-\(padded(parts.month, 2))-\(padded(parts.day, 2))"
  }
}

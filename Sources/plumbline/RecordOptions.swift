import ArgumentParser
import DecisionEngine
import Documents
import Foundation
import KnowledgeModel

/// The layouts as a person names them.
enum RecordLayout: String, ExpressibleByArgument, CaseIterable {
  case madr, nygard

  var format: RecordFormat { self == .madr ? .madr : .nygard }
}

/// Where decision records go, and how they look.
struct RecordOptions: ParsableArguments {
  @Option(
    name: .customLong("records"),
    help: ArgumentHelp(
      "The folder for decision records: decisions in the folder of the documents, unless given. Of a repository's root, "
        + "the folder that .adr-dir names.", valueName: "dir"))
  var folder: String?
  @Option(
    name: .customLong("adr-format"),
    help: "How new records are laid out: madr or nygard (adr-tools). As those that are there, else madr.")
  var layout: RecordLayout?
  @Option(
    name: .customLong("against"),
    help: ArgumentHelp("Take no number that the records of this branch have, either.", valueName: "rev"))
  var revision: String?
  @Flag(name: .customLong("no-records"), help: "Write no decision records.") var none = false
  @Flag(name: .customLong("propose"), help: "Write records of status proposed for decisions that are open.")
  var proposes = false

  func validate() throws {
    if none, folder != nil || layout != nil || revision != nil || proposes {
      throw ValidationError("--no-records excludes the other options for records.")
    }
  }

  /// What is to be written for these answers; nothing is written yet.
  /// - Parameter out: the folder of the documents.
  func plan(_ sheet: AnswerSheet, _ knowledge: Knowledge, mode: Mode, templates: Templates, out: String) throws
    -> PlannedRecords
  {
    guard !none else { return PlannedRecords(folder: "", files: [], notes: []) }
    var sheet = sheet
    sheet.date = sheet.date ?? Dossier.sourceDate
    let place =
      try folder.map { try RecordPlace.resolve($0, format: layout?.format, option: "--records") } ?? "\(out)/decisions"
    let there = try RecordPlace.read(place, mayBeMissing: true)
    let taken = try revision.map { try Revision($0, option: "--against").numbers(in: place) } ?? []
    let plan = try templates.naming {
      try RecordPlan.make(
        Evaluator(knowledge, mode: mode).assess(sheet), knowledge: knowledge, templates: templates.all, folder: there,
        options: .init(format: layout?.format, proposes: proposes, taken: taken))
    }
    return PlannedRecords(folder: place, files: plan.files, notes: plan.notes)
  }

  /// The same options again, for a command that a person can copy.
  var arguments: [String] {
    (folder.map { ["--records", $0.quotedForShell] } ?? []) + (layout.map { ["--adr-format", $0.rawValue] } ?? [])
      + (revision.map { ["--against", $0.quotedForShell] } ?? []) + (none ? ["--no-records"] : [])
      + (proposes ? ["--propose"] : [])
  }
}

/// Records that are about to be written.
struct PlannedRecords {
  var folder: String
  var files: [RecordFile]
  var notes: [String]

  /// - Returns: the paths that were written.
  func write() throws -> [String] {
    for note in notes { Output.error("note: \(folder)/\(note)") }
    guard !files.isEmpty else { return [] }
    return try RecordPlace.write(files, into: folder)
  }

  /// One line for each file that would be new or change.
  var changes: [String] {
    files.map { file in
      let path = "\(folder)/\(file.name)"
      return "\(path): would \(FileManager.default.fileExists(atPath: path) ? "change" : "be new")"
    }
  }
}

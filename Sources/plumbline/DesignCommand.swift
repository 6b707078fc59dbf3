import ArgumentParser
import DecisionEngine
import Documents
import Foundation
import KnowledgeModel

/// `plumbline design`: the documents from a file of answers.
struct Design: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "design", _superCommandName: Plumbline.name,
    abstract: "Write the design document, the checklist and the decisions from a file of answers.",
    discussion: """
      Writes design.md, design.html, checklist.md, checklist.html, decisions.json and answers.yaml, and decision records \
      in decisions/. What you wrote into the Markdown files stays; where it cannot be merged with the new text, both are \
      written as a conflict and the exit status is 1.
      """)

  @Argument(help: ArgumentHelp("The answers; - for standard input.", valueName: "answers.yaml")) var file: String
  @Option(help: ArgumentHelp("The folder for the documents.", valueName: "dir")) var out = "architecture"
  @Flag(
    help: """
      Say what would change, be merged or conflict, and write nothing; exit status 1 if something would change.
      """) var check = false
  @OptionGroup var documents: DocumentOptions
  @OptionGroup var answers: AnswerOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func run() throws {
    let folder = try DossierFolder(out)
    let templates = try documents.templates()
    let base = try knowledge.load()
    let sheet = try answers.read(file, for: base)
    let dossier = Dossier(base, mode: answers.mode, templates: templates, audience: documents.audience)
    func planned() throws -> PlannedRecords {
      try records.plan(sheet, base, mode: answers.mode, templates: templates, out: out)
    }
    let keepsAnswers = file != "-" && Files.isSame(file, "\(out)/answers.yaml")
    if check {
      let prepared = try dossier.prepared(sheet, in: folder, keepsAnswers: keepsAnswers)
      let changes = try prepared.changes(in: folder) + planned().changes
      for change in changes { try Output.write(change + "\n") }
      if !changes.isEmpty { throw Ending.findings }
      return
    }
    try dossier.write(sheet, into: folder, keepsAnswers: keepsAnswers, records: planned).conclude(in: folder)
  }
}

extension PreparedDossier {
  /// Says what was written and what became of a person's words.
  /// - Throws: `Ending` with status 1 where there are conflicts.
  func conclude(in folder: DossierFolder) throws {
    Output.error("wrote \(([folder.names(of: self)] + records).joined(separator: ", "))")
    for line in report(in: folder) { Output.error(line) }
    if hasConflicts { throw Ending.findings }
  }
}

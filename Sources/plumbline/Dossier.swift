import Content
import DecisionEngine
import Documents
import Foundation
import KnowledgeModel
import Questionnaire
import TextFormats

/// Answers → the set of files for a folder, brought together with what is there.
struct Dossier {
  let knowledge: Knowledge
  let mode: Mode
  let templates: Templates
  let audience: Audience

  init(_ knowledge: Knowledge, mode: Mode, templates: Templates, audience: Audience) {
    self.knowledge = knowledge
    self.mode = mode
    self.templates = templates
    self.audience = audience
  }

  /// The files to write; nothing is written.
  /// - Parameter keepsAnswers: whether answers.yaml is a person's own file, which stays as it is, comments and all.
  /// - Throws: `Ending` with status 2 where a document holds an unresolved conflict or is no text.
  func prepared(_ given: AnswerSheet, in folder: DossierFolder, keepsAnswers: Bool) throws -> PreparedDossier {
    var sheet = given
    sheet.date = sheet.date ?? Dossier.sourceDate
    sheet.knowledge = .init(version: knowledge.version, hash: knowledge.hash)
    let assessment = Evaluator(knowledge, mode: mode).assess(sheet)
    var prepared = PreparedDossier(assessment: assessment)
    let documents = try templates.naming {
      try DocumentSet.render(
        assessment: assessment, knowledge: knowledge, templates: templates.all, audience: audience
      ) { path, generated in
        let merge = try folder.merge(generated, into: path)
        prepared.merges.append((path, merge))
        prepared.bases.append((DossierFolder.base(of: path), generated))
        return merge.text
      }
    }
    prepared.files = documents
    if !keepsAnswers {
      let answers = AnswersFile.write(sheet, vocabulary: knowledge.traits, lists: knowledge.lists)
      prepared.files.append(("answers.yaml", answers))
    }
    return prepared
  }

  /// Prepares and writes; nothing is written where preparing fails.
  /// - Parameter records: plans the decision records. It is asked once nobody else writes there, since their numbers
  ///   follow from what is there.
  func write(
    _ sheet: AnswerSheet, into folder: DossierFolder, keepsAnswers: Bool, records: () throws -> PlannedRecords
  ) throws -> PreparedDossier {
    var result: PreparedDossier?
    try Files.inFolder(folder.path) {
      var prepared = try prepared(sheet, in: folder, keepsAnswers: keepsAnswers)
      let planned = try records()
      try folder.write(prepared)
      prepared.records = try planned.write()
      result = prepared
    }
    guard let result else { throw Ending.cannot("\(folder.path): nothing was written") }
    return result
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

/// What is to be written, and what became of a person's words.
struct PreparedDossier {
  let assessment: Assessment
  var files: [(path: String, text: String)] = []
  var merges: [(path: String, merge: Regeneration.Result)] = []
  /// Paths of the decision records that were written.
  var records: [String] = []
  /// What was generated, for the next time.
  var bases: [(path: String, text: String)] = []

  init(assessment: Assessment) { self.assessment = assessment }

  var hasConflicts: Bool { merges.contains { !$0.merge.conflicts.isEmpty } }

  /// What is said once it is written: what was merged, kept, found wrong with markers, and the conflicts at the end.
  func report(in folder: DossierFolder) -> [String] {
    var lines: [String] = []
    for (path, merge) in merges {
      let place = "\(folder.path)/\(path)"
      lines += merge.remarks.map { "\(place):\($0.line): \($0.text)" }
      lines += merge.changes.compactMap { change in
        change.words(PreparedDossier.done).map { "\(place): \(change.name) \($0)" }
      }
      if !merge.noLongerAsked.isEmpty {
        lines.append(
          "\(place): no longer asked for, and kept at the end: \(merge.noLongerAsked.joined(separator: ", "))")
      }
    }
    for (path, merge) in merges {
      lines += merge.conflicts.map { conflict in
        "\(folder.path)/\(path):\(conflict.line): \(conflict.part.map { "the part \($0)" } ?? betweenParts): your "
          + "edits and the new text conflict; settle it between the lines <<<<<<< and >>>>>>>"
      }
    }
    return lines
  }

  /// What `--check` says: each file that would change, and its parts.
  func changes(in folder: DossierFolder) throws -> [String] {
    var lines: [String] = []
    for file in files {
      let place = "\(folder.path)/\(file.path)"
      guard let old = try folder.data(file.path) else {
        lines.append("\(place): would be new")
        continue
      }
      let merge = merges.first { $0.path == file.path }?.merge
      if old != Data(file.text.utf8) {
        lines.append("\(place): would change")
        lines +=
          merge?.changes.compactMap { change in
            change.words(PreparedDossier.planned).map { "  \(change.name) \($0)" }
          } ?? []
        lines += merge?.noLongerAsked.map { "  \($0) is no longer asked for; it would be kept at the end" } ?? []
      }
      lines += merge?.remarks.map { "\(place):\($0.line): \($0.text)" } ?? []
    }
    return lines
  }

  private static let done: [Regeneration.Change.Kind: String] = [
    .merged: "was edited; the edits and the new text were merged",
    .kept: "was edited and is not generated any more; it is kept as your text",
  ]

  private static let planned: [Regeneration.Change.Kind: String] = [
    .replaced: "would be replaced", .added: "would be added", .removed: "would be removed",
    .merged: "was edited; the edits and the new text would be merged",
    .conflict: "was edited; the edits and the new text would conflict",
    .kept: "was edited and is not generated any more; it would be kept as your text",
  ]
}

private let betweenParts = "the text between parts"

extension Regeneration.Change {
  fileprivate var name: String { part.map { "the part \($0)" } ?? betweenParts }
  fileprivate func words(_ words: [Kind: String]) -> String? { words[kind] }
}

/// The folder that documents are written into.
struct DossierFolder {
  let path: String
  /// Below it: what was generated last, a file for each document.
  private static let memory = ".plumbline"

  /// - Throws: `Ending` where a folder cannot be of this name.
  init(_ path: String) throws {
    self.path = path
    try Files.checkFolder(path)
  }

  static func base(of document: String) -> String { "\(memory)/\(document)" }

  /// A file's bytes; nil where there is none.
  func data(_ name: String) throws -> Data? {
    let file = "\(path)/\(name)"
    return FileManager.default.fileExists(atPath: file) ? try Files.bytes(file) : nil
  }

  /// A generated document brought together with the file that is there.
  func merge(_ generated: String, into name: String) throws -> Regeneration.Result {
    let place = "\(path)/\(name)"
    let old = try data(name) == nil ? nil : Files.text(place)
    // What was generated last only helps: where it cannot be read, there is more to settle.
    let base = try? data(DossierFolder.base(of: name)).flatMap { String(validating: $0, as: UTF8.self) }
    do throws(Regeneration.Problem) {
      return try Regeneration.merge(new: generated, old: old, base: base ?? nil)
    } catch {
      throw DossierFolder.refusal(error, at: place)
    }
  }

  /// Ends before anything is asked where a document waits for a person.
  func checkSettled() throws {
    for name in ["design.md", "checklist.md"] where try data(name) != nil {
      let text = try Files.text("\(path)/\(name)")
      do throws(Regeneration.Problem) {
        try Regeneration.checkSettled(text)
      } catch {
        throw DossierFolder.refusal(error, at: "\(path)/\(name)")
      }
    }
  }

  private static func refusal(_ problem: Regeneration.Problem, at place: String) -> Ending {
    switch problem {
    case .unresolved(let line, let text):
      .badInput(
        "\(place):\(line): there is an unresolved conflict (“\(text.forMessage)”); settle it, take its marker lines away "
          + "and run again; nothing was written")
    }
  }

  /// Writes what was prepared: the documents, then what they were generated as.
  /// - Throws: `Ending` where a document was changed meanwhile: its words would be lost.
  func write(_ prepared: PreparedDossier) throws {
    for (name, merge) in prepared.merges where try data(name) != merge.old.map({ Data($0.utf8) }) {
      throw Ending.cannot("\(path)/\(name): it was changed meanwhile; nothing was written; run again")
    }
    try Files.write(prepared.files + prepared.bases, into: path)
  }

  func names(of prepared: PreparedDossier) -> String {
    prepared.files.map { "\(path)/\($0.path)" }.joined(separator: ", ")
  }
}

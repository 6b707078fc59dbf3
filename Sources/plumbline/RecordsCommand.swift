import ArgumentParser
import DecisionEngine
import Documents
import Foundation
import KnowledgeModel
import TextFormats

/// `plumbline records`: decision records, whoever wrote them.
struct Records: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "records", _superCommandName: Plumbline.name,
    abstract: "List, check, renumber and export decision records, or set their status.",
    discussion: "Reads records in MADR's and in adr-tools' layout. plumbline design writes them.",
    subcommands: [List.self, SetStatus.self, Check.self, Renumber.self, Export.self])
}

/// Which folder of records.
struct RecordFolderOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of the records.", valueName: "dir")) var dir: String?
  @Option(
    help: ArgumentHelp(
      "Where to look for them without --dir: what .adr-dir names, decisions, architecture/decisions, docs/decisions, "
        + "doc/adr, docs/adr.", valueName: "dir"))
  var root = "."

  func read() throws -> (path: String, folder: RecordFolder) {
    let path = try RecordPlace.find(dir: dir, root: root)
    return (path, try RecordPlace.read(path, mayBeMissing: false))
  }
}

extension Records {
  /// `plumbline records list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", _superCommandName: Plumbline.name,
      abstract: "List records; with --answers, say whether they still hold.")

    @OptionGroup var place: RecordFolderOptions
    @Option(
      help: ArgumentHelp("Hold the records against these answers; - for standard input.", valueName: "answers.yaml"))
    var answers: String?
    @Option(help: "text or json.") var format: OutputFormat = .text
    @OptionGroup var changes: AnswerOptions
    @OptionGroup var knowledge: KnowledgeOptions

    func run() throws {
      let (path, folder) = try place.read()
      var listing = folder.listing()
      if let answers {
        let base = try knowledge.load()
        let sheet = try changes.read(answers, for: base)
        listing = folder.listing(against: Evaluator(base, mode: changes.mode).assess(sheet), knowledge: base)
      } else if !changes.changes.isEmpty {
        throw Ending.badInput("--set changes answers: give them by --answers")
      }
      switch format {
      case .json: try Output.write(RecordFolder.json(listing).pretty)
      case .text:
        if listing.isEmpty { return Output.error("\(path): there are no records") }
        try Output.write(RecordFolder.text(listing, width: Output.columns))
      }
    }
  }

  /// `plumbline records status`.
  struct SetStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "status", _superCommandName: Plumbline.name,
      abstract: "Set a record's status: that line changes, and nothing else.")

    @Argument(help: ArgumentHelp("The record's number, or its file's name.", valueName: "number")) var record: String
    @Argument(help: "accepted, rejected, deprecated or proposed.") var status: String
    @OptionGroup var place: RecordFolderOptions

    func run() throws {
      let words = RecordStatus.settable.map(\.word)
      guard let status = RecordStatus.settable.first(where: { $0.word == status.lowercased() }) else {
        if status.lowercased().hasPrefix("supersede") {
          throw Ending.badInput(
            "a record is superseded by another: plumbline design writes that one and sets the status of the old")
        }
        let hint =
          nearest(status, among: words).map { "did you mean \($0)?" } ?? "there are \(words.joined(separator: ", "))"
        throw Ending.badInput("“\(status.forMessage)” is no status of a record; \(hint)")
      }
      let (path, folder) = try place.read()
      let found = try folder.only(record, in: path)
      let file = folder.settingStatus(status, of: found)
      guard file.text != found.text else { return Output.error("\(path)/\(file.name) is \(status.word) already") }
      _ = try RecordPlace.write([file], into: path)
      Output.error("\(path)/\(file.name): \(found.status?.word ?? "no status") → \(status.word)")
    }
  }

  /// `plumbline records check`.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", _superCommandName: Plumbline.name,
      abstract: "Find broken links, numbers taken twice, one-sided supersessions and other flaws; exit status 1 if any."
    )

    @OptionGroup var place: RecordFolderOptions
    @Option(help: "text or json.") var format: OutputFormat = .text

    func run() throws {
      let (path, folder) = try place.read()
      let findings = folder.findings
      switch format {
      case .json:
        let items: [JSON] = findings.map { finding in
          .object([
            "rule": .string(finding.rule), "file": .string("\(path)/\(finding.file)"),
            "line": .number(Decimal(finding.line)), "column": .number(Decimal(finding.column)),
            "message": .string(finding.message), "remedy": .string(finding.remedy),
          ])
        }
        try Output.write(
          JSON.object(["records": .number(Decimal(folder.records.count)), "findings": .array(items)]).pretty)
      case .text:
        for finding in findings {
          try Output.write(
            "\(path)/\(finding.file):\(finding.line):\(finding.column): \(finding.rule): \(finding.message); "
              + "\(finding.remedy)\n")
        }
        let records = folder.records.count
        Output.error("\(path): \(records) \(records == 1 ? "record" : "records"), \(findings.count) to mend")
      }
      if !findings.isEmpty { throw Ending.findings }
    }
  }

  /// `plumbline records renumber`.
  struct Renumber: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "renumber", _superCommandName: Plumbline.name,
      abstract: "Give records new numbers where theirs are taken, and rewrite the links to them.",
      discussion: """
        With a record, that one gets the next number. With --against, those that the other branch does not have move \
        behind its last, in their order, from the first whose number it has taken. With neither, all but the first of \
        those that share a number move.
        """)

    @Argument(help: ArgumentHelp("A record's number or its file's name.", valueName: "record")) var record: String?
    @Option(
      name: .customLong("against"), help: ArgumentHelp("The branch whose numbers stay.", valueName: "rev"))
    var revision: String?
    @Flag(help: "Say what would change and write nothing; exit status 1 if something would.") var check = false
    @OptionGroup var place: RecordFolderOptions

    func run() throws {
      let (path, folder) = try place.read()
      let names = try revision.map { try Revision($0, option: "--against").names(in: path) }
      let taken = Set((names ?? []).compactMap { RecordName($0)?.number })
      let plan: RecordRenumbering
      if let record {
        plan = .next(of: try folder.only(record, in: path), in: folder, taken: taken)
      } else if let names {
        plan = .against(names, in: folder)
      } else {
        plan = .duplicates(in: folder)
      }
      for note in plan.notes { Output.error("note: \(path)/\(note)") }
      guard !plan.moves.isEmpty else { return Output.error("\(path): no number is taken twice") }
      if let unread = plan.moves.first(where: { move in
        folder.records.contains { $0.file == move.from && $0.text.isEmpty }
      }) {
        throw Ending.cannot("\(path)/\(unread.from): this is no text in UTF-8, or it is empty; rename it by hand")
      }
      let verb = check ? "would be" : "is now"
      if !check {
        let written = Set(try RecordPlace.write(plan.files, into: path))
        for move in plan.moves where !written.contains("\(path)/\(move.from)") {
          guard unlink("\(path)/\(move.from)") == 0 else {
            throw Ending.cannot("\(path)/\(move.from): cannot be removed: \(String(cString: strerror(errno)))")
          }
        }
      }
      for move in plan.moves { try Output.write("\(path)/\(move.from) \(verb) \(path)/\(move.to)\n") }
      for file in plan.files where !plan.moves.contains(where: { $0.to == file.name }) {
        try Output.write("\(path)/\(file.name): links \(check ? "would be " : "")rewritten\n")
      }
      if check { throw Ending.findings }
    }
  }

  /// `plumbline records export`.
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", _superCommandName: Plumbline.name, abstract: "Write the records as data for other tools.",
      discussion: "docs/decision-records.md says what is in it.")

    @Flag(name: .customLong("json-adr"), help: "As JSON-ADR 1.0.0.") var jsonADR = false
    @Option(help: ArgumentHelp("The file to write; - for standard output.", valueName: "file.json")) var out = "-"
    @OptionGroup var place: RecordFolderOptions

    func validate() throws {
      if !jsonADR { throw ValidationError("Name the format: --json-adr.") }
      if out.isEmpty { throw ValidationError("The name of the file to write is empty.") }
    }

    func run() throws {
      let (path, folder) = try place.read()
      let (json, notes) = folder.jsonADR(directory: path, toolVersion: Plumbline.version)
      for note in notes { Output.error("note: \(path)/\(note)") }
      if out == "-" { try Output.write(json.pretty) } else { try Files.write(json.pretty, to: out) }
    }
  }
}

extension RecordFolder {
  /// The record of a number or a name.
  fileprivate func only(_ text: String, in path: String) throws -> DecisionRecord {
    let name = text.split(separator: "/").last.map(String.init) ?? text
    let found = Int(text).map { records($0) } ?? records.filter { $0.file == name }
    guard let record = found.first else {
      let hint =
        Int(text) == nil
        ? nearest(name, among: records.map(\.file)).map { "; did you mean \($0)?" }
        : records.isEmpty ? "; there are none" : records.last.map { "; the last is \($0.number)" }
      throw Ending.badInput("\(path): there is no record \(text.forMessage)\(hint ?? "")")
    }
    guard found.count == 1 else {
      throw Ending.badInput(
        "\(path): the number \(record.number) is taken by \(found.map(\.file).joined(separator: " and ")); name the file"
      )
    }
    return record
  }
}

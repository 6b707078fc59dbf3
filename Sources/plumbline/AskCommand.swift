import ArgumentParser
import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import Questionnaire
import Terminal

/// `plumbline ask`: the questionnaire, then the documents.
struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask", _superCommandName: Plumbline.name, abstract: "Answer a questionnaire and get the documents.",
    discussion: """
      At every question: ? says why it is asked, < goes back, ! reviews, unknown is an answer, low..high is a range.
      Answers are kept after every reply; after Ctrl-C, plumbline ask --resume goes on.
      """)

  @Option(
    help: ArgumentHelp("Start from a file of answers; - for standard input with --no-input.", valueName: "answers.yaml")
  )
  var answers: String?
  @Option(help: ArgumentHelp("What the system is called.", valueName: "name")) var system: String?
  @Option(help: ArgumentHelp("The folder for the documents.", valueName: "dir")) var out = "architecture"
  @Flag(help: "Go on where an earlier run for the same folder stopped.") var resume = false
  @Flag(name: .customLong("no-input"), help: "Ask nothing: what is not given takes its default or is unknown.")
  var noInput = false
  @Flag(
    inversion: .prefixedNo,
    help: """
      Ask line by line, without drawing: for screen readers, and what ACCESSIBLE=1 and TERM=dumb choose as well. \
      --no-accessible draws all the same.
      """) var accessible: Bool?
  @Flag(
    name: .customLong("stdin"), help: "Read the answers line by line from standard input; it need not be a terminal.")
  var scripted = false
  @Option(
    name: .customLong("from-database"),
    help: ArgumentHelp("Measure what a live PostgreSQL can tell, reading only, and confirm it.", valueName: "url"))
  var address: String?
  @Option(
    name: .customLong("sample"),
    help: ArgumentHelp("Seconds between the two samples of --from-database, 2 to 600.", valueName: "seconds"))
  var seconds = 10
  @OptionGroup var documents: DocumentOptions
  @OptionGroup var changes: AnswerOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func validate() throws {
    if resume, answers != nil { throw ValidationError("--resume and --answers exclude each other.") }
    if resume, address != nil { throw ValidationError("--resume and --from-database exclude each other.") }
    if scripted, noInput { throw ValidationError("--stdin and --no-input exclude each other.") }
    if answers == "-", !noInput {
      throw ValidationError("--answers - needs --no-input: the answers come from where you would type.")
    }
    if !(2...600).contains(seconds) { throw ValidationError("--sample takes 2 to 600 seconds.") }
    if let system, system.allSatisfy(\.isWhitespace) || system.unicodeScalars.contains(where: \.isControl) {
      throw ValidationError("--system needs a name in printable text.")
    }
  }

  func run() throws {
    let folder = try DossierFolder(out)
    // What could keep the documents from being written is said before anything is asked.
    try folder.checkSettled()
    let templates = try documents.templates()
    let environment = ProcessInfo.processInfo.environment
    let isInteractive = !noInput && !scripted && SystemTerminal.isInteractive(environment)
    if !noInput, !scripted, !isInteractive { throw Ending.badInput(ConversationEnd.nobodyToAsk) }
    // The first question is there sooner without the pages, which only the documents need.
    let base = try knowledge.load(noInput ? .pages : .questions)
    var sheet = AnswerSheet()
    if let answers { sheet = try changes.read(answers, for: base) }
    // A script is simply run again; what a person typed is kept.
    let journal = isInteractive || resume ? try openJournal(environment, base) : nil
    if resume {
      guard let saved = journal?.saved else {
        throw Ending.cannot("there is nothing to resume for \(out); start with plumbline ask --out \(out)")
      }
      sheet = saved.sheet
    }
    if answers == nil { try changes.apply(to: &sheet, base) }
    if let system { sheet.system = system }
    let measured = try address.map { try DatabaseAnswers.measure($0, seconds: seconds, base) } ?? [:]
    if noInput {
      take(measured, into: &sheet, base)
    } else {
      sheet = try converse(base, sheet, measured, journal, environment)
      sheet.date = sheet.date ?? Dossier.today
    }
    let whole = noInput ? base : try knowledge.load()
    let dossier = Dossier(whole, mode: changes.mode, templates: templates, audience: documents.audience)
    let keepsAnswers = noInput && answers.map { Files.isSame($0, "\(out)/answers.yaml") } ?? false
    let written = try dossier.write(sheet, into: folder, keepsAnswers: keepsAnswers) {
      try records.plan(sheet, whole, mode: changes.mode, templates: templates, out: out)
    }
    journal?.remove()
    defer { sayCommands(sheet, base) }
    try written.conclude(in: folder)
  }

  private func sayCommands(_ sheet: AnswerSheet, _ base: Knowledge) {
    if !noInput {
      Output.error("the same without questions: \(repeatCommand)")
      if sheet.notes.isEmpty, sheet.records.isEmpty { Output.error("or without a file: \(flagCommand(sheet, base))") }
    }
  }

  // MARK: The conversation

  private func converse(
    _ base: Knowledge, _ sheet: AnswerSheet, _ measured: [String: Interview.Proposal], _ journal: Journal?,
    _ environment: [String: String]
  ) throws -> AnswerSheet {
    var interview = Interview(base, sheet: sheet, proposals: measured, mode: changes.mode)
    var earlier = journal?.saved.map { Interview(base, state: $0, mode: changes.mode) }
    if resume, var state = earlier?.state {
      state.sheet = sheet
      interview = Interview(base, state: state, mode: changes.mode)
      earlier = nil
    }
    if earlier?.isBegun == false { earlier = nil }
    switch end(of: interview, earlier, journal, environment) {
    case .finished(let finished): return finished
    case .interrupted(let signal): throw Ending(status: 128 + signal, message: nil)
    case .endOfInput(let message), .notInteractive(let message): throw Ending.badInput(message)
    }
  }

  private func end(
    of interview: Interview, _ earlier: Interview?, _ journal: Journal?, _ environment: [String: String]
  ) -> ConversationEnd {
    if !scripted, !(accessible ?? Ask.isAccessible(environment)),
      let terminal = RawTerminal(environment: environment, color: !knowledge.noColor)
    {
      var frontEnd = DrawnFrontEnd(interview, earlier: earlier, journal: journal, resumeCommand: resumeCommand)
      return frontEnd.run(on: terminal, isResumed: resume)
    }
    var terminal = SystemTerminal(environment: environment, color: !knowledge.noColor)
    var frontEnd = LineFrontEnd(
      interview, earlier: earlier, journal: journal, resumeCommand: resumeCommand, isScripted: scripted)
    return frontEnd.run(on: &terminal, isResumed: resume)
  }

  /// Whether lines should only ever be added: asked for, or the settings of a screen reader, or a terminal that cannot
  /// be drawn on.
  static func isAccessible(_ environment: [String: String]) -> Bool {
    let asked = ["ACCESSIBLE", "ACCESSIBILITY_ENABLED", "GNOME_ACCESSIBILITY"].contains { name in
      !["", "0", "false", "no"].contains((environment[name] ?? "").lowercased())
    }
    return asked || environment["INSIDE_EMACS"] != nil || ["", "dumb"].contains(environment["TERM"] ?? "")
  }

  private func openJournal(_ environment: [String: String], _ base: Knowledge) throws -> Journal? {
    let absolute = URL(fileURLWithPath: out).standardizedFileURL.path
    let folder: String
    if let xdg = environment["XDG_STATE_HOME"], xdg.hasPrefix("/") {
      folder = xdg + "/plumbline"
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      folder = home + "/.local/state/plumbline"
    } else {
      Output.error("answers cannot be kept: neither XDG_STATE_HOME nor HOME is set")
      return nil
    }
    do throws(JournalProblem) {
      return try Journal(folder: folder, output: absolute, vocabulary: base.traits, lists: base.lists)
    } catch {
      if case .busy = error { throw Ending.cannot(error.description) }
      Output.error("\(error); the questions go on, do not stop before the end")
      return nil
    }
  }

  // MARK: An existing system

  /// Without questions the measured values stand, unless a person gave another; each is said with its query.
  private func take(_ measured: [String: Interview.Proposal], into sheet: inout AnswerSheet, _ base: Knowledge) {
    for trait in base.traits {
      guard let proposal = measured[trait.id], sheet.answers[trait.id] == nil else { continue }
      sheet.answers[trait.id] = proposal.answer
      sheet.notes[trait.id] = sheet.notes[trait.id] ?? Interview.note(on: proposal)
      Output.error("  \(trait.id): \(AnswerText.text(proposal.answer, for: trait)); \(proposal.remark)")
      Output.error("    \(proposal.query)")
    }
  }

  // MARK: Commands to copy

  private var resumeCommand: String {
    let manner = accessible.map { [$0 ? "--accessible" : "--no-accessible"] } ?? []
    return (["plumbline", "ask", "--resume"] + manner + shared).joined(separator: " ")
  }

  private var repeatCommand: String {
    (["plumbline", "design", "\(out)/answers.yaml".quotedForShell] + shared).joined(separator: " ")
  }

  /// The answers as options.
  private func flagCommand(_ sheet: AnswerSheet, _ base: Knowledge) -> String {
    let answers = base.traits.compactMap { trait in
      sheet.answers[trait.id].map { ["--set", "\(trait.id)=\(AnswerText.text($0, for: trait))".quotedForShell] }
    }
    let system = sheet.system.map { ["--system", $0.quotedForShell] } ?? []
    return (["plumbline", "ask", "--no-input"] + system + answers.flatMap(\.self) + shared).joined(separator: " ")
  }

  private var shared: [String] {
    (out == "architecture" ? [] : ["--out", out.quotedForShell]) + (changes.asWritten ? ["--as-written"] : [])
      + knowledge.packs.flatMap { ["--pack", $0.quotedForShell] }
      + (knowledge.database.map { ["--knowledge", $0.quotedForShell] } ?? [])
      + documents.arguments + records.arguments
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { properties.generalCategory == .control }
}

import ArgumentParser
import DecisionEngine
import Foundation
import KnowledgeModel
import Questionnaire

/// `plumbline ask`: the questionnaire, then the documents.
struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask", abstract: "Answer a questionnaire and get the documents.",
    discussion: """
      At every question: ? says why it is asked, < goes back, unknown is an answer, low..high is a range.
      Answers are kept after every reply; after Ctrl-C, plumbline ask --resume goes on.
      """)

  @Option(
    help: ArgumentHelp("Start from a file of answers; - for standard input with --no-input.", valueName: "answers.yaml")
  )
  var answers: String?
  @Option(help: ArgumentHelp("The folder for the documents.", valueName: "dir")) var out = "architecture"
  @Flag(help: "Go on where an earlier run for the same folder stopped.") var resume = false
  @Flag(name: .customLong("no-input"), help: "Ask nothing: what is not given takes its default or is unknown.")
  var noInput = false
  @Flag(help: "Ask line by line, without drawing (the only way so far).") var accessible = false
  @OptionGroup var changes: AnswerOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func validate() throws {
    if resume, answers != nil { throw ValidationError("--resume and --answers exclude each other.") }
    if answers == "-", !noInput {
      throw ValidationError("--answers - needs --no-input: the answers come from where you would type.")
    }
  }

  func run() throws {
    try Files.checkFolder(out)
    let base = try knowledge.load()
    let environment = ProcessInfo.processInfo.environment
    var sheet = AnswerSheet()
    if let answers { sheet = try changes.read(answers, for: base) }
    let terminal = noInput ? nil : SystemTerminal(environment: environment, color: !knowledge.noColor)
    // Without a terminal there is nothing to keep: do not leave a journal behind.
    let journal = noInput && !resume || terminal?.isInteractive == false ? nil : try openJournal(environment, base)
    if resume {
      guard let saved = journal?.saved else {
        throw Ending.cannot("there is nothing to resume for \(out); start with plumbline ask --out \(out)")
      }
      sheet = saved.sheet
    }
    if answers == nil { try changes.apply(to: &sheet, base) }
    if let terminal {
      sheet = try converse(base, sheet, journal, terminal)
      sheet.date = sheet.date ?? Dossier.today
    }
    var documents = try Dossier(base, mode: changes.mode).documents(sheet)
    if noInput, let answers, Files.isSame(answers, "\(out)/answers.yaml") {
      documents.removeAll { $0.path == "answers.yaml" }
    }
    try Files.write(documents, into: out)
    journal?.remove()
    Output.error("wrote \(documents.map { "\(out)/\($0.path)" }.joined(separator: ", "))")
    if terminal != nil { Output.error("the same without questions: \(repeatCommand)") }
  }

  private func converse(_ base: Knowledge, _ sheet: AnswerSheet, _ journal: Journal?, _ given: SystemTerminal) throws
    -> AnswerSheet
  {
    var terminal = given
    var interview = Interview(base, sheet: sheet, mode: changes.mode)
    if resume, var state = journal?.saved {
      state.sheet = sheet
      interview = Interview(base, state: state, mode: changes.mode)
    } else if let saved = journal?.saved, terminal.isInteractive {
      if try offer(saved, &terminal) {
        interview = Interview(base, state: saved, mode: changes.mode)
      } else {
        journal?.clear()
      }
    }
    var frontEnd = LineFrontEnd(interview, journal: journal, resumeCommand: resumeCommand)
    switch frontEnd.run(on: &terminal, isResumed: resume) {
    case .finished(let finished): return finished
    case .interrupted(let signal): throw Ending(status: 128 + signal, message: nil)
    case .endOfInput(let message), .notInteractive(let message): throw Ending.badInput(message)
    }
  }

  /// An earlier run was cut off, and nobody said `--resume`: its answers are not thrown away unasked.
  private func offer(_ saved: Interview.State, _ terminal: inout SystemTerminal) throws -> Bool {
    guard !saved.sheet.answers.isEmpty || saved.sheet.system != nil else { return false }
    let count = saved.sheet.answers.count
    while true {
      terminal.write(
        "\nAn earlier run for \(out) stopped after \(count) answer\(count == 1 ? "" : "s"). Go on with it? (yes, no)\n> "
      )
      switch terminal.readLine() {
      case .line(let line):
        switch line.trimming().lowercased() {
        case "y", "yes", "": return true
        case "n", "no": return false
        default: continue
        }
      case .unreadable: continue
      case .end: throw Ending.badInput("the input ended at “Go on with it?”; the answers are kept: \(resumeCommand)")
      case .interrupted(let signal):
        throw Ending(status: 128 + signal, message: "\nthe answers are kept; go on with: \(resumeCommand)")
      }
    }
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

  private var resumeCommand: String { (["plumbline", "ask", "--resume"] + shared).joined(separator: " ") }

  private var repeatCommand: String {
    (["plumbline", "design", "\(out)/answers.yaml".quotedForShell] + shared).joined(separator: " ")
  }

  private var shared: [String] {
    (out == "architecture" ? [] : ["--out", out.quotedForShell]) + (changes.asWritten ? ["--as-written"] : [])
      + knowledge.packs.flatMap { ["--pack", $0.quotedForShell] }
      + (knowledge.database.map { ["--knowledge", $0.quotedForShell] } ?? [])
  }
}

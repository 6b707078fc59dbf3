import ArgumentParser
import DecisionEngine
import Foundation
import KnowledgeModel
import Questionnaire
import TextFormats

/// Answers from a file, changed by `--set`.
struct AnswerOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Give or change one answer, as you would type it; may be given again.", valueName: "trait=value")
  )
  var changes: [String] = []

  @Flag(name: .customLong("as-written"), help: "Follow the guide to the letter, without today's corrections.")
  var asWritten = false

  var mode: Mode { asWritten ? .asWritten : .current }

  /// Reads a file of answers, `-` for standard input, and applies the changes.
  func read(_ path: String, for knowledge: Knowledge) throws -> AnswerSheet {
    try read(AnswerOptions.bytes(path), named: path == "-" ? "standard input" : path, for: knowledge)
  }

  /// Reads the bytes of a file of answers, and applies the changes.
  func read(_ bytes: [UInt8], named name: String, for knowledge: Knowledge) throws -> AnswerSheet {
    var sheet: AnswerSheet
    do throws(AnswersProblems) {
      sheet = try AnswersFile.read(bytes: bytes, name: name, vocabulary: knowledge.traits, lists: knowledge.lists)
    } catch {
      throw Ending.badInput(error.description)
    }
    try apply(to: &sheet, knowledge)
    return sheet
  }

  func apply(to sheet: inout AnswerSheet, _ knowledge: Knowledge) throws {
    let traits = knowledge.traits
    for change in changes {
      let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else {
        throw Ending.badInput("--set \(change.forMessage): expected trait=value, such as --set qps=2.5k")
      }
      let id = parts[0].trimming()
      if knowledge.list(id) != nil {
        throw Ending.badInput("--set \(change.forMessage): \(id) is a list of records; give it in answers.yaml")
      }
      guard let trait = traits.first(where: { $0.id == id }) else {
        let hint = nearest(id, among: traits.map(\.id)).map { "; did you mean \($0)?" } ?? ""
        throw Ending.badInput("--set \(change.forMessage): there is no trait “\(id.forMessage)”\(hint)")
      }
      do throws(AnswerProblem) {
        sheet.answers[id] = try AnswerReader.read(parts[1], for: trait)
      } catch {
        throw Ending.badInput("--set \(change.forMessage): \(error)")
      }
    }
  }

  /// A file's bytes; one more than is read at most, so that a file that is too large shows.
  static func bytes(
    _ path: String, atMost most: Int = AnswersFile.largest, expected: String = "a file of answers"
  ) throws -> [UInt8] {
    var isFolder: ObjCBool = false
    if path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw Ending.cannot("\(path): this is a folder; expected \(expected)")
    }
    guard let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
      throw Ending.cannot("\(path): \(String(cString: strerror(errno)))")
    }
    var bytes: [UInt8] = []
    do {
      while bytes.count <= most, let chunk = try handle.read(upToCount: 1 << 16), !chunk.isEmpty {
        bytes += chunk
      }
    } catch {
      throw Ending.cannot("\(path): \(Output.reason(error))")
    }
    return bytes
  }
}

/// `plumbline answers`: what to write into answers.yaml.
struct AnswersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answers", _superCommandName: Plumbline.name, abstract: "Template and schema of answers.yaml.",
    subcommands: [Init.self, Schema.self])

  struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "init", _superCommandName: Plumbline.name, abstract: "Write a commented template of answers.yaml.",
      discussion: "Every question with its unit, bounds and default, commented out.")
    @Argument(help: ArgumentHelp("The file to write; left out or -: standard output.", valueName: "answers.yaml"))
    var file: String?
    @OptionGroup var knowledge: KnowledgeOptions

    func run() throws {
      let base = try knowledge.load()
      let text = AnswersTemplate.text(traits: base.traits, lists: base.lists)
      guard let file, file != "-" else { return try Output.write(text) }
      guard !FileManager.default.fileExists(atPath: file) else {
        throw Ending.badInput("\(file): there is such a file already; it was left as it is")
      }
      try Files.write(text, to: file)
    }
  }

  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "schema", _superCommandName: Plumbline.name,
      abstract: "Write the JSON Schema of answers.yaml, for editors.")
    @OptionGroup var knowledge: KnowledgeOptions

    func run() throws {
      let base = try knowledge.load()
      try Output.write(AnswersSchema.json(traits: base.traits, lists: base.lists).pretty)
    }
  }
}

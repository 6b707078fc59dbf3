import ArgumentParser
import DecisionEngine
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import Questionnaire
import TextFormats

/// `plumbline compare`: which decisions differ between two sets of answers, or under two knowledge bases.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", _superCommandName: Plumbline.name,
    abstract: "Say which decisions differ between two sets of answers or knowledge, and why.",
    discussion: """
        plumbline compare a.yaml b.yaml                    two files of answers
        plumbline compare a.yaml --set qps=20k             one file, and what if
        plumbline compare a.yaml --knowledge old.sqlite    under older knowledge, and under the shipped
        plumbline compare a.yaml --with-pack house         without a pack, and with it

      --knowledge with two files serves both; given twice, the first and the second side. --pack and --as-written are \
      for both sides; --set and what begins with --with for the second. The exit status is 0 also where they differ.
      """)

  @Argument(help: ArgumentHelp("The answers before; - for standard input.", valueName: "before.yaml"))
  var before: String
  @Argument(help: ArgumentHelp("The answers after; left out: the same file.", valueName: "after.yaml"))
  var after: String?
  @Option(help: "text, markdown or json.") var format: ReportFormat = .text
  @Option(
    name: .customLong("knowledge"), parsing: .singleValue,
    help: ArgumentHelp(
      "An exported knowledge base, or a folder that holds a whole one; twice for one on each side.",
      valueName: "file.sqlite"))
  var databases: [String] = []
  @Option(
    name: .customLong("pack"), parsing: .singleValue,
    help: ArgumentHelp("A folder with house rules, on both sides; may be given again.", valueName: "dir"))
  var packs: [String] = []
  @Option(
    name: .customLong("with-pack"), parsing: .singleValue,
    help: ArgumentHelp("House rules on the second side; may be given again.", valueName: "dir"))
  var addedPacks: [String] = []
  @Flag(name: .customLong("with-as-written"), help: "Follow the guide to the letter on the second side.")
  var isAfterAsWritten = false
  @Option(
    name: .customLong("factor"),
    help: ArgumentHelp("How much a distance to a threshold has to change to be named, above 1.", valueName: "factor"))
  var factor = "1.5"
  @OptionGroup var answers: AnswerOptions
  @Flag(name: .customLong("no-color"), help: "No colour.") var noColor = false

  func validate() throws {
    if databases.count > 2 { throw ValidationError("--knowledge is given more than twice.") }
    if Set(packs + addedPacks).count < packs.count + addedPacks.count {
      throw ValidationError("A pack is given twice.")
    }
    if !databases.isEmpty, !packs.isEmpty {
      throw ValidationError("--knowledge and --pack exclude each other: export the packs into the database.")
    }
    if !addedPacks.isEmpty, databases.count == 2 || (databases.count == 1 && after != nil) {
      throw ValidationError(
        "--with-pack adds to the shipped knowledge, but --knowledge names what the second side uses.")
    }
    if before == "-", after == "-" { throw ValidationError("Standard input can be only one of the two.") }
    if after == nil, databases.isEmpty, addedPacks.isEmpty, answers.changes.isEmpty,
      !isAfterAsWritten || answers.asWritten
    {
      throw ValidationError(
        "Give a second file, or what is to differ: --knowledge, --with-pack, --with-as-written or --set.")
    }
    _ = try headroomFactor(factor, option: "--factor")
  }

  func run() throws {
    let isKnowledgeShared = after != nil && databases.count < 2
    let old = try knowledge(packs, databases.first)
    let new =
      isKnowledgeShared && addedPacks.isEmpty
      ? old : try knowledge(packs + addedPacks, databases.count == 2 ? databases[1] : nil)
    let unchanged = AnswerOptions.with(changes: [], asWritten: answers.asWritten)
    // Each side reads its file by the words of both, and leaves out what its own knowledge does not ask.
    let input = before == "-" || after == "-" ? try AnswerOptions.bytes("-") : []
    func read(_ path: String, _ options: AnswerOptions, _ own: Knowledge, _ other: Knowledge) throws
      -> (sheet: AnswerSheet, left: [String])
    {
      var both = own
      both.traits += other.traits.filter { trait in own.trait(trait.id) == nil }
      both.lists += other.lists.filter { list in own.list(list.id) == nil }
      var sheet =
        path == "-"
        ? try options.read(input, named: "standard input", for: both)
        : try options.read(path, for: both)
      let left = Set(sheet.answers.keys).union(sheet.records.keys)
        .filter { own.trait($0) == nil && own.list($0) == nil }.sorted()
      for id in left {
        sheet.answers[id] = nil
        sheet.records[id] = nil
      }
      return (sheet, left)
    }
    let first = try read(before, unchanged, old, new)
    let second = try read(after ?? before, answers, new, old)
    let modes = (answers.mode, isAfterAsWritten ? Mode.asWritten : answers.mode)
    let comparison = AssessmentComparison(
      .init(Evaluator(old, mode: modes.0), first.sheet), .init(Evaluator(new, mode: modes.1), second.sheet),
      factor: try headroomFactor(factor, option: "--factor"))
    let names = [before, after ?? before].map { $0 == "-" ? "standard input" : $0 }
    let changes = answers.changes.isEmpty ? "" : " with \(answers.changes.joined(separator: ", "))"
    let labels = ComparisonLabels(
      before: names[0], after: names[1] + changes,
      notes: [
        Compare.notes(names[0], first.sheet, first.left, old), Compare.notes(names[1], second.sheet, second.left, new),
      ].flatMap(\.self).uniqued())
    switch format {
    case .json: try Output.write(ComparisonJSON.json(comparison, labels: labels).pretty)
    case .markdown: try Output.write(ComparisonText.markdown(comparison, labels: labels))
    case .text: try Output.write(ComparisonText.plain(comparison, labels: labels, width: Output.columns))
    }
  }

  private func knowledge(_ packs: [String], _ database: String?) throws -> Knowledge {
    try KnowledgeOptions.with(packs: packs, database: database).load(.advice)
  }

  /// What a reader has to know of a file: that it was made with other knowledge, and what was left out.
  private static func notes(_ name: String, _ sheet: AnswerSheet, _ left: [String], _ used: Knowledge) -> [String] {
    var notes: [String] = []
    if let stamp = sheet.knowledge, stamp.hash != used.hash {
      notes.append(
        "\(name) was made with knowledge \(stamp.version) (\(stamp.hash.prefix(12))), and is evaluated under "
          + "\(used.version) (\(used.hash.prefix(12)))")
    }
    if !left.isEmpty {
      notes.append("knowledge \(used.version) does not ask for \(left.joined(separator: ", ")) of \(name): left out")
    }
    return notes
  }
}

enum ReportFormat: String, ExpressibleByArgument, CaseIterable { case text, markdown, json }

/// A factor above 1, as a person types it.
func headroomFactor(_ text: String, option: String) throws -> Decimal {
  guard let factor = try? QuantityNotation.value(text, unit: .number), factor > 1, factor <= 1_000_000 else {
    throw ValidationError("\(option) \(text.quotedForShell): expected a number above 1, such as 1.5")
  }
  return factor
}

extension KnowledgeOptions {
  static func with(packs: [String], database: String?) -> KnowledgeOptions {
    var options = KnowledgeOptions()
    options.packs = packs
    options.database = database
    options.noColor = false
    return options
  }
}

extension AnswerOptions {
  static func with(changes: [String], asWritten: Bool) -> AnswerOptions {
    var options = AnswerOptions()
    options.changes = changes
    options.asWritten = asWritten
    return options
  }
}

import ArgumentParser
import DecisionEngine
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import Review
import TextFormats

/// `plumbline checklist [answers.yaml]`: the checks that apply.
struct ChecklistShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", _superCommandName: Plumbline.name,
    abstract: "The checks that apply, by phase and area; the default.",
    discussion: """
      Without answers the checklist is the guide's for a system that nothing is known of: what depends on an answer \
      says so. The page that --format html writes is a form: it keeps ticks, evidence and reasons in the browser.
      """)

  @Argument(
    help: ArgumentHelp("The answers; - for standard input; left out: the guide alone.", valueName: "answers.yaml"))
  var file: String?
  @Option(help: "markdown, html, json or csv.") var format: ChecklistFormat = .markdown
  @Option(
    name: .customLong("phase"), parsing: .singleValue,
    help: "Only of this phase: design, change, before-production or operating; may be given again.",
    transform: ChecklistShow.named)
  var phases: [Check.Phase] = []
  @Option(
    name: .customLong("area"), parsing: .singleValue,
    help: "Only of this area, such as data; may be given again.", transform: ChecklistShow.named)
  var areas: [Area] = []
  @Option(help: ArgumentHelp("Write it to this file.", valueName: "file")) var out: String?
  @OptionGroup var diff: DiffOptions
  @OptionGroup var templates: TemplateOptions
  @OptionGroup var answers: AnswerOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func run() throws {
    let templates = try templates.templates()
    let comparison = diff.base.map { DiffSelection.Comparison(base: $0, head: diff.head) }
    let base = try knowledge.load(.advice)
    let assessment = Evaluator(base, mode: answers.mode).assess(try sheet(base))
    let selection = try comparison.map { try DiffSelection($0, knowledge: base) }
    let all =
      selection.map { ChecklistItem.called($0.called, assessment, base) } ?? ChecklistItem.all(assessment, base)
    let items = all.filter {
      (phases.isEmpty || phases.contains($0.phase)) && (areas.isEmpty || areas.contains($0.area))
    }
    let document = ChecklistDocument(
      assessment, base, items: items, lead: selection.flatMap { $0.lead(items) },
      remarks: selection?.unseen.map(\.markdown) ?? [])
    let text = try templates.naming {
      try format.text(document, templates: templates.all, unseen: selection?.unseen)
    }
    for warning in assessment.warnings { Output.error("warning: \(warning)") }
    for unseen in selection?.unseen ?? [] { Output.error("not seen: \(unseen.text)") }
    guard let out, out != "-" else { return try Output.write(text) }
    try Files.replace([(out, { try Data(text.utf8).write(to: URL(fileURLWithPath: $0)) })])
  }

  private static func named<Value: CaseIterable & RawRepresentable<String>>(_ name: String) throws -> Value {
    if let value = Value(rawValue: name) { return value }
    let known = Value.allCases.map(\.rawValue)
    let hint = nearest(name, among: known).map { "did you mean \($0)?" } ?? "there are \(known.joined(separator: ", "))"
    throw ValidationError("there is no “\(name.forMessage)”; \(hint)")
  }

  private func sheet(_ base: Knowledge) throws -> AnswerSheet {
    if let file { return try answers.read(file, for: base) }
    var sheet = AnswerSheet()
    try answers.apply(to: &sheet, base)
    return sheet
  }
}

enum ChecklistFormat: String, ExpressibleByArgument, CaseIterable {
  case markdown, html, json, csv

  /// - Parameter unseen: what could not be seen of a diff; nil where there is none.
  func text(
    _ document: ChecklistDocument, templates: [String: String], unseen: [Unseen]? = nil
  ) throws -> String {
    switch self {
    case .markdown:
      try unseen == nil ? document.markdown(templates: templates) : document.pasted(templates: templates)
    case .html: try document.html(templates: templates)
    case .json:
      if let unseen, case .object(let members) = document.json {
        JSON.object(members + [JSON.Member("unseen", .array(unseen.map(\.json)))]).pretty
      } else {
        document.json.pretty
      }
    case .csv: document.csv
    }
  }
}

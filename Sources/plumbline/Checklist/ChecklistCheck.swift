import ArgumentParser
import DecisionEngine
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import Review
import TextFormats

/// `plumbline checklist check BODY`: whether the body of a pull request answers what it has to.
struct ChecklistCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", _superCommandName: Plumbline.name,
    abstract: "Say whether a pull request's body answers its checklist.",
    discussion: """
      The body is Markdown, or the JSON in which a forge tells of it: GitHub's event, GitLab's webhook or API. Each item \
      that is a must has to be ticked, with evidence, or be not applicable, with a reason.

      Exit status 1 where there are findings, for CI.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, github, gitlab }

  @Argument(help: ArgumentHelp("The body or the event; - for standard input.", valueName: "body.md|event.json"))
  var body: String
  @Argument(
    help: ArgumentHelp("Answers: what does not apply to the system is not asked for.", valueName: "answers.yaml"))
  var file: String?
  @OptionGroup var diff: DiffOptions
  @Option(help: ArgumentHelp("The repository, with --base.", valueName: "dir")) var root = "."
  @Option(help: "text, json, github (workflow commands) or gitlab (code quality).") var format: Format = .text
  @OptionGroup var answers: AnswerOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func validate() throws {
    if body == "-", file == "-" { throw ValidationError("Only one of body and answers can be standard input.") }
    if diff.base == nil, root != "." { throw ValidationError("--root goes with --base.") }
  }

  func run() throws {
    let text = try read()
    let comparison = diff.base.map { DiffSelection.Comparison(base: $0, head: diff.head, in: root) }
    let model = try knowledge.load(.advice)
    var sheet = AnswerSheet()
    if let file {
      sheet = try answers.read(file, for: model)
    } else {
      try answers.apply(to: &sheet, model)
    }
    let assessment = Evaluator(model, mode: answers.mode).assess(sheet)
    let reference = ItemReference(assessment, model)
    let selection = try comparison.map { try DiffSelection($0, knowledge: model) }
    let review = BodyReview(
      ChecklistBody(text.markdown, reference), name: body == "-" || text.isFromForge ? "body" : body,
      needed: selection?.called, unseen: selection?.unseen ?? [], reference)
    for unseen in selection?.unseen ?? [] { Output.error("not seen: \(unseen.text)") }
    switch format {
    case .text: try Output.write(review.plain(width: Output.columns))
    case .json: try Output.write(review.json.pretty)
    case .github: try Output.write(review.gitHub)
    case .gitlab: try Output.write(review.gitLab.pretty)
    }
    if !review.findings.isEmpty { throw Ending.findings }
  }

  private func read() throws -> PullRequestText {
    let bytes = try AnswerOptions.bytes(
      body, atMost: PullRequestText.largestFile, expected: "the body of a pull request, or an event")
    let name = body == "-" ? "standard input" : body.forMessage
    let text: PullRequestText
    do throws(PullRequestText.Problem) {
      text = try PullRequestText(bytes)
    } catch {
      throw Ending.badInput("\(name): \(error)")
    }
    try refuseWhatIsCutOff(text, name)
    return text
  }

  /// GitLab cuts a long description off in the variable that its jobs get; what is behind the cut may be answered.
  private func refuseWhatIsCutOff(_ text: PullRequestText, _ name: String) throws {
    let environment = ProcessInfo.processInfo.environment
    guard environment["CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED"] == "true", !text.isFromForge,
      let part = environment["CI_MERGE_REQUEST_DESCRIPTION"], text.markdown.trimming() == part.trimming()
    else { return }
    throw Ending.cannot(
      "\(name): GitLab cut the description off in CI_MERGE_REQUEST_DESCRIPTION, so items may be missing; give the whole "
        + "one: the JSON of $CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID")
  }
}

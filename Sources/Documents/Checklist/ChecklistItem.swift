public import DecisionEngine
public import KnowledgeModel
internal import Markdown
public import Review

/// Something to check, in words for one system or one diff. Texts are Markdown on one line.
public struct ChecklistItem: Sendable, Hashable {
  public var id: String
  /// The step of the self-verification protocol, `SV-1` to `SV-6`.
  public var step: String?
  /// What to do, in the imperative, its figures filled in.
  public var sentence: String
  /// Why, with the decisions and thresholds it comes from.
  public var reason: String
  /// Those decisions and thresholds alone.
  public var basis: String?
  /// What to attach.
  public var evidence: String
  /// In words, where it is not known whether it holds.
  public var condition: String?
  /// The command that proves it, where one exists.
  public var command: String?
  public var phase: Check.Phase
  public var area: Area
  public var level: Level
  /// Numbers of the guide's statements.
  public var guide: [String]
  /// Ids of sources.
  public var sources: [String]
  /// What in a diff calls for it; empty where it is not for a diff.
  public var places: [DiffPlace]

  /// The items of a system: the checks that apply, and those of which it is not known.
  public static func all(_ assessment: Assessment, _ knowledge: Knowledge) -> [ChecklistItem] {
    let items = CheckItem(Prose(assessment, knowledge))
    return assessment.checks.map { items.item($0) }
  }

  /// The items of a diff, in the order given; checks that do not apply to the system are left out. What a planning
  /// default alone rules out is kept with its condition: the diff is a better witness.
  public static func called(
    _ checks: [CalledCheck], _ assessment: Assessment, _ knowledge: Knowledge
  ) -> [ChecklistItem] {
    let items = CheckItem(Prose(assessment, knowledge))
    var open = assessment.sheet
    for trait in knowledge.traits where trait.isPlanningDefault && open.answers[trait.id] == nil {
      open.answers[trait.id] = .unknown
    }
    let possible = checks.isEmpty ? [] : Evaluator(knowledge, mode: assessment.mode).assess(open).checks
    return checks.compactMap { called in
      (assessment.checks + possible).first { $0.item.id == called.check.id }.map {
        items.item($0, places: called.places)
      }
    }
  }

  // MARK: Words

  /// `SV-1 plans-at-volume`: what it is known by in a task list.
  public var label: String { [step, id].compactMap(\.self).joined(separator: " ") }

  /// Without a label: what to do, why, under which condition.
  var body: String { [sentence, reason, condition.map { "If \($0)." }].compactMap(\.self).joined(separator: " ") }

  /// On one line, with what to attach.
  func text(label: String) -> String { "\(head(label)) Attach: \(evidence)\(commandText)" }

  private func head(_ label: String) -> String { "**\(MarkdownText.escape(label))** \(body)" }

  private var commandText: String { command.map { " Command: \(MarkdownText.code($0))." } ?? "" }

  /// The item behind its box. For a diff with the places that call for it and, where it is a must, with a line for the
  /// evidence.
  var markdown: String {
    let optional = level == .should ? " (should)" : ""
    guard !places.isEmpty else { return text(label: label) + optional }
    var lines = [head(label) + commandText + optional, "  Called for by \(placesText)."]
    if level == .must { lines.append(evidenceLine) }
    return lines.joined(separator: "\n")
  }

  /// The line below an item that a person completes: `  Evidence (the report): `.
  public var evidenceLine: String {
    let wanted = evidence.hasSuffix(".") ? String(evidence.dropLast()) : evidence
    return "  Evidence (\(wanted.uncapitalized)): "
  }

  /// Each file with its lines, the kinds of change in brackets; three places at the most.
  private var placesText: String {
    let shown = places.prefix(3).map { place in
      "\(MarkdownText.code(place.file))\(ChecklistItem.linesText(place.lines)) (\(MarkdownText.escape(place.change)))"
    }
    let more = places.count - shown.count
    return Wording.list(shown + (more > 0 ? [Wording.count(more, "other place", "other places")] : []))
  }

  /// ` line 3`, ` lines 3–5, 9 …`: five runs at the most.
  private static func linesText(_ lines: [Int]) -> String {
    guard let first = lines.first else { return "" }
    if lines.count == 1 { return " line \(first)" }
    let runs = ChecklistItem.runs(lines)
    return " lines \(runs.prefix(5).joined(separator: ", "))\(runs.count > 5 ? " …" : "")"
  }

  /// Ascending numbers as runs: `3–5`, `9`.
  static func runs(_ numbers: [Int], dash: String = "–") -> [String] {
    numbers.reduce(into: [(first: Int, last: Int)]()) { runs, number in
      if let last = runs.last, last.last + 1 == number {
        runs[runs.count - 1].last = number
      } else {
        runs.append((number, number))
      }
    }.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)\(dash)\($0.last)" }
  }
}

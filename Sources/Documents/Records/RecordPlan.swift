public import DecisionEngine
public import KnowledgeModel
internal import Markdown

/// What is to be written into a folder of decision records, so that it says what the assessment says.
///
/// A decision gets a record when it is of consequence: one outcome is left, an answer bears on it, and it weighs 2 or
/// more or its outcome takes medium or high effort. Decisions that are taken for each record of a list have none. Which record of a
/// folder is a decision's own is told by the marker in it; the newest that is neither rejected, deprecated nor
/// superseded is in force. An outcome that has changed gets a new record, which supersedes those in force; one that has
/// not gets nothing. The text of a record that is there is never written again: its status line is all that changes.
public struct RecordPlan: Sendable, Hashable {
  public struct Options: Sendable, Hashable {
    /// Nil takes the folder's, or MADR where it has none.
    public var format: RecordFormat?
    /// Whether decisions that are open get a record of status proposed.
    public var proposes: Bool
    /// Numbers that another branch has taken.
    public var taken: Set<Int>

    public init(format: RecordFormat? = nil, proposes: Bool = false, taken: Set<Int> = []) {
      self.format = format
      self.proposes = proposes
      self.taken = taken
    }
  }

  /// New records and records with another status, by name. All others stay as they are.
  public var files: [RecordFile]
  /// What a person should look at, one sentence each.
  public var notes: [String]

  /// - Parameter templates: by file name; see docs/templates.md.
  /// - Throws: `TemplateProblem` where a template is missing or names something it is not given.
  public static func make(
    _ assessment: Assessment, knowledge: Knowledge, templates: [String: String], folder: RecordFolder,
    options: Options = Options()
  ) throws -> RecordPlan {
    let names = RecordPlan.templates
    let set = try TemplateSet(templates, shapes: Shapes.all.filter { names.values.contains($0.key) })
    var planner = RecordPlanner(assessment, knowledge, set, folder, options)
    return try planner.plan()
  }

  static let templates: [RecordFormat: String] = [
    .madr: "decision-record-madr.md.mustache", .nygard: "decision-record-nygard.md.mustache",
  ]
}

/// A record that is about to be written.
struct NewRecord {
  var name: RecordName
  /// Plain text, without a number.
  var title: String
  var format: RecordFormat
  /// What stands in front of the title.
  var prefix: String

  /// Fit for a link's text.
  var linkLabel: String {
    let number = prefix.isEmpty ? "ADR-\(RecordName.padded(name.number, name.width)): " : prefix
    return number + MarkdownText.escape(title)
  }
}

/// How a decision and its records stand to each other.
enum RecordStanding: Sendable, Hashable {
  case none, holds, changed, fallenAway, open, gone
}

/// The records of one decision.
struct RecordHistory {
  /// By number; ours alone.
  var records: [DecisionRecord]
  var live: [DecisionRecord] { records.filter { $0.status?.isLive ?? true } }
  /// The one that counts: the newest in force, else the newest.
  var current: DecisionRecord? { live.last ?? records.last }

  /// How the current record stands to an assessment.
  func standing(_ result: DecisionResult?) -> RecordStanding {
    guard let outcome = current?.marker?.outcome else { return .none }
    guard let result else { return .gone }
    switch result.status {
    case .notApplicable: return .fallenAway
    case .decided: return result.outcome == outcome ? .holds : .changed
    case .undecided: return outcome == RecordMarker.open || result.possible.contains(outcome) ? .open : .changed
    }
  }
}

struct RecordPlanner {
  let assessment: Assessment
  let knowledge: Knowledge
  let templates: TemplateSet
  let folder: RecordFolder
  let options: RecordPlan.Options
  let format: RecordFormat
  private var next: Int
  private var files: [RecordFile] = []
  private var notes: [String] = []

  init(
    _ assessment: Assessment, _ knowledge: Knowledge, _ templates: TemplateSet, _ folder: RecordFolder,
    _ options: RecordPlan.Options
  ) {
    self.assessment = assessment
    self.knowledge = knowledge
    self.templates = templates
    self.folder = folder
    self.options = options
    format = options.format ?? folder.style.format ?? .madr
    next = max(folder.records.last?.number ?? 0, options.taken.max() ?? 0) + 1
  }

  mutating func plan() throws -> RecordPlan {
    let histories = RecordPlanner.histories(folder, knowledge)
    for result in RecordPlanner.ranked(assessment) {
      let history = histories[result.id] ?? RecordHistory(records: [])
      try plan(result, history)
    }
    for (id, history) in histories.sorted(by: { $0.key < $1.key }) where assessment.decision(id) == nil {
      for record in history.live { note(record, "records the decision \(id), which the knowledge does not have") }
    }
    return RecordPlan(files: files.sorted { $0.name < $1.name }, notes: notes)
  }

  /// By weight, then area, then id: the order in which the design document has them.
  static func ranked(_ assessment: Assessment) -> [DecisionResult] {
    assessment.decisions.sorted {
      (-$0.decision.weight, $0.decision.entry.area, $0.id) < (-$1.decision.weight, $1.decision.entry.area, $1.id)
    }
  }

  /// The records of ours by decision, also under the names that a decision had before.
  static func histories(_ folder: RecordFolder, _ knowledge: Knowledge) -> [String: RecordHistory] {
    var histories: [String: RecordHistory] = [:]
    for record in folder.records {
      guard let id = record.marker?.decision else { continue }
      let decision = knowledge.decision(id) ?? knowledge.decisions.first { $0.entry.aliases.contains(id) }
      histories[decision?.id ?? id, default: RecordHistory(records: [])].records.append(record)
    }
    return histories
  }

  private mutating func plan(_ result: DecisionResult, _ history: RecordHistory) throws {
    switch history.standing(result) {
    case .none:
      let proposes = options.proposes && result.status == .undecided && result.decision.weight >= 2
      if result.isOfConsequence || proposes { try write(result, superseding: []) }
    case .holds:
      guard history.live.isEmpty, let record = history.current, record.status != .rejected else { return }
      note(record, "is \(record.status?.word ?? "not in force"), and its outcome holds again")
    case .changed:
      guard result.status == .decided, !result.isAssumed else {
        let why = result.isAssumed ? "rests on planning defaults alone now" : "is open now"
        return history.live.forEach { note($0, "no longer holds, and the decision \(why)") }
      }
      try write(result, superseding: history.live)
    case .fallenAway:
      for record in history.live {
        files.append(RecordFile(name: record.file, text: RecordEdit.setting(.deprecated, of: record)))
      }
    case .open, .gone: break
    }
  }

  private mutating func note(_ record: DecisionRecord, _ text: String) {
    notes.append("\(record.file) \(text); it was left as it is")
  }

  private mutating func write(_ result: DecisionResult, superseding old: [DecisionRecord]) throws {
    let document = RecordDocument(assessment, knowledge, result)
    let style = folder.style
    let title = document.title
    let name = RecordName(
      number: next, width: style.width, separator: style.separator,
      slug: RecordName.slug(title, separator: style.separator))
    let record = NewRecord(name: name, title: title, format: format, prefix: style.headingText(next, format))
    next += 1
    let links = old.map { before in
      let prefix = style.headingText(before.number, before.format ?? format)
      let label = NewRecord(name: before.name, title: before.title, format: format, prefix: prefix).linkLabel
      return "\(style.supersedes(format)) [\(label)](\(before.file))"
    }
    guard let template = RecordPlan.templates[format] else { return }
    let text = TemplateSet.tidied(try templates.render(template, document.value(record, superseding: links)))
    let marker = RecordMarker(
      decision: result.id, outcome: result.outcome ?? RecordMarker.open, hash: RecordText.hash(text + "\n"))
    files.append(RecordFile(name: name.file, text: text + "\n" + marker.line + "\n"))
    for before in old {
      files.append(RecordFile(name: before.file, text: RecordEdit.superseded(before, by: record, style)))
    }
  }
}

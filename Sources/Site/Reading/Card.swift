internal import KnowledgeModel

/// What links and lists say of an entry.
struct Card: Hashable {
  var kind: EntryKind
  var id: String
  var title: String
  var area: Area
  var summary: String
  var verdict: Verdict
  var checked: String
  var guide: [String]
  /// What lists of its kind are grouped or labelled by: a phase, a basis, a family.
  var label: String?
  /// A figure, a level, a number of minutes.
  var figure: String?

  init(_ item: Item) {
    let entry = item.entry
    kind = entry.kind
    id = entry.id
    title = entry.title
    area = entry.area
    summary = entry.summary
    verdict = entry.verdict
    checked = entry.checked
    guide = entry.guide
    switch item {
    case .trait(let trait):
      label = trait.isCore ? "core" : nil
      figure = trait.noun.isEmpty ? nil : trait.noun
    case .list(let list): figure = list.noun
    case .threshold(let threshold):
      label = threshold.basis.rawValue
      figure = QuantityText.text(threshold.value)
    case .decision(let decision): label = decision.isCore ? "core" : nil
    case .practice(let practice): label = practice.level.rawValue
    case .check(let check):
      label = check.phase.rawValue
      figure = check.level.rawValue
    case .change(let change): label = change.hasTemplate ? "template" : nil
    case .pattern(let pattern): label = pattern.family.rawValue
    case .runbook(let runbook): figure = runbook.symptom
    case .orientation(let step):
      label = String(step.order)
      figure = "\(step.minutes) minutes"
    }
  }

  var path: String { SitePath.entry(kind, id) }
}

/// An entry of any kind.
enum Item: Hashable {
  case trait(Trait)
  case list(RecordList)
  case threshold(Threshold)
  case decision(Decision)
  case practice(Practice)
  case check(Check)
  case change(Change)
  case pattern(Pattern)
  case runbook(Runbook)
  case orientation(Orientation)

  var entry: Entry {
    switch self {
    case .trait(let trait): trait.entry
    case .list(let list): list.entry
    case .threshold(let threshold): threshold.entry
    case .decision(let decision): decision.entry
    case .practice(let practice): practice.entry
    case .check(let check): check.entry
    case .change(let change): change.entry
    case .pattern(let pattern): pattern.entry
    case .runbook(let runbook): runbook.entry
    case .orientation(let step): step.entry
    }
  }

  static func all(of knowledge: Knowledge) -> [Item] {
    knowledge.traits.map(Item.trait) + knowledge.lists.map(Item.list) + knowledge.thresholds.map(Item.threshold)
      + knowledge.decisions.map(Item.decision) + knowledge.practices.map(Item.practice)
      + knowledge.checks.map(Item.check) + knowledge.changes.map(Item.change) + knowledge.patterns.map(Item.pattern)
      + knowledge.runbooks.map(Item.runbook)
      + knowledge.orientation.map(Item.orientation)
  }

  /// Its texts outside the body, in which figures and links may stand.
  var texts: [String] {
    let own: [String?] =
      switch self {
      case .trait(let trait): [trait.question, trait.why, trait.typical, trait.measure]
      case .list(let list): [list.question, list.why, list.measure]
      case .decision(let decision): [decision.question]
      case .practice(let practice): [practice.reason]
      case .check(let check): [check.reason, check.evidence]
      case .runbook(let runbook): [runbook.symptom]
      case .threshold, .change, .pattern, .orientation: []
      }
    return ([entry.summary, entry.guideSays, entry.today] + own).compactMap(\.self)
  }

  /// The conditions that it reads, in both modes.
  var conditions: [Condition] {
    func both(_ condition: RuleCondition?) -> [Condition] {
      condition.map { rule in Mode.allCases.map { rule[$0].condition }.uniqued() } ?? []
    }
    switch self {
    case .decision(let decision): return Mode.allCases.flatMap { decision.conditions(in: $0) }.uniqued()
    case .practice(let practice): return both(practice.applies)
    case .check(let check): return both(check.applies)
    default: return []
    }
  }
}

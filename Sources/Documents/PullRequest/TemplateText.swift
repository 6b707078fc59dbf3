public import DecisionEngine
public import KnowledgeModel
internal import Markdown

/// What a pull-request template says: the default, or the one for a kind of change.
public struct TemplateText: Sendable {
  /// The kind of change; nil for the default.
  public var change: String?
  private let title: String
  /// The fullest first.
  private let ways: [Way]

  /// One way of saying it.
  struct Way: Sendable {
    var lines: [String]
    var items: Int
    /// Whether no item is left out and each has its sentence.
    var isWhole: Bool

    /// In UTF-16 units, with both markers and every line's end.
    var size: Int { lines.reduce(110) { $0 + $1.utf16.count + 2 } }
  }

  /// Longer lists are ticked without being read.
  static let mostItems = 12
  /// Characters that are left for the answers, where a forge limits the body.
  static let room = 1_000

  /// The default and the templates for kinds of change that some check goes with.
  /// - Parameter templates: by file name; see docs/templates.md.
  /// - Throws: `TemplateProblem` where the template names something it is not given.
  public static func all(
    for forge: Forge, _ assessment: Assessment, _ knowledge: Knowledge, templates: [String: String]
  ) throws(TemplateProblem) -> [TemplateText] {
    let name = TemplateText.template
    let set = try TemplateSet(
      templates.filter { $0.key.hasPrefix("pull-request") }, shapes: [name: Shapes.pullRequest])
    let choice = TemplateChoice(assessment, knowledge)
    let changes = forge.others == nil ? [] : knowledge.changes.filter(\.hasTemplate).sorted { $0.id < $1.id }
    var kinds: [TemplateText] = []
    var special: [[Check]] = []
    for change in changes {
      let checks = choice.checks(for: change)
      guard !checks.isEmpty else { continue }
      special.append(checks)
      kinds.append(try TemplateText(change.id, change.entry.title, checks, choice, set))
    }
    let general = choice.general(beside: special)
    guard !general.isEmpty else { return kinds }
    let others = kinds.isEmpty ? TemplateValue.nothing : TemplateText.others(kinds, forge)
    return [try TemplateText(nil, "Checklist", general, choice, set, others: others)] + kinds
  }

  static let template = "pull-request.md.mustache"

  private static func others(_ kinds: [TemplateText], _ forge: Forge) -> TemplateValue {
    let isByQuery = forge.others?.reached == .query
    let names = kinds.compactMap { kind in
      kind.change.map { id in
        let title = MarkdownText.escape(kind.title)
        return isByQuery ? "[\(title)](?quick_pull=1&template=\(id).md)" : "\(title) (\(MarkdownText.code(id)))"
      }
    }
    let how =
      switch forge.others?.reached {
      case .choice(let place): place
      default: "reached from this text's preview, or by adding the link's query to the address of this page"
      }
    return .record(["how": .text(how), "list": .text(names.joined(separator: ", "))])
  }

  /// With sentences and what to attach, or in fewer words, or with fewer items.
  private init(
    _ change: String?, _ title: String, _ checks: [Check], _ choice: TemplateChoice, _ set: TemplateSet,
    others: TemplateValue = .nothing
  ) throws(TemplateProblem) {
    self.change = change
    self.title = title
    var ways: [Way] = []
    for (detail, count) in [(.full, checks.count), (.sentence, checks.count)]
      + (1...checks.count).reversed().map({ (Detail.title, $0) })
    {
      let items = checks.prefix(count).compactMap { check in choice.items[check.id].map { detail.value($0, check) } }
      let value = TemplateValue.record([
        "title": .text(MarkdownText.escape(title)), "items": .list(items), "others": others,
      ])
      let text = TemplateSet.tidied(try set.render(TemplateText.template, value))
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      while lines.last == "" { lines.removeLast() }
      if let index = lines.firstIndex(where: { Marker(Line($0)) != nil }) {
        throw TemplateProblem(
          TemplateText.template, "line \(index + 1) of what it gives is a marker; the markers are put around it")
      }
      ways.append(Way(lines: lines, items: count, isWhole: count == checks.count && detail != .title))
    }
    self.ways = ways
  }

  /// - Parameter budget: in UTF-16 units; nil where there is no limit.
  /// - Returns: nil where not even one item fits.
  func way(within budget: Int?) -> Way? { ways.first { $0.size <= budget ?? .max } }

  /// As text to paste where the forge reads no file; nil where not even one item fits.
  public func text(for forge: Forge) -> String? {
    way(within: forge.bodyLimit.map { $0 - TemplateText.room }).map { $0.lines.map { $0 + "\n" }.joined() }
  }

  private enum Detail {
    case full, sentence, title

    func value(_ item: ChecklistItem, _ check: Check) -> TemplateValue {
      let line =
        self == .title
        ? "**\(MarkdownText.escape(item.label))** \(MarkdownText.escape(check.entry.title))."
        : "**\(MarkdownText.escape(item.label))** \(Detail.sentence(item))"
      let condition = item.condition.map { " If \($0)." } ?? ""
      return .record([
        "text": .text(line + condition), "must": .flag(item.level == .must),
        "evidence": self == .full ? .text(wanted(item)) : .nothing,
      ])
    }

    private func wanted(_ item: ChecklistItem) -> String {
      (item.evidence.hasSuffix(".") ? String(item.evidence.dropLast()) : item.evidence).uncapitalized
    }

    /// What to do, with what it comes from.
    private static func sentence(_ item: ChecklistItem) -> String {
      let sentence = known(item.sentence)
      guard let basis = item.basis else { return sentence }
      let open = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
      return open.hasSuffix(")") ? "\(open.dropLast()); \(basis))." : "\(open) (\(basis))."
    }

    /// Without a remark in brackets whose figure nobody has given: it is of no use to who reads a template.
    private static func known(_ sentence: String) -> String {
      guard let end = sentence.firstRange(of: "not known yet"),
        let open = sentence[..<end.lowerBound].lastIndex(of: "("),
        let close = sentence[end.upperBound...].firstIndex(of: ")")
      else { return sentence }
      var before = sentence[..<open]
      while before.last == " " { before.removeLast() }
      return String(before + sentence[sentence.index(after: close)...])
    }
  }
}

/// Which checks stand in which template.
struct TemplateChoice {
  let items: [String: ChecklistItem]
  private let checks: [Check]
  private let knowledge: Knowledge

  init(_ assessment: Assessment, _ knowledge: Knowledge) {
    checks = assessment.checks.map(\.item)
    // From the guide alone nothing is decided that an item could come from.
    let isFromGuide = assessment.sheet.answers.isEmpty
    items = Dictionary(
      ChecklistItem.all(assessment, knowledge).map { item in
        var item = item
        if isFromGuide { item.basis = nil }
        return (item.id, item)
      }, uniquingKeysWith: { first, _ in first })
    self.knowledge = knowledge
  }

  /// The protocol first: of each step what belongs to a change, or its first check. Then what must be done in most
  /// kinds of change, but for what stands in one of the other templates alone.
  func general(beside special: [[Check]]) -> [Check] {
    let steps = checks.compactMap(\.step).uniqued().sorted().flatMap { step -> [Check] in
      let all = checks.filter { $0.step == step && $0.level == .must }.sorted { $0.id < $1.id }
      let ofChange = all.filter { $0.phase == .change }
      return ofChange.isEmpty ? Array(all.prefix(1)) : ofChange
    }
    let rest = checks.filter { $0.level == .must && $0.phase == .change && !steps.contains($0) }
      .filter { check in special.count { $0.contains(check) } != 1 }
      .sorted { ($1.changes.count, $0.id) < ($0.changes.count, $1.id) }
    return Array((steps + rest).prefix(TemplateText.mostItems))
  }

  /// The checks that a kind of change calls for, or a kind within it: what must be done first, and of that what belongs
  /// to a change.
  func checks(for change: Change) -> [Check] {
    let kinds = Set(knowledge.changes.filter { isWithin($0, change.id) }.map(\.id))
    let called = checks.filter { !kinds.isDisjoint(with: $0.changes) }
    func rank(_ check: Check) -> (Int, Int, String) {
      let phases: [Check.Phase] = [.change, .beforeProduction, .design, .operating]
      return (
        check.level == .must ? 0 : 1, phases.firstIndex(of: check.phase) ?? phases.count,
        "\(check.step ?? "~") \(check.id)"
      )
    }
    return Array(called.sorted { rank($0) < rank($1) }.prefix(TemplateText.mostItems))
  }

  private func isWithin(_ change: Change, _ id: String) -> Bool {
    var change = change
    for _ in knowledge.changes {
      if change.id == id { return true }
      guard let wider = change.within.flatMap(knowledge.change) else { return false }
      change = wider
    }
    return false
  }
}

internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// Sorts the knowledge into the pillars, questions and choices of a lens.
struct LensBuilder {
  private typealias Limit = WellArchitectedLens.Limit

  private let knowledge: Knowledge
  private let prose: InterchangeProse
  private var taken: Set<String> = []

  init(_ knowledge: Knowledge) {
    self.knowledge = knowledge
    prose = InterchangeProse(knowledge)
  }

  func lens() throws(InterchangeProblem) -> Lens {
    var builder = self
    return try builder.build()
  }

  private mutating func build() throws(InterchangeProblem) -> Lens {
    let title = knowledge.packs.map(\.title).filter { !$0.isEmpty }.joined(separator: ", with ")
    let house = HouseRules(prose.wording).text
    return Lens(
      name: LensBuilder.title(title.isEmpty ? "Plumbline" : title, Limit.title).text,
      description: fitted(
        [
          "Decisions, practices and checks of the knowledge base \(MarkdownText.plain(knowledge.version)).",
          "Written by \(Lens.marker) from the knowledge \(knowledge.hash.prefix(12)).",
        ] + (house.map { [$0] } ?? [])), pillars: try pillars())
  }

  // MARK: Pillars

  /// Twelve areas are more than a lens has pillars for, so the three about the system as a whole share one. `security`
  /// and `reliability` are also ids of the AWS framework's own pillars, which these questions then join.
  private static let groups: [(id: String, name: String, areas: [Area])] =
    [("structure", "Load, team and structure", [.load, .team, .structure])]
    + Area.allCases.filter { $0 > .structure }.map { ($0.rawValue, $0.title, [$0]) }

  private mutating func pillars() throws(InterchangeProblem) -> [Lens.Pillar] {
    let questions = questions()
    let groups = LensBuilder.groups.map { group in (group, group.areas.flatMap { questions[$0] ?? [] }) }
      .filter { !$0.1.isEmpty }
    guard !groups.isEmpty else { throw InterchangeProblem("there is no decision, practice or check to make a lens of") }
    var drafts = groups.flatMap { group, questions in
      questions.chunks(of: Limit.questionsOfAPillar).enumerated().map { index, chunk in
        (id: group.id, name: group.name, part: index, questions: chunk)
      }
    }
    if drafts.count > Limit.pillars {
      // Pillars of one area each are too many: they are filled up in the order of the areas.
      let all = groups.flatMap { group, questions in questions.map { (group, $0) } }
      drafts = all.chunks(of: Limit.questionsOfAPillar).enumerated().map { index, chunk in
        let names = chunk.map(\.0.name).uniqued()
        return (id: "areas", name: names.joined(separator: "; "), part: index, questions: chunk.map(\.1))
      }
    }
    guard drafts.count <= Limit.pillars else {
      throw InterchangeProblem(
        "a lens holds at most \(Limit.pillars * Limit.questionsOfAPillar) questions, and this knowledge makes "
          + "\(drafts.map(\.questions.count).reduce(0, +)): export fewer packs")
    }
    return drafts.map { draft in
      Lens.Pillar(
        id: identifier(draft.id, draft.part == 0 ? "" : "_\(draft.part + 1)"),
        name: title(draft.name, part: draft.part), questions: draft.questions.map { finished($0) })
    }
  }

  // MARK: Questions

  private struct Draft {
    var id: String
    var title: String
    var part = 0
    var description: [String]
    var help: (title: String, url: String)?
    var items: [Item]
  }

  private enum Item {
    case decided(Decision)
    case practice(Practice)
    case check(Check)

    var isMust: Bool {
      switch self {
      case .decided: true
      case .practice(let practice): practice.level == .must
      case .check(let check): check.level == .must
      }
    }
  }

  private func questions() -> [Area: [Draft]] {
    var practices = Dictionary(knowledge.practices.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var checks = Dictionary(knowledge.checks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let decisions = knowledge.decisions.sorted { ($1.weight, $0.id) < ($0.weight, $1.id) }
    var items: [String: [Item]] = [:]
    // Where several decisions name a practice or check, one of its own area has it.
    for isNear in [true, false] {
      for decision in decisions {
        func claims(_ entry: Entry) -> Bool { !isNear || entry.area == decision.entry.area }
        for id in decision.practices {
          guard let practice = practices[id], claims(practice.entry) else { continue }
          items[decision.id, default: []].append(.practice(practice))
          practices[id] = nil
        }
        for id in decision.confirm {
          guard let check = checks[id], claims(check.entry) else { continue }
          items[decision.id, default: []].append(.check(check))
          checks[id] = nil
        }
      }
    }
    return Dictionary(
      uniqueKeysWithValues: Area.allCases.map { area in
        let own = decisions.filter { $0.entry.area == area }.map { question($0, items[$0.id] ?? []) }
        let kept = knowledge.practices.filter { practices[$0.id] != nil && $0.entry.area == area }.map(Item.practice)
        let shown = knowledge.checks.filter { checks[$0.id] != nil && $0.entry.area == area }.map(Item.check)
        let groups = [
          Draft(
            id: "\(area.rawValue)-practices", title: area.question, description: [area.aboutPractices], items: kept),
          Draft(id: "\(area.rawValue)-checks", title: area.proof, description: [area.aboutChecks], items: shown),
        ]
        return (area, (own + groups).flatMap(parts))
      })
  }

  private func question(_ decision: Decision, _ items: [Item]) -> Draft {
    let entry = decision.entry
    let options = decision.options.map { "\($0.title) (\($0.id))" }.joined(separator: ", ")
    return Draft(
      id: "decide-\(decision.id)", title: prose.text(decision.question),
      description: [prose.text(entry.summary), "Possible outcomes: \(MarkdownText.plain(options))."]
        + prose.position(entry),
      help: prose.addresses(entry).first, items: [.decided(decision)] + items)
  }

  /// Musts first. More choices than a question may have go on in a further one.
  private func parts(_ draft: Draft) -> [Draft] {
    let sorted = draft.items.filter(\.isMust) + draft.items.filter { !$0.isMust }
    return sorted.chunks(of: Limit.choicesOfAQuestion - 1).enumerated().map { index, items in
      var part = draft
      part.part = index
      part.items = items
      return part
    }
  }

  private mutating func finished(_ draft: Draft) -> Lens.Question {
    let fitting = title(draft.title, part: draft.part)
    let isShort = LensBuilder.title(draft.title, Limit.title).isShort
    return Lens.Question(
      // Room is left for the suffix of “None of these”.
      id: identifier(draft.id, draft.part == 0 ? "" : "_\(draft.part + 1)", room: 3), title: fitting,
      description: fitted((isShort ? [draft.title] : []) + draft.description),
      help: draft.help.map { Lens.Resource(text: fitted([$0.title]), url: $0.url) },
      choices: draft.items.map { choice($0) })
  }

  // MARK: Choices

  private mutating func choice(_ item: Item) -> Lens.Choice {
    switch item {
    case .decided(let decision):
      return Lens.Choice(
        id: identifier("\(decision.id)-decided"), title: "The outcome follows the rule, with our own figures",
        isMust: true,
        help: .init(
          text: "The rule, its figures and what speaks for each outcome: plumbline kb show \(decision.id)"),
        plan: .init(
          text: "Answer the questionnaire (plumbline ask, or answers.yaml and plumbline design), and keep outcome, "
            + "distance to the next threshold and the answer that would flip it in the design document."),
        more: [])
    case .practice(let practice):
      return choice(
        practice.entry, practice.level, prose.text(practice.reason), practice.applies,
        proof: practice.checks.isEmpty ? nil : "Shown by \(practice.checks.joined(separator: ", ")).")
    case .check(let check):
      let command = check.command.map { " Command: \(MarkdownText.plain($0))" } ?? ""
      return choice(
        check.entry, check.level, prose.text(check.reason), check.applies,
        proof: "Evidence: \(prose.text(check.evidence))\(command)")
    }
  }

  private mutating func choice(
    _ entry: Entry, _ level: Level, _ reason: String, _ applies: RuleCondition?, proof: String?
  ) -> Lens.Choice {
    let plain = MarkdownText.plain(entry.title)
    let (short, isShort) = LensBuilder.title(plain, Limit.title)
    let addresses = prose.addresses(entry)
    let help = (isShort ? [plain] : []) + [reason] + [prose.applies(applies)].compactMap(\.self) + prose.position(entry)
    let weight = level == .must ? "A must." : "Advised."
    return Lens.Choice(
      id: identifier(entry.id), title: short, isMust: level == .must,
      help: .init(
        text: fitted(help + [weight], tail: "In full: plumbline kb show \(entry.id)"), url: addresses.first?.url),
      plan: .init(text: fitted([prose.text(entry.summary)] + (proof.map { [$0] } ?? []))),
      more: addresses.dropFirst().prefix(Limit.additionalResources).map {
        .init(text: fitted([$0.title]), url: $0.url)
      })
  }

  // MARK: What fits

  private func fitted(_ parts: [String], tail: String? = nil) -> String {
    let tail = tail.map { " \($0)" } ?? ""
    return FittedText.sentences(parts, Limit.text - tail.utf16.count, note: "(Shortened.)") + tail
  }

  private func title(_ text: String, part: Int) -> String {
    let suffix = part == 0 ? "" : " (part \(part + 1))"
    return LensBuilder.title(text, Limit.title - suffix.utf16.count).text + suffix
  }

  /// A title without the characters that the tool refuses: in words where they say something.
  static func title(_ text: String, _ limit: Int) -> (text: String, isShort: Bool) {
    let replacements: [(String, String)] = [
      (">=", " at least "), ("<=", " at most "), ("=", " equal to "), (">", " above "), ("<", " below "),
      ("%", " percent"), ("*", "×"), ("\"", "'"), ("[", "("), ("]", ")"), ("{", "("), ("}", ")"), ("$", "USD "),
      ("|", "/"), ("~", "about "), (";", ","),
    ]
    var words = text.replacing(/<(\/?[A-Za-z][^<>]*)>/) { "(\($0.output.1))" }
    words = words.replacing(/\*([^*\s](?:[^*]*[^*\s])?)\*/) { "\($0.output.1)" }
    for (sign, word) in replacements { words = words.replacing(sign, with: word) }
    let plain = MarkdownText.plain(words)
    return plain.isEmpty ? ("-", true) : FittedText.words(plain, limit)
  }

  /// An id of letters, digits and underscores that no other part of the lens has, and that does not end as the id of
  /// “None of these” has to.
  private mutating func identifier(_ name: String, _ suffix: String = "", room: Int = 0) -> String {
    let plain = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    let longest = Limit.id.upperBound - suffix.count - room
    var id = String(plain)
    let fits = (Limit.id.lowerBound...longest).contains(id.count) && !id.hasSuffix("_no")
    var salted = name
    while !fits && salted == name || taken.contains(id + suffix) {
      id = String(plain.prefix(longest - 9)) + "_" + NameBasedUUID.short(salted)
      salted += "'"
    }
    taken.insert(id + suffix)
    return id + suffix
  }
}

extension Array {
  /// In runs of at most `size`.
  fileprivate func chunks(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}

extension Area {
  /// What a review asks about its practices.
  fileprivate var question: String {
    switch self {
    case .load: "How does the system take its load?"
    case .team: "How does the team share the work on the system?"
    case .structure: "How are services cut and configured?"
    case .data: "How are the database and its queries looked after?"
    case .caching: "How are caches kept correct?"
    case .messaging: "How do messages survive being lost, late or doubled?"
    case .api: "How does the API stay safe to change and to call?"
    case .reliability: "What happens when something fails?"
    case .security: "How are access, secrets and traffic protected?"
    case .observability: "Who notices that something is wrong, and how soon?"
    case .migration: "How is the schema changed while the system runs?"
    case .verification: "How is a change verified before it ships?"
    }
  }

  /// What a review asks about its checks.
  fileprivate var proof: String {
    switch self {
    case .load: "What shows that the system takes its load?"
    case .team: "What shows that the team can run the system?"
    case .structure: "What shows that services are cut and configured well?"
    case .data: "What shows that the database holds at its full size?"
    case .caching: "What shows that the caches are correct?"
    case .messaging: "What shows that no message does harm, lost or doubled?"
    case .api: "What shows that the API keeps its promises?"
    case .reliability: "What shows that failures stay small?"
    case .security: "What shows that the protection holds?"
    case .observability: "What shows that trouble is noticed?"
    case .migration: "What shows that a migration is safe?"
    case .verification: "What shows that a change is ready to ship?"
    }
  }

  fileprivate var aboutPractices: String { "Practices of the area \(title) that belong to no single decision." }
  fileprivate var aboutChecks: String { "Checks of the area \(title): choose those whose evidence you can show." }
}

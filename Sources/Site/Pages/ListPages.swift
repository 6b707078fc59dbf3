internal import Documents
internal import KnowledgeModel

/// Pages that list entries.
struct ListPage {
  struct Group {
    var heading: String?
    var id: String
    var cards: [Card]
  }

  let context: PageContext

  func body(title: String, lead: String, description: String? = nil, _ groups: [Group]) throws -> PageBody {
    let shown = groups.filter { !$0.cards.isEmpty }
    let value = TemplateValue.record([
      "title": .text(title), "lead": .optional(lead),
      "groups": .list(
        shown.map { group in
          .record([
            "heading": .optional(group.heading), "id": .text(group.id),
            "items": .list(group.cards.map(item)),
          ])
        }),
    ])
    return PageBody(
      title: title, description: description ?? lead,
      html: try context.theme.templates.render("list.html.mustache", value),
      contents: shown.compactMap { group in group.heading.map { PageBody.Section(id: group.id, text: $0) } },
      styles: ["lists.css"])
  }

  private func item(_ card: Card) -> TemplateValue {
    let note: String? =
      switch card.kind {
      case .trait, .decision: card.label
      case .threshold: card.figure
      case .practice: card.label
      case .check: card.figure
      case .orientation: card.figure
      case .change, .pattern, .runbook: nil
      }
    return .record([
      "href": .text(context.place.link(card.path)), "title": .text(card.title),
      "summary": .text(context.prose.inline(card.kind == .runbook ? card.figure ?? card.summary : card.summary)),
      "note": .optional(note),
    ])
  }

  /// By area, in the order of the documents.
  static func byArea(_ cards: [Card]) -> [Group] {
    Area.allCases.map { area in Group(heading: area.title, id: area.rawValue, cards: cards.filter { $0.area == area }) }
  }

  /// The page of a kind.
  static func kind(_ kind: EntryKind, _ context: PageContext) throws -> PageBody {
    let cards = context.reader.cards(kind)
    let groups: [Group] =
      switch kind {
      case .check:
        Check.Phase.allCases.map { phase in
          Group(heading: phase.title, id: phase.rawValue, cards: cards.filter { $0.label == phase.rawValue })
        }
      case .pattern:
        Pattern.Family.allCases.map { family in
          Group(heading: family.title, id: family.rawValue, cards: cards.filter { $0.label == family.rawValue })
        }
      case .orientation:
        [
          Group(
            heading: nil, id: "steps",
            cards: cards.sorted { (Int($0.label ?? "") ?? 0, $0.id) < (Int($1.label ?? "") ?? 0, $1.id) })
        ]
      case .runbook: [Group(heading: nil, id: "symptoms", cards: cards)]
      default: byArea(cards)
      }
    return try ListPage(context: context).body(title: kind.listTitle, lead: kind.lead, groups)
  }
}

extension EntryKind {
  var listTitle: String {
    switch self {
    case .runbook: "Runbooks, by symptom"
    case .orientation: "The first hour in a codebase"
    default: title
    }
  }

  var lead: String {
    switch self {
    case .trait: "What is asked about a system. Rules read these by name."
    case .threshold:
      "Named figures that rules compare with, each with its unit, its source and the date it was checked."
    case .decision: "Rule tables over traits and thresholds, each with one outcome and what speaks for and against it."
    case .practice: "Habits to follow where their condition holds."
    case .check: "What to verify, when, and the evidence that shows it."
    case .change: "What a diff can hold, how it is recognised, and the checks that it calls for in a pull request."
    case .pattern: "Ways to build something, with code that the tests run."
    case .runbook:
      "What to do about a symptom in a running system: what to look at first, how to tell the causes apart, what to do now."
    case .orientation: "Six steps that make a codebase known, in an hour."
    }
  }
}

enum AreaPages {
  static func path(_ area: Area) -> String { "areas/\(area.rawValue).html" }

  static func body(_ area: Area, _ context: PageContext) throws -> PageBody {
    let groups = PageFrame.kinds.map { kind in
      ListPage.Group(
        heading: kind.title, id: kind.rawValue, cards: context.reader.cards(kind).filter { $0.area == area })
    }
    return try ListPage(context: context).body(
      title: area.title, lead: "All that belongs to the area “\(area.title)”, by kind.", groups)
  }
}

/// Entries by how the guide's statements fared.
enum VerdictPage {
  static let path = "verdicts.html"

  static func body(_ context: PageContext) throws -> PageBody {
    // What is so today says more here than what the entry is about.
    let cards = PageFrame.kinds.flatMap(context.reader.cards).filter { !$0.guide.isEmpty }.map { card in
      var shown = card
      if let today = context.reader.item(card.id)?.entry.today { shown.summary = today }
      return shown
    }
    let order: [Verdict] = [.wrong, .outdated, .nuance, .confirmed, .practice]
    return try ListPage(context: context).body(
      title: "Where we depart from the guide",
      lead: "How each of the guide’s statements fared when it was checked against primary sources.",
      order.map { verdict in
        ListPage.Group(heading: verdict.label, id: verdict.rawValue, cards: cards.filter { $0.verdict == verdict })
      })
  }
}

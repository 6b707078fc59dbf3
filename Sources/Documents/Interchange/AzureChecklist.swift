internal import Foundation
public import KnowledgeModel
internal import Markdown
internal import TextFormats

/// The knowledge as a checklist for the Azure review checklists (github.com/Azure/review-checklists), by the schema that
/// lies beside them: decisions to take, practices to follow and checks to make, in ASCII alone.
public enum AzureChecklist {
  /// The checklist as JSON; the same knowledge gives the same bytes.
  /// - Throws: `InterchangeProblem` where there is nothing to list.
  public static func text(_ knowledge: Knowledge) throws(InterchangeProblem) -> String {
    let items = Builder(knowledge).items
    guard !items.isEmpty else {
      throw InterchangeProblem("there is no decision, practice or check to make a checklist of")
    }
    func names(_ names: [String]) -> JSON { .array(names.map { .object(["name": .string($0)]) }) }
    let title = knowledge.packs.map(\.title).filter { !$0.isEmpty }.joined(separator: ", with ")
    return JSON.object([
      "items": .array(items.map(\.json)),
      "categories": names(Area.allCases.map(\.title).filter { title in items.contains { $0.category == title } }),
      "waf": names(["Reliability", "Security", "Cost", "Operations", "Performance"]),
      "yesno": names(["Yes", "No"]),
      "status": .array(
        statuses.map { .object(["name": .string($0.name), "description": .string($0.description)]) }),
      "severities": names(["High", "Medium", "Low"]),
      "metadata": .object([
        "name": .string(ASCIIText.text("\(namePrefix)\(title) (\(knowledge.version))")),
        "state": .string("Preview"),
        // The same knowledge is the same checklist on any day.
        "timestamp": .string(items.map(\.checked).max() ?? ""),
      ]),
    ]).pretty
  }

  /// Whether these bytes are a checklist that an earlier export wrote.
  public static func isOurs(_ bytes: some Collection<UInt8>) -> Bool {
    guard let json = try? JSON.parse(bytes), case .array? = json["items"],
      case .string(let name)? = json["metadata"]?["name"]
    else { return false }
    return name.hasPrefix(namePrefix)
  }

  /// Tells our checklists from those of others.
  private static let namePrefix = "Plumbline: "

  /// The names are what the spreadsheet and the web page know.
  private static let statuses = [
    (name: "Not verified", description: "Nobody has looked at it yet"),
    (name: "Open", description: "Something is left to do"),
    (name: "Fulfilled", description: "It was verified, and nothing is left to do"),
    (name: "Not required", description: "It was understood, and is not needed here"),
    (name: "N/A", description: "It does not apply to this design"),
  ]

  struct Item {
    var category: String
    var subcategory: String
    var text: String
    var description: String
    var waf: String
    var guid: String
    var id: String
    var severity: String
    var link: String?
    var checked: String

    var json: JSON {
      .object(
        [
          .init("category", .string(category)), .init("subcategory", .string(subcategory)),
          .init("text", .string(text)), .init("description", .string(description)), .init("waf", .string(waf)),
          .init("guid", .string(guid)), .init("id", .string(id)), .init("severity", .string(severity)),
          link.map { .init("link", .string($0)) },
        ].compactMap(\.self))
    }
  }

  private struct Builder {
    let knowledge: Knowledge
    let prose: InterchangeProse

    init(_ knowledge: Knowledge) {
      self.knowledge = knowledge
      prose = InterchangeProse(knowledge)
    }

    /// Area by area: decisions, practices, checks in the order of their phases.
    var items: [Item] {
      Area.allCases.enumerated().flatMap { area, value in
        groups(value).enumerated().flatMap { group, items in
          let digits = max(2, String(items.count).count)
          return items.enumerated().map { index, item in
            var item = item
            // Only for sorting: what an item is known by for good is its guid.
            item.id = [padded(area + 1, 2), padded(group + 1, 2), padded(index + 1, digits)].joined(separator: ".")
            return item
          }
        }
      }
    }

    private func padded(_ number: Int, _ digits: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private func groups(_ area: Area) -> [[Item]] {
      let decisions = knowledge.decisions.filter { $0.entry.area == area }.map(item)
      let practices = knowledge.practices.filter { $0.entry.area == area }.map(item)
      let checks = Check.Phase.allCases.map { phase in
        knowledge.checks.filter { $0.entry.area == area && $0.phase == phase }.map(item)
      }
      return [decisions, practices] + checks
    }

    private func item(_ decision: Decision) -> Item {
      let options = decision.options.map { "\($0.title) (\($0.id))" }.joined(separator: ", ")
      return item(
        decision.entry, "Decisions", severity: ["Low", "Medium", "High"][min(max(decision.weight, 1), 3) - 1],
        text: "Decide by rule and figures: \(prose.text(decision.question))",
        details: [prose.text(decision.entry.summary), "Possible outcomes: \(MarkdownText.plain(options))."],
        applies: decision.applies)
    }

    private func item(_ practice: Practice) -> Item {
      item(
        practice.entry, "Practices", severity: practice.level.severity, text: prose.text(practice.entry.summary),
        details: [prose.text(practice.reason)], applies: practice.applies)
    }

    private func item(_ check: Check) -> Item {
      item(
        check.entry, "Checks: \(check.phase.title.uncapitalized)", severity: check.level.severity,
        text: prose.text(check.entry.summary),
        details: [prose.text(check.reason), "Evidence: \(prose.text(check.evidence))"]
          + (check.command.map { ["Command: \(MarkdownText.plain($0))"] } ?? []), applies: check.applies)
    }

    private func item(
      _ entry: Entry, _ subcategory: String, severity: String, text: String, details: [String], applies: RuleCondition?
    ) -> Item {
      let all =
        details + [prose.applies(applies)].compactMap(\.self) + prose.position(entry)
        + ["In full: plumbline kb show \(entry.id)"]
      return Item(
        category: entry.area.title, subcategory: subcategory, text: ASCIIText.text(text),
        description: ASCIIText.text(all.joined(separator: " ")), waf: entry.area.waf,
        guid: NameBasedUUID.text(of: entry.id), id: "", severity: severity, link: prose.addresses(entry).first?.url,
        checked: entry.checked)
    }
  }
}

extension Level {
  fileprivate var severity: String { self == .must ? "High" : "Medium" }
}

extension Area {
  /// The pillar of the Azure Well-Architected Framework that it serves first.
  fileprivate var waf: String {
    switch self {
    case .load, .data, .caching: "Performance"
    case .messaging, .reliability: "Reliability"
    case .security: "Security"
    case .team, .structure, .api, .observability, .migration, .verification: "Operations"
    }
  }
}

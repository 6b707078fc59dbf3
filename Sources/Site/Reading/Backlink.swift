internal import KnowledgeModel

/// That one entry refers to another, and how.
struct Backlink: Hashable {
  enum Relation: Int, CaseIterable, Hashable {
    case reads, derives, asks, confirmedBy, practisedBy, checkedBy, servedBy, calledBy, withinIt, mentions

    /// Over the list of those that refer so.
    func heading(_ kind: EntryKind) -> String {
      switch self {
      case .reads: kind == .threshold ? "Rules that compare with it" : "Rules that read it"
      case .derives: "Follows from it"
      case .asks: "Rules that ask for its outcome"
      case .confirmedBy: "Decisions that it confirms"
      case .practisedBy: "Decisions that it goes with"
      case .checkedBy: "Practices that it checks"
      case .servedBy: "Patterns that put it into code"
      case .calledBy: "Checks that it calls for"
      case .withinIt: "Kinds of change within it"
      case .mentions: "Pages that mention it"
      }
    }
  }

  var relation: Relation
  var from: Card

  /// By the entry referred to; each pair once, by the relation that says most.
  static func all(_ items: [Item], cards: [String: Card]) -> [String: [Backlink]] {
    var found: [String: [String: Relation]] = [:]
    func add(_ target: String, _ relation: Relation, _ source: String) {
      // A field of a list is part of the list's page.
      let target = RecordList.list(of: target) ?? target
      guard target != source, cards[target] != nil else { return }
      let known = found[target]?[source]
      if known.map({ relation.rawValue < $0.rawValue }) ?? true { found[target, default: [:]][source] = relation }
    }
    for item in items {
      let id = item.entry.id
      for condition in item.conditions {
        for trait in condition.traits { add(trait, .reads, id) }
        for threshold in condition.thresholds { add(threshold, .reads, id) }
        for decision in condition.decisions { add(decision, .asks, id) }
      }
      switch item {
      case .trait(let trait):
        for source in trait.derivation?.from.traits ?? [] { add(source, .derives, id) }
        for threshold in trait.derivation?.from.thresholds ?? [] { add(threshold, .derives, id) }
      case .decision(let decision):
        if let list = decision.each { add(list, .reads, id) }
        for check in decision.confirm { add(check, .confirmedBy, id) }
        for practice in decision.practices { add(practice, .practisedBy, id) }
      case .practice(let practice):
        for check in practice.checks { add(check, .checkedBy, id) }
      case .check(let check):
        for change in check.changes { add(change, .calledBy, id) }
      case .change(let change):
        if let wider = change.within { add(wider, .withinIt, id) }
      case .pattern(let pattern):
        for served in pattern.serves { add(served, .servedBy, id) }
      default: break
      }
      for text in item.texts + [item.entry.body] {
        for (reference, _) in ProseReference.scan(text) {
          switch reference {
          case .threshold(let target), .entry(let target): add(target, .mentions, id)
          case .formula(let formula):
            for name in FormulaText.names(in: formula) { add(name, .mentions, id) }
          }
        }
      }
    }
    return found.mapValues { sources in
      sources.compactMap { source, relation in cards[source].map { Backlink(relation: relation, from: $0) } }
        .sorted {
          ($0.relation.rawValue, $0.from.title, $0.from.id) < ($1.relation.rawValue, $1.from.title, $1.from.id)
        }
    }
  }
}

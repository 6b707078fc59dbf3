internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

extension DesignDocument {
  // MARK: Practices

  /// By area: what to do and why, one line each.
  var practices: [TemplateValue] {
    let areas = Dictionary(grouping: assessment.practices, by: \.item.entry.area)
    return areas.keys.sorted().map { area in
      let items = (areas[area] ?? []).sorted {
        ($0.item.level == .must ? 0 : 1, $0.item.id) < ($1.item.level == .must ? 0 : 1, $1.item.id)
      }
      return .record(["area": .text(area.title), "items": .texts(items.map(practice))])
    }
  }

  private func practice(_ applied: Applied<Practice>) -> String {
    let practice = applied.item
    let condition =
      applied.truth == .unknown
      ? practice.applies.map { " If \(wording.words($0[assessment.mode].condition))." } ?? "" : ""
    let override = practice.entry.override.map { " \(self.override($0))" } ?? ""
    return "**\(practice.level.rawValue)** \(prose.line(practice.entry.summary)) "
      + "\(prose.line(practice.reason))\(condition)\(override) (\(wording.id(practice.id)))"
  }

  // MARK: Assumptions and open questions

  /// Defaults that were taken.
  var defaults: [String] {
    assessment.traits.filter { $0.origin == .default }.map { reading in
      let kind = reading.trait.isPlanningDefault ? "planning default" : "default"
      let note = reading.trait.isPlanningDefault ? ": ours, to be checked" : ""
      return "\(wording.id(reading.id)) is \(MarkdownText.escape(wording.value(reading))) (\(kind)\(note))."
    }
  }

  /// What is not known, the trait first that most decisions wait for, with how to measure it.
  var unknowns: [String] {
    let open = ranked.filter { $0.status == .undecided }
    let waiting = assessment.traits.compactMap { reading -> (reading: TraitReading, decisions: [DecisionResult])? in
      let decisions = open.filter { $0.needs.contains(reading.id) }
      return decisions.isEmpty ? nil : (reading, decisions)
    }
    let ordered = waiting.enumerated().sorted {
      (-$0.element.decisions.count, $0.offset) < (-$1.element.decisions.count, $1.offset)
    }
    return ordered.map { _, item in
      let trait = item.reading.trait
      let settles = Wording.list(item.decisions.map(link))
      let range =
        item.reading.origin == .unknown ? "" : " Given as \(MarkdownText.escape(wording.value(item.reading)))."
      return "\(wording.id(trait.id)) is needed for \(settles).\(range) To measure: \(prose.line(trait.measure))"
    }
  }

  // MARK: Today's facts

  /// Entries that took part, and whose page says something else than the guide does. Each atom once.
  private var differing: [Entry] {
    let decided = ranked.filter { $0.status != .notApplicable }.map(\.decision)
    let thresholds = decided.flatMap { $0.conditions(in: assessment.mode).flatMap(\.thresholds) }.uniqued()
    let entries =
      decided.map(\.entry) + thresholds.compactMap { knowledge.threshold($0)?.entry }
      + assessment.practices.map(\.item.entry) + assessment.checks.map(\.item.entry)
    return entries.filter { !$0.guide.isEmpty && $0.guideSays != nil && $0.today != nil }
  }

  private func once(_ entries: [Entry]) -> [Entry] {
    var seen = Set<String>()
    return entries.filter { entry in
      // A check repeats what its practice says.
      let isNew =
        entry.kind == .check
        ? !entry.guide.contains { seen.contains($0) } : entry.guide.contains { !seen.contains($0) }
      seen.formUnion(entry.guide)
      return isNew
    }
  }

  /// Wrong first, then outdated.
  var departures: [TemplateValue] {
    [Verdict.wrong, .outdated].flatMap { verdict in
      once(differing.filter { $0.verdict == verdict }).map { entry in
        .record([
          "guide": .text(entry.guide.joined(separator: ", ")),
          "verdict": .text(verdict.rawValue),
          "says": .text(prose.cell(entry.guideSays ?? "")),
          "today": .text(prose.cell(entry.today ?? "")),
        ])
      }
    }
  }

  /// Of decisions and the figures they read; those of practices and checks are in their wording already.
  var nuances: [TemplateValue] {
    let own = differing.filter { $0.verdict == .nuance && ($0.kind == .decision || $0.kind == .threshold) }
    return once(own).map { entry in
      .record([
        "guide": .text(entry.guide.joined(separator: ", ")),
        "says": .text(prose.cell(entry.guideSays ?? "")),
        "today": .text(prose.cell(entry.today ?? "")),
      ])
    }
  }

  // MARK: References

  /// What the decisions, their figures and the departures rest on, in order of id. Practices and checks name their
  /// sources on their own pages.
  var references: [String] {
    let decided = ranked.filter { $0.status != .notApplicable }.map(\.decision.entry)
    let entries =
      decided + differing.filter { $0.kind == .threshold || $0.verdict == .wrong || $0.verdict == .outdated }
    return entries.flatMap(\.sources).uniqued().sorted().compactMap(knowledge.source).map { source in
      let title = MarkdownText.escape(source.title)
      let linked = source.url.map { "[\(title)](\(Findings.destination($0)))" } ?? title
      let date = source.date.map { ", \(MarkdownText.escape($0))" } ?? ""
      return "\(wording.id(source.id)): \(linked)\(date). Checked \(source.checked), \(source.evidence.words)."
    }
  }
}

enum Findings {
  /// An address as the target of a Markdown link.
  static func destination(_ url: String) -> String {
    let isPlain = url.unicodeScalars.allSatisfy {
      $0.isASCII && $0.value > 0x20 && !"()<>\\".unicodeScalars.contains($0)
    }
    return isPlain ? url : "<\(url.filter { !"<>\n\\".contains($0) })>"
  }
}

extension Source.Evidence {
  fileprivate var words: String {
    switch self {
    case .read: "read"
    case .secondHand: "second-hand"
    case .measured: "measured"
    case .unverified: "not verified"
    }
  }
}

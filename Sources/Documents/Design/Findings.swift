internal import DecisionEngine
internal import Foundation
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

  // MARK: Today's facts

  /// Entries that took part, and whose page says something else than the guide does.
  private var differing: [Entry] {
    let decisions = ranked.filter { $0.status != .notApplicable || divergence.keys.contains($0.id) }.map(\.decision)
    let thresholds = decisions.flatMap { $0.conditions(in: assessment.mode).flatMap(\.thresholds) }.uniqued()
    let entries =
      decisions.map(\.entry) + thresholds.compactMap { knowledge.threshold($0)?.entry }
      + assessment.practices.map(\.item.entry) + assessment.checks.map(\.item.entry)
    return entries.filter { !$0.guide.isEmpty && $0.guideSays != nil && $0.today != nil }
  }

  /// Each of the guide's statements once.
  private func once(_ entries: [Entry], seen: Set<String> = []) -> [Entry] {
    var seen = seen
    return entries.filter { entry in
      // A check repeats what its practice says.
      let isNew =
        entry.kind == .check
        ? !entry.guide.contains { seen.contains($0) } : entry.guide.contains { !seen.contains($0) }
      seen.formUnion(entry.guide)
      return isNew
    }
  }

  /// Where the guide is wrong or outdated, and where a rule or a figure has two wordings: wrong first.
  private var departing: [Entry] {
    // Practices and checks are worded by today's facts already.
    let differing = differing.filter { audience == .full || $0.kind == .decision || $0.kind == .threshold }
    let rewritten = Set(ranked.map(\.decision).filter { $0.isRewritten(in: knowledge) }.map(\.id))
    let all = Verdict.allCases.sorted { $0.departure < $1.departure }.flatMap { verdict in
      differing.filter { entry in
        entry.verdict == verdict
          && (verdict == .wrong || verdict == .outdated
            || entry.kind == .decision && (rewritten.contains(entry.id) || divergence.keys.contains(entry.id)))
      }
    }
    return once(all)
  }

  var departures: [TemplateValue] {
    departing.map { entry in
      .record([
        "guide": .text(entry.guide.joined(separator: ", ")),
        "verdict": .text(entry.verdict.rawValue),
        "says": .text(prose.cell(entry.guideSays ?? "")),
        "today": .text(prose.cell(brief(entry.today ?? ""))),
        "here": .optional(entry.kind == .decision ? here(entry.id).map(MarkdownText.cell) : nil),
      ])
    }
  }

  /// The first two sentences; at full depth all of them.
  private func brief(_ text: String) -> String {
    if audience == .full { return text }
    let sentences = text.components(separatedBy: ". ")
    return sentences.count > 2 ? sentences.prefix(2).joined(separator: ". ") + "." : text
  }

  /// What a decision with two wordings comes to by each.
  private func here(_ id: String) -> String? {
    guard let result = assessment.decision(id) else { return nil }
    func text(_ status: Status, _ outcome: String?, _ possible: [String]) -> String {
      let text = wording.outcome(status, outcome, possible, of: result.decision)
      return status == .undecided ? text.replacing("open: ", with: "open, ") : text
    }
    let own = text(result.status, result.outcome, result.possible)
    guard let other = divergence[id].map({ text($0.status, $0.outcome, $0.possible) }) else {
      return result.decision.isRewritten(in: knowledge) ? "Here by either wording: \(own)." : nil
    }
    return assessment.mode == .current
      ? "Here: \(own); as written: \(other)." : "Here: \(own); by today's rules: \(other)."
  }

  /// Of decisions and the figures they read; those of practices and checks are in their wording already.
  var nuances: [TemplateValue] {
    let own = differing.filter { $0.verdict == .nuance && ($0.kind == .decision || $0.kind == .threshold) }
    return once(own, seen: Set(departing.flatMap(\.guide))).map { entry in
      .record([
        "guide": .text(entry.guide.joined(separator: ", ")),
        "says": .text(prose.cell(entry.guideSays ?? "")),
        "today": .text(prose.cell(entry.today ?? "")),
      ])
    }
  }

  // MARK: References

  /// What the decisions of consequence rest on, in order of id; at full depth what all decisions, their figures and
  /// the departures rest on. Practices and checks name their sources on their own pages.
  var references: [TemplateValue] {
    let isFull = audience == .full
    let decided = (isFull ? ranked.filter { $0.status != .notApplicable } : weighty).map(\.decision.entry)
    let entries = decided + (isFull ? differing.filter { $0.kind == .threshold } + departing : [])
    let sources = entries.flatMap(\.sources).uniqued().sorted().compactMap(knowledge.source)
    return ["", "†", "‡"].compactMap { mark in
      let own = sources.filter { $0.evidence.mark == mark }
      guard !own.isEmpty else { return nil }
      let legend =
        switch mark {
        case "†": "† Known second-hand, from a text about them:"
        case "‡": "‡ Not verified; what rests on it alone is to be checked before it is relied on:"
        default: "Read or measured:"
        }
      return isFull
        ? .record(["legend": .text(legend), "items": .texts(own.map(reference)), "line": .nothing])
        : .record([
          "legend": .text(legend), "items": .list([]), "line": .text(own.map(shortReference).joined(separator: ", ")),
        ])
    }
  }

  private func shortReference(_ source: Source) -> String {
    let name = "\(wording.id(source.id))\(source.evidence.mark)"
    return source.url.map { "[\(name)](\(Findings.destination($0)))" } ?? name
  }

  private func reference(_ source: Source) -> String {
    let title = MarkdownText.escape(source.title)
    let linked = source.url.map { "[\(title)](\(Findings.destination($0)))" } ?? title
    let date = source.date.map { ", \(MarkdownText.escape($0))" } ?? ""
    return "\(self.source(source.id)): \(linked)\(date) (\(source.evidence.words) \(source.checked))."
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
  /// Set behind the id of a source that nobody here has read.
  var mark: String {
    switch self {
    case .read, .measured: ""
    case .secondHand: "†"
    case .unverified: "‡"
    }
  }

  fileprivate var words: String {
    switch self {
    case .read: "read"
    case .measured: "measured"
    case .secondHand: "second-hand"
    case .unverified: "not verified by"
    }
  }
}

extension Verdict {
  /// The order of the table of departures.
  fileprivate var departure: Int { self == .wrong ? 0 : self == .outdated ? 1 : 2 }
}

extension Decision {
  /// Whether the guide to the letter reads another rule or figure than today.
  fileprivate func isRewritten(in knowledge: Knowledge) -> Bool {
    if applies?.asWritten != nil || rules.contains(where: { $0.when.asWritten != nil }) { return true }
    return Mode.allCases.contains { mode in
      conditions(in: mode).flatMap(\.thresholds).contains { id in
        knowledge.threshold(id).map { $0.asWritten != nil && $0.asWritten != $0.value } ?? false
      }
    }
  }
}

extension Assessment {
  /// The checks that confirm a decision, without those that do not apply here.
  func confirming(_ decision: Decision) -> [Check] {
    decision.confirm.compactMap { id in checks.first { $0.item.id == id }?.item }
  }
}

internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

/// How what was decided fails: what the knowledge links to each decision, and nothing else.
extension DesignDocument {
  var failures: [TemplateValue] {
    let decided = weighty.filter { $0.status == .decided && $0.decision.entry.area != .observability }
    var told: Set<String> = []
    return decided.compactMap { failure($0, &told) }
  }

  private func failure(_ result: DecisionResult, _ told: inout Set<String>) -> TemplateValue? {
    let pattern = knowledge.patterns.first { pattern in
      pattern.serves.contains(result.id) && fits(pattern, result) && fits(pattern) && !told.contains(pattern.id)
    }
    if let pattern { told.insert(pattern.id) }
    let isFull = audience == .full
    let known = pattern?.entry.section("Failure modes").map(DecisionSections.items) ?? []
    let section = result.outcome.flatMap(result.decision.entry.section).map(DecisionSections.split)
    let bad = DecisionSections.Consequences(section?.bullets ?? "").bad
    // The first stands in the decision's own section.
    let fails = known.isEmpty ? Array(bad.dropFirst()) : known
    let seen = pattern?.entry.section("Metrics to watch").map(DecisionSections.items) ?? []
    let practices = assessment.practices.filter { result.decision.practices.contains($0.item.id) }.map(\.item.entry)
    let checks = assessment.confirming(result.decision)
    let runbooks = runbooks(for: result, checks)
    guard !practices.isEmpty || !checks.isEmpty || !seen.isEmpty else { return nil }
    return .record([
      "title": .text(MarkdownText.escape(result.decision.entry.title)),
      "outcome": .text(wording.outcome(result)),
      "modes": .texts(fails.prefix(isFull ? 6 : 1).map { prose.line($0).sentence.ended }),
      "seen": .optional(seen.first.map { prose.line(isFull ? $0 : DesignDocument.clause($0)).sentence.ended }),
      "mitigation": .optional(Wording.list(practices.map { MarkdownText.escape($0.title.uncapitalized) })),
      "diagnostics": .optional(
        Wording.list(
          runbooks.map { book in
            "\(MarkdownText.escape(book.entry.title.uncapitalized)) (\(MarkdownText.code("plumbline recover \(book.id)")))"
          })),
      "test": .optional(Wording.list(checks.map { wording.id($0.id) })),
    ])
  }

  /// A text up to its first semicolon, where that is long enough to stand alone.
  private static func clause(_ text: String) -> String {
    let first = text.prefix { $0 != ";" }
    return first.count >= 40 && first.count { $0 == "`" } % 2 == 0
      && first.count { $0 == "(" } == first.count { $0 == ")" }
      ? String(first) : text
  }

  /// The runbooks whose pages refer to the decision, or to a practice or check of it.
  private func runbooks(for result: DecisionResult, _ checks: [Check]) -> [Runbook] {
    let own = Set([result.id] + result.decision.practices + checks.map(\.id))
    return knowledge.runbooks.filter { book in
      guard book.entry.area == result.decision.entry.area else { return false }
      return ProseReference.scan(book.entry.body).contains { reference, _ in
        if case .entry(let id) = reference { own.contains(id) } else { false }
      }
    }
  }
}

extension String {
  /// With a full stop behind it, unless it ends a sentence already.
  var ended: String { last.map { ".:!?".contains($0) } ?? true ? self : self + "." }
}

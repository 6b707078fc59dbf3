internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// The load now, and how far it is to each line that would change a decision.
extension DesignDocument {
  struct Line {
    var headroom: Headroom
    var results: [DecisionResult]
  }

  /// Nothing where no answer is held against any line.
  var capacity: TemplateValue {
    let rows = lines.map { line -> TemplateValue in
      let reading = assessment.reading(line.headroom.trait)
      let title = reading.map { MarkdownText.escape($0.trait.entry.title) } ?? ""
      return .record([
        "trait": .text(MarkdownText.cell("\(title) (\(wording.id(line.headroom.trait)))")),
        "now": .text(MarkdownText.cell(reading.map(wording.value) ?? "")),
        "line": .text(wording.amount(line.headroom.at, of: line.headroom.trait)),
        "room": .text(wording.room(line.headroom)),
        "decisions": .text(
          MarkdownText.cell(
            line.results.map { MarkdownText.escape($0.decision.entry.title) }.uniqued().joined(separator: ", "))),
      ])
    }
    guard !rows.isEmpty else { return .nothing }
    return .record([
      "rows": .list(rows),
      "headroomChart": .optional(headroomChart?.picture.fence),
      "growthChart": .optional(growthChart?.markdown(link: link)),
    ])
  }

  /// Lines ahead of what was answered or follows from it, the nearest first, each once.
  var lines: [Line] {
    var lines: [Line] = []
    for result in ranked where result.status == .decided && !result.isAssumed {
      for headroom in result.headroom where headroom.value > 0 && headroom.value <= headroom.at {
        // Shares and the team are no load.
        guard let reading = assessment.reading(headroom.trait),
          reading.origin == .answered || reading.origin == .derived,
          !isSilent(reading), reading.trait.kind.unit != .share, reading.trait.kind.unit != .seconds,
          reading.trait.entry.area != .team
        else { continue }
        let same = lines.firstIndex { $0.headroom.trait == headroom.trait && $0.headroom.at == headroom.at }
        if let same {
          lines[same].results.append(result)
        } else {
          lines.append(Line(headroom: headroom, results: [result]))
        }
      }
    }
    // What has a hundred times the room is no matter of capacity.
    let near = audience == .full ? lines : lines.filter { wording.closeness($0.headroom) < 100 }
    return near.enumerated().sorted { a, b in
      let (near, far) = (wording.closeness(a.element.headroom), wording.closeness(b.element.headroom))
      return near == far ? a.offset < b.offset : near < far
    }.map(\.element)
  }
}

extension Wording {
  /// Room to a line ahead: `4.7×`, `none`; a dash where a factor says nothing.
  func room(_ headroom: Headroom) -> String {
    if headroom.value == headroom.at { return "none" }
    return times(headroom) ?? (isClose(headroom) ? "less than 1.1×" : "over 1,000×")
  }

  /// What headrooms are sorted by.
  func closeness(_ headroom: Headroom) -> Decimal {
    headroom.value == headroom.at
      ? 1
      : Wording.ratio(headroom.value, headroom.at, unit: knowledge.trait(headroom.trait)?.kind.unit) ?? Decimal(Int.max)
  }
}

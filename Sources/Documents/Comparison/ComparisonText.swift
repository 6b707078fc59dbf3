public import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// What the two sides of a comparison are called, and what has to be said of them.
public struct ComparisonLabels: Sendable, Hashable {
  public var before: String
  public var after: String
  /// Sentences without their full stop: which knowledge a file was made with, which answers were left out.
  public var notes: [String]

  public init(before: String, after: String, notes: [String] = []) {
    self.before = before
    self.after = after
    self.notes = notes
  }
}

/// A comparison for a terminal, and as Markdown. The same input gives the same text; what people wrote stays text.
public enum ComparisonText {
  /// - Parameter width: columns that a line may take.
  public static func plain(
    _ comparison: AssessmentComparison, labels: ComparisonLabels, width: Int = 100
  ) -> String {
    let parts = Parts(comparison, labels, style: .plain)
    var out = PlainText(width: width)
    out.line(parts.title)
    for line in parts.sides { out.line(line, indent: 2, hanging: 4) }
    for note in parts.notes { out.line("Note: \(note)", indent: 2, hanging: 4) }
    for section in parts.sections {
      out.blank()
      out.line(section.title.uppercased())
      for item in section.items {
        out.line(item.text, hanging: 2)
        for detail in item.details { out.line(detail, indent: 2, hanging: 4) }
      }
    }
    return out.text
  }

  public static func markdown(_ comparison: AssessmentComparison, labels: ComparisonLabels) -> String {
    let parts = Parts(comparison, labels, style: .markdown)
    var lines = ["# \(parts.title)", ""] + parts.sides.map { "- \($0)" } + parts.notes.map { "- Note: \($0)" }
    for section in parts.sections {
      lines += ["", "## \(section.title)", ""]
      for item in section.items {
        lines.append("- \(item.text)")
        lines += item.details.map { "  - \($0)" }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private struct Parts {
    struct Item {
      var text: String
      var details: [String] = []
    }
    var title: String
    var sides: [String]
    var notes: [String]
    var sections: [(title: String, items: [Item])] = []

    init(_ comparison: AssessmentComparison, _ labels: ComparisonLabels, style: Wording.Style) {
      let wording = ComparisonWording(comparison, style: style)
      let words = wording.after
      let names = [comparison.before, comparison.after].map { $0.assessment.sheet.system.map(words.text) ?? "" }
      let isOne = names[0] == names[1] || names[0].isEmpty || names[1].isEmpty
      let name = isOne ? names.first { !$0.isEmpty } ?? "This system" : "\(names[0]) and \(names[1])"
      let count = comparison.decisions.count
      title =
        count == 0
        ? "\(name): no decision differs" : "\(name): \(Wording.count(count, "decision differs", "decisions differ"))"
      sides = [("Before", labels.before, comparison.before), ("After", labels.after, comparison.after)].map {
        "\($0): \(words.text($1)), \(Parts.knowledge($2))"
      }
      notes = labels.notes.map(words.text)
      func add(_ title: String, _ items: [Item]) { if !items.isEmpty { sections.append((title, items)) } }
      let shared = comparison.decisions.filter { $0.before != nil && $0.after != nil }
      add(
        "Decisions that differ",
        shared.map { change in
          let focused = Parts.focused(comparison.after, change, style: style)
          let reason = change.after.map(focused.shortReason) ?? ""
          return Item(
            text: "\(wording.name(change.id, change.record)): \(wording.change(change))",
            details: ["by \(wording.cause(change))"] + (reason.isEmpty ? [] : ["now: \(reason)"]))
        })
      add(
        "Only in one of the two",
        comparison.decisions.filter { $0.before == nil || $0.after == nil }.map {
          Item(text: "\(wording.name($0.id, $0.record)): \(wording.change($0))", details: [wording.cause($0)])
        })
      add("Headroom that shrank", comparison.headroom.filter { !$0.grew }.map { Item(text: wording.headroom($0)) })
      add("Headroom that grew", comparison.headroom.filter(\.grew).map { Item(text: wording.headroom($0)) })
      add(
        "Changed without changing a decision",
        comparison.answers.filter { comparison.idle.contains($0.id) }.map { Item(text: wording.answer($0)) })
      add("Checks that are new", comparison.newChecks.map { Item(text: Parts.check($0, words)) })
      add("Checks that are gone", comparison.goneChecks.map { Item(text: Parts.check($0, words)) })
      add(
        "Records to supersede",
        comparison.superseded.map {
          Item(text: "\(wording.name($0.id, $0.record)): \(wording.change($0))")
        })
    }

    private static func check(_ check: Applied<Check>, _ words: Wording) -> String {
      "\(words.id(check.item.id)): \(words.text(check.item.entry.title))"
    }

    private static func knowledge(_ side: AssessmentComparison.Side) -> String {
      let mode = side.mode == .asWritten ? ", the guide as written" : ""
      return "knowledge \(MarkdownText.escape(side.knowledge.version)) (\(side.knowledge.hash.prefix(12)))\(mode)"
    }

    /// The words for a change's own assessment, which for a record is not the system's.
    private static func focused(
      _ side: AssessmentComparison.Side, _ change: AssessmentComparison.DecisionChange, style: Wording.Style
    ) -> Wording {
      let record = side.assessment.records.first { $0.list.id == change.record?.list && $0.name == change.record?.name }
      let assessment = record.map(side.assessment.focused) ?? side.assessment
      return Wording(assessment: assessment, knowledge: side.knowledge, style: style)
    }
  }
}

internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown
public import TextFormats

/// A revisit for a terminal, as Markdown and as data.
extension Revisit {
  /// - Parameters:
  ///   - folder: what to call the folder.
  ///   - width: columns that a line may take.
  public func plain(folder: String, width: Int = 100) -> String {
    var out = PlainText(width: width)
    out.line(MarkdownText.plain(title(folder)))
    for line in context { out.line(MarkdownText.plain(line), indent: 2, hanging: 4) }
    for (title, findings) in sections {
      out.blank()
      out.line(title.uppercased())
      for finding in findings { out.line(finding.text, hanging: 2) }
    }
    if !added.isEmpty {
      out.blank()
      out.line("New since: \(added.joined(separator: ", "))", hanging: 2)
    }
    return out.text
  }

  public func markdown(folder: String) -> String {
    var lines = ["# \(MarkdownText.escape(title(folder)))", ""] + context.map { "- \(MarkdownText.escape($0))" }
    for (title, findings) in sections {
      lines += ["", "## \(title)", ""] + findings.map { "- \(MarkdownText.escape($0.text))" }
    }
    if !added.isEmpty { lines += ["", "New since: \(Wording.list(added.map(MarkdownText.code)))."] }
    return lines.joined(separator: "\n") + "\n"
  }

  public func json(folder: String) -> JSON {
    let system = assessment.sheet.system.map(JSON.string) ?? .null
    return .object([.init("folder", .string(folder)), .init("system", system)] + members)
  }

  /// What is the same for a folder and in a portfolio.
  var members: [JSON.Member] {
    [
      .init("date", assessment.sheet.date.map(JSON.string) ?? .null),
      .init(
        "knowledge", .object(["version": .string(knowledge.version), "hash": .string(knowledge.hash)])),
      .init("made_with", ComparisonJSON.stamp(madeWith)),
      .init("mode", .string(assessment.mode.rawValue)),
      .init("compared", .bool(isCompared)),
      .init(
        "decisions",
        .object(
          assessment.decisions.map { result in
            let more: JSON.Member =
              result.status == .undecided
              ? .init("possible", .strings(result.possible))
              : .init("outcome", result.outcome.map(JSON.string) ?? .null)
            return .init(result.id, .object([.init("status", .string(result.status.rawValue)), more]))
          })),
      .init("new", .strings(added)),
      .init("findings", .array(findings.map(\.json))),
    ]
  }

  private func title(_ folder: String) -> String {
    let name = assessment.sheet.system ?? folder
    let count = findings.count
    guard count == 0 else { return "\(name): \(Wording.count(count, "finding", "findings"))" }
    return isCompared ? "\(name): all decisions still hold" : "\(name): no findings"
  }

  private var context: [String] {
    var lines = ["Evaluated under knowledge \(knowledge.version) (\(knowledge.hash.prefix(12)))"]
    if let madeWith, madeWith.hash != knowledge.hash {
      lines.append("Made with knowledge \(madeWith.version) (\(madeWith.hash.prefix(12)))")
    }
    if !isCompared { lines.append("There is no decisions.json to hold against: plumbline design writes it") }
    return lines
  }

  private var sections: [(String, [Finding])] {
    [
      ("Decisions that no longer hold", findings.filter { $0.kind == .changed }),
      ("Decisions that are gone", findings.filter { $0.kind == .gone }),
      ("Decisions close to another outcome", findings.filter { $0.kind == .headroom }),
      ("Answers to renew", findings.filter { $0.kind == .old }),
    ].filter { !$0.1.isEmpty }
  }
}

internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

/// Prose of the knowledge as plain text for other tools, where no system is at hand to fill in its figures.
struct InterchangeProse {
  let wording: Wording
  private let vocabulary: Vocabulary

  init(_ knowledge: Knowledge) {
    wording = Wording(
      assessment: Evaluator(knowledge).assess(AnswerSheet()), knowledge: knowledge, style: .plain)
    vocabulary = knowledge.vocabulary
  }

  /// One line without markup: thresholds by their value, links by their text.
  ///
  /// A parenthesis that tells a figure of the system at hand is left out, since there is none; elsewhere the figure is
  /// put in words: `qps × 10`.
  func text(_ prose: String) -> String {
    var formulas: [String] = []
    let marked = ProseReference.fillingFigures(in: prose.replacing(InterchangeProse.mark, with: "")) {
      figure($0, after: $1, formulas: &formulas)
    }
    return MarkdownText.unmarked(resolved(marked, formulas))
  }

  /// Stands where a formula was, until it is known whether a parenthesis holds it.
  private static let mark = "\u{1}"

  private func figure(_ reference: ProseReference, after text: String, formulas: inout [String]) -> String? {
    switch reference {
    case .threshold(let id):
      return wording.knowledge.threshold(id).map {
        Prose.text(QuantityText.text($0.value), $0.value.unit, after: text)
      }
    case .formula(let text):
      guard let (formula, _) = try? ConditionParser.expression(text, vocabulary) else { return nil }
      formulas.append(MarkdownText.escape(wording.words(formula)))
      return InterchangeProse.mark
    case .entry: return nil
    }
  }

  private func resolved(_ text: String, _ formulas: [String]) -> String {
    var formulas = formulas[...]
    // Marks are met in the order of the formulas, whether they stand in a parenthesis or not.
    return text.replacing(/\s*\([^()\u{1}]*\u{1}[^()]*\)|\u{1}/) { match in
      let count = match.output.count { $0 == "\u{1}" }
      let own = formulas.prefix(count)
      formulas = formulas.dropFirst(count)
      return match.output.count > 1 ? "" : own.joined()
    }
  }

  /// When an entry applies, as a sentence; nothing where it always does.
  func applies(_ condition: RuleCondition?) -> String? {
    condition.map { "Applies where \(wording.words($0.current.condition))." }
  }

  /// What the guide says and what holds today, where an entry tells them apart.
  func position(_ entry: Entry) -> [String] {
    guard let today = entry.today else { return [] }
    return (entry.guideSays.map { ["The guide: \(text($0))"] } ?? []) + ["Today: \(text(today))"]
  }

  /// The sources of an entry that have an address on the web, in the order it cites them.
  func addresses(_ entry: Entry) -> [(title: String, url: String)] {
    entry.sources.compactMap(wording.knowledge.source).compactMap { source in
      guard let url = source.url, url.hasPrefix("https://") || url.hasPrefix("http://") else { return nil }
      return (MarkdownText.plain(source.title), url.percentEncoded)
    }
  }
}

/// The knowledge does not fit into what another tool reads.
public struct InterchangeProblem: Error, Sendable, Hashable {
  public var message: String

  public init(_ message: String) { self.message = message }
}

extension String {
  /// An address in which every byte that is no printable ASCII is percent-encoded.
  var percentEncoded: String {
    let hex = Array("0123456789ABCDEF".utf8)
    return String(
      decoding: utf8.flatMap { byte -> [UInt8] in
        byte > 0x20 && byte < 0x7F && !"\"<>\\^`{|}".utf8.contains(byte)
          ? [byte] : [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }, as: UTF8.self)
  }
}

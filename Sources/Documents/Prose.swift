internal import DecisionEngine
internal import KnowledgeModel
internal import Markdown

/// Renders the prose of entries for one assessment: figures filled in, links resolved.
struct Prose {
  var wording: Wording
  let evaluator: Evaluator
  let vocabulary: Vocabulary
  /// The sections of the document at hand, by entry.
  var anchors: [String: String] = [:]

  init(_ assessment: Assessment, _ knowledge: Knowledge, style: Wording.Style = .markdown) {
    wording = Wording(assessment: assessment, knowledge: knowledge, style: style)
    evaluator = Evaluator(knowledge, mode: assessment.mode)
    vocabulary = knowledge.vocabulary
  }

  /// Markdown with `{@threshold}`, `{=expression}` and `[text](entry:id)` resolved; other braces are left alone.
  func render(_ text: String) -> String { Prose.flowing(links(figures(text))) }

  /// The same on one line.
  func line(_ text: String) -> String {
    render(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The same, fit for a table cell.
  func cell(_ text: String) -> String { MarkdownText.cell(line(text)) }

  /// Code with figures filled in as plain numbers in their base units, which is how code has them; one that is not
  /// known, or known as a range only, keeps its formula.
  func code(_ text: String) -> String {
    ProseReference.fillingFigures(in: text) { reference, _ in
      switch reference {
      case .threshold(let id):
        return wording.knowledge.threshold(id).map { "\($0.quantity(in: wording.assessment.mode).value)" }
      case .formula(let name):
        guard let (formula, _) = try? ConditionParser.expression(name, vocabulary) else { return nil }
        let value = evaluator.value(of: formula, in: wording.assessment)
        return value.flatMap { $0.isPoint ? $0.low.plainText : nil } ?? "(\(name))"
      case .entry: return nil
      }
    }
  }

  /// Each paragraph and each list item on one line, as figures of any length fill them; code blocks are untouched.
  static func flowing(_ markdown: String) -> String {
    var lines: [String] = []
    var fenced = false
    var joins = false
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { fenced.toggle() }
      let text = line.drop { $0 == " " }
      let opens = text.isEmpty || "#>|`-*+".contains(text.first ?? " ") && (text.dropFirst().first ?? " ") == " "
      let isNumbered = text.prefix { $0.isNumber }.count > 0 && text.drop { $0.isNumber }.hasPrefix(". ")
      if joins, !fenced, !opens, !isNumbered, !line.hasPrefix("```"), !text.hasPrefix("|"), let last = lines.popLast() {
        lines.append(last + " " + text)
      } else {
        lines.append(String(line))
      }
      joins = !fenced && !text.isEmpty && !line.hasPrefix("```") && !text.hasPrefix("|") && !text.hasPrefix("#")
    }
    return lines.joined(separator: "\n")
  }

  private func figures(_ text: String) -> String {
    ProseReference.fillingFigures(in: text) { reference, before in figure(reference, after: before) }
  }

  private func figure(_ reference: ProseReference, after text: String) -> String? {
    if case .threshold(let id) = reference {
      return wording.knowledge.threshold(id).map {
        Prose.text(QuantityText.text($0.quantity(in: wording.assessment.mode)), $0.value.unit, after: text)
      }
    }
    guard case .formula(let name) = reference, let (formula, unit) = try? ConditionParser.expression(name, vocabulary)
    else { return nil }
    let unknown = wording.asked(formula.traits.flatMap(wording.unknownInputs))
    if unknown.isEmpty, let interval = evaluator.value(of: formula, in: wording.assessment) {
      return Prose.text(QuantityText.text(interval, unit), unit, after: text)
    }
    guard !unknown.isEmpty else { return "not known yet" }
    // Inside parentheses a second pair would read badly.
    let inParentheses = text.count { $0 == "(" } > text.count { $0 == ")" }
    let answer = "answer \(wording.ids(unknown))"
    return inParentheses ? "not known yet, \(answer)" : "not known yet (\(answer))"
  }

  /// A figure as it reads in a sentence: `7 d` as 7 days, and `every 1 d` as every day.
  static func text(_ quantity: String, _ unit: BaseUnit, after text: String = "") -> String {
    let words = QuantityText.inWords(quantity, unit)
    let isOne = unit == .seconds && words.hasPrefix("1 ") && words.count(where: { $0 == " " }) == 1
    return isOne && text.hasSuffix("every ") ? String(words.dropFirst(2)) : words
  }

  private func links(_ text: String) -> String {
    ProseReference.replacingLinks(in: text) { label, entry in anchors[entry].map { "[\(label)](#\($0))" } ?? label }
  }
}

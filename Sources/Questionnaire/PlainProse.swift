internal import DecisionEngine
internal import KnowledgeModel

/// Prose of the knowledge as plain text: figures filled in, links reduced to their text.
struct PlainProse {
  let knowledge: Knowledge?
  let evaluator: Evaluator?
  let assessment: Assessment?

  /// Without knowledge at hand, references are left as words.
  static let bare = PlainProse(knowledge: nil, evaluator: nil, assessment: nil)

  func text(_ prose: String) -> String {
    let filled = ProseReference.fillingFigures(in: prose) { reference, _ in words(reference) }
    var out = ""
    var rest = filled[...]
    while let open = rest.firstIndex(of: "[") {
      out += rest[..<open]
      rest = rest[open...]
      if let (words, end) = link(rest) {
        out += words
        rest = rest[end...]
      } else {
        out.append(rest.removeFirst())
      }
    }
    return out + rest
  }

  private func words(_ reference: ProseReference) -> String? {
    switch reference {
    case .threshold(let id):
      knowledge?.threshold(id).map { QuantityText.text($0.quantity(in: evaluator?.mode ?? .current)) }
        ?? id.replacing("-", with: " ")
    case .formula(let formula): value(of: formula) ?? "a figure not known yet"
    case .entry: nil
    }
  }

  private func value(of expression: String) -> String? {
    guard let knowledge, let evaluator, let assessment,
      let (formula, unit) = try? ConditionParser.expression(expression, knowledge.vocabulary),
      formula.traits.allSatisfy({ assessment.reading($0).map { $0.origin != .unknown } ?? false }),
      let interval = evaluator.value(of: formula, in: assessment)
    else { return nil }
    return QuantityText.text(interval, unit)
  }

  /// `[text](target)` becomes its text.
  private func link(_ text: Substring) -> (String, String.Index)? {
    guard text.hasPrefix("["), let middle = text.firstRange(of: "]("),
      let close = text[middle.upperBound...].firstIndex(of: ")")
    else { return nil }
    let words = text[text.index(after: text.startIndex)..<middle.lowerBound]
    return words.contains("\n\n") ? nil : (String(words), text.index(after: close))
  }
}

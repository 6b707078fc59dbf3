internal import Documents
internal import KnowledgeModel

/// A formula as it reads where there is no system to work it out for.
enum FormulaText {
  /// The names that a formula's text uses: traits, thresholds behind their @, fields with their dot.
  static func names(in text: String) -> [String] {
    var names: [String] = []
    var name = ""
    for character in text + " " {
      if character.isASCII, character.isLetter || character.isNumber || "_-.".contains(character) {
        name.append(character)
      } else {
        // A minus between names stands apart; figures are no names.
        let trimmed = name.trimmingPrefix { "-.".contains($0) }
        if trimmed.first?.isLetter == true { names.append(String(trimmed)) }
        name = ""
      }
    }
    return names.uniqued()
  }

  /// `queries per request × 10`, from the traits' titles and the thresholds' figures; the text itself where it does not
  /// parse.
  static func words(_ text: String, _ reader: KnowledgeReader) -> String {
    var vocabulary = Vocabulary(traits: [:], thresholds: [:], decisions: [:])
    for name in names(in: text) {
      if let trait = reader.trait(name) { vocabulary.traits[name] = trait.kind }
      if let figure = reader.figure(name) { vocabulary.thresholds[name] = figure.unit }
    }
    guard let (formula, _) = try? ConditionParser.expression(text, vocabulary) else { return text }
    return words(formula, reader)
  }

  static func words(_ formula: Formula, _ reader: KnowledgeReader) -> String {
    switch formula {
    case .trait(let id, _): reader.trait(id)?.entry.title.uncapitalized ?? id
    case .threshold(let id, _): reader.figure(id).map { QuantityText.text($0) } ?? id
    case .literal(let quantity, _): QuantityText.text(quantity)
    case .smaller(let a, let b): "the smaller of \(words(a, reader)) and \(words(b, reader))"
    case .larger(let a, let b): "the larger of \(words(a, reader)) and \(words(b, reader))"
    case .share(let a, let b): "the share of \(words(a, reader)) in \(words(a, reader)) + \(words(b, reader))"
    case .binary(let op, let a, let b): "\(factor(a, in: op, reader)) \(sign(op)) \(factor(b, in: op, reader))"
    }
  }

  private static func factor(_ formula: Formula, in op: Formula.Arithmetic, _ reader: KnowledgeReader) -> String {
    switch formula {
    case .binary(.multiply, _, _) where op == .multiply: words(formula, reader)
    case .binary where op == .multiply || op == .divide: "(\(words(formula, reader)))"
    default: words(formula, reader)
    }
  }

  private static func sign(_ op: Formula.Arithmetic) -> String {
    switch op {
    case .add: "+"
    case .subtract: "−"
    case .multiply: "×"
    case .divide: "÷"
    }
  }
}

internal import DecisionEngine
internal import Documents
internal import KnowledgeModel
internal import Markdown

/// Conditions in the words of a rule table: as HTML, in which traits and figures lead to their pages, or as plain text.
struct RuleTableWords {
  let knowledge: Knowledge
  let mode: Mode
  /// Nil for plain text.
  let link: ((EntryKind, String) -> String)?
  /// Whether a link is followed by the guide's figure where that is another one.
  var namesGuide = true

  // MARK: Names

  func title(_ trait: String) -> String { linked(trait, knowledge.trait(trait)?.entry.title ?? trait) }

  func title(ofDecision decision: String) -> String {
    let title = knowledge.decision(decision)?.entry.title ?? decision
    return anchor(.decision, decision, title)
  }

  private func name(_ trait: String) -> String {
    linked(trait, knowledge.trait(trait)?.entry.title.uncapitalized ?? trait)
  }

  /// A field has no page of its own; its list has.
  private func linked(_ trait: String, _ title: String) -> String {
    anchor(.trait, RecordList.list(of: trait) ?? trait, title)
  }

  private func anchor(_ kind: EntryKind, _ id: String, _ text: String) -> String {
    guard let link else { return safe(text) }
    return "<a href=\"\(HTMLText.escape(link(kind, id)))\">\(safe(text))</a>"
  }

  private func safe(_ text: String) -> String { link == nil ? MarkdownText.plain(text) : Picture.text(text) }

  // MARK: Sentences

  /// A condition in words, each input named.
  func sentence(_ condition: Condition) -> String {
    switch condition {
    case .always: return "in every other case"
    case .compare(let left, let op, let right, _): return "\(words(left)) \(op.phrase) \(words(right))"
    case .flag(let trait, _): return "\(name(trait)) is yes"
    case .not(.flag(let trait, _)): return "\(name(trait)) is no"
    case .choice(let trait, _, _), .not(.choice(let trait, _, _)): return "\(name(trait)) is \(value(condition))"
    case .has(let trait, _, _, _), .not(.has(let trait, _, _, _)), .isEmpty(let trait, _),
      .not(.isEmpty(let trait, _)):
      return "\(name(trait)) \(membership(condition))"
    case .outcome(let decision, _, _), .not(.outcome(let decision, _, _)):
      let title = knowledge.decision(decision)?.entry.title.uncapitalized ?? decision
      return "\(anchor(.decision, decision, title)) is \(value(condition))"
    case .not(let inner): return "not (\(sentence(inner)))"
    case .and(let parts):
      return parts.map { part in if case .or = part { "(\(sentence(part)))" } else { sentence(part) } }
        .joined(separator: " and ")
    case .or(let parts): return parts.map(sentence).joined(separator: " or ")
    }
  }

  private func membership(_ condition: Condition) -> String {
    switch condition {
    case .isEmpty: "is empty"
    case .not(.isEmpty): "is not empty"
    default: "has \(value(condition))"
    }
  }

  // MARK: Values

  /// Tests of one input that hold together; a comma keeps alternatives within one of them apart.
  static func all(_ parts: [String]) -> String {
    let isPlain = parts.allSatisfy { !$0.contains(" or ") && !$0.contains(" nor ") && !$0.contains(" and ") }
    return parts.joined(separator: isPlain ? " and " : ", and ")
  }

  /// A test of one input without naming it: `at most 10,000/s`, `yes`, `any of routing, priority`.
  func value(_ part: Condition) -> String {
    switch part {
    case .compare(.trait, let op, let right, _): return "\(op.short) \(words(right))"
    case .compare(let left, let op, .trait, _): return "\(op.mirrored.short) \(words(left))"
    case .flag: return "yes"
    case .not(.flag): return "no"
    case .choice(_, let values, _), .outcome(_, let values, _): return list(values, "or")
    case .not(.choice(_, let values, _)), .not(.outcome(_, let values, _)):
      return values.count > 1 ? none(values) : "not \(list(values, "or"))"
    case .has(_, let quantifier, let values, _): return list(values, quantifier == .any ? "or" : "and")
    case .not(.has(_, let quantifier, let values, _)):
      return values.count == 1
        ? "no \(list(values, "or"))" : quantifier == .any ? none(values) : "not all of \(list(values, "and"))"
    case .isEmpty: return "nothing given"
    case .not(.isEmpty): return "at least one"
    case .or(let parts): return parts.map(value).joined(separator: " or ")
    case .and(let parts): return RuleTableWords.all(parts.map(value))
    default: return sentence(part)
    }
  }

  private func list(_ ids: [String], _ word: String) -> String {
    Wording.list(ids.map { safe($0 == Outcome.notApplicable ? "not applicable" : $0) }, word)
  }

  private func none(_ values: [String]) -> String {
    values.count == 2 ? "neither \(list(values, "nor"))" : "none of \(list(values, "and"))"
  }

  private func words(_ formula: Formula) -> String {
    func factor(_ part: Formula, _ op: Formula.Arithmetic) -> String {
      guard case .binary(let inner, _, _) = part, op == .multiply || op == .divide,
        !(op == .multiply && inner == .multiply)
      else { return words(part) }
      return "(\(words(part)))"
    }
    switch formula {
    case .trait(let trait, _): return name(trait)
    case .threshold(let id, _): return figure(id)
    case .literal(let quantity, _): return safe(QuantityText.text(quantity))
    case .smaller(let a, let b): return "the smaller of \(words(a)) and \(words(b))"
    case .larger(let a, let b): return "the larger of \(words(a)) and \(words(b))"
    case .share(let a, let b): return "the share of \(words(a)) in \(words(a)) + \(words(b))"
    case .binary(let op, let a, let b): return "\(factor(a, op)) \(op.sign) \(factor(b, op))"
    }
  }

  /// A threshold's figure, and the guide's where that is another one.
  private func figure(_ id: String) -> String {
    guard let threshold = knowledge.threshold(id) else { return safe(id) }
    let text = QuantityText.text(threshold.quantity(in: mode))
    guard let link else { return text }
    // In a narrow cell a figure stays with its unit.
    let own = "<a href=\"\(HTMLText.escape(link(.threshold, id)))\">\(text.replacing(" ", with: "&#160;"))</a>"
    guard namesGuide, mode == .current, let asWritten = threshold.asWritten else { return own }
    return "\(own) <small>(the guide: \(safe(QuantityText.text(asWritten))))</small>"
  }
}

extension Comparison {
  /// As words before a value.
  fileprivate var short: String {
    switch self {
    case .equal: "exactly"
    case .notEqual: "not"
    default: phrase.replacing("is ", with: "", maxReplacements: 1)
    }
  }

  /// With its sides exchanged.
  var mirrored: Comparison {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    case .equal, .notEqual: self
    }
  }
}

extension Formula.Arithmetic {
  fileprivate var sign: String {
    switch self {
    case .add: "+"
    case .subtract: "−"
    case .multiply: "×"
    case .divide: "÷"
    }
  }
}

internal import Documents
public import KnowledgeModel
internal import Markdown

/// A decision's rules as a table in DMN's sense: a column for each input, a row for each rule, the outcome last.
public enum RuleTable {
  /// - Parameter link: the address of an entry's page, as seen from the page that the table stands on.
  public static func html(
    _ decision: Decision, in knowledge: Knowledge, link: @escaping (EntryKind, String) -> String
  ) -> String {
    let knowledge = knowledge.read(by: decision)
    let rows = rows(decision)
    let columns = rows.flatMap { $0.parts.compactMap(Column.init) }.uniqued()
    let hasOthers = rows.contains { $0.parts.contains { Column($0) == nil && !$0.isAlways } }
    let width = columns.count + (hasOthers ? 1 : 0)

    var head = ["<th scope=\"col\">Rule</th>"]
    let names = RuleTableWords(knowledge: knowledge, mode: .current, link: link)
    for column in columns {
      let title =
        switch column {
        case .trait(let id): names.title(id)
        case .decision(let id): names.title(ofDecision: id)
        }
      head.append("<th scope=\"col\">\(title)</th>")
    }
    if hasOthers { head.append("<th scope=\"col\">Other conditions</th>") }
    head.append("<th scope=\"col\">Outcome</th>")

    let body = rows.map { row -> String in
      let isBeside = rows.contains { $0.mode == .asWritten && $0.number == row.number }
      let words = RuleTableWords(knowledge: knowledge, mode: row.mode, link: link, namesGuide: !isBeside)
      func cell(_ parts: [String]) -> String {
        parts.isEmpty ? "<td>–</td>" : "<td>\(RuleTableWords.all(parts))</td>"
      }
      var cells: [String] = []
      if row.parts.allSatisfy(\.isAlways) {
        cells.append("<td class=\"otherwise\"\(width > 1 ? " colspan=\"\(width)\"" : "")>in every other case</td>")
      } else {
        cells += columns.map { column in cell(row.parts.filter { Column($0) == column }.map(words.value)) }
        if hasOthers {
          cells.append(
            cell(
              row.parts.filter { Column($0) == nil && !$0.isAlways }.map { part in
                if case .or = part, row.parts.count > 1 { "(\(words.sentence(part)))" } else { words.sentence(part) }
              }))
        }
      }
      let outcome =
        "<code>\(HTMLText.escape(row.then))</code>"
        + (decision.option(row.then).map { " \(Picture.text($0.title))" } ?? "")
      let number = row.number + (row.mode == .asWritten ? " <small>as the guide has it</small>" : "")
      return "<tr\(row.mode == .asWritten ? " class=\"as-written\"" : "")><th scope=\"row\">\(number)</th>"
        + cells.joined() + "<td>\(outcome)</td></tr>"
    }
    let title = Picture.text(decision.entry.title)
    return """
      <div class="rule-table">
      \(applies(decision, knowledge, link))<div class="scroll" role="region" aria-label="Rules: \(title)" tabindex="0">
      <table class="rules">
      <caption>Rules, hit policy \(decision.hitPolicy.rawValue)</caption>
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody>
      </table>
      </div>
      <p class="note">\(notes(decision, knowledge, rows))</p>
      </div>

      """
  }

  private static func applies(
    _ decision: Decision, _ knowledge: Knowledge, _ link: @escaping (EntryKind, String) -> String
  ) -> String {
    guard let applies = decision.applies else { return "" }
    func words(_ mode: Mode) -> String {
      RuleTableWords(knowledge: knowledge, mode: mode, link: link).sentence(applies[mode].condition.negationsInward)
    }
    let guide = applies.asWritten == nil ? "" : " As the guide has it: if \(words(.asWritten))."
    return "<p class=\"applies\"><strong>Taken only if</strong> \(words(.current)).\(guide)</p>\n"
  }

  private static func notes(_ decision: Decision, _ knowledge: Knowledge, _ rows: [Row]) -> String {
    var sentences = [
      decision.hitPolicy == .first
        ? "The rules are tried in order, and the first that holds decides." : "Exactly one rule holds."
    ]
    if let list = decision.each.flatMap(knowledge.list) {
      sentences.insert("Taken once for each of the \(list.noun).", at: 0)
    }
    if rows.contains(where: { row in !row.parts.contains(where: \.isAlways) && row.isOpen(rows) }) {
      sentences.append("A dash stands for any value.")
    }
    if let double = rows.first(where: { $0.number.last?.isLetter == true }) {
      let number = double.number.dropLast()
      sentences.append("Rows of one number, such as \(number)a and \(number)b, are alternatives: either is enough.")
    }
    return sentences.map(Picture.text).joined(separator: " ")
  }

  // MARK: Rows

  /// A rule, or one of its alternatives, as tests that all have to hold.
  struct Row: Hashable {
    var number: String
    var mode: Mode
    var parts: [Condition]
    var then: String

    /// Whether other rows test what it does not.
    func isOpen(_ rows: [Row]) -> Bool {
      let own = Set(parts.map(Column.init))
      return rows.contains { row in row.parts.contains { !$0.isAlways && !own.contains(Column($0)) } }
    }
  }

  /// More alternatives than this stay together in words.
  private static let mostAlternatives = 4

  static func rows(_ decision: Decision) -> [Row] {
    decision.rules.enumerated().flatMap { index, rule -> [Row] in
      let modes: [Mode] = rule.when.asWritten == nil ? [.current] : [.current, .asWritten]
      return modes.flatMap { mode -> [Row] in
        let alternatives = alternatives(rule.when[mode].condition)
        return alternatives.enumerated().map { offset, parts in
          let letter = alternatives.count > 1 ? String("abcdefgh".prefix(offset + 1).suffix(1)) : ""
          return Row(number: "\(index + 1)\(letter)", mode: mode, parts: parts, then: rule.then)
        }
      }
    }
  }

  /// Each a row of its own; the condition's parts as they are where those would be too many.
  private static func alternatives(_ condition: Condition) -> [[Condition]] {
    let inward = condition.negationsInward
    let split = disjuncts(inward)
    if split.count <= mostAlternatives { return split }
    if case .and(let parts) = inward { return [parts] }
    return [[inward]]
  }

  private static func disjuncts(_ condition: Condition) -> [[Condition]] {
    if Column(condition) != nil { return [[condition]] }
    switch condition {
    case .or(let parts): return parts.flatMap(disjuncts)
    case .and(let parts):
      return parts.map(disjuncts).reduce([[]]) { sofar, next in
        // Beyond the most nobody reads them.
        sofar.count > mostAlternatives ? sofar : sofar.flatMap { a in next.map { a + $0 } }
      }
    default: return [[condition]]
    }
  }

  /// The one input that a test reads; nil where it reads several, or reckons with it.
  enum Column: Hashable {
    case trait(String)
    case decision(String)

    init?(_ part: Condition) {
      switch part {
      case .compare(.trait(let id, _), _, let other, _) where other.traits.isEmpty,
        .compare(let other, _, .trait(let id, _), _) where other.traits.isEmpty:
        self = .trait(id)
      case .flag(let id, _), .choice(let id, _, _), .has(let id, _, _, _), .isEmpty(let id, _): self = .trait(id)
      case .outcome(let id, _, _): self = .decision(id)
      case .not(let inner):
        guard let column = Column(inner) else { return nil }
        self = column
      case .or(let parts):
        let columns = parts.map(Column.init)
        guard let first = columns.first, let column = first, columns.allSatisfy({ $0 == column }) else { return nil }
        self = column
      default: return nil
      }
    }
  }
}

extension Knowledge {
  /// No more of it than a decision's conditions name, so that little is searched for each name.
  func read(by decision: Decision) -> Knowledge {
    let conditions = Mode.allCases.flatMap { decision.conditions(in: $0) }
    let read = Set(conditions.flatMap { $0.traits + $0.thresholds + $0.decisions })
    let lists = Set(read.compactMap(RecordList.list) + [decision.each].compactMap(\.self))
    return Knowledge(
      packs: packs, hash: hash, traits: traits.filter { read.contains($0.id) },
      lists: self.lists.filter { lists.contains($0.id) }, thresholds: thresholds.filter { read.contains($0.id) },
      decisions: decisions.filter { read.contains($0.id) })
  }
}

extension Condition {
  var isAlways: Bool { if case .always = self { true } else { false } }

  /// The same with negations at the tests themselves, and those of comparisons turned into the opposite comparison.
  var negationsInward: Condition { inward(isNegated: false) }

  private func inward(isNegated: Bool) -> Condition {
    switch self {
    case .not(let inner): return inner.inward(isNegated: !isNegated)
    case .and(let parts), .or(let parts):
      let inner = parts.map { $0.inward(isNegated: isNegated) }
      var isAnd = false
      if case .and = self { isAnd = true }
      return isAnd != isNegated
        ? .and(inner.flatMap { if case .and(let own) = $0 { own } else { [$0] } })
        : .or(inner.flatMap { if case .or(let own) = $0 { own } else { [$0] } })
    case .compare(let left, let op, let right, let span) where isNegated:
      return .compare(left, op.negated, right, span)
    default: return isNegated ? .not(self) : self
    }
  }
}

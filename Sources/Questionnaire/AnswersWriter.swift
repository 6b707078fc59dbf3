public import DecisionEngine
public import KnowledgeModel

extension AnswersFile {
  /// The text of answers.yaml. Deterministic: traits stand in the order of the questionnaire.
  ///
  /// Answers and notes to traits outside the vocabulary are left out, since nothing could read them back.
  public static func write(_ sheet: AnswerSheet, vocabulary: [Trait], lists: [RecordList] = []) -> String {
    let traits = vocabulary.inQuestionnaireOrder
    var lines: [String] = []
    if let system = sheet.system { lines.append("system: \(quote(system))") }
    if let date = sheet.date { lines.append("date: \(date)") }
    if sheet.people != AnswerSheet.People() {
      let people = [
        ("decision-makers", sheet.people.decisionMakers), ("consulted", sheet.people.consulted),
        ("informed", sheet.people.informed),
      ]
      lines.append("people:")
      lines += people.map { "  \($0.0): [\($0.1.map(quote).joined(separator: ", "))]" }
    }
    let answered = traits.compactMap { trait in sheet.answers[trait.id].map { (trait, $0) } }
    let listed = lists.inQuestionnaireOrder.compactMap { list in
      sheet.records[list.id].flatMap { $0.isEmpty ? nil : (list, $0) }
    }
    lines.append(answered.isEmpty && listed.isEmpty ? "answers: {}" : "answers:")
    for (trait, answer) in answered {
      lines.append("  \(trait.id): \(value(answer, for: trait))")
    }
    for (list, records) in listed {
      lines.append("  \(list.id):")
      for record in records {
        lines.append("    - name: \(quote(record.name))")
        for field in list.fields {
          guard let answer = record.fields[field.id] else { continue }
          lines.append("      \(list.name(of: field)): \(value(answer, for: field))")
        }
      }
    }
    let noted = (traits.map(\.id) + lists.inQuestionnaireOrder.map(\.id)).compactMap { id in
      sheet.notes[id].map { (id, $0) }
    }
    if !noted.isEmpty { lines.append("notes:") }
    lines += noted.map { "  \($0.0): \(quote($0.1))" }
    if let knowledge = sheet.knowledge {
      lines.append("knowledge: {version: \(quote(knowledge.version)), hash: \(quote(knowledge.hash))}")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// An answer as a YAML value.
  static func value(_ answer: Answer, for trait: Trait) -> String {
    if case .set = answer { return "[\(AnswerText.members(answer, of: trait).joined(separator: ", "))]" }
    return AnswerText.text(answer, for: trait)
  }

  /// Plain where every reader of YAML takes it for the same text, else in double quotes with escapes.
  static func quote(_ text: String) -> String {
    if isPlain(text) { return text }
    // A byte-order mark in front says nothing, and the parser drops it.
    let scalars = text.unicodeScalars.drop { $0 == "\u{FEFF}" }
    return "\"" + scalars.map(escaped).joined() + "\""
  }

  private static func isPlain(_ text: String) -> Bool {
    let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "unknown"]
    guard let first = text.unicodeScalars.first, first.isLetter, !text.hasSuffix(" "),
      !words.contains(text.lowercased())
    else { return false }
    return text.unicodeScalars.allSatisfy {
      $0.isLetter || ("0"..."9").contains($0) || " _-./()".unicodeScalars.contains($0)
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    // Hidden characters are shown to whoever reads the file; libyaml refuses some of them unescaped.
    case _ where scalar.isHidden || (0xFE00...0xFEFF).contains(scalar.value):
      let hex = String(scalar.value, radix: 16, uppercase: true)
      let width = scalar.value > 0xFFFF ? 8 : 4
      return (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - hex.count) + hex
    default: return String(scalar)
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}

extension [RecordList] {
  /// By their place in the questionnaire, then by id.
  var inQuestionnaireOrder: [RecordList] { sorted { ($0.order, $0.id) < ($1.order, $1.id) } }
}

extension [Trait] {
  /// By their place in the questionnaire, then by id.
  var inQuestionnaireOrder: [Trait] { sorted { ($0.order, $0.id) < ($1.order, $1.id) } }
}

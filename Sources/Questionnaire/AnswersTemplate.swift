public import KnowledgeModel
internal import Terminal

/// The commented answers.yaml that `answers init` writes.
public enum AnswersTemplate {
  /// Every trait with its question, how to type it and its default, commented out but for the first, which stands as
  /// unknown: so the file is valid as it is.
  ///
  /// Explanations begin with `# `, lines that hold an answer with `#` alone: taking that one character away answers the
  /// trait with a first guess, and any choice of lines treated so is a valid file.
  public static func text(traits: [Trait], lists: [RecordList] = []) -> String {
    var lines = [
      "# Answers for plumbline. Take the # away from a line that begins with #name: and put your value in its place.",
      "# Whatever is left out takes its default, or counts as not known. Values are written as you would type them:",
      "# 12k, 85%, 800 GB, 40M/day, 5 min; a range as low..high; unknown for what was asked and is not known.",
      "",
      "#system: Checkout",
      "#date: 2026-11-22",
      "#people: {decision-makers: [Ana], consulted: [Bo], informed: []}",
      "",
      "answers:",
    ]
    var area: Area?
    for trait in traits.inQuestionnaireOrder {
      if trait.entry.area != area {
        area = trait.entry.area
        lines += ["", "  # ---- \(trait.entry.area.title) ----"]
      }
      lines.append("")
      lines += comment(PlainProse.bare.text(trait.question))
      lines += comment(howToType(trait))
      if !trait.typical.isEmpty { lines += comment("Typical: " + PlainProse.bare.text(trait.typical)) }
      if let fallback = trait.fallback {
        lines += comment(
          "Left out: \(AnswerText.text(fallback, for: trait))"
            + (trait.isPlanningDefault ? ", a planning default." : "."))
      } else if let derivation = trait.derivation {
        let condition =
          derivation.ifGiven.isEmpty ? "" : " (where \(AnswerText.list(derivation.ifGiven, "and")) are given)"
        lines += comment("Left out: follows as \(derivation.text)\(condition).")
      }
      lines.append(
        lines.contains { $0.hasPrefix("  ") && !$0.hasPrefix("  #") }
          ? "  #\(trait.id): \(guess(trait))" : "  \(trait.id): unknown")
    }
    if !lists.isEmpty { lines += ["", "  # ---- Lists ----"] }
    for list in lists.inQuestionnaireOrder {
      lines.append("")
      lines += comment(PlainProse.bare.text(list.question))
      for field in list.fields {
        let left = field.fallback.map { " Left out: \(AnswerText.text($0, for: field))." } ?? ""
        lines += comment("\(list.name(of: field)): \(field.entry.title). \(howToType(field))\(left)")
      }
      lines.append("  #\(list.id):")
      let record = list.fields.map { "\(list.name(of: $0)): \(firstGuess($0))" }
      lines.append("  #  - {name: in words of your own, \(record.joined(separator: ", "))}")
    }
    lines += [
      "", "# Remarks go into the documents beside the answers.", "#notes:",
      "#  \(traits.inQuestionnaireOrder.first?.id ?? "qps"): where the figure comes from",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func comment(_ text: String) -> [String] { text.wrapped(110).map { "  # " + $0 } }

  private static func howToType(_ trait: Trait) -> String {
    let sentence =
      AnswerReader.expectation(for: trait).prefix(1).uppercased()
      + AnswerReader.expectation(for: trait).dropFirst()
    let titled = trait.kind.options.filter { !$0.title.isEmpty }
    guard !titled.isEmpty else { return sentence + "." }
    let lead = if case .set = trait.kind { "A list of: " } else { "One of: " }
    let end = if case .set = trait.kind { "; or none." } else { "." }
    return lead + titled.map { "\($0.id) (\($0.title))" }.joined(separator: "; ") + end
  }

  /// A value that shows how one is typed.
  private static func firstGuess(_ field: Trait) -> String {
    if let option = field.kind.options.first, field.fallback == nil {
      if case .set = field.kind { return "[\(option.id)]" }
      return option.id
    }
    return guess(field)
  }

  /// What stands in the line until a person puts their own value there.
  private static func guess(_ trait: Trait) -> String {
    if let fallback = trait.fallback { return AnswersFile.value(fallback, for: trait) }
    if let plausible = trait.plausible { return AnswerText.text(.quantity(plausible), for: trait) }
    return "unknown"
  }
}

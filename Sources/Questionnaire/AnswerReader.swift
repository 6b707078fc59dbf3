internal import Foundation
public import KnowledgeModel

/// Why a typed answer could not be taken.
public struct AnswerProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was found: a sentence without its full stop.
  public var message: String
  /// What would be right, to follow “expected”.
  public var expected: String
  /// The nearest right thing, as a clause of its own: “did you mean postgresql?”.
  public var suggestion: String?

  public init(_ message: String, expected: String, suggestion: String? = nil) {
    self.message = message
    self.expected = expected
    self.suggestion = suggestion
  }

  public var description: String {
    "\(message); expected \(expected)" + (suggestion.map { "; \($0)" } ?? "")
  }
}

/// Reads what a person typed for a trait.
public enum AnswerReader {
  /// Where the text comes from, and so how much may be left to guess.
  public enum Manner: Sendable, Hashable {
    /// Files and options: ids in full.
    case strict
    /// A conversation, where what was understood is said back: numbers of a list, beginnings of words, “don’t know”.
    case conversation
  }

  /// - Throws: what was found, what was expected, and the nearest right answer.
  public static func read(
    _ text: String, for trait: Trait, manner: Manner = .strict
  ) throws(AnswerProblem) -> Answer {
    let typed = text.trimming()
    var expected: String { expectation(for: trait) }
    guard !typed.isEmpty, !["~", "null"].contains(typed.lowercased()) else {
      throw AnswerProblem(
        typed.isEmpty ? "nothing was given" : "“\(typed)” says nothing", expected: expected,
        suggestion: "write unknown if it is not known")
    }
    if isUnknown(typed, manner) { return .unknown }
    switch trait.kind {
    case .quantity(let unit, let bounds, let ratio):
      let interval = try quantity(typed, trait, unit, ratio: ratio)
      try check(interval, within: bounds, unit, typed)
      return .quantity(interval)
    case .flag: return .flag(try flag(typed, expected))
    case .choice(let options): return .choice(try option(typed, options.map(\.id), trait, manner))
    case .set(let options): return .set(try set(typed, options.map(\.id), trait, manner))
    }
  }

  /// What to type for a trait, to follow “expected”.
  public static func expectation(for trait: Trait) -> String {
    switch trait.kind {
    case .quantity(let unit, let bounds, let ratio):
      QuantityNotation.expectation(unit) + (ratio ? ", or reads to writes such as 4:1" : "")
        + ", from \(QuantityText.text(bounds.low, unit)) to \(QuantityText.text(bounds.high, unit))"
    case .flag: "yes or no"
    case .choice(let options): "one of \(options.map(\.id).joined(separator: ", "))"
    case .set(let options): "any of \(options.map(\.id).joined(separator: ", ")), or none"
    }
  }

  // MARK: Kinds

  private static let unknownWords: Set<String> = [
    "don't know", "don’t know", "dont know", "do not know", "i don't know", "i don’t know", "not known", "no idea",
    "dunno", "idk", "not sure", "unsure",
  ]

  private static func isUnknown(_ typed: String, _ manner: Manner) -> Bool {
    let word = typed.lowercased()
    return word == "unknown" || (manner == .conversation && unknownWords.contains(word))
  }

  private static func quantity(
    _ typed: String, _ trait: Trait, _ unit: BaseUnit, ratio: Bool
  ) throws(AnswerProblem) -> Interval {
    var expected: String { expectation(for: trait) }
    let bare = String(typed.lowercased().drop { "+-−.".contains($0) })
    guard !["nan", "inf", "infinity", "∞"].contains(bare) else {
      throw AnswerProblem("“\(typed.quotable)” is not a finite number", expected: expected)
    }
    do {
      let interval = try QuantityNotation.interval(typed, unit: unit, ratio: ratio, noun: trait.noun)
      return Interval(interval.low.writable, interval.high.writable)
    } catch {
      throw AnswerProblem(error.message, expected: expected, suggestion: error.hint)
    }
  }

  private static func check(
    _ interval: Interval, within bounds: Interval, _ unit: BaseUnit, _ typed: String
  ) throws(AnswerProblem) {
    var range: String { "\(QuantityText.text(bounds.low, unit)) to \(QuantityText.text(bounds.high, unit))" }
    let end = interval.low < bounds.low ? interval.low : interval.high
    guard !bounds.contains(end) else { return }
    throw AnswerProblem(
      "“\(typed.quotable)” is out of bounds: \(QuantityText.text(end, unit)) is "
        + (end < bounds.low
          ? "less than \(QuantityText.text(bounds.low, unit))" : "more than \(QuantityText.text(bounds.high, unit))"),
      expected: range)
  }

  private static func flag(_ typed: String, _ expected: String) throws(AnswerProblem) -> Bool {
    switch typed.lowercased() {
    case "true", "yes", "y": return true
    case "false", "no", "n": return false
    case let word:
      let near = nearest(word, among: ["true", "false", "yes", "no", "unknown"])
      throw AnswerProblem(
        "“\(typed.quotable)” is neither yes nor no", expected: expected, suggestion: near.map { "did you mean \($0)?" })
    }
  }

  private static func option(
    _ typed: String, _ ids: [String], _ trait: Trait, _ manner: Manner
  ) throws(AnswerProblem) -> String {
    if ids.contains(typed) { return typed }
    var expected: String { expectation(for: trait) }
    let word = typed.lowercased()
    if manner == .conversation {
      if let number = Int(typed) {
        guard ids.indices.contains(number - 1) else {
          throw AnswerProblem("there is no number \(typed.quotable)", expected: "a number from 1 to \(ids.count)")
        }
        return ids[number - 1]
      }
      if ids.contains(word) { return word }
      let matches = ids.filter { $0.hasPrefix(word) }
      if matches.count == 1 { return matches[0] }
      if matches.count > 1 {
        throw AnswerProblem(
          "“\(typed.quotable)” may be \(matches.joined(separator: " or "))", expected: "more of the word, or its number"
        )
      }
    }
    let near =
      nearest(word.replacing("_", with: "-"), among: ids + ["unknown"])
      ?? ids.filter { !word.isEmpty && ($0.hasPrefix(word) || word.hasPrefix($0)) }.first
    throw AnswerProblem(
      "“\(typed.quotable)” is not a value of \(trait.id)", expected: expected,
      suggestion: near.map { "did you mean \($0)?" })
  }

  private static func set(
    _ typed: String, _ ids: [String], _ trait: Trait, _ manner: Manner
  ) throws(AnswerProblem) -> Set<String> {
    var inner = typed[...]
    if inner.hasPrefix("[") {
      guard inner.hasSuffix("]") else {
        throw AnswerProblem("“\(typed.quotable)” has no closing ]", expected: expectation(for: trait))
      }
      inner = inner.dropFirst().dropLast()
      if inner.allSatisfy(\.isWhitespace) { return [] }
    }
    if typed.lowercased() == "none", !ids.contains("none") { return [] }
    let separated =
      manner == .conversation
      ? inner.split { $0 == "," || $0.isWhitespace }.map(String.init)
      : inner.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.trimming()
      }
    return try members(separated, ids, trait, manner)
  }

  /// A set from its members, each once.
  static func members(
    _ typed: [String], _ ids: [String], _ trait: Trait, _ manner: Manner
  ) throws(AnswerProblem) -> Set<String> {
    var found: Set<String> = []
    for word in typed { try add(word, to: &found, ids, trait, manner) }
    return found
  }

  static func add(
    _ typed: String, to found: inout Set<String>, _ ids: [String], _ trait: Trait, _ manner: Manner
  ) throws(AnswerProblem) {
    guard !typed.isEmpty else {
      throw AnswerProblem("a member of the list is empty", expected: expectation(for: trait))
    }
    guard typed.lowercased() != "unknown", typed != "none" || ids.contains("none") else {
      throw AnswerProblem("“\(typed)” stands beside other members", expected: "either \(typed) alone or a list")
    }
    let id = try option(typed, ids, trait, manner)
    guard found.insert(id).inserted else {
      throw AnswerProblem("“\(id)” stands in the list twice", expected: "each member once")
    }
  }
}

extension String {
  /// At most 40 characters and fit for a message.
  var quotable: String {
    let safe = printable
    return safe.count > 40 ? safe.prefix(40) + "…" : safe
  }

  /// On one line, without characters that steer a terminal or reorder a line.
  var printable: String {
    var text = ""
    for scalar in unicodeScalars {
      if scalar.properties.isWhitespace {
        text.append(" ")
      } else if !scalar.isHidden {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Unicode.Scalar {
  /// Controls, direction marks, line separators and what has no meaning of its own.
  var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
    default: false
    }
  }
}

extension Decimal {
  /// Rounded to 38 digits and 60 decimals, so that it can always be written in digits and read back.
  var writable: Decimal {
    let digits = significand.description.filter(\.isNumber).count
    let surplus = max(digits - 38, -exponent - 60)
    return surplus > 0 ? rounded(-exponent - surplus) : self
  }
}

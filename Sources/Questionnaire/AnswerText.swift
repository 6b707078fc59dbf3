internal import Foundation
public import KnowledgeModel

/// Writes answers: as a person would type them, and as a sentence that says what was understood.
public enum AnswerText {
  /// The shortest exact text that reads back as the same answer.
  public static func text(_ answer: Answer, for trait: Trait) -> String {
    switch answer {
    case .unknown: return "unknown"
    case .flag(let value): return value ? "yes" : "no"
    case .choice(let id): return id
    case .set:
      let ids = members(answer, of: trait)
      if ids.isEmpty { return trait.kind.options.contains { $0.id == "none" } ? "[]" : "none" }
      return ids.joined(separator: ", ")
    case .quantity(let interval):
      guard case .quantity(let unit, _, let ratio) = trait.kind else { return interval.low.plainText }
      return text(interval, unit, ratio: ratio)
    }
  }

  /// The members of a set in the order of the trait's options.
  static func members(_ answer: Answer, of trait: Trait) -> [String] {
    guard case .set(let members) = answer else { return [] }
    let known = trait.kind.options.map(\.id).filter(members.contains)
    return known + members.subtracting(known).sorted()
  }

  // MARK: Quantities

  static func text(_ interval: Interval, _ unit: BaseUnit, ratio: Bool = false) -> String {
    let lows = spellings(interval.low, unit, ratio: ratio)
    if interval.isPoint { return lows.first ?? interval.low.plainText }
    // A unit on the upper end counts for both, so a pair of good spellings may still read wrongly.
    for high in spellings(interval.high, unit, ratio: ratio) {
      for low in lows {
        let text = "\(low)..\(high)"
        guard let read = try? QuantityNotation.interval(text, unit: unit, ratio: ratio) else { continue }
        if Interval(read.low.writable, read.high.writable) == interval { return text }
      }
    }
    return "\(interval.low.plainText)..\(interval.high.plainText)"
  }

  /// Texts that read back as the value, best first.
  private static func spellings(_ value: Decimal, _ unit: BaseUnit, ratio: Bool) -> [String] {
    func scaled(_ value: Decimal, behind: String = "", rank: Int = 0) -> [Spelling] {
      let scales: [(Decimal, String)] = [(1, ""), (1000, "k"), (1_000_000, "M"), (1_000_000_000, "B")]
      return scales.map { Spelling(value / $0.0, $0.1 + behind, length: $0.1.count, rank: rank) }
    }
    func inUnits(_ units: [(String, Decimal)]) -> [Spelling] {
      units.map { Spelling(value / $0.1, value == 0 && $0.1 != 1 ? nil : " \($0.0)") }
    }
    let plain = Spelling(value, "")
    var candidates: [Spelling]
    switch unit {
    case .count, .number: candidates = scaled(value)
    case .share, .perYear:
      let percent = Spelling(value * 100, "%")
      // A share is shown in per cent unless that hides a rounder figure, such as 2:1.
      if percent.number.count <= 8, percent.reads(as: value, unit) { return [percent.text, plain.text] }
      candidates = [percent, plain]
      if ratio, let exact = Spelling.ratio(value) { candidates.insert(exact, at: 0) }
    case .perSecond, .perMinute:
      candidates = scaled(value) + [Spelling(value, unit == .perSecond ? "/s" : "/min", rank: 9)]
      // A long fraction a second may be a round number a day.
      if plain.number.count > 8 {
        let base: Decimal = unit == .perSecond ? 1 : 60
        let times: [(String, Decimal)] = [("s", 1), ("min", 60), ("h", 3600), ("day", 86400)]
        for (rank, time) in times.enumerated() {
          let others = scaled((value * time.1 / base).tidy, behind: "/\(time.0)", rank: rank - times.count)
          candidates += others.filter { $0.number.count <= 8 }
        }
      }
    case .bytes:
      var units: [(String, Decimal)] = [("B", 1)]
      var (decimal, binary): (Decimal, Decimal) = (1, 1)
      for letter in ["K", "M", "G", "T", "P"] {
        decimal *= 1000
        binary *= 1024
        units += [("\(letter)B", decimal), ("\(letter)iB", binary)]
      }
      candidates = inUnits(units)
    case .bytesPerSecond:
      var units: [(String, Decimal)] = [("B/s", 1)]
      var (decimal, binary): (Decimal, Decimal) = (1, 1)
      for letter in ["K", "M", "G", "T", "P"] {
        decimal *= 1000
        binary *= 1024
        units += [("\(letter)B/s", decimal), ("\(letter)iB/s", binary)]
      }
      candidates = inUnits(units)
    case .seconds:
      let milli = Decimal(sign: .plus, exponent: -3, significand: 1)
      candidates = inUnits([("ms", milli), ("s", 1), ("min", 60), ("h", 3600), ("d", 86400)])
    }
    let good = candidates.filter { $0.reads(as: value, unit, ratio: ratio) }
    let ordered = good.enumerated().sorted { a, b in
      (a.element.rank, a.element.length, a.offset) < (b.element.rank, b.element.length, b.offset)
    }
    return ordered.map(\.element.text) + [plain.text]
  }

  private struct Spelling {
    var number: String
    var suffix: String?
    /// Spellings of a lower rank come first, however long.
    var rank: Int
    /// Of the number with its scale, k or M; the unit does not count.
    var length: Int

    init(_ value: Decimal, _ suffix: String?, length: Int = 0, rank: Int = 0) {
      number = value.plainText
      self.length = number.count + length
      self.suffix = suffix
      self.rank = rank
    }

    var text: String { number + (suffix ?? "") }

    func reads(as value: Decimal, _ unit: BaseUnit, ratio: Bool = false) -> Bool {
      guard suffix != nil, let read = try? QuantityNotation.value(text, unit: unit, ratio: ratio) else { return false }
      return read.writable == value
    }

    /// The ratio of small whole numbers a:b with a ÷ (a + b) = value.
    static func ratio(_ value: Decimal) -> Spelling? {
      guard value > 0, value < 1 else { return nil }
      for whole in 2...1000 {
        let part = (value * Decimal(whole)).rounded(0)
        guard part > 0, part < Decimal(whole), (part / Decimal(whole)).writable == value else { continue }
        return Spelling(part, ":\((Decimal(whole) - part).plainText)")
      }
      return nil
    }
  }

  // MARK: Sentences

  /// What was understood: “2,500 requests a second, about 216 million a day”.
  public static func sentence(_ answer: Answer, for trait: Trait) -> String {
    switch answer {
    case .unknown: return "not known; what hangs on it stays open"
    case .flag(let value): return value ? "yes" : "no"
    case .choice(let id):
      let title = trait.kind.options.first { $0.id == id }?.title ?? ""
      return title.isEmpty ? id : "\(id): \(title)"
    case .set:
      let ids = members(answer, of: trait)
      return ids.isEmpty ? "none of them" : list(ids, "and")
    case .quantity(let interval):
      guard let unit = trait.kind.unit else { return interval.low.plainText }
      return sentence(interval, unit, noun: trait.noun)
    }
  }

  /// A figure of a trait with its unit, for the middle of a sentence: “10,000 reads a second”.
  static func figure(_ value: Decimal, of trait: Trait) -> String {
    guard let unit = trait.kind.unit else { return value.plainText }
    return named(Interval(value), unit, noun: trait.noun)
  }

  private static func sentence(_ interval: Interval, _ unit: BaseUnit, noun: String) -> String {
    let text = named(interval, unit, noun: noun)
    switch unit {
    case .perSecond where interval.high > 0:
      return text + ", about \(about(Interval(interval.low * 86400, interval.high * 86400))) a day"
    case .perMinute where interval.high > 0:
      return text + ", about \(about(Interval(interval.low * 1440, interval.high * 1440))) a day"
    case .bytes:
      let other = otherFamily(interval)
      return other == text ? text : "\(text), that is \(other)"
    case .seconds:
      let seconds = both(interval) { QuantityText.number($0) } + " s"
      return interval.high < 60 || seconds == text ? text : "\(text), that is \(seconds)"
    default: return text
    }
  }

  private static func named(_ interval: Interval, _ unit: BaseUnit, noun: String) -> String {
    switch unit {
    case .count, .number:
      return both(interval) { QuantityText.number($0) } + (noun.isEmpty ? "" : " \(noun)")
    case .perSecond, .perMinute:
      let time = unit == .perSecond ? "second" : "minute"
      let named = noun.contains("a \(time)") || noun.contains("per \(time)")
      return both(interval) { QuantityText.number($0) } + (named ? " \(noun)" : " a \(time)")
    default: return QuantityText.text(interval, unit)
    }
  }

  private static func both(_ interval: Interval, _ text: (Decimal) -> String) -> String {
    interval.isPoint ? text(interval.low) : "\(text(interval.low)) to \(text(interval.high))"
  }

  /// The size in the family that `QuantityText` did not choose, so that KB and KiB are not mistaken for one another.
  private static func otherFamily(_ interval: Interval) -> String {
    both(interval) { value in
      let shown = QuantityText.text(value, .bytes)
      guard value >= 1000 else { return shown }
      let base: Decimal = shown.contains("iB") ? 1000 : 1024
      var amount = value
      var name = "bytes"
      for letter in ["K", "M", "G", "T", "P"] where amount >= base {
        amount /= base
        name = base == 1000 ? "\(letter)B" : "\(letter)iB"
      }
      return "\(QuantityText.number(amount, decimals: 2)) \(name)"
    }
  }

  /// How far the size would lie off, if the other family of units was meant: “800 GiB would be 7.4% more”.
  ///
  /// - Parameter typed: what was typed; nil is returned unless it ends in such a unit.
  static func otherFamily(of typed: String, for trait: Trait) -> String? {
    guard case .quantity(.bytes, _, _) = trait.kind else { return nil }
    var number = typed[...]
    var letters = ""
    while let last = number.last, last.isLetter, last.isASCII {
      letters = String(number.removeLast()).lowercased() + letters
    }
    guard let scale = letters.first, let power = ["k", "m", "g", "t", "p"].firstIndex(of: String(scale)),
      ["", "b", "ib"].contains(letters.dropFirst()), number.last.map({ $0.isNumber || $0.isWhitespace }) ?? false
    else { return nil }
    let unit = String(scale).uppercased()
    var factor: Decimal = 1
    for _ in 0...power { factor *= 1024 / 1000 as Decimal }
    let isBinary = letters.hasSuffix("ib")
    let percent = QuantityText.number(isBinary ? (1 - 1 / factor) * 100 : (factor - 1) * 100, decimals: 1)
    let other = number.trimming() + " " + unit + (isBinary ? "B" : "iB")
    return "\(other) would be \(percent)% \(isBinary ? "less" : "more")"
  }

  /// Three digits, with the scale as a word: 216 million.
  private static func about(_ interval: Interval) -> String {
    both(interval) { value in
      var amount = value
      var word = ""
      for name in [" thousand", " million", " billion", " trillion"] where amount >= (word.isEmpty ? 10_000 : 1000) {
        amount /= 1000
        word = name
      }
      return QuantityText.number(amount, decimals: amount >= 100 ? 0 : amount >= 10 ? 1 : 2) + word
    }
  }

  /// “a”, “a and b”, “a, b and c”.
  static func list(_ parts: [String], _ word: String) -> String {
    guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " \(word) \(last)"
  }
}

extension Decimal {
  /// Rounded to twelve digits behind the point where that is what an inexact product was meant to be.
  fileprivate var tidy: Decimal { rounded(12) }
}

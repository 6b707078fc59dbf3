public import Foundation

/// Reads quantities as people type them: `2.5k`, `12,000`, `85%`, `40M/day`, `256 KiB`, `5 min`, `4:1`, `a..b`.
public enum QuantityNotation {
  /// What was wrong with a typed value, in words that can follow "found …".
  public struct Problem: Error, Hashable, Sendable {
    public var message: String
    /// The nearest right thing, if there is one.
    public var hint: String?

    public init(_ message: String, hint: String? = nil) {
      self.message = message
      self.hint = hint
    }
  }

  /// What to type for a unit, for messages.
  public static func expectation(_ unit: BaseUnit) -> String {
    switch unit {
    case .count: "a whole number such as 12, 12k or 1.5M"
    case .number: "a number such as 1.5"
    case .share: "a share such as 85% or 0.85"
    case .perYear: "a share a year such as 30% or 0.3"
    case .perSecond: "a rate such as 2.5k, 100/min or 40M/day (plain numbers are per second)"
    case .perMinute: "a rate such as 100, 2/s or 40k/h (plain numbers are per minute)"
    case .bytes: "a size such as 256 KB, 256 KiB or 1.5 TB"
    case .bytesPerSecond: "a transfer rate such as 50 MB/s or 10 MiB/s"
    case .seconds: "a duration such as 200 ms, 5 min or 2 d"
    }
  }

  /// A single value or a closed range `a..b`. A unit on the upper end alone counts for both: `80..90%`.
  public static func interval(
    _ text: String, unit: BaseUnit, ratio: Bool = false, noun: String = ""
  ) throws(Problem) -> Interval {
    let trimmed = text.trimming()
    guard let dots = trimmed.range(of: "..") else {
      return Interval(try value(trimmed, unit: unit, ratio: ratio, noun: noun))
    }
    let lowText = String(trimmed[..<dots.lowerBound]).trimming()
    let highText = String(trimmed[dots.upperBound...]).trimming()
    guard !lowText.isEmpty, !highText.isEmpty, !highText.hasPrefix(".") else {
      throw Problem("a range needs two ends", hint: "write it as low..high, for example 500..2k")
    }
    let high = try value(highText, unit: unit, ratio: ratio, noun: noun)
    var low: Decimal
    if let inherited = unitSuffix(of: highText), unitSuffix(of: lowText) == nil {
      low = try value(lowText + inherited, unit: unit, ratio: ratio, noun: noun)
      // A bare share is a share already: 0.8..90% means 80% to 90%.
      if unit == .share || unit == .perYear, let bare = plain(lowText), abs(bare) <= 1, bare != 0 { low = bare }
    } else {
      low = try value(lowText, unit: unit, ratio: ratio, noun: noun)
    }
    guard low <= high else {
      throw Problem("the range runs backwards", hint: "write \(highText)..\(lowText)")
    }
    return Interval(low, high)
  }

  /// A single value in the base unit.
  public static func value(
    _ text: String, unit: BaseUnit, ratio: Bool = false, noun: String = ""
  ) throws(Problem) -> Decimal {
    let trimmed = text.trimming()
    guard !trimmed.isEmpty else { throw Problem("nothing was typed") }
    guard trimmed.utf8.count <= 64 else { throw Problem("the text is too long for a number") }
    if ratio, trimmed.contains(":") { return try share(ofRatio: trimmed) }
    let (digits, rest) = split(trimmed)
    let number = try decimal(digits, of: trimmed)
    let result = try apply(suffix: rest, to: number, unit: unit, noun: noun, text: trimmed)
    guard result.isFinite else { throw Problem("the number is too large") }
    if unit == .count, result != result.wholeDown {
      throw Problem("\(trimmed) is a fraction, and this is counted in whole numbers")
    }
    return result
  }

  // MARK: Parts

  private static func split(_ text: String) -> (digits: Substring, rest: String) {
    var index = text.startIndex
    if let first = text.first, first == "-" || first == "+" || first == "−" { index = text.index(after: index) }
    while index < text.endIndex, text[index].isASCIIDigit || ",._".contains(text[index]) {
      index = text.index(after: index)
    }
    // An exponent: 1e6, 2.5E-3.
    if index < text.endIndex, index > text.startIndex, "eE".contains(text[index]) {
      var end = text.index(after: index)
      if end < text.endIndex, "+-".contains(text[end]) { end = text.index(after: end) }
      let start = end
      while end < text.endIndex, text[end].isASCIIDigit { end = text.index(after: end) }
      if end > start { index = end }
    }
    return (text[..<index], String(text[index...]).trimming())
  }

  private static func plain(_ text: String) -> Decimal? {
    let (digits, rest) = split(text)
    guard rest.isEmpty else { return nil }
    return try? decimal(digits, of: text)
  }

  private static func decimal(_ digits: Substring, of text: String) throws(Problem) -> Decimal {
    guard digits.contains(where: \.isASCIIDigit) else {
      let lowered = text.lowercased()
      if ["nan", "inf", "infinity", "-inf", "+inf", "∞"].contains(lowered) || lowered.hasPrefix(".inf")
        || lowered == ".nan"
      {
        throw Problem("\(text) is not a finite number")
      }
      throw Problem("“\(text.shortened)” is not a number")
    }
    var cleaned = String(digits).replacing("−", with: "-")
    let mantissa = cleaned.prefix { !"eE".contains($0) }
    if mantissa.contains(",") {
      guard grouped(String(mantissa)) else {
        let asPoint = String(mantissa).replacing(",", with: ".")
        let hint =
          mantissa.filter({ $0 == "," }).count == 1 && !mantissa.contains(".")
          ? "write \(asPoint) with a point, or 12,000 in groups of three" : "write groups of three: 12,000"
        throw Problem("the commas in \(digits) do not group thousands", hint: hint)
      }
      cleaned = cleaned.replacing(",", with: "")
    }
    if cleaned.contains("_") {
      guard !mantissa.hasSuffix("_"), !mantissa.hasPrefix("_"), !mantissa.contains("__"), !mantissa.contains("_."),
        !mantissa.contains("._")
      else { throw Problem("the underscores in \(digits) do not stand between digits") }
      cleaned = cleaned.replacing("_", with: "")
    }
    guard cleaned.filter({ $0 == "." }).count <= 1 else {
      throw Problem("\(digits) has more than one decimal point", hint: "write 12,000 with commas, or 1.5")
    }
    guard !mantissa.hasSuffix("."), let exact = Decimal.exactly(cleaned) else {
      throw Problem("“\(text.shortened)” is not a number")
    }
    return exact
  }

  private static func grouped(_ mantissa: String) -> Bool {
    let whole = mantissa.trimmingPrefix(while: { "+-".contains($0) }).prefix { $0 != "." }
    let fraction = mantissa.drop { $0 != "." }
    guard !fraction.contains(",") else { return false }
    let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
    guard let first = groups.first, (1...3).contains(first.count) else { return false }
    return groups.dropFirst().allSatisfy { $0.count == 3 && $0.allSatisfy(\.isASCIIDigit) }
  }

  private static func share(ofRatio text: String) throws(Problem) -> Decimal {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimming() }
    guard parts.count == 2, let a = plain(parts[0]), let b = plain(parts[1]), a >= 0, b >= 0, a + b > 0 else {
      throw Problem("“\(text.shortened)” is not a ratio", hint: "write reads to writes, such as 4:1")
    }
    return a / (a + b)
  }

  private static let scales: [String: Decimal] = [
    "": 1, "k": 1000, "K": 1000, "m": 1_000_000, "M": 1_000_000, "mio": 1_000_000, "million": 1_000_000,
    "b": 1_000_000_000, "B": 1_000_000_000, "bn": 1_000_000_000, "G": 1_000_000_000, "billion": 1_000_000_000,
    "T": 1_000_000_000_000, "trillion": 1_000_000_000_000, "thousand": 1000,
  ]
  private static let secondsPer: [String: Decimal] = [
    "s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "m": 60, "h": 3600, "hr": 3600, "hour": 3600, "d": 86400,
    "day": 86400, "week": 604800, "month": 2_628_000, "year": 31_536_000,
  ]
  private static let durations: [String: Decimal] = [
    "ns": Decimal(sign: .plus, exponent: -9, significand: 1), "us": Decimal(sign: .plus, exponent: -6, significand: 1),
    "µs": Decimal(sign: .plus, exponent: -6, significand: 1), "ms": Decimal(sign: .plus, exponent: -3, significand: 1),
    "": 1, "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hr": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400, "w": 604800,
    "week": 604800, "weeks": 604800,
  ]
  private static let sizes: [String: Decimal] = {
    var table: [String: Decimal] = ["": 1, "b": 1, "byte": 1, "bytes": 1]
    var decimal: Decimal = 1
    var binary: Decimal = 1
    for letter in ["k", "m", "g", "t", "p"] {
      decimal *= 1000
      binary *= 1024
      table[letter] = decimal
      table[letter + "b"] = decimal
      table[letter + "ib"] = binary
    }
    return table
  }()

  private static func apply(
    suffix: String, to number: Decimal, unit: BaseUnit, noun: String, text: String
  ) throws(Problem) -> Decimal {
    func wrong(_ hint: String? = nil) -> Problem {
      Problem("“\(text.shortened)” does not fit: the unit “\(suffix.shortened)” is not one for this", hint: hint)
    }
    switch unit {
    case .count, .number:
      if let scale = scales[suffix] { return number * scale }
      if suffix == "%" { throw wrong("this is a number, not a share") }
      let words = suffix.split(separator: " ").map(String.init)
      let (scaleWord, rest) = words.first.flatMap { scales[$0] }.map { ($0, Array(words.dropFirst())) } ?? (1, words)
      if !rest.isEmpty, !noun.isEmpty,
        rest.allSatisfy({ word in
          noun.split(separator: " ").contains { $0 == word || $0 == word + "s" || $0 + "s" == word }
        })
      {
        return number * scaleWord
      }
      throw wrong()
    case .share, .perYear:
      let share = unit == .perYear ? suffix.strippingPerYear : suffix
      if share == "%" || share == "percent" { return number * Decimal(sign: .plus, exponent: -2, significand: 1) }
      if share.isEmpty {
        if unit == .share, number > 1, number <= 100 {
          throw Problem("\(text) is more than 1, and a share lies between 0 and 1", hint: "did you mean \(text)%?")
        }
        return number
      }
      throw wrong()
    case .perSecond, .perMinute:
      let base: Decimal = unit == .perSecond ? 1 : 60
      var body = suffix.replacing(" per ", with: "/").replacing("per ", with: "/")
      for word in [
        "requests", "request", "req", "reqs", "queries", "query", "messages", "message", "msgs", "msg", "calls",
        "reads", "writes",
      ] {
        if let range = body.range(of: word + "/") { body.replaceSubrange(range, with: "/") }
      }
      switch body.trimming().lowercased() {
      case "rps", "qps", "tps", "mps": return number * base
      case "k rps", "k qps", "krps", "kqps": return number * base * 1000
      case "rpm", "qpm": return number / 60 * base
      default: break
      }
      let parts = body.split(separator: "/", omittingEmptySubsequences: false).map { String($0).trimming() }
      guard parts.count <= 2, let scale = scales[parts.first ?? ""] else { throw wrong() }
      guard parts.count == 2 else { return number * scale }
      var per = parts[1].lowercased()
      if per.hasSuffix("s"), per.count > 1, secondsPer[per] == nil { per.removeLast() }
      guard let seconds = secondsPer[per] else { throw wrong("rates may be per s, min, h or day") }
      return number * scale * base / seconds
    case .bytes:
      let trimmed = suffix.trimming()
      if trimmed.count >= 2, trimmed.hasSuffix("b"), trimmed.first?.isUppercase == true {
        throw Problem("“\(text.shortened)” reads as bits", hint: "write \(trimmed.dropLast())B for bytes")
      }
      guard let scale = sizes[trimmed.lowercased()] else {
        throw wrong("sizes are B, KB, MB, GB, TB, PB or KiB to PiB")
      }
      return number * scale
    case .bytesPerSecond:
      let parts = suffix.split(separator: "/", omittingEmptySubsequences: false).map { String($0).trimming() }
      guard parts.count <= 2, parts.count == 1 ? suffix.isEmpty : true, let size = sizes[parts[0].lowercased()],
        let seconds = parts.count == 2 ? secondsPer[parts[1].lowercased()] : 1
      else { throw wrong("transfer rates are MB/s, GB/h and the like") }
      return number * size / seconds
    case .seconds:
      guard let scale = durations[suffix] ?? durations[suffix.lowercased()] else {
        throw wrong("durations are ms, s, min, h or d")
      }
      return number * scale
    }
  }

  /// The unit at the end of a typed value that a bare lower end takes over: `%`, `GB`, `/day`, but no scale such as k.
  private static func unitSuffix(of text: String) -> String? {
    let rest = split(text).rest
    if let slash = rest.firstIndex(of: "/") { return String(rest[slash...]) }
    if rest.isEmpty || scales[rest] != nil { return "GTPgtp".contains(rest) && !rest.isEmpty ? rest : nil }
    return rest
  }
}

extension Decimal {
  /// Decimal digits with an optional exponent, up to 38 significant digits; nil for anything else.
  public static func exactly(_ text: String) -> Decimal? {
    var mantissa = text[...]
    var exponent = 0
    if let e = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      guard let value = Int(text[text.index(after: e)...].trimmingPrefix("+")), abs(value) <= 60 else { return nil }
      exponent = value
      mantissa = text[..<e]
    }
    let sign: FloatingPointSign = mantissa.hasPrefix("-") ? .minus : .plus
    if mantissa.hasPrefix("-") || mantissa.hasPrefix("+") { mantissa = mantissa.dropFirst() }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, !(whole.isEmpty && parts.count == 1) else { return nil }
    var fraction = parts.count == 2 ? parts[1] : ""
    guard (whole + fraction).utf8.allSatisfy({ (0x30...0x39).contains($0) }), !(whole + fraction).isEmpty else {
      return nil
    }
    while fraction.last == "0" { fraction = fraction.dropLast() }
    let digits = String(whole + fraction).drop { $0 == "0" }
    guard digits.count <= 38 else { return nil }
    var significand: Decimal = 0
    var rest = digits[...]
    while !rest.isEmpty {
      let chunk = rest.prefix(18)
      guard let value = UInt64(chunk) else { return nil }
      significand = significand * Decimal(sign: .plus, exponent: chunk.count, significand: 1) + Decimal(value)
      rest = rest.dropFirst(chunk.count)
    }
    return Decimal(sign: sign, exponent: exponent - fraction.count, significand: significand)
  }

  /// Rounded to a number of decimals.
  public func rounded(_ decimals: Int, _ mode: NSDecimalNumber.RoundingMode = .plain) -> Decimal {
    var input = self
    var output = Decimal()
    NSDecimalRound(&output, &input, decimals, mode)
    return output
  }

  /// The largest whole number that is not larger.
  public var wholeDown: Decimal { rounded(0, .down) }

  /// Plain digits without an exponent: 2125, 0.85, −3.
  public var plainText: String {
    let text = description
    guard text.contains(where: { $0 == "e" || $0 == "E" }) else { return text }
    return "\(NSDecimalNumber(decimal: self).stringValue)"
  }
}

extension Character {
  var isASCIIDigit: Bool { "0" <= self && self <= "9" }
}

extension StringProtocol {
  /// Without white space at both ends. Foundation's own builds a table of all of Unicode at its first use.
  public func trimming() -> String {
    var rest = self[startIndex..<endIndex]
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return String(rest)
  }

  /// At most 40 characters, for messages.
  var shortened: String { count > 40 ? prefix(40) + "…" : String(self) }

  var strippingPerYear: String {
    for ending in ["/year", "/yr", "/y", "per year", "a year", "yearly"] where hasSuffix(ending) {
      return String(dropLast(ending.count)).trimming()
    }
    return String(self)
  }
}

public import Foundation

/// Prints quantities for people: `2,125/s`, `85%`, `800 GB`, `1 MiB`, `15 min`.
public enum QuantityText {
  public static func text(_ quantity: Quantity) -> String { text(quantity.value, quantity.unit) }

  public static func text(_ value: Decimal, _ unit: BaseUnit) -> String {
    switch unit {
    case .count, .number: number(value)
    case .share: number(value * 100, decimals: 4) + "%"
    case .perYear: number(value * 100, decimals: 4) + "% a year"
    case .perSecond: number(value) + "/s"
    case .perMinute: number(value) + "/min"
    case .bytes: bytes(value)
    case .bytesPerSecond: bytes(value) + "/s"
    case .seconds: duration(value)
    }
  }

  /// `500/s to 2,000/s`, or the value alone where the ends are equal.
  public static func text(_ interval: Interval, _ unit: BaseUnit) -> String {
    interval.isPoint ? text(interval.low, unit) : "\(text(interval.low, unit)) to \(text(interval.high, unit))"
  }

  /// A printed quantity as it reads in a sentence: `7 d` as 7 days.
  public static func inWords(_ quantity: String, _ unit: BaseUnit) -> String {
    guard unit == .seconds else { return quantity }
    let names = ["d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"]
    let words = quantity.split(separator: " ").map(String.init)
    return words.indices.map { index -> String in
      guard index > 0, let name = names[words[index]] else { return words[index] }
      return words[index - 1] == "1" ? name : name + "s"
    }.joined(separator: " ")
  }

  /// With thousands separated by commas, rounded to six decimals.
  public static func number(_ value: Decimal, decimals: Int = 6) -> String {
    let plain = value.rounded(decimals).plainText
    let negative = plain.hasPrefix("-")
    let unsigned = negative ? plain.dropFirst() : plain[...]
    let whole = unsigned.prefix { $0 != "." }
    var grouped = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { grouped.append(",") }
      grouped.append(digit)
    }
    return (negative ? "−" : "") + grouped + unsigned.dropFirst(whole.count)
  }

  private static func bytes(_ value: Decimal) -> String {
    func scaled(_ base: Decimal, _ names: [String], decimals: Int) -> (text: String, exact: Bool)? {
      var amount = value
      var name = "bytes"
      for candidate in names where abs(amount) >= base {
        amount /= base
        name = candidate
      }
      guard name != "bytes" else { return nil }
      let short = amount.rounded(decimals)
      return ("\(number(short, decimals: decimals)) \(name)", short == amount)
    }
    guard abs(value) >= 1000 else { return value == 1 ? "1 byte" : "\(number(value)) bytes" }
    let binary = scaled(1024, ["KiB", "MiB", "GiB", "TiB", "PiB"], decimals: 2)
    guard let decimal = scaled(1000, ["KB", "MB", "GB", "TB", "PB"], decimals: 2) else {
      return "\(number(value)) bytes"
    }
    if decimal.exact { return decimal.text }
    if let binary, binary.exact { return binary.text }
    return value == value.wholeDown && value < 10_000_000 ? "\(number(value)) bytes" : decimal.text
  }

  /// In one unit where that is exact, else in two of them: `90 min`, `2 h 49 min`.
  private static func duration(_ value: Decimal) -> String {
    if value != 0, abs(value) < 1 { return "\(number(value * 1000)) ms" }
    let units: [(seconds: Decimal, name: String)] = [(86400, "d"), (3600, "h"), (60, "min")]
    for (seconds, name) in units where abs(value) >= seconds {
      let amount = value / seconds
      guard amount == amount.wholeDown, amount > 1 || name != "min", name != "min" || amount <= 120 else { continue }
      return "\(number(amount)) \(name)"
    }
    if value < 120 { return "\(number(value)) s" }
    // Below an hour seconds matter, below two days minutes, above them hours.
    if value < 3600 { return parts(value, 60, "min", 1, "s") }
    return value < 172_800 ? parts(value, 3600, "h", 60, "min") : parts(value, 86400, "d", 3600, "h")
  }

  private static func parts(
    _ value: Decimal, _ larger: Decimal, _ name: String, _ smaller: Decimal, _ smallerName: String
  ) -> String {
    let total = (value / smaller).rounded(smaller == 1 ? 6 : 0)
    let whole = (total * smaller / larger).wholeDown
    let rest = total - whole * larger / smaller
    return rest == 0
      ? "about \(number(whole)) \(name)" : "\(number(whole)) \(name) \(number(rest)) \(smallerName)"
  }
}

internal import Foundation

/// Text in the 95 printable characters of ASCII, for readers that garble the rest.
enum ASCIIText {
  /// Typographic characters as they were typed before there were any, letters without their marks, and any other
  /// character by its name in parentheses: nothing is dropped without a trace.
  static func text(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var out = ""
    for scalar in text.unicodeScalars { out += ascii(scalar) }
    return out.split(separator: " ").joined(separator: " ")
  }

  private static func ascii(_ scalar: Unicode.Scalar) -> String {
    if scalar.value >= 0x20, scalar.value < 0x7F { return String(scalar) }
    if let known = known[scalar] { return known }
    switch scalar.properties.generalCategory {
    case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator: return " "
    case .format, .nonspacingMark, .enclosingMark, .surrogate: return ""
    default: break
    }
    let parts = String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars
    if parts.count > 1 || parts.first != scalar {
      let plain = parts.map(ascii).joined()
      if plain.utf8.contains(where: { $0 != 0x20 }) { return plain }
    }
    let name = scalar.properties.name ?? "U+" + String(scalar.value, radix: 16, uppercase: true)
    return "(\(name.lowercased()))"
  }

  private static let known: [Unicode.Scalar: String] = [
    "“": "\"", "”": "\"", "„": "\"", "«": "\"", "»": "\"", "‘": "'", "’": "'", "‚": "'", "′": "'", "″": "\"",
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "·": "-", "•": "-",
    "×": "x", "÷": "/", "±": "+/-", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "→": "->", "←": "<-", "⇒": "=>",
    "µ": "u", "μ": "u", "°": " degrees", "‰": " per mille", "²": "^2", "³": "^3", "¹": "^1",
    "€": "EUR", "£": "GBP", "¥": "JPY", "§": "section ", "©": "(c)", "®": "(R)", "™": "(TM)", "✓": "yes", "✗": "no",
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "⁄": "/",
  ]
}

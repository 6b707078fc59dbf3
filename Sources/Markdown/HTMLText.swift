/// Puts text into HTML so that it stays text.
public enum HTMLText {
  /// Escaped for content and for double-quoted attributes.
  public static func escape(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 == 0x22 }) else { return text }
    var out = ""
    out.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// Whether a link may lead there: http, https, mailto, or an address without a scheme.
  static func isSafe(_ url: String) -> Bool {
    guard let scheme = scheme(of: url) else { return true }
    return ["http", "https", "mailto"].contains(scheme)
  }

  /// Whether an address names its scheme: `https:`, `mailto:`.
  package static func hasScheme(_ url: String) -> Bool { scheme(of: url) != nil }

  private static func scheme(of url: String) -> String? {
    guard let colon = url.firstIndex(of: ":"), let first = url.first, first.isASCII, first.isLetter else { return nil }
    let name = url[..<colon]
    guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }) else { return nil }
    return name.lowercased()
  }

  /// Percent-encoded where a URL needs it, then escaped for an attribute.
  static func attribute(url: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    let kept = Set("-_.+!*(),%#@?=;:/$~'&".utf8)
    var out: [UInt8] = []
    for byte in url.utf8 {
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || kept.contains(byte)
      if isPlain { out.append(byte) } else { out += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]] }
    }
    return escape(String(decoding: out, as: UTF8.self)).replacing("'", with: "&#39;")
  }
}

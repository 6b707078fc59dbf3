internal import TextFormats

/// What an endpoint says about a service.
public enum HealthClass: String, Sendable, Hashable, CaseIterable {
  /// The process runs.
  case live
  /// It can take traffic.
  case ready
  /// One or the other, nobody knows which.
  case general
}

/// A path below a base URL, and what an answer there stands for.
public struct HealthPath: Sendable, Hashable {
  /// Begins with a slash; it may end in a query.
  public let path: String
  public let kind: HealthClass
  /// Whether somebody named it: then it has to be there.
  public let isConfigured: Bool

  init(_ path: String, _ kind: HealthClass, isConfigured: Bool = false) {
    self.path = path
    self.kind = kind
    self.isConfigured = isConfigured
  }

  /// What is asked for where nothing was configured.
  public static let standard = [
    HealthPath("/health/live", .live), HealthPath("/livez", .live), HealthPath("/health/ready", .ready),
    HealthPath("/readyz", .ready), HealthPath("/ready", .ready), HealthPath("/health", .general),
    HealthPath("/healthz", .general), HealthPath("/api/health", .general), HealthPath("/api/v1/health", .general),
  ]

  /// Reads `/path`, or `/path=live`. Without a class it has the one that a standard path of that name has, or else
  /// `general`.
  /// - Throws: a problem of kind `badInput`.
  public init(configured text: String) throws(HealthProblem) {
    var path = text
    var kind: HealthClass?
    if let sign = text.lastIndex(of: "="), !HealthPath.isOfQuery(sign, in: text) {
      let word = String(text[text.index(after: sign)...])
      guard let found = HealthClass(rawValue: word) else {
        throw HealthProblem(
          .badInput,
          "--path \(text.forMessage): there is no class “\(word.forMessage)”; expected live, ready or general")
      }
      kind = found
      path = String(text[..<sign])
    }
    guard path.hasPrefix("/") else {
      let near = path.isEmpty || path.contains(":") ? "" : "; did you mean /\(path.forMessage)?"
      throw HealthProblem(
        .badInput, "--path \(text.forMessage): expected a path that begins with a slash, such as /health/live\(near)")
    }
    guard path.utf8.count <= 1000 else {
      throw HealthProblem(.badInput, "--path \(text.forMessage): longer than 1,000 bytes")
    }
    guard let written = URLText.escaped(path, also: "/?@:") else {
      throw HealthProblem(
        .badInput, "--path \(text.forMessage): a character in it cannot stand in a path; write it as % and two digits")
    }
    self.init(
      written, kind ?? HealthPath.standard.first { $0.path == written }?.kind ?? .general, isConfigured: true)
  }
}

extension HealthPath {
  /// Whether it stands between a name and its value: the first of a parameter does so, a further one does not.
  private static func isOfQuery(_ sign: String.Index, in text: String) -> Bool {
    guard let mark = text.firstIndex(of: "?"), mark < sign else { return false }
    let parameter = text[mark..<sign].split(separator: "&", omittingEmptySubsequences: false).last ?? ""
    return !parameter.contains("=")
  }
}

/// The characters of URLs.
enum URLText {
  /// The text with all that is not ASCII written as percent escapes; nil where a character may not stand in a URL.
  static func escaped(_ text: String, also marks: String) -> String? {
    var out = ""
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard bytes.count >= 2, bytes.prefix(2).allSatisfy(isHex) else { return nil }
        out += "%"
      case 0x80...: out += percent(byte)
      default:
        let scalar = Unicode.Scalar(byte)
        guard
          isUnreserved(byte) || "!$&'()*+,;=".unicodeScalars.contains(scalar)
            || marks.unicodeScalars.contains(scalar)
        else { return nil }
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  static func percent(_ byte: UInt8) -> String {
    let hex = String(byte, radix: 16, uppercase: true)
    return "%" + (hex.count < 2 ? "0" : "") + hex
  }

  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-._~".utf8.contains(byte)
    }
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}

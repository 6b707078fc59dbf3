/// The last line of the document, by which an edited one is told from one that is as it was written.
public enum OrientationMarker {
  private static let begin = "<!-- plumbline orient "
  private static let end = " -->"

  /// The document with its marker.
  public static func marked(_ text: String) -> String { text + "\n\(begin)\(hash(text))\(end)\n" }

  /// What an existing file is.
  public enum State: Sendable, Hashable {
    /// As it was written.
    case untouched
    /// Written by `orient` and changed since.
    case edited
    /// Somebody else's.
    case foreign
  }

  /// Line ends that a checkout changed do not count.
  public static func state(of bytes: [UInt8]) -> State {
    let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    guard let start = text.ranges(of: "\n" + begin).last else { return .foreign }
    let body = String(text[..<start.lowerBound])
    let rest = text[start.upperBound...]
    guard let close = rest.ranges(of: end).first else { return .edited }
    let tail = rest[close.upperBound...]
    guard tail.allSatisfy(\.isNewline) else { return .edited }
    return rest[..<close.lowerBound] == hash(body) ? .untouched : .edited
  }

  /// FNV-1a, 64 bits: it has to notice a change, not to withstand an attack.
  private static func hash(_ text: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - hex.count) + hex
  }
}

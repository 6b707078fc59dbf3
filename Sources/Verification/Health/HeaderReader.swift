/// Reads the head of an answer line by line and keeps the little of it that counts.
struct HeaderReader: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    /// Go on.
    case more
    /// The head is complete: what follows is the body, which nobody wants.
    case complete
    case tooLarge
    /// What came is no head of HTTP.
    case malformed
  }

  /// Bytes of all heads together, interim ones among them.
  static let mostBytes = 64 << 10

  private(set) var status: Int?
  /// As it came; cut at 400 bytes.
  private(set) var contentType: [UInt8]?
  /// As it came; cut at 400 bytes.
  private(set) var location: [UInt8]?
  private(set) var isComplete = false
  private(set) var byteCount = 0

  /// - Parameter line: with its line end.
  mutating func take(_ line: UnsafeRawBufferPointer) -> Step {
    byteCount += line.count
    guard byteCount <= HeaderReader.mostBytes else { return .tooLarge }
    if line.starts(with: "HTTP/".utf8) { return begin(line) }
    guard let status else { return .malformed }
    if line.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) {
      // Of the interim ones only a change of protocol is final, and nobody asked for one.
      isComplete = status >= 200 || status == 101
      return isComplete ? .complete : .more
    }
    if contentType == nil, let value = HeaderReader.value(of: "content-type:", in: line) { contentType = value }
    if location == nil, let value = HeaderReader.value(of: "location:", in: line) { location = value }
    return .more
  }

  /// A status line: `HTTP/1.1 200 …`. What follows the number is not looked at.
  private mutating func begin(_ line: UnsafeRawBufferPointer) -> Step {
    (status, contentType, location) = (nil, nil, nil)
    let rest = line.drop { $0 != 0x20 }.drop { $0 == 0x20 }
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    let end = rest.dropFirst(digits.count).first ?? 0x20
    guard digits.count == 3, [0x20, 0x0D, 0x0A].contains(end) else { return .malformed }
    let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard number >= 100 else { return .malformed }
    status = number
    return .more
  }

  private static func value(of name: String, in line: UnsafeRawBufferPointer) -> [UInt8]? {
    guard line.count > name.utf8.count,
      zip(line, name.utf8).allSatisfy({ $0 | ((0x41...0x5A).contains($0) ? 0x20 : 0) == $1 })
    else { return nil }
    return Array(line.dropFirst(name.utf8.count).prefix(400))
  }
}

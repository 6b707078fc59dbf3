/// A line without its end. Two are equal if their bytes are: letters that merely look the same are not.
struct Line: Hashable, Sendable {
  let text: String
  let bytes: [UInt8]

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  init(bytes: [UInt8]) {
    text = String(decoding: bytes, as: UTF8.self)
    self.bytes = bytes
  }

  static func == (a: Line, b: Line) -> Bool { a.bytes == b.bytes }

  func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }

  /// The first byte that is no space, and its place.
  var first: (byte: UInt8, place: Int)? {
    bytes.firstIndex { $0 != 0x20 && $0 != 0x09 }.map { (bytes[$0], $0) }
  }
}

extension [Line] {
  static let blank = [Line("")]

  var isBlank: Bool { allSatisfy(\.isBlank) }

  /// Without blank lines at its end, and those.
  var withoutTrailingBlanks: (kept: [Line], blanks: [Line]) {
    let end = lastIndex { !$0.isBlank }.map { $0 + 1 } ?? 0
    return (Array(self[..<end]), Array(self[end...]))
  }

  /// Two gaps where what stood between them is gone: not two blank lines where one was meant.
  func joined(_ other: [Line]) -> [Line] {
    if let last, last.isBlank, let first = other.first, first.isBlank { return self + other.dropFirst() }
    return self + other
  }

  /// Whether all lines of the other that are not blank stand here, in order.
  func contains(inOrder other: [Line]) -> Bool {
    var rest = self[...]
    for line in other where !line.isBlank {
      guard let place = rest.firstIndex(of: line) else { return false }
      rest = rest[(place + 1)...]
    }
    return true
  }
}

/// A file's text as lines, with what is to be put back: byte order mark and line ends.
struct FileText {
  var lines: [Line]
  var hasMark = false
  var hasReturns = false

  init(_ text: String) {
    var bytes = Array(text.utf8)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      hasMark = true
      bytes = bytes.dropFirst(3)
    }
    var pieces = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    if let last = pieces.last, last.isEmpty { pieces.removeLast() }
    let returns = pieces.count { $0.last == 0x0D }
    hasReturns = returns > 0 && returns * 2 >= pieces.count
    let drops = hasReturns
    lines = pieces.map { Line(bytes: Array(drops && $0.last == 0x0D ? $0.dropLast() : $0)) }
  }

  /// With other lines, in the same manner.
  func text(of lines: [Line]) -> String {
    let end = hasReturns ? "\r\n" : "\n"
    return lines.reduce(into: hasMark ? "\u{FEFF}" : "") { $0 += $1.text + end }
  }
}

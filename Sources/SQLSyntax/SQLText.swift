/// SQL as it was given, with the name it is told by.
public struct SQLText: Sendable {
  /// A path, or another name for messages.
  public let name: String
  public let bytes: [UInt8]
  /// The offset at which each line begins, below 4 GB.
  private let lineStarts: [UInt32]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    var starts: [UInt32] = [0]
    bytes.withUnsafeBufferPointer { bytes in
      starts.reserveCapacity(1 + bytes.count { $0 == UInt8(ascii: "\n") })
      for offset in bytes.indices where bytes[offset] == UInt8(ascii: "\n") {
        starts.append(UInt32(clamping: offset + 1))
      }
    }
    lineStarts = starts
  }

  public init(name: String, _ text: String) { self.init(name: name, bytes: Array(text.utf8)) }

  /// The line and column of a byte; one behind the end is the end.
  public func position(at offset: Int) -> SQLPosition {
    let offset = min(max(offset, 0), bytes.count)
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(lineStarts[middle]) <= offset { low = middle } else { high = middle }
    }
    // Every byte of UTF-8 that does not continue a character begins one.
    let column = bytes[Int(lineStarts[low])..<offset].count { $0 & 0xC0 != 0x80 }
    return SQLPosition(line: low + 1, column: column + 1)
  }

  /// The offset of a character of a range, counted from 1; the range's beginning for one that is not in it.
  func offset(ofCharacter character: Int, in range: Range<Int>) -> Int {
    var left = character
    for offset in range where bytes[offset] & 0xC0 != 0x80 {
      left -= 1
      if left == 0 { return offset }
    }
    return character > 0 ? range.upperBound : range.lowerBound
  }

  /// The text of some bytes; what is not UTF-8 is shown as U+FFFD.
  public subscript(range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self)
  }
}

/// A place in a text, both counted from 1; the column in characters (Unicode scalars).
public struct SQLPosition: Sendable, Hashable, Comparable {
  public let line: Int
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (one: Self, other: Self) -> Bool { (one.line, one.column) < (other.line, other.column) }
}

/// JSON whose long lists are made while it is written, one item at a time, so that a large report is not held twice.
public indirect enum StreamedJSON {
  case value(JSON)
  case object([(key: String, value: StreamedJSON)])
  /// - Parameters:
  ///   - count: of the items.
  ///   - item: makes the item of a number from 0, an object or a list; is asked for each once, in order.
  case items(count: Int, item: (Int) -> JSON)
  /// A list of one.
  case list(StreamedJSON)

  /// All at once.
  public var whole: JSON {
    switch self {
    case .value(let value): value
    case .object(let members): .object(members.map { JSON.Member($0.key, $0.value.whole) })
    case .items(let count, let item): .array((0..<count).map(item))
    case .list(let only): .array([only.whole])
    }
  }

  /// Writes the same bytes as `JSON.pretty`, in pieces.
  /// - Parameter body: gets each piece.
  public func write(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    var out: [UInt8] = []
    try write(to: &out, indent: 0, body)
    out.append(UInt8(ascii: "\n"))
    try out.withUnsafeBytes(body)
  }

  /// A piece is this long, in bytes, or as long as an item.
  private static let piece = 1 << 16

  private func write(
    to out: inout [UInt8], indent: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    func between(_ index: Int) throws {
      if out.count >= Self.piece {
        try out.withUnsafeBytes(body)
        out.removeAll(keepingCapacity: true)
      }
      if index > 0 { out.append(UInt8(ascii: ",")) }
      JSON.newline(indent + 1, to: &out)
    }
    switch self {
    case .value(let value): value.write(to: &out, indent: indent)
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        try between(index)
        JSON.quote(member.key, to: &out)
        out += ": ".utf8
        try member.value.write(to: &out, indent: indent + 1, body)
      }
      if !members.isEmpty { JSON.newline(indent, to: &out) }
      out.append(UInt8(ascii: "}"))
    case .items(let count, let item):
      out.append(UInt8(ascii: "["))
      for index in 0..<count {
        try between(index)
        item(index).write(to: &out, indent: indent + 1)
      }
      if count > 0 { JSON.newline(indent, to: &out) }
      out.append(UInt8(ascii: "]"))
    case .list(let only):
      out.append(UInt8(ascii: "["))
      try between(0)
      try only.write(to: &out, indent: indent + 1, body)
      JSON.newline(indent, to: &out)
      out.append(UInt8(ascii: "]"))
    }
  }
}

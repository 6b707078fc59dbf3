public import Foundation

/// JSON with its keys in order and its numbers exact.
public indirect enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Decimal)
  case string(String)
  case array([JSON])
  case object([Member])

  public struct Member: Sendable, Hashable {
    public var key: String
    public var value: JSON

    public init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// An object with its members in the order given.
  public static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .object(members.map { Member($0.key, $0.value) })
  }

  public static func strings(_ texts: some Sequence<String>) -> JSON { .array(texts.map(JSON.string)) }

  public subscript(key: String) -> JSON? {
    if case .object(let members) = self { members.first { $0.key == key }?.value } else { nil }
  }
}

// MARK: Writing

extension JSON {
  /// On one line.
  public var line: String { written(indent: nil) }

  /// Two spaces a level, ending in a line feed.
  public var pretty: String { written(indent: 0) }

  private func written(indent: Int?) -> String {
    var out: [UInt8] = []
    write(to: &out, indent: indent)
    if indent != nil { out.append(UInt8(ascii: "\n")) }
    return String(decoding: out, as: UTF8.self)
  }

  static func newline(_ level: Int, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\n"))
    for _ in 0..<(2 * level) { out.append(UInt8(ascii: " ")) }
  }

  func write(to out: inout [UInt8], indent: Int?) {
    func newline(_ level: Int) { if indent != nil { Self.newline(level, to: &out) } }
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .number(let value): out += value.digits.utf8
    case .string(let text): JSON.quote(text, to: &out)
    case .array(let items):
      // Lists of plain values stay on their line.
      let flat = items.allSatisfy { if case .array = $0 { false } else if case .object = $0 { false } else { true } }
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out += (indent != nil && flat ? ", " : ",").utf8 }
        if !flat { newline((indent ?? 0) + 1) }
        item.write(to: &out, indent: indent.map { $0 + 1 })
      }
      if !flat, !items.isEmpty { newline(indent ?? 0) }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newline((indent ?? 0) + 1)
        JSON.quote(member.key, to: &out)
        out += (indent != nil ? ": " : ":").utf8
        member.value.write(to: &out, indent: indent.map { $0 + 1 })
      }
      if !members.isEmpty { newline(indent ?? 0) }
      out.append(UInt8(ascii: "}"))
    }
  }

  static func quote(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    if isPlain {
      out += text.utf8
    } else {
      for scalar in text.unicodeScalars { out += escaped(scalar).utf8 }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x2028 || scalar.value == 0x2029:
      let hex = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: return String(scalar)
    }
  }
}

extension Decimal {
  fileprivate var digits: String {
    if isNaN { return "null" }
    let number = NSDecimalNumber(decimal: self)
    // What a Double holds exactly, as most numbers, is written sooner.
    let double = exponent >= 0 ? number.doubleValue : .infinity
    return double.magnitude < 1e15 ? String(Int(double)) : number.stringValue
  }
}

// MARK: Reading

/// What is wrong with a JSON text, and at which column (from 1, in bytes).
public struct JSONProblem: Error, Sendable, Hashable {
  public var message: String
  public var column: Int
}

extension JSON {
  /// Reads strict JSON (RFC 8259): no duplicate keys, numbers of at most 38 digits, at most 64 levels.
  public static func parse(_ bytes: some Collection<UInt8>) throws(JSONProblem) -> JSON {
    var reader = JSONReader(bytes: Array(bytes))
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.atEnd else { throw reader.problem("something stands behind the JSON value") }
    return value
  }
}

extension JSON {
  /// The value of a top-level key in a text that may be broken elsewhere: to name what cannot be read.
  public static func salvaged(_ key: String, from bytes: some Collection<UInt8>) -> JSON? {
    let all = Array(bytes)
    let wanted = Array("\"\(key)\"".utf8)
    guard all.count >= wanted.count else { return nil }
    for start in 0...(all.count - wanted.count) where all[start..<start + wanted.count].elementsEqual(wanted) {
      var reader = JSONReader(bytes: all, index: start + wanted.count)
      reader.skipSpace()
      guard reader.byte == UInt8(ascii: ":") else { continue }
      reader.index += 1
      if let value = try? reader.value(depth: 0) { return value }
    }
    return nil
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  var index = 0

  var atEnd: Bool { index >= bytes.count }
  var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

  func problem(_ message: String) -> JSONProblem { JSONProblem(message: message, column: index + 1) }

  mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
  }

  mutating func value(depth: Int) throws(JSONProblem) -> JSON {
    guard depth < 64 else { throw problem("nested more than 64 deep") }
    skipSpace()
    switch byte {
    case nil: throw problem("a JSON value was expected before the end")
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some(0x2D), .some(0x30...0x39): return try number()
    default: throw problem("a JSON value was expected")
    }
  }

  mutating func word(_ text: String, _ value: JSON) throws(JSONProblem) -> JSON {
    guard bytes[index...].starts(with: text.utf8) else { throw problem("a JSON value was expected") }
    index += text.utf8.count
    return value
  }

  mutating func object(depth: Int) throws(JSONProblem) -> JSON {
    index += 1
    var members: [JSON.Member] = []
    var seen = Set<String>()
    skipSpace()
    if byte == UInt8(ascii: "}") {
      index += 1
      return .object([])
    }
    while true {
      skipSpace()
      guard byte == UInt8(ascii: "\"") else { throw problem("a key in double quotes was expected") }
      let start = index
      let key = try string()
      guard seen.insert(key).inserted else {
        index = start
        throw problem("the key “\(key.forMessage)” stands here a second time")
      }
      skipSpace()
      guard byte == UInt8(ascii: ":") else { throw problem("a colon was expected") }
      index += 1
      members.append(.init(key, try value(depth: depth + 1)))
      skipSpace()
      if byte == UInt8(ascii: ",") {
        index += 1
      } else if byte == UInt8(ascii: "}") {
        index += 1
        return .object(members)
      } else {
        throw problem("a comma or } was expected")
      }
    }
  }

  mutating func array(depth: Int) throws(JSONProblem) -> JSON {
    index += 1
    var items: [JSON] = []
    skipSpace()
    if byte == UInt8(ascii: "]") {
      index += 1
      return .array([])
    }
    while true {
      items.append(try value(depth: depth + 1))
      skipSpace()
      if byte == UInt8(ascii: ",") {
        index += 1
      } else if byte == UInt8(ascii: "]") {
        index += 1
        return .array(items)
      } else {
        throw problem("a comma or ] was expected")
      }
    }
  }

  mutating func number() throws(JSONProblem) -> JSON {
    let start = index
    if byte == UInt8(ascii: "-") { index += 1 }
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
    guard isDigit(byte) else { throw problem("a digit was expected") }
    let leadingZero = byte == 0x30
    let digits = index
    while isDigit(byte) { index += 1 }
    guard !leadingZero || index == digits + 1 else { throw problem("a number may not begin with 0") }
    if byte == UInt8(ascii: ".") {
      index += 1
      guard isDigit(byte) else { throw problem("a digit was expected") }
      while isDigit(byte) { index += 1 }
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      index += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { index += 1 }
      guard isDigit(byte) else { throw problem("a digit was expected") }
      while isDigit(byte) { index += 1 }
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    guard let value = Decimal(string: text, locale: nil), value.isFinite else {
      index = start
      throw problem("the number is out of range")
    }
    return .number(value)
  }

  mutating func string() throws(JSONProblem) -> String {
    index += 1
    var text: [UInt8] = []
    while let byte {
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw problem("the text is not UTF-8") }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw problem("a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw problem("a string is not closed")
  }

  mutating func escape(into text: inout [UInt8]) throws(JSONProblem) {
    guard let byte else { throw problem("a string is not closed") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hex4()
      if (0xD800..<0xDC00).contains(code), bytes[index...].starts(with: "\\u".utf8) {
        index += 2
        let low = try hex4()
        guard (0xDC00..<0xE000).contains(low) else { throw problem("half of a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw problem("half of a surrogate pair") }
      text.append(contentsOf: Array(String(scalar).utf8))
    default: throw problem("an unknown escape")
    }
  }

  mutating func hex4() throws(JSONProblem) -> UInt32 {
    guard index + 4 <= bytes.count, let text = String(validating: bytes[index..<index + 4], as: UTF8.self),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) }),
      let code = UInt32(text, radix: 16)
    else { throw problem("four hexadecimal digits were expected") }
    index += 4
    return code
  }
}

/// Makes keys of the bytes that a terminal sends.
///
/// It goes byte by byte, so that where a read happens to end changes nothing. Sequences that mean no key (mouse, focus,
/// replies of the terminal) are swallowed whole. What it holds is bounded.
public struct KeyDecoder: Sendable {
  /// A paste keeps this many bytes; the rest is dropped.
  public static let longestPaste = 1 << 16
  /// No sequence that means a key is longer.
  private static let longestSequence = 64

  private enum State: Sendable {
    case ground
    /// A scalar of which some bytes are missing.
    case scalar(Scalar)
    /// After ESC; twice, when that was pressed before another sequence (rxvt sends Alt so).
    case escape(twice: Bool)
    case control(Sequence)
    case shift3(Sequence)
    /// A string for the terminal's own use, up to ST or BEL; its introducer may as well be a key pressed with Alt.
    case string(introducer: UInt8, isEmpty: Bool, afterEscape: Bool)
    /// So many bytes belong to a sequence that is swallowed.
    case skip(Int)
    /// `matched` bytes of the end mark have come.
    case paste(matched: Int)
  }

  private struct Scalar: Sendable {
    var value: UInt32
    var missing: Int
    /// What the next byte may be; narrower after some first bytes, so that nothing is written in two ways.
    var next: ClosedRange<UInt8>
    var isAlt: Bool
  }

  private struct Sequence: Sendable {
    var bytes: [UInt8] = []
    var isTooLong = false
    var isAlt: Bool

    mutating func append(_ byte: UInt8) {
      if bytes.count < KeyDecoder.longestSequence { bytes.append(byte) } else { isTooLong = true }
    }
  }

  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  private var state = State.ground
  private var pasted: [UInt8] = []

  public init() {}

  /// The keys that these bytes complete.
  public mutating func feed(_ bytes: some Swift.Sequence<UInt8>) -> [Key] {
    var keys: [Key] = []
    for byte in bytes { take(byte, &keys) }
    return keys
  }

  /// Whether what is held means something else once no more bytes come: call `flush()` after a short while.
  ///
  /// A sequence or a paste that has begun in earnest does not count: its rest comes, however late.
  public var isWaiting: Bool {
    switch state {
    case .ground, .paste: false
    case .scalar, .escape, .string, .skip: true
    case .control(let sequence), .shift3(let sequence): sequence.bytes.isEmpty
    }
  }

  /// Time has passed: a lone ESC was Escape, a torn scalar is unreadable.
  public mutating func flush() -> [Key] {
    guard isWaiting else { return [] }
    defer { state = .ground }
    switch state {
    case .ground, .paste, .skip: return []
    case .scalar: return [.unreadable]
    case .escape(let twice): return twice ? [.escape, .escape] : [.escape]
    case .control(let sequence): return sequence.isAlt ? [.escape, .alt("[")] : [.alt("[")]
    case .shift3(let sequence): return sequence.isAlt ? [.escape, .alt("O")] : [.alt("O")]
    case .string(let introducer, let isEmpty, let afterEscape):
      let start: [Key] = isEmpty ? [.alt(Character(Unicode.Scalar(introducer)))] : []
      return start + (afterEscape ? [.escape] : [])
    }
  }

  // MARK: States

  private mutating func take(_ byte: UInt8, _ keys: inout [Key]) {
    switch state {
    case .ground: takeGround(byte, &keys)
    case .scalar(let scalar): take(byte, scalar, &keys)
    case .escape(let twice): takeAfterEscape(byte, twice: twice, &keys)
    case .control(let sequence): takeControl(byte, sequence, &keys)
    case .shift3(let sequence): takeShift3(byte, sequence, &keys)
    case .string(let introducer, _, let afterEscape):
      takeString(byte, introducer: introducer, afterEscape: afterEscape, &keys)
    case .skip(let count): state = count > 1 ? .skip(count - 1) : .ground
    case .paste(let matched): takePaste(byte, matched, &keys)
    }
  }

  private mutating func takeGround(_ byte: UInt8, isAlt: Bool = false, _ keys: inout [Key]) {
    state = .ground
    switch byte {
    case 0x1B: state = .escape(twice: false)
    case 0x08: keys.append(.backspace)
    case 0x09: keys.append(.tab)
    case 0x0A, 0x0D: keys.append(.enter)
    case 0x00...0x1F: keys.append(.control(KeyDecoder.controlled(byte)))
    case 0x7F: keys.append(isAlt ? .alt("\u{7F}") : .backspace)
    case 0x20...0x7E:
      let scalar = Unicode.Scalar(byte)
      keys.append(isAlt ? .alt(Character(scalar)) : .text(String(scalar)))
    case 0xC2...0xDF: start(byte & 0x1F, missing: 1, 0x80...0xBF, isAlt)
    case 0xE0: start(0, missing: 2, 0xA0...0xBF, isAlt)
    case 0xED: start(0x0D, missing: 2, 0x80...0x9F, isAlt)
    case 0xE1...0xEF: start(byte & 0x0F, missing: 2, 0x80...0xBF, isAlt)
    case 0xF0: start(0, missing: 3, 0x90...0xBF, isAlt)
    case 0xF1...0xF3: start(byte & 0x07, missing: 3, 0x80...0xBF, isAlt)
    case 0xF4: start(4, missing: 3, 0x80...0x8F, isAlt)
    default: keys.append(.unreadable)
    }
  }

  private mutating func start(_ bits: UInt8, missing: Int, _ next: ClosedRange<UInt8>, _ isAlt: Bool) {
    state = .scalar(Scalar(value: UInt32(bits), missing: missing, next: next, isAlt: isAlt))
  }

  private mutating func take(_ byte: UInt8, _ scalar: Scalar, _ keys: inout [Key]) {
    guard scalar.next.contains(byte) else {
      keys.append(.unreadable)
      return takeGround(byte, &keys)
    }
    var scalar = scalar
    scalar.value = scalar.value << 6 | UInt32(byte & 0x3F)
    scalar.missing -= 1
    scalar.next = 0x80...0xBF
    guard scalar.missing == 0 else { return state = .scalar(scalar) }
    state = .ground
    guard let value = Unicode.Scalar(scalar.value), value.properties.generalCategory != .control else {
      return keys.append(.unreadable)
    }
    keys.append(scalar.isAlt ? .alt(Character(value)) : .text(String(value)))
  }

  private mutating func takeAfterEscape(_ byte: UInt8, twice: Bool, _ keys: inout [Key]) {
    switch byte {
    case 0x1B:
      if twice { keys.append(.escape) }
      return state = .escape(twice: true)
    case UInt8(ascii: "["): return state = .control(Sequence(isAlt: twice))
    case UInt8(ascii: "O"): return state = .shift3(Sequence(isAlt: twice))
    default: break
    }
    if twice { keys.append(.escape) }
    switch byte {
    case UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "_"):
      state = .string(introducer: byte, isEmpty: true, afterEscape: false)
    case 0x00...0x1F:
      // Two keys in a hurry: a control key must always get through.
      keys.append(.escape)
      takeGround(byte, &keys)
    default: takeGround(byte, isAlt: true, &keys)
    }
  }

  private mutating func takeControl(_ byte: UInt8, _ sequence: Sequence, _ keys: inout [Key]) {
    var sequence = sequence
    switch byte {
    // The Linux console's function keys, and a mouse that reports in the oldest way.
    case UInt8(ascii: "[") where sequence.bytes.isEmpty: state = .skip(1)
    case UInt8(ascii: "M") where sequence.bytes.isEmpty: state = .skip(3)
    // rxvt ends a key pressed with Shift so; in all other sequences it stands before the end.
    case UInt8(ascii: "$") where !sequence.bytes.isEmpty && sequence.bytes.allSatisfy { (0x30...0x39).contains($0) }:
      finish(sequence, byte, &keys)
    case 0x20...0x3F:
      sequence.append(byte)
      state = .control(sequence)
    case 0x40...0x7E: finish(sequence, byte, &keys)
    case 0x18, 0x1A: state = .ground
    default: takeGround(byte, &keys)
    }
  }

  private mutating func finish(_ sequence: Sequence, _ last: UInt8, _ keys: inout [Key]) {
    state = .ground
    guard !sequence.isTooLong else { return }
    if last == UInt8(ascii: "~"), sequence.bytes == Array("200".utf8) {
      pasted = []
      return state = .paste(matched: 0)
    }
    if let key = ControlSequence(sequence.bytes, last).key(isAlt: sequence.isAlt) { keys.append(key) }
  }

  private mutating func takeShift3(_ byte: UInt8, _ sequence: Sequence, _ keys: inout [Key]) {
    var sequence = sequence
    switch byte {
    case 0x30...0x39, UInt8(ascii: ";"):
      sequence.append(byte)
      state = .shift3(sequence)
    case 0x20...0x7E:
      state = .ground
      guard !sequence.isTooLong else { return }
      if let key = ControlSequence(shift3: sequence.bytes, byte).key(isAlt: sequence.isAlt) { keys.append(key) }
    case 0x18, 0x1A: state = .ground
    default: takeGround(byte, &keys)
    }
  }

  private mutating func takeString(_ byte: UInt8, introducer: UInt8, afterEscape: Bool, _ keys: inout [Key]) {
    if afterEscape {
      // ESC \ ends it; any other sequence breaks it off.
      return byte == UInt8(ascii: "\\") ? state = .ground : takeAfterEscape(byte, twice: false, &keys)
    }
    switch byte {
    case 0x07, 0x18, 0x1A: state = .ground
    case 0x1B: state = .string(introducer: introducer, isEmpty: false, afterEscape: true)
    case 0x00...0x1F: takeGround(byte, &keys)
    default: state = .string(introducer: introducer, isEmpty: false, afterEscape: false)
    }
  }

  private mutating func takePaste(_ byte: UInt8, _ matched: Int, _ keys: inout [Key]) {
    var matched = matched
    if byte == KeyDecoder.pasteEnd[matched] {
      matched += 1
      guard matched == KeyDecoder.pasteEnd.count else { return state = .paste(matched: matched) }
      state = .ground
      keys.append(.paste(KeyDecoder.text(pasted)))
      return pasted = []
    }
    // The mark's first byte stands nowhere else in it, so a new match can only begin here.
    for held in KeyDecoder.pasteEnd[..<matched] { keep(held) }
    matched = byte == KeyDecoder.pasteEnd[0] ? 1 : 0
    state = .paste(matched: matched)
    // Terminals take it out of what is pasted; if the end mark was lost, it is the way out.
    if byte == 0x03 { return keys.append(.control("c")) }
    if matched == 0 { keep(byte) }
  }

  private mutating func keep(_ byte: UInt8) {
    if pasted.count < KeyDecoder.longestPaste { pasted.append(byte) }
  }

  /// What was pasted, with line ends as they are elsewhere, and without a scalar that the bound has cut.
  private static func text(_ bytes: [UInt8]) -> String {
    var bytes = bytes[...]
    if bytes.count == longestPaste {
      let tail = bytes.suffix(3).reversed().prefix { $0 & 0xC0 == 0x80 }.count
      if let first = bytes.dropLast(tail).last, first >= 0xC0 {
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        if tail + 1 < length { bytes = bytes.dropLast(tail + 1) }
      }
    }
    return String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n").replacing("\r", with: "\n")
  }

  /// The key that is pressed with Control for a byte below 0x20.
  static func controlled(_ byte: UInt8) -> Character {
    let scalar = Unicode.Scalar(byte | 0x40)
    return Character(scalar.properties.lowercaseMapping)
  }
}

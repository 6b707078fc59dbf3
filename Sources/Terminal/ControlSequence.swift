/// A whole escape sequence of the keyboard, taken apart.
struct ControlSequence {
  /// The parameters, each with its sub-parameters; a missing one is 0.
  private let parameters: [[Int]]
  private let last: UInt8
  private let isShift3: Bool
  /// Replies and private sequences begin with one of `< = > ?`, or hold intermediate bytes: none is a key.
  private let isKey: Bool

  /// - Parameters:
  ///   - bytes: what stands between CSI and the last byte.
  ///   - last: the byte that names the sequence.
  init(_ bytes: [UInt8], _ last: UInt8) {
    self.init(bytes, last, isShift3: false)
  }

  /// A sequence after SS3.
  init(shift3 bytes: [UInt8], _ last: UInt8) {
    self.init(bytes, last, isShift3: true)
  }

  private init(_ bytes: [UInt8], _ last: UInt8, isShift3: Bool) {
    isKey = bytes.allSatisfy { (0x30...0x3B).contains($0) }
    parameters = String(decoding: bytes, as: UTF8.self).split(separator: ";", omittingEmptySubsequences: false)
      .map { part in part.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? 0 } }
    self.last = last
    self.isShift3 = isShift3
  }

  /// The key that it means, if any.
  ///
  /// - Parameter isAlt: whether another ESC stood before it.
  func key(isAlt: Bool) -> Key? {
    guard isKey, !isRelease else { return nil }
    let isAlt = isAlt || modifiers & 0b1010 != 0
    let isWord = isAlt || modifiers & 0b100 != 0
    switch last {
    case UInt8(ascii: "A"): return .up
    case UInt8(ascii: "B"): return .down
    case UInt8(ascii: "C"): return isWord ? .wordRight : .right
    case UInt8(ascii: "D"): return isWord ? .wordLeft : .left
    case UInt8(ascii: "H"): return .home
    case UInt8(ascii: "F"): return .end
    case UInt8(ascii: "Z"): return .backTab
    // rxvt: lower case with Shift after CSI, with Control after SS3.
    case UInt8(ascii: "a"): return .up
    case UInt8(ascii: "b"): return .down
    case UInt8(ascii: "c"): return isShift3 ? .wordRight : .right
    case UInt8(ascii: "d"): return isShift3 ? .wordLeft : .left
    default: break
    }
    if isShift3 { return keypad }
    switch last {
    case UInt8(ascii: "~") where first == 27: return coded(value(2), modifiers: modifiers)
    case UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: "$"), UInt8(ascii: "@"): return numbered
    case UInt8(ascii: "u"): return coded(first, modifiers: modifiers)
    default: return nil
    }
  }

  private var first: Int { value(0) }

  private func value(_ index: Int) -> Int { parameters.count > index ? parameters[index].first ?? 0 : 0 }

  /// Bits: 1 Shift, 2 Alt, 4 Control, 8 Super or Meta.
  private var modifiers: Int { min(max((isShift3 ? first : value(1)) - 1, 0), 255) }

  /// kitty can tell of keys that are let go.
  private var isRelease: Bool { parameters.count > 1 && parameters[1].count > 1 && parameters[1][1] == 3 }

  private var numbered: Key? {
    switch first {
    case 1, 7: .home
    case 4, 8: .end
    case 3: .delete
    case 5: .pageUp
    case 6: .pageDown
    default: nil
    }
  }

  /// The number pad in application mode.
  private var keypad: Key? {
    switch last {
    case UInt8(ascii: "M"): .enter
    case UInt8(ascii: "I"): .tab
    case UInt8(ascii: "X"): .text("=")
    case UInt8(ascii: "j")...UInt8(ascii: "y"): .text(String(Unicode.Scalar(last - 0x40)))
    default: nil
    }
  }

  /// kitty's `CSI code ; modifiers u`, and xterm's `CSI 27 ; modifiers ; code ~`.
  private func coded(_ code: Int, modifiers: Int) -> Key? {
    let isShifted = modifiers & 1 != 0
    switch code {
    case 13, 10, 57414: return .enter
    case 27: return .escape
    case 9: return isShifted ? .backTab : .tab
    case 8, 127: return modifiers & 0b1010 != 0 ? .alt("\u{7F}") : .backspace
    // Keys that have no character of their own.
    case 57344...63743: return nil
    default: break
    }
    guard let scalar = Unicode.Scalar(UInt32(clamping: code)), scalar.properties.generalCategory != .control else {
      return nil
    }
    if modifiers & 0b100 != 0 {
      let lower = Character(scalar).lowercased()
      return (0x40...0x7E).contains(code) && lower.count == 1 ? .control(Character(lower)) : nil
    }
    // The code is that of the key without Shift; the character with it comes along at most.
    let shifted = parameters[0].count > 1 ? Unicode.Scalar(UInt32(clamping: parameters[0][1])) : nil
    let text = isShifted ? shifted.map { String($0) } ?? String(scalar).uppercased() : String(scalar)
    guard let character = text.first, !text.unicodeScalars.contains(where: \.isControl) else { return nil }
    return modifiers & 0b1010 != 0 ? .alt(character) : .text(text)
  }
}

/// Columns that text takes in a terminal.
///
/// A character takes what its scalars take together, as in `wcwidth`; but what is drawn as one picture (emoji joined or
/// followed by a variation selector, flags) takes two. Terminals that draw its parts side by side take more: see
/// `most(of:)`.
public enum DisplayWidth {
  /// Columns of one character: 0, 1, 2, seldom more.
  public static func of(_ character: Character) -> Int {
    if let ascii = character.asciiValue { return (0x20...0x7E).contains(ascii) ? 1 : 0 }
    let scalars = character.unicodeScalars
    return isPicture(scalars) ? 2 : scalars.reduce(0) { $0 + of($1) }
  }

  /// Columns of a text on one line. Line ends and other controls take none.
  public static func of(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + of($1) } }

  /// The text if it fits into `width` columns; else as much as does, and `…`.
  public static func fitted(_ text: String, _ width: Int) -> String {
    guard of(text) > width else { return text }
    guard width > 0 else { return "" }
    var columns = 0
    let shown = text.prefix { character in
      columns += of(character)
      return columns < width
    }
    return shown + "…"
  }

  /// What a character takes where it takes most: some terminals know no joined emoji and no variation selectors.
  static func most(of character: Character) -> Int {
    max(of(character), character.unicodeScalars.reduce(0) { $0 + of($1) })
  }

  private static func isPicture(_ scalars: Character.UnicodeScalarView) -> Bool {
    guard let first = scalars.first, scalars.count > 1, first.properties.isEmoji || first.isRegionalIndicator else {
      return false
    }
    return scalars.dropFirst().contains { scalar in
      scalar.value == 0xFE0F || scalar.value == 0x200D || scalar.isRegionalIndicator
        || scalar.properties.isEmojiModifier
    }
  }

  static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x20...0x7E: return 1
    case ..<0xA0: return 0
    case ..<0x300: return 1
    // Vowels and finals of Hangul syllables stand inside the square of their first consonant.
    case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator, .control: return 0
    // Arabic number signs and their like are drawn.
    case .format: return scalar.properties.isDefaultIgnorableCodePoint || isAnnotation(scalar) ? 0 : 1
    default: return isWide(scalar) ? 2 : 1
    }
  }

  private static func isAnnotation(_ scalar: Unicode.Scalar) -> Bool {
    (0xFFF9...0xFFFB).contains(scalar.value) || (0x13430...0x1343F).contains(scalar.value)
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    // A regional indicator by itself is half a flag.
    if scalar.properties.isEmojiPresentation { return !scalar.isRegionalIndicator }
    return wide.contains { $0.contains(scalar.value) }
  }

  /// East Asian Width W and F, but for emoji, with the gaps that Unicode keeps for more of them. The hexagrams
  /// (4DC0–4DFF) are wide since Unicode 16, and were in most terminals before.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0xA4CF, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]
}

internal import Foundation

/// A word of a text, folded for comparison: lower case, without accents and apostrophes. `wordsOf` in site/search-engine.js
/// does the same to what people type; the two have to agree.
struct SearchWord {
  /// Its parts, each as a stem.
  var parts: [String]
  /// All of it with hyphens between, for `ST-1`, `read_qps` and `cache-aside`; nil where there is only one part.
  var whole: String?
  /// Whether its parts alone say little: “1.3”, “ST-1”.
  var hasDigit: Bool
}

/// Cuts texts into words; keeps what it learned of letters beyond ASCII.
struct SearchWords {
  /// Longer ones are data, and nobody types them.
  private static let longestPart = 40

  private enum Folded {
    case byte(UInt8)
    case bytes([UInt8])
  }

  /// What a scalar beyond ASCII becomes in a word; nil where it cannot stand in one.
  private var folds: [Unicode.Scalar: Folded?] = [:]

  mutating func forEach(in text: String, _ body: (SearchWord) -> Void) {
    var parts: [[UInt8]] = []
    var part: [UInt8] = []
    var isJoined = false
    var hasDigit = false

    func endPart() {
      if !part.isEmpty { parts.append(part) }
      part.removeAll(keepingCapacity: true)
    }
    func endWord() {
      endPart()
      defer {
        parts.removeAll(keepingCapacity: true)
        isJoined = false
        hasDigit = false
      }
      guard !parts.isEmpty, parts.allSatisfy({ $0.count <= Self.longestPart }) else { return }
      let whole = parts.count == 1 ? nil : String(decoding: Array(parts.joined(separator: [0x2D])), as: UTF8.self)
      body(SearchWord(parts: parts.map(Self.stem), whole: whole, hasDigit: hasDigit))
    }

    var isInWord = false
    for scalar in text.unicodeScalars {
      if let folded = fold(scalar) {
        if isJoined { endPart() }
        isJoined = false
        switch folded {
        case .byte(let byte):
          part.append(byte)
          hasDigit = hasDigit || byte <= 0x39
        case .bytes(let bytes): part += bytes
        }
        isInWord = true
      } else if isInWord, !isJoined, scalar == "-" || scalar == "_" || scalar == "." {
        isJoined = true
      } else if isInWord {
        endWord()
        isInWord = false
      }
    }
    endWord()
  }

  private mutating func fold(_ scalar: Unicode.Scalar) -> Folded? {
    if scalar.isASCII {
      let byte = UInt8(scalar.value)
      switch byte {
      case 0x30...0x39, 0x61...0x7A: return .byte(byte)
      case 0x41...0x5A: return .byte(byte + 0x20)
      case 0x27: return .bytes([])
      default: return nil
      }
    }
    if let known = folds[scalar] { return known }
    let folded = Self.foldBeyondASCII(scalar).map(Folded.bytes)
    folds[scalar] = .some(folded)
    return folded
  }

  private static func foldBeyondASCII(_ scalar: Unicode.Scalar) -> [UInt8]? {
    guard scalar == "’" || isLetterOrDigit(scalar) || isMark(scalar) else { return nil }
    var folded = String.UnicodeScalarView()
    for part in String(scalar).decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars
    where isLetterOrDigit(part) {
      folded.append(part == "ς" ? "σ" : part)
    }
    return Array(String(folded).utf8)
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      true
    default: false
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }
}

// MARK: Stems

extension SearchWords {
  /// Without the endings of plural and tense, and without a last e; the rest need not be a word.
  static func stem(_ word: [UInt8]) -> String {
    var stem = word[...]
    if stem.count > 3, stem.allSatisfy({ (0x61...0x7A).contains($0) }) {
      removePlural(&stem)
      removeTense(&stem)
      if stem.count > 3, ends(stem, "e") { stem.removeLast() }
    }
    return String(decoding: stem, as: UTF8.self)
  }

  private static func removePlural(_ stem: inout ArraySlice<UInt8>) {
    if stem.count > 4, ends(stem, "ies") || ends(stem, "ied") {
      stem.removeLast(3)
      stem.append(UInt8(ascii: "y"))
    } else if ends(stem, "s"), !ends(stem, "ss"), !ends(stem, "us") {
      stem.removeLast()
    }
  }

  private static func removeTense(_ stem: inout ArraySlice<UInt8>) {
    for ending in ["ing", "ed"] where ends(stem, ending) {
      let rest = stem.dropLast(ending.utf8.count)
      guard rest.count > 2, rest.contains(where: { "aeiouy".utf8.contains($0) }) else { return }
      stem = rest
      // “Running” is of “run”, “falling” of “fall”.
      if stem.count > 3, let last = stem.last, last == stem.dropLast().last, !"aeioulsz".utf8.contains(last) {
        stem.removeLast()
      }
      return
    }
  }

  private static func ends(_ word: ArraySlice<UInt8>, _ ending: String) -> Bool {
    word.suffix(ending.utf8.count).elementsEqual(ending.utf8)
  }
}

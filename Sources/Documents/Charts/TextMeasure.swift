internal import Markdown

/// Estimates how wide text is drawn, and breaks it to fit. The page's font is not known here, so widths are those of a
/// wide one (DejaVu Sans): what fits by them fits in the narrower ones as well.
package struct TextMeasure: Sendable {
  /// In units of the drawing.
  let size: Double
  let isBold: Bool

  package init(size: Double, isBold: Bool = false) {
    self.size = size
    self.isBold = isBold
  }

  static let label = TextMeasure(size: 14, isBold: true)
  static let detail = TextMeasure(size: 12)

  /// The height of a line.
  package var lineHeight: Int { Int((size * 1.25).rounded(.up)) }

  package func width(_ text: String) -> Int {
    let ems = text.unicodeScalars.reduce(0.0) { $0 + TextMeasure.ems($1) }
    return Int((ems * size * (isBold ? 1.1 : 1)).rounded(.up))
  }

  /// Broken between words into as few lines as fit; what is left over ends in an ellipsis.
  package func lines(_ text: String, width room: Int, most: Int = 2) -> [String] {
    let words = MarkdownText.plain(text).split(separator: " ").map(String.init)
    var lines: [String] = []
    var line = ""
    for (index, word) in words.enumerated() {
      let longer = line.isEmpty ? word : line + " " + word
      if width(longer) <= room {
        line = longer
      } else if line.isEmpty || lines.count + 1 == most {
        // The last line takes the rest, as far as it goes.
        let rest =
          lines.count + 1 == most ? ([line] + words[index...]).filter { !$0.isEmpty }.joined(separator: " ") : word
        lines.append(cut(rest, to: room))
        if lines.count == most { return lines }
        line = ""
      } else {
        lines.append(line)
        line = width(word) <= room ? word : cut(word, to: room)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// Its beginning with an ellipsis, where it is too wide.
  package func cut(_ text: String, to room: Int) -> String {
    let text = MarkdownText.plain(text)
    guard width(text) > room else { return text }
    var kept = text
    while !kept.isEmpty, width(kept + "…") > room { kept.removeLast() }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
  }

  /// The advance of a character, in ems.
  private static func ems(_ scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "I", "'", "|": 0.31
    case " ", ".", ",", ":", ";", "·": 0.33
    case "f", "r", "t", "(", ")", "[", "]", "-", "/", "\\": 0.42
    case "m", "M", "W", "%", "@", "…": 1.0
    case "w": 0.84
    case "s", "c", "z", "k", "J": 0.59
    case "A"..."Z": 0.74
    case "a"..."z", "0"..."9": 0.64
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: 0
      // Ideographs, and letters that are not ours.
      default: scalar.value < 0x250 ? 0.75 : scalar.value < 0x1100 ? 0.95 : 1.25
      }
    }
  }
}

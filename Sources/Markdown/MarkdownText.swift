/// Puts text into Markdown so that it stays text.
public enum MarkdownText {
  /// One line of Markdown that renders as `text`: markup is escaped, line breaks become spaces, and control and
  /// direction characters are left out. Fit for a paragraph, a heading, a list item and a table cell.
  public static func escape(_ text: String) -> String {
    let line = plain(text)
    var out = ""
    out.reserveCapacity(line.utf8.count + 8)
    let scalars = Array(line.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case "\\", "`", "*", "[", "]", "<", ">", "|", "~", "&", "$": out += "\\"
      // Between letters or digits it is no markup.
      case "_" where !isWord(scalars, index - 1) || !isWord(scalars, index + 1): out += "\\"
      // It closes a heading.
      case "#" where index > 0 && (scalars[index - 1] == " " || scalars[index - 1] == "#"): out += "\\"
      // What would become a link by itself.
      case ":" where scalars[(index + 1)...].starts(with: ["/", "/"]): out += "\\"
      case "." where out.hasSuffix("www"): out += "\\"
      default: break
      }
      out.unicodeScalars.append(scalar)
    }
    return escapingStart(out)
  }

  /// A code span that shows `text`; in a table cell a bar has to be escaped even there.
  public static func code(_ text: String) -> String {
    let line = plain(text).replacing("|", with: "\\|")
    guard !line.isEmpty else { return "" }
    var longest = 0
    var run = 0
    for character in line {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    let pad = line.hasPrefix("`") || line.hasSuffix("`") ? " " : ""
    return fence + pad + line + pad + fence
  }

  /// Markdown on one line, fit for a table cell: lines joined, bars escaped.
  public static func cell(_ markdown: String) -> String {
    var out = ""
    var escaped = false
    for character in oneLine(markdown) {
      if character == "|", !escaped { out += "\\" }
      escaped = character == "\\" && !escaped
      out.append(character)
    }
    return out
  }

  /// Text on one line without control, direction and other invisible characters, spaces collapsed.
  public static func plain(_ text: String) -> String {
    var kept = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator:
        kept.unicodeScalars.append(" ")
      // Joiners shape letters and emoji; every other format character hides or turns text.
      case .format where scalar != "\u{200C}" && scalar != "\u{200D}": break
      case .surrogate, .privateUse, .unassigned: break
      default: kept.unicodeScalars.append(scalar)
      }
    }
    return oneLine(kept)
  }

  /// Markdown as plain text on one line: markup is taken away, raw HTML stays as the text it is, comments are dropped.
  public static func unmarked(_ markdown: String) -> String {
    CMark.withTree(markdown) { tree in
      var text = ""
      tree.walk { node, entering in
        switch node.type {
        case "emph", "strong", "strikethrough", "link", "image": break
        case "text", "code": if entering { text += node.literal }
        case "html_inline": if entering, !node.literal.hasPrefix("<!--") { text += node.literal }
        case "html_block": if entering, !node.literal.hasPrefix("<!--") { text += " " + node.literal }
        default: if entering { text += " " + node.literal }
        }
      }
      return plain(text)
    }
  }

  /// The id that GitHub and GitLab give a heading with this text: lower case, dashes for spaces, no punctuation.
  public static func slug(_ heading: String) -> String {
    var out = ""
    for scalar in heading.lowercased().unicodeScalars {
      switch scalar.properties.generalCategory {
      case .spaceSeparator: out += "-"
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
        .spacingMark, .decimalNumber, .letterNumber, .connectorPunctuation:
        out.unicodeScalars.append(scalar)
      default: if scalar == "-" { out += "-" }
      }
    }
    return out
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Escapes what opens a block at the start of a line: a heading, a list item, a rule, an underline.
  private static func escapingStart(_ line: String) -> String {
    guard let first = line.first else { return line }
    if "#+-=".contains(first) { return "\\" + line }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    let rest = line.dropFirst(digits.count)
    if !digits.isEmpty, let mark = rest.first, mark == "." || mark == ")", rest.dropFirst().first ?? " " == " " {
      return digits + "\\" + rest
    }
    return line
  }

  private static func isWord(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    guard scalars.indices.contains(index) else { return false }
    let scalar = scalars[index]
    return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
}

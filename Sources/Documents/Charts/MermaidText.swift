internal import Markdown

/// Puts text into Mermaid so that it stays text.
enum MermaidText {
  /// A label in quotes; whatever could end it or be markup goes in as an entity.
  static func label(_ lines: [String]) -> String {
    "\"\(lines.map(escape).joined(separator: "<br/>"))\""
  }

  static func escape(_ text: String) -> String {
    var out = ""
    for scalar in MarkdownText.plain(text).unicodeScalars {
      switch scalar {
      case "\"", "#", "&", "<", ">", "`", ";", "\\", "{", "}": out += "#\(scalar.value);"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// A node's id from one of ours: letters, digits and underscores behind a prefix, so that it is no keyword.
  static func id(_ prefix: String, _ id: String) -> String {
    prefix + "_" + String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }
}

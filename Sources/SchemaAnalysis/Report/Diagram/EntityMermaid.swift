private import TextFormats

extension EntityDiagram {
  /// As text of a Mermaid diagram, without a line break at its end.
  public var mermaid: String {
    var lines = ["erDiagram"]
    for (number, entity) in entities.enumerated() {
      lines.append("  t\(number + 1)[\"\(Self.quoted(Wording.label(entity.name)))\"] {")
      for row in entity.rows {
        let keys = [
          row.isPrimary ? "PK" : nil, row.isForeign ? "FK" : nil, row.isUnique && !row.isPrimary ? "UK" : nil,
        ]
        .compactMap { $0 }.joined(separator: ", ")
        let name = Self.word(row.name)
        // What had to be changed is said as it is.
        let comment = name == row.name ? "" : " \"\(Self.quoted(Wording.name(row.name)))\""
        lines.append("    \(Self.word(row.type)) \(name)\(keys.isEmpty ? "" : " \(keys)")\(comment)")
      }
      lines.append("  }")
    }
    for relationship in relationships {
      let left = relationship.isOptional ? "|o" : "||"
      let right = relationship.isOneToOne ? "o|" : "o{"
      let label = Self.quoted(Wording.list(relationship.columns, most: 3))
      lines.append("  t\(relationship.parent + 1) \(left)--\(right) t\(relationship.child + 1) : \"\(label)\"")
    }
    return lines.joined(separator: "\n")
  }

  /// The inside of a quoted text; whatever could end it or be markup goes in as an entity.
  private static func quoted(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "#", "&", "<", ">", "`", ";", "\\", "{", "}", "%", "[", "]": out += "#\(scalar.value);"
      default: out.unicodeScalars.append(scalar)
      }
    }
    // Mermaid takes any line with these words for a command.
    out = out.replacing(#/(?i)(d)(irection)/#) { "#\($0.output.1.unicodeScalars.first?.value ?? 100);\($0.output.2)" }
    return out.isEmpty ? " " : out
  }

  /// A type or column as the one word that Mermaid takes: letters, digits, brackets, hyphens and underscores.
  private static func word(_ text: String) -> String {
    var out = ""
    for scalar in text.onOneLine(atMost: 80).unicodeScalars {
      let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      switch scalar {
      case "_", "(", ")", "[", "]": out.unicodeScalars.append(scalar)
      case " ", ".": out += "_"
      case ",": out += "-"
      default: out += isPlain ? String(scalar) : "_"
      }
    }
    // These are marks of keys, in any case.
    let first = out.prefix { $0.isLetter || $0.isNumber || $0 == "_" }.lowercased()
    if ["pk", "fk", "uk"].contains(first) { out = "_" + out }
    if out.unicodeScalars.first.map({ $0.properties.isAlphabetic || $0 == "_" }) != true { out = "_" + out }
    return out
  }
}

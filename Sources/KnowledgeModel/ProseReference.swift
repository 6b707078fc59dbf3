/// What prose refers to: `{@threshold}`, `{=formula}`, `[text](entry:id)`.
public enum ProseReference: Sendable, Hashable {
  case threshold(String)
  case formula(String)
  case entry(String)

  /// The references of a text in order. An entry's range begins at the bracket that closes the link's text.
  public static func scan(_ text: String) -> [(reference: ProseReference, range: Range<String.Index>)] {
    let bytes = text.utf8
    var found: [(ProseReference, Range<String.Index>)] = []
    var index = bytes.startIndex
    func inner(_ start: String.Index, until close: UInt8) -> (String, String.Index)? {
      guard let end = bytes[start...].firstIndex(of: close) else { return nil }
      return (String(text[start..<end]), bytes.index(after: end))
    }
    while index < bytes.endIndex {
      let next = bytes.index(after: index)
      var hit: (ProseReference, String.Index)?
      if bytes[index] == UInt8(ascii: "{"), next < bytes.endIndex {
        let start = bytes.index(after: next)
        if bytes[next] == UInt8(ascii: "@") {
          hit = inner(start, until: UInt8(ascii: "}")).map { (.threshold($0.0), $0.1) }
        } else if bytes[next] == UInt8(ascii: "=") {
          hit = inner(start, until: UInt8(ascii: "}")).map { (.formula($0.0), $0.1) }
        }
      } else if bytes[index] == UInt8(ascii: "]"), bytes[next...].starts(with: "(entry:".utf8) {
        hit = inner(bytes.index(next, offsetBy: 7), until: UInt8(ascii: ")")).map { (.entry($0.0), $0.1) }
      }
      if let (reference, end) = hit {
        found.append((reference, index..<end))
        index = end
      } else {
        index = next
      }
    }
    return found
  }

  /// The text with each figure replaced by what `words` makes of it, given what stands before it; nil leaves it alone.
  public static func fillingFigures(in text: String, _ words: (ProseReference, String) -> String?) -> String {
    var out = ""
    var rest = text.startIndex
    for (reference, range) in scan(text) {
      if case .entry = reference { continue }
      out += text[rest..<range.lowerBound]
      out += words(reference, out) ?? String(text[range])
      rest = range.upperBound
    }
    return out + text[rest...]
  }

  /// The text with each `[label](entry:id)` replaced by what `words` makes of label and id.
  public static func replacingLinks(in text: String, _ words: (_ label: String, _ id: String) -> String) -> String {
    var out = ""
    var rest = text.startIndex
    for (reference, range) in scan(text) {
      guard case .entry(let id) = reference, let open = text[rest..<range.lowerBound].lastIndex(of: "[") else {
        continue
      }
      out += text[rest..<open]
      out += words(String(text[text.index(after: open)..<range.lowerBound]), id)
      rest = range.upperBound
    }
    return out + text[rest...]
  }
}

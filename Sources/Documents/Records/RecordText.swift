internal import Foundation
internal import KnowledgeModel
internal import Markdown
internal import TextFormats

/// A record's text by lines. A line keeps its carriage return, so that joining gives the same bytes.
enum RecordText {
  static func lines(_ text: String) -> [Substring] {
    text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Substring($0) }
  }

  static func text(_ lines: [Substring]) -> String { lines.joined(separator: "\n") }

  /// How the lines end: what a line that is put in has to end with.
  static func ending(_ lines: [Substring]) -> String { lines.first?.utf8.last == 0x0D ? "\r" : "" }

  static func trimmed(_ line: Substring) -> String {
    line.trimmingPrefix("\u{FEFF}").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Markdown on one line as plain text. As a heading, since `7. T` alone would be a list.
  static func plain(_ line: Substring) -> String { MarkdownText.unmarked("# " + trimmed(line)) }

  /// Which lines are text: neither front matter nor inside a fence.
  static func body(_ lines: [Substring]) -> [Bool] {
    var fence: Substring?
    let front = FrontMatter.range(lines)
    return lines.indices.map { index in
      if let front, front.contains(index) { return false }
      let start = lines[index].drop { $0 == " " }
      let run = start.prefix { $0 == start.first }
      let marks = run.hasPrefix("```") || run.hasPrefix("~~~")
      if let open = fence {
        if marks, run.hasPrefix(open), start.dropFirst(run.count).allSatisfy(\.isWhitespace) { fence = nil }
        return false
      }
      if marks { fence = run }
      return !marks
    }
  }

  /// Where a record says its status.
  enum Place {
    /// The line of the key, and the value there.
    case frontMatter(line: Int, value: String)
    /// The line below the heading `## Status`; with none, where it would stand.
    case section(line: Int, value: String, isThere: Bool)
    /// `* Status: accepted`, as MADR had it before version 3.
    case bullet(line: Int, value: String)

    var value: String {
      switch self {
      case .frontMatter(_, let value), .section(_, let value, _), .bullet(_, let value): value
      }
    }

    var line: Int {
      switch self {
      case .frontMatter(let line, _), .section(let line, _, _), .bullet(let line, _): line
      }
    }
  }

  static func statusPlace(_ lines: [Substring]) -> Place? {
    if let front = FrontMatter.range(lines) {
      for index in front where lines[index].hasPrefix("status:") {
        let value = FrontMatter(lines)?.text("status") ?? trimmed(lines[index].dropFirst(7))
        return .frontMatter(line: index, value: value)
      }
    }
    let body = body(lines)
    if let heading = lines.indices.first(where: { body[$0] && trimmed(lines[$0]) == "## Status" }) {
      var index = heading + 1
      while index < lines.count, !lines[index].hasPrefix("#") {
        let line = trimmed(lines[index])
        let lower = line.lowercased()
        // A line with a link is a relation, unless it says by whom the record is superseded.
        if !line.isEmpty, !line.hasPrefix("<!--"), !line.contains("]("), !lower.hasPrefix("supersedes") {
          return .section(line: index, value: line, isThere: true)
        }
        if lower.hasPrefix("superseded by") || lower.hasPrefix("superceded by") {
          return .section(line: index, value: line, isThere: true)
        }
        index += 1
      }
      return .section(line: heading, value: "", isThere: false)
    }
    for index in lines.indices where body[index] {
      if lines[index].hasPrefix("## ") { break }
      if let match = lines[index].prefixMatch(of: /[*-] Status: */) {
        return .bullet(line: index, value: trimmed(lines[index][match.range.upperBound...]))
      }
    }
    return nil
  }

  /// The text with another status; nothing else of it changes.
  /// - Parameters:
  ///   - front: how MADR says it: `superseded by ADR-0007`.
  ///   - section: how adr-tools says it: `Superceded by [7. T](0007-t.md)`.
  static func setting(status front: String, section: String, in text: String) -> String {
    var lines = lines(text)
    let ending = ending(lines)
    switch statusPlace(lines) {
    case .frontMatter(let index, _):
      let line = lines[index]
      let tail = line.utf8.last == 0x0D ? "\r" : ""
      // What YAML takes for a remark stays.
      let remark = line.firstRange(of: " #").map { line[$0.lowerBound...] }
      lines[index] = "status: \(front)\(remark.map { String($0) } ?? tail)"
    case .section(let index, _, true):
      let tail = lines[index].utf8.last == 0x0D ? "\r" : ""
      lines[index] = "\(section)\(tail)"
    case .section(let index, _, false): lines.insert(contentsOf: ["\(ending)", "\(section)\(ending)"], at: index + 1)
    case .bullet(let index, _):
      let tail = lines[index].utf8.last == 0x0D ? "\r" : ""
      lines[index] = "\(lines[index].prefix(2))Status: \(front)\(tail)"
    case nil:
      if FrontMatter.range(lines) != nil {
        lines.insert("status: \(front)\(ending)", at: 1)
      } else {
        lines.insert(contentsOf: ["---\(ending)", "status: \(front)\(ending)", "---\(ending)"], at: 0)
      }
    }
    return RecordText.text(lines)
  }

  /// FNV-1a over the text without what changes by itself: the status, the marker, the title's number, and lines that
  /// lead to other records.
  static func hash(_ text: String) -> String {
    let lines = lines(text)
    let body = body(lines)
    let front = FrontMatter.range(lines)
    let place = statusPlace(lines)?.line
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for (index, line) in lines.enumerated() where index != place {
      if RecordMarker(line: line) != nil || line.contains(".md)") { continue }
      if front?.contains(index) != true, body[index], line.hasPrefix("# ") { continue }
      for byte in trimmed(line).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      hash = (hash ^ 10) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The YAML in front of a record.
struct FrontMatter {
  static let people = ["decision-makers", "consulted", "informed"]
  private let value: YAMLValue?

  /// The lines between the two that fence it; nil without front matter, or where it is not closed.
  static func range(_ lines: [Substring]) -> Range<Int>? {
    guard let first = lines.first, RecordText.trimmed(first) == "---",
      let end = lines.dropFirst().firstIndex(where: { line in
        let line = line.utf8.last == 0x0D ? line.dropLast() : line
        return line == "---" || line == "..."
      })
    else { return nil }
    return 1..<end
  }

  init?(_ lines: [Substring]) {
    guard let range = FrontMatter.range(lines) else { return nil }
    value = try? StrictYAML.parse(RecordText.text(Array(lines[range])), firstLine: 2)
  }

  /// Whether it is YAML at all.
  var isReadable: Bool { value != nil }

  func text(_ key: String) -> String? { value?[key]?.text }

  /// A list, or names with commas between them.
  func list(_ key: String) -> [String] {
    switch value?[key] {
    case .sequence(let items, _): items.compactMap(\.text)
    case .scalar(let text, let quoted, _):
      quoted ? [text] : text.split(separator: ",").map { $0.trimming() }.filter { !$0.isEmpty }
    default: []
    }
  }

  /// A text as YAML takes it in a flow list: plain where that is safe, else in double quotes.
  static func scalar(_ text: String) -> String {
    let line = MarkdownText.plain(text)
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    let isPlain =
      line.first?.isLetter == true && !words.contains(line.lowercased())
      && line.allSatisfy { $0.isLetter || $0.isNumber || " .-'".contains($0) } && !line.hasSuffix(" ")
    if isPlain { return line }
    // Renderers that know no front matter take it for Markdown.
    let escapes: KeyValuePairs = ["<": "\\x3C", ">": "\\x3E", "&": "\\x26", "`": "\\x60", "[": "\\x5B", "]": "\\x5D"]
    return escapes.reduce(JSON.string(line).line) { $0.replacing($1.key, with: $1.value) }
  }
}

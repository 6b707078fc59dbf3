import SQLSyntax
import SchemaAnalysis
import TextFormats

/// A comment that silences rules.
struct Silence: Sendable {
  let rules: [String]
  /// Nil where none is given.
  let reason: String?
  let isForFile: Bool
  /// Whether it is written for squawk, which knows no reasons and other rules.
  let isForeign: Bool
  let place: SQLPlace

  /// What a comment says; nil for one that silences nothing.
  init?(comment: Range<Int>, of text: SQLText, file: Int) {
    let place = SQLPlace(text: file, offset: comment.lowerBound)
    var words = text[comment]
    for mark in ["--", "/*"] where words.hasPrefix(mark) { words.removeFirst(2) }
    if words.hasSuffix("*/") { words.removeLast(2) }
    var rest = words.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    guard let first = rest.popFirst() else { return nil }
    switch first {
    case "plumbline:":
      guard let verb = rest.popFirst(), verb == "allow" || verb == "allow-file" else { return nil }
      let because = rest.firstIndex(of: "because") ?? rest.endIndex
      let reason = rest[because...].dropFirst().joined(separator: " ")
      self.init(
        rules: Self.names(rest[..<because]), reason: reason.isEmpty ? nil : reason, isForFile: verb == "allow-file",
        isForeign: false, place: place)
    case "squawk-ignore", "squawk-ignore-file":
      self.init(
        rules: Self.names(rest), reason: nil, isForFile: first == "squawk-ignore-file", isForeign: true, place: place)
    default: return nil
    }
  }

  private init(rules: [String], reason: String?, isForFile: Bool, isForeign: Bool, place: SQLPlace) {
    self.rules = rules
    self.reason = reason
    self.isForFile = isForFile
    self.isForeign = isForeign
    self.place = place
  }

  private static func names(_ words: ArraySlice<String>) -> [String] {
    words.joined(separator: " ").split(whereSeparator: { $0 == "," || $0 == " " }).map { $0.lowercased() }
  }

  /// Squawk's comment for a file silences all rules where it names none.
  func covers(_ rule: String) -> Bool { rules.contains(rule) || (isForeign && isForFile && rules.isEmpty) }
}

/// The comments of a text that silence rules, by what they are about.
struct Silences: Sendable {
  /// The comments about a statement, by its offset.
  private var byStatement: [Int: [Int]] = [:]
  private var forFile: [Int] = []
  private var all: [Silence] = []
  private var used: Set<Int> = []
  private let text: SQLText

  init(_ text: SQLText, file: Int) {
    self.text = text
    let whole = text.bytes.indices
    guard text.mentions("plumbline:", in: whole) || text.mentions("squawk-ignore", in: whole) else { return }
    var before: SQLStatement?
    var end = 0
    func isBehind(_ comment: Range<Int>) -> Bool {
      // What stands behind a statement on its last line is about that one.
      before.map { !text.hasLineBreak(in: $0.range.upperBound..<comment.lowerBound) } ?? false
    }
    for piece in StatementScanner(text) {
      switch piece {
      case .statement(let statement):
        for comment in StatementScanner.comments(in: statement.lead.lowerBound..<statement.range.upperBound, of: text) {
          add(comment, file, comment.upperBound <= statement.range.lowerBound && isBehind(comment) ? before : statement)
        }
        before = statement
        end = statement.range.upperBound
      case .metaCommand(let range), .copyData(let range): end = range.upperBound
      }
    }
    for comment in StatementScanner.comments(in: end..<whole.upperBound, of: text) {
      add(comment, file, isBehind(comment) ? before : nil)
    }
  }

  private mutating func add(_ comment: Range<Int>, _ file: Int, _ statement: SQLStatement?) {
    guard let silence = Silence(comment: comment, of: text, file: file) else { return }
    if silence.isForFile {
      forFile.append(all.count)
    } else if let statement {
      byStatement[statement.range.lowerBound, default: []].append(all.count)
    }
    all.append(silence)
  }

  /// The comment that silences a finding, if one does.
  /// - Parameter statement: the offset of the one that it is about.
  mutating func silence(for finding: MigrationFinding, of statement: Int) -> Silence? {
    let candidates = (byStatement[statement] ?? []) + forFile
    guard let index = candidates.first(where: { all[$0].covers(finding.rule) }) else { return nil }
    used.insert(index)
    return all[index]
  }

  /// What is wrong with the comments themselves.
  func findings(known: [String]) -> [MigrationFinding] {
    var spelled = 0
    return all.indices.flatMap { index in
      let silence = all[index]
      var findings: [MigrationFinding] = []
      func tell(_ rule: String, _ severity: Severity, _ message: String, _ remedy: String) {
        findings.append(
          MigrationFinding(
            rule: rule, severity: severity, place: silence.place, statement: text.line(at: silence.place.offset),
            message: message.withoutFullStop, remedy: remedy.withoutFullStop))
      }
      // Names beyond number are not worth the search.
      func nearest(_ rule: String) -> String? {
        spelled += 1
        return spelled <= 1_000 ? Spelling.nearest(rule, among: known) : nil
      }
      if silence.isForeign {
        if used.contains(index) {
          tell(
            SilenceRules.withoutReason, .note, "A comment written for squawk silences a rule and gives no reason.",
            "Write “-- plumbline: allow RULE because REASON” beside it.")
        }
        return findings
      }
      if silence.rules.isEmpty {
        tell(
          SilenceRules.unknown, .warning, "The comment names no rule to silence.",
          "Write “-- plumbline: allow RULE because REASON”.")
      }
      for rule in silence.rules where !known.contains(rule) {
        tell(
          SilenceRules.unknown, .warning, "There is no rule “\(rule.forMessage)”, so nothing is silenced by that name.",
          nearest(rule).map { "Did you mean \($0)?" } ?? "See the list of rules.")
      }
      if silence.reason == nil {
        tell(
          SilenceRules.withoutReason, .warning, "The comment silences a rule and gives no reason.",
          "Add “because” and why this is safe here.")
      }
      if !used.contains(index), silence.rules.contains(where: known.contains) {
        tell(
          SilenceRules.unused, .note, "The comment silences nothing: no such finding is here.",
          "Remove it, or put it before the statement that it is about.")
      }
      return findings
    }
  }
}

/// The names of findings about comments.
enum SilenceRules {
  static let withoutReason = "silence-without-reason"
  static let unknown = "unknown-rule"
  static let unused = "unused-silence"
}

extension SQLText {
  func mentions(_ words: StaticString, in range: Range<Int>) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      words.withUTF8Buffer { words in
        guard let first = words.first, range.count >= words.count else { return false }
        var at = range.lowerBound
        let last = range.upperBound - words.count
        while at <= last {
          if bytes[at] == first, UnsafeBufferPointer(rebasing: bytes[at..<at + words.count]).elementsEqual(words) {
            return true
          }
          at += 1
        }
        return false
      }
    }
  }

  fileprivate func hasLineBreak(in range: Range<Int>) -> Bool { bytes[range].contains(UInt8(ascii: "\n")) }

  /// The line of a byte, for messages.
  func line(at offset: Int) -> String {
    let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    return excerpt(offset..<end)
  }

  /// Some SQL on one line, cut where it is long.
  func excerpt(_ range: Range<Int>) -> String {
    let most = 160
    let words = self[range.lowerBound..<min(range.upperBound, range.lowerBound + 4 * most)]
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let line = words.onOneLine(atMost: most)
    return line.unicodeScalars.count == most ? line + "…" : line
  }
}

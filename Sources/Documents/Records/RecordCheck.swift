internal import KnowledgeModel
internal import TextFormats

/// What is wrong in a folder of decision records, where, and how to mend it.
public struct RecordFinding: Sendable, Hashable, Comparable {
  /// The kebab-case name of the flaw.
  public var rule: String
  /// The file's name in the folder.
  public var file: String
  /// From 1.
  public var line: Int
  /// From 1, in bytes.
  public var column: Int
  public var message: String
  public var remedy: String

  public static func < (a: RecordFinding, b: RecordFinding) -> Bool {
    (a.file, a.line, a.column, a.rule) < (b.file, b.line, b.column, b.rule)
  }
}

extension RecordFolder {
  /// All findings, in order of files and lines.
  public var findings: [RecordFinding] {
    (duplicates + order + records.flatMap { RecordInspection(self, $0).findings }).sorted()
  }

  private var duplicates: [RecordFinding] {
    records.enumerated().compactMap { index, record in
      guard let first = records[..<index].first(where: { $0.number == record.number }) else { return nil }
      return RecordFinding(
        rule: "duplicate-number", file: record.file, line: 1, column: 1,
        message: "the number \(record.number) is also that of \(first.file)",
        remedy: "plumbline records renumber \(record.file)")
    }
  }

  /// Sorted by name, as every listing has them, the files should be in the order of their numbers.
  private var order: [RecordFinding] {
    let byName = records.sorted { $0.file < $1.file }
    return zip(byName, byName.dropFirst()).compactMap { before, after in
      guard before.number > after.number else { return nil }
      let width = max(before.name.width, after.name.width)
      let narrow = before.name.width < width ? before : after
      let name = RecordName(
        number: narrow.number, width: width, separator: narrow.name.separator, slug: narrow.name.slug)
      return RecordFinding(
        rule: "number-out-of-order", file: after.file, line: 1, column: 1,
        message: "\(before.file) stands before \(after.file) in a listing, and its number is higher",
        remedy: "rename \(narrow.file) to \(name.file), and the links to it")
    }
  }
}

/// The findings of one record.
private struct RecordInspection {
  let folder: RecordFolder
  let record: DecisionRecord
  let lines: [Substring]

  init(_ folder: RecordFolder, _ record: DecisionRecord) {
    self.folder = folder
    self.record = record
    lines = RecordText.lines(record.text)
  }

  var findings: [RecordFinding] { frontMatter + status + title + links }

  private func finding(
    _ rule: String, _ line: Int, _ column: Int, _ message: String, _ remedy: String
  ) -> RecordFinding {
    RecordFinding(rule: rule, file: record.file, line: line, column: column, message: message, remedy: remedy)
  }

  private func finding(_ rule: String, _ line: Int, _ message: String, _ remedy: String) -> RecordFinding {
    finding(rule, line, 1, message, remedy)
  }

  private var frontMatter: [RecordFinding] {
    guard let first = lines.first, RecordText.trimmed(first) == "---" else { return datedWrongly(nil) }
    guard let range = FrontMatter.range(lines) else {
      return [finding("front-matter", 1, "the front matter is not closed", "put --- on a line of its own below it")]
    }
    do throws(YAMLProblem) {
      let value = try StrictYAML.parse(RecordText.text(Array(lines[range])), firstLine: 2)
      guard let value else { return [] }
      guard case .mapping(let pairs, _) = value else {
        return [finding("front-matter", 2, "the front matter is \(value.kindName)", "write key: value on each line")]
      }
      var found = datedWrongly(value["date"])
      for pair in pairs where pair.key == "status" && pair.value.text == nil {
        found.append(
          finding("front-matter", pair.keyMark.line, pair.keyMark.column, "the status is \(pair.value.kindName)", known)
        )
      }
      for pair in pairs where FrontMatter.people.contains(pair.key) {
        if case .mapping = pair.value {
          found.append(
            finding(
              "front-matter", pair.keyMark.line, pair.keyMark.column, "\(pair.key) is \(pair.value.kindName)",
              "write names, as a list or with commas between them"))
        }
      }
      return found
    } catch {
      return [finding("front-matter", error.mark.line, error.mark.column, error.message, "mend the YAML")]
    }
  }

  private func datedWrongly(_ value: YAMLValue?) -> [RecordFinding] {
    let line = value?.mark.line ?? lines.firstIndex { $0.hasPrefix("Date: ") }.map { $0 + 1 }
    guard let line, let date = value.map({ $0.text ?? "" }) ?? record.date, !date.isEmpty, !RecordDate.isDate(date)
    else { return [] }
    return [
      finding(
        "bad-date", line, value?.mark.column ?? 7, "“\(date.forMessage)” is no date", "write it as 2026-11-22")
    ]
  }

  private var known: String { "write proposed, accepted, rejected, deprecated, or superseded by another record" }

  private var status: [RecordFinding] {
    let place = RecordText.statusPlace(lines)
    let line = (place?.line ?? 0) + 1
    switch record.status {
    case nil:
      // MADR's front matter may be left out; what is ours, or has the heading, says where it stands.
      guard record.marker != nil || place != nil else { return [] }
      return [finding("unknown-status", line, "the record has no status", known)]
    case .other(let word):
      // What cannot be read is found there already.
      if FrontMatter(lines)?.isReadable == false { return [] }
      let close = nearest(word.lowercased(), among: ["proposed", "accepted", "rejected", "deprecated", "superseded"])
      return [
        finding(
          "unknown-status", line, "“\(word.forMessage)” is no status", close.map { "did you mean \($0)?" } ?? known)
      ]
    case .superseded(let numbers): return superseded(numbers, line)
    case .proposed, .accepted, .rejected, .deprecated: return []
    }
  }

  private func superseded(_ numbers: [Int], _ line: Int) -> [RecordFinding] {
    guard !numbers.isEmpty else {
      return [
        finding(
          "superseded-by-nothing", line, "the record does not say by which other it is superseded",
          "write superseded by ADR-NNNN, or a link to it")
      ]
    }
    return numbers.flatMap { number -> [RecordFinding] in
      let successors = folder.records(number)
      guard !successors.isEmpty else {
        return record.format == .nygard
          ? [] : [finding("broken-link", line, "there is no record \(number)", "name a record of this folder")]
      }
      var found: [RecordFinding] = []
      if number < record.number {
        found.append(
          finding(
            "number-out-of-order", line, "the record is superseded by \(number), whose number is lower",
            "plumbline records renumber \(successors[0].file)"))
      }
      if !successors.contains(where: { leadsBack($0) }) {
        found.append(
          finding(
            "no-link-back", line, "\(successors[0].file) does not link back to this record",
            "write Supersedes [\(RecordName.padded(record.number, record.name.width))](\(record.file)) there"))
      }
      return found
    }
  }

  private func leadsBack(_ successor: DecisionRecord) -> Bool {
    successor.links.contains { $0.target == record.file }
      || RecordReference.scan(successor.text).contains { $0.number == record.number }
  }

  private var title: [RecordFinding] {
    guard let line = lines.firstIndex(where: { $0.hasPrefix("# ") }) else {
      return [finding("no-title", 1, "the record has no title", "write # and the title on a line of its own")]
    }
    var found: [RecordFinding] = []
    if let number = record.heading.number, number != record.number {
      found.append(
        finding(
          "title-disagrees", line + 1, 3, "the title has the number \(number) and the file \(record.number)",
          "write \(record.number) there, or rename the file"))
    }
    // Letter case and dashes are a matter of taste, and a long title may be cut short in the name.
    func letters(_ text: String) -> String { ASCIIText.text(text).lowercased().filter { $0.isLetter || $0.isNumber } }
    let (title, slug) = (letters(record.title), letters(record.name.slug))
    if !title.isEmpty, title != slug, !(title.hasPrefix(slug) && slug.count >= 40) {
      let name = RecordName(
        number: record.number, width: record.name.width, separator: record.name.separator,
        slug: RecordName.slug(record.title, separator: record.name.separator))
      found.append(
        finding(
          "title-disagrees", line + 1, 3, "the title is “\(record.title.forMessage)”, and the file is \(record.file)",
          "rename the file to \(name.file), or mend the title"))
    }
    return found
  }

  private var links: [RecordFinding] {
    record.links.flatMap { link -> [RecordFinding] in
      guard folder.files.contains(where: { $0.name == link.target }) else {
        let close = nearest(link.target, among: folder.files.map(\.name))
        return [
          finding(
            "broken-link", link.line, link.column, "there is no file \(link.target.forMessage) here",
            close.map { "did you mean \($0)?" } ?? "name a file of this folder")
        ]
      }
      guard link.supersedes, let old = folder.record(file: link.target) else { return [] }
      if case .superseded(let numbers)? = old.status, numbers.isEmpty || numbers.contains(record.number) { return [] }
      return [
        finding(
          "not-superseded", link.line, link.column, "\(old.file) does not say that it is superseded by this record",
          "set its status to superseded by ADR-\(RecordName.padded(record.number, record.name.width))")
      ]
    }
  }
}

enum RecordDate {
  /// Whether it is a day of the calendar, as YYYY-MM-DD.
  static func isDate(_ text: String) -> Bool {
    guard let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/), let year = Int(match.1),
      let month = Int(match.2), let day = Int(match.3), (1...12).contains(month)
    else { return false }
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }
}

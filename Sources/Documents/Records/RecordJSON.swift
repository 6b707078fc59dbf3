internal import DecisionEngine
internal import Foundation
public import TextFormats

extension RecordFolder {
  /// The records as JSON-ADR 1.0.0, see docs/decision-records.md. The same folder gives the same bytes.
  /// - Parameters:
  ///   - directory: what the export says about where the records are.
  ///   - toolVersion: of this program.
  /// - Returns: the export, and what a reader of it should know: what could not be told in that format.
  public func jsonADR(directory: String, toolVersion: String) -> (json: JSON, notes: [String]) {
    var notes: [String] = []
    let adrs: [JSON] = records.compactMap { record in
      guard record.number >= 1 else {
        notes.append("\(record.file) is left out: JSON-ADR numbers records from 1")
        return nil
      }
      if record.date.map(RecordDate.isDate) != true {
        notes.append("\(record.file) has no date, and JSON-ADR asks for one")
      }
      if record.status == nil { notes.append("\(record.file) has no status, and JSON-ADR asks for one") }
      return RecordExport(self, record).json
    }
    let json = JSON.object([
      "$schema": .string("https://raw.githubusercontent.com/joshrotenberg/adrs/main/schema/json-adr/v1.json"),
      "version": .string("1.0.0"),
      "tool": .object(["name": .string("plumbline"), "version": .string(toolVersion)]),
      "repository": .object(["adr_directory": .string(directory)]),
      "adrs": .array(adrs),
    ])
    return (json, notes)
  }
}

private struct RecordExport {
  let folder: RecordFolder
  let record: DecisionRecord
  let sections: [RecordSection]

  init(_ folder: RecordFolder, _ record: DecisionRecord) {
    self.folder = folder
    self.record = record
    sections = RecordSection.split(record.text)
  }

  var json: JSON {
    let isMADR = record.format != .nygard
    var members: [JSON.Member] = [
      .init("number", .number(Decimal(record.number))),
      .init("title", .string(record.title.isEmpty ? record.name.slug : record.title)),
      .init("status", .string(record.status?.word ?? "")), .init("date", .string(record.date ?? "")),
    ]
    func add(_ key: String, _ value: JSON) {
      switch value {
      case .string(""), .array([]), .object([]): break
      default: members.append(.init(key, value))
      }
    }
    add("deciders", .strings(record.people["decision-makers"] ?? []))
    add("consulted", .strings(record.people["consulted"] ?? []))
    add("informed", .strings(record.people["informed"] ?? []))
    add("tags", .strings(record.marker.map { [$0.decision] } ?? []))
    add("context", .string(text(isMADR ? "Context and Problem Statement" : "Context")))
    add("decision_drivers", .strings(bullets("Decision Drivers")))
    add("considered_options", .array(options))
    add("decision", .string(text(isMADR ? "Decision Outcome" : "Decision")))
    add("consequences", consequences)
    add("confirmation", .string(text("Confirmation")))
    add("links", .array(links))
    let known = [
      "Context and Problem Statement", "Context", "Decision Drivers", "Considered Options", "Decision Outcome",
      "Decision", "Consequences", "Confirmation", "Status", "Pros and Cons of the Options",
    ]
    add(
      "custom_sections",
      .object(
        sections.filter { $0.level == 2 && !known.contains($0.title) && !$0.text.isEmpty }
          .reduce(into: [JSON.Member]()) { members, section in
            if !members.contains(where: { $0.key == section.title }) {
              members.append(.init(section.title, .string(section.text)))
            }
          }))
    add("path", .string(record.file))
    return .object(members)
  }

  private func text(_ title: String) -> String { sections.first { $0.title == title }?.text ?? "" }

  private func bullets(_ title: String) -> [String] {
    sections.first { $0.title == title }.map { RecordSection.bullets($0.text) } ?? []
  }

  /// The options in their order, each with what its section says for and against it.
  private var options: [JSON] {
    let titles = bullets("Considered Options")
    let own = sections.drop { $0.title != "Pros and Cons of the Options" }.dropFirst().prefix { $0.level > 2 }
    return titles.filter { !$0.isEmpty }.map { title in
      var members: [JSON.Member] = [.init("name", .string(title))]
      guard let section = own.first(where: { title == $0.title || title.hasPrefix($0.title) }) else {
        return .object(members)
      }
      let arguments = RecordSection.bullets(section.text)
      let description = RecordSection.paragraphs(section.text)
      if !description.isEmpty { members.append(.init("description", .string(description))) }
      func add(_ key: String, _ word: String) {
        let found = arguments.filter { $0.hasPrefix(word) }
        if !found.isEmpty { members.append(.init(key, .strings(found))) }
      }
      add("pros", "Good")
      add("cons", "Bad")
      return .object(members)
    }
  }

  /// A list where the section is one, else its text as the only item.
  private var consequences: JSON {
    let bullets = bullets("Consequences")
    let text = text("Consequences")
    return .strings(bullets.isEmpty ? [text].filter { !$0.isEmpty } : bullets)
  }

  private var links: [JSON] {
    func link(_ type: String, _ target: Int) -> JSON {
      .object(["type": .string(type), "target": .number(Decimal(target))])
    }
    var found: [JSON] = record.supersedes.filter { $0 >= 1 }.map { link("supersedes", $0) }
    if case .superseded(let numbers)? = record.status {
      found += numbers.filter { $0 >= 1 }.map { link("superseded-by", $0) }
    }
    return found
  }
}

/// A heading of a record, and the text below it up to the next heading.
struct RecordSection {
  var level: Int
  var title: String
  var text: String

  static func split(_ text: String) -> [RecordSection] {
    let lines = RecordText.lines(text)
    let body = RecordText.body(lines)
    let front = FrontMatter.range(lines)
    var sections: [RecordSection] = []
    for (index, line) in lines.enumerated() {
      if front.map({ index <= $0.upperBound }) == true { continue }
      let level = line.prefix { $0 == "#" }.count
      if body[index], (1...6).contains(level), line.dropFirst(level).first == " " {
        sections.append(RecordSection(level: level, title: RecordText.plain(line.dropFirst(level)), text: ""))
      } else if !sections.isEmpty, RecordMarker(line: line) == nil {
        let kept = line.utf8.last == 0x0D ? line.dropLast() : line
        sections[sections.count - 1].text += kept + "\n"
      }
    }
    return sections.map { section in
      var section = section
      section.text = section.text.trimmingCharacters(in: .whitespacesAndNewlines)
      return section
    }
  }

  /// The items of its lists as plain text, each on one line.
  static func bullets(_ text: String) -> [String] {
    var items: [String] = []
    var inside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("* ") || line.hasPrefix("- ") {
        items.append(String(line.dropFirst(2)))
        inside = true
      } else if inside, line.hasPrefix(" "), !line.allSatisfy(\.isWhitespace) {
        items[items.count - 1] += " " + line
      } else {
        inside = false
      }
    }
    return items.map { RecordText.plain(Substring($0)) }
  }

  /// What is no list.
  static func paragraphs(_ text: String) -> String {
    let first = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { line in
      !line.hasPrefix("* ") && !line.hasPrefix("- ")
    }
    return first.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

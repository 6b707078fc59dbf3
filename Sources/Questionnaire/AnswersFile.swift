internal import Foundation
public import DecisionEngine
public import KnowledgeModel
internal import TextFormats

/// One thing wrong with a file of answers, and where.
public struct AnswersProblem: Error, Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// From 1; columns count characters.
  public var line: Int
  public var column: Int
  public var problem: AnswerProblem

  public init(file: String, line: Int, column: Int, problem: AnswerProblem) {
    self.file = file
    self.line = line
    self.column = column
    self.problem = problem
  }

  public var description: String { "\(file):\(line):\(column): \(problem)" }
}

/// Everything wrong with a file of answers, in the order of the file.
public struct AnswersProblems: Error, Hashable, Sendable, CustomStringConvertible {
  public var problems: [AnswersProblem]

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// answers.yaml: text to an `AnswerSheet` and back.
public enum AnswersFile {
  /// A questionnaire fills a few kilobytes; what is larger was not meant for us.
  public static let largest = 1_000_000

  /// More would not be read by anyone.
  static let mostProblems = 100

  static let topLevel = ["system", "date", "people", "answers", "notes", "knowledge"]

  /// Reads a file of answers.
  ///
  /// - Parameters:
  ///   - name: what to call the file in messages.
  ///   - vocabulary: the traits that may be answered.
  ///   - lists: the lists of records that may be given.
  /// - Throws: every problem found, with file, line and column, what was expected and the nearest valid name.
  public static func read(
    bytes: [UInt8], name: String, vocabulary: [Trait], lists: [RecordList] = []
  ) throws(AnswersProblems) -> AnswerSheet {
    let text: String
    let root: YAMLValue
    do {
      text = try decode(bytes, name)
      root = try parse(text, name)
    } catch {
      throw AnswersProblems(problems: [error])
    }
    var decoder = AnswersDecoder(file: name, traits: vocabulary, lists: lists)
    let sheet = decoder.sheet(root)
    guard decoder.problems.isEmpty else {
      throw AnswersProblems(
        problems: decoder.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }
    return sheet
  }

  // MARK: Bytes to YAML

  private static func decode(_ bytes: [UInt8], _ file: String) throws(AnswersProblem) -> String {
    func problem(_ message: String, at offset: Int, expected: String, _ suggestion: String? = nil) -> AnswersProblem {
      let before = bytes[..<offset]
      let line = before.count { $0 == 0x0A } + 1
      let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      let column = bytes[start..<offset].count { $0 & 0xC0 != 0x80 } + 1
      return AnswersProblem(
        file: file, line: line, column: column,
        problem: AnswerProblem(message, expected: expected, suggestion: suggestion))
    }
    guard bytes.count <= largest else {
      throw problem("the file has \(bytes.count) bytes", at: 0, expected: "at most \(largest) bytes of answers")
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw problem("the file is UTF-16", at: 0, expected: "UTF-8", "save it again as UTF-8")
    }
    if let zero = bytes.firstIndex(of: 0) {
      throw problem("the file is binary: a zero byte stands here", at: zero, expected: "YAML text")
    }
    let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    guard let text = String(validating: body, as: UTF8.self) else {
      var valid = body.startIndex
      // The longest prefix that is UTF-8 ends before the first bad byte.
      var decoder = Unicode.UTF8.ForwardParser()
      var iterator = body.makeIterator()
      scan: while true {
        switch decoder.parseScalar(from: &iterator) {
        case .valid(let scalar): valid += scalar.count
        case .emptyInput, .error: break scan
        }
      }
      throw problem("this byte is not UTF-8", at: valid, expected: "UTF-8 text", "save the file as UTF-8")
    }
    // libyaml refuses these too, but without saying where.
    if let hidden = text.unicodeScalars.firstIndex(where: \.isRefusedByYAML) {
      let offset = text.utf8.distance(from: text.startIndex, to: hidden) + body.startIndex
      let name = String(text.unicodeScalars[hidden].value, radix: 16, uppercase: true)
      throw problem(
        "a control character (U+\(String(repeating: "0", count: max(0, 4 - name.count)))\(name)) stands here",
        at: offset, expected: "printable text", "leave it out, or write it as \\u in double quotes")
    }
    return text
  }

  private static func parse(_ text: String, _ file: String) throws(AnswersProblem) -> YAMLValue {
    let example = "answers: with a line such as team_size: 6 below it"
    do {
      if let value = try StrictYAML.parse(text) { return value }
    } catch {
      var (message, expected) = (error.message, "YAML: one key: value a line")
      var suggestion: String?
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let line = lines.indices.contains(error.mark.line - 1) ? lines[error.mark.line - 1] : ""
      if line.prefix(while: \.isWhitespace).contains("\t") {
        (message, expected) = ("a tab stands at the start of the line", "spaces")
      } else if message.contains("another document") {
        (message, expected) = ("a second document begins here", "one document")
        suggestion = "remove the line ---"
      } else if message.contains("second time") {
        expected = "each key once"
      } else if message.contains("alias") {
        expected = "plain values"
      } else if message.contains("mapping values are not allowed") {
        suggestion = "put text that holds a colon and a space in quotes"
      }
      throw AnswersProblem(
        file: file, line: error.mark.line, column: error.mark.column,
        problem: AnswerProblem(message, expected: expected, suggestion: suggestion))
    }
    throw AnswersProblem(
      file: file, line: 1, column: 1, problem: AnswerProblem("the file is empty", expected: example))
  }
}

extension Unicode.Scalar {
  fileprivate var isRefusedByYAML: Bool {
    switch value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...: false
    default: true
    }
  }
}

/// YAML to a sheet; collects what is wrong and goes on.
private struct AnswersDecoder {
  let file: String
  let traits: [Trait]
  let lists: [RecordList]
  private let byName: [String: Trait]
  private(set) var problems: [AnswersProblem] = []

  init(file: String, traits: [Trait], lists: [RecordList]) {
    self.file = file
    self.traits = traits
    self.lists = lists
    // A trait goes by its id, and by the ids that it had before.
    byName = Dictionary(
      traits.map { ($0.id, $0) } + traits.flatMap { trait in trait.entry.aliases.map { ($0, trait) } },
      uniquingKeysWith: { first, _ in first })
  }

  mutating func sheet(_ root: YAMLValue) -> AnswerSheet {
    var sheet = AnswerSheet()
    guard case .mapping(let pairs, let mark) = root else {
      report(
        "\(describe(root)) stands at the top", expected: "a mapping with answers: and the answers below it",
        at: root.mark)
      return sheet
    }
    for (key, keyMark, value) in pairs {
      switch key {
      case "system": sheet.system = text(value, of: key)
      case "date": sheet.date = date(value)
      case "people": sheet.people = people(value)
      case "answers": sheet.answers = answers(value, &sheet.records)
      case "notes": sheet.notes = notes(value)
      case "knowledge": sheet.knowledge = stamp(value)
      default:
        if byName[key] != nil {
          report(
            "the trait \(key) stands at the top level", expected: "it below answers:", "indent it under answers:",
            at: keyMark)
        } else {
          reportUnknown("key", key, among: AnswersFile.topLevel, at: keyMark)
        }
      }
    }
    if root["answers"] == nil, !problems.contains(where: { $0.problem.suggestion == "did you mean answers?" }) {
      report(
        "the key answers is missing", expected: "answers: with the answers below it", at: mark)
    }
    return sheet
  }

  // MARK: Answers

  private mutating func answers(
    _ value: YAMLValue, _ records: inout [String: [AnswerSheet.Record]]
  ) -> [String: Answer] {
    guard case .mapping(let pairs, _) = value else {
      report(
        "answers holds \(describe(value))", expected: "a mapping of traits, such as team_size: 6",
        value.text == "" ? "write {} if nothing is known yet" : nil, at: value.mark)
      return [:]
    }
    var answers: [String: Answer] = [:]
    for (key, keyMark, value) in pairs where problems.count < AnswersFile.mostProblems {
      if let list = lists.first(where: { $0.id == key || $0.entry.aliases.contains(key) }) {
        records[list.id] = self.records(value, of: list)
        continue
      }
      guard let trait = byName[key] else {
        reportUnknownTrait(key, at: keyMark)
        continue
      }
      guard answers[trait.id] == nil else {
        report(
          "\(trait.id) is answered a second time, under an older name", expected: "each trait once",
          "remove one of the two", at: keyMark)
        continue
      }
      do {
        answers[trait.id] = try answer(value, for: trait)
      } catch {
        keep(error)
      }
    }
    return answers
  }

  private mutating func records(_ value: YAMLValue, of list: RecordList) -> [AnswerSheet.Record] {
    let fields = list.fields.map(list.name)
    let example = "a list of \(list.noun), each as {name: …, \(fields.first ?? "field"): …}"
    guard case .sequence(let items, _) = value else {
      report("\(list.id) holds \(describe(value))", expected: example, at: value.mark)
      return []
    }
    var records: [AnswerSheet.Record] = []
    for item in items where problems.count < AnswersFile.mostProblems {
      guard case .mapping(let pairs, let mark) = item else {
        report("\(describe(item)) stands in \(list.id)", expected: example, at: item.mark)
        continue
      }
      var record = AnswerSheet.Record(name: "", fields: [:])
      for (key, keyMark, value) in pairs {
        if key == "name" {
          record.name = text(value, of: "the name")?.trimming() ?? ""
          if records.contains(where: { $0.name == record.name }), !record.name.isEmpty {
            report(
              "the name “\(record.name.quotable)” stands a second time in \(list.id)", expected: "a name of its own",
              at: value.mark)
          }
        } else if let field = list.fields.first(where: { list.name(of: $0) == key }) {
          do { record.fields[field.id] = try answer(value, for: field) } catch { keep(error) }
        } else {
          reportUnknown("field", key, among: ["name"] + fields, at: keyMark)
        }
      }
      if record.name.isEmpty, !pairs.contains(where: { $0.key == "name" && $0.value.text == nil }) {
        report("a record of \(list.id) has no name", expected: "name: with words of your own", at: mark)
      }
      records.append(record)
    }
    return records
  }

  private func answer(_ value: YAMLValue, for trait: Trait) throws(AnswersProblem) -> Answer {
    func at(_ mark: YAMLValue.Mark, _ problem: AnswerProblem) -> AnswersProblem {
      var named = problem
      named.message = "\(trait.id): \(problem.message)"
      return AnswersProblem(file: file, line: mark.line, column: mark.column, problem: named)
    }
    switch value {
    case .scalar(let text, _, let mark):
      if let control = text.unicodeScalars.first(where: { $0.properties.generalCategory == .control }) {
        throw at(mark, .init("a control character (\(control.codeName)) stands here", expected: "printable text"))
      }
      do { return try AnswerReader.read(text, for: trait) } catch { throw at(mark, error) }
    case .sequence(let members, let mark):
      guard case .set(let options) = trait.kind else {
        let pair = members.compactMap(\.text)
        let isRange = trait.kind.unit != nil && pair.count == 2 && members.count == 2
        throw at(
          mark,
          .init(
            "a list stands here", expected: AnswerReader.expectation(for: trait),
            suggestion: isRange ? "write a range as \(pair[0].quotable)..\(pair[1].quotable)" : nil))
      }
      var found: Set<String> = []
      for member in members {
        guard case .scalar(let text, _, let mark) = member else {
          throw at(
            member.mark,
            .init("\(describe(member)) stands in the list", expected: AnswerReader.expectation(for: trait)))
        }
        do {
          try AnswerReader.add(text, to: &found, options.map(\.id), trait, .strict)
        } catch {
          throw at(mark, error)
        }
      }
      return .set(found)
    case .mapping(_, let mark):
      throw at(mark, .init("a mapping stands here", expected: AnswerReader.expectation(for: trait)))
    }
  }

  private mutating func notes(_ value: YAMLValue) -> [String: String] {
    guard case .mapping(let pairs, _) = value else {
      if value.text != "" {
        report("notes holds \(describe(value))", expected: "a mapping from traits to remarks", at: value.mark)
      }
      return [:]
    }
    var notes: [String: String] = [:]
    for (key, keyMark, value) in pairs {
      let isList = lists.contains { $0.id == key }
      guard let id = isList ? key : byName[key]?.id else {
        reportUnknownTrait(key, at: keyMark)
        continue
      }
      guard let note = text(value, of: "the note on \(key)", lines: true) else { continue }
      guard notes[id] == nil else {
        report("\(id) has a second note, under an older name", expected: "one note for each trait", at: keyMark)
        continue
      }
      notes[id] = note
    }
    return notes
  }

  // MARK: What goes with them

  private mutating func text(_ value: YAMLValue, of name: String, lines: Bool = false) -> String? {
    guard case .scalar(let text, _, let mark) = value else {
      report("\(name) holds \(describe(value))", expected: "text", at: value.mark)
      return nil
    }
    let control = text.unicodeScalars.first {
      $0.properties.generalCategory == .control && !(lines && ($0 == "\n" || $0 == "\t"))
    }
    if let control {
      report("\(name) holds a control character (\(control.codeName))", expected: "printable text", at: mark)
      return nil
    }
    return text.isEmpty ? nil : text
  }

  private mutating func date(_ value: YAMLValue) -> String? {
    guard let text = text(value, of: "date") else { return nil }
    if CalendarDate.isValid(text) { return text }
    report(
      "“\(text.quotable)” is not a date", expected: "a day of the calendar as YYYY-MM-DD, such as 2026-11-22",
      at: value.mark)
    return nil
  }

  private mutating func people(_ value: YAMLValue) -> AnswerSheet.People {
    var people = AnswerSheet.People()
    guard case .mapping(let pairs, _) = value else {
      if value.text != "" {
        report(
          "people holds \(describe(value))", expected: "a mapping with decision-makers, consulted and informed",
          at: value.mark)
      }
      return people
    }
    for (key, keyMark, value) in pairs {
      switch key {
      case "decision-makers": people.decisionMakers = names(value, of: key)
      case "consulted": people.consulted = names(value, of: key)
      case "informed": people.informed = names(value, of: key)
      default: reportUnknown("key", key, among: ["decision-makers", "consulted", "informed"], at: keyMark)
      }
    }
    return people
  }

  private mutating func names(_ value: YAMLValue, of key: String) -> [String] {
    switch value {
    case .scalar: return text(value, of: key).map { [$0] } ?? []
    case .sequence(let members, _): return members.compactMap { text($0, of: "a name in \(key)") }
    case .mapping:
      report("\(key) holds a mapping", expected: "a list of names, such as [Ana, Bo]", at: value.mark)
      return []
    }
  }

  private mutating func stamp(_ value: YAMLValue) -> AnswerSheet.KnowledgeStamp? {
    guard case .mapping(let pairs, let mark) = value else {
      report(
        "knowledge holds \(describe(value))", expected: "a mapping with version and hash",
        "remove it: plumbline writes it itself", at: value.mark)
      return nil
    }
    for (key, keyMark, _) in pairs where !["version", "hash"].contains(key) {
      reportUnknown("key", key, among: ["version", "hash"], at: keyMark)
    }
    let version = value["version"].flatMap { text($0, of: "version") }
    let hash = value["hash"].flatMap { text($0, of: "hash") }
    guard let version, let hash else {
      if value["version"] == nil || value["hash"] == nil {
        report("knowledge is incomplete", expected: "version and hash", "remove it, or give both", at: mark)
      }
      return nil
    }
    return .init(version: version, hash: hash)
  }

  // MARK: Reports

  private mutating func report(
    _ message: String, expected: String, _ suggestion: String? = nil, at mark: YAMLValue.Mark
  ) {
    keep(
      AnswersProblem(
        file: file, line: mark.line, column: mark.column,
        problem: AnswerProblem(message, expected: expected, suggestion: suggestion)))
  }

  private mutating func keep(_ problem: AnswersProblem) {
    if problems.count < AnswersFile.mostProblems { problems.append(problem) }
  }

  private mutating func reportUnknown(
    _ what: String, _ key: String, among names: [String], at mark: YAMLValue.Mark
  ) {
    report(
      "the \(what) “\(key.quotable)” is unknown", expected: "one of \(names.joined(separator: ", "))",
      nearest(key, among: names).map { "did you mean \($0)?" }, at: mark)
  }

  private mutating func reportUnknownTrait(_ key: String, at mark: YAMLValue.Mark) {
    let spelled = key.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
    report(
      "there is no trait “\(key.quotable)”", expected: "the name of a trait (plumbline answers init lists them)",
      nearest(spelled, among: traits.map(\.id) + lists.map(\.id)).map { "did you mean \($0)?" }, at: mark)
  }

  private func describe(_ value: YAMLValue) -> String { value.kindName }
}

extension Unicode.Scalar {
  fileprivate var codeName: String {
    let hex = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
  }
}

/// Days of the Gregorian calendar.
public enum CalendarDate {
  /// Whether a text is a day as YYYY-MM-DD.
  public static func isValid(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return false }
    func number(_ range: Range<Int>) -> Int? {
      bytes[range].allSatisfy { (0x30...0x39).contains($0) } ? Int(String(decoding: bytes[range], as: UTF8.self)) : nil
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), year >= 1,
      (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }
}

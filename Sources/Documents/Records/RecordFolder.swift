internal import KnowledgeModel

/// A file by its name in a folder, and its text.
public struct RecordFile: Sendable, Hashable {
  public var name: String
  public var text: String

  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// A folder of decision records, its other files and its habits.
public struct RecordFolder: Sendable, Hashable {
  /// All Markdown files, by name; those that are no text are empty here and never written.
  public var files: [RecordFile]
  /// Those that are records, by number and then by name.
  public var records: [DecisionRecord]
  public var style: RecordStyle

  public init(_ files: [RecordFile] = []) {
    self.files = files.sorted { $0.name < $1.name }
    records = self.files.compactMap { DecisionRecord(file: $0.name, text: $0.text) }
      .sorted { ($0.number, $0.file) < ($1.number, $1.file) }
    style = RecordStyle(records)
  }

  /// - Returns: the records of a number; more than one where two branches took the same.
  public func records(_ number: Int) -> [DecisionRecord] { records.filter { $0.number == number } }
  func record(file: String) -> DecisionRecord? { records.first { $0.file == file } }
}

/// What the records of a folder look like, so that a new one looks like them.
public struct RecordStyle: Sendable, Hashable {
  /// Nil in a folder without records of a known layout.
  public var format: RecordFormat?
  /// Digits of a number in a file's name.
  public var width: Int
  var separator: Character
  var heading: RecordHeading.Prefix?
  /// Debian's adr-tools writes Supersedes, the original Supercedes.
  var isSpelledWithS: Bool

  init(_ records: [DecisionRecord]) {
    // What most do; of as many, what the latest does.
    func most<Value: Hashable>(_ values: [Value]) -> Value? {
      let counts = values.reduce(into: [Value: Int]()) { $0[$1, default: 0] += 1 }
      let top = counts.values.max()
      return values.last { counts[$0] == top }
    }
    format = most(records.compactMap(\.format))
    width = most(records.map(\.name.width)) ?? 4
    separator = most(records.map(\.name.separator)) ?? "-"
    heading = most(records.filter { !$0.title.isEmpty }.map { $0.heading.prefix })
    let texts = records.filter { $0.format == .nygard }.map(\.text)
    isSpelledWithS =
      texts.contains { $0.contains("\nSupersedes [") || $0.contains("\nSuperseded by [") }
      && !texts.contains { $0.contains("\nSupercedes [") || $0.contains("\nSuperceded by [") }
  }

  func supersedes(_ format: RecordFormat) -> String { isSpelledWithS || format == .madr ? "Supersedes" : "Supercedes" }
  var supersededBy: String { isSpelledWithS ? "Superseded by" : "Superceded by" }

  /// What stands in front of a title: by the layout's habit, unless the folder has another.
  func headingText(_ number: Int, _ format: RecordFormat) -> String {
    RecordHeading.text(heading ?? (format == .nygard ? .plain : .none), number, width)
  }
}

/// Another status for a record: one line changes, and nothing else.
enum RecordEdit {
  static func setting(_ status: RecordStatus, of record: DecisionRecord) -> String {
    let word = status.word
    let capital = word.prefix(1).uppercased() + word.dropFirst()
    return RecordText.setting(status: word, section: capital, in: record.text)
  }

  static func superseded(_ record: DecisionRecord, by successor: NewRecord, _ style: RecordStyle) -> String {
    RecordText.setting(
      status: "superseded by ADR-\(RecordName.padded(successor.name.number, style.width))",
      section: "\(style.supersededBy) [\(successor.linkLabel)](\(successor.name.file))", in: record.text)
  }
}

extension RecordFolder {
  /// The file with another status.
  public func settingStatus(_ status: RecordStatus, of record: DecisionRecord) -> RecordFile {
    RecordFile(name: record.file, text: RecordEdit.setting(status, of: record))
  }
}

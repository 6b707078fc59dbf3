private import SQLSyntax
private import TextFormats

extension SchemaReport {
  /// For a terminal.
  ///
  /// - Parameters:
  ///   - width: columns of a line; SQL to copy is not broken.
  ///   - tables: whether every table is listed behind the findings.
  public func text(width: Int = 100, tables: Bool = false) -> String {
    var out = TextLines(width: width)
    out.line("\(inputText): \(countsText).")
    out.line(findingsText + ".")
    if !unfollowed.isEmpty { out.line("Not seen: \(unfollowedText).") }
    for severity in Severity.allCases.reversed() {
      guard findings.contains(where: { $0.severity == severity }) else { continue }
      out.blank()
      out.line(Self.title(severity))
      for rule in SchemaRules.list {
        let group = findings.filter { $0.severity == severity && $0.rule == rule.id }
        guard !group.isEmpty else { continue }
        out.blank()
        out.line("\(rule.id) (\(group.count)): \(rule.summary)", hanging: 2)
        let (full, rest) = Self.parts(group, severity)
        for (number, finding) in full.enumerated() {
          out.line("\(shown(finding.place)): \(finding.message)", indent: 2, hanging: 4)
          // What is only worth knowing is kept short; every other format has its remedy.
          guard severity == .error || severity == .warning && number < Self.remedies else { continue }
          for line in finding.remedy.split(separator: "\n") { out.copied(line, indent: 4) }
        }
        if severity == .warning, full.count > Self.remedies {
          out.line(
            "The remedies of the other \(full.count - Self.remedies) are in --format markdown, html or json.", indent: 2
          )
        }
        if !rest.isEmpty {
          let others = rest.map { finding in
            let columns = finding.columns.count == 1 ? ".\(Wording.name(finding.columns[0]))" : ""
            return "\(Wording.label(finding.table))\(columns)"
          }
          out.line("And \(rest.count) more: \(others.joined(separator: ", ")).", indent: 2, hanging: 4)
        }
      }
    }
    if !allowed.isEmpty {
      out.blank()
      out.line("Allowed")
      for item in allowed {
        let place = position(of: item.finding.place)
        out.line(
          "\(Wording.path(place.file)):\(place.line): \(item.finding.rule) on \(Wording.label(item.finding.table)): "
            + Wording.sentence(item.reason), indent: 2, hanging: 4)
      }
    }
    if tables {
      out.blank()
      out.line("Tables")
      for table in catalog.tables { write(table, to: &out) }
    }
    return out.text
  }

  /// Warnings of a rule whose remedy is shown; they are much alike.
  private static let remedies = 5

  /// Of many notes of a rule, the first ones in full and the rest as names.
  private static func parts(_ group: [SchemaFinding], _ severity: Severity) -> ([SchemaFinding], [SchemaFinding]) {
    severity == .note && group.count > 4 ? (Array(group.prefix(2)), Array(group.dropFirst(2))) : (group, [])
  }

  private func shown(_ place: SQLPlace) -> String {
    let position = position(of: place)
    return "\(Wording.path(position.file)):\(position.line):\(position.column)"
  }

  private func write(_ table: Relation, to out: inout TextLines) {
    out.blank()
    var facts = [Wording.counted(table.columns.count, "column", "columns")]
    if table.kind == .partitionedTable { facts.append("partitioned") }
    if table.isPartition, let parent = table.parents.first { facts.append("partition of \(Wording.label(parent))") }
    out.line("\(Wording.label(table.name)): \(facts.joined(separator: ", "))")
    let width = min(40, table.columns.map { Wording.name($0.name).count }.max() ?? 0)
    for column in table.columns {
      let name = Wording.name(column.name)
      let marks = [
        column.notNull ? "not null" : nil, table.primaryKey?.columns.contains(column.name) == true ? "key" : nil,
      ]
      out.copied(
        name + String(repeating: " ", count: max(0, width - name.count)) + "  " + Wording.type(column.type)
          + marks.compactMap { $0.map { ", \($0)" } }.joined(), indent: 2)
    }
    for key in table.foreignKeys {
      out.line(
        "(\(Wording.columns(key.columns))) → \(Wording.label(key.references)) (\(Wording.columns(key.referencedColumns)))"
          + (table.isServed(key) ? "" : ", no index"), indent: 2, hanging: 4)
    }
    for index in table.indexes { out.line(Self.line(index), indent: 2, hanging: 4) }
  }

  /// As: `unique index film_pkey (film_id)`.
  static func line(_ index: Index) -> String {
    let keys = index.keys.map { ($0.column ?? $0.text).forMessage + ($0.descending ? " descending" : "") }
    return (index.isUnique ? "unique index " : "index ")
      + "\(Wording.name(index.name)) (\(keys.joined(separator: ", ")))"
      + (index.method == "btree" ? "" : " using \(Wording.name(index.method))")
      + (index.included.isEmpty ? "" : " including \(Wording.names(index.included))")
      + (index.predicate.map { " where \($0.forMessage)" } ?? "")
  }

  // MARK: Sentences that the formats share

  static func title(_ severity: Severity) -> String {
    switch severity {
    case .error: "Errors"
    case .warning: "Warnings"
    case .note: "Notes"
    }
  }

  var inputText: String {
    input.texts.count == 1
      ? Wording.path(input.texts[0].name) : Wording.counted(input.texts.count, "file", "files")
  }

  var countsText: String {
    let parts = [
      Wording.counted(counts.tables, "table", "tables"), Wording.counted(counts.columns, "column", "columns"),
      Wording.counted(counts.indexes, "index", "indexes"),
      Wording.counted(counts.foreignKeys, "foreign key", "foreign keys"),
    ]
    return parts.joined(separator: ", ") + "; \(counts.tablesWithoutPrimaryKey) without a primary key, "
      + "\(Wording.counted(counts.foreignKeysWithoutIndex, "foreign key", "foreign keys")) without an index"
  }

  var findingsText: String {
    guard !findings.isEmpty || !allowed.isEmpty else { return "No findings" }
    var parts = [
      Wording.counted(count(.error), "error", "errors"), Wording.counted(count(.warning), "warning", "warnings"),
      Wording.counted(count(.note), "note", "notes"),
    ]
    if !allowed.isEmpty { parts.append("\(allowed.count) allowed") }
    return parts.joined(separator: ", ")
  }

  var unfollowedText: String {
    Wording.counted(unfollowed.count, "statement", "statements")
      + " could not be parsed or followed, so the schema may be larger than this"
  }
}

/// Lines of a terminal.
struct TextLines {
  let width: Int
  private(set) var text = ""

  init(width: Int) { self.width = max(20, width) }

  mutating func blank() { if !text.isEmpty, !text.hasSuffix("\n\n") { text += "\n" } }

  /// A paragraph, broken between words.
  mutating func line(_ content: String, indent: Int = 0, hanging: Int? = nil) {
    var line = String(repeating: " ", count: indent)
    var count = indent
    var isEmpty = true
    for word in content.split(separator: " ") {
      let size = word.count
      if !isEmpty, count + 1 + size > width {
        text += line + "\n"
        count = hanging ?? indent
        line = String(repeating: " ", count: count)
        isEmpty = true
      }
      if !isEmpty {
        line += " "
        count += 1
      }
      line += word
      count += size
      isEmpty = false
    }
    text += line + "\n"
  }

  /// A line to copy, as it is.
  mutating func copied(_ line: some StringProtocol, indent: Int) {
    text += String(repeating: " ", count: indent) + String(line).onOneLine(atMost: .max) + "\n"
  }
}

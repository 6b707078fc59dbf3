internal import Foundation
public import SchemaAnalysis
internal import TextFormats

/// The sizes of tables as `SizeQuery` gives them, read from what a client wrote: JSON, CSV, or psql's own tables.
public struct TableStatistics: Sendable, Hashable {
  public struct Table: Sendable, Hashable {
    public var name: ObjectName
    /// Nil where the table was never analysed.
    public var rows: Int?
    /// The table with its indexes.
    public var bytes: Int?
    /// The day of the last look at it, as the server gave it.
    public var analyzed: String?
  }

  public var tables: [Table]
  /// The server's major version.
  public var server: Int?

  public init(tables: [Table], server: Int?) {
    self.tables = tables
    self.server = server
  }

  /// A file larger than this is none of ours, in bytes.
  public static let largestFile = 64 << 20

  /// Why it cannot be read, with file, line and column.
  public struct Problem: Error, CustomStringConvertible {
    public let description: String
  }

  /// As a source of sizes. Tables that were never analysed are not in it.
  public func source(_ origin: String) -> SizeSource {
    var source = SizeSource(origin)
    for table in tables { if let rows = table.rows { source.tables[table.name] = rows...rows } }
    return source
  }

  /// The tables whose size the server itself does not know.
  public var neverAnalysed: [ObjectName] { tables.filter { $0.rows == nil }.map(\.name).sorted() }

  /// - Parameter name: the file's, for messages.
  public init(bytes: [UInt8], named name: String) throws(Problem) {
    var reader = StatisticsReader(name: name)
    try reader.read(bytes)
    self.init(tables: reader.tables, server: reader.server)
  }
}

private struct StatisticsReader {
  let name: String
  var tables: [TableStatistics.Table] = []
  var server: Int?
  private var seen: Set<ObjectName> = []

  init(name: String) { self.name = name.forMessage }

  static let columns = ["schema", "table", "rows", "bytes", "analyzed", "server"]
  static let expected =
    "expected what the query of plumbline migration stats-query gives, as CSV, JSON or psql prints it"

  private func problem(_ line: Int, _ column: Int = 1, _ message: String) -> TableStatistics.Problem {
    .init(description: "\(name):\(line):\(column): \(message)")
  }

  mutating func read(_ bytes: [UInt8]) throws(TableStatistics.Problem) {
    guard bytes.count <= TableStatistics.largestFile else {
      throw problem(1, 1, "the file is larger than \(TableStatistics.largestFile >> 20) MiB; \(Self.expected)")
    }
    guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
      throw problem(1, 1, "this is not UTF-8 text; \(Self.expected)")
    }
    let body = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    switch body.first(where: { !$0.isWhitespace }) {
    case nil: throw problem(1, 1, "the file is empty; \(Self.expected)")
    case "[", "{": try json(Array(body.utf8))
    default: try lines(body)
    }
    if tables.isEmpty { throw problem(1, 1, "no table stands in the file; \(Self.expected)") }
  }

  // MARK: JSON

  private mutating func json(_ bytes: [UInt8]) throws(TableStatistics.Problem) {
    let value: JSON
    do throws(JSONProblem) {
      value = try JSON.parse(bytes)
    } catch {
      // Its columns count the bytes of the whole text.
      let before = bytes.prefix(max(error.column - 1, 0))
      let line = before.count { $0 == 0x0A } + 1
      let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
      throw problem(line, column, "this is not JSON: \(error.message)")
    }
    let list: [JSON]
    switch value {
    case .array(let items): list = items
    case .object:
      guard case .array(let items)? = value["tables"] ?? value["rows"] else {
        throw problem(1, 1, "expected a list of tables")
      }
      list = items
    default: throw problem(1, 1, "expected a list of tables")
    }
    for (index, item) in list.enumerated() {
      func text(_ key: String) -> String? {
        switch item[key] {
        case .string(let text)?: text
        case .number(let number)?: NSDecimalNumber(decimal: number).stringValue
        default: nil
        }
      }
      guard case .object = item else {
        throw problem(1, 1, "entry \(index + 1): expected an object with schema, table and rows")
      }
      try add(Dictionary(uniqueKeysWithValues: Self.columns.map { ($0, text($0)) }), line: nil, entry: index + 1)
    }
  }

  // MARK: Lines

  private mutating func lines(_ body: Substring) throws(TableStatistics.Problem) {
    let first = body.split(whereSeparator: \.isNewline).first ?? ""
    let separator: Character =
      ["|", "\t", ";", ","].first { separator in
        first.count { $0 == separator } >= 2
      } ?? ","
    var order: [String]?
    for (fields, line) in try records(body, separator) {
      let words = fields.map { $0.lowercased() }
      if order == nil, words.contains("schema"), words.contains("table"), words.contains("rows") {
        order = words
        continue
      }
      let names = order ?? Self.columns
      var values = fields
      // psql -A escapes nothing: a separator can stand in a table's name.
      if separator == "|", order == nil, values.count > names.count {
        let extra = values.count - names.count
        values.replaceSubrange(1...(1 + extra), with: [values[1...(1 + extra)].joined(separator: "|")])
      }
      guard values.count >= 3 else {
        throw problem(
          line, 1, "found \(values.count == 1 ? "1 field" : "\(values.count) fields"); expected schema, table and rows")
      }
      try add(
        Dictionary(zip(names, values.map(Optional.some)), uniquingKeysWith: { first, _ in first }), line: line,
        entry: nil)
    }
  }

  private func records(_ body: Substring, _ separator: Character) throws(TableStatistics.Problem) -> [([String], Int)] {
    var records: [([String], Int)] = []
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    var wasQuoted = false
    var line = 1
    var start = 1
    let isTable = separator == "|"
    func end() {
      fields.append(wasQuoted ? field : field.trimmingCharacters(in: .whitespaces))
      field = ""
      wasQuoted = false
    }
    func endLine() {
      end()
      let isRule = isTable && fields.allSatisfy { $0.allSatisfy { "-+".contains($0) } }
      let isCount = fields.count == 1 && fields[0].hasPrefix("(") && fields[0].hasSuffix(")")
      if fields != [""], !isRule, !isCount { records.append((fields, start)) }
      fields = []
      start = line
    }
    var characters = body.makeIterator()
    var next = characters.next()
    while let character = next {
      next = characters.next()
      if isQuoted {
        if character == "\"" {
          if next == "\"" {
            field.append("\"")
            next = characters.next()
          } else {
            isQuoted = false
          }
        } else {
          if character.isNewline { line += 1 }
          field.append(character)
        }
      } else if character == "\"", field.allSatisfy(\.isWhitespace), !isTable {
        isQuoted = true
        wasQuoted = true
        field = ""
      } else if character == separator {
        end()
      } else if character.isNewline {
        line += 1
        endLine()
      } else {
        field.append(character)
      }
    }
    if isQuoted { throw problem(start, 1, "a quote that begins here is never closed") }
    endLine()
    return records
  }

  // MARK: Tables

  private mutating func add(_ fields: [String: String?], line: Int?, entry: Int?) throws(TableStatistics.Problem) {
    func field(_ name: String) -> String? { fields[name].flatMap { $0 } }
    let place = line ?? 1
    let lead = entry.map { "entry \($0): " } ?? ""
    guard let schema = field("schema"), let table = field("table"), !schema.isEmpty, !table.isEmpty else {
      throw problem(place, 1, "\(lead)schema and table are not both given")
    }
    guard let text = field("rows"), let rows = Double(text), rows.isFinite, rows >= -1, rows <= 1e15 else {
      throw problem(
        place, 1,
        "\(lead)rows of \(table.forMessage): found “\((field("rows") ?? "").forMessage)”; expected a number, or -1 for not known"
      )
    }
    let name = ObjectName(schema, table)
    guard seen.insert(name).inserted else {
      throw problem(place, 1, "\(lead)\(name.description.forMessage) stands in the file a second time")
    }
    tables.append(
      .init(
        name: name, rows: rows < 0 ? nil : Int(rows.rounded()),
        bytes: field("bytes").flatMap { Double($0) }.flatMap { Int(exactly: $0.rounded()) },
        analyzed: field("analyzed").flatMap { $0.isEmpty ? nil : $0.onOneLine(atMost: 30) }))
    if let number = field("server").flatMap({ Int($0) }), (90000..<1_000_000).contains(number) {
      server = number / 10000
    }
  }
}

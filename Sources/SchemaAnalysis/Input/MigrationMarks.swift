internal import SQLSyntax

/// The comments by which tools divide a file into what is done and what undoes it.
struct MigrationMarks {
  let tool: MigrationTool
  /// What the file says a migration runs in; nil where it says nothing.
  let transaction: MigrationStep.Transaction?
  let changes: [Change]

  struct Change {
    /// Nil where the file is one migration.
    var name: String?
    var up: [Range<Int>] = []
    /// Nil where nothing is said about undoing.
    var down: [Range<Int>]?
    var transaction: MigrationStep.Transaction?
    /// Another database that it is for.
    var database: String?
  }

  /// Marks begin in this part of a file, in bytes.
  private static let reach = 1 << 16

  /// Reads a file's marks.
  /// - Returns: nil where it has none.
  init?(_ text: SQLText) {
    var tool: MigrationTool?
    for line in Lines(text, upTo: Self.reach) {
      guard let mark = Mark(line.text) else { continue }
      tool = mark.tool
      if mark.decides { break }
    }
    guard let tool else { return nil }
    self.tool = tool
    if tool == .liquibase {
      (transaction, changes) = (nil, Self.changeSets(text))
      return
    }
    var change = Change()
    var transaction: MigrationStep.Transaction?
    // Of tern what comes before the mark is done; of the others what comes behind one.
    var open: Mark.Meaning? = tool == .tern || tool == .sqlx ? .up : nil
    var start = 0
    func close(at end: Int, _ change: inout Change) {
      switch open {
      case .up: change.up.append(start..<end)
      case .down: change.down = (change.down ?? []) + [start..<end]
      default: break
      }
    }
    for line in Lines(text, upTo: text.bytes.count) {
      guard let mark = Mark(line.text), mark.tool == tool else { continue }
      if mark.withoutTransaction, mark.meaning != .down { transaction = Self.alone(tool) }
      guard mark.meaning != .remark else { continue }
      close(at: line.range.lowerBound, &change)
      open = mark.meaning
      start = line.range.upperBound
    }
    close(at: text.bytes.count, &change)
    self.transaction = transaction
    changes = [change]
  }

  /// How a tool runs a file that shall not be in a transaction: some send it whole, which is one again.
  private static func alone(_ tool: MigrationTool) -> MigrationStep.Transaction {
    switch tool {
    case .dbmate, .sqlx: .oneMessage
    default: .none
    }
  }

  /// The change sets of a formatted file of Liquibase.
  private static func changeSets(_ text: SQLText) -> [Change] {
    var changes: [Change] = []
    var start = 0
    func close(at end: Int) {
      if !changes.isEmpty { changes[changes.count - 1].up = [start..<end] }
    }
    for line in Lines(text, upTo: text.bytes.count) {
      guard let words = Mark.comment(line.text) else { continue }
      if let rest = words.droppingPrefix("changeset ") {
        close(at: line.range.lowerBound)
        let parts = rest.split(separator: " ", omittingEmptySubsequences: true)
        var change = Change(name: parts.first.map(String.init))
        for part in parts.dropFirst() {
          if let value = part.lowercased().droppingPrefix("runintransaction:"), value == "false" {
            change.transaction = MigrationStep.Transaction.none
          }
          if let value = part.lowercased().droppingPrefix("dbms:") {
            let names = value.split { $0 == "," || $0 == "\"" }
            let isOurs =
              names.contains { $0 == "postgresql" || $0 == "all" }
              || names.allSatisfy { $0.hasPrefix("!") } && !names.contains("!postgresql")
            if !isOurs { change.database = String(value) }
          }
        }
        changes.append(change)
        start = line.range.upperBound
      } else if let rest = words.droppingPrefix("rollback"), !changes.isEmpty {
        let statement = rest.drop { $0 == " " || $0 == "\t" }
        var down = changes[changes.count - 1].down ?? []
        if !statement.isEmpty, statement.lowercased() != "empty", statement.lowercased() != "not required" {
          let end = min(line.range.lowerBound + line.text.utf8.count, line.range.upperBound)
          down.append(max(end - statement.utf8.count, line.range.lowerBound)..<end)
        }
        changes[changes.count - 1].down = down
      }
    }
    close(at: text.bytes.count)
    return changes
  }
}

/// One mark.
private struct Mark {
  enum Meaning { case up, down, remark }
  let tool: MigrationTool
  let meaning: Meaning
  var withoutTransaction = false
  /// Whether it alone tells the tool.
  var decides = true

  init?(_ line: Substring) {
    if let words = line.droppingPrefix("#").map({ $0.drop { $0 == " " } }) ?? line[...].droppingPrefix("---"),
      let name = (words.droppingPrefix("---") ?? words).trimmed.droppingPrefix("!")
    {
      guard name == "Ups" || name == "Downs" else { return nil }
      (tool, meaning) = (.play, name == "Ups" ? .up : .down)
      return
    }
    guard let words = Self.comment(line)?.trimmed.lowercased() else { return nil }
    if let rest = words.droppingPrefix("+goose ") {
      tool = .goose
      (meaning, withoutTransaction) = Self.direction(rest, "no transaction")
    } else if let rest = words.droppingPrefix("+migrate ") {
      tool = .sqlMigrate
      (meaning, withoutTransaction) = Self.direction(rest, "notransaction")
    } else if let rest = words.droppingPrefix("migrate:") {
      tool = .dbmate
      (meaning, withoutTransaction) = Self.direction(rest, "transaction:false")
    } else if let rest = words.droppingPrefix("+micrate ") ?? words.droppingPrefix("rambler ") {
      tool = .plain
      (meaning, withoutTransaction) = Self.direction(rest, "\n")
    } else if words == "up migration" || words == "down migration" {
      (tool, meaning) = (.nodePgMigrate, words.hasPrefix("up") ? .up : .down)
    } else if words == "-- create above / drop below ----" {
      (tool, meaning) = (.tern, .down)
    } else if words == "-- tern: disable-tx ----" {
      (tool, meaning, withoutTransaction) = (.tern, .remark, true)
    } else if words == "no-transaction" {
      (tool, meaning, withoutTransaction, decides) = (.sqlx, .remark, true, false)
    } else if words == "liquibase formatted sql" || words.hasPrefix("liquibase formatted sql ") {
      (tool, meaning) = (.liquibase, .remark)
    } else {
      return nil
    }
  }

  private static func direction(_ words: some StringProtocol, _ without: String) -> (Meaning, Bool) {
    let meaning: Meaning =
      words == "up" || words.hasPrefix("up ") ? .up : words == "down" || words.hasPrefix("down ") ? .down : .remark
    return (meaning, words.contains(without))
  }

  /// What stands behind the dashes of a line that is a comment.
  static func comment(_ line: Substring) -> Substring? {
    line.droppingPrefix("--").map { $0.drop { $0 == " " || $0 == "\t" } }
  }
}

/// The lines of a text that begin with a mark of a comment.
private struct Lines: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private let end: Int
  private var at = 0

  init(_ text: SQLText, upTo end: Int) {
    bytes = text.bytes
    self.end = Swift.min(end, bytes.count)
    if text.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  mutating func next() -> (text: Substring, range: Range<Int>)? {
    bytes.withUnsafeBufferPointer { bytes in
      while at < end {
        let start = at
        while at < end, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        var stop = at
        at = Swift.min(at + 1, end)
        if stop > start, bytes[stop - 1] == UInt8(ascii: "\r") { stop -= 1 }
        guard stop - start < 4_096, stop - start >= 3 else { continue }
        guard
          bytes[start] == UInt8(ascii: "#") || (bytes[start] == UInt8(ascii: "-") && bytes[start + 1] == bytes[start])
        else { continue }
        let line = UnsafeBufferPointer(rebasing: bytes[start..<stop])
        return (Substring(String(decoding: line, as: UTF8.self)), start..<at)
      }
      return nil
    }
  }
}

extension StringProtocol {
  /// What follows a prefix; nil where it does not begin so.
  func droppingPrefix(_ prefix: String) -> SubSequence? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
  var trimmed: SubSequence {
    let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
    guard let last = lastIndex(where: { !blank($0) }) else { return self[endIndex...] }
    return self[(firstIndex { !blank($0) } ?? startIndex)...last]
  }
}

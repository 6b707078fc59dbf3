public import DecisionEngine
public import Foundation
public import KnowledgeModel
internal import TextFormats

/// What decisions.json held when the documents were written.
public struct StoredDecisions: Sendable {
  public var knowledge: AnswerSheet.KnowledgeStamp?
  public var mode: Mode
  public var decisions: [Stored]
  private let answers: JSON
  private let records: [JSON]

  /// One decision as it was written down.
  public struct Stored: Sendable, Hashable {
    public var id: String
    public var record: AssessmentComparison.RecordName?
    public var status: Status
    public var outcome: String?
    public var possible: [String]
    /// The condition of the rule that decided.
    public var rule: String?
    /// The thresholds that it stood at, by id.
    public var thresholds: [Line]

    public struct Line: Sendable, Hashable {
      public var threshold: String
      public var at: Decimal
    }
  }

  /// What is wrong with a decisions.json, and where in it.
  public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    /// `17:4` for a line and a column, or the path of a value: `decisions[3].status`.
    public var place: String
    public var message: String

    public var description: String { "\(place): \(message)" }
  }

  /// Reads decisions.json.
  /// - Throws: where it is not JSON, or not of the shape that `design` writes.
  public static func read(_ bytes: [UInt8]) throws(Problem) -> StoredDecisions {
    let root: JSON
    do throws(JSONProblem) {
      root = try JSON.parse(bytes)
    } catch {
      throw Problem(place: StoredDecisions.place(of: error.column, in: bytes), message: error.message)
    }
    guard case .object = root else { throw Problem(place: "1:1", message: "expected an object") }
    guard case .array(let items)? = root["decisions"] else {
      throw Problem(place: "decisions", message: "expected a list of decisions, which plumbline design writes")
    }
    let mode: Mode
    switch root["mode"] {
    case nil: mode = .current
    case .string(let name)? where Mode(rawValue: name) != nil: mode = Mode(rawValue: name) ?? .current
    default: throw Problem(place: "mode", message: "expected current or as-written")
    }
    var decisions: [Stored] = []
    for (index, item) in items.enumerated() {
      decisions.append(try stored(item, at: "decisions[\(index)]", record: nil))
    }
    var records: [JSON] = []
    switch root["records"] {
    case nil: break
    case .array(let items)?: records = items
    default: throw Problem(place: "records", message: "expected a list")
    }
    for (index, item) in records.enumerated() {
      let path = "records[\(index)]"
      guard case .string(let list)? = item["list"], case .string(let name)? = item["name"],
        case .array(let own)? = item["decisions"]
      else { throw Problem(place: path, message: "expected list, name and decisions") }
      for (number, decision) in own.enumerated() {
        decisions.append(
          try stored(decision, at: "\(path).decisions[\(number)]", record: .init(list: list, name: name)))
      }
    }
    var seen: Set<String> = []
    for (index, decision) in decisions.enumerated() where decision.record == nil {
      guard seen.insert(decision.id).inserted else {
        throw Problem(place: "decisions[\(index)].id", message: "\(decision.id.forMessage) stands here a second time")
      }
    }
    var stamp: AnswerSheet.KnowledgeStamp?
    if case .string(let version)? = root["knowledge"]?["version"], case .string(let hash)? = root["knowledge"]?["hash"]
    {
      stamp = .init(version: version, hash: hash)
    }
    return StoredDecisions(
      knowledge: stamp, mode: mode, decisions: decisions, answers: root["answers"] ?? .null, records: records)
  }

  private static func stored(
    _ item: JSON, at path: String, record: AssessmentComparison.RecordName?
  ) throws(Problem) -> Stored {
    guard case .string(let id)? = item["id"], !id.isEmpty else {
      throw Problem(place: "\(path).id", message: "expected the id of a decision")
    }
    guard case .string(let name)? = item["status"], let status = Status(rawValue: name) else {
      throw Problem(place: "\(path).status", message: "expected decided, undecided or not-applicable")
    }
    var outcome: String?
    if case .string(let text)? = item["outcome"] { outcome = text }
    if status == .decided, outcome == nil {
      throw Problem(place: "\(path).outcome", message: "expected the outcome of a decided decision")
    }
    var possible: [String] = []
    if case .array(let items)? = item["possible"] {
      possible = items.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
    var rule: String?
    if case .string(let text)? = item["rule"] { rule = text }
    var thresholds: [Stored.Line] = []
    if case .array(let items)? = item["headroom"] {
      thresholds = items.compactMap { line in
        guard case .string(let threshold)? = line["threshold"], case .number(let at)? = line["at"] else { return nil }
        return .init(threshold: threshold, at: at)
      }
    }
    return Stored(
      id: id, record: record, status: status, outcome: status == .decided ? outcome : nil, possible: possible,
      rule: rule, thresholds: thresholds)
  }

  /// The line and column of a byte, from 1; `column` counts bytes from 1.
  private static func place(of column: Int, in bytes: [UInt8]) -> String {
    let before = bytes.prefix(max(0, column - 1))
    let line = before.count { $0 == 0x0A } + 1
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return "\(line):\(before.count - start + 1)"
  }

  // MARK: The answers then

  /// The answers that it was made from, as far as today's questions can hold them.
  public func sheet(for knowledge: Knowledge) -> AnswerSheet {
    var sheet = AnswerSheet()
    for trait in knowledge.traits {
      sheet.answers[trait.id] = answer(answers[trait.id], trait)
    }
    for list in knowledge.lists {
      let own = records.filter { $0["list"] == .string(list.id) }
      guard !own.isEmpty else { continue }
      sheet.records[list.id] = own.map { record in
        var fields: [String: Answer] = [:]
        for field in list.fields { fields[field.id] = answer(record["answers"]?[list.name(of: field)], field) }
        let name = if case .string(let text)? = record["name"] { text } else { "" }
        return .init(name: name, fields: fields)
      }
    }
    return sheet
  }

  private func answer(_ json: JSON?, _ trait: Trait) -> Answer? {
    guard let json, case .string(let origin)? = json["origin"] else { return nil }
    // Unknown says something only against a default.
    if origin == Origin.unknown.rawValue { return trait.fallback == nil ? nil : .unknown }
    guard origin == Origin.answered.rawValue else { return nil }
    switch (trait.kind, json["low"], json["high"], json["value"]) {
    case (.quantity(_, let bounds, _), .number(let low)?, .number(let high)?, _):
      return low <= high && bounds.contains(low) && bounds.contains(high) ? .quantity(Interval(low, high)) : nil
    case (.flag, _, _, .bool(let flag)?): return .flag(flag)
    case (.choice(let options), _, _, .string(let id)?):
      return options.contains { $0.id == id } ? .choice(id) : nil
    case (.set(let options), _, _, .array(let items)?):
      let ids = items.compactMap { if case .string(let id) = $0 { id } else { nil } }
      return ids.allSatisfy { id in options.contains { $0.id == id } } ? .set(Set(ids)) : nil
    default: return nil
    }
  }
}

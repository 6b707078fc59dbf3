public import DecisionEngine
internal import Foundation
public import KnowledgeModel
internal import Markdown
public import TextFormats

/// One record as `records list` shows it.
public struct RecordListing: Sendable, Hashable {
  public var number: Int
  public var file: String
  public var title: String
  public var status: RecordStatus?
  public var date: String?
  /// The decision and the outcome that were recorded; nil for a record that is not ours.
  public var decision: String?
  public var outcome: String?
  public var isEdited: Bool
  /// What the answers of today come to; nil without answers, and for records that are no longer in force.
  public var today: Today?

  public enum Today: Sendable, Hashable {
    case holds
    /// Another outcome.
    case changed(String)
    /// Open, with these outcomes.
    case open([String])
    case notApplicable
    /// The knowledge has no such decision.
    case unknownDecision

    /// Whether the record still says what the answers say; nil where that is open or cannot be told.
    public var holds: Bool? {
      switch self {
      case .holds: true
      case .changed, .notApplicable: false
      case .open, .unknownDecision: nil
      }
    }

    var text: String {
      switch self {
      case .holds: "holds"
      case .changed(let outcome): "now \(outcome)"
      case .open(let outcomes): "open: \(Wording.list(outcomes, "or"))"
      case .notApplicable: "no longer applies"
      case .unknownDecision: "no such decision"
      }
    }
  }
}

extension RecordFolder {
  /// The records by number.
  /// - Parameter assessment: what they are held against, with its knowledge; nil lists them as they are.
  public func listing(against assessment: Assessment? = nil, knowledge: Knowledge? = nil) -> [RecordListing] {
    records.map { record in
      var listing = RecordListing(
        number: record.number, file: record.file, title: record.title, status: record.status, date: record.date,
        decision: record.marker?.decision, outcome: record.marker?.outcome, isEdited: record.isEdited)
      if let assessment, let knowledge { listing.today = today(record, assessment, knowledge) }
      return listing
    }
  }

  private func today(_ record: DecisionRecord, _ assessment: Assessment, _ knowledge: Knowledge) -> RecordListing.Today?
  {
    guard let marker = record.marker, record.status?.isLive ?? true else { return nil }
    let id =
      knowledge.decisions.first { $0.id == marker.decision || $0.entry.aliases.contains(marker.decision) }?.id
      ?? marker.decision
    let result = assessment.decision(id)
    switch RecordHistory(records: [record]).standing(result) {
    case .none, .gone: return .unknownDecision
    case .holds: return .holds
    case .fallenAway: return .notApplicable
    case .open: return .open(result?.possible ?? [])
    case .changed:
      return result?.status == .undecided ? .open(result?.possible ?? []) : .changed(result?.outcome ?? "")
    }
  }

  /// A table for a terminal; a list where it is narrower than 88 columns.
  public static func text(_ listings: [RecordListing], width: Int = 100) -> String {
    let asked = listings.contains { $0.today != nil }
    var out = PlainText(width: width)
    let numbers = max(1, listings.map { String($0.number).count }.max() ?? 1)
    let statuses = max(6, listings.map { status($0).count }.max() ?? 6)
    let wide = width >= 88
    let decisions = min(26, max(8, listings.compactMap(\.decision?.count).max() ?? 0))
    let todays = asked ? min(24, max(5, listings.compactMap(\.today?.text.count).max() ?? 5)) : 0
    let titles = width - max(2, numbers) - statuses - 10 - decisions - todays - (asked ? 10 : 8)
    if wide, titles >= 16 {
      let widths = [max(2, numbers), statuses, 10, titles, decisions] + (asked ? [todays] : [])
      out.row(["NO", "STATUS", "DATE", "TITLE", "DECISION"] + (asked ? ["TODAY"] : []), widths: widths)
      for row in listings {
        out.row(
          [
            String(row.number), status(row), MarkdownText.plain(row.date ?? "–"), MarkdownText.plain(row.title),
            row.decision ?? "–",
          ] + (asked ? [row.today?.text ?? "–"] : []), widths: widths)
      }
    } else {
      for row in listings {
        out.line("\(row.number). \(MarkdownText.plain(row.title))", hanging: 2)
        out.line(
          [status(row), row.date.map(MarkdownText.plain), row.decision, row.today?.text].compactMap(\.self)
            .joined(separator: ", "), indent: 2, hanging: 4)
      }
    }
    return out.text
  }

  private static func status(_ listing: RecordListing) -> String {
    guard case .superseded(let numbers)? = listing.status, let number = numbers.first else {
      return listing.status.map { MarkdownText.plain($0.word).onOneLine(atMost: 24) } ?? "–"
    }
    return "superseded by \(number)"
  }

  public static func json(_ listings: [RecordListing]) -> JSON {
    .object([
      "records": .array(
        listings.map { row in
          var superseding: [Int] = []
          if case .superseded(let numbers)? = row.status { superseding = numbers }
          var members: [JSON.Member] = [
            .init("number", .number(Decimal(row.number))), .init("file", .string(row.file)),
            .init("title", .string(row.title)), .init("status", row.status.map { .string($0.word) } ?? .null),
            .init("superseded_by", .array(superseding.map { .number(Decimal($0)) })),
            .init("date", row.date.map(JSON.string) ?? .null),
            .init("decision", row.decision.map(JSON.string) ?? .null),
            .init("outcome", row.outcome.map(JSON.string) ?? .null), .init("edited", .bool(row.isEdited)),
          ]
          if let today = row.today {
            members.append(.init("holds", today.holds.map(JSON.bool) ?? .null))
            members.append(.init("today", .string(today.text)))
          }
          return .object(members)
        })
    ])
  }
}

import Foundation
import KnowledgeModel
import Testing

@testable import KnowledgeBase

@Suite struct StalenessTests {
  private static func practice(_ id: String, checked: String) -> Practice {
    Practice(
      entry: Entry(
        id: id, kind: .practice, title: id, area: .data, summary: "", guide: [], guideSays: nil, today: nil,
        verdict: .practice, sources: [], checked: checked, aliases: [], body: "", pack: "guide", override: nil),
      applies: nil, reason: "", level: .must, checks: [])
  }

  private static func source(_ id: String, checked: String, _ evidence: Source.Evidence) -> Source {
    Source(id: id, title: id, url: nil, date: nil, checked: checked, evidence: evidence, note: nil)
  }

  private let knowledge = Knowledge(
    packs: [], hash: "",
    practices: [
      practice("new", checked: "2026-11-23"), practice("old", checked: "2026-08-25"),
      practice("older", checked: "2026-08-24"), practice("future", checked: "2027-01-01"),
    ],
    sources: [
      source("also-old", checked: "2026-08-25", .unverified), source("fresh", checked: "2026-11-01", .unverified),
      source("no-date", checked: "2026", .read),
    ])

  private func due(_ days: Int) throws -> [String] {
    Staleness(knowledge, days: days, today: try #require(CivilDate("2026-11-23"))).due.map(\.id)
  }

  @Test func listsTheOldestFirst() throws {
    #expect(try due(90) == ["no-date", "older", "old", "also-old"])
    #expect(try due(91) == ["no-date", "older"])
    #expect(try due(92) == ["no-date"])
    #expect(try due(0) == ["no-date", "older", "old", "also-old", "fresh", "new"])
    let list = Staleness(knowledge, days: 90, today: try #require(CivilDate("2026-11-23")))
    #expect(list.unverified == ["also-old", "fresh"] && list.due.map(\.days) == [nil, 91, 90, 90])
  }

  @Test func daysAreThoseOfTheCalendar() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    for day in stride(from: -141_427, through: 200_000, by: 101) {
      let date = Date(timeIntervalSince1970: Double(day) * 86_400)
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      let text = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
      #expect(CivilDate(text)?.dayNumber == day, "\(text)")
    }
    #expect(CivilDate("1970-01-01")?.dayNumber == 0 && CivilDate("2024-02-29") != nil && CivilDate("2000-02-29") != nil)
    for text in [
      "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1", "", "x", "2026-11-22 ",
    ] {
      #expect(CivilDate(text) == nil, "\(text)")
    }
  }
}

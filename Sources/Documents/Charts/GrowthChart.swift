internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// When growth crosses thresholds: a band for each on a scale of years, and the same as a table.
struct GrowthChart {
  let projection: GrowthProjection
  let wording: Wording
  let time: GrowthTime
  /// The crossings within the horizon, those of one trait and threshold together.
  private let rows: [[GrowthProjection.Crossing]]

  init(_ projection: GrowthProjection, _ wording: Wording) {
    self.projection = projection
    self.wording = wording
    time = GrowthTime(wording.assessment.sheet.date)
    var rows: [[GrowthProjection.Crossing]] = []
    for crossing in projection.near {
      if let index = rows.firstIndex(where: { $0[0].trait == crossing.trait && $0[0].threshold == crossing.threshold })
      {
        rows[index].append(crossing)
      } else {
        rows.append([crossing])
      }
    }
    self.rows = rows
  }

  // MARK: Markdown

  /// Chart, table and what they rest on.
  /// - Parameter link: a decision's name, leading to its section.
  func markdown(link: (DecisionResult) -> String) -> String {
    var parts: [String] = []
    if let picture { parts += [picture.fence, table(link: link)] }
    parts += [picture == nil ? "No threshold is crossed within \(years)." : nil, later, assumption].compactMap(\.self)
    return parts.joined(separator: "\n\n")
  }

  func table(link: (DecisionResult) -> String) -> String {
    let lines = projection.near.map { crossing -> String in
      let result = wording.assessment.decision(crossing.decision)
      let cells = [
        time.text(crossing), wording.id(crossing.trait),
        "\(wording.amount(crossing.at, of: crossing.trait)) (\(wording.id(crossing.threshold)))",
        result.map(link) ?? wording.id(crossing.decision), change(crossing),
      ]
      return "| \(cells.map(MarkdownText.cell).joined(separator: " | ")) |"
    }
    return (["| When | Trait | Threshold | Decision | Outcome |", "| --- | --- | --- | --- | --- |"] + lines)
      .joined(separator: "\n")
  }

  /// `single-node`, then `read-replicas`.
  private func change(_ crossing: GrowthProjection.Crossing) -> String {
    func outcomes(_ ids: [String]) -> String {
      (ids.count > 1 ? "open: " : "") + Wording.list(ids.map(wording.outcomeID), "or")
    }
    return "\(outcomes(crossing.from)) → \(outcomes(crossing.to))"
  }

  /// What is crossed after the horizon.
  var later: String? {
    let later = projection.later.map { crossing in
      "\(wording.id(crossing.trait)) at \(wording.amount(crossing.at, of: crossing.trait))"
    }.uniqued()
    return later.isEmpty ? nil : "Not within \(years): \(Wording.list(later))."
  }

  /// What is taken to grow with what.
  var assumption: String {
    let parts = GrowthProjection.Driver.allCases.compactMap { driver -> String? in
      guard let growth = projection.growth[driver] else { return nil }
      let carried = driver.carried.filter { projection.carried[driver]?.contains($0) == true }
      guard !carried.isEmpty else { return nil }
      let verb = growth.high <= 0 ? "shrink" : "grow"
      let rate = growth.high <= 0 ? Interval(-growth.high, -growth.low) : growth
      return "\(driver.rawValue) \(verb) by \(QuantityText.text(rate, .share)) a year, and with them "
        + wording.ids(carried)
    }
    guard !parts.isEmpty else { return "Nothing that grows is known." }
    return "Assumed: \(parts.joined(separator: "; ")). Growth is compound, and all else stays as it is."
  }

  private var years: String { "\(Int(GrowthProjection.horizon)) years" }

  private var description: String {
    var sentences = rows.map { row in
      let crossing = row[0]
      let title = wording.knowledge.trait(crossing.trait)?.entry.title ?? crossing.trait
      let amount = wording.amount(crossing.at, of: crossing.trait)
      return "\(title) \(crossing.isRising ? "passes" : "falls below") \(amount): \(time.text(crossing)) "
        + "(\(Wording.list(row.map { name($0.decision) })))."
    }
    if !projection.later.isEmpty { sentences.append("Others are not crossed within \(years).") }
    return sentences.joined(separator: " ")
  }

  private func name(_ decision: String) -> String {
    wording.assessment.decision(decision)?.decision.entry.title ?? decision
  }

  // MARK: Text

  /// At most 100 columns wide; a year is eight of them.
  var text: String {
    let cells = 8
    let total = cells * Int(GrowthProjection.horizon)
    func fitted(_ text: String, _ width: Int) -> String { text.count <= width ? text : text.prefix(width - 1) + "…" }
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let names = rows.map { fitted($0[0].trait, 20) }
    let lines = rows.map { fitted(wording.amount($0[0].at, of: $0[0].trait), 13) }
    let nameWidth = names.map(\.count).max() ?? 0
    let lineWidth = lines.map(\.count).max() ?? 0
    let marks = (0..<Int(GrowthProjection.horizon)).map { padded(time.mark($0), cells) }.joined()
    let head = String(repeating: " ", count: nameWidth + lineWidth + 4) + marks
    return
      ([head]
      + rows.indices.map { index in
        let crossing = rows[index][0]
        let first = min(total - 1, Int(crossing.earliest * Double(cells)))
        let last = crossing.latest.map { max(first, min(total - 1, Int($0 * Double(cells)))) } ?? total - 1
        let isOpen = crossing.latest.map { $0 > GrowthProjection.horizon } ?? true
        let band = String(repeating: "█", count: last - first + 1)
        let track = String(repeating: "─", count: first) + band + String(repeating: "─", count: total - 1 - last)
        return "\(padded(names[index], nameWidth))  \(padded(lines[index], lineWidth))  \(track)\(isOpen ? "▸" : " ") "
          + fitted(time.text(crossing), 20)
      }).map { line in
        var line = line
        while line.last == " " { line.removeLast() }
        return line
      }.joined(separator: "\n")
  }

  // MARK: Drawing

  /// Nil where nothing is crossed within the horizon.
  var picture: Picture? {
    guard !rows.isEmpty else { return nil }
    let words = ChartRows(
      rows.map { row in
        let crossing = row[0]
        let trait = wording.knowledge.trait(crossing.trait)
        let unit = trait?.kind.unit ?? .number
        return .init(
          label: trait?.entry.title ?? crossing.trait,
          value: "\(QuantityText.text(crossing.value, unit)); line \(QuantityText.text(crossing.at, unit))",
          figure: time.text(crossing), note: row.map { name($0.decision) }.joined(separator: ", "))
      })
    func x(_ years: Double) -> Int {
      let share = min(1, max(0, years / GrowthProjection.horizon))
      return ChartRows.left + Int((share * Double(ChartRows.right - ChartRows.left)).rounded())
    }
    var out = ""
    for year in 0...Int(GrowthProjection.horizon) {
      let at = x(Double(year))
      out += SVG.line(at, ChartRows.top - 6, at, words.bottom, year == 0 ? "threshold" : "grid")
      out += SVG.text(time.mark(year), at, ChartRows.top - 14, "tick", .middle)
    }
    for (index, row) in rows.enumerated() {
      let crossing = row[0]
      let middle = words.middle(index)
      out += words.draw(index)
      let first = x(crossing.earliest)
      let isOpen = crossing.latest.map { $0 > GrowthProjection.horizon } ?? true
      let last = isOpen ? ChartRows.right : x(crossing.latest ?? 0)
      out += SVG.line(ChartRows.left, middle, first, middle, "track")
      if last - first > 4 {
        out += SVG.rect(first, middle - ChartRows.bar / 2, last - first, ChartRows.bar, "past")
        if isOpen { out += SVG.path("M\(ChartRows.right) \(middle - 8)l9 8l-9 8z", "cut") }
      } else {
        out += SVG.path("M\(first) \(middle - 9)l8 9l-8 9l-8 -9z", "moment")
      }
    }
    let hasBands = rows.contains { ($0[0].latest ?? .infinity) - $0[0].earliest > 1e-6 }
    return Picture(
      id: "growth-chart", title: "Growth",
      caption: hasBands
        ? "A band runs from the earliest to the latest crossing, where growth or a value is a range; one with an arrow "
          + "goes on beyond the chart." : nil,
      description: description, fenceLanguage: "text", source: text, size: (ChartRows.width, words.bottom + 8),
      drawing: out)
  }
}

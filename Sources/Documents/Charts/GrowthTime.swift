internal import DecisionEngine

/// Says when something comes, from years ahead: as months of the calendar where today's date is known, else as years
/// from now.
struct GrowthTime {
  /// Months since the year 0, with the part of the month that has passed; nil without a date.
  private let start: Double?

  /// - Parameter date: an ISO date; anything else is no date.
  init(_ date: String?) {
    let parts = (date ?? "").split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts[0].count == 4, let year = Int(parts[0]), let month = Int(parts[1]),
      let day = Int(parts[2]), year > 0, (1...12).contains(month), (1...31).contains(day)
    else {
      start = nil
      return
    }
    start = Double(year * 12 + month - 1) + Double(day - 1) / Double(GrowthTime.days(month, of: year))
  }

  private static func days(_ month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// `2028-03 to 2029-01`, or `in 1.4 to 2.1 years`.
  func text(_ crossing: GrowthProjection.Crossing) -> String {
    let isNow = crossing.earliest == 0
    guard let latest = crossing.latest else {
      return isNow ? "today, or never" : "\(point(crossing.earliest)) or later"
    }
    let isPoint = latest - crossing.earliest <= 1e-6 * max(1, latest)
    if isPoint { return isNow ? "today" : point(crossing.earliest) }
    if isNow, start == nil, latest <= 100 { return "within \(end(latest)) years" }
    if isNow { return "today to \(end(latest))" }
    let (first, last) = (moment(crossing.earliest, up: false), end(latest))
    if first == last { return start == nil ? "in \(first) years" : first }
    if start == nil, latest > 100 { return "in \(first) years to \(last)" }
    return start == nil ? "in \(first) to \(last) years" : "\(first) to \(last)"
  }

  /// The mark of a scale, whole years ahead.
  func mark(_ years: Int) -> String {
    start == nil ? (years == 0 ? "today" : years == 1 ? "1 year" : "\(years) years") : moment(Double(years), up: false)
  }

  private func point(_ years: Double) -> String {
    start == nil ? "in \(moment(years, up: false)) years" : moment(years, up: false)
  }

  /// An end that is too far away to be dated.
  private func end(_ years: Double) -> String { years > 100 ? "some later century" : moment(years, up: true) }

  /// The month it falls in; without a date the years, rounded outward to a tenth.
  private func moment(_ years: Double, up: Bool) -> String {
    let years = min(years, 1_000)
    guard let start else {
      let tenths = Int((years * 10).rounded(up ? .up : .down))
      return "\(tenths / 10).\(tenths % 10)"
    }
    let months = Int(start + years * 12)
    let (year, month) = (months / 12, months % 12 + 1)
    return "\(year)-\(month < 10 ? "0" : "")\(month)"
  }
}

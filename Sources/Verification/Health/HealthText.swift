public import Terminal

extension HealthReport {
  /// For a terminal: what each target answered, and what that means. Lines are broken, and cells cut, at `width`
  /// columns; below 84 the tables become lists.
  public func lines(width: Int) -> [StyledText] {
    targets.enumerated().flatMap { index, target in
      (index == 0 ? [] : [StyledText()]) + TargetText(target, width: width).lines
    }
  }

  /// A line for each target, and one for each endpoint that fails: for many targets on a small terminal.
  public func shortLines(width: Int) -> [StyledText] {
    targets.flatMap { TargetText($0, width: width).shortLines }
  }
}

private struct TargetText {
  let target: HealthReport.Target
  let width: Int

  init(_ target: HealthReport.Target, width: Int) {
    self.target = target
    self.width = max(width, 20)
  }

  /// What is worth a row: not the paths that are not there.
  private var rows: [HealthReport.Endpoint] { target.endpoints.filter { target.outcome($0) != .absent } }

  private var heading: StyledText {
    StyledText(target.base, .strong) + ": " + StyledText(target.verdict.rawValue, style(target.verdict))
  }

  var shortLines: [StyledText] {
    let failing = target.commonError == nil ? rows.filter { target.outcome($0) == .fail } : []
    let why = target.commonError.map { StyledText(", \($0)") } ?? StyledText(", \(target.states)")
    return [(heading + why).fitted(width)]
      + failing.map { endpoint in
        let what = endpoint.error ?? endpoint.shownStatus
        return (StyledText("  ") + StyledText("fail", .bad) + StyledText(" \(endpoint.path.path) \(what)")).fitted(
          width)
      }
  }

  var lines: [StyledText] {
    var lines = heading.wrapped(width, hanging: 2)
    if let error = target.commonError {
      return lines + StyledText("no answer on any path: \(error)", .bad).wrapped(width, indent: 2, hanging: 2)
    }
    lines += StyledText(target.states).wrapped(width, indent: 2)
    if !rows.isEmpty { lines += width < 84 ? list : table }
    lines += absent
    for redirect in target.redirects {
      let paths = redirect.paths.joined(separator: ", ")
      lines += StyledText("\(paths) → \(redirect.to), not followed").wrapped(width, indent: 2, hanging: 2)
    }
    if let encryption = target.encryption { lines += StyledText(encryption).wrapped(width, indent: 2, hanging: 2) }
    for note in target.notes {
      lines += (StyledText("note: ", .warning) + StyledText(note)).wrapped(width, indent: 2, hanging: 6)
    }
    return lines
  }

  /// Paths that are not there, by status.
  private var absent: [StyledText] {
    let endpoints = target.endpoints.filter { target.outcome($0) == .absent }
    return Set(endpoints.compactMap(\.answer?.status)).sorted().flatMap { status in
      let paths = endpoints.filter { $0.answer?.status == status }.map(\.path.path).joined(separator: ", ")
      return StyledText("not there (\(status)): \(paths)", .faint).wrapped(width, indent: 2, hanging: 2)
    }
  }

  // MARK: Rows

  private struct Column {
    let title: String
    let width: Int
    let isNumber: Bool
    let cell: (HealthReport.Endpoint) -> StyledText

    init(
      _ title: String, _ width: Int, isNumber: Bool = false, _ cell: @escaping (HealthReport.Endpoint) -> StyledText
    ) {
      self.title = title
      self.width = width
      self.isNumber = isNumber
      self.cell = cell
    }

    func set(_ text: StyledText) -> StyledText {
      let text = text.fitted(width)
      let space = StyledText(String(repeating: " ", count: max(0, width - text.width)))
      return isNumber ? space + text : text + space
    }
  }

  private var table: [StyledText] {
    func time(_ value: @escaping (HealthReport.Times) -> Double?) -> (HealthReport.Endpoint) -> StyledText {
      { endpoint in value(endpoint.times).map { StyledText(HealthReport.shown($0)) } ?? "–" }
    }
    let isEncrypted = rows.contains { $0.times.tls != nil }
    let paths = min(30, max(4, rows.map(\.path.path.count).max() ?? 0))
    let before = [
      Column("", 8) { StyledText(target.outcome($0).rawValue, style(target.outcome($0))) },
      Column("CLASS", 7) { StyledText($0.path.kind.rawValue) }, Column("PATH", paths) { StyledText($0.path.path) },
      Column("STATUS", 6, isNumber: true) { StyledText($0.shownStatus) },
      Column("TIME", 7, isNumber: true, time(\.total)),
    ]
    var after = [Column("CONNECT", 7, isNumber: true, time(\.connect))]
    if isEncrypted { after.append(Column("TLS", 7, isNumber: true, time(\.tls))) }
    after.append(Column("1ST BYTE", 8, isNumber: true, time(\.firstByte)))
    let used = 2 + (before + after).reduce(0) { $0 + $1.width + 2 }
    let types = width - used
    if types >= 4 { after.append(Column("TYPE", types) { StyledText($0.answer?.contentType ?? "–") }) }
    func line(_ cells: [StyledText]) -> StyledText { StyledText("  ") + cells.joined(separator: "  ") }
    let titles = line((before + after).map { $0.set(StyledText($0.title, .faint)) })
    return [titles.trimmed]
      + rows.map { endpoint in
        let first = before.map { $0.set($0.cell(endpoint)) }
        guard let error = endpoint.error else { return line(first + after.map { $0.set($0.cell(endpoint)) }).trimmed }
        return line(first + [StyledText(error, .bad)]).fitted(width)
      }
  }

  private var list: [StyledText] {
    rows.flatMap { endpoint in
      let outcome = target.outcome(endpoint)
      var text = StyledText(outcome.rawValue, style(outcome)) + StyledText(" \(endpoint.path.kind.rawValue)")
      text += StyledText(" \(endpoint.path.path) ")
      if let error = endpoint.error {
        text += StyledText(error, .bad)
      } else {
        text += StyledText("\(endpoint.shownStatus) in \(HealthReport.shown(endpoint.times.total))")
        if let type = endpoint.answer?.contentType { text += StyledText(", \(type)") }
      }
      return text.wrapped(width, indent: 2, hanging: 2)
    }
  }

  private func style(_ outcome: HealthReport.Target.Outcome) -> Style {
    switch outcome {
    case .pass: .good
    case .fail: .bad
    case .absent: .faint
    case .unproven: .warning
    }
  }

  private func style(_ verdict: HealthReport.Verdict) -> Style {
    switch verdict {
    case .healthy: [.strong, .good]
    case .degraded: [.strong, .warning]
    case .unreachable: [.strong, .bad]
    }
  }
}

extension StyledText {
  /// Without spaces at its end.
  fileprivate var trimmed: StyledText {
    let spaces = plain.reversed().prefix { $0 == " " }.count
    guard spaces > 0 else { return self }
    var left = plain.count - spaces
    return runs.reduce(into: StyledText()) { text, run in
      text += StyledText(String(run.text.prefix(left)), run.style)
      left -= min(left, run.text.count)
    }
  }
}

extension HealthReport {
  /// A section for each target, for a pull request or a ticket.
  public var markdown: String { targets.map(\.markdown).joined(separator: "\n") }
}

extension HealthReport.Target {
  fileprivate var markdown: String {
    // None of what stands in backticks holds one, or a bar.
    var out = "## Health of `\(base)`: \(verdict.rawValue)\n\n\(states)\n\n"
    out += "| outcome | class | path | status | time | first byte | content type |\n"
    out += "| --- | --- | --- | ---: | ---: | ---: | --- |\n"
    for endpoint in endpoints {
      let cells = [
        outcome(endpoint).rawValue, endpoint.path.kind.rawValue, "`\(endpoint.path.path)`", endpoint.shownStatus,
        HealthReport.shown(endpoint.times.total), endpoint.times.firstByte.map(HealthReport.shown) ?? "",
        endpoint.answer?.contentType.map { "`\($0)`" } ?? "",
      ]
      out += "| \(cells.joined(separator: " | ")) |\n"
    }
    let remarks = remarks
    return out + (remarks.isEmpty ? "" : "\n") + remarks.map { "* \($0)\n" }.joined()
  }

  private var remarks: [String] {
    let errors: [String]
    if let commonError {
      errors = ["no answer on any path: \(commonError)"]
    } else {
      errors = endpoints.compactMap { endpoint in endpoint.error.map { "`\(endpoint.path.path)`: \($0)" } }
    }
    let redirects = redirects.map { redirect in
      "\(redirect.paths.map { "`\($0)`" }.joined(separator: ", ")) → `\(redirect.to)`, not followed"
    }
    return errors + redirects + [encryption].compactMap(\.self) + notes
  }
}

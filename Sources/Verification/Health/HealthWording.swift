internal import Foundation

/// Words that all texts for people share.
extension HealthReport {
  /// `0.4 ms`, `12 ms`, `1.2 s`.
  static func shown(_ milliseconds: Double) -> String {
    if milliseconds < 9.95 { return "\(rounded(milliseconds)) ms" }
    if milliseconds < 999.5 { return "\(Int(milliseconds.rounded())) ms" }
    return "\(Decimal(Int((milliseconds / 100).rounded())) / 10) s"
  }
}

extension HealthReport.Target {
  /// `live pass, ready fail, general absent`.
  var states: String { HealthClass.allCases.map { "\($0.rawValue) \(state(of: $0).rawValue)" }.joined(separator: ", ") }

  /// The error that all paths share, if there is no answer at all.
  var commonError: String? {
    guard verdict == .unreachable, let first = endpoints.first?.error else { return nil }
    return endpoints.allSatisfy { $0.error == first } ? first : nil
  }

  /// Where answers point, by the paths that do so; the control is none of them.
  var redirects: [(paths: [String], to: String)] {
    endpoints.reduce(into: []) { found, endpoint in
      guard let to = endpoint.answer?.redirect else { return }
      if let index = found.firstIndex(where: { $0.to == to }) {
        found[index].paths.append(endpoint.path.path)
      } else {
        found.append(([endpoint.path.path], to))
      }
    }
  }

  /// The certificate that expires first, and the version of TLS.
  var encryption: String? {
    let versions = Set(endpoints.compactMap(\.tlsVersion)).sorted().joined(separator: ", ")
    guard let certificate else { return versions.isEmpty ? nil : versions }
    let days = certificate.daysLeft
    let left = "\(days) \(abs(days) == 1 ? "day" : "days") from now"
    return "\(versions.isEmpty ? "TLS" : versions), certificate expires on \(certificate.day), \(left)"
  }
}

extension HealthReport.Endpoint {
  var shownStatus: String { answer.map { "\($0.status)" } ?? "none" }
}

extension HealthReport.Certificate {
  /// In UTC, as `2026-11-22`.
  var day: String { String(HealthReport.timestamp(expires).prefix { $0 != "T" }) }
}

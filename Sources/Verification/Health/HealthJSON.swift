internal import Foundation
public import TextFormats

extension HealthReport {
  /// All of it, times in milliseconds.
  public var json: JSON { .object(["targets": .array(targets.map(\.json))]) }

  /// Milliseconds with one digit behind the point.
  static func rounded(_ milliseconds: Double) -> Decimal {
    guard milliseconds.isFinite, milliseconds < 1e12 else { return 0 }
    return Decimal(Int((milliseconds * 10).rounded())) / 10
  }

  /// `2026-11-22T00:00:00Z`.
  static func timestamp(_ date: Date) -> String {
    date.formatted(.iso8601)
  }
}

extension HealthReport.Target {
  var json: JSON {
    .object([
      "base": .string(base), "endpoints": .array(endpoints.map { $0.json(outcome($0)) }),
      "live": .string(live.rawValue), "ready": .string(ready.rawValue), "general": .string(general.rawValue),
      "verdict": .string(verdict.rawValue), "control": control.map { $0.json(nil) } ?? .null, "notes": .strings(notes),
    ])
  }
}

extension HealthReport.Endpoint {
  func json(_ outcome: HealthReport.Target.Outcome?) -> JSON {
    func text(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
    func time(_ time: Double?) -> JSON { time.map { .number(HealthReport.rounded($0)) } ?? .null }
    var members: [JSON.Member] = [.init("path", .string(path.path))]
    if let outcome {
      members += [.init("class", .string(path.kind.rawValue)), .init("outcome", .string(outcome.rawValue))]
    }
    members += [
      .init("status", answer.map { .number(Decimal($0.status)) } ?? .null), .init("time_ms", time(times.total)),
      .init("content_type", text(answer?.contentType)), .init("redirect", text(answer?.redirect)),
      .init("error", text(error)), .init("lookup_ms", time(times.lookup)), .init("connect_ms", time(times.connect)),
      .init("tls_ms", time(times.tls)), .init("first_byte_ms", time(times.firstByte)),
      .init("address", text(address)), .init("http_version", text(answer?.httpVersion)), .init("tls", tls),
    ]
    return .object(members)
  }

  private var tls: JSON {
    guard tlsVersion != nil || certificate != nil else { return .null }
    return .object([
      "version": tlsVersion.map(JSON.string) ?? .null,
      "subject": certificate.map { .string($0.subject) } ?? .null,
      "issuer": certificate.map { .string($0.issuer) } ?? .null,
      "expires": certificate.map { .string(HealthReport.timestamp($0.expires)) } ?? .null,
      "days_left": certificate.map { .number(Decimal($0.daysLeft)) } ?? .null,
    ])
  }
}

internal import Foundation

extension HealthReport {
  /// In the text format that Prometheus reads. Each family stands together, with its help and type.
  public var prometheus: String {
    var out = ""
    func family(_ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: String)]) {
      guard !samples.isEmpty else { return }
      out += "# HELP plumbline_health_\(name) \(help)\n# TYPE plumbline_health_\(name) gauge\n"
      for sample in samples {
        let labels = sample.labels.map { "\($0)=\"\(HealthReport.escaped($1))\"" }.joined(separator: ",")
        out += "plumbline_health_\(name){\(labels)} \(sample.value)\n"
      }
    }
    let endpoints = targets.flatMap { target in target.endpoints.map { (target: target, endpoint: $0) } }
    func labels(_ pair: (target: Target, endpoint: Endpoint)) -> [(String, String)] {
      [("target", pair.target.base), ("path", pair.endpoint.path.path), ("class", pair.endpoint.path.kind.rawValue)]
    }
    func times(_ value: (Times) -> Double?) -> [(labels: [(String, String)], value: String)] {
      endpoints.compactMap { pair in
        guard pair.endpoint.answer != nil, let time = value(pair.endpoint.times) else { return nil }
        return (labels(pair), HealthReport.seconds(time))
      }
    }
    // Paths that nobody configured and that are not there are no endpoints, so nothing can be up there.
    let there = endpoints.filter { $0.target.outcome($0.endpoint) != .absent }
    family(
      "up", "Whether an endpoint answers 2xx; paths that are not there are left out.",
      there.map { (labels($0), $0.target.outcome($0.endpoint) == .pass ? "1" : "0") })
    family(
      "healthy", "Whether at least one endpoint of the target passes and none fails.",
      targets.map { ([("target", $0.base)], $0.verdict == .healthy ? "1" : "0") })
    family(
      "reachable", "Whether the target answers at all.",
      targets.map { ([("target", $0.base)], $0.verdict == .unreachable ? "0" : "1") })
    family(
      "class_state", "The state of each class: 1 for the one that holds.",
      targets.flatMap { target in
        HealthClass.allCases.flatMap { kind in
          State.allCases.map { state in
            (
              [("target", target.base), ("class", kind.rawValue), ("state", state.rawValue)],
              target.state(of: kind) == state ? "1" : "0"
            )
          }
        }
      })
    family(
      "status_code", "The status of the answer.",
      endpoints.compactMap { pair in pair.endpoint.answer.map { (labels(pair), "\($0.status)") } })
    family("duration_seconds", "Until the head of the answer was complete.", times(\.total))
    family("connect_seconds", "For the TCP connection alone.", times(\.connect))
    family("tls_handshake_seconds", "For the handshake of TLS alone.", times(\.tls))
    family("first_byte_seconds", "Until the first byte of the answer.", times(\.firstByte))
    family(
      "certificate_expiry_timestamp_seconds", "When the certificate that expires first does so.",
      targets.compactMap { target in
        target.certificate.map { ([("target", target.base)], "\(Int($0.expires.timeIntervalSince1970))") }
      })
    return out
  }

  private static func seconds(_ milliseconds: Double) -> String {
    NSDecimalNumber(decimal: rounded(milliseconds) / 1000).stringValue
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}

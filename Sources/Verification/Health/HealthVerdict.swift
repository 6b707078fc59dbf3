/// How answers are judged. No single answer speaks for another: one endpoint that passes hides none that fails.
extension HealthReport.Target {
  /// What became of one endpoint.
  public enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// It answered 2xx.
    case pass
    case fail
    /// Nobody configured the path, and it is not there.
    case absent
    /// It answered 2xx, as any path of this service does, and the judgement is strict.
    case unproven
  }

  /// - A 2xx passes; in a strict judgement only where the path that cannot exist does not get one, too.
  /// - On a path that nobody configured, 404 and 410 say that it is not there. So does any other 3xx or 4xx that the path
  ///   that cannot exist gets as well: a login page in front of everything is no endpoint.
  /// - All else fails: a redirect, a refusal, a 5xx, no answer.
  public func outcome(_ endpoint: HealthReport.Endpoint) -> Outcome {
    guard let status = endpoint.answer?.status else { return .fail }
    if (200...299).contains(status) { return isStrict && answersAnything ? .unproven : .pass }
    guard !endpoint.path.isConfigured else { return .fail }
    if status == 404 || status == 410 { return .absent }
    return (300...499).contains(status) && status == control?.answer?.status ? .absent : .fail
  }

  /// Whether a path that cannot exist gets a 2xx.
  public var answersAnything: Bool { control?.answer.map { (200...299).contains($0.status) } ?? false }

  /// Fails if any endpoint of the class fails; passes if one passes and none fails.
  public func state(of kind: HealthClass) -> HealthReport.State {
    let outcomes = endpoints.filter { $0.path.kind == kind }.map(outcome)
    if outcomes.contains(.fail) { return .fail }
    return outcomes.contains(.pass) ? .pass : .absent
  }

  public var live: HealthReport.State { state(of: .live) }
  public var ready: HealthReport.State { state(of: .ready) }
  public var general: HealthReport.State { state(of: .general) }

  public var verdict: HealthReport.Verdict {
    guard (endpoints + [control].compactMap(\.self)).contains(where: { $0.answer != nil }) else { return .unreachable }
    let states = HealthClass.allCases.map(state)
    return states.contains(.pass) && !states.contains(.fail) ? .healthy : .degraded
  }

  /// Days before the expiry of a certificate from which on a note speaks of it.
  static let daysOfWarning = 14

  /// What the verdict leaves unsaid, a sentence each.
  public var notes: [String] {
    guard verdict != .unreachable else { return [] }
    var notes: [String] = []
    let outcomes = endpoints.map(outcome)
    let isConfigured = endpoints.contains { $0.path.isConfigured }
    if let status = control?.answer?.status {
      if answersAnything {
        notes.append(
          "a path that cannot exist gets \(status), so a 2xx proves nothing here"
            + (isStrict ? "" : "; --strict does not let it pass"))
      } else if status >= 500, !isConfigured, outcomes.contains(.fail) {
        notes.append(
          "a path that cannot exist gets \(status), so a failure may only mean that a path is not there; name the paths with --path"
        )
      }
    }
    if !outcomes.contains(.pass), !outcomes.contains(.unproven), !outcomes.contains(.fail) {
      notes.append("no health endpoint was found; name it with --path")
    }
    if let secure = secureRedirect { notes.append("it redirects to https; a probe of \(secure) tells more") }
    if !isConfigured, outcomes.contains(.pass) {
      for (state, name, test) in [(live, "live", "liveness"), (ready, "ready", "readiness")] where state == .absent {
        notes.append("no \(name) endpoint was found, so \(test) is not shown by itself")
      }
    }
    if let days = certificate?.daysLeft, days < HealthReport.Target.daysOfWarning {
      notes.append("the certificate expires in \(days) \(days == 1 ? "day" : "days")")
    }
    return notes
  }

  /// The certificate that expires first.
  public var certificate: HealthReport.Certificate? {
    endpoints.compactMap(\.certificate).min { $0.expires < $1.expires }
  }

  /// The same base by https, if an answer points there.
  private var secureRedirect: String? {
    guard base.hasPrefix("http://") else { return nil }
    let secure = "https://" + base.dropFirst("http://".count)
    let answers = (endpoints + [control].compactMap(\.self)).compactMap(\.answer)
    return answers.contains { ($0.redirect ?? "").lowercased().hasPrefix(secure + "/") } ? secure : nil
  }
}

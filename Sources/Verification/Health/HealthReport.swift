public import Foundation

/// What a probe found.
public struct HealthReport: Sendable, Hashable {
  /// In the order they were named.
  public var targets: [Target]

  public init(targets: [Target]) { self.targets = targets }

  public var isHealthy: Bool { targets.allSatisfy { $0.verdict == .healthy } }

  public var isUnreachable: Bool { targets.allSatisfy { $0.verdict == .unreachable } }

  public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// At least one endpoint passes, and none fails.
    case healthy
    /// It answers, but something fails, or nothing shows that it is healthy.
    case degraded
    /// No answer at all.
    case unreachable
  }

  public enum State: String, Sendable, Hashable, CaseIterable {
    case pass, fail, absent
  }

  public struct Target: Sendable, Hashable {
    public var base: String
    public var endpoints: [Endpoint]
    /// The answer at a path that no service has on purpose; nil if it was not asked for.
    public var control: Endpoint?
    /// Whether a 2xx proves something only if that path does not get one, too.
    public var isStrict: Bool

    public init(base: String, endpoints: [Endpoint], control: Endpoint?, isStrict: Bool = false) {
      self.base = base
      self.endpoints = endpoints
      self.control = control
      self.isStrict = isStrict
    }
  }

  /// One request and what came of it: an answer, or an error.
  public struct Endpoint: Sendable, Hashable {
    public var path: HealthPath
    public var answer: Answer?
    /// Why there is no answer, in our own words; nil if there is one.
    public var error: String?
    public var times: Times
    /// The address that was connected to.
    public var address: String?
    public var certificate: Certificate?
    /// Such as `TLSv1.3`.
    public var tlsVersion: String?

    public init(
      path: HealthPath, answer: Answer? = nil, error: String? = nil, times: Times = Times(), address: String? = nil,
      certificate: Certificate? = nil, tlsVersion: String? = nil
    ) {
      self.path = path
      self.answer = answer
      self.error = error
      self.times = times
      self.address = address
      self.certificate = certificate
      self.tlsVersion = tlsVersion
    }
  }

  /// The head of an answer, as much of it as counts. Nothing in it can steer a terminal or break a line.
  public struct Answer: Sendable, Hashable {
    /// 101, or 200 and above.
    public var status: Int
    /// Type and subtype; `unreadable` where the header holds something else; nil where there is none.
    public var contentType: String?
    /// Where it points; nil where it points nowhere.
    public var redirect: String?
    /// `1.0`, `1.1`, `2` or `3`.
    public var httpVersion: String?

    public init(status: Int, contentType: String? = nil, redirect: String? = nil, httpVersion: String? = nil) {
      self.status = status
      self.contentType = contentType
      self.redirect = redirect
      self.httpVersion = httpVersion
    }
  }

  /// Milliseconds. What was not reached is nil.
  public struct Times: Sendable, Hashable {
    /// Until the head of the answer was complete, or the probe gave up.
    public var total: Double
    /// For the name alone.
    public var lookup: Double?
    /// For the TCP connection alone.
    public var connect: Double?
    /// For the handshake of TLS alone.
    public var tls: Double?
    /// Since the beginning, until the first byte of the answer.
    public var firstByte: Double?

    public init(
      total: Double = 0, lookup: Double? = nil, connect: Double? = nil, tls: Double? = nil, firstByte: Double? = nil
    ) {
      self.total = total
      self.lookup = lookup
      self.connect = connect
      self.tls = tls
      self.firstByte = firstByte
    }
  }

  /// The server's own certificate, its names made harmless.
  public struct Certificate: Sendable, Hashable {
    public var subject: String
    public var issuer: String
    public var expires: Date
    /// Whole days from the probe to the expiry, rounded down.
    public var daysLeft: Int

    public init(subject: String, issuer: String, expires: Date, daysLeft: Int) {
      self.subject = subject
      self.issuer = issuer
      self.expires = expires
      self.daysLeft = daysLeft
    }
  }
}

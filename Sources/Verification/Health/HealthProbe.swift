internal import CCurl
internal import Foundation

/// Asks services how they are: GET, no redirect followed, no body read, no proxy, and no address inside unless allowed.
public struct HealthProbe: Sendable {
  /// How to ask.
  public struct Options: Sendable, Hashable {
    /// For a connection with its name look-up and TLS handshake.
    public var connectTimeout: Duration = .seconds(5)
    /// For each request as a whole.
    public var timeout: Duration = .seconds(10)
    /// Whether addresses may be asked that are not public: loopback, link-local, private ones and the like.
    public var allowsPrivate = false
    /// `Name: value`, sent with each request.
    public var headers: [String] = []
    /// A file with the certificates to trust, in PEM, in place of the system's.
    public var trustedCertificates: String?
    /// `host:port:address`, in place of a name look-up.
    public var resolve: [String] = []
    public var userAgent = "plumbline-health"
    /// Whether to ask each target for a path that cannot exist, too.
    public var asksForControl = true
    /// Whether a 2xx proves something only if a path that cannot exist does not get one, too.
    public var isStrict = false
    /// Requests under way at once.
    public var mostAtOnce = 32

    public init() {}
  }

  /// Between the beginnings of two requests to a target: many at once overflow the queue in which a small server keeps
  /// new connections, and would be slow for that alone.
  private static let pause = Duration.milliseconds(4)

  public let targets: [HealthTarget]
  public let paths: [HealthPath]
  public private(set) var options: Options

  /// - Parameter paths: none for the standard ones.
  public init(_ targets: [HealthTarget], paths: [HealthPath] = [], options: Options = Options()) {
    self.targets = targets
    self.paths = paths.isEmpty ? HealthPath.standard : paths
    self.options = options
    self.options.mostAtOnce = max(1, options.mostAtOnce)
  }

  /// Asks all targets for all paths and waits for the answers.
  ///
  /// - Parameter isCancelled: asked about ten times a second; once it is true, the probe is given up.
  /// - Throws: a problem of kind `noClient` or `cancelled`.
  public func run(unless isCancelled: () -> Bool = { false }) throws(HealthProblem) -> HealthReport {
    try HealthProbe.load()
    guard let multi = ccurl_multi_init() else { throw HealthProblem(.noClient, "libcurl cannot be started") }
    defer { ccurl_multi_cleanup(multi) }
    let headers = CurlList(options.headers)
    let resolve = CurlList(options.resolve)
    let hasGnuTLS = ccurl_has_gnutls()
    let now = Date()

    var found = targets.map { _ in [Int: HealthReport.Endpoint]() }
    var waiting = (paths.indices.map(Optional.some) + (options.asksForControl ? [nil] : [])).flatMap { path in
      targets.indices.map { (target: $0, path: path) }
    }[...]
    let clock = ContinuousClock()
    var earliest = targets.map { _ in clock.now }
    var underWay: [UnsafeMutableRawPointer: (transfer: Transfer, path: Int)] = [:]
    defer { for easy in underWay.keys { _ = ccurl_multi_remove(multi, easy) } }

    while !waiting.isEmpty || !underWay.isEmpty {
      while underWay.count < options.mostAtOnce, let next = waiting.first, earliest[next.target] <= clock.now {
        waiting.removeFirst()
        earliest[next.target] = clock.now + HealthProbe.pause
        let target = targets[next.target]
        let path = next.path.map { paths[$0] } ?? HealthPath(target.controlPath, .general)
        let transfer = try Transfer(
          path, of: target, number: next.target, options: options, headers: headers, resolve: resolve)
        guard ccurl_multi_add(multi, transfer.easy) == CURLM_OK else {
          throw HealthProblem(.noClient, "libcurl cannot begin a request")
        }
        underWay[transfer.easy] = (transfer, next.path ?? -1)
      }
      guard ccurl_multi_perform(multi) == CURLM_OK else { throw HealthProblem(.noClient, "libcurl failed") }
      var code = CURLE_OK
      while let easy = ccurl_multi_ended(multi, &code) {
        guard let (transfer, path) = underWay.removeValue(forKey: easy) else { continue }
        _ = ccurl_multi_remove(multi, easy)
        found[transfer.target][path] = transfer.endpoint(code, hasGnuTLS: hasGnuTLS, now: now)
      }
      if isCancelled() { throw HealthProblem(.cancelled, "given up") }
      // Where there is room for the next one, it is waited for no longer than until its turn.
      var wait = waiting.isEmpty && underWay.isEmpty ? Duration.zero : .milliseconds(100)
      if underWay.count < options.mostAtOnce, let next = waiting.first {
        wait = min(wait, max(.zero, earliest[next.target] - clock.now))
      }
      if wait > .zero { _ = ccurl_multi_poll(multi, Int32((wait / .milliseconds(1)).rounded(.up))) }
    }
    return HealthReport(
      targets: zip(targets, found).map { target, endpoints in
        HealthReport.Target(
          base: target.base, endpoints: paths.indices.compactMap { endpoints[$0] }, control: endpoints[-1],
          isStrict: options.isStrict)
      })
  }

  private static func load() throws(HealthProblem) {
    switch ccurl_load() {
    case CCURL_READY: return
    case CCURL_TOO_OLD: throw HealthProblem(.noClient, "this machine's libcurl is older than 7.66; install a newer one")
    case CCURL_FAILED: throw HealthProblem(.noClient, "libcurl cannot be started")
    default:
      throw HealthProblem(
        .noClient,
        "libcurl is not installed; install it (Debian, Ubuntu: apt-get install libcurl4; Fedora: dnf install libcurl; macOS has it)"
      )
    }
  }
}

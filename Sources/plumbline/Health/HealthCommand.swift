import ArgumentParser
import Foundation
import KnowledgeModel
import Terminal
import TextFormats
import Verification

/// `plumbline health`: how services answer where their balancers ask them.
struct HealthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", _superCommandName: Plumbline.name,
    abstract: "Ask services for their health endpoints, and judge live and ready apart.",
    discussion: """
      Asks by GET for the usual paths below each URL, at once, and stops at the end of the headers: no body is read and \
      no redirect followed. Addresses that are not public are asked only with --allow-private; what counts is the \
      address that is connected to.

      Exit status: 0 all are healthy, 1 some are not, 3 none answers.
      """)

  @Argument(help: ArgumentHelp("Base URLs; - reads them from standard input, one a line.", valueName: "url"))
  var urls: [String] = []

  @Option(
    name: .customLong("path"), parsing: .singleValue,
    help: ArgumentHelp(
      "A path to ask for in place of the usual ones, which then has to be there; may be given again.",
      valueName: "/path[=live|ready|general]"))
  var paths: [String] = []
  @Option(
    name: .customLong("header"), parsing: .singleValue,
    help: ArgumentHelp("Send this with each request; may be given again. It is never shown.", valueName: "name: value"))
  var headers: [String] = []
  @Option(help: ArgumentHelp("For each request as a whole.", valueName: "duration")) var timeout = "10s"
  @Option(help: ArgumentHelp("For name look-up, connection and TLS together.", valueName: "duration"))
  var connectTimeout = "5s"
  @Flag(help: "Ask loopback, link-local, private and other addresses that are not public, too.")
  var allowPrivate = false
  @Option(
    help: ArgumentHelp("Trust the certificates in this file (PEM) in place of the system's.", valueName: "file"))
  var cacert: String?
  @Option(
    name: .customLong("resolve"), parsing: .singleValue,
    help: ArgumentHelp("Use this address for a host and port; may be given again.", valueName: "host:port:address"))
  var resolve: [String] = []
  @Flag(help: "Let a 2xx pass only where a path that cannot exist does not get one, too.") var strict = false
  @Flag(name: .customLong("no-control"), help: "Do not ask for a path that cannot exist.") var noControl = false
  @Option(help: "text, json, markdown or prometheus.") var format: ReportFormat = .text
  @Flag(help: "Ask again and again; on a terminal the table is drawn in place.") var watch = false
  @Option(help: ArgumentHelp("Between the beginnings of two rounds of --watch.", valueName: "duration"))
  var interval = "5s"
  @Option(help: ArgumentHelp("Rounds of --watch; without it there is no end.", valueName: "n")) var count: Int?
  @Flag(name: .customLong("no-color"), help: "No colour.") var noColor = false

  enum ReportFormat: String, ExpressibleByArgument, CaseIterable { case text, json, markdown, prometheus }

  /// Targets of one run at most.
  private static let mostTargets = 10_000

  func validate() throws {
    if urls.isEmpty { throw ValidationError("Expected a URL such as https://example.com, or - for standard input.") }
    if count != nil, !watch { throw ValidationError("--count is a number of rounds of --watch.") }
    if let count, count < 1 { throw ValidationError("--count \(count): expected at least 1.") }
  }

  func run() throws {
    let probe = try probe()
    let seconds = try HealthCommand.duration(interval, option: "--interval", 0.1...86_400)
    HealthCommand.endOnInterrupt()
    if watch {
      return try HealthWatch(probe: probe, interval: seconds, count: count, format: format, hasColor: !noColor).run()
    }
    let report = try HealthCommand.report(probe)
    try Output.write(HealthCommand.text(report, format, hasColor: !noColor))
    try HealthCommand.end(isHealthy: report.isHealthy, isUnreachable: report.isUnreachable, report)
  }

  /// - Throws: `Ending` unless all was healthy.
  static func end(isHealthy: Bool, isUnreachable: Bool, _ report: HealthReport) throws {
    guard !isHealthy else { return }
    guard isUnreachable else { throw Ending.findings }
    let why = report.targets.first?.endpoints.first?.error.map { ": \($0)" } ?? ""
    throw Ending.cannot(
      report.targets.count == 1
        ? "\(report.targets.first?.base ?? "") gives no answer\(why)"
        : "none of the \(report.targets.count) targets gives an answer; the first\(why)")
  }

  static func report(_ probe: HealthProbe, unless isCancelled: () -> Bool = { false }) throws -> HealthReport {
    do throws(HealthProblem) {
      return try probe.run(unless: isCancelled)
    } catch {
      throw Ending.cannot(error.message)
    }
  }

  static func text(_ report: HealthReport, _ format: ReportFormat, hasColor: Bool) -> String {
    switch format {
    case .json: return report.json.pretty
    case .markdown: return report.markdown
    case .prometheus: return report.prometheus
    case .text:
      let depth = ColorDepth.detect(
        environment: ProcessInfo.processInfo.environment, isTerminal: isatty(1) == 1, wanted: hasColor)
      return report.lines(width: Output.columns).map { depth.render($0) + "\n" }.joined()
    }
  }

  /// One that the caller had ignored stays ignored.
  private static func endOnInterrupt() {
    let former = signal(SIGINT) { _ in _exit(130) }
    if unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { signal(SIGINT, SIG_IGN) }
  }

  // MARK: What was typed

  private func probe() throws -> HealthProbe {
    var options = HealthProbe.Options()
    options.timeout = try HealthCommand.duration(timeout, option: "--timeout", 0.001...600)
    options.connectTimeout = try HealthCommand.duration(connectTimeout, option: "--connect-timeout", 0.001...600)
    options.allowsPrivate = allowPrivate
    options.headers = try headers.map(HealthCommand.header)
    options.resolve = try resolve.map(HealthCommand.resolution)
    options.userAgent = "plumbline-health/\(Plumbline.version)"
    options.asksForControl = !noControl
    options.isStrict = strict
    if let cacert {
      guard try Files.text(cacert).contains("-----BEGIN CERTIFICATE-----") else {
        throw Ending.badInput("--cacert \(cacert.forMessage): there is no certificate in it; expected PEM")
      }
      options.trustedCertificates = cacert
    }
    do throws(HealthProblem) {
      var paths: [HealthPath] = []
      for text in self.paths {
        let path = try HealthPath(configured: text)
        if let former = paths.first(where: { $0.path == path.path }) {
          guard former != path else { continue }
          throw HealthProblem(.badInput, "--path \(text.forMessage): the path stands there with another class already")
        }
        paths.append(path)
      }
      return HealthProbe(try targets(), paths: paths, options: options)
    } catch {
      throw Ending.badInput(error.message)
    }
  }

  /// All that were named, each once.
  private func targets() throws(HealthProblem) -> [HealthTarget] {
    var targets: [HealthTarget] = []
    var known: Set<HealthTarget> = []
    for (place, text) in try typed() {
      let target = try HealthTarget(text, place: place)
      if known.insert(target).inserted {
        targets.append(target)
      } else {
        Output.error("\(place): \(target.base) was named before; it is asked once")
      }
    }
    guard !targets.isEmpty else { throw HealthProblem(.badInput, "standard input: there is no URL in it") }
    guard targets.count <= HealthCommand.mostTargets else {
      throw HealthProblem(.badInput, "\(targets.count) targets; expected 10,000 at most")
    }
    return targets
  }

  private func typed() throws(HealthProblem) -> [(place: String, text: String)] {
    guard urls.contains("-") else {
      return urls.enumerated().map { (urls.count == 1 ? "the URL" : "URL \($0 + 1)", $1) }
    }
    guard urls == ["-"] else { throw HealthProblem(.badInput, "- stands for all URLs; expected no others beside it") }
    let most = 4 << 20
    guard let bytes = try? AnswerOptions.bytes("-", atMost: most, expected: "a list of URLs") else {
      throw HealthProblem(.badInput, "standard input cannot be read")
    }
    guard bytes.count <= most else { throw HealthProblem(.badInput, "standard input: longer than 4 MiB") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw HealthProblem(.badInput, "standard input: this is not UTF-8 text")
    }
    return text.split(separator: /\r\n|\n|\r/, omittingEmptySubsequences: false).enumerated().compactMap {
      let line = $1.trimmingCharacters(in: .whitespaces)
      return line.isEmpty || line.hasPrefix("#") ? nil : ("standard input, line \($0 + 1)", line)
    }
  }

  private static func duration(_ text: String, option: String, _ bounds: ClosedRange<Double>) throws -> Duration {
    func problem(_ found: String, _ hint: String?) -> Ending {
      let expected = "expected \(words(bounds.lowerBound)) to \(words(bounds.upperBound)), such as 500ms or 5s"
      return .badInput("\(option) \(text.forMessage): \(found); \(expected)\(hint.map { "; \($0)" } ?? "")")
    }
    let value: Decimal
    do throws(QuantityNotation.Problem) {
      value = try QuantityNotation.value(text, unit: .seconds)
    } catch {
      throw problem(error.message.forMessage, error.hint)
    }
    let seconds = NSDecimalNumber(decimal: value).doubleValue
    guard bounds.contains(seconds) else { throw problem("out of bounds", nil) }
    return .seconds(seconds)
  }

  private static func words(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: "\(Int((seconds * 1000).rounded())) ms"
    case 86_400...: "\(Int(seconds / 86_400)) d"
    default: "\(Int(seconds / 60)) min"
    }
  }

  /// `Name: value`. What is wrong is said without any of it: it may be a secret.
  private static func header(_ text: String) throws -> String {
    func problem(_ what: String) -> Ending { .badInput("--header: \(what); expected 'Name: value'") }
    guard text.utf8.count <= 8192 else { throw problem("longer than 8,192 bytes") }
    guard let colon = text.firstIndex(of: ":") else { throw problem("there is no colon") }
    let marks = "!#$%&'*+-.^_`|~"
    guard colon > text.startIndex,
      text[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || marks.contains($0)) })
    else { throw problem("a character in the name cannot stand there") }
    guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" }) else {
      throw problem("a control character or the end of a line stands in it")
    }
    let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    // So libcurl is told of a header without a value.
    return value.isEmpty ? "\(text[..<colon]);" : "\(text[..<colon]): \(value)"
  }

  private static func resolution(_ text: String) throws -> String {
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    var address = parts.count == 3 ? parts[2] : ""
    if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
    var four = in_addr()
    var six = in6_addr()
    let isSix = inet_pton(AF_INET6, address, &six) == 1
    guard parts.count == 3, let port = Int(parts[1]), (1...65535).contains(port), "\(port)" == parts[1],
      let target = try? HealthTarget("http://\(parts[0])", place: ""), isSix || inet_pton(AF_INET, address, &four) == 1
    else {
      throw Ending.badInput(
        "--resolve \(text.forMessage): expected host:port:address, such as example.com:443:192.0.2.7")
    }
    return "\(target.base.dropFirst("http://".count)):\(port):\(isSix ? "[\(address)]" : address)"
  }
}

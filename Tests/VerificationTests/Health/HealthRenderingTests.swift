import Foundation
import Terminal
import Testing
import TextFormats

@testable import Verification

@Suite("How a report is shown")
struct HealthRenderingTests {
  private var shop: HealthReport.Target {
    var shop = target([("/health/live", 200), ("/livez", 404), ("/health/ready", 503), ("/ready", 0), ("/health", 302)])
    shop.endpoints[4].answer?.redirect = "/login"
    shop.endpoints[0].tlsVersion = "TLSv1.3"
    shop.endpoints[0].address = "203.0.113.7"
    shop.endpoints[0].times.tls = 8
    shop.endpoints[0].certificate = HealthReport.Certificate(
      subject: "CN = example.com", issuer: "CN = R3", expires: Date(timeIntervalSince1970: 1_795_336_205), daysLeft: 30)
    return shop
  }

  private var gone: HealthReport.Target { target([("/health", 0), ("/ready", 0)], control: 0, base: "http://gone") }

  @Test("JSON has what the contract names, and more")
  func json() throws {
    let json = try JSON.parse(HealthReport(targets: [shop]).json.line.utf8)
    guard case .array(let targets)? = json["targets"], let first = targets.first,
      case .array(let endpoints)? = first["endpoints"]
    else {
      Issue.record("no targets")
      return
    }
    #expect(first["base"] == .string("https://example.com"))
    #expect(first["live"] == .string("pass"))
    #expect(first["ready"] == .string("fail"))
    #expect(first["verdict"] == .string("degraded"))
    #expect(endpoints.count == 5)
    #expect(endpoints[0]["path"] == .string("/health/live"))
    #expect(endpoints[0]["status"] == .number(200))
    #expect(endpoints[0]["time_ms"] == .number(12))
    #expect(endpoints[0]["first_byte_ms"] == .number(Decimal(string: "11.3") ?? 0))
    #expect(endpoints[0]["content_type"] == .string("text/plain"))
    #expect(endpoints[0]["redirect"] == .null)
    #expect(endpoints[0]["error"] == .null)
    #expect(endpoints[0]["tls"]?["expires"] == .string("2026-11-22T08:30:05Z"))
    #expect(endpoints[0]["tls"]?["days_left"] == .number(30))
    #expect(endpoints[3]["status"] == .null)
    #expect(endpoints[3]["error"] == .string("timed out while connecting"))
    #expect(endpoints[3]["tls"] == .null)
    #expect(endpoints[4]["redirect"] == .string("/login"))
    #expect(first["control"]?["status"] == .number(404))
  }

  @Test("A table says what failed and why, and what is not there in one line")
  func table() {
    let lines = HealthReport(targets: [shop, gone]).lines(width: 100).map(\.plain)
    #expect(
      lines == [
        "https://example.com: degraded",
        "  live pass, ready fail, general fail",
        "            CLASS    PATH           STATUS     TIME  CONNECT      TLS  1ST BYTE  TYPE",
        "  pass      live     /health/live      200    12 ms     2 ms     8 ms     11 ms  text/plain",
        "  fail      ready    /health/ready     503    12 ms     2 ms        –     11 ms  text/plain",
        "  fail      ready    /ready           none    12 ms  timed out while connecting",
        "  fail      general  /health           302    12 ms     2 ms        –     11 ms  text/plain",
        "  not there (404): /livez",
        "  /health → /login, not followed",
        "  TLSv1.3, certificate expires on 2026-11-22, 30 days from now",
        "",
        "http://gone: unreachable",
        "  no answer on any path: timed out while connecting",
      ])
  }

  @Test("Nothing is wider than the terminal", arguments: [20, 30, 40, 60, 83, 84, 100])
  func widths(width: Int) {
    var long = shop
    long.endpoints[4].answer?.redirect = String(repeating: "a", count: 200)
    let report = HealthReport(targets: [long, gone])
    for line in report.lines(width: width) + report.shortLines(width: width) { #expect(line.width <= width) }
    let text = report.lines(width: width).map(\.plain).joined()
    #expect(text.contains("degraded"))
  }

  @Test("In short: a line for each target and for each endpoint that fails")
  func short() {
    #expect(
      HealthReport(targets: [shop, gone]).shortLines(width: 100).map(\.plain) == [
        "https://example.com: degraded, live pass, ready fail, general fail", "  fail /health/ready 503",
        "  fail /ready timed out while connecting", "  fail /health 302",
        "http://gone: unreachable, timed out while connecting",
      ])
  }

  @Test("Metrics: each family once, with help and type, and labels that are escaped")
  func metrics() {
    var odd = shop
    odd.base = "https://x\"\\\n"
    let text = HealthReport(targets: [shop, odd, gone]).prometheus
    let lines = text.split(separator: "\n")
    let names = lines.filter { !$0.hasPrefix("#") }.map { String($0.prefix { $0 != "{" }) }
    for name in Set(names) {
      #expect(lines.filter { $0.hasPrefix("# HELP \(name) ") }.count == 1)
      #expect(lines.filter { $0 == "# TYPE \(name) gauge" }.count == 1)
      let places = names.indices.filter { names[$0] == name }
      #expect(places == Array((places.first ?? 0)..<(places.first ?? 0) + places.count))
    }
    let labelled = lines.filter { !$0.hasPrefix("#") }.map { $0.prefix(upTo: $0.lastIndex(of: " ") ?? $0.endIndex) }
    #expect(Set(labelled).count == labelled.count)
    #expect(text.contains(#"target="https://x\"\\\n""#))
    #expect(text.contains(#"plumbline_health_up{target="https://example.com",path="/health/ready",class="ready"} 0"#))
    #expect(text.contains(#"plumbline_health_up{target="https://example.com",path="/ready",class="ready"} 0"#))
    #expect(!text.contains(#"plumbline_health_up{target="https://example.com",path="/livez""#))
    #expect(text.contains(#"plumbline_health_reachable{target="http://gone"} 0"#))
    #expect(text.contains(#"class_state{target="https://example.com",class="ready",state="fail"} 1"#))
    #expect(text.contains(#"duration_seconds{target="https://example.com",path="/health",class="general"} 0.012"#))
    #expect(text.contains(#"certificate_expiry_timestamp_seconds{target="https://example.com"} 1795336205"#))
  }

  @Test("Markdown is one table for each target")
  func markdown() {
    let text = HealthReport(targets: [shop, gone]).markdown
    #expect(text.contains("## Health of `https://example.com`: degraded\n"))
    #expect(text.contains("| fail | ready | `/health/ready` | 503 | 12 ms | 11 ms | `text/plain` |\n"))
    #expect(text.contains("* `/ready`: timed out while connecting\n"))
    #expect(text.contains("* `/health` → `/login`, not followed\n"))
    #expect(text.contains("* no answer on any path: timed out while connecting\n"))
    for row in text.split(separator: "\n") where row.hasPrefix("|") {
      #expect(row.filter { $0 == "|" }.count == 8)
    }
  }

  @Test(
    "Times",
    arguments: [
      (0.04, "0 ms"), (0.4, "0.4 ms"), (9.94, "9.9 ms"), (9.95, "10 ms"), (999.4, "999 ms"), (999.6, "1 s"),
      (1250, "1.3 s"), (10_000, "10 s"),
    ])
  func times(milliseconds: Double, text: String) {
    #expect(HealthReport.shown(milliseconds) == text)
  }
}

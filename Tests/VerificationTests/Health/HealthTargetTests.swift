import TestSupport
import Testing

@testable import Verification

@Suite("Base URLs and paths")
struct HealthTargetTests {
  @Test(
    "One base has one way to be written",
    arguments: [
      ("https://example.com", "https://example.com"), ("HTTPS://Example.COM:443/", "https://example.com"),
      ("http://example.com:80//", "http://example.com"), ("http://example.com:443", "http://example.com:443"),
      ("https://example.com/shop/", "https://example.com/shop"), ("http://[::1]:8080", "http://[::1]:8080"),
      ("http://[2001:DB8::A]/x", "http://[2001:db8::a]/x"), ("http://a_b.internal", "http://a_b.internal"),
      ("http://0x7f000001", "http://0x7f000001"), ("https://example.com./", "https://example.com."),
      ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"),
      ("http://h/a;b=c/d%2Fe", "http://h/a;b=c/d%2Fe"), ("http://h:08080", "http://h:8080"),
    ])
  func written(text: String, base: String) throws {
    #expect(try HealthTarget(text, place: "the URL").base == base)
  }

  @Test(
    "What is none is said with its place and the nearest right thing",
    arguments: [
      ("", "expected a URL such as"), ("example.com", "did you mean https://example.com?"),
      ("//example.com", "did you mean https://example.com?"), ("localhost:8080/x", "did you mean https://localhost"),
      ("http:/example.com", "begins with http:// or https://"), ("ftp://example.com", "did you mean https://example"),
      ("file:///etc/passwd", "expected http:// or https://"), ("unix://x", "expected http:// or https://"),
      ("http://", "there is no host"), ("http:///x", "there is no host"), ("http://:80", "there is no host"),
      ("http://h:0", "the port is not"), ("http://h:65536", "the port is not"), ("http://h:", "the port is not"),
      ("http://h:8x", "the port is not"), ("http://h:٥", "the port is not"), ("http://::1", "between [ and ]"),
      ("http://[::1", "never closed"), ("http://[fe80::1%25eth0]", "without a zone"), ("http://[::1]x", "behind the ]"),
      ("http://[127.0.0.1]", "expected an IPv6 address"), ("http://h?x=1", "without a query"),
      ("http://h/x#y", "without a query or fragment"), ("http://h/a b", "in the path"),
      ("http://h/a\\b", "in the path"),
      ("http://h/%zz", "in the path"), ("http://h/%0", "in the path"), ("http://a b/", "in the name"),
      ("http://h\n/", "in the name"), ("http://h/\u{1B}[31m", "in the path"), ("http://a,b/", "in the name"),
      ("http://h|x/", "in the name"), ("http://\(String(repeating: "a", count: 300))/", "in the name"),
      ("http://h/\(String(repeating: "a", count: 2000))", "longer than 2,000 bytes"),
    ])
  func hostile(text: String, expected: String) {
    let problem = #expect(throws: HealthProblem.self) { _ = try HealthTarget(text, place: "URL 2") }
    #expect(problem?.kind == .badInput)
    #expect(problem?.message.hasPrefix("URL 2") == true)
    #expect(problem?.message.contains(expected) == true, "\(problem?.message ?? "")")
    #expect(problem?.message.unicodeScalars.allSatisfy { $0.value >= 0x20 } == true)
  }

  @Test(
    "A password is refused, and nothing of it said",
    arguments: [
      "http://user:hush@example.com", "https://hush@example.com/x", "http://u:pa/hush@h", "u:hush@h", "http://h/@hush",
      "ftp://u:hush@h", "http://u:p?hush@h", "http://u:1#hush@h", "http://h?token=hush", "http://h/#hush",
      "h?token=hush", "http://u:\u{1B}hush@h", "http://h:1/a b?hush",
    ])
  func secrets(text: String) {
    let problem = #expect(throws: HealthProblem.self) { _ = try HealthTarget(text, place: "the URL") }
    #expect(problem?.message.contains("hush") == false, "\(problem?.message ?? "")")
  }

  @Test("Whatever is typed is a base of harmless ASCII, or a problem")
  func random() {
    var generator = SeededGenerator(seed: 11)
    let parts = [
      "http://", "https://", "h", ".", ":", "8", "/", "@", "[", "]", "::1", "%", "2f", "é", "\u{202E}", "\u{0}", " ",
      "\n", "?", "#", "xn--", "ß", "。", "\\", "|", "`", "\"", "😀", "127.0.0.1",
    ]
    for _ in 0..<size(3_000, full: 200_000) {
      let count = Int.random(in: 0...8, using: &generator)
      let text = (0..<count).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
      do throws(HealthProblem) {
        let base = try HealthTarget("http://" + text, place: "x").base
        #expect(base.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"\\`|<>@?#".utf8.contains($0) })
        #expect(try HealthTarget(base, place: "x").base == base)
      } catch {
        #expect(error.kind == .badInput)
      }
    }
  }

  @Test("The path that cannot exist is the same for the same target")
  func control() throws {
    let path = try HealthTarget("https://example.com/", place: "").controlPath
    #expect(path == (try HealthTarget("HTTPS://EXAMPLE.com:443", place: "")).controlPath)
    #expect(path != (try HealthTarget("https://example.org", place: "")).controlPath)
    #expect(path.hasPrefix("/plumbline-asks-for-nothing-"))
  }

  @Test(
    "A path has the class that is named, or that of a standard path, or none in particular",
    arguments: [
      ("/x=live", "/x", .live), ("/x=ready", "/x", .ready), ("/x=general", "/x", .general), ("/x", "/x", .general),
      ("/readyz", "/readyz", .ready), ("/livez=general", "/livez", .general), ("/health/live", "/health/live", .live),
      ("/h?group=live", "/h?group=live", .general), ("/h?deep=1=ready", "/h?deep=1", .ready),
      ("/h?deep=1", "/h?deep=1", .general), ("/é", "/%C3%A9", .general),
    ] as [(String, String, HealthClass)])
  func paths(text: String, path: String, kind: HealthClass) throws {
    let read = try HealthPath(configured: text)
    #expect(read == HealthPath(path, kind, isConfigured: true))
  }

  @Test(
    "What is no path is said",
    arguments: [
      ("", "begins with a slash"), ("health", "did you mean /health?"), ("https://h/x", "begins with a slash"),
      ("/x=alive", "there is no class “alive”"), ("/x y", "cannot stand in a path"), ("/x#y", "cannot stand in a path"),
      ("/x\r\nHost: y", "cannot stand in a path"), ("/`", "cannot stand in a path"), ("/|", "cannot stand in a path"),
      ("/\(String(repeating: "a", count: 1001))", "longer than 1,000 bytes"),
    ])
  func noPaths(text: String, expected: String) {
    let problem = #expect(throws: HealthProblem.self) { _ = try HealthPath(configured: text) }
    #expect(problem?.message.contains(expected) == true, "\(problem?.message ?? "")")
    #expect(problem?.message.contains("\n") == false)
  }

  @Test("The standard paths: two of liveness, three of readiness, four of neither, none twice")
  func standard() {
    #expect(HealthPath.standard.filter { $0.kind == .live }.map(\.path) == ["/health/live", "/livez"])
    #expect(HealthPath.standard.filter { $0.kind == .ready }.map(\.path) == ["/health/ready", "/readyz", "/ready"])
    #expect(
      HealthPath.standard.filter { $0.kind == .general }.map(\.path) == [
        "/health", "/healthz", "/api/health", "/api/v1/health",
      ])
    #expect(HealthPath.standard.allSatisfy { !$0.isConfigured })
  }
}

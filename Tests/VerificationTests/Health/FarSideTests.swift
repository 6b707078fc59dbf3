import CCurl
import Foundation
import TestSupport
import Testing

@testable import Verification

@Suite("What comes from the far side")
struct FarSideTests {
  private func read(_ lines: [String]) -> (HeaderReader, [HeaderReader.Step]) {
    var reader = HeaderReader()
    let steps = lines.map { line in Array(line.utf8).withUnsafeBytes { reader.take($0) } }
    return (reader, steps)
  }

  @Test("The head ends at its empty line; interim heads are passed over")
  func heads() {
    let (plain, steps) = read(["HTTP/1.1 200 OK\r\n", "content-TYPE: text/plain\r\n", "\r\n"])
    #expect(steps == [.more, .more, .complete])
    #expect(plain.status == 200)
    #expect(plain.contentType.flatMap(FarText.mediaType) == "text/plain")
    let (interim, all) = read([
      "HTTP/1.1 103 Early Hints\r\n", "Location: /a\r\n", "\r\n", "HTTP/2 503 \r\n", "Location: /b\r\n", "\r\n",
    ])
    #expect(all == [.more, .more, .more, .more, .more, .complete])
    #expect(interim.status == 503)
    #expect(interim.location.map(FarText.location) == "/b")
    #expect(read(["HTTP/1.1 101 Switching\r\n", "\r\n"]).1 == [.more, .complete])
    #expect(read(["HTTP/1.0 999\n", "\n"]).1 == [.more, .complete])
  }

  @Test("Of a header that comes twice the first counts")
  func twice() {
    let (reader, _) = read(["HTTP/1.1 302 x\r\n", "Location: /a\r\n", "Location: /b\r\n", "Location : /c\r\n", "\r\n"])
    #expect(reader.location.map(FarText.location) == "/a")
  }

  @Test(
    "What is no head of HTTP is malformed",
    arguments: [
      "HTTP/1.1 20 OK\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 abc\r\n", "HTTP/1.1\r\n", "HTTP/1.1 099 x\r\n",
      "X: y\r\n", "\r\n", "HTTP/1.1 ٢٠٠ OK\r\n",
    ]
  )
  func malformed(line: String) {
    #expect(read([line]).1 == [.malformed])
  }

  @Test("Heads end at 64 KiB, interim ones together with the last")
  func large() {
    let line = "X-Long: \(String(repeating: "a", count: 1000))\r\n"
    let (_, steps) = read(["HTTP/1.1 200 OK\r\n"] + Array(repeating: line, count: 100))
    #expect(steps.firstIndex(of: .tooLarge) == 65)
    let (_, endless) = read((0..<4000).flatMap { _ in ["HTTP/1.1 100 Continue\r\n", "\r\n"] })
    #expect(endless.contains(.tooLarge))
    #expect(!endless.contains(.complete))
  }

  @Test("Any bytes are read to an end, and what is kept of them is harmless")
  func random() {
    var generator = SeededGenerator(seed: 3)
    let parts: [[UInt8]] =
      [
        "HTTP/1.1 ", "200", " ", "\r\n", "Location:", "Content-Type:", "text/html", ";", "a", "|", "`", "é",
        "\u{1B}[31m",
      ]
      .map { Array($0.utf8) } + [[0], [0xFF], [0x0A], [0x09], [0x80]]
    for _ in 0..<size(2_000, full: 100_000) {
      var reader = HeaderReader()
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let line = (0..<Int.random(in: 0...6, using: &generator))
          .flatMap { _ in parts.randomElement(using: &generator) ?? [] }
        _ = line.withUnsafeBytes { reader.take($0) }
      }
      for text in [
        reader.contentType.flatMap(FarText.mediaType), reader.location.map(FarText.location),
        reader.location.map { FarText.name($0) },
      ].compactMap(\.self) {
        #expect(text.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) || $0 == "…" })
        #expect(text.count <= 200)
      }
      #expect(reader.location.map(FarText.location)?.contains { "|` ".contains($0) } != true)
    }
  }

  @Test(
    "A content type is a type and a subtype, or unreadable",
    arguments: [
      (" application/health+json; charset=utf-8\r\n", "application/health+json"), ("TEXT/HTML", "text/html"),
      ("text/html ;x", "text/html"), ("text", nil), ("text/", nil), ("/html", nil), ("a/b/c", nil), ("", nil),
      ("text/html, text/plain", nil), ("text/<script>", nil), ("te xt/html", nil), ("text/\u{1B}[31m", nil),
      ("tëxt/html", nil), ("text/a|b", nil), ("text/`", nil),
      ("a/" + String(repeating: "b", count: 98), "a/" + String(repeating: "b", count: 98)),
      ("a/" + String(repeating: "b", count: 99), nil),
    ] as [(String, String?)])
  func mediaType(text: String, expected: String?) {
    #expect(FarText.mediaType(Array(text.utf8)) == expected)
  }

  @Test("Where a redirect points is written so that it cannot steer anything, and cut")
  func location() {
    #expect(FarText.location(Array(" /login?next=%2F \r\n".utf8)) == "/login?next=%2F")
    #expect(FarText.location(Array("/a b|`\u{1B}\n<é>\"\\^{}".utf8)) == "/a%20b%7C%60%1B%0A%3C%C3%A9%3E%22%5C%5E%7B%7D")
    let long = FarText.location(Array(repeating: 0x61, count: 400))
    #expect(long.count == 200 && long.hasSuffix("…"))
    #expect(FarText.location(Array(repeating: 0xFF, count: 400)).count == 200)
  }

  @Test("Names in certificates are plain text, and cut")
  func names() {
    #expect(FarText.name("CN = example.com".utf8) == "CN = example.com")
    #expect(FarText.name("CN = \u{1B}[31m\\é\n".utf8) == "CN = \\x1B[31m\\x5C\\xC3\\xA9\\x0A")
    #expect(FarText.name(Array(repeating: 0x61, count: 400)).count == 120)
  }

  @Test(
    "Dates of certificates",
    arguments: [
      ("Nov 22 08:30:05 2026 GMT", 1_795_336_205), ("Nov  2 08:30:05 2026 GMT", 1_793_608_205),
      ("2026-11-22 08:30:05 GMT", 1_795_336_205), ("Feb 29 00:00:00 2028 GMT", 1_835_395_200),
      ("Jan  1 00:00:00 2100 GMT", 4_102_444_800), ("Dec 31 23:59:59 9999 GMT", 253_402_300_799), ("", nil),
      ("Nov 22 08:30:05 2026", nil), ("Nov 22 08:30 2026 GMT", nil), ("Nov 32 08:30:05 2026 GMT", nil),
      ("Foo 22 08:30:05 2026 GMT", nil), ("2026-13-22 08:30:05 GMT", nil), ("2026-11 08:30:05:01 GMT", nil),
      ("Nov 22 25:30:05 2026 GMT", nil), ("Nov 22 08:30:05 99999 GMT", nil),
    ] as [(String, Int?)])
  func dates(text: String, expected: Int?) {
    #expect(CertificateReader.date(text) == expected.map { Date(timeIntervalSince1970: TimeInterval($0)) })
  }

  @Test("A certificate is told by its lines, or not at all")
  func certificate() {
    let lines = ["Subject:CN = a:b", "Issuer:CN = \u{1B}", "Expire Date:Nov 22 08:30:05 2026 GMT"].map {
      Array($0.utf8)
    }
    func read(_ now: Int) -> HealthReport.Certificate? {
      CertificateReader.certificate(lines, now: Date(timeIntervalSince1970: TimeInterval(now)))
    }
    #expect(read(1_795_336_205)?.subject == "CN=a:b")
    #expect(read(1_795_336_205)?.issuer == "CN=\\x1B")
    #expect(read(1_795_336_205)?.daysLeft == 0)
    #expect(read(1_795_336_206)?.daysLeft == -1)
    #expect(read(1_795_336_205 - 86_400 * 3 + 1)?.daysLeft == 2)
    #expect(CertificateReader.certificate(Array(lines.prefix(2)), now: Date()) == nil)
    #expect(CertificateReader.certificate([], now: Date()) == nil)
  }

  @Test("Every ending of libcurl's has words of our own, on one line")
  func endings() {
    let start = TransferProblem.Progress(
      isEncrypted: true, hasName: false, isConnected: false, isSecured: false, hasFirstByte: false)
    func text(
      _ code: UInt32, _ progress: TransferProblem.Progress, verification: Int = 0, hasGnuTLS: Bool = false,
      systemError: Int32 = 0
    ) -> String {
      TransferProblem.text(
        CURLcode(rawValue: code), progress, verification: verification, hasGnuTLS: hasGnuTLS, systemError: systemError)
    }
    for code in UInt32(1)...110 {
      #expect(!text(code, start).isEmpty && !text(code, start).contains("\n"))
    }
    var progress = start
    #expect(text(28, progress) == "timed out while looking up the name")
    progress.hasName = true
    #expect(text(28, progress) == "timed out while connecting")
    progress.isConnected = true
    #expect(text(28, progress) == "timed out during the TLS handshake")
    progress.isSecured = true
    #expect(text(28, progress) == "timed out while waiting for an answer")
    progress.hasFirstByte = true
    #expect(text(28, progress) == "timed out while the headers were arriving")
    #expect(text(7, progress, systemError: ECONNREFUSED) == "the connection was refused")
    #expect(text(7, progress, systemError: EHOSTUNREACH) == "there is no way to the host")
    #expect(text(7, progress) == "no connection could be made")
    for (verification, word) in [
      (0, "another name"), (10, "expired"), (9, "not valid yet"), (18, "self-signed"), (20, "issuer"), (23, "revoked"),
      (99, "not trusted"),
    ] {
      #expect(text(60, progress, verification: verification).contains(word))
    }
    for (bit, word) in [
      (10, "expired"), (9, "not valid yet"), (6, "issuer"), (5, "revoked"), (14, "another name"), (1, "not trusted"),
    ] {
      #expect(text(60, progress, verification: 1 << bit, hasGnuTLS: true).contains(word))
    }
    #expect(text(100, progress) == "the headers are too large")
  }
}

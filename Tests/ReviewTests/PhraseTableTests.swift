import KnowledgeModel
import TestSupport
import Testing

@testable import Review

@Suite("Phrases are found in one pass")
struct PhraseTableTests {
  @Test("The same lines as by trying each phrase on each line")
  func sameAsNaive() {
    let pieces = [
      "create", "index", "CREATE", "Index", "select", "*", "from", "redis", ".get(", "get", "(", ")", "'", "\"", "x",
      "_", "9", "ü", "\t", " ", "  ", "\n", "\r\n", "\r", ";", "--", "//", "#", "#[", "-", "/*", "where", "order by",
    ]
    let phrases = [
      "create index", "create * index", "create index*", "redis.get(", "redis*", "select * from", "order by",
      "where *=", "x.get(", "(x)*", "'x'*", "----", "creat", "create",
    ]
    var random = SeededGenerator(seed: 7)
    for _ in 0..<size(3000, full: 200_000) {
      let signs = (0..<3).map { _ in (0..<3).compactMap { _ in phrases.randomElement(using: &random) } }
      let text = (0..<Int.random(in: 0...60, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }
        .joined()
      let wanted = (0..<3).map { _ in Bool.random(using: &random) }
      let table = PhraseTable(signs.map { $0.map { LinePhrase($0) } })
      var found: [String] = []
      table.find(in: Array(text.utf8), wanted: wanted) { line, place, shown in
        found.append("\(line) \(Array(text.utf8)[place]) \(shown.sorted())")
      }
      #expect(found == naive(text, signs, wanted), "\(text.debugDescription) \(signs)")
    }
  }

  private func naive(_ text: String, _ signs: [[String]], _ wanted: [Bool]) -> [String] {
    let lines = Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false)
    return lines.enumerated().compactMap { number, line in
      var body = Array(line)
      if body.last == 0x0D { body.removeLast() }
      let lower = body.map { 0x41...0x5A ~= $0 ? $0 + 32 : $0 }
      let shown = signs.indices.filter { sign in
        wanted[sign] && signs[sign].contains { LinePhrase($0).isFound(in: lower) }
      }
      let start = String(decoding: lower, as: UTF8.self).drop { $0 == " " || $0 == "\t" }
      let isComment =
        ["--", "//", "/*", "* ", "*\t", "*/", "<!--"].contains { start.utf8.starts(with: $0.utf8) }
        || start.utf8.first == 0x23 && start.utf8.dropFirst().first != 0x5B
      return shown.isEmpty || isComment ? nil : "\(number + 1) \(Array(line)) \(shown)"
    }
  }

  @Test("A line of a megabyte takes no time to speak of, and counts for what it begins with")
  func longLines() {
    let table = PhraseTable([[LinePhrase("select * from")]])
    var found: [Int] = []
    let long = String(repeating: "select ", count: 150_000)
    table.find(in: Array("\(long) from\nselect a from b\nselect a from \(long)".utf8), wanted: [true]) { line, _, _ in
      found.append(line)
    }
    #expect(found == [2, 3])
  }
}

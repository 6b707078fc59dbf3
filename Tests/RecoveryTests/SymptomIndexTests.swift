import Content
import Foundation
import KnowledgeBase
import KnowledgeModel
import Testing

@testable import Recovery

/// What the binary carries.
let shipped = KnowledgeCompiler.compile([
  KnowledgeSource(
    name: "knowledge", files: Content.files(under: "knowledge").map { .init(path: $0.path, text: $0.text) })
]).knowledge

/// What a person says, and the runbook that is meant; none for a dash.
struct Said: Sendable, CustomTestStringConvertible {
  var words: String
  var runbook: String?
  var testDescription: String { words }

  /// The lines of a fixture: runbook, tab, words. In a file without tabs none is meant.
  static func read(_ name: String) throws -> [Said] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
    return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
      let parts = $0.split(separator: "\t", maxSplits: 1)
      return parts.count == 1
        ? Said(words: String($0)) : Said(words: String(parts[1]), runbook: parts[0] == "-" ? nil : String(parts[0]))
    }
  }
}

@Suite("Finding a runbook by words")
struct SymptomIndexTests {
  static let index = SymptomIndex(shipped.runbooks)
  private var index: SymptomIndex { Self.index }

  /// For messages: how each runbook fits.
  private func ranks(_ words: String) -> String {
    let notions = Words(words).notions.joined(separator: " ")
    return index.ranked(words).map {
      "\($0.runbook.id) \(($0.evidence * 100).rounded() / 100) \(Int($0.coverage * 100))%"
    }.joined(separator: ", ") + " [\(notions)]"
  }

  @Test("What people say leads to the runbook", arguments: try Said.read("said.tsv"))
  func said(_ item: Said) throws {
    let found = index.matches(item.words).first?.runbook.id
    #expect(found == item.runbook, "\(ranks(item.words))")
  }

  @Test("Most of it leads to one runbook and asks nothing back")
  func saidClearly() throws {
    let all = try Said.read("said.tsv")
    let clear = all.filter { if case .one = index.find($0.words) { true } else { false } }
    #expect(clear.count * 10 >= all.count * 9, "\(clear.count) of \(all.count)")
  }

  @Test("What is none of ours finds nothing", arguments: try Said.read("unrelated.txt"))
  func unrelated(_ item: Said) {
    #expect(index.matches(item.words).isEmpty, "\(ranks(item.words))")
  }

  /// When the matching was done, and before this list was first tried: 26 of 30, and 10 of 10 refused.
  @Test("A list that nothing was tuned to")
  func heldOut() throws {
    let all = try Said.read("held-out.tsv")
    let ours = all.filter { $0.runbook != nil }
    let right = ours.filter { index.matches($0.words).first?.runbook.id == $0.runbook }
    #expect(right.count >= 26, "\(right.count) of \(ours.count)")
    for item in all where item.runbook == nil { #expect(index.matches(item.words).isEmpty, "\(ranks(item.words))") }
  }

  @Test(
    "Slips of the finger are forgiven",
    arguments: [
      ("conection pool exausted", "connection-pool-exhausted"), ("quereis are slwo", "query-suddenly-slow"),
      ("cahce stampeed", "cache-stampede"), ("kafka consumr lag", "consumer-falling-behind"),
      ("OOMKiled contaner", "out-of-memory-killed"), ("POSTGRES   SLOOW!!!", "query-suddenly-slow"),
    ])
  func slips(_ words: String, _ runbook: String) {
    #expect(index.matches(words).first?.runbook.id == runbook, "\(ranks(words))")
  }

  @Test("An id leads to its runbook, in any case, and so does an id that it had before")
  func ids() throws {
    for runbook in shipped.runbooks {
      #expect(index.find(runbook.id) == .one(runbook))
      #expect(index.find(runbook.id.uppercased()) == .one(runbook))
      #expect(index.find(runbook.id.replacing("-", with: " ")) == .one(runbook))
    }
    var renamed = try #require(shipped.runbooks.first)
    renamed.entry.aliases = ["dogs-and-cats"]
    #expect(SymptomIndex([renamed]).find("dogs-and-cats") == .one(renamed))
  }

  @Test("Each phrase of a runbook leads to it", arguments: shipped.runbooks)
  func phrases(_ runbook: Runbook) {
    for phrase in runbook.phrases {
      #expect(index.matches(phrase).first?.runbook.id == runbook.id, "\(phrase): \(ranks(phrase))")
    }
  }

  @Test(
    "A word of some cause alone claims no runbook", arguments: ["cpu at 100%", "postgres is down", "database", "disk"])
  func single(_ words: String) {
    #expect(index.matches(words).isEmpty, "\(ranks(words))")
  }

  @Test("Words for two runbooks name both")
  func several() throws {
    let words = "consumer lag is growing and many cache misses"
    guard case .several(let near) = index.find(words) else {
      Issue.record("\(ranks(words))")
      return
    }
    #expect(Set(near.map(\.id)).isSuperset(of: ["cache-stampede", "consumer-falling-behind"]), "\(ranks(words))")
  }

  @Test("Nothing typed does harm")
  func hostile() {
    for words in [
      "", " ", "\u{1B}[2J", "🔥🔥🔥", "'; DROP TABLE runbooks;--", String(repeating: "oom ", count: 100_000), "\0", "%s%n",
    ] {
      _ = index.find(words)
    }
    #expect(index.find("") == .none && index.find("🔥") == .none && index.find("the and of it") == .none)
    #expect(SymptomIndex([]).find("slow") == .none)
    #expect(index.nearest("make coffee").count == shipped.runbooks.count)
  }

  @Test(arguments: [
    ("queries", "query"), ("dropping", "drop"), ("filling", "fill"), ("expired", "expir"), ("expire", "expir"),
    ("connections", "connect"), ("invalidation", "invalidat"), ("invalidating", "invalidat"), ("status", "status"),
    ("miss", "miss"), ("misses", "miss"), ("redis", "redis"), ("bus", "bus"),
  ])
  func stems(_ word: String, _ stem: String) { #expect(Words.stem(word) == stem) }

  @Test func wordsAreCutFromNamesInCode() {
    #expect(Words.tokens("OOMKilled") == ["oom", "kill"])
    #expect(Words.tokens("java.lang.OutOfMemoryError") == ["java", "lang", "out", "of", "memory", "error"])
    #expect(Words.tokens("max_connections can't") == ["max", "connect", "cant"])
    #expect(Words.tokens("FLUSHALL") == ["flushall"])
    #expect(Words("it took 5ms, now it takes 4 seconds").notions == ["5ms", "4", "slow"])
    #expect(Words("an hour of lunch").notions == ["lunch"])
  }
}

import Content
import DecisionEngine
import Foundation
import KnowledgeBase
import KnowledgeModel
import Testing

/// The knowledge that the binary carries, compiled once.
let shipped = KnowledgeCompiler.compile([
  KnowledgeSource(
    name: "knowledge", files: Content.files(under: "knowledge").map { .init(path: $0.path, text: $0.text) })
])

@Suite("The shipped knowledge")
struct ShippedKnowledgeTests {
  @Test("is well formed and proved")
  func isClean() {
    #expect(shipped.findings.map(\.text) == [])
    #expect(RuleTableProof.check(shipped.knowledge).map { "\($0.entry) \($0.path): \($0.message)" } == [])
  }

  struct ExampleCase: Sendable, CustomTestStringConvertible {
    var decision: Decision
    var index: Int
    var testDescription: String { "\(decision.id) example \(index + 1): \(decision.examples[index].why ?? "")" }
  }

  @Test(
    "Every example comes out as it says",
    arguments: shipped.knowledge.decisions.flatMap { decision in
      decision.examples.indices.map { ExampleCase(decision: decision, index: $0) }
    })
  func example(_ item: ExampleCase) throws {
    let example = item.decision.examples[item.index]
    let outcome = try #require(
      Evaluator(shipped.knowledge, mode: example.mode).allOutcomes(example.given)[item.decision.id])
    switch example.expect {
    case .decided(let expected): #expect(outcome.outcome == expected)
    case .undecided(let possible): #expect(outcome.possible == possible.sorted() && outcome.status == .undecided)
    case .notApplicable: #expect(outcome.status == .notApplicable)
    }
  }

  @Test("has the core traits and decisions of the contract, and all 63 statements")
  func core() {
    let decisions = Set(shipped.knowledge.decisions.map(\.id))
    #expect(
      decisions.isSuperset(of: [
        "service-shape", "load-balancing", "read-scaling", "write-scaling", "connection-pooling", "caching",
        "cache-strategy", "cache-health", "messaging",
        "api-versioning", "circuit-breaker",
      ]))
    let defaults = shipped.knowledge.traits.filter { $0.isCore && $0.fallback != nil }.map(\.id)
    #expect(defaults == ["cache_priority", "database_engine", "queries_per_request"])
    #expect(shipped.knowledge.statements.count == 63)
    #expect(shipped.knowledge.statements.flatMap(\.atoms).count + shipped.knowledge.overviewAtoms.count == 116)
  }

  @Test("Every figure of ST-1 to ST-7 stands in an entry, with source and date")
  func thresholds() {
    let coverage = Coverage(shipped.knowledge)
    for line in coverage.statements where line.id.hasPrefix("ST-") || line.id.hasPrefix("SV-") {
      #expect(!line.entries.isEmpty, "\(line.id)")
    }
    for threshold in shipped.knowledge.thresholds {
      #expect(!threshold.entry.sources.isEmpty && !threshold.entry.checked.isEmpty, "\(threshold.id)")
    }
  }

  @Test("Every source is used, and every source that is cited is there")
  func sources() {
    let cited = Set(shipped.knowledge.entries.flatMap(\.sources))
    let unused = shipped.knowledge.sources.map(\.id).filter { !cited.contains($0) }
    #expect(unused == [])
  }
}

@Suite("The store")
struct StoreTests {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "plumbline-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  @Test("holds exactly the values that were compiled")
  func roundTrip() throws {
    let path = folder + "/k.sqlite"
    try KnowledgeStore.write(shipped.knowledge, to: path)
    let read = try KnowledgeStore.read(path, parts: .all)
    #expect(read == shipped.knowledge)
    let brief = try KnowledgeStore.read(path)
    #expect(brief.decisions.filter { !$0.examples.isEmpty }.isEmpty)
    #expect(brief.traits == shipped.knowledge.traits)
  }

  @Test("is found by words, the best first")
  func search() throws {
    let path = folder + "/s.sqlite"
    try KnowledgeStore.write(shipped.knowledge, to: path)
    #expect(try KnowledgeStore.search("cursor pagination", in: path).first?.contains("pagination") == true)
    #expect(try KnowledgeStore.search("read_qps", in: path).contains("read_qps"))
    #expect(throws: Never.self) { try KnowledgeStore.search("\" OR * ) NEAR(", in: path) }
    #expect(try KnowledgeStore.search("zzzzqqq", in: path).isEmpty)
    #expect(try KnowledgeStore.search("", in: path).isEmpty)
  }

  @Test("Foreign, empty and older files are refused in words")
  func unusable() throws {
    for (name, bytes) in [
      ("empty", Data()), ("text", Data("hello".utf8)),
      ("noise", Data((0..<9000).map { UInt8(truncatingIfNeeded: $0 &* 31) })),
    ] {
      let path = folder + "/" + name
      try bytes.write(to: URL(fileURLWithPath: path))
      #expect(throws: KnowledgeStore.Unusable.self) { try KnowledgeStore.read(path) }
    }
    #expect(throws: KnowledgeStore.Unusable.self) { try KnowledgeStore.read(folder + "/none") }
  }

  @Test(
    "A damaged cache is rebuilt, whatever the damage", arguments: ["truncate", "zero", "flip", "delete", "foreign"])
  func damage(_ kind: String) throws {
    let cache = StoreCache(environment: ["XDG_CACHE_HOME": folder])
    let home = try #require(cache.folder)
    var compiled = 0
    func load() -> Knowledge {
      cache.knowledge(for: shipped.knowledge.hash, parts: .all) {
        compiled += 1
        return shipped.knowledge
      }
    }
    _ = load()
    #expect(load() == shipped.knowledge)
    #expect(compiled == 1)
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: home).first { $0.hasSuffix(".sqlite") })
    let url = URL(fileURLWithPath: home + "/" + name)
    var data = try Data(contentsOf: url)
    switch kind {
    case "truncate": data = data.prefix(data.count / 2)
    case "zero": data = Data(count: data.count)
    case "flip": data[data.count / 3] ^= 0x40
    case "foreign": data = Data("not a database".utf8)
    default: break
    }
    if kind == "delete" { try FileManager.default.removeItem(at: url) } else { try data.write(to: url) }
    #expect(load() == shipped.knowledge)
    #expect(compiled == 2)
    #expect(load() == shipped.knowledge)
    #expect(compiled == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: home).count == 1)
  }

  @Test("Without a folder to write to it works from memory")
  func noFolder() {
    let cache = StoreCache(environment: [:])
    #expect(cache.folder == nil)
    #expect(cache.knowledge(for: shipped.knowledge.hash) { shipped.knowledge } == shipped.knowledge)
    let unwritable = StoreCache(environment: ["XDG_CACHE_HOME": "/proc/nowhere"])
    #expect(unwritable.knowledge(for: shipped.knowledge.hash) { shipped.knowledge } == shipped.knowledge)
  }
}

import DecisionEngine
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import Testing

/// What the tests read: the shipped knowledge and templates, from the checkout.
enum Samples {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func files(in folder: URL, below prefix: String = "") -> [(path: String, text: String)] {
    let manager = FileManager.default
    let names = (try? manager.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }.flatMap { name -> [(path: String, text: String)] in
      let url = folder.appending(path: name)
      var isFolder: ObjCBool = false
      guard manager.fileExists(atPath: url.path, isDirectory: &isFolder) else { return [] }
      if isFolder.boolValue { return files(in: url, below: prefix + name + "/") }
      return (try? String(contentsOf: url, encoding: .utf8)).map { [(prefix + name, $0)] } ?? []
    }
  }

  static func compile(_ folder: URL) -> KnowledgeCompiler.Result {
    KnowledgeCompiler.compile([
      KnowledgeSource(name: "knowledge", files: files(in: folder).map { .init(path: $0.path, text: $0.text) })
    ])
  }

  static let shipped = compile(root.appending(path: "knowledge"))

  static let templates = Dictionary(
    files(in: root.appending(path: "templates")).map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })

  /// A shop before its first growth: most of it calm, one thing close to a line, two things not known.
  static let checkout = AnswerSheet(
    system: "Checkout", date: "2026-11-22", people: .init(decisionMakers: ["Ana"], consulted: ["Bo"]),
    answers: [
      "team_size": .quantity(Interval(6)), "production_services": .quantity(Interval(1)),
      "qps": .quantity(Interval(2500)), "read_ratio": .quantity(Interval(Decimal(85) / 100)),
      "queries_per_request": .quantity(Interval(4)), "data_size": .quantity(Interval(800_000_000_000)),
      "db_connections": .quantity(Interval(240)), "has_cache": .flag(false), "async_work": .flag(true),
      "message_rate": .quantity(Interval(500, 2000)), "message_needs": .set(["simple-job"]),
      "api_audience": .set(["public", "internal"]), "downstream_reliability": .choice("unreliable"),
      "cacheable_share": .unknown, "identical_query_rate": .unknown,
    ], notes: ["qps": "peak minute of last year, from the load balancer | p99"])

  static func render(
    _ sheet: AnswerSheet, _ knowledge: Knowledge = shipped.knowledge, mode: Mode = .current
  ) throws -> [String: String] {
    let assessment = Evaluator(knowledge, mode: mode).assess(sheet)
    let files = try DocumentSet.render(assessment: assessment, knowledge: knowledge, templates: templates)
    if let folder = ProcessInfo.processInfo.environment["DOCUMENTS_OUT"] {
      for file in files {
        try file.text.write(toFile: "\(folder)/\(file.path)", atomically: true, encoding: .utf8)
      }
      try AssessmentText.decide(assessment, knowledge: knowledge).write(
        toFile: "\(folder)/decide.txt", atomically: true, encoding: .utf8)
      let all = knowledge.decisions.compactMap { AssessmentText.explain($0.id, in: assessment, knowledge: knowledge) }
      try all.joined(separator: "\n=====\n").write(
        toFile: "\(folder)/explain.txt", atomically: true, encoding: .utf8)
    }
    return Dictionary(files.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
  }
}

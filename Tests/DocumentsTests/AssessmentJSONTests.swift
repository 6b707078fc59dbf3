import DecisionEngine
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import TextFormats
import Testing

@Suite struct AssessmentJSONTests {
  private func json(_ sheet: AnswerSheet) -> JSON {
    let knowledge = Samples.small.knowledge
    return AssessmentJSON.json(Evaluator(knowledge).assess(sheet), knowledge: knowledge)
  }

  private func keys(_ json: JSON?) -> [String] {
    if case .object(let members)? = json { members.map(\.key) } else { [] }
  }

  private func items(_ json: JSON?) -> [JSON] { if case .array(let items)? = json { items } else { [] } }

  /// The keys of the contract, in its order; those behind them are ours.
  @Test func shape() throws {
    let json = json(Samples.busy)
    #expect(
      keys(json).starts(with: ["system", "knowledge", "mode", "answers", "decisions", "practices", "checks"]))
    #expect(keys(json["knowledge"]) == ["version", "hash"])
    #expect(json["mode"] == .string("current") && json["system"] == .string("Checkout"))
    let decision = try #require(items(json["decisions"]).last)
    #expect(
      keys(decision).starts(with: [
        "id", "status", "outcome", "rule", "because", "rejected", "headroom", "flips", "possible", "needs", "guide",
        "sources",
      ]))
    #expect(keys(items(decision["because"]).first) == ["condition", "truth", "reading"])
    #expect(keys(items(decision["rejected"]).first) == ["option", "reading"])
    #expect(keys(items(decision["flips"]).first) == ["trait", "to", "outcome"])
    #expect(items(json["practices"]).allSatisfy { keys($0).starts(with: ["id", "guide"]) })
    #expect(items(json["checks"]).allSatisfy { keys($0).starts(with: ["id", "guide"]) })
  }

  @Test func answers() {
    let answers = json(Samples.busy)["answers"]
    #expect(keys(answers) == ["qps", "cacheable_share", "downstream_reliability", "database_engine", "read_qps"])
    #expect(answers?["qps"]?.line == #"{"low":45000,"high":60000,"unit":"1/s","origin":"answered"}"#)
    #expect(answers?["cacheable_share"]?.line == #"{"low":0.3,"high":0.3,"unit":"share","origin":"answered"}"#)
    #expect(answers?["read_qps"]?.line == #"{"low":31500,"high":42000,"unit":"1/s","origin":"derived"}"#)
    #expect(answers?["database_engine"]?.line == #"{"value":"mysql","origin":"answered"}"#)
    let unknown = json(Samples.unknown)["answers"]
    #expect(unknown?["qps"]?.line == #"{"low":0,"high":10000000,"unit":"1/s","origin":"unknown"}"#)
    #expect(unknown?["downstream_reliability"]?.line == #"{"value":null,"origin":"unknown"}"#)
    #expect(unknown?["database_engine"]?.line == #"{"value":"postgresql","origin":"default"}"#)
  }

  @Test func headroomAtNothing() {
    var sheet = Samples.calm
    sheet.answers["qps"] = .quantity(Interval(0))
    let decision = items(json(sheet)["decisions"])[0]
    #expect(
      items(decision["headroom"]).map(\.line) == [
        #"{"trait":"qps","value":0,"threshold":"single-instance-qps","at":1000,"factor":null}"#,
        #"{"trait":"qps","value":0,"threshold":"cdn-qps","at":50000,"factor":null}"#,
      ])
  }

  @Test func statuses() {
    let decisions = items(json(Samples.unknown)["decisions"])
    #expect(decisions.map { $0["status"] } == [.string("undecided"), .string("undecided")])
    #expect(decisions.map { $0["outcome"] } == [.null, .null])
    #expect(decisions.map { $0["rule"] } == [.null, .null])
    #expect(decisions[1]["possible"]?.line == #"["circuit-breaker","not-applicable","timeouts-and-retries"]"#)
    #expect(items(json(Samples.calm)["decisions"])[1]["status"] == .string("not-applicable"))
    #expect(items(json(Samples.calm)["decisions"])[0]["rule"] == .string("qps < @single-instance-qps"))
  }
}

import DecisionEngine
import Foundation
import KnowledgeModel
import TestSupport
import Testing

@testable import Questionnaire

@Suite struct InterviewTests {
  let knowledge: Knowledge

  init() throws { knowledge = try SmallKnowledge.make() }

  /// Types lines and gives the steps that followed.
  private func walk(_ interview: inout Interview, _ lines: String...) -> [Interview.Step] {
    lines.map { line in
      _ = interview.handle(line)
      return interview.step
    }
  }

  private func named(_ sheet: AnswerSheet = AnswerSheet()) -> Interview {
    var sheet = sheet
    sheet.system = "Checkout"
    return Interview(knowledge, sheet: sheet)
  }

  @Test func beginsWithTheName() {
    var interview = Interview(knowledge)
    #expect(interview.step == .system)
    #expect(walk(&interview, "Checkout") == [.trait("team_size")])
    #expect(interview.sheet.system == "Checkout")
    var nameless = Interview(knowledge)
    #expect(walk(&nameless, "") == [.trait("team_size")])
    #expect(nameless.sheet.system == nil)
  }

  @Test func asksOnlyWhatCanStillMatter() {
    var interview = named()
    let steps = walk(
      &interview,
      "6",  // a team below 10 settles the shape: no question about services
      "100", "85%", "",  // few requests: reads are settled
      "800 GB", "no", "no",  // no cache, no messages: no questions about either
      "none", "", "30%")
    #expect(
      steps == [
        .trait("qps"), .trait("read_ratio"), .trait("queries_per_request"), .trait("data_size"), .trait("has_cache"),
        .trait("async_work"), .trait("api_audience"), .trait("database_engine"), .trait("qps_growth"), .review,
      ])
    #expect(interview.sheet.answers["queries_per_request"] == nil)
    #expect(interview.state.defaulted == ["queries_per_request", "database_engine"])
    #expect(walk(&interview, "") == [.finished])
    #expect(interview.handle("more") == [])
  }

  @Test func bringsQuestionsBackWhenAnAnswerChanges() {
    var interview = named()
    _ = walk(&interview, "6", "<", "12")
    #expect(interview.step == .trait("production_services"))
    #expect(interview.sheet.answers["team_size"] == .quantity(Interval(12)))
  }

  @Test func asksAgainWithMessageAndHint() throws {
    var interview = named()
    let events = interview.handle("200k")
    guard case .problem(let problem) = events.first, case .question(let question) = events.last else {
      Issue.record("no problem was shown: \(events)")
      return
    }
    #expect(problem.expected == "1 to 100,000")
    #expect(question.id == "team_size")
    #expect(interview.sheet.answers.isEmpty)
  }

  @Test func takesNoDefaultWhereThereIsNone() {
    var interview = named()
    guard case .problem(let problem) = interview.handle("").first else {
      Issue.record("an empty line was taken")
      return
    }
    #expect(problem.message.contains("no honest default"))
    #expect(interview.step == .trait("team_size"))
  }

  @Test func saysWhatItUnderstoodAndWhatItSettled() {
    var interview = named()
    let events = interview.handle("6")
    #expect(events.first == .understood("team_size", "6 people", .answered))
    #expect(
      events.contains(
        .changed([.init(decision: "Shape", from: nil, to: "The modular-monolith", isOpen: false)])))
    _ = interview.handle("<")
    let changed = interview.handle("50")
    #expect(
      changed.contains(
        .changed([
          .init(
            decision: "Shape", from: "The modular-monolith", to: "“The microservices” or “The modular-monolith”",
            isOpen: true)
        ])))
  }

  @Test func keepsAnAnswerOnAnEmptyLine() {
    var interview = named()
    _ = walk(&interview, "6", "<")
    guard case .question(let question) = interview.begin().first else {
      Issue.record("no question")
      return
    }
    #expect(question.current == "6")
    #expect(interview.handle("").first == .understood("team_size", "6 people", .kept))
    #expect(interview.sheet.answers["team_size"] == .quantity(Interval(6)))
  }

  @Test func goesBackToTheVeryFirstQuestion() {
    var interview = Interview(knowledge)
    _ = walk(&interview, "Checkout", "6", "100")
    #expect(walk(&interview, "<", "<", "<") == [.trait("qps"), .trait("team_size"), .system])
    #expect(interview.handle("<").first == .remark("This is the first question."))
    #expect(walk(&interview, "") == [.trait("read_ratio")])
  }

  @Test func takesRemarksBehindTheAnswer() {
    var interview = named()
    _ = walk(&interview, "6", "2.5k # from the load balancer")
    #expect(interview.sheet.answers["qps"] == .quantity(Interval(2500)))
    #expect(interview.sheet.notes == ["qps": "from the load balancer"])
  }

  @Test func recordsUnknownAsAnAnswer() {
    var interview = named()
    _ = walk(&interview, "don't know")
    #expect(interview.sheet.answers["team_size"] == .unknown)
    #expect(interview.step == .trait("production_services"))
  }

  @Test func explainsWithNumbers() throws {
    var interview = named()
    _ = walk(&interview, "6", "2500")
    #expect(interview.step == .trait("read_ratio"))
    _ = walk(&interview, "unknown")
    #expect(interview.step == .trait("queries_per_request"))
    guard case .why(let why) = interview.handle("?").first else {
      Issue.record("no explanation")
      return
    }
    #expect(why.why == "It carries 10,000/s, see reads.")
    let reads = try #require(why.consequences.first { $0.hasPrefix("Scaling reads") })
    #expect(reads.contains("Up to 10,000 reads a second: The single-node; above it:"))
    #expect(reads.contains("You are at 0/s to 2,500/s, at least 4 times below."))
  }

  @Test func explainsEachAnswerOfAChoice() throws {
    var interview = named()
    _ = walk(&interview, "6", "100", "85%", "", "1 TB")
    #expect(interview.step == .trait("has_cache"))
    guard case .why(let why) = interview.handle("?").first else {
      Issue.record("no explanation")
      return
    }
    #expect(why.consequences == ["Cache health. yes: “The fix-or-remove” or “The keep”; no: does not apply."])
    #expect(interview.step == .trait("has_cache"))
  }

  @Test func saysOnWhichSideOfAThresholdTheFigureItselfLies() throws {
    var interview = named()
    _ = walk(&interview, "6", "100", "85%", "", "1 TB", "yes")
    #expect(interview.step == .trait("cache_hit_rate"))
    guard case .why(let why) = interview.handle("?").first else {
      Issue.record("no explanation")
      return
    }
    #expect(why.consequences == ["Cache health. Below 80%: The fix-or-remove; from it on: The keep."])
  }

  @Test func reviewsAndChangesByNumber() throws {
    var interview = named()
    _ = walk(&interview, "6", "100", "!")
    #expect(interview.step == .review)
    guard case .review(let review) = interview.begin().first else {
      Issue.record("no review")
      return
    }
    #expect(review.rows.map(\.id) == ["system", "team_size", "qps"])
    #expect(review.rows.map(\.answer) == ["Checkout", "6", "100"])
    #expect(review.open.first == "Read ratio")
    #expect(walk(&interview, "2") == [.trait("team_size")])
    #expect(walk(&interview, "7") == [.trait("read_ratio")])
    _ = walk(&interview, "!", "9")
    #expect(interview.step == .review)
    guard case .problem(let problem) = interview.handle("x").first else {
      Issue.record("nonsense was taken")
      return
    }
    #expect(problem.expected.contains("Enter to finish"))
    #expect(walk(&interview, "next") == [.trait("read_ratio")])
  }

  @Test func marksDefaultsAndUnknownsInTheReview() throws {
    var interview = named()
    _ = walk(&interview, "unknown", "unknown", "unknown", "unknown", "", "!")
    guard case .review(let review) = interview.begin().first else {
      Issue.record("no review")
      return
    }
    #expect(review.rows.map(\.origin).contains(.defaulted))
    #expect(review.rows.first { $0.id == "queries_per_request" }?.origin == .defaulted)
    #expect(review.rows.first { $0.id == "qps" }?.origin == .unknown)
  }

  @Test func asksTheFurtherQuestionsOnRequest() {
    var interview = named()
    _ = walk(&interview, "6", "20k", "85%", "", "800 GB", "no", "no", "none", "", "30%")
    #expect(interview.step == .review)
    #expect(interview.further.map(\.id) == ["identical_query_rate", "failover_time"])
    #expect(walk(&interview, "more", "100") == [.trait("identical_query_rate"), .trait("failover_time")])
    #expect(walk(&interview, "5 min") == [.review])
  }

  @Test func asksDerivedFiguresOnlyOnRequest() {
    var interview = named()
    _ = walk(&interview, "6", "unknown", "unknown", "")
    #expect(!interview.remaining.map(\.id).contains("read_qps"))
    #expect(interview.further.map(\.id).contains("read_qps"))
  }

  @Test func doesNotAskWhatFollowsFromGivenAnswers() {
    let sheet = AnswerSheet(answers: ["read_qps": .quantity(Interval(20_000)), "write_qps": .quantity(Interval(100))])
    let interview = named(sheet)
    #expect(!interview.remaining.map(\.id).contains("read_ratio"))
    #expect(!interview.remaining.map(\.id).contains("qps"))
  }

  @Test func startsFromGivenAnswers() {
    let answers: [String: Answer] = ["team_size": .quantity(Interval(6)), "qps": .unknown]
    let interview = named(AnswerSheet(answers: answers))
    #expect(interview.step == .trait("read_ratio"))
    #expect(interview.sheet.answers == answers)
  }

  @Test func goesOnFromAKeptState() {
    var first = Interview(knowledge)
    _ = walk(&first, "Checkout", "6", "100", "85%", "", "1 TB")
    var second = Interview(knowledge, state: first.state)
    #expect(second.step == first.step)
    #expect(second.progress == first.progress)
    #expect(walk(&second, "<") == [.trait("data_size")])
    #expect(walk(&second, "2 TB", "no") == [.trait("has_cache"), .trait("async_work")])
  }

  @Test func dropsAnswersThatTheKnowledgeNoLongerAsksFor() {
    let state = Interview.State(
      sheet: AnswerSheet(system: "A", answers: ["gone": .flag(true)]), defaulted: ["gone"], step: .trait("gone"))
    let interview = Interview(knowledge, state: state)
    #expect(interview.sheet.answers.isEmpty)
    #expect(interview.step == .trait("team_size"))
  }

  /// Whatever is typed, the interview goes on, and a skipped question changes nothing.
  @Test(arguments: 0..<size(40, full: 400)) func endsForAnyAnswersAndSkipsOnlyWhatIsSettled(_ seed: Int) throws {
    var generator = AnswerGenerator(seed: UInt64(seed))
    var interview = named()
    var lines = 0
    while interview.step != .finished {
      lines += 1
      try #require(lines < 200)
      guard case .trait(let id) = interview.step else {
        _ = interview.handle("")
        continue
      }
      let trait = try SmallKnowledge.trait(id)
      let drawn = generator.answer(for: trait)
      let answer = if case .quantity(let range) = drawn { Answer.quantity(range.asRead) } else { drawn }
      _ = interview.handle(["?", "<", "nonsense", ""].randomElement(using: &generator.random) ?? "")
      if case .trait(id) = interview.step { _ = interview.handle(AnswerText.text(answer, for: trait)) }
    }
    let evaluator = Evaluator(knowledge)
    let outcomes = evaluator.outcomes(interview.sheet.answers)
    let derived = Set(knowledge.traits.filter { $0.derivation != nil }.map(\.id))
    for trait in knowledge.traits where interview.sheet.answers[trait.id] == nil && !derived.contains(trait.id) {
      guard !interview.state.defaulted.contains(trait.id) else { continue }
      for _ in 0..<5 {
        var answers = interview.sheet.answers
        answers[trait.id] = generator.answer(for: trait)
        #expect(evaluator.outcomes(answers) == outcomes, "\(trait.id) was skipped, and matters")
      }
    }
  }
}

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

  /// Types lines and gives all events that followed.
  private func walkEvents(_ interview: inout Interview, _ lines: String...) -> [Interview.Event] {
    lines.flatMap { interview.handle($0) }
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
      "100",  // few requests: reads and writes are settled, whatever their share
      "800 GB", "no", "no")  // no cache, no messages: no questions about either
    #expect(steps == [.trait("qps"), .trait("data_size"), .trait("has_cache"), .trait("async_work"), .review])
    // Defaults stand until somebody goes deeper.
    #expect(interview.sheet.answers["queries_per_request"] == nil)
    #expect(interview.state.defaulted == [])
    #expect(interview.rows.contains(.trait("queries_per_request")))
    #expect(walk(&interview, "") == [.finished])
    #expect(interview.handle("more") == [])
  }

  @Test func bringsQuestionsBackWhenAnAnswerChanges() {
    var interview = named()
    _ = walk(&interview, "6")
    #expect(!interview.remaining.map(\.id).contains("production_services"))
    _ = walk(&interview, "<", "12")
    #expect(interview.remaining.map(\.id).contains("production_services"))
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
        .changed([.init(decision: "Shape", from: nil, to: "The modular-monolith", isOpen: false, isCore: true)])))
    _ = interview.handle("<")
    let changed = interview.handle("50")
    #expect(
      changed.contains(
        .changed([
          .init(
            decision: "Shape", from: "The modular-monolith", to: "“The microservices” or “The modular-monolith”",
            isOpen: true, isCore: true)
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
    // And forward again, by the same way.
    #expect(walk(&interview, "", "", "") == [.trait("team_size"), .trait("qps"), .trait("data_size")])
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
    #expect(interview.step == .trait("qps"))
  }

  @Test func explainsWithNumbers() throws {
    var interview = named()
    _ = walk(&interview, "6", "2500", "!queries_per_request")
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
    _ = walk(&interview, "6", "100", "1 TB")
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
    _ = walk(&interview, "6", "100", "1 TB", "yes")
    #expect(interview.step == .trait("cache_hit_rate"))
    guard case .why(let why) = interview.handle("?").first else {
      Issue.record("no explanation")
      return
    }
    #expect(why.consequences == ["Cache health. Below 80%: The fix-or-remove; from it on: The keep."])
  }

  @Test func reviewsAndChangesByNumber() throws {
    var interview = named()
    _ = walk(&interview, "6", "20k", "!")
    #expect(interview.step == .review)
    guard case .review(let review) = interview.begin().first else {
      Issue.record("no review")
      return
    }
    // The defaults that open decisions rest on are rows to change, too.
    #expect(review.rows.map(\.id) == ["system", "team_size", "qps", "queries_per_request"])
    #expect(review.rows.map(\.answer) == ["Checkout", "6", "20k", "1"])
    #expect(review.rows.last?.origin == .defaulted)
    #expect(review.open.first == .init(id: "read_ratio", title: "Read ratio"))
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

  @Test func comesBackToTheReviewFromEachRow() {
    var interview = named()
    _ = walk(&interview, "6", "100", "800 GB", "no", "no")
    #expect(interview.step == .review)
    #expect(
      walk(&interview, "2", "7", "3", "", "<") == [
        .trait("team_size"), .review, .trait("qps"), .review, .trait("async_work"),
      ])
    // An answer that opens a question is followed by it.
    #expect(walk(&interview, "yes") == [.trait("message_rate")])
  }

  @Test func jumpsToAQuestionByItsName() {
    var interview = named()
    _ = walk(&interview, "6")
    #expect(walk(&interview, "!data_size", "1 TB") == [.trait("data_size"), .trait("qps")])
    #expect(walk(&interview, "!Team size") == [.trait("team_size")])
    guard case .problem(let problem) = interview.handle("!dta_size").first else {
      Issue.record("jumped to nowhere")
      return
    }
    #expect(problem.suggestion == "did you mean !data_size?")
    #expect(interview.step == .trait("team_size"))
  }

  @Test func marksDefaultsAndUnknownsInTheReview() throws {
    var interview = named()
    _ = walk(&interview, "unknown", "unknown", "!queries_per_request", "", "!")
    guard case .review(let review) = interview.begin().first else {
      Issue.record("no review")
      return
    }
    #expect(review.rows.first { $0.id == "queries_per_request" }?.origin == .defaulted)
    #expect(review.rows.first { $0.id == "qps" }?.origin == .unknown)
    #expect(interview.state.defaulted == ["queries_per_request"])
  }

  @Test func asksTheFurtherQuestionsOnRequest() {
    var interview = named()
    _ = walk(&interview, "6", "20k", "85%", "800 GB", "no", "no")
    #expect(interview.step == .review)
    #expect(
      interview.further.map(\.id) == [
        "queries_per_request", "identical_query_rate", "api_audience", "database_engine", "failover_time", "qps_growth",
      ])
    var all = interview
    #expect(walk(&all, "more", "2") == [.trait("queries_per_request"), .trait("identical_query_rate")])
    #expect(
      walk(&interview, "caching", "100", "reliability", "5 min") == [
        .trait("identical_query_rate"), .review, .trait("failover_time"), .review,
      ])
  }

  @Test func asksWhatWaitsForMostDecisionsFirst() {
    let interview = named()
    #expect(
      interview.remaining.map(\.id).prefix(4) == ["team_size", "qps", "read_ratio", "production_services"])
  }

  @Test func saysWhatFollowsAndWhatIsRecomputed() {
    var interview = named()
    let first = walkEvents(&interview, "6", "20k", "85%")
    #expect(
      first.contains(
        .recomputed([
          .init(title: "Reads", from: nil, to: "17,000/s", isDefault: false),
          .init(title: "Writes", from: nil, to: "3,000/s", isDefault: false),
        ])))
    let second = walkEvents(&interview, "!qps", "10k")
    #expect(
      second.contains(
        .recomputed([
          .init(title: "Reads", from: "17,000/s", to: "8,500/s", isDefault: false),
          .init(title: "Writes", from: "3,000/s", to: "1,500/s", isDefault: false),
        ])))
  }

  @Test func assumesThePlausibleRangeOfWhatIsNotKnown() {
    var interview = named()
    let events = walkEvents(&interview, "6", "unknown")
    #expect(
      events.contains(
        .understood(
          "qps", "not known; 50/s to 2,000/s is assumed until it is measured, and what hangs on it stays open",
          .answered)))
    // In the file it stays what it is.
    #expect(interview.sheet.answers["qps"] == .unknown)
    let end = walkEvents(&interview, "85%", "800 GB", "no", "no", "")
    guard case .unknowns(let unknowns)? = end.first(where: { if case .unknowns = $0 { true } else { false } }) else {
      Issue.record("nothing is said of what is not known: \(end)")
      return
    }
    #expect(unknowns.map(\.id) == ["qps"])
    #expect(unknowns.first?.assumption == "50/s to 2,000/s")
    #expect(
      unknowns.first?.decisions == [
        "Scaling reads: “The single-node” or “The read-replicas” (as assumed: “The single-node”)",
        "Scaling writes: “The shard” or “The single-primary” (as assumed: “The single-primary”)",
      ])
    #expect(unknowns.first?.measure == "Look at `pg_stat_activity`.")
  }

  @Test func previewsWithoutAnswering() {
    var interview = named()
    _ = walk(&interview, "6")
    let before = interview.state
    #expect(interview.preview("") == .nothing)
    #expect(interview.preview("?") == .nothing)
    guard case .understood(let sentence, nil, let changes) = interview.preview("2.5k # guessed") else {
      Issue.record("not understood")
      return
    }
    #expect(sentence == "2,500 requests a second, about 216 million a day")
    #expect(changes.map(\.decision) == ["Scaling reads"])
    guard case .problem = interview.preview("2.5x") else {
      Issue.record("nonsense was understood")
      return
    }
    #expect(interview.state == before)
    _ = walk(&interview, "100")
    #expect(interview.step == .trait("data_size"))
    guard case .understood("800 GB, that is 745.06 GiB", "800 GiB would be 7.4% more", _) = interview.preview("800 GB")
    else {
      Issue.record("\(interview.preview("800 GB"))")
      return
    }
    guard case .understood(_, "2 TB would be 9.1% less", _) = interview.preview("2TiB") else {
      Issue.record("\(interview.preview("2TiB"))")
      return
    }
  }

  @Test func asksToConfirmWhatWasMeasuredFirst() {
    let proposal = Interview.Proposal(answer: .quantity(Interval(2000)), query: "SELECT 1", remark: "Over 10 s.")
    var interview = Interview(
      knowledge, sheet: AnswerSheet(system: "A"), proposals: ["read_qps": proposal, "qps_growth": proposal])
    guard case .question(let question) = interview.begin().first else {
      Issue.record("no question")
      return
    }
    #expect(question.id == "read_qps")
    #expect(question.measured == .init(answer: "2k", query: "SELECT 1", remark: "Over 10 s."))
    #expect(
      interview.handle("").first == .understood("read_qps", "2,000 reads a second, about 173 million a day", .measured))
    #expect(interview.sheet.answers["read_qps"] == .quantity(Interval(2000)))
    #expect(interview.sheet.notes["read_qps"] == "measured: Over 10 s.; query: SELECT 1")
    #expect(interview.step == .trait("qps_growth"))
    // A person's own figure wins, and says nothing of a measurement.
    _ = walk(&interview, "30%")
    #expect(
      interview.sheet.answers["qps_growth"] == .quantity(Interval(Decimal(sign: .plus, exponent: -1, significand: 3))))
    #expect(interview.sheet.notes["qps_growth"] == nil)
    #expect(interview.state.proposals.isEmpty)
  }

  @Test func asksDerivedFiguresOnlyOnRequest() {
    var interview = named()
    _ = walk(&interview, "6", "unknown", "unknown")
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
    _ = walk(&first, "Checkout", "6", "100", "1 TB")
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
  @Test(arguments: 0..<size(40, full: 600)) func endsForAnyAnswersAndSkipsOnlyWhatIsSettled(_ seed: Int) throws {
    var generator = AnswerGenerator(seed: UInt64(seed))
    var interview = named()
    var isDeep = Bool.random(using: &generator.random)
    var lines = 0
    while interview.step != .finished {
      lines += 1
      try #require(lines < 200)
      guard case .trait(let id) = interview.step else {
        _ = interview.handle(isDeep ? "more" : "")
        isDeep = false
        continue
      }
      let answer = try generator.typeable(for: SmallKnowledge.trait(id))
      _ = interview.handle(["?", "<", "nonsense", ""].randomElement(using: &generator.random) ?? "")
      if case .trait(id) = interview.step {
        _ = interview.handle(AnswerText.text(answer, for: try SmallKnowledge.trait(id)))
      }
    }
    let evaluator = Evaluator(knowledge)
    let outcomes = evaluator.outcomes(interview.sheet.answers)
    // What follows from others, and defaults that nobody asked about, are no skipped questions.
    let others = Set(knowledge.traits.filter { $0.derivation != nil || $0.fallback != nil }.map(\.id))
    for trait in knowledge.traits where interview.sheet.answers[trait.id] == nil && !others.contains(trait.id) {
      for _ in 0..<5 {
        var answers = interview.sheet.answers
        answers[trait.id] = generator.answer(for: trait)
        #expect(evaluator.outcomes(answers) == outcomes, "\(trait.id) was skipped, and matters")
      }
    }
  }

  /// From any state, back to the start and forward again gives the same answers and the same place.
  @Test(arguments: 0..<size(40, full: 600)) func goesBackAndForwardToTheSamePlace(_ seed: Int) throws {
    var generator = AnswerGenerator(seed: UInt64(seed))
    var interview = Interview(knowledge)
    _ = interview.handle("Checkout")
    for _ in 0..<Int.random(in: 1...14, using: &generator.random) {
      guard case .trait(let id) = interview.step else { break }
      _ = interview.handle(
        AnswerText.text(try generator.typeable(for: SmallKnowledge.trait(id)), for: try SmallKnowledge.trait(id)))
    }
    let (there, trail) = (interview.step, interview.state.trail)
    let sheet = interview.sheet
    var steps = 0
    while interview.step != .system {
      _ = interview.handle("<")
      steps += 1
      try #require(steps < 100)
    }
    #expect(interview.sheet == sheet)
    while interview.step != there {
      _ = interview.handle("")
      steps += 1
      try #require(steps < 100)
    }
    #expect(interview.sheet == sheet)
    #expect(interview.state.trail == trail)
  }
}

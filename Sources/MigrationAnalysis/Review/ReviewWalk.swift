import SQLSyntax
import SchemaAnalysis

/// Goes through migrations in the order in which they run.
struct ReviewWalk {
  let input: SQLInput
  let settings: MigrationSettings
  let rules: [any MigrationRule]
  var builder = CatalogBuilder()
  var findings: [MigrationFinding] = []
  var silenced: [MigrationReview.Silenced] = []
  var operations: [MigrationReview.Operation] = []
  var unfollowed: [Unfollowed] = []
  /// Applies the rules that look at more than one statement.
  private var sequence: SequenceFollower
  /// The comments of texts that hold judged steps.
  private var silences: [Int: Silences] = [:]

  init(_ input: SQLInput, _ settings: MigrationSettings) {
    self.input = input
    self.settings = settings
    rules = MigrationRules.all.map { $0.init() }
    sequence = SequenceFollower(input, settings)
  }

  mutating func step(_ index: Int) {
    let step = input.steps[index]
    let isJudged = index >= settings.deployedSteps
    sequence.begin(index, builder.catalog)
    walk(step, step.up, isDown: false, isJudged)
    sequence.endUp(builder.catalog)
    // Undoing runs on what the step left; what it would leave is followed by the rules over the sequence alone.
    if let down = step.down, isJudged { walk(step, down, isDown: true, isJudged) }
    for finding in sequence.end(builder.catalog) { report(finding, finding.place.offset) }
  }

  /// What changes from statement to statement of a step.
  private struct Progress {
    var transaction: TransactionState
    /// By a down migration, of which the catalogue is not told.
    var createdInDown: CreatedTables
    var memory = StepMemory()
    /// Where the transaction began that is still open.
    var opened: SQLStatement?
  }

  private mutating func walk(_ step: MigrationStep, _ sections: [SQLSection], isDown: Bool, _ isJudged: Bool) {
    // Only whether there are several matters.
    var count = 0
    for section in sections where count < 2 { count += statements(section).prefix(2).reduce(0) { sum, _ in sum + 1 } }
    var progress = Progress(
      transaction: TransactionState(step.transaction, statements: count),
      createdInDown: CreatedTables(after: builder.catalog))
    for section in sections {
      let text = input.texts[section.text]
      if isJudged, silences[section.text] == nil { silences[section.text] = Silences(text, file: section.text) }
      let isRelevant = { Relevance.matters($0, text) || SequenceFollower.matters($0, text) }
      SQLParser.parse(text, in: section.range, where: isRelevant) { parsed in
        visit(parsed, text, section.text, step, isDown, isJudged, &progress)
        return true
      }
      if isJudged, section == sections.last, let opened = progress.opened {
        report(BanUncommittedTransaction.finding(opened, text, section.text), opened.range.lowerBound)
      }
    }
  }

  private func statements(_ section: SQLSection) -> some Sequence<SQLStatement> {
    StatementScanner(input.texts[section.text], in: section.range).lazy.compactMap { piece in
      if case .statement(let statement) = piece { statement } else { nil }
    }
  }

  private mutating func visit(
    _ parsed: ParsedStatement, _ text: SQLText, _ file: Int, _ step: MigrationStep, _ isDown: Bool, _ isJudged: Bool,
    _ progress: inout Progress
  ) {
    if case .failed(let failure) = parsed.outcome {
      let failed = Unfollowed(
        "not parsed: \(failure.message)", at: SQLPlace(text: file, offset: failure.offset))
      // The builder then doubts what later statements say of it.
      let passed = isDown ? [failed] : builder.apply(parsed, of: text, file: file)
      if unfollowed.count < Self.most { unfollowed += passed }
      sequence.couldNotParse(failed, isDown: isDown)
      return
    }
    let node = parsed.node
    let changes = TableChange.all(node, parsed.statement, text, builder.catalog)
    if isJudged {
      let (found, done) = judge(parsed, text, file, step, isDown, changes, progress)
      if operations.count < Self.mostOperations { operations += done }
      for finding in found {
        if finding.rule == RequireLockTimeout.id { progress.memory.toldLockTimeout = true }
        if finding.rule == RequireStatementTimeout.id { progress.memory.toldStatementTimeout = true }
        report(finding, parsed.statement.range.lowerBound)
      }
    }
    progress.memory.remember(node, changes, builder.catalog)
    if progress.transaction.follow(node) {
      progress.memory.unvalidatedInTransaction = []
      progress.opened = progress.transaction.isExplicit ? progress.opened ?? parsed.statement : nil
    }
    if isDown {
      progress.createdInDown.follow(node, builder.catalog, isApplied: false)
      return sequence.down(parsed, of: text, file: file)
    }
    sequence.willApply(parsed, file: file, builder.catalog)
    let passed = builder.apply(parsed, of: text, file: file)
    // Migrations seldom begin with an empty database: that a table is not known is no news.
    if unfollowed.count >= Self.most {
      return sequence.didApply(parsed, file: file, builder.catalog, unfollowed: passed)
    }
    unfollowed += passed.filter { passed in
      !passed.reason.hasPrefix("there is no ") || passed.reason.hasPrefix("there is no column ")
    }
    sequence.didApply(parsed, file: file, builder.catalog, unfollowed: passed)
  }

  /// By itself, so that no context holds the catalogue when it changes: it would be copied.
  private func judge(
    _ parsed: ParsedStatement, _ text: SQLText, _ file: Int, _ step: MigrationStep, _ isDown: Bool,
    _ changes: [TableChange], _ progress: Progress
  ) -> ([MigrationFinding], [MigrationReview.Operation]) {
    var context = StatementContext(
      parsed: parsed, text: text, file: file, step: step, isDown: isDown, catalog: builder.catalog,
      created: sequence.created, createdInStep: isDown ? progress.createdInDown : sequence.step.created,
      isInTransaction: progress.transaction.isInside, isInExplicitTransaction: progress.transaction.isExplicit,
      lockTimeoutIsSet: progress.transaction.lockTimeoutIsSet,
      statementTimeoutIsSet: progress.transaction.statementTimeoutIsSet,
      lockTimeoutIsStated: progress.transaction.lockTimeoutIsStated,
      statementTimeoutIsStated: progress.transaction.statementTimeoutIsStated, settings: settings, changes: changes,
      memory: progress.memory)
    context.operations = TableOperation.all(context)
    return (
      rules.flatMap { rule in isDown && !type(of: rule).judgesDown ? [] : rule.findings(context) },
      context.operations.map { MigrationReview.Operation($0, context) }
    )
  }

  /// Tells what is wrong with the comments that silence rules; after the last step.
  mutating func finish() {
    unfollowed += sequence.unfollowed
    for file in silences.keys.sorted() {
      for finding in silences[file]?.findings(known: MigrationRules.names) ?? [] { keep(finding) }
    }
  }

  private mutating func report(_ finding: MigrationFinding, _ statement: Int) {
    if let silence = silences[finding.place.text]?.silence(for: finding, of: statement) {
      silenced.append(MigrationReview.Silenced(finding: finding, reason: silence.reason))
    } else {
      keep(finding)
    }
  }

  private mutating func keep(_ finding: MigrationFinding) {
    if findings.count < Self.most { return findings.append(finding) }
    guard findings.count == Self.most else { return }
    findings.append(
      MigrationFinding(
        rule: finding.rule, severity: finding.severity, place: finding.place, statement: finding.statement,
        message: "there are more than \(RowWords.number(Self.most)) findings; what follows is not told",
        remedy: "judge fewer files at once"))
  }

  /// How many findings are kept, and how many of what could not be followed: no one reads more.
  private static let most = 20_000
  private static let mostOperations = 5_000
}

/// Which statements are worth parsing.
enum Relevance {
  private static let passed: Set<String> = [
    "insert", "copy", "update", "delete", "merge", "values", "table", "explain", "analyze", "notify",
    "listen", "unlisten", "grant", "revoke", "declare", "fetch", "move", "close", "deallocate", "load",
    "checkpoint", "discard", "show", "security",
  ]

  static func matters(_ statement: SQLStatement, _ text: SQLText) -> Bool {
    guard let first = statement.words.first else { return true }
    if passed.contains(first) { return false }
    switch first {
    // The only queries that matter set a timeout or make a table.
    case "select", "with":
      return statement.range.count < 100_000
        && (text.mentions("set_config", in: statement.range) || text.mentionsWord("into", in: statement.range))
    case "create": return !["function", "procedure"].contains(routine(statement.words))
    default: return true
    }
  }

  private static func routine(_ words: [String]) -> String {
    words.dropFirst().first { $0 != "or" && $0 != "replace" } ?? ""
  }
}

extension SQLText {
  /// Whether a word stands somewhere, in any case.
  func mentionsWord(_ word: String, in range: Range<Int>) -> Bool {
    let wanted = Array(word.utf8)
    var at = range.lowerBound
    while at + wanted.count <= range.upperBound {
      if zip(bytes[at..<at + wanted.count], wanted).allSatisfy({ $0 | 0x20 == $1 }) { return true }
      at += 1
    }
    return false
  }
}

import SQLSyntax
import SchemaAnalysis
import TextFormats

/// Follows a set of migrations, each forward and, where it can be undone, back again, and applies the rules that need
/// more than one statement to judge.
///
/// It is told of each statement before and after the catalogue takes it, so that nothing is parsed twice; and it keeps no
/// catalogue while statements of up change it, which would copy it each time.
struct SequenceFollower: Sendable {
  let input: SQLInput
  let settings: MigrationSettings
  /// What cannot be told, and why.
  private(set) var unfollowed: [Unfollowed] = []

  private var findings: [MigrationFinding] = []
  private var others = OtherObjects()
  private(set) var step = FollowedStep()
  private var history = RenameHistory()
  /// By steps that are judged.
  private(set) var created = CreatedTables(after: Catalog())
  private let hasDowns: Bool

  init(_ input: SQLInput, _ settings: MigrationSettings) {
    self.input = input
    self.settings = settings
    hasDowns = input.steps.contains { $0.down != nil }
  }

  /// Whether a statement is worth parsing for these rules.
  static func matters(_ statement: SQLStatement, _ text: SQLText) -> Bool {
    switch statement.words.first {
    case "update", "delete", "create", "truncate", "do": statement.range.count <= SQLParser.longest
    // What is inserted as values changes no row that is there.
    case "insert", "with", "merge":
      statement.range.count <= 100_000
        && text.mentionsWord(statement.words.first == "insert" ? "select" : "update", in: statement.range)
    default: false
    }
  }

  /// A step begins.
  /// - Parameters:
  ///   - index: of the step in the input.
  ///   - catalog: before it.
  mutating func begin(_ index: Int, _ catalog: Catalog) {
    step = FollowedStep()
    step.index = index
    step.created = CreatedTables(after: catalog)
    if index == settings.deployedSteps { created = step.created }
    guard isJudged, input.steps[index].down != nil else { return }
    step.before = SchemaState(catalog: catalog, others: others)
  }

  private var isJudged: Bool { step.index >= settings.deployedSteps }

  /// A statement of up, before the catalogue takes it.
  mutating func willApply(_ parsed: ParsedStatement, file: Int, _ catalog: Catalog) {
    // Nothing else asks for them, and they take memory.
    if hasDowns { others.apply(parsed.node, before: catalog) }
    step.pending = facts(parsed, file, catalog)
    step.firstUp = step.firstUp ?? StatementFact(statement: parsed.statement, file: file)
  }

  private func facts(_ parsed: ParsedStatement, _ file: Int, _ before: Catalog) -> [StatementFact] {
    StatementFact.facts(parsed, file: file, before: before, postgres: settings.postgres) { table in
      step.created.contains(table, before) ? .step : created.contains(table, before) ? .earlierStep : .old
    }
  }

  /// The same statement, after the catalogue took it.
  /// - Parameter unfollowed: what of it could not be followed.
  mutating func didApply(_ parsed: ParsedStatement, file: Int, _ catalog: Catalog, unfollowed: [Unfollowed]) {
    step.facts += StatementFact.completed(step.pending, after: catalog)
    step.pending = []
    step.created.follow(parsed.node, catalog, isApplied: true)
    if isJudged { created.follow(parsed.node, catalog, isApplied: true) }
    doubt(parsed, file, unfollowed, isDown: false)
  }

  /// A statement that could not be parsed.
  mutating func couldNotParse(_ unfollowed: Unfollowed, isDown: Bool) { step.unfollowed.append((isDown, unfollowed)) }

  private mutating func doubt(_ parsed: ParsedStatement, _ file: Int, _ unfollowed: [Unfollowed], isDown: Bool) {
    for unfollowed in unfollowed { step.unfollowed.append((isDown, unfollowed)) }
    if parsed.node.is("DoStmt"), unfollowed.isEmpty {
      let place = SQLPlace(text: file, offset: parsed.statement.range.lowerBound)
      step.unfollowed.append((isDown, Unfollowed("a DO block runs code that is not followed", at: place)))
    }
  }

  /// All statements of up are through.
  mutating func endUp(_ catalog: Catalog) {
    others.settle(catalog)
    guard step.before != nil else { return }
    step.up = SchemaState(catalog: catalog, others: others)
    step.builder = CatalogBuilder(catalog)
  }

  /// A statement of down.
  mutating func down(_ parsed: ParsedStatement, of text: SQLText, file: Int) {
    guard var builder = step.builder else { return }
    step.builder = nil
    others.apply(parsed.node, before: builder.catalog)
    let facts = facts(parsed, file, builder.catalog)
    let unfollowed = builder.apply(parsed, of: text, file: file)
    step.downFacts += StatementFact.completed(facts, after: builder.catalog)
    step.firstDown = step.firstDown ?? StatementFact(statement: parsed.statement, file: file)
    step.builder = builder
    doubt(parsed, file, unfollowed, isDown: true)
  }

  /// The step is over.
  /// - Parameter catalog: after its up migration.
  mutating func end(_ catalog: Catalog) -> [MigrationFinding] {
    findings = []
    history.record(step)
    if isJudged {
      judgeDown()
      judgeRenames()
      judgeBackfills(catalog)
      judgeDuration()
      judgeInvalidIndexes()
    }
    if let up = step.up { others = up.others }
    // It holds catalogues.
    step = FollowedStep()
    return findings
  }

  /// Of a table that is worth looking at: not one that these migrations create and of which no size is known.
  private func rows(of table: ObjectName, from origin: TableOrigin) -> RowCount? {
    origin == .step || origin == .earlierStep && !settings.sizes.knows(table) ? nil : settings.sizes.rows(of: table)
  }

  // MARK: Findings

  func statement(_ fact: StatementFact) -> String { Self.excerpt(input.texts[fact.file], fact.range) }

  private static func sentence(_ text: String) -> String { MigrationReport.closed(MigrationReport.capitalised(text)) }

  /// A statement on one line, cut where it is long.
  static func excerpt(_ text: SQLText, _ range: Range<Int>) -> String {
    let cut = range.lowerBound..<min(range.upperBound, range.lowerBound + 2000)
    let line = text[cut].split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.forMessage(200)
  }

  private mutating func add(
    _ rule: SequenceRule, _ severity: Severity, _ fact: StatementFact?, _ message: String, _ remedy: String,
    table: ObjectName? = nil, rows: RowCount? = nil, fix: [String] = []
  ) {
    let place =
      fact?.place ?? input.steps[step.index].up.first.map { SQLPlace(text: $0.text, offset: $0.range.lowerBound) }
    findings.append(
      MigrationFinding(
        rule: rule.rawValue, severity: severity, place: place ?? SQLPlace(text: 0, offset: 0),
        statement: fact.map(statement) ?? "", message: Self.sentence(message), remedy: Self.sentence(remedy),
        table: table, rows: rows, fix: fix))
  }

  // MARK: Down

  private mutating func judgeDown() {
    let migration = input.steps[step.index]
    guard let before = step.before, let up = step.up, let builder = step.builder else {
      guard hasDowns, step.firstUp != nil else { return }
      return add(
        .missingDown, .warning, step.firstUp,
        "\(migration.name.forMessage) has no down migration, others of the set have one",
        "write one, or one that says that it cannot be undone and why; then take a backup before the step and roll forward"
      )
    }
    others.settle(builder.catalog)
    let differences = SchemaDifference.between(
      before, up: up, down: SchemaState(catalog: builder.catalog, others: others))
    let doubts = step.unfollowed.filter(\.isDown)
    let place = step.firstDown ?? step.firstUp
    if let refused = step.unfollowed.first(where: { !$0.isDown && $0.unfollowed.isRefused }) {
      return cannotTell(migration, "its up migration fails: \(refused.unfollowed.reason)", refused.unfollowed.place)
    }
    if let refused = doubts.first(where: { $0.unfollowed.isRefused }) {
      let fact = StatementFact(
        kind: .transaction(isBegin: false), origin: .old, file: refused.unfollowed.place.text,
        range: refused.unfollowed.place.offset..<input.texts[refused.unfollowed.place.text].bytes.count)
      add(
        .irreversibleDown, .warning, fact,
        "the down migration of \(migration.name.forMessage) fails: \(refused.unfollowed.reason.forMessage(300))",
        "mend it, and run up, down and up on a copy")
      return judgeLosses(migration)
    }
    if !differences.isEmpty {
      let isEmpty = step.firstDown == nil
      let shown = differences.prefix(4).map(\.text)
      let more = differences.count - shown.count
      let list = shown.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
      let isSlight = differences.allSatisfy(\.isSlight)
      add(
        .irreversibleDown, isSlight || !doubts.isEmpty ? .note : .warning, place,
        (isEmpty
          ? "the down migration of \(migration.name.forMessage) changes nothing of the schema: \(list)"
          : "after up and down of \(migration.name.forMessage) the schema is not as before: \(list)")
          + (doubts.isEmpty ? "" : "; part of it could not be followed: \(doubts[0].unfollowed.reason)"),
        isSlight
          ? "let the down migration undo it too, or say in a comment that it stays on purpose"
          : "complete the down migration, and run up, down and up on a copy; or mark the step as one that is not undone"
      )
    } else if let doubt = (doubts + step.unfollowed).first {
      cannotTell(migration, doubt.unfollowed.reason, doubt.unfollowed.place)
    }
    judgeLosses(migration)
  }

  private mutating func cannotTell(_ migration: MigrationStep, _ reason: String, _ place: SQLPlace) {
    unfollowed.append(
      Unfollowed(
        "whether the down migration of \(migration.name.forMessage) restores the schema cannot be told: \(reason)",
        at: place))
  }

  /// What no down migration brings back.
  private mutating func judgeLosses(_ migration: MigrationStep) {
    let filled = Set(
      step.downFacts.compactMap { fact -> ObjectName? in
        switch fact.kind {
        case .update(let table, _, _): table
        case .copy(let table, _): table
        default: nil
        }
      })
    for fact in step.facts {
      let (what, table): (String, ObjectName)
      switch fact.kind {
      case .dropColumn(let name, let column, _):
        (what, table) = ("the values of column \(name).\(column) are gone; down makes an empty column", name)
      case .dropTable(let name): (what, table) = ("the rows of table \(name) are gone; down makes an empty table", name)
      case .truncate(let name):
        (what, table) = ("the rows of table \(name) are gone, and down does not bring them back", name)
      case .changeType(let name, let column, let from, let to, _)
      where TypeChange(from: from, to: to, isPlain: true).narrows:
        (what, table) = (
          "what does not fit from \(from.text) into \(to.text) is lost in column \(name).\(column), or stops the migration",
          name
        )
      default: continue
      }
      if fact.origin == .step || filled.contains(table) { continue }
      add(
        .downLosesData, .warning, fact, what.forMessage(300),
        "take a backup before it, say in the down migration that the data does not come back, and run it a release after the last reader",
        table: table, rows: settings.sizes.rows(of: table))
    }
    for fact in step.downFacts {
      guard case .changeType(let table, let column, let from, let to, _) = fact.kind,
        TypeChange(from: from, to: to, isPlain: true).narrows, fact.origin != .step
      else { continue }
      add(
        .downLosesData, .note, fact,
        "the down migration narrows column \(table).\(column) from \(from.text) to \(to.text): it fails, or loses a part, once a value does not fit"
          .forMessage(300),
        "before running it look for values that do not fit; plan to roll forward", table: table,
        rows: settings.sizes.rows(of: table))
    }
  }

  // MARK: Renames

  private mutating func judgeRenames() {
    for finding in history.findings(step) {
      add(
        .renamePhases, finding.severity, finding.fact, finding.message.forMessage(400), finding.remedy,
        table: finding.table,
        rows: nil, fix: finding.fix)
    }
  }

  // MARK: Backfills

  private mutating func judgeBackfills(_ catalog: Catalog) {
    var locked: Set<ObjectName> = []
    var isOpen = input.steps[step.index].transaction != .none
    for fact in step.facts {
      let (table, verb): (ObjectName, String)
      var origin = fact.origin
      switch fact.kind {
      case .transaction(let isBegin):
        isOpen = isBegin
        locked = []
        continue
      case .alter(let name):
        if isOpen { locked.insert(name) }
        continue
      case .update(let name, _, false): (table, verb) = (name, "updates")
      case .delete(let name, false): (table, verb) = (name, "deletes from")
      case .copy(_, let sources):
        guard let largest = sources.max(by: { upper($0.table) < upper($1.table) }) else { continue }
        (table, verb) = (largest.table, "copies")
        origin = largest.origin
      default: continue
      }
      guard let rows = rows(of: table, from: origin) else { continue }
      let isAbove = rows.isAbove(settings.limits.smallTableRows)
      guard isAbove != false else { continue }
      let underLock = locked.contains(table)
      let cost = estimate(fact, rows)
      add(
        .backfillInMigration, isAbove == true ? .warning : .note, fact,
        "one statement \(verb) all rows that match in \(table.description.forMessage), \(RowWords.text(rows))\(cost)"
          + (underLock
            ? "; the lock of the ALTER TABLE before it in the same transaction is held as long, and nobody reads meanwhile"
            : "; its row locks and dead rows last to the end")
          + (isAbove == nil
            ? "; whether that is more than \(RowWords.count(settings.limits.smallTableRows)) cannot be told" : ""),
        "change the schema first; then change the rows in batches that commit each, by a background job that can be stopped and resumed",
        table: table, rows: rows, fix: Batches.fix(fact, input.texts[fact.file], catalog, table))
    }
  }

  private func upper(_ table: ObjectName) -> Int { settings.sizes.rows(of: table).range?.upperBound ?? .max }

  private func estimate(_ fact: StatementFact, _ rows: RowCount) -> String {
    let kind: Work.Kind =
      switch fact.kind {
      case .update: .update
      case .delete: .delete
      default: .copy
      }
    return DurationEstimate(kind, rows: rows).map { ", an estimated \($0.text)" } ?? ""
  }

  // MARK: Duration

  private mutating func judgeDuration() {
    var total = DurationEstimate()
    var parts: [(fact: StatementFact, work: Work, rows: RowCount, estimate: DurationEstimate)] = []
    for fact in step.facts {
      // Both may take long on purpose: they let reads and writes go on.
      guard case .work(let work) = fact.kind, work.kind != .concurrentIndex, work.kind != .validation,
        let rows = rows(of: work.table, from: fact.origin), let estimate = DurationEstimate(work.kind, rows: rows)
      else { continue }
      total = total + estimate
      parts.append((fact, work, rows, estimate))
    }
    guard !parts.isEmpty, total.high > settings.limits.foregroundSeconds,
      let longest = parts.max(by: { $0.estimate.high < $1.estimate.high })
    else { return }
    let isCertain = total.low > settings.limits.foregroundSeconds
    let rate = DurationEstimate.rate(longest.work.kind)
    let limit = "\(DurationEstimate.plain(settings.limits.foregroundSeconds)) s"
    add(
      .estimatedDuration, isCertain ? .warning : .note, longest.fact,
      "\(input.steps[step.index].name.forMessage) takes an estimated \(total.text), \(isCertain ? "more than" : "perhaps more than") the \(limit) that a migration may take in the foreground; most of it is the \(longest.work.kind.rawValue) of \(longest.work.table.description.forMessage), \(RowWords.text(longest.rows)), at \(DurationEstimate.plain(rate.lowerBound)) to \(DurationEstimate.plain(rate.upperBound)) s a million rows (\(DurationEstimate.basis))",
      "measure it on a full-size copy; what is longer runs as a background job in batches, and not within the deployment",
      table: longest.work.table, rows: longest.rows)
  }

  // MARK: Invalid indexes

  private mutating func judgeInvalidIndexes() {
    for fact in step.facts {
      guard case .concurrentIndex(let table, let name, let accepts) = fact.kind,
        settings.invalidIndexes.contains(ObjectName(table.schema, name))
      else { continue }
      add(
        .invalidIndex, .error, fact,
        "the database already holds an invalid index \(table.schema).\(name), which a failed build left".forMessage(300)
          + (accepts ? "; IF NOT EXISTS takes it for the index that is asked for" : "; the statement fails on it"),
        "drop it first: DROP INDEX CONCURRENTLY \(SQLName.quoted(ObjectName(table.schema, name)))", table: table,
        rows: settings.sizes.rows(of: table),
        fix: [
          "DROP INDEX CONCURRENTLY IF EXISTS \(SQLName.quoted(ObjectName(table.schema, name)))",
          input.texts[fact.file][fact.range],
        ])
    }
  }
}

/// The rules over a sequence of migrations.
public enum SequenceRule: String, Sendable, CaseIterable {
  case missingDown = "missing-down"
  case irreversibleDown = "irreversible-down"
  case downLosesData = "down-loses-data"
  case renamePhases = "rename-phases"
  case backfillInMigration = "backfill-in-migration"
  case estimatedDuration = "estimated-duration"
  case invalidIndex = "invalid-index-in-database"

  /// One sentence for lists of rules.
  public var summary: String {
    switch self {
    case .missingDown: "A migration cannot be undone, though others of the set can."
    case .irreversibleDown: "After up and down the schema is not what it was before."
    case .downLosesData: "Data is dropped or narrowed, and no down migration brings it back."
    case .renamePhases:
      "A column or table is replaced by another one without the phases that keep running code working."
    case .backfillInMigration: "One statement changes all rows of a table that is large, or may be."
    case .estimatedDuration: "The migration is estimated to take longer than it may in the foreground."
    case .invalidIndex: "The database holds an invalid index of the name that is built."
    }
  }

  /// Why it matters, in a few sentences.
  public var help: String {
    switch self {
    case .missingDown:
      "A deployment that has to be taken back stops at the first migration without a down. Where undoing is impossible, a down that says so, and raises an error, is better than none."
    case .irreversibleDown:
      "The catalogue of the schema before the migration is compared with the one after up and down: tables, columns, types, defaults, keys, constraints, indexes, enum values, functions, triggers, views, sequences, policies and extensions. Rights, owners, comments and the order of columns are not compared."
    case .downLosesData:
      "Dropping a column or table and making it again gives back its definition and none of its values. Such a step is not reversible, whatever its down migration does: take a backup, and roll forward."
    case .renamePhases:
      "While a release rolls out, old and new code run at once. Adding the new name, writing both, filling it, moving the reads and dropping the old name are steps of their own; the drop comes a release after the last reader."
    case .backfillInMigration:
      "A statement over all rows of a large table holds its row locks, and the locks of what came before it in the transaction, to the end; it doubles the table's size for a while, and replicas lag. Batches that commit each do not."
    case .estimatedDuration:
      "Rows times measured rates for a scan, an index build, a rewrite or an update, as a range. It stands in for a rehearsal on a full-size copy and does not replace it. Concurrent index builds and the validation of constraints are left out, since they let work go on."
    case .invalidIndex:
      "A failed CREATE INDEX CONCURRENTLY leaves an invalid index behind, which is maintained and never used. Building again under the same name fails on it, or with IF NOT EXISTS does nothing."
    }
  }
}

/// A step while it is followed.
struct FollowedStep: Sendable {
  var index = -1
  /// Where it has a down migration: before it, and after its up migration.
  var before: SchemaState?
  var up: SchemaState?
  /// Follows the down migration.
  var builder: CatalogBuilder?
  var facts: [StatementFact] = []
  var pending: [StatementFact] = []
  var downFacts: [StatementFact] = []
  var firstUp: StatementFact?
  var firstDown: StatementFact?
  var unfollowed: [(isDown: Bool, unfollowed: Unfollowed)] = []

  /// By its up migration.
  var created = CreatedTables(after: Catalog())
}

extension StatementFact {
  /// Where a statement stands, and nothing else.
  fileprivate init(statement: SQLStatement, file: Int) {
    self.init(kind: .transaction(isBegin: false), origin: .old, file: file, range: statement.range)
  }
}

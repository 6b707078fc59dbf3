internal import Foundation
internal import GRDB
public import KnowledgeModel
internal import Synchronization

/// Knowledge as a SQLite database: the last leg of the way file → Swift value → SQLite, and the way back.
/// The tables are described in docs/store.md.
public enum KnowledgeStore {
  /// Raised whenever the tables or the reading of entries change: `PRAGMA user_version`.
  public static let version = 4
  /// Stores of this version on are read, too: what they lack has a stand-in.
  static let oldest = 2
  /// `PLMB`: tells our files from other SQLite databases.
  static let applicationID = 0x504C_4D42

  /// Why a database cannot be used as knowledge.
  public struct Unusable: Error, Sendable, CustomStringConvertible {
    public var description: String
  }

  // MARK: Writing

  /// Writes a new database at a path that does not exist yet, and folds its journal in.
  public static func write(_ knowledge: Knowledge, to path: String) throws {
    var configuration = Configuration()
    configuration.journalMode = .default
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096;")
      try db.inTransaction {
        try db.execute(sql: schema)
        try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version);")
        try Writer(db: db).write(knowledge)
        try db.execute(sql: "INSERT INTO meta VALUES ('digest', ?)", arguments: [try digest(db)])
        return .commit
      }
      try db.execute(sql: "ANALYZE; VACUUM; INSERT INTO entry_text(entry_text) VALUES ('rebuild');")
    }
    try queue.close()
  }

  // MARK: Reading

  /// What of the knowledge is read; the rules always are.
  public struct Parts: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// What a questionnaire says of each trait.
    public static let questions = Parts(rawValue: 4)
    /// Practices, checks, and the kinds of change that call for them.
    public static let advice = Parts(rawValue: 8)
    /// Entries of every kind with all prose: questions, pages, positions of the guide and of today, and the sources and
    /// statements behind them.
    public static let pages: Parts = [Parts(rawValue: 1), .questions, .advice]
    /// The decisions' examples, which only proving and exporting need.
    public static let examples = Parts(rawValue: 2)
    public static let all: Parts = [.pages, .examples]
  }

  /// - Throws: `Unusable` if the file is none of ours, is of another version, or does not hold together.
  public static func read(_ path: String, parts: Parts = .pages) throws -> Knowledge {
    do {
      // The file never changes once it has its name, so no transaction is needed.
      let queue = try open(path)
      kept.withLock { $0.append(queue) }
      return try queue.unsafeRead { db in
        let id = try Int.fetchOne(db, sql: "PRAGMA application_id")
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version")
        guard id == applicationID else { throw Unusable(description: "it is not a Plumbline knowledge database") }
        guard let found, (oldest...version).contains(found) else {
          throw Unusable(
            description: "it is of store version \(found ?? 0), and this program reads \(oldest) to \(version)")
        }
        return try Reader(db: db, parts: parts, version: found).knowledge()
      }
    } catch let error as DatabaseError {
      throw Unusable(description: "SQLite says: \(error.message ?? "error \(error.resultCode.rawValue)")")
    }
  }

  /// Reads a database that a person named: it may have been changed by hand, so what the program relies on is checked.
  /// - Throws: `Unusable` as `read` does, and where rules, options or references do not hold together.
  public static func readForeign(_ path: String, parts: Parts = .pages) throws -> Knowledge {
    let broken = try open(path).read { try Row.fetchOne($0, sql: "PRAGMA foreign_key_check") }
    if let broken {
      throw Unusable(description: "table \(broken["table"] as String? ?? "") refers to a row that is not there")
    }
    var knowledge = try read(path, parts: parts)
    let (stored, found) = try open(path).read { db in
      (try String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'digest'"), try digest(db))
    }
    // Documents name the knowledge they rest on: one that was changed by hand is not the one it was made from.
    if stored != found { knowledge.hash = "changed-\(found)" }
    guard !knowledge.decisions.isEmpty else { throw Unusable(description: "it holds no decisions") }
    for decision in knowledge.decisions {
      guard !decision.rules.isEmpty, decision.rules.allSatisfy({ decision.option($0.then) != nil }) else {
        throw Unusable(description: "the decision \(decision.id) has no rules, or a rule without its option")
      }
    }
    for circle in knowledge.decisionCircles + knowledge.derivationCircles {
      throw Unusable(description: "\(circle.joined(separator: " → ")) is a circle")
    }
    return knowledge
  }

  /// A fingerprint of all rows but those about the file.
  private static func digest(_ db: Database) throws -> String {
    let tables = try String.fetchAll(
      db,
      sql: """
        SELECT name FROM sqlite_schema
        WHERE type = 'table' AND name <> 'meta' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'entry_text%' ORDER BY name
        """)
    var texts: [String] = []
    for table in tables {
      texts.append(table)
      let columns = try db.columns(in: table).count
      let order = (1...max(1, min(3, columns))).map(String.init).joined(separator: ", ")
      for row in try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY \(order)") {
        texts += row.databaseValues.map(\.description)
      }
    }
    return KnowledgeSource.fingerprint(of: texts)
  }

  /// Whether a file is a knowledge database of ours, of whatever version.
  public static func isStore(_ path: String) -> Bool {
    (try? open(path).read { try Int.fetchOne($0, sql: "PRAGMA application_id") }) == applicationID
  }

  /// Full-text search in a store, best first: ids of entries.
  public static func search(_ words: String, in path: String) throws -> [String] {
    let terms = words.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "-" }
      .map { "\"\($0.replacing("\"", with: ""))\"*" }
    guard !terms.isEmpty else { return [] }
    return try open(path).read { db in
      let sql = "SELECT id FROM entry_text WHERE entry_text MATCH ? ORDER BY bm25(entry_text, 8, 8, 4, 1), id"
      let all = try String.fetchAll(db, sql: sql, arguments: [terms.joined(separator: " ")])
      // Where no entry has every word, those with some of them are better than nothing.
      return try all.isEmpty ? String.fetchAll(db, sql: sql, arguments: [terms.joined(separator: " OR ")]) : all
    }
  }

  /// Stores that were read stay open: closing one starts threads, a tenth of start-up, and the system closes them anyway.
  private static let kept = Mutex<[DatabaseQueue]>([])

  private static func open(_ path: String) throws -> DatabaseQueue {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Unusable(description: "there is no such file") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Unusable(description: "it is not a file") }
    var configuration = Configuration()
    configuration.readonly = true
    configuration.foreignKeysEnabled = false
    // Pages are read where they lie, without a call for each, and the lock is taken once and not by statement.
    configuration.prepareDatabase {
      try $0.execute(sql: "PRAGMA mmap_size = 67108864; PRAGMA locking_mode = EXCLUSIVE")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  static let schema = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE pack (position INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, title TEXT NOT NULL) STRICT;
    CREATE TABLE source (id TEXT PRIMARY KEY, title TEXT NOT NULL, url TEXT, date TEXT, checked TEXT NOT NULL, evidence TEXT NOT NULL, note TEXT) STRICT;
    CREATE TABLE statement (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, section TEXT NOT NULL, gist TEXT NOT NULL) STRICT;
    CREATE TABLE atom (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, statement TEXT REFERENCES statement(id)) STRICT;
    CREATE TABLE entry (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, area TEXT NOT NULL, summary TEXT NOT NULL, guide_says TEXT,
      today TEXT, verdict TEXT NOT NULL, checked TEXT NOT NULL, body TEXT NOT NULL, pack TEXT NOT NULL, override_pack TEXT,
      override_keys TEXT) STRICT;
    CREATE TABLE entry_guide (entry TEXT NOT NULL REFERENCES entry(id), position INTEGER NOT NULL, number TEXT NOT NULL, PRIMARY KEY (entry, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE entry_source (entry TEXT NOT NULL REFERENCES entry(id), position INTEGER NOT NULL, source TEXT NOT NULL REFERENCES source(id), PRIMARY KEY (entry, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE entry_alias (entry TEXT NOT NULL REFERENCES entry(id), position INTEGER NOT NULL, alias TEXT NOT NULL, PRIMARY KEY (entry, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE trait (
      id TEXT PRIMARY KEY REFERENCES entry(id), kind TEXT NOT NULL, unit TEXT, low TEXT, high TEXT, ratio INTEGER NOT NULL, noun TEXT NOT NULL,
      question TEXT NOT NULL, why TEXT NOT NULL, typical TEXT NOT NULL, measure TEXT NOT NULL, plausible_low TEXT, plausible_high TEXT,
      default_kind TEXT, default_low TEXT, default_high TEXT, default_text TEXT, planning_default INTEGER NOT NULL,
      derived_from TEXT, position INTEGER NOT NULL, core INTEGER NOT NULL) STRICT;
    CREATE TABLE trait_option (trait TEXT NOT NULL REFERENCES trait(id), position INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, PRIMARY KEY (trait, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE trait_if_given (trait TEXT NOT NULL REFERENCES trait(id), position INTEGER NOT NULL, given TEXT NOT NULL REFERENCES trait(id) DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY (trait, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE record_list (id TEXT PRIMARY KEY REFERENCES entry(id), noun TEXT NOT NULL, question TEXT NOT NULL, why TEXT NOT NULL, measure TEXT NOT NULL, position INTEGER NOT NULL) STRICT;
    CREATE TABLE record_field (
      id TEXT PRIMARY KEY, list TEXT NOT NULL REFERENCES record_list(id), position INTEGER NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT,
      low TEXT, high TEXT, noun TEXT NOT NULL, default_kind TEXT, default_low TEXT, default_high TEXT, default_text TEXT, UNIQUE (list, position)) STRICT;
    CREATE TABLE record_option (field TEXT NOT NULL REFERENCES record_field(id), position INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, PRIMARY KEY (field, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE threshold (id TEXT PRIMARY KEY REFERENCES entry(id), value TEXT NOT NULL, as_written TEXT, unit TEXT NOT NULL, basis TEXT NOT NULL) STRICT;
    CREATE TABLE decision (id TEXT PRIMARY KEY REFERENCES entry(id), question TEXT NOT NULL, hit_policy TEXT NOT NULL, applies TEXT, applies_as_written TEXT, each_of TEXT REFERENCES record_list(id), weight INTEGER NOT NULL, core INTEGER NOT NULL) STRICT;
    CREATE TABLE option (decision TEXT NOT NULL REFERENCES decision(id), position INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, effort TEXT NOT NULL, PRIMARY KEY (decision, position), UNIQUE (decision, id)) STRICT;
    CREATE TABLE rule (
      decision TEXT NOT NULL REFERENCES decision(id), position INTEGER NOT NULL, outcome TEXT NOT NULL, condition TEXT NOT NULL, condition_as_written TEXT,
      PRIMARY KEY (decision, position), FOREIGN KEY (decision, outcome) REFERENCES option(decision, id)) STRICT;
    CREATE TABLE example (
      decision TEXT NOT NULL REFERENCES decision(id), position INTEGER NOT NULL, mode TEXT NOT NULL, status TEXT NOT NULL, outcomes TEXT NOT NULL, why TEXT,
      PRIMARY KEY (decision, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE example_given (
      decision TEXT NOT NULL, example INTEGER NOT NULL, trait TEXT NOT NULL, kind TEXT NOT NULL, low TEXT, high TEXT, text TEXT,
      PRIMARY KEY (decision, example, trait), FOREIGN KEY (decision, example) REFERENCES example(decision, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE practice (id TEXT PRIMARY KEY REFERENCES entry(id), applies TEXT, applies_as_written TEXT, reason TEXT NOT NULL, level TEXT NOT NULL) STRICT;
    CREATE TABLE check_item (
      id TEXT PRIMARY KEY REFERENCES entry(id), applies TEXT, applies_as_written TEXT, reason TEXT NOT NULL, phase TEXT NOT NULL, level TEXT NOT NULL,
      step TEXT, evidence TEXT NOT NULL, command TEXT) STRICT;
    CREATE TABLE change_kind (id TEXT PRIMARY KEY REFERENCES entry(id), template INTEGER NOT NULL) STRICT;
    CREATE TABLE change_sign (change TEXT NOT NULL REFERENCES change_kind(id), position INTEGER NOT NULL, paths TEXT NOT NULL, except_paths TEXT NOT NULL, lines TEXT NOT NULL, PRIMARY KEY (change, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE pattern (id TEXT PRIMARY KEY REFERENCES entry(id), family TEXT NOT NULL) STRICT;
    CREATE TABLE runbook (id TEXT PRIMARY KEY REFERENCES entry(id), symptom TEXT NOT NULL) STRICT;
    CREATE TABLE runbook_phrase (runbook TEXT NOT NULL REFERENCES runbook(id), position INTEGER NOT NULL, phrase TEXT NOT NULL, PRIMARY KEY (runbook, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE runbook_cause (runbook TEXT NOT NULL REFERENCES runbook(id), position INTEGER NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, ask TEXT NOT NULL, PRIMARY KEY (runbook, position)) STRICT, WITHOUT ROWID;
    CREATE TABLE orientation (id TEXT PRIMARY KEY REFERENCES entry(id), minutes INTEGER NOT NULL, position INTEGER NOT NULL) STRICT;
    CREATE TABLE link (source TEXT NOT NULL REFERENCES entry(id), relation TEXT NOT NULL, position INTEGER NOT NULL, target TEXT NOT NULL REFERENCES entry(id), PRIMARY KEY (source, relation, position)) STRICT, WITHOUT ROWID;
    CREATE INDEX link_target ON link(target, relation);
    CREATE VIRTUAL TABLE entry_text USING fts5(id, title, summary, body, content = 'entry', tokenize = 'porter unicode61');
    """
}

/// Rows from values.
private struct Writer {
  let db: Database

  func write(_ knowledge: Knowledge) throws {
    try insert("meta", "hash", knowledge.hash)
    try insert("meta", "version", knowledge.version)
    for (index, pack) in knowledge.packs.enumerated() { try insert("pack", index, pack.name, pack.version, pack.title) }
    for source in knowledge.sources {
      try insert(
        "source", source.id, source.title, source.url, source.date, source.checked, source.evidence.rawValue,
        source.note)
    }
    var atoms = 0
    for atom in knowledge.overviewAtoms {
      try insert("atom", atoms, atom, nil)
      atoms += 1
    }
    for (index, statement) in knowledge.statements.enumerated() {
      try insert("statement", index, statement.id, statement.section, statement.gist)
      for atom in statement.atoms {
        try insert("atom", atoms, atom, statement.id)
        atoms += 1
      }
    }
    for entry in knowledge.entries { try write(entry) }
    for trait in knowledge.traits { try write(trait) }
    for list in knowledge.lists { try write(list) }
    for threshold in knowledge.thresholds {
      try insert(
        "threshold", threshold.id, threshold.value.value.plainText, threshold.asWritten?.value.plainText,
        threshold.value.unit.rawValue,
        threshold.basis.rawValue)
    }
    for decision in knowledge.decisions { try write(decision) }
    for practice in knowledge.practices {
      try insert(
        "practice", practice.id, practice.applies?.current.text, practice.applies?.asWritten?.text, practice.reason,
        practice.level.rawValue)
      try link(practice.id, "checks", practice.checks)
      try links(practice.id, practice.applies)
    }
    for check in knowledge.checks {
      try insert(
        "check_item", check.id, check.applies?.current.text, check.applies?.asWritten?.text, check.reason,
        check.phase.rawValue,
        check.level.rawValue, check.step, check.evidence, check.command)
      try link(check.id, "changes", check.changes)
      try links(check.id, check.applies)
    }
    for change in knowledge.changes {
      try insert("change_kind", change.id, change.hasTemplate ? 1 : 0)
      try link(change.id, "within", change.within.map { [$0] } ?? [])
      for (index, sign) in change.signs.enumerated() {
        try insert("change_sign", change.id, index, joined(sign.paths), joined(sign.except), joined(sign.lines))
      }
    }
    for pattern in knowledge.patterns {
      try insert("pattern", pattern.id, pattern.family.rawValue)
      try link(pattern.id, "serves", pattern.serves)
    }
    for runbook in knowledge.runbooks {
      try insert("runbook", runbook.id, runbook.symptom)
      for (index, phrase) in runbook.phrases.enumerated() { try insert("runbook_phrase", runbook.id, index, phrase) }
      for (index, cause) in runbook.causes.enumerated() {
        try insert("runbook_cause", runbook.id, index, cause.id, cause.title, cause.ask)
      }
    }
    for step in knowledge.orientation { try insert("orientation", step.id, step.minutes, step.order) }
  }

  private func joined(_ texts: [String]) -> String { texts.joined(separator: "\n") }

  private func write(_ entry: Entry) throws {
    try insert(
      "entry", entry.id, entry.kind.singular, entry.title, entry.area.rawValue, entry.summary, entry.guideSays,
      entry.today,
      entry.verdict.rawValue, entry.checked, entry.body, entry.pack, entry.override?.pack,
      entry.override?.keys.joined(separator: " "))
    for (index, number) in entry.guide.enumerated() { try insert("entry_guide", entry.id, index, number) }
    for (index, source) in entry.sources.enumerated() { try insert("entry_source", entry.id, index, source) }
    for (index, alias) in entry.aliases.enumerated() { try insert("entry_alias", entry.id, index, alias) }
  }

  private func write(_ list: RecordList) throws {
    try insert("record_list", list.id, list.noun, list.question, list.why, list.measure, list.order)
    for (index, field) in list.fields.enumerated() {
      let (kind, bounds, _) = columns(of: field.kind)
      let fallback = field.fallback.map(AnswerColumns.init)
      try insert(
        "record_field", field.id, list.id, index, field.entry.title, kind, field.kind.unit?.rawValue,
        bounds?.low.plainText, bounds?.high.plainText, field.noun, fallback?.kind, fallback?.low, fallback?.high,
        fallback?.text)
      for (position, option) in field.kind.options.enumerated() {
        try insert("record_option", field.id, position, option.id, option.title)
      }
    }
  }

  private func columns(of kind: Trait.Kind) -> (kind: String, bounds: Interval?, ratio: Bool) {
    switch kind {
    case .quantity(_, let bounds, let ratio): ("quantity", bounds, ratio)
    case .flag: ("flag", nil, false)
    case .choice: ("choice", nil, false)
    case .set: ("set", nil, false)
    }
  }

  private func write(_ trait: Trait) throws {
    let (kind, bounds, ratio) = columns(of: trait.kind)
    let fallback = trait.fallback.map(AnswerColumns.init)
    try insert(
      "trait", trait.id, kind, trait.kind.unit?.rawValue, bounds?.low.plainText, bounds?.high.plainText, ratio ? 1 : 0,
      trait.noun,
      trait.question, trait.why, trait.typical, trait.measure, trait.plausible?.low.plainText,
      trait.plausible?.high.plainText,
      fallback?.kind, fallback?.low, fallback?.high, fallback?.text, trait.isPlanningDefault ? 1 : 0,
      trait.derivation?.text, trait.order,
      trait.isCore ? 1 : 0)
    for (index, option) in trait.kind.options.enumerated() {
      try insert("trait_option", trait.id, index, option.id, option.title)
    }
    for (index, given) in (trait.derivation?.ifGiven ?? []).enumerated() {
      try insert("trait_if_given", trait.id, index, given)
    }
    try link(trait.id, "derives-from", trait.derivation?.from.traits ?? [])
  }

  private func write(_ decision: Decision) throws {
    try insert(
      "decision", decision.id, decision.question, decision.hitPolicy.rawValue, decision.applies?.current.text,
      decision.applies?.asWritten?.text, decision.each, decision.weight, decision.isCore ? 1 : 0)
    for (index, option) in decision.options.enumerated() {
      try insert("option", decision.id, index, option.id, option.title, option.effort.rawValue)
    }
    for (index, rule) in decision.rules.enumerated() {
      try insert("rule", decision.id, index, rule.then, rule.when.current.text, rule.when.asWritten?.text)
    }
    for (index, example) in decision.examples.enumerated() {
      let (status, outcomes) =
        switch example.expect {
        case .decided(let outcome): ("decided", [outcome])
        case .undecided(let outcomes): ("undecided", outcomes)
        case .notApplicable: ("not-applicable", [])
        }
      try insert(
        "example", decision.id, index, example.mode.rawValue, status, outcomes.joined(separator: " "), example.why)
      for (trait, answer) in example.given.sorted(by: { $0.key < $1.key }) {
        let columns = AnswerColumns(answer)
        try insert("example_given", decision.id, index, trait, columns.kind, columns.low, columns.high, columns.text)
      }
    }
    try link(decision.id, "confirm", decision.confirm)
    try link(decision.id, "practices", decision.practices)
    let conditions = Mode.allCases.flatMap { decision.conditions(in: $0) }
    try link(decision.id, "reads", reads(conditions))
  }

  private func links(_ id: String, _ applies: RuleCondition?) throws {
    try link(id, "reads", reads(Mode.allCases.compactMap { applies?[$0].condition }))
  }

  private func reads(_ conditions: [Condition]) -> [String] {
    (conditions.flatMap(\.traits).map { RecordList.list(of: $0) ?? $0 } + conditions.flatMap(\.thresholds)
      + conditions.flatMap(\.decisions)).uniqued()
  }

  private func link(_ source: String, _ relation: String, _ targets: [String]) throws {
    for (index, target) in targets.enumerated() { try insert("link", source, relation, index, target) }
  }

  private func insert(_ table: String, _ values: (any DatabaseValueConvertible)?...) throws {
    let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
    let statement = try db.cachedStatement(sql: "INSERT INTO \(table) VALUES (\(marks))")
    try statement.execute(arguments: StatementArguments(values))
  }
}

/// An answer as columns that can be queried.
private struct AnswerColumns {
  var kind: String
  var low: String?
  var high: String?
  var text: String?

  init(_ answer: Answer) {
    switch answer {
    case .quantity(let interval):
      kind = "quantity"
      low = interval.low.plainText
      high = interval.high.plainText
    case .flag(let flag):
      kind = "flag"
      text = flag ? "true" : "false"
    case .choice(let id):
      kind = "choice"
      text = id
    case .set(let ids):
      kind = "set"
      text = ids.sorted().joined(separator: " ")
    case .unknown: kind = "unknown"
    }
  }

  init(kind: String, low: String?, high: String?, text: String?) {
    self.kind = kind
    self.low = low
    self.high = high
    self.text = text
  }

  func answer() throws -> Answer {
    switch kind {
    case "quantity": return .quantity(Interval(try decimal(low), try decimal(high)))
    case "flag": return .flag(text == "true")
    case "choice": return .choice(text ?? "")
    case "set": return .set(Set((text ?? "").split(separator: " ").map(String.init)))
    case "unknown": return .unknown
    default: throw KnowledgeStore.Unusable(description: "an answer of kind \(kind)")
    }
  }
}

private func decimal(_ text: String?) throws -> Decimal {
  guard let text, let value = Decimal.exactly(text) else {
    throw KnowledgeStore.Unusable(description: "a number does not read")
  }
  return value
}

/// Values from rows.
private struct Reader {
  let db: Database
  let parts: KnowledgeStore.Parts
  /// Of the store: before 3, decisions do not say whether they are core; before 4, there are no kinds of change.
  let version: Int

  func knowledge() throws -> Knowledge {
    let guides = try grouped("SELECT entry, number FROM entry_guide ORDER BY entry, position")
    let cited = try grouped("SELECT entry, source FROM entry_source ORDER BY entry, position")
    let aliases = try grouped("SELECT entry, alias FROM entry_alias ORDER BY entry, position")
    let links = try grouped(
      "SELECT source || ' ' || relation, target FROM link WHERE relation <> 'reads' ORDER BY source, relation, position"
    )
    var entries: [String: Entry] = [:]
    try each(
      "SELECT id, kind, title, area, summary, \(prose("guide_says, today")), verdict, checked, \(prose("body")), pack, override_pack, override_keys FROM entry"
    ) { row in
      let id: String = row[0]
      let override: Entry.Override? = (row[11] as String?).map {
        Entry.Override(pack: $0, keys: ((row[12] as String?) ?? "").split(separator: " ").map(String.init))
      }
      entries[id] = Entry(
        id: id, kind: try raw(kinds[row[1] as String]), title: row[2], area: try raw(Area(rawValue: row[3])),
        summary: row[4], guide: guides[id] ?? [],
        guideSays: row[5], today: row[6], verdict: try raw(Verdict(rawValue: row[7])), sources: cited[id] ?? [],
        checked: row[8],
        aliases: aliases[id] ?? [], body: row[9], pack: row[10], override: override)
    }
    func entry(_ id: String) throws -> Entry { try raw(entries[id]) }

    var knowledge = Knowledge(
      packs: [], hash: try raw(String.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'hash'")))
    try each("SELECT name, version, title FROM pack ORDER BY position") { row in
      knowledge.packs.append(PackStamp(name: row[0], version: row[1], title: row[2]))
    }
    if parts.contains(.pages) { try readSources(into: &knowledge) }
    try each("SELECT id, value, as_written, unit, basis FROM threshold ORDER BY id") { row in
      let unit = try raw(BaseUnit(rawValue: row[3]))
      knowledge.thresholds.append(
        Threshold(
          entry: try entry(row[0]), value: Quantity(try decimal(row[1]), unit),
          asWritten: try (row[2] as String?).map { Quantity(try decimal($0), unit) },
          basis: try raw(Threshold.Basis(rawValue: row[4]))))
    }

    // Conditions are parsed against the names, so these come first.
    var vocabulary = Vocabulary(
      traits: [:], thresholds: Dictionary(uniqueKeysWithValues: knowledge.thresholds.map { ($0.id, $0.value.unit) }),
      decisions: [:])
    let traitRows = try Row.fetchAll(
      db,
      sql: """
        SELECT id, kind, unit, low, high, ratio, noun, \(prose("question, why, typical, measure", .questions)), plausible_low, plausible_high, default_kind,
          default_low, default_high, default_text, planning_default, derived_from, position, core FROM trait ORDER BY id
        """)
    let traitOptions = try options("SELECT trait, id, title, '' FROM trait_option ORDER BY trait, position")
    for row in traitRows {
      vocabulary.traits[row[0]] = try kind(row, options: traitOptions[row[0]] ?? [])
    }
    try readLists(into: &knowledge, entry)
    for list in knowledge.lists {
      vocabulary.lists.insert(list.id)
      for field in list.fields { vocabulary.traits[field.id] = field.kind }
    }
    let decisionOptions = try options("SELECT decision, id, title, effort FROM option ORDER BY decision, position")
    vocabulary.decisions = decisionOptions.mapValues { $0.map(\.id) }
    let names = vocabulary

    let given = try grouped("SELECT trait, given FROM trait_if_given ORDER BY trait, position")
    for row in traitRows {
      let id: String = row[0]
      let derivation: Trait.Derivation? = try (row[18] as String?).map { text in
        Trait.Derivation(
          from: try parse { () throws(ConditionProblem) in try ConditionParser.expression(text, names).0 }, text: text,
          ifGiven: given[id] ?? [])
      }
      let plausible: Interval? = try (row[11] as String?).map { Interval(try decimal($0), try decimal(row[12])) }
      let fallback: Answer? = try (row[13] as String?).map {
        try AnswerColumns(kind: $0, low: row[14], high: row[15], text: row[16]).answer()
      }
      knowledge.traits.append(
        Trait(
          entry: try entry(id), kind: try raw(names.traits[id]), noun: row[6], question: row[7], why: row[8],
          typical: row[9], measure: row[10],
          plausible: plausible, fallback: fallback, isPlanningDefault: row[17] == 1, derivation: derivation,
          order: row[19], isCore: row[20] == 1))
    }

    var rules: [String: [Decision.Rule]] = [:]
    try each("SELECT decision, outcome, condition, condition_as_written FROM rule ORDER BY decision, position") { row in
      rules[row[0], default: []].append(Decision.Rule(then: row[1], when: try raw(try rule(names, row[2], row[3]))))
    }
    var examples = parts.contains(.examples) ? try examples() : [:]
    try each(
      """
      SELECT id, question, hit_policy, applies, applies_as_written, weight, each_of, \(version < 3 ? "0" : "core")
      FROM decision ORDER BY id
      """
    ) { row in
      let id: String = row[0]
      knowledge.decisions.append(
        Decision(
          entry: try entry(id), question: row[1], hitPolicy: try raw(Decision.HitPolicy(rawValue: row[2])),
          applies: try rule(names, row[3], row[4]), each: row[6],
          rules: rules[id] ?? [],
          options: try (decisionOptions[id] ?? []).map {
            Decision.Option(id: $0.id, title: $0.title, effort: try raw(Decision.Effort(rawValue: $0.effort)))
          },
          confirm: links[id + " confirm"] ?? [], practices: links[id + " practices"] ?? [], weight: row[5],
          isCore: row[7] == 1,
          examples: examples.removeValue(forKey: id) ?? []))
    }
    if parts.contains(.advice) { try readAdvice(into: &knowledge, links, entry) }
    if parts.contains(.pages) { try readPages(into: &knowledge, links, entry) }
    return knowledge
  }

  private func readAdvice(
    into knowledge: inout Knowledge, _ links: [String: [String]], _ entry: (String) throws -> Entry
  ) throws {
    let names = knowledge.vocabulary
    try each("SELECT id, applies, applies_as_written, reason, level FROM practice ORDER BY id") { row in
      let id: String = row[0]
      knowledge.practices.append(
        Practice(
          entry: try entry(id), applies: try rule(names, row[1], row[2]), reason: row[3],
          level: try raw(Level(rawValue: row[4])),
          checks: links[id + " checks"] ?? []))
    }
    try each(
      "SELECT id, applies, applies_as_written, reason, phase, level, step, evidence, command FROM check_item ORDER BY id"
    ) { row in
      knowledge.checks.append(
        Check(
          entry: try entry(row[0]), applies: try rule(names, row[1], row[2]), reason: row[3],
          phase: try raw(Check.Phase(rawValue: row[4])),
          level: try raw(Level(rawValue: row[5])), step: row[6], evidence: row[7], command: row[8],
          changes: links[(row[0] as String) + " changes"] ?? []))
    }
    guard version >= 4 else { return }
    func texts(_ column: String) -> [String] { column.split(separator: "\n").map(String.init) }
    var signs: [String: [Change.Sign]] = [:]
    try each("SELECT change, paths, except_paths, lines FROM change_sign ORDER BY change, position") { row in
      signs[row[0], default: []].append(
        Change.Sign(paths: texts(row[1]), except: texts(row[2]), lines: texts(row[3])))
    }
    try each("SELECT id, template FROM change_kind ORDER BY id") { row in
      let id: String = row[0]
      knowledge.changes.append(
        Change(
          entry: try entry(id), within: links[id + " within"]?.first, hasTemplate: row[1] == 1, signs: signs[id] ?? []))
    }
  }

  private func readPages(
    into knowledge: inout Knowledge, _ links: [String: [String]], _ entry: (String) throws -> Entry
  ) throws {
    try each("SELECT id, minutes, position FROM orientation ORDER BY position, id") { row in
      knowledge.orientation.append(Orientation(entry: try entry(row[0]), minutes: row[1], order: row[2]))
    }
    try each("SELECT id, family FROM pattern ORDER BY id") { row in
      let id: String = row[0]
      knowledge.patterns.append(
        Pattern(
          entry: try entry(id), family: try raw(Pattern.Family(rawValue: row[1])), serves: links[id + " serves"] ?? []))
    }
    let phrases = try grouped("SELECT runbook, phrase FROM runbook_phrase ORDER BY runbook, position")
    var causes: [String: [Runbook.Cause]] = [:]
    try each("SELECT runbook, id, title, ask FROM runbook_cause ORDER BY runbook, position") { row in
      causes[row[0], default: []].append(Runbook.Cause(id: row[1], title: row[2], ask: row[3]))
    }
    try each("SELECT id, symptom FROM runbook ORDER BY id") { row in
      let id: String = row[0]
      knowledge.runbooks.append(
        Runbook(entry: try entry(id), symptom: row[1], phrases: phrases[id] ?? [], causes: causes[id] ?? []))
    }
  }

  private func rule(_ names: Vocabulary, _ current: String?, _ asWritten: String?) throws -> RuleCondition? {
    func sourced(_ text: String) throws -> SourcedCondition {
      SourcedCondition(
        text: text, condition: try parse { () throws(ConditionProblem) in try ConditionParser.condition(text, names) })
    }
    return try current.map { RuleCondition(current: try sourced($0), asWritten: try asWritten.map(sourced)) }
  }

  /// From the columns id, kind, unit, low, high, ratio.
  private func kind(_ row: Row, options: [(id: String, title: String, effort: String)]) throws -> Trait.Kind {
    let options = options.map { Trait.Option(id: $0.id, title: $0.title) }
    switch row[1] as String {
    case "quantity":
      return .quantity(
        try raw((row[2] as String?).flatMap(BaseUnit.init(rawValue:))),
        bounds: Interval(try decimal(row[3]), try decimal(row[4])), ratioNotation: row[5] == 1)
    case "flag": return .flag
    case "choice": return .choice(options)
    default: return .set(options)
    }
  }

  private func readLists(into knowledge: inout Knowledge, _ entry: (String) throws -> Entry) throws {
    let options = try options("SELECT field, id, title, '' FROM record_option ORDER BY field, position")
    var fields: [String: [Row]] = [:]
    for row in try Row.fetchAll(
      db,
      sql: """
        SELECT id, kind, unit, low, high, 0, list, title, noun, default_kind, default_low, default_high, default_text
        FROM record_field ORDER BY list, position
        """)
    {
      fields[row[6], default: []].append(row)
    }
    try each(
      "SELECT id, noun, \(prose("question, why, measure", .questions)), position FROM record_list ORDER BY id"
    ) { row in
      let id: String = row[0]
      let own = try entry(id)
      let order: Int = row[5]
      knowledge.lists.append(
        RecordList(
          entry: own, noun: row[1], question: row[2], why: row[3], measure: row[4],
          fields: try (fields[id] ?? []).map { field in
            let fallback: Answer? = try (field[9] as String?).map {
              try AnswerColumns(kind: $0, low: field[10], high: field[11], text: field[12]).answer()
            }
            let fieldID: String = field[0]
            return RecordList.field(
              String(fieldID.dropFirst(id.count + 1)), of: own, title: field[7],
              kind: try kind(field, options: options[fieldID] ?? []), noun: field[8], fallback: fallback, order: order)
          }, order: order))
    }
  }

  private func readSources(into knowledge: inout Knowledge) throws {
    try each("SELECT id, title, url, date, checked, evidence, note FROM source ORDER BY id") { row in
      knowledge.sources.append(
        Source(
          id: row[0], title: row[1], url: row[2], date: row[3], checked: row[4],
          evidence: try raw(Source.Evidence(rawValue: row[5])), note: row[6]))
    }
    let atoms = try grouped("SELECT ifnull(statement, ''), id FROM atom ORDER BY position")
    knowledge.overviewAtoms = atoms[""] ?? []
    try each("SELECT id, section, gist FROM statement ORDER BY position") { row in
      let id: String = row[0]
      knowledge.statements.append(GuideStatement(id: id, section: row[1], gist: row[2], atoms: atoms[id] ?? []))
    }
  }

  /// These columns, or nothing in their place where prose is not wanted.
  private func prose(_ columns: String, _ part: KnowledgeStore.Parts = .pages) -> String {
    parts.contains(part) ? columns : columns.split(separator: ",").map { _ in "''" }.joined(separator: ", ")
  }

  private func examples() throws -> [String: [Decision.Example]] {
    var given: [String: [String: Answer]] = [:]
    try each("SELECT decision || ' ' || example, trait, kind, low, high, text FROM example_given") { row in
      given[row[0], default: [:]][row[1]] = try AnswerColumns(kind: row[2], low: row[3], high: row[4], text: row[5])
        .answer()
    }
    var examples: [String: [Decision.Example]] = [:]
    try each("SELECT decision, position, mode, status, outcomes, why FROM example ORDER BY decision, position") { row in
      let decision: String = row[0]
      let position: Int = row[1]
      let outcomes = (row[4] as String).split(separator: " ").map(String.init)
      let expect: Decision.Example.Expectation =
        switch row[3] as String {
        case "decided": .decided(outcomes.first ?? "")
        case "undecided": .undecided(outcomes)
        default: .notApplicable
        }
      examples[decision, default: []].append(
        Decision.Example(
          given: given["\(decision) \(position)"] ?? [:], expect: expect, mode: try raw(Mode(rawValue: row[2])),
          why: row[5]))
    }
    return examples
  }

  private let kinds = Dictionary(uniqueKeysWithValues: EntryKind.allCases.map { ($0.singular, $0) })

  private func each(_ sql: String, _ body: (Row) throws -> Void) throws {
    let cursor = try Row.fetchCursor(db, sql: sql)
    while let row = try cursor.next() { try body(row) }
  }

  private func grouped(_ sql: String) throws -> [String: [String]] {
    var groups: [String: [String]] = [:]
    try each(sql) { groups[$0[0], default: []].append($0[1]) }
    return groups
  }

  private func options(_ sql: String) throws -> [String: [(id: String, title: String, effort: String)]] {
    var groups: [String: [(id: String, title: String, effort: String)]] = [:]
    try each(sql) { groups[$0[0], default: []].append(($0[1], $0[2], $0[3])) }
    return groups
  }

  private func raw<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw KnowledgeStore.Unusable(description: "a value is missing or does not read") }
    return value
  }

  private func parse<Value>(_ body: () throws(ConditionProblem) -> Value) throws -> Value {
    do { return try body() } catch {
      throw KnowledgeStore.Unusable(description: "a condition does not read: \(error.message)")
    }
  }
}

internal import Foundation
public import KnowledgeModel
internal import TextFormats

/// Entries as files become `Knowledge`: the first leg of the way file → Swift value → SQLite.
public struct KnowledgeCompiler {
  public struct Result: Sendable {
    public var knowledge: Knowledge
    /// Where each part of an entry stands: `read-scaling#rules.0.when`.
    public var places: [String: Place]
    /// What is wrong; empty for knowledge that can be used.
    public var findings: [Finding]

    public init(knowledge: Knowledge, places: [String: Place], findings: [Finding]) {
      self.knowledge = knowledge
      self.places = places
      self.findings = findings
    }
  }

  /// Compiles the shipped knowledge with packs on top, in order: a later pack wins.
  public static func compile(_ sources: [KnowledgeSource]) -> Result {
    var compiler = KnowledgeCompiler()
    return compiler.run(sources)
  }

  /// Thresholds by themselves, of knowledge that was proved as a whole: what is wrong with a file is not told, and a
  /// threshold of which nothing can be read is left out.
  public static func thresholds(in files: [KnowledgeSource.File]) -> [Threshold] {
    files.compactMap { file in
      guard let raw = try? RawEntry(source: "knowledge", pack: "knowledge", file: file), raw.kind == .threshold else {
        return nil
      }
      var decoder = EntryDecoder(raw, Vocabulary(traits: [:], thresholds: [:], decisions: [:]))
      return decoder.threshold()
    }
  }

  private var findings: [Finding] = []
  private var places: [String: Place] = [:]

  private mutating func run(_ sources: [KnowledgeSource]) -> Result {
    var raws: [RawEntry] = []
    var packs: [PackStamp] = []
    var cited: [Source] = []
    var statements: [GuideStatement] = []
    var overview: [String] = []
    for source in sources {
      let stamp = pack(source)
      packs.append(stamp)
      for file in source.files {
        switch file.path {
        case "pack.yaml": break
        case "sources.yaml": cited += self.sources(source, file, known: Set(cited.map(\.id)))
        case "guide.yaml": (statements, overview) = guide(source, file)
        default: add(source, stamp.name, file, to: &raws)
        }
      }
    }
    raws.sort { $0.id < $1.id }
    let vocabulary = vocabulary(raws)
    var knowledge = Knowledge(
      packs: packs, hash: KnowledgeSource.fingerprint(of: sources.map(\.fingerprint)),
      sources: cited.sorted { $0.id < $1.id }, statements: statements,
      overviewAtoms: overview)
    for raw in raws {
      var decoder = EntryDecoder(raw, vocabulary)
      switch raw.kind {
      case .trait where EntryDecoder.isList(raw): knowledge.lists.append(decoder.recordList())
      case .trait: knowledge.traits.append(decoder.trait())
      case .threshold: knowledge.thresholds.append(decoder.threshold())
      case .decision: knowledge.decisions.append(decoder.decision())
      case .practice: knowledge.practices.append(decoder.practice())
      case .check: knowledge.checks.append(decoder.check())
      case .change: knowledge.changes.append(decoder.change())
      case .pattern: knowledge.patterns.append(decoder.pattern())
      case .runbook: knowledge.runbooks.append(decoder.runbook())
      case .orientation: knowledge.orientation.append(decoder.orientation())
      }
      findings += decoder.findings
      places[raw.id] = Place(file: raw.file, line: 1, column: 1)
      places["\(raw.id)#body"] = Place(file: raw.bodyFile, line: raw.bodyLine, column: 1)
      for (path, place) in decoder.places { places["\(raw.id)#\(path)"] = place }
    }
    knowledge.orientation.sort { ($0.order, $0.id) < ($1.order, $1.id) }
    references(knowledge, raws, vocabulary)
    return Result(knowledge: knowledge, places: places, findings: findings.sorted())
  }

  private mutating func add(
    _ source: KnowledgeSource, _ pack: String, _ file: KnowledgeSource.File, to raws: inout [RawEntry]
  ) {
    do throws(Finding) {
      let raw = try RawEntry(source: source.name, pack: pack, file: file)
      if let problem = EntryID.problem(raw.id, kind: raw.kind) { throw raw.finding(problem.message, problem.remedy) }
      let overrides = raw.fields["override"]?.value.text == "true"
      let base = raws.firstIndex { $0.id == raw.id && $0.kind == raw.kind }
      if overrides {
        guard let base else {
          throw raw.finding(
            "there is no \(raw.kind.singular) \(raw.id) to override",
            nearest(raw.id, among: raws.filter { $0.kind == raw.kind }.map(\.id)).map { "did you mean \($0)?" }
              ?? "leave out override: true for a new entry")
        }
        raws[base] = raws[base].overridden(by: raw)
      } else if let other = raws.first(where: { $0.id == raw.id }) {
        throw raw.finding(
          "the id \(raw.id) is taken by \(other.file)", "choose another, or write override: true to change that entry")
      } else {
        raws.append(raw)
      }
    } catch {
      findings.append(error)
    }
  }

  private func vocabulary(_ raws: [RawEntry]) -> Vocabulary {
    var vocabulary = Vocabulary(traits: [:], thresholds: [:], decisions: [:])
    for raw in raws {
      switch raw.kind {
      case .trait where EntryDecoder.isList(raw):
        vocabulary.lists.insert(raw.id)
        for field in EntryDecoder.fieldHeads(raw) {
          vocabulary.traits["\(raw.id).\(field.name)"] = EntryDecoder.traitKind(field.raw) { _ in }
        }
      case .trait: vocabulary.traits[raw.id] = EntryDecoder.traitKind(raw) { _ in }
      case .threshold: vocabulary.thresholds[raw.id] = EntryDecoder.unit(raw) { _ in } ?? .number
      case .decision: vocabulary.decisions[raw.id] = EntryDecoder.options(raw).map(\.id)
      default: break
      }
    }
    return vocabulary
  }

  // MARK: Files beside the entries

  private mutating func yaml(_ source: KnowledgeSource, _ file: KnowledgeSource.File) -> YAMLValue? {
    do throws(YAMLProblem) {
      return try StrictYAML.parse(file.text)
    } catch {
      findings.append(
        Finding(
          file: "\(source.name)/\(file.path)", line: error.mark.line, column: error.mark.column, message: error.message)
      )
      return nil
    }
  }

  private mutating func pack(_ source: KnowledgeSource) -> PackStamp {
    let file = source.files.first { $0.path == "pack.yaml" }
    let before = findings.count
    let value = file.flatMap { yaml(source, $0) }
    guard findings.count == before else { return PackStamp(name: "", version: "", title: "") }
    func text(_ key: String) -> String { value?[key]?.text ?? "" }
    for key in ["name", "version"] where text(key).wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) == nil {
      findings.append(
        Finding(
          file: "\(source.name)/pack.yaml", line: value?[key]?.mark.line ?? 1, column: value?[key]?.mark.column ?? 1,
          message: "the pack has no usable \(key)", remedy: "add \(key): with letters, digits, dots and dashes"))
    }
    return PackStamp(name: text("name"), version: text("version"), title: text("title"))
  }

  private mutating func sources(_ source: KnowledgeSource, _ file: KnowledgeSource.File, known: Set<String>) -> [Source]
  {
    guard case .mapping(let pairs, _)? = yaml(source, file) else { return [] }
    return pairs.compactMap { pair in
      let id = pair.key
      func problem(_ message: String, _ remedy: String? = nil) {
        findings.append(
          Finding(
            file: "\(source.name)/\(file.path)", line: pair.keyMark.line, column: pair.keyMark.column, message: message,
            remedy: remedy))
      }
      if known.contains(id) { problem("the source \(id) is there already", "choose another id") }
      guard let title = pair.value["title"]?.text, let checked = pair.value["checked"]?.text,
        let evidence = pair.value["evidence"]?.text.flatMap(Source.Evidence.init(rawValue:))
      else {
        problem(
          "the source \(id) needs title, checked and evidence", "evidence is read, second-hand, measured or unverified")
        return nil
      }
      places["source:\(id)"] = Place(
        file: "\(source.name)/\(file.path)", line: pair.keyMark.line, column: pair.keyMark.column)
      if CivilDate(checked) == nil { problem("checked of the source \(id) is no date", "write it as 2026-11-22") }
      return Source(
        id: id, title: title, url: pair.value["url"]?.text, date: pair.value["date"]?.text, checked: checked,
        evidence: evidence,
        note: pair.value["note"]?.text)
    }
  }

  private mutating func guide(_ source: KnowledgeSource, _ file: KnowledgeSource.File) -> ([GuideStatement], [String]) {
    guard let value = yaml(source, file), case .sequence(let items, _)? = value["statements"] else { return ([], []) }
    func texts(_ value: YAMLValue?) -> [String] {
      if case .sequence(let items, _)? = value { items.compactMap(\.text) } else { [] }
    }
    let statements = items.map { item in
      GuideStatement(
        id: item["id"]?.text ?? "", section: item["section"]?.text ?? "", gist: item["gist"]?.text ?? "",
        atoms: texts(item["atoms"]))
    }
    return (statements, texts(value["overview-atoms"]))
  }

  // MARK: References

  private mutating func references(_ knowledge: Knowledge, _ raws: [RawEntry], _ vocabulary: Vocabulary) {
    let sources = Set(knowledge.sources.map(\.id))
    let numbers = Set(knowledge.statements.flatMap { [$0.id] + $0.atoms } + knowledge.overviewAtoms)
    let entries = Dictionary(knowledge.entries.map { ($0.id, $0.kind) }, uniquingKeysWith: { first, _ in first })
    func resolve(_ owner: String, _ key: String, _ ids: [String], _ known: Set<String>, _ what: String) {
      for (index, id) in ids.enumerated() where !known.contains(id) {
        report(
          owner, "\(key).\(index)", "there is no \(what) “\(id)”",
          nearest(id, among: Array(known)).map { "did you mean \($0)?" })
      }
    }
    func report(_ owner: String, _ path: String, _ message: String, _ remedy: String?) {
      let place = places["\(owner)#\(path)"] ?? places[owner]
      findings.append(
        Finding(
          file: place?.file ?? owner, line: place?.line ?? 1, column: place?.column ?? 1, message: message,
          remedy: remedy))
    }
    let checks = Set(knowledge.checks.map(\.id))
    let practices = Set(knowledge.practices.map(\.id))
    for entry in knowledge.entries {
      resolve(entry.id, "sources", entry.sources, sources, "source")
      resolve(entry.id, "guide", entry.guide, numbers, "guide statement")
      for alias in entry.aliases where entries[alias] != nil {
        report(entry.id, "aliases", "the alias \(alias) is an entry's id", "drop the alias")
      }
      if entry.verdict != .confirmed, entry.verdict != .practice, !entry.guide.isEmpty, entry.today == nil {
        report(
          entry.id, "verdict", "the verdict is \(entry.verdict.rawValue), but today: is missing", "say what holds today"
        )
      }
    }
    let lists = Set(knowledge.lists.map(\.id))
    let perRecord = Set(knowledge.decisions.filter { $0.each != nil }.map(\.id))
    func scope(_ owner: String, _ each: String?, _ conditions: [Condition]) {
      for field in conditions.flatMap(\.traits).uniqued() {
        guard let list = RecordList.list(of: field), list != each else { continue }
        report(
          owner, each == nil ? "applies" : "each", "\(field) is a field of each record of \(list)",
          "only a decision with each: \(list) may read it")
      }
      for decision in conditions.flatMap(\.decisions).uniqued() where perRecord.contains(decision) {
        report(owner, "applies", "the decision \(decision) is taken for each record, and has no one outcome", nil)
      }
    }
    for decision in knowledge.decisions {
      resolve(decision.id, "each", decision.each.map { [$0] } ?? [], lists, "list of records")
      scope(decision.id, decision.each, Mode.allCases.flatMap { decision.conditions(in: $0) })
    }
    for practice in knowledge.practices {
      scope(practice.id, nil, Mode.allCases.compactMap { practice.applies?[$0].condition })
    }
    for check in knowledge.checks { scope(check.id, nil, Mode.allCases.compactMap { check.applies?[$0].condition }) }
    for trait in knowledge.traits {
      guard let field = trait.derivation?.from.traits.first(where: { RecordList.list(of: $0) != nil }) else { continue }
      report(trait.id, "derived", "\(field) is a field of each record", "a trait cannot follow from it")
    }
    for decision in knowledge.decisions {
      resolve(decision.id, "confirm", decision.confirm, checks, "check")
      resolve(decision.id, "practices", decision.practices, practices, "practice")
    }
    for practice in knowledge.practices { resolve(practice.id, "checks", practice.checks, checks, "check") }
    let changes = Set(knowledge.changes.map(\.id))
    for check in knowledge.checks { resolve(check.id, "changes", check.changes, changes, "kind of change") }
    for change in knowledge.changes {
      resolve(change.id, "within", change.within.map { [$0] } ?? [], changes, "kind of change")
      if let wider = change.within.flatMap(knowledge.change), wider.within != nil {
        report(change.id, "within", "\(wider.id) is itself within another kind", "one step is all there is")
      }
    }
    let servable = practices.union(knowledge.decisions.map(\.id))
    for pattern in knowledge.patterns {
      resolve(pattern.id, "serves", pattern.serves, servable, "decision or practice")
    }
    for cycle in knowledge.derivationCircles {
      report(
        cycle[0], "derived", "derived traits follow from each other in a circle: \(cycle.joined(separator: " → "))",
        "break the circle, or say with if-given when it holds")
    }
    for cycle in knowledge.decisionCircles {
      report(
        cycle[0], "applies", "decisions refer to each other in a circle: \(cycle.joined(separator: " → "))",
        "break the circle")
    }
    for raw in raws { prose(raw, vocabulary, entries) }
  }

  /// Placeholders and links in every text of an entry.
  private mutating func prose(_ raw: RawEntry, _ vocabulary: Vocabulary, _ entries: [String: EntryKind]) {
    let keys = [
      "summary", "guide-says", "today", "question", "why", "typical", "measure", "reason", "evidence", "symptom",
    ]
    var texts = keys.compactMap { key in
      raw.fields[key].map { (text: $0.value.text ?? "", file: $0.file, line: $0.value.mark.line) }
    }
    for (offset, line) in raw.body.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      texts.append((String(line), raw.bodyFile, raw.bodyLine + offset))
    }
    for item in texts {
      if let (open, hint) = Scaffold.open(in: item.text) {
        let column = item.text.distance(from: item.text.startIndex, to: open) + 1
        findings.append(
          Finding(
            file: item.file, line: item.line, column: column, message: "still to be written: \(hint.forMessage)",
            remedy: "write it in the place of the comment, or drop the part"))
      }
      for (reference, range) in ProseReference.scan(item.text) {
        func report(_ message: String, _ remedy: String?) {
          let column = item.text.distance(from: item.text.startIndex, to: range.lowerBound) + 1
          findings.append(
            Finding(file: item.file, line: item.line, column: column, message: message, remedy: remedy))
        }
        switch reference {
        case .threshold(let id) where vocabulary.thresholds[id] == nil:
          report(
            "there is no threshold @\(id)",
            nearest(id, among: Array(vocabulary.thresholds.keys)).map { "did you mean @\($0)?" })
        case .entry(let id) where entries[id] == nil:
          report("there is no entry “\(id)”", nearest(id, among: Array(entries.keys)).map { "did you mean \($0)?" })
        case .formula(let text):
          do throws(ConditionProblem) { _ = try ConditionParser.expression(text, vocabulary) } catch {
            report(error.message, error.hint)
          }
        default: break
        }
      }
    }
  }
}

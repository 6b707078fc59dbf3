internal import Foundation
internal import KnowledgeModel
internal import TextFormats

/// Reads one entry's front matter into its Swift value, collecting what is wrong.
struct EntryDecoder {
  let raw: RawEntry
  let vocabulary: Vocabulary
  private(set) var findings: [Finding] = []
  private(set) var places: [String: Place] = [:]
  private var used: Set<String> = []

  init(_ raw: RawEntry, _ vocabulary: Vocabulary) {
    self.raw = raw
    self.vocabulary = vocabulary
  }

  // MARK: Kinds

  mutating func entry() -> Entry {
    Entry(
      id: raw.id, kind: raw.kind, title: text("title"), area: choice("area", Area.self) ?? .load,
      summary: text("summary"),
      guide: list("guide"), guideSays: optionalText("guide-says"), today: optionalText("today"),
      verdict: choice("verdict", Verdict.self, fallback: .practice) ?? .practice, sources: list("sources"),
      checked: date("checked"), aliases: list("aliases"), body: raw.body, pack: raw.pack, override: raw.override)
  }

  mutating func trait() -> Trait {
    let entry = entry()
    let kind = EntryDecoder.traitKind(raw) { findings.append($0) }
    for key in ["kind", "bounds", "options"] { used.insert(key) }
    let derivation = derivation(kind)
    let trait = Trait(
      entry: entry, kind: kind, noun: optionalText("noun") ?? "", question: text("question"), why: text("why"),
      typical: text("typical"), measure: text("measure"), plausible: plausible(kind), fallback: fallback(kind),
      isPlanningDefault: flag("planning-default"), derivation: derivation, order: integer("order", in: 0...100_000),
      isCore: flag("core"))
    closed()
    return trait
  }

  mutating func recordList() -> RecordList {
    let entry = entry()
    used.formUnion(["kind", "fields"])
    let order = integer("order", in: 0...100_000)
    let list = RecordList(
      entry: entry, noun: text("noun"), question: text("question"), why: text("why"), measure: text("measure"),
      fields: recordFields(of: entry, order: order), order: order)
    if list.fields.isEmpty { findings.append(raw.finding("the list has no fields", "add fields: {name: {kind: …}}")) }
    closed()
    return list
  }

  private mutating func recordFields(of list: Entry, order: Int) -> [Trait] {
    EntryDecoder.fieldHeads(raw).compactMap { head in
      if head.name.wholeMatch(of: /[a-z][a-z0-9_]*/) == nil || head.name == "name" {
        findings.append(
          at(head.keyMark, "“\(head.name.forMessage)” is no name of a field", "field names are snake_case"))
      }
      unknownKeys(head.value, ["kind", "title", "bounds", "options", "default", "noun"], raw.file)
      let kind = EntryDecoder.traitKind(head.raw) { findings.append($0) }
      let title = head.value["title"]?.text ?? ""
      if title.isEmpty { findings.append(at(head.keyMark, "the field \(head.name.forMessage) needs a title")) }
      let fallback = head.value["default"].flatMap { answer($0, kind, file: raw.file, owner: "default") }
      return RecordList.field(
        head.name, of: list, title: title, kind: kind, noun: head.value["noun"]?.text ?? "", fallback: fallback,
        order: order)
    }
  }

  mutating func threshold() -> Threshold {
    let entry = entry()
    let unit = EntryDecoder.unit(raw) { findings.append($0) } ?? .number
    used.insert("unit")
    let value = quantity("value", unit)
    if field("value") == nil { missing("value") }
    let threshold = Threshold(
      entry: entry, value: value ?? Quantity(0, unit), asWritten: quantity("as-written", unit),
      basis: choice("basis", Threshold.Basis.self) ?? .planningDefault)
    if entry.sources.isEmpty {
      findings.append(
        lacking("sources", "the threshold has no source", "add sources: [id], with the id in sources.yaml"))
    }
    closed()
    return threshold
  }

  mutating func decision() -> Decision {
    let entry = entry()
    let options = EntryDecoder.options(raw)
    used.insert("options")
    if options.isEmpty {
      findings.append(lacking("options", "the decision has no options", "add options: with at least one outcome"))
    }
    let decision = Decision(
      entry: entry, question: text("question"), hitPolicy: choice("hit", Decision.HitPolicy.self) ?? .first,
      applies: applies(), each: optionalText("each"), rules: rules(options.map(\.id)),
      options: options.map { Decision.Option(id: $0.id, title: $0.title, effort: $0.effort ?? .none) },
      confirm: list("confirm"), practices: list("practices"), weight: integer("weight", in: 1...3),
      isCore: flag("core"), examples: examples(options.map(\.id)))
    for option in options where option.effort == nil {
      findings.append(
        at(option.mark, "option \(option.id) needs a title and an effort", "effort is none, low, medium or high"))
    }
    if entry.section("Why") == nil {
      findings.append(raw.finding("the body has no section “## Why”", "say why the rule is as it is"))
    }
    for option in options where entry.section(option.id) == nil {
      findings.append(
        raw.finding(
          "the body has no section “## \(option.id)”", "describe the option, with * Good, because and * Bad, because"))
    }
    closed()
    return decision
  }

  mutating func practice() -> Practice {
    let practice = Practice(
      entry: entry(), applies: applies(), reason: text("reason"), level: choice("level", Level.self) ?? .should,
      checks: list("checks"))
    closed()
    return practice
  }

  mutating func check() -> Check {
    let check = Check(
      entry: entry(), applies: applies(), reason: text("reason"), phase: choice("phase", Check.Phase.self) ?? .change,
      level: choice("level", Level.self) ?? .should, step: optionalText("step"), evidence: text("evidence"),
      command: optionalText("command"), changes: list("changes"))
    if let step = check.step, step.wholeMatch(of: /SV-[1-6]/) == nil {
      findings.append(at(field("step")?.value.mark, "“\(step)” is no step of the protocol", "steps are SV-1 to SV-6"))
    }
    closed()
    return check
  }

  mutating func change() -> Change {
    let change = Change(
      entry: entry(), within: optionalText("within"), hasTemplate: flag("template"), signs: signs())
    closed()
    return change
  }

  private mutating func signs() -> [Change.Sign] {
    guard let field = field("signs"), case .sequence(let items, _) = field.value, !items.isEmpty else {
      findings.append(
        lacking("signs", "the change has no signs", "add signs: [{paths: [\"**/*.sql\"], lines: [create index]}]"))
      return []
    }
    return items.map { item in
      unknownKeys(item, ["paths", "except", "lines"], field.file)
      func texts(_ key: String, _ what: String, _ problem: (String) -> String?) -> [String] {
        guard let value = item[key] else { return [] }
        guard case .sequence(let values, _) = value else {
          findings.append(
            at(value.mark, file: field.file, "\(key) of a sign is no list", "write \(key): [\(what), \(what)]"))
          return []
        }
        return values.map { value in
          let text = value.text ?? ""
          if let words = problem(text) {
            findings.append(at(value.mark, file: field.file, "“\(text.forMessage)” is no \(what): \(words)"))
          }
          return text
        }
      }
      let sign = Change.Sign(
        paths: texts("paths", "glob", PathGlob.problem), except: texts("except", "glob", PathGlob.problem),
        lines: texts("lines", "phrase", LinePhrase.problem))
      if sign.paths.isEmpty {
        findings.append(at(item.mark, file: field.file, "a sign has no paths", "add paths: [\"**/*.sql\"]"))
      }
      return sign
    }
  }

  mutating func pattern() -> Pattern {
    let pattern = Pattern(
      entry: entry(), family: choice("family", Pattern.Family.self) ?? .code, serves: list("serves"))
    sections(Pattern.sections, of: pattern.entry)
    executedBlocks()
    closed()
    return pattern
  }

  mutating func runbook() -> Runbook {
    let runbook = Runbook(entry: entry(), symptom: text("symptom"), phrases: list("phrases"), causes: causes())
    if runbook.phrases.isEmpty {
      findings.append(lacking("phrases", "the runbook has no phrases", "add phrases: with ways in which people say it"))
    }
    sections(Runbook.sectionsBefore + runbook.causes.map(\.id) + Runbook.sectionsBehind, of: runbook.entry)
    for cause in runbook.causes {
      guard let section = runbook.entry.section(cause.id) else { continue }
      for heading in Runbook.causeSections where !section.hasHeading("### \(heading)") {
        findings.append(raw.finding("the section “## \(cause.id)” has no heading “### \(heading)”", "add it"))
      }
    }
    executedBlocks()
    closed()
    return runbook
  }

  mutating func orientation() -> Orientation {
    let step = Orientation(
      entry: entry(), minutes: integer("minutes", in: 1...240), order: integer("order", in: 0...1000))
    sections(Orientation.sections, of: step.entry)
    closed()
    return step
  }

  private mutating func causes() -> [Runbook.Cause] {
    guard let field = field("causes"), case .mapping(let pairs, _) = field.value, !pairs.isEmpty else {
      findings.append(lacking("causes", "the runbook has no causes", "add causes: {id: {title: …, ask: …}}"))
      return []
    }
    return pairs.compactMap { pair in
      unknownKeys(pair.value, ["title", "ask"], field.file)
      guard let title = pair.value["title"]?.text, let ask = pair.value["ask"]?.text, !title.isEmpty, !ask.isEmpty
      else {
        findings.append(at(pair.keyMark, file: field.file, "the cause \(pair.key.forMessage) needs title and ask"))
        return nil
      }
      return Runbook.Cause(id: pair.key, title: title, ask: ask)
    }
  }

  /// Reports headings that are missing, or stand in another order.
  private mutating func sections(_ wanted: [String], of entry: Entry) {
    let found = entry.headings
    for heading in wanted where !found.contains(heading) {
      findings.append(
        raw.finding("the body has no section “## \(heading)”", "sections are \(wanted.joined(separator: ", "))"))
    }
    if found.filter(wanted.contains) != wanted.filter(found.contains) {
      findings.append(
        raw.finding("the sections stand in another order", "the order is \(wanted.joined(separator: ", "))"))
    }
  }

  /// Names of executed blocks are file names, and unique on the page.
  private mutating func executedBlocks() {
    var seen = Set<String>()
    for (offset, line) in raw.body.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard line.hasPrefix("```"), let match = line.firstMatch(of: /executed=(\S*)/) else { continue }
      let name = String(match.1)
      func report(_ message: String, _ remedy: String) {
        findings.append(
          Finding(file: raw.bodyFile, line: raw.bodyLine + offset, column: 1, message: message, remedy: remedy))
      }
      if name.wholeMatch(of: /[a-z0-9][a-z0-9._-]*\.[a-z]+/) == nil {
        report("“\(name.forMessage)” is no name for an executed block", "write a file name such as outbox.sql")
      } else if !seen.insert(name).inserted {
        report("two executed blocks are called \(name)", "give each a name of its own")
      }
    }
  }

  // MARK: Heads, read before conditions can be

  static func traitKind(_ raw: RawEntry, _ report: (Finding) -> Void) -> Trait.Kind {
    func problem(_ key: String, _ message: String, _ remedy: String?) {
      let mark = raw.fields[key]?.value.mark
      report(
        Finding(
          file: raw.fields[key]?.file ?? raw.file, line: mark?.line ?? 1, column: mark?.column ?? 1, message: message,
          remedy: remedy))
    }
    let names: [String: BaseUnit] = [
      "count": .count, "number": .number, "share": .share, "ratio-per-year": .perYear, "rate": .perSecond,
      "rate-per-minute": .perMinute, "bytes": .bytes, "transfer-rate": .bytesPerSecond,
      "duration": .seconds,
    ]
    let all = names.keys.sorted() + ["choice", "flag", "records", "set"]
    switch raw.fields["kind"]?.value.text {
    case "flag": return .flag
    case "choice", "set":
      let options = EntryDecoder.options(raw).map { Trait.Option(id: $0.id, title: $0.title) }
      if options.isEmpty || options.count > 64 {
        problem("options", "1 to 64 options are needed", "add options: {id: title}")
      }
      return raw.fields["kind"]?.value.text == "choice" ? .choice(options) : .set(options)
    case let name?:
      guard let unit = names[name] else {
        problem(
          "kind", name.isEmpty ? "kind is empty" : "“\(name.forMessage)” is no kind of trait",
          nearest(name, among: all).map { "did you mean \($0)?" } ?? "it is one of \(all.joined(separator: ", "))")
        return .flag
      }
      guard let text = raw.fields["bounds"]?.value.text else {
        problem("kind", "a quantity needs bounds", "add bounds: low..high")
        return .quantity(unit, bounds: Interval(0, 0), ratioNotation: false)
      }
      do throws(QuantityNotation.Problem) {
        let bounds = try QuantityNotation.interval(text, unit: unit)
        return .quantity(unit, bounds: bounds, ratioNotation: raw.fields["ratio"]?.value.text == "true")
      } catch {
        problem("bounds", error.message, error.hint ?? QuantityNotation.expectation(unit))
        return .quantity(unit, bounds: Interval(0, 0), ratioNotation: false)
      }
    case nil:
      report(raw.finding("the trait has no kind", "add kind: with one of \(all.joined(separator: ", "))"))
      return .flag
    }
  }

  struct FieldHead {
    var name: String
    var keyMark: YAMLValue.Mark
    var value: YAMLValue
    /// The field as if it were an entry, to read its kind from.
    var raw: RawEntry
  }

  static func isList(_ raw: RawEntry) -> Bool { raw.kind == .trait && raw.fields["kind"]?.value.text == "records" }

  /// The fields of a list of records.
  static func fieldHeads(_ raw: RawEntry) -> [FieldHead] {
    guard case .mapping(let pairs, _)? = raw.fields["fields"]?.value else { return [] }
    return pairs.map { pair in
      var field = raw
      field.fields = [:]
      if case .mapping(let parts, _) = pair.value {
        for part in parts {
          field.fields[part.key] = RawEntry.Field(value: part.value, keyMark: part.keyMark, file: raw.file)
        }
      }
      return FieldHead(name: pair.key, keyMark: pair.keyMark, value: pair.value, raw: field)
    }
  }

  static func unit(_ raw: RawEntry, _ report: (Finding) -> Void) -> BaseUnit? {
    let all = BaseUnit.allCases.map(\.rawValue)
    guard let field = raw.fields["unit"], let text = field.value.text else {
      report(raw.finding("the threshold has no unit", "add unit: with one of \(all.joined(separator: ", "))"))
      return nil
    }
    if let unit = BaseUnit(rawValue: text) { return unit }
    report(
      Finding(
        file: field.file, line: field.value.mark.line, column: field.value.mark.column,
        message: text.isEmpty ? "unit is empty" : "“\(text.forMessage)” is no unit",
        remedy: "it is one of \(all.joined(separator: ", "))"))
    return nil
  }

  struct OptionHead {
    var id: String
    var title: String
    var effort: Decision.Effort?
    var mark: YAMLValue.Mark
  }

  static func options(_ raw: RawEntry) -> [OptionHead] {
    guard case .mapping(let pairs, _)? = raw.fields["options"]?.value else { return [] }
    return pairs.map { pair in
      OptionHead(
        id: pair.key, title: pair.value.text ?? pair.value["title"]?.text ?? "",
        effort: (pair.value["title"]?.text ?? "").isEmpty
          ? nil : pair.value["effort"]?.text.flatMap(Decision.Effort.init(rawValue:)),
        mark: pair.keyMark)
    }
  }

  // MARK: Fields

  private mutating func field(_ key: String) -> RawEntry.Field? {
    used.insert(key)
    guard let field = raw.fields[key] else { return nil }
    places[key] = Place(file: field.file, line: field.value.mark.line, column: field.value.mark.column)
    return field
  }

  private func at(_ mark: YAMLValue.Mark?, file: String? = nil, _ message: String, _ remedy: String? = nil) -> Finding {
    Finding(file: file ?? raw.file, line: mark?.line ?? 1, column: mark?.column ?? 1, message: message, remedy: remedy)
  }

  /// What is wrong with a key that holds nothing: at the key, or at the front matter where it is not there.
  private func lacking(_ key: String, _ message: String, _ remedy: String) -> Finding {
    let field = raw.fields[key]
    return field.map { at($0.value.mark, file: $0.file, message, remedy) } ?? raw.finding(message, remedy)
  }

  private mutating func missing(_ key: String) {
    findings.append(raw.finding("\(key) is missing", "add \(key): to the front matter"))
  }

  private mutating func text(_ key: String) -> String {
    guard let text = optionalText(key) else {
      if raw.fields[key] == nil { missing(key) }
      return ""
    }
    return text
  }

  private mutating func optionalText(_ key: String) -> String? {
    guard let field = field(key) else { return nil }
    guard let text = field.value.text, !text.allSatisfy(\.isWhitespace) else {
      findings.append(at(field.value.mark, file: field.file, "\(key) needs a text", nil))
      return nil
    }
    return text
  }

  private mutating func flag(_ key: String) -> Bool {
    guard let text = optionalText(key) else { return false }
    if text != "true", text != "false", let field = field(key) {
      findings.append(at(field.value.mark, file: field.file, "\(key) is true or false"))
    }
    return text == "true"
  }

  private mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int {
    guard let field = field(key) else {
      missing(key)
      return range.lowerBound
    }
    if let value = field.value.text.flatMap({ Int($0) }), range.contains(value) { return value }
    findings.append(
      at(
        field.value.mark, file: field.file,
        "\(key) is a whole number from \(range.lowerBound) to \(range.upperBound)"))
    return range.lowerBound
  }

  private mutating func date(_ key: String) -> String {
    let text = self.text(key)
    if !text.isEmpty, CivilDate(text) == nil, let field = field(key) {
      findings.append(at(field.value.mark, file: field.file, "\(key) is no date", "write it as 2026-11-22"))
    }
    return text
  }

  private mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Choice.Type, fallback: Choice? = nil
  ) -> Choice? where Choice.RawValue == String {
    guard let field = field(key) else {
      if fallback == nil { missing(key) }
      return fallback
    }
    let text = field.value.text ?? ""
    if let value = Choice(rawValue: text) { return value }
    let all = Choice.allCases.map(\.rawValue)
    findings.append(
      at(
        field.value.mark, file: field.file,
        text.isEmpty ? "\(key) is empty" : "\(key) has no value “\(text.forMessage)”",
        nearest(text, among: all).map { "did you mean \($0)?" } ?? "it is one of \(all.joined(separator: ", "))"))
    return nil
  }

  private mutating func list(_ key: String) -> [String] {
    guard let field = field(key) else { return [] }
    guard case .sequence(let items, _) = field.value else {
      findings.append(at(field.value.mark, file: field.file, "\(key) is a list", "write \(key): [a, b]"))
      return []
    }
    var texts: [String] = []
    for (index, item) in items.enumerated() {
      guard let text = item.text else {
        findings.append(at(item.mark, file: field.file, "\(key) holds plain words"))
        continue
      }
      places["\(key).\(index)"] = Place(file: field.file, line: item.mark.line, column: item.mark.column)
      if texts.contains(text) {
        findings.append(at(item.mark, file: field.file, "\(text) stands twice in \(key)", "leave one out"))
      }
      texts.append(text)
    }
    return texts
  }

  private mutating func quantity(_ key: String, _ unit: BaseUnit) -> Quantity? {
    guard let field = field(key), let text = field.value.text else { return nil }
    do throws(QuantityNotation.Problem) {
      return Quantity(try QuantityNotation.value(text, unit: unit), unit)
    } catch {
      findings.append(
        at(
          field.value.mark, file: field.file, "\(key): \(error.message)",
          error.hint ?? "expected \(QuantityNotation.expectation(unit))"))
      return nil
    }
  }

  private mutating func plausible(_ kind: Trait.Kind) -> Interval? {
    guard case .quantity(let unit, let bounds, let ratio) = kind, let field = field("plausible"),
      let text = field.value.text
    else { return nil }
    do throws(QuantityNotation.Problem) {
      let interval = try QuantityNotation.interval(text, unit: unit, ratio: ratio)
      guard bounds.contains(interval.low), bounds.contains(interval.high) else {
        throw .init("the plausible range leaves the bounds")
      }
      return interval
    } catch {
      findings.append(at(field.value.mark, file: field.file, "plausible: \(error.message)", error.hint))
      return nil
    }
  }

  private mutating func fallback(_ kind: Trait.Kind) -> Answer? {
    guard let field = field("default") else { return nil }
    return answer(field.value, kind, file: field.file, owner: "default")
  }

  /// Reads a value of a trait as a person may type it.
  private mutating func answer(_ value: YAMLValue, _ kind: Trait.Kind, file: String, owner: String) -> Answer? {
    func fail(_ message: String, _ remedy: String? = nil) -> Answer? {
      findings.append(at(value.mark, file: file, "\(owner): \(message)", remedy))
      return nil
    }
    if value.text == "unknown" { return .unknown }
    switch (kind, value) {
    case (.quantity(let unit, let bounds, let ratio), .scalar(let text, _, _)):
      do throws(QuantityNotation.Problem) {
        let interval = try QuantityNotation.interval(text, unit: unit, ratio: ratio)
        guard bounds.contains(interval.low), bounds.contains(interval.high) else {
          return fail("\(text.forMessage) is outside \(QuantityText.text(bounds, unit))")
        }
        return .quantity(interval)
      } catch { return fail(error.message, error.hint ?? "expected \(QuantityNotation.expectation(unit))") }
    case (.flag, .scalar("true", _, _)), (.flag, .scalar("yes", _, _)): return .flag(true)
    case (.flag, .scalar("false", _, _)), (.flag, .scalar("no", _, _)): return .flag(false)
    case (.choice(let options), .scalar(let text, _, _)):
      guard options.contains(where: { $0.id == text }) else {
        return fail(
          "there is no option “\(text.forMessage)”", "it is one of \(options.map(\.id).joined(separator: ", "))")
      }
      return .choice(text)
    case (.set(let options), .sequence(let items, _)):
      var ids = Set<String>()
      for item in items {
        guard let id = item.text, options.contains(where: { $0.id == id }), ids.insert(id).inserted else {
          return fail(
            "“\((item.text ?? "").forMessage)” is no option, or stands twice",
            "options are \(options.map(\.id).joined(separator: ", "))")
        }
      }
      return .set(ids)
    default: return fail("\(value.kindName) does not fit this trait")
    }
  }

  private mutating func derivation(_ kind: Trait.Kind) -> Trait.Derivation? {
    guard let field = field("derived") else { return nil }
    guard let from = field.value["from"], let text = from.text else {
      findings.append(at(field.value.mark, file: field.file, "derived needs from:", "write derived: {from: …}"))
      return nil
    }
    let place = scalarPlace(from, field.file)
    do throws(ConditionProblem) {
      let (formula, unit) = try ConditionParser.expression(text, vocabulary)
      if let own = kind.unit, !own.compares(with: unit) {
        findings.append(
          at(from.mark, file: field.file, "derived gives \(unit.rawValue), but the trait is in \(own.rawValue)"))
      }
      var given: [String] = []
      if case .sequence(let items, _)? = field.value["if-given"] {
        for item in items {
          guard let id = item.text, vocabulary.traits[id] != nil else {
            findings.append(at(item.mark, file: field.file, "there is no trait “\((item.text ?? "").forMessage)”"))
            continue
          }
          given.append(id)
        }
      }
      return Trait.Derivation(from: formula, text: text, ifGiven: given)
    } catch {
      findings.append(problem(error, place))
      return nil
    }
  }

  // MARK: Conditions

  private func scalarPlace(_ value: YAMLValue, _ file: String) -> Place {
    var column = value.mark.column
    if case .scalar(_, quoted: true, _) = value { column += 1 }
    return Place(file: file, line: value.mark.line, column: column)
  }

  private func problem(_ problem: ConditionProblem, _ place: Place) -> Finding {
    Finding(
      file: place.file, line: place.line, column: place.column + problem.span.start, message: problem.message,
      remedy: problem.hint)
  }

  private mutating func condition(_ value: YAMLValue, _ file: String, _ path: String) -> SourcedCondition? {
    guard let text = value.text else {
      findings.append(at(value.mark, file: file, "a condition is a text"))
      return nil
    }
    let place = scalarPlace(value, file)
    places[path] = place
    do throws(ConditionProblem) {
      return SourcedCondition(text: text, condition: try ConditionParser.condition(text, vocabulary))
    } catch {
      findings.append(problem(error, place))
      return nil
    }
  }

  private mutating func applies() -> RuleCondition? {
    let asWritten = field("applies-as-written")
    guard let field = field("applies"), let current = condition(field.value, field.file, "applies") else { return nil }
    return RuleCondition(
      current: current, asWritten: asWritten.flatMap { condition($0.value, $0.file, "applies-as-written") })
  }

  private mutating func rules(_ outcomes: [String]) -> [Decision.Rule] {
    guard let field = field("rules"), case .sequence(let items, _) = field.value, !items.isEmpty else {
      findings.append(lacking("rules", "the decision has no rules", "add rules: with then and when"))
      return []
    }
    var rules: [Decision.Rule] = []
    for (index, item) in items.enumerated() {
      guard let then = item["then"]?.text, let when = item["when"] else {
        findings.append(
          at(item.mark, file: field.file, "a rule needs then and when", "write {then: option, when: \"condition\"}"))
        continue
      }
      if !outcomes.contains(then) {
        findings.append(
          at(
            item["then"]?.mark, file: field.file, "there is no option “\(then.forMessage)”",
            nearest(then, among: outcomes).map { "did you mean \($0)?" }))
      }
      unknownKeys(item, ["then", "when", "as-written"], field.file)
      let asWritten = item["as-written"].flatMap { condition($0, field.file, "rules.\(index).as-written") }
      guard let current = condition(when, field.file, "rules.\(index).when") else { continue }
      rules.append(Decision.Rule(then: then, when: RuleCondition(current: current, asWritten: asWritten)))
    }
    for outcome in outcomes where !items.contains(where: { $0["then"]?.text == outcome }) {
      findings.append(
        at(field.value.mark, file: field.file, "no rule gives \(outcome)", "add a rule for it, or drop the option"))
    }
    return rules
  }

  private mutating func examples(_ outcomes: [String]) -> [Decision.Example] {
    guard let field = field("examples"), case .sequence(let items, _) = field.value, !items.isEmpty else {
      findings.append(lacking("examples", "the decision has no examples", "add examples: with given and expect"))
      return []
    }
    var examples: [Decision.Example] = []
    for (index, item) in items.enumerated() {
      places["examples.\(index)"] = Place(file: field.file, line: item.mark.line, column: item.mark.column)
      unknownKeys(item, ["given", "expect", "mode", "why"], field.file)
      guard case .mapping(let pairs, _)? = item["given"], let expectation = item["expect"] else {
        findings.append(at(item.mark, file: field.file, "an example needs given and expect"))
        continue
      }
      var given: [String: Answer] = [:]
      for pair in pairs {
        guard let kind = vocabulary.traits[pair.key] else {
          findings.append(
            at(
              pair.keyMark, file: field.file, "there is no trait “\(pair.key.forMessage)”",
              nearest(pair.key, among: Array(vocabulary.traits.keys)).map { "did you mean \($0)?" }))
          continue
        }
        given[pair.key] = answer(pair.value, kind, file: field.file, owner: pair.key)
      }
      let expect: Decision.Example.Expectation
      var named: [String] = []
      switch expectation {
      case .scalar("not-applicable", _, _): expect = .notApplicable
      case .scalar(let outcome, _, _):
        named = [outcome]
        expect = .decided(outcome)
      case .sequence(let items, _):
        named = items.compactMap(\.text)
        expect = .undecided(named.sorted())
      case .mapping:
        findings.append(
          at(expectation.mark, file: field.file, "expect is an outcome, a list of outcomes, or not-applicable"))
        continue
      }
      for name in named where !outcomes.contains(name) && name != "not-applicable" {
        findings.append(
          at(
            expectation.mark, file: field.file, "there is no option “\(name.forMessage)”",
            nearest(name, among: outcomes).map { "did you mean \($0)?" }))
      }
      let mode = item["mode"]?.text.map { Mode(rawValue: $0) } ?? .current
      if mode == nil { findings.append(at(item["mode"]?.mark, file: field.file, "mode is current or as-written")) }
      examples.append(Decision.Example(given: given, expect: expect, mode: mode ?? .current, why: item["why"]?.text))
    }
    return examples
  }

  private mutating func unknownKeys(_ value: YAMLValue, _ known: [String], _ file: String) {
    guard case .mapping(let pairs, _) = value else { return }
    for pair in pairs where !known.contains(pair.key) {
      findings.append(
        at(
          pair.keyMark, file: file, "“\(pair.key.forMessage)” is no key here",
          nearest(pair.key, among: known).map { "did you mean \($0)?" } ?? "keys are \(known.joined(separator: ", "))"))
    }
  }

  /// Reports keys that nothing read.
  private mutating func closed() {
    used.formUnion(["ratio", "override"])
    for (key, field) in raw.fields.sorted(by: { $0.key < $1.key }) where !used.contains(key) {
      findings.append(
        at(
          field.keyMark, file: field.file, "“\(key.forMessage)” is no key of a \(raw.kind.singular)",
          nearest(key, among: Array(used)).map { "did you mean \($0)?" }))
    }
  }
}

extension String {
  /// Whether a line outside fenced code is this heading.
  fileprivate func hasHeading(_ heading: String) -> Bool {
    var fenced = false
    return split(separator: "\n").contains { line in
      if line.hasPrefix("```") { fenced.toggle() }
      return !fenced && line.trimming() == heading
    }
  }
}

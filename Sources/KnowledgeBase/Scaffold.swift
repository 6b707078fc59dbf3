public import KnowledgeModel
internal import TextFormats

/// A new entry to fill in: every key that its kind needs, each with what belongs there.
///
/// What is left open is empty, so that `kb check` names it with its line; nothing reads as if it were filled in.
public struct Scaffold: Sendable {
  public var kind: EntryKind
  public var id: String
  /// ISO date that the entry is marked as checked on.
  public var today: String

  public init(kind: EntryKind, id: String, today: String) {
    self.kind = kind
    self.id = id
    self.today = today
  }

  /// Below the knowledge folder: `decisions/read-scaling.md`.
  public var path: String { "\(kind.rawValue)/\(id).md" }

  public var text: String {
    """
    ---
    # What stands behind a # explains: take it away as you go. plumbline kb check names what is still open.
    title:  # short, in sentence case
    area:  # \(Area.allCases.map(\.rawValue).joined(separator: ", "))
    summary:  # one sentence in your own words\(isImperative ? ", in the imperative: what to do" : "")
    guide: []  # statements of the guide that it encodes; a rule of your own has none
    # guide-says:  # what the guide holds, where it encodes a statement
    # today:  # what holds today, where the verdict is nuance, outdated or wrong
    verdict: practice  # \(Verdict.allCases.map(\.rawValue).joined(separator: ", "))
    sources: []  # ids of sources, from sources.yaml beside the folders or from the guide's
    checked: \(today)  # when its facts were last checked
    \(keys)
    ---
    \(body)

    """
  }

  private var isImperative: Bool { kind == .practice || kind == .check }

  // MARK: Front matter

  private static let applies =
    "# applies: has_cache  # the condition under which it applies; left out: always"

  private var keys: String {
    switch kind {
    case .trait:
      """
      kind:  # count, number, share, ratio-per-year, rate, rate-per-minute, bytes, transfer-rate, duration, flag, choice, set, records
      # noun: requests a second  # what one unit is called in a sentence
      bounds:  # quantities only, in any way a person may type it: 0..10M
      # plausible: 50..2k  # quantities only: the range that stands in for “don't know”
      # fields: {rows: {kind: count, title: Rows, bounds: 0..1T}}  # records only: see docs/knowledge-format.md
      # options: {public: Anyone on the internet, internal: Our own services}  # choice and set only, in order
      question:  # as it is asked
      why:  # which outcomes hang on it, and what changes for the reader
      typical:  # a figure with its unit, to hold one's own against
      measure:  # how to read it off a running system: command, metric or query
      # default: 1  # only where there is an honest one
      # planning-default: true  # the default is ours and not the person's: documents say so
      # derived: {from: qps * read_ratio}  # how it follows from others when it is not given
      order:  # its place in the questionnaire, ascending
      """
    case .threshold:
      """
      value:  # with its unit: 10k/s
      unit:  # \(BaseUnit.allCases.map(\.rawValue).joined(separator: ", "))
      # as-written: 5 KiB  # only where the guide's own figure is not today's
      basis:  # planning-default (a heuristic), limit (a product's documented one), standard, measured
      """
    case .decision:
      """
      question:  # as a design review would ask it
      hit: first  # first (the first rule that holds wins) or unique (exactly one may hold)
      \(Scaffold.applies)
      # each: migrations  # a list of records; the decision is then taken for each of them
      rules:  # tried in order; conditions are described in docs/knowledge-format.md
        - {then: first-option, when: }
        - {then: second-option, when: otherwise}
      options:  # every outcome, in the order to show them; effort is none, low, medium or high
        first-option: {title: , effort: }
        second-option: {title: , effort: }
      confirm: []  # checks that show it in practice
      practices: []  # practices that go with it
      weight:  # 1 to 3: how much of the architecture hangs on it
      # core: true  # a first run of the questionnaire asks what it needs
      examples: []  # at, below and above each threshold that the conditions read
      # - {given: {qps: 10k}, expect: first-option, why: at the threshold}
      # - {given: {qps: 8k..12k}, expect: [first-option, second-option], why: undecided over the range}
      """
    case .practice:
      """
      \(Scaffold.applies)
      reason:  # why, in one sentence
      level:  # must, should
      checks: []  # checks that show it
      """
    case .check:
      """
      \(Scaffold.applies)
      reason:  # what goes wrong without it, in one sentence
      phase:  # \(Check.Phase.allCases.map(\.rawValue).joined(separator: ", "))
      level:  # must, should
      # step: SV-1  # the step of the self-verification protocol that it belongs to
      evidence:  # what to attach as proof
      # command: make test  # the command that proves it, where there is one
      # changes: [database-migration]  # the kinds of change that call for it in a pull request
      """
    case .change:
      """
      # within: database-migration  # the wider kind, whose checks a diff of this one calls for, too
      # template: true  # forges with several pull-request templates get one for it
      signs:  # any one is enough; paths are globs, lines are words in a line that was added
        - paths: []  # "**/migrations/**"
          # lines: []  # create index
      """
    case .pattern:
      """
      family:  # \(Pattern.Family.allCases.map(\.rawValue).joined(separator: ", "))
      serves: []  # decisions and practices that it puts into code
      """
    case .runbook:
      """
      symptom:  # one sentence, as the person on call sees it
      phrases: []  # ways in which people say it
      causes:  # in the order to look; the answer yes to its question means the cause
        first-cause: {title: , ask: }
      """
    case .orientation:
      """
      minutes:  # how long it may take
      order:  # its place in the hour, ascending
      """
    }
  }

  // MARK: Body

  private var body: String {
    switch kind {
    case .trait: todo("what counts and what does not")
    case .threshold: todo("where the figure comes from, and what moves it")
    case .decision:
      section("Why", "what the rule rests on, and what was measured where")
        + ["first-option", "second-option"].map { option in
          "\n\n" + section(option, "a sentence or two on what it means here")
            + "\n\n* Good, because \(todo("what speaks for it"))\n* Bad, because \(todo("what it costs"))"
        }.joined() + "\n\n" + section("Limits of this rule", "where it misleads, and what to look at then")
    case .practice:
      section("Why", "what goes wrong without it, and how it shows") + "\n\n"
        + section("How", "the steps, with commands or code that run") + "\n\n"
        + section("When not", "where it does not pay, or harms")
    case .check: todo("how to do it, what passes, and what fools people")
    case .change: todo("what belongs to it, what does not, and what is easily missed")
    case .pattern:
      Pattern.sections.map { section($0, Scaffold.patternHints[$0] ?? "") }.joined(separator: "\n\n")
    case .runbook:
      [
        section("Symptom", "what is seen, and where"), section("First look", "the exact commands to begin with"),
        "## first-cause",
        Runbook.causeSections.map { "### \($0)\n\n\(todo(Scaffold.causeHints[$0] ?? ""))" }.joined(separator: "\n\n"),
        section("None of these", "whom to ask, and what to save before it is gone"),
        section("Prevention", "what would have kept it from happening, or told earlier"),
      ].joined(separator: "\n\n")
    case .orientation:
      [
        section("Do", "exact commands, and what to look for in what they print"),
        section("Write down", "what to have on paper afterwards"),
        section("If it fails", "what to do where the commands do not work"),
      ].joined(separator: "\n\n")
    }
  }

  private func section(_ heading: String, _ hint: String) -> String { "## \(heading)\n\n\(todo(hint))" }

  private static let patternHints = [
    "When to use": "the situation, with figures where they matter", "When not": "what is simpler and good enough",
    "How": "code that runs, and the reason for each part of it", "Trade-offs": "what it costs",
    "Failure modes": "what happens when each part fails", "Metrics to watch": "names, and the value that means trouble",
    "Defects avoided": "mistakes of common samples that this one does not make",
  ]

  private static let causeHints = [
    "Tell it apart": "what this cause shows and the others do not",
    "Fix now": "the exact commands, and how to undo them",
    "Fix the root cause": "what keeps it from coming back",
  ]

  private static let opening = "<!-- to write: "

  /// Stands in a body where something is still to be written; `kb check` finds it.
  private func todo(_ hint: String) -> String { "\(Scaffold.opening)\(hint) -->" }

  /// The place and the hint of what a line leaves to be written.
  static func open(in line: String) -> (at: String.Index, hint: String)? {
    guard line.utf8.contains(UInt8(ascii: "<")), let start = line.firstRange(of: opening) else { return nil }
    let rest = line[start.upperBound...]
    let end = rest.firstRange(of: "-->")?.lowerBound ?? rest.endIndex
    return (start.lowerBound, rest[..<end].trimming())
  }
}

/// What an id has to look like.
public enum EntryID {
  /// - Returns: nil for an id that the kind allows, else what is wrong with it.
  public static func problem(_ id: String, kind: EntryKind) -> (message: String, remedy: String)? {
    // By hand: a regex literal is parsed at each use, and every entry comes by.
    let bytes = id.utf8
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let own = kind == .trait ? UInt8(ascii: "_") : UInt8(ascii: "-")
    let isRight =
      bytes.first.map(letters.contains) == true
      && bytes.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == own }
    guard !isRight else { return nil }
    let (style, joint) = kind == .trait ? ("trait ids are snake_case", "_") : ("ids are kebab-case", "-")
    let words = id.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let near = words.drop { $0.first?.isLetter != true }.joined(separator: joint)
    return ("“\(id.forMessage)” is no id", near.isEmpty ? style : "\(style): \(near)")
  }
}

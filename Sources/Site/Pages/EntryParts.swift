internal import Foundation
internal import KnowledgeModel
internal import Markdown

/// What a kind of entry has of its own.
struct EntryParts {
  struct Parts {
    var badges: [(name: String, text: String)] = []
    var facts: [(term: String, html: String)] = []
    var lead: String?
    var tail: String?
    /// The Markdown of the page.
    var body: String
    var headingIDs: [String: String] = [:]
    var sectionsBefore: [PageBody.Section] = []
    var sectionsBehind: [PageBody.Section] = []
    /// The deepest headings of the page that its contents list.
    var depth = 3
    var styles: [String] = []
  }

  let context: PageContext
  let item: Item

  var parts: Parts {
    var parts = Parts(body: item.entry.body)
    switch item {
    case .trait(let trait): fill(&parts, trait)
    case .list(let list): fill(&parts, list)
    case .threshold(let threshold): fill(&parts, threshold)
    case .decision(let decision): fill(&parts, decision)
    case .practice(let practice):
      parts.badges.append((practice.level.rawValue, practice.level.rawValue))
      parts.facts = [("Reason", prose(practice.reason))] + applies(practice.applies)
      parts.facts += links("Checks", practice.checks)
    case .check(let check):
      parts.badges.append((check.level.rawValue, check.level.rawValue))
      parts.facts = [("Reason", prose(check.reason))] + applies(check.applies)
      parts.facts.append(
        ("Phase", context.a("checklists.html#\(check.phase.rawValue)", check.phase.title)))
      if let step = check.step { parts.facts.append(("Step", context.a("verification.html#\(step)", step))) }
      parts.facts.append(("Evidence", prose(check.evidence)))
      parts.facts += links("Called for by", check.changes)
      if let command = check.command {
        parts.lead = "<pre tabindex=\"0\"><code class=\"language-sh\">\(command.html)</code></pre>\n"
      }
    case .change(let change): fill(&parts, change)
    case .pattern(let pattern):
      parts.facts = [("Family", context.a("patterns/index.html#\(pattern.family.rawValue)", pattern.family.title))]
      parts.facts += links("Puts into code", pattern.serves)
    case .runbook(let runbook): fill(&parts, runbook)
    case .orientation(let step):
      parts.facts = [
        ("Takes", "\(step.minutes) minutes"),
        ("Place in the hour", context.a("orientation/index.html", String(step.order))),
      ]
    }
    return parts
  }

  private func prose(_ text: String) -> String { context.prose.inline(text) }

  private func links(_ term: String, _ ids: [String]) -> [(term: String, html: String)] {
    let cards = ids.compactMap(context.reader.card)
    return cards.isEmpty ? [] : [(term, cards.map(context.a).joined(separator: ", "))]
  }

  private func applies(_ rule: RuleCondition?) -> [(term: String, html: String)] {
    guard let rule else { return [("Applies", "always")] }
    let written = rule.asWritten.map { "; as written: \(context.conditions.code($0))" } ?? ""
    return [("Applies if", context.conditions.code(rule.current) + written)]
  }

  // MARK: Traits

  private func fill(_ parts: inout Parts, _ trait: Trait) {
    if trait.isCore { parts.badges.append(("core", "core")) }
    parts.lead = "<p class=\"question\">\(prose(trait.question))</p>\n"
    parts.facts = [("Kind", kind(trait.kind, trait.noun).html)]
    if case .quantity(let unit, let bounds, let ratio) = trait.kind {
      parts.facts.append(("Bounds", QuantityText.text(bounds, unit).html))
      if ratio { parts.facts.append(("Also typed as", "a ratio, <code>4:1</code>")) }
      if let plausible = trait.plausible {
        parts.facts.append(("Taken for “unknown”", QuantityText.text(plausible, unit).html))
      }
    }
    if !trait.kind.options.isEmpty { parts.facts.append(("Values", options(trait.kind.options))) }
    if let fallback = trait.fallback {
      let note = trait.isPlanningDefault ? " (a planning default of ours)" : ""
      parts.facts.append(("Default", text(fallback, trait.kind).html + note))
    }
    if let derivation = trait.derivation {
      let names = derivation.from.traits + derivation.from.thresholds
      parts.facts.append(("Follows from", context.conditions.code(derivation.text, names: names)))
      if !derivation.ifGiven.isEmpty { parts.facts += links("Only if given", derivation.ifGiven) }
    }
    parts.facts.append(("Why it is asked", prose(trait.why)))
    parts.facts.append(("Typical", prose(trait.typical)))
    parts.facts.append(("How to measure", prose(trait.measure)))
  }

  private func fill(_ parts: inout Parts, _ list: RecordList) {
    parts.lead = "<p class=\"question\">\(prose(list.question))</p>\n"
    let fields = list.fields.map { field in
      let values = field.kind.options.map { "<code>\($0.id.html)</code>" }.joined(separator: ", ")
      let bounds: String =
        if case .quantity(let unit, let bounds, _) = field.kind { QuantityText.text(bounds, unit).html } else { values }
      return """
        <tr><th scope="row"><code>\(list.name(of: field).html)</code></th><td>\(field.entry.title.html)</td>\
        <td>\(kind(field.kind, field.noun).html)</td><td>\(bounds)</td>\
        <td>\(field.fallback.map { text($0, field.kind).html } ?? "")</td></tr>

        """
    }.joined()
    parts.tail = """
      \(TextPage.heading(2, "fields", "Fields of a record"))\
      \(HTMLTable.open("Fields of a record", ["Field", "What it is", "Kind", "Bounds or values", "Default"]))\
      \(fields)\(HTMLTable.close)
      """
    parts.sectionsBehind = [PageBody.Section(id: "fields", text: "Fields of a record")]
    parts.facts = [
      ("Kind", "a list of \(list.noun.html)"), ("Why it is asked", prose(list.why)),
      ("How to come by it", prose(list.measure)),
    ]
  }

  private func kind(_ kind: Trait.Kind, _ noun: String) -> String {
    let name: String =
      switch kind {
      case .quantity(let unit, _, _):
        switch unit {
        case .count: "whole number"
        case .number: "number"
        case .share: "share"
        case .perYear: "change a year"
        case .perSecond: "rate a second"
        case .perMinute: "rate a minute"
        case .bytes: "size in bytes"
        case .bytesPerSecond: "bytes a second"
        case .seconds: "duration"
        }
      case .flag: "yes or no"
      case .choice: "one of several"
      case .set: "any of several"
      }
    return noun.isEmpty ? name : "\(name): \(noun)"
  }

  private func options(_ options: [Trait.Option]) -> String {
    "<ul>" + options.map { "<li><code>\($0.id.html)</code> \($0.title.html)</li>" }.joined() + "</ul>"
  }

  private func text(_ answer: Answer, _ kind: Trait.Kind) -> String {
    switch answer {
    case .quantity(let interval): kind.unit.map { QuantityText.text(interval, $0) } ?? ""
    case .flag(let flag): flag ? "yes" : "no"
    case .choice(let choice): choice
    case .set(let set): set.isEmpty ? "none" : set.sorted().joined(separator: ", ")
    case .unknown: "not known"
    }
  }

  // MARK: Kinds of change

  private func fill(_ parts: inout Parts, _ change: Change) {
    if change.hasTemplate { parts.badges.append(("template", "template")) }
    parts.facts = links("Part of", change.within.map { [$0] } ?? [])
    func codes(_ texts: [String]) -> String { texts.map { "<code>\($0.html)</code>" }.joined(separator: " ") }
    parts.tail =
      TextPage.heading(2, "signs", "Signs") + "<p>Any of them is enough.</p>\n"
      + change.signs.map { sign in
        """
        <dl class="facts"><div><dt>Files</dt><dd>\(codes(sign.paths))</dd></div>
        """
          + (sign.except.isEmpty ? "" : "<div><dt>But not</dt><dd>\(codes(sign.except))</dd></div>")
          + (sign.lines.isEmpty ? "" : "<div><dt>With an added line that says</dt><dd>\(codes(sign.lines))</dd></div>")
          + "</dl>\n"
      }.joined()
    parts.sectionsBehind = [PageBody.Section(id: "signs", text: "Signs")]
  }

  // MARK: Thresholds

  private func fill(_ parts: inout Parts, _ threshold: Threshold) {
    parts.badges.append((threshold.basis.rawValue, threshold.basis.label))
    parts.facts = [("Today", "<strong class=\"figure\">\(QuantityText.text(threshold.value).html)</strong>")]
    if let written = threshold.asWritten {
      parts.facts.append(("The guide’s figure", QuantityText.text(written).html))
    }
    let readers = context.reader.backlinks(threshold.id).filter { $0.relation == .reads }.map(\.from.id)
    if let scale = ThresholdScale.figure(threshold, in: context.reader.part(around: [threshold.id] + readers)) {
      parts.facts.append(("On its scale", scale))
      parts.styles = ["scale.css"]
    }
    parts.facts.append(("Rests on", threshold.basis.explanation.html))
    parts.facts.append(("In rules", "<code>@\(threshold.id.html)</code>"))
  }

  // MARK: Decisions

  private func fill(_ parts: inout Parts, _ decision: Decision) {
    if decision.isCore { parts.badges.append(("core", "core")) }
    parts.styles = ["pictures.css"]
    parts.facts = [("Options", options(decision))] + applies(decision.applies)
    if let list = decision.each { parts.facts += links("Taken for each of", [list]) }
    parts.facts.append(
      (
        "Hit policy",
        decision.hitPolicy == .first
          ? "first: rules in order, the first that holds wins" : "unique: exactly one rule may hold"
      ))
    parts.facts.append(("Weight", "\(decision.weight) of 3"))
    parts.facts += links("Confirmed by", decision.confirm)
    parts.facts += links("Goes with", decision.practices)
    parts.lead =
      "<p class=\"question\">\(prose(decision.question))</p>\n" + TextPage.heading(2, "rules", "The rules")
      + rules(decision)
    parts.sectionsBefore = [PageBody.Section(id: "rules", text: "The rules")]
    // Sections of options are headed by their titles and keep their ids as anchors.
    for option in decision.options { parts.headingIDs[option.title] = option.id }
    parts.body = EntryParts.renamingHeadings(
      parts.body, level: 2, Dictionary(decision.options.map { ($0.id, $0.title) }, uniquingKeysWith: { a, _ in a }))
    if !decision.examples.isEmpty {
      parts.tail = TextPage.heading(2, "examples", "Examples") + examples(decision)
      parts.sectionsBehind = [PageBody.Section(id: "examples", text: "Examples")]
    }
  }

  /// As a table in words, as a picture where it has one, and as they are written.
  private func rules(_ decision: Decision) -> String {
    let part = context.reader.part(around: [decision.id])
    var html = RuleTable.html(decision, in: part) { context.place.link($0, $1) } + "\n"
    html += RegionPicture.figure(decision, in: part).map { $0 + "\n" } ?? ""
    html += "<details><summary>In the condition language</summary>\n<pre tabindex=\"0\"><code>"
    for rule in decision.rules {
      let written = rule.when.asWritten.map { "\n  as written: \($0.text)" } ?? ""
      html += "\(rule.then): \(rule.when.current.text)\(written)\n".html
    }
    return html + "</code></pre>\n</details>\n"
  }

  private func options(_ decision: Decision) -> String {
    "<ul>"
      + decision.options.map { option in
        "<li>\(named(option.title.html, option.id)), \(option.effort == .none ? "no" : option.effort.rawValue) effort</li>"
      }.joined() + "</ul>"
  }

  /// A link to the option's section, where it has one.
  private func named(_ html: String, _ option: String) -> String {
    item.entry.headings.contains(option) ? "<a href=\"#\(option.html)\">\(html)</a>" : html
  }

  private func examples(_ decision: Decision) -> String {
    let list = decision.each.map { $0 + "." } ?? ""
    let rows = decision.examples.map { example -> String in
      let given = example.given.sorted { $0.key < $1.key }.map { id, answer in
        let kind = context.reader.trait(id)?.kind ?? .flag
        let name = id.hasPrefix(list) ? id.dropFirst(list.count) : id[...]
        return "<code>\(String(name).html)</code> \(text(answer, kind).html)"
      }.joined(separator: "<br>")
      let expect: String =
        switch example.expect {
        case .decided(let outcome): "<code>\(outcome.html)</code>"
        case .undecided(let outcomes): "open: " + outcomes.map { "<code>\($0.html)</code>" }.joined(separator: " or ")
        case .notApplicable: "does not apply"
        }
      let mode = example.mode == .asWritten ? " <span class=\"note\">(as written)</span>" : ""
      return "<tr><td>\(given)</td><td>\(expect)\(mode)</td><td>\((example.why ?? "").html)</td></tr>\n"
    }.joined()
    return HTMLTable.open("Examples", ["Given", "Outcome", "Why"]) + rows + HTMLTable.close
  }

  // MARK: Runbooks

  private func fill(_ parts: inout Parts, _ runbook: Runbook) {
    parts.lead = "<p class=\"question\">\(prose(runbook.symptom))</p>\n"
    let causes = runbook.causes.map { cause in
      "<li>\(prose(cause.ask)) \(named(cause.title.html, cause.id))</li>\n"
    }.joined()
    parts.lead? += TextPage.heading(2, "causes", "Causes, in the order to look") + "<ol>\n\(causes)</ol>\n"
    parts.sectionsBefore = [PageBody.Section(id: "causes", text: "Causes")]
    parts.depth = 2
    parts.facts = [
      ("Also said as", runbook.phrases.map { $0.html }.joined(separator: " · ")),
      ("In the terminal", "<code>plumbline recover \(runbook.id.html)</code>"),
    ]
    for cause in runbook.causes { parts.headingIDs[cause.title] = cause.id }
    parts.body = EntryParts.renamingHeadings(
      parts.body, level: 2, Dictionary(runbook.causes.map { ($0.id, $0.title) }, uniquingKeysWith: { a, _ in a }))
  }

  /// Headings that are ids become the titles that stand for them.
  static func renamingHeadings(_ markdown: String, level: Int, _ titles: [String: String]) -> String {
    let mark = String(repeating: "#", count: level) + " "
    var fenced = false
    return markdown.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      if line.hasPrefix("```") { fenced.toggle() }
      guard !fenced, line.hasPrefix(mark), let title = titles[line.dropFirst(mark.count).trimming()] else {
        return String(line)
      }
      return mark + MarkdownText.escape(title)
    }.joined(separator: "\n")
  }
}

extension Pattern.Family {
  var title: String {
    switch self {
    case .code: "Code"
    case .infrastructure: "Infrastructure"
    case .distributed: "Distributed systems"
    case .database: "Database"
    case .api: "API"
    }
  }
}

extension Threshold.Basis {
  var explanation: String {
    switch self {
    case .planningDefault: "a planning default: a heuristic, to be replaced by your own measurement"
    case .limit: "a limit that the product documents"
    case .standard: "a standard"
    case .measured: "a measurement"
    }
  }
}

internal import DecisionEngine
internal import Documents
internal import KnowledgeModel
internal import Markdown

/// The guide's statements, each with where it is encoded and how it fared.
enum GuidePage {
  static let path = "guide.html"

  static func body(_ context: PageContext) throws -> PageBody {
    let statements = context.reader.statements
    let coverage = context.reader.coverage
    var html = ""
    var contents: [PageBody.Section] = []
    for section in statements.map(\.section).uniqued() {
      let id = slug(section)
      contents.append(PageBody.Section(id: id, text: section))
      html += TextPage.heading(2, id, section)
      for statement in statements where statement.section == section {
        html += self.statement(statement, coverage, context)
      }
    }
    let overview = context.reader.overview
    if !overview.isEmpty {
      contents.append(PageBody.Section(id: "scope", text: "Scope"))
      html += TextPage.heading(2, "scope", "Scope")
      for atom in overview {
        html += statement(
          GuideStatement(id: atom, section: "", gist: "Scope of the guide", atoms: []), coverage, context)
      }
    }
    return try TextPage.body(
      context, title: "The guide’s \(statements.count) statements",
      lead: "Each statement in our own words, where it is encoded, and how it fared when it was checked. "
        + context.a(VerdictPage.path, "Where we depart from the guide") + " lists the same by verdict.",
      description: "The guide’s statements, where each is encoded, and how it fared.", html: html, contents: contents)
  }

  private static func statement(_ statement: GuideStatement, _ coverage: [String: [Card]], _ context: PageContext)
    -> String
  {
    var html =
      "<section class=\"statement\">\n" + TextPage.heading(3, statement.id, "\(statement.id) \(statement.gist)")
    let numbers = ([statement.id] + statement.atoms).uniqued()
    let cards = numbers.flatMap { coverage[$0] ?? [] }.uniqued()
    // Each atom is an anchor of its own: entries refer to them.
    for atom in statement.atoms where atom != statement.id { html += "<span id=\"\(atom.html)\"></span>" }
    html += "\n"
    if cards.isEmpty {
      html += "<p>Not encoded in this knowledge base.</p>\n"
    } else {
      html += "<ul class=\"encoded\">\n"
      for card in cards {
        let encoded = numbers.filter { card.guide.contains($0) && $0 != statement.id }
        let which = encoded.isEmpty ? "" : " <span class=\"note\">\(encoded.joined(separator: ", ").html)</span>"
        html += "<li>\(context.a(card)) <span class=\"note\">\(card.kind.singular)</span>\(which) "
        html += "<span class=\"badge \(card.verdict.rawValue)\">\(card.verdict.label.html)</span></li>\n"
      }
      html += "</ul>\n"
    }
    return html + "</section>\n"
  }

  static func slug(_ text: String) -> String {
    text.lowercased().map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
  }
}

/// The self-verification protocol, step by step with its checks.
enum VerificationPage {
  static let path = "verification.html"

  static func body(_ context: PageContext) throws -> PageBody {
    let checks = context.reader.items(.check).compactMap { item -> Check? in
      if case .check(let check) = item { check } else { nil }
    }
    let steps = checks.compactMap(\.step).uniqued().sorted()
    var html = ""
    var contents: [PageBody.Section] = []
    for step in steps {
      let gist = context.reader.statement(step)?.gist ?? ""
      let title = gist.isEmpty ? step : "\(step) \(gist)"
      contents.append(PageBody.Section(id: step, text: title))
      html += TextPage.heading(2, step, title)
      for check in checks where check.step == step {
        html += "<h3>\(context.a(check.entry.path, check.entry.title))</h3>\n"
        html += "<p>\(context.prose.inline(check.entry.summary))</p>\n"
        html += "<dl class=\"facts\"><div><dt>Evidence</dt><dd>\(context.prose.inline(check.evidence))</dd></div>"
        if let command = check.command { html += "<div><dt>Command</dt><dd><code>\(command.html)</code></dd></div>" }
        html += "</dl>\n"
      }
    }
    return try TextPage.body(
      context, title: "The verification protocol",
      lead: "What to show before a change is trusted, in \(steps.count) steps. Each check names its evidence.",
      description: "The steps of the self-verification protocol and the checks that make them up.", html: html,
      contents: contents)
  }
}

/// All checks as a form, by phase and area.
enum ChecklistPage {
  static let path = "checklists.html"

  static func body(_ context: PageContext) throws -> PageBody {
    guard let knowledge = context.reader.everything else { return PageBody(title: "Checklists", html: "") }
    // Of a system of which nothing is known, so that what depends on an answer says so.
    let document = ChecklistDocument(Evaluator(knowledge).assess(AnswerSheet()), knowledge)
    let part = try ChecklistPart(
      document, set: context.theme.templates, files: context.theme.files, reservedIDs: PagePlace.reservedIDs
    ) { item in
      let link = context.reader.card(item.id).map(context.a) ?? ""
      return "<p class=\"about\">More: \(link)</p>\n"
    }
    var body = try TextPage.body(
      context, title: "Checklists",
      lead:
        "All checks, by the phase in which they are due. Tick one and say what shows it, or say why it is not applicable. <code>plumbline checklist answers.yaml</code> gives those that a system needs.",
      description: "All checks by phase and area, as a form that keeps what is entered in the browser.",
      html: part.html,
      contents: part.headings.map { PageBody.Section(id: $0.id, text: $0.text) })
    body.styles = ["checklist.css"]
    body.scripts = ["checklist.js"]
    return body
  }
}

extension Entry {
  var path: String { SitePath.entry(kind, id) }
}

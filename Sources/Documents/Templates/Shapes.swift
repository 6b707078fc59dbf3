/// What the templates are given; docs/templates.md is written from it.
enum Shapes {
  private typealias Field = TemplateShape.Field

  static let design = TemplateShape.record([
    Field("title", .text, "The document's title."),
    Field("status", .text, "Date, people, knowledge, packs and mode on one line."),
    Field("asWritten", .flag, "Whether the guide is followed to the letter."),
    Field("house", .optional(.text), "What packs changed or added."),
    Field("lead", .text, "How many decisions there are, and how they stand."),
    Field(
      "summary",
      .list(
        .record([
          Field("decision", .text, "Its name, leading to its section."),
          Field("outcome", .text, "The outcome, or those still possible."),
          Field("why", .text, "In few words; where it is open, what it needs."),
          Field("headroom", .text, "The distance to the nearest threshold, or a dash."),
        ])), "The table of decisions that apply, by weight."),
    Field("matters", .section(.text), "The decisions that matter most, three at the most."),
    Field("calm", .flag, "Whether something is decided and nothing matters much."),
    Field("open", .optional(.text), "The decisions that are open, and which answers to get first."),
    Field("diagram", .text, "The system as the text of a Mermaid fence."),
    Field("diagramText", .text, "The same in sentences."),
    Field("hasNotes", .flag, "Whether any trait carries a remark."),
    Field(
      "traits",
      .list(
        .record([
          Field("name", .text, "What it is."),
          Field("id", .text, "Its id, as a code span."),
          Field("value", .text, "Its value with its unit, or `not known`."),
          Field("origin", .text, "Answered, default, derived, or not known."),
          Field("note", .text, "The person's remark; may be empty."),
        ])), "The traits that take part."),
    Field("otherTraits", .optional(.text), "Unknown traits that no decision waits for."),
    Field("decisions", .list(decision), "A section for each decision that applies."),
    Field("assumed", .section(.text), "The decisions that rest on planning defaults alone, one line each."),
    Field("notApplicable", .section(.text), "The decisions that do not apply."),
    Field(
      "practices",
      .list(
        .record([
          Field("area", .text, "The area's name."),
          Field("items", .list(.text), "One line each."),
        ])), "The practices that apply, by area."),
    Field(
      "lists",
      .list(
        .record([
          Field("title", .text, "What the records are."),
          Field(
            "rows",
            .list(
              .record([
                Field("name", .text, "The record; empty behind its first decision."),
                Field("said", .text, "What was said of it."),
                Field("decision", .text, "The decision."),
                Field("outcome", .text, "The outcome, or those still possible."),
                Field("why", .text, "In few words; where it is open, what it needs."),
              ])), "A row for each record and decision."),
          Field(
            "outcomes",
            .list(
              .record([
                Field("title", .text, "The outcome's name."),
                Field("names", .text, "The records it concerns."),
                Field("means", .text, "What it means."),
                Field("consequences", .optional(.text), "Good, neutral and bad, as bullets."),
              ])), "Each outcome that asks for work, once."),
        ])), "The lists that have records: planned migrations, endpoints."),
    Field("defaults", .section(.text), "Defaults that were taken."),
    Field("unknowns", .section(.text), "What decisions wait for, with how to measure it: unknown, then too rough."),
    Field("warnings", .section(.text), "Disagreements between answers."),
    Field("settled", .flag, "Whether there are no defaults, unknowns or warnings."),
    Field(
      "departures",
      .section(
        .record([
          Field("guide", .text, "Numbers of statements."),
          Field("verdict", .text, "What the check of its facts found."),
          Field("says", .text, "What the guide holds."),
          Field("today", .text, "What holds today."),
          Field("here", .optional(.text), "What a decision comes to by either wording, where it has two."),
        ])), "Where the guide is wrong or outdated, or today's rule is another."),
    Field(
      "nuances",
      .section(
        .record([
          Field("guide", .text, "Numbers of statements."),
          Field("says", .text, "What the guide holds."),
          Field("today", .text, "What holds today."),
        ])), "Where it needs a nuance."),
    Field("agreement", .flag, "Whether there is neither."),
    Field(
      "steps",
      .list(
        .record([
          Field("step", .text, "`SV-1` to `SV-6`."),
          Field("checks", .list(.text), "The checks of the step that apply."),
          Field("away", .optional(.text), "Why none of them applies."),
        ])), "The self-verification protocol."),
    Field(
      "references",
      .list(
        .record([
          Field("legend", .text, "How well its sources are known, and their mark."),
          Field("items", .list(.text), "One line each."),
        ])), "The sources that were used, by how well they are known."),
  ])

  private static let decision = TemplateShape.record([
    Field("title", .text, "Its name."),
    Field("id", .text, "Its id."),
    Field("headline", .text, "The outcome, its effort and the rule that decided."),
    Field("decided", .flag, "Whether one outcome is left."),
    Field("override", .optional(.text), "The house pack that changed the decision."),
    Field("why", .optional(.text), "The reasoning; left out where little hangs on it."),
    Field("otherEngine", .optional(.text), "What it means with another database engine than PostgreSQL."),
    Field("means", .optional(.text), "What the chosen option means here."),
    Field("because", .section(.text), "The conditions that carried the outcome."),
    Field(
      "possible",
      .section(
        .record([
          Field("number", .text, "From 1."),
          Field("text", .text, "The outcome, and what would bring it about."),
        ])), "Where it is open: the outcomes in the order of the rules."),
    Field("needs", .section(.text), "Where it is open: the questions to answer."),
    Field("rejected", .section(.text), "The other options, and what ruled them out."),
    Field("headroom", .section(.text), "The distance to each threshold."),
    Field("flips", .section(.text), "The answers that would change it."),
    Field("consequences", .optional(.text), "Good, neutral and bad, as bullets."),
    Field("confirm", .optional(.text), "The checks that show it in practice, of those that apply."),
    Field("sources", .optional(.text), "The guide's numbers and the sources."),
  ])

  static let checklist = TemplateShape.record([
    Field("title", .text, "The document's title."),
    Field("house", .optional(.text), "What packs changed or added."),
    Field("lead", .text, "How many items there are."),
    Field(
      "phases",
      .list(
        .record([
          Field("phase", .text, "Design, each change, before production, operating."),
          Field(
            "areas",
            .list(
              .record([
                Field("area", .text, "The area's name."),
                Field("items", .list(.text), "One line each."),
              ])), "The phase's items by area."),
        ])), "The checks that apply."),
  ])

  static let page = TemplateShape.record([
    Field("title", .text, "The document's title, as plain text."),
    Field("style", .text, "The stylesheet; put in with three braces."),
    Field(
      "contents",
      .list(
        .record([
          Field("id", .text, "The heading's id."),
          Field("text", .text, "The heading."),
        ])), "The headings of the second level."),
    Field("body", .text, "The document as HTML; put in with three braces."),
    Field("footer", .text, "What it was made from."),
  ])

  static let decisionRecord = TemplateShape.record([
    Field("status", .text, "accepted or proposed."),
    Field("statusCapitalized", .text, "The same with a capital."),
    Field("date", .optional(.text), "The date of the answers, YYYY-MM-DD."),
    Field("decisionMakers", .optional(.text), "Names as a YAML list."),
    Field("consulted", .optional(.text), "Names as a YAML list."),
    Field("informed", .optional(.text), "Names as a YAML list."),
    Field("title", .text, "The decision and its outcome, with the number where the layout or the folder wants it."),
    Field("supersedes", .list(.text), "A link to each record that this one supersedes, with the word in front."),
    Field("question", .text, "The question, and the system it is answered for."),
    Field("why", .optional(.text), "The reasoning of the decision's page."),
    Field("inputs", .section(.text), "What was known of the traits that the decision reads."),
    Field("drivers", .section(.text), "The conditions that carried the outcome, in words."),
    Field("options", .list(.text), "The titles of all options."),
    Field("chosen", .text, "The title of the option that was chosen."),
    Field("because", .text, "The reason in few words; where it is open, what it waits for."),
    Field("rule", .optional(.text), "Which rule decided."),
    Field("means", .optional(.text), "What the chosen option means here."),
    Field("consequences", .optional(.text), "Good, neutral and bad, as bullets."),
    Field("confirm", .section(.text), "The checks that show it in practice, of those that apply."),
    Field(
      "prosAndCons",
      .list(
        .record([
          Field("title", .text, "The option's title."),
          Field("chosen", .flag, "Whether it was chosen."),
          Field("text", .optional(.text), "What it means here."),
          Field("whyNot", .optional(.text), "What ruled it out."),
          Field("arguments", .optional(.text), "Good, neutral and bad, as bullets; not of the chosen one."),
        ])), "The options, in the decision's order."),
    Field("headroom", .section(.text), "The distance to each threshold."),
    Field("flips", .section(.text), "The answers that would change it."),
    Field("override", .optional(.text), "The house pack that changed the decision."),
    Field("guide", .optional(.text), "The guide's numbers."),
    Field("sources", .section(.text), "The sources, with their addresses."),
    Field("decision", .text, "The decision's id, as a code span."),
    Field("knowledge", .text, "The knowledge's version and hash."),
  ])

  /// By template: what it is given.
  static let all = [
    "design.md.mustache": design, "checklist.md.mustache": checklist, "page.html.mustache": page,
    "decision-record-madr.md.mustache": decisionRecord, "decision-record-nygard.md.mustache": decisionRecord,
  ]
}

/// What the templates are given; docs/templates.md is written from it.
package enum Shapes {
  private typealias Field = TemplateShape.Field

  static let design = TemplateShape.record([
    Field("title", .text, "The document's title."),
    Field("status", .text, "Date, knowledge, packs and mode on one line."),
    Field("asWritten", .flag, "Whether the guide is followed to the letter."),
    Field("house", .optional(.text), "What packs changed or added."),
    Field("engineCaution", .optional(.text), "Said where the database is not PostgreSQL for certain."),
    Field("lead", .text, "How many decisions there are, and how they stand."),
    Field("matters", .section(.text), "The decisions that matter most, three at the most."),
    Field("calm", .flag, "Whether something is decided and nothing matters much."),
    Field("open", .optional(.text), "The decisions that are open, and which answers to get first."),
    Field("decisionMap", .optional(.text), "Which traits the decisions read, as a fence."),
    Field("scope", .optional(.text), "What the system is, from the answers."),
    Field("goals", .section(.text), "Targets and loads that were answered."),
    Field("nonGoals", .section(.text), "Options of more effort, with what ruled them out."),
    Field("diagram", .text, "The system as the text of a Mermaid fence."),
    Field("diagramText", .text, "The same in sentences."),
    Field(
      "traits",
      .optional(
        .record([
          Field(
            "rows",
            .section(
              .record([
                Field("name", .text, "What it is."),
                Field("id", .text, "Its id, as a code span."),
                Field("value", .text, "Its value with its unit, or `not known`."),
                Field("origin", .text, "Answered, default, derived, or not known."),
                Field("note", .text, "The person's remark; may be empty."),
              ])), "The traits that take part."),
          Field("hasNotes", .flag, "Whether any trait carries a remark."),
          Field("missing", .optional(.text), "Unknown traits that decisions wait for, not answered."),
          Field("others", .optional(.text), "Unknown traits that no decision waits for."),
        ])), "What is known of the system."),
    Field("decisionsLead", .optional(.text), "How many decisions have a section, and how many a line."),
    Field("decisions", .list(decision), "A section for each decision of consequence."),
    Field(
      "openRows",
      .section(
        .record([
          Field("decision", .text, "Its name."),
          Field("possible", .text, "The outcomes still possible."),
          Field("needs", .text, "The traits that would settle it."),
        ])), "The other decisions that are open."),
    Field(
      "quietRows",
      .section(
        .record([
          Field("decision", .text, "Its name."),
          Field("outcome", .text, "The outcome, with its id."),
          Field("why", .text, "In few words."),
        ])), "The decisions with little at stake."),
    Field("assumed", .section(.text), "Those that rest on planning defaults alone."),
    Field("notApplicable", .section(.text), "The decisions that do not apply."),
    Field(
      "recordLists", .list(list), "The lists that have records and no section of their own: dependencies, endpoints."),
    Field("data", .optional(area), "Data model and schema."),
    Field(
      "capacity",
      .optional(
        .record([
          Field(
            "rows",
            .list(
              .record([
                Field("trait", .text, "The trait, with its id."),
                Field("now", .text, "Its value."),
                Field("line", .text, "The threshold's value."),
                Field("room", .text, "How often the value fits into it."),
                Field("decisions", .text, "The decisions that it would bear on."),
              ])), "The lines ahead, the nearest first."),
          Field("headroomChart", .optional(.text), "The lines as a fence."),
          Field("growthChart", .optional(.text), "When growth crosses them: a fence, a table and what is assumed."),
        ])), "The load now, and the room that is left."),
    Field(
      "failures",
      .section(
        .record([
          Field("title", .text, "The decision's name."),
          Field("outcome", .text, "Its outcome."),
          Field("modes", .list(.text), "How it fails."),
          Field("seen", .optional(.text), "What to watch."),
          Field("mitigation", .optional(.text), "The practices that limit the damage."),
          Field("diagnostics", .optional(.text), "The runbooks that lead to the cause."),
          Field("test", .optional(.text), "The checks that make it fail on purpose."),
        ])), "How what was decided fails."),
    Field("security", .optional(area), "Security."),
    Field("observability", .optional(area), "Observability, with alerts."),
    Field("migration", .optional(area), "Migration and rollout, with planned changes."),
    Field(
      "costs",
      .optional(
        .record([
          Field("groups", .section(.text), "The outcomes by effort, largest first."),
          Field("next", .optional(.text), "The nearest changes that would ask for more effort."),
        ])), "What the decisions cost, relative to one another."),
    Field("hasQuestions", .flag, "Whether there are warnings, unknowns, risks or defaults."),
    Field("warnings", .section(.text), "Disagreements between answers."),
    Field("unknowns", .section(.text), "What decisions wait for, with how to measure it: unknown, then too rough."),
    Field("assumptions", .section(.text), "Planning defaults whose other value would flip decisions."),
    Field("narrow", .section(.text), "Answers close to another outcome."),
    Field("defaults", .optional(.text), "Defaults that were taken, on one line."),
    Field("approvers", .section(.text), "Who decides, is consulted and is told."),
    Field(
      "steps",
      .list(
        .record([
          Field("step", .text, "`SV-1` to `SV-6`."),
          Field("checks", .list(.text), "The checks of the step that apply."),
          Field("away", .optional(.text), "Why none of them applies."),
        ])), "The self-verification protocol."),
    Field("hasGuide", .flag, "Whether departures from the guide are told at this depth."),
    Field("agreement", .flag, "Whether there are none."),
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
        ])), "Where it needs a nuance; at full depth."),
    Field(
      "references",
      .list(
        .record([
          Field("legend", .text, "How well its sources are known, and their mark."),
          Field("items", .list(.text), "One line each; at full depth."),
          Field("line", .optional(.text), "Their ids, leading to them; at other depths."),
        ])), "The sources that were used, by how well they are known."),
    Field("traces", .section(trace), "Every decision that applies; at full depth."),
    Field(
      "practices",
      .list(
        .record([
          Field("area", .text, "The area's name."),
          Field("items", .list(.text), "One line each."),
        ])), "The practices that apply, by area; at full depth."),
  ])

  private static let decision = TemplateShape.record([
    Field("title", .text, "Its name."),
    Field("id", .text, "Its id."),
    Field("question", .text, "What is decided."),
    Field("headline", .text, "The outcome and its effort, or what is still possible."),
    Field("override", .optional(.text), "The house pack that changed the decision."),
    Field("means", .optional(.text), "What the chosen option means here."),
    Field("otherEngine", .optional(.text), "What it means with another database engine than PostgreSQL."),
    Field("because", .optional(.text), "What decided, in words."),
    Field(
      "possible",
      .section(
        .record([
          Field("number", .text, "From 1."),
          Field("text", .text, "The outcome, and what would bring it about."),
        ])), "Where it is open: the outcomes in the order of the rules."),
    Field("needs", .optional(.text), "Where it is open: the traits that would settle it."),
    Field("rejected", .optional(.text), "The other options, and what ruled them out."),
    Field("headroom", .optional(.text), "The distance to the threshold that counts most."),
    Field("flips", .optional(.text), "The smallest change that brings each other outcome, three at the most."),
    Field("good", .optional(.text), "The first that speaks for it."),
    Field("bad", .optional(.text), "The first that speaks against it."),
    Field("confirm", .optional(.text), "The checks that show it in practice, of those that apply."),
    Field("guide", .optional(.text), "Its id and the guide's numbers."),
  ])

  private static let list = TemplateShape.record([
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
      .section(
        .record([
          Field("title", .text, "The outcome's name."),
          Field("names", .text, "The records it concerns."),
          Field("means", .text, "What it means."),
          Field("bad", .optional(.text), "The first that speaks against it."),
        ])), "Each outcome that asks for work, once; of dependencies and endpoints at full depth only."),
  ])

  private static let area = TemplateShape.record([
    Field("outcomes", .optional(.text), "What was decided in the area."),
    Field("rollout", .section(.text), "How a version gets into production, and back."),
    Field("lists", .list(list), "The area's lists that have records."),
    Field(
      "rules", .section(.text), "The practices that must be followed, one line each; of some areas at full depth only."),
    Field("must", .optional(.text), "Their names, where they have no lines."),
    Field("should", .optional(.text), "The names of those that should be."),
    Field("checks", .optional(.text), "Checks that no practice names."),
    Field("patterns", .optional(.text), "Patterns that fit what was decided."),
    Field(
      "alerts",
      .section(
        .record([
          Field("caption", .text, "The practice, and what is said before the expression."),
          Field("language", .text, "The language of the code; may be empty."),
          Field("code", .text, "The expression."),
        ])), "Alert expressions."),
  ])

  private static let trace = TemplateShape.record([
    Field("title", .text, "Its name."),
    Field("id", .text, "Its id."),
    Field("headline", .text, "The outcome, its effort and the rule that decided."),
    Field("why", .optional(.text), "The reasoning."),
    Field("because", .section(.text), "The conditions that carried the outcome."),
    Field("rejected", .section(.text), "The other options, and what ruled them out."),
    Field("headroom", .section(.text), "The distance to each threshold."),
    Field("flips", .section(.text), "The answers that would change it."),
    Field("consequences", .optional(.text), "Good, neutral and bad, as bullets."),
    Field("limits", .optional(.text), "What the rule does not see."),
    Field("sources", .optional(.text), "Its id, the guide's numbers and the sources."),
  ])

  static let checklist = TemplateShape.record([
    Field("title", .text, "The document's title."),
    Field("house", .optional(.text), "What packs changed or added."),
    Field("lead", .text, "How many items there are, or what they are for."),
    Field("isEmpty", .flag, "Whether there are none."),
    Field("remarks", .section(.text), "What could not be seen, where it is for a diff."),
    Field(
      "phases",
      .list(
        .record([
          Field("id", .text, "The phase's id, for the markers of its part."),
          Field("phase", .text, "Design, each change, before production, operating."),
          Field(
            "areas",
            .list(
              .record([
                Field("area", .text, "The area's name."),
                Field(
                  "items", .list(.text),
                  "One line each; for a diff with the places that call for it and a line for the evidence below."),
              ])), "The phase's items by area."),
        ])), "The checks that apply."),
  ])

  static let checklistItem = TemplateShape.record([
    Field("id", .text, "The check's id."),
    Field("label", .text, "The id with the step of the protocol in front."),
    Field("must", .flag, "Whether it must be done, with evidence."),
    Field("phase", .text, "The phase's name."),
    Field("line", .text, "The item as Markdown, for the export."),
    Field("notApplicable", .flag, "Whether a person said that it is not applicable."),
    Field("reason", .text, "Why it is not; may be empty."),
    Field("evidence", .text, "What a person wrote as evidence; may be empty."),
  ])

  static let checklistTools = TemplateShape.record([
    Field("system", .text, "The system's name; may be empty."),
    Field("knowledge", .text, "The knowledge's hash."),
    Field("count", .text, "How many items there are."),
  ])

  static let page = TemplateShape.record([
    Field("title", .text, "The document's title, as plain text."),
    Field(
      "runningTitle", .text,
      "The title as the inside of a string in a stylesheet, for the head of printed pages; put in with three braces."),
    Field("style", .text, "The stylesheet; put in with three braces."),
    Field(
      "script",
      .optional(
        .record([
          Field("hash", .text, "Its SHA-256 in base64, for the policy that lets it run; put in with three braces."),
          Field("text", .text, "The script, all that stands between the tags; put in with three braces."),
        ])), "What makes a checklist a form."),
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

  static let pullRequest = TemplateShape.record([
    Field("title", .text, "Checklist, or the kind of change."),
    Field(
      "items",
      .list(
        .record([
          Field("text", .text, "What to do behind its name, with what it comes from and under which condition."),
          Field("must", .flag, "Whether evidence is needed."),
          Field("evidence", .optional(.text), "What to attach; left out where the forge takes few characters."),
        ])), "The checks, twelve at the most."),
    Field(
      "others",
      .optional(
        .record([
          Field("how", .text, "How another template is reached."),
          Field("list", .text, "The kinds of change that have one."),
        ])), "In the default template: the templates for one kind of change."),
  ])

  /// By template: what it is given.
  /// Those of a checklist's form.
  package static let checklistForm = [
    "checklist.md.mustache": checklist, "checklist-item.html.mustache": checklistItem,
    "checklist-tools.html.mustache": checklistTools,
  ]

  static let all = [
    "design.md.mustache": design, "page.html.mustache": page,
    "decision-record-madr.md.mustache": decisionRecord, "decision-record-nygard.md.mustache": decisionRecord,
    "pull-request.md.mustache": pullRequest,
  ].merging(checklistForm) { own, _ in own }
}

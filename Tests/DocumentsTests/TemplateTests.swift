import Testing

@testable import Documents

@Suite struct TemplateTests {
  private static let shape = TemplateShape.record([
    .init("title", .text, ""), .init("note", .optional(.text), ""), .init("loud", .flag, ""),
    .init("people", .list(.record([.init("name", .text, ""), .init("tags", .list(.text), "")])), ""),
  ])

  private static func problem(_ template: String, _ others: [String: String] = [:]) -> String? {
    var templates = others
    templates["x.mustache"] = template
    do {
      _ = try TemplateSet(templates, shapes: ["x.mustache": shape])
      return nil
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    ("{{titel}}", "templates/x.mustache:1: there is no field “titel” here; did you mean title?"),
    (
      "a\n\n{{#people}}\n{{nam}}\n{{/people}}",
      "templates/x.mustache:4: there is no field “nam” here; did you mean name?"
    ),
    ("{{#people}}{{/persons}}", "templates/x.mustache:1: “persons” is closed here and was not opened"),
    ("{{#people}}", "templates/x.mustache:1: “people” is not closed"),
    ("{{people}}", "templates/x.mustache:1: “people” is no text; write {{#people}} … {{/people}}"),
    ("{{loud}}", "templates/x.mustache:1: “loud” is no text; write {{#loud}} … {{/loud}}"),
    ("{{title", "templates/x.mustache:1: a tag is not closed"),
    (
      "{{upper(title)}}",
      "templates/x.mustache:1: there is no field “upper(title)” here; there are title, note, loud, people"
    ),
    ("\n{{> y}}", "templates/x.mustache:2: there is no template y.mustache; did you mean x.mustache?"),
    ("{{> x}}", "templates/x.mustache: the template includes itself"),
    ("{{=<% %>=}}", "templates/x.mustache:1: the tag {{=…}} is not supported here"),
    ("{{.}}", "templates/x.mustache:1: “.” is no text; write {{#.}} … {{/.}}"),
    (
      "{{{people.name}}}",
      "templates/x.mustache:1: there is no field “people.name” here; there are title, note, loud, people"
    ),
  ])
  func mistakesAreFound(_ template: String, _ message: String) {
    #expect(TemplateTests.problem(template) == message)
  }

  @Test(arguments: [
    "{{title}} {{{title}}} {{& title }}", "{{#note}}{{.}} {{note}}{{/note}}{{^note}}-{{/note}}",
    "{{#loud}}{{title}}{{/loud}}",
    "{{#people}}{{name}}{{^last()}}, {{/last()}}{{#tags}}{{.}}{{title}}{{/tags}}{{/people}}",
    "{{! a comment about {anything} }}{{% CONTENT_TYPE:TEXT}}text",
  ])
  func rightOnesPass(_ template: String) { #expect(TemplateTests.problem(template) == nil) }

  @Test func partialsAreCheckedWhereTheyStand() {
    let partial = ["y.mustache": "{{name}}"]
    #expect(TemplateTests.problem("{{#people}}{{> y}}{{/people}}", partial) == nil)
    #expect(
      TemplateTests.problem("{{> y}}", partial)?.hasPrefix("templates/y.mustache:1: there is no field “name”") == true)
  }

  /// An absent field is absent, and not one of the same name further out.
  @Test func rendering() throws {
    let template = "{{#people}}{{name}}{{#note}}!{{/note}};{{/people}}"
    let shape = TemplateShape.record([
      .init("note", .optional(.text), ""),
      .init("people", .list(.record([.init("name", .text, ""), .init("note", .optional(.text), "")])), ""),
    ])
    let set = try TemplateSet(["x.mustache": template], shapes: ["x.mustache": shape])
    let people: [TemplateValue] = [
      .record(["name": .text("a"), "note": .nothing]), .record(["name": .text("b"), "note": .text("n")]),
    ]
    #expect(try set.render("x.mustache", .record(["note": .text("outer"), "people": .list(people)])) == "a;b!;")
    #expect(throws: TemplateProblem.self) { try set.render("x.mustache", .record(["people": .list(people)])) }
  }

  @Test func shippedTemplatesPass() throws {
    try DocumentSet.check(templates: Samples.templates)
    #expect(throws: TemplateProblem.self) { try DocumentSet.check(templates: [:]) }
  }

  @Test func tidying() {
    #expect(TemplateSet.tidied("\n\na  \n\n\n\nb\n```\n\n x \n```\n\n") == "a\n\nb\n```\n\n x \n```\n")
  }
}

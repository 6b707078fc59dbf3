internal import Documents

/// What the site's templates are given; docs/site.md lists it.
enum SiteShapes {
  private typealias Field = TemplateShape.Field

  private static let link = TemplateShape.record([
    Field("href", .text, "Where it leads, relative to the page."), Field("text", .text, "Its text."),
  ])

  static let layout = TemplateShape.record([
    Field("title", .text, "The page's title."),
    Field("siteTitle", .text, "The site's title."),
    Field("isHome", .flag, "Whether it is the home page."),
    Field("description", .optional(.text), "The page in one sentence."),
    Field("canonical", .optional(.text), "The page's address."),
    Field("isAbsolute", .flag, "Whether the canonical address names the host."),
    Field("root", .text, "The way to the site's root, empty or ending in a slash."),
    Field("styles", .list(.text), "Stylesheets."),
    Field("scripts", .list(.text), "Scripts, loaded in order behind the page."),
    Field("refresh", .optional(.text), "Where a page leads on to by itself."),
    Field(
      "navigation",
      .list(
        .record([
          Field("heading", .text, "The group's name."),
          Field(
            "links",
            .list(
              .record([
                Field("href", .text, "Where it leads."), Field("text", .text, "Its text."),
                Field("current", .flag, "Whether it is this page or holds it."),
              ])), "Its links."),
        ])), "The groups of the navigation."),
    Field("search", .text, "The search box, as HTML."),
    Field(
      "contents",
      .section(
        .record([
          Field("href", .text, "The section's address."), Field("text", .text, "Its heading."),
          Field("deep", .flag, "Whether it is a section of a section."),
        ])), "The page's sections, where there are several."),
    Field("wide", .flag, "Whether the content takes all the width there is."),
    Field("main", .text, "The page's content, as HTML."),
    Field("edit", .optional(.text), "Where the page's source is edited."),
    Field("footer", .text, "Names and versions of the knowledge."),
  ])

  static let entry = TemplateShape.record([
    Field("kind", .text, "The entry's kind in the singular."),
    Field("id", .text, "Its id."),
    Field("crumbs", .list(link), "The pages that hold it."),
    Field("title", .text, "Its title."),
    Field("summary", .text, "In one sentence, as HTML."),
    Field(
      "badges", .list(.record([Field("name", .text, "A word for the class."), Field("text", .text, "What it says.")])),
      "Verdict and labels."),
    Field("lead", .optional(.text), "What its kind puts first, as HTML."),
    Field(
      "facts", .section(.record([Field("term", .text, "What it is."), Field("html", .text, "Its value, as HTML.")])),
      "The entry's data."),
    Field("guideSays", .optional(.text), "The guide's position, as HTML."),
    Field("today", .optional(.text), "Today's position where it differs, as HTML."),
    Field("guide", .section(link), "The guide's statements that it encodes."),
    Field("body", .optional(.text), "Its page, as HTML."),
    Field("tail", .optional(.text), "What its kind puts last, as HTML."),
    Field(
      "backlinks",
      .section(
        .record([
          Field("heading", .text, "How they refer to it."),
          Field(
            "links",
            .list(
              .record([
                Field("href", .text, "The page."), Field("text", .text, "Its title."),
                Field("kind", .text, "Its kind in the singular."),
              ])), "The pages."),
        ])), "What refers to it."),
    Field(
      "sources",
      .section(
        .record([
          Field("href", .text, "Its place in the list of sources."), Field("text", .text, "Its title."),
          Field("url", .optional(.text), "Its own address."), Field("host", .text, "The host of that address."),
          Field("note", .text, "How and when it was checked."),
        ])), "What it rests on."),
    Field("checked", .text, "The date its facts were checked."),
    Field("house", .optional(.text), "The pack that it comes from or was changed by."),
  ])

  static let list = TemplateShape.record([
    Field("title", .text, "The page's title."),
    Field("lead", .optional(.text), "What is listed, as HTML."),
    Field(
      "groups",
      .list(
        .record([
          Field("heading", .optional(.text), "The group's name."), Field("id", .text, "Its anchor."),
          Field(
            "items",
            .list(
              .record([
                Field("href", .text, "The page."), Field("title", .text, "Its title."),
                Field("summary", .optional(.text), "In one sentence, as HTML."),
                Field("note", .optional(.text), "A label, a figure."),
              ])), "Its entries."),
        ])), "The groups."),
  ])

  static let page = TemplateShape.record([
    Field("title", .text, "The page's title."), Field("lead", .optional(.text), "Its first paragraph, as HTML."),
    Field("body", .text, "The rest, as HTML."),
  ])

  static let all = [
    "layout.html.mustache": layout, "entry.html.mustache": entry, "list.html.mustache": list,
    "page.html.mustache": page,
  ].merging(Shapes.checklistForm) { own, _ in own }
}

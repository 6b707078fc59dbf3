internal import KnowledgeModel

/// What it is, which decisions hang on which answers, and the ways in.
enum HomePage {
  static let path = "index.html"

  static func body(_ context: PageContext) throws -> PageBody {
    var body = try TextPage.markdown(
      context, context.theme.text("home.md"),
      appending: TextPage.heading(2, "decisions", "Which answers decide what") + map(context),
      [PageBody.Section(id: "decisions", text: "Which answers decide what")])
    body.contents = []
    return body
  }

  /// The decisions that a first run asks for, each with the traits that its rules read.
  private static func map(_ context: PageContext) -> String {
    let decisions = context.reader.cards(.decision).filter { $0.label == "core" }.compactMap {
      context.reader.decision($0.id)
    }
    var html = "<ul class=\"map\">\n"
    for area in Area.allCases {
      for decision in decisions where decision.entry.area == area {
        let traits = Mode.allCases.flatMap(decision.inputs).uniqued().compactMap {
          context.reader.card(RecordList.list(of: $0) ?? $0)
        }.uniqued()
        html += "<li>\(context.a(decision.entry.path, decision.entry.title)) "
        html += "<span class=\"note\">reads \(traits.map(context.a).joined(separator: ", "))</span></li>\n"
      }
    }
    return html + "</ul>\n"
  }
}

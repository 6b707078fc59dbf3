internal import Documents
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
    if let knowledge = context.reader.everything {
      body.html += Explorer.section(knowledge) { context.place.link($0, $1) }
    }
    body.styles = ["map.css", "explorer.css"]
    body.scripts = ["rules.js", "evaluator.js", "explorer.js"]
    body.isWide = true
    return body
  }

  /// The decisions that a first run asks for with the traits that they hang on, as a picture, and the ways to them.
  private static func map(_ context: PageContext) -> String {
    let decisions = context.reader.cards(.decision).filter { $0.label == "core" }.compactMap {
      context.reader.decision($0.id)
    }.sorted { ($0.entry.area, $0.entry.title) < ($1.entry.area, $1.entry.title) }
    let reads = decisions.flatMap { decision in
      asked(by: decision, context.reader).map { (trait: $0, decision: decision.id) }
    }
    let traits = reads.map(\.trait).uniqued().compactMap(context.reader.card)
    let picture = DecisionMap(
      traits: traits.map { DecisionMap.Item(id: $0.id, title: $0.title, detail: "") },
      decisions: decisions.map { DecisionMap.Item(id: $0.id, title: $0.entry.title, detail: "") }, reads: reads
    ).picture
    guard !decisions.isEmpty else { return "" }
    let links = decisions.map { context.a($0.entry.path, $0.entry.title) }.joined(separator: ", ")
    return "\(picture.figure)\n<p>Their rules: \(links).</p>\n"
  }

  /// The traits that its rules read, derived ones by what they follow from.
  private static func asked(by decision: Decision, _ reader: KnowledgeReader) -> [String] {
    var found: [String] = []
    var pending = decision.inputs(in: .current)
    var seen: Set<String> = []
    while !pending.isEmpty {
      let id = pending.removeFirst()
      guard seen.insert(id).inserted else { continue }
      if let derivation = reader.trait(id)?.derivation, derivation.ifGiven.isEmpty {
        pending += derivation.from.traits
      } else {
        found.append(RecordList.list(of: id) ?? id)
      }
    }
    return found.uniqued()
  }
}

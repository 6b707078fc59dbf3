public import KnowledgeModel
internal import Markdown

/// The section of the home page where answers can be tried: a list of the decisions, to which site/explorer.js adds a
/// form and what each decision comes out as.
public enum Explorer {
  /// - Parameter link: where the page of an entry lies, seen from the page that the section is put into.
  public static func section(_ knowledge: Knowledge, link: (EntryKind, String) -> String) -> String {
    // Where a trait's page lies, with * in place of its name.
    let traits = knowledge.traits.first.map { link(.trait, $0.id).replacing($0.id, with: "*") } ?? ""
    let groups = Area.allCases.compactMap { area -> String? in
      let decisions = knowledge.decisions.filter { $0.entry.area == area }.sorted { $0.id < $1.id }
      guard !decisions.isEmpty else { return nil }
      return """
        <h3>\(HTMLText.escape(area.title))</h3>
        <ul>
        \(decisions.map { item($0, knowledge, link) }.joined(separator: "\n"))
        </ul>
        """
    }
    return """
      <section class="explorer" id="explorer" aria-labelledby="explorer-title" data-traits="\(HTMLText.escape(traits))">
      <h2 id="explorer-title">What if</h2>
      <p class="explorer-without">With JavaScript, answers can be tried here, and the decisions change with them. Without \
      it, <code>plumbline ask</code> takes them in a terminal.</p>
      <div class="explorer-decisions">
      \(groups.joined(separator: "\n"))
      </div>
      </section>
      """
  }

  private static func item(_ decision: Decision, _ knowledge: Knowledge, _ link: (EntryKind, String) -> String)
    -> String
  {
    let page =
      "<a href=\"\(HTMLText.escape(link(.decision, decision.id)))\">\(HTMLText.escape(decision.entry.title))</a>"
    if let list = decision.each.flatMap(knowledge.list) {
      return "<li>\(page) <small>for each of the \(HTMLText.escape(list.noun))</small></li>"
    }
    return "<li\(decision.isCore ? " data-core" : "")>\(page)</li>"
  }
}

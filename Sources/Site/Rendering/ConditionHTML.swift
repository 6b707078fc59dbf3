internal import KnowledgeModel

/// A condition as it is written, each name in it a link.
struct ConditionHTML {
  let reader: KnowledgeReader
  let place: PagePlace

  func code(_ source: SourcedCondition) -> String {
    "<code class=\"rule\">\(names(source.text, of: source.condition))</code>"
  }

  func code(_ text: String, names known: [String]) -> String {
    "<code class=\"rule\">\(linked(text, Set(known)))</code>"
  }

  private func names(_ text: String, of condition: Condition) -> String {
    linked(text, Set(condition.traits + condition.thresholds + condition.decisions))
  }

  private func linked(_ text: String, _ known: Set<String>) -> String {
    var out = ""
    var rest = text[...]
    while let first = rest.first {
      let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
      guard !word.isEmpty else {
        out += String(first).html
        rest = rest.dropFirst()
        continue
      }
      rest = rest[word.endIndex...]
      let id = String(word)
      if known.contains(id), let card = reader.card(RecordList.list(of: id) ?? id) {
        out += "<a href=\"\(place.link(card.path))\">\(id.html)</a>"
      } else {
        out += id.html
      }
    }
    return out
  }
}

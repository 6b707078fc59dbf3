internal import KnowledgeModel

/// What a person said to an item of a checklist.
struct ItemAnswer: Hashable {
  var isDone = false
  var isNotApplicable = false
  /// Why it is not applicable.
  var reason = ""
  var evidence = ""
}

/// Reads the answers out of a checklist that a person wrote into, so that they can be shown as a form's starting state:
/// a tick; `N/A: reason` in place of the item's text, behind or below it; the item struck out; below it a line
/// `Evidence: …`, or that line with a code block under it. What else a person wrote stays in the text.
struct ItemAnswers {
  /// The checklist without the answers.
  private(set) var markdown: String
  private(set) var byID: [String: ItemAnswer] = [:]

  /// - Parameters:
  ///   - markdown: with what a person wrote.
  ///   - generated: the same checklist without.
  init(_ markdown: String, generated: String) {
    let file = FileText(markdown)
    let lines = file.lines
    let asked = TaskItems.all(FileText(generated).lines)
    var out: [Line] = []
    var fence: String?
    var index = 0
    while index < lines.count {
      let line = lines[index]
      fence = ItemAnswers.fence(after: line, in: fence)
      guard fence == nil, let item = TaskItem(line), let known = asked[item.id], byID[item.id] == nil else {
        out.append(line)
        index += 1
        continue
      }
      let end = TaskItems.end(of: index, in: lines)
      var answer = ItemAnswer(isDone: item.isTicked)
      let text = answer.take(Annotation(item, line: line, below: [], generated: known.item).words, of: item, known.item)
      let rest = answer.take(below: Array(lines[(index + 1)..<end]))
      if answer.isNotApplicable { answer.isDone = false }
      out.append(item.line(mark: answer.isDone ? "x" : " ", text: text))
      out += rest
      byID[item.id] = answer
      index = end
    }
    self.markdown = file.text(of: out)
  }

  /// The fence that is open behind a line.
  private static func fence(after line: Line, in open: String?) -> String? {
    let text = line.text.drop { $0 == " " }
    let mark = text.prefix { $0 == "`" }.isEmpty ? text.prefix { $0 == "~" } : text.prefix { $0 == "`" }
    guard mark.count >= 3 else { return open }
    guard let open else { return String(mark) }
    return mark.hasPrefix(open) && text.allSatisfy { $0 == mark.first || $0 == " " } ? nil : open
  }
}

extension ItemAnswer {
  /// Takes what a person did to the item's own line.
  /// - Returns: the item's text without it.
  fileprivate mutating func take(_ words: Annotation.Words, of item: TaskItem, _ generated: TaskItem) -> String {
    switch words {
    case .instead(let said):
      takeReason(said)
      return generated.text
    case .struck(_, let behind):
      isNotApplicable = true
      if ItemAnswer.reason(in: behind) != nil {
        takeReason(behind)
      } else {
        reason = behind.drop { " :–—-".contains($0) }.trimming()
      }
      return generated.text
    case .behind(let said) where ItemAnswer.reason(in: said) != nil:
      takeReason(said)
      return generated.text
    case .behind(let said):
      guard let given = ItemAnswer.evidence(in: said) else { return item.text }
      evidence = given
      return generated.text
    default: return item.text
    }
  }

  /// Takes the answers from the lines below the item.
  /// - Returns: the other lines.
  fileprivate mutating func take(below lines: [Line]) -> [Line] {
    var rest: [Line] = []
    var lines = lines[...]
    while let line = lines.popFirst() {
      if !isNotApplicable, ItemAnswer.reason(in: line.text) != nil {
        takeReason(line.text)
      } else if evidence.isEmpty, let said = ItemAnswer.evidence(in: line.text) {
        evidence = ItemAnswer.evidence(said, going: &lines)
      } else {
        rest.append(line)
      }
    }
    return rest
  }

  private mutating func takeReason(_ text: String) {
    isNotApplicable = true
    reason = ItemAnswer.reason(in: text) ?? ""
  }

  /// Behind `N/A`; nil for any other text.
  private static func reason(in text: String) -> String? {
    let text = text.trimming()
    guard text.hasPrefix("N/A") else { return nil }
    let rest = text.dropFirst(3)
    return (rest.hasPrefix(":") ? rest.dropFirst() : rest).trimming()
  }

  /// Behind `Evidence:` or `Evidence (what to attach):`; nil for any other text.
  static func evidence(in text: String) -> String? {
    let text = text.trimming()
    guard text.hasPrefix("Evidence") else { return nil }
    var rest = text.dropFirst("Evidence".count)
    if rest.hasPrefix(" (") {
      var depth = 0
      guard
        let close = rest.firstIndex(where: {
          depth += $0 == "(" ? 1 : $0 == ")" ? -1 : 0
          return $0 == ")" && depth == 0
        })
      else { return nil }
      rest = rest[rest.index(after: close)...]
    }
    return rest.hasPrefix(":") ? rest.dropFirst().trimming() : nil
  }

  /// Evidence with what goes on below its line: a code block, or lines of the same paragraph.
  private static func evidence(_ said: String, going lines: inout ArraySlice<Line>) -> String {
    if said.isEmpty, let first = lines.first?.text {
      let indent = first.prefix { $0 == " " }
      let fence = first.dropFirst(indent.count)
      if fence.count >= 3, fence.allSatisfy({ $0 == "`" }) {
        let inside = lines.dropFirst().prefix { $0.text.trimming() != fence }
        if inside.endIndex < lines.endIndex {
          lines = lines[(inside.endIndex + 1)...]
          return inside.map { $0.text.hasPrefix(indent) ? String($0.text.dropFirst(indent.count)) : $0.text }
            .joined(separator: "\n")
        }
      }
    }
    var all = said.isEmpty ? [] : [said]
    while let line = lines.first, let first = line.text.trimming().first, !"-*+>#|`~".contains(first),
      reason(in: line.text) == nil
    {
      all.append(line.text.trimming())
      lines = lines.dropFirst()
    }
    return all.joined(separator: "\n")
  }
}

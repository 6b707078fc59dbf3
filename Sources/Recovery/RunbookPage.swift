public import KnowledgeModel

/// A runbook's page, taken apart, with figures filled in and links said in words.
public struct RunbookPage: Sendable, Hashable {
  public var id: String
  public var title: String
  /// One sentence, as the person on call sees it.
  public var symptom: String
  /// Sections in Markdown.
  public var description: String
  public var firstLook: String
  public var causes: [Cause]
  public var noneOfThese: String
  public var prevention: String
  /// ISO date on which its facts were last checked.
  public var checked: String

  public struct Cause: Sendable, Hashable {
    public var id: String
    public var title: String
    /// The question whose “yes” means this cause.
    public var ask: String
    public var tellItApart: String
    public var fixNow: String
    public var fixTheRootCause: String
  }

  public init(_ runbook: Runbook, in knowledge: Knowledge) {
    let prose = RunbookProse(knowledge)
    func section(_ name: String) -> String { prose.filled(runbook.entry.section(name) ?? "") }
    id = runbook.id
    title = runbook.entry.title
    symptom = prose.filled(runbook.symptom)
    description = section("Symptom")
    firstLook = section("First look")
    causes = runbook.causes.map { cause in
      let parts = RunbookPage.parts(section(cause.id))
      return Cause(
        id: cause.id, title: cause.title, ask: prose.filled(cause.ask), tellItApart: parts["Tell it apart"] ?? "",
        fixNow: parts["Fix now"] ?? "", fixTheRootCause: parts["Fix the root cause"] ?? "")
    }
    noneOfThese = section("None of these")
    prevention = section("Prevention")
    checked = runbook.entry.checked
  }

  /// The whole page in Markdown, as it stands in the knowledge base, figures filled in.
  public var markdown: String {
    var out = "# \(title)\n\n\(symptom)\n"
    func add(_ heading: String, _ text: String) { out += "\n\(heading)\n" + (text.isEmpty ? "" : "\n\(text)\n") }
    add("## Symptom", description)
    add("## First look", firstLook)
    for cause in causes {
      add("## \(cause.title)", "")
      add("### Tell it apart", cause.tellItApart)
      out += "\n**\(cause.ask)** If so:\n"
      add("### Fix now", cause.fixNow)
      add("### Fix the root cause", cause.fixTheRootCause)
    }
    add("## None of these", noneOfThese)
    add("## Prevention", prevention)
    return out
  }

  /// The sections of the third level.
  private static func parts(_ section: String) -> [String: String] {
    var parts: [String: [Substring]] = [:]
    var name = ""
    var isFenced = false
    for line in section.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { isFenced.toggle() }
      if !isFenced, line.hasPrefix("### ") {
        name = line.dropFirst(4).trimmed
        parts[name] = []
      } else {
        parts[name, default: []].append(line)
      }
    }
    return parts.mapValues { lines in
      var lines = lines[...]
      while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
      while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
      return lines.joined(separator: "\n")
    }
  }
}

/// Fills figures in and turns links into words. Code is left exact, but for the mark that says how it is tested.
struct RunbookProse {
  let knowledge: Knowledge

  init(_ knowledge: Knowledge) { self.knowledge = knowledge }

  func filled(_ markdown: String) -> String {
    // A link may go on in the next line, so what stands between code is handled as one.
    var out: [String] = []
    var prose: [Substring] = []
    var isFenced = false
    func flush() {
      if !prose.isEmpty { out.append(links(figures(prose.joined(separator: "\n")))) }
      prose = []
    }
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if !isFenced { flush() }
        isFenced.toggle()
        out.append(String(line.prefix { !$0.isWhitespace }))
      } else if isFenced {
        out.append(String(line))
      } else {
        prose.append(line)
      }
    }
    flush()
    return out.joined(separator: "\n")
  }

  private func figures(_ text: String) -> String {
    ProseReference.fillingFigures(in: text) { reference, _ in
      switch reference {
      case .threshold(let id):
        knowledge.threshold(id).map { QuantityText.inWords(QuantityText.text($0.value), $0.value.unit) } ?? id
      // A formula needs a system's answers, and an incident has none.
      case .formula: "a figure of your system"
      case .entry: nil
      }
    }
  }

  /// `[text](entry:id)` as the text and the command that shows the entry.
  private func links(_ text: String) -> String {
    ProseReference.replacingLinks(in: text) { label, id in
      "\(label) (`\(knowledge.runbook(id) == nil ? "plumbline kb show \(id)" : "plumbline recover \(id)")`)"
    }
  }
}

extension Substring {
  /// Without white space at either end.
  var trimmed: String {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

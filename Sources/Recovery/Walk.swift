/// A walk through a runbook: first look, then cause by cause, until one is found or all are ruled out.
///
/// A state machine: a line goes in, text comes out, and nothing else happens.
public struct Walk: Sendable {
  /// Where it stands.
  public enum Step: Sendable, Hashable {
    case firstLook
    /// A cause's question waits for an answer.
    case cause(Int)
    /// The fixes of a cause were shown: did they help?
    case found(Int)
    case finished
  }

  public private(set) var step: Step = .firstLook
  private let page: RunbookPage
  private let layout: PageLayout
  private var ruledOut: Set<Int> = []
  private var skipped: Set<Int> = []
  /// What was skipped is asked once more when all others are ruled out.
  private var isSecondRound = false
  private var hasShownPrevention = false

  public init(_ page: RunbookPage, layout: PageLayout) {
    self.page = page
    self.layout = layout
  }

  /// What is shown before the first line is read.
  public mutating func begin() -> String {
    step = .firstLook
    return layout.heading(page.title, level: 1) + "\n" + layout.text(page.symptom) + "\n"
      + layout.text(page.description)
      + "\n" + layout.heading("First look", level: 2) + "\n" + layout.text(page.firstLook) + causesAhead + prompt
  }

  /// Takes a typed line. Ends in a prompt, unless the walk is finished.
  public mutating func handle(_ line: String) -> String {
    let word = line.lowercased()[...].trimmed
    if ["q", "quit", "exit", "stop", ":q"].contains(word) { return quit() }
    switch step {
    case .firstLook:
      switch word {
      case "", "y", "yes", "go", "go on", "next", "n", "no", "s", "skip": return show(0)
      case "b", "back", "<": return remark("This is where it begins.")
      default: return jump(to: word) ?? help()
      }
    case .cause(let number):
      switch word {
      case "y", "yes": return showFixes(number)
      case "n", "no":
        rule(out: number)
        return next(after: number)
      case "s", "skip", "unknown", "don't know", "dont know":
        skipped.insert(number)
        return next(after: number)
      case "b", "back", "<": return number == 0 ? begin() : show(number - 1)
      default: return jump(to: word) ?? help()
      }
    case .found(let number):
      switch word {
      case "y", "yes":
        return finish("Good. Keep what the commands showed, and write down what was done, while it is fresh.")
      case "n", "no", "s", "skip":
        rule(out: number)
        return next(after: number)
      case "b", "back", "<": return show(number)
      default: return jump(to: word) ?? help()
      }
    case .finished: return ""
    }
  }

  // MARK: Steps

  private mutating func show(_ number: Int) -> String {
    step = .cause(number)
    let cause = page.causes[number]
    return "\n" + layout.heading("\(number + 1) of \(page.causes.count): \(cause.title)", level: 2) + "\n"
      + layout.text(cause.tellItApart) + "\n" + prompt
  }

  private mutating func showFixes(_ number: Int) -> String {
    step = .found(number)
    let cause = page.causes[number]
    var out = "\n" + layout.heading("Fix now", level: 2) + "\n" + layout.text(cause.fixNow)
    out += "\n" + layout.heading("Fix the root cause", level: 2) + "\n" + layout.text(cause.fixTheRootCause)
    if !hasShownPrevention {
      hasShownPrevention = true
      out += "\n" + layout.heading("Prevention", level: 2) + "\n" + layout.text(page.prevention)
    }
    return out + "\n" + prompt
  }

  private mutating func rule(out number: Int) {
    ruledOut.insert(number)
    skipped.remove(number)
  }

  private mutating func next(after number: Int) -> String {
    let open = page.causes.indices.filter { isSecondRound ? skipped.contains($0) : !ruledOut.contains($0) }
    if let following = open.first(where: { $0 > number }) { return show(following) }
    guard !isSecondRound, let first = skipped.min() else { return finish(nil) }
    isSecondRound = true
    let many = skipped.count == 1 ? "This one was skipped" : "\(skipped.count) were skipped; this is the first of them"
    return "\n" + layout.text("\(many).") + show(first)
  }

  private mutating func jump(to word: String) -> String? {
    let number = Int(word).map { $0 - 1 } ?? page.causes.firstIndex { $0.id == word }
    guard let number, page.causes.indices.contains(number) else { return nil }
    return show(number)
  }

  /// - Parameter found: what is said where a cause was found; without it, none was.
  private mutating func finish(_ found: String?) -> String {
    step = .finished
    if let found { return "\n" + layout.text(found) }
    var out = "\n" + layout.heading("None of these", level: 2) + "\n" + layout.text(page.noneOfThese)
    if !hasShownPrevention {
      out += "\n" + layout.heading("Prevention", level: 2) + "\n" + layout.text(page.prevention)
    }
    return out + "\n"
      + layout.text("That is all this runbook knows. The whole page: `plumbline recover \(page.id) --no-input`")
  }

  private mutating func quit() -> String {
    step = .finished
    return layout.text("Stopped. The whole page: `plumbline recover \(page.id) --no-input`")
  }

  // MARK: Words

  private var causesAhead: String {
    "\n" + layout.heading("Causes", level: 2) + "\n"
      + page.causes.enumerated().map { layout.lines($1.title, first: "\($0 + 1). ") }.joined() + "\n"
  }

  private var prompt: String {
    switch step {
    case .firstLook: layout.text("Enter goes on to the first cause; a number goes to that one; quit ends.") + "> "
    case .cause(let number):
      layout.text("**\(page.causes[number].ask)** (yes, no, skip, back, quit)") + "> "
    case .found: layout.text("**Is it better?** (yes ends, no goes on with the next cause; back, quit)") + "> "
    case .finished: ""
    }
  }

  private func remark(_ text: String) -> String { layout.text(text) + prompt }

  private func help() -> String {
    switch step {
    case .cause:
      remark(
        "Type yes if this is it, no if it is ruled out, skip if you cannot tell yet, back for what came before, a number "
          + "from 1 to \(page.causes.count) for that cause, or quit.")
    case .found: remark("Type yes if it is over, no to go on with the next cause, back to see this one again, or quit.")
    case .firstLook: remark("Press Enter, or type a number from 1 to \(page.causes.count), or quit.")
    case .finished: ""
    }
  }
}

import KnowledgeModel
import Testing

@testable import Recovery

@Suite("A page in a terminal")
struct PageLayoutTests {
  private func page(_ id: String) throws -> RunbookPage {
    RunbookPage(try #require(shipped.runbook(id)), in: shipped)
  }

  @Test("Prose fits the width, whatever it is", arguments: [40, 60, 80, 100], shipped.runbooks)
  func fits(_ width: Int, _ runbook: Runbook) {
    let text = PageLayout(width: width).text(RunbookPage(runbook, in: shipped).markdown)
    var isCode = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { isCode.toggle() }
      // A word that is longer than the line cannot be broken without breaking what it names.
      let longest = line.split(separator: " ").map(\.count).max() ?? 0
      if !isCode, longest < width / 2 { #expect(line.count <= width, "\(line)") }
    }
    #expect(!isCode && text.hasSuffix("\n") && !text.contains("\n\n\n"))
  }

  @Test("Code stands there exactly as on the page, without the mark of its tests", arguments: shipped.runbooks)
  func codeIsExact(_ runbook: Runbook) {
    func code(_ text: String) -> [String] {
      var blocks: [String] = []
      var block: String?
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix("```") {
          if let done = block { blocks.append(done) }
          block = block == nil ? "" : nil
        } else if block != nil {
          block? += line + "\n"
        }
      }
      return blocks
    }
    let expected = code(runbook.entry.body)
    let page = RunbookPage(runbook, in: shipped)
    #expect(expected.count > 3)
    #expect(code(page.markdown) == expected)
    #expect(code(PageLayout(width: 40).text(page.markdown)) == expected)
    #expect(code(PageLayout(width: 100).text(page.markdown)) == expected)
    #expect(!page.markdown.contains("executed="))
  }

  @Test("Every section of a page arrives", arguments: shipped.runbooks)
  func nothingIsLost(_ runbook: Runbook) {
    let page = RunbookPage(runbook, in: shipped)
    let parts =
      [page.symptom, page.description, page.firstLook, page.noneOfThese, page.prevention, page.checked]
      + page.causes.flatMap { [$0.title, $0.ask, $0.tellItApart, $0.fixNow, $0.fixTheRootCause] }
    #expect(parts.allSatisfy { !$0.isEmpty })
    let text = PageLayout(width: 80).text(page.markdown)
    // Each word of the prose is there.
    let words = Set(text.split { !$0.isLetter })
    let left = /\{[@=][^}]*\}|\]\(entry:[^)]*\)|executed=\S+|## [a-z-]+\n/
    for word in runbook.entry.body.replacing(left, with: " ").split(whereSeparator: { !$0.isLetter }) {
      #expect(words.contains(word), "\(word)")
    }
  }

  @Test("Figures are filled in, and links say how to follow them")
  func prose() throws {
    let pool = try page("connection-pool-exhausted")
    #expect(pool.prevention.contains("A bounded wait (5 seconds)"))
    #expect(
      pool.causes[1].fixNow.contains("a query has suddenly become slow (`plumbline recover query-suddenly-slow`)"))
    #expect(
      pool.causes[2].fixTheRootCause.contains("connections fit the database (`plumbline kb show connection-budget`)"))
    for runbook in shipped.runbooks {
      let markdown = RunbookPage(runbook, in: shipped).markdown
      #expect(!markdown.contains("{@") && !markdown.contains("](entry:") && !markdown.contains("{="))
    }
    let odd = RunbookProse(shipped).filled("a {=qps * 2} b {@no-such} {x} [y](entry:\n```sh x\n{@pool-wait}\n```")
    #expect(odd == "a a figure of your system b no-such {x} [y](entry:\n```sh\n{@pool-wait}\n```")
  }

  @Test func layout() {
    let layout = PageLayout(width: 24)
    #expect(
      layout.text("# Head\n\nSome **bold** words that\nwrap here.")
        == "Head\n====\n\nSome bold words that\nwrap here.\n")
    #expect(
      layout.text("* one two three four five\n* seven\n  eight") == "* one two three four\n  five\n* seven eight\n")
    #expect(layout.text("Now `a piece of code` stays") == "Now `a piece of code`\nstays\n")
    #expect(layout.text("1. first\n2. second") == "1. first\n2. second\n")
    #expect(
      layout.text("text\n\n```sql executed=x.sql\nSELECT 1;  -- a long line stays\n\n```\nafter")
        == "text\n\n```sql executed=x.sql\nSELECT 1;  -- a long line stays\n\n```\n\nafter\n")
    #expect(layout.text("| a | b |\n| --- | --- |\n| x | y |") == "a  b\n-  -\nx  y\n")
    #expect(layout.text("") == "")
  }

  @Test func tablesShrinkAndThenStandRowByRow() {
    let table =
      "| you see | it means |\n| --- | --- |\n| `idle in transaction` for minutes | a leak, or a call to another service |"
    #expect(PageLayout(width: 50).text(table).split(separator: "\n").allSatisfy { $0.count <= 50 })
    #expect(PageLayout(width: 50).text(table).hasPrefix("you see"))
    let narrow = PageLayout(width: 24).text(table)
    #expect(narrow.contains("* you see: `idle in") || narrow.contains("you see"))
    #expect(PageLayout(width: 80).text("| `a \\| b` | c |\n|---|---|\n| `x|y` | z |").contains("`x|y`"))
  }

  @Test("Nothing in a page steers the terminal")
  func safe() {
    let text = PageLayout(width: 80).text("# a\u{1B}[2J\n\nb\u{202E}c\r\u{7}\n\n```\n\u{1B}]0;x\u{7}\tz\n```")
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    #expect(!text.contains("\u{202E}") && text.contains("  z"))
  }

  @Test func coloursAreClosed() throws {
    let text = PageLayout(width: 60, hasColor: true).text(try page("cache-stampede").markdown)
    for line in text.split(separator: "\n") where line.contains("\u{1B}") {
      #expect(line.hasSuffix("\u{1B}[0m") || line.contains("\u{1B}[22m"), "\(line)")
    }
  }
}

import Markdown
import TestSupport
import Testing

/// Text that would be markup, or would mislead, if it were put into Markdown as it stands.
private let hostile: [String] = [
  "# heading", "## two", "C #", "C ##", "issue #12", "- item", "* item", "+ item", "1. item", "2) item", "> quote",
  "--- rule", "===", "---", "***",
  "    indented code", "\tcode", "```", "~~~", "`code`", "`` ` ``", "*emphasis*", "__strong__", "_x_",
  "snake_case_name",
  "~~struck~~", "[text](https://example.org)", "![image](https://example.org/x.png)", "[ref]: https://example.org",
  "<b>bold</b>", "<script>alert(1)</script>", "<!-- comment -->", "<https://example.org>", "https://example.org/a_b",
  "www.example.org", "a | b", "|", "\\|", "\\", "trailing \\", "a\\*b*", "&lt;b&gt;", "&amp;", "AT&T", "- [ ] task",
  "[x]", "one\ntwo", "one\r\n\r\n# two", "{{name}}", "{{{name}}}", "$x^2$", ":smile:", "\"quoted\" 'single'",
  "1.5 million",
  "12.", "a\u{0}b", "a\u{7}b", "a\u{1B}[31mred", "abc\u{202E}def\u{202C}", "zero\u{200B}width", "\u{FEFF}mark",
  "é ü 漢字 🙂",
  "javascript:alert(1)", "</td></tr></table>", "{@threshold}", "{=qps}", "Checkout *& Pay* | v2",
]

@Suite struct EscapeTests {
  @Test(arguments: hostile)
  func staysTextEverywhere(_ text: String) {
    let escaped = MarkdownText.escape(text)
    let shown = HTMLText.escape(MarkdownText.plain(text))
    let render = MarkdownRenderer()
    #expect(render.render(escaped).html == "<p>\(shown)</p>\n")
    #expect(render.render("Name: \(escaped)").html == "<p>Name: \(shown)</p>\n")
    #expect(render.render("- \(escaped)").html == "<ul>\n<li>\(shown)</li>\n</ul>\n")
    #expect(render.render("# \(escaped)").headings.map(\.text) == [MarkdownText.plain(text)])
    let table = render.render("| a | b |\n| --- | --- |\n| \(escaped) | end |\n").html
    #expect(table.contains("<tr><td>\(shown)</td><td>end</td></tr>"))
  }

  @Test(arguments: hostile.filter { !MarkdownText.plain($0).isEmpty })
  func staysCode(_ text: String) {
    let shown = HTMLText.escape(MarkdownText.plain(text))
    let table = MarkdownRenderer().render("| a | b |\n| --- | --- |\n| \(MarkdownText.code(text)) | end |\n").html
    // In a table a backslash before a bar is taken away, even in code: the bar is what has to survive.
    guard !text.contains("\\|") else { return #expect(table.contains("<td>end</td>")) }
    #expect(table.contains("<tr><td><code>\(shown)</code></td><td>end</td></tr>"))
  }

  /// Random strings of the characters that matter.
  @Test func randomText() {
    var random = SeededGenerator(seed: 7)
    let alphabet = Array("ab1 \\`*_[]()<>|~&#+-=.:/!$\"'\n\t@wéß\u{202E}")
    for _ in 0..<size(4000, full: 100_000) {
      let text = String(
        (0..<Int.random(in: 1...14, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
      let plain = MarkdownText.plain(text)
      guard !plain.isEmpty else { continue }
      let html = MarkdownRenderer().render("Name: \(MarkdownText.escape(text))").html
      // A mail address becomes a link by itself, and does no harm.
      guard !html.contains("mailto:") else { continue }
      #expect(html == "<p>Name: \(HTMLText.escape(plain))</p>\n", "\(text.debugDescription)")
      let heading = MarkdownRenderer().render("# Name: \(MarkdownText.escape(text))").headings
      #expect(heading.map(\.text) == ["Name: \(plain)"], "\(text.debugDescription)")
    }
  }

  @Test func readable() {
    #expect(
      MarkdownText.escape("peak minute of last year (p99), from load_balancer: 2.5k")
        == "peak minute of last year (p99), from load_balancer: 2.5k")
    #expect(MarkdownText.escape("2026.11.0") == "2026.11.0")
    #expect(MarkdownText.cell("a | b\\|c `x|y`\nd") == "a \\| b\\|c `x\\|y` d")
  }
}

@Suite struct RendererTests {
  private func html(_ markdown: String) -> String { MarkdownRenderer().render(markdown).html }

  @Test func headingsHaveUniqueIDs() {
    let page = MarkdownRenderer(reservedIDs: ["three"]).render(
      "# One\n\n## One\n\n## `Two` & *three*\n\n## Three\n\n## !")
    #expect(page.headings.map(\.id) == ["one", "one-1", "two--three", "three-1", "section"])
    #expect(page.headings.map(\.level) == [1, 2, 2, 2, 2])
    #expect(page.headings.map(\.text) == ["One", "One", "Two & three", "Three", "!"])
    #expect(page.html.hasPrefix("<h1 id=\"one\">One</h1>"))
  }

  @Test func rawHTMLIsText() {
    #expect(html("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n")
    #expect(html("a <b onclick=x>b</b>") == "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n")
    #expect(html("<!-- plumbline -->\n\ntext <!-- x --> here") == "<p>text  here</p>\n")
  }

  @Test(arguments: [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&#58;alert(1)", "vbscript:x", "data:text/html,x",
    "file:///etc/passwd",
  ])
  func unsafeLinksAreText(_ url: String) {
    let page = MarkdownRenderer().render("[text](\(url)) ![alt](\(url))")
    #expect(!page.html.contains("href") && !page.html.contains("src="))
    #expect(page.html.contains("text") && page.html.contains("alt"))
    #expect(page.links == [])
  }

  @Test func links() {
    #expect(
      html("[a](https://example.org/?q=\"x\"&y='z')")
        == "<p><a href=\"https://example.org/?q=%22x%22&amp;y=&#39;z&#39;\">a</a></p>\n")
    #expect(html("https://example.org") == "<p><a href=\"https://example.org\">https://example.org</a></p>\n")
    #expect(html("[](#here)") == "<p><a href=\"#here\">#here</a></p>\n")
    #expect(html("![shot](https://example.org/x.png)") == "<p><a href=\"https://example.org/x.png\">shot</a></p>\n")
    #expect(html("![shot](x.png)") == "<p><img src=\"x.png\" alt=\"shot\"></p>\n")
    let renderer = MarkdownRenderer(destination: { $0.hasPrefix("entry:") ? "../" + $0.dropFirst(6) : nil })
    #expect(renderer.render("[a](entry:b) [c](d)").html == "<p><a href=\"../b\">a</a> c</p>\n")
  }

  @Test func tasksHaveLabels() {
    let page = html("- [ ] **a** one\n- [x] two\n")
    #expect(
      page == """
        <ul class="tasks">
        <li class="task"><input type="checkbox" id="task" disabled> <label for="task"><strong>a</strong> one</label></li>
        <li class="task"><input type="checkbox" id="task-1" disabled checked> <label for="task-1">two</label></li>
        </ul>

        """)
  }

  @Test func tablesAreNamedRegions() {
    let table = "| a | b |\n| --- | ---: |\n| 1 | 2 |\n"
    let page = html("## Facts\n\n\(table)\n\(table)")
    #expect(page.contains("<div class=\"table\" role=\"region\" aria-label=\"Table: Facts\" tabindex=\"0\"><table>"))
    #expect(page.contains("aria-label=\"Table: Facts, 2\""))
    #expect(page.contains("<th scope=\"col\" class=\"right\">b</th>"))
    #expect(page.contains("<td class=\"right\">2</td></tr>\n</tbody>\n</table></div>"))
    #expect(html("| a |\n| --- |\n").contains("</thead>\n</table></div>"))
  }

  @Test func codeBlocks() {
    let renderer = MarkdownRenderer { language, text in language == "mermaid" ? "<svg>\(text.count)</svg>" : nil }
    #expect(renderer.render("```mermaid\ngraph\n```").html == "<svg>6</svg>\n")
    #expect(
      renderer.render("```sql x\nSELECT '<';\n```").html
        == "<pre tabindex=\"0\"><code class=\"language-sql\">SELECT '&lt;';\n</code></pre>\n")
  }

  @Test func deepNestingIsHarmless() {
    #expect(html(String(repeating: ">", count: 20_000) + " deep").contains("deep"))
    #expect(html(String(repeating: "[", count: 20_000)).contains("[[["))
  }

  /// cmark-gfm is not thread-safe; the renderer is.
  @Test func concurrentEqualsSerial() async {
    let texts = (0..<64).map { "# T\($0)\n\n~~x\($0)~~ https://example.org/\($0) | a |\n\n| a |\n| - |\n| \($0) |\n" }
    let serial = texts.map(html)
    let concurrent = await withTaskGroup(of: (Int, String).self) { group in
      for (index, text) in texts.enumerated() { group.addTask { (index, MarkdownRenderer().render(text).html) } }
      return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
    }
    #expect(texts.indices.allSatisfy { concurrent[$0] == serial[$0] })
  }
}

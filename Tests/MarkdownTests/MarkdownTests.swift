import Markdown
import Testing

@Suite struct RendererTests {
  @Test func headings() {
    let page = MarkdownRenderer().render("# One\n\n## One\n\n## `Two` & *three*")
    #expect(page.headings.map(\.id) == ["one", "one-1", "two--three"])
  }
}

import KnowledgeBase
import Testing

@Suite struct DocumentSetTests {
  @Test func checkout() throws {
    #expect(Samples.shipped.findings.map(\.text) == [])
    let files = try Samples.render(Samples.checkout)
    #expect(files.keys.sorted() == ["checklist.html", "checklist.md", "decisions.json", "design.html", "design.md"])
  }
}

import Site
import Testing

@Suite struct LinkCheckTests {
  private func findings(_ body: String) throws -> [String] {
    var base = SmallBase()
    let index = try #require(base.files.firstIndex { $0.id == "measure" })
    base.files[index].body = "First line.\n\n" + body
    return try SiteSamples.build(base).findings.map(\.text)
  }

  /// Front matter ends on line 15 of that entry's file, so its body's third line is the 18th.
  @Test(arguments: [
    ("See [it](nowhere.html).", "the link nowhere.html leads nowhere: there is no practices/nowhere.html"),
    (
      "See [it](#nowhere).",
      "the link #nowhere leads nowhere: practices/measure.html has no anchor “nowhere”"
    ),
    (
      "See [it](../decisions/scaling.html#wyh).",
      "the link ../decisions/scaling.html#wyh leads nowhere: decisions/scaling.html has no anchor “wyh”; did you mean #why?"
    ),
    ("See [it](/elsewhere).", "the link /elsewhere leads nowhere: there is no elsewhere"),
    ("See [it](../../../up.html).", "the link ../../../up.html leads nowhere: there is no ../../../up.html"),
    ("![](../assets/icon.svg)", "the image ../assets/icon.svg has no text alternative"),
  ])
  func deadLinksNameFileAndLine(_ body: String, _ message: String) throws {
    #expect(try findings(body) == ["small/practices/measure.md:18: \(message)"])
  }

  @Test(arguments: [
    "See [it](../decisions/scaling.html#why).", "See [it](https://example.org/any#thing).", "[mail](mailto:a@b.c)",
    "![The icon](../assets/icon.svg)", "See [all](../decisions/).", "See [home](/).", "## Here\n\n[it](#here)",
  ])
  func liveLinksAreLeftAlone(_ body: String) throws {
    #expect(try findings(body) == [])
  }

  @Test func absoluteLinksStandBelowTheBasePath() throws {
    var input = SiteSamples.input(SmallBase().compile())
    input.settings.basePath = "/docs/"
    let site = try SiteBuilder(input, generator: "test").build()
    #expect(site.findings == [])
    #expect(site.text("404.html")?.contains("href=\"/docs/decisions/index.html\"") == true)
    #expect(site.text("index.html")?.contains("href=\"/docs/") == true, "the canonical link")
  }
}

import KnowledgeBase
import Site
import TestSupport
import Testing

@Suite struct IncrementalTests {
  @Test func theSmallBaseIsValid() throws {
    let compiled = SmallBase().compile()
    #expect(compiled.findings.map(\.text) == [])
    let site = try SiteSamples.build()
    #expect(site.findings.map(\.text) == [])
    #expect(site.rendered.count > 25)
  }

  @Test func twoBuildsAreTheSame() throws {
    #expect(try SiteSamples.build().files == SiteSamples.build().files)
  }

  @Test func nothingChangedRendersNothing() throws {
    let first = try SiteSamples.build()
    let second = try SiteSamples.build(previous: first.asPrevious)
    // Pages of the search are made anew each time.
    #expect(second.rendered == ["search.html"])
    #expect(second.files == first.files)
  }

  @Test func onlyWhatReadsAFigureIsRenderedAgain() throws {
    var base = SmallBase()
    let first = try SiteSamples.build(base)
    let limit = try #require(base.files.firstIndex { $0.id == "limit" })
    base.files[limit].fields[0] = "value: 7k/s"
    let second = try SiteSamples.build(base, previous: first.asPrevious)
    #expect(second.rendered.contains("decisions/scaling.html"))
    #expect(second.rendered.contains("traits/reads.html"))
    #expect(!second.rendered.contains("patterns/balanced.html"))
    #expect(!second.rendered.contains("orientation/run-it.html"))
    #expect(second.text("traits/reads.html")?.contains("7,000/s") == true)
  }

  @Test func aPageThatSomebodyTouchedIsRenderedAgain() throws {
    let first = try SiteSamples.build()
    let touched = SiteBuilder.Previous(manifest: try #require(SiteManifest(first.text(SiteManifest.path) ?? ""))) {
      path in
      path == "decisions/scaling.html" ? "<p>mine</p>" : first.text(path)
    }
    let second = try SiteSamples.build(previous: touched)
    #expect(second.rendered == ["decisions/scaling.html", "search.html"])
    #expect(second.files == first.files)
  }

  @Test func anotherProgramOrThemeRendersAll() throws {
    let input = SiteSamples.input(SmallBase().compile())
    let first = try SiteBuilder(input, generator: "one").build()
    let other = try SiteBuilder(input, generator: "two").build(previous: first.asPrevious)
    #expect(other.rendered.count == first.rendered.count)
    var themed = input
    themed.theme["site.css"] = "/* mine */"
    let again = try SiteBuilder(themed, generator: "one").build(previous: first.asPrevious)
    #expect(again.rendered.count == first.rendered.count)
  }

  @Test func theManifestIsReadBack() throws {
    let site = try SiteSamples.build()
    let manifest = try #require(SiteManifest(site.text(SiteManifest.path) ?? ""))
    #expect(manifest.files == site.files.map(\.path).sorted())
    #expect(SiteManifest("{}") == nil)
    #expect(SiteManifest("[1") == nil)
  }

  /// After any edits, what was kept is what a clean build makes.
  @Test func anIncrementalBuildEqualsACleanOne() throws {
    var random = SeededGenerator(seed: 7)
    var base = SmallBase()
    var previous = try SiteSamples.build(base)
    var built = 0
    var kept = 0
    for step in 0..<size(60, full: 1_500) {
      var edited = base
      for _ in 0..<Int.random(in: 1...3, using: &random) { edited.edit(&random) }
      guard edited.compile().findings.isEmpty, edited.files.count < 30 else {
        if edited.files.count >= 30 { base = SmallBase() }
        continue
      }
      base = edited
      let clean = try SiteSamples.build(base)
      let incremental = try SiteSamples.build(base, previous: previous.asPrevious)
      if clean.files != incremental.files {
        let differing = zip(clean.files, incremental.files).first { $0 != $1 }
        Issue.record("step \(step): \(differing?.0.path ?? "the lists of files differ")")
        return
      }
      #expect(clean.findings == incremental.findings)
      built += 1
      kept += clean.rendered.count - incremental.rendered.count
      previous = incremental
    }
    // It would prove nothing if all edits were invalid, or all pages were rendered each time.
    #expect(built > 15)
    #expect(kept > built * 5)
  }
}

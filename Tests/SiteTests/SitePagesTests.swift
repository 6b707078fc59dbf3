import Content
import KnowledgeModel
import Site
import TextFormats
import Testing

@Suite struct SitePagesTests {
  private static let shipped: SiteBuilder.Result? = try? SiteBuilder(
    SiteInput(knowledge: RegionSamples.shipped, theme: SiteSamples.theme), generator: "test"
  ).build()

  private func site() throws -> SiteBuilder.Result { try #require(SitePagesTests.shipped) }

  private func page(_ path: String) throws -> String { try #require(try site().text(path)) }

  @Test func theShippedKnowledgeHasNoFlaw() throws {
    #expect(try site().findings.map(\.text) == [])
  }

  @Test func everyEntryHasItsPage() throws {
    let paths = Set(try site().files.map(\.path))
    for entry in RegionSamples.shipped.entries {
      #expect(paths.contains(SitePath.entry(entry.kind, entry.id)))
    }
  }

  @Test func everyStatementStandsOnTheGuidesPage() throws {
    let guide = try page("guide.html")
    for statement in RegionSamples.shipped.statements {
      #expect(guide.contains("id=\"\(statement.id)\""))
      for atom in statement.atoms { #expect(guide.contains("id=\"\(atom)\"")) }
    }
    #expect(!guide.contains("Not encoded"))
  }

  @Test func pagesSayWhatRefersToThem() throws {
    let trait = try page("traits/read_ratio.html")
    #expect(trait.contains("Rules that read it"))
    #expect(trait.contains("href=\"../decisions/read-scaling.html\""))
    let threshold = try page("thresholds/postgres-read-qps.html")
    #expect(threshold.contains("Rules that compare with it"))
    #expect(threshold.contains("href=\"../decisions/read-scaling.html\""))
    #expect(try page("decisions/cache-strategy.html").contains("Patterns that put it into code"))
    #expect(try page("checks/plans-at-volume.html").contains("Decisions that it confirms"))
  }

  @Test func kindsShowWhatTheyHaveOfTheirOwn() throws {
    #expect(try page("traits/qps.html").contains("<dt>How to measure</dt>"))
    #expect(try page("thresholds/sqs-message-bytes.html").contains("<dt>The guide’s figure</dt>"))
    let decision = try page("decisions/read-scaling.html")
    #expect(decision.contains("id=\"read-replicas\""))
    #expect(decision.contains("id=\"examples\""))
    #expect(decision.contains("read_qps &lt;= @postgres-read-qps"))
    #expect(try page("runbooks/query-suddenly-slow.html").contains("Causes, in the order to look"))
    #expect(try page("verification.html").contains("id=\"SV-6\""))
  }

  @Test func noReferenceOfProseIsLeft() throws {
    for file in try site().files where file.path.hasSuffix(".html") && file.path != "about.html" {
      #expect(!file.text.contains("](entry:"), "\(file.path)")
      #expect(!file.text.contains("{@"), "\(file.path)")
      #expect(!file.text.contains("{="), "\(file.path)")
    }
  }

  /// The policy of the site: nothing from elsewhere, nothing inline.
  @Test func pagesKeepTheStrictPolicy() throws {
    for file in try site().files where file.path.hasSuffix(".html") {
      #expect(!file.text.contains(" style="), "\(file.path)")
      #expect(!file.text.contains("<style"), "\(file.path)")
      #expect(!file.text.contains(" onclick="), "\(file.path)")
      #expect(!file.text.contains("src=\"http"), "\(file.path)")
      #expect(file.text.contains("default-src 'none'; style-src 'self'; script-src 'self'"), "\(file.path)")
    }
  }

  @Test func pagesAreLight() throws {
    func bytes(_ path: String) throws -> Int { try page(path).utf8.count }
    let frame = try [
      "assets/site.css", "assets/search.css", "assets/site.js", "assets/search.js", "assets/icon.svg",
    ].map(bytes).reduce(0, +)
    let home =
      try ["index.html", "assets/map.css", "assets/explorer.css", "assets/rules.js"]
      .map(bytes).reduce(frame, +) + bytes("assets/evaluator.js") + bytes("assets/explorer.js")
    #expect(home <= 100_000)
    for file in try site().files where file.path.contains("/") && file.path.hasSuffix(".html") {
      guard !file.path.hasSuffix("/index.html"), !file.path.hasPrefix("areas/") else { continue }
      let pictures = try ["assets/pictures.css", "assets/scale.css"].filter(file.text.contains).map(bytes).reduce(0, +)
      #expect(file.text.utf8.count + frame + pictures <= 50_000, "\(file.path)")
    }
  }

  @Test func anAliasLeadsToTheEntry() throws {
    var base = SmallBase()
    let index = try #require(base.files.firstIndex { $0.id == "measure" })
    base.files[index].aliases = ["gauge"]
    let page = try #require(try SiteSamples.build(base).text("practices/gauge.html"))
    #expect(page.contains("http-equiv=\"refresh\" content=\"0; url=measure.html\""))
  }

  @Test func whatPeopleWroteStaysText() throws {
    var base = SmallBase()
    let index = try #require(base.files.firstIndex { $0.id == "measure" })
    base.files[index].title = "'<script>alert(1)</script> & \"more\"'"
    let site = try SiteSamples.build(base)
    for file in site.files where file.path.hasSuffix(".html") || file.path.hasSuffix(".xml") {
      #expect(!file.text.contains("<script>alert"), "\(file.path)")
    }
    #expect(site.findings == [])
  }

  @Test func theFeedAndTheMapNameTheHost() throws {
    var input = SiteSamples.input(SmallBase().compile())
    input.settings = SiteSettings(
      basePath: "/docs/", url: "https://example.org", editURL: "https://git.example.org/edit/{path}")
    let site = try SiteBuilder(input, generator: "test").build()
    #expect(site.text("sitemap.xml")?.contains("<loc>https://example.org/docs/decisions/scaling.html</loc>") == true)
    #expect(site.text("sitemap.xml")?.contains("404") == false)
    #expect(site.text("feed.xml")?.contains("<updated>2026-01-02T00:00:00Z</updated>") == true)
    let page = try #require(site.text("decisions/scaling.html"))
    #expect(page.contains("<link rel=\"canonical\" href=\"https://example.org/docs/decisions/scaling.html\">"))
    #expect(page.contains("<meta property=\"og:url\" content=\"https://example.org/docs/decisions/scaling.html\">"))
    #expect(page.contains("href=\"https://git.example.org/edit/small/decisions/scaling.md\""))
  }

  @Test func archivedDesignsAreASection() throws {
    var input = SiteSamples.input(SmallBase().compile())
    input.archive = [
      ArchivedDesign(
        name: "shop",
        documents: [
          "design.md":
            "# Shop\n\n## One\n\nSee [a record](decisions/0001-a.md#why), [answers](answers.yaml) and [up](../other.md).\n",
          "decisions/0001-a.md": "# A\n\n## Why\n\nBack to [design](../design.md).\n",
        ],
        decisions: #"{"system":"The shop","knowledge":{"version":"7"},"decisions":[{"status":"decided"}]}"#,
        folder: "archive/shop")
    ]
    let site = try SiteBuilder(input, generator: "test").build()
    #expect(site.findings.map(\.text) == [])
    #expect(site.text("archive/index.html")?.contains("The shop") == true)
    #expect(site.text("archive/shop/design.html")?.contains("href=\"decisions/0001-a.html#why\"") == true)
    #expect(site.text("archive/shop/design.html")?.contains("answers.yaml\"") == false)
  }

  @Test func commandsComeFromTheirDescription() throws {
    var input = SiteSamples.input(SmallBase().compile())
    input.commands = CommandDescription(
      try JSON.parse(
        Array(
          """
          {"commandName":"tool","abstract":"A tool.","subcommands":[{"commandName":"make","abstract":"Makes.",
          "discussion":"In words.\\n\\n  tool make x","arguments":[
          {"kind":"positional","valueName":"file","isOptional":false,"isRepeating":true,"abstract":"What."},
          {"kind":"option","valueName":"dir","isOptional":true,"isRepeating":false,"abstract":"Where.",
           "defaultValue":"out","names":[{"kind":"short","name":"o"},{"kind":"long","name":"out"}],
           "preferredName":{"kind":"long","name":"out"}},
          {"kind":"flag","isOptional":true,"isRepeating":false,"shouldDisplay":false,"names":[],"abstract":"Hidden."}]}]}
          """.utf8)))
    let page = try #require(try SiteBuilder(input, generator: "test").build().text("commands.html"))
    #expect(page.contains("tool make &lt;file&gt; … [--out &lt;dir&gt;]"))
    #expect(page.contains("<code>-o, --out &lt;dir&gt;</code>"))
    #expect(page.contains("Default: out."))
    #expect(!page.contains("Hidden"))
  }
}

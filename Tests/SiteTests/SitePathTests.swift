import Site
import Testing

@Suite struct SitePathTests {
  @Test(arguments: [
    ("index.html", "decisions/caching.html", "decisions/caching.html"),
    ("decisions/caching.html", "index.html", "../index.html"),
    ("decisions/caching.html", "decisions/sharding.html", "sharding.html"),
    ("decisions/caching.html", "traits/qps.html#typical", "../traits/qps.html#typical"),
  ]) func links(from page: String, to target: String, is expected: String) {
    #expect(SitePath.relative(from: page, to: target) == expected)
  }
}

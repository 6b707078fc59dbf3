public import Documents
internal import Foundation
internal import KnowledgeModel
internal import TextFormats

/// Turns knowledge into the files of a site. The same input gives the same bytes, whatever was built before.
public struct SiteBuilder {
  /// What the folder holds from the build before.
  public struct Previous: Sendable {
    let manifest: SiteManifest
    let text: @Sendable (String) -> String?

    /// - Parameter text: the text of a file of the site; nil where it cannot be read.
    public init(manifest: SiteManifest, text: @escaping @Sendable (String) -> String?) {
      self.manifest = manifest
      self.text = text
    }
  }

  public struct Result: Sendable {
    /// Every file of the site, in order of path.
    public var files: [SiteFile]
    /// The pages that were rendered; the others are as they were.
    public var rendered: [String]
    /// What is wrong with the site; it is not to be published then.
    public var findings: [SiteFinding]
    let manifest: SiteManifest

    /// As the build before the next one.
    public var asPrevious: Previous {
      let texts = Dictionary(files.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
      return Previous(manifest: manifest) { texts[$0] }
    }
  }

  private let input: SiteInput
  private let theme: Theme
  private let index: KnowledgeIndex
  private let frame: PageFrame
  private let look: String

  /// - Parameter generator: tells this program from another that would render otherwise.
  /// - Throws: where a template of the theme names what it is not given, or a file is missing.
  public init(_ input: SiteInput, generator: String) throws(TemplateProblem) {
    self.input = input
    theme = try Theme(input.theme)
    index = KnowledgeIndex(input.knowledge)
    frame = PageFrame(input, index, theme)
    var look = Fingerprint()
    for part in [generator, input.settings.basePath, input.settings.url ?? "", input.settings.editURL ?? ""] {
      look.mix(part)
    }
    for (name, text) in input.theme.sorted(by: { $0.key < $1.key }) {
      look.mix(name)
      look.mix(text)
    }
    look.mix(StructuralFingerprint.of(frame.groups))
    look.mix(StructuralFingerprint.of(input.knowledge.packs))
    if input.settings.editURL != nil { look.mix(StructuralFingerprint.of(input.places.mapValues(\.file))) }
    self.look = look.text
  }

  /// - Throws: `TemplateProblem` where a template does not take what it is given.
  public func build(previous: Previous? = nil) throws -> Result {
    let documents = Findable.documents(input, index)
    let plans = SitePlan(input, index, theme, documents).pages
    let old = previous.flatMap { $0.manifest.look == look ? $0 : nil }
    var files: [SiteFile] = []
    var scans: [String: HTMLScan] = [:]
    var pages: [String: SiteManifest.Page] = [:]
    var rendered: [String] = []
    for plan in plans {
      let file: SiteFile
      var page: SiteManifest.Page
      if let (text, kept) = old.flatMap({ reuse(plan, $0) }) {
        file = SiteFile(path: plan.path, text: text)
        page = kept
      } else {
        let reader = KnowledgeReader(index)
        file = SiteFile(path: plan.path, text: try render(plan, reader))
        page = SiteManifest.Page(reads: reader.keys.map(\.text).sorted(), content: SiteBuilder.fingerprint(file.text))
        rendered.append(plan.path)
      }
      files.append(file)
      scans[plan.path] = HTMLScan(file.text)
      pages[plan.path] = page
    }
    files += theme.assets
    files.append(SiteFile(path: "assets/rules.js", text: ExplorerRules.script(input.knowledge)))
    files += additional(plans) + SearchIndex.files(documents).map { SiteFile(path: $0.path, text: $0.text) }
    let keys = Set(pages.values.flatMap(\.reads)).compactMap { text in
      ReadKey(text: text).map { (text, index.fingerprint(of: $0)) }
    }
    let paths = files.map(\.path)
    let manifest = SiteManifest(
      look: look, keys: Dictionary(keys, uniquingKeysWith: { first, _ in first }), pages: pages,
      files: (paths + [SiteManifest.path]).sorted())
    files.append(SiteFile(path: SiteManifest.path, text: manifest.json.line + "\n"))
    return Result(
      files: files.sorted { $0.path < $1.path }, rendered: rendered,
      findings: findings(plans, scans, files: Set(paths)), manifest: manifest)
  }

  private static func fingerprint(_ text: String) -> String {
    var made = Fingerprint()
    made.mix(text)
    return made.text
  }

  /// The page as it was, where nothing that it read has changed and nobody has touched it.
  private func reuse(_ plan: PagePlan, _ previous: Previous) -> (String, SiteManifest.Page)? {
    guard plan.isKept, let page = previous.manifest.pages[plan.path] else { return nil }
    for read in page.reads {
      guard let key = ReadKey(text: read), index.fingerprint(of: key) == previous.manifest.keys[read] else {
        return nil
      }
    }
    guard let text = previous.text(plan.path), SiteBuilder.fingerprint(text) == page.content else { return nil }
    return (text, page)
  }

  private func render(_ plan: PagePlan, _ reader: KnowledgeReader) throws -> String {
    let place = PagePlace(
      path: plan.path, absolute: plan.path == NotFoundPage.path ? input.settings.basePath : nil)
    let context = PageContext(reader: reader, place: place, theme: theme, settings: input.settings)
    return try frame.html(try plan.render(context), plan, context)
  }

  private func additional(_ plans: [PagePlan]) -> [SiteFile] {
    let listed = plans.filter(\.isLinked).map { plan in
      (path: plan.path, changed: plan.entry.flatMap { index.cards[$0]?.checked })
    }
    return [
      SiteFeeds.sitemap(listed.sorted { $0.path < $1.path }, input.settings),
      SiteFeeds.feed(index, input.settings),
    ]
  }

  // MARK: What is wrong

  private func findings(_ plans: [PagePlan], _ scans: [String: HTMLScan], files: Set<String>) -> [SiteFinding] {
    let check = LinkCheck(pages: scans, files: files, basePath: input.settings.basePath)
    let entrances = Set(plans.filter { !$0.isLinked }.map(\.path) + [HomePage.path])
    let entries = Dictionary(plans.map { ($0.path, $0.entry) }, uniquingKeysWith: { first, _ in first })
    return check.flaws(entrances: entrances).map { flaw in
      guard let id = entries[flaw.page] ?? nil, let place = input.places[id] else {
        return SiteFinding(file: flaw.page, line: nil, message: flaw.message)
      }
      let (file, line) = self.line(of: flaw, in: id) ?? (place.file, place.line)
      return SiteFinding(file: file, line: line, message: flaw.message)
    }.sorted()
  }

  /// Where in the entry's file the link stands, as far as it is one of its body.
  private func line(of flaw: LinkCheck.Flaw, in id: String) -> (String, Int)? {
    guard let entry = index.item(id)?.entry, let body = input.places["\(id)#body"] else { return nil }
    let wanted = flaw.link.map { "](\($0)" } ?? "!["
    let lines = entry.body.split(separator: "\n", omittingEmptySubsequences: false)
    guard let offset = lines.firstIndex(where: { $0.contains(wanted) }) else { return nil }
    return (body.file, body.line + offset)
  }
}

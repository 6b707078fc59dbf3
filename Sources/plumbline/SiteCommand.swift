import ArgumentParser
import Content
import Documents
import Foundation
import KnowledgeBase
import KnowledgeModel
import Site
import TextFormats

/// `plumbline site`: the knowledge base as a static site.
struct SiteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "site", _superCommandName: Plumbline.name,
    abstract: "Publish the knowledge base as a static site, or preview it.",
    subcommands: [SiteBuild.self, SiteServe.self])
}

/// `plumbline site build`
struct SiteBuild: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", _superCommandName: Plumbline.name,
    abstract: "Write the site into a folder.",
    discussion: """
      Pages whose input has not changed since the last build into that folder are kept as they are. The folder is \
      replaced in one step; files in it that are not the site's stay. A dead link, a dead anchor, a page that no link \
      leads to or a picture without a text alternative fails the build, and nothing is written.
      """)

  @Option(help: ArgumentHelp("The folder for the site.", valueName: "dir")) var out: String
  @OptionGroup var site: SiteOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func run() throws {
    do {
      let folder = try SiteFolder(out)
      try Files.cleaningUp({ folder.abandon() }) {
        let result = try site.build(knowledge, previous: folder.previous)
        try folder.replace(with: result.files)
        let pages = result.files.count { $0.path.hasSuffix(".html") }
        Output.error("wrote \(pages) pages into \(out.forMessage), \(result.rendered.count) of them rendered")
      }
    } catch let problem as SiteFolder.Problem {
      throw Ending.cannot(problem.message)
    }
  }
}

/// `plumbline site serve`
struct SiteServe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", _superCommandName: Plumbline.name,
    abstract: "Preview the site on this machine; pages load again when a pack or the theme changes.",
    discussion: "Listens on 127.0.0.1 alone and writes nothing. Ends with Ctrl-C.")

  @Option(help: ArgumentHelp("The port to listen on; 0 for any that is free.", valueName: "number")) var port = 8080
  @OptionGroup var site: SiteOptions
  @OptionGroup var knowledge: KnowledgeOptions

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port \(port): expected 0 to 65535.") }
  }

  func run() throws {
    let server: PreviewServer
    do {
      server = try PreviewServer(port: port, basePath: try site.settings().basePath)
    } catch let problem as PreviewServer.Problem {
      throw Ending.cannot(problem.message)
    }
    var watched = WatchedFiles(watchedFolders)
    var result = try site.build(knowledge, previous: nil)
    server.show(result.files)
    server.start()
    try Output.write("http://127.0.0.1:\(server.port)\(try site.settings().basePath)\n")
    // Interrupted is how a preview ends.
    signal(SIGINT) { _ in _exit(130) }
    while true {
      usleep(400_000)
      guard watched.haveChanged() else { continue }
      do {
        result = try site.build(knowledge, previous: result.asPrevious)
        server.show(result.files)
        Output.error("built again, \(result.rendered.count) pages rendered")
      } catch let ending as Ending {
        // What was there before is shown until it is mended.
        if let message = ending.message { Output.error(message) }
      }
    }
  }

  private var watchedFolders: [String] {
    knowledge.packs + [knowledge.database, site.theme, site.archive].compactMap(\.self)
  }
}

/// Tells by dates and sizes whether files below some folders have changed.
struct WatchedFiles {
  private let roots: [String]
  private var seen: [String: String]

  init(_ roots: [String]) {
    self.roots = roots
    seen = WatchedFiles.state(roots)
  }

  mutating func haveChanged() -> Bool {
    let now = WatchedFiles.state(roots)
    defer { seen = now }
    return now != seen
  }

  private static func state(_ roots: [String]) -> [String: String] {
    var state: [String: String] = [:]
    for root in roots {
      let below = FileManager.default.enumerator(atPath: root)?.allObjects.compactMap { $0 as? String } ?? []
      for path in [root] + below.map({ "\(root)/\($0)" }) {
        var found = stat()
        if stat(path, &found) == 0 {
          state[path] = "\(found.st_mtim.tv_sec).\(found.st_mtim.tv_nsec) \(found.st_size) \(found.st_ino)"
        }
      }
    }
    return state
  }
}

/// What both commands take.
struct SiteOptions: ParsableArguments {
  @Option(
    name: .customLong("base-path"),
    help: ArgumentHelp("The path below which the site will stand, such as /docs/.", valueName: "path"))
  var basePath = "/"
  @Option(
    help: ArgumentHelp(
      "Scheme and host of the site, for canonical links, sitemap and feed.", valueName: "https://host"))
  var url: String?
  @Option(
    name: .customLong("edit-url"),
    help: ArgumentHelp(
      "Where an entry's file is edited; {path} stands for the file. Without it pages have no edit link.",
      valueName: "pattern"))
  var editURL: String?
  @Option(
    help: ArgumentHelp(
      "A folder with layout, pages, styles and texts that replace the shipped ones of the same name.", valueName: "dir")
  )
  var theme: String?
  @Option(
    help: ArgumentHelp(
      "A folder of folders of design documents, which becomes a section of the site.", valueName: "dir"))
  var archive: String?

  /// - Throws: `Ending` with what is wrong with the knowledge, the theme or the site.
  func build(_ knowledge: KnowledgeOptions, previous: SiteBuilder.Previous?) throws -> SiteBuilder.Result {
    let compiled = try knowledge.proved()
    let forms = Content.files(under: "templates").filter { SiteInput.formTemplates.contains($0.path) }
    let shipped = Dictionary(
      (Content.files(under: "site") + forms).map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
    let own = try theme.map {
      try OverrideFolder.files(in: $0, option: "--theme", what: "file", among: shipped.keys.sorted())
    }
    let input = SiteInput(
      knowledge: compiled.knowledge, theme: shipped.merging(own ?? [:]) { $1 }, settings: try settings(),
      places: compiled.places.filter { !$0.key.contains("#") || $0.key.hasSuffix("#body") }
        .mapValues { SourcePlace(file: $0.file, line: $0.line) },
      commands: (try? JSON.parse(Array(Plumbline._dumpHelp().utf8))).flatMap { $0["command"] }.flatMap {
        CommandDescription($0)
      }, archive: try archive.map(DesignArchive.read) ?? [])
    do {
      let result = try SiteBuilder(input, generator: SiteOptions.generator).build(previous: previous)
      guard result.findings.isEmpty else {
        throw Ending.badInput(result.findings.map(\.text).joined(separator: "\n"))
      }
      return result
    } catch let problem as TemplateProblem {
      let isOwn = own?[problem.template] != nil
      throw Ending.badInput(problem.description(at: "\(isOwn ? theme ?? "" : "site")/\(problem.template)"))
    }
  }

  func settings() throws -> SiteSettings {
    let path = "/" + basePath.split(separator: "/").joined(separator: "/")
    guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}?#%".utf8.contains($0) }),
      !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
    else {
      throw Ending.badInput("--base-path \(basePath.forMessage): expected a path such as /docs/")
    }
    if let url {
      guard url.wholeMatch(of: /https?:\/\/[A-Za-z0-9.\-:\[\]]+\/?/) != nil else {
        throw Ending.badInput(
          "--url \(url.forMessage): expected scheme and host, such as https://example.org; the path is --base-path")
      }
    }
    if let editURL, !editURL.contains("{path}") || editURL.wholeMatch(of: /https?:\/\/[^\s"<>]+/) == nil {
      throw Ending.badInput("--edit-url \(editURL.forMessage): expected an address with {path} in it")
    }
    return SiteSettings(
      basePath: path == "/" ? "/" : path + "/", url: url.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 },
      editURL: editURL)
  }

  /// The program itself: another one may render the same input otherwise.
  private static var generator: String {
    let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    var fingerprint = Fingerprint()
    if let program = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) {
      fingerprint.mix(program)
    }
    return "\(Plumbline.version) \(fingerprint.text)"
  }
}

extension KnowledgeOptions {
  /// The knowledge with the places of its parts, all of it proved.
  fileprivate func proved() throws -> KnowledgeCompiler.Result {
    let result = try compile()
    let isShipped = database == nil && packs.isEmpty
    let findings =
      result.findings.isEmpty && !isShipped
      ? KnowledgeOptions.proof(result, touchedOnly: database == nil) : result.findings
    guard findings.isEmpty else { throw Ending.badInput(findings.map(\.text).joined(separator: "\n")) }
    return result
  }
}

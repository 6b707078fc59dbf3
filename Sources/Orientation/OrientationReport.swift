/// A step of the hour, as the knowledge base words it.
public struct HourStep: Sendable, Hashable {
  /// The guide's statement: `OR-1` to `OR-6`.
  public var statement: String
  public var title: String
  public var minutes: Int
  /// Markdown: what to do, what to write down, and what to do if it fails.
  public var task: String
  public var writeDown: String
  public var ifItFails: String

  public init(statement: String, title: String, minutes: Int, task: String, writeDown: String, ifItFails: String) {
    self.statement = statement
    self.title = title
    self.minutes = minutes
    self.task = task
    self.writeDown = writeDown
    self.ifItFails = ifItFails
  }
}

/// What can be found of the first hour in a codebase without running any of it.
public struct OrientationReport: Sendable {
  public var name: String
  public var steps: [HourStep]
  public var commands: [RunCommand]
  public var dependencies: [Dependency]
  public var notes: [(text: String, place: Place)]
  public var routes: [Route]
  public var computed: [Place]
  public var descriptions: [APIDescription]
  public var testFiles: [String]
  public var schema: SchemaFinding
  public var sizes: DatabaseSizes?
  public var get: Trace?
  public var post: Trace?
  public var signals: [Signal]
  public var history: History
  /// Files by language, the most frequent first.
  public var languages: [(name: String, files: Int)]
  public var fileCount: Int
  /// What was not looked at or not understood.
  public var remarks: [String]

  /// Reads a tree.
  /// - Parameters:
  ///   - name: what the codebase is called.
  ///   - environment: for the PATH on which git is looked for.
  public init(
    _ tree: CodeTree, name: String, steps: [HourStep], sizes: DatabaseSizes? = nil, environment: [String: String]
  ) {
    self.name = name.forLine
    self.steps = steps
    self.sizes = sizes
    let manifests = Manifests(tree)
    let run = RunFinder(tree, manifests: manifests)
    commands = run.commands
    dependencies = run.dependencies
    notes = run.notes
    let project = Project(tree: tree)
    let found = RouteFinder.find(project)
    let marked = TestFinder.mark(found.routes, in: tree)
    routes = marked.routes
    testFiles = marked.files
    computed = found.computed
    descriptions = APIDescription.all(in: tree)
    schema = SchemaFinder.find(tree)
    (get, post) = TraceFinder.find(routes, in: project)
    signals = ObservabilityFinder.find(tree, project: project, manifests: manifests, routes: routes)
    history = HistoryFinder.find(tree, environment: environment)
    languages = project.fileCounts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }.map {
      ($0.key.rawValue, $0.value)
    }
    fileCount = tree.files.count
    remarks =
      OrientationReport.remarks(tree.omissions, limits: tree.limits, unread: project.unreadCode) + run.remarks
      + descriptions.compactMap { description in description.remark.map { "\(description.file): \($0)" } }
    if routes.count == RouteFinder.most { remarks.append("only the first \(RouteFinder.most) routes are listed") }
    remarks = remarks.map(\.forLine)
  }

  private static func remarks(_ omissions: CodeTree.Omissions, limits: CodeTree.Limits, unread: [String]) -> [String] {
    func named(_ paths: [String], _ one: String, _ many: String) -> [String] {
      guard !paths.isEmpty else { return [] }
      let shown =
        paths.prefix(5).map(\.forLine).joined(separator: ", ") + (paths.count > 5 ? " and \(paths.count - 5) more" : "")
      return ["\(paths.count) \(paths.count == 1 ? one : many): \(shown)"]
    }
    var remarks = named(
      omissions.skippedFolders, "folder of other people's or generated code was skipped",
      "folders of other people's or generated code were skipped")
    remarks += named(omissions.unreadable, "file or folder could not be read", "files or folders could not be read")
    remarks += named(
      omissions.brokenLinks, "symbolic link leads nowhere or in a circle", "symbolic links lead nowhere or in circles")
    remarks += named(
      omissions.linksOutside, "symbolic link leads out of the folder and was not followed",
      "symbolic links lead out of the folder and were not followed")
    remarks += named(
      omissions.special, "pipe, socket or device was passed over", "pipes, sockets or devices were passed over")
    remarks += named(
      omissions.tooLarge, "file is larger than \(limits.fileBytes >> 20) MiB and was not read",
      "files are larger than \(limits.fileBytes >> 20) MiB and were not read")
    remarks += named(
      omissions.tooDeep, "folder is nested more than \(limits.depth) deep and was not entered",
      "folders are nested more than \(limits.depth) deep and were not entered")
    remarks += named(
      unread, "code file was left out, beyond \(limits.codeBytes >> 20) MiB of code",
      "code files were left out, beyond \(limits.codeBytes >> 20) MiB of code")
    if omissions.isCut {
      remarks.append("the tree has more than \(limits.entries) files and folders; the rest was not looked at")
    }
    return remarks
  }

  /// The routes that some test seems to speak of.
  public var tested: [Route] { routes.filter { !$0.tests.isEmpty } }

  /// How many of the operations that descriptions name are among the routes found, by their shape.
  func described(_ description: APIDescription) -> Int {
    let shapes = Set(routes.map { OrientationReport.key($0, parts: nil) })
    let lengths = Set(routes.map { TestFinder.shape($0.path).parts.count })
    return description.operations.count { operation in
      let parts = TestFinder.shape(operation.path).parts
      return shapes.contains(OrientationReport.key(operation, parts: nil))
        || lengths.contains(where: {
          $0 < parts.count && parts.count - $0 <= 2
            && shapes.contains(OrientationReport.key(operation, parts: Array(parts.suffix($0)))) && $0 > 0
        })
    }
  }

  private static func key(_ route: Route, parts: [String?]?) -> String {
    let parts = parts ?? TestFinder.shape(route.path).parts
    return route.method + " " + parts.map { $0 ?? "{}" }.joined(separator: "/")
  }

  /// The kinds of signals that are missing, of those that a service should have.
  var missingSignals: [String] {
    ["metrics", "logs", "alerts"].filter { kind in !signals.contains { $0.kind == kind } }
  }
}

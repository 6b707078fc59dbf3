/// Every reader of routes, one framework family each.
enum RouteFinder {
  struct Finding {
    var routes: [Route] = []
    /// Registrations whose path is computed, so that it cannot be read.
    var computed: [Place] = []
  }

  private static let readers: [@Sendable (Project) -> (routes: [Route], computed: [Place])] = [
    PythonRoutes.read, DjangoRoutes.read, ScriptRoutes.read, NestRoutes.read, GoRoutes.read, RailsRoutes.read,
    SinatraRoutes.read, JVMRoutes.read, DotNetRoutes.read, PHPRoutes.read, RustRoutes.read, SwiftRoutes.read,
    PhoenixRoutes.read,
  ]
  /// A project with more of them is listed for the first ones.
  static let most = 20_000

  static func find(_ project: Project) -> Finding {
    var finding = Finding()
    var seen: Set<String> = []
    for read in readers {
      let found = read(project)
      for route in found.routes {
        var clean = route
        clean.path = cleaned(route.path)
        clean.handler = route.handler.map { String(cleaned($0).prefix(120)) }
        guard clean.path.utf8.count <= 1000, seen.insert("\(clean.method) \(clean.path) \(clean.place.text)").inserted
        else { continue }
        finding.routes.append(clean)
      }
      finding.computed += found.computed
    }
    finding.routes.sort { ($0.path, order($0.method), $0.place) < ($1.path, order($1.method), $1.place) }
    finding.routes = Array(finding.routes.prefix(most))
    finding.computed = Array(Set(finding.computed)).sorted()
    return finding
  }

  private static func order(_ method: String) -> Int {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ANY"].firstIndex(of: method) ?? 9
  }

  /// Without line ends and control characters, for a line of a table.
  private static func cleaned(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
    var clean = ""
    clean.unicodeScalars.append(contentsOf: text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
    return clean
  }
}

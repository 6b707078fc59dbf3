/// NestJS controllers, and the route files of Next.js.
enum NestRoutes {
  private static let verbs: [String: String] = [
    "Get": "GET", "Post": "POST", "Put": "PUT", "Delete": "DELETE", "Patch": "PATCH", "Head": "HEAD",
    "Options": "OPTIONS",
    "All": "ANY", "Sse": "GET",
  ]

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var graph = RouteGraph(.slashed)
    let sources = project.sources(.typescript, .javascript).sorted { $0.path < $1.path }
    var root = graph.node()
    var usesVersions = false
    for source in sources {
      for index in source.tokens.indices where source.isWord(index, "setGlobalPrefix") && source.isMark(index + 1, "(")
      {
        if let first = source.arguments(index + 1).first, let prefix = project.value(first, in: source) {
          root = graph.node(prefix: prefix)
        }
      }
      if source.tokens.contains(where: { $0.isWord("enableVersioning") }) { usesVersions = true }
    }
    for source in sources where source.tokens.contains(where: { $0.isWord("Controller") }) {
      for type in AnnotatedType.all(in: source) {
        guard let annotation = type.annotation("Controller") else { continue }
        var prefixes: [Project.Reading] = [.init(text: "", isWhole: true)]
        var version: String?
        if let first = annotation.arguments.first {
          if source.isMark(first.lowerBound, "{") {
            let members = source.members(first)
            if let path = source.argument("path", in: members) { prefixes = project.texts(path, in: source) }
            version = source.argument("version", in: members).flatMap { project.value($0, in: source)?.text }
          } else {
            prefixes = project.texts(first, in: source)
            if prefixes.isEmpty { prefixes = [.init(text: "{\(source.text(first))}", isWhole: false)] }
          }
        }
        for prefix in prefixes {
          var text = prefix.text
          if usesVersions, let version { text = "/v\(version)/" + text }
          let node = graph.node(prefix: .init(text: text, isWhole: prefix.isWhole))
          graph.mount(node, on: root)
          for member in type.members {
            for mark in member.annotations {
              guard let verb = verbs[mark.name] else { continue }
              let paths = mark.arguments.first.map { project.texts($0, in: source) } ?? [.init(text: "", isWhole: true)]
              for path in paths {
                graph.add(
                  verb, path, on: node, at: Place(file: source.path, line: source.line(mark.index)),
                  handler: "\(type.name).\(member.name)", framework: "NestJS")
              }
            }
          }
        }
      }
    }
    return (graph.routes() + next(project), graph.computed)
  }

  /// app/api/users/[id]/route.ts exports GET, POST …; pages/api/users.ts answers any method.
  private static func next(_ project: Project) -> [Route] {
    let isNext = project.tree.files.contains { $0.name.hasPrefix("next.config.") }
    guard isNext else { return [] }
    var routes: [Route] = []
    for source in project.sources(.typescript, .javascript).sorted(by: { $0.path < $1.path }) {
      var parts = source.path.split(separator: "/").map(String.init)
      let name = parts.removeLast()
      let stem = String(name.prefix { $0 != "." })
      func path(_ parts: some Sequence<String>) -> String {
        "/" + parts.filter { !($0.hasPrefix("(") && $0.hasSuffix(")")) && !$0.hasPrefix("@") }.joined(separator: "/")
      }
      if stem == "route", let app = parts.firstIndex(of: "app") {
        for index in source.tokens.indices where source.isWord(index, "export") {
          for at in index + 1..<min(index + 4, source.tokens.count) {
            guard let word = source.word(at),
              ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"].contains(word)
            else { continue }
            routes.append(
              Route(
                method: word, path: path(parts[(app + 1)...]), place: Place(file: source.path, line: source.line(at)),
                handler: word, framework: "Next.js"))
          }
        }
      } else if let pages = parts.firstIndex(of: "pages"), parts.count > pages + 1, parts[pages + 1] == "api" {
        let tail = parts[(pages + 1)...] + (stem == "index" ? [] : [stem])
        routes.append(
          Route(
            method: "ANY", path: path(tail), place: Place(file: source.path, line: 1), handler: nil,
            framework: "Next.js"))
      }
    }
    return routes
  }
}

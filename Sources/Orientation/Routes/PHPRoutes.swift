/// Laravel and Lumen, Slim and FastRoute, Symfony's attributes.
struct PHPRoutes {
  private let project: Project
  private var graph = RouteGraph(.slashed)
  private var bindings: [String: Bindings] = [:]
  private var closures: [String: [Int: Int]] = [:]
  /// Routers and prefixes of Laravel's groups: the blocks that they span.
  private var groups: [String: [(range: Range<Int>, prefix: String, isWhole: Bool, controller: String?)]] = [:]
  private var routes: [Route] = []

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = PHPRoutes(project: project)
    for source in project.sources(.php) {
      reader.bindings[source.path] = Bindings()
      reader.variables(source)
      reader.laravel(source)
      reader.symfony(source)
    }
    return (reader.graph.routes() + reader.routes, reader.graph.computed)
  }

  private init(project: Project) { self.project = project }

  private static let verbs: [String: String] = [
    "get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "patch": "PATCH", "head": "HEAD",
    "options": "OPTIONS",
    "any": "ANY",
  ]

  // MARK: $app->get, $routes->addRoute

  private static func looksLikeRouter(_ words: [String]) -> Bool {
    guard let last = words.last?.lowercased().drop(while: { $0 == "$" }) else { return false }
    return [
      "app", "router", "group", "routes", "route", "r", "collector", "routecollector", "routecollectorproxy", "proxy",
      "api",
    ].contains(String(last)) || last.hasSuffix("router") || last.hasSuffix("routes") || last.hasSuffix("group")
  }

  private mutating func variables(_ source: Source) {
    // A closure's parameter is the router of its group.
    for index in source.tokens.indices where source.isWord(index, "function") || source.isWord(index, "fn") {
      guard source.isMark(index + 1, "("), let close = source.close(index + 1) else { continue }
      var body = close + 1
      while body < source.tokens.count, body - close < 24, !source.isMark(body, "{"), !source.isMark(body, ";"),
        !source.isMark(body, ")")
      {
        if source.isMark(body, "("), let end = source.close(body) { body = end }
        body += 1
      }
      guard source.isMark(body, "{"),
        let local = source.arguments(index + 1).first?.compactMap({ source.word($0) }).last, local.hasPrefix("$")
      else { continue }
      let node = graph.node()
      bindings[source.path]?.bind(local, to: node, at: index, block: body)
      closures[source.path, default: [:]][index] = node
    }
    for index in source.tokens.indices where source.isMark(index, "(") {
      guard let name = source.word(index - 1),
        PHPRoutes.verbs[name] != nil
          || ["map", "group", "addRoute", "addGroup", "match", "redirect", "view", "resource", "apiResource"].contains(
            name)
      else { continue }
      let (words, start) = source.chain(endingAt: index - 1)
      guard words.count > 1, words[0].hasPrefix("$"), source.isMark(index - 2, "->") else { continue }
      let base = Array(words.dropLast())
      let arguments = source.arguments(index)
      let place = Place(file: source.path, line: source.line(start))
      let known = bindings[source.path]?.node(base.joined(separator: "->"), at: start, in: source)
      guard known != nil || PHPRoutes.looksLikeRouter(base), arguments.count >= 2 else { continue }
      func node() -> Int {
        if let known { return known }
        let node = graph.node()
        bindings[source.path]?.bind(base.joined(separator: "->"), to: node, at: start, block: -1)
        return node
      }
      switch name {
      case "group", "addGroup":
        guard let closure = closure(arguments, in: source) else { continue }
        var prefix = project.value(arguments[0], in: source)
        if source.isMark(arguments[0].lowerBound, "["),
          let given = source.argument("prefix", in: source.arguments(arguments[0].lowerBound))
        {
          prefix = project.value(given, in: source)
        }
        graph.mount(closure, on: node(), prefix: prefix)
      case "map", "addRoute", "match":
        guard arguments.count >= 3 else { continue }
        let verbs = arguments[0].compactMap {
          source.tokens[$0].kind == .string ? source.tokens[$0].text.uppercased() : nil
        }
        for verb in verbs.isEmpty ? ["ANY"] : verbs {
          graph.add(
            verb, project.value(arguments[1], in: source), on: node(), at: place,
            handler: source.handlerName(arguments[2]), framework: framework(source))
        }
      default:
        guard let verb = PHPRoutes.verbs[name] else { continue }
        let path = project.value(arguments[0], in: source)
        if let path {
          guard
            path.text.isEmpty || path.text.hasPrefix("/") || path.text.hasPrefix("[") || path.text.hasPrefix("{")
              || known != nil
              || project.value(arguments[0], in: source)?.isWhole ?? false && base.last?.hasSuffix("router") ?? false
          else { continue }
        }
        // $request->get('x', default) is none: its name is no router's, and closures' parameters are looked at twice.
        if known != nil, let local = base.last,
          [
            "$request", "$response", "$req", "$res", "$query", "$container", "$c", "$args", "$config", "$client",
            "$cache", "$this", "$builder", "$collection",
          ].contains(local)
        {
          continue
        }
        if path == nil { continue }
        graph.add(
          verb, path, on: node(), at: place, handler: arguments.last.flatMap { source.handlerName($0) },
          framework: framework(source))
      }
    }
  }

  private func closure(_ arguments: [Range<Int>], in source: Source) -> Int? {
    for argument in arguments {
      for index in argument.prefix(4) {
        if let node = closures[source.path]?[index] { return node }
        // A group without a parameter of its own: function () use ($app)
        if source.isWord(index, "function") { return nil }
      }
    }
    return nil
  }

  private func framework(_ source: Source) -> String {
    for token in source.tokens where token.kind == .word {
      if token.text == "FastRoute" { return "FastRoute" }
      if token.text == "Slim" { return "Slim" }
      if token.text == "Illuminate" || token.text == "Lumen" { return "Lumen" }
    }
    return "Slim"
  }

  // MARK: Laravel

  private mutating func laravel(_ source: Source) {
    guard source.tokens.contains(where: { $0.isWord("Route") }) else { return }
    // routes/api.php is served below /api.
    let base = source.path == "routes/api.php" || source.path.hasSuffix("/routes/api.php") ? "api" : ""
    var index = 0
    var chains: [(calls: [(name: String, word: Int, open: Int)], start: Int)] = []
    while index < source.tokens.count {
      if source.isWord(index, "Route"), source.isMark(index + 1, "::") {
        chains.append((source.calls(from: index + 1), index))
      }
      index += 1
    }
    // Groups first, for what stands in them.
    for chain in chains {
      guard let group = chain.calls.first(where: { $0.name == "group" }) else { continue }
      var prefix = ""
      var isWhole = true
      var controller: String?
      for call in chain.calls {
        let arguments = source.arguments(call.open)
        guard let first = arguments.first else { continue }
        switch call.name {
        case "prefix":
          let reading = project.value(first, in: source)
          prefix = RouteGraph.join(prefix, reading?.text ?? "{…}", .slashed)
          isWhole = isWhole && reading?.isWhole ?? false
        case "controller": controller = source.chain(from: first.lowerBound).words.first
        case "group" where source.isMark(first.lowerBound, "["):
          if let given = source.argument("prefix", in: source.arguments(first.lowerBound)) {
            prefix = RouteGraph.join(prefix, project.value(given, in: source)?.text ?? "{…}", .slashed)
          }
        default: break
        }
      }
      guard let close = source.close(group.open), groups[source.path]?.count ?? 0 < 1000 else { continue }
      groups[source.path, default: []].append((group.open..<close, prefix, isWhole, controller))
    }
    for chain in chains where !chain.calls.contains(where: { $0.name == "group" }) {
      laravelRoute(chain.calls, at: chain.start, base: base, in: source)
    }
  }

  private mutating func laravelRoute(
    _ calls: [(name: String, word: Int, open: Int)], at start: Int, base: String, in source: Source
  ) {
    var prefix = base
    var isWhole = true
    var controller: String?
    for group in groups[source.path] ?? [] where group.range.contains(start) {
      prefix = RouteGraph.join(prefix, group.prefix, .slashed)
      isWhole = isWhole && group.isWhole
      controller = group.controller ?? controller
    }
    for call in calls where call.name == "prefix" {
      if let first = source.arguments(call.open).first, let text = project.value(first, in: source) {
        prefix = RouteGraph.join(prefix, text.text, .slashed)
      }
    }
    let name = calls.first { $0.name == "name" }.flatMap { source.arguments($0.open).first }.flatMap {
      project.value($0, in: source)?.text
    }
    for call in calls {
      let arguments = source.arguments(call.open)
      let place = Place(file: source.path, line: source.line(call.word))
      func add(_ verb: String, _ path: Project.Reading?, _ handler: String?) {
        guard let path else { return graph.addComputed(place) }
        let full = RouteGraph.join(prefix, path.text, .slashed)
        routes.append(
          Route(
            method: verb, path: full.hasPrefix("/") ? full : "/" + full, place: place, handler: handler,
            framework: "Laravel",
            isWhole: isWhole && path.isWhole, name: name))
      }
      switch call.name {
      case "get", "post", "put", "patch", "delete", "options", "any":
        guard arguments.count >= 1, let verb = PHPRoutes.verbs[call.name] else { continue }
        var handler = arguments.count > 1 ? source.handlerName(arguments[1]) : nil
        if let controller, let own = handler, !own.contains("@") { handler = controller + "@" + own }
        add(verb, project.value(arguments[0], in: source), handler)
      case "view", "redirect", "permanentRedirect":
        guard arguments.count >= 2 else { continue }
        add(call.name == "view" ? "GET" : "ANY", project.value(arguments[0], in: source), nil)
      case "match":
        guard arguments.count >= 2 else { continue }
        for at in arguments[0] where source.tokens[at].kind == .string {
          add(
            source.tokens[at].text.uppercased(), project.value(arguments[1], in: source),
            arguments.count > 2 ? source.handlerName(arguments[2]) : nil)
        }
      case "resource", "apiResource", "resources", "apiResources", "singleton":
        var pairs: [(Range<Int>, Range<Int>)] = []
        if let first = arguments.first, source.isMark(first.lowerBound, "[") {
          for item in source.arguments(first.lowerBound) {
            if let arrow = item.first(where: { source.isMark($0, "=>") }) {
              pairs.append((item.lowerBound..<arrow, arrow + 1..<item.upperBound))
            }
          }
        } else if arguments.count >= 2 {
          pairs = [(arguments[0], arguments[1])]
        }
        for (given, target) in pairs {
          guard let text = project.value(given, in: source) else { continue }
          resource(
            text, isAPI: call.name.hasPrefix("api"), calls, arguments, source.handlerName(target), in: source, add)
        }
      default: continue
      }
    }
  }

  private func resource(
    _ name: Project.Reading, isAPI: Bool, _ calls: [(name: String, word: Int, open: Int)], _ arguments: [Range<Int>],
    _ handler: String?,
    in source: Source, _ add: (String, Project.Reading?, String?) -> Void
  ) {
    func words(_ range: Range<Int>) -> [String] {
      range.compactMap { source.tokens[$0].kind == .string ? source.tokens[$0].text : nil }
    }
    var actions = ["index", "create", "store", "show", "edit", "update", "destroy"]
    if isAPI { actions.removeAll { $0 == "create" || $0 == "edit" } }
    for call in calls {
      guard let first = source.arguments(call.open).first else { continue }
      let listed = Set(source.arguments(call.open).flatMap { words($0) })
      if call.name == "only", !first.isEmpty { actions.removeAll { !listed.contains($0) } }
      if call.name == "except" { actions.removeAll { listed.contains($0) } }
    }
    if arguments.count > 2, source.isMark(arguments[2].lowerBound, "[") {
      let options = source.arguments(arguments[2].lowerBound)
      if let only = source.argument("only", in: options) {
        let kept = words(only); actions.removeAll { !kept.contains($0) }
      }
      if let except = source.argument("except", in: options) {
        let gone = words(except); actions.removeAll { gone.contains($0) }
      }
    }
    // photos.comments is nested: photos/{photo}/comments/{comment}
    var path = ""
    let parts = name.text.split(separator: ".").map(String.init)
    func parameter(_ part: String) -> String {
      "{" + RailsRoutes.singular(part.split(separator: "/").last.map(String.init) ?? part).replacing("-", with: "_")
        + "}"
    }
    for part in parts.dropLast() { path += "/\(part)/\(parameter(part))" }
    let last = parts.last ?? name.text
    let collection = path + "/" + last
    let member = collection + "/" + parameter(last)
    for action in actions {
      let own = handler.map { $0 + "@" + action }
      func reading(_ text: String) -> Project.Reading { .init(text: text, isWhole: name.isWhole) }
      switch action {
      case "index": add("GET", reading(collection), own)
      case "create": add("GET", reading(collection + "/create"), own)
      case "store": add("POST", reading(collection), own)
      case "show": add("GET", reading(member), own)
      case "edit": add("GET", reading(member + "/edit"), own)
      case "update":
        add("PUT", reading(member), own)
        add("PATCH", reading(member), own)
      default: add("DELETE", reading(member), own)
      }
    }
  }

  // MARK: Symfony

  private mutating func symfony(_ source: Source) {
    guard source.tokens.contains(where: { $0.isMark("#[") }) else { return }
    for type in AnnotatedType.all(in: source) {
      var prefix = ""
      if let annotation = type.annotation("Route"), !type.members.isEmpty {
        prefix = project.paths(of: annotation, names: ["path"], in: source)?.first?.text ?? ""
      }
      for member in type.members {
        for annotation in member.annotations
        where annotation.name == "Route"
          || PHPRoutes.verbs[annotation.name.lowercased()] != nil && annotation.name.first?.isUppercase ?? false
        {
          let place = Place(file: source.path, line: source.line(annotation.index))
          var methods =
            source.argument("methods", in: annotation.arguments).map { range in
              range.compactMap {
                source.tokens[$0].kind == .string
                  ? source.tokens[$0].text.uppercased()
                  : source.word($0).flatMap { $0.hasPrefix("METHOD_") ? String($0.dropFirst(7)) : nil }
              }
            } ?? []
          if annotation.name != "Route" { methods = [annotation.name.uppercased()] }
          let name = source.argument("name", in: annotation.arguments).flatMap { project.value($0, in: source)?.text }
          guard let paths = project.paths(of: annotation, names: ["path"], in: source) else { continue }
          for path in paths {
            for method in methods.isEmpty ? ["ANY"] : methods {
              let text = RouteGraph.join(prefix, path.text, .keepingEnd)
              routes.append(
                Route(
                  method: method, path: text.hasPrefix("/") ? text : "/" + text, place: place,
                  handler: "\(type.name)::\(member.name)",
                  framework: "Symfony", isWhole: path.isWhole, name: name))
            }
          }
        }
      }
      // An invokable controller has its route on the class.
      if let annotation = type.annotation("Route"),
        type.members.allSatisfy({ !$0.annotations.contains { $0.name == "Route" } }),
        let paths = project.paths(of: annotation, names: ["path"], in: source)
      {
        let methods =
          source.argument("methods", in: annotation.arguments).map { range in
            range.compactMap { source.tokens[$0].kind == .string ? source.tokens[$0].text.uppercased() : nil }
          } ?? ["ANY"]
        for path in paths {
          for method in methods {
            routes.append(
              Route(
                method: method, path: path.text, place: Place(file: source.path, line: source.line(annotation.index)),
                handler: type.name, framework: "Symfony", isWhole: path.isWhole))
          }
        }
      }
    }
  }
}

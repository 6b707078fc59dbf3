/// Flask and its like, FastAPI, Starlette, aiohttp, Tornado.
struct PythonRoutes {
  private let project: Project
  private var graph = RouteGraph(.plain)
  private var modules: [String: PythonModule] = [:]
  /// Routers by file and name as written: `app`, `self.router`.
  private var routers: [String: Bindings] = [:]
  private var frameworks: [Int: String] = [:]

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = PythonRoutes(project: project)
    for source in project.sources(.python) { reader.modules[source.path] = PythonModule(source) }
    for source in project.sources(.python) { reader.declare(source) }
    for source in project.sources(.python) { reader.read(source) }
    return (reader.graph.routes(), reader.graph.computed)
  }

  private init(project: Project) { self.project = project }

  private static let constructors: [String: String] = [
    "Flask": "Flask", "Blueprint": "Flask", "APIBlueprint": "Flask", "OpenAPI": "Flask", "APIFlask": "Flask",
    "Quart": "Quart",
    "FastAPI": "FastAPI", "APIRouter": "FastAPI", "Starlette": "Starlette", "Router": "Starlette", "Sanic": "Sanic",
    "Bottle": "Bottle", "Application": "aiohttp", "RouteTableDef": "aiohttp", "Api": "Flask-RESTful",
    "Namespace": "Flask-RESTX", "NinjaAPI": "Django Ninja", "Litestar": "Litestar", "LocalProxy": "",
  ]
  private static let prefixNames = ["url_prefix", "prefix", "root_path", "path"]
  private static let verbs: [String: String] = [
    "get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "patch": "PATCH", "head": "HEAD",
    "options": "OPTIONS", "trace": "TRACE", "websocket": "WS", "websocket_route": "WS",
  ]

  // MARK: Routers

  /// `name = Blueprint(…)`, wherever it stands.
  private mutating func declare(_ source: Source) {
    var bindings = Bindings()
    for index in source.tokens.indices.dropLast(2) where source.tokens[index].isMark("=") {
      guard index > 0, source.tokens[index - 1].kind == .word else { continue }
      var start = index - 1
      // app: FastAPI = FastAPI()
      if start > 1, let word = source.word(start), PythonRoutes.constructors[word] != nil, source.isMark(start - 1, ":")
      {
        start -= 2
      }
      guard source.token(start)?.kind == .word else { continue }
      let name = source.chain(endingAt: start).words.joined(separator: ".")
      let (words, end) = source.chain(from: index + 1)
      guard let last = words.last, source.isMark(end, "("), let framework = kind(last, words, source) else { continue }
      let arguments = source.arguments(end)
      var prefix: Project.Reading?
      for key in PythonRoutes.prefixNames {
        if let value = source.argument(key, in: arguments) {
          prefix = project.value(value, in: source) ?? .init(text: "{\(source.text(value))}", isWhole: false)
          break
        }
      }
      if last == "Namespace", prefix == nil, let first = arguments.first, let text = project.value(first, in: source) {
        prefix = .init(text: "/" + text.text, isWhole: text.isWhole)
      }
      if framework == "FastAPI", last == "FastAPI" { prefix = nil }
      if let known = prefix, !known.text.isEmpty, known.isWhole, !known.text.hasPrefix("/") {
        prefix = .init(text: "/" + known.text, isWhole: true)
      }
      let node = graph.node(prefix: prefix, isReplaceable: last == "Blueprint" || last == "Namespace")
      frameworks[node] = framework
      bindings.bind(name, to: node, at: index, block: -1)
    }
    routers[source.path] = bindings
  }

  private func kind(_ last: String, _ words: [String], _ source: Source) -> String? {
    if let framework = PythonRoutes.constructors[last] {
      if last == "Application" { return words.contains("web") ? "aiohttp" : nil }
      if last == "Router", !(modules[source.path]?.mentions("starlette") ?? false) { return nil }
      if last == "Api", modules[source.path]?.mentions("restx") ?? false { return "Flask-RESTX" }
      return framework.isEmpty ? nil : framework
    }
    // A class of theirs that extends one: class MyAPIRouter(APIRouter)
    guard
      last.hasSuffix("Blueprint") || last.hasSuffix("APIRouter") || last.hasSuffix("Router") && last != "DefaultRouter"
    else { return nil }
    if last.hasSuffix("Blueprint") { return "Flask" }
    return last.hasSuffix("APIRouter") ? "FastAPI" : nil
  }

  /// The router that an expression names.
  private func router(_ range: Range<Int>, in source: Source) -> Int? {
    guard source.token(range.lowerBound)?.kind == .word else { return nil }
    var (words, end) = source.chain(from: range.lowerBound)
    // web.register(Blueprint(…)) and calls are not followed.
    guard end >= range.upperBound else { return nil }
    if words.last == "router", words.count > 1, router(words, at: range.lowerBound, in: source) == nil {
      words.removeLast()
    }
    return router(words, at: range.lowerBound, in: source)
  }

  private func router(_ words: [String], at index: Int, in source: Source) -> Int? {
    if let node = routers[source.path]?.node(words.joined(separator: "."), at: index, in: source) { return node }
    guard let module = modules[source.path], let first = words.first else { return nil }
    var rest = Array(words.dropFirst())
    // from .users import router as users_router
    if let imported = module.names[first] {
      if let file = self.file(imported.module + "." + imported.name, from: source, level: imported.level) {
        return find(rest, in: file, hops: 0)
      }
      if let file = self.file(imported.module, from: source, level: imported.level) {
        return find([imported.name] + rest, in: file, hops: 0)
      }
    }
    // import app.users
    var dotted = first
    while !rest.isEmpty {
      if module.imports.contains(dotted), let file = self.file(dotted, from: source, level: 0),
        let node = find(rest, in: file, hops: 0)
      {
        return node
      }
      dotted += "." + rest.removeFirst()
    }
    return nil
  }

  /// A name in a file, or what that file imports under it.
  private func find(_ words: [String], in source: Source, hops: Int) -> Int? {
    guard let first = words.first, hops < 6 else {
      // The module itself was passed: its only router.
      let all = routers[source.path]?.atTop ?? []
      return all.count == 1 ? all[0].node : nil
    }
    if let node = routers[source.path]?.any(words.joined(separator: ".")) { return node }
    guard let imported = modules[source.path]?.names[first] else { return nil }
    let rest = Array(words.dropFirst())
    if let file = file(imported.module + "." + imported.name, from: source, level: imported.level),
      file.path != source.path
    {
      return find(rest, in: file, hops: hops + 1)
    }
    if let file = file(imported.module, from: source, level: imported.level), file.path != source.path {
      return find([imported.name] + rest, in: file, hops: hops + 1)
    }
    return nil
  }

  private func file(_ dotted: String, from source: Source, level: Int) -> Source? {
    PythonModule.file(dotted, from: source.path, level: level, in: project)
  }

  /// The router that a decorator or call hangs on; made where it is a parameter or unknown.
  private mutating func receiver(_ words: [String], at index: Int, in source: Source) -> Int {
    var words = words
    if words.last == "router", words.count > 1, router(words, at: index, in: source) == nil { words.removeLast() }
    if let node = router(words, at: index, in: source) { return node }
    let node = graph.node()
    routers[source.path]?.bind(words.joined(separator: "."), to: node, at: index, block: -1)
    return node
  }

  // MARK: Routes

  private mutating func read(_ source: Source) {
    guard let module = modules[source.path] else { return }
    let isTornado = module.mentions("tornado") || module.imports.contains("tornado")
    for index in source.tokens.indices {
      let token = source.tokens[index]
      if token.isMark("@"), token.startsLine {
        decorator(index, in: source)
      } else if token.kind == .mark, token.text == "(", index > 0 {
        if source.tokens[index - 1].kind == .word {
          call(index, in: source, isTornado: isTornado, module: module)
        } else if source.tokens[index - 1].kind == .mark, [",", "[", "("].contains(source.tokens[index - 1].text) {
          tornado(index, in: source, mentions: isTornado, isCall: false)
        }
      }
    }
  }

  /// What the decorated function or class is called, and the methods that a class answers.
  private func decorated(_ index: Int, in source: Source) -> (name: String, verbs: [String])? {
    var at = index
    while at < source.tokens.count, at - index < 4096 {
      if source.isWord(at, "def"), let name = source.word(at + 1) { return (name, []) }
      if source.isWord(at, "class"), let name = source.word(at + 1) {
        return (name, modules[source.path]?.classes[name]?.verbs ?? [])
      }
      if let end = source.close(at) { at = end }
      at += 1
    }
    return nil
  }

  private mutating func decorator(_ index: Int, in source: Source) {
    let (words, open) = source.chain(from: index + 1)
    guard words.count >= 2, let last = words.last, source.isMark(open, "("), let close = source.close(open) else {
      return
    }
    let isVerb = PythonRoutes.verbs[last] != nil
    guard isVerb || last == "route" || last == "api_route" || last == "view" else { return }
    let arguments = source.arguments(open)
    let base = Array(words.dropLast())
    let known = router(base, at: index, in: source)
    let first =
      arguments.first { source.named($0) == nil } ?? source.argument("path", in: arguments)
      ?? source.argument("rule", in: arguments) ?? source.argument("uri", in: arguments)
    // @property.get and the like have no path; @responses.get("https://…") is no route.
    let path = first.flatMap { project.value($0, in: source) }
    if known == nil {
      guard let path, path.text.isEmpty || path.text.hasPrefix("/") || path.text.hasPrefix("{") || last == "route"
      else { return }
      guard !["requests", "responses", "respx", "httpx", "mock", "client", "pytest"].contains(base[0]) else { return }
    }
    let node = known ?? receiver(base, at: index, in: source)
    let framework = frameworks[node] ?? modules[source.path]?.framework ?? "Flask"
    let subject = decorated(close + 1, in: source)
    var methods: [String] = []
    if let verb = PythonRoutes.verbs[last] {
      methods = [verb]
    } else {
      if let list = source.argument("methods", in: arguments) ?? source.argument("method", in: arguments) {
        methods = texts(list, in: source)
      } else if last == "view", framework == "aiohttp" {
        methods = subject?.verbs ?? []
      } else if let verbs = subject?.verbs, !verbs.isEmpty {
        methods = verbs
      }
      if methods.isEmpty { methods = ["GET"] }
    }
    let place = Place(file: source.path, line: source.line(index))
    let name =
      source.argument("name", in: arguments).flatMap { project.value($0, in: source)?.text }
      ?? source.argument("endpoint", in: arguments).flatMap { project.value($0, in: source)?.text }
    // aiohttp's routes.route("GET", "/p"); Flask-RESTX's @ns.route("/a", "/b")
    var paths = [path]
    if framework == "aiohttp", last == "route", arguments.count > 1, let verb = path?.text {
      methods = [verb == "*" ? "ANY" : verb.uppercased()]
      paths = [project.value(arguments[1], in: source)]
    } else if framework == "Flask-RESTX" {
      paths = arguments.filter { source.named($0) == nil }.map { project.value($0, in: source) }
    } else if framework == "Bottle", let list = first, source.isMark(list.lowerBound, "[") {
      paths = source.arguments(list.lowerBound).map { project.value($0, in: source) }
    }
    if first == nil { paths = [known == nil ? nil : .init(text: "", isWhole: true)] }
    for path in paths {
      for method in methods {
        graph.add(method, path, on: node, at: place, handler: subject?.name, framework: framework, name: name)
      }
    }
  }

  /// The texts of a list, a tuple or a single string, in upper case.
  private func texts(_ range: Range<Int>, in source: Source) -> [String] {
    guard let first = source.token(range.lowerBound) else { return [] }
    if first.kind == .string { return [first.text.uppercased()] }
    if first.kind == .mark {
      return source.arguments(range.lowerBound).compactMap { source.token($0.lowerBound) }.filter { $0.kind == .string }
        .map { $0.text.uppercased() }
    }
    if first.kind == .word, let values = source.definitions[first.text], let value = values.first,
      source.token(value.lowerBound)?.kind == .mark
    {
      return texts(value, in: source)
    }
    return []
  }

  private func positional(_ arguments: [Range<Int>], _ number: Int, _ source: Source) -> Range<Int>? {
    let plain = arguments.filter { source.named($0) == nil }
    return number < plain.count ? plain[number] : nil
  }

  private mutating func call(_ open: Int, in source: Source, isTornado: Bool, module: PythonModule) {
    let (words, start) = source.chain(endingAt: open - 1)
    guard let last = words.last else { return }
    let base = Array(words.dropLast())
    let place = Place(file: source.path, line: source.line(start))
    switch last {
    case "include_router", "register_blueprint", "blueprint", "add_namespace", "register_api":
      let arguments = source.arguments(open)
      guard !base.isEmpty, let what = positional(arguments, 0, source) ?? source.argument("router", in: arguments)
      else { return }
      guard let child = router(what, in: source) else { return }
      var prefix: Project.Reading?
      for key in PythonRoutes.prefixNames {
        if let value = source.argument(key, in: arguments) {
          prefix = project.value(value, in: source) ?? .init(text: "{\(source.text(value))}", isWhole: false)
          break
        }
      }
      if last == "add_namespace", prefix == nil, let second = positional(arguments, 1, source) {
        prefix = project.value(second, in: source)
      }
      graph.mount(child, on: receiver(base, at: start, in: source), prefix: prefix)
    case "add_subapp", "mount":
      let arguments = source.arguments(open)
      guard !base.isEmpty, arguments.count >= 2, let prefix = project.value(arguments[0], in: source),
        let child = router(source.named(arguments[1])?.value ?? arguments[1], in: source)
      else { return }
      graph.mount(child, on: receiver(base, at: start, in: source), prefix: prefix)
    case "Mount":
      mount(open, in: source)
    case "Api":
      // restful = Api(blueprint, prefix="/v1")
      let arguments = source.arguments(open)
      guard start > 1, source.isMark(start - 1, "="), source.token(start - 2)?.kind == .word,
        let parent = positional(arguments, 0, source).flatMap({ router($0, in: source) }),
        let child = routers[source.path]?.node(
          source.chain(endingAt: start - 2).words.joined(separator: "."), at: start, in: source)
      else { return }
      graph.mount(child, on: parent)
    case "init_app":
      guard let parent = positional(source.arguments(open), 0, source).flatMap({ router($0, in: source) }),
        let child = router(base, at: start, in: source), frameworks[child]?.hasPrefix("Flask-REST") ?? false
      else { return }
      graph.mount(child, on: parent)
    case "add_url_rule", "add_api_route", "add_api_websocket_route", "add_websocket_route", "add_route", "add_resource",
      "add_view":
      registration(last, base, open: open, start: start, in: source, place: place)
    case "add_get", "add_post", "add_put", "add_patch", "add_delete", "add_head", "add_options":
      guard !base.isEmpty, let path = positional(source.arguments(open), 0, source) else { return }
      let node = receiver(base, at: start, in: source)
      graph.add(
        last.dropFirst(4).uppercased(), project.value(path, in: source), on: node, at: place,
        handler: positional(source.arguments(open), 1, source).flatMap { source.handlerName($0) }, framework: "aiohttp")
    case "get", "post", "put", "patch", "delete", "head", "options", "view", "route":
      guard base == ["web"], module.mentions("aiohttp") else { return }
      let arguments = source.arguments(open)
      let shift = last == "route" ? 1 : 0
      guard arguments.count > 1 + shift else { return }
      let verb =
        last == "view"
        ? "ANY"
        : last == "route" ? project.value(arguments[0], in: source)?.text.uppercased() ?? "ANY" : last.uppercased()
      graph.add(
        verb == "*" ? "ANY" : verb, project.value(arguments[shift], in: source),
        on: receiver([":web"], at: start, in: source), at: place,
        handler: source.handlerName(arguments[shift + 1]), framework: "aiohttp")
    case "Route", "WebSocketRoute", "APIRoute":
      guard module.mentions("starlette") || module.mentions("fastapi"), base.count < 2 else { return }
      route(last, open: open, in: source, place: place)
    case "url", "URLSpec":
      tornado(open, in: source, mentions: isTornado, isCall: true)
    default: break
    }
  }

  private mutating func registration(
    _ name: String, _ base: [String], open: Int, start: Int, in source: Source, place: Place
  ) {
    guard !base.isEmpty else { return }
    let arguments = source.arguments(open)
    let node = receiver(base, at: start, in: source)
    if name == "add_resource" {
      // api.add_resource(Class, "/a", "/b")
      guard let resource = positional(arguments, 0, source) else { return }
      let handler = source.handlerName(resource)
      let verbs = handler.map { self.verbs(ofClass: $0, in: source) } ?? []
      for path in arguments.dropFirst() where source.named(path) == nil {
        for verb in verbs.isEmpty ? ["ANY"] : verbs {
          graph.add(
            verb, project.value(path, in: source), on: node, at: place, handler: handler,
            framework: frameworks[node] ?? "Flask-RESTful")
        }
      }
      return
    }
    var path =
      positional(arguments, 0, source) ?? source.argument("rule", in: arguments)
      ?? source.argument("path", in: arguments)
    var handler =
      (source.argument("view_func", in: arguments) ?? source.argument("endpoint", in: arguments).flatMap {
        name == "add_url_rule" ? nil : $0
      }
      ?? positional(arguments, name == "add_url_rule" ? 2 : 1, source)).flatMap { source.handlerName($0) }
    var methods = source.argument("methods", in: arguments).map { texts($0, in: source) } ?? []
    if name == "add_route", let first = path, let verb = source.token(first.lowerBound), verb.kind == .string,
      !verb.text.hasPrefix("/"), arguments.count > 1, !(frameworks[node] == "Starlette")
    {
      // aiohttp: add_route("GET", "/p", handler)
      methods = [verb.text == "*" ? "ANY" : verb.text.uppercased()]
      path = positional(arguments, 1, source)
      handler = positional(arguments, 2, source).flatMap { source.handlerName($0) }
    }
    if name.contains("websocket") { methods = ["WS"] }
    if methods.isEmpty, let handler, name == "add_url_rule" || name == "add_view" || name == "add_route" {
      methods = verbs(ofClass: handler, in: source)
    }
    if methods.isEmpty { methods = [name == "add_view" || name == "add_route" ? "ANY" : "GET"] }
    guard let path else { return graph.addComputed(place) }
    for method in methods {
      graph.add(
        method, project.value(path, in: source), on: node, at: place, handler: handler,
        framework: frameworks[node] ?? modules[source.path]?.framework ?? "Flask")
    }
  }

  /// Starlette's Route("/p", endpoint, methods=[…]) in a list; nested in Mount it has that prefix.
  private mutating func route(_ name: String, open: Int, in source: Source, place: Place) {
    let arguments = source.arguments(open)
    guard let path = positional(arguments, 0, source) ?? source.argument("path", in: arguments) else { return }
    let handler = (positional(arguments, 1, source) ?? source.argument("endpoint", in: arguments)).flatMap {
      source.handlerName($0)
    }
    var methods =
      name == "WebSocketRoute" ? ["WS"] : source.argument("methods", in: arguments).map { texts($0, in: source) } ?? []
    if methods.isEmpty, let handler { methods = verbs(ofClass: handler, in: source) }
    if methods.isEmpty { methods = ["GET"] }
    var prefix = ""
    var isWhole = true
    for outer in enclosing[source.path] ?? [] where outer.range.contains(open) {
      prefix += outer.prefix.text
      isWhole = isWhole && outer.prefix.isWhole
    }
    guard let reading = project.value(path, in: source) else { return graph.addComputed(place) }
    let whole = Project.Reading(
      text: RouteGraph.join(prefix, reading.text, .plain), isWhole: isWhole && reading.isWhole)
    for method in methods {
      graph.add(
        method, whole, on: receiver([":routes"], at: open, in: source), at: place, handler: handler,
        framework: "Starlette")
    }
  }

  private var enclosing: [String: [(range: Range<Int>, prefix: Project.Reading)]] = [:]

  private mutating func mount(_ open: Int, in source: Source) {
    let arguments = source.arguments(open)
    guard let close = source.close(open), let first = positional(arguments, 0, source),
      let prefix = project.value(first, in: source)
    else { return }
    if enclosing[source.path]?.count ?? 0 < 500 { enclosing[source.path, default: []].append((open..<close, prefix)) }
    if let target = positional(arguments, 1, source) ?? source.argument("app", in: arguments),
      let child = router(target, in: source)
    {
      graph.mount(child, on: receiver([":routes"], at: open, in: source), prefix: prefix)
    }
  }

  /// Tornado: (r"/p", Handler) or url(r"/p", Handler) in a list.
  private mutating func tornado(_ open: Int, in source: Source, mentions: Bool, isCall: Bool) {
    let arguments = source.arguments(open)
    guard arguments.count >= 2, arguments.count <= 4, let first = source.token(arguments[0].lowerBound),
      first.kind == .string,
      let path = project.value(arguments[0], in: source),
      path.text.hasPrefix("/") || path.text.hasPrefix("(") || path.text.hasPrefix("^") || path.text.hasPrefix("."),
      source.token(arguments[1].lowerBound)?.kind == .word
    else { return }
    let (words, end) = source.chain(from: arguments[1].lowerBound)
    guard end == arguments[1].upperBound, let name = words.last, name.first?.isUppercase ?? false else { return }
    let known = ["StaticFileHandler", "RedirectHandler", "FallbackHandler", "ErrorHandler"].contains(name)
    let found = classNamed(words, in: source, hops: 0)
    guard known || found.map({ isTornadoHandler($0, hops: 0) }) ?? (mentions && name.hasSuffix("Handler")) else {
      return
    }
    let verbs = known ? ["GET"] : self.verbs(ofClass: words.joined(separator: "."), in: source)
    for verb in verbs.isEmpty ? ["ANY"] : verbs {
      graph.add(
        verb, path, on: receiver([":tornado"], at: open, in: source),
        at: Place(file: source.path, line: source.line(open)),
        handler: words.joined(separator: "."), framework: "Tornado")
    }
  }

  // MARK: Classes

  private typealias Class = (source: Source, name: String)

  private func classNamed(_ words: [String], in source: Source, hops: Int) -> Class? {
    guard hops < 6, let first = words.first, let module = modules[source.path] else { return nil }
    if words.count == 1, module.classes[first] != nil { return (source, first) }
    guard let imported = module.names[first] else { return nil }
    let rest = Array(words.dropFirst())
    if !rest.isEmpty, let file = file(imported.module + "." + imported.name, from: source, level: imported.level) {
      return classNamed(rest, in: file, hops: hops + 1)
    }
    guard let file = file(imported.module, from: source, level: imported.level), file.path != source.path else {
      return nil
    }
    return classNamed([imported.name] + rest, in: file, hops: hops + 1)
  }

  private func isTornadoHandler(_ found: Class, hops: Int) -> Bool {
    guard hops < 6, let type = modules[found.source.path]?.classes[found.name] else { return false }
    return type.bases.contains { base in
      if ["RequestHandler", "WebSocketHandler", "StaticFileHandler", "ErrorHandler"].contains(base.last ?? "") {
        return true
      }
      return classNamed(base, in: found.source, hops: 0).map { isTornadoHandler($0, hops: hops + 1) }
        ?? (base.last?.hasSuffix("Handler") ?? false)
    }
  }

  /// The methods that a class answers, with those of its bases in the project.
  private func verbs(ofClass name: String, in source: Source) -> [String] {
    guard let found = classNamed(name.split(separator: ".").map(String.init), in: source, hops: 0) else { return [] }
    return verbs(found, hops: 0)
  }

  private func verbs(_ found: Class, hops: Int) -> [String] {
    guard hops < 5, let type = modules[found.source.path]?.classes[found.name] else { return [] }
    var verbs = type.verbs
    for base in type.bases {
      if base.last == "WebSocketHandler" { verbs.append("WS") }
      guard let parent = classNamed(base, in: found.source, hops: 0) else { continue }
      for verb in self.verbs(parent, hops: hops + 1) where !verbs.contains(verb) { verbs.append(verb) }
    }
    return verbs
  }
}

/// What a Python file imports and which classes it holds.
struct PythonModule {
  struct Imported {
    var module: String
    var name: String
    /// Dots in front.
    var level: Int
  }

  struct Class {
    /// The HTTP methods among its methods, in upper case.
    var verbs: [String]
    /// The bases, each as dotted words.
    var bases: [[String]]
    /// All its methods.
    var methods: Set<String>
    var line: Int
    /// Class attributes that are lists of texts: http_method_names = ["get"].
    var httpMethodNames: [String]?
  }

  /// Local name to what it stands for.
  private(set) var names: [String: Imported] = [:]
  private(set) var imports: Set<String> = []
  private(set) var classes: [String: Class] = [:]
  private var roots: Set<String> = []

  init(_ source: Source) {
    let tokens = source.tokens
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      guard token.startsLine, token.kind == .word else {
        index += 1
        continue
      }
      switch token.text {
      case "from": index = from(index, in: source)
      case "import":
        var at = index + 1
        while at < tokens.count, !tokens[at].startsLine {
          let (words, end) = source.chain(from: at)
          guard !words.isEmpty else { break }
          imports.insert(words.joined(separator: "."))
          roots.insert(words[0].lowercased())
          at = end
          if source.isWord(at, "as"), let alias = source.word(at + 1) {
            let module = words.dropLast().joined(separator: ".")
            names[alias] = Imported(module: module, name: words[words.count - 1], level: 0)
            at += 2
          }
          guard source.isMark(at, ",") else { break }
          at += 1
        }
        index = max(at, index + 1)
      case "class":
        if let name = source.word(index + 1), classes[name] == nil {
          classes[name] = PythonModule.type(at: index, in: source)
        }
        index += 1
      default: index += 1
      }
    }
  }

  private mutating func from(_ index: Int, in source: Source) -> Int {
    var at = index + 1
    var level = 0
    while source.isMark(at, ".") {
      level += 1
      at += 1
    }
    var words: [String] = []
    if !source.isWord(at, "import") { (words, at) = source.chain(from: at) }
    guard source.isWord(at, "import") else { return index + 1 }
    let module = words.joined(separator: ".")
    if level == 0, let root = words.first { roots.insert(root.lowercased()) }
    for word in words { roots.insert(word.lowercased()) }
    at += 1
    let end = source.isMark(at, "(") ? source.close(at) ?? at : nil
    if end != nil { at += 1 }
    while at < source.tokens.count, end.map({ at < $0 }) ?? !source.tokens[at].startsLine {
      guard let name = source.word(at) else { break }
      var local = name
      at += 1
      if source.isWord(at, "as"), let alias = source.word(at + 1) {
        local = alias
        at += 2
      }
      names[local] = Imported(module: module, name: name, level: level)
      guard source.isMark(at, ",") else { break }
      at += 1
    }
    return max(at, index + 1)
  }

  private static let verbs: Set<String> = ["get", "post", "put", "delete", "patch", "head", "options"]

  private static func type(at index: Int, in source: Source) -> Class {
    let column = source.tokens[index].column
    var at = index + 2
    var bases: [[String]] = []
    if source.isMark(at, "(") {
      for argument in source.arguments(at) where source.named(argument) == nil {
        let words = source.chain(from: argument.lowerBound).words
        if !words.isEmpty { bases.append(words) }
      }
      at = (source.close(at) ?? at) + 1
    }
    var verbs: [String] = []
    var methods: Set<String> = []
    var allowed: [String]?
    var inner: Int32?
    while at < source.tokens.count {
      let token = source.tokens[at]
      if token.startsLine {
        if token.column <= column, !token.isMark(")"), !token.isMark("]"), !token.isMark("}") { break }
        if inner == nil { inner = token.column }
        if token.column == inner {
          let isAsync = token.isWord("async")
          if token.isWord("def") || isAsync && source.isWord(at + 1, "def"),
            let name = source.word(at + (isAsync ? 2 : 1))
          {
            methods.insert(name)
            if PythonModule.verbs.contains(name), name != "options" { verbs.append(name.uppercased()) }
          }
          // get = post = method
          if token.kind == .word, source.isMark(at + 1, "="), PythonModule.verbs.contains(token.text),
            source.token(at + 2)?.kind == .word
          {
            verbs.append(token.text.uppercased())
          }
          if token.isWord("http_method_names"), source.isMark(at + 2, "[") {
            allowed = source.arguments(at + 2).compactMap { source.token($0.lowerBound)?.text.uppercased() }
          }
        }
      }
      if let end = source.close(at) { at = end }
      at += 1
    }
    return Class(verbs: verbs, bases: bases, methods: methods, line: source.line(index), httpMethodNames: allowed)
  }

  /// Whether a module of this name is imported, or one below it.
  func mentions(_ name: String) -> Bool { roots.contains { $0 == name || $0.contains(name) } }

  var framework: String? {
    for (name, title) in [
      ("fastapi", "FastAPI"), ("flask_restx", "Flask-RESTX"), ("flask", "Flask"), ("quart", "Quart"),
      ("sanic", "Sanic"),
      ("bottle", "Bottle"), ("starlette", "Starlette"), ("aiohttp", "aiohttp"), ("tornado", "Tornado"),
    ] where mentions(name) { return title }
    return nil
  }

  /// The file of a module: relative to the importing file for dots in front, else by the end of its path.
  static func file(_ dotted: String, from path: String, level: Int, in project: Project) -> Source? {
    var parts = dotted.split(separator: ".").map(String.init)
    if level > 0 {
      var folder = path.split(separator: "/").dropLast().map(String.init)
      guard folder.count >= level - 1 else { return nil }
      folder.removeLast(level - 1)
      parts = folder + parts
      let stem = parts.joined(separator: "/")
      return project.byPath[stem + ".py"] ?? project.byPath[stem + "/__init__.py"]
        ?? (stem.isEmpty ? project.byPath["__init__.py"] : nil)
    }
    guard !parts.isEmpty else { return nil }
    // Beside the importing file, at the root, or anywhere if there is only one.
    let stem = parts.joined(separator: "/")
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    for candidate in [stem + ".py", stem + "/__init__.py"] {
      if let found = project.byPath[candidate] { return found }
    }
    for candidate in [stem + ".py", stem + "/__init__.py"] where !folder.isEmpty && parts.count == 1 {
      if let found = project.byPath[folder + "/" + candidate] { return found }
    }
    return project.file(endingIn: stem + ".py", language: .python)
      ?? project.file(endingIn: stem + "/__init__.py", language: .python)
  }
}

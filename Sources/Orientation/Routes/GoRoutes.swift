/// net/http, Gin, Echo, Fiber, chi, gorilla/mux, httprouter.
struct GoRoutes {
  private let project: Project
  private var graph = RouteGraph(.keepingEnd)
  private var bindings: [String: Bindings] = [:]
  /// Routers kept in fields, by folder and field.
  private var fields: [String: Int] = [:]
  /// The routers among the parameters of functions: name, folder, position, node.
  private var parameters: [String: [(folder: String, position: Int, node: Int)]] = [:]
  /// Functions that return a router.
  private var results: [String: [(folder: String, node: Int)]] = [:]
  private var passed: [(name: String, qualifier: String?, position: Int, node: Int, source: Source)] = []
  private var mounts: [(name: String, qualifier: String?, node: Int, prefix: Project.Reading?, source: Source)] = []
  private var framework = ""

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = GoRoutes(project: project)
    for source in project.sources(.go) where !source.path.hasSuffix("_test.go") { reader.read(source) }
    reader.connect()
    return (reader.graph.routes(), reader.graph.computed)
  }

  private init(project: Project) { self.project = project }

  private static let constructors: Set<String> = [
    "gin.New", "gin.Default", "echo.New", "chi.NewRouter", "chi.NewMux", "mux.NewRouter", "http.NewServeMux",
    "httprouter.New", "fiber.New", "iris.New", "iris.Default", "bunrouter.New", "martini.Classic", "router.New",
  ]
  private static let routerTypes: Set<String> = [
    "RouterGroup", "Engine", "IRouter", "IRoutes", "Echo", "Group", "Router", "Mux", "ServeMux", "Routes", "App",
    "Party",
    "RouteRegistrar",
  ]
  private static let verbs: [String: String] = [
    "GET": "GET", "POST": "POST", "PUT": "PUT", "DELETE": "DELETE", "PATCH": "PATCH", "HEAD": "HEAD",
    "OPTIONS": "OPTIONS", "Get": "GET", "Post": "POST", "Put": "PUT", "Delete": "DELETE", "Patch": "PATCH",
    "Head": "HEAD", "Options": "OPTIONS", "Any": "ANY", "ANY": "ANY", "All": "ANY", "Connect": "CONNECT",
    "CONNECT": "CONNECT",
    "Trace": "TRACE", "TRACE": "TRACE",
  ]

  private func folder(_ source: Source) -> String {
    source.path.split(separator: "/").dropLast().joined(separator: "/")
  }

  private mutating func read(_ source: Source) {
    bindings[source.path] = Bindings()
    framework = GoRoutes.framework(of: source)
    var behind = 0
    for index in source.tokens.indices {
      let token = source.tokens[index]
      if token.isWord("func") {
        function(index, in: source)
      } else if token.kind == .mark, token.text == ":=" || token.text == "=" || token.text == ":", index > 0 {
        assignment(index, in: source)
      } else if token.kind == .word, index >= behind, index == 0 || !source.isMark(index - 1, ".") {
        behind = statement(index, in: source)
      } else if token.isMark("("), index >= behind, source.isMark(index - 1, ")") == false,
        source.isMark(index + 1, "&") || source.isMark(index + 1, "*")
      {
        // (&Handler{}).Register(router)
        guard let close = source.close(index) else { continue }
        for call in source.calls(from: close + 1).prefix(1) { pass(call.name, nil, call.open, in: source) }
      }
    }
  }

  private static func framework(of source: Source) -> String {
    let heads = source.tokens.prefix(600).filter { $0.kind == .string }.map(\.text)
    for (path, name) in [
      ("gin-gonic/gin", "Gin"), ("labstack/echo", "Echo"), ("go-chi/chi", "chi"), ("gorilla/mux", "gorilla/mux"),
      ("julienschmidt/httprouter", "httprouter"), ("gofiber/fiber", "Fiber"),
    ] where heads.contains(where: { $0.contains(path) }) { return name }
    return "net/http"
  }

  /// A function's parameters that are routers, and the router that it returns.
  private mutating func function(_ index: Int, in source: Source) {
    var at = index + 1
    var name: String?
    if source.isMark(at, "("), let close = source.close(at), source.token(close + 1)?.kind == .word,
      source.isMark(close + 2, "(")
    {
      at = close + 1
    }
    if let word = source.word(at) {
      name = word
      at += 1
    }
    at = source.isMark(at, "[") ? (source.close(at) ?? at) + 1 : at
    guard source.isMark(at, "("), let close = source.close(at) else { return }
    // The result type, then the body.
    var body = close + 1
    var returnsRouter = false
    while body < source.tokens.count, body - close < 24, !source.isMark(body, "{") {
      if let word = source.word(body), GoRoutes.routerTypes.contains(word) || word == "Handler" { returnsRouter = true }
      if source.token(body)?.startsLine ?? true { return }
      if source.isMark(body, "("), let end = source.close(body) {
        for inner in body..<end where GoRoutes.routerTypes.contains(source.word(inner) ?? "") { returnsRouter = true }
        body = end
      }
      body += 1
    }
    guard source.isMark(body, "{") else { return }
    for (position, parameter) in source.arguments(at).enumerated() {
      guard let local = source.word(parameter.lowerBound), parameter.count >= 2,
        let last = source.word(parameter.upperBound - 1),
        GoRoutes.routerTypes.contains(last) || last.hasSuffix("Router") || last.hasSuffix("Mux")
      else { continue }
      let node = graph.node()
      bindings[source.path]?.bind(local, to: node, at: index, block: body)
      if let name { parameters[name, default: []].append((folder(source), position, node)) }
      if name == nil { closures[source.path, default: [:]][index] = node }
    }
    guard returnsRouter, let name, let end = source.close(body) else { return }
    var at2 = end - 1
    while at2 > body, end - at2 < 60 {
      if source.isWord(at2, "return"), let local = source.word(at2 + 1) {
        pendingResults.append((name, local, at2, source))
        break
      }
      at2 -= 1
    }
  }

  /// Function literals with a router as parameter, by the place of `func`.
  private var closures: [String: [Int: Int]] = [:]
  private var pendingResults: [(name: String, local: String, at: Int, source: Source)] = []

  // MARK: Routers

  private func lookup(_ words: [String], at index: Int, in source: Source) -> Int? {
    if let node = bindings[source.path]?.node(words.joined(separator: "."), at: index, in: source) { return node }
    guard words.count > 1, let last = words.last else { return nil }
    return fields[folder(source) + "#" + last]
  }

  private mutating func receiver(_ words: [String], at index: Int, in source: Source) -> Int {
    if let node = lookup(words, at: index, in: source) { return node }
    let node = graph.node()
    if words.count > 1, let last = words.last {
      fields[folder(source) + "#" + last] = node
    } else {
      bindings[source.path]?.bind(words.joined(separator: "."), to: node, at: index, block: -1)
    }
    return node
  }

  private mutating func bind(_ words: [String], to node: Int, at index: Int, in source: Source) {
    if words.count > 1, let last = words.last {
      fields[folder(source) + "#" + last] = node
    }
    bindings[source.path]?.bind(
      words.joined(separator: "."), to: node, at: index, block: words.count > 1 ? -1 : source.block[index])
  }

  /// `x := y.Group("/p")`, `x = mux.NewRouter()`, `Router: gin.New()`.
  private mutating func assignment(_ index: Int, in source: Source) {
    guard source.token(index - 1)?.kind == .word else { return }
    let target = source.chain(endingAt: index - 1)
    if source.tokens[index].text == ":" {
      // A field of a literal.
      let value = source.chain(from: index + 1)
      guard GoRoutes.constructors.contains(value.words.joined(separator: ".")), let last = target.words.last else {
        return
      }
      fields[folder(source) + "#" + last] = graph.node()
      return
    }
    var (words, end) = source.chain(from: index + 1)
    guard let last = words.last else { return }
    if GoRoutes.constructors.contains(words.joined(separator: ".")), source.isMark(end, "(") {
      let close = source.close(end) ?? end
      // mux.NewRouter().PathPrefix("/x").Subrouter()
      let prefix = prefixes(source.calls(from: close + 1), in: source)
      bind(target.words, to: graph.node(prefix: prefix), at: index, in: source)
      return
    }
    guard source.isMark(end, "(") else {
      // An alias: r := s.router
      if source.token(end)?.startsLine ?? true, let node = lookup(words, at: index, in: source) {
        bind(target.words, to: node, at: index, in: source)
      }
      return
    }
    guard
      [
        "Group", "PathPrefix", "With", "NewRoute", "Party", "Host", "Subrouter", "Route", "StrictSlash", "Schemes",
        "Headers",
      ].contains(last), words.count > 1
    else {
      return
    }
    words.removeLast()
    var chain: [(name: String, word: Int, open: Int)] = [(last, end - 1, end)]
    if let close = source.close(end) { chain += source.calls(from: close + 1) }
    guard chain.contains(where: { ["Group", "Subrouter", "With", "Party", "Route", "StrictSlash"].contains($0.name) })
    else { return }
    let isKnown = lookup(words, at: index, in: source) != nil
    guard isKnown || GoRoutes.looksLikeRouter(words) else { return }
    let parent = receiver(words, at: index - 1, in: source)
    let child = graph.node(prefix: prefixes(chain, in: source))
    graph.mount(child, on: parent)
    // The name is known from here on: router = router.PathPrefix("/x").Subrouter()
    bind(target.words, to: child, at: end, in: source)
    for call in chain where call.name == "Route" || call.name == "Group" {
      if let node = source.arguments(call.open).compactMap({ closures[source.path]?[$0.lowerBound] }).first {
        graph.mount(node, on: child)
      }
    }
  }

  private func prefixes(_ calls: [(name: String, word: Int, open: Int)], in source: Source) -> Project.Reading? {
    var text = ""
    var isWhole = true
    for call in calls where ["Group", "PathPrefix", "Party", "Route"].contains(call.name) {
      guard let first = source.arguments(call.open).first, source.isWord(first.lowerBound, "func") == false else {
        continue
      }
      let reading = project.value(first, in: source) ?? .init(text: "{\(source.text(first))}", isWhole: false)
      text = RouteGraph.join(text, reading.text, .slashed)
      isWhole = isWhole && reading.isWhole
    }
    return text.isEmpty ? nil : .init(text: text, isWhole: isWhole)
  }

  private static func looksLikeRouter(_ words: [String]) -> Bool {
    guard let last = words.last?.lowercased() else { return false }
    if ["r", "e", "g", "app", "srv", "server", "api", "rg", "group", "engine", "handler", "m"].contains(last) {
      return true
    }
    if last == "header" || last == "headers" || last.hasSuffix("client") || last.hasSuffix("cache") { return false }
    return last.hasSuffix("router") || last.hasSuffix("mux") || last.hasSuffix("group") || last.hasSuffix("routes")
      || last.hasPrefix("router") || last.hasPrefix("route") || last.hasPrefix("group") || last.hasPrefix("api")
      || last.hasSuffix("auth") || last.hasSuffix("api") || last.first == "v" && last.dropFirst().allSatisfy(\.isNumber)
  }

  // MARK: Statements

  /// A call on something, and what is chained to it.
  /// - Returns: the index up to which everything has been understood.
  private mutating func statement(_ index: Int, in source: Source) -> Int {
    var (words, end) = source.chain(from: index)
    guard source.isMark(end, "("), let close = source.close(end), let name = words.last else { return index + 1 }
    if words.count == 1 {
      pass(name, nil, end, in: source)
      return index + 1
    }
    words.removeLast()
    let chain = [(name: name, word: end - 1, open: end)] + source.calls(from: close + 1)
    let arguments = source.arguments(end)
    let place = Place(file: source.path, line: source.line(index))
    let takesClosure = arguments.last.map { source.isWord($0.lowerBound, "func") } ?? false
    switch name {
    case "Route" where takesClosure, "Group" where takesClosure, "Party" where takesClosure, "Mount":
      nested(name, words, arguments, at: index, in: source)
      return end + 1
    case "Handle", "HandleFunc", "Handler", "HandlerFunc", "Method", "MethodFunc", "Add", "Path", "PathPrefix",
      "Methods", "Match", "NewRoute":
      handle(chain, words, at: index, place: place, in: source)
      return end + 1
    default: break
    }
    if name == "With" || name == "Group" || name == "Use" || name == "Party", chain.count > 1,
      lookup(words, at: index, in: source) != nil || GoRoutes.looksLikeRouter(words)
    {
      // r.With(middleware).Get("/p", h), r.Group("/x").GET("/y", h)
      chained(chain, on: receiver(words, at: index, in: source), place: place, in: source)
      return end + 1
    }
    if let verb = GoRoutes.verbs[name], arguments.count >= 2 {
      let node = lookup(words, at: index, in: source)
      guard node != nil || GoRoutes.looksLikeRouter(words), words != ["http"] else { return end + 1 }
      let path = project.value(arguments[0], in: source)
      if let path {
        guard
          path.text.isEmpty || path.text.hasPrefix("/") || path.text.hasPrefix("*") || path.text.hasPrefix(":")
            || path.text.hasPrefix("{")
        else { return end + 1 }
      }
      if path == nil, node == nil { return end + 1 }
      let handler =
        framework == "Echo" ? source.handlerName(arguments[1]) : source.handlerName(arguments[arguments.count - 1])
      graph.add(
        verb, path, on: node ?? receiver(words, at: index, in: source), at: place, handler: handler,
        framework: framework)
      return end + 1
    }
    pass(name, words.last, end, in: source)
    return end
  }

  /// Groups and routes in one chain.
  private mutating func chained(
    _ chain: [(name: String, word: Int, open: Int)], on node: Int, place: Place, in source: Source
  ) {
    var node = node
    for call in chain {
      let arguments = source.arguments(call.open)
      if call.name == "Group" || call.name == "Party" {
        let child = graph.node(prefix: arguments.first.flatMap { project.value($0, in: source) })
        graph.mount(child, on: node)
        node = child
      } else if let verb = GoRoutes.verbs[call.name], arguments.count >= 2,
        let path = project.value(arguments[0], in: source),
        path.text.isEmpty || path.text.hasPrefix("/")
      {
        graph.add(
          verb, path, on: node, at: Place(file: source.path, line: source.line(call.word)),
          handler: source.handlerName(arguments[arguments.count - 1]),
          framework: framework)
      } else if call.name == "Route", let last = arguments.last, source.isWord(last.lowerBound, "func") {
        waiting.append(
          (last.lowerBound, node, arguments.count > 1 ? project.value(arguments[0], in: source) : nil, source.path))
      }
    }
  }

  /// Route("/p", func(r chi.Router) {…}), Group(func…), Mount("/p", router)
  private mutating func nested(
    _ name: String, _ words: [String], _ arguments: [Range<Int>], at index: Int, in source: Source
  ) {
    guard let last = arguments.last else { return }
    let isClosure = source.isWord(last.lowerBound, "func")
    guard isClosure || name == "Mount", lookup(words, at: index, in: source) != nil || GoRoutes.looksLikeRouter(words)
    else { return }
    let prefix =
      arguments.count > 1
      ? project.value(arguments[0], in: source) ?? .init(text: "{\(source.text(arguments[0]))}", isWhole: false) : nil
    let parent = receiver(words, at: index, in: source)
    if isClosure {
      waiting.append((last.lowerBound, parent, prefix, source.path))
      return
    }
    target(last, on: parent, prefix: prefix, in: source, at: index)
  }

  private var waiting: [(closure: Int, parent: Int, prefix: Project.Reading?, path: String)] = []

  /// What a router is mounted as: a name, a call that returns one, or one of these in http.StripPrefix.
  private mutating func target(
    _ range: Range<Int>, on parent: Int, prefix: Project.Reading?, in source: Source, at index: Int
  ) {
    let (words, end) = source.chain(from: range.lowerBound)
    guard let name = words.last else { return }
    if end >= range.upperBound {
      if let node = lookup(words, at: index, in: source) { graph.mount(node, on: parent, prefix: prefix) }
      return
    }
    guard source.isMark(end, "(") else { return }
    if name == "StripPrefix", let inner = source.arguments(end).last {
      return target(inner, on: parent, prefix: prefix, in: source, at: index)
    }
    mounts.append((name, words.count > 1 ? words[words.count - 2] : nil, parent, prefix, source))
  }

  private mutating func handle(
    _ chain: [(name: String, word: Int, open: Int)], _ words: [String], at index: Int, place: Place, in source: Source
  ) {
    var path: Project.Reading?
    var hasPath = false
    var methods: [String] = []
    var handler: Range<Int>?
    var hasHandler = false
    var name: String?
    for call in chain {
      let arguments = source.arguments(call.open)
      switch call.name {
      case "Path", "PathPrefix":
        guard let first = arguments.first else { continue }
        let more = project.value(first, in: source)
        path =
          path.map {
            .init(
              text: RouteGraph.join($0.text, more?.text ?? "{…}", .slashed),
              isWhole: $0.isWhole && more?.isWhole ?? false)
          } ?? more
        if call.name == "PathPrefix", let known = path {
          path?.text = known.text + (known.text.hasSuffix("/") ? "*" : "/*")
        }
        hasPath = true
      case "Methods":
        methods += arguments.compactMap { method($0, in: source) }
      case "Handle", "HandleFunc", "Handler", "HandlerFunc", "Method", "MethodFunc", "Add", "Match":
        hasHandler = true
        if arguments.count >= 3, call.name != "HandleFunc" || framework == "httprouter" {
          // Handle("GET", "/p", h), Match([]string{"GET"}, "/p", h)
          if source.isMark(arguments[0].lowerBound, "[") {
            for item in arguments[0].lowerBound..<arguments[0].upperBound {
              if source.token(item)?.kind == .string { methods.append(source.tokens[item].text.uppercased()) }
              if let word = source.word(item), word.hasPrefix("Method"), word != "Method" {
                methods.append(word.dropFirst(6).uppercased())
              }
            }
          } else if let verb = method(arguments[0], in: source) {
            methods.append(verb)
          } else if project.value(arguments[0], in: source)?.text.hasPrefix("/") ?? false {
            // Handle("/p", middleware, h)
            path = project.value(arguments[0], in: source)
            hasPath = true
            handler = arguments.last
            continue
          }
          path = project.value(arguments[1], in: source)
          hasPath = true
          handler = arguments.last
        } else if arguments.count == 2 {
          path = project.value(arguments[0], in: source)
          hasPath = true
          handler = arguments[1]
        } else {
          handler = arguments.first
        }
      case "Name": name = arguments.first.flatMap { project.value($0, in: source)?.text }
      case "Subrouter": return
      default: continue
      }
    }
    guard hasHandler, hasPath else { return }
    let isKnown = lookup(words, at: index, in: source) != nil
    if var known = path {
      // "GET /p" of net/http, and a host in front of the path.
      if let space = known.text.firstIndex(of: " ") {
        let verb = String(known.text[..<space])
        if verb.allSatisfy({ $0.isUppercase }) {
          methods = [verb]
          known.text = known.text[space...].drop { $0 == " " }.description
        }
      }
      if !known.text.hasPrefix("/"), !known.text.hasPrefix("{"), let slash = known.text.firstIndex(of: "/"),
        known.text[..<slash].contains(".")
      {
        known.text = String(known.text[slash...])
      }
      known.text = known.text.replacingSuffix("{$}", with: "")
      guard
        known.text.hasPrefix("/") || known.text.hasPrefix("{") || known.text.hasPrefix("*")
          || isKnown && (known.text.isEmpty || known.text.hasPrefix(":"))
      else { return }
      path = known
    } else if !isKnown, !GoRoutes.looksLikeRouter(words), words != ["http"] {
      return
    }
    let node = receiver(words, at: index, in: source)
    // http.Handle("/x/", http.StripPrefix("/x", sub))
    if let handler, let prefix = path {
      let (inner, end) = source.chain(from: handler.lowerBound)
      if inner.last == "StripPrefix", source.isMark(end, "("), let last = source.arguments(end).last,
        let child = lookup(source.chain(from: last.lowerBound).words, at: index, in: source)
      {
        return graph.mount(child, on: node, prefix: prefix)
      }
      if end >= handler.upperBound, let child = lookup(inner, at: index, in: source), inner != words {
        return graph.mount(child, on: node)
      }
    }
    for verb in methods.isEmpty ? ["ANY"] : methods {
      graph.add(
        verb, path, on: node, at: place, handler: handler.flatMap { source.handlerName($0) }, framework: framework,
        name: name)
    }
  }

  /// "GET", http.MethodGet, echo.GET
  private func method(_ range: Range<Int>, in source: Source) -> String? {
    guard let first = source.token(range.lowerBound) else { return nil }
    if first.kind == .string {
      return first.text.allSatisfy { $0.isLetter } && !first.text.isEmpty ? first.text.uppercased() : nil
    }
    guard let last = source.chain(from: range.lowerBound).words.last else { return nil }
    if last.hasPrefix("Method"), last.count > 6 { return last.dropFirst(6).uppercased() }
    return GoRoutes.verbs[last]
  }

  /// A router given to a function.
  private mutating func pass(_ name: String, _ qualifier: String?, _ open: Int, in source: Source) {
    for (position, argument) in source.arguments(open).enumerated() where argument.count <= 7 {
      guard source.token(argument.lowerBound)?.kind == .word else { continue }
      let (words, end) = source.chain(from: argument.lowerBound)
      guard end >= argument.upperBound || source.isMark(end, "(") else { continue }
      if end >= argument.upperBound, let node = lookup(words, at: open, in: source) {
        passed.append((name, qualifier, position, node, source))
      } else if words.last == "Group", words.count > 1, source.isMark(end, "("),
        lookup(words.dropLast(), at: open, in: source) != nil
      {
        // Register(api.Group("/v1"))
        let child = graph.node(prefix: source.arguments(end).first.flatMap { project.value($0, in: source) })
        graph.mount(child, on: receiver(words.dropLast(), at: open, in: source))
        passed.append((name, qualifier, position, child, source))
      }
    }
  }

  /// What could only be joined once every file was read.
  private mutating func connect() {
    for wait in waiting {
      if let node = closures[wait.path]?[wait.closure] { graph.mount(node, on: wait.parent, prefix: wait.prefix) }
    }
    for result in pendingResults {
      if let node = lookup([result.local], at: result.at, in: result.source) {
        results[result.name, default: []].append((folder(result.source), node))
      }
    }
    for call in passed {
      let all = parameters[call.name] ?? []
      let fitting = all.filter { $0.position == call.position }
      guard let node = pick(fitting.map { ($0.folder, $0.node) }, call.qualifier, call.source) else { continue }
      graph.mount(node, on: call.node)
    }
    for mount in mounts {
      guard let node = pick(results[mount.name] ?? [], mount.qualifier, mount.source) else { continue }
      graph.mount(node, on: mount.node, prefix: mount.prefix)
    }
  }

  /// The function that a call means: of the imported package, else of its own folder, else the only one.
  private func pick(_ all: [(folder: String, node: Int)], _ qualifier: String?, _ source: Source) -> Int? {
    if let qualifier, let path = importPath(qualifier, in: source) {
      let fitting = all.filter { $0.folder == path || path.hasSuffix("/" + $0.folder) }
      if fitting.count == 1 { return fitting[0].node }
      if !fitting.isEmpty { return fitting.max { $0.folder.count < $1.folder.count }?.node }
      return nil
    }
    let own = all.filter { $0.folder == folder(source) }
    if own.count == 1, qualifier == nil || all.count == 1 { return own[0].node }
    return all.count == 1 ? all[0].node : nil
  }

  /// The path that a package name stands for in a file.
  private func importPath(_ name: String, in source: Source) -> String? {
    for index in source.tokens.indices.prefix(600) where source.tokens[index].kind == .string {
      let path = source.tokens[index].text
      if let alias = source.word(index - 1), source.token(index - 1)?.line == source.tokens[index].line,
        alias != "import"
      {
        if alias == name { return path }
      } else if path == name || path.hasSuffix("/" + name) {
        return path
      }
    }
    return nil
  }
}

extension String {
  func replacingSuffix(_ suffix: String, with other: String) -> String {
    hasSuffix(suffix) ? dropLast(suffix.count) + other : self
  }
}

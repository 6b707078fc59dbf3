/// Axum, Actix Web and Rocket.
struct RustRoutes {
  private let project: Project
  private var graph = RouteGraph(.slashed)
  /// Handlers that carry their route as an attribute, by name.
  private var handlers: [String: [Int]] = [:]
  /// Routers that functions return, and what functions add to a configuration, by the functions' names.
  private var results: [String: [(path: String, node: Int)]] = [:]
  private var configurations: [String: [(path: String, node: Int)]] = [:]
  private var bindings: [String: Bindings] = [:]
  /// Router chains by the index at which they begin.
  private var chains: [String: [Int: Int]] = [:]
  private var later: [() -> (child: [Int], parent: Int, prefix: Project.Reading?)] = []
  private var mounts: [(name: [String], parent: Int, prefix: Project.Reading?, path: String, kind: Kind)] = []

  private enum Kind { case router, handler, configuration }

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = RustRoutes(project: project)
    let sources = project.sources(.rust)
    for source in sources {
      reader.attributes(source)
      reader.axum(source)
      reader.actix(source)
    }
    reader.connect()
    return (reader.graph.routes(), reader.graph.computed)
  }

  private init(project: Project) { self.project = project }

  private static let verbs: [String: String] = [
    "get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "patch": "PATCH", "head": "HEAD",
    "options": "OPTIONS",
    "any": "ANY", "trace": "TRACE", "connect": "CONNECT",
  ]

  private func isRocket(_ source: Source) -> Bool { source.tokens.contains { $0.isWord("rocket") } }

  // MARK: #[get("/p")]

  private mutating func attributes(_ source: Source) {
    let isRocket =
      isRocket(source)
      || !source.tokens.contains { $0.isWord("actix_web") } && project.tree.files.contains { $0.name == "Rocket.toml" }
    for index in source.tokens.indices where source.isMark(index, "#[") {
      guard let close = source.close(index) else { continue }
      let (words, open) = source.chain(from: index + 1)
      guard let last = words.last, source.isMark(open, "("), RustRoutes.verbs[last] != nil || last == "route" else {
        continue
      }
      let arguments = source.arguments(open)
      guard let first = arguments.first, source.token(first.lowerBound)?.kind == .string,
        var path = project.value(first, in: source),
        path.text.hasPrefix("/")
      else { continue }
      if let query = path.text.firstIndex(of: "?") { path.text = String(path.text[..<query]) }
      var methods = [RustRoutes.verbs[last] ?? "ANY"]
      if last == "route" {
        methods = arguments.dropFirst().compactMap { argument in
          source.isWord(argument.lowerBound, "method") ? source.token(argument.lowerBound + 2)?.text.uppercased() : nil
        }
        if methods.isEmpty { methods = ["ANY"] }
      }
      var at = close + 1
      while at < source.tokens.count, at - close < 400, !source.isWord(at, "fn") {
        if source.isMark(at, "#["), let end = source.close(at) { at = end }
        at += 1
      }
      let handler = source.isWord(at, "fn") ? source.word(at + 1) : nil
      let node = graph.node()
      for method in methods {
        graph.add(
          method, path, on: node, at: Place(file: source.path, line: source.line(index)), handler: handler,
          framework: isRocket ? "Rocket" : "Actix Web")
      }
      if let handler { handlers[handler, default: []].append(node) }
    }
    // rocket.mount("/p", routes![a, b])
    for index in source.tokens.indices
    where source.isWord(index, "mount") && source.isMark(index + 1, "(") && source.isMark(index - 1, ".") {
      let arguments = source.arguments(index + 1)
      guard arguments.count == 2, let prefix = project.value(arguments[0], in: source),
        source.isWord(arguments[1].lowerBound, "routes") || source.isWord(arguments[1].lowerBound + 2, "routes")
      else { continue }
      guard let open = arguments[1].first(where: { source.isMark($0, "[") || source.isMark($0, "(") }) else { continue }
      let root = graph.node()
      for item in source.arguments(open) {
        mounts.append((source.chain(from: item.lowerBound).words, root, prefix, source.path, .handler))
      }
    }
  }

  // MARK: Axum

  /// The function that an index stands in: its name and what it returns.
  private func functions(_ source: Source) -> [(name: String, body: Range<Int>, returnsRouter: Bool, configures: Bool)]
  {
    var found: [(name: String, body: Range<Int>, returnsRouter: Bool, configures: Bool)] = []
    for index in source.tokens.indices where source.isWord(index, "fn") {
      guard let name = source.word(index + 1) else { continue }
      var at = index + 2
      if source.isMark(at, "<") { at = source.behindGenerics(at) }
      guard source.isMark(at, "("), let close = source.close(at) else { continue }
      let configures = (at..<close).contains { source.isWord($0, "ServiceConfig") }
      var body = close + 1
      var returnsRouter = false
      while body < source.tokens.count, body - close < 80, !source.isMark(body, "{"), !source.isMark(body, ";") {
        if let word = source.word(body), word.hasSuffix("Router") || word == "Scope" { returnsRouter = true }
        body += 1
      }
      guard source.isMark(body, "{"), let end = source.close(body) else { continue }
      found.append((name, body..<end, returnsRouter, configures))
    }
    return found
  }

  private mutating func axum(_ source: Source) {
    guard source.tokens.contains(where: { $0.kind == .word && $0.text.hasSuffix("Router") }) else { return }
    bindings[source.path] = Bindings()
    let functions = functions(source)
    var index = 0
    while index < source.tokens.count {
      defer { index += 1 }
      guard let word = source.word(index), !source.isMark(index - 1, ".") else { continue }
      // Router::new(), or a name that holds one.
      var node: Int?
      var behind = index
      if word.hasSuffix("Router"), source.isMark(index + 1, "::") {
        var at = index + 2
        if source.isMark(at, "<") {
          at = source.behindGenerics(at)
          if source.isMark(at, "::") { at += 1 }
        }
        guard source.isWord(at, "new") || source.isWord(at, "with_openapi") || source.isWord(at, "default"),
          source.isMark(at + 1, "("), let close = source.close(at + 1)
        else { continue }
        node = graph.node()
        behind = close + 1
        chains[source.path, default: [:]][source.chain(endingAt: index).start] = node
      } else if !source.isMark(index - 1, "::"), source.isMark(index + 1, "."),
        let known = bindings[source.path]?.node(word, at: index, in: source)
      {
        node = known
        behind = index + 1
        chains[source.path, default: [:]][index] = node
      }
      guard let node else { continue }
      let start = source.chain(endingAt: index).start
      if source.isMark(start - 1, "="), let name = source.word(start - 2) {
        bindings[source.path]?.bind(name, to: node, at: index, block: source.block[index])
      } else if source.isMark(start - 1, "="), source.isMark(start - 2, ">") || source.token(start - 2)?.kind == .word {
        // let app: Router<S> = Router::new()
        var back = start - 2
        while back > 0, start - back < 20, !source.isMark(back, ":") { back -= 1 }
        if let name = source.word(back - 1) {
          bindings[source.path]?.bind(name, to: node, at: index, block: source.block[index])
        }
      }
      // The router that a function returns is not an argument of anything.
      if let function = functions.last(where: { $0.body.contains(index) }), function.returnsRouter,
        !source.isMark(start - 1, "("), !source.isMark(start - 1, ",")
      {
        if !(results[function.name]?.contains { $0.node == node } ?? false) {
          results[function.name, default: []].append((source.path, node))
        }
      }
      for call in source.calls(from: behind) { axumCall(call, on: node, in: source) }
    }
  }

  private mutating func axumCall(_ call: (name: String, word: Int, open: Int), on node: Int, in source: Source) {
    let arguments = source.arguments(call.open)
    switch call.name {
    case "route":
      guard arguments.count == 2 else { return }
      let place = Place(file: source.path, line: source.line(call.word))
      let path = project.value(arguments[0], in: source)
      let (words, end) = source.chain(from: arguments[1].lowerBound)
      var methods: [(String, String?)] = []
      if let last = words.last, source.isMark(end, "("), let close = source.close(end) {
        func note(_ name: String, _ open: Int) {
          let bare = name.replacingSuffix("_service", with: "").replacingSuffix("_with", with: "")
          let handler = source.arguments(open).last.flatMap { source.handlerName($0) }
          if let verb = RustRoutes.verbs[bare] { methods.append((verb, handler)) }
          if bare == "on", let first = source.arguments(open).first {
            for at in first {
              if let word = source.word(at), RustRoutes.verbs[word.lowercased()] != nil, word == word.uppercased() {
                methods.append((word, handler))
              }
            }
          }
        }
        note(last, end)
        for more in source.calls(from: close + 1) { note(more.name, more.open) }
      }
      if methods.isEmpty { methods = [("ANY", source.handlerName(arguments[1]))] }
      for (method, handler) in methods {
        graph.add(method, path, on: node, at: place, handler: handler, framework: "Axum")
      }
    case "nest", "nest_service", "nest_api_service":
      guard arguments.count == 2 else { return }
      target(
        arguments[1], on: node, prefix: project.value(arguments[0], in: source) ?? .init(text: "{…}", isWhole: false),
        in: source)
    case "merge":
      guard let first = arguments.first else { return }
      target(first, on: node, prefix: nil, in: source)
    default: return
    }
  }

  private mutating func target(_ range: Range<Int>, on parent: Int, prefix: Project.Reading?, in source: Source) {
    let (words, end) = source.chain(from: range.lowerBound)
    guard let last = words.last else { return }
    if last == "new" {
      // An inline router is met later; remember where it begins.
      waiting.append((range.lowerBound, parent, prefix, source.path))
      return
    }
    if words.count == 1, let node = bindings[source.path]?.node(last, at: range.lowerBound, in: source) {
      return graph.mount(node, on: parent, prefix: prefix)
    }
    if source.isMark(end, "(") { mounts.append((words, parent, prefix, source.path, .router)) }
  }

  private var waiting: [(start: Int, parent: Int, prefix: Project.Reading?, path: String)] = []

  // MARK: Actix

  private mutating func actix(_ source: Source) {
    guard source.tokens.contains(where: { $0.isWord("actix_web") || $0.isWord("ServiceConfig") || $0.isWord("web") })
    else { return }
    let functions = functions(source)
    var done = -1
    for index in source.tokens.indices where index > done {
      guard source.isMark(index, "("), let name = source.word(index - 1), source.isMark(index - 2, "."),
        ["service", "configure", "route"].contains(name), let close = source.close(index)
      else { continue }
      // Which App, scope or configuration is it called on?
      let start = chainStart(index - 2, in: source)
      let (words, end) = source.chain(from: start)
      let function = functions.last { $0.body.contains(index) }
      if words.last == "scope" || words.last == "resource" {
        // A scope that is a function's result, or an argument that its own service() reads.
        guard function?.returnsRouter ?? false, source.isMark(end, "("), let function else { continue }
        let node = graph.node()
        results[function.name, default: []].append((source.path, node))
        service(start..<close + 1, on: node, in: source)
        done = close
        continue
      }
      guard
        words.last == "new" && words.first?.hasSuffix("App") ?? false || function?.configures ?? false
          || source.isWord(start, "App")
      else { continue }
      let node: Int
      if let function, function.configures {
        if let known = configurations[function.name]?.first(where: { $0.path == source.path }) {
          node = known.node
        } else {
          node = graph.node()
          configurations[function.name, default: []].append((source.path, node))
        }
      } else {
        node = graph.node()
      }
      chained((name, index - 1, index), on: node, in: source)
      done = close
    }
  }

  /// Where the chain of calls begins whose last dot stands at an index.
  private func chainStart(_ dot: Int, in source: Source) -> Int {
    var at = dot
    var hops = 0
    while hops < 4096 {
      hops += 1
      guard source.isMark(at, "."), source.isMark(at - 1, ")"), source.partner[at - 1] > 0,
        source.token(source.partner[at - 1] - 1)?.kind == .word
      else {
        return source.token(at - 1)?.kind == .word ? source.chain(endingAt: at - 1).start : at
      }
      let open = source.partner[at - 1]
      let start = source.chain(endingAt: open - 1).start
      if source.isMark(start - 1, "."), start > 1 { at = start - 1 } else { return start }
    }
    return at
  }

  private mutating func chained(_ call: (name: String, word: Int, open: Int), on node: Int, in source: Source) {
    let arguments = source.arguments(call.open)
    guard let first = arguments.first else { return }
    switch call.name {
    case "service": service(first, on: node, in: source)
    case "configure":
      mounts.append((source.chain(from: first.lowerBound).words, node, nil, source.path, .configuration))
    case "route":
      guard arguments.count == 2 else { return }
      let (verb, handler) = target(arguments[1], in: source)
      graph.add(
        verb, project.value(first, in: source), on: node, at: Place(file: source.path, line: source.line(call.word)),
        handler: handler, framework: "Actix Web")
    default: return
    }
  }

  /// web::get().to(handler)
  private func target(_ range: Range<Int>, in source: Source) -> (String, String?) {
    let (words, end) = source.chain(from: range.lowerBound)
    let verb = words.last.flatMap { RustRoutes.verbs[$0] } ?? "ANY"
    guard source.isMark(end, "("), let close = source.close(end) else { return (verb, nil) }
    let to = source.calls(from: close + 1).first { $0.name == "to" }
    return (verb, to.flatMap { source.arguments($0.open).first }.flatMap { source.handlerName($0) })
  }

  private mutating func service(_ range: Range<Int>, on node: Int, in source: Source, depth: Int = 0) {
    guard depth < 24 else { return }
    if source.isMark(range.lowerBound, "("), let close = source.close(range.lowerBound), close == range.upperBound - 1 {
      for part in source.arguments(range.lowerBound) { service(part, on: node, in: source, depth: depth + 1) }
      return
    }
    let (words, end) = source.chain(from: range.lowerBound)
    guard let last = words.last else { return }
    guard source.isMark(end, "("), let close = source.close(end) else {
      mounts.append((words, node, nil, source.path, .handler))
      return
    }
    let first = source.arguments(end).first
    switch last {
    case "scope":
      let child = graph.node(prefix: first.flatMap { project.value($0, in: source) })
      graph.mount(child, on: node)
      for call in source.calls(from: close + 1) {
        if call.name == "service", let inner = source.arguments(call.open).first {
          service(inner, on: child, in: source, depth: depth + 1)
        } else {
          chained(call, on: child, in: source)
        }
      }
    case "resource":
      let path = first.flatMap { project.value($0, in: source) }
      for call in source.calls(from: close + 1) {
        let place = Place(file: source.path, line: source.line(call.word))
        if call.name == "route", let inner = source.arguments(call.open).first {
          let (verb, handler) = target(inner, in: source)
          graph.add(verb, path, on: node, at: place, handler: handler, framework: "Actix Web")
        } else if let verb = RustRoutes.verbs[call.name] {
          graph.add(verb, path, on: node, at: place, handler: nil, framework: "Actix Web")
        } else if call.name == "to" {
          graph.add(
            "ANY", path, on: node, at: place,
            handler: source.arguments(call.open).first.flatMap { source.handlerName($0) }, framework: "Actix Web")
        }
      }
    default: mounts.append((words, node, nil, source.path, .router))
    }
  }

  private mutating func connect() {
    for wait in waiting {
      if let node = chains[wait.path]?[wait.start] { graph.mount(node, on: wait.parent, prefix: wait.prefix) }
    }
    for mount in mounts {
      guard let name = mount.name.last else { continue }
      switch mount.kind {
      case .handler: for node in handlers[name] ?? [] { graph.mount(node, on: mount.parent, prefix: mount.prefix) }
      case .router:
        for node in pick(results[name] ?? [], mount.name, mount.path) {
          graph.mount(node, on: mount.parent, prefix: mount.prefix)
        }
      case .configuration:
        for node in pick(configurations[name] ?? [], mount.name, mount.path) {
          graph.mount(node, on: mount.parent, prefix: mount.prefix)
        }
      }
    }
  }

  /// Functions of one name are told apart by the module in front of them.
  private func pick(_ all: [(path: String, node: Int)], _ words: [String], _ path: String) -> [Int] {
    if words.count > 1 {
      let module = words[words.count - 2]
      let fitting = all.filter {
        $0.path.hasSuffix("/\(module).rs") || $0.path.hasSuffix("/\(module)/mod.rs") || $0.path == "\(module).rs"
      }
      if !fitting.isEmpty { return fitting.map(\.node) }
    }
    let own = all.filter { $0.path == path }
    if words.count == 1, !own.isEmpty { return own.map(\.node) }
    return Set(all.map(\.path)).count == 1 ? all.map(\.node) : []
  }
}

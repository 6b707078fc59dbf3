/// Express, Fastify, Koa, Hono and their like in JavaScript and TypeScript.
struct ScriptRoutes {
  private let project: Project
  private var graph = RouteGraph(.slashed)
  private var bindings: [String: Bindings] = [:]
  private var imports: [String: [String: Imported]] = [:]
  private var exports: [String: [String: Int]] = [:]
  /// Routers among the parameters of functions, by file, function and position; the default export is `default`.
  private var parameters: [String: [String: [Int: Int]]] = [:]
  private var frameworks: [Int: String] = [:]
  private var paths: Set<String> = []

  private struct Imported {
    var file: String
    /// nil for the whole module.
    var name: String?
  }

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = ScriptRoutes(project: project)
    let sources = project.sources(.javascript, .typescript).sorted { $0.path < $1.path }
    reader.paths = Set(sources.map(\.path))
    for source in sources { reader.declare(source) }
    for source in sources { reader.exported(source) }
    for source in sources { reader.read(source) }
    return (reader.graph.routes(), reader.graph.computed)
  }

  private init(project: Project) { self.project = project }

  private static let names: Set<String> = [
    "app", "router", "server", "fastify", "instance", "api", "route", "routes", "express", "application", "r", "f",
  ]
  private static let types: Set<String> = [
    "Express", "Application", "Router", "IRouter", "FastifyInstance", "Hono", "Koa", "KoaRouter", "Elysia",
  ]
  private static let verbs: [String: String] = [
    "get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "del": "DELETE", "patch": "PATCH", "head": "HEAD",
    "options": "OPTIONS", "all": "ANY", "opts": "OPTIONS", "ws": "WS",
  ]

  // MARK: Modules

  private func resolve(_ specifier: String, from source: Source) -> String? {
    var candidates: [String] = []
    var parts: [String]
    if specifier.hasPrefix(".") {
      parts = source.path.split(separator: "/").dropLast().map(String.init)
      for part in specifier.split(separator: "/") {
        if part == "." { continue }
        if part == ".." {
          guard !parts.isEmpty else { return nil }
          parts.removeLast()
        } else {
          parts.append(String(part))
        }
      }
      candidates = [parts.joined(separator: "/")]
    } else if specifier.hasPrefix("@/") || specifier.hasPrefix("~/") || specifier.hasPrefix("#/") {
      let rest = String(specifier.dropFirst(2))
      candidates = [rest, "src/" + rest, "app/" + rest]
      // The nearest src above the file.
      if let range = source.path.ranges(of: "src/").last {
        candidates.insert(String(source.path[..<range.upperBound]) + rest, at: 0)
      }
    } else if specifier.hasPrefix("src/") || specifier.hasPrefix("app/") {
      candidates = [specifier]
    }
    for candidate in candidates {
      let stem =
        candidate.hasSuffix(".js") || candidate.hasSuffix(".mjs")
        ? String(candidate[..<(candidate.lastIndex(of: ".") ?? candidate.endIndex)]) : candidate
      var tries = [candidate]
      for ending in [".ts", ".js", ".tsx", ".mjs", ".cjs", ".jsx", ".mts", "/index.ts", "/index.js", "/index.mjs"] {
        tries.append(stem + ending)
        if stem != candidate { tries.append(candidate + ending) }
      }
      for path in tries {
        let clean = path.hasPrefix("/") ? String(path.dropFirst()) : path
        if paths.contains(clean) { return clean }
      }
    }
    return nil
  }

  private mutating func declare(_ source: Source) {
    var bound = Bindings()
    var imported: [String: Imported] = [:]
    let tokens = source.tokens
    for index in tokens.indices {
      let token = tokens[index]
      if token.isWord("import"), source.isMark(index + 1, "(") == false {
        readImport(index, in: source, into: &imported)
      } else if token.isMark("="), index > 0 {
        assignment(index, in: source, &bound, &imported)
      } else if token.isWord("function") || token.isMark("=>") {
        function(index, in: source, &bound)
      } else if token.isMark("("), source.token(index - 1)?.kind == .word,
        let body = behindParameters(index, in: source), !tokens[index - 1].isWord("function"),
        source.isMark(body, "{"), !["if", "for", "while", "switch", "catch"].contains(tokens[index - 1].text)
      {
        // A method of a class: register(app: Express) {…}
        bindParameters(index, body: body, name: tokens[index - 1].text, in: source, &bound)
      }
    }
    bindings[source.path] = bound
    imports[source.path] = imported
  }

  private func readImport(_ index: Int, in source: Source, into imported: inout [String: Imported]) {
    var at = index + 1
    var locals: [(local: String, name: String?)] = []
    if source.isWord(at, "type") { at += 1 }
    while at < source.tokens.count, at - index < 400 {
      if source.isWord(at, "from") {
        at += 1
        break
      }
      if source.isMark(at, "{"), let close = source.close(at) {
        for item in source.arguments(at) {
          guard let name = source.word(item.lowerBound) else { continue }
          let alias = source.isWord(item.lowerBound + 1, "as") ? source.word(item.lowerBound + 2) : nil
          locals.append((alias ?? name, name))
        }
        at = close + 1
      } else if source.isMark(at, "*"), source.isWord(at + 1, "as"), let local = source.word(at + 2) {
        locals.append((local, nil))
        at += 3
      } else if let local = source.word(at) {
        locals.append((local, "default"))
        at += 1
      } else if source.isMark(at, ",") {
        at += 1
      } else {
        return
      }
    }
    guard let specifier = source.token(at), specifier.kind == .string, let file = resolve(specifier.text, from: source)
    else { return }
    for (local, name) in locals { imported[local] = Imported(file: file, name: name) }
  }

  /// The specifier of `require("…")` or `import("…")` at an index, with the index behind it.
  private func required(_ index: Int, in source: Source) -> (file: String, end: Int)? {
    var at = index
    if source.isWord(at, "await") { at += 1 }
    guard source.isWord(at, "require") || source.isWord(at, "import"), source.isMark(at + 1, "("),
      let close = source.close(at + 1),
      let token = source.token(at + 2), token.kind == .string, let file = resolve(token.text, from: source)
    else { return nil }
    return (file, close + 1)
  }

  private static let constructors: [String: String] = [
    "express": "Express", "Router": "Express", "fastify": "Fastify", "Fastify": "Fastify", "Koa": "Koa",
    "KoaRouter": "Koa", "Hono": "Hono", "OpenAPIHono": "Hono", "polka": "Polka", "restify": "Restify",
    "Elysia": "Elysia",
    "createServer": "Restify", "PromiseRouter": "Express", "Fastify.default": "Fastify", "AsyncRouter": "Express",
  ]

  private mutating func assignment(
    _ index: Int, in source: Source, _ bound: inout Bindings, _ imported: inout [String: Imported]
  ) {
    var value = index + 1
    if source.isWord(value, "await") { value += 1 }
    let isNew = source.isWord(value, "new")
    if isNew { value += 1 }
    // const { a, b: c } = require("./x")
    if source.isMark(index - 1, "}"), source.partner[index - 1] >= 0, let found = required(value, in: source) {
      for item in source.arguments(source.partner[index - 1]) {
        guard let name = source.word(item.lowerBound) else { continue }
        imported[source.isMark(item.lowerBound + 1, ":") ? source.word(item.lowerBound + 2) ?? name : name] = Imported(
          file: found.file, name: name)
      }
      return
    }
    var nameAt = index - 1
    // const app: Express = express()
    if source.token(nameAt)?.kind == .word || source.isMark(nameAt, ">") {
      var back = nameAt
      while back > 0, nameAt - back < 12, !source.isMark(back, ":"), !source.isMark(back, ";"),
        source.token(back)?.line == source.token(index)?.line
      { back -= 1 }
      if source.isMark(back, ":"), source.token(back - 1)?.kind == .word { nameAt = back - 1 }
    }
    guard source.token(nameAt)?.kind == .word else { return }
    let target = source.chain(endingAt: nameAt)
    if let found = required(value, in: source) {
      var name: String?
      if source.isMark(found.end, "."), let member = source.word(found.end + 1) { name = member }
      if target.words.count == 1 { imported[target.words[0]] = Imported(file: found.file, name: name) }
      return
    }
    var (words, end) = source.chain(from: value)
    // require("express").Router(), require("fastify")({ … })
    if words == ["require"], source.isMark(end, "("), let close = source.close(end), let module = source.token(end + 1),
      module.kind == .string
    {
      words = [module.text]
      end = close + 1
      if source.isMark(end, "."), source.isMark(end + 2, "("), let name = source.word(end + 1) {
        words.append(name)
        end += 2
      }
    }
    guard let last = words.last else { return }
    var open = end
    if source.isMark(open, "<") { open = source.behindGenerics(open) }
    guard source.isMark(open, "("), let framework = framework(last, words, isNew: isNew, in: source) else { return }
    let arguments = source.arguments(open)
    var prefix: Project.Reading?
    if let options = arguments.first, source.isMark(options.lowerBound, "{"),
      let given = source.argument("prefix", in: source.members(options))
        ?? source.argument("basePath", in: source.members(options))
    {
      prefix = project.value(given, in: source) ?? .init(text: "{\(source.text(given))}", isWhole: false)
    }
    if let close = source.close(open) {
      for call in source.calls(from: close + 1) where call.name == "basePath" || call.name == "prefix" {
        prefix = source.arguments(call.open).first.flatMap { project.value($0, in: source) }
      }
    }
    let node = graph.node(prefix: prefix)
    frameworks[node] = framework
    let name = target.words.joined(separator: ".")
    bound.bind(
      name, to: node, at: index, block: target.words.count > 1 || source.block[index] < 0 ? -1 : source.block[index])
    // exports.router = …; a field of a class
    if target.words.count == 1,
      source.token(target.start)?.startsLine ?? false
        || ["public", "private", "readonly", "protected"].contains(source.word(target.start - 1) ?? "")
    {
      bound.bind("this." + name, to: node, at: index, block: -1)
    }
    if target.words == ["module", "exports"] { exports[source.path, default: [:]]["default"] = node }
    if target.words.first == "exports" || target.words.prefix(2) == ["module", "exports"], let own = target.words.last,
      own != "exports"
    {
      exports[source.path, default: [:]][own] = node
    }
    // const x = module.exports = express()
    if source.isMark(target.start - 1, "="), source.token(target.start - 2)?.kind == .word {
      let outer = source.chain(endingAt: target.start - 2).words.joined(separator: ".")
      bound.bind(outer, to: node, at: index, block: -1)
    }
  }

  private func framework(_ last: String, _ words: [String], isNew: Bool, in source: Source) -> String? {
    if last == "createServer" { return words.first == "restify" ? "Restify" : nil }
    if last == "default", words.count > 1 { return ScriptRoutes.constructors[words[0]] }
    guard let framework = ScriptRoutes.constructors[last] else { return nil }
    if last == "Router" {
      let koa = source.tokens.contains { $0.kind == .string && ($0.text == "koa-router" || $0.text == "@koa/router") }
      if isNew {
        return koa || !words.isEmpty && source.tokens.contains { $0.kind == .string && $0.text == "express" }
          ? (koa ? "Koa" : "Express") : nil
      }
      return koa ? "Koa" : "Express"
    }
    return framework
  }

  /// A function whose parameter is a router by its name or type.
  private mutating func function(_ index: Int, in source: Source, _ bound: inout Bindings) {
    if source.tokens[index].isMark("=>") {
      guard source.isMark(index + 1, "{") else { return }
      if source.isMark(index - 1, ")"), source.partner[index - 1] >= 0 {
        let open = source.partner[index - 1]
        bindParameters(open, body: index + 1, name: nameBefore(open, in: source), in: source, &bound)
      } else if let name = source.word(index - 1), ScriptRoutes.names.contains(name) {
        let node = graph.node()
        bound.bind(name, to: node, at: index, block: index + 1)
        note(node, position: 0, name: nameBefore(index - 1, in: source), index: index - 1, in: source)
      }
      return
    }
    var at = index + 1
    if source.isMark(at, "*") { at += 1 }
    var name: String?
    if let word = source.word(at) {
      name = word
      at += 1
    }
    guard source.isMark(at, "("), let body = behindParameters(at, in: source), source.isMark(body, "{") else { return }
    if name == nil { name = nameBefore(index, in: source) }
    let isDefault = source.isWord(index - 1, "default") || source.isWord(index - 2, "default") || name == "default"
    bindParameters(at, body: body, name: isDefault ? "default" : name, in: source, &bound)
    if isDefault, let own = source.word(index + 1), let known = parameters[source.path]?["default"] {
      parameters[source.path]?[own] = known
    }
  }

  /// The body behind a parameter list and a result type.
  private func behindParameters(_ open: Int, in source: Source) -> Int? {
    guard let close = source.close(open) else { return nil }
    if source.isMark(close + 1, "{") { return close + 1 }
    guard source.isMark(close + 1, ":") else { return nil }
    var at = close + 2
    while at < source.tokens.count, at - close < 16 {
      if source.isMark(at, "{") { return at }
      if source.isMark(at, ";") || source.isMark(at, "=>") || source.isMark(at, "=") || source.isMark(at, ",") {
        return nil
      }
      at += 1
    }
    return nil
  }

  /// The name that a function written as a value is given: `const name = (…)`, `module.exports = function`, `name: function`.
  private func nameBefore(_ index: Int, in source: Source) -> String? {
    var at = index - 1
    if source.isWord(at, "async") { at -= 1 }
    if source.isWord(at, "default") { return "default" }
    if source.isMark(at, "(") {
      // fp(async function (fastify) {…}), the argument of a plugin wrapper
      if source.isWord(at - 1, "fp") || source.isWord(at - 1, "fastifyPlugin") { return nameBefore(at - 1, in: source) }
      return nil
    }
    guard source.isMark(at, "=") || source.isMark(at, ":") else { return nil }
    at -= 1
    // const name: Type = …
    if source.isMark(at + 1, "="), source.isMark(at - 1, ":"), source.token(at - 2)?.kind == .word {
      return source.word(at - 2)
    }
    guard source.token(at)?.kind == .word else { return nil }
    let words = source.chain(endingAt: at).words
    return words == ["module", "exports"] ? "default" : words.last
  }

  private mutating func bindParameters(
    _ open: Int, body: Int, name: String?, in source: Source, _ bound: inout Bindings
  ) {
    for (position, parameter) in source.arguments(open).enumerated() {
      guard let local = source.word(parameter.lowerBound) else { continue }
      let type =
        source.isMark(parameter.lowerBound + 1, ":") ? source.chain(from: parameter.lowerBound + 2).words.last : nil
      guard type.map({ ScriptRoutes.types.contains($0) }) ?? (ScriptRoutes.names.contains(local) && local.count > 1)
      else { continue }
      let node = graph.node()
      if type == "FastifyInstance" || local == "fastify" { frameworks[node] = "Fastify" }
      bound.bind(local, to: node, at: open, block: body)
      note(node, position: position, name: name, index: open, in: source)
    }
  }

  private mutating func note(_ node: Int, position: Int, name: String?, index: Int, in source: Source) {
    closures[source.path, default: [:]][index] = node
    if let name { parameters[source.path, default: [:]][name, default: [:]][position] = node }
  }

  /// Function literals by the place of their parameter list.
  private var closures: [String: [Int: Int]] = [:]

  // MARK: Exports

  private mutating func exported(_ source: Source) {
    func node(_ words: [String], _ index: Int) -> Int? {
      bindings[source.path]?.node(words.joined(separator: "."), at: index, in: source)
        ?? bindings[source.path]?.any(words.joined(separator: "."))
    }
    for index in source.tokens.indices {
      if source.isWord(index, "export") {
        if source.isWord(index + 1, "default") {
          let (words, end) = source.chain(from: index + 2)
          if source.isMark(end, "("), words.count == 1, let first = source.arguments(end).first,
            let inner = node(source.chain(from: first.lowerBound).words, index)
          {
            exports[source.path, default: [:]]["default"] = inner
          } else if let found = node(words, index) ?? node(Array(words.prefix(1)), index) {
            exports[source.path, default: [:]]["default"] = found
          } else if let name = words.first, let known = parameters[source.path]?[name] {
            parameters[source.path]?["default"] = known
          }
        } else if source.isMark(index + 1, "{") {
          for item in source.arguments(index + 1) {
            guard let name = source.word(item.lowerBound) else { continue }
            let alias = source.isWord(item.lowerBound + 1, "as") ? source.word(item.lowerBound + 2) ?? name : name
            if let found = node([name], index) { exports[source.path, default: [:]][alias] = found }
            if let known = parameters[source.path]?[name] { parameters[source.path]?[alias] = known }
          }
        } else if let name = source.word(index + 2), let found = node([name], index + 3) {
          exports[source.path, default: [:]][name] = found
        }
      } else if source.isMark(index, "="), index > 0, source.token(index - 1)?.kind == .word {
        let words = source.chain(endingAt: index - 1).words
        guard words.first == "exports" || words.prefix(2) == ["module", "exports"] else { continue }
        let name = words.last == "exports" ? "default" : words.last ?? "default"
        if source.isMark(index + 1, "{") {
          for item in source.arguments(index + 1) {
            guard let key = source.word(item.lowerBound) else { continue }
            let value = source.named(item)?.value.lowerBound ?? item.lowerBound
            if let found = node(source.chain(from: value).words, index) {
              exports[source.path, default: [:]][key] = found
            }
            if let known = source.word(value).flatMap({ parameters[source.path]?[$0] }) {
              parameters[source.path]?[key] = known
            }
          }
          continue
        }
        let value = source.chain(from: index + 1)
        if let found = node(value.words, index) { exports[source.path, default: [:]][name] = found }
        if value.words.count == 1, !source.isMark(value.end, "("), let known = parameters[source.path]?[value.words[0]]
        {
          parameters[source.path]?[name] = known
        }
      }
    }
  }

  /// What an import brings: its router.
  private func router(_ file: String, _ name: String?) -> Int? {
    if let name, let node = exports[file]?[name] { return node }
    if name == nil || name == "default" || name == "router" {
      if let node = exports[file]?["default"] { return node }
      // A class or an object that holds the only router of its file.
    }
    if let all = exports[file], all.count == 1, name == nil { return all.first?.value }
    if name == nil || exports[file]?.isEmpty ?? true {
      let top = bindings[file]?.atTop ?? []
      if Set(top.map(\.node)).count == 1, parameters[file]?[name ?? "default"] == nil { return top.first?.node }
    }
    return nil
  }

  private func lookup(_ words: [String], at index: Int, in source: Source) -> Int? {
    guard let first = words.first else { return nil }
    if let node = bindings[source.path]?.node(words.joined(separator: "."), at: index, in: source) { return node }
    if let imported = imports[source.path]?[first] {
      if words.count == 1 { return router(imported.file, imported.name) }
      if let node = exports[imported.file]?[words[1]] { return node }
      if words.count == 2, words[1] == "router" || words[1] == "default" || words[1] == "app" {
        return router(imported.file, imported.name)
      }
    }
    return nil
  }

  // MARK: Routes

  private mutating func read(_ source: Source) {
    for index in source.tokens.indices where source.tokens[index].isMark("(") {
      guard source.token(index - 1)?.kind == .word else { continue }
      let (words, start) = source.chain(endingAt: index - 1)
      guard let name = words.last else { continue }
      if words.count == 1 || start > 0 && source.isMark(start - 1, ".") {
        if words.count == 1, start == 0 || !source.isMark(start - 1, ".") { invoke(words, index, in: source) }
        continue
      }
      let base = Array(words.dropLast())
      if ScriptRoutes.verbs[name] != nil || ["use", "register", "route", "on"].contains(name) {
        call(name, base, index, in: source, start: start)
      } else {
        invoke(words, index, in: source)
      }
    }
  }

  private mutating func receiver(_ base: [String], at index: Int, in source: Source) -> Int? {
    if let node = lookup(base, at: index, in: source) { return node }
    guard let last = base.last, base.count == 1 || base[0] == "this" || base[0] == "self" || base[0] == "that",
      ["app", "router", "server", "fastify", "expressApp", "_app", "_router"].contains(last)
    else { return nil }
    let node = graph.node()
    bindings[source.path]?.bind(base.joined(separator: "."), to: node, at: index, block: -1)
    return node
  }

  private mutating func call(_ name: String, _ base: [String], _ open: Int, in source: Source, start: Int) {
    let arguments = source.arguments(open)
    guard let first = arguments.first, let node = receiver(base, at: start, in: source) else { return }
    let place = Place(file: source.path, line: source.line(start))
    let framework = frameworks[node] ?? guess(source)
    if source.isMark(first.lowerBound, "{"), name == "route" {
      // fastify.route({ method: "GET", url: "/p", handler })
      let members = source.members(first)
      guard let path = source.argument("url", in: members) ?? source.argument("path", in: members) else { return }
      let verbs = source.argument("method", in: members).map { texts($0, in: source) } ?? ["ANY"]
      let handler = source.argument("handler", in: members).flatMap { source.handlerName($0) }
      for verb in verbs {
        graph.add(verb, project.value(path, in: source), on: node, at: place, handler: handler, framework: "Fastify")
      }
      return
    }
    if name == "use" || name == "register" {
      return mount(name, arguments, on: node, in: source, at: start)
    }
    if name == "route" {
      guard let path = project.value(first, in: source) else { return }
      // Hono: app.route("/p", sub)
      if arguments.count == 2 {
        if let child = target(arguments[1], in: source, at: start) { graph.mount(child, on: node, prefix: path) }
        return
      }
      guard let close = source.close(open) else { return }
      for call in source.calls(from: close + 1) {
        guard let verb = ScriptRoutes.verbs[call.name] else { continue }
        let handler = source.arguments(call.open).last.flatMap { source.handlerName($0) }
        graph.add(
          verb, path, on: node, at: Place(file: source.path, line: source.line(call.word)), handler: handler,
          framework: framework)
      }
      return
    }
    if name == "on" {
      // Hono and find-my-way: on("GET", "/p", handler)
      guard arguments.count >= 3, let path = project.value(arguments[1], in: source), path.text.hasPrefix("/") else {
        return
      }
      for verb in texts(first, in: source) {
        graph.add(verb, path, on: node, at: place, handler: source.handlerName(arguments[2]), framework: framework)
      }
      return
    }
    guard arguments.count >= 2, let verb = ScriptRoutes.verbs[name] else { return }
    var pathRange = first
    // koa-router: get("name", "/path", handler)
    var routeName: String?
    if arguments.count > 2, let given = project.value(first, in: source), !given.text.hasPrefix("/"),
      source.token(arguments[1].lowerBound)?.kind == .string,
      let second = project.value(arguments[1], in: source), second.text.hasPrefix("/")
    {
      routeName = given.text
      pathRange = arguments[1]
    }
    let handler = arguments.last.flatMap { source.handlerName($0) }
    for path in list(pathRange, in: source) {
      if let path,
        !(path.text.isEmpty || path.text.hasPrefix("/") || path.text.hasPrefix("*") || path.text.hasPrefix("{")
          || path.text.hasPrefix("^") || path.text.hasPrefix(":") || path.text.hasPrefix("\\/"))
      {
        continue
      }
      graph.add(verb, path, on: node, at: place, handler: handler, framework: framework, name: routeName)
    }
  }

  private func guess(_ source: Source) -> String {
    for token in source.tokens where token.kind == .string {
      switch token.text {
      case "express": return "Express"
      case "fastify", "fastify-plugin": return "Fastify"
      case "koa", "koa-router", "@koa/router": return "Koa"
      case "hono": return "Hono"
      default: continue
      }
    }
    return "Express"
  }

  /// A path, or a list of paths.
  private func list(_ range: Range<Int>, in source: Source) -> [Project.Reading?] {
    guard source.isMark(range.lowerBound, "["), source.close(range.lowerBound) == range.upperBound - 1 else {
      return [project.value(range, in: source)]
    }
    return source.arguments(range.lowerBound).map { project.value($0, in: source) }
  }

  private func texts(_ range: Range<Int>, in source: Source) -> [String] {
    range.compactMap { source.tokens[$0].kind == .string ? source.tokens[$0].text.uppercased() : nil }
  }

  private mutating func mount(_ name: String, _ arguments: [Range<Int>], on node: Int, in source: Source, at index: Int)
  {
    var prefixes: [Project.Reading?] = [nil]
    var rest = arguments[...]
    if name == "use", arguments.count > 1, let token = source.token(arguments[0].lowerBound),
      token.kind == .string || token.isMark("[") || token.kind == .regex
        || token.kind == .word && project.value(arguments[0], in: source) != nil
    {
      prefixes = list(arguments[0], in: source)
      rest = rest.dropFirst()
    }
    if name == "register" {
      guard let plugin = arguments.first else { return }
      if arguments.count > 1, let given = source.argument("prefix", in: source.members(arguments[1])) {
        prefixes = [project.value(given, in: source) ?? .init(text: "{\(source.text(given))}", isWhole: false)]
      }
      rest = [plugin]
    }
    for argument in rest {
      guard let child = target(argument, in: source, at: index) else { continue }
      for prefix in prefixes { graph.mount(child, on: node, prefix: prefix) }
    }
  }

  /// The router that an argument stands for.
  private func target(_ range: Range<Int>, in source: Source, at index: Int) -> Int? {
    var at = range.lowerBound
    if source.isWord(at, "await") { at += 1 }
    if source.isMark(at, "("), let close = source.close(at), close < range.upperBound {
      // (fastify, opts, done) => {…}
      if let node = closures[source.path]?[at] { return node }
      return target(at + 1..<close, in: source, at: index)
    }
    if let found = required(at, in: source) {
      if let node = parameters[found.file]?["default"]?[0] { return node }
      var name: String?
      if source.isMark(found.end, "."), let member = source.word(found.end + 1) { name = member }
      return router(found.file, name)
    }
    if source.isWord(at, "async") || source.isWord(at, "function") {
      for inner in at..<min(at + 5, range.upperBound) {
        if source.isMark(inner, "("), let node = closures[source.path]?[inner] { return node }
      }
      if source.isWord(at, "async"), let node = closures[source.path]?[at + 1] { return node }
      return nil
    }
    if let node = closures[source.path]?[at], source.isMark(at + 1, "=>") { return node }
    let isNew = source.isWord(at, "new")
    if isNew { at += 1 }
    var (words, end) = source.chain(from: at)
    guard let last = words.last else { return nil }
    if let node = lookup(words, at: index, in: source) { return node }
    // users.routes(), router.middleware(), makeRouter()
    if source.isMark(end, "("), words.count > 1, ["routes", "middleware", "callback", "getRouter"].contains(last) {
      words.removeLast()
      end = words.count
      if let node = lookup(words, at: index, in: source) { return node }
    }
    guard let imported = imports[source.path]?[words[0]] else {
      // A plugin function of this file.
      return words.count == 1 ? parameters[source.path]?[words[0]]?[0] : nil
    }
    if let node = parameters[imported.file]?[words.count > 1 ? words[1] : imported.name ?? "default"]?[0] {
      return node
    }
    return isNew || source.isMark(end, "(") || words.count > 1
      ? router(imported.file, nil) : router(imported.file, imported.name)
  }

  /// Calls that hand a router to a function: routes(app), require("./routes")(app).
  private mutating func invoke(_ words: [String], _ open: Int, in source: Source) {
    var known: [Int: Int]?
    var arguments = source.arguments(open)
    if words == ["require"], let found = required(open - 1, in: source) {
      known = parameters[found.file]?["default"]
      if source.isMark(found.end, "(") {
        arguments = source.arguments(found.end)
      } else if source.isMark(found.end, "."), let member = source.word(found.end + 1),
        source.isMark(found.end + 2, "(")
      {
        known = parameters[found.file]?[member]
        arguments = source.arguments(found.end + 2)
      } else {
        return
      }
    } else if words.count <= 2, let imported = imports[source.path]?[words[0]] {
      known = parameters[imported.file]?[words.count == 2 ? words[1] : imported.name ?? "default"]
    } else if words.count == 1 {
      known = parameters[source.path]?[words[0]]
    } else if words.count == 2, let own = words.last {
      // userRoutes.register(app), a method of something else
      let all = parameters.values.compactMap { $0[own] }
      known = all.count == 1 ? all[0] : nil
    }
    guard let known else { return }
    for (position, argument) in arguments.enumerated() {
      guard let child = known[position], source.token(argument.lowerBound)?.kind == .word else { continue }
      let (names, end) = source.chain(from: argument.lowerBound)
      guard end >= argument.upperBound, let parent = receiver(names, at: open, in: source) else { continue }
      graph.mount(child, on: parent)
    }
  }
}

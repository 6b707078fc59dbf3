/// Vapor and Hummingbird.
struct SwiftRoutes {
  private let project: Project
  private var graph = RouteGraph(.slashed)
  private var bindings: [String: Bindings] = [:]
  /// The routes that a collection's boot takes, by its type.
  private var collections: [String: Int] = [:]
  private var functions: [String: Int] = [:]
  private var registered: [(type: String, node: Int)] = []
  private var passed: [(name: String, node: Int)] = []
  private var closures: [(open: Int, node: Int, path: String)] = []

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = SwiftRoutes(project: project)
    for source in project.sources(.swift)
    where source.tokens.contains(where: {
      $0.isWord("Vapor") || $0.isWord("Hummingbird") || $0.isWord("RoutesBuilder") || $0.isWord("RouteCollection")
    }) {
      reader.read(source)
    }
    for (type, node) in reader.registered {
      if let child = reader.collections[type] { reader.graph.mount(child, on: node) }
    }
    for (name, node) in reader.passed { if let child = reader.functions[name] { reader.graph.mount(child, on: node) } }
    return (reader.graph.routes(), reader.graph.computed)
  }

  private init(project: Project) { self.project = project }

  private static let verbs: [String: String] = [
    "get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "patch": "PATCH", "head": "HEAD",
    "options": "OPTIONS",
    "webSocket": "WS", "ws": "WS",
  ]
  private static let types: Set<String> = [
    "Application", "RoutesBuilder", "Router", "RouterGroup", "RouterMethods", "RouteGroup",
  ]

  private mutating func read(_ source: Source) {
    bindings[source.path] = Bindings()
    let framework = source.tokens.contains { $0.isWord("Hummingbird") } ? "Hummingbird" : "Vapor"
    var typeName = ""
    for index in source.tokens.indices {
      guard let word = source.word(index) else { continue }
      if ["struct", "class", "extension", "actor", "final"].contains(word), let name = source.word(index + 1),
        word != "final"
      {
        typeName = name
      }
      if word == "func" { function(index, type: typeName, in: source) }
      if word == "let" || word == "var", let name = source.word(index + 1) {
        // let users = routes.grouped("users") · let router = Router()
        var value = index + 2
        while value < source.tokens.count, value - index < 12, !source.isMark(value, "="),
          !(source.tokens[value].startsLine)
        { value += 1 }
        guard source.isMark(value, "=") else { continue }
        let (words, end) = source.chain(from: value + 1)
        var open = end
        if source.isMark(open, "<") { open = source.behindGenerics(open) }
        if let last = words.last,
          ["Router", "RouterBuilder", "Application"].contains(last) || words == ["Application", "make"],
          source.isMark(open, "(")
        {
          let node = graph.node()
          bindings[source.path]?.bind(name, to: node, at: value, block: source.block[index])
        } else if let last = words.last, last == "grouped" || last == "group", words.count > 1, source.isMark(end, "("),
          let parent = receiver(words.dropLast(), at: index, in: source)
        {
          var node = child(of: parent, end, in: source)
          if let close = source.close(end) {
            for call in source.calls(from: close + 1) where call.name == "grouped" || call.name == "group" {
              node = child(of: node, call.open, in: source)
            }
          }
          bindings[source.path]?.bind(name, to: node, at: end, block: source.block[index])
        }
      }
      guard index == 0 || !source.isMark(index - 1, "."), source.isMark(index + 1, ".") || source.isMark(index + 1, "(")
      else { continue }
      let (words, end) = source.chain(from: index)
      if source.isMark(end, "{"), words.count > 1, let verb = words.last.flatMap({ SwiftRoutes.verbs[$0] }),
        let node = receiver(words.dropLast(), at: index, in: source)
      {
        // app.get { req in … }
        graph.add(
          verb, .init(text: "", isWhole: true), on: node, at: Place(file: source.path, line: source.line(index)),
          handler: nil, framework: framework)
        continue
      }
      guard source.isMark(end, "("), let close = source.close(end) else { continue }
      if words.count == 1 {
        // routes(app)
        if let first = source.arguments(end).first,
          let local = source.word(source.named(first)?.value.lowerBound ?? first.lowerBound),
          let node = bindings[source.path]?.node(local, at: index, in: source)
        {
          passed.append((words[0], node))
        }
        continue
      }
      guard let name = words.last,
        SwiftRoutes.verbs[name] != nil || ["on", "group", "grouped", "register", "addRoutes", "add"].contains(name),
        let node = receiver(words.dropLast(), at: index, in: source)
      else { continue }
      var current = node
      for call in [(name: name, word: end - 1, open: end)] + source.calls(from: close + 1) {
        current = self.call(call, on: current, framework, in: source)
      }
    }
  }

  private mutating func function(_ index: Int, type: String, in source: Source) {
    guard let name = source.word(index + 1), source.isMark(index + 2, "("), let close = source.close(index + 2) else {
      return
    }
    var body = close + 1
    while body < source.tokens.count, body - close < 24, !source.isMark(body, "{"), !source.isWord(body, "func") {
      body += 1
    }
    guard source.isMark(body, "{") else { return }
    for argument in source.arguments(index + 2) {
      let words = argument.compactMap { source.word($0) }
      guard words.contains(where: { SwiftRoutes.types.contains($0) }),
        let colon = argument.first(where: { source.isMark($0, ":") }), let local = source.word(colon - 1)
      else { continue }
      let node = graph.node()
      bindings[source.path]?.bind(local, to: node, at: index, block: body)
      if name == "boot" || name == "addRoutes" { collections[type] = node } else { functions[name] = node }
    }
  }

  private mutating func receiver(_ words: some Collection<String>, at index: Int, in source: Source) -> Int? {
    let name = words.joined(separator: ".")
    if let node = bindings[source.path]?.node(name, at: index, in: source) { return node }
    if name.hasSuffix(".routes") || name.hasSuffix(".router"),
      let node = bindings[source.path]?.node(words.dropLast().joined(separator: "."), at: index, in: source)
    {
      return node
    }
    guard ["app", "routes", "router", "application", "self.router", "app.router"].contains(name) else { return nil }
    let node = graph.node()
    bindings[source.path]?.bind(name, to: node, at: index, block: -1)
    return node
  }

  /// The path that the unnamed arguments of a call make up.
  private func path(_ open: Int, in source: Source) -> Project.Reading? {
    var text = ""
    var isWhole = true
    for argument in source.arguments(open) where source.named(argument) == nil {
      guard let first = source.token(argument.lowerBound) else { continue }
      var part: String?
      if first.isMark("."), let kind = source.word(argument.lowerBound + 1) {
        let inner =
          source.isMark(argument.lowerBound + 2, "(")
          ? source.arguments(argument.lowerBound + 2).first.flatMap { project.value($0, in: source)?.text } : nil
        switch kind {
        case "parameter": part = ":" + (inner ?? "")
        case "constant": part = inner
        case "catchall": part = "**"
        case "anything": part = "*"
        default: continue
        }
      } else if first.kind == .string, let reading = project.value(argument, in: source) {
        part = reading.text
        isWhole = isWhole && reading.isWhole
      } else if first.kind == .word, let reading = project.value(argument, in: source), reading.isWhole {
        part = reading.text
      } else {
        // Middleware, or a component that is computed.
        continue
      }
      text = RouteGraph.join(text, part ?? "", .slashed)
    }
    return .init(text: text, isWhole: isWhole)
  }

  private mutating func child(of parent: Int, _ open: Int, in source: Source) -> Int {
    let node = graph.node(prefix: path(open, in: source))
    graph.mount(node, on: parent)
    // group("x") { x in … }
    if let close = source.close(open), source.isMark(close + 1, "{"), let local = source.word(close + 2) ?? nil,
      source.isWord(close + 3, "in")
    {
      bindings[source.path]?.bind(local, to: node, at: close, block: close + 1)
    }
    return node
  }

  private mutating func call(
    _ call: (name: String, word: Int, open: Int), on node: Int, _ framework: String, in source: Source
  ) -> Int {
    let arguments = source.arguments(call.open)
    let place = Place(file: source.path, line: source.line(call.word))
    switch call.name {
    case "group", "grouped": return child(of: node, call.open, in: source)
    case "register", "addRoutes":
      let target = source.argument("collection", in: arguments) ?? arguments.first
      if let target, let type = source.chain(from: target.lowerBound).words.first {
        var at = node
        if let prefix = source.argument("atPath", in: arguments) {
          at = graph.node(prefix: project.value(prefix, in: source))
          graph.mount(at, on: node)
        }
        registered.append((type, at))
      }
    case "on":
      guard let first = arguments.first, source.isMark(first.lowerBound, "."),
        let verb = source.word(first.lowerBound + 1)
      else { return node }
      var text = ""
      for argument in arguments.dropFirst()
      where source.named(argument) == nil && source.token(argument.lowerBound)?.kind == .string {
        text = RouteGraph.join(text, project.value(argument, in: source)?.text ?? "", .slashed)
      }
      graph.add(
        verb.uppercased(), .init(text: text, isWhole: true), on: node, at: place,
        handler: source.argument("use", in: arguments).flatMap { source.handlerName($0) }, framework: framework)
    default:
      guard let verb = SwiftRoutes.verbs[call.name] else { return node }
      let handler = source.argument("use", in: arguments).flatMap { source.handlerName($0) }
      let hasBody = source.close(call.open).map { source.isMark($0 + 1, "{") } ?? false
      guard handler != nil || hasBody || arguments.contains(where: { source.named($0)?.name == "use" }) else {
        return node
      }
      graph.add(verb, path(call.open, in: source), on: node, at: place, handler: handler, framework: framework)
    }
    return node
  }
}

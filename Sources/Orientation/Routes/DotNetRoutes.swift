/// ASP.NET: attribute routes of controllers, minimal APIs, conventional routes.
struct DotNetRoutes {
  private let project: Project
  private var graph = RouteGraph(.slashed)
  private var bindings: [String: Bindings] = [:]
  private var parameters: [String: Int] = [:]

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = DotNetRoutes(project: project)
    for source in project.sources(.csharp) {
      reader.controllers(source)
      reader.minimal(source)
    }
    for (name, node) in reader.passed {
      if let child = reader.parameters[name] { reader.graph.mount(child, on: node) }
    }
    return (reader.graph.routes(), reader.graph.computed)
  }

  private init(project: Project) { self.project = project }

  private var passed: [(name: String, node: Int)] = []

  private static let verbs: [String: String] = [
    "HttpGet": "GET", "HttpPost": "POST", "HttpPut": "PUT", "HttpDelete": "DELETE", "HttpPatch": "PATCH",
    "HttpHead": "HEAD",
    "HttpOptions": "OPTIONS",
  ]
  private static let maps: [String: String] = [
    "MapGet": "GET", "MapPost": "POST", "MapPut": "PUT", "MapDelete": "DELETE", "MapPatch": "PATCH", "Map": "ANY",
    "MapHub": "WS", "MapHealthChecks": "GET",
  ]

  private mutating func controllers(_ source: Source) {
    guard
      source.tokens.contains(where: {
        DotNetRoutes.verbs[$0.text] != nil || $0.isWord("Route") || $0.isWord("AcceptVerbs")
      })
    else { return }
    for type in AnnotatedType.all(in: source) {
      let isController =
        type.name.hasSuffix("Controller") || type.annotation("ApiController", "Controller") != nil
        || type.bases.contains { $0.hasSuffix("Controller") || $0 == "ControllerBase" }
      guard isController else { continue }
      let stem = type.name.hasSuffix("Controller") ? String(type.name.dropLast(10)) : type.name
      var prefixes = type.annotations.filter { $0.name == "Route" || $0.name == "RoutePrefix" }
        .compactMap { project.paths(of: $0, names: ["template"], in: source)?.first }
      if prefixes.isEmpty { prefixes = [.init(text: "", isWhole: true)] }
      for member in type.members {
        let routes = member.annotations.filter { $0.name == "Route" }.compactMap {
          project.paths(of: $0, names: ["template"], in: source)?.first
        }
        let verbs = member.annotations.filter { DotNetRoutes.verbs[$0.name] != nil }
        var pairs: [(verb: String, path: Project.Reading, index: Int)] = []
        for verb in verbs {
          let own = project.paths(of: verb, names: ["template"], in: source)?.first
          for path in own.map({ [$0] }) ?? (routes.isEmpty ? [.init(text: "", isWhole: true)] : routes) {
            pairs.append((DotNetRoutes.verbs[verb.name] ?? "ANY", path, verb.index))
          }
        }
        if verbs.isEmpty { for path in routes { pairs.append(("ANY", path, member.index)) } }
        for pair in pairs {
          for prefix in prefixes {
            // An absolute template stands by itself.
            let isAbsolute = pair.path.text.hasPrefix("/") || pair.path.text.hasPrefix("~/")
            var text =
              isAbsolute
              ? String(pair.path.text.drop { $0 == "~" }) : RouteGraph.join(prefix.text, pair.path.text, .slashed)
            if prefix.text.isEmpty, pair.path.text.isEmpty { text = "/[controller]/[action]" }
            text = text.replacing("[controller]", with: stem).replacing("[action]", with: member.name)
            graph.add(
              pair.verb, .init(text: text, isWhole: prefix.isWhole && pair.path.isWhole), on: root,
              at: Place(file: source.path, line: source.line(pair.index)), handler: "\(type.name).\(member.name)",
              framework: "ASP.NET")
          }
        }
      }
    }
  }

  private lazy var rootNode = graph.node()
  private var root: Int { mutating get { rootNode } }

  private mutating func minimal(_ source: Source) {
    guard source.tokens.contains(where: { $0.kind == .word && $0.text.hasPrefix("Map") }) else { return }
    bindings[source.path] = Bindings()
    // static void MapUsers(this IEndpointRouteBuilder app)
    for index in source.tokens.indices where source.isMark(index, "(") {
      guard let name = source.word(index - 1), let close = source.close(index), source.isMark(close + 1, "{") else {
        continue
      }
      for argument in source.arguments(index) {
        let words = argument.compactMap { source.word($0) }
        guard
          words.contains("IEndpointRouteBuilder") || words.contains("WebApplication")
            || words.contains("RouteGroupBuilder"), let local = words.last
        else { continue }
        let node = graph.node()
        bindings[source.path]?.bind(local, to: node, at: index, block: close + 1)
        if words.first == "this" || name.hasPrefix("Map") || name.hasPrefix("Register") { parameters[name] = node }
      }
    }
    for index in source.tokens.indices where source.isMark(index, "(") {
      guard let name = source.word(index - 1), name.hasPrefix("Map") || name.hasPrefix("Register") else { continue }
      let (words, start) = source.chain(endingAt: index - 1)
      guard
        words.count > 1 || start > 0 && source.isMark(start - 1, ".") || name.hasPrefix("Register")
          || name.hasPrefix("Map")
      else { continue }
      let arguments = source.arguments(index)
      guard let node = receiver(words, start, at: index, in: source) else { continue }
      let place = Place(file: source.path, line: source.line(index - 1))
      if name == "MapGroup", let first = arguments.first {
        let child = graph.node(prefix: project.value(first, in: source))
        graph.mount(child, on: node)
        groups[source.path, default: [:]][index] = child
        if start > 1, source.isMark(start - 1, "="), let local = source.word(start - 2) {
          bindings[source.path]?.bind(local, to: child, at: index, block: source.block[index])
        }
      } else if name == "MapControllerRoute" {
        let pattern = source.argument("pattern", in: arguments) ?? (arguments.count > 1 ? arguments[1] : nil)
        if let pattern {
          graph.add("ANY", project.value(pattern, in: source), on: node, at: place, handler: nil, framework: "ASP.NET")
        }
      } else if name == "MapMethods", arguments.count > 2 {
        for at in arguments[1] where source.tokens[at].kind == .string {
          graph.add(
            source.tokens[at].text.uppercased(), project.value(arguments[0], in: source), on: node, at: place,
            handler: source.handlerName(arguments[2]), framework: "ASP.NET")
        }
      } else if let verb = DotNetRoutes.maps[name], let first = arguments.first {
        guard arguments.count > 1 || verb == "WS" || name == "MapHealthChecks" else { continue }
        graph.add(
          verb, project.value(first, in: source), on: node, at: place,
          handler: arguments.count > 1 ? source.handlerName(arguments[1]) : nil, framework: "ASP.NET")
      } else if !["MapControllers", "MapRazorPages", "MapDefaultControllerRoute", "MapGroup"].contains(name) {
        passed.append((name, node))
      }
    }
  }

  private var groups: [String: [Int: Int]] = [:]

  private mutating func receiver(_ words: [String], _ start: Int, at index: Int, in source: Source) -> Int? {
    if words.count > 1 {
      let base = words.dropLast().joined(separator: ".")
      if let node = bindings[source.path]?.node(base, at: index, in: source) { return node }
      guard
        ["app", "endpoints", "routes", "builder", "group", "api", "routeBuilder", "webApp", "application"].contains(
          base)
      else { return nil }
      let node = graph.node()
      bindings[source.path]?.bind(base, to: node, at: index, block: -1)
      return node
    }
    // app.MapGroup("/x").MapUsers()
    var at = start
    var hops = 0
    while at > 1, source.isMark(at - 1, "."), source.isMark(at - 2, ")"), source.partner[at - 2] > 0, hops < 16 {
      let open = source.partner[at - 2]
      if let node = groups[source.path]?[open] { return node }
      at = source.chain(endingAt: open - 1).start
      hops += 1
      if at > 0, !source.isMark(at - 1, "."), let base = source.word(at),
        let node = bindings[source.path]?.node(base, at: index, in: source)
      {
        return node
      }
    }
    // MapUsers(app)
    for argument in source.arguments(index) {
      if let local = source.word(argument.lowerBound), argument.count == 1,
        let node = bindings[source.path]?.node(local, at: index, in: source)
      {
        return node
      }
    }
    return nil
  }
}

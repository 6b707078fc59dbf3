/// Phoenix: scopes, verbs and resources of the router.
struct PhoenixRoutes {
  private let project: Project
  private var routes: [Route] = []
  private var computed: [Place] = []

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = PhoenixRoutes(project: project)
    for source in project.sources(.elixir)
    where source.tokens.contains(where: { $0.isWord("pipe_through") || $0.isWord("pipeline") })
      || source.path.hasSuffix("router.ex")
    {
      let blocks = RubyBlocks(source)
      reader.evaluate(0..<source.tokens.count, prefix: "", in: source, blocks, depth: 0)
    }
    return (reader.routes, reader.computed)
  }

  private init(project: Project) { self.project = project }

  private static let verbs: [String: String] = [
    "get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE", "head": "HEAD",
    "options": "OPTIONS",
    "live": "GET", "match": "ANY", "connect": "CONNECT", "trace": "TRACE",
  ]

  private mutating func evaluate(
    _ range: Range<Int>, prefix: String, in source: Source, _ blocks: RubyBlocks, depth: Int
  ) {
    guard depth < 24 else { return }
    var index = range.lowerBound
    while index < range.upperBound {
      guard let word = source.word(index), source.tokens[index].startsLine || index == range.lowerBound else {
        index += 1
        continue
      }
      let call = blocks.call(index)
      let plain = call.arguments.filter { source.named($0) == nil }
      func option(_ name: String) -> Range<Int>? { source.argument(name, in: call.arguments) }
      func symbols(_ range: Range<Int>) -> Set<String> { Set(range.compactMap { source.word($0) }) }
      let place = Place(file: source.path, line: source.line(index))
      let first = plain.first.flatMap {
        source.token($0.lowerBound)?.kind == .string ? project.value($0, in: source) : nil
      }
      switch word {
      case "scope":
        guard let block = call.block else { break }
        let path = first?.text ?? option("path").flatMap { project.value($0, in: source)?.text } ?? ""
        evaluate(block, prefix: RouteGraph.join(prefix, path, .slashed), in: source, blocks, depth: depth + 1)
        index = call.next
        continue
      case "resources":
        guard let path = first?.text else { break }
        resource(
          path, plain, option("only").map(symbols), option("except").map(symbols),
          option("param").flatMap { project.value($0, in: source)?.text } ?? "id",
          isSingle: option("singleton").map { source.isWord($0.lowerBound, "true") } ?? false, call, prefix: prefix,
          place, in: source, blocks, depth: depth)
        index = call.next
        continue
      case "forward":
        if let path = first?.text {
          routes.append(
            Route(
              method: "ANY", path: shown(RouteGraph.join(RouteGraph.join(prefix, path, .slashed), "*", .slashed)),
              place: place, handler: plain.dropFirst().first.flatMap { source.handlerName($0) }, framework: "Phoenix",
              isWhole: false))
        }
      case "match":
        // match :*, "/p", Controller, :action
        if plain.count > 2, let path = project.value(plain[1], in: source) {
          routes.append(
            Route(
              method: "ANY", path: shown(RouteGraph.join(prefix, path.text, .slashed)), place: place, handler: nil,
              framework: "Phoenix", isWhole: path.isWhole))
        }
      case let verb where PhoenixRoutes.verbs[verb] != nil:
        guard let path = first, path.text.hasPrefix("/") || path.text.hasPrefix("*"), plain.count > 1 else { break }
        var handler = source.handlerName(plain[1])
        if plain.count > 2, let action = source.handlerName(plain[2]) { handler = (handler ?? "") + "." + action }
        routes.append(
          Route(
            method: PhoenixRoutes.verbs[verb] ?? "GET", path: shown(RouteGraph.join(prefix, path.text, .slashed)),
            place: place, handler: handler, framework: "Phoenix", isWhole: path.isWhole))
      default:
        // defmodule … do, live_session … do, if … do
        if let block = call.block, word != "pipeline", word != "def", word != "defp" {
          evaluate(block, prefix: prefix, in: source, blocks, depth: depth + 1)
          index = call.next
          continue
        }
        index += 1
        continue
      }
      index = max(call.next, index + 1)
    }
  }

  private func shown(_ path: String) -> String { path.hasPrefix("/") ? path : "/" + path }

  private mutating func resource(
    _ path: String, _ plain: [Range<Int>], _ only: Set<String>?, _ except: Set<String>?, _ parameter: String,
    isSingle: Bool,
    _ call: RubyBlocks.Call, prefix: String, _ place: Place, in source: Source, _ blocks: RubyBlocks, depth: Int
  ) {
    let controller = plain.count > 1 ? source.handlerName(plain[1]) ?? "" : ""
    let collection = RouteGraph.join(prefix, path, .slashed)
    let member = isSingle ? collection : RouteGraph.join(collection, ":" + parameter, .slashed)
    var actions =
      isSingle
      ? ["edit", "new", "show", "create", "update", "delete"]
      : ["index", "edit", "new", "show", "create", "update", "delete"]
    if let only { actions.removeAll { !only.contains($0) } }
    if let except { actions.removeAll { except.contains($0) } }
    func add(_ method: String, _ path: String, _ action: String) {
      routes.append(
        Route(method: method, path: shown(path), place: place, handler: controller + "." + action, framework: "Phoenix")
      )
    }
    for action in actions {
      switch action {
      case "index": add("GET", collection, action)
      case "edit": add("GET", RouteGraph.join(member, "edit", .slashed), action)
      case "new": add("GET", RouteGraph.join(collection, "new", .slashed), action)
      case "show": add("GET", member, action)
      case "create": add("POST", collection, action)
      case "update":
        add("PATCH", member, action)
        add("PUT", member, action)
      default: add("DELETE", member, action)
      }
    }
    guard let block = call.block else { return }
    // The parameter of nested ones is named after the controller: UserController, :user_id
    let stem = controller.split(separator: ".").last.map(String.init)?.replacingSuffix("Controller", with: "") ?? ""
    var name = ""
    for (number, letter) in stem.enumerated() {
      name += (letter.isUppercase && number > 0 ? "_" : "") + letter.lowercased()
    }
    let nested = isSingle ? collection : RouteGraph.join(collection, ":\(name)_\(parameter)", .slashed)
    evaluate(block, prefix: nested, in: source, blocks, depth: depth + 1)
  }
}

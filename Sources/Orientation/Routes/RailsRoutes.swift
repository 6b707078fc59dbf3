/// Rails' config/routes.rb, its resources written out as the routes that they stand for.
struct RailsRoutes {
  private let project: Project
  private var routes: [Route] = []
  private var computed: [Place] = []
  private var blocks: [String: RubyBlocks] = [:]
  private var concerns: [String: (source: Source, block: Range<Int>)] = [:]
  private var drawn: Set<String> = []
  /// Concerns within concerns and loops within loops end here.
  private static let deepest = 24
  private static let mostRoutes = 20_000
  /// Tokens that are still looked at: loops and concerns can multiply without end.
  private var budget = 400_000

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = RailsRoutes(project: project)
    let files = project.sources(.ruby).filter {
      $0.path.hasSuffix("config/routes.rb") || $0.path.contains("config/routes/")
    }
    for source in files { reader.blocks[source.path] = RubyBlocks(source) }
    for source in files where source.path.hasSuffix("routes.rb") || source.tokens.contains(where: { $0.isWord("draw") })
    { reader.file(source) }
    // What draw() named was read where it was named.
    for source in files where source.path.contains("config/routes/") && !reader.drawn.contains(source.path) {
      reader.drawn.insert(source.path)
      reader.evaluate(0..<source.tokens.count, in: source, Scope(), depth: 0)
    }
    return (reader.routes, reader.computed)
  }

  private init(project: Project) { self.project = project }

  private struct Scope {
    var path = ""
    var isWhole = true
    /// The path above all resources, for shallow ones.
    var shallowPath = ""
    var isShallow = false
    var controller: String?
    var module = ""
    /// Inside resources: the paths that its member, collection and nested routes begin with.
    var member: String?
    var collection: String?
    var isSingular = false
    var variables: [String: String] = [:]
  }

  private mutating func file(_ source: Source) {
    guard let rubyBlocks = blocks[source.path] else { return }
    var found = false
    var index = 0
    while index < source.tokens.count {
      if source.isWord(index, "draw") || source.isWord(index, "routes"), source.isMark(index - 1, "."),
        source.isWord(index + 1, "do") || source.isMark(index + 1, "{")
      {
        let call = rubyBlocks.call(index)
        if let block = call.block {
          drawn.insert(source.path)
          found = true
          evaluate(block, in: source, Scope(), depth: 0)
          index = call.next
          continue
        }
      }
      index += 1
    }
    if !found, source.path.hasSuffix("config/routes.rb") {
      drawn.insert(source.path)
      evaluate(0..<source.tokens.count, in: source, Scope(), depth: 0)
    }
  }

  private static let verbs: [String: [String]] = [
    "get": ["GET"], "post": ["POST"], "put": ["PUT"], "patch": ["PATCH"], "delete": ["DELETE"], "options": ["OPTIONS"],
    "match": [],
  ]

  private mutating func evaluate(_ range: Range<Int>, in source: Source, _ scope: Scope, depth: Int) {
    guard depth < RailsRoutes.deepest, let rubyBlocks = blocks[source.path] else { return }
    var index = range.lowerBound
    while index < range.upperBound, routes.count < RailsRoutes.mostRoutes, budget > 0 {
      budget -= 1
      let token = source.tokens[index]
      let begins =
        token.startsLine || index == range.lowerBound || source.isMark(index - 1, ";")
        || source.isWord(index - 1, "then")
      guard begins else {
        index += 1
        continue
      }
      // %w(a b).each do |x|
      if token.isMark("["), let close = source.close(index), source.isMark(close + 1, "."),
        source.isWord(close + 2, "each")
      {
        let call = rubyBlocks.call(close + 2)
        if let block = call.block, let variable = call.variable {
          for item in source.arguments(index).prefix(200) {
            var inner = scope
            inner.variables[variable] = symbol(item, in: source, scope)
            evaluate(block, in: source, inner, depth: depth + 1)
          }
          index = call.next
          continue
        }
      }
      guard token.kind == .word, !source.isMark(index + 1, "."), !source.isMark(index + 1, "::") else {
        index += 1
        continue
      }
      let call = rubyBlocks.call(index)
      if statement(token.text, call, at: index, in: source, scope, depth: depth) {
        index = max(call.next, index + 1)
      } else {
        index += 1
      }
    }
  }

  private mutating func statement(
    _ name: String, _ call: RubyBlocks.Call, at index: Int, in source: Source, _ scope: Scope, depth: Int
  ) -> Bool {
    func inside(_ inner: Scope) {}
    let plain = call.arguments.filter { source.named($0) == nil }
    func option(_ key: String) -> Range<Int>? { source.argument(key, in: call.arguments) }
    switch name {
    case "get", "post", "put", "patch", "delete", "options", "match":
      route(name, call, at: index, in: source, scope)
    case "root":
      add(
        "GET", scope.path.isEmpty ? "/" : scope.path, isWhole: scope.isWhole, at: index, in: source,
        handler: target(call, in: source, scope))
    case "resources", "resource":
      for argument in plain {
        if let name = symbol(argument, in: source, scope) {
          resources(
            name, isSingular: name == "resource" || source.isWord(index, "resource"), call, at: index, in: source,
            scope, depth: depth)
        }
      }
    case "namespace":
      guard let first = plain.first, let given = symbol(first, in: source, scope), let block = call.block else {
        return false
      }
      var inner = nested(scope)
      let path = option("path").map { text($0, in: source, scope) ?? "" } ?? given
      inner.path = join(inner.path, path)
      inner.shallowPath = inner.path
      inner.module = scope.module + given + "/"
      inner.controller = nil
      evaluate(block, in: source, inner, depth: depth + 1)
    case "scope":
      guard let block = call.block else { return false }
      var inner = nested(scope)
      for argument in plain {
        inner.path = join(inner.path, text(argument, in: source, scope) ?? symbol(argument, in: source, scope) ?? "{…}")
      }
      if let path = option("path") {
        inner.path = join(inner.path, text(path, in: source, scope) ?? symbol(path, in: source, scope) ?? "")
      }
      if let module = option("module").flatMap({ symbol($0, in: source, scope) }) {
        inner.module = scope.module + module + "/"
      }
      if let controller = option("controller").flatMap({ symbol($0, in: source, scope) }) {
        inner.controller = controller
      }
      if scope.member == nil { inner.shallowPath = inner.path }
      inner.isWhole = inner.isWhole && !inner.path.contains("{")
      evaluate(block, in: source, inner, depth: depth + 1)
    case "member", "collection", "new":
      guard let block = call.block, let collection = scope.collection, let member = scope.member else { return false }
      var inner = scope
      inner.path = name == "member" ? member : name == "new" ? join(collection, "new") : collection
      inner.collection = nil
      inner.member = nil
      evaluate(block, in: source, inner, depth: depth + 1)
    case "shallow":
      guard let block = call.block else { return false }
      var inner = scope
      inner.isShallow = true
      evaluate(block, in: source, inner, depth: depth + 1)
    case "controller":
      guard let block = call.block else { return false }
      var inner = scope
      inner.controller = plain.first.flatMap { symbol($0, in: source, scope) }
      evaluate(block, in: source, inner, depth: depth + 1)
    case "nested":
      guard let block = call.block else { return false }
      evaluate(block, in: source, nested(scope), depth: depth + 1)
    case "concern":
      guard let block = call.block, let name = plain.first.flatMap({ symbol($0, in: source, scope) }) else {
        return false
      }
      concerns[name] = (source, block)
    case "concerns":
      for argument in plain {
        let items = source.isMark(argument.lowerBound, "[") ? source.arguments(argument.lowerBound) : [argument]
        for item in items { self.concern(symbol(item, in: source, scope), scope, depth: depth) }
      }
    case "draw":
      guard let name = plain.first.flatMap({ symbol($0, in: source, scope) }) else { return false }
      let folder = source.path.replacingSuffix("routes.rb", with: "routes/")
      for path in [folder + name + ".rb", "config/routes/" + name + ".rb"] {
        if let other = project.byPath[path], !drawn.contains(path) {
          drawn.insert(path)
          evaluate(0..<other.tokens.count, in: other, scope, depth: depth + 1)
          break
        }
      }
    case "mount":
      var path: String?
      var engine: String?
      for argument in call.arguments {
        if let given = source.named(argument), given.name == "at" {
          path = text(given.value, in: source, scope)
        } else if engine == nil {
          engine = source.chain(from: argument.lowerBound).words.joined(separator: "::")
          if let arrow = argument.first(where: { source.isMark($0, "=>") }) {
            path = text(arrow + 1..<argument.upperBound, in: source, scope)
          }
        }
      }
      guard let path else { return false }
      add("ANY", join(join(scope.path, path), "*"), isWhole: false, at: index, in: source, handler: engine)
    case "devise_for", "use_doorkeeper", "ActiveAdmin":
      guard name == "devise_for", let given = plain.first.flatMap({ symbol($0, in: source, scope) }) else {
        return false
      }
      let path = option("path").flatMap { text($0, in: source, scope) } ?? given
      add("ANY", join(join(scope.path, path), "*"), isWhole: false, at: index, in: source, handler: "devise")
    case "constraints", "defaults", "authenticate", "authenticated", "unauthenticated", "with_options", "direct_block",
      "format", "devise_scope", "as":
      guard let block = call.block else { return false }
      evaluate(block, in: source, scope, depth: depth + 1)
    default: return false
    }
    return true
  }

  /// A scope below the present one: inside resources, below one of them.
  private func nested(_ scope: Scope) -> Scope {
    var inner = scope
    inner.member = nil
    inner.collection = nil
    return inner
  }

  private mutating func concern(_ name: String?, _ scope: Scope, depth: Int) {
    guard let name, let concern = concerns[name] else { return }
    evaluate(concern.block, in: concern.source, scope, depth: depth + 1)
  }

  // MARK: One route

  private mutating func route(_ verb: String, _ call: RubyBlocks.Call, at index: Int, in source: Source, _ scope: Scope)
  {
    var paths: [(text: String?, range: Range<Int>)] = []
    var handler: String?
    var mapped = false
    for argument in call.arguments {
      if let first = source.token(argument.lowerBound), first.kind == .string,
        let arrow = argument.first(where: { source.isMark($0, "=>") }), arrow == argument.lowerBound + 1
      {
        // get "path" => "controller#action"
        paths.append((filled(first.text, scope), argument))
        handler = text(arrow + 1..<argument.upperBound, in: source, scope)
        mapped = true
      } else if source.named(argument) == nil, !mapped {
        paths.append((symbol(argument, in: source, scope) ?? text(argument, in: source, scope), argument))
      }
    }
    if let given = source.argument("path", in: call.arguments).flatMap({ text($0, in: source, scope) }),
      paths.count == 1
    {
      paths[0].text = given
    }
    var methods = RailsRoutes.verbs[verb] ?? []
    if verb == "match" {
      methods =
        source.argument("via", in: call.arguments).map { symbols($0, in: source, scope).map { $0.uppercased() } } ?? []
      if methods.isEmpty || methods == ["ALL"] { methods = ["ANY"] }
    }
    // Inside a resource a route is the member's or the collection's if it says so, and else nested.
    var base = scope.path
    switch source.argument("on", in: call.arguments).flatMap({ symbol($0, in: source, scope) }) {
    case "member": base = scope.member ?? base
    case "collection": base = scope.collection ?? base
    case "new": base = scope.collection.map { join($0, "new") } ?? base
    default: break
    }
    handler = handler ?? target(call, in: source, scope)
    for path in paths {
      guard let text = path.text else {
        computed.append(Place(file: source.path, line: source.line(index)))
        continue
      }
      let full = join(base, text)
      var own = handler
      if own == nil, let controller = scope.controller {
        own = "\(controller)#\(text.split(separator: "/").last.map(String.init) ?? text)"
      }
      for method in methods {
        add(
          method, full, isWhole: scope.isWhole && !full.contains("{"), at: index, in: source, handler: own,
          name: symbolOption("as", call, in: source, scope))
      }
    }
  }

  private func symbolOption(_ key: String, _ call: RubyBlocks.Call, in source: Source, _ scope: Scope) -> String? {
    source.argument(key, in: call.arguments).flatMap { symbol($0, in: source, scope) }
  }

  private func target(_ call: RubyBlocks.Call, in source: Source, _ scope: Scope) -> String? {
    if let to = source.argument("to", in: call.arguments), let text = text(to, in: source, scope) {
      return scope.module + (text.contains("#") || scope.controller == nil ? text : "\(scope.controller ?? "")#\(text)")
    }
    let controller = symbolOption("controller", call, in: source, scope) ?? scope.controller
    let action = symbolOption("action", call, in: source, scope)
    if let controller, let action { return scope.module + controller + "#" + action }
    if let first = call.arguments.first, source.isWord(call.arguments.first?.lowerBound ?? 0, "to") == false,
      call.arguments.count == 1,
      let token = source.token(first.lowerBound), token.kind == .string, token.text.contains("#")
    {
      return scope.module + token.text
    }
    return nil
  }

  private mutating func add(
    _ method: String, _ path: String, isWhole: Bool, at index: Int, in source: Source, handler: String?,
    name: String? = nil
  ) {
    routes.append(
      Route(
        method: method, path: RailsRoutes.normal(path), place: Place(file: source.path, line: source.line(index)),
        handler: handler,
        framework: "Rails", isWhole: isWhole, name: name))
  }

  // MARK: Resources

  private mutating func resources(
    _ name: String, isSingular: Bool, _ call: RubyBlocks.Call, at index: Int, in source: Source, _ outer: Scope,
    depth: Int
  ) {
    func option(_ key: String) -> Range<Int>? { source.argument(key, in: call.arguments) }
    let last = name.split(separator: "/").last.map(String.init) ?? name
    let path = option("path").flatMap { text($0, in: source, outer) } ?? name
    let controllerName =
      symbolOption("controller", call, in: source, outer) ?? (isSingular ? RailsRoutes.plural(last) : last)
    let controller =
      outer.module + (symbolOption("module", call, in: source, outer).map { $0 + "/" } ?? "") + controllerName
    let parameter = symbolOption("param", call, in: source, outer) ?? "id"
    let singular = RailsRoutes.singular(last)
    let isShallow = option("shallow").map { source.isWord($0.lowerBound, "true") } ?? outer.isShallow
    let base = outer.path
    let collection = join(base, path)
    // A shallow resource's members stand above its parents.
    let above = isShallow && outer.collection != nil ? join(outer.shallowPath, path) : collection
    let member = isSingular ? collection : join(above, ":" + parameter)
    let nestedPath = isSingular ? collection : join(above, ":\(singular)_\(parameter)")

    var actions =
      isSingular
      ? ["new", "create", "edit", "show", "update", "destroy"]
      : ["index", "create", "new", "edit", "show", "update", "destroy"]
    if let only = option("only") {
      let kept = symbols(only, in: source, outer); actions.removeAll { !kept.contains($0) }
    }
    if let except = option("except") {
      let gone = symbols(except, in: source, outer); actions.removeAll { gone.contains($0) }
    }
    var names: [String: String] = ["new": "new", "edit": "edit"]
    if let given = option("path_names"), source.isMark(given.lowerBound, "{") {
      for item in source.arguments(given.lowerBound) {
        if let pair = source.named(item), let value = text(pair.value, in: source, outer) { names[pair.name] = value }
      }
    }
    for action in actions {
      switch action {
      case "index":
        add("GET", collection, isWhole: outer.isWhole, at: index, in: source, handler: controller + "#index")
      case "create":
        add("POST", collection, isWhole: outer.isWhole, at: index, in: source, handler: controller + "#create")
      case "new":
        add(
          "GET", join(collection, names["new"] ?? "new"), isWhole: outer.isWhole, at: index, in: source,
          handler: controller + "#new")
      case "edit":
        add(
          "GET", join(member, names["edit"] ?? "edit"), isWhole: outer.isWhole, at: index, in: source,
          handler: controller + "#edit")
      case "show": add("GET", member, isWhole: outer.isWhole, at: index, in: source, handler: controller + "#show")
      case "update":
        add("PATCH", member, isWhole: outer.isWhole, at: index, in: source, handler: controller + "#update")
        add("PUT", member, isWhole: outer.isWhole, at: index, in: source, handler: controller + "#update")
      default: add("DELETE", member, isWhole: outer.isWhole, at: index, in: source, handler: controller + "#destroy")
      }
    }
    var inner = outer
    inner.path = nestedPath
    inner.collection = collection
    inner.member = member
    inner.isSingular = isSingular
    inner.isShallow = isShallow
    inner.controller = controllerName
    if outer.collection == nil { inner.shallowPath = outer.shallowPath.isEmpty ? outer.path : outer.shallowPath }
    if let given = option("concerns") {
      for name in symbols(given, in: source, outer) { concern(name, inner, depth: depth) }
    }
    if let block = call.block { evaluate(block, in: source, inner, depth: depth + 1) }
  }

  // MARK: Values

  /// A symbol's or string's text.
  private func symbol(_ range: Range<Int>, in source: Source, _ scope: Scope) -> String? {
    guard let first = source.token(range.lowerBound) else { return nil }
    if first.isMark(":"), let next = source.token(range.lowerBound + 1), next.kind == .word || next.kind == .string {
      return next.text
    }
    if first.kind == .string { return text(range, in: source, scope) }
    if first.kind == .word, range.count == 1 { return scope.variables[first.text] }
    return nil
  }

  private func symbols(_ range: Range<Int>, in source: Source, _ scope: Scope) -> [String] {
    if source.isMark(range.lowerBound, "[") {
      return source.arguments(range.lowerBound).compactMap { symbol($0, in: source, scope) }
    }
    return symbol(range, in: source, scope).map { [$0] } ?? []
  }

  private func text(_ range: Range<Int>, in source: Source, _ scope: Scope) -> String? {
    guard let first = source.token(range.lowerBound) else { return nil }
    if first.kind == .word, let value = scope.variables[first.text] { return value }
    guard first.kind == .string || first.kind == .word else { return nil }
    if first.isWord("nil") { return nil }
    return project.value(range, in: source).map { filled($0.text, scope) }
  }

  /// Interpolated loop variables filled in.
  private func filled(_ text: String, _ scope: Scope) -> String {
    var text = text
    if text.contains("\u{1}") {
      var plain = ""
      for character in text { plain += character == "\u{1}" ? "{" : character == "\u{2}" ? "}" : String(character) }
      text = plain
    }
    for (name, value) in scope.variables where text.contains("{\(name)}") {
      text = text.replacing("{\(name)}", with: value)
    }
    return text
  }

  private func join(_ prefix: String, _ path: String) -> String { RouteGraph.join(prefix, path, .slashed) }

  /// As Rails writes it: one slash in front, and optional parts with their slash inside.
  private static func normal(_ path: String) -> String {
    var text = path.hasPrefix("/") ? path : "/" + path
    if text.contains("/("), text != "/(",
      !(text.hasPrefix("/(") && text.hasSuffix(")") && text.filter { $0 == "(" }.count == 1
        && text.lastIndex(of: ")") == text.index(before: text.endIndex) && !text.dropFirst(2).contains("/"))
    {
      text = text.replacing("/(/", with: "(/").replacing("/(", with: "(/")
    }
    while text.contains("//") { text = text.replacing("//", with: "/") }
    return text
  }

  private static let irregular: [String: String] = [
    "people": "person", "children": "child", "men": "man", "women": "woman", "news": "news", "series": "series",
    "species": "species", "media": "medium", "data": "datum", "statuses": "status", "aliases": "alias",
    "movies": "movie",
    "indices": "index", "matrices": "matrix", "vertices": "vertex", "analyses": "analysis", "crises": "crisis",
    "buses": "bus",
    "information": "information", "equipment": "equipment", "money": "money", "mice": "mouse", "oxen": "ox",
    "quizzes": "quiz",
  ]

  static func singular(_ word: String) -> String {
    let parts = word.split(separator: "_", omittingEmptySubsequences: false)
    if let last = parts.last, parts.count > 1 {
      return parts.dropLast().joined(separator: "_") + "_" + singular(String(last))
    }
    if let known = irregular[word] { return known }
    if word.hasSuffix("ss") || word.hasSuffix("us") || !word.hasSuffix("s") { return word }
    if word.hasSuffix("ies"), word.count > 4 { return word.dropLast(3) + "y" }
    for ending in ["sses", "xes", "ches", "shes"] where word.hasSuffix(ending) { return String(word.dropLast(2)) }
    if word.hasSuffix("lves") || word.hasSuffix("rves") { return word.dropLast(3) + "f" }
    return String(word.dropLast())
  }

  private static func plural(_ word: String) -> String {
    if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) {
      return word.dropLast() + "ies"
    }
    if word.hasSuffix("s") || word.hasSuffix("x") || word.hasSuffix("ch") || word.hasSuffix("sh") {
      return word.hasSuffix("s") && !word.hasSuffix("ss") && !word.hasSuffix("us") ? word : word + "es"
    }
    return word + "s"
  }
}

/// A request to follow through the code, with the first steps.
public struct Trace: Sendable, Hashable {
  public struct Step: Sendable, Hashable {
    public var name: String
    public var place: Place
  }

  /// Something that the steps show: authentication, validation, error handling, the database.
  public struct Sign: Sendable, Hashable {
    public var kind: String
    public var word: String
    public var place: Place
  }

  public var route: Route
  /// The handler and what it calls, each found by its name.
  public var steps: [Step]
  public var signs: [Sign]
}

/// Chooses a GET and a POST and follows them by names.
///
/// Central is a route that takes a parameter, whose handler has a name, of the resource with the most routes. Health
/// checks, log-in, static files and searches are passed over. The POST is of the GET's resource if there is one.
struct TraceFinder {
  private let project: Project
  private var functions: [String: [Function]] = [:]

  private struct Function {
    var source: Source
    var name: String
    /// The class that it stands in, or the nearest one above.
    var type: String? = nil
    /// The index of the name, and the body.
    var index: Int
    var body: Range<Int>
  }

  static func find(_ routes: [Route], in project: Project) -> (get: Trace?, post: Trace?) {
    let candidates = routes.filter { !dull($0) }
    var sizes: [String: Int] = [:]
    for route in candidates { sizes[resource(route), default: 0] += 1 }
    func score(_ route: Route, like other: Route?) -> Int {
      var score = min(sizes[resource(route)] ?? 0, 12)
      if route.handler != nil { score += 6 }
      let shape = TestFinder.shape(route.path).parts
      if route.method != "POST", shape.contains(where: { $0 == nil }) { score += 4 }
      if route.isWhole { score += 2 }
      if !route.tests.isEmpty { score += 2 }
      if shape.count > 5 { score -= 3 }
      if let other, resource(other) == resource(route) { score += 10 }
      return score
    }
    func best(_ methods: [String], like other: Route?) -> Route? {
      let fitting = candidates.filter { methods.contains($0.method) }
      // The first in the order of the list among equals.
      var best: (route: Route, score: Int)?
      for route in fitting {
        let points = score(route, like: other)
        if points > best?.score ?? Int.min { best = (route, points) }
      }
      return best?.route
    }
    let get = best(["GET"], like: nil) ?? best(["ANY"], like: nil)
    let post = best(["POST"], like: get) ?? best(["PUT", "PATCH", "DELETE"], like: get)
    guard get != nil || post != nil else { return (nil, nil) }
    var finder = TraceFinder(project: project)
    finder.index()
    return (get.map { finder.trace($0) }, post.map { finder.trace($0) })
  }

  private init(project: Project) { self.project = project }

  private static let dullWords: Set<String> = [
    "health", "healthz", "healthcheck", "live", "livez", "ready", "readyz", "metrics", "login", "logout", "auth",
    "static", "assets", "docs",
    "swagger", "favicon", "ping", "status", "version", "heartbeat", "manifest", "robots", "up", "oauth", "register",
    "signup", "password",
    "callback", "webhook", "webhooks", "stylesheets", "search", "debug", "internal",
  ]

  private static func dull(_ route: Route) -> Bool {
    guard ["GET", "POST", "PUT", "PATCH", "DELETE", "ANY"].contains(route.method), !route.path.hasSuffix("*"),
      !route.path.contains("…")
    else { return true }
    let words = route.path.lowercased().split { !$0.isLetter }.map(String.init)
    return words.contains { dullWords.contains($0) } || words.isEmpty
  }

  /// The first fixed part of a path that is no version and no "api".
  private static func resource(_ route: Route) -> String {
    for part in TestFinder.shape(route.path).parts {
      guard let part else { continue }
      let isVersion = part.first == "v" && part.dropFirst().allSatisfy { $0.isNumber || $0 == "." }
      if part != "api", part != "rest", !isVersion { return part }
    }
    return "/"
  }

  // MARK: Functions by name

  private mutating func index() {
    for language in Language.allCases {
      for source in project.sources[language] ?? [] {
        var types: [Int: String] = [:]
        for index in source.tokens.indices where source.isWord(index, "class") || source.isWord(index, "interface") {
          if let name = source.word(index + 1) { types[index] = name }
        }
        let starts = types.keys.sorted()
        var next = 0
        var type: String?
        for function in TraceFinder.functions(in: source) {
          while next < starts.count, starts[next] < function.index {
            type = types[starts[next]]
            next += 1
          }
          guard functions[function.name]?.count ?? 0 < 64 else { continue }
          var function = function
          function.type = type
          functions[function.name, default: []].append(function)
        }
      }
    }
  }

  private static let notFunctions: Set<String> = [
    "if", "for", "while", "switch", "catch", "return", "function", "func", "constructor", "super", "sizeof", "foreach",
    "lock", "using", "match", "when", "synchronized", "new", "else", "try",
  ]

  private static func functions(in source: Source) -> [Function] {
    var found: [Function] = []
    let blocks = source.language == .ruby || source.language == .elixir ? RubyBlocks(source) : nil
    for index in source.tokens.indices.dropLast() {
      switch source.language {
      case .python:
        guard source.isWord(index, "def"), let name = source.word(index + 1) else { continue }
        let column = source.tokens[source.isWord(index - 1, "async") ? index - 1 : index].column
        var end = index + 2
        if source.isMark(end, "("), let close = source.close(end) { end = close + 1 }
        while end < source.tokens.count, end - index < 6000,
          !(source.tokens[end].startsLine && source.tokens[end].column <= column)
        { end += 1 }
        found.append(Function(source: source, name: name, index: index + 1, body: index + 2..<end))
      case .ruby, .elixir:
        guard source.isWord(index, "def") || source.isWord(index, "defp"), source.token(index + 1)?.kind == .word,
          let blocks
        else { continue }
        let chain = source.chain(from: index + 1)
        var end = blocks.end(of: index)
        if source.language == .elixir {
          var at = chain.end
          while at < source.tokens.count, at - index < 200, !source.isWord(at, "do") { at += 1 }
          end = blocks.end(of: at)
        }
        guard let name = chain.words.last, let end, end > index + 2 else { continue }
        found.append(Function(source: source, name: name, index: index + 1, body: index + 2..<end))
      case .go, .rust, .swift, .php, .kotlin:
        let word =
          ["go": "func", "rust": "fn", "swift": "func", "php": "function", "kotlin": "fun"]["\(source.language)"] ?? ""
        guard source.isWord(index, word) else { continue }
        var at = index + 1
        if source.language == .go, source.isMark(at, "("), let close = source.close(at) { at = close + 1 }
        while source.language == .kotlin, source.isMark(at + 1, ".") { at += 2 }
        guard let name = source.word(at) else { continue }
        if let body = body(after: at + 1, in: source) {
          found.append(Function(source: source, name: name, index: at, body: body))
        }
      default:
        // name(…) {  ·  name = (…) => {  ·  function name(…) {
        guard source.isMark(index, "("), let name = source.word(index - 1), !notFunctions.contains(name),
          !source.isMark(index - 2, "."), !source.isWord(index - 2, "new"),
          let close = source.close(index)
        else {
          if source.isMark(index, "="), source.language.isScript, let name = source.word(index - 1) {
            var at = index + 1
            if source.isWord(at, "async") { at += 1 }
            if source.isWord(at, "function") { at += source.token(at + 1)?.kind == .word ? 2 : 1 }
            if source.isMark(at, "("), let close = source.close(at), let body = body(after: close, in: source) {
              found.append(Function(source: source, name: name, index: index - 1, body: body))
            }
          }
          continue
        }
        var at = close + 1
        while at < source.tokens.count, at - close < 24, !source.isMark(at, "{"), !source.isMark(at, ";"),
          !source.isMark(at, ")"), !source.isMark(at, ","), !source.isMark(at, "="), !source.isMark(at, "=>"),
          !source.isMark(at, "(")
        { at += 1 }
        guard source.isMark(at, "{"), let end = source.close(at) else { continue }
        found.append(Function(source: source, name: name, index: index - 1, body: at..<end))
      }
    }
    return found
  }

  private static func body(after index: Int, in source: Source) -> Range<Int>? {
    var at = index
    while at < source.tokens.count, at - index < 160 {
      if source.isMark(at, "{"), let end = source.close(at) { return at..<end }
      if source.isMark(at, ";") || source.isMark(at, "}") { return nil }
      if source.isMark(at, "("), let close = source.close(at) { at = close }
      at += 1
    }
    return nil
  }

  // MARK: Following

  private func trace(_ route: Route) -> Trace {
    var steps: [Trace.Step] = []
    var bodies: [Function] = []
    if let handler = handler(of: route) {
      bodies.append(handler)
    } else if let source = project.byPath[route.place.file] {
      // Written in place: what stands behind the path, up to the end of the call.
      if let index = source.tokens.firstIndex(where: { Int($0.line) >= route.place.line }) {
        var end = index
        while end < source.tokens.count, end - index < 600,
          Int(source.tokens[end].line) == route.place.line || source.close(end) != nil
        {
          if let close = source.close(end) { end = close }
          end += 1
        }
        // The function around it is no part of it.
        bodies.append(
          Function(
            source: source, name: route.handler ?? "written in place", index: index, body: index..<max(end, index)))
      }
    }
    var seen: Set<String> = []
    if let first = bodies.first {
      steps.append(.init(name: first.name, place: place(first)))
      seen.insert(first.name)
    }
    // Down to four further levels, each time the callee that looks most like the next layer.
    while bodies.count < 5, let last = bodies.last, let next = callee(of: last, not: seen) {
      seen.insert(next.name)
      bodies.append(next)
      steps.append(.init(name: next.name, place: place(next)))
    }
    return Trace(route: route, steps: steps, signs: signs(bodies))
  }

  private func place(_ function: Function) -> Place {
    Place(file: function.source.path, line: function.source.line(function.index))
  }

  private func handler(of route: Route) -> Function? {
    guard let handler = route.handler else { return nil }
    let words = handler.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }.map(String.init)
    guard let last = words.last else { return nil }
    if route.framework == "Rails", let hash = handler.firstIndex(of: "#") {
      let file = handler[..<hash] + "_controller.rb"
      return functions[last]?.first {
        $0.source.path.hasSuffix("controllers/" + file) || $0.source.path.hasSuffix("/" + file)
      }
    }
    if let found = pick(functions[last] ?? [], near: route.place.file, hints: Array(words.dropLast())) { return found }
    // A class whose method is named after the verb: views.Edit, UserResource
    let verb = route.method == "ANY" ? "get" : route.method.lowercased()
    for name in [verb, "__invoke", "handle", "dispatch", "form_valid", "invoke", "call"] {
      for function in functions[name] ?? [] where holds(function, type: last) { return function }
    }
    return nil
  }

  /// Whether a function stands in a class of this name.
  private func holds(_ function: Function, type: String) -> Bool { function.type == type }

  /// Of several functions of one name the one in the same file, then the one whose path holds a hint, then the only one.
  private func pick(_ all: [Function], near path: String, hints: [String]) -> Function? {
    guard !all.isEmpty else { return nil }
    let types = hints.suffix(2).map { $0.lowercased() }
    for hint in hints.reversed() { if let found = all.first(where: { holds($0, type: hint) }) { return found } }
    for hint in types where hint.count > 2 {
      if let found = all.first(where: {
        $0.source.path.lowercased().split { !($0.isLetter || $0.isNumber) }.contains { $0 == hint || $0 == hint + "s" }
      }) {
        return found
      }
    }
    if let own = all.first(where: { $0.source.path == path }) { return own }
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    if let near = all.first(where: { $0.source.path.hasPrefix(folder + "/") }) { return near }
    return all.count == 1 ? all[0] : nil
  }

  private static let layers = [
    "service", "usecase", "repo", "store", "storage", "model", "dao", "manager", "db", "query", "database", "dal",
    "core", "crud",
  ]

  private func callee(of function: Function, not seen: Set<String>) -> Function? {
    var best: (function: Function, score: Int)?
    var looked = 0
    for index in function.body where index > function.index && function.source.isMark(index, "(") {
      guard let name = function.source.word(index - 1), !seen.contains(name), name.count > 2, looked < 400 else {
        continue
      }
      looked += 1
      let chain = function.source.chain(endingAt: index - 1).words
      guard let all = functions[name],
        let found = pick(
          all.filter { $0.source.language == function.source.language }, near: function.source.path,
          hints: Array(chain.dropLast()))
      else { continue }
      let text = (found.source.path + " " + chain.joined(separator: ".")).lowercased()
      var score = 1
      if TraceFinder.layers.contains(where: { text.contains($0) }) { score += 4 }
      if found.source.path != function.source.path { score += 1 }
      if chain.count > 1 { score += 1 }
      if [
        "json", "render", "error", "log", "info", "debug", "url", "write", "string", "format", "new", "set", "get",
        "ok", "html", "redirect", "flash",
      ].contains(name.lowercased()) || name.lowercased().hasPrefix("is") {
        score -= 3
      }
      if score > best?.score ?? 0 { best = (found, score) }
    }
    return best?.function
  }

  // MARK: Signs

  private static let signs: [(kind: String, parts: [String])] = [
    (
      "auth",
      [
        "auth", "login", "jwt", "permission", "currentuser", "current_user", "guard", "authorize", "token", "session",
        "apikey", "api_key", "protected", "principal", "role", "policy", "acl",
      ]
    ),
    (
      "validation",
      [
        "valid", "schema", "sanitize", "serializer", "shouldbind", "bindjson", "params", "permit", "parse", "form",
        "pydantic", "zod", "joi", "decode", "check",
      ]
    ),
    (
      "errors",
      [
        "except", "rescue", "catch", "abort", "raise", "throw", "httpexception", "notfound", "not_found", "badrequest",
        "err", "error", "recover", "try",
      ]
    ),
    (
      "database",
      [
        "query", "select", "insert", "update", "delete", "save", "commit", "execute", "findby", "findone", "find",
        "objects", "repository", "transaction", "scan", "exec", "store", "storage", "session",
      ]
    ),
  ]

  private func signs(_ functions: [Function]) -> [Trace.Sign] {
    var found: [Trace.Sign] = []
    for (kind, parts) in TraceFinder.signs {
      for function in functions {
        // What decorates the handler stands in front of it.
        let begin = function.name == functions.first?.name ? max(0, function.index - 40) : function.index
        for index in begin..<function.body.upperBound where function.source.tokens[index].kind == .word {
          let word = function.source.tokens[index].text
          let lower = word.lowercased()
          guard found.filter({ $0.kind == kind }).count < 3, word.count > 2, word != function.name,
            parts.contains(where: { part in
              part.count < 5 ? lower == part || lower.hasPrefix(part + "_") : lower.contains(part)
            })
          else { continue }
          if !found.contains(where: { $0.kind == kind && $0.word == word }) {
            found.append(
              .init(
                kind: kind, word: String(word.prefix(60)),
                place: Place(file: function.source.path, line: function.source.line(index))))
          }
        }
      }
    }
    return found
  }
}

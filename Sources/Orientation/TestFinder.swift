/// Which routes the tests speak of. It compares texts: what it finds is a hint that a test exists, not that it asserts.
struct TestFinder {
  private let tree: CodeTree
  /// Test files read, in the order of their paths.
  private(set) var files: [String] = []

  private struct Literal {
    var parts: [String?]
    /// Whether something computed stands in front, such as a base address.
    var isOpen: Bool
    var verb: String?
    var place: Place
  }

  private var literals: [Literal] = []
  /// Words and texts of the tests that are asked for, with the first places.
  private var mentions: [String: [Place]] = [:]

  private static let verbs: Set<String> = ["get", "post", "put", "delete", "patch", "head", "options"]
  private static let mostBytes = 48 << 20
  private static let mostLiterals = 100_000

  static func mark(_ routes: [Route], in tree: CodeTree) -> (routes: [Route], files: [String]) {
    var wanted: Set<String> = []
    for route in routes {
      if let name = route.name, name.count > 2 { wanted.insert(name) }
      for word in words(of: route) { wanted.insert(word) }
    }
    var finder = TestFinder(tree: tree)
    finder.read(wanted)
    var marked = routes
    finder.byPath(&marked)
    finder.byName(&marked)
    return (marked, finder.files)
  }

  private init(tree: CodeTree) { self.tree = tree }

  /// The words of a handler's name: `UsersController#show`, `views.Edit`.
  private static func words(of route: Route) -> [String] {
    guard let handler = route.handler else { return [] }
    return handler.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }.map(String.init)
  }

  private mutating func read(_ wanted: Set<String>) {
    var spent = 0
    for file in tree.files {
      guard PathKind.isTest(file.path), let language = Language(path: file.path), spent < TestFinder.mostBytes else {
        continue
      }
      files.append(file.path)
      guard let bytes = tree.bytes(file), !CodeTree.isBinary(bytes) else { continue }
      spent += bytes.count
      let tokens = Lexer.tokens(of: bytes, in: language)
      for (index, token) in tokens.enumerated() where token.kind == .word || token.kind == .string {
        if wanted.contains(token.text), mentions[token.text]?.count ?? 0 < 64 {
          let place = Place(file: file.path, line: Int(token.line))
          if mentions[token.text]?.last?.file != file.path { mentions[token.text, default: []].append(place) }
        }
        if token.kind == .string, literals.count < TestFinder.mostLiterals,
          let literal = literal(index, tokens, file.path)
        {
          literals.append(literal)
        }
      }
    }
  }

  private func literal(_ index: Int, _ tokens: [Token], _ path: String) -> Literal? {
    let token = tokens[index]
    var text = Substring(token.text)
    guard text.utf8.count < 400, text.utf8.contains(UInt8(ascii: "/")) else { return nil }
    var isOpen = false
    if let scheme = text.ranges(of: "://").first, text[..<scheme.lowerBound].allSatisfy({ $0.isLetter }) {
      text = text[scheme.upperBound...]
      guard let slash = text.firstIndex(of: "/") else { return nil }
      text = text[slash...]
    } else if text.hasPrefix("\u{1}"), let end = text.firstIndex(of: "\u{2}") {
      isOpen = true
      text = text[text.index(after: end)...]
    } else if index > 1, tokens[index - 1].isMark("+") {
      isOpen = true
    }
    guard text.hasPrefix("/") || text.hasPrefix("api/") || text.hasPrefix("v1/") else { return nil }
    if let end = text.firstIndex(where: { $0 == "?" || $0 == "#" }) { text = text[..<end] }
    var parts: [String?] = text.split(separator: "/").map { part in
      part.contains { "\u{1}%:{*<".contains($0) } ? nil : String(part)
    }
    if text.hasSuffix("/"), index + 1 < tokens.count, tokens[index + 1].isMark("+") { parts.append(nil) }
    // The verb in front: get("/p"), get "/p", ("GET", "/p"), MethodGet, "/p"
    var verb: String?
    if index > 0, tokens[index - 1].kind == .word, TestFinder.verbs.contains(tokens[index - 1].text) {
      verb = tokens[index - 1].text.uppercased()
    }
    if index > 1, tokens[index - 1].isMark("("), tokens[index - 2].kind == .word {
      let name = tokens[index - 2].text.lowercased()
      verb = TestFinder.verbs.first {
        name == $0 || name.hasPrefix($0 + "_") || name.hasSuffix("_" + $0) || name == $0 + "json"
      }?.uppercased()
    }
    if index > 1, tokens[index - 1].isMark(",") {
      let before = tokens[index - 2]
      let name = before.text.hasPrefix("Method") ? before.text.dropFirst(6).lowercased() : before.text.lowercased()
      if TestFinder.verbs.contains(name) { verb = name.uppercased() }
    }
    return Literal(parts: parts, isOpen: isOpen, verb: verb, place: Place(file: path, line: Int(token.line)))
  }

  /// A route's path in parts; nil for a part that takes any text.
  static func shape(_ path: String) -> (parts: [String?], takesMore: Bool) {
    // What is optional is left away.
    var required = ""
    var depth = 0
    for character in path {
      if character == "(" { depth += 1 }
      if depth == 0 { required.append(character) }
      if character == ")" { depth = max(0, depth - 1) }
    }
    if required.split(separator: "/").isEmpty, path.contains("(") { required = path }
    var takesMore = false
    let parts: [String?] = required.split(separator: "/").map { part in
      if part.contains("*") || part.contains("path:") || part.hasSuffix("...}") { takesMore = true }
      return part.contains { ":{<*[\\+|".contains($0) } ? nil : String(part)
    }
    return (parts, takesMore)
  }

  private func byPath(_ routes: inout [Route]) {
    struct Key: Hashable { var count: Int; var first: String? }
    var buckets: [Key: [Int]] = [:]
    var long: [Int] = []
    var byPart: [String: [Int]] = [:]
    let shapes = routes.map { TestFinder.shape($0.path) }
    for (index, shape) in shapes.enumerated() {
      buckets[Key(count: shape.parts.count, first: shape.parts.first ?? nil), default: []].append(index)
      if shape.takesMore { long.append(index) }
      for part in Set(shape.parts.compactMap { $0 }) where byPart[part]?.count ?? 0 < 200 {
        byPart[part, default: []].append(index)
      }
    }
    /// How many parts are the same; nil where it does not fit.
    func fit(_ literal: [String?], _ index: Int, suffix: Bool) -> Int? {
      var shape = shapes[index].parts
      if suffix, shape.count > literal.count { shape = Array(shape.suffix(literal.count)) }
      if shapes[index].takesMore, literal.count > shape.count {
        shape += [String?](repeating: nil, count: literal.count - shape.count)
      }
      guard shape.count == literal.count else { return nil }
      var same = 0
      for (mine, theirs) in zip(shape, literal) {
        guard let mine, let theirs else { continue }
        guard mine == theirs else { return nil }
        same += 1
      }
      return same
    }
    for literal in literals {
      var candidates = (buckets[Key(count: literal.parts.count, first: literal.parts.first ?? nil)] ?? [])
      if literal.parts.first ?? nil != nil { candidates += buckets[Key(count: literal.parts.count, first: nil)] ?? [] }
      candidates += long.prefix(64)
      if literal.isOpen, let last = literal.parts.compactMap({ $0 }).last {
        candidates += (byPart[last] ?? []).filter { shapes[$0].parts.count > literal.parts.count }
      }
      var best = 0
      var fitting: [Int] = []
      for index in candidates {
        let method = routes[index].method
        if let verb = literal.verb, method != verb, method != "ANY" { continue }
        guard let same = fit(literal.parts, index, suffix: literal.isOpen),
          same > 0 || literal.parts.isEmpty && shapes[index].parts.isEmpty
        else { continue }
        if same > best {
          best = same
          fitting = []
        }
        if same == best { fitting.append(index) }
      }
      // Without a verb it is said of all methods of the path.
      for index in Set(fitting) where routes[index].tests.count < 3 && !routes[index].tests.contains(literal.place) {
        routes[index].tests.append(literal.place)
      }
    }
  }

  private static let common: Set<String> = [
    "index", "show", "create", "update", "destroy", "delete", "list", "get", "post", "put", "patch", "edit", "new",
    "handle",
    "handler", "login", "logout", "search", "home", "status", "health", "views", "view", "main", "self", "this", "app",
    "router", "root", "api", "users", "user", "save", "remove", "add", "find", "controller", "export", "import",
    "settings",
  ]

  private func byName(_ routes: inout [Route]) {
    for index in routes.indices where routes[index].tests.isEmpty {
      let route = routes[index]
      if let name = route.name, name.count > 3, !TestFinder.common.contains(name), let place = mentions[name]?.first {
        routes[index].tests = [place]
        continue
      }
      let words = TestFinder.words(of: route)
      guard let last = words.last else { continue }
      if route.framework == "Rails", let handler = route.handler, let hash = handler.firstIndex(of: "#") {
        // A controller's own test calls its actions by name.
        let controller = handler[..<hash].split(separator: "/").last.map(String.init) ?? ""
        let place = mentions[last]?.first {
          $0.file.hasSuffix("\(controller)_controller_test.rb") || $0.file.hasSuffix("\(controller)_controller_spec.rb")
        }
        if let place { routes[index].tests = [place] }
        continue
      }
      if words.count > 1, let first = words.dropLast().last, first.count > 3,
        !TestFinder.common.contains(first.lowercased())
      {
        // Type and method in one test file.
        let files = Set((mentions[first] ?? []).map(\.file))
        if let place = mentions[last]?.first(where: { files.contains($0.file) }) { routes[index].tests = [place] }
        continue
      }
      guard last.count > 5, !TestFinder.common.contains(last.lowercased()), let place = mentions[last]?.first else {
        continue
      }
      routes[index].tests = [place]
    }
  }
}

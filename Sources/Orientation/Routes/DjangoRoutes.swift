/// Django's urlpatterns, with include() and REST framework's routers.
struct DjangoRoutes {
  private let project: Project
  private var modules: [String: PythonModule] = [:]
  private var graph = RouteGraph(.plain)
  /// Lists of patterns by file and name.
  private var lists: [String: [String: Int]] = [:]
  private var ranges: [String: [(name: String, range: Range<Int>)]] = [:]
  private var computed: [Place] = []

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = DjangoRoutes(project: project)
    let sources = project.sources(.python).filter { source in
      source.definitions["urlpatterns"] != nil || source.path.hasSuffix("urls.py") || source.path.contains("/urls/")
        || source.definitions.keys.contains {
          $0.hasSuffix("_urls") || $0.hasSuffix("_patterns") || $0.hasSuffix("urlpatterns")
        }
    }
    guard !sources.isEmpty else { return ([], []) }
    for source in project.sources(.python) { reader.modules[source.path] = PythonModule(source) }
    let django = sources.filter { source in
      reader.modules[source.path].map { $0.mentions("django") || $0.mentions("rest_framework") } ?? false
    }
    for source in django { reader.declare(source) }
    for source in django { reader.read(source) }
    return (reader.graph.routes().map(DjangoRoutes.shown), reader.computed)
  }

  private init(project: Project) { self.project = project }

  /// `name = [`, `name += [`, `name = patterns(…)`, and REST framework's `router = DefaultRouter()`.
  private mutating func declare(_ source: Source) {
    var names: [String: Int] = [:]
    var spans: [(name: String, range: Range<Int>)] = []
    for index in source.tokens.indices where source.tokens[index].isMark("=") || source.tokens[index].isMark("+=") {
      guard index > 0, let name = source.word(index - 1),
        source.token(index - 1)?.startsLine ?? false || source.isMark(index, "=")
          || source.isMark(index, "+=")
      else { continue }
      let value = index + 1
      if let open = patternList(value, in: source), let close = source.close(open) {
        if names[name] == nil { names[name] = graph.node() }
        spans.append((name, open..<close + 1))
        // [..] + i18n_patterns(..) and [..] + [..]
        var next = close + 1
        while source.isMark(next, "+"), let more = patternList(next + 1, in: source), let end = source.close(more) {
          spans.append((name, more..<end + 1))
          next = end + 1
        }
      } else if let last = source.chain(from: value).words.last,
        [
          "DefaultRouter", "SimpleRouter", "NestedSimpleRouter", "NestedDefaultRouter", "ExtendedSimpleRouter",
          "ExtendedDefaultRouter",
        ].contains(last)
      {
        if names[name] == nil { names[name] = graph.node() }
      }
    }
    // urlpatterns.extend([...]), urlpatterns.append(path(...)), urlpatterns += [...]
    for index in source.tokens.indices.dropLast(3) {
      guard let name = source.word(index), names[name] != nil, source.isMark(index + 1, "."),
        let verb = source.word(index + 2),
        verb == "extend" || verb == "append" || verb == "insert", source.isMark(index + 3, "("),
        let close = source.close(index + 3)
      else { continue }
      spans.append((name, index + 3..<close + 1))
    }
    lists[source.path] = names
    ranges[source.path] = spans
  }

  /// The bracket that opens a list of patterns.
  private func patternList(_ index: Int, in source: Source) -> Int? {
    if source.isMark(index, "[") || source.isMark(index, "(") {
      // A list of anything else is none of ours.
      guard let close = source.close(index) else { return nil }
      if close == index + 1 { return index }
      let first = source.chain(from: index + 1)
      return ["path", "re_path", "url", "include"].contains(first.words.last ?? "") || source.isMark(index + 1, "*")
        ? index : nil
    }
    let (words, end) = source.chain(from: index)
    guard ["patterns", "i18n_patterns", "format_suffix_patterns"].contains(words.last ?? ""), source.isMark(end, "(")
    else { return nil }
    return end
  }

  private mutating func read(_ source: Source) {
    for span in ranges[source.path] ?? [] {
      guard let node = lists[source.path]?[span.name] else { continue }
      patterns(span.range, in: source, on: node, depth: 0)
    }
    // Nested lists that stand by themselves are read where include() names them. REST framework's routers:
    for index in source.tokens.indices.dropLast(3) {
      guard let name = source.word(index), source.isMark(index + 1, "."), source.isWord(index + 2, "register"),
        source.isMark(index + 3, "("), let node = lists[source.path]?[name]
      else { continue }
      register(index + 3, in: source, on: node)
    }
    for index in source.tokens.indices.dropLast(5) {
      // urlpatterns += router.urls · urlpatterns = router.urls + [..]
      guard let name = source.word(index), source.isMark(index + 1, "."), source.isWord(index + 2, "urls"),
        let router = lists[source.path]?[name], index > 1,
        source.isMark(index - 1, "=") || source.isMark(index - 1, "+=") || source.isMark(index - 1, "+")
      else { continue }
      var back = index - 1
      while back > 0, index - back < 4096,
        !(source.tokens[back].startsLine && source.block[back] == source.block[index]
          && source.tokens[back].kind == .word && (source.isMark(back + 1, "=") || source.isMark(back + 1, "+=")))
      { back -= 1 }
      if let owner = source.word(back), let node = lists[source.path]?[owner] {
        graph.mount(router, on: node)
      } else if source.word(back) == "urlpatterns" {
        let node = graph.node()
        lists[source.path]?["urlpatterns"] = node
        graph.mount(router, on: node)
      }
    }
  }

  private mutating func patterns(_ range: Range<Int>, in source: Source, on node: Int, depth: Int) {
    guard depth < 16 else { return }
    var index = range.lowerBound
    while index < range.upperBound {
      if let name = source.word(index), ["path", "re_path", "url"].contains(name), source.isMark(index + 1, "("),
        let close = source.close(index + 1)
      {
        pattern(name, open: index + 1, in: source, on: node, depth: depth)
        index = close + 1
      } else if source.isWord(index, "include"), source.isMark(index + 1, "("), let close = source.close(index + 1) {
        include(index + 1, in: source, on: node, prefix: .init(text: "", isWhole: true), depth: depth)
        index = close + 1
      } else {
        index += 1
      }
    }
  }

  private mutating func pattern(_ kind: String, open: Int, in source: Source, on node: Int, depth: Int) {
    let arguments = source.arguments(open)
    let plain = arguments.filter { source.named($0) == nil }
    guard let first = plain.first ?? source.argument("route", in: arguments) else { return }
    let place = Place(file: source.path, line: source.line(open))
    guard var path = project.value(first, in: source) else {
      computed.append(place)
      return
    }
    if kind != "path" { path.text = DjangoRoutes.readable(path.text) }
    guard let view = plain.dropFirst().first ?? source.argument("view", in: arguments) else { return }
    let (words, end) = source.chain(from: view.lowerBound)
    if words.last == "include", source.isMark(end, "(") {
      include(end, in: source, on: node, prefix: path, depth: depth)
      return
    }
    if words.suffix(2) == ["site", "urls"] {
      // The admin has pages for every model that is registered.
      graph.add(
        "ANY", .init(text: path.text + "…", isWhole: false), on: node, at: place, handler: words.joined(separator: "."),
        framework: "Django")
      return
    }
    if words.last == "urls", words.count > 1, let router = lists[source.path]?[words[words.count - 2]] {
      graph.mount(router, on: node, prefix: path)
      return
    }
    let name = source.argument("name", in: arguments).flatMap { project.value($0, in: source)?.text }
    let handler = source.handlerName(view)
    for method in methods(view, in: source) {
      graph.add(method, path, on: node, at: place, handler: handler, framework: "Django", name: name)
    }
  }

  private mutating func include(_ open: Int, in source: Source, on node: Int, prefix: Project.Reading, depth: Int) {
    guard let first = source.arguments(open).first else { return }
    var target = first
    // include((patterns, "namespace"))
    if source.isMark(target.lowerBound, "("), let inner = source.arguments(target.lowerBound).first { target = inner }
    guard let token = source.token(target.lowerBound) else { return }
    if token.kind == .string {
      if let file = PythonModule.file(token.text, from: source.path, level: 0, in: project),
        let child = lists[file.path]?["urlpatterns"]
      {
        graph.mount(child, on: node, prefix: prefix)
      }
      return
    }
    if token.isMark("[") || token.isMark("(") {
      let child = graph.node()
      graph.mount(child, on: node, prefix: prefix)
      guard let close = source.close(target.lowerBound) else { return }
      patterns(target.lowerBound + 1..<close, in: source, on: child, depth: depth + 1)
      return
    }
    let (words, _) = source.chain(from: target.lowerBound)
    if words.count == 1, let child = lists[source.path]?[words[0]] {
      return graph.mount(child, on: node, prefix: prefix)
    }
    if words.last == "urls", words.count >= 2, let child = lists[source.path]?[words[words.count - 2]] {
      return graph.mount(child, on: node, prefix: prefix)
    }
    guard let module = modules[source.path], let name = words.first, let imported = module.names[name] else { return }
    if let file = PythonModule.file(
      imported.module + "." + imported.name, from: source.path, level: imported.level, in: project),
      let child = lists[file.path]?[words.count > 1 ? words[1] : "urlpatterns"]
    {
      graph.mount(child, on: node, prefix: prefix)
    } else if let file = PythonModule.file(imported.module, from: source.path, level: imported.level, in: project),
      let child = lists[file.path]?[imported.name]
    {
      graph.mount(child, on: node, prefix: prefix)
    }
  }

  // MARK: REST framework

  private mutating func register(_ open: Int, in source: Source, on node: Int) {
    let arguments = source.arguments(open)
    let plain = arguments.filter { source.named($0) == nil }
    guard plain.count >= 2, let prefix = project.value(plain[0], in: source) else { return }
    let place = Place(file: source.path, line: source.line(open))
    let handler = source.handlerName(plain[1])
    let found = handler.flatMap { type($0.split(separator: ".").map(String.init), in: source, hops: 0) }
    let actions =
      found.map { viewSetActions($0.source, $0.type, hops: 0) } ?? [
        "list", "create", "retrieve", "update", "partial_update", "destroy",
      ]
    let list = RouteGraph.join(prefix.text, "", .plain)
    for (action, verb) in [("list", "GET"), ("create", "POST")] where actions.contains(action) {
      graph.add(
        verb, .init(text: list + "/", isWhole: prefix.isWhole), on: node, at: place, handler: handler,
        framework: "Django REST framework")
    }
    for (action, verb) in [("retrieve", "GET"), ("update", "PUT"), ("partial_update", "PATCH"), ("destroy", "DELETE")]
    where actions.contains(action) {
      graph.add(
        verb, .init(text: list + "/<pk>/", isWhole: prefix.isWhole), on: node, at: place, handler: handler,
        framework: "Django REST framework")
    }
    guard let found else { return }
    for action in extraActions(found.name, in: found.source) {
      let path = list + (action.isDetail ? "/<pk>/" : "/") + action.path + "/"
      for verb in action.verbs {
        graph.add(
          verb, .init(text: path, isWhole: prefix.isWhole), on: node,
          at: Place(file: found.source.path, line: action.line),
          handler: action.name, framework: "Django REST framework")
      }
    }
  }

  private func viewSetActions(_ source: Source, _ type: PythonModule.Class, hops: Int) -> Set<String> {
    var actions = type.methods.intersection(["list", "create", "retrieve", "update", "partial_update", "destroy"])
    guard hops < 5 else { return actions }
    for base in type.bases {
      switch base.last {
      case "ModelViewSet": actions.formUnion(["list", "create", "retrieve", "update", "partial_update", "destroy"])
      case "ReadOnlyModelViewSet": actions.formUnion(["list", "retrieve"])
      case "ListModelMixin": actions.insert("list")
      case "CreateModelMixin": actions.insert("create")
      case "RetrieveModelMixin": actions.insert("retrieve")
      case "UpdateModelMixin": actions.formUnion(["update", "partial_update"])
      case "DestroyModelMixin": actions.insert("destroy")
      default:
        if let parent = self.type(base, in: source, hops: 0) {
          actions.formUnion(viewSetActions(parent.source, parent.type, hops: hops + 1))
        }
      }
    }
    return actions
  }

  /// @action(detail=True, methods=["post"], url_path="x") in a class.
  private func extraActions(_ name: String, in source: Source) -> [(
    name: String, path: String, isDetail: Bool, verbs: [String], line: Int
  )] {
    guard
      let start = source.tokens.indices.dropLast().first(where: {
        source.isWord($0, "class") && source.isWord($0 + 1, name)
      })
    else { return [] }
    var found: [(name: String, path: String, isDetail: Bool, verbs: [String], line: Int)] = []
    var index = start + 2
    while index < source.tokens.count {
      let token = source.tokens[index]
      if token.startsLine, token.column <= source.tokens[start].column, index > start + 2, !token.isMark(")") { break }
      if token.isMark("@"), source.isWord(index + 1, "action"), source.isMark(index + 2, "("),
        let close = source.close(index + 2)
      {
        let arguments = source.arguments(index + 2)
        var at = close
        while at < source.tokens.count, !source.isWord(at, "def") { at += 1 }
        guard let method = source.word(at + 1) else { break }
        let isDetail = source.argument("detail", in: arguments).flatMap { source.word($0.lowerBound) } == "True"
        let path = source.argument("url_path", in: arguments).flatMap { project.value($0, in: source)?.text } ?? method
        let verbs =
          source.argument("methods", in: arguments).map { list in
            source.arguments(list.lowerBound).compactMap { source.token($0.lowerBound)?.text.uppercased() }
          } ?? ["GET"]
        found.append((method, DjangoRoutes.readable(path), isDetail, verbs, source.line(index)))
        index = close
      }
      index += 1
    }
    return found
  }

  // MARK: Views

  private func type(_ words: [String], in source: Source, hops: Int) -> (
    source: Source, type: PythonModule.Class, name: String
  )? {
    guard hops < 6, let first = words.first, let module = modules[source.path] else { return nil }
    if words.count == 1, let type = module.classes[first] { return (source, type, first) }
    guard let imported = module.names[first] else { return nil }
    let rest = Array(words.dropFirst())
    if !rest.isEmpty,
      let file = PythonModule.file(
        imported.module + "." + imported.name, from: source.path, level: imported.level, in: project)
    {
      return type(rest, in: file, hops: hops + 1)
    }
    guard let file = PythonModule.file(imported.module, from: source.path, level: imported.level, in: project),
      file.path != source.path
    else { return nil }
    return type([imported.name] + rest, in: file, hops: hops + 1)
  }

  private static let generic: [String: [String]] = [
    "TemplateView": ["GET"], "ListView": ["GET"], "DetailView": ["GET"], "RedirectView": ["ANY"],
    "ArchiveIndexView": ["GET"],
    "CreateView": ["GET", "POST"], "UpdateView": ["GET", "POST"], "DeleteView": ["GET", "POST"],
    "FormView": ["GET", "POST"],
    "ListAPIView": ["GET"], "RetrieveAPIView": ["GET"], "CreateAPIView": ["POST"], "DestroyAPIView": ["DELETE"],
    "UpdateAPIView": ["PUT", "PATCH"], "ListCreateAPIView": ["GET", "POST"],
    "RetrieveUpdateAPIView": ["GET", "PUT", "PATCH"],
    "RetrieveDestroyAPIView": ["GET", "DELETE"], "RetrieveUpdateDestroyAPIView": ["GET", "PUT", "PATCH", "DELETE"],
    "LoginView": ["GET", "POST"], "LogoutView": ["POST"], "PasswordChangeView": ["GET", "POST"],
    "PasswordResetView": ["GET", "POST"],
  ]

  /// The methods that a view answers, where its code says so; else ANY.
  private func methods(_ view: Range<Int>, in source: Source) -> [String] {
    var (words, end) = source.chain(from: view.lowerBound)
    // login_required(views.Edit.as_view())
    while source.isMark(end, "("), words.last != "as_view", let inner = source.arguments(end).first,
      source.token(inner.lowerBound)?.kind == .word
    {
      (words, end) = source.chain(from: inner.lowerBound)
    }
    guard words.last == "as_view" else { return functionMethods(words, in: source) ?? ["ANY"] }
    if source.isMark(end, "("), let map = source.arguments(end).first, source.isMark(map.lowerBound, "{") {
      // as_view({"get": "list"})
      let verbs = source.arguments(map.lowerBound).compactMap { source.token($0.lowerBound)?.text.uppercased() }
      if !verbs.isEmpty { return verbs }
    }
    words.removeLast()
    if words.count <= 2, let verbs = DjangoRoutes.generic[words.last ?? ""] { return verbs }
    guard let found = type(words, in: source, hops: 0) else { return ["ANY"] }
    var verbs: [String] = []
    collect(found.source, found.type, into: &verbs, hops: 0)
    if let allowed = found.type.httpMethodNames { verbs = verbs.isEmpty ? allowed : verbs.filter(allowed.contains) }
    return verbs.isEmpty ? ["ANY"] : verbs
  }

  private func collect(_ source: Source, _ type: PythonModule.Class, into verbs: inout [String], hops: Int) {
    for verb in type.verbs where !verbs.contains(verb) { verbs.append(verb) }
    guard hops < 5 else { return }
    for base in type.bases {
      if let known = DjangoRoutes.generic[base.last ?? ""] {
        for verb in known where verb != "ANY" && !verbs.contains(verb) { verbs.append(verb) }
      } else if let parent = self.type(base, in: source, hops: 0) {
        collect(parent.source, parent.type, into: &verbs, hops: hops + 1)
      }
    }
  }

  /// @require_POST, @require_http_methods([…]), @api_view([…]) on a function.
  private func functionMethods(_ words: [String], in source: Source) -> [String]? {
    guard let name = words.last else { return nil }
    var file: Source? = source
    if let imported = modules[source.path]?.names[words[0]] {
      file =
        words.count > 1
        ? PythonModule.file(
          imported.module + "." + imported.name, from: source.path, level: imported.level, in: project)
        : PythonModule.file(imported.module, from: source.path, level: imported.level, in: project)
    }
    guard let file, let index = functions(file)[name] else { return nil }
    var back = index - 1
    while back > 0, index - back < 200 {
      if file.isMark(back, "@"), file.token(back)?.startsLine ?? false {
        switch file.chain(from: back + 1).words.last {
        case "require_POST": return ["POST"]
        case "require_GET", "require_safe": return ["GET"]
        case "require_http_methods", "api_view":
          let open = file.chain(from: back + 1).end
          guard file.isMark(open, "("), let list = file.arguments(open).first else { break }
          let verbs = file.arguments(list.lowerBound).compactMap { file.token($0.lowerBound)?.text.uppercased() }
          if !verbs.isEmpty { return verbs }
        default: break
        }
      }
      if file.isWord(back, "def") || file.isWord(back, "return") || file.isWord(back, "class") { break }
      back -= 1
    }
    return nil
  }

  private final class Cache { var functions: [String: [String: Int]] = [:] }
  private let cache = Cache()

  private func functions(_ source: Source) -> [String: Int] {
    if let known = cache.functions[source.path] { return known }
    var found: [String: Int] = [:]
    for index in source.tokens.indices.dropLast() where source.tokens[index].isWord("def") {
      if let name = source.word(index + 1) { found[name] = source.isWord(index - 1, "async") ? index - 1 : index }
    }
    cache.functions[source.path] = found
    return found
  }

  // MARK: Patterns

  /// A regular expression as a path: its groups named, its anchors gone.
  static func readable(_ pattern: String) -> String {
    var text = ""
    let scalars = Array(pattern.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      switch scalar {
      case "^", "$": index += 1
      case "\\":
        index += 1
        guard index < scalars.count else { break }
        let next = scalars[index]
        if next == "Z" || next == "A" || next == "b" {
          index += 1
        } else if next.properties.isAlphabetic {
          text += "\\"
          text.unicodeScalars.append(next)
          index += 1
        } else {
          text.unicodeScalars.append(next)
          index += 1
        }
      case "[":
        // In a class, ^ and $ are what they are.
        text += "["
        index += 1
        while index < scalars.count, scalars[index] != "]" {
          if scalars[index] == "\\" {
            text += "\\"
            index += 1
          }
          if index < scalars.count { text.unicodeScalars.append(scalars[index]) }
          index += 1
        }
        if index < scalars.count { text += "]" }
        index += 1
      case "(":
        var depth = 0
        let start = index
        while index < scalars.count {
          if scalars[index] == "\\" {
            index += 2
            continue
          }
          if scalars[index] == "(" { depth += 1 }
          if scalars[index] == ")" {
            depth -= 1
            if depth == 0 { break }
          }
          index += 1
        }
        index = min(index, scalars.count)
        let end = min(index + 1, scalars.count)
        let group = String(String.UnicodeScalarView(scalars[start..<end]))
        if group.hasPrefix("(?P<"), let close = group.firstIndex(of: ">") {
          text += "<" + group[group.index(group.startIndex, offsetBy: 4)..<close] + ">"
        } else {
          text += group
        }
        index = end
      default:
        text.unicodeScalars.append(scalar)
        index += 1
      }
    }
    return text
  }

  private static func shown(_ route: Route) -> Route {
    var route = route
    if !route.path.hasPrefix("/") { route.path = "/" + route.path }
    return route
  }
}

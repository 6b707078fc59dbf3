/// Spring, JAX-RS and Micronaut by their annotations, Ktor by its nested blocks; Java and Kotlin.
struct JVMRoutes {
  private let project: Project
  private var types: [(source: Source, type: AnnotatedType)] = []
  private var byName: [String: [Int]] = [:]
  private var below: [String: [Int]] = [:]
  private var graph = RouteGraph(.keepingEnd)
  private var jaxrs = RouteGraph(.slashed)
  private var computed: [Place] = []

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var reader = JVMRoutes(project: project)
    for source in project.sources(.java, .kotlin).sorted(by: { $0.path < $1.path }) {
      for type in AnnotatedType.all(in: source) {
        reader.byName[type.name, default: []].append(reader.types.count)
        for base in Set(type.bases) { reader.below[base, default: []].append(reader.types.count) }
        reader.types.append((source, type))
      }
      reader.ktor(source)
    }
    reader.spring()
    reader.restful()
    return (reader.graph.routes() + reader.jaxrs.routes(), reader.graph.computed + reader.jaxrs.computed)
  }

  private init(project: Project) { self.project = project }

  private static let mappings: [String: String] = [
    "GetMapping": "GET", "PostMapping": "POST", "PutMapping": "PUT", "DeleteMapping": "DELETE", "PatchMapping": "PATCH",
    "RequestMapping": "",
  ]
  private static let micronaut: [String: String] = [
    "Get": "GET", "Post": "POST", "Put": "PUT", "Delete": "DELETE", "Patch": "PATCH", "Head": "HEAD",
    "Options": "OPTIONS",
  ]
  private static let verbs: Set<String> = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]
  private static let clients: Set<String> = [
    "FeignClient", "HttpExchange", "RegisterRestClient", "Client", "ImportHttpServices",
  ]

  // MARK: Spring and Micronaut

  private func isController(_ type: AnnotatedType) -> Bool {
    type.annotation("RestController", "Controller", "RepositoryRestController", "BasePathAwareController") != nil
  }

  /// The types that extend or implement a type, however far; at most the first 64.
  private func descendants(_ name: String) -> [Int] {
    var found: [Int] = []
    var names: Set<String> = [name]
    var queue = [name]
    while let next = queue.popLast(), found.count < 64 {
      for index in (below[next] ?? []).prefix(64) where names.insert(types[index].type.name).inserted {
        found.append(index)
        queue.append(types[index].type.name)
      }
    }
    return found.sorted()
  }

  private mutating func spring() {
    for (source, type) in types {
      let isMicronaut =
        type.annotation("Controller")?.arguments.isEmpty == false && source.tokens.contains { $0.isWord("micronaut") }
      let hasMapping = type.members.contains { member in
        member.annotations.contains {
          JVMRoutes.mappings[$0.name] != nil || isMicronaut && JVMRoutes.micronaut[$0.name] != nil
        }
      }
      guard hasMapping, !type.annotations.contains(where: { JVMRoutes.clients.contains($0.name) }) else { continue }
      var prefixes = classPrefixes(type, in: source, isMicronaut: isMicronaut)
      if !isController(type), !isMicronaut {
        // The mappings of an interface or a base class are those of the controllers below it.
        let below = descendants(type.name).filter { isController(types[$0].type) }
        if below.isEmpty, type.isInterface || !type.name.hasSuffix("Controller") { continue }
        var inherited: [Project.Reading] = []
        for index in below {
          let own = classPrefixes(types[index].type, in: types[index].source, isMicronaut: false)
          for prefix in own ?? prefixes ?? [.init(text: "", isWhole: true)]
          where !inherited.contains(where: { $0.text == prefix.text }) {
            inherited.append(prefix)
          }
        }
        if !inherited.isEmpty { prefixes = inherited }
      }
      for prefix in prefixes ?? [.init(text: "", isWhole: true)] {
        let node = graph.node(prefix: prefix)
        for member in type.members { mapping(member, of: type, on: node, in: source, isMicronaut: isMicronaut) }
      }
    }
  }

  private func classPrefixes(_ type: AnnotatedType, in source: Source, isMicronaut: Bool) -> [Project.Reading]? {
    if isMicronaut {
      return type.annotation("Controller").flatMap { project.paths(of: $0, names: ["value", "uri"], in: source) }
    }
    return type.annotation("RequestMapping").flatMap { project.paths(of: $0, names: ["value", "path"], in: source) }
  }

  private mutating func mapping(
    _ member: AnnotatedType.Member, of type: AnnotatedType, on node: Int, in source: Source, isMicronaut: Bool
  ) {
    for annotation in member.annotations {
      let verb = JVMRoutes.mappings[annotation.name] ?? (isMicronaut ? JVMRoutes.micronaut[annotation.name] : nil)
      guard let verb else { continue }
      let place = Place(file: source.path, line: source.line(annotation.index))
      var methods = [verb]
      if verb.isEmpty {
        methods =
          source.argument("method", in: annotation.arguments).map { range in
            range.compactMap { source.word($0) }.filter { JVMRoutes.verbs.contains($0) }
          } ?? []
        if methods.isEmpty { methods = ["ANY"] }
      }
      let paths = project.paths(of: annotation, names: ["value", "path", "uri"], in: source)
      if let paths, paths.isEmpty { graph.addComputed(place) }
      for path in paths ?? [.init(text: "", isWhole: true)] {
        for method in methods {
          graph.add(
            method, path, on: node, at: place, handler: "\(type.name).\(member.name)",
            framework: isMicronaut ? "Micronaut" : "Spring")
        }
      }
    }
  }

  // MARK: JAX-RS

  private mutating func restful() {
    let isJAX: (Source) -> Bool = { source in
      source.tokens.contains { $0.isWord("rs") } && source.tokens.contains { $0.isWord("ws") }
    }
    var applications: [Project.Reading] = []
    for (source, type) in types {
      if let annotation = type.annotation("ApplicationPath"),
        let path = project.paths(of: annotation, names: ["value"], in: source)?.first
      {
        applications.append(path)
      }
    }
    let root = jaxrs.node(prefix: applications.count == 1 ? applications[0] : nil)
    var nodes: [Int: Int] = [:]
    for (index, entry) in types.enumerated() where isJAX(entry.source) {
      guard !entry.type.annotations.contains(where: { JVMRoutes.clients.contains($0.name) }) else { continue }
      let hasRoutes = entry.type.members.contains { member in
        member.annotations.contains { JVMRoutes.verbs.contains($0.name) || $0.name == "Path" }
      }
      if hasRoutes { nodes[index] = jaxrs.node() }
    }
    for (index, node) in nodes.sorted(by: { $0.key < $1.key }) {
      let (source, type) = types[index]
      if let path = classPath(type, in: source) {
        jaxrs.mount(node, on: root, prefix: path)
      } else {
        // The path may stand at a class below or an interface above.
        for other in descendants(type.name) + type.bases.flatMap({ byName[$0] ?? [] }) {
          if let path = classPath(types[other].type, in: types[other].source) {
            jaxrs.mount(node, on: root, prefix: path)
          }
        }
      }
      for member in type.members {
        let path = member.annotations.first { $0.name == "Path" }
          .flatMap { project.paths(of: $0, names: ["value"], in: source)?.first }
        let verbs = member.annotations.filter { JVMRoutes.verbs.contains($0.name) }
        for verb in verbs {
          jaxrs.add(
            verb.name, path ?? .init(text: "", isWhole: true), on: node,
            at: Place(file: source.path, line: source.line(verb.index)), handler: "\(type.name).\(member.name)",
            framework: "JAX-RS")
        }
        // A locator: a path, no method, and a resource as the result.
        if verbs.isEmpty, let path {
          for word in member.words {
            for target in byName[word] ?? [] {
              if let child = nodes[target], classPath(types[target].type, in: types[target].source) == nil {
                jaxrs.mount(child, on: node, prefix: path)
              }
            }
          }
        }
      }
    }
    // What nothing leads to is still listed, from the application's root.
    for node in nodes.values.sorted() where !jaxrs.isMounted(node) { jaxrs.mount(node, on: root) }
  }

  private func classPath(_ type: AnnotatedType, in source: Source) -> Project.Reading? {
    type.annotation("Path").flatMap { project.paths(of: $0, names: ["value"], in: source)?.first }
  }

  // MARK: Ktor

  private mutating func ktor(_ source: Source) {
    guard source.language == .kotlin, source.tokens.contains(where: { $0.isWord("ktor") }) else { return }
    let verbs = [
      "get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "patch": "PATCH", "head": "HEAD",
      "options": "OPTIONS", "webSocket": "WS",
    ]
    let node = graph.node()
    for index in source.tokens.indices {
      guard let word = source.word(index), let verb = verbs[word], !source.isMark(index - 1, "."),
        !source.isWord(index - 1, "fun")
      else { continue }
      var path: Project.Reading? = .init(text: "", isWhole: true)
      var body = index + 1
      if source.isMark(body, "<") { body = source.behindGenerics(body) }
      if source.isMark(body, "("), let close = source.close(body) {
        path = source.arguments(body).first.flatMap { project.value(source.named($0)?.value ?? $0, in: source) }
        body = close + 1
      }
      guard source.isMark(body, "{") else { continue }
      var prefix = ""
      var isInside = false
      var block = source.block[index]
      var hops = 0
      while block >= 0, hops < 64 {
        hops += 1
        if source.isWord(block - 1, "routing") { isInside = true }
        if source.isMark(block - 1, ")"), source.partner[block - 1] > 0 {
          let open = source.partner[block - 1]
          let name = source.word(open - 1)
          if name == "route", let first = source.arguments(open).first {
            prefix = RouteGraph.join(project.value(first, in: source)?.text ?? "{…}", prefix, .slashed)
            isInside = true
          } else if name == "authenticate" || name == "routing"
            || source.isMark(source.chain(endingAt: max(open - 1, 0)).start - 1, ".")
            || source.isWord(open - 3, "Route")
          {
            isInside = true
          }
        }
        block = source.block[block]
      }
      guard isInside, let path else { continue }
      graph.add(
        verb,
        .init(text: RouteGraph.join(prefix, path.text, .slashed), isWhole: path.isWhole && !prefix.contains("{…}")),
        on: node,
        at: Place(file: source.path, line: source.line(index)), handler: nil, framework: "Ktor")
    }
  }
}

/// Sinatra's verbs with a block, its namespaces, and where config.ru maps a class.
enum SinatraRoutes {
  private static let verbs: [String: String] = [
    "get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "patch": "PATCH", "head": "HEAD",
    "options": "OPTIONS",
  ]

  static func read(_ project: Project) -> (routes: [Route], computed: [Place]) {
    var routes: [Route] = []
    var computed: [Place] = []
    let sources = project.sources(.ruby)
    let isUsed =
      ["Gemfile", "Gemfile.lock"].contains { project.tree.text($0)?.contains("sinatra") ?? false }
      || project.tree.files.contains {
        !$0.path.contains("/") && $0.path.hasSuffix(".gemspec") && project.tree.text($0)?.contains("sinatra") ?? false
      }
    let maps = mapped(sources, project)
    for source in sources where !source.path.contains("config/routes") {
      let mentions = source.tokens.contains {
        $0.isWord("Sinatra") || $0.kind == .string && $0.text.hasPrefix("sinatra")
      }
      guard mentions || isUsed else { continue }
      let blocks = RubyBlocks(source)
      let className = source.tokens.indices.first { source.isWord($0, "class") && source.token($0 + 1)?.kind == .word }
        .map { source.chain(from: $0 + 1).words.joined(separator: "::") }
      let prefixes = className.flatMap { maps[$0] ?? maps[String($0.split(separator: ":").last ?? "")] } ?? [""]
      var spaces: [(range: Range<Int>, prefix: String, isWhole: Bool)] = []
      for index in source.tokens.indices
      where source.tokens[index].startsLine || source.isMark(index - 1, ";") || source.isMark(index - 1, "{") {
        guard let word = source.word(index), verbs[word] != nil || word == "namespace" else { continue }
        let call = blocks.call(index)
        guard let first = call.arguments.first, let block = call.block else { continue }
        let token = source.token(first.lowerBound)
        let outer = spaces.filter { $0.range.contains(index) }
        let prefix = outer.map(\.prefix).joined()
        if word == "namespace" {
          guard let reading = project.value(first, in: source), reading.text.hasPrefix("/"), spaces.count < 500 else {
            continue
          }
          spaces.append((block, reading.text, reading.isWhole))
          continue
        }
        var paths: [Project.Reading?] = []
        if token?.isMark("[") ?? false {
          paths = source.arguments(first.lowerBound).map { project.value($0, in: source) }
        } else {
          paths = [project.value(first, in: source)]
        }
        let place = Place(file: source.path, line: source.line(index))
        for path in paths {
          guard let path else {
            if mentions { computed.append(place) }
            continue
          }
          let isRegex = token?.kind == .regex
          guard
            isRegex || path.text.hasPrefix("/") || path.text.hasPrefix("*") || path.text.isEmpty
              || path.text.hasPrefix(":")
          else { continue }
          for mount in prefixes {
            let text = RouteGraph.join(mount, prefix + (isRegex ? DjangoRoutes.readable(path.text) : path.text), .plain)
            routes.append(
              Route(
                method: verbs[word] ?? "GET", path: text.isEmpty ? "/" : text, place: place, handler: nil,
                framework: "Sinatra",
                isWhole: path.isWhole && outer.allSatisfy(\.isWhole)))
          }
        }
      }
    }
    return (routes, computed)
  }

  /// map "/api" do run Api end
  private static func mapped(_ sources: [Source], _ project: Project) -> [String: [String]] {
    var found: [String: [String]] = [:]
    for source in sources where source.path.hasSuffix(".ru") {
      let blocks = RubyBlocks(source)
      for index in source.tokens.indices where source.isWord(index, "map") {
        let call = blocks.call(index)
        guard let first = call.arguments.first, let path = project.value(first, in: source)?.text,
          let block = call.block
        else { continue }
        for at in block where source.isWord(at, "run") {
          let start = source.isMark(at + 1, "(") ? at + 2 : at + 1
          var words = source.chain(from: start).words
          if words.last == "new" || words.last == "freeze" { words.removeLast() }
          found[words.joined(separator: "::"), default: []].append(path == "/" ? "" : path)
        }
      }
    }
    return found
  }
}

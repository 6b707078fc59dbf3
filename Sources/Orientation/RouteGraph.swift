/// A way into the program.
public struct Route: Sendable, Hashable {
  /// `GET`, `POST` …; `ANY` where the code names none; `WS` for a web socket.
  public var method: String
  /// As the framework writes it, parameters and all; `{name}` also stands for a part that the code computes.
  public var path: String
  public var place: Place
  /// The handler's name as it stands there; nil for a function written in place.
  public var handler: String?
  public var framework: String
  /// False where a part of the path is computed.
  public var isWhole = true
  /// The route's own name, where it has one.
  public var name: String?
  /// Where tests seem to speak of it.
  public var tests: [Place] = []
}

/// Routers, what is mounted on what, and the routes on them.
struct RouteGraph {
  /// How a prefix and a path are put together.
  enum Joining {
    /// As they stand.
    case plain
    /// With exactly one slash between them, and none at the end.
    case slashed
    /// The same, but a slash at the end stays.
    case keepingEnd
  }

  private struct Node {
    var prefix: String
    var isWhole: Bool
    var parents: [(node: Int, prefix: String, isWhole: Bool)] = []
    /// Where a parent's prefix takes the place of its own.
    var isReplaceable = false
  }

  private struct Entry {
    var node: Int
    var route: Route
  }

  let joining: Joining
  private var nodes: [Node] = []
  private var entries: [Entry] = []
  /// Routes whose path could not be read at all.
  private(set) var computed: [Place] = []
  /// A router mounted in more ways than this is listed for the first ones.
  private static let mostMounts = 16

  init(_ joining: Joining) { self.joining = joining }

  /// A new router.
  mutating func node(prefix: Project.Reading? = nil, isReplaceable: Bool = false) -> Int {
    nodes.append(Node(prefix: prefix?.text ?? "", isWhole: prefix?.isWhole ?? true, isReplaceable: isReplaceable))
    return nodes.count - 1
  }

  mutating func mount(_ child: Int, on parent: Int, prefix: Project.Reading? = nil) {
    guard child != parent, nodes[child].parents.count < RouteGraph.mostMounts else { return }
    let text = prefix?.text ?? ""
    guard !nodes[child].parents.contains(where: { $0.node == parent && $0.prefix == text }) else { return }
    nodes[child].parents.append((parent, text, prefix?.isWhole ?? true))
  }

  mutating func setPrefix(_ reading: Project.Reading, of node: Int) {
    nodes[node].prefix = reading.text
    nodes[node].isWhole = reading.isWhole
  }

  func isMounted(_ node: Int) -> Bool { !nodes[node].parents.isEmpty }

  mutating func add(
    _ method: String, _ path: Project.Reading?, on node: Int, at place: Place, handler: String?, framework: String,
    name: String? = nil
  ) {
    guard let path else {
      computed.append(place)
      return
    }
    entries.append(
      Entry(
        node: node,
        route: Route(
          method: method, path: path.text, place: place, handler: handler, framework: framework, isWhole: path.isWhole,
          name: name)))
  }

  mutating func addComputed(_ place: Place) { computed.append(place) }

  /// Every route with the prefixes of all the ways in which its router is mounted.
  func routes() -> [Route] {
    var known: [Int: [Project.Reading]] = [:]
    var routes: [Route] = []
    for entry in entries {
      for prefix in prefixes(of: entry.node, known: &known, above: []) {
        var route = entry.route
        route.path = RouteGraph.join(prefix.text, route.path, joining)
        route.isWhole = route.isWhole && prefix.isWhole
        // FastRoute's [/] is an optional slash.
        if !route.path.hasPrefix("/"), !route.path.hasPrefix("*"), !route.path.hasPrefix("{") || joining != .plain {
          route.path = "/" + route.path
        }
        if route.path.hasPrefix("/[/") { route.path.removeFirst() }
        routes.append(route)
      }
    }
    return routes
  }

  private func prefixes(of node: Int, known: inout [Int: [Project.Reading]], above: Set<Int>) -> [Project.Reading] {
    if let done = known[node] { return done }
    let own = nodes[node]
    guard above.count < 32 else { return [Project.Reading(text: own.prefix, isWhole: false)] }
    var result: [Project.Reading] = []
    for parent in own.parents where !above.contains(parent.node) {
      for prefix in prefixes(of: parent.node, known: &known, above: above.union([node])) {
        guard result.count < RouteGraph.mostMounts else { break }
        var text = RouteGraph.join(prefix.text, parent.prefix, joining)
        let replaces = own.isReplaceable && !parent.prefix.isEmpty
        if !replaces { text = RouteGraph.join(text, own.prefix, joining) }
        let isWhole = prefix.isWhole && parent.isWhole && (replaces || own.isWhole)
        if !result.contains(where: { $0.text == text }) { result.append(.init(text: text, isWhole: isWhole)) }
      }
    }
    if result.isEmpty { result = [.init(text: own.prefix, isWhole: own.isWhole)] }
    known[node] = result
    return result
  }

  static func join(_ prefix: String, _ path: String, _ joining: Joining) -> String {
    switch joining {
    case .plain:
      if prefix.hasSuffix("/"), path.hasPrefix("/") { return prefix + path.dropFirst() }
      return prefix + path
    case .slashed, .keepingEnd:
      var head = Substring(prefix)
      while head.hasSuffix("/") { head = head.dropLast() }
      var tail = Substring(path)
      while tail.hasPrefix("/") { tail = tail.dropFirst() }
      if joining == .slashed, !head.isEmpty { while tail.hasSuffix("/") { tail = tail.dropLast() } }
      if tail.isEmpty {
        if joining == .keepingEnd, path.hasSuffix("/") { return head + "/" }
        return head.isEmpty ? (path.isEmpty ? "" : "/") : String(head)
      }
      return head + "/" + tail
    }
  }
}

/// Names of routers with the block that each is known in.
struct Bindings {
  private struct Binding {
    var at: Int
    var block: Int
    var node: Int
  }

  private var byName: [String: [Binding]] = [:]
  /// Further routers of one name in one file are not told apart.
  private static let most = 2048

  mutating func bind(_ name: String, to node: Int, at index: Int, block: Int) {
    guard byName[name]?.count ?? 0 < Bindings.most else { return }
    byName[name, default: []].append(Binding(at: index, block: block, node: node))
  }

  /// The router of a name at a place: of the innermost block, and there the last one before it.
  func node(_ name: String, at index: Int, in source: Source) -> Int? {
    guard let all = byName[name] else { return nil }
    var best: Binding?
    for binding in all {
      if binding.block >= 0 {
        guard binding.block < index, source.close(binding.block).map({ index < $0 }) ?? true else { continue }
      }
      guard binding.at <= index || binding.block < 0 else { continue }
      guard let current = best else {
        best = binding
        continue
      }
      let isInner = binding.block > current.block
      let isLater = binding.block == current.block && binding.at <= index && binding.at >= current.at
      if isInner || isLater { best = binding }
    }
    return best?.node
  }

  /// The routers of the whole file.
  var atTop: [(name: String, node: Int)] {
    byName.flatMap { name, all in all.filter { $0.block < 0 }.map { (name, $0.node, $0.at) } }
      .sorted { $0.2 < $1.2 }.map { ($0.0, $0.1) }
  }

  func any(_ name: String) -> Int? { byName[name]?.last?.node }
}

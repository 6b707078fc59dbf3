internal import DecisionEngine
internal import KnowledgeModel

/// The system as the decisions leave it: a small graph on a grid, left to right.
struct SystemDiagram {
  struct Node: Equatable {
    enum Shape { case actor, box, stack, store, stores, queue, external }
    var id: String
    var label: String
    var detail: String?
    var shape: Shape
    var column: Int
    var row: Int
    /// Whether a decision that would bring it is still open.
    var isOpen = false
  }

  struct Edge: Equatable {
    var from: String
    var to: String
    /// What the one does with the other, for the description, in the plural: "call".
    var verb: String
  }

  /// What is drawn around a node: the zones that its instances are spread over.
  struct Frame: Equatable {
    var node: String
    var label: String
    var isOpen: Bool
  }

  private(set) var nodes: [Node] = []
  private(set) var edges: [Edge] = []
  private(set) var frame: Frame?

  /// Columns and rows of the grid, before empty ones are closed up.
  private enum Column { static let entry = 0, app = 1, near = 2, far = 3 }
  private enum Row {
    static let top = 0, cache = 1, main = 2, replicas = 3, queue = 4, dead = 5, bodies = 6, others = 7
  }

  init(_ assessment: Assessment) {
    var state = Reader(assessment: assessment)
    addEntry(&state)
    addData(&state)
    addMessaging(&state)
    addOthers(&state)
    closeGaps()
  }

  // MARK: Parts

  private mutating func addEntry(_ state: inout Reader) {
    let cdn = state.presence("load-balancing", ["load-balanced-cdn"])
    // By the load, or by the availability that is asked for: the larger counts.
    let several = state.presence("minimum-instances", ["two-in-two-zones", "three-in-three-zones"])
    let balanced = SystemDiagram.either(
      state.presence("load-balancing", ["load-balanced", "load-balanced-cdn"]), several)
    add(
      Node(
        id: "clients", label: "Clients", detail: state.members("api_audience"), shape: .actor, column: Column.entry,
        row: cdn != nil ? Row.top : balanced != nil ? Row.top + 1 : Row.main))
    var last = "clients"
    if let isOpen = cdn {
      add(
        Node(
          id: "cdn", label: "CDN", detail: "cacheable responses", shape: .box, column: Column.entry, row: Row.top + 1,
          isOpen: isOpen))
      edges.append(Edge(from: last, to: "cdn", verb: "ask"))
      last = "cdn"
    }
    if let isOpen = balanced {
      add(
        Node(
          id: "balancer", label: "Load balancer", detail: nil, shape: .box, column: Column.entry, row: Row.main,
          isOpen: isOpen))
      edges.append(Edge(from: last, to: "balancer", verb: last == "cdn" ? "pass the rest to" : "call"))
      last = "balancer"
    }
    let shape = state.decision("service-shape")
    let label: String
    switch (shape?.status, shape?.outcome) {
    case (.decided, "microservices"): label = "Services"
    case (.decided, "modular-monolith"): label = "Modular monolith"
    default: label = "Application"
    }
    let three = state.presence("minimum-instances", ["three-in-three-zones"])
    let detail =
      switch (balanced, several, three) {
      case (nil, _, _): "one instance"
      case (_, false?, false?): "at least three instances"
      case (_, false?, _): "at least two instances"
      case (true?, _, _): "one or more instances"
      default: "several instances"
      }
    if let isOpen = several {
      let zones = three == false ? "three zones" : three == nil ? "two zones" : "two or three zones"
      frame = Frame(node: "app", label: zones, isOpen: isOpen)
    }
    add(
      Node(
        id: "app", label: label, detail: detail, shape: balanced == nil && label != "Services" ? .box : .stack,
        column: Column.app, row: Row.main))
    edges.append(Edge(from: last, to: "app", verb: last == "balancer" ? "spread requests over" : "call"))
  }

  private mutating func addData(_ state: inout Reader) {
    let engine = state.members("database_engine")
    let product = engine == "postgresql" ? "PostgreSQL" : engine == "mysql" ? "MySQL" : "Database"
    let planned = state.presence("caching", ["redis"])
    let exists = state.flag("has_cache")
    if planned != nil || exists == true {
      let strategy = state.decision("cache-strategy")?.outcome
      add(
        Node(
          id: "cache", label: planned == false ? "Redis cache" : "Cache", detail: strategy, shape: .store,
          column: Column.near, row: Row.cache, isOpen: exists != true && planned == true))
      edges.append(Edge(from: "app", to: "cache", verb: "look up answers in"))
    }
    var last = "app"
    if let isOpen = state.presence("connection-pooling", ["pgbouncer"]) {
      add(
        Node(
          id: "pooler", label: product == "PostgreSQL" ? "PgBouncer" : "Connection pooler", detail: nil,
          shape: .box, column: Column.near, row: Row.main, isOpen: isOpen))
      edges.append(Edge(from: "app", to: "pooler", verb: "open connections to"))
      last = "pooler"
    }
    let shards = state.presence("write-scaling", ["shard"])
    let isSharded = shards == false
    add(
      Node(
        id: "primary", label: isSharded ? "\(product) shards" : "\(product) primary",
        detail: isSharded
          ? "each a primary, split by a key" : shards == true ? "one, or shards" : "writes and exact reads",
        shape: isSharded ? .stores : .store, column: Column.far, row: Row.main))
    edges.append(Edge(from: last, to: "primary", verb: last == "pooler" ? "share connections to" : "query"))
    if let isOpen = state.presence("read-scaling", ["read-replicas"]) {
      add(
        Node(
          id: "replicas", label: "Read replicas", detail: "reads that may lag", shape: .store, column: Column.far,
          row: Row.replicas, isOpen: isOpen))
      edges.append(Edge(from: last, to: "replicas", verb: "send reads to"))
      edges.append(Edge(from: "primary", to: "replicas", verb: "stream changes to"))
    }
    addRegion(&state)
  }

  private mutating func addRegion(_ state: inout Reader) {
    let details = [
      "reads-near-users": "copies for reading near users", "standby-region": "takes over if this one is lost",
      "active-in-several": "serves at the same time",
    ]
    guard let result = state.decision("multi-region"),
      let isOpen = state.presence("multi-region", details.keys.sorted())
    else { return }
    // Where nothing was said of distance and target, a question mark would be all that is drawn.
    guard !isOpen || result.possible.count < 3 else { return }
    let known = result.possible.compactMap { details[$0] }
    add(
      Node(
        id: "region", label: result.outcome == "reads-near-users" ? "Other regions" : "Second region",
        detail: known.count == 1 ? known[0] : "its use is still open", shape: .external, column: Column.far,
        row: Row.cache, isOpen: isOpen))
    edges.append(Edge(from: "primary", to: "region", verb: "copy data to"))
  }

  /// Nil: neither can be. False: one of them is. True: one may be.
  private static func either(_ a: Bool?, _ b: Bool?) -> Bool? {
    if a == false || b == false { return false }
    return a ?? b
  }

  private mutating func addMessaging(_ state: inout Reader) {
    guard let result = state.decision("messaging"), result.status != .notApplicable else { return }
    let names = ["kafka": "Kafka", "rabbitmq": "RabbitMQ", "sqs": "SQS queue", "sqs-claim-check": "SQS queue"]
    let isOpen = result.possible.contains(Outcome.notApplicable)
    let brokers = result.possible.filter { $0 != Outcome.notApplicable }.map { names[$0] ?? "Broker" }.uniqued()
    let label = brokers.count == 1 ? brokers[0] : "Queue or log"
    let detail = brokers.count == 1 ? nil : "still open"
    add(
      Node(
        id: "queue", label: label, detail: detail, shape: .queue, column: Column.near, row: Row.queue,
        isOpen: isOpen))
    add(
      Node(
        id: "consumers", label: "Consumers", detail: nil, shape: .stack, column: Column.far, row: Row.queue,
        isOpen: isOpen))
    edges.append(Edge(from: "app", to: "queue", verb: "publish to"))
    edges.append(Edge(from: "queue", to: "consumers", verb: "feed"))
    if state.requires("dead-letter-queues") {
      // A log's consumers set aside what they cannot handle; a queue does it for them.
      let isLog = result.possible == ["kafka"]
      add(
        Node(
          id: "dead", label: "Dead letters", detail: "what keeps failing", shape: .queue,
          column: isLog ? Column.far : Column.near, row: Row.dead, isOpen: isOpen))
      edges.append(Edge(from: isLog ? "consumers" : "queue", to: "dead", verb: "set aside failing messages in"))
    }
    if let isOpen = state.presence("messaging", ["sqs-claim-check"]) {
      add(
        Node(
          id: "bodies", label: "Object storage", detail: "large bodies", shape: .store, column: Column.near,
          row: Row.bodies, isOpen: isOpen))
      edges.append(Edge(from: "app", to: "bodies", verb: "store message bodies in"))
      edges.append(Edge(from: "bodies", to: "consumers", verb: "hand bodies to"))
    }
  }

  private mutating func addOthers(_ state: inout Reader) {
    guard let result = state.decision("circuit-breaker"), result.status != .notApplicable else { return }
    let detail: String? =
      switch result.outcome {
      case "circuit-breaker": "behind a circuit breaker"
      case "timeouts-and-retries": "timeouts, retries"
      default: "guard still open"
      }
    add(
      Node(
        id: "others", label: "Other services", detail: detail, shape: .external, column: Column.near,
        row: Row.others, isOpen: result.possible.contains(Outcome.notApplicable)))
    edges.append(Edge(from: "app", to: "others", verb: "call"))
  }

  // MARK: Grid

  private mutating func add(_ node: Node) { nodes.append(node) }

  /// Closes up the columns and rows that hold nothing.
  private mutating func closeGaps() {
    let columns = Set(nodes.map(\.column)).sorted()
    let rows = Set(nodes.map(\.row)).sorted()
    for index in nodes.indices {
      nodes[index].column = columns.firstIndex(of: nodes[index].column) ?? 0
      nodes[index].row = rows.firstIndex(of: nodes[index].row) ?? 0
    }
  }

  func node(_ id: String) -> Node? { nodes.first { $0.id == id } }

  /// The picture in sentences.
  var description: String {
    var sentences: [String] = []
    for node in nodes {
      let out = edges.filter { $0.from == node.id }
      guard !out.isEmpty else { continue }
      let parts = out.map { edge in "\(verb(edge, of: node)) \(target(edge.to))" }
      sentences.append("\(name(node).sentence) \(Wording.list(parts)).")
    }
    if let frame, let node = node(frame.node) {
      sentences.append("\(name(node).sentence) \(frame.isOpen ? "may be" : "is") spread over \(frame.label).")
    }
    let open = nodes.filter(\.isOpen).map(name)
    if !open.isEmpty { sentences.append("Drawn with broken lines, because a decision is open: \(Wording.list(open)).") }
    return sentences.joined(separator: " ")
  }

  /// A verb as its subject asks for it.
  private func verb(_ edge: Edge, of node: Node) -> String {
    if ["clients", "consumers", "others"].contains(node.id) || (node.label.hasSuffix("s") && node.label != "Redis") {
      return edge.verb
    }
    let words = edge.verb.split(separator: " ", maxSplits: 1).map(String.init)
    let stem = words[0]
    let inflected =
      stem.hasSuffix("s") || stem.hasSuffix("sh")
      ? stem + "es" : stem.hasSuffix("ry") ? stem.dropLast() + "ies" : stem + "s"
    return ([inflected] + words.dropFirst()).joined(separator: " ")
  }

  private func target(_ id: String) -> String {
    guard let node = node(id) else { return id }
    let detail = node.detail.map { " (\($0))" } ?? ""
    return "\(name(node))\(detail)"
  }

  /// As it stands in a sentence.
  private func name(_ node: Node) -> String {
    let products = ["CDN", "PostgreSQL", "MySQL", "PgBouncer", "Redis", "Kafka", "RabbitMQ", "SQS"]
    let words = node.label.split(separator: " ").map(String.init)
    guard let first = words.first, products.contains(first) else {
      let lower = node.label.prefix(1).lowercased() + node.label.dropFirst()
      if node.id == "region" { return node.label == "Other regions" ? lower : "a \(lower)" }
      return ["clients", "consumers", "others", "dead"].contains(node.id) ? lower : "the \(lower)"
    }
    return words.count == 1 && first != "CDN" ? node.label : "the \(node.label)"
  }

  /// Reads outcomes and answers for the picture.
  private struct Reader {
    let assessment: Assessment

    func decision(_ id: String) -> DecisionResult? { assessment.decision(id) }

    /// Nil: cannot be one of these outcomes. False: is one of them. True: may be.
    func presence(_ decision: String, _ outcomes: [String]) -> Bool? {
      guard let result = assessment.decision(decision) else { return nil }
      let hits = result.possible.count { outcomes.contains($0) }
      return hits == 0 ? nil : hits != result.possible.count
    }

    /// Whether a practice applies for certain.
    func requires(_ practice: String) -> Bool {
      assessment.practices.contains { $0.item.id == practice && $0.truth == .true }
    }

    func flag(_ trait: String) -> Bool? {
      if case .flag(let value)? = assessment.reading(trait)?.state { value } else { nil }
    }

    /// The members of a choice or a set that is settled.
    func members(_ trait: String) -> String? {
      switch assessment.reading(trait)?.state {
      case .choice(let ids) where ids.count == 1: ids[0]
      case .set(let ids?) where !ids.isEmpty: ids.joined(separator: ", ")
      default: nil
      }
    }
  }
}

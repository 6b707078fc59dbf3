internal import DecisionEngine
internal import KnowledgeModel

/// The system as the decisions leave it: a small graph on a grid, left to right.
struct SystemDiagram {
  struct Node: Equatable {
    enum Shape { case actor, box, stack, store, queue, external }
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
    /// What passes along it, for the description.
    var verb: String
  }

  private(set) var nodes: [Node] = []
  private(set) var edges: [Edge] = []

  /// Columns and rows of the grid, before empty ones are closed up.
  private enum Column { static let clients = 0, cdn = 1, balancer = 2, app = 3, near = 4, far = 5 }
  private enum Row { static let cache = 0, main = 1, replicas = 2, queue = 3, bodies = 4, others = 5 }

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
    let audience = state.members("api_audience")
    add(Node(id: "clients", label: "Clients", detail: audience, shape: .actor, column: Column.clients, row: Row.main))
    var last = "clients"
    if let isOpen = state.presence("load-balancing", ["load-balanced-cdn"]) {
      add(
        Node(
          id: "cdn", label: "CDN", detail: "cacheable responses", shape: .box, column: Column.cdn, row: Row.main,
          isOpen: isOpen))
      edges.append(Edge(from: last, to: "cdn", verb: "ask"))
      last = "cdn"
    }
    let balanced = state.presence("load-balancing", ["load-balanced", "load-balanced-cdn"])
    if let isOpen = balanced {
      add(
        Node(
          id: "balancer", label: "Load balancer", detail: nil, shape: .box, column: Column.balancer, row: Row.main,
          isOpen: isOpen))
      edges.append(Edge(from: last, to: "balancer", verb: last == "cdn" ? "passes the rest to" : "call"))
      last = "balancer"
    }
    let shape = state.decision("service-shape")
    let label: String
    switch (shape?.status, shape?.outcome) {
    case (.decided, "microservices"): label = "Services"
    case (.decided, "modular-monolith"): label = "Modular monolith"
    default: label = "Application"
    }
    let detail = balanced == nil ? "one instance" : balanced == true ? "one or more instances" : "several instances"
    add(
      Node(
        id: "app", label: label, detail: detail, shape: balanced == nil && label != "Services" ? .box : .stack,
        column: Column.app, row: Row.main))
    edges.append(Edge(from: last, to: "app", verb: last == "balancer" ? "spreads requests over" : "call"))
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
      edges.append(Edge(from: "app", to: "cache", verb: "looks up answers in"))
    }
    var last = "app"
    if let isOpen = state.presence("connection-pooling", ["pgbouncer"]) {
      add(
        Node(
          id: "pooler", label: product == "PostgreSQL" ? "PgBouncer" : "Connection pooler", detail: nil,
          shape: .box, column: Column.near, row: Row.main, isOpen: isOpen))
      edges.append(Edge(from: "app", to: "pooler", verb: "opens connections to"))
      last = "pooler"
    }
    let shards = state.presence("write-scaling", ["shard"])
    let isSharded = shards == false
    add(
      Node(
        id: "primary", label: isSharded ? "\(product) shards" : "\(product) primary",
        detail: isSharded ? "each a primary" : shards == true ? "one, or shards" : "writes and exact reads",
        shape: .store, column: Column.far, row: Row.main))
    edges.append(Edge(from: last, to: "primary", verb: last == "pooler" ? "shares connections to" : "queries"))
    if let isOpen = state.presence("read-scaling", ["read-replicas"]) {
      add(
        Node(
          id: "replicas", label: "Read replicas", detail: "reads that may lag", shape: .store, column: Column.far,
          row: Row.replicas, isOpen: isOpen))
      edges.append(Edge(from: last, to: "replicas", verb: "sends reads to"))
      edges.append(Edge(from: "primary", to: "replicas", verb: "streams changes to"))
    }
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
    edges.append(Edge(from: "app", to: "queue", verb: "publishes to"))
    edges.append(Edge(from: "queue", to: "consumers", verb: "feeds"))
    if let isOpen = state.presence("messaging", ["sqs-claim-check"]) {
      add(
        Node(
          id: "bodies", label: "Object storage", detail: "large bodies", shape: .store, column: Column.near,
          row: Row.bodies, isOpen: isOpen))
      edges.append(Edge(from: "app", to: "bodies", verb: "stores message bodies in"))
      edges.append(Edge(from: "bodies", to: "consumers", verb: "hands bodies to"))
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
    edges.append(Edge(from: "app", to: "others", verb: "calls"))
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
      let parts = out.map { edge in "\(edge.verb) \(target(edge.to))" }
      sentences.append("\(name(node).sentence) \(Wording.list(parts)).")
    }
    let open = nodes.filter(\.isOpen).map(name)
    if !open.isEmpty { sentences.append("Drawn with broken lines, because a decision is open: \(Wording.list(open)).") }
    return sentences.joined(separator: " ")
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
      return ["clients", "consumers", "others"].contains(node.id) ? lower : "the \(lower)"
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

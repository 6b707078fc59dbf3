/// What few of very many things have: it takes little memory where nothing is said of it.
struct Rare<Value: Initial & Hashable & Sendable>: Hashable, Sendable {
  /// None or one.
  private var stored: [Value] = []

  var value: Value {
    get { stored.first ?? Value() }
    set { stored = newValue == Value() ? [] : [newValue] }
  }
}

/// What begins with nothing said.
protocol Initial {
  init()
}

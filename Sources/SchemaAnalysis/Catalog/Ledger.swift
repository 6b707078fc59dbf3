/// A dictionary that can go back to what it held when a level was begun, without a copy of it all.
struct Ledger<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private(set) var entries: [Key: Value]
  /// Of each open level, what was there before its first change of an entry.
  private var former: [[Key: Value?]] = []

  init(_ entries: [Key: Value] = [:]) { self.entries = entries }

  subscript(key: Key) -> Value? {
    get { entries[key] }
    set {
      remember(key)
      entries[key] = newValue
    }
  }

  /// Changes an entry in its place.
  /// - Returns: nil where there is none.
  mutating func change<Result>(_ key: Key, _ body: (inout Value) -> Result) -> Result? {
    guard let index = entries.index(forKey: key) else { return nil }
    remember(key)
    return body(&entries.values[index])
  }

  /// Changes an entry in its place, after making one where there is none.
  mutating func change(_ key: Key, orMake new: Value, _ body: (inout Value) -> Void) {
    remember(key)
    body(&entries[key, default: new])
  }

  private mutating func remember(_ key: Key) {
    guard !former.isEmpty else { return }
    let level = former.count - 1
    if former[level][key] == nil { former[level].updateValue(entries[key], forKey: key) }
  }

  mutating func begin() { former.append([:]) }

  /// Ends a level and keeps what it did.
  mutating func commit() {
    guard let level = former.popLast(), !former.isEmpty else { return }
    former[former.count - 1].merge(level) { first, _ in first }
  }

  /// Ends a level and undoes what it did.
  mutating func rollBack() {
    guard let level = former.popLast() else { return }
    for (key, value) in level { entries[key] = value }
  }
}

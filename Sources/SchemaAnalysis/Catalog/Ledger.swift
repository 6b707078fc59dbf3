/// A dictionary that can go back to what it held when a level was begun, without a copy of it all.
struct Ledger<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private(set) var entries: [Key: Value]
  /// How many levels are open.
  private var level = 0
  /// Of the innermost level that changed something, what was there before its first change of an entry.
  private var former: [Key: Value?] = [:]
  /// Which level that is; 0 is none.
  private var changed = 0
  /// The same of the levels around it.
  private var outer: [(level: Int, former: [Key: Value?])] = []

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
    guard level > 0 else { return }
    if changed != level {
      if changed > 0 { outer.append((changed, former)) }
      changed = level
      former = [:]
    }
    if former[key] == nil { former.updateValue(entries[key], forKey: key) }
  }

  mutating func begin() { level += 1 }

  /// Ends a level and keeps what it did.
  mutating func commit() {
    guard level > 0 else { return }
    if changed == level {
      if level > 1, outer.last?.level != level - 1 {
        changed = level - 1
      } else {
        let inner = former
        close()
        if level > 1 { former.merge(inner) { first, _ in first } }
      }
    }
    level -= 1
  }

  /// Ends a level and undoes what it did.
  mutating func rollBack() {
    guard level > 0 else { return }
    if changed == level {
      for (key, value) in former { entries[key] = value }
      close()
    }
    level -= 1
  }

  /// What the innermost level remembers is no longer needed.
  private mutating func close() { (changed, former) = outer.popLast() ?? (0, [:]) }
}

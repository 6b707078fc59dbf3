/// Which relations may have to do with something, by their numbers; some of them no longer do. It only grows, and so
/// there is nothing to undo: whoever asks looks at the relations themselves.
struct RelationHints<Key: Hashable & Sendable>: Sendable {
  /// Mostly one, which takes no memory of its own.
  private struct Numbers: Sendable {
    let first: Int32
    var others: [Int32] = []

    /// What is noted again is mostly noted at once.
    func isNew(_ number: Int32) -> Bool { first != number && others.last != number }
  }

  private var numbers: [Key: Numbers] = [:]

  mutating func note(_ number: Int, under key: Key) {
    let number = Int32(clamping: number)
    guard let index = numbers.index(forKey: key) else { return numbers[key] = Numbers(first: number) }
    if numbers.values[index].isNew(number) { numbers.values[index].others.append(number) }
  }

  /// What was noted under one key holds for another one too.
  mutating func copy(from old: Key, to new: Key) {
    for number in self[old] { note(number, under: new) }
  }

  /// Each once, in the order in which the relations were created.
  subscript(key: Key) -> [Int] {
    guard let found = numbers[key] else { return [] }
    if found.others.isEmpty { return [Int(found.first)] }
    return Set(found.others + [found.first]).sorted().map(Int.init)
  }
}

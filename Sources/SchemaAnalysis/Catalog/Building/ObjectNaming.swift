/// The names that PostgreSQL gives to what has none.
enum ObjectNaming {
  /// What a name holds at most, in bytes.
  static let longest = 63

  /// `one_two_label`, where the longer of the two names is cut if it does not fit.
  static func name(_ one: String, _ two: String?, _ label: String) -> String {
    var (first, second) = (one.utf8.count, two?.utf8.count ?? 0)
    let room = longest - label.utf8.count - 1 - (two == nil ? 0 : 1)
    if first + second > room {
      // The longer one loses until both are as long, then both.
      let over = first + second - room
      let larger = max(first, second)
      let gap = min(larger - min(first, second), over)
      if first > second { first -= gap } else { second -= gap }
      let rest = over - gap
      // Of two that are equally long the second loses first.
      second -= rest - rest / 2
      first -= rest / 2
    }
    return clip(one, first) + (two.map { "_" + clip($0, second) } ?? "") + "_" + label
  }

  /// The longest beginning of a text that has no more than so many bytes.
  static func clip(_ text: String, _ bytes: Int) -> String {
    guard text.utf8.count > bytes else { return text }
    var index = text.utf8.index(text.utf8.startIndex, offsetBy: max(bytes, 0))
    while index > text.utf8.startIndex, text.utf8[index] & 0xC0 == 0x80 { index = text.utf8.index(before: index) }
    return String(text[..<index])
  }

  /// The columns' part of a name.
  static func columns(_ names: [String]) -> String {
    var text = ""
    for name in names {
      if !text.isEmpty { text += "_" }
      text += clip(name, longest)
      if text.utf8.count > longest { break }
    }
    return text
  }

  /// Names of an index's columns, made unique.
  static func distinct(_ labels: [String]) -> [String] {
    var taken: Set<String> = []
    return labels.map { label in
      var name = label
      var count = 0
      while !taken.insert(name).inserted {
        count += 1
        name = clip(label, longest - "\(count)".utf8.count) + "\(count)"
      }
      return name
    }
  }
}

extension CatalogBuilder {
  /// A free name for a relation, sequence or index.
  /// - Parameter forConstraint: whether constraints must not have it either.
  mutating func freeName(
    _ one: String, _ two: String?, _ label: String, in schema: String, forConstraint: Bool = false
  ) -> String {
    firstFree(one, two, label, in: schema) { catalog, name in
      !catalog.isTaken(name) && !(forConstraint && catalog.isTakenByConstraint(name))
    }
  }

  /// A free name for a constraint that has no index.
  mutating func freeConstraintName(_ one: String, _ two: String?, _ label: String, in schema: String) -> String {
    firstFree(one, two, label, in: schema) { catalog, name in !catalog.isTakenByConstraint(name) }
  }

  private mutating func firstFree(
    _ one: String, _ two: String?, _ label: String, in schema: String, _ isFree: (Catalog, ObjectName) -> Bool
  ) -> String {
    let base = ObjectName(schema, ObjectNaming.name(one, two, label))
    if isFree(catalog, base) { return base.name }
    // Where many names collide, each search goes on behind the last one.
    var count = searched[base] ?? 0
    while true {
      count += 1
      let name = ObjectNaming.name(one, two, "\(label)\(count)")
      if isFree(catalog, ObjectName(schema, name)) {
        searched[base] = count - 1
        return name
      }
    }
  }

  /// A constraint that has no index takes a name.
  mutating func takeConstraintName(_ name: String, in schema: String) {
    catalog.constraintNames.change(ObjectName(schema, name), orMake: 0) { $0 += 1 }
  }

  mutating func freeConstraint(_ name: String, in schema: String) {
    let name = ObjectName(schema, name)
    let count = catalog.constraintNames[name] ?? 0
    catalog.constraintNames[name] = count > 1 ? count - 1 : nil
    searched.removeAll(keepingCapacity: true)
  }

  /// A name among relations is given back.
  mutating func freeObject(_ name: ObjectName) {
    catalog.others[name] = nil
    searched.removeAll(keepingCapacity: true)
  }
}

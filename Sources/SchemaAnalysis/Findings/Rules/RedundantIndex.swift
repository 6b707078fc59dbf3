/// An index whose columns another one begins with. One that makes values distinct is none, nor one of another
/// predicate, method, order or operator class.
struct RedundantIndex: SchemaRule {
  static let id = "redundant-index"
  static let summary = "Another index begins with the columns of this one."

  func findings(in schema: SchemaContext) -> [SchemaFinding] {
    schema.tables.flatMap { table in
      let indexes = table.indexes.filter { $0.isValid && $0.method == "btree" }
      return indexes.compactMap { index -> SchemaFinding? in
        guard !index.isUnique, index.origin == .statement else { return nil }
        let longer = indexes.filter { Self.covers($0, index) }
        return longer.min { $0.keys.count < $1.keys.count }
          .map { IndexRemoval.finding(Self.id, index, beside: $0, of: table) }
      }
    }
  }

  private static func covers(_ longer: Index, _ index: Index) -> Bool {
    guard longer.name != index.name, longer.predicate == index.predicate,
      longer.keys.count > index.keys.count
        || longer.keys.count == index.keys.count && longer.included != index.included,
      longer.keys.starts(with: index.keys)
    else { return false }
    let held = Set(longer.keys.compactMap(\.column) + longer.included)
    return index.included.allSatisfy(held.contains)
  }
}

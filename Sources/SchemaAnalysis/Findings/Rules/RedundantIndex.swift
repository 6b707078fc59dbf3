/// An index whose columns another one begins with. One that makes values distinct is none, nor one of another
/// predicate, method, order or operator class.
struct RedundantIndex: PlainSchemaRule {
  static let id = "redundant-index"
  static let summary = "Another index begins with the columns of this one."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table -> [SchemaFinding] in
      let indexes = table.indexes.filter { $0.isValid && $0.method == "btree" }
      guard indexes.count > 1 else { return [] }
      // By what they begin with, so that a table with very many of them takes no longer for each.
      var byBeginning: [Beginning: [Int]] = [:]
      for (number, index) in indexes.enumerated() {
        for count in 1...max(1, index.keys.count) {
          let beginning = Beginning(keys: index.keys.prefix(count), predicate: index.predicate)
          if byBeginning[beginning, default: []].count < Self.most {
            byBeginning[beginning, default: []].append(number)
          }
        }
      }
      return indexes.compactMap { index in
        guard !index.isUnique, index.origin == .statement else { return nil }
        let others = byBeginning[Beginning(keys: index.keys[...], predicate: index.predicate)] ?? []
        return others.map { indexes[$0] }.filter { Self.covers($0, index) }.min { $0.keys.count < $1.keys.count }
          .map { IndexRemoval.finding(Self.id, index, beside: $0, of: table) }
      }
    }
  }

  /// Indexes with the same beginning that are compared.
  private static let most = 64

  private struct Beginning: Hashable {
    let keys: ArraySlice<Index.Key>
    let predicate: String?
  }

  /// - Parameter longer: begins with the same keys, under the same condition.
  private static func covers(_ longer: Index, _ index: Index) -> Bool {
    guard longer.name != index.name,
      longer.keys.count > index.keys.count || longer.included != index.included
    else { return false }
    let held = Set(longer.keys.compactMap(\.column) + longer.included)
    return index.included.allSatisfy(held.contains)
  }
}

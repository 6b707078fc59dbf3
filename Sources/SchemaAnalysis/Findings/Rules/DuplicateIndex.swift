/// Two indexes over the same: each insert writes both, and queries use one.
struct DuplicateIndex: PlainSchemaRule {
  static let id = "duplicate-index"
  static let summary = "Two indexes of a table hold the same."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table in
      var groups: [IndexShape: [Index]] = [:]
      var order: [IndexShape] = []
      for index in table.indexes where index.isValid && index.origin != .exclusion {
        let shape = IndexShape(index)
        if groups[shape, default: []].isEmpty { order.append(shape) }
        groups[shape, default: []].append(index)
      }
      return order.flatMap { shape -> [SchemaFinding] in
        guard let group = groups[shape], group.count > 1 else { return [] }
        // What does most stays: the primary key, then a constraint, then what is unique, then the older one.
        let kept = group.max {
          $0.weight != $1.weight ? $0.weight < $1.weight : $1.position.lexicographicallyPrecedes($0.position)
        }
        guard let kept else { return [] }
        return group.filter { $0.name != kept.name }.map { IndexRemoval.finding(Self.id, $0, beside: kept, of: table) }
      }
    }
  }
}

/// What an index holds, whatever it is called and whether it is unique.
private struct IndexShape: Hashable {
  let keys: [Index.Key]
  let included: Set<String>
  let predicate: String?
  let method: String

  init(_ index: Index) {
    keys = index.keys
    included = Set(index.included)
    predicate = index.predicate
    method = index.method
  }
}

extension Index {
  fileprivate var weight: Int {
    switch origin {
    case .primaryKey: 3
    case .uniqueConstraint, .exclusion: 2
    case .statement: isUnique ? 1 : 0
    }
  }

  fileprivate var position: [Int] { [place.text, place.offset] }
}

/// The finding that an index is not needed.
enum IndexRemoval {
  static func finding(_ rule: String, _ index: Index, beside kept: Index, of table: Relation) -> SchemaFinding {
    let label = Wording.label(table.name)
    let message =
      rule == DuplicateIndex.id
      ? "\(label) has the index \(Wording.name(index.name)) twice: \(Wording.name(kept.name)) holds the same."
      : "\(label) does not need the index \(Wording.name(index.name)): \(Wording.name(kept.name)) begins with "
        + "\(index.keys.count == 1 ? "its column" : "the same \(index.keys.count) columns") and serves its queries, if a "
        + "little more slowly."
    let remedy: String
    switch index.origin {
    case .statement where table.kind == .partitionedTable:
      remedy = "DROP INDEX \(SQLWriting.sibling(index.name, of: table.name));"
    case .statement: remedy = "DROP INDEX CONCURRENTLY \(SQLWriting.sibling(index.name, of: table.name));"
    default:
      remedy = """
        -- Refused while a foreign key leans on it: that one has to be made anew first.
        ALTER TABLE \(SQLWriting.table(table.name)) DROP CONSTRAINT \(SQLWriting.name(index.name));
        """
    }
    return SchemaFinding(
      rule: rule, severity: .warning, table: table.name, columns: index.keys.compactMap(\.column), place: index.place,
      message: message, remedy: remedy)
  }
}

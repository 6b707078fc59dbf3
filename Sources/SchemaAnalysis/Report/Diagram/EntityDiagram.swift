private import TextFormats

/// Tables and how they refer to each other, for drawing.
public struct EntityDiagram: Sendable {
  struct Entity: Sendable {
    let name: ObjectName
    let rows: [Row]
    /// Columns that are not shown.
    let hidden: Int
  }

  struct Row: Sendable, Hashable {
    let name: String
    let type: String
    let isPrimary: Bool
    let isForeign: Bool
    let isUnique: Bool
  }

  struct Relationship: Sendable, Hashable {
    /// Indices of entities.
    let parent: Int
    let child: Int
    let columns: [String]
    let referenced: [String]
    /// Whether a row may refer to none.
    let isOptional: Bool
    /// Whether at most one row refers to each.
    let isOneToOne: Bool
  }

  let entities: [Entity]
  let relationships: [Relationship]
  /// What is not drawn, as a sentence; nil where all is.
  public let omission: String?

  /// More tables than this are drawn only where they have relations.
  static let manyTables = 120
  /// More than this are never drawn.
  static let mostTables = 250
  /// From this many tables on, only keys are shown.
  static let keysOnly = 25
  /// Columns of a table that are shown.
  static let mostRows = 16

  public init(_ catalog: Catalog) {
    let all = catalog.tables
    var root: [ObjectName: ObjectName] = [:]
    for table in all where table.isPartition {
      var name = table.name
      for _ in 0..<64 {
        guard let relation = catalog[name], relation.isPartition, let parent = relation.parents.first else { break }
        name = parent
      }
      root[table.name] = name
    }
    let partitions = Dictionary(grouping: all.filter(\.isPartition)) { root[$0.name] ?? $0.name }
    var tables = all.filter { !$0.isPartition }
    var degree: [ObjectName: Int] = [:]
    for table in tables {
      for key in table.foreignKeys {
        degree[table.name, default: 0] += 1
        degree[root[key.references] ?? key.references, default: 0] += 1
      }
    }
    var omitted: [String] = []
    if tables.count > Self.manyTables {
      let alone = tables.count { degree[$0.name] == nil }
      if alone > 0 {
        tables.removeAll { degree[$0.name] == nil }
        omitted.append(Wording.counted(alone, "table", "tables") + " without relations")
      }
    }
    if tables.count > Self.mostTables {
      let kept = Set(
        tables.sorted { (degree[$0.name] ?? 0, $1.name) > (degree[$1.name] ?? 0, $0.name) }.prefix(Self.mostTables)
          .map(\.name))
      omitted.append(
        Wording.counted(tables.count - kept.count, "table", "tables") + " with fewer relations than the rest")
      tables.removeAll { !kept.contains($0.name) }
    }
    if !root.isEmpty { omitted.append(Wording.counted(root.count, "partition", "partitions")) }
    omission = omitted.isEmpty ? nil : "Not drawn: \(omitted.joined(separator: "; "))."

    let numbers = Dictionary(tables.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { $1 })
    let keysOnly = tables.count >= Self.keysOnly
    var seen: Set<Relationship> = []
    var relationships: [Relationship] = []
    for (child, table) in tables.enumerated() {
      var keys = table.foreignKeys
      // Keys that only partitions declare are shown at their parent.
      for partition in partitions[table.name] ?? [] { keys += partition.foreignKeys }
      for key in keys {
        guard let parent = numbers[root[key.references] ?? key.references] else { continue }
        let relationship = Relationship(
          parent: parent, child: child, columns: key.columns, referenced: key.referencedColumns,
          isOptional: key.columns.contains { table.column($0)?.notNull == false },
          isOneToOne: table.indexes.contains { index in
            index.isUnique && index.predicate == nil && index.keys.allSatisfy { $0.column != nil }
              && Set(index.keys.compactMap(\.column)).isSubset(of: key.columns)
          })
        if seen.insert(relationship).inserted { relationships.append(relationship) }
      }
    }
    self.relationships = relationships
    var foreign: [Int: Set<String>] = [:]
    for relationship in relationships { foreign[relationship.child, default: []].formUnion(relationship.columns) }
    entities = tables.enumerated().map { number, table in
      Self.entity(
        table, foreign: (foreign[number] ?? []).union(table.foreignKeys.flatMap(\.columns)), keysOnly: keysOnly)
    }
  }

  private static func entity(_ table: Relation, foreign: Set<String>, keysOnly: Bool) -> Entity {
    let primary = Set(table.primaryKey?.columns ?? [])
    let unique = Set(
      table.indexes.filter { $0.isUnique && $0.keys.count == 1 && $0.predicate == nil }.compactMap {
        $0.keys.first?.column
      })
    let rows = table.columns.map {
      Row(
        name: $0.name, type: $0.type.text, isPrimary: primary.contains($0.name), isForeign: foreign.contains($0.name),
        isUnique: unique.contains($0.name))
    }
    let keys = rows.filter { $0.isPrimary || $0.isForeign }
    let shown: [Row]
    if keysOnly {
      shown = Array(keys.prefix(mostRows))
    } else if rows.count <= mostRows {
      shown = rows
    } else {
      // Keys first, then as many others as there is room for, all in the table's order.
      let room = mostRows - min(keys.count, mostRows)
      let others = Set(rows.filter { !$0.isPrimary && !$0.isForeign }.prefix(room))
      let first = Set(keys.prefix(mostRows))
      shown = rows.filter { first.contains($0) || others.contains($0) }
    }
    return Entity(name: table.name, rows: shown, hidden: rows.count - shown.count)
  }

  /// As a sentence for those who do not see the drawing.
  var description: String {
    guard !entities.isEmpty else { return "There is no table." }
    let most = 60
    let lines = relationships.prefix(most).map {
      "\(Wording.label(entities[$0.child].name)) refers to \(Wording.label(entities[$0.parent].name))"
    }
    let more = relationships.count > most ? "; and \(relationships.count - most) more" : ""
    return Wording.counted(entities.count, "table", "tables")
      + (lines.isEmpty ? ", none of which refers to another." : ": \(lines.joined(separator: "; "))\(more).")
  }
}

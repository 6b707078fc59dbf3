/// A foreign key whose columns no index begins with: each delete or key change in the table it refers to reads the
/// whole table, under a lock, and so does each join from there. PostgreSQL makes no such index by itself.
struct UnindexedForeignKey: PlainSchemaRule {
  static let id = "unindexed-foreign-key"
  static let summary =
    "No index begins with the columns of a foreign key, so that a delete in the parent reads the whole table."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table in
      let own = table.foreignKeys.filter { !table.isServed($0) }.map { finding($0, of: table, partitions: []) }
      return own + ofPartitions(of: table, in: schema)
    }
  }

  /// Those that partitions declare themselves, the same ones together.
  private func ofPartitions(of table: Relation, in schema: SchemaContext) -> [SchemaFinding] {
    guard let partitions = schema.partitions[table.name] else { return [] }
    var groups: [(key: ForeignKey, partitions: [Relation])] = []
    for partition in partitions {
      for key in partition.foreignKeys where !key.isInherited && !partition.isServed(key) {
        let isSame = { (other: ForeignKey) in other.columns == key.columns && other.references == key.references }
        if table.foreignKeys.contains(where: isSame) { continue }
        if let number = groups.firstIndex(where: { isSame($0.key) }) {
          groups[number].partitions.append(partition)
        } else {
          groups.append((key, [partition]))
        }
      }
    }
    return groups.map { finding($0.key, of: table, partitions: $0.partitions) }
  }

  private func finding(_ key: ForeignKey, of table: Relation, partitions: [Relation]) -> SchemaFinding {
    let label = Wording.label(table.name)
    let columns = SQLWriting.list(key.columns)
    let parent = key.references == table.name ? "the same table" : Wording.label(key.references)
    let place =
      partitions.isEmpty
      ? ""
      : " The key stands on \(partitions.count) of its partitions: \(Wording.list(partitions.map(\.name), most: 3))."
    let effect =
      switch key.onDelete {
      case .cascade, .setNull, .setDefault: "each delete there looks for its rows in all of \(label)"
      case .noAction, .restrict: "each delete or key change there reads all of \(label)"
      }
    let remedy: String
    if !partitions.isEmpty {
      remedy = partitions.map { "CREATE INDEX CONCURRENTLY ON \(SQLWriting.table($0.name)) (\(columns));" }
        .joined(separator: "\n")
    } else if table.kind == .partitionedTable {
      remedy = """
        -- CONCURRENTLY does not work on a partitioned table: build one for each partition first, then
        CREATE INDEX ON \(SQLWriting.table(table.name)) (\(columns));
        """
    } else {
      remedy = "CREATE INDEX CONCURRENTLY ON \(SQLWriting.table(table.name)) (\(columns));"
    }
    return SchemaFinding(
      rule: Self.id, severity: .error, table: table.name, columns: key.columns, place: key.place,
      message: "\(label) (\(Wording.columns(key.columns))) refers to \(parent), and no index begins with "
        + "\(key.columns.count == 1 ? "it" : "these columns"): \(effect).\(place)",
      remedy: remedy)
  }
}

extension Relation {
  /// Whether an index finds the rows of a foreign key.
  func isServed(_ key: ForeignKey) -> Bool { indexes.contains { $0.serves(key.columns) } }
}

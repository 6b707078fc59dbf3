import SchemaAnalysis

/// What a new column needs before it can take the place of an old one of its table, which takes its default, NOT NULL,
/// indexes and constraints with it when it is dropped. What cannot be written for sure is said in a comment.
struct ColumnSuccession {
  /// When the new column is there.
  private(set) var early: [String] = []
  /// When it is filled.
  private(set) var late: [String] = []
  /// When the old one is gone.
  private(set) var last: [String] = []

  private let old: String
  private let new: String
  private let relation: Relation
  private let written: String

  /// - Parameters:
  ///   - written: the table's name as the statement has it.
  ///   - sameType: false where a default may not fit.
  init(
    of old: String, by new: String, in table: ObjectName, _ written: String, _ statement: StatementContext,
    sameType: Bool
  ) {
    self.old = old
    self.new = new
    self.written = written
    relation = statement.catalog[table] ?? Relation(table, .table, at: statement.place())
    guard let column = relation.column(old) else { return }
    addDefault(of: column, sameType)
    if column.notNull { late += SafeSequence.notNull(new, table, written, postgres: statement.settings.postgres) }
    for index in relation.indexes where index.reads(old) { add(index, statement.catalog) }
    for key in relation.foreignKeys where key.columns.contains(old) { add(key) }
    for check in relation.checks where check.columns.contains(old) {
      late.append(
        "-- The check \(SQLName.quoted(check.name)) names \(SQLName.quoted(old)): add one for \(SQLName.quoted(new)).")
    }
  }

  private mutating func addDefault(of column: Column, _ sameType: Bool) {
    let name = SQLName.quoted(new)
    if column.isSerial || column.identity != nil {
      early.append(
        "-- A sequence fills \(SQLName.quoted(old)): let it fill \(name), and own it, before the old one is dropped.")
    } else if let text = column.defaultText, !text.isEmpty {
      early.append(
        sameType && !text.contains("--")
          ? "ALTER TABLE \(written) ALTER COLUMN \(name) SET DEFAULT \(text);"
          : "-- Give \(name) the default that \(SQLName.quoted(old)) has.")
    }
  }

  private mutating func add(_ index: Index, _ catalog: Catalog) {
    let name = SQLName.quoted(index.name)
    let columns = index.keys.compactMap(\.column)
    guard columns.count == index.keys.count, index.predicate == nil, relation.kind == .table,
      index.origin != .exclusion
    else {
      late.append("-- The index \(name) names \(SQLName.quoted(old)): make one like it for \(SQLName.quoted(new)).")
      return
    }
    let keys = index.keys.map { key in
      SQLName.quoted(succeeding(key.column ?? ""))
        + (key.collation.map { " COLLATE \(SQLName.quoted($0))" } ?? "")
        + (key.operatorClass.map { " \(SQLName.quoted($0))" } ?? "") + (key.descending ? " DESC" : "")
        + (key.nullsFirst == key.descending ? "" : key.nullsFirst ? " NULLS FIRST" : " NULLS LAST")
    }
    var successor = SQLName.made([relation.name.name] + columns.map(succeeding), index.isUnique ? "key" : "idx")
    if catalog.index(relation.name.schema, successor) != nil { successor = SQLName.made([successor], "new") }
    let create =
      "CREATE \(index.isUnique ? "UNIQUE " : "")INDEX CONCURRENTLY \(SQLName.quoted(successor)) ON \(written)"
      + (index.method == "btree" ? "" : " USING \(SQLName.quoted(index.method))") + " (\(keys.joined(separator: ", ")))"
      + (index.included.isEmpty ? "" : " INCLUDE (\(SQLName.quoted(index.included.map(succeeding))))") + ";"
    let schema = written.contains(".") ? SQLName.quoted(relation.name.schema) + "." : ""
    late += SafeSequence.index(create, schema + SQLName.quoted(successor))
    // The old one goes with its column, and leaves its name.
    if index.origin == .statement {
      last.append("ALTER INDEX \(schema)\(SQLName.quoted(successor)) RENAME TO \(name);")
    } else {
      let kind = index.origin == .primaryKey ? "PRIMARY KEY" : "UNIQUE"
      last.append("ALTER TABLE \(written) ADD CONSTRAINT \(name) \(kind) USING INDEX \(SQLName.quoted(successor));")
    }
    late.append(SafeSequence.lockTimeout)
  }

  private mutating func add(_ key: ForeignKey) {
    guard key.columns.count == 1, relation.kind == .table else {
      late.append(
        "-- The foreign key \(SQLName.quoted(key.name)) names \(SQLName.quoted(old)): add one for \(SQLName.quoted(new))."
      )
      return
    }
    var definition = "FOREIGN KEY (\(SQLName.quoted(new))) REFERENCES "
    definition += SQLName.written(key.references.schema, key.references.name)
    definition += " (\(SQLName.quoted(key.referencedColumns)))"
    if key.isMatchFull { definition += " MATCH FULL" }
    if key.onDelete != .noAction { definition += " ON DELETE \(key.onDelete.rawValue.uppercased())" }
    if key.onUpdate != .noAction { definition += " ON UPDATE \(key.onUpdate.rawValue.uppercased())" }
    late += SafeSequence.constraint(SQLName.made([relation.name.name, new], "fkey"), definition, written)
  }

  private func succeeding(_ column: String) -> String { column == old ? new : column }
}

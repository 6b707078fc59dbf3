import SchemaAnalysis

/// A catalogue as lines, which `CatalogQuery` reads from PostgreSQL in the same form.
enum CatalogLines {
  static func lines(of catalog: Catalog) -> [String] {
    var lines: [String] = []
    for table in catalog.tables {
      let name = table.name.description
      let kind = table.kind == .partitionedTable ? "partitioned" : table.isPartition ? "partition" : "ordinary"
      lines.append("table \(name) \(kind)\(table.persistence == .unlogged ? " unlogged" : "")")
      for (number, column) in table.columns.enumerated() {
        let identity = column.identity.map { $0 == .always ? " always" : " by-default" } ?? ""
        lines.append(
          "column \(name) \(number + 1) \(column.name) \(column.type.text)\(column.notNull ? " not-null" : "")\(identity)"
            + (column.isGenerated ? " generated" : "") + (column.isLocal ? "" : " inherited"))
      }
      if let key = table.primaryKey { lines.append("primary-key \(name) \(key.name) \(list(key.columns))") }
      for key in table.uniqueConstraints { lines.append("unique \(name) \(key.name) \(list(key.columns))") }
      for key in table.foreignKeys {
        let isIndexed = table.indexes.contains { $0.serves(key.columns) }
        lines.append(
          "foreign-key \(name) \(key.name) \(list(key.columns)) \(key.references) \(list(key.referencedColumns)) "
            + "\(key.onDelete.rawValue), \(key.onUpdate.rawValue)\(key.isValidated ? "" : " not-valid")"
            + (key.isInherited ? " inherited" : "") + (isIndexed ? " indexed" : ""))
      }
      for check in table.checks {
        lines.append(
          "check \(name) \(check.name) \(list(check.columns.sorted()))\(check.isValidated ? "" : " not-valid")")
      }
      for index in table.indexes {
        lines.append(
          "index \(name) \(index.name) \(index.method) \(list(index.keys.map { $0.column ?? "()" }))"
            + (index.included.isEmpty ? "" : " include \(list(index.included))") + (index.isUnique ? " unique" : "")
            + (index.predicate == nil ? "" : " partial") + (index.isValid ? "" : " invalid")
            + (index.origin == .primaryKey ? " primary" : ""))
      }
    }
    for type in catalog.types.values {
      switch type.kind {
      case .enumeration(let values): lines.append("enum \(type.name) \(list(values))")
      case .domain(let base, let notNull, let hasCheck):
        lines.append("domain \(type.name) \(base.text)\(notNull ? " not-null" : "")\(hasCheck ? " check" : "")")
      default: break
      }
    }
    return lines.sorted()
  }

  private static func list(_ names: [String]) -> String { "(\(names.joined(separator: ",")))" }
}

/// A foreign key between columns of different types: values that the one can hold and the other cannot, and casts that
/// keep an index from being used.
struct ForeignKeyTypeMismatch: PlainSchemaRule {
  static let id = "foreign-key-type-mismatch"
  static let summary = "A foreign key's column has another type than the one it refers to."

  private static let integers = ["smallint": 2, "integer": 4, "bigint": 8]
  private static let texts: Set = ["character varying", "text", "character", "public.citext", "citext"]

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table in
      table.foreignKeys.flatMap { key in
        guard let parent = schema.catalog[key.references] else { return [SchemaFinding]() }
        return zip(key.columns, key.referencedColumns).compactMap { name, referenced in
          guard let column = table.column(name), let other = parent.column(referenced) else { return nil }
          guard let (severity, why) = Self.difference(schema.resolved(column.type), schema.resolved(other.type)) else {
            return nil
          }
          let target = "\(Wording.label(parent.name)).\(Wording.name(referenced))"
          return SchemaFinding(
            rule: Self.id, severity: severity, table: table.name, columns: [name], place: key.place,
            message: "\(Wording.label(table.name)).\(Wording.name(name)) is \(Wording.type(column.type)), and "
              + "\(target), which it refers to, is \(Wording.type(other.type)): \(why).",
            remedy: """
              -- This writes the table anew under an exclusive lock; a large one needs a new column that is filled in steps.
              -- Views over the column have to be made again.
              \(Self.change(column, in: table, other, in: parent, schema))
              """)
        }
      }
    }
  }

  /// The narrower of two integers is widened; else the child follows.
  private static func change(
    _ child: Column, in table: Relation, _ column: Column, in parent: Relation, _ schema: SchemaContext
  ) -> String {
    let (from, to) = (schema.resolved(child.type).base, schema.resolved(column.type).base)
    let isWider = (integers[from] ?? 0) > (integers[to] ?? .max)
    let (changed, holder, type) = isWider ? (column, parent, child.type) : (child, table, column.type)
    return "ALTER TABLE \(SQLWriting.table(holder.name)) ALTER COLUMN \(SQLWriting.name(changed.name)) TYPE "
      + "\(Wording.type(type));"
  }

  /// Nil where both hold the same values.
  private static func difference(_ child: ColumnType, _ parent: ColumnType) -> (Severity, String)? {
    if child.base == parent.base {
      guard texts.contains(child.base), child.modifiers != parent.modifiers, let length = child.modifiers.first else {
        return nil
      }
      if let longest = parent.modifiers.first, longest <= length { return nil }
      return (.warning, "a longer value cannot be referred to")
    }
    if let narrow = integers[child.base], let wide = integers[parent.base] {
      return narrow < wide
        ? (.error, "a row beyond its range cannot be referred to")
        : (.warning, "it holds values that can never be there, and comparisons cast")
    }
    if texts.contains(child.base), texts.contains(parent.base) {
      // The same values in the same order; only padding and case could differ.
      let plain: Set = ["character varying", "text"]
      if plain.isSuperset(of: [child.base, parent.base]) {
        guard let length = child.modifiers.first, length > 0, parent.modifiers.first ?? .max > length else {
          return nil
        }
        return (.warning, "a longer value cannot be referred to")
      }
      return (.warning, "they compare blanks or case differently")
    }
    return (.error, "each comparison casts, and some values of the one are none of the other")
  }
}

/// Amounts of money as binary floating point, which holds no tenth exactly, or as `money`, whose currency is a setting
/// of the server.
struct FloatMoney: PlainSchemaRule {
  static let id = "float-money"
  static let summary = "An amount of money is a floating-point number or of type money."

  private static let words: Set = [
    "price", "amount", "cost", "costs", "fee", "fees", "tax", "balance", "salary", "wage", "freight", "revenue",
    "payment",
    "subtotal", "refund", "deposit", "budget", "charge", "msrp", "prices", "amounts", "taxes", "money",
  ]
  /// With one of these it is a number of something else.
  private static let others: Set = [
    "rate", "ratio", "percent", "percentage", "pct", "factor", "score", "share", "weight", "count", "multiplier",
    "estimate", "planner", "cpu", "time", "duration", "index", "change", "variance", "probability",
  ]

  static func isMoney(_ name: String) -> Bool {
    let words = NameWords.split(name)
    return words == ["total"] || words == ["total", "due"]
      || words.contains { Self.words.contains($0) }
        && !words.contains { others.contains($0) }
  }

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table in
      table.columns.compactMap { column in
        let type = schema.resolved(column.type)
        let isFloat = type.base == "real" || type.base == "double precision"
        guard isFloat && Self.isMoney(column.name) || type.base == "money", isOwn(column, of: table) else { return nil }
        return SchemaFinding(
          rule: Self.id, severity: isFloat ? .error : .warning, table: table.name, columns: [column.name],
          place: column.place,
          message: "\(Wording.label(table.name)).\(Wording.name(column.name)) is \(Wording.type(column.type)): "
            + (isFloat
              ? "it cannot hold 0.10 exactly, so that sums are off by fractions."
              : "its currency and its decimals follow a setting of the server, not the row."),
          remedy: """
            -- Whole cents in bigint would do as well. This writes the table anew under an exclusive lock, and views over the
            -- column have to be made again.
            ALTER TABLE \(SQLWriting.table(table.name)) ALTER COLUMN \(SQLWriting.name(column.name)) TYPE numeric(12,2)\
            \(isFloat ? "" : " USING \(SQLWriting.name(column.name))::numeric");
            """)
      }
    }
  }
}

/// Whether a table declares a column itself; an inherited one is the parent's matter.
func isOwn(_ column: Column, of table: Relation) -> Bool { column.isLocal || table.parents.isEmpty }

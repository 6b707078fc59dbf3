private import Foundation

/// A key that a sequence fills in 16 or 32 bits: at its end every insert fails. With rows and growth known the year is
/// told; deleted rows and rolled back inserts use up numbers as well, so that it comes earlier rather than later.
struct IntegerKeyOverflow: PlainSchemaRule {
  static let id = "integer-key-overflow"
  static let summary = "A key that a sequence fills has 32 bits or fewer and will be full."

  /// The years that are looked ahead.
  static let horizon = 10.0
  /// From the first sign to the end of a change of type on a large table, in years.
  static let urgent = 2.0

  private static let capacity = ["smallint": 32_767.0, "integer": 2_147_483_647.0]

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.compactMap { table in
      guard let key = table.primaryKey, key.columns.count == 1, let name = key.columns.first,
        let column = table.column(name), column.isSerial || column.identity != nil,
        let capacity = Self.capacity[schema.resolved(column.type).base]
      else { return nil }
      guard let (severity, when) = outlook(of: table.name, capacity, schema.settings) else { return nil }
      let bits = capacity > 40_000 ? 32 : 16
      return SchemaFinding(
        rule: Self.id, severity: severity, table: table.name, columns: [name], place: column.place,
        message: "\(Wording.label(table.name)).\(Wording.name(name)) counts up in \(bits) bits, to "
          + "\(Wording.count(capacity)): \(when)",
        remedy: """
          -- In place this writes the table anew under an exclusive lock; in use, fill a bigint column in steps and swap.
          -- The columns that refer to it have to be widened too, and views over it made again.
          ALTER TABLE \(SQLWriting.table(table.name)) ALTER COLUMN \(SQLWriting.name(name)) TYPE bigint;
          """)
    }
  }

  /// Nil where it will do for years.
  private func outlook(of table: ObjectName, _ capacity: Double, _ settings: SchemaSettings) -> (Severity, String)? {
    let named = settings.rows(of: table)
    guard let rows = named ?? settings.largest else {
      return (.note, "it cannot be told when it is full, since the number of rows is not known.")
    }
    let most = rows.range.upperBound
    let condition = named == nil ? "if this is the largest table (\(rows.origin)), " : ""
    if most >= capacity {
      return (named == nil ? .warning : .error, "\(condition)it is full with \(Wording.count(most)) rows.")
    }
    guard let growth = settings.growth else {
      // Without growth only what is near can be said.
      if most < capacity / 4 { return nil }
      return (
        .warning,
        "\(condition)\(Wording.count(most)) rows are \(Wording.percent(most / capacity)) of that; growth is not known."
      )
    }
    let rate = growth.range.upperBound
    guard rate > 0, most > 0 else { return nil }
    let years = log(capacity / most) / log(1 + rate)
    guard years <= Self.horizon else { return nil }
    let reading =
      "\(condition)\(Wording.count(most)) rows and \(Wording.percent(rate)) more a year fill it in about "
      + "\(Wording.years(years)); numbers of deleted rows are used up as well."
    return (named == nil ? .warning : years <= Self.urgent ? .error : .warning, reading)
  }
}

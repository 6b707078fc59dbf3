/// Text without a limit where one is stated: the same column has one in another table, or a standard gives one.
struct UnboundedText: SchemaRule {
  static let id = "unbounded-text"
  static let summary = "Text has no limit, though another table or a standard states one."

  /// RFC 5321 (a path of 256 with its brackets), ISO 4217, ISO 3166-1 alpha-2.
  private static let standards: [String: (length: Int, source: String)] = [
    "email": (254, "an address for mail has at most 254 characters"),
    "email_address": (254, "an address for mail has at most 254 characters"),
    "currency_code": (3, "a currency's code has 3 letters"),
    "country_code": (3, "a country's code has 2 or 3 letters"),
  ]
  /// Too common to mean the same everywhere.
  private static let common: Set = [
    "name", "title", "description", "type", "value", "key", "code", "data", "id", "comment", "note", "notes", "label",
    "text", "message", "status", "state", "kind",
  ]

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table -> [SchemaFinding] in
      let checked = schema.checkedColumns(of: table)
      return table.columns.compactMap { column in
        let type = schema.resolved(column.type)
        guard isOwn(column, of: table), !type.isArray, type.modifiers.isEmpty,
          type.base == "text" || type.base == "character varying", !checked.contains(column.name)
        else { return nil }
        let name = NameWords.snake(column.name)
        guard let (length, why) = limits[name] ?? Self.standards[name].map({ ($0.length, $0.source) }) else {
          return nil
        }
        let sql = SQLWriting.name(column.name)
        return SchemaFinding(
          rule: Self.id, severity: .note, table: table.name, columns: [column.name], place: column.place,
          message: "\(Wording.label(table.name)).\(Wording.name(column.name)) takes text of any length, though \(why).",
          remedy: """
            -- Each is then validated by VALIDATE CONSTRAINT, which blocks nobody.
            ALTER TABLE \(SQLWriting.table(table.name)) ADD CHECK (char_length(\(sql)) <= \(length)) NOT VALID;
            """)
      }
    }
  }

  /// The limits that all limited columns of a name agree in.
  private let limits: [String: (Int, String)]

  init(_ schema: SchemaContext) { limits = Self.limits(in: schema) }

  private static func limits(in schema: SchemaContext) -> [String: (Int, String)] {
    var limits: [String: (length: Int, table: ObjectName)?] = [:]
    for table in schema.tables {
      for column in table.columns {
        let type = schema.resolved(column.type)
        guard type.base == "character varying", let length = type.modifiers.first, !type.isArray else { continue }
        let name = NameWords.snake(column.name)
        guard !common.contains(name) else { continue }
        if let known = limits[name] {
          if let known, known.length != length { limits[name] = .some(nil) }
        } else {
          limits[name] = (length, table.name)
        }
      }
    }
    return limits.compactMapValues { limit in
      limit.map { ($0.length, "in \(Wording.label($0.table)) it has at most \($0.length) characters") }
    }
  }
}

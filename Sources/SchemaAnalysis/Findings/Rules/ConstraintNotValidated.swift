/// A foreign key that was added NOT VALID and not validated: rows from before may break it, and the planner does not
/// trust it.
struct ForeignKeyNotValidated: PlainSchemaRule {
  static let id = "foreign-key-not-validated"
  static let summary = "A foreign key was added NOT VALID and never validated."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table in
      table.foreignKeys.filter { !$0.isValidated }.map {
        NotValidated.finding(Self.id, "foreign key", $0.name, $0.columns, $0.place, table)
      }
    }
  }
}

/// The same of a CHECK.
struct CheckNotValidated: PlainSchemaRule {
  static let id = "check-not-validated"
  static let summary = "A CHECK was added NOT VALID and never validated."

  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding] {
    tables.flatMap { table in
      table.checks.filter { !$0.isValidated }.map {
        NotValidated.finding(Self.id, "CHECK", $0.name, $0.columns, $0.place, table)
      }
    }
  }
}

private enum NotValidated {
  static func finding(
    _ rule: String, _ what: String, _ name: String, _ columns: [String], _ place: SQLPlace, _ table: Relation
  ) -> SchemaFinding {
    SchemaFinding(
      rule: rule, severity: .warning, table: table.name, columns: columns, place: place,
      message:
        "\(Wording.label(table.name)) has the \(what) \(Wording.name(name)), which was never validated: rows from "
        + "before it may break it.",
      remedy: "ALTER TABLE \(SQLWriting.table(table.name)) VALIDATE CONSTRAINT \(SQLWriting.name(name));")
  }
}

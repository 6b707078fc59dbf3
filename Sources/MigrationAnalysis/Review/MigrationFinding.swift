public import SchemaAnalysis

/// A flaw of a migration.
public struct MigrationFinding: Sendable, Hashable {
  /// The id of the rule that found it.
  public let rule: String
  public let severity: Severity
  /// Where the part of the statement stands that it is about.
  public let place: SQLPlace
  /// The statement, on one line, cut where it is long.
  public let statement: String
  public let message: String
  public let remedy: String
  public let table: ObjectName?
  /// Of the table; nil where size does not matter.
  public let rows: RowCount?
  /// The safe sequence as SQL, each on its own; comments say what is done between them. Empty where there is none.
  public let fix: [String]

  public init(
    rule: String, severity: Severity, place: SQLPlace, statement: String, message: String, remedy: String,
    table: ObjectName? = nil, rows: RowCount? = nil, fix: [String] = []
  ) {
    self.rule = rule
    self.severity = severity
    self.place = place
    self.statement = statement
    self.message = message
    self.remedy = remedy
    self.table = table
    self.rows = rows
    self.fix = fix
  }
}

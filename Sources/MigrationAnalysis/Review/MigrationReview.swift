public import SchemaAnalysis

/// What is unsafe in a set of migrations.
public struct MigrationReview: Sendable {
  /// A finding that a comment silenced, and why.
  public struct Silenced: Sendable, Hashable {
    public let finding: MigrationFinding
    /// Nil where the comment gives none.
    public let reason: String?
  }

  /// What a statement does to a table that was there before, or that the same migrations created.
  public struct Operation: Sendable, Hashable {
    public let place: SQLPlace
    public let table: ObjectName
    /// As: the new column region.
    public let what: String
    /// Why it costs what it does, or why that cannot be told; may be empty.
    public let why: String
    /// Nil where it cannot be told.
    public let work: OperationClass?
    public let lock: TableLock
    public let rows: RowCount
    /// About how long it holds its lock, in seconds; nil where that cannot be told, or does not hang on the size.
    public let seconds: ClosedRange<Double>?

    init(_ operation: TableOperation, _ statement: StatementContext) {
      place = statement.place(operation.offset)
      table = operation.table
      what = operation.what
      why = operation.why
      work = operation.work
      lock = operation.lock
      let rows = statement.rows(of: operation.table)
      self.rows = rows
      seconds = operation.effort.flatMap { DurationEstimate($0, rows: rows) }.map { $0.low...max($0.low, $0.high) }
    }
  }

  public let input: SQLInput
  /// In order of place.
  public let findings: [MigrationFinding]
  /// In order of place.
  public let silenced: [Silenced]
  /// In the order in which they run.
  public let operations: [Operation]
  /// Statements that could not be parsed or followed.
  public let unfollowed: [Unfollowed]
  /// What a database would hold after the last step.
  public let catalog: Catalog

  public init(_ input: SQLInput, _ settings: MigrationSettings) {
    self.input = input
    var walk = ReviewWalk(input, settings)
    for index in input.steps.indices { walk.step(index) }
    walk.finish()
    findings = walk.findings.enumerated().sorted {
      ($0.element.place.text, $0.element.place.offset, $0.offset)
        < ($1.element.place.text, $1.element.place.offset, $1.offset)
    }.map(\.element)
    silenced = walk.silenced
    operations = walk.operations
    unfollowed = walk.unfollowed
    catalog = walk.builder.catalog
  }
}

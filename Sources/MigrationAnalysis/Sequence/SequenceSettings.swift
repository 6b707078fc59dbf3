public import SchemaAnalysis

/// What is known beside the migrations themselves, for rules over the whole sequence.
public struct SequenceSettings: Sendable {
  /// The server's major version, 11 to 18.
  public var postgres: Int
  public var sizes: TableSizes
  /// Rows up to which a table may be written or scanned as a whole (the threshold small-table-rows).
  public var smallTableRows: Int
  /// Seconds above which a migration is a background job (the threshold migration-foreground-time).
  public var foregroundSeconds: Double
  /// Indexes that a failed concurrent build left in the database.
  public var invalidIndexes: Set<ObjectName>
  /// How many of the steps, from the first, are deployed already: they are followed and not judged.
  public var deployed: Int

  public init(
    postgres: Int = 18, sizes: TableSizes = TableSizes(), smallTableRows: Int = 100_000,
    foregroundSeconds: Double = 30, invalidIndexes: Set<ObjectName> = [], deployed: Int = 0
  ) {
    self.postgres = postgres
    self.sizes = sizes
    self.smallTableRows = smallTableRows
    self.foregroundSeconds = foregroundSeconds
    self.invalidIndexes = invalidIndexes
    self.deployed = deployed
  }
}

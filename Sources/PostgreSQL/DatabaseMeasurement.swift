internal import TextFormats

/// What can be measured of a system's traits in a live PostgreSQL, by reading its catalogue and its statistics.
///
/// The server counts from its start on, so a rate is the difference of two samples. Nothing is written, and the statements
/// and the connection that measure are left out of the figures.
public struct DatabaseMeasurement: Sendable, Hashable {
  /// A trait that was measured.
  public struct Value: Sendable, Hashable {
    /// The trait's id.
    public var trait: String
    /// As it would be typed in answers.yaml, in the trait's own unit: `1843`, `0.93`, `7340032 B`, `yes`. A range where the
    /// statistics give only bounds: `250..1000`.
    public var answer: String
    /// One statement by which a person gets the figure; where it is a rate, the statement that is run twice.
    public var query: String
    /// How the figure was made, and its weakness.
    public var remark: String

    public init(trait: String, answer: String, query: String, remark: String) {
      self.trait = trait
      self.answer = answer
      self.query = query
      self.remark = remark
    }
  }

  /// A trait that this database does not tell, at least not now and not to this role.
  public struct Gap: Sendable, Hashable {
    public var trait: String
    public var reason: String

    public init(trait: String, reason: String) {
      self.trait = trait
      self.reason = reason
    }
  }

  public typealias Problem = PostgreSQLProblem

  /// The server's version as it gives it.
  public var server: String
  public var database: String
  /// In a fixed order.
  public var values: [Value]
  /// In the same order. Each trait of `traits` is either here or among the values.
  public var notMeasured: [Gap]

  public init(server: String, database: String, values: [Value], notMeasured: [Gap]) {
    self.server = server
    self.database = database
    self.values = values
    self.notMeasured = notMeasured
  }

  /// The ids of the traits that are looked for, in the order of the values.
  public static let traits = [
    "database_engine", "database_version", "data_size", "largest_table_rows", "db_connections", "has_read_replicas",
    "read_qps", "write_qps", "read_ratio", "identical_query_rate", "log_rate",
  ]

  /// Seconds between two samples that are possible: below, the server may not have reported its counters yet.
  public static let intervals = 2.0...600.0

  /// Measures, in one session that only reads.
  ///
  /// - Parameters:
  ///   - environment: where psql and libpq's own files are found.
  ///   - seconds: between the two samples, held within `intervals`. The whole takes some two seconds more.
  /// - Throws: a problem without the password in it; what single traits lack stands in `notMeasured` instead.
  public static func measure(
    _ address: PostgreSQLAddress, environment: [String: String], seconds: Double
  ) throws(Problem) -> DatabaseMeasurement {
    let pause = min(max(seconds.isNaN ? 0 : seconds, intervals.lowerBound), intervals.upperBound)
    let psql = Psql(address, environment: environment)
    return try DatabaseMeasurement(lines: psql.run(MeasurementScript.transactions(pause), seconds: pause + 90))
  }
}

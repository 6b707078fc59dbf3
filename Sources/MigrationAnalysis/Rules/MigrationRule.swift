public import SQLSyntax
public import SchemaAnalysis
internal import Synchronization

/// What a person chose.
public struct MigrationSettings: Sendable {
  /// The server's major version, 11 to 18.
  public var postgres: Int
  public var sizes: TableSizes
  private let deferred: Deferred<MigrationLimits>
  /// Whether tables are read and written while a migration runs.
  public var isLive: Bool
  /// How many steps, from the first, have run already: they are not judged, and the tables that they created are live.
  public var deployedSteps = 0
  /// Indexes that a failed concurrent build left in the database.
  public var invalidIndexes: Set<ObjectName> = []

  /// - Parameter limits: asked for once, and only where they matter, since most migrations need none.
  public init(
    postgres: Int = 18, sizes: TableSizes = TableSizes(), isLive: Bool = true,
    limits: @escaping @Sendable () -> MigrationLimits = { MigrationLimits() }
  ) {
    self.postgres = postgres
    self.sizes = sizes
    self.isLive = isLive
    deferred = Deferred(limits)
  }

  var limits: MigrationLimits { deferred.value }
}

/// From where on size or time matters: the guide's thresholds.
public struct MigrationLimits: Sendable {
  /// Rows above which an online tool is called for (online-schema-change-rows).
  public var onlineToolRows = 1_000_000
  /// Rows above which an index is built concurrently even on a table without live writes (concurrent-index-rows).
  public var concurrentIndexRows = 10_000_000
  /// Rows up to which a scan or a rewrite under a lock is over soon enough (small-table-rows).
  public var smallTableRows = 100_000
  /// Seconds above which a migration is a background job (migration-foreground-time).
  public var foregroundSeconds = 30.0

  public init() {}
}

/// What is made when it is first asked for.
private final class Deferred<Value: Sendable>: Sendable {
  private let made = Mutex<Value?>(nil)
  private let make: @Sendable () -> Value

  init(_ make: @escaping @Sendable () -> Value) { self.make = make }

  var value: Value {
    made.withLock { made in
      let value = made ?? make()
      made = value
      return value
    }
  }
}

/// A statement in its migration, with what is known before it runs.
public struct StatementContext: Sendable {
  public let parsed: ParsedStatement
  public let text: SQLText
  /// The index of the text in the input.
  public let file: Int
  public let step: MigrationStep
  public let isDown: Bool
  /// Before the statement.
  public let catalog: Catalog
  /// Tables that earlier statements of these migrations created.
  public let created: CreatedTables
  /// Tables that the same migration created: nobody uses them yet.
  public let createdInStep: CreatedTables
  /// Whether it runs inside a transaction with other statements; nil where that is not known.
  public let isInTransaction: Bool?
  /// Whether BEGIN stands in the text itself.
  public let isInExplicitTransaction: Bool
  public let lockTimeoutIsSet: Bool
  public let statementTimeoutIsSet: Bool
  /// Whether the migration says anything of it, be it that there is none.
  let lockTimeoutIsStated: Bool
  let statementTimeoutIsStated: Bool
  public let settings: MigrationSettings
  /// Of an ALTER TABLE.
  let changes: [TableChange]
  let memory: StepMemory
  /// What it does to tables, with locks and costs.
  var operations: [TableOperation] = []

  public var node: SyntaxNode { parsed.node }
}

/// One rule, in a file of its own in this folder; its doc comment says what is wrong and why.
protocol MigrationRule: Sendable {
  /// The name that findings carry and comments silence it by.
  static var id: String { get }
  /// One sentence for lists of rules.
  static var summary: String { get }
  /// Whether it is also about how a migration is undone. What undoing takes away was asked for.
  static var judgesDown: Bool { get }
  init()
  func findings(_ statement: StatementContext) -> [MigrationFinding]
}

extension MigrationRule {
  static var judgesDown: Bool { true }
}

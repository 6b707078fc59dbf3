/// A table, view or the like.
public struct Relation: Sendable, Hashable {
  public enum Kind: Sendable, Hashable { case table, partitionedTable, foreignTable, view, materializedView }
  public enum Persistence: Sendable, Hashable { case permanent, unlogged, temporary }

  // In an order that leaves no room between them.
  public var name: ObjectName
  /// In the catalogue's order, inherited ones included.
  public var columns: [Column] = []
  public var foreignKeys: [ForeignKey] = []
  public var checks: [CheckConstraint] = []
  /// With those of constraints, which hold all that is to say of a primary key or unique constraint.
  public var indexes: [Index] = []
  /// What it inherits from, in order; of a partition its parent alone.
  public var parents: [ObjectName] = []
  /// Empty of most relations, which have nothing of it.
  private var details = Rare<Details>()
  public var place: SQLPlace
  /// Does not change when the name does; larger than that of all relations before it.
  @Compact public internal(set) var number = 0
  /// That of the column which was added last.
  @Compact var lastColumn = 0
  public var kind: Kind
  public var persistence: Persistence = .permanent
  /// False where columns could not be told, as of CREATE TABLE … AS with a query that was not followed.
  public var columnsAreKnown = true
  public var isPartition = false

  private struct Details: Initial, Sendable, Hashable {
    var partitionKey: [String?] = []
    var partitionKeyColumns: [String] = []
    var rowType: ObjectName?
    var reads: [Int: Set<String>] = [:]
  }

  /// The columns that a partitioned table is divided by; an expression is nil.
  public var partitionKey: [String?] {
    get { details.value.partitionKey }
    set { details.value.partitionKey = newValue }
  }
  /// The columns that a partition key's expressions name.
  var partitionKeyColumns: [String] {
    get { details.value.partitionKeyColumns }
    set { details.value.partitionKeyColumns = newValue }
  }
  /// The composite type of CREATE TABLE … OF.
  var rowType: ObjectName? {
    get { details.value.rowType }
    set { details.value.rowType = newValue }
  }
  /// The columns that a view's query reads, by the relation's number.
  var reads: [Int: Set<String>] {
    get { details.value.reads }
    set { details.value.reads = newValue }
  }

  public init(_ name: ObjectName, _ kind: Kind, at place: SQLPlace) {
    self.name = name
    self.kind = kind
    self.place = place
  }

  /// Whether reports count it: a table that stays, partitions and partitioned parents among them.
  public var isCounted: Bool { (kind == .table || kind == .partitionedTable) && persistence != .temporary }

  public var primaryKey: KeyConstraint? { indexes.first { $0.origin == .primaryKey }.map(KeyConstraint.init) }
  public var uniqueConstraints: [KeyConstraint] {
    indexes.filter { $0.origin == .uniqueConstraint }.map(KeyConstraint.init)
  }

  public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  mutating func changeColumn(_ name: String, _ body: (inout Column) -> Void) {
    if let index = columns.firstIndex(where: { $0.name == name }) { body(&columns[index]) }
  }

  /// Primary key and unique constraints.
  var keys: [KeyConstraint] { (primaryKey.map { [$0] } ?? []) + uniqueConstraints }

  func hasConstraint(_ name: String) -> Bool {
    foreignKeys.contains { $0.name == name } || checks.contains { $0.name == name }
      || indexes.contains { $0.name == name && $0.origin != .statement }
  }

  func index(_ name: String) -> Index? { indexes.first { $0.name == name } }
}

/// A column of a table.
public struct Column: Sendable, Hashable {
  public enum Identity: Sendable, Hashable { case always, byDefault }

  public var name: String
  public var type: ColumnType
  public var notNull = false
  /// Whether a sequence fills it: `serial`, or a default of nextval().
  public var isSerial = false
  public var identity: Identity?
  public var isGenerated = false
  /// Whether the table itself declares it.
  public var isLocal = true
  public var place: SQLPlace
  /// Its place among all columns that the table ever had.
  @Compact var number = 0
  /// From how many parents it comes.
  @Compact var inheritance = 0
  /// Empty of most columns, which have nothing of it.
  private var details = Rare<Details>()

  private struct Details: Initial, Sendable, Hashable {
    var defaultText: String?
    var generatedFrom: [String] = []
    var sequence: Int?
  }

  /// The text of its default, without what comes from `serial`.
  public var defaultText: String? {
    get { details.value.defaultText }
    set { details.value.defaultText = newValue }
  }
  /// The number of the sequence that its default asks.
  var sequence: Int? {
    get { details.value.sequence }
    set { details.value.sequence = newValue }
  }
  /// The columns that its generation names.
  var generatedFrom: [String] {
    get { details.value.generatedFrom }
    set { details.value.generatedFrom = newValue }
  }

  public init(_ name: String, _ type: ColumnType, at place: SQLPlace) {
    self.name = name
    self.type = type
    self.place = place
  }
}

/// A primary key or unique constraint.
public struct KeyConstraint: Sendable, Hashable {
  public let name: String
  public let columns: [String]
  public let nullsNotDistinct: Bool
  public let place: SQLPlace
  let isDeferrable: Bool

  init(_ index: Index) {
    name = index.name
    columns = index.columns
    nullsNotDistinct = index.nullsNotDistinct
    place = index.place
    isDeferrable = index.isDeferrable
  }
}

/// A foreign key.
public struct ForeignKey: Sendable, Hashable {
  public enum Action: String, Sendable, Hashable {
    case noAction = "no action"
    case restrict, cascade
    case setNull = "set null"
    case setDefault = "set default"
  }

  public var name: String
  public var columns: [String]
  public var references: ObjectName
  public var referencedColumns: [String]
  public var onDelete: Action = .noAction
  public var onUpdate: Action = .noAction
  public var isValidated = true
  /// MATCH FULL: its columns are NULL all together or not at all.
  public var isMatchFull = false
  /// Whether a partition has it from its parent.
  public var isInherited = false
  public var place: SQLPlace
  @Compact var number = 0
  /// The number of the foreign key that it comes from, of a partitioned table on either side.
  @CompactOptional var parent: Int? = nil
  /// The numbers of the referenced relation, and of its index that makes the key unique.
  @Compact var target = 0
  @Compact var targetIndex = 0

  public init(
    _ name: String, _ columns: [String], references: ObjectName, _ referencedColumns: [String], at place: SQLPlace
  ) {
    self.name = name
    self.columns = columns
    self.references = references
    self.referencedColumns = referencedColumns
    self.place = place
  }
}

/// A check constraint.
public struct CheckConstraint: Sendable, Hashable {
  public var name: String
  /// The expression as it stands in the text.
  public var text: String
  /// The columns that it names.
  public var columns: [String]
  public var isValidated = true
  public var place: SQLPlace
  var isLocal = true
  /// From how many parents it comes.
  @Compact var inheritance = 0
  var isInheritable = true

  public init(_ name: String, _ text: String, _ columns: [String], at place: SQLPlace) {
    self.name = name
    self.text = text
    self.columns = columns
    self.place = place
  }
}

/// An index, also one that a constraint brought.
public struct Index: Sendable, Hashable {
  public enum Origin: Sendable, Hashable { case statement, primaryKey, uniqueConstraint, exclusion }

  /// One of the things that are indexed.
  public struct Key: Sendable, Hashable {
    /// Nil for an expression.
    public private(set) var column: String?
    public var descending = false
    public var nullsFirst = false
    /// Empty where it is a column, of which nothing else is said, as most are.
    private var details: [Details] = []

    private struct Details: Sendable, Hashable {
      var text: String
      var operatorClass: String?
      var collation: String?
      var label: String
      var expressionColumns: [String] = []

      init(_ column: String?) {
        text = column ?? ""
        label = column ?? "expr"
      }
    }

    private var all: Details {
      get { details.first ?? Details(column) }
      set { details = newValue == Details(column) ? [] : [newValue] }
    }

    /// As it stands in the text, without order; of a column its name.
    public var text: String { details.first?.text ?? column ?? "" }
    public var operatorClass: String? {
      get { details.first?.operatorClass }
      set { if newValue != operatorClass { all.operatorClass = newValue } }
    }
    /// Nil for that of the column.
    public var collation: String? {
      get { details.first?.collation }
      set { if newValue != collation { all.collation = newValue } }
    }
    /// What the index's own name says of it, and the name of the index's column.
    var label: String {
      get { details.first?.label ?? column ?? "expr" }
      set { if newValue != label { all.label = newValue } }
    }
    /// What an expression names.
    var expressionColumns: [String] {
      get { details.first?.expressionColumns ?? [] }
      set { if newValue != expressionColumns { all.expressionColumns = newValue } }
    }

    /// Whether nothing but its column is said of it.
    fileprivate var isPlain: Bool { column != nil && !descending && !nullsFirst && details.isEmpty }

    public init(column: String) { self.column = column }

    public init(expression: String) { all.text = expression }

    /// The column gets another name; the index's own does not.
    mutating func rename(to new: String) {
      var all = all
      column = new
      all.text = new
      self.all = all
    }
  }

  public var name: String
  /// Those of all keys, where they are all plain.
  private var plainKeys: [String] = []
  public var isUnique = false
  public var origin: Origin = .statement
  /// False of an index on a partitioned table alone, until its partitions have theirs.
  public var isValid = true
  public var place: SQLPlace
  @Compact var number = 0
  /// The number of the partitioned table's index that it is a part of.
  @CompactOptional var parent: Int? = nil
  var nullsNotDistinct = false
  var isDeferrable = false
  /// Empty of most indexes, which have nothing of it.
  private var details = Rare<Details>()

  private struct Details: Initial, Sendable, Hashable {
    /// All keys, where some are not plain.
    var keys: [Key] = []
    var included: [String] = []
    var predicate: String?
    var predicateColumns: [String] = []
    var method = "btree"
  }

  /// INCLUDE.
  public var included: [String] {
    get { details.value.included }
    set { details.value.included = newValue }
  }
  /// WHERE, as it stands in the text.
  public var predicate: String? {
    get { details.value.predicate }
    set { details.value.predicate = newValue }
  }
  var predicateColumns: [String] {
    get { details.value.predicateColumns }
    set { details.value.predicateColumns = newValue }
  }
  /// `btree` where nothing is said.
  public var method: String {
    get { details.value.method }
    set { details.value.method = newValue }
  }

  public init(_ name: String, _ keys: [Key], at place: SQLPlace) {
    self.name = name
    self.place = place
    self.keys = keys
  }

  public var keys: [Key] {
    get {
      let keys = details.value.keys
      return keys.isEmpty ? plainKeys.map { Key(column: $0) } : keys
    }
    set {
      let isPlain = newValue.allSatisfy(\.isPlain)
      plainKeys = isPlain ? newValue.compactMap(\.column) : []
      if !isPlain || !details.value.keys.isEmpty { details.value.keys = isPlain ? [] : newValue }
    }
  }

  /// Those of the keys that are no expressions.
  var columns: [String] {
    let keys = details.value.keys
    return keys.isEmpty ? plainKeys : keys.compactMap(\.column)
  }

  /// Whether it finds the rows of a foreign key: its leading columns are the key's in any order. Partial indexes and
  /// those of any method serve; INCLUDE columns and expressions do not.
  public func serves(_ columns: [String]) -> Bool {
    isValid && keys.count >= columns.count
      && Set(keys.prefix(columns.count).compactMap(\.column)) == Set(columns) && !columns.isEmpty
  }
}

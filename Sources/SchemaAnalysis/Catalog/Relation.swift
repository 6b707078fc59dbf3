/// A table, view or the like.
public struct Relation: Sendable, Hashable {
  public enum Kind: Sendable, Hashable { case table, partitionedTable, foreignTable, view, materializedView }
  public enum Persistence: Sendable, Hashable { case permanent, unlogged, temporary }

  public var name: ObjectName
  public var kind: Kind
  public var persistence: Persistence = .permanent
  /// In the catalogue's order, inherited ones included.
  public var columns: [Column] = []
  /// False where columns could not be told, as of CREATE TABLE … AS with a query that was not followed.
  public var columnsAreKnown = true
  public var primaryKey: KeyConstraint?
  public var uniqueConstraints: [KeyConstraint] = []
  public var foreignKeys: [ForeignKey] = []
  public var checks: [CheckConstraint] = []
  /// With those of constraints.
  public var indexes: [Index] = []
  /// What it inherits from, in order; of a partition its parent alone.
  public var parents: [ObjectName] = []
  public var isPartition = false
  /// The columns that a partitioned table is divided by; an expression is nil.
  public var partitionKey: [String?] = []
  public var place: SQLPlace
  /// Does not change when the name does.
  var number = 0
  /// That of the column which was added last.
  var lastColumn = 0
  /// The composite type of CREATE TABLE … OF.
  var rowType: ObjectName?
  /// The columns that a partition key's expressions name.
  var partitionKeyColumns: [String] = []
  /// The columns that a view's query reads, by the relation's number.
  var reads: [Int: Set<String>] = [:]

  public init(_ name: ObjectName, _ kind: Kind, at place: SQLPlace) {
    self.name = name
    self.kind = kind
    self.place = place
  }

  /// Whether reports count it: a table that stays, partitions and partitioned parents among them.
  public var isCounted: Bool { (kind == .table || kind == .partitionedTable) && persistence != .temporary }

  public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  mutating func changeColumn(_ name: String, _ body: (inout Column) -> Void) {
    if let index = columns.firstIndex(where: { $0.name == name }) { body(&columns[index]) }
  }

  /// Primary key and unique constraints.
  var keys: [KeyConstraint] { (primaryKey.map { [$0] } ?? []) + uniqueConstraints }

  func hasConstraint(_ name: String) -> Bool {
    primaryKey?.name == name || uniqueConstraints.contains { $0.name == name }
      || foreignKeys.contains { $0.name == name } || checks.contains { $0.name == name }
      || indexes.contains { $0.name == name && $0.origin == .exclusion }
  }

  func index(_ name: String) -> Index? { indexes.first { $0.name == name } }
}

/// A column of a table.
public struct Column: Sendable, Hashable {
  public enum Identity: Sendable, Hashable { case always, byDefault }

  public var name: String
  public var type: ColumnType
  public var notNull = false
  /// The text of its default, without what comes from `serial`.
  public var defaultText: String?
  /// Whether a sequence fills it: `serial`, or a default of nextval().
  public var isSerial = false
  public var identity: Identity?
  public var isGenerated = false
  /// Whether the table itself declares it.
  public var isLocal = true
  public var place: SQLPlace
  /// Its place among all columns that the table ever had.
  var number = 0
  /// From how many parents it comes.
  var inheritance = 0
  /// The number of the sequence that its default asks.
  var sequence: Int?
  /// The columns that its generation names.
  var generatedFrom: [String] = []

  public init(_ name: String, _ type: ColumnType, at place: SQLPlace) {
    self.name = name
    self.type = type
    self.place = place
  }
}

/// A primary key or unique constraint.
public struct KeyConstraint: Sendable, Hashable {
  public var name: String
  public var columns: [String]
  public var nullsNotDistinct = false
  public var place: SQLPlace
  var isDeferrable = false

  public init(_ name: String, _ columns: [String], at place: SQLPlace) {
    self.name = name
    self.columns = columns
    self.place = place
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
  /// Whether a partition has it from its parent.
  public var isInherited = false
  public var place: SQLPlace
  var number = 0
  /// The number of the foreign key that it comes from, of a partitioned table on either side.
  var parent: Int?
  /// The numbers of the referenced relation, and of its index that makes the key unique.
  var target = 0
  var targetIndex = 0

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
  var inheritance = 0
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
    public var column: String?
    /// As it stands in the text, without order; of a column its name.
    public var text: String
    public var descending = false
    public var nullsFirst = false
    public var operatorClass: String?
    /// What the index's own name says of it, and the name of the index's column.
    var label: String
    /// What an expression names.
    var expressionColumns: [String] = []

    public init(column: String?, text: String) {
      self.column = column
      self.text = text
      label = column ?? "expr"
    }
  }

  public var name: String
  public var keys: [Key]
  /// INCLUDE.
  public var included: [String] = []
  public var isUnique = false
  /// WHERE, as it stands in the text.
  public var predicate: String?
  /// `btree` where nothing is said.
  public var method = "btree"
  public var origin: Origin = .statement
  /// False of an index on a partitioned table alone, until its partitions have theirs.
  public var isValid = true
  public var place: SQLPlace
  var number = 0
  /// The number of the partitioned table's index that it is a part of.
  var parent: Int?
  var predicateColumns: [String] = []
  var nullsNotDistinct = false
  var isDeferrable = false

  public init(_ name: String, _ keys: [Key], at place: SQLPlace) {
    self.name = name
    self.keys = keys
    self.place = place
  }

  /// Whether it finds the rows of a foreign key: its leading columns are the key's in any order. Partial indexes and
  /// those of any method serve; INCLUDE columns and expressions do not.
  public func serves(_ columns: [String]) -> Bool {
    isValid && keys.count >= columns.count
      && Set(keys.prefix(columns.count).compactMap(\.column)) == Set(columns) && !columns.isEmpty
  }
}

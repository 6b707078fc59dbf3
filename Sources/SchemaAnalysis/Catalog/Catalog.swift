/// What a database would hold after some statements, as far as they could be followed.
public struct Catalog: Sendable {
  var book = RelationBook()
  var typeBook = Ledger<ObjectName, UserType>()
  var schemaBook = Ledger(["public": true])
  /// Where a name without a schema is looked for, and the first existing of which takes what is created.
  public internal(set) var searchPath = ["public"]

  /// What shares its names with relations, in the same schema.
  var others = Ledger<ObjectName, NamedObject>()
  /// Present names by number.
  var names = Ledger<Int, ObjectName>()
  /// The relations that inherit from one, partitions among them, in the order in which they came.
  var children = Ledger<Int, [Int]>()
  /// Relations that may have a foreign key to one; some of them no longer have it.
  var referencing = RelationHints<Int>()
  /// Views that may read a relation.
  var readers = RelationHints<Int>()
  /// Relations that may have a column of a type.
  var typeUsers = RelationHints<ObjectName>()
  /// Relations that may have a default from a sequence.
  var sequenceUsers = RelationHints<Int>()
  /// The sequences that go with a relation's columns.
  var owned = Ledger<Int, [ObjectName]>()
  /// How many constraints without an index have a name.
  var constraintNames = Ledger<ObjectName, Int>()
  /// The attributes of composite types, as relations of which nothing else is known.
  var composites = RelationBook()
  var extensions = Ledger<String, String>()
  /// The last number given to a relation, index or constraint.
  public internal(set) var lastNumber = 0

  public init() {}

  public var schemas: Set<String> { Set(schemaBook.entries.keys) }

  public func hasSchema(_ name: String) -> Bool { schemaBook[name] != nil }

  mutating func insertSchema(_ name: String) { schemaBook[name] = true }
  mutating func removeSchema(_ name: String) { schemaBook[name] = nil }

  public var relations: RelationBook { book }
  public var types: [ObjectName: UserType] { typeBook.entries }

  /// The tables that reports count, by name.
  public var tables: RelationList { book.sorted(where: \.isCounted) }

  public subscript(name: ObjectName) -> Relation? { book[name] }

  /// What a name means: its schema, or the first of the search path that holds it.
  public func relation(_ schema: String?, _ name: String) -> Relation? {
    found(schema, name).flatMap { book[$0] }
  }

  /// The index that a name means, and its table.
  public func index(_ schema: String?, _ name: String) -> (table: ObjectName, index: Index)? {
    guard let found = found(schema, name), case .index(let table, _) = others[found],
      let tableName = names[Int(table)], let index = book[tableName]?.indexes.first(where: { $0.name == name })
    else { return nil }
    return (tableName, index)
  }

  /// The name with the schema in which it is found first, of whatever shares names with relations.
  func found(_ schema: String?, _ name: String) -> ObjectName? {
    let schemas = schema.map { [$0] } ?? ["pg_temp"] + searchPath
    return schemas.lazy.map { ObjectName($0, name) }.first { isTaken($0) }
  }

  /// Whether a relation, index or sequence has the name.
  func isTaken(_ name: ObjectName) -> Bool { book[name] != nil || others[name] != nil }

  func isTakenByConstraint(_ name: ObjectName) -> Bool {
    if case .index(_, isConstraint: true) = others[name] { return true }
    return constraintNames[name] != nil
  }

  mutating func number() -> Int {
    lastNumber += 1
    return lastNumber
  }
}

/// What is no relation of its own here, but has a name among relations.
enum NamedObject: Sendable, Hashable {
  /// Of the relation with the number.
  case index(Int32, isConstraint: Bool)
  /// With the relation and column that it goes with, if any.
  case sequence(number: Int32, owner: Owner?)
  case compositeType

  struct Owner: Sendable, Hashable {
    @Compact private(set) var relation: Int
    @Compact private(set) var column: Int

    init(relation: Int, column: Int) {
      self.relation = relation
      self.column = column
    }
  }
}

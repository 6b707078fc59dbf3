/// What a database would hold after some statements, as far as they could be followed.
public struct Catalog: Sendable {
  public internal(set) var relations: [ObjectName: Relation] = [:]
  public internal(set) var types: [ObjectName: UserType] = [:]
  public internal(set) var schemas: Set<String> = ["public"]
  /// Where a name without a schema is looked for, and the first existing of which takes what is created.
  public internal(set) var searchPath = ["public"]

  public init() {}

  /// The tables that reports count, by name.
  public var tables: [Relation] { relations.values.filter(\.isCounted).sorted { $0.name < $1.name } }

  public subscript(name: ObjectName) -> Relation? { relations[name] }

  /// What a name means: its schema, or the first of the search path that holds it.
  public func relation(_ schema: String?, _ name: String) -> Relation? {
    if let schema { return relations[ObjectName(schema, name)] }
    return searchPath.lazy.compactMap { relations[ObjectName($0, name)] }.first
  }
}

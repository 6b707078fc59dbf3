import SQLSyntax
import SchemaAnalysis

/// What it costs to give a column another type.
struct TypeChangeCost {
  /// Nil where it cannot be told.
  let work: OperationClass?
  /// A clause that begins with because or where.
  let why: String

  /// - Parameters:
  ///   - old: nil where it is not known.
  ///   - isChecked: whether a check names the column: it is proved anew then.
  init(
    from old: ColumnType?, to new: WrittenType, using: SyntaxNode, column: String, isChecked: Bool, hasCollation: Bool,
    _ catalog: Catalog
  ) {
    guard let old else {
      self.init(nil, "the type that it has is not known")
      return
    }
    if using.isPresent, !Self.isPlain(using, column, new) {
      self.init(.rewrite, "the values are computed anew")
      return
    }
    if hasCollation {
      self.init(nil, "it hangs on the collation, which indexes are built by")
      return
    }
    let from = WrittenType(old)
    if from.domain(in: catalog)?.isConstrained == true || new.domain(in: catalog)?.isConstrained == true,
      from.base != new.base
    {
      // A domain's own rules are proved for each row; away from it nothing is.
      self.init(new.domain(in: catalog)?.isConstrained == true ? .rewrite : nil, "a domain has rules of its own")
      return
    }
    switch Self.keeps(from.resolved(in: catalog), new.resolved(in: catalog)) {
    case true?:
      self.init(
        isChecked ? .scan : .metadata, isChecked ? "a check of the column is proved anew" : "the stored values stay")
    case false?: self.init(.rewrite, "the stored values change")
    case nil: self.init(nil, "only a session whose TimeZone is UTC keeps the stored values")
    }
  }

  private init(_ work: OperationClass?, _ why: String) {
    self.work = work
    self.why = why
  }

  /// Whether USING says what would happen without it: the column, or its cast to the new type.
  private static func isPlain(_ using: SyntaxNode, _ column: String, _ new: WrittenType) -> Bool {
    if using["ColumnRef"]["fields"].names == [column] { return true }
    let cast = using["TypeCast"]
    return cast["arg"]["ColumnRef"]["fields"].names == [column] && WrittenType(cast["typeName"]) == new
  }

  /// Whether the bytes of all values stay; nil where it hangs on the session's time zone.
  static func keeps(_ old: WrittenType, _ new: WrittenType) -> Bool? {
    if old == new { return true }
    guard old.dimensions == new.dimensions else { return false }
    if old.dimensions > 0 {
      // The elements of another type are coerced one by one, whatever they are.
      return old.base == new.base && new.modifiers.isEmpty
    }
    switch (old.base, new.base) {
    case ("varchar", "varchar"), ("varbit", "varbit"): return fits(old.modifiers, new.modifiers)
    case ("numeric", "numeric"):
      if new.modifiers.isEmpty { return true }
      guard let precision = old.modifiers.first, let wider = new.modifiers.first else { return false }
      let scale = old.modifiers.dropFirst().first ?? 0
      return wider >= precision && scale == new.modifiers.dropFirst().first ?? 0
    case ("timestamp", "timestamp"), ("timestamptz", "timestamptz"), ("time", "time"), ("timetz", "timetz"):
      // Without a precision it is 6.
      return new.modifiers.first ?? 6 >= old.modifiers.first ?? 6
    case ("interval", "interval"):
      // The first modifier says which fields are kept, and 32,767 that all are.
      if new.modifiers.isEmpty { return true }
      guard new.modifiers.count == 2, new.modifiers[0] == 32_767 else { return false }
      return new.modifiers[1] >= (old.modifiers.count == 2 ? old.modifiers[1] : 6)
        && (old.modifiers.isEmpty || old.modifiers[0] == 32_767)
    case ("timestamp", "timestamptz"), ("timestamptz", "timestamp"):
      return new.modifiers.first ?? 6 >= old.modifiers.first ?? 6 ? nil : false
    case ("text", "varchar"), ("bit", "varbit"): return new.modifiers.isEmpty
    default: return new.modifiers.isEmpty && isBinary(old.base, new.base)
    }
  }

  private static func fits(_ old: [Int], _ new: [Int]) -> Bool {
    guard let longer = new.first else { return true }
    return old.first.map { longer >= $0 } ?? false
  }

  private static func isBinary(_ old: String, _ new: String) -> Bool {
    switch (old, new) {
    case ("varchar", "text"), ("text", "varchar"), ("cidr", "inet"), ("xml", "text"), ("xml", "varchar"),
      ("int4", "oid"),
      ("oid", "int4"), ("bit", "varbit"), ("varbit", "bit"):
      true
    default: false
    }
  }
}

/// A type as statements name it, by PostgreSQL's short names.
struct WrittenType: Equatable {
  let schema: String?
  let base: String
  let modifiers: [Int]
  let dimensions: Int

  init(_ node: SyntaxNode) {
    let names = node["names"].names
    let name = names.last ?? ""
    schema = names.count > 1 && names[0] != "pg_catalog" ? names[0] : nil
    base = Self.short[name] ?? name
    var modifiers = node["typmods"].elements.compactMap {
      $0["A_Const"]["ival"].isPresent ? $0["A_Const"]["ival"]["ival"].integer ?? 0 : nil
    }
    // A scale of zero is what is meant without one.
    if base == "numeric", modifiers.count == 2, modifiers[1] == 0 { modifiers.removeLast() }
    self.modifiers = modifiers
    dimensions = node["arrayBounds"].elements.isEmpty ? 0 : 1
  }

  init(_ type: ColumnType) {
    let parts = type.base.split(separator: ".", maxSplits: 1).map(String.init)
    schema = parts.count > 1 ? parts[0] : nil
    let name = parts.last ?? type.base
    base = Self.short[name] ?? name
    var modifiers = type.modifiers
    if base == "numeric", modifiers.count == 2, modifiers[1] == 0 { modifiers.removeLast() }
    self.modifiers = modifiers
    dimensions = type.isArray ? 1 : 0
  }

  private init(schema: String?, base: String, modifiers: [Int], dimensions: Int) {
    self.schema = schema
    self.base = base
    self.modifiers = modifiers
    self.dimensions = dimensions
  }

  /// Names of one type by its internal one.
  private static let short = [
    "character varying": "varchar", "character": "bpchar", "char": "bpchar", "integer": "int4", "int": "int4",
    "bigint": "int8", "smallint": "int2", "serial": "int4", "serial4": "int4", "bigserial": "int8", "serial8": "int8",
    "smallserial": "int2", "serial2": "int2", "boolean": "bool", "double precision": "float8", "real": "float4",
    "decimal": "numeric", "bit varying": "varbit", "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz", "time without time zone": "time", "time with time zone": "timetz",
  ]

  struct Domain {
    let type: ColumnType
    let isConstrained: Bool
  }

  /// What is behind it where it is a domain that is known.
  func domain(in catalog: Catalog) -> Domain? {
    let schemas = schema.map { [$0] } ?? catalog.searchPath
    guard let type = schemas.lazy.compactMap({ catalog.types[ObjectName($0, base)] }).first,
      case .domain(let under, let notNull, let hasCheck) = type.kind
    else { return nil }
    return Domain(type: under, isConstrained: notNull || hasCheck)
  }

  /// The type below a domain.
  func resolved(in catalog: Catalog) -> WrittenType {
    guard dimensions == 0, let domain = domain(in: catalog) else { return self }
    return WrittenType(domain.type)
  }
}

/// One rule, in a file of its own in the folder Rules; its doc comment says what is wrong and why.
protocol SchemaRule: Sendable {
  /// The name that findings carry, and that comments allow it by.
  static var id: String { get }
  /// One sentence for lists of rules.
  static var summary: String { get }
  init(_ schema: SchemaContext)
  /// - Parameter tables: some of the schema's; findings come in their order.
  func findings(of tables: [Relation], in schema: SchemaContext) -> [SchemaFinding]
}

/// A rule that looks at one table after another.
protocol PlainSchemaRule: SchemaRule {
  init()
}

extension PlainSchemaRule {
  init(_ schema: SchemaContext) { self.init() }
}

/// The rules for schemas.
public enum SchemaRules {
  /// In the order in which reports list them.
  static let all: [any SchemaRule.Type] = [
    MissingPrimaryKey.self, UnindexedForeignKey.self, ForeignKeyTypeMismatch.self, FloatMoney.self,
    IntegerKeyOverflow.self, DuplicateIndex.self, RedundantIndex.self, InvalidIndex.self,
    ForeignKeyNotValidated.self, CheckNotValidated.self, NullableCompositeKey.self, NullableUniqueKey.self,
    SoftDeletedUniqueKey.self, MissingNotNull.self, MissingCheck.self, MissingUnique.self,
    TimestampWithoutTimeZone.self, UnboundedText.self, PartialIndexOpportunity.self,
  ]

  /// Each rule's name and what it finds.
  public static var list: [(id: String, summary: String)] { all.map { ($0.id, $0.summary) } }

  /// What a rule finds.
  struct Found {
    let rule: String
    /// In the order of tables.
    var findings: [SchemaFinding] = []
    /// How many were left out.
    var omitted = 0
  }

  /// Findings of one rule and severity that are kept: nobody reads more, code hosts show no more of a SARIF log, and each
  /// takes more memory than its table.
  static let most = 5_000
  /// Tables that are judged at a time.
  private static let chunk = 1_000

  /// What the rules find, in their order.
  static func findings(in catalog: Catalog, _ settings: SchemaSettings) -> [Found] {
    let context = SchemaContext(catalog, settings)
    return all.map { type in
      let rule = type.init(context)
      var found = Found(rule: type.id)
      var counts = Severity.allCases.map { _ in 0 }
      for start in stride(from: 0, to: context.tables.count, by: chunk) {
        let tables = Array(context.tables[start..<min(start + chunk, context.tables.count)])
        for finding in rule.findings(of: tables, in: context) {
          let severity = Severity.allCases.firstIndex(of: finding.severity) ?? 0
          counts[severity] += 1
          if counts[severity] > most { found.omitted += 1 } else { found.findings.append(finding) }
        }
      }
      return found
    }
  }
}

/// A catalogue with what several rules ask of it.
struct SchemaContext: Sendable {
  let catalog: Catalog
  let settings: SchemaSettings
  /// Without partitions: what is wrong with those is wrong with their parent.
  let tables: RelationList
  /// The partitions at all levels below a partitioned table, by its name.
  let partitions: [ObjectName: [Relation]]
  /// The types of the tables' columns that the statements created, by the base of the column's type.
  private let userTypes: [String: UserType]

  init(_ catalog: Catalog, _ settings: SchemaSettings) {
    self.catalog = catalog
    self.settings = settings
    let all = catalog.tables
    tables = all.filtered { !$0.isPartition }
    var partitions: [ObjectName: [Relation]] = [:]
    for table in all where table.isPartition {
      var root = table
      // A circle cannot be declared; the bound is for what was misread.
      for _ in 0..<64 {
        guard root.isPartition, let parent = root.parents.first.flatMap({ catalog[$0] }) else { break }
        root = parent
      }
      if root.name != table.name { partitions[root.name, default: []].append(table) }
    }
    self.partitions = partitions
    var userTypes: [String: UserType] = [:]
    let types = catalog.types
    // Of a domain of a domain, the inner one stands in no column.
    let inner = types.values.compactMap { if case .domain(let type, _, _) = $0.kind { type.base } else { nil } }
    for base in types.isEmpty ? [] : Set(inner + all.flatMap { $0.columns.lazy.map(\.type.base) }) {
      userTypes[base] = Self.userType(base, among: types)
    }
    self.userTypes = userTypes
  }

  private static func userType(_ base: String, among types: [ObjectName: UserType]) -> UserType? {
    let parts = base.split(separator: ".", maxSplits: 1).map { $0.filter { $0 != "\"" } }
    return parts.count == 2
      ? types[ObjectName(parts[0], parts[1])] : types[ObjectName("public", parts.first ?? "")]
  }

  /// A column's type where domains are taken for what they are made of.
  func resolved(_ type: ColumnType) -> ColumnType {
    var type = type
    for _ in 0..<16 {
      guard case .domain(let inner, _, _)? = userType(type)?.kind else { break }
      type = ColumnType(
        text: inner.text, base: inner.base, modifiers: inner.modifiers, isArray: type.isArray || inner.isArray)
    }
    return type
  }

  func userType(_ type: ColumnType) -> UserType? { userTypes.isEmpty ? nil : userTypes[type.base] }

  /// Whether a column can hold NULL, by itself or by its domain.
  func isNullable(_ column: Column) -> Bool {
    if column.notNull { return false }
    if case .domain(_, notNull: true, _)? = userType(column.type)?.kind { return false }
    return true
  }

  /// The columns of which a check of the table, or of the column's domain, says something.
  func checkedColumns(of table: Relation) -> Set<String> {
    var checked = Set(table.checks.flatMap(\.columns))
    for column in userTypes.isEmpty ? [] : table.columns {
      if case .domain(_, _, hasCheck: true)? = userType(column.type)?.kind { checked.insert(column.name) }
    }
    return checked
  }
}

extension Relation {
  /// Whether something makes the values of these columns distinct, alone or with others.
  func isInUniqueKey(_ column: String) -> Bool {
    if primaryKey?.columns.contains(column) == true
      || uniqueConstraints.contains(where: { $0.columns.contains(column) })
    {
      return true
    }
    return indexes.contains { index in
      index.isUnique
        && index.keys.contains { key in
          key.column == column || key.expressionColumns.contains(column)
        }
    }
  }
}

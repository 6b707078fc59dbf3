internal import SQLSyntax

/// A schema with what is wrong with it.
public struct SchemaReport: Sendable {
  public let input: SQLInput
  public let catalog: Catalog
  /// Statements that could not be parsed or followed.
  public let unfollowed: [Unfollowed]
  /// The heaviest first, then in the order of rules and tables.
  public let findings: [SchemaFinding]
  /// Findings that a comment allows, with its reason.
  public let allowed: [Allowed]
  /// What a person has to know of the comments.
  public let remarks: [SQLInput.Remark]
  public let counts: Counts

  public struct Allowed: Sendable, Hashable {
    public let finding: SchemaFinding
    public let reason: String
  }

  public struct Counts: Sendable, Hashable {
    public var tables = 0
    public var columns = 0
    public var indexes = 0
    public var foreignKeys = 0
    public var tablesWithoutPrimaryKey = 0
    public var foreignKeysWithoutIndex = 0
  }

  /// Reads an input and applies the rules.
  public init(_ input: SQLInput, _ settings: SchemaSettings = SchemaSettings()) {
    let model = SchemaModel(input)
    self.init(input, catalog: model.catalog, unfollowed: model.unfollowed, settings)
  }

  init(_ input: SQLInput, catalog: Catalog, unfollowed: [Unfollowed], _ settings: SchemaSettings) {
    self.input = input
    self.catalog = catalog
    self.unfollowed = unfollowed
    let allowances = Allowances(input.texts)
    var used: Set<Int> = []
    var findings: [SchemaFinding] = []
    var allowed: [Allowed] = []
    let all = SchemaRules.findings(in: catalog, settings)
    findings.reserveCapacity(all.reduce(0) { $0 + $1.findings.count })
    // Rules stay together, tables in order.
    for severity in Severity.allCases.reversed() {
      for rule in all {
        for finding in rule.findings where finding.severity == severity {
          if let number = allowances.all.firstIndex(where: { $0.covers(finding) }) {
            used.insert(number)
            allowed.append(Allowed(finding: finding, reason: allowances.all[number].reason))
          } else {
            findings.append(finding)
          }
        }
      }
    }
    self.findings = findings
    self.allowed = allowed
    let known = Set(SchemaRules.list.map(\.id))
    remarks =
      all.filter { $0.omitted > 0 }.map { rule in
        SQLInput.Remark(
          rule.rule,
          "\(Wording.counted(rule.omitted, "more finding is", "more findings are")) left out, beyond the first "
            + "\(Wording.count(Double(SchemaRules.most)))")
      }
      + allowances.unreasoned.filter { known.contains($0.rule) }.map { rule, place in
        Self.remark(input, place, "allow \(rule) is without effect: it needs because and a reason")
      }
      + allowances.all.enumerated().filter { !used.contains($0.offset) && known.contains($0.element.rule) }.map {
        Self.remark(input, $0.element.place, "allow \($0.element.rule) allows nothing: there is no such finding")
      }
    counts = Self.count(catalog.relations)
  }

  private static func remark(_ input: SQLInput, _ place: SQLPlace, _ message: String) -> SQLInput.Remark {
    let text = input.texts[place.text]
    return SQLInput.Remark("\(text.name):\(text.position(at: place.offset).line)", message)
  }

  private static func count(_ relations: RelationBook) -> Counts {
    var counts = Counts()
    relations.forEach { table in
      guard table.isCounted else { return }
      counts.tables += 1
      counts.columns += table.columns.count
      counts.indexes += table.indexes.count
      counts.foreignKeys += table.foreignKeys.count
      if table.primaryKey == nil { counts.tablesWithoutPrimaryKey += 1 }
      counts.foreignKeysWithoutIndex += table.foreignKeys.count { !table.isServed($0) }
    }
    return counts
  }

  /// The file, line and column of a place.
  func position(of place: SQLPlace) -> (file: String, line: Int, column: Int) {
    guard input.texts.indices.contains(place.text) else { return ("", 1, 1) }
    let text = input.texts[place.text]
    let position = text.position(at: place.offset)
    return (text.name, position.line, position.column)
  }

  /// How many findings weigh this much.
  public func count(_ severity: Severity) -> Int { findings.count { $0.severity == severity } }

  /// What could not be parsed or followed, a line each: `file:line:column: reason`.
  ///
  /// - Parameter most: more than these are counted in a last line.
  public func unfollowedLines(atMost most: Int = 20) -> [String] {
    let lines = unfollowed.prefix(most).map { item in
      let place = position(of: item.place)
      return "\(Wording.path(place.file)):\(place.line):\(place.column): \(Wording.sentence(item.reason))"
    }
    return unfollowed.count > most ? lines + ["and \(unfollowed.count - most) more"] : lines
  }
}

extension SchemaReport {
  /// The tables and their relations, for drawing.
  public var diagram: EntityDiagram { EntityDiagram(catalog) }

  /// Whether there is a table of this name, with or without its schema.
  public func hasTable(_ name: String) -> Bool {
    catalog.tables.contains { $0.name.name == name || $0.name.description == name }
  }
}

import SQLSyntax
import SchemaAnalysis
import TextFormats

/// What a database holds after some statements.
struct SchemaState: Sendable {
  var catalog: Catalog
  var others = OtherObjects()
}

/// In what a schema differs from the one before a migration, after its down migration ran.
struct SchemaDifference: Sendable, Hashable, Comparable {
  enum Kind: Int, Sendable { case missing, leftOver, changed }

  let kind: Kind
  /// As: column public.film.title.
  let object: String
  /// What it was and what it is, of what changed.
  let detail: String
  /// Whether it works as before all the same.
  let isSlight: Bool

  init(_ kind: Kind, _ object: String, _ detail: String = "", isSlight: Bool = false) {
    self.kind = kind
    self.object = object
    self.detail = detail
    self.isSlight = isSlight
  }

  var text: String {
    switch kind {
    case .missing: "\(object.forMessage(140)) is missing"
    case .leftOver: "\(object.forMessage(140)) is left over"
    case .changed: "\(object.forMessage(140)) \(detail)"
    }
  }

  static func < (one: Self, other: Self) -> Bool {
    (one.isSlight ? 1 : 0, one.kind.rawValue, one.object) < (other.isSlight ? 1 : 0, other.kind.rawValue, other.object)
  }

  /// - Parameters:
  ///   - before: before the up migration.
  ///   - up: after it.
  ///   - down: after the down migration.
  static func between(_ before: SchemaState, up: SchemaState, down: SchemaState) -> [SchemaDifference] {
    var comparison = Comparison(before: before, up: up, down: down)
    comparison.compare()
    return comparison.differences.sorted()
  }
}

extension String {
  func forMessage(_ most: Int) -> String {
    let text = onOneLine(atMost: most)
    return text.unicodeScalars.count == most ? text + "…" : text
  }
}

private struct Comparison {
  let before: SchemaState
  let up: SchemaState
  let down: SchemaState
  var differences: [SchemaDifference] = []

  private mutating func add(
    _ kind: SchemaDifference.Kind, _ object: String, _ detail: String = "", isSlight: Bool = false
  ) {
    differences.append(SchemaDifference(kind, object, detail, isSlight: isSlight))
  }

  mutating func compare() {
    for schema in before.catalog.schemas.subtracting(down.catalog.schemas) { add(.missing, "schema \(schema)") }
    for schema in down.catalog.schemas.subtracting(before.catalog.schemas) {
      add(.leftOver, "schema \(schema)", isSlight: true)
    }
    let (old, new) = (before.catalog.relations, down.catalog.relations)
    old.forEach { relation in
      let name = relation.name
      guard let other = new[name] else { return add(.missing, "\(word(relation)) \(name)") }
      if relation != other { compare(relation, other) }
      if let changed = up.catalog[name], changed.columns != relation.columns {
        compareRewritten(relation, changed, other)
      }
    }
    new.forEach { if old[$0.name] == nil { add(.leftOver, "\(word($0)) \($0.name)") } }
    compareTypes()
    compareOthers()
  }

  private func word(_ relation: Relation) -> String {
    switch relation.kind {
    case .table, .partitionedTable: "table"
    case .foreignTable: "foreign table"
    case .view: "view"
    case .materializedView: "materialized view"
    }
  }

  private mutating func compareTypes() {
    let (old, new) = (before.catalog.types, down.catalog.types)
    for (name, type) in old {
      guard let other = new[name] else {
        add(.missing, "type \(name)")
        continue
      }
      guard type != other else { continue }
      if case .enumeration(let labels) = type.kind, case .enumeration(let others) = other.kind {
        let more = others.filter { !labels.contains($0) }
        let lost = labels.filter { !others.contains($0) }
        add(
          .changed, "type \(name)",
          more.isEmpty && lost.isEmpty
            ? "has its values in another order"
            : [
              more.isEmpty ? nil : "still has \(more.joined(separator: ", "))",
              lost.isEmpty ? nil : "lacks \(lost.joined(separator: ", "))",
            ].compactMap(\.self).joined(separator: " and "))
      } else {
        add(.changed, "type \(name)", "is defined in another way")
      }
    }
    for name in new.keys where old[name] == nil { add(.leftOver, "type \(name)") }
  }

  private mutating func compareOthers() {
    guard before.others != down.others else { return }
    let (old, new) = (before.others.all, down.others.all)
    for (name, definition) in old {
      guard let other = new[name] else {
        // A view that is missing was told of as a relation.
        if name.kind != .view || down.catalog[name.object] != nil { add(.missing, words(name)) }
        continue
      }
      guard definition != other else { continue }
      let isSlight = Self.squeezed(definition) == Self.squeezed(other)
      add(
        .changed, words(name),
        isSlight ? "differs in blanks alone" : "is defined in another way than before", isSlight: isSlight)
    }
    for name in new.keys where old[name] == nil {
      if name.kind == .view, before.catalog[name.object] == nil { continue }
      add(.leftOver, words(name), isSlight: name.kind == .extension)
    }
  }

  private func words(_ name: OtherObjects.Name) -> String {
    switch name.kind {
    case .extension: "extension \(name.object.name)"
    case .function, .aggregate: "\(name.kind.rawValue) \(name.object)(\(name.detail))"
    case .sequence, .view, .statistics: "\(name.kind.rawValue) \(name.object)"
    case .trigger, .policy, .rule, .option: "\(name.kind.rawValue) \(name.detail) of \(name.object)"
    }
  }

  /// Without blanks, as they stand escaped in a definition.
  private static func squeezed(_ definition: String) -> String {
    var text = definition
    for blank in ["\\n", "\\t", "\\r"] { text = text.replacing(blank, with: " ") }
    return text.split(separator: " ").joined(separator: " ")
  }

  // MARK: One relation

  private mutating func compare(_ old: Relation, _ new: Relation) {
    let name = old.name
    if old.kind != new.kind { add(.changed, "\(word(old)) \(name)", "is now a \(word(new))") }
    if old.persistence != new.persistence { add(.changed, "\(word(old)) \(name)", "differs in UNLOGGED") }
    if old.parents != new.parents || old.isPartition != new.isPartition || old.partitionKey != new.partitionKey {
      add(.changed, "\(word(old)) \(name)", "inherits or is partitioned in another way")
    }
    if old.columnsAreKnown, new.columnsAreKnown { compareColumns(old, new) }
    compareKeys(old, new)
    compareNamed("foreign key", name, old.foreignKeys, new.foreignKeys, \.name) { first, second in
      if first.onDelete != second.onDelete || first.onUpdate != second.onUpdate {
        return "differs in ON DELETE or ON UPDATE"
      }
      if first.isValidated != second.isValidated { return "differs in being validated" }
      return first.columns == second.columns && first.references == second.references
        && first.referencedColumns == second.referencedColumns ? nil : "is defined in another way"
    }
    compareNamed("constraint", name, old.checks, new.checks, \.name) { first, second in
      if first.isValidated != second.isValidated { return "differs in being validated" }
      return Expressions.same(first.text, second.text) ? nil : "is defined in another way"
    }
    let (indexes, others) = (old.indexes, new.indexes)
    compareNamed(
      "index", name, indexes.filter { $0.origin == .statement || $0.origin == .exclusion },
      others.filter { $0.origin == .statement || $0.origin == .exclusion }, \.name, Self.difference)
  }

  private mutating func compareColumns(_ old: Relation, _ new: Relation) {
    let (columns, others) = (
      Dictionary(old.columns.map { ($0.name, $0) }) { first, _ in first },
      Dictionary(new.columns.map { ($0.name, $0) }) { first, _ in first }
    )
    for column in old.columns {
      let object = "column \(old.name).\(column.name)"
      guard let other = others[column.name] else {
        add(.missing, object)
        continue
      }
      if column.type.text != other.type.text {
        add(.changed, object, "is \(other.type.text) instead of \(column.type.text)")
      }
      if column.notNull != other.notNull {
        add(.changed, object, column.notNull ? "is no longer NOT NULL" : "is NOT NULL, which it was not")
      }
      let (first, second) = (Self.given(column), Self.given(other))
      if first.isPresent != second.isPresent {
        add(.changed, object, first.isPresent ? "has lost its default" : "has a default, which it had not")
      } else if column.isSerial != other.isSerial {
        add(.changed, object, "has another default than before")
      } else if !column.isSerial, let one = first.text, let two = second.text, !Expressions.same(one, two) {
        add(.changed, object, "has another default than before")
      }
      if column.identity != other.identity || column.isGenerated != other.isGenerated {
        add(.changed, object, "is filled in another way (identity or generated)")
      }
    }
    for column in new.columns where columns[column.name] == nil { add(.leftOver, "column \(new.name).\(column.name)") }
  }

  private static func given(_ column: Column) -> (isPresent: Bool, text: String?) {
    let text = column.defaultText.flatMap { $0.uppercased() == "NULL" ? nil : $0 }
    return (text != nil || column.isSerial, text)
  }

  private mutating func compareKeys(_ old: Relation, _ new: Relation) {
    let name = old.name
    switch (old.primaryKey, new.primaryKey) {
    case (let key?, nil): add(.missing, "primary key \(key.name) of \(name)")
    case (nil, let key?): add(.leftOver, "primary key \(key.name) of \(name)")
    case (let key?, let other?) where key.columns != other.columns || key.name != other.name:
      add(.changed, "primary key of \(name)", "is another one than before")
    default: break
    }
    compareNamed("unique constraint", name, old.uniqueConstraints, new.uniqueConstraints, \.name) {
      $0.columns == $1.columns && $0.nullsNotDistinct == $1.nullsNotDistinct ? nil : "is defined in another way"
    }
  }

  private mutating func compareNamed<Element>(
    _ word: String, _ table: ObjectName, _ old: [Element], _ new: [Element], _ name: (Element) -> String,
    _ difference: (Element, Element) -> String?
  ) {
    let others = Dictionary(new.map { (name($0), $0) }) { first, _ in first }
    let names = Set(old.map(name))
    for element in old {
      guard let other = others[name(element)] else {
        add(.missing, "\(word) \(name(element)) of \(table)")
        continue
      }
      if let detail = difference(element, other) { add(.changed, "\(word) \(name(element)) of \(table)", detail) }
    }
    for element in new where !names.contains(name(element)) {
      add(.leftOver, "\(word) \(name(element)) of \(table)")
    }
  }

  private static func difference(_ old: Index, _ new: Index) -> String? {
    if old.isUnique != new.isUnique { return "is \(new.isUnique ? "unique, which it was not" : "no longer unique")" }
    let isSame =
      old.keys.count == new.keys.count && old.method == new.method && old.included == new.included
      && zip(old.keys, new.keys).allSatisfy { first, second in
        first.descending == second.descending && first.nullsFirst == second.nullsFirst
          && first.operatorClass == second.operatorClass && first.column == second.column
          && (first.column != nil || Expressions.same(first.text, second.text))
      }
    if !isSame { return "is defined in another way" }
    switch (old.predicate, new.predicate) {
    case (nil, nil): return nil
    case (let one?, let two?): return Expressions.same(one, two) ? nil : "has another WHERE"
    default: return "has \(new.predicate == nil ? "no longer a" : "a new") WHERE"
    }
  }

  /// Changing a column's type there and back leaves casts in expressions that mix it with another column of the type.
  private mutating func compareRewritten(_ old: Relation, _ changed: Relation, _ new: Relation) {
    let types = Dictionary(changed.columns.map { ($0.name, $0.type.text) }) { first, _ in first }
    for column in old.columns {
      guard let type = types[column.name], type != column.type.text,
        new.column(column.name)?.type.text == column.type.text
      else { continue }
      let others = Set(old.columns.filter { $0.type.text == column.type.text && $0.name != column.name }.map(\.name))
      for index in old.indexes {
        let texts = index.keys.filter { $0.column == nil }.map(\.text) + [index.predicate].compactMap(\.self)
        if texts.contains(where: { Expressions.mix($0, column.name, others) }),
          new.indexes.contains(where: { $0.name == index.name })
        {
          add(
            .changed, "index \(index.name) of \(old.name)",
            "keeps casts in its expression, since the type of \(column.name) changed there and back", isSlight: true)
        }
      }
    }
  }
}

/// Expressions as they stand in a text.
enum Expressions {
  /// Longer ones are compared as text.
  private static let longest = 20_000

  /// Whether two mean the same, as far as their form tells.
  static func same(_ one: String, _ other: String) -> Bool {
    if one == other { return true }
    guard one.utf8.count < longest, other.utf8.count < longest else { return false }
    guard let first = parsed(one), let second = parsed(other) else { return false }
    return first.structure == second.structure
  }

  private static func parsed(_ expression: String) -> SyntaxNode? {
    let text = SQLText(name: "", "SELECT (\(expression))")
    var scanner = StatementScanner(text)
    guard case .statement(let statement)? = scanner.next() else { return nil }
    let node = SQLParser.parse(statement, of: text).node["SelectStmt"]["targetList"]
    return node.isPresent ? node : nil
  }

  /// Whether a column stands beside one of others in a form that brings all its parts to one type.
  static func mix(_ expression: String, _ column: String, _ others: Set<String>) -> Bool {
    guard expression.utf8.count < longest, let node = parsed(expression) else { return false }
    return node.descendants.contains { part in
      guard part.is("CoalesceExpr") || part.is("MinMaxExpr") || part.is("CaseExpr") else { return false }
      let columns = part.descendants.compactMap { $0.is("ColumnRef") ? $0["ColumnRef"]["fields"].names.last : nil }
      return columns.contains(column) && !others.isDisjoint(with: columns)
    }
  }
}

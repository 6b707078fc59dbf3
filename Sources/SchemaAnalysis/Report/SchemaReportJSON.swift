private import Foundation
private import SQLSyntax
public import TextFormats

extension SchemaReport {
  /// What the contract for `schema --format json` says; more fields may come.
  public var json: JSON { streamed.whole }

  /// The same, to be written.
  public var streamed: StreamedJSON {
    let tables = catalog.tables
    return .object([
      ("files", .value(.strings(input.texts.map(\.name)))),
      ("tables", .items(count: tables.count) { Self.json(tables[$0]) }),
      (
        "counts",
        .value(
          .object([
            "tables": .init(counts.tables), "columns": .init(counts.columns), "indexes": .init(counts.indexes),
            "foreign_keys": .init(counts.foreignKeys), "tables_without_pk": .init(counts.tablesWithoutPrimaryKey),
            "fk_without_index": .init(counts.foreignKeysWithoutIndex),
          ]))
      ),
      ("findings", .items(count: findings.count) { json(findings[$0]) }),
      ("allowed", .items(count: allowed.count) { json(allowed[$0].finding, reason: allowed[$0].reason) }),
      ("unfollowed", .items(count: unfollowed.count) { json(unfollowed[$0]) }),
      (
        "remarks",
        .value(
          .array((input.remarks + remarks).map { .object(["file": .string($0.file), "message": .string($0.message)]) }))
      ),
    ])
  }

  private func json(_ item: Unfollowed) -> JSON {
    let place = position(of: item.place)
    return .object([
      "file": .string(place.file), "line": .init(place.line), "column": .init(place.column),
      "reason": .string(item.reason),
    ])
  }

  private static func json(_ table: Relation) -> JSON {
    .object([
      "name": .string(table.name.description),
      "columns": .array(
        table.columns.map {
          .object(["name": .string($0.name), "type": .string($0.type.text), "not_null": .bool($0.notNull)])
        }),
      "primary_key": .strings(table.primaryKey?.columns ?? []),
      "foreign_keys": .array(
        table.foreignKeys.map { key in
          .object([
            "columns": .strings(key.columns), "references": .string(key.references.description),
            "referenced_columns": .strings(key.referencedColumns), "indexed": .bool(table.isServed(key)),
            "name": .string(key.name), "on_delete": .string(key.onDelete.rawValue),
            "validated": .bool(key.isValidated),
          ])
        }),
      "indexes": .array(
        table.indexes.map { index in
          .object([
            "name": .string(index.name),
            "columns": .array(index.keys.map { $0.column.map(JSON.string) ?? .null }),
            "keys": .strings(index.keys.map(\.text)), "unique": .bool(index.isUnique),
            "primary": .bool(index.origin == .primaryKey), "method": .string(index.method),
            "included": .strings(index.included),
            "predicate": index.predicate.map(JSON.string) ?? .null, "valid": .bool(index.isValid),
          ])
        }),
      "partition": .bool(table.isPartition), "columns_known": .bool(table.columnsAreKnown),
    ])
  }

  private func json(_ finding: SchemaFinding, reason: String? = nil) -> JSON {
    let place = position(of: finding.place)
    let members: [JSON.Member] = [
      .init("rule", .string(finding.rule)), .init("severity", .string(finding.severity.rawValue)),
      .init("table", .string(finding.table.description)), .init("file", .string(place.file)),
      .init("line", .init(place.line)), .init("column", .init(place.column)),
      .init("message", .string(finding.message)), .init("remedy", .string(finding.remedy)),
      .init("columns", .strings(finding.columns)),
    ]
    return .object(members + (reason.map { [.init("reason", .string($0))] } ?? []))
  }
}

extension JSON {
  init(_ count: Int) { self = .number(.init(count)) }
}

import Foundation
import SQLSyntax
import SchemaAnalysis
import Testing

/// Real schemas and migrations, against what PostgreSQL's catalogue held after them.
@Suite(
  "Catalogues of the corpus", .disabled(if: !FileManager.default.fileExists(atPath: Corpus.folder), "no corpus here"))
struct CorpusTests {
  @Test(arguments: ["adventureworks", "chinook", "northwind", "pagila", "panoptes", "quartz"])
  func schema(_ name: String) throws {
    let path = "\(Corpus.folder)/schemas/\(name).sql"
    let text = SQLText(name: path, bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    let truth = try Corpus.read(Truth.self, "schemas/\(name).sql.truth.json")
    compare(SchemaModel(SQLInput([text])).catalog, with: truth)
  }

  /// The truth was read after each migration had been applied, undone and applied again.
  @Test(arguments: ["concourse", "nakama"])
  func migrations(_ name: String) throws {
    let set = try Corpus.read(MigrationSet.self, "migrations/\(name).migrations.json")
    let truth = try Corpus.read(MigrationTruth.self, "migrations/\(name).truth.json")
    var input = SQLInput([])
    for (migration, run) in zip(set.migrations, truth.per_migration) {
      try #require(migration.id == run.id)
      let again = run.up_ok && run.down_ok == true ? [migration.down ?? "", migration.up] : []
      for sql in [migration.up] + again {
        let text = SQLText(name: migration.id, sql)
        input.steps.append(
          MigrationStep(
            name: migration.id, up: [SQLSection(text: input.texts.count, range: text.bytes.indices)], down: nil,
            transaction: run.up_transaction == "own" ? .none : .wrapped))
        input.texts.append(text)
      }
    }
    let model = SchemaModel(input)
    compare(model.catalog, with: truth.final)
    let refused = Set(model.unfollowed.filter(\.isRefused).map { input.texts[$0.place.text].name })
    for run in truth.per_migration { #expect(refused.contains(run.id) == !(run.up_ok && run.up_again_ok != false)) }
  }

  private func compare(_ catalog: Catalog, with truth: Truth) {
    let tables = catalog.tables
    #expect(tables.map(\.name.description) == truth.tables.keys.sorted { ObjectName($0) < ObjectName($1) })
    for table in tables {
      guard let expected = truth.tables[table.name.description] else { continue }
      let columns = table.columns.map { Truth.Column(name: $0.name, type: $0.type.text, not_null: $0.notNull) }
      #expect(columns == expected.columns, "\(table.name)")
      #expect(table.primaryKey?.columns == expected.primary_key, "\(table.name)")
      #expect(table.indexes.count == expected.indexes, "\(table.name)")
    }
    let keys = tables.flatMap { table in
      table.foreignKeys.map { key in
        Truth.ForeignKey(
          table: table.name.description, name: key.name, columns: key.columns, ref_table: key.references.description,
          ref_columns: key.referencedColumns, on_delete: key.onDelete.rawValue, on_update: key.onUpdate.rawValue,
          validated: key.isValidated, inherited: key.isInherited,
          index_any_order: table.indexes.contains { $0.serves(key.columns) })
      }
    }
    #expect(Set(keys) == Set(truth.foreign_keys))
    #expect(keys.count == truth.counts.foreign_keys)
    #expect(keys.count { !$0.index_any_order } == truth.counts.fk_without_index_any_order)
    #expect(tables.reduce(0) { $0 + $1.columns.count } == truth.counts.columns)
    #expect(tables.reduce(0) { $0 + $1.indexes.count } == truth.counts.indexes)
    #expect(tables.count { $0.primaryKey == nil } == truth.counts.tables_without_pk)
  }
}

private enum Corpus {
  static let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../shared/corpora/sql")
    .standardizedFileURL.path

  static func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
  }
}

extension ObjectName {
  /// Of a name with its schema before a period.
  fileprivate init(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1)
    self.init(String(parts.first ?? ""), String(parts.last ?? ""))
  }
}

private struct Truth: Decodable {
  struct Column: Decodable, Hashable {
    let name: String
    let type: String
    let not_null: Bool
  }
  struct Table: Decodable {
    let columns: [Column]
    let primary_key: [String]?
    let indexes: Int
  }
  struct ForeignKey: Decodable, Hashable {
    let table: String
    let name: String
    let columns: [String]
    let ref_table: String
    let ref_columns: [String]
    let on_delete: String
    let on_update: String
    let validated: Bool
    let inherited: Bool
    let index_any_order: Bool
  }
  struct Counts: Decodable {
    let columns: Int
    let indexes: Int
    let foreign_keys: Int
    let fk_without_index_any_order: Int
    let tables_without_pk: Int
  }
  let tables: [String: Table]
  let foreign_keys: [ForeignKey]
  let counts: Counts
}

private struct MigrationSet: Decodable {
  struct Migration: Decodable {
    let id: String
    let up: String
    let down: String?
  }
  let migrations: [Migration]
}

private struct MigrationTruth: Decodable {
  struct Run: Decodable {
    let id: String
    let up_ok: Bool
    let down_ok: Bool?
    let up_again_ok: Bool?
    let up_transaction: String
  }
  let final: Truth
  let per_migration: [Run]
}

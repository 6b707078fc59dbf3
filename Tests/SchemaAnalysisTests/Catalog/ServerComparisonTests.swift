import Foundation
import SQLSyntax
import SchemaAnalysis
import TestSupport
import Testing

/// The catalogue that the builder arrives at, against the one that a PostgreSQL has after the same statements.
@Suite(
  "The catalogue is PostgreSQL's", .serialized,
  .disabled(if: InstalledPostgreSQL.absence != nil, "no PostgreSQL server here"))
struct ServerComparisonTests {
  private static let server = Result { try PostgreSQLServer() }

  @Test("After scripts of all kinds")
  func scripts() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Catalog/scripts.sql")
    let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n-- == ").dropFirst()
    let scripts = parts.map { part in
      let name = String(part.prefix { $0 != "\n" })
      return (name: name, sql: String(part.dropFirst(name.count)))
    }
    #expect(scripts.count >= 130)
    try compare(scripts)
  }

  @Test("After random DDL")
  func random() throws {
    let seeds = 1...UInt64(size(60, full: 3_000))
    try compare(
      seeds.map { seed in
        var generator = DDLGenerator(seed: seed)
        return (name: "seed \(seed)", sql: generator.script(statements: 14))
      })
  }

  private func compare(_ scripts: [(name: String, sql: String)]) throws {
    // A server that has parsed one plan's worth of scripts is asked for all at once; soak asks in parts.
    for start in stride(from: 0, to: scripts.count, by: 250) {
      let part = Array(scripts[start..<min(start + 250, scripts.count)])
      let found = try Self.server.get().output(
        of: Self.prepared + part.map { Self.run($0.sql) }.joined())
      let catalogues = found.components(separatedBy: "<<catalogue>>\n").dropFirst()
      try #require(catalogues.count == part.count)
      for (script, catalogue) in zip(part, catalogues) {
        let expected = Set(catalogue.split(separator: "\n").map(String.init))
        let model = SchemaModel(SQLInput([SQLText(name: script.name, script.sql)]))
        let lines = Set(CatalogLines.lines(of: model.catalog))
        #expect(
          lines == expected,
          "\(script.name): missing \(expected.subtracting(lines).sorted()), extra \(lines.subtracting(expected).sorted())"
        )
      }
    }
  }

  private static let prepared = """
    \\set ON_ERROR_ROLLBACK on
    SET client_min_messages = error;
    PREPARE lines AS \(CatalogQuery.sql)

    """

  /// A script in an empty database, and the catalogue behind it. What a refused statement says is not asked for.
  private static func run(_ sql: String) -> String {
    """
    ROLLBACK;
    RESET search_path;
    DISCARD TEMP;
    DO $$ DECLARE one record; BEGIN
      FOR one IN SELECT extname AS name FROM pg_extension WHERE extname <> 'plpgsql' LOOP
        EXECUTE format('DROP EXTENSION %I CASCADE', one.name);
      END LOOP;
      FOR one IN SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', one.name);
      END LOOP;
    END $$;
    CREATE SCHEMA public;
    \\o /dev/null
    \(sql)
    \\o
    \\echo <<catalogue>>
    ROLLBACK;
    RESET search_path;
    EXECUTE lines;

    """
  }
}

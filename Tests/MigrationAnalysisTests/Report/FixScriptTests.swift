import MigrationAnalysis
import SQLSyntax
import SchemaAnalysis
import TestSupport
import Testing

/// The safe sequence of a whole set.
@Suite struct FixScriptTests {
  private static func fix(_ input: SQLInput, deployed: Int) -> String {
    var settings = MigrationSettings(
      postgres: 15, sizes: TableSizes(others: RowCount(5_000_000...5_000_000, origin: "a test")))
    settings.deployedSteps = deployed
    let review = MigrationReview(input, settings)
    return MigrationReport(
      input, findings: review.findings, unfollowed: review.unfollowed, remarks: [], postgres: 15, deployed: deployed
    ).fix
  }

  /// Each table's columns, keys and indexes, whatever their order.
  private static func lines(_ model: SchemaModel) -> Set<String> {
    var lines: Set<String> = []
    for table in model.catalog.tables {
      for column in table.columns {
        lines.insert(
          "\(table.name).\(column.name) \(column.type.text) \(column.notNull) \(column.isSerial ? "nextval" : column.defaultText ?? "")"
        )
      }
      for index in table.indexes {
        lines.insert("\(table.name) index \(index.name) \(index.isUnique) \(index.origin) \(index.keys.map(\.text))")
      }
      for key in table.foreignKeys {
        lines.insert("\(table.name) \(key.columns) to \(key.references) \(key.referencedColumns) \(key.onDelete)")
      }
      for check in table.checks { lines.insert("\(table.name) check \(check.text)") }
    }
    return lines
  }

  /// What the migrations leave, and what the script leaves behind the deployed ones.
  private static func compare(_ input: SQLInput, deployed: Int) -> (old: Set<String>, new: Set<String>, script: String)
  {
    let script = fix(input, deployed: deployed)
    let before = input.steps.prefix(deployed).flatMap(\.up).map { input.texts[$0.text][$0.range] }
    let whole = SchemaModel(SQLInput([SQLText(name: "fix", before.joined(separator: "\n") + script)]))
    #expect(whole.unfollowed.map(\.reason) == [], "\(script)")
    return (lines(SchemaModel(input)), lines(whole), script)
  }

  private static let setup = """
    CREATE TABLE shops (id bigint PRIMARY KEY);
    CREATE TABLE orders (
      id bigint PRIMARY KEY, region text DEFAULT 'north' NOT NULL, code text NOT NULL UNIQUE, total numeric,
      shop bigint REFERENCES shops (id) ON DELETE CASCADE, state text);
    CREATE INDEX orders_region_idx ON orders (region, total DESC);
    """

  @Test(
    "What the migrations leave, the safe sequence leaves",
    arguments: [
      "ALTER TABLE orders RENAME COLUMN region TO area;", "ALTER TABLE orders RENAME COLUMN code TO number;",
      "ALTER TABLE orders RENAME COLUMN shop TO branch;",
      // Of several changes only some are replaced, and the others stay.
      "ALTER TABLE orders ADD COLUMN a double precision DEFAULT random(), ADD COLUMN b bigint, ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES shops (id), ALTER COLUMN state SET DEFAULT 'new';",
      "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0), ADD COLUMN note text, ADD UNIQUE (note), DROP COLUMN state;",
      // The column that is dropped may have nothing to do with the new one.
      "ALTER TABLE orders DROP COLUMN state, ADD COLUMN remark text;",
      "ALTER TABLE orders DROP COLUMN state; ALTER TABLE orders ADD COLUMN remark text;",
      "CREATE INDEX a ON orders (total); ALTER TABLE orders ADD UNIQUE (state); DROP INDEX orders_region_idx;",
    ])
  func same(_ sql: String) {
    let (old, new, script) = Self.compare(ups(Self.setup, sql), deployed: 1)
    #expect(new.subtracting(old) == [], "\(script)")
    #expect(old.subtracting(new) == [], "\(script)")
    #expect(!script.contains("not divided"))
  }

  private static let changes = [
    "RENAME COLUMN {old} TO {new}", "DROP COLUMN {old}", "ADD COLUMN {new} text",
    "ADD COLUMN {new} uuid NOT NULL DEFAULT gen_random_uuid()", "ADD COLUMN {new} bigint REFERENCES shops (id)",
    "ALTER COLUMN {old} SET NOT NULL", "ADD UNIQUE ({old})", "ADD CONSTRAINT {new}_c CHECK ({old} IS NOT NULL)",
    "ADD CHECK ({old} IS NOT NULL)", "ALTER COLUMN {old} DROP NOT NULL", "ADD COLUMN {new} bigserial",
    "ADD COLUMN {new} int DEFAULT 3, ADD CONSTRAINT {new}_f FOREIGN KEY (id) REFERENCES shops (id), ADD CHECK ({new} < 5)",
    "ADD COLUMN {new} text, DROP COLUMN {old}, ALTER COLUMN {other} SET NOT NULL",
    "DROP CONSTRAINT orders_code_key, ADD CONSTRAINT orders_code_key UNIQUE (code)",
  ]

  @Test("What random migrations leave, their safe sequences leave", arguments: 0..<120 as Range<UInt64>)
  func random(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var sql = ""
    for number in 0..<Int.random(in: 1...3, using: &random) {
      let columns = ["region", "code", "total", "shop", "state"].shuffled(using: &random)
      sql += "ALTER TABLE orders \(Self.changes.randomElement(using: &random) ?? "");\n"
        .replacing("{old}", with: columns[0]).replacing("{other}", with: columns[1]).replacing(
          "{new}", with: "n\(number)")
    }
    let input = ups(Self.setup, sql)
    // What PostgreSQL would refuse itself shows nothing.
    guard SchemaModel(input).unfollowed.isEmpty else { return }
    let (old, new, script) = Self.compare(input, deployed: 1)
    #expect(new.subtracting(old) == [], "\(sql)\(script)")
    // A check of a column that gives way is named in a comment alone.
    let lost = old.subtracting(new).filter { !script.contains("-- The check") || !$0.contains(" check ") }
    #expect(lost == [], "\(sql)\(script)")
  }

  @Test("Where later statements stand on what one does at once, the migration stays as it is, and says why")
  func reused() {
    let sql = "ALTER TABLE orders RENAME COLUMN region TO region_old; ALTER TABLE orders ADD COLUMN region bigint;"
    let (old, new, script) = Self.compare(ups(Self.setup, sql), deployed: 1)
    #expect(old == new)
    #expect(
      script.contains("not divided, since public.orders has a column region already; its findings say what to do"))
  }

  @Test("What takes long and blocks nobody is not cut short")
  func limits() {
    let script = Self.fix(ups(Self.setup, "ALTER TABLE orders RENAME COLUMN region TO area;"), deployed: 1)
    var limit = ""
    var checked = 0
    for line in script.split(separator: "\n") {
      if line.hasPrefix("SET statement_timeout") { limit = String(line) }
      if line.contains("VALIDATE CONSTRAINT") || line.hasPrefix("CREATE INDEX CONCURRENTLY") {
        checked += 1
        #expect(limit == "SET statement_timeout = 0;", "\(script)")
      }
      if line.contains("DROP COLUMN") { #expect(limit == "SET statement_timeout = '30s';", "\(script)") }
    }
    #expect(checked == 2)
  }

  @Test("A changed type: the old column is dropped last, and the rest comes before")
  func type() {
    let sql = "ALTER TABLE orders ALTER COLUMN total TYPE bigint, ADD COLUMN note text;"
    let (_, new, script) = Self.compare(ups(Self.setup, sql), deployed: 1)
    #expect(new.contains("public.orders.note text false "))
    #expect(new.contains("public.orders.total_new bigint false "))
    #expect(script.contains("ON orders (region, total_new DESC);"))
    #expect(
      script.hasSuffix(
        "ALTER TABLE orders DROP COLUMN total;\nALTER INDEX orders_region_total_new_idx RENAME TO orders_region_idx;\n")
    )
  }
}

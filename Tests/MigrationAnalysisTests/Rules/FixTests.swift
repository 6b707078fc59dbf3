import MigrationAnalysis
import SQLSyntax
import SchemaAnalysis
import TestSupport
import Testing

/// What is given to copy in place of an unsafe statement.
@Suite struct FixTests {
  static let setup = """
    CREATE SCHEMA shop;
    CREATE TABLE customers (id bigint PRIMARY KEY, name text);
    CREATE TABLE orders (
      id integer, number bigint, customer_id bigint, total numeric(10,2), amount integer, region text, "Note" text,
      state text);
    CREATE TABLE shop.orders (id integer, region varchar(20));
    CREATE INDEX orders_region ON orders (region);
    CREATE INDEX shop_region ON shop.orders (region);
    CREATE TABLE parts (id integer) PARTITION BY RANGE (id);
    CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (10);

    """

  static let statements = [
    "ALTER TABLE orders ADD COLUMN area text NOT NULL",
    "ALTER TABLE shop.orders ADD COLUMN IF NOT EXISTS area varchar(20) COLLATE \"C\" NOT NULL",
    "ALTER TABLE orders ADD a integer, ADD \"Area\" numeric(10, 2) CONSTRAINT there NOT NULL CHECK (\"Area\" > 0)",
    "ALTER TABLE orders ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid()",
    "ALTER TABLE orders ADD COLUMN public_id uuid DEFAULT gen_random_uuid() UNIQUE",
    "ALTER TABLE shop.orders ADD COLUMN n bigserial",
    "ALTER TABLE orders ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE orders ADD COLUMN whole numeric GENERATED ALWAYS AS (total * amount) STORED",
    "ALTER TABLE orders ALTER COLUMN region SET NOT NULL",
    "ALTER TABLE orders ALTER \"Note\" SET NOT NULL, ALTER region SET NOT NULL",
    "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers",
    "ALTER TABLE ONLY orders ADD CONSTRAINT f FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE",
    "ALTER TABLE orders ADD COLUMN buyer bigint DEFAULT 1 REFERENCES customers (id)",
    "ALTER TABLE orders ADD CONSTRAINT paid CHECK (total >= 0)",
    "ALTER TABLE orders ADD CHECK (total >= 0 AND region <> 'a, b')",
    "ALTER TABLE orders ADD UNIQUE (number, region)",
    "ALTER TABLE shop.orders ADD CONSTRAINT one UNIQUE (id)",
    "ALTER TABLE orders ADD COLUMN n bigint UNIQUE",
    "ALTER TABLE orders ADD PRIMARY KEY (id)",
    "ALTER TABLE shop.orders ADD COLUMN key bigserial PRIMARY KEY",
    "ALTER TABLE orders ADD COLUMN key uuid PRIMARY KEY",
    "ALTER TABLE orders ALTER COLUMN id TYPE bigint",
    "ALTER TABLE orders ALTER COLUMN state TYPE integer USING CASE state WHEN 'new' THEN 0 ELSE 1 END, ADD x text",
    "ALTER TABLE orders RENAME COLUMN region TO area",
    "ALTER TABLE shop.orders RENAME COLUMN region TO \"select\"",
    "ALTER TABLE orders RENAME TO purchases",
    "ALTER TABLE shop.orders RENAME TO \"Purchases\"",
    "CREATE INDEX orders_number ON orders (number)",
    "CREATE UNIQUE INDEX IF NOT EXISTS orders_number ON shop.orders USING btree (id) WHERE region IS NOT NULL",
    "CREATE INDEX ON orders (number)",
    "CREATE INDEX parts_id ON parts (id)",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_number ON orders (number)",
    "DROP INDEX orders_region",
    "DROP INDEX IF EXISTS shop.shop_region, orders_region",
    "REINDEX INDEX orders_region",
    "REINDEX (VERBOSE) TABLE shop.orders",
    "ALTER TABLE parts DETACH PARTITION part",
  ]

  private static func settings(_ postgres: Int = 15) -> MigrationSettings {
    var settings = MigrationSettings(
      postgres: postgres, sizes: TableSizes(others: RowCount(5_000_000...5_000_000, origin: "a test")))
    settings.deployedSteps = 1
    return settings
  }

  private static func fixes(_ sql: String, _ postgres: Int = 15) -> [(rule: String, fix: [String])] {
    review([setup, sql], settings: settings(postgres)).findings.filter { !$0.fix.isEmpty }
      .map { ($0.rule, $0.fix) }
  }

  @Test(arguments: Self.statements) func areSafeThemselves(_ sql: String) {
    let fixes = Self.fixes(sql)
    #expect(!fixes.isEmpty)
    for (rule, fix) in fixes {
      let again = review([Self.setup, fix.joined(separator: "\n")], transaction: .none, settings: Self.settings())
      let errors = again.findings.filter { $0.severity == .error }.map { "\($0.rule): \($0.statement)" }
      #expect(errors == [], "\(rule): \(fix)")
      #expect(again.unfollowed.map(\.reason) == [], "\(rule): \(fix)")
      #expect(again.findings.filter { $0.rule == rule }.map(\.statement) == [], "\(fix)")
    }
  }

  static var script: String {
    var script = "SET client_min_messages = warning; RESET search_path;\n"
    for (index, sql) in statements.enumerated() {
      for (rule, fix) in fixes(sql) where !rule.hasSuffix("-timeout") {
        script += """
          DROP SCHEMA IF EXISTS public CASCADE; DROP SCHEMA IF EXISTS shop CASCADE; CREATE SCHEMA public;
          SET client_min_messages = notice; \(Postgres.mark("\(index) \(rule)")) SET client_min_messages = warning;
          \(Self.setup)
          \(fix.joined(separator: "\n"))

          """
      }
    }
    return script
  }

  @Test(.enabled(if: InstalledPostgreSQL.absence == nil, "\(InstalledPostgreSQL.absence ?? "")"))
  func areTakenByTheServer() throws {
    let remarks = try Postgres.run.get().fixes
    let marks = remarks.filter { $0.contains("mark ") }
    #expect(marks.count >= Self.statements.count)
    var mark = ""
    for remark in remarks {
      if remark.contains("mark ") { mark = remark }
      #expect(!remark.hasPrefix("ERROR"), "\(mark): \(remark)")
    }
  }

  @Test func followsTheVersion() throws {
    let sql = "ALTER TABLE orders ALTER COLUMN region SET NOT NULL"
    func fixes(_ sql: String, _ postgres: Int) -> [(rule: String, fix: [String])] {
      Self.fixes(sql, postgres).filter { $0.rule == "adding-not-nullable-field" }
    }
    #expect(
      fixes(sql, 18).first?.fix == [
        "SET lock_timeout = '1s';",
        "ALTER TABLE orders ADD CONSTRAINT orders_region_not_null NOT NULL region NOT VALID;",
        "ALTER TABLE orders VALIDATE CONSTRAINT orders_region_not_null;",
      ])
    #expect(
      fixes(sql, 15).first?.fix == [
        "SET lock_timeout = '1s';",
        "ALTER TABLE orders ADD CONSTRAINT orders_region_not_null CHECK (region IS NOT NULL) NOT VALID;",
        "ALTER TABLE orders VALIDATE CONSTRAINT orders_region_not_null;",
        "ALTER TABLE orders ALTER COLUMN region SET NOT NULL;",
        "ALTER TABLE orders DROP CONSTRAINT orders_region_not_null;",
      ])
    #expect(fixes(sql, 11).first?.fix.count == 3)
  }
}

import Foundation
import MigrationAnalysis
import SQLSyntax
import SchemaAnalysis
import TestSupport
import Testing

/// What statements cost: in words here, and in a server.
@Suite struct OperationTests {
  static let setup = """
    CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
    CREATE DOMAIN plain AS text;
    CREATE TABLE customers (id bigint PRIMARY KEY, name text);
    CREATE TABLE orders (
      id integer NOT NULL, customer_id bigint, price numeric(10,2), amount integer, note text, region varchar(20),
      code char(4), at timestamp(3), zoned timestamptz, flags varbit(8), "bits" bit(8), address inet, net cidr, extra xml,
      tags text[], labels varchar(10)[], tag plain, weight numeric, length varchar, checked varchar(10) CHECK (checked <> ''),
      shape json, clock time(0), span interval, mark positive);
    CREATE UNIQUE INDEX orders_id ON orders (id);
    CREATE UNIQUE INDEX orders_note ON orders (note);
    CREATE INDEX orders_region ON orders (region);
    CREATE FUNCTION always() RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1';
    CREATE TABLE parts (id integer) PARTITION BY RANGE (id);
    CREATE TABLE part (id integer);
    INSERT INTO part VALUES (1);
    CREATE MATERIALIZED VIEW totals AS SELECT 1 AS one;
    INSERT INTO customers VALUES (1, 'a');
    INSERT INTO orders (id, customer_id, price, amount, note, region, checked)
      VALUES (1, 1, 1, 1, 'a', 'b', 'c'), (2, 1, 1, 1, 'b', 'b', 'c');

    """

  struct Case: Sendable, CustomStringConvertible {
    let sql: String
    let work: OperationClass?
    /// Statements before it.
    let before: String
    var description: String { sql }

    init(_ work: OperationClass?, _ sql: String, after before: String = "") {
      (self.sql, self.work, self.before) = (sql, work, before)
    }
  }

  private static func type(_ work: OperationClass?, _ column: String, _ type: String) -> Case {
    Case(work, "ALTER TABLE orders ALTER COLUMN \(column) TYPE \(type)")
  }

  static let cases: [Case] = [
    Case(.metadata, "ALTER TABLE orders ADD COLUMN a text"),
    Case(.metadata, "ALTER TABLE orders ADD COLUMN a text NOT NULL DEFAULT 'x'"),
    Case(.metadata, "ALTER TABLE orders ADD COLUMN a timestamptz DEFAULT now()"),
    Case(.metadata, "ALTER TABLE orders ADD COLUMN a timestamptz DEFAULT now() + interval '1 day'"),
    Case(.metadata, "ALTER TABLE orders ADD COLUMN a integer DEFAULT -1"),
    Case(.metadata, "ALTER TABLE orders ADD COLUMN a text DEFAULT lower('A') || current_user"),
    Case(.metadata, "ALTER TABLE orders ADD COLUMN a jsonb DEFAULT jsonb_build_object('a', 1)"),
    Case(.metadata, "ALTER TABLE orders ADD COLUMN a integer[] DEFAULT ARRAY[1, 2]"),
    Case(.metadata, "ALTER TABLE orders ADD COLUMN a plain"),
    Case(.metadata, "ALTER TABLE orders ADD COLUMN a bigint REFERENCES customers"),
    Case(.rewrite, "ALTER TABLE orders ADD COLUMN a uuid DEFAULT gen_random_uuid()"),
    Case(.rewrite, "ALTER TABLE orders ADD COLUMN a timestamptz DEFAULT clock_timestamp()"),
    Case(.rewrite, "ALTER TABLE orders ADD COLUMN a float8 DEFAULT random() * 2"),
    Case(.rewrite, "ALTER TABLE orders ADD COLUMN a serial"),
    Case(.rewrite, "ALTER TABLE orders ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY"),
    Case(.rewrite, "ALTER TABLE orders ADD COLUMN a numeric GENERATED ALWAYS AS (price * amount) STORED"),
    Case(.rewrite, "ALTER TABLE orders ADD COLUMN a positive"),
    Case(.rewrite, "ALTER TABLE orders ADD COLUMN a positive DEFAULT 1"),
    Case(.scan, "ALTER TABLE orders ADD COLUMN a integer CHECK (a > 0)"),
    Case(.scan, "ALTER TABLE orders ADD COLUMN a integer UNIQUE"),
    Case(.scan, "ALTER TABLE orders ADD COLUMN a bigint DEFAULT 1 REFERENCES customers"),
    Case(.rewrite, "ALTER TABLE orders ADD COLUMN a serial PRIMARY KEY"),
    Case(.metadata, "ALTER TABLE orders DROP COLUMN note"),
    Case(.metadata, "ALTER TABLE orders ALTER COLUMN note SET DEFAULT gen_random_uuid()::text"),
    Case(.metadata, "ALTER TABLE orders ALTER COLUMN id DROP NOT NULL"),
    Case(.scan, "ALTER TABLE orders ALTER COLUMN note SET NOT NULL"),
    Case(.metadata, "ALTER TABLE orders ALTER COLUMN id SET NOT NULL"),
    Case(
      .metadata, "ALTER TABLE orders ALTER COLUMN note SET NOT NULL",
      after: "ALTER TABLE orders ADD CONSTRAINT c CHECK (note IS NOT NULL AND price > 0);"),
    Case(
      .scan, "ALTER TABLE orders ALTER COLUMN note SET NOT NULL",
      after: "ALTER TABLE orders ADD CONSTRAINT c CHECK (note IS NOT NULL) NOT VALID;"),
    Case(
      .metadata, "ALTER TABLE orders ALTER COLUMN note SET NOT NULL",
      after: """
        ALTER TABLE orders ADD CONSTRAINT c CHECK (note IS NOT NULL) NOT VALID;
        ALTER TABLE orders VALIDATE CONSTRAINT c;
        """),
    Case(.metadata, "ALTER TABLE orders ALTER COLUMN note SET STORAGE EXTERNAL"),
    Case(.metadata, "ALTER TABLE orders ALTER COLUMN note SET STATISTICS 500"),
    Case(.scan, "ALTER TABLE orders ADD CHECK (price > 0)"),
    Case(.metadata, "ALTER TABLE orders ADD CHECK (price > 0) NOT VALID"),
    Case(.scan, "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers"),
    Case(.metadata, "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers NOT VALID"),
    Case(.scan, "ALTER TABLE orders ADD UNIQUE (id)"),
    Case(.metadata, "ALTER TABLE orders ADD UNIQUE USING INDEX orders_id"),
    Case(.scan, "ALTER TABLE orders ADD PRIMARY KEY (id)"),
    Case(.metadata, "ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_id"),
    Case(.scan, "ALTER TABLE orders ADD PRIMARY KEY USING INDEX orders_note"),
    Case(.scan, "ALTER TABLE orders ADD EXCLUDE (id WITH =)"),
    Case(
      .scan, "ALTER TABLE orders VALIDATE CONSTRAINT c",
      after: "ALTER TABLE orders ADD CONSTRAINT c CHECK (price > 0) NOT VALID;"),
    type(.rewrite, "id", "bigint"), type(.rewrite, "amount", "text"),
    type(.rewrite, "code", "integer USING length(code)"),
    type(.metadata, "region", "varchar(40)"), type(.metadata, "region", "varchar"), type(.metadata, "region", "text"),
    type(.metadata, "region", "text USING region::text"), type(.metadata, "region", "varchar(20)"),
    type(.rewrite, "region", "varchar(10)"), type(.rewrite, "length", "varchar(10)"),
    type(.rewrite, "region", "text USING lower(region)"),
    type(.metadata, "note", "varchar"), type(.rewrite, "note", "varchar(100)"), type(.rewrite, "code", "text"),
    type(.rewrite, "code", "char(8)"), type(.metadata, "price", "numeric(12,2)"), type(.metadata, "price", "numeric"),
    type(.rewrite, "price", "numeric(12,3)"), type(.rewrite, "price", "numeric(8,2)"),
    type(.rewrite, "weight", "numeric(8,2)"), type(.rewrite, "price", "float8"),
    type(.metadata, "at", "timestamp"), type(.metadata, "at", "timestamp(5)"), type(.rewrite, "at", "timestamp(0)"),
    type(nil, "at", "timestamptz"), type(nil, "zoned", "timestamp"), type(.rewrite, "at", "date"),
    type(.metadata, "clock", "time(3)"), type(.metadata, "flags", "varbit(16)"), type(.metadata, "flags", "varbit"),
    type(.rewrite, "flags", "varbit(4)"), type(.metadata, "\"bits\"", "varbit"), type(.metadata, "net", "inet"),
    type(.rewrite, "address", "cidr"), type(.metadata, "extra", "text"), type(.rewrite, "labels", "text[]"),
    type(.metadata, "labels", "varchar[]"), type(.rewrite, "tags", "varchar[]"),
    type(.rewrite, "tags", "varchar(5)[]"),
    type(.metadata, "tag", "text"), type(.metadata, "note", "plain"), type(.rewrite, "amount", "positive"),
    type(.scan, "checked", "varchar(20)"), type(.rewrite, "shape", "jsonb"),
    type(.rewrite, "code", "json USING to_json(code)"),
    type(.metadata, "span", "interval(6)"), type(.metadata, "mark", "positive"),
    Case(.rewrite, "ALTER TABLE orders SET UNLOGGED"),
    Case(.metadata, "ALTER TABLE orders SET (fillfactor = 70)"),
    Case(.metadata, "ALTER TABLE orders RENAME COLUMN note TO remark"),
    Case(.metadata, "ALTER TABLE orders DISABLE TRIGGER ALL"),
    Case(.scan, "ALTER TABLE parts ATTACH PARTITION part FOR VALUES FROM (0) TO (10)"),
    Case(
      nil, "ALTER TABLE parts ATTACH PARTITION part FOR VALUES FROM (0) TO (10)",
      after: "ALTER TABLE part ADD CHECK (id IS NOT NULL AND id >= 0 AND id < 10);"),
    Case(.scan, "CREATE INDEX i ON orders (note)"),
    Case(.scan, "CREATE INDEX CONCURRENTLY i ON orders (note)"),
    Case(.metadata, "CREATE INDEX i ON ONLY parts (id)"),
    Case(.rewrite, "CLUSTER orders USING orders_id"),
    Case(.rewrite, "VACUUM FULL orders"),
    Case(.scan, "REINDEX TABLE orders"),
  ]

  private func reviewed(_ one: Case) -> MigrationReview.Operation? {
    var settings = MigrationSettings(postgres: 15)
    settings.deployedSteps = 1
    return review([Self.setup + one.before, one.sql], settings: settings).operations.first
  }

  @Test(arguments: Self.cases) func areClassed(_ one: Case) throws {
    let operation = try #require(reviewed(one))
    #expect(operation.work == one.work, "\(operation.why)")
  }

  /// What a server does, each undone; it remarks what it does.
  static var script: String {
    var script = "SET client_min_messages = warning; CREATE SCHEMA c; SET search_path = c, public;\n" + setup
    for (index, one) in cases.enumerated() {
      // Each is undone; what the server refuses in a transaction is harmless.
      let isAlone = one.sql.contains("CONCURRENTLY") || one.sql.hasPrefix("VACUUM")
      script += """
        \(isAlone ? "" : "BEGIN;") \(one.before)
        SET client_min_messages = notice; \(Postgres.mark("case \(index)"))
        DO $$ BEGIN RAISE NOTICE 'file %', pg_relation_filenode('orders'); END $$;
        SET client_min_messages = debug1;
        \(one.sql);
        SET client_min_messages = notice;
        DO $$ BEGIN RAISE NOTICE 'file %', pg_relation_filenode('orders'); END $$;
        \(Postgres.mark("end"))
        SET client_min_messages = warning; \(isAlone ? "DROP INDEX IF EXISTS i;" : "ROLLBACK;")

        """
    }
    return script
  }

  @Test(.enabled(if: InstalledPostgreSQL.absence == nil, "\(InstalledPostgreSQL.absence ?? "")"))
  func areClassedAsTheServerDoesThem() throws {
    var at: Int?
    var remarks = [[String]](repeating: [], count: Self.cases.count)
    for remark in try Postgres.run.get().operations {
      if let mark = remark.range(of: "mark case ") {
        at = Int(remark[mark.upperBound...])
      } else if remark.hasSuffix("mark end") {
        at = nil
      } else if let at {
        remarks[at].append(remark)
      }
    }
    for (one, remarks) in zip(Self.cases, remarks) {
      let files = remarks.filter { $0.contains("file ") && $0.hasPrefix("NOTICE") }
      #expect(!remarks.contains { $0.hasPrefix("ERROR") }, "\(one): \(remarks)")
      #expect(files.count == 2, "\(one): \(remarks)")
      let rewrites = remarks.contains { $0.contains("rewriting table") } || Set(files).count == 2
      let scans = remarks.contains { remark in
        ["verifying table", "validating foreign key", "building index"].contains { remark.contains($0) }
      }
      let work: OperationClass = rewrites ? .rewrite : scans ? .scan : .metadata
      if one.work != nil { #expect(work == one.work, "\(one): \(remarks)") }
    }
  }
}

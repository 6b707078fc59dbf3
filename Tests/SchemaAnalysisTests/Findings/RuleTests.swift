import SQLSyntax
import Testing

@testable import SchemaAnalysis

/// What each rule finds, and what it leaves alone.
struct RuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let rule: String
    let sql: String
    /// Severities of the findings, in order; empty where there is none.
    let expected: [Severity]
    var settings = SchemaSettings()
    var testDescription: String { "\(rule): \(sql)" }

    init(_ rule: String, _ expected: [Severity], _ sql: String, _ settings: SchemaSettings = SchemaSettings()) {
      self.rule = rule
      self.expected = expected
      self.sql = sql
      self.settings = settings
    }
  }

  static func report(_ sql: String, _ settings: SchemaSettings = SchemaSettings()) -> SchemaReport {
    SchemaReport(SQLInput([SQLText(name: "t.sql", sql)]), settings)
  }

  @Test(arguments: cases)
  func findings(_ given: Case) {
    let report = Self.report(given.sql, given.settings)
    #expect(report.unfollowedLines() == [])
    #expect(report.findings.filter { $0.rule == given.rule }.map(\.severity) == given.expected)
  }

  /// What is there to copy is SQL, for hostile names too.
  @Test(arguments: cases.filter { !$0.expected.isEmpty }.map(\.sql) + [ReportTests.hostileSQL])
  func remediesAreSQL(_ sql: String) {
    for finding in Self.report(sql).findings {
      let text = SQLText(name: "remedy", finding.remedy)
      var statements = 0
      for piece in StatementScanner(text) {
        guard case .statement(let statement) = piece else {
          Issue.record("\(finding.rule): this is no statement: \(finding.remedy)")
          continue
        }
        statements += 1
        if case .failed(let failure) = SQLParser.parse(statement, of: text).outcome {
          Issue.record("\(finding.rule): \(failure.message): \(finding.remedy)")
        }
      }
      #expect(statements > 0)
    }
  }

  @Test func everyRuleIsTriedBothWays() {
    for rule in SchemaRules.list.map(\.id) {
      #expect(Self.cases.contains { $0.rule == rule && !$0.expected.isEmpty }, "\(rule) is never triggered")
      #expect(Self.cases.contains { $0.rule == rule && $0.expected.isEmpty }, "\(rule) is never left alone")
    }
  }

  static let parent = "CREATE TABLE p (id bigint PRIMARY KEY, code text UNIQUE, a int, b int, UNIQUE (a, b));\n"
  static let growing = SchemaSettings(
    rows: ["t": .init(100_000_000...1_000_000_000, origin: "--rows")], growth: .init(0.4...0.5, origin: "--growth"))
  static let slow = SchemaSettings(
    rows: ["public.t": .init(1_000...1_000, origin: "--rows")], growth: .init(0.1...0.1, origin: "--growth"))
  static let largest = SchemaSettings(
    largest: .init(500_000_000...500_000_000, origin: "answers"), growth: .init(0.4...0.4, origin: "answers"))

  static let cases: [Case] = [
    .init("missing-primary-key", [.error], "CREATE TABLE t (a int);"),
    .init("missing-primary-key", [.error], "CREATE TABLE t (id int, UNIQUE (id));"),
    .init("missing-primary-key", [.warning], "CREATE TABLE t (v text NOT NULL); CREATE UNIQUE INDEX ON t (v);"),
    .init("missing-primary-key", [.error], "CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE c () INHERITS (t);"),
    .init(
      "missing-primary-key", [.error],
      "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t DEFAULT;"),
    .init("missing-primary-key", [.error], "CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t DROP CONSTRAINT t_pkey;"),
    .init("missing-primary-key", [], "CREATE TABLE t (a int PRIMARY KEY);"),
    .init("missing-primary-key", [], "CREATE TABLE t (a int); ALTER TABLE t ADD PRIMARY KEY (a);"),
    .init(
      "missing-primary-key", [],
      "CREATE TABLE t (a int PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t DEFAULT;"),
    .init("missing-primary-key", [], "CREATE TEMP TABLE t (a int); CREATE VIEW v AS SELECT 1 AS a;"),

    .init("unindexed-foreign-key", [.error], parent + "CREATE TABLE t (id int PRIMARY KEY, p_id bigint REFERENCES p);"),
    .init(
      "unindexed-foreign-key", [.error],
      parent + "CREATE TABLE t (id int, p_id bigint REFERENCES p, PRIMARY KEY (id, p_id));"),
    .init(
      "unindexed-foreign-key", [.error],
      parent + "CREATE TABLE t (id int PRIMARY KEY, p_id bigint REFERENCES p); CREATE INDEX ON t (id) INCLUDE (p_id);"),
    .init(
      "unindexed-foreign-key", [.error],
      parent + "CREATE TABLE t (id int PRIMARY KEY, p_id bigint REFERENCES p); CREATE INDEX ON t ((p_id + 1));"),
    .init(
      "unindexed-foreign-key", [.error],
      parent
        + "CREATE TABLE t (id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES p (a, b)); CREATE INDEX ON t (x, id, y);"
    ),
    .init(
      "unindexed-foreign-key", [.error],
      parent
        + "CREATE TABLE t (a int, p_id bigint REFERENCES p) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t DEFAULT;"
    ),
    .init(
      "unindexed-foreign-key", [.error],
      parent
        + "CREATE TABLE t (a int, p_id bigint) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t FOR VALUES IN (1); CREATE TABLE v PARTITION OF t FOR VALUES IN (2); ALTER TABLE u ADD FOREIGN KEY (p_id) REFERENCES p; ALTER TABLE v ADD FOREIGN KEY (p_id) REFERENCES p;"
    ),
    .init(
      "unindexed-foreign-key", [],
      parent + "CREATE TABLE t (id int PRIMARY KEY, p_id bigint REFERENCES p); CREATE INDEX ON t (p_id, id);"),
    .init(
      "unindexed-foreign-key", [], parent + "CREATE TABLE t (id int, p_id bigint REFERENCES p, PRIMARY KEY (p_id, id));"
    ),
    .init(
      "unindexed-foreign-key", [],
      parent
        + "CREATE TABLE t (id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES p (a, b)); CREATE INDEX ON t (y, x, id);"
    ),
    .init(
      "unindexed-foreign-key", [],
      parent + "CREATE TABLE t (id int PRIMARY KEY, p_id bigint REFERENCES p); CREATE INDEX ON t USING hash (p_id);"),
    .init(
      "unindexed-foreign-key", [],
      parent
        + "CREATE TABLE t (id int PRIMARY KEY, p_id bigint REFERENCES p); CREATE INDEX ON t (p_id) WHERE p_id IS NOT NULL;"
    ),

    .init(
      "foreign-key-type-mismatch", [.error], parent + "CREATE TABLE t (id int PRIMARY KEY, p_id int REFERENCES p);"),
    .init(
      "foreign-key-type-mismatch", [.error],
      "CREATE TABLE p (id numeric PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p_id int REFERENCES p);"),
    .init(
      "foreign-key-type-mismatch", [.warning],
      parent + "CREATE TABLE t (id int PRIMARY KEY, c varchar(3) REFERENCES p (code));"),
    .init(
      "foreign-key-type-mismatch", [.warning],
      "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, p_id bigint REFERENCES p);"),
    .init(
      "foreign-key-type-mismatch", [],
      parent + "CREATE TABLE t (id bigserial PRIMARY KEY, p_id bigint REFERENCES p, c varchar REFERENCES p (code));"),
    .init(
      "foreign-key-type-mismatch", [],
      parent + "CREATE DOMAIN d AS bigint; CREATE TABLE t (id int PRIMARY KEY, p_id d REFERENCES p);"),
    .init(
      "foreign-key-type-mismatch", [],
      "CREATE TABLE p (c varchar(3) PRIMARY KEY); CREATE TABLE t (c varchar(9) REFERENCES p);"),

    .init(
      "float-money", [.error, .error], "CREATE TABLE t (id int PRIMARY KEY, unit_price real, \"totalAmount\" float8);"),
    .init("float-money", [.warning], "CREATE TABLE t (id int PRIMARY KEY, x money);"),
    .init(
      "float-money", [],
      "CREATE TABLE t (id int PRIMARY KEY, price numeric(10,2), tax_rate real, price_index float8, weight real, total_score float8);"
    ),

    .init("integer-key-overflow", [.note], "CREATE TABLE t (id serial PRIMARY KEY);"),
    .init("integer-key-overflow", [.note], "CREATE TABLE t (id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);"),
    .init("integer-key-overflow", [.error], "CREATE TABLE t (id serial PRIMARY KEY);", growing),
    .init("integer-key-overflow", [.warning], "CREATE TABLE t (id serial PRIMARY KEY);", largest),
    .init("integer-key-overflow", [], "CREATE TABLE t (id serial PRIMARY KEY);", slow),
    .init(
      "integer-key-overflow", [], "CREATE TABLE t (id bigserial PRIMARY KEY); CREATE TABLE u (id int PRIMARY KEY);"),
    .init("integer-key-overflow", [], "CREATE TABLE t (id bigserial PRIMARY KEY);", growing),

    .init("duplicate-index", [.warning], "CREATE TABLE t (a int PRIMARY KEY); CREATE INDEX ON t (a);"),
    .init(
      "duplicate-index", [.warning],
      "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE INDEX x ON t (b); CREATE INDEX y ON t (b);"),
    .init(
      "duplicate-index", [.warning],
      "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE INDEX x ON t (lower(b::text)); CREATE INDEX y ON t (lower(b::text));"
    ),
    .init(
      "duplicate-index", [.warning, .warning],
      "CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE); CREATE INDEX x ON t (b); CREATE UNIQUE INDEX y ON t (b);"),
    .init(
      "duplicate-index", [],
      "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE INDEX x ON t (b); CREATE INDEX y ON t (b) WHERE b > 0;"),
    .init(
      "duplicate-index", [],
      "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE INDEX x ON t (b); CREATE INDEX y ON t (b DESC); CREATE INDEX z ON t USING hash (b);"
    ),
    .init(
      "duplicate-index", [],
      "CREATE TABLE t (a int PRIMARY KEY, b text); CREATE INDEX x ON t (b); CREATE INDEX y ON t (b text_pattern_ops); CREATE INDEX z ON t (lower(b)); CREATE INDEX c ON t (b COLLATE \"C\");"
    ),

    .init(
      "redundant-index", [.warning],
      "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE INDEX x ON t (b); CREATE INDEX y ON t (b, a);"),
    .init("redundant-index", [.warning], "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b)); CREATE INDEX x ON t (a);"),
    .init(
      "redundant-index", [.warning],
      "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE INDEX x ON t (b); CREATE INDEX y ON t (b) INCLUDE (a);"),
    .init(
      "redundant-index", [],
      "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE INDEX x ON t (b); CREATE INDEX y ON t (a, b);"),
    .init(
      "redundant-index", [],
      "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE UNIQUE INDEX x ON t (b); CREATE INDEX y ON t (b, a);"),
    .init(
      "redundant-index", [],
      "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE INDEX x ON t (b); CREATE INDEX y ON t (b, a) WHERE a > 0;"),
    .init(
      "redundant-index", [],
      "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE INDEX x ON t (b DESC); CREATE INDEX y ON t (b, a); CREATE INDEX z ON t USING hash (b);"
    ),
    .init(
      "redundant-index", [],
      "CREATE TABLE t (a int PRIMARY KEY, b int, c int); CREATE INDEX x ON t (b) INCLUDE (c); CREATE INDEX y ON t (b, a);"
    ),

    .init(
      "invalid-index", [.error],
      "CREATE TABLE t (a int PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t DEFAULT; CREATE INDEX x ON ONLY t (a);"
    ),
    .init(
      "invalid-index", [],
      "CREATE TABLE t (a int PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t DEFAULT; CREATE INDEX x ON t (a);"
    ),
    .init(
      "invalid-index", [],
      "CREATE TABLE t (a int PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE u PARTITION OF t DEFAULT; CREATE INDEX x ON ONLY t (a); CREATE INDEX y ON u (a); ALTER INDEX x ATTACH PARTITION y;"
    ),

    .init(
      "foreign-key-not-validated", [.warning],
      parent
        + "CREATE TABLE t (id int PRIMARY KEY, p_id bigint); ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p NOT VALID;"
    ),
    .init(
      "foreign-key-not-validated", [],
      parent
        + "CREATE TABLE t (id int PRIMARY KEY, p_id bigint); ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT k;"
    ),
    .init(
      "check-not-validated", [.warning],
      "CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t ADD CHECK (id > 0) NOT VALID;"),
    .init("check-not-validated", [], "CREATE TABLE t (id int PRIMARY KEY CHECK (id > 0));"),

    .init(
      "nullable-composite-key", [.warning],
      parent + "CREATE TABLE t (id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES p (a, b));"),
    .init(
      "nullable-composite-key", [.note],
      parent + "CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL, y int, FOREIGN KEY (x, y) REFERENCES p (a, b));"),
    .init(
      "nullable-composite-key", [],
      parent
        + "CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL, y int NOT NULL, FOREIGN KEY (x, y) REFERENCES p (a, b));"
    ),
    .init(
      "nullable-composite-key", [],
      parent + "CREATE TABLE t (id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES p (a, b) MATCH FULL);"),
    .init(
      "nullable-composite-key", [],
      parent
        + "CREATE TABLE t (id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES p (a, b), CHECK ((x IS NULL) = (y IS NULL)));"
    ),
    .init("nullable-composite-key", [], parent + "CREATE TABLE t (id int PRIMARY KEY, x bigint REFERENCES p);"),

    .init(
      "nullable-unique-key", [.warning], "CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL, y int, UNIQUE (x, y));"),
    .init(
      "nullable-unique-key", [.warning],
      "CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL, y int); CREATE UNIQUE INDEX ON t (x, y);"),
    .init("nullable-unique-key", [], "CREATE TABLE t (id int PRIMARY KEY, x int UNIQUE);"),
    .init(
      "nullable-unique-key", [],
      "CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL, y int, UNIQUE NULLS NOT DISTINCT (x, y));"),
    .init(
      "nullable-unique-key", [],
      "CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL, y int); CREATE UNIQUE INDEX ON t (x, y) NULLS NOT DISTINCT;"),
    .init(
      "nullable-unique-key", [],
      "CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL, y int); CREATE UNIQUE INDEX ON t (x, y); CREATE UNIQUE INDEX ON t (x) WHERE y IS NULL;"
    ),

    .init(
      "soft-deleted-unique-key", [.note],
      "CREATE TABLE t (id int PRIMARY KEY, email text UNIQUE, deleted_at timestamptz);"),
    .init(
      "soft-deleted-unique-key", [],
      "CREATE TABLE t (id int PRIMARY KEY, email text, deleted_at timestamptz); CREATE UNIQUE INDEX ON t (email) WHERE deleted_at IS NULL;"
    ),
    .init(
      "soft-deleted-unique-key", [], "CREATE TABLE t (id int PRIMARY KEY, token uuid UNIQUE, deleted_at timestamptz);"),

    .init("missing-not-null", [.note], "CREATE TABLE t (id int PRIMARY KEY, created_at timestamptz, price numeric);"),
    .init("missing-not-null", [.warning], "CREATE TABLE t (id int PRIMARY KEY, active boolean DEFAULT true);"),
    .init("missing-not-null", [.warning], "CREATE TABLE t (id int PRIMARY KEY, status text DEFAULT 'new');"),
    .init(
      "missing-not-null", [],
      "CREATE TABLE t (id int PRIMARY KEY, created_at timestamptz NOT NULL, active boolean, note text DEFAULT '', deleted_at timestamptz);"
    ),
    .init("missing-not-null", [], "CREATE DOMAIN d AS numeric NOT NULL; CREATE TABLE t (id int PRIMARY KEY, price d);"),

    .init("missing-check", [.warning], "CREATE TABLE t (id int PRIMARY KEY, quantity int, unit_price numeric);"),
    .init("missing-check", [.note], "CREATE TABLE t (id int PRIMARY KEY, status text NOT NULL);"),
    .init(
      "missing-check", [],
      "CREATE TABLE t (id int PRIMARY KEY, quantity int CHECK (quantity > 0), price_id int, price_note text);"),
    .init(
      "missing-check", [],
      "CREATE TYPE s AS ENUM ('a'); CREATE DOMAIN d AS numeric CHECK (VALUE >= 0); CREATE TABLE t (id int PRIMARY KEY, status s, price d, state char(2));"
    ),
    .init(
      "missing-check", [],
      "CREATE TABLE s (code text PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, status text REFERENCES s);"),

    .init("missing-unique", [.warning], "CREATE TABLE users (id int PRIMARY KEY, email text);"),
    .init("missing-unique", [.note], "CREATE TABLE article (id int PRIMARY KEY, slug text);"),
    .init(
      "missing-unique", [],
      "CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE); CREATE TABLE invoice (id int PRIMARY KEY, email text);"
    ),
    .init(
      "missing-unique", [],
      "CREATE TABLE users (id int PRIMARY KEY, email text); CREATE UNIQUE INDEX ON users (lower(email));"),
    .init("missing-unique", [], "CREATE TABLE article (id int PRIMARY KEY, blog int, slug text, UNIQUE (blog, slug));"),

    .init(
      "timestamp-without-time-zone", [.warning],
      "CREATE TABLE t (id int PRIMARY KEY, a timestamp, b timestamp(3) without time zone);"),
    .init(
      "timestamp-without-time-zone", [],
      "CREATE TABLE t (id int PRIMARY KEY, a timestamptz, b date, starts_local timestamp);"),

    .init("unbounded-text", [.note], "CREATE TABLE t (id int PRIMARY KEY, email text);"),
    .init(
      "unbounded-text", [.note],
      "CREATE TABLE t (id int PRIMARY KEY, nick varchar(40)); CREATE TABLE u (id int PRIMARY KEY, nick text);"),
    .init(
      "unbounded-text", [],
      "CREATE TABLE t (id int PRIMARY KEY, nick varchar(40)); CREATE TABLE u (id int PRIMARY KEY, nick text CHECK (length(nick) < 40), body text);"
    ),
    .init(
      "unbounded-text", [],
      "CREATE TABLE t (id int PRIMARY KEY, title varchar(40)); CREATE TABLE u (id int PRIMARY KEY, title text);"),

    .init(
      "partial-index-opportunity", [.note],
      "CREATE TABLE t (id int PRIMARY KEY, a int, deleted_at timestamptz); CREATE INDEX ON t (a);"),
    .init(
      "partial-index-opportunity", [.note],
      "CREATE TABLE t (id int PRIMARY KEY, a int, is_active boolean); CREATE INDEX ON t (a);"),
    .init(
      "partial-index-opportunity", [],
      "CREATE TABLE t (id int PRIMARY KEY, a int, deleted_at timestamptz); CREATE INDEX ON t (a) WHERE deleted_at IS NULL;"
    ),
    .init(
      "partial-index-opportunity", [],
      "CREATE TABLE t (id int PRIMARY KEY, a int, deleted_at timestamptz); CREATE INDEX ON t (a, deleted_at);"),
    .init(
      "partial-index-opportunity", [],
      "CREATE TABLE t (id int PRIMARY KEY, a int, active_since timestamptz); CREATE INDEX ON t (a);"),
  ]
}

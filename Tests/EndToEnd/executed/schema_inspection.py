"""What the page schema-inspection claims to find, and what it must leave alone."""

NEEDS = {"postgres"}

GOOD = """
CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE, UNIQUE (id, code));
CREATE TABLE child (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint NOT NULL REFERENCES parent,
    parent_code text NOT NULL,
    other_id bigint REFERENCES parent,
    made_at timestamptz NOT NULL, price numeric(12,2), payload jsonb,
    FOREIGN KEY (parent_id, parent_code) REFERENCES parent (id, code));
CREATE INDEX child_parent ON child (parent_code, parent_id);        -- serves the two columns in either order
CREATE INDEX child_parent_alone ON child (parent_id, made_at);
CREATE INDEX child_other ON child (other_id) WHERE other_id IS NOT NULL;
CREATE INDEX child_made_down ON child (made_at DESC);
CREATE INDEX child_made_up ON child (made_at, price DESC);          -- another order
CREATE UNIQUE INDEX child_some ON child (price) WHERE price > 0;
CREATE TABLE measured (id bigint, day date NOT NULL, parent_id bigint REFERENCES parent, PRIMARY KEY (id, day))
    PARTITION BY RANGE (day);
CREATE TABLE measured_1 PARTITION OF measured FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON measured (parent_id);
"""

BAD = """
CREATE SCHEMA "Odd Names";
CREATE TABLE "Odd Names"."Order Lines" (note text, parent_id bigint REFERENCES parent);     -- no key, inline reference
CREATE SEQUENCE legacy_ids;
CREATE TABLE legacy (
    id integer DEFAULT nextval('legacy_ids') PRIMARY KEY,      -- runs out, long before its sequence
    parent_id integer REFERENCES parent,           -- another type, and no index
    other_id bigint,
    made timestamp, at_time timetz, price real, ratio real, fee money, country char(2), payload json, name text,
    UNIQUE (name)                                  -- NULLs never collide
) WITH (fillfactor = 90);
CREATE INDEX legacy_other ON legacy (other_id);
CREATE INDEX legacy_other_made ON legacy (other_id, made);
CREATE INDEX legacy_other_again ON legacy (other_id);
CREATE INDEX legacy_name ON legacy (name);
CREATE INDEX legacy_parent_gone ON legacy (parent_id) WHERE parent_id > 10;
CREATE INDEX legacy_parent_late ON legacy (name, parent_id);
ALTER SEQUENCE legacy_ids OWNED BY legacy.id;
ALTER TABLE legacy ADD CONSTRAINT legacy_positive CHECK (other_id > 0) NOT VALID;
INSERT INTO legacy (other_id, made) VALUES (1, now()), (1, now());
SELECT setval('legacy_ids', 1500000000);
ALTER TABLE child DISABLE TRIGGER ALL;
CREATE TABLE twice (id bigint PRIMARY KEY, code text NOT NULL);
CREATE UNIQUE INDEX twice_plain ON twice (code);
ALTER TABLE twice ADD CONSTRAINT twice_code UNIQUE (code);
"""


def found(db, block):
    """The result, names as text, without sizes."""
    lines = db.psql("-At", "-F", "|", "-v", "ON_ERROR_STOP=1", "-f", "-", stdin=block).ok().stdout
    return [tuple(line.split("|")) for line in lines.splitlines()]


def scenario(blocks, tools):
    db = tools.postgres.database()
    findings = [name for name in blocks if name not in ("overview.sql", "running-out.sql")]
    db.run(GOOD)
    for name in findings:
        assert found(db, blocks[name]) == [], f"{name} reports what is right: {found(db, blocks[name])}"

    db.run(BAD)
    db.psql("-c", "CREATE UNIQUE INDEX CONCURRENTLY legacy_twice ON legacy (other_id)")  # fails, and stays invalid
    overview = {row[0]: row for row in found(db, blocks["overview.sql"])}
    assert set(overview) == {"parent", "child", "measured", "legacy", "twice", '"Odd Names"."Order Lines"'}, overview
    assert (overview["legacy"][1], overview["legacy"][4:]) == ("11", ("9", "parent")), overview["legacy"]
    assert overview["child"][5] == "parent"

    assert found(db, blocks["no-primary-key.sql"]) == [('"Odd Names"."Order Lines"',)]
    assert sorted(row[:3] for row in found(db, blocks["unindexed-foreign-keys.sql"])) == [
        ('"Odd Names"."Order Lines"', "Order Lines_parent_id_fkey", "parent"),
        ("legacy", "legacy_parent_id_fkey", "parent"),
    ]
    assert sorted(row[1:3] for row in found(db, blocks["redundant-indexes.sql"])) == [
        ("legacy_name", "legacy_name_key"),
        ("legacy_name", "legacy_parent_late"),
        ("legacy_other", "legacy_other_made"),
        ("legacy_other_again", "legacy_other"),
        ("legacy_other_again", "legacy_other_made"),
        ("twice_plain", "twice_code"),
    ]
    assert sorted(
        (row[0], row[1], row[2].split(":")[0].split(",")[0]) for row in found(db, blocks["not-enforced.sql"])
    ) == [
        ("child", "child_other_id_fkey", "its trigger is disabled"),
        ("child", "child_parent_id_fkey", "its trigger is disabled"),
        ("child", "child_parent_id_parent_code_fkey", "its trigger is disabled"),
        ("legacy", "legacy_name_key", "unique"),
        ("legacy", "legacy_positive", "not validated"),
        ("legacy", "legacy_twice", "invalid index"),
        ("legacy", "legacy_twice", "unique"),
    ]
    assert [row[1] for row in found(db, blocks["types.sql"])] == [
        "id",
        "parent_id",
        "made",
        "at_time",
        "price",
        "fee",
        "country",
        "payload",
    ]
    most, *rest = found(db, blocks["running-out.sql"])
    assert most == ("legacy", "id", "integer", "69.8") and {row[3] for row in rest} == {"0.0"}, (most, rest)


FAULTS = [
    ("unindexed-foreign-keys.sql", "(i.indpred IS NULL OR", "(true OR", "a partial index would pass"),
    ("unindexed-foreign-keys.sql", "[1:cardinality(c.conkey)]", "", "a column in the middle of an index would pass"),
    (
        "unindexed-foreign-keys.sql",
        "AND c.conparentid = 0",
        "AND c.conparentid = 0 AND c.conrelid::regclass::text !~ '\"'",
        "quoted names would be skipped",
    ),
    (
        "redundant-indexes.sql",
        "  AND starts_with(b.indoption::text || ' ', a.indoption::text || ' ')\n",
        "",
        "an index of the other direction would be called superfluous",
    ),
    (
        "redundant-indexes.sql",
        " AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = a.indexrelid)",
        "",
        "the index of a constraint would be called superfluous",
    ),
    ("not-enforced.sql", "AND i.indpred IS NULL", "", "a unique index over some rows would be reported"),
    ("types.sql", "AND a.attname ~ '(price|amount|total|cost|fee|tax|balance)'", "", "every float would be reported"),
    ("running-out.sql", "WHEN 'int4'::regtype THEN 2147483647", "", "the sequence's own limit hides the column's"),
]

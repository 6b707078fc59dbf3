Each script below is run by PostgreSQL and followed by the builder; statements that PostgreSQL refuses belong to it.

-- == types: whole numbers and their other names
CREATE TABLE t (a int, b int4, c integer, d int8, e bigint, f int2, g smallint, h pg_catalog.int4, i oid, j xid);
-- == types: decimals and floats
CREATE TABLE t (a decimal, b decimal(10), c numeric(10,2), d dec(4,1), e float, f float(24), g float(25), h float4, i float8, j real, k double precision, l numeric(3,-2), m money);
-- == types: characters
CREATE TABLE t (a char, b char(3), c character(4), d varchar, e varchar(10), f character varying(20), g text, h bpchar, i bpchar(5), j "char", k name, l national character varying(3), m nchar(2), n pg_catalog.varchar(7), o pg_catalog.bpchar);
-- == types: bits and bytes
CREATE TABLE t (a bit, b bit(4), c bit varying, d bit varying(8), e varbit(3), f bytea, g uuid, h "bit");
-- == types: dates and times
CREATE TABLE t (a date, b time, c time(3), d timetz, e time with time zone, f time(2) with time zone, g timestamp, h timestamp(0), i timestamptz, j timestamptz(3), k timestamp with time zone, l timestamp(6) without time zone, m timestamp without time zone);
-- == types: precision that is too large
CREATE TABLE t (a timestamp(9), b timetz(8));
-- == types: intervals
CREATE TABLE t (a interval, b interval(3), c interval year, d interval month, e interval day, f interval hour, g interval minute, h interval second, i interval second(2), j interval year to month, k interval day to hour, l interval day to minute, m interval day to second, n interval day to second(4), o interval hour to minute, p interval hour to second, q interval minute to second(1));
-- == types: arrays
CREATE TABLE t (a int[], b int[][], c text[3], d varchar(10)[], e int ARRAY, f int ARRAY[4], g timestamptz(3)[], h numeric(4,2)[][], i _int4, j _text, k "char"[], l bit(3)[]);
-- == types: json, ranges, text search, addresses, geometry
CREATE TABLE t (a json, b jsonb, c jsonpath, d int4range, e int8range, f numrange, g tsrange, h tstzrange, i daterange, j tsvector, k tsquery, l inet, m cidr, n macaddr, o macaddr8, p point, q line, r lseg, s box, t path, u polygon, v circle, w int4multirange, x xml, y pg_lsn, z regclass);
-- == types: booleans
CREATE TABLE t (a bool, b boolean, c pg_catalog.bool);
-- == types: serial
CREATE TABLE t (a serial, b bigserial, c smallserial, d serial4, e serial8, f serial2);
-- == types: of information_schema
CREATE TABLE t (a information_schema.sql_identifier, b information_schema.cardinal_number);
-- == types: names that need quotes
CREATE TYPE "MyType" AS ENUM ('a');
CREATE TYPE "order" AS ENUM ('x');
CREATE TYPE "with space" AS (a int);
CREATE TYPE "say ""hi""" AS ENUM ('x');
CREATE TYPE plain_1 AS ENUM ('x');
CREATE TYPE "1st" AS ENUM ('x');
CREATE TYPE "value" AS ENUM ('x');
CREATE TABLE t (a "MyType", b "order", c "with space", d "say ""hi"""[], e plain_1, f "1st", g "value", h public."MyType");
-- == types: in other schemas
CREATE SCHEMA s;
CREATE TYPE s.mood AS ENUM ('sad', 'happy');
CREATE SCHEMA "Odd";
CREATE DOMAIN "Odd"."D" AS varchar(10) NOT NULL;
CREATE TABLE t (a s.mood, b s.mood[], c "Odd"."D");
SET search_path = s, public;
CREATE TABLE u (a mood, b public.t);
-- == types: hidden behind built-in ones
CREATE TYPE public.money AS ENUM ('x');
CREATE TYPE public.text AS ENUM ('x');
CREATE TABLE t (a money, b public.money, c text, d public.text);
-- == types: rows of tables
CREATE TABLE a (x int);
CREATE TABLE b (r a, rs a[]);
ALTER TABLE a RENAME TO c;
-- == types: unknown
CREATE TABLE t (a int, b nosuchtype);
CREATE TABLE u (a int);
-- == domains
CREATE DOMAIN year AS integer CONSTRAINT year_check CHECK (VALUE >= 1901 AND VALUE <= 2155);
CREATE DOMAIN email AS text NOT NULL CHECK (VALUE LIKE '%@%') CHECK (length(VALUE) > 3);
CREATE DOMAIN d3 AS year DEFAULT 2000;
CREATE TABLE t (a year, b email, c year[], d d3 NOT NULL);
ALTER DOMAIN year DROP CONSTRAINT year_check;
ALTER DOMAIN email DROP NOT NULL;
ALTER DOMAIN email DROP CONSTRAINT email_check;
ALTER DOMAIN d3 SET NOT NULL;
ALTER DOMAIN d3 ADD CONSTRAINT pos CHECK (VALUE > 0);
ALTER DOMAIN email RENAME CONSTRAINT email_check1 TO long_enough;
ALTER DOMAIN email RENAME TO mail;
ALTER DOMAIN nosuch SET NOT NULL;
-- == domains: dropped
CREATE DOMAIN d AS int;
CREATE DOMAIN e AS d;
CREATE TABLE t (a d, b e, c int);
DROP DOMAIN d;
DROP DOMAIN e CASCADE;
DROP DOMAIN IF EXISTS nosuch;
-- == domains: dropped with those of it
CREATE DOMAIN d AS int;
CREATE DOMAIN e AS d;
CREATE TABLE t (a d, b e, c int);
DROP DOMAIN d CASCADE;
-- == enums
CREATE TYPE e AS ENUM ('b', 'd');
ALTER TYPE e ADD VALUE 'a' BEFORE 'b';
ALTER TYPE e ADD VALUE 'c' AFTER 'b';
ALTER TYPE e ADD VALUE 'e';
ALTER TYPE e ADD VALUE IF NOT EXISTS 'e';
ALTER TYPE e ADD VALUE 'e';
ALTER TYPE e RENAME VALUE 'd' TO 'D';
ALTER TYPE e RENAME VALUE 'nosuch' TO 'x';
CREATE TABLE t (a e DEFAULT 'a');
ALTER TYPE e RENAME TO f;
CREATE SCHEMA s;
ALTER TYPE f SET SCHEMA s;
CREATE TYPE s.f AS ENUM ();
-- == enums: dropped
CREATE TYPE e AS ENUM ('a');
CREATE TABLE t (a int, b e, c e[]);
CREATE INDEX ON t (b);
DROP TYPE e;
DROP TYPE IF EXISTS nosuch, e CASCADE;
-- == composite types
CREATE TYPE c AS (x int, y varchar(3));
CREATE TABLE t (a c);
ALTER TYPE c ADD ATTRIBUTE z text;
ALTER TYPE c DROP ATTRIBUTE x;
ALTER TYPE c RENAME ATTRIBUTE y TO w;
ALTER TYPE c ALTER ATTRIBUTE w TYPE text;
CREATE TABLE u (LIKE c);
CREATE TABLE c (a int);
-- == composite types: tables of them
CREATE TYPE c AS (x int, y text);
CREATE TABLE t OF c (PRIMARY KEY (x), y DEFAULT 'a' NOT NULL);
ALTER TABLE t ADD COLUMN z int;
ALTER TYPE c ADD ATTRIBUTE z int;
ALTER TYPE c ADD ATTRIBUTE z int CASCADE;
ALTER TYPE c RENAME ATTRIBUTE y TO w CASCADE;
ALTER TYPE c DROP ATTRIBUTE x CASCADE;
ALTER TABLE t NOT OF;
ALTER TABLE t ADD COLUMN v int;
-- == ranges
CREATE TYPE floatrange AS RANGE (subtype = float8);
CREATE TYPE r AS RANGE (subtype = int4, multirange_type_name = many);
CREATE TABLE t (a floatrange, b floatmultirange, c r, d many);
-- == shell types
CREATE TYPE shell;
CREATE TABLE t (a int);
-- == columns: constraints beside them
CREATE TABLE t (a int NOT NULL, b int NULL, c int DEFAULT 1 NOT NULL, d text CHECK (d <> ''), e int UNIQUE, f int PRIMARY KEY, g int CONSTRAINT pos CHECK (g > 0) CONSTRAINT uq UNIQUE);
-- == columns: contradicting
CREATE TABLE t (a int NULL NOT NULL);
CREATE TABLE u (a int NOT NULL NULL);
CREATE TABLE v (a serial NULL);
-- == columns: identity and generated
CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, b bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 5) PRIMARY KEY, c int, d int GENERATED ALWAYS AS (c * 2) STORED);
ALTER TABLE t ALTER COLUMN a SET GENERATED BY DEFAULT;
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;
ALTER TABLE t ALTER COLUMN b DROP IDENTITY;
ALTER TABLE t ALTER COLUMN c ADD GENERATED ALWAYS AS IDENTITY;
ALTER TABLE t ALTER COLUMN c SET NOT NULL;
ALTER TABLE t ALTER COLUMN c ADD GENERATED ALWAYS AS IDENTITY;
ALTER TABLE t ALTER COLUMN d DROP EXPRESSION;
-- == columns: a generated one goes with what it is made of
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED, c int);
ALTER TABLE t DROP COLUMN a;
ALTER TABLE t DROP COLUMN a CASCADE;
-- == columns: twice
CREATE TABLE t (a int, a text);
CREATE TABLE u (a int);
ALTER TABLE u ADD COLUMN a int;
ALTER TABLE u ADD COLUMN IF NOT EXISTS a bigint;
ALTER TABLE u ADD COLUMN IF NOT EXISTS b bigint;
-- == columns: none
CREATE TABLE t ();
ALTER TABLE t ADD COLUMN a int;
ALTER TABLE t DROP COLUMN a;
-- == columns: mixed case and odd names
CREATE TABLE "T" ("A" int PRIMARY KEY, "b c" text UNIQUE, "select" int);
CREATE INDEX ON "T" ("select", "b c");
ALTER TABLE "T" RENAME COLUMN "A" TO a;
ALTER TABLE T ADD COLUMN x int;
-- == keys: names of what has none
CREATE TABLE orders (id int PRIMARY KEY, a int UNIQUE, b int, c int, UNIQUE (b, c), CHECK (a > 0), CHECK (a > b), CHECK (b > 0), CHECK (b < 10), CHECK (true));
CREATE TABLE items (id serial PRIMARY KEY, order_id int REFERENCES orders, b int, c int, FOREIGN KEY (b, c) REFERENCES orders (b, c), FOREIGN KEY (order_id) REFERENCES orders (a));
CREATE INDEX ON items (order_id);
CREATE INDEX ON items (order_id);
CREATE INDEX ON items (b, c, order_id);
CREATE UNIQUE INDEX ON items (lower('x'), c);
CREATE INDEX ON items ((b + c), (b * c), (b - c), abs(b));
CREATE INDEX ON items (b) INCLUDE (c);
-- == keys: long names are cut
CREATE TABLE a_very_long_table_name_that_takes_most_of_the_room_there_is (a_very_long_column_name_that_takes_most_of_the_room_there_is int PRIMARY KEY, another_long_column_name int UNIQUE CHECK (another_long_column_name > 0), b serial, UNIQUE (another_long_column_name, b), UNIQUE (another_long_column_name, a_very_long_column_name_that_takes_most_of_the_room_there_is));
CREATE INDEX ON a_very_long_table_name_that_takes_most_of_the_room_there_is (a_very_long_column_name_that_takes_most_of_the_room_there_is);
CREATE INDEX ON a_very_long_table_name_that_takes_most_of_the_room_there_is (a_very_long_column_name_that_takes_most_of_the_room_there_is);
CREATE INDEX ON a_very_long_table_name_that_takes_most_of_the_room_there_is (another_long_column_name, b);
CREATE TABLE this_name_has_more_than_sixty_three_bytes_and_so_it_is_cut_at_the_end (a int);
-- == keys: long names of several bytes a character
CREATE TABLE "größenänderungsüberprüfungsprotokolleinträge" ("überprüfungsänderungsgrößenbezeichnung" int UNIQUE, "ä" int PRIMARY KEY, CHECK ("überprüfungsänderungsgrößenbezeichnung" > 0));
CREATE INDEX ON "größenänderungsüberprüfungsprotokolleinträge" ("überprüfungsänderungsgrößenbezeichnung");
-- == keys: names that are taken are numbered
CREATE TABLE t_a_key (a int);
CREATE TABLE t_pkey (a int);
CREATE TABLE t_a_idx (a int);
CREATE TABLE t_a_seq (a int);
CREATE TABLE t (a serial UNIQUE, b int PRIMARY KEY);
CREATE INDEX ON t (a);
CREATE INDEX ON t (a);
DROP INDEX t_a_idx1;
CREATE INDEX ON t (a);
-- == keys: the same said twice
CREATE TABLE t (a int PRIMARY KEY UNIQUE, b int UNIQUE, UNIQUE (b), CONSTRAINT named UNIQUE (a));
CREATE TABLE u (a int UNIQUE CONSTRAINT n UNIQUE, UNIQUE (a) DEFERRABLE);
CREATE TABLE v (a int, b int, PRIMARY KEY (a, b), UNIQUE (b, a), UNIQUE (a, b));
-- == keys: two primary ones
CREATE TABLE t (a int PRIMARY KEY, b int PRIMARY KEY);
CREATE TABLE u (a int PRIMARY KEY, b int);
ALTER TABLE u ADD PRIMARY KEY (b);
-- == keys: added and dropped
CREATE TABLE t (a int, b int);
ALTER TABLE t ADD PRIMARY KEY (a);
ALTER TABLE t DROP CONSTRAINT t_pkey;
ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (b, a);
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;
ALTER TABLE t DROP CONSTRAINT pk;
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;
ALTER TABLE t DROP CONSTRAINT nosuch;
ALTER TABLE t DROP CONSTRAINT IF EXISTS nosuch;
-- == keys: of an index that is there
CREATE TABLE t (a int, b int, c int);
CREATE UNIQUE INDEX i ON t (a);
CREATE UNIQUE INDEX j ON t (b) INCLUDE (c);
CREATE UNIQUE INDEX k ON t (b) WHERE c > 0;
CREATE INDEX l ON t (c);
ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY USING INDEX i;
ALTER TABLE t ADD UNIQUE USING INDEX j;
ALTER TABLE t ADD CONSTRAINT x UNIQUE USING INDEX k;
ALTER TABLE t ADD CONSTRAINT y UNIQUE USING INDEX l;
ALTER TABLE t ADD CONSTRAINT z UNIQUE USING INDEX nosuch;
-- == keys: nulls not distinct, include, deferrable
CREATE TABLE t (a int UNIQUE NULLS NOT DISTINCT, b int, c int, UNIQUE (b) INCLUDE (c), UNIQUE (c) DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY (a) INCLUDE (b));
CREATE TABLE u (c int REFERENCES t (c));
CREATE TABLE v (b int REFERENCES t (b), a int REFERENCES t);
-- == keys: unknown columns
CREATE TABLE t (a int, PRIMARY KEY (b));
CREATE TABLE u (a int, UNIQUE (a, a));
CREATE TABLE v (a int, CHECK (b > 0));
-- == exclusion
CREATE TABLE t (a int4range, b int4range, EXCLUDE USING gist (a WITH &&), CONSTRAINT ex EXCLUDE USING gist (b WITH &&) WHERE (NOT isempty(b)));
CREATE TABLE u (a int4range, b int, c text);
ALTER TABLE u ADD EXCLUDE USING gist (a WITH &&, int4range(b, b) WITH =);
ALTER TABLE u ADD EXCLUDE (lower(c) WITH =);
ALTER TABLE t DROP CONSTRAINT ex;
DROP INDEX t_a_excl;
-- == foreign keys: actions
CREATE TABLE p (id int PRIMARY KEY, k int UNIQUE);
CREATE TABLE t (a int REFERENCES p ON DELETE CASCADE, b int REFERENCES p (k) ON UPDATE SET NULL ON DELETE SET DEFAULT, c int REFERENCES p ON DELETE RESTRICT ON UPDATE CASCADE, d int REFERENCES p DEFERRABLE INITIALLY DEFERRED, e int CONSTRAINT named REFERENCES p ON DELETE SET NULL);
-- == foreign keys: to oneself
CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t, other int, FOREIGN KEY (other) REFERENCES t (id));
ALTER TABLE t DROP COLUMN id;
ALTER TABLE t DROP COLUMN parent;
ALTER TABLE t DROP COLUMN id CASCADE;
-- == foreign keys: not valid, then valid
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (a int);
ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p NOT VALID;
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
ALTER TABLE t ADD CONSTRAINT g FOREIGN KEY (a) REFERENCES p NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT f;
ALTER TABLE t VALIDATE CONSTRAINT c;
ALTER TABLE t VALIDATE CONSTRAINT nosuch;
-- == foreign keys: to what has no key
CREATE TABLE p (id int, k int);
CREATE TABLE t (a int REFERENCES p);
CREATE TABLE u (a int REFERENCES p (k));
CREATE TABLE v (a int REFERENCES nosuch);
CREATE UNIQUE INDEX ON p (k);
CREATE TABLE w (a int REFERENCES p (k));
CREATE UNIQUE INDEX part ON p (id) WHERE k > 0;
CREATE TABLE x (a int REFERENCES p (id));
-- == foreign keys: several columns in another order
CREATE TABLE p (a int, b int, c int, PRIMARY KEY (a, b), UNIQUE (b, c));
CREATE TABLE t (x int, y int, FOREIGN KEY (x, y) REFERENCES p (b, a), FOREIGN KEY (y, x) REFERENCES p, FOREIGN KEY (x, y) REFERENCES p (c, b));
CREATE TABLE u (x int, y int, FOREIGN KEY (x) REFERENCES p);
CREATE INDEX ON t (y, x);
-- == foreign keys: what is dropped
CREATE TABLE p (id int PRIMARY KEY, k int UNIQUE);
CREATE TABLE t (a int REFERENCES p, b int REFERENCES p (k));
DROP TABLE p;
ALTER TABLE p DROP CONSTRAINT p_pkey;
ALTER TABLE p DROP COLUMN k;
DROP INDEX p_pkey;
ALTER TABLE p DROP COLUMN k CASCADE;
ALTER TABLE p DROP CONSTRAINT p_pkey CASCADE;
DROP TABLE p;
-- == foreign keys: the table is dropped with CASCADE
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (a int REFERENCES p, b int);
DROP TABLE p CASCADE;
CREATE TABLE p (id int PRIMARY KEY);
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p;
-- == foreign keys: both tables at once
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (a int REFERENCES p);
DROP TABLE p, t;
-- == foreign keys: which index they need
CREATE TABLE p (id int PRIMARY KEY, k int);
CREATE UNIQUE INDEX one ON p (k);
CREATE UNIQUE INDEX two ON p (k);
CREATE TABLE t (a int REFERENCES p (k));
DROP INDEX two;
DROP INDEX one;
DROP INDEX one CASCADE;
-- == foreign keys: kept apart
CREATE TEMP TABLE p (id int PRIMARY KEY);
CREATE TABLE t (a int REFERENCES p);
CREATE UNLOGGED TABLE q (id int PRIMARY KEY);
CREATE TABLE u (a int REFERENCES q);
CREATE UNLOGGED TABLE v (a int REFERENCES q);
CREATE TABLE w (id int PRIMARY KEY);
CREATE UNLOGGED TABLE x (a int REFERENCES w);
-- == foreign keys: the same name twice
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (a int CONSTRAINT f REFERENCES p, b int CONSTRAINT f REFERENCES p);
CREATE TABLE u (a int CONSTRAINT f REFERENCES p, b int CONSTRAINT c CHECK (b > 0));
ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES p;
ALTER TABLE u ADD CONSTRAINT c UNIQUE (b);
ALTER TABLE u ADD CONSTRAINT c CHECK (b > 1);
-- == indexes: methods, order, conditions
CREATE TABLE t (a int, b text, c jsonb, d tsvector, e int4range);
CREATE INDEX i1 ON t USING hash (a);
CREATE INDEX i2 ON t USING gin (c);
CREATE INDEX i3 ON t USING gist (e);
CREATE INDEX i4 ON t USING brin (a);
CREATE INDEX i5 ON t (b text_pattern_ops DESC NULLS LAST, a ASC NULLS FIRST);
CREATE INDEX i6 ON t (a) WHERE b IS NOT NULL;
CREATE INDEX i7 ON t ((c ->> 'x'));
CREATE INDEX i8 ON t (lower(b), upper(b)) INCLUDE (a) WHERE a > 0 AND b = ')';
CREATE INDEX i9 ON t (b COLLATE "C");
CREATE UNIQUE INDEX i10 ON t (a, b) NULLS NOT DISTINCT;
CREATE INDEX CONCURRENTLY i11 ON t (a);
CREATE INDEX i12 ON t (nosuch);
CREATE INDEX i13 ON nosuch (a);
CREATE INDEX i1 ON t (a);
CREATE INDEX IF NOT EXISTS i1 ON t (b);
CREATE INDEX t ON t (a);
-- == indexes: names of expressions
CREATE TABLE t (a int, b text, c jsonb);
CREATE INDEX ON t (lower(b));
CREATE INDEX ON t (lower(b), upper(b), lower(b || 'x'));
CREATE INDEX ON t ((a + 1));
CREATE INDEX ON t ((c ->> 'x'), (c ->> 'y'));
CREATE INDEX ON t ((a::text));
CREATE INDEX ON t (((c ->> 'z')::int));
CREATE INDEX ON t (coalesce(a, 0));
CREATE INDEX ON t ((CASE WHEN a > 0 THEN b ELSE NULL END));
CREATE INDEX ON t ((CASE WHEN a > 0 THEN 1 ELSE 0 END));
CREATE INDEX ON t ((ARRAY[a]));
CREATE INDEX ON t (nullif(a, 0), greatest(a, 1), least(a, 2));
CREATE INDEX ON t ((b COLLATE "C"));
CREATE INDEX ON t ((b IS NULL));
CREATE INDEX ON t (date_part('year', '2020-01-01'::timestamp + a * '1 day'::interval));
CREATE INDEX ON t ((row(a, b) IS NULL), md5(b), (NOT a > 0));
-- == indexes: dropped and renamed
CREATE TABLE t (a int UNIQUE, b int);
CREATE INDEX i ON t (b);
ALTER INDEX i RENAME TO j;
ALTER INDEX t_a_key RENAME TO k;
ALTER TABLE t DROP CONSTRAINT k;
DROP INDEX i;
DROP INDEX IF EXISTS i;
DROP INDEX CONCURRENTLY j;
ALTER INDEX IF EXISTS nosuch RENAME TO x;
ALTER TABLE nosuch RENAME TO x;
-- == indexes: go with their columns
CREATE TABLE t (a int, b int, c int, d int, e text);
CREATE INDEX i1 ON t (a, b);
CREATE INDEX i2 ON t (c) WHERE b > 0;
CREATE INDEX i3 ON t (c) INCLUDE (b);
CREATE INDEX i4 ON t ((b + c));
CREATE INDEX i5 ON t (c);
ALTER TABLE t ADD CHECK (b > c), ADD UNIQUE (b), ADD UNIQUE (c, b), ADD CHECK (c > 0);
ALTER TABLE t DROP COLUMN b;
-- == indexes: of materialized views
CREATE TABLE t (a int);
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
CREATE UNIQUE INDEX ON m (a);
CREATE INDEX m_a_idx ON t (a);
DROP MATERIALIZED VIEW m;
CREATE INDEX m_a_idx ON t (a);
-- == checks: added, renamed, dropped
CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (a > 0), CHECK (a < b));
ALTER TABLE t ADD CHECK (a < 100), ADD CONSTRAINT d CHECK (b < 100) NOT VALID;
ALTER TABLE t RENAME CONSTRAINT c TO cc;
ALTER TABLE t RENAME CONSTRAINT nosuch TO x;
ALTER TABLE t RENAME CONSTRAINT cc TO d;
ALTER TABLE t DROP CONSTRAINT t_check;
ALTER TABLE t DROP CONSTRAINT t_a_check, DROP CONSTRAINT IF EXISTS nosuch;
ALTER TABLE t ADD CHECK (t.a > 5), ADD CHECK (t IS NOT NULL);
-- == constraints: renamed
CREATE TABLE p (id int PRIMARY KEY, u int UNIQUE);
CREATE TABLE t (a int REFERENCES p);
ALTER TABLE p RENAME CONSTRAINT p_pkey TO pk;
ALTER TABLE p RENAME CONSTRAINT p_u_key TO uk;
ALTER TABLE t RENAME CONSTRAINT t_a_fkey TO fk;
ALTER INDEX pk RENAME TO pk2;
ALTER TABLE p DROP CONSTRAINT uk;
ALTER TABLE t DROP CONSTRAINT fk;
CREATE TABLE pk (a int);
-- == alter: types
CREATE TABLE t (a int, b varchar(10), c timestamp, d text DEFAULT 'x');
ALTER TABLE t ALTER COLUMN a TYPE bigint, ALTER b TYPE text, ALTER COLUMN c SET DATA TYPE timestamptz USING c AT TIME ZONE 'UTC';
ALTER TABLE t ALTER COLUMN d TYPE varchar(20), ALTER d DROP DEFAULT;
ALTER TABLE t ALTER COLUMN nosuch TYPE int;
-- == alter: NOT NULL and defaults
CREATE TABLE t (a int, b int NOT NULL, c int DEFAULT 3);
ALTER TABLE t ALTER a SET NOT NULL, ALTER b DROP NOT NULL, ALTER c SET DEFAULT 4;
ALTER TABLE t ALTER nosuch SET NOT NULL;
ALTER TABLE t ALTER a SET NOT NULL, ALTER nosuch SET NOT NULL;
-- == alter: all or nothing
CREATE TABLE t (a int);
ALTER TABLE t ADD COLUMN b int, ADD COLUMN a int;
ALTER TABLE t ADD COLUMN c int, DROP COLUMN nosuch;
ALTER TABLE t ADD COLUMN d int UNIQUE, ADD CONSTRAINT t_d_key CHECK (d > 0);
-- == alter: the order in which it is done
CREATE TABLE t (a int, b int);
ALTER TABLE t ADD COLUMN a text, DROP COLUMN a;
ALTER TABLE t ADD PRIMARY KEY (c), ADD COLUMN c int;
ALTER TABLE t ADD CONSTRAINT x CHECK (d > 0), ADD COLUMN d int, ALTER COLUMN d SET NOT NULL;
ALTER TABLE t DROP CONSTRAINT x, ADD CONSTRAINT x UNIQUE (d);
-- == alter: columns with constraints
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (a int);
ALTER TABLE t ADD COLUMN id serial PRIMARY KEY, ADD b int REFERENCES p ON DELETE CASCADE, ADD c int UNIQUE CHECK (c > 0) DEFAULT 5, ADD d bigint GENERATED ALWAYS AS IDENTITY;
ALTER TABLE t ADD COLUMN e int CONSTRAINT named REFERENCES p;
-- == alter: IF EXISTS
ALTER TABLE IF EXISTS nosuch ADD COLUMN a int;
ALTER TABLE nosuch ADD COLUMN a int;
CREATE TABLE t (a int);
ALTER TABLE t DROP COLUMN IF EXISTS b, ADD c int;
ALTER TABLE IF EXISTS t DROP COLUMN b;
-- == alter: logged and unlogged
CREATE TABLE t (a int);
ALTER TABLE t SET UNLOGGED;
CREATE UNLOGGED TABLE u (a int);
ALTER TABLE u SET LOGGED;
-- == alter: what changes nothing here
CREATE TABLE t (a int, b text);
ALTER TABLE t ALTER a SET STATISTICS 100, ALTER b SET STORAGE EXTERNAL, SET (fillfactor = 70), ENABLE ROW LEVEL SECURITY, REPLICA IDENTITY FULL;
ALTER TABLE t ALTER nosuch SET STATISTICS 100, ADD COLUMN c int;
ALTER TABLE t DISABLE TRIGGER ALL, ADD COLUMN d int;
COMMENT ON TABLE t IS 'x';
-- == renames: tables
CREATE TABLE p (id serial PRIMARY KEY);
CREATE TABLE t (a int REFERENCES p);
ALTER TABLE p RENAME TO q;
ALTER TABLE q RENAME TO t;
ALTER TABLE IF EXISTS nosuch RENAME TO x;
CREATE TABLE p (id serial PRIMARY KEY);
ALTER TABLE q ADD UNIQUE (id);
CREATE TABLE u (a int REFERENCES q);
-- == renames: columns
CREATE TABLE p (id int PRIMARY KEY, k int, UNIQUE (k, id));
CREATE TABLE t (a int REFERENCES p, b int, c int GENERATED ALWAYS AS (b + 1) STORED, FOREIGN KEY (a, b) REFERENCES p (id, k), CHECK (a > 0));
CREATE INDEX ON t (b) INCLUDE (a) WHERE a > 0;
ALTER TABLE p RENAME COLUMN id TO ident;
ALTER TABLE t RENAME a TO aa;
ALTER TABLE t RENAME b TO aa;
ALTER TABLE t RENAME nosuch TO x;
CREATE INDEX ON t (aa);
ALTER TABLE t DROP COLUMN aa;
ALTER TABLE t RENAME b TO bb;
ALTER TABLE t DROP COLUMN bb CASCADE;
-- == renames: schemas
CREATE SCHEMA s;
CREATE TYPE s.e AS ENUM ('x');
CREATE TABLE s.p (id serial PRIMARY KEY, m s.e);
CREATE TABLE t (a int REFERENCES s.p, b s.e);
CREATE INDEX ON s.p (m);
ALTER SCHEMA s RENAME TO s2;
CREATE INDEX ON s2.p (m);
DROP INDEX s2.p_m_idx;
ALTER SCHEMA nosuch RENAME TO x;
ALTER SCHEMA s2 RENAME TO public;
-- == schemas: moved between
CREATE SCHEMA s;
CREATE TABLE t (id serial PRIMARY KEY, a int CHECK (a > 0));
CREATE INDEX ON t (a);
CREATE TABLE u (b int REFERENCES t);
ALTER TABLE t SET SCHEMA s;
CREATE TABLE t (id serial PRIMARY KEY, a int CHECK (a > 0));
CREATE INDEX ON t (a);
CREATE INDEX ON s.t (a);
ALTER TABLE t SET SCHEMA s;
ALTER TABLE u SET SCHEMA nosuch;
CREATE TABLE s.t_a_idx9 (a int);
-- == schemas: elements
CREATE SCHEMA s CREATE TABLE a (id int PRIMARY KEY) CREATE TABLE b (a_id int REFERENCES a) CREATE INDEX ON b (a_id) CREATE VIEW v AS SELECT * FROM a;
CREATE TABLE a (x int);
CREATE SCHEMA IF NOT EXISTS s;
CREATE SCHEMA s;
CREATE SCHEMA AUTHORIZATION postgres;
CREATE TABLE postgres.x (a int);
-- == schemas: dropped
CREATE SCHEMA s;
CREATE TABLE s.p (id int PRIMARY KEY);
CREATE TYPE s.e AS ENUM ('x');
CREATE TABLE t (a int REFERENCES s.p, b s.e, c int);
DROP SCHEMA s;
DROP SCHEMA s CASCADE;
DROP SCHEMA s;
DROP SCHEMA IF EXISTS s;
CREATE TABLE s.x (a int);
CREATE SCHEMA s;
CREATE TABLE s.x (a int);
-- == search path
CREATE SCHEMA a;
CREATE SCHEMA b;
SET search_path = b, a, public;
CREATE TABLE t (x int);
SET search_path TO a, public;
CREATE TABLE u (x int);
CREATE TABLE t (y int);
SET search_path = '';
CREATE TABLE v (x int);
CREATE TABLE b.v (x int);
SELECT pg_catalog.set_config('search_path', 'nosuch, "b"', false);
CREATE TABLE w (x int);
ALTER TABLE t ADD COLUMN z int;
RESET search_path;
CREATE TABLE p (x int);
SET search_path TO "$user", a;
CREATE TABLE q (x int);
SET search_path TO DEFAULT;
ALTER TABLE t ADD COLUMN no int;
SET SCHEMA 'b';
CREATE TABLE r (x int);
-- == search path: in transactions
CREATE SCHEMA a;
SET LOCAL search_path = a;
CREATE TABLE t1 (x int);
BEGIN;
SET LOCAL search_path = a;
CREATE TABLE t2 (x int);
COMMIT;
CREATE TABLE t3 (x int);
BEGIN;
SET search_path = a;
CREATE TABLE t4 (x int);
ROLLBACK;
CREATE TABLE t5 (x int);
BEGIN;
SELECT set_config('search_path', 'a', true);
CREATE TABLE t6 (x int);
END;
CREATE TABLE t7 (x int);
BEGIN;
SET search_path = a;
COMMIT;
CREATE TABLE t8 (x int);
-- == transactions
BEGIN;
CREATE TABLE a (x int);
ROLLBACK;
START TRANSACTION;
CREATE TABLE a (y int);
SAVEPOINT s;
ALTER TABLE a ADD z int;
CREATE TABLE b (x int REFERENCES nosuch) ;
ROLLBACK TO s;
ALTER TABLE a ADD w int;
SAVEPOINT s;
DROP TABLE a;
ROLLBACK TO SAVEPOINT s;
RELEASE s;
COMMIT;
BEGIN;
CREATE INDEX ON a (y);
ALTER TABLE a RENAME TO c;
CREATE TYPE e AS ENUM ('x');
ABORT;
CREATE INDEX ON a (y);
-- == transactions: savepoints in one another
BEGIN;
CREATE TABLE a (x int);
SAVEPOINT one;
CREATE TABLE b (x int);
SAVEPOINT two;
CREATE TABLE c (x int);
RELEASE two;
CREATE TABLE d (x int);
ROLLBACK TO one;
CREATE TABLE e (x int);
COMMIT AND CHAIN;
CREATE TABLE f (x int);
ROLLBACK;
-- == transactions: never ended
CREATE TABLE a (x int);
BEGIN;
CREATE TABLE b (x int);
-- == like: nothing included
CREATE TABLE p (id serial PRIMARY KEY, a int NOT NULL DEFAULT 5 CHECK (a > 0), b text UNIQUE, c int GENERATED ALWAYS AS IDENTITY, d int GENERATED ALWAYS AS (a * 2) STORED);
CREATE INDEX ON p (a);
CREATE TABLE t (LIKE p);
CREATE TABLE u (x int, LIKE p INCLUDING ALL, y int);
CREATE TABLE v (LIKE p INCLUDING CONSTRAINTS INCLUDING IDENTITY);
CREATE TABLE w (LIKE p INCLUDING INDEXES INCLUDING GENERATED, PRIMARY KEY (a));
CREATE TABLE x (LIKE p INCLUDING INDEXES, UNIQUE (b));
CREATE TABLE y (LIKE p INCLUDING ALL EXCLUDING INDEXES);
CREATE TABLE z (LIKE nosuch);
CREATE TABLE id (id int, LIKE p);
-- == like: indexes of all kinds
CREATE TABLE p (a int, b text, c int4range, EXCLUDE USING gist (c WITH &&), UNIQUE (a) INCLUDE (b));
CREATE INDEX special ON p (lower(b), a DESC) WHERE a > 0;
CREATE UNIQUE INDEX ON p USING btree (b text_pattern_ops);
CREATE TABLE t (LIKE p INCLUDING INDEXES);
ALTER TABLE p RENAME COLUMN a TO z;
CREATE TABLE u (LIKE p INCLUDING INDEXES);
-- == like: views
CREATE TABLE p (a int NOT NULL, b varchar(10));
CREATE VIEW v AS SELECT a, b, a + 1 AS c FROM p;
CREATE TABLE t (LIKE v INCLUDING ALL);
-- == inherits
CREATE TABLE p (a int NOT NULL, b text DEFAULT 'x', CHECK (a > 0), CHECK (a < 100) NO INHERIT, PRIMARY KEY (a));
CREATE TABLE c (c int) INHERITS (p);
CREATE TABLE d (a int, d int NOT NULL, b text NOT NULL) INHERITS (p);
CREATE TABLE e (a bigint) INHERITS (p);
CREATE TABLE g () INHERITS (c, d);
ALTER TABLE p ADD COLUMN n int;
ALTER TABLE p ADD COLUMN d text;
ALTER TABLE p ALTER COLUMN n SET NOT NULL;
ALTER TABLE p RENAME COLUMN n TO m;
ALTER TABLE c RENAME COLUMN m TO x;
ALTER TABLE p ALTER COLUMN a TYPE bigint;
-- == inherits: columns are dropped
CREATE TABLE p (a int, b int, c int);
CREATE TABLE q (c int, d int);
CREATE TABLE t (b int, x int) INHERITS (p, q);
ALTER TABLE t DROP COLUMN a;
ALTER TABLE p DROP COLUMN a;
ALTER TABLE p DROP COLUMN b;
ALTER TABLE p DROP COLUMN c;
ALTER TABLE ONLY q DROP COLUMN d;
ALTER TABLE t DROP COLUMN d;
-- == inherits: NOT NULL and defaults
CREATE TABLE p (a int, b int NOT NULL);
CREATE TABLE t () INHERITS (p);
ALTER TABLE ONLY p ALTER a SET NOT NULL;
ALTER TABLE p ALTER b DROP NOT NULL;
ALTER TABLE t ALTER b SET NOT NULL;
ALTER TABLE p ALTER b DROP NOT NULL;
ALTER TABLE ONLY p ADD COLUMN c int;
ALTER TABLE p ADD PRIMARY KEY (a);
ALTER TABLE t ALTER a DROP NOT NULL;
-- == inherits: checks
CREATE TABLE p (a int);
CREATE TABLE t (CONSTRAINT x CHECK (a > 0)) INHERITS (p);
ALTER TABLE p ADD CONSTRAINT x CHECK (a > 0);
ALTER TABLE p ADD CONSTRAINT y CHECK (a > 1);
ALTER TABLE t DROP CONSTRAINT y;
ALTER TABLE ONLY p ADD CONSTRAINT z CHECK (a > 2);
ALTER TABLE ONLY p ADD CONSTRAINT z CHECK (a > 2) NO INHERIT;
ALTER TABLE p RENAME CONSTRAINT y TO yy;
ALTER TABLE p DROP CONSTRAINT x;
ALTER TABLE ONLY p DROP CONSTRAINT yy;
ALTER TABLE t DROP CONSTRAINT yy;
-- == inherits: joined and left
CREATE TABLE p (a int, b int NOT NULL, CONSTRAINT c CHECK (a > 0));
CREATE TABLE t (a int, b int);
ALTER TABLE t INHERIT p;
ALTER TABLE t ALTER b SET NOT NULL;
ALTER TABLE t INHERIT p;
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);
ALTER TABLE t INHERIT p;
ALTER TABLE t INHERIT p;
ALTER TABLE p ADD COLUMN d int;
ALTER TABLE t NO INHERIT p;
ALTER TABLE t NO INHERIT p;
ALTER TABLE p ADD COLUMN e int;
ALTER TABLE t DROP COLUMN d;
ALTER TABLE p INHERIT p;
-- == inherits: dropped
CREATE TABLE p (a int);
CREATE TABLE t () INHERITS (p);
CREATE TABLE u () INHERITS (t);
DROP TABLE p;
DROP TABLE p, t;
DROP TABLE p, t, u;
CREATE TABLE p (a int);
CREATE TABLE t () INHERITS (p);
DROP TABLE p CASCADE;
-- == inherits: identity and serial
CREATE TABLE p (a serial, b int GENERATED ALWAYS AS IDENTITY, c int);
CREATE TABLE t () INHERITS (p);
CREATE TABLE u (b int) INHERITS (p);
DROP TABLE t, u;
CREATE TABLE v (id int PRIMARY KEY, LIKE p INCLUDING DEFAULTS);
DROP TABLE p;
-- == partitions: by range
CREATE TABLE m (id int NOT NULL, at date NOT NULL, n int DEFAULT 3 CHECK (n > 0), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX ON m (n);
CREATE TABLE m2 PARTITION OF m (n DEFAULT 4 NOT NULL, CONSTRAINT own CHECK (id > 0), UNIQUE (id)) FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE m3 PARTITION OF m DEFAULT PARTITION BY HASH (id);
CREATE TABLE m3a PARTITION OF m3 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE UNIQUE INDEX ON m (n);
CREATE UNIQUE INDEX ON m (at, n);
ALTER TABLE m ADD COLUMN x text NOT NULL;
ALTER TABLE m1 ADD COLUMN y int;
ALTER TABLE m ALTER x DROP NOT NULL;
ALTER TABLE ONLY m ADD COLUMN z int;
-- == partitions: keys must hold what is divided by
CREATE TABLE t (a int PRIMARY KEY, b int) PARTITION BY LIST (b);
CREATE TABLE t (a int, b int, UNIQUE (a)) PARTITION BY LIST (b);
CREATE TABLE t (a int, b int) PARTITION BY LIST (b);
ALTER TABLE t ADD PRIMARY KEY (a);
ALTER TABLE t ADD PRIMARY KEY (b, a);
CREATE TABLE u (a int, b int, UNIQUE (a)) PARTITION BY RANGE ((a + b));
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t ALTER b TYPE bigint;
ALTER TABLE t ALTER a TYPE bigint;
-- == partitions: foreign keys of them
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (a int REFERENCES p ON DELETE CASCADE, b int) PARTITION BY LIST (b);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE t2 PARTITION OF t (FOREIGN KEY (b) REFERENCES p) FOR VALUES IN (2);
CREATE INDEX ON t1 (a);
CREATE INDEX ON t (a);
ALTER TABLE t1 DROP CONSTRAINT t_a_fkey;
ALTER TABLE t DROP CONSTRAINT t_a_fkey;
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p NOT VALID;
ALTER TABLE ONLY t ADD FOREIGN KEY (a) REFERENCES p;
ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p;
-- == partitions: foreign keys to them
CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE t (a int REFERENCES p, b int, FOREIGN KEY (b) REFERENCES p (id));
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
CREATE TABLE u (a int) PARTITION BY LIST (a);
CREATE TABLE u1 PARTITION OF u FOR VALUES IN (1);
ALTER TABLE u ADD FOREIGN KEY (a) REFERENCES p;
CREATE TABLE p3 (id int PRIMARY KEY);
ALTER TABLE p ATTACH PARTITION p3 FOR VALUES FROM (20) TO (30);
ALTER TABLE p DETACH PARTITION p1;
DROP TABLE p2;
DROP TABLE p;
ALTER TABLE t DROP CONSTRAINT t_a_fkey;
-- == partitions: foreign keys to partitions of partitions
CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE p11 PARTITION OF p1 FOR VALUES FROM (0) TO (5);
CREATE TABLE t (a int REFERENCES p);
CREATE TABLE p12 PARTITION OF p1 FOR VALUES FROM (5) TO (10);
CREATE TABLE x (a int REFERENCES p1);
CREATE TABLE p13 (id int NOT NULL);
DROP TABLE p CASCADE;
-- == partitions: attached
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE m (id int NOT NULL, at date NOT NULL, n int REFERENCES p, CONSTRAINT pk PRIMARY KEY (id, at), CHECK (n > 0)) PARTITION BY RANGE (at);
CREATE INDEX mi ON m (n);
CREATE TABLE a1 (id int NOT NULL, at date NOT NULL, n int, PRIMARY KEY (id, at), CONSTRAINT m_n_check CHECK (n > 0));
CREATE INDEX a1i ON a1 (n);
ALTER TABLE m ATTACH PARTITION a1 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE a2 (at date NOT NULL, n int REFERENCES p, id int NOT NULL, CONSTRAINT m_n_check CHECK (n > 0));
ALTER TABLE m ATTACH PARTITION a2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE a3 (id int NOT NULL, at date, n int, CONSTRAINT m_n_check CHECK (n > 0));
ALTER TABLE m ATTACH PARTITION a3 DEFAULT;
CREATE TABLE a4 (id int NOT NULL, at date NOT NULL, n int);
ALTER TABLE m ATTACH PARTITION a4 DEFAULT;
CREATE TABLE a5 (id int NOT NULL, at date NOT NULL, n int, x int, CONSTRAINT m_n_check CHECK (n > 0));
ALTER TABLE m ATTACH PARTITION a5 DEFAULT;
ALTER TABLE m ATTACH PARTITION nosuch DEFAULT;
DROP INDEX a1i;
DROP INDEX mi;
-- == partitions: detached
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE m (id int, n int REFERENCES p, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10);
CREATE TABLE m2 PARTITION OF m FOR VALUES FROM (10) TO (20);
CREATE INDEX ON m (n);
ALTER TABLE m DETACH PARTITION m1;
ALTER TABLE m DETACH PARTITION m1;
ALTER TABLE m1 ADD COLUMN x int, DROP CONSTRAINT m_n_fkey;
DROP INDEX m1_n_idx;
ALTER TABLE m1 DROP CONSTRAINT m1_pkey;
ALTER TABLE m DROP COLUMN n;
DROP TABLE m;
-- == partitions: as pg_dump writes them
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.m (id integer NOT NULL, at date NOT NULL, n integer) PARTITION BY RANGE (at);
CREATE TABLE public.m1 (id integer NOT NULL, at date NOT NULL, n integer);
CREATE TABLE public.m2 (id integer NOT NULL, at date NOT NULL, n integer);
ALTER TABLE ONLY public.m ATTACH PARTITION public.m1 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
ALTER TABLE ONLY public.m ATTACH PARTITION public.m2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
ALTER TABLE ONLY public.m ADD CONSTRAINT m_pkey PRIMARY KEY (id, at);
ALTER TABLE ONLY public.m1 ADD CONSTRAINT m1_pkey PRIMARY KEY (id, at);
ALTER TABLE ONLY public.m2 ADD CONSTRAINT m2_pkey PRIMARY KEY (id, at);
CREATE INDEX m_n_idx ON ONLY public.m USING btree (n);
CREATE INDEX m1_n_idx ON public.m1 USING btree (n);
CREATE INDEX m2_n_idx ON public.m2 USING btree (n);
ALTER INDEX public.m_pkey ATTACH PARTITION public.m1_pkey;
ALTER INDEX public.m_n_idx ATTACH PARTITION public.m1_n_idx;
ALTER INDEX public.m_pkey ATTACH PARTITION public.m2_pkey;
ALTER INDEX public.m_n_idx ATTACH PARTITION public.m2_n_idx;
CREATE INDEX m_at_idx ON ONLY public.m USING btree (at);
CREATE INDEX m1_at_idx ON public.m1 USING btree (at);
ALTER INDEX public.m_at_idx ATTACH PARTITION public.m1_at_idx;
ALTER INDEX public.m_at_idx ATTACH PARTITION public.m1_n_idx;
-- == partitions: indexes made before they are there
CREATE TABLE m (a int, b int) PARTITION BY LIST (a);
CREATE INDEX i ON ONLY m (b);
CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
CREATE INDEX j ON ONLY m (a);
CREATE TABLE m2 PARTITION OF m FOR VALUES IN (2);
CREATE INDEX k ON m1 (a);
ALTER INDEX j ATTACH PARTITION k;
-- == partitions: renamed and dropped indexes
CREATE TABLE m (a int, b int) PARTITION BY LIST (a);
CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
CREATE INDEX i ON m (b);
ALTER INDEX i RENAME TO j;
DROP INDEX m1_b_idx;
ALTER TABLE m RENAME COLUMN b TO c;
CREATE TABLE m2 PARTITION OF m FOR VALUES IN (2);
DROP INDEX j;
CREATE INDEX ON m (c);
-- == partitions: indexes by expression
CREATE TABLE m (a int, b text) PARTITION BY LIST (a);
CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
CREATE INDEX own ON m1 (lower(b));
CREATE INDEX ON m (lower(b));
CREATE INDEX ON m (upper(b)) WHERE a > 0;
CREATE TABLE m2 PARTITION OF m FOR VALUES IN (2);
CREATE INDEX ON m ((a + 1), b);
-- == partitions: dropped with their table
CREATE TABLE m (a int) PARTITION BY LIST (a);
CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
CREATE TABLE m2 PARTITION OF m FOR VALUES IN (2);
DROP TABLE m1;
DROP TABLE m;
CREATE TABLE m1 (a int);
-- == partitions: not of those
CREATE TABLE t (a int);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE m (a int) PARTITION BY LIST (a);
CREATE TABLE c () INHERITS (m);
CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
CREATE TABLE d () INHERITS (m1);
ALTER TABLE m1 INHERIT t;
ALTER TABLE m1 NO INHERIT m;
ALTER TABLE m1 DROP COLUMN a;
ALTER TABLE m1 RENAME COLUMN a TO b;
ALTER TABLE m RENAME COLUMN a TO b;
-- == partitions: NOT NULL
CREATE TABLE m (a int NOT NULL, b int) PARTITION BY LIST (a);
CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
ALTER TABLE ONLY m ALTER b SET NOT NULL;
ALTER TABLE m1 ALTER b SET NOT NULL;
ALTER TABLE ONLY m ALTER b SET NOT NULL;
ALTER TABLE m1 ALTER a DROP NOT NULL;
ALTER TABLE ONLY m ALTER a DROP NOT NULL;
ALTER TABLE m ALTER a DROP NOT NULL;
-- == views: need their tables
CREATE TABLE t (a int, b int, c int);
CREATE VIEW v AS SELECT a, x.b FROM t x;
CREATE VIEW w AS SELECT * FROM v;
DROP TABLE t;
ALTER TABLE t DROP COLUMN a;
ALTER TABLE t DROP COLUMN c;
DROP VIEW v;
ALTER TABLE t ADD COLUMN d int;
ALTER TABLE t DROP COLUMN a CASCADE;
CREATE TABLE w (x int);
DROP VIEW IF EXISTS v;
-- == views: star reads all there was
CREATE TABLE t (a int, b int);
CREATE VIEW v AS SELECT * FROM t;
ALTER TABLE t ADD COLUMN c int;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t RENAME COLUMN b TO bb;
ALTER TABLE t DROP COLUMN bb;
DROP TABLE t CASCADE;
CREATE TABLE v (x int);
-- == views: share names with tables
CREATE VIEW v AS SELECT 1 AS a;
CREATE TABLE v (a int);
CREATE OR REPLACE VIEW v AS SELECT 1 AS a, 2 AS b;
DROP TABLE v;
ALTER VIEW v RENAME TO w;
CREATE TABLE v (a int);
DROP MATERIALIZED VIEW w;
ALTER TABLE w ADD COLUMN x int;
CREATE TABLE fk (a int REFERENCES w);
-- == views: joins and queries within
CREATE TABLE a (id int, x int);
CREATE TABLE b (id int, y int);
CREATE VIEW v AS SELECT a.x, b.y FROM a JOIN b USING (id) WHERE EXISTS (SELECT 1 FROM b c WHERE c.y = a.x);
ALTER TABLE a DROP COLUMN id;
ALTER TABLE b DROP COLUMN y;
ALTER TABLE a ADD COLUMN z int;
ALTER TABLE a DROP COLUMN z;
-- == from queries: columns and types
CREATE TABLE t (id bigint PRIMARY KEY, name varchar(20) NOT NULL, n int, price numeric(10,2), at timestamptz(3));
CREATE TABLE a AS SELECT * FROM t;
CREATE TABLE b (x, y) AS SELECT id, name FROM t WITH NO DATA;
CREATE TABLE c AS SELECT count(*), sum(n), max(name), avg(price) AS mean, t.at FROM t GROUP BY at;
CREATE TABLE d AS SELECT 1 AS one, 'x' AS word, 2.5 AS half, true AS yes, now() AS at, NULL::date AS day, 5000000000 AS big;
CREATE TABLE IF NOT EXISTS a AS SELECT 1;
SELECT id AS key, lower(name) INTO e FROM t;
CREATE TABLE f AS TABLE t;
CREATE TABLE g AS VALUES (1, 'a'), (2, 'b');
CREATE TABLE h AS SELECT x.id, y.* FROM t x LEFT JOIN t y ON x.id = y.id WHERE false;
-- == from queries: more types
CREATE TABLE t (id int, name varchar(20), c char(3), ok bool, j jsonb, tags text[]);
CREATE TABLE a AS WITH w AS (SELECT id, name FROM t) SELECT w.*, coalesce(name, 'x') AS other FROM w;
CREATE TABLE b AS SELECT id + 1 AS next, id * 2.5 AS half, name || 'x' AS joined, id > 3 AS big, j ->> 'a' AS txt, j -> 'b' AS js FROM t;
CREATE TABLE c AS SELECT id FROM t UNION SELECT 5;
CREATE TABLE d AS SELECT s.id AS key, s.total FROM (SELECT id, count(*) AS total FROM t GROUP BY id) s;
CREATE TABLE e AS SELECT CASE WHEN ok THEN 'a' ELSE 'b' END, CASE WHEN ok THEN id END AS x, max(c) AS c, array_agg(id) AS ids FROM t GROUP BY ok, id;
CREATE TABLE f AS SELECT current_date, current_timestamp AS now, EXISTS (SELECT 1 FROM t), row_number() OVER () AS nr;
CREATE UNLOGGED TABLE g AS SELECT name::text, id::bigint AS big, tags FROM t;
CREATE TABLE h AS SELECT * FROM t JOIN (SELECT id, 1 AS extra FROM t) z USING (id);
-- == temporary tables are not counted
CREATE TEMP TABLE t (a int PRIMARY KEY);
CREATE TEMPORARY TABLE u AS SELECT 1 AS a;
CREATE TABLE pg_temp.v (a int);
CREATE TABLE t (b int);
ALTER TABLE t ADD COLUMN c int;
ALTER TABLE public.t ADD COLUMN d int;
DROP TABLE t;
ALTER TABLE t ADD COLUMN e int;
-- == foreign tables are not counted
CREATE EXTENSION file_fdw;
CREATE SERVER s FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE f (a int NOT NULL, b text) SERVER s OPTIONS (filename '/nosuch');
CREATE TABLE t (LIKE f);
ALTER FOREIGN TABLE f ADD COLUMN c int;
CREATE TABLE f (a int);
CREATE TABLE u (a int REFERENCES f);
DROP FOREIGN TABLE f;
CREATE TABLE f (a int);
-- == sequences
CREATE SEQUENCE s;
CREATE SEQUENCE IF NOT EXISTS s;
CREATE TABLE s (a int);
CREATE TABLE t (id int DEFAULT nextval('s') PRIMARY KEY);
ALTER SEQUENCE s OWNED BY t.id;
DROP TABLE t;
CREATE TABLE s (a int);
CREATE TABLE u (id serial, b int);
DROP SEQUENCE u_id_seq;
DROP SEQUENCE u_id_seq CASCADE;
CREATE TABLE u_id_seq (a int);
CREATE TABLE v (id int GENERATED ALWAYS AS IDENTITY);
DROP SEQUENCE v_id_seq;
DROP SEQUENCE v_id_seq CASCADE;
ALTER TABLE v DROP COLUMN id;
CREATE TABLE v_id_seq (a int);
-- == extensions
CREATE EXTENSION citext;
CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public;
CREATE SCHEMA ext;
CREATE EXTENSION ltree SCHEMA ext;
CREATE EXTENSION citext;
CREATE TABLE t (a citext, b hstore, c ext.ltree, d citext[]);
CREATE INDEX ON t USING gin (b);
DROP EXTENSION citext;
DROP EXTENSION ltree CASCADE;
DROP EXTENSION IF EXISTS nosuch;
ALTER EXTENSION hstore SET SCHEMA ext;
-- == tables: there already
CREATE TABLE t (a int);
CREATE TABLE t (b int);
CREATE TABLE IF NOT EXISTS t (c int);
CREATE TABLE IF NOT EXISTS u (c int);
CREATE TYPE t AS ENUM ('x');
CREATE TYPE e AS ENUM ('x');
CREATE TABLE e (a int);
CREATE SEQUENCE t;
DROP TABLE IF EXISTS nosuch, u;
DROP TABLE nosuch, t;
-- == tables: dropped and made anew
CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE);
CREATE INDEX ON t (a);
DROP TABLE t;
CREATE TABLE t (id serial PRIMARY KEY, a text UNIQUE);
CREATE INDEX ON t (a);
-- == tables: names of constraints are used again
CREATE TABLE t (a int CHECK (a > 0) UNIQUE);
ALTER TABLE t DROP CONSTRAINT t_a_check;
ALTER TABLE t ADD CHECK (a > 1);
ALTER TABLE t ADD CHECK (a > 2);
ALTER TABLE t RENAME TO u;
CREATE TABLE t (a int CHECK (a > 0) UNIQUE);
ALTER TABLE u ADD UNIQUE (a), ADD CHECK (a > 3);
-- == statements that change nothing
CREATE TABLE t (a int, b text);
INSERT INTO t VALUES (1, 'x; DROP TABLE t;');
UPDATE t SET a = 2;
GRANT SELECT ON t TO PUBLIC;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION g() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE x (a int); END $$;
CREATE STATISTICS st ON a, b FROM t;
ANALYZE t;
LOCK TABLE t;
TRUNCATE t;
EXPLAIN SELECT * FROM t;
PREPARE q AS SELECT 1;
-- == keys of partitioned tables are dropped
CREATE TABLE m (a int, b int, PRIMARY KEY (a), UNIQUE (a, b)) PARTITION BY LIST (a);
CREATE TABLE m1 PARTITION OF m FOR VALUES IN (1);
ALTER TABLE m1 DROP CONSTRAINT m1_pkey;
ALTER TABLE m DROP CONSTRAINT m_pkey;
ALTER TABLE m DROP CONSTRAINT m_a_b_key;
-- == keys of an inheritance parent reach no child
CREATE TABLE p (a int PRIMARY KEY, b int UNIQUE REFERENCES p);
CREATE TABLE c () INHERITS (p);
CREATE TABLE t (x int REFERENCES c (a));
CREATE TABLE u (x int REFERENCES p (b));
DROP TABLE p CASCADE;
-- == style: Rails
CREATE TABLE public.users (id bigint NOT NULL, email character varying DEFAULT ''::character varying NOT NULL, created_at timestamp(6) without time zone NOT NULL, settings jsonb DEFAULT '{}'::jsonb);
CREATE SEQUENCE public.users_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;
ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE TABLE public.posts (id bigint NOT NULL, user_id bigint, body text);
ALTER TABLE ONLY public.posts ADD CONSTRAINT posts_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX index_users_on_email ON public.users USING btree (email);
CREATE INDEX index_posts_on_user_id ON public.posts USING btree (user_id);
CREATE INDEX index_users_on_lower ON public.users USING btree (lower((email)::text));
ALTER TABLE ONLY public.posts ADD CONSTRAINT fk_rails_5b5ddfd518 FOREIGN KEY (user_id) REFERENCES public.users(id);
-- == style: GitLab
CREATE TABLE batched (id bigint NOT NULL, created_at timestamp with time zone NOT NULL, partition_id bigint DEFAULT 1 NOT NULL, name text, CONSTRAINT check_0b CHECK ((char_length(name) <= 255))) PARTITION BY LIST (partition_id);
CREATE SCHEMA gitlab_partitions_dynamic;
CREATE TABLE gitlab_partitions_dynamic.batched_100 (id bigint NOT NULL, created_at timestamp with time zone NOT NULL, partition_id bigint DEFAULT 1 NOT NULL, name text, CONSTRAINT check_0b CHECK ((char_length(name) <= 255)));
ALTER TABLE ONLY batched ATTACH PARTITION gitlab_partitions_dynamic.batched_100 FOR VALUES IN ('100');
ALTER TABLE ONLY gitlab_partitions_dynamic.batched_100 ADD CONSTRAINT batched_100_pkey PRIMARY KEY (id, partition_id);
ALTER TABLE ONLY batched ADD CONSTRAINT batched_pkey PRIMARY KEY (id, partition_id);
ALTER INDEX batched_pkey ATTACH PARTITION gitlab_partitions_dynamic.batched_100_pkey;
CREATE INDEX index_batched_on_name ON ONLY batched USING btree (name);
ALTER TABLE batched ADD CONSTRAINT fk_self_p FOREIGN KEY (partition_id, id) REFERENCES batched(partition_id, id) ON UPDATE CASCADE ON DELETE CASCADE;
-- == style: Django
BEGIN;
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "username" varchar(150) NOT NULL UNIQUE, "is_active" boolean NOT NULL, "date_joined" timestamp with time zone NOT NULL);
CREATE TABLE "auth_user_groups" ("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "user_id" integer NOT NULL, "group_id" integer NOT NULL);
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_user_id_group_id_94350c0c_uniq" UNIQUE ("user_id", "group_id");
ALTER TABLE "auth_user_groups" ADD CONSTRAINT "auth_user_groups_user_id_6a12ed8b_fk_auth_user_id" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "auth_user_username_6821ab7c_like" ON "auth_user" ("username" varchar_pattern_ops);
CREATE INDEX "auth_user_groups_user_id_6a12ed8b" ON "auth_user_groups" ("user_id");
ALTER TABLE "auth_user" ALTER COLUMN "username" TYPE varchar(30) USING "username"::varchar(30);
ALTER TABLE "auth_user" ADD COLUMN "x" integer DEFAULT 0 NOT NULL;
ALTER TABLE "auth_user" ALTER COLUMN "x" DROP DEFAULT;
COMMIT;
-- == style: Liquibase
CREATE TABLE CLIENT (ID VARCHAR(36) NOT NULL, ENABLED BOOLEAN DEFAULT FALSE NOT NULL, REALM_ID VARCHAR(36), NOT_BEFORE INT);
ALTER TABLE CLIENT ADD CONSTRAINT CONSTRAINT_7 PRIMARY KEY (ID);
ALTER TABLE CLIENT ADD CONSTRAINT UK_B71CJLBENV945RB6GCON438AT UNIQUE (REALM_ID, ID);
CREATE TABLE CLIENT_ATTRIBUTES (VALUE VARCHAR(4000), CLIENT_ID VARCHAR(36) NOT NULL, NAME VARCHAR(255) NOT NULL);
ALTER TABLE CLIENT_ATTRIBUTES ADD CONSTRAINT CONSTRAINT_3C PRIMARY KEY (CLIENT_ID, NAME);
ALTER TABLE CLIENT_ATTRIBUTES ADD CONSTRAINT FK3C47C64BEACCA966 FOREIGN KEY (CLIENT_ID) REFERENCES CLIENT (ID);
ALTER TABLE CLIENT_ATTRIBUTES ALTER COLUMN VALUE TYPE TEXT USING (VALUE::TEXT);
ALTER TABLE CLIENT RENAME COLUMN ENABLED TO IS_ENABLED;
ALTER TABLE CLIENT DROP CONSTRAINT UK_B71CJLBENV945RB6GCON438AT;
-- == style: Prisma
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
CREATE TABLE "User" ("id" SERIAL NOT NULL, "role" "Role" NOT NULL DEFAULT 'USER', "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE TABLE "Post" ("id" TEXT NOT NULL, "authorId" INTEGER, "tags" TEXT[], "score" DECIMAL(65,30), CONSTRAINT "Post_pkey" PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "User_role_key" ON "User"("role");
ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
BEGIN;
CREATE TYPE "Role_new" AS ENUM ('USER', 'OWNER');
ALTER TABLE "User" ALTER COLUMN "role" DROP DEFAULT;
ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new");
ALTER TYPE "Role" RENAME TO "Role_old";
ALTER TYPE "Role_new" RENAME TO "Role";
DROP TYPE "Role_old";
ALTER TABLE "User" ALTER COLUMN "role" SET DEFAULT 'USER';
COMMIT;
-- == style: Flyway and the expand-contract way
CREATE TABLE customer (id BIGSERIAL PRIMARY KEY, full_name VARCHAR(100) NOT NULL);
ALTER TABLE customer ADD COLUMN first_name VARCHAR(50), ADD COLUMN last_name VARCHAR(50);
UPDATE customer SET first_name = split_part(full_name, ' ', 1);
ALTER TABLE customer ADD CONSTRAINT first_name_nn CHECK (first_name IS NOT NULL) NOT VALID;
ALTER TABLE customer VALIDATE CONSTRAINT first_name_nn;
ALTER TABLE customer ALTER COLUMN first_name SET NOT NULL;
ALTER TABLE customer DROP CONSTRAINT first_name_nn;
ALTER TABLE customer DROP COLUMN full_name;
CREATE UNIQUE INDEX CONCURRENTLY customer_new ON customer (last_name);
ALTER TABLE customer ADD CONSTRAINT customer_last_name_key UNIQUE USING INDEX customer_new;
-- == style: Supabase
CREATE SCHEMA IF NOT EXISTS auth;
CREATE TABLE IF NOT EXISTS auth.users (instance_id uuid NULL, id uuid NOT NULL UNIQUE, aud varchar(255) NULL, confirmed_at timestamptz NULL, CONSTRAINT users_pkey PRIMARY KEY (id));
CREATE INDEX IF NOT EXISTS users_instance_id_idx ON auth.users USING btree (instance_id);
CREATE TABLE IF NOT EXISTS auth.refresh_tokens (instance_id uuid NULL, id bigserial NOT NULL, "token" varchar(255) NULL, CONSTRAINT refresh_tokens_pkey PRIMARY KEY (id));
ALTER TABLE auth.users ADD COLUMN IF NOT EXISTS phone VARCHAR(15) NULL UNIQUE DEFAULT NULL, ADD COLUMN IF NOT EXISTS phone_change VARCHAR(15) NULL DEFAULT '';
ALTER TABLE auth.users ALTER COLUMN phone TYPE text USING phone::text;
CREATE TABLE profiles (id uuid REFERENCES auth.users ON DELETE CASCADE NOT NULL PRIMARY KEY, updated_at timestamp with time zone);
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE ONLY auth.refresh_tokens DROP CONSTRAINT IF EXISTS refresh_tokens_token_unique, ADD CONSTRAINT refresh_tokens_token_unique UNIQUE (token);
-- == style: TPC and OMOP
CREATE TABLE warehouse (w_id integer not null, w_ytd decimal(12,2), w_state char(2), primary key (w_id));
CREATE TABLE district (d_w_id integer not null, d_id integer not null, d_name varchar(10));
ALTER TABLE district ADD CONSTRAINT district_pkey PRIMARY KEY (d_w_id, d_id);
ALTER TABLE district ADD CONSTRAINT d_warehouse_fkey FOREIGN KEY (d_w_id) REFERENCES warehouse (w_id);
CREATE INDEX idx_d ON district (d_id ASC);
CLUSTER district USING idx_d;
-- == style: Sakila
CREATE TYPE mpaa_rating AS ENUM ('G', 'PG', 'NC-17');
CREATE DOMAIN year AS integer CONSTRAINT year_check CHECK (((VALUE >= 1901) AND (VALUE <= 2155)));
CREATE SEQUENCE film_film_id_seq;
CREATE TABLE film (film_id integer DEFAULT nextval('film_film_id_seq'::regclass) NOT NULL, release_year year, rental_rate numeric(4,2) DEFAULT 4.99 NOT NULL, rating mpaa_rating DEFAULT 'G'::mpaa_rating, special_features text[], fulltext tsvector NOT NULL);
ALTER TABLE ONLY film ADD CONSTRAINT film_pkey PRIMARY KEY (film_id);
CREATE INDEX film_fulltext_idx ON film USING gist (fulltext);
ALTER TABLE film DROP COLUMN fulltext;
ALTER TABLE film ADD fulltext tsvector GENERATED ALWAYS AS (to_tsvector('english'::regconfig, 'x')) STORED;

# Pairs of migrations on one schema: whether down restores what was there before up, as PostgreSQL 15 says (yes, no);
# an exclamation mark: it is told otherwise, for a reason that docs/migration.md gives.
--- base
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE customers (id bigserial PRIMARY KEY, name varchar(80) NOT NULL, mail email, mood mood DEFAULT 'ok', created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  total numeric(10,2) NOT NULL DEFAULT 0, note text, state text NOT NULL DEFAULT 'new', qty int, weight int,
  CONSTRAINT total_positive CHECK (total >= 0), CONSTRAINT orders_note_key UNIQUE (note));
CREATE INDEX orders_customer_idx ON orders (customer_id);
CREATE INDEX orders_open_idx ON orders (id) WHERE state IN ('new', 'paid');
CREATE INDEX orders_lower_idx ON orders (lower(note));
CREATE INDEX orders_load_idx ON orders (COALESCE(qty, weight));
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE state = 'new';
CREATE MATERIALIZED VIEW daily AS SELECT count(*) AS n FROM orders;
CREATE UNIQUE INDEX daily_n_idx ON daily (n);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT 2 * n';
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE SEQUENCE invoice_numbers;
CREATE SCHEMA audit;
CREATE TABLE audit.log (id serial PRIMARY KEY, body jsonb);
CREATE TABLE events (id bigint, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
--- case yes add a column
ALTER TABLE orders ADD COLUMN sent_at timestamptz;
--- down
ALTER TABLE orders DROP COLUMN sent_at;
--- case no add a column and forget it
ALTER TABLE orders ADD COLUMN sent_at timestamptz, ADD COLUMN sent_by text;
--- down
ALTER TABLE orders DROP COLUMN sent_at;
--- case yes drop a column and give it back whole
ALTER TABLE orders DROP COLUMN state CASCADE;
--- down
ALTER TABLE orders ADD COLUMN state text NOT NULL DEFAULT 'new';
CREATE INDEX orders_open_idx ON orders (id) WHERE state = ANY (ARRAY['new', 'paid']);
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE state = 'new';
--- case no drop a column and forget its default
ALTER TABLE orders DROP COLUMN total CASCADE;
--- down
ALTER TABLE orders ADD COLUMN total numeric(10,2) NOT NULL;
ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0);
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE state = 'new';
--- case no drop a column and forget its constraint
ALTER TABLE orders DROP COLUMN note;
--- down
ALTER TABLE orders ADD COLUMN note text;
CREATE INDEX orders_lower_idx ON orders (lower(note));
--- case yes drop a column with unique and index and give all back
ALTER TABLE orders DROP COLUMN note;
--- down
ALTER TABLE orders ADD COLUMN note text UNIQUE;
CREATE INDEX orders_lower_idx ON orders USING btree (lower(note));
--- case no unique comes back as an index alone
ALTER TABLE orders DROP CONSTRAINT orders_note_key;
--- down
CREATE UNIQUE INDEX orders_note_key ON orders (note);
--- case yes drop a table and make it again
DROP TABLE audit.log;
--- down
CREATE TABLE audit.log (id serial PRIMARY KEY, body jsonb);
--- case no drop a table and make it without its sequence
DROP TABLE audit.log;
--- down
CREATE TABLE audit.log (id integer PRIMARY KEY, body jsonb);
--- case yes serial written out
DROP TABLE audit.log;
--- down
CREATE TABLE audit.log (id integer NOT NULL, body jsonb);
CREATE SEQUENCE audit.log_id_seq AS integer OWNED BY audit.log.id;
ALTER TABLE audit.log ALTER COLUMN id SET DEFAULT nextval('audit.log_id_seq'::regclass);
ALTER TABLE audit.log ADD CONSTRAINT log_pkey PRIMARY KEY (id);
--- case yes rename a column there and back
ALTER TABLE orders RENAME COLUMN note TO remark;
--- down
ALTER TABLE orders RENAME COLUMN remark TO note;
--- case no rename a column and leave it
ALTER TABLE orders RENAME COLUMN note TO remark;
--- down
ALTER TABLE orders ADD COLUMN note text;
--- case yes rename a table there and back
ALTER TABLE orders RENAME TO purchases;
--- down
ALTER TABLE purchases RENAME TO orders;
--- case no rename an index and forget it
ALTER INDEX orders_customer_idx RENAME TO orders_by_customer;
--- down
SELECT 1;
--- case yes rename a constraint there and back
ALTER TABLE orders RENAME CONSTRAINT total_positive TO total_not_negative;
--- down
ALTER TABLE orders RENAME CONSTRAINT total_not_negative TO total_positive;
--- case yes a longer type there and back
ALTER TABLE customers ALTER COLUMN name TYPE varchar(200);
--- down
ALTER TABLE customers ALTER COLUMN name TYPE varchar(80);
--- case no a longer type and back to another
ALTER TABLE customers ALTER COLUMN name TYPE text;
--- down
ALTER TABLE customers ALTER COLUMN name TYPE varchar(100);
--- case no a wider integer leaves casts in an index
ALTER TABLE orders ALTER COLUMN qty TYPE bigint;
--- down
ALTER TABLE orders ALTER COLUMN qty TYPE integer;
--- case yes not null there and back
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
--- down
ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
--- case no not null is lost
ALTER TABLE orders ALTER COLUMN state DROP NOT NULL;
--- down
-- nothing to do
--- case yes another default there and back
ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'draft';
--- down
ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'new'::text;
--- case no another default and back to none
ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'draft';
--- down
ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;
--- case no a foreign key comes back without its action
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
--- down
ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers;
--- case yes a foreign key comes back whole under its usual name
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
--- down
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;
--- case no a foreign key comes back unvalidated
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
--- down
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE NOT VALID;
--- case yes a check comes back in other words of the same form
ALTER TABLE orders DROP CONSTRAINT total_positive;
--- down
ALTER TABLE orders ADD CONSTRAINT total_positive CHECK ((total) >= 0);
--- case no a check comes back with another bound
ALTER TABLE orders DROP CONSTRAINT total_positive;
--- down
ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0);
--- case yes an index comes back
DROP INDEX orders_open_idx;
--- down
CREATE INDEX orders_open_idx ON orders USING btree (id) WHERE (state IN ('new', 'paid'));
--- case no an index comes back without its predicate
DROP INDEX orders_open_idx;
--- down
CREATE INDEX orders_open_idx ON orders (id);
--- case no an index comes back as unique
DROP INDEX orders_customer_idx;
--- down
CREATE UNIQUE INDEX orders_customer_idx ON orders (customer_id);
--- case no an index comes back in the other direction
DROP INDEX orders_customer_idx;
--- down
CREATE INDEX orders_customer_idx ON orders (customer_id DESC);
--- case no an index comes back with another method
DROP INDEX orders_customer_idx;
--- down
CREATE INDEX orders_customer_idx ON orders USING hash (customer_id);
--- case yes an index with a storage option
CREATE INDEX orders_total_idx ON orders (total) WITH (fillfactor = 70);
--- down
DROP INDEX orders_total_idx;
--- case no a storage option of a table is left
ALTER TABLE orders SET (fillfactor = 70);
--- down
SELECT 1;
--- case yes a storage option of a table is taken back
ALTER TABLE orders SET (fillfactor = 70, autovacuum_enabled = false);
--- down
ALTER TABLE orders RESET (fillfactor, autovacuum_enabled);
--- case no an enum value stays
ALTER TYPE mood ADD VALUE 'happy';
--- down
SELECT 1;
--- case yes an enum is made anew
ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
ALTER TABLE customers ALTER COLUMN mood DROP DEFAULT;
ALTER TABLE customers ALTER COLUMN mood TYPE mood USING mood::text::mood;
ALTER TABLE customers ALTER COLUMN mood SET DEFAULT 'ok';
DROP TYPE mood_old;
--- down
ALTER TYPE mood RENAME TO mood_new;
CREATE TYPE mood AS ENUM ('sad', 'ok');
ALTER TABLE customers ALTER COLUMN mood DROP DEFAULT;
ALTER TABLE customers ALTER COLUMN mood TYPE mood USING mood::text::mood;
ALTER TABLE customers ALTER COLUMN mood SET DEFAULT 'ok';
DROP TYPE mood_new;
--- case no a new type is left over
CREATE TYPE size AS ENUM ('s', 'm');
ALTER TABLE orders ADD COLUMN size size;
--- down
ALTER TABLE orders DROP COLUMN size;
--- case yes a new type goes
CREATE TYPE size AS ENUM ('s', 'm');
ALTER TABLE orders ADD COLUMN size size;
--- down
ALTER TABLE orders DROP COLUMN size;
DROP TYPE size;
--- case yes a domain goes and comes
ALTER TABLE customers ALTER COLUMN mail TYPE text;
DROP DOMAIN email;
--- down
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
ALTER TABLE customers ALTER COLUMN mail TYPE email;
--- case yes a function is replaced and put back
CREATE OR REPLACE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n + n';
--- down
CREATE OR REPLACE FUNCTION twice(n int) RETURNS int AS 'SELECT 2 * n' LANGUAGE sql;
--- case no a function is replaced and stays
CREATE OR REPLACE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n + n';
--- down
SELECT 1;
--- case no a function with other arguments is left over
CREATE FUNCTION twice(n bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 2 * n';
--- down
DROP FUNCTION IF EXISTS twice(text);
--- case yes a function with other arguments goes
CREATE FUNCTION twice(n bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 2 * n';
--- down
DROP FUNCTION twice(bigint);
--- case no a trigger and its function, of which one is left
CREATE FUNCTION notify_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER orders_notify AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION notify_all();
--- down
DROP TRIGGER orders_notify ON orders;
--- case yes a function goes with its trigger
CREATE FUNCTION notify_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER orders_notify AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION notify_all();
--- down
DROP FUNCTION notify_all() CASCADE;
--- case no a trigger comes back for another event
DROP TRIGGER orders_touch ON orders;
--- down
CREATE TRIGGER orders_touch BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();
--- case no a trigger is disabled and forgotten
ALTER TABLE orders DISABLE TRIGGER orders_touch;
--- down
SELECT 1;
--- case yes a trigger is renamed there and back
ALTER TRIGGER orders_touch ON orders RENAME TO orders_touched;
--- down
ALTER TRIGGER orders_touched ON orders RENAME TO orders_touch;
--- case yes a view is replaced and put back
CREATE OR REPLACE VIEW open_orders AS SELECT id, total FROM orders WHERE state IN ('new', 'paid');
--- down
CREATE OR REPLACE VIEW open_orders AS SELECT id, total FROM public.orders WHERE state = 'new';
--- case no a view is replaced and stays
CREATE OR REPLACE VIEW open_orders AS SELECT id, total FROM orders WHERE total > 0;
--- down
SELECT 1;
--- case no a view is dropped and forgotten
DROP VIEW open_orders;
--- down
SELECT 1;
--- case no a materialized view comes back without its index
DROP MATERIALIZED VIEW daily;
--- down
CREATE MATERIALIZED VIEW daily AS SELECT count(*) AS n FROM orders;
--- case yes a materialized view comes back with its index
DROP MATERIALIZED VIEW daily;
--- down
CREATE MATERIALIZED VIEW daily AS SELECT count(*) AS n FROM orders;
CREATE UNIQUE INDEX daily_n_idx ON daily (n);
--- case yes a sequence goes and comes
DROP SEQUENCE invoice_numbers;
--- down
CREATE SEQUENCE invoice_numbers;
--- case no a sequence is left over
CREATE SEQUENCE delivery_numbers;
--- down
SELECT 1;
--- case yes an owned sequence goes with its table
CREATE TABLE parcels (id integer PRIMARY KEY);
CREATE SEQUENCE parcel_ids OWNED BY parcels.id;
--- down
DROP TABLE parcels;
--- case no an extension is left over
CREATE EXTENSION IF NOT EXISTS citext;
--- down
SELECT 1;
--- case yes an extension goes
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TABLE tags (name citext PRIMARY KEY);
--- down
DROP TABLE tags;
DROP EXTENSION citext;
--- case no a schema is left over
CREATE SCHEMA billing;
CREATE TABLE billing.accounts (id int PRIMARY KEY);
--- down
DROP TABLE billing.accounts;
--- case yes a schema goes with all in it
CREATE SCHEMA billing;
CREATE TABLE billing.accounts (id int PRIMARY KEY);
CREATE SEQUENCE billing.numbers;
--- down
DROP SCHEMA billing CASCADE;
--- case no new tables, dropped in the wrong order
CREATE TABLE carts (id int PRIMARY KEY);
CREATE TABLE cart_items (id int PRIMARY KEY, cart_id int REFERENCES carts);
--- down
DROP TABLE carts;
DROP TABLE cart_items;
--- case yes new tables, dropped in the right order
CREATE TABLE carts (id int PRIMARY KEY);
CREATE TABLE cart_items (id int PRIMARY KEY, cart_id int REFERENCES carts);
--- down
DROP TABLE cart_items;
DROP TABLE carts;
--- case no one of two new tables is left over
CREATE TABLE carts (id int PRIMARY KEY);
CREATE TABLE cart_items (id int PRIMARY KEY, cart_id int);
--- down
DROP TABLE IF EXISTS carts;
--- case no down drops what is not there
ALTER TABLE orders ADD COLUMN sent_at timestamptz;
--- down
ALTER TABLE orders DROP COLUMN sent_on;
--- case no down drops what is not there, if it is
ALTER TABLE orders ADD COLUMN sent_at timestamptz;
--- down
ALTER TABLE orders DROP COLUMN IF EXISTS sent_on;
--- case no a partition is added and left
CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
--- down
SELECT 1;
--- case yes a partition is detached and attached
ALTER TABLE events DETACH PARTITION events_2026;
--- down
ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
--- case no a partition is detached and left
ALTER TABLE events DETACH PARTITION events_2026;
--- down
SELECT 1;
--- case yes a column of a partitioned table
ALTER TABLE events ADD COLUMN body text;
--- down
ALTER TABLE events DROP COLUMN body;
--- case yes an index of a partitioned table
CREATE INDEX events_day_idx ON events (day);
--- down
DROP INDEX events_day_idx;
--- case yes identity goes and comes
ALTER TABLE orders ALTER COLUMN id DROP IDENTITY;
--- down
ALTER TABLE orders ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;
--- case no identity comes back by default
ALTER TABLE orders ALTER COLUMN id DROP IDENTITY;
--- down
ALTER TABLE orders ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
--- case yes a generated column
ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) STORED;
--- down
ALTER TABLE orders DROP COLUMN gross;
--- case yes the primary key moves and comes back
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
ALTER TABLE orders ADD PRIMARY KEY (id, customer_id);
--- down
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
ALTER TABLE orders ADD PRIMARY KEY (id);
--- case yes rows alone
UPDATE orders SET state = 'new' WHERE state IS NULL;
INSERT INTO audit.log (body) VALUES ('{}');
--- down
DELETE FROM audit.log;
--- case yes rows alone, nothing undone
UPDATE orders SET state = upper(state);
--- down
--- case yes a table moves to another schema and back
ALTER TABLE orders SET SCHEMA audit;
--- down
ALTER TABLE audit.orders SET SCHEMA public;
--- case yes a table is copied and swapped, and comes back whole
CREATE TABLE log_new (id serial PRIMARY KEY, body jsonb);
INSERT INTO log_new SELECT * FROM audit.log;
DROP TABLE audit.log;
ALTER TABLE log_new RENAME TO log;
--- down
DROP TABLE log;
CREATE TABLE audit.log (id serial PRIMARY KEY, body jsonb);
--- case no if not exists meets what is there
CREATE TABLE IF NOT EXISTS customers (id int);
--- down
DROP TABLE IF EXISTS customers CASCADE;
--- case no an index that was there already
CREATE INDEX IF NOT EXISTS orders_customer_idx ON orders (customer_id);
--- down
DROP INDEX IF EXISTS orders_customer_idx;
--- case yes a rule
CREATE RULE keep AS ON DELETE TO orders DO INSTEAD NOTHING;
--- down
DROP RULE keep ON orders;
--- case yes unlogged there and back
ALTER TABLE audit.log SET UNLOGGED;
--- down
ALTER TABLE audit.log SET LOGGED;
--- case no a default given as another function
ALTER TABLE customers ALTER COLUMN created_at SET DEFAULT clock_timestamp();
--- down
ALTER TABLE customers ALTER COLUMN created_at SET DEFAULT CURRENT_TIMESTAMP;
--- case yes a default given back
ALTER TABLE customers ALTER COLUMN created_at DROP DEFAULT;
--- down
ALTER TABLE customers ALTER COLUMN created_at SET DEFAULT now();
--- case yes timestamp with and without time zone
ALTER TABLE customers ALTER COLUMN created_at TYPE timestamp;
--- down
ALTER TABLE customers ALTER COLUMN created_at TYPE timestamp with time zone;
--- case no numeric with and without scale
ALTER TABLE orders ALTER COLUMN qty TYPE numeric(12,3);
--- down
ALTER TABLE orders ALTER COLUMN qty TYPE int;
--- case yes an exclusion constraint
CREATE TABLE rooms (id int, during tsrange, CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&));
--- down
DROP TABLE rooms;
--- case yes inheritance
CREATE TABLE big_orders () INHERITS (orders);
--- down
DROP TABLE big_orders;
--- case yes an index on an expression with a cast comes back
DROP INDEX orders_lower_idx;
--- down
CREATE INDEX orders_lower_idx ON orders (LOWER(note::text));
--- case yes as a dump writes it: text of a varchar
CREATE INDEX customers_name_idx ON customers (lower(name));
DROP INDEX customers_name_idx;
CREATE INDEX customers_name_idx ON customers USING btree (lower((name)::text));
--- down
DROP INDEX public.customers_name_idx;
--- case yes as a dump writes it: lists
DROP INDEX orders_open_idx;
--- down
CREATE INDEX orders_open_idx ON public.orders USING btree (id) WHERE (state = ANY (ARRAY['new'::text, 'paid'::text]));
--- case yes as a dump writes it: a number
ALTER TABLE orders DROP CONSTRAINT total_positive;
--- down
ALTER TABLE ONLY public.orders ADD CONSTRAINT total_positive CHECK ((total >= (0)::numeric));
--- case yes as a dump writes it: a negative default
ALTER TABLE orders ALTER COLUMN weight SET DEFAULT -1;
ALTER TABLE orders ALTER COLUMN weight SET DEFAULT '-1'::integer;
ALTER TABLE orders ALTER COLUMN weight DROP DEFAULT;
--- down
ALTER TABLE orders ALTER COLUMN weight DROP DEFAULT;
--- case yes as a dump writes it: a pattern
ALTER TABLE customers ADD CONSTRAINT named CHECK (name LIKE 'a%');
--- down
ALTER TABLE customers DROP CONSTRAINT named;
--- case yes! as a dump writes it: a whole table
DROP TABLE orders CASCADE;
--- down
CREATE TABLE public.orders (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    total numeric(10,2) DEFAULT 0 NOT NULL,
    note text,
    state text DEFAULT 'new'::text NOT NULL,
    qty integer,
    weight integer,
    CONSTRAINT total_positive CHECK ((total >= (0)::numeric))
);
ALTER TABLE public.orders ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.orders_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW public.open_orders AS
 SELECT orders.id,
    orders.total
   FROM public.orders
  WHERE (orders.state = 'new'::text);
CREATE MATERIALIZED VIEW public.daily AS SELECT count(*) AS n FROM public.orders;
CREATE UNIQUE INDEX daily_n_idx ON public.daily USING btree (n);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_note_key UNIQUE (note);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
CREATE INDEX orders_customer_idx ON public.orders USING btree (customer_id);
CREATE INDEX orders_load_idx ON public.orders USING btree (COALESCE(qty, weight));
CREATE INDEX orders_lower_idx ON public.orders USING btree (lower(note));
CREATE INDEX orders_open_idx ON public.orders USING btree (id) WHERE (state = ANY (ARRAY['new'::text, 'paid'::text]));
CREATE TRIGGER orders_touch BEFORE UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.touch();
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id) ON DELETE CASCADE;
--- case yes a table is given back and its trigger is not
DROP TABLE audit.log;
CREATE TABLE audit.log (id serial PRIMARY KEY, body jsonb);
CREATE TRIGGER log_touch BEFORE UPDATE ON audit.log FOR EACH ROW EXECUTE FUNCTION touch();
--- down
DROP TRIGGER log_touch ON audit.log;
--- case yes many changes in one statement
ALTER TABLE orders ADD COLUMN a int, ADD COLUMN b int DEFAULT 3, DROP COLUMN weight, ALTER COLUMN qty SET DEFAULT 1;
--- down
ALTER TABLE orders DROP COLUMN a, DROP COLUMN b, ADD COLUMN weight int, ALTER COLUMN qty DROP DEFAULT;
CREATE INDEX orders_load_idx ON orders (COALESCE(qty, weight));
--- case no many changes, an index with the column is forgotten
ALTER TABLE orders DROP COLUMN weight;
--- down
ALTER TABLE orders ADD COLUMN weight int;
--- case no a column of another table under the same name
ALTER TABLE customers ADD COLUMN note text;
--- down
ALTER TABLE orders DROP COLUMN note;
--- case yes a search path
SET search_path = audit;
CREATE TABLE trail (id int PRIMARY KEY);
--- down
DROP TABLE audit.trail;
--- case yes quoted names
CREATE TABLE "Weird Name" ("Id" serial PRIMARY KEY, "select" text);
CREATE INDEX "Weird Idx" ON "Weird Name" ("select");
--- down
DROP INDEX "Weird Idx";
DROP TABLE "Weird Name";
--- case no quoted names, in the wrong case
CREATE TABLE "Parts" (id int PRIMARY KEY);
--- down
DROP TABLE IF EXISTS Parts;
--- case yes a default of a new enum
CREATE TYPE level AS ENUM ('low', 'high');
ALTER TABLE orders ALTER COLUMN state DROP DEFAULT, ADD COLUMN level level NOT NULL DEFAULT 'low';
--- down
ALTER TABLE orders DROP COLUMN level, ALTER COLUMN state SET DEFAULT 'new';
DROP TYPE level;
--- case yes a procedure and an aggregate
CREATE PROCEDURE clean() LANGUAGE sql AS 'DELETE FROM audit.log';
CREATE AGGREGATE total_of (int) (sfunc = int4pl, stype = int, initcond = '0');
--- down
DROP PROCEDURE clean();
DROP AGGREGATE total_of (int);
--- case yes an overloaded function drops by name
CREATE FUNCTION thrice(n int) RETURNS int LANGUAGE sql AS 'SELECT 3 * n';
--- down
DROP FUNCTION thrice;
--- case yes a view on a view goes by cascade
CREATE VIEW open_totals AS SELECT sum(total) AS s FROM open_orders;
--- down
DROP VIEW open_orders CASCADE;
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE state = 'new';
--- case yes a constraint is validated
ALTER TABLE orders ADD CONSTRAINT qty_positive CHECK (qty > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT qty_positive;
--- down
ALTER TABLE orders DROP CONSTRAINT qty_positive;
--- case yes unique with an index that was built before
CREATE UNIQUE INDEX orders_pair_idx ON orders (customer_id, note);
ALTER TABLE orders ADD CONSTRAINT orders_pair_key UNIQUE USING INDEX orders_pair_idx;
--- down
ALTER TABLE orders DROP CONSTRAINT orders_pair_key;
--- case no unique with an index that was built before, index dropped
CREATE UNIQUE INDEX orders_pair_idx ON orders (customer_id, note);
ALTER TABLE orders ADD CONSTRAINT orders_pair_key UNIQUE USING INDEX orders_pair_idx;
--- down
DROP INDEX orders_pair_idx;

/// How a PostgreSQL server is asked for the sizes of its tables, reading the catalogue alone.
///
/// A table's rows are those of the last ANALYZE, scaled to the size that it has now; partitions and inheriting tables are
/// added up. A part that was never analysed makes the whole unknown, which is −1.
public enum SizeQuery {
  /// One row a table: schema, table, rows, bytes, when it was last looked at, the server's version.
  public static let text = """
    WITH RECURSIVE tree AS (
      SELECT c.oid AS root, c.oid AS part
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
        AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      UNION
      SELECT t.root, i.inhrelid FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.part
    ), part AS (
      SELECT t.root, pg_catalog.pg_relation_size(c.oid) AS heap, pg_catalog.pg_total_relation_size(c.oid) AS bytes,
        c.reltuples, c.relpages,
        greatest(s.last_analyze, s.last_autoanalyze, s.last_vacuum, s.last_autovacuum) AS looked_at
      FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.part AND c.relkind IN ('r', 'm')
      LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
    )
    SELECT n.nspname AS schema, c.relname AS "table",
      CASE WHEN bool_or(p.heap > 0 AND (p.reltuples < 0 OR p.relpages = 0)) THEN -1
        ELSE coalesce(round(sum(CASE WHEN p.heap = 0 THEN 0 ELSE p.reltuples::float8 * p.heap
          / (nullif(p.relpages, 0) * pg_catalog.current_setting('block_size')::float8) END)), 0) END::bigint AS rows,
      coalesce(sum(p.bytes), 0)::bigint AS bytes, coalesce(min(p.looked_at)::date::text, '') AS analyzed,
      pg_catalog.current_setting('server_version_num')::int AS server
    FROM (SELECT DISTINCT root FROM tree) t
    JOIN pg_catalog.pg_class c ON c.oid = t.root JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN part p ON p.root = t.root
    GROUP BY n.nspname, c.relname ORDER BY rows DESC, 1, 2
    """

  /// The names of indexes that a failed concurrent build left behind; one of a partitioned table waits for its
  /// partitions' and is none of them.
  public static let invalidIndexes = """
    SELECT n.nspname AS schema, c.relname AS name
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i'
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid ORDER BY 1, 2
    """

  /// For a person: how it is run, and the query.
  public static var help: String {
    """
    -- The sizes of tables, for plumbline migration --stats FILE. It reads the catalogue alone; run it on production:
    --   plumbline migration stats-query | psql --csv -f - "$DATABASE_URL" > stats.csv
    \(text);

    """
  }
}

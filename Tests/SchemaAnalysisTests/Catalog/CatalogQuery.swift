/// Reads PostgreSQL's catalogue as the lines of `CatalogLines`.
enum CatalogQuery {
  static let sql = #"""
    WITH tab AS (
      SELECT c.oid, n.nspname || '.' || c.relname AS q, c.relkind, c.relispartition, c.relpersistence
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname !~ '^(pg_|information_schema)'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ), lines AS (
      SELECT 'table ' || q || ' ' || CASE WHEN relkind = 'p' THEN 'partitioned' WHEN relispartition THEN 'partition' ELSE 'ordinary' END
        || CASE relpersistence WHEN 'u' THEN ' unlogged' ELSE '' END AS line FROM tab
      UNION ALL
      SELECT 'column ' || q || ' ' || row_number() OVER (PARTITION BY oid ORDER BY attnum) || ' ' || attname || ' '
        || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not-null' ELSE '' END
        || CASE attidentity WHEN 'a' THEN ' always' WHEN 'd' THEN ' by-default' ELSE '' END
        || CASE WHEN attgenerated <> '' THEN ' generated' ELSE '' END || CASE WHEN attislocal THEN '' ELSE ' inherited' END
      FROM tab JOIN pg_attribute a ON attrelid = oid WHERE attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT CASE contype WHEN 'p' THEN 'primary-key ' ELSE 'unique ' END || q || ' ' || conname || ' ('
        || (SELECT string_agg(attname, ',' ORDER BY o) FROM unnest(conkey) WITH ORDINALITY k(n, o) JOIN pg_attribute ON attrelid = tab.oid AND attnum = n) || ')'
      FROM tab JOIN pg_constraint k ON conrelid = tab.oid WHERE contype IN ('p', 'u')
      UNION ALL
      SELECT 'foreign-key ' || q || ' ' || conname || ' ('
        || (SELECT string_agg(attname, ',' ORDER BY o) FROM unnest(conkey) WITH ORDINALITY k(n, o) JOIN pg_attribute ON attrelid = tab.oid AND attnum = n) || ') '
        || (SELECT nspname || '.' || relname FROM pg_class r JOIN pg_namespace n ON n.oid = relnamespace WHERE r.oid = confrelid) || ' ('
        || (SELECT string_agg(attname, ',' ORDER BY o) FROM unnest(confkey) WITH ORDINALITY k(n, o) JOIN pg_attribute ON attrelid = confrelid AND attnum = n) || ') '
        || CASE confdeltype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'set default' END || ', '
        || CASE confupdtype WHEN 'a' THEN 'no action' WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'set default' END
        || CASE WHEN convalidated THEN '' ELSE ' not-valid' END || CASE WHEN conparentid <> 0 THEN ' inherited' ELSE '' END
        || CASE WHEN EXISTS (SELECT FROM pg_index i, LATERAL (SELECT (string_to_array(indkey::text, ' ')::int2[])[1:cardinality(conkey)] AS first) f
             WHERE indrelid = tab.oid AND indisvalid AND indnkeyatts >= cardinality(conkey) AND first @> conkey AND conkey @> first)
           THEN ' indexed' ELSE '' END
      FROM tab JOIN pg_constraint k ON conrelid = tab.oid WHERE contype = 'f'
      UNION ALL
      SELECT 'check ' || q || ' ' || conname || ' ('
        || coalesce((SELECT string_agg(attname, ',' ORDER BY attname COLLATE "C") FROM unnest(conkey) k(n) JOIN pg_attribute ON attrelid = tab.oid AND attnum = n), '') || ')'
        || CASE WHEN convalidated THEN '' ELSE ' not-valid' END
      FROM tab JOIN pg_constraint k ON conrelid = tab.oid WHERE contype = 'c'
      UNION ALL
      SELECT 'index ' || q || ' ' || relname || ' ' || amname || ' ('
        || (SELECT string_agg(coalesce(attname, '()'), ',' ORDER BY o) FROM unnest((string_to_array(indkey::text, ' ')::int2[])[1:indnkeyatts]) WITH ORDINALITY k(n, o) LEFT JOIN pg_attribute ON attrelid = tab.oid AND attnum = n AND n <> 0) || ')'
        || coalesce((SELECT ' include (' || string_agg(attname, ',' ORDER BY o) || ')' FROM unnest((string_to_array(indkey::text, ' ')::int2[])[indnkeyatts + 1:]) WITH ORDINALITY k(n, o) JOIN pg_attribute ON attrelid = tab.oid AND attnum = n), '')
        || CASE WHEN indisunique THEN ' unique' ELSE '' END || CASE WHEN indpred IS NULL THEN '' ELSE ' partial' END
        || CASE WHEN indisvalid THEN '' ELSE ' invalid' END || CASE WHEN indisprimary THEN ' primary' ELSE '' END
      FROM tab JOIN pg_index i ON indrelid = tab.oid JOIN pg_class c ON c.oid = indexrelid JOIN pg_am m ON m.oid = relam
      UNION ALL
      SELECT 'enum ' || nspname || '.' || typname || ' (' || coalesce((SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid), '') || ')'
      FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype = 'e' AND nspname !~ '^(pg_|information_schema)'
      UNION ALL
      SELECT 'domain ' || nspname || '.' || typname || ' ' || format_type(typbasetype, typtypmod) || CASE WHEN typnotnull THEN ' not-null' ELSE '' END
        || CASE WHEN EXISTS (SELECT FROM pg_constraint WHERE contypid = t.oid AND contype = 'c') THEN ' check' ELSE '' END
      FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype = 'd' AND nspname !~ '^(pg_|information_schema)'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
    )
    SELECT line FROM lines ORDER BY line COLLATE "C";
    """#
}

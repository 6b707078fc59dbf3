/// What the database is asked, and in which order.
enum MeasurementScript {
  /// - Parameter pause: seconds between the samples.
  static func transactions(_ pause: Double) -> [Psql.Transaction] {
    [
      Psql.Transaction("server", server, seconds: 10),
      // A session reports its counters at most once a second, at the end of a transaction: after this wait its own are
      // reported up to here, and so exactly those of `ownTransactions` fall between the samples.
      wait("settle", 1.2),
      Psql.Transaction("counters-1", ifKnown(counters("counters-1")), seconds: 10, mayFail: true),
      Psql.Transaction("statements-1", ifStatements(statements("statements-1")), seconds: 20, mayFail: true),
      Psql.Transaction("log-1", ifPrimary(log("log-1")), seconds: 10, mayFail: true),
      wait("pause", pause),
      Psql.Transaction("counters-2", ifKnown(counters("counters-2")), seconds: 10, mayFail: true),
      Psql.Transaction("statements-2", ifStatements(statements("statements-2")), seconds: 20, mayFail: true),
      Psql.Transaction("log-2", ifPrimary(log("log-2")), seconds: 10, mayFail: true),
      Psql.Transaction("size", ifKnown(object("size", size)), seconds: 20, mayFail: true),
      Psql.Transaction("rows", ifKnown(rows), seconds: 20, mayFail: true),
      Psql.Transaction("replicas", ifPrimary(object("replicas", replicas)), seconds: 10, mayFail: true),
    ]
  }

  /// Transactions of the session itself between the readings of its first and second counters.
  static let ownTransactions = 4

  /// The name is part of what makes two statements the same to pg_stat_statements, so this one is told from an
  /// application's.
  private static func wait(_ name: String, _ seconds: Double) -> Psql.Transaction {
    Psql.Transaction(
      name, "WITH plumbline_pause AS (SELECT pg_sleep(\(seconds))) SELECT FROM plumbline_pause;", seconds: seconds + 5)
  }

  private static func ifKnown(_ script: String) -> String { when("known", script) }
  private static func ifStatements(_ script: String) -> String { when("ready", script) }
  private static func ifPrimary(_ script: String) -> String { when("primary", script) }

  private static func when(_ variable: String, _ script: String) -> String {
    "\\if :plumbline_\(variable)\n\(script)\n\\endif"
  }

  /// A query's only row as an object that names its section.
  private static func object(_ section: String, _ query: String) -> String {
    """
    WITH plumbline_\(section) AS (
    \(query)
    ) SELECT jsonb_build_object('section', '\(section)') || to_jsonb(t) FROM plumbline_\(section) t;
    """
  }

  // MARK: The server

  private static let server = #"""
    SELECT current_setting('server_version_num')::int >= 100000 AS plumbline_known,
      current_setting('server_version_num')::int >= 100000 AND NOT pg_is_in_recovery() AS plumbline_primary,
      coalesce(n.nspname, '') AS plumbline_schema,
      CASE WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = v.oid AND a.attname = 'toplevel')
        THEN 'AND toplevel' ELSE '' END AS plumbline_toplevel,
      CASE WHEN n.oid IS NULL THEN 'absent'
        WHEN NOT EXISTS (SELECT FROM pg_settings WHERE name = 'pg_stat_statements.max') THEN 'not loaded'
        WHEN current_setting('pg_stat_statements.track', true) = 'none' THEN 'not tracking'
        WHEN v.oid IS NULL OR NOT has_schema_privilege(n.oid, 'USAGE') OR NOT has_table_privilege(v.oid, 'SELECT')
        THEN 'forbidden' ELSE 'ready' END AS plumbline_statements
    FROM (SELECT 1) one
    LEFT JOIN pg_extension e ON e.extname = 'pg_stat_statements'
    LEFT JOIN pg_namespace n ON n.oid = e.extnamespace
    LEFT JOIN pg_class v ON v.relnamespace = n.oid AND v.relname = 'pg_stat_statements'
    \gset
    SELECT :'plumbline_statements' = 'ready' AND :'plumbline_known' AS plumbline_ready \gset
    SELECT jsonb_build_object('section', 'server', 'version', current_setting('server_version'),
      'number', current_setting('server_version_num')::int, 'engine', version(), 'database', current_database(),
      'standby', pg_is_in_recovery(), 'aurora', EXISTS (SELECT FROM pg_proc WHERE proname = 'aurora_version'),
      'max_connections', current_setting('max_connections')::int, 'track_counts', current_setting('track_counts')::bool,
      'sees_all', coalesce((SELECT pg_has_role(oid, 'USAGE') FROM pg_roles WHERE rolname = 'pg_read_all_stats'), false),
      'statements', :'plumbline_statements', 'schema', :'plumbline_schema', 'toplevel', :'plumbline_toplevel' <> '');
    """#

  // MARK: Counters of the database

  static let transactionsQuery = """
    SELECT clock_timestamp(), xact_commit + xact_rollback AS transactions,
           tup_inserted + tup_updated + tup_deleted AS rows_changed
    FROM pg_stat_database WHERE datname = current_database();
    """

  static let connectionsQuery = """
    SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid();
    """

  /// Of the sessions of others a role without privileges sees neither the kind nor the state.
  static let visibleConnectionsQuery = """
    SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
      AND (backend_type = 'client backend' OR backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL);
    """

  private static func counters(_ section: String) -> String {
    """
    WITH plumbline_counters AS (
      SELECT xact_commit + xact_rollback AS transactions, tup_inserted + tup_updated + tup_deleted AS changed,
        stats_reset::text AS reset, coalesce((to_jsonb(d) ->> 'sessions')::bigint, 0) AS sessions
      FROM pg_stat_database d WHERE datname = current_database()
    ), plumbline_connections AS (
    \(visibleConnectionsQuery.dropLast())
    )
    SELECT jsonb_build_object('section', '\(section)', 'at', extract(epoch FROM clock_timestamp()),
      'transactions', transactions, 'changed', changed, 'reset', reset, 'sessions', sessions,
      'connections', count)
    FROM plumbline_counters, plumbline_connections;
    """
  }

  // MARK: Statements

  /// What may stand before a statement's first word: blanks, parentheses, comments, PREPARE.
  private static let lead =
    #"^([\s(]|/\*([^*]|\*+[^*/])*\*+/|--[^\n]*\n)*(prepare\s+[^\s(]+\s*(\([^)]*\))?\s*as\s+)?"#
  private static let reading = lead + #"(select|with|values|table|declare)\M"#
  private static let writing = lead + #"((insert|update|delete|merge)\M|copy\s[^()]*(\([^)]*\))?\s*from\M)"#
  /// What makes a statement that begins with SELECT or WITH one for the primary.
  private static let changing =
    #"\m(insert\s+into|update\s+\S+.*\sset|delete\s+from|merge\s+into|for\s+(no\s+key\s+)?update|for\s+(key\s+)?share)\M"#

  static let isRead = "query ~* '\(reading)' AND query !~* '\(changing)'"
  static let isWrite = "query ~* '\(writing)' OR query ~* '\(reading)' AND query ~* '\(changing)'"

  private static let ofThisDatabase = "dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"

  /// - Parameter view: pg_stat_statements with its schema, quoted.
  static func statementsQuery(_ view: String, _ condition: String, toplevel: Bool) -> String {
    """
    SELECT clock_timestamp(), sum(calls) FROM \(view)
    WHERE \(ofThisDatabase)\(toplevel ? " AND toplevel" : "")
      AND (\(condition));
    """
  }

  static func mostFrequentQuery(_ view: String, toplevel: Bool) -> String {
    """
    SELECT clock_timestamp(), queryid, sum(calls) AS calls, min(left(query, 80)) AS statement FROM \(view)
    WHERE \(ofThisDatabase)\(toplevel ? " AND toplevel" : "")
      AND (\(isRead))
    GROUP BY queryid ORDER BY calls DESC LIMIT 20;
    """
  }

  /// Each statement's calls, reads (r) apart from writes (w). The calls of those whose text this role may not see are
  /// given in one sum. The beginning of the text is enough to tell them apart, and of bounded cost.
  private static func statements(_ section: String) -> String {
    """
    WITH plumbline_statements AS (
      SELECT queryid, userid, calls, left(query, 10000) AS query
      FROM :"plumbline_schema".pg_stat_statements
      WHERE \(ofThisDatabase) :plumbline_toplevel
    ), plumbline_kinds AS (
      SELECT *, CASE WHEN query = '<insufficient privilege>' OR queryid IS NULL THEN 'hidden'
        WHEN \(isWrite) THEN 'w'
        WHEN \(isRead) THEN 'r' END AS kind
      FROM plumbline_statements WHERE query NOT LIKE '%plumbline\\_%' OR query IS NULL
    )
    SELECT jsonb_build_object('section', '\(section)', 'at', extract(epoch FROM clock_timestamp()),
      'hidden', coalesce(sum(calls) FILTER (WHERE kind = 'hidden'), 0),
      'rows', coalesce(jsonb_agg(jsonb_build_array(queryid::text, userid::text, kind, calls,
        left(regexp_replace(query, '\\s+', ' ', 'g'), 80), query ~ '\\$[0-9]')) FILTER (WHERE kind IN ('r', 'w')), '[]'))
    FROM plumbline_kinds;
    """
  }

  // MARK: The rest

  static let logQuery = "SELECT clock_timestamp(), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS bytes;"

  private static func log(_ section: String) -> String {
    """
    WITH plumbline_log AS (SELECT extract(epoch FROM clock_timestamp()) AS at, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS bytes)
    SELECT jsonb_build_object('section', '\(section)', 'at', at, 'bytes', bytes) FROM plumbline_log;
    """
  }

  static let size = "SELECT pg_database_size(current_database()) AS bytes"

  /// The tables with the most rows, partitions and inheriting tables added up, and how much of each was never looked at:
  /// then neither the planner nor the statistics know its rows.
  ///
  /// Two estimates, and each goes wrong in its own way. The planner's, which is rows a page at the last ANALYZE times the
  /// pages now, counts bloat as rows. The statistics' live rows begin at 0 again after a crash, and count twice what a
  /// session had not yet reported when it ran ANALYZE. So it is the smaller one, if the statistics know of a look at the
  /// table at all.
  static let largestQuery = """
    WITH RECURSIVE plumbline_part AS (
      SELECT c.oid AS root, c.oid AS part FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
        AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)
      UNION ALL
      SELECT p.root, i.inhrelid FROM plumbline_part p JOIN pg_inherits i ON i.inhparent = p.part AND i.inhseqno = 1
    ), plumbline_table AS (
      SELECT p.root, pg_relation_size(c.oid) AS bytes, pg_stat_get_live_tuples(c.oid) AS live,
             coalesce(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid),
               pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid)) IS NOT NULL AS looked_at,
             CASE WHEN c.relpages > 0 AND c.reltuples >= 0
               THEN round(c.reltuples::float8 * pg_relation_size(c.oid)
                 / (c.relpages * current_setting('block_size')::float8))::bigint END AS planned
      FROM plumbline_part p JOIN pg_class c ON c.oid = p.part WHERE c.relkind = 'r'
    )
    SELECT n.nspname || '.' || c.relname AS "table", count(*) AS parts,
           sum(CASE WHEN t.planned IS NULL THEN t.live WHEN t.looked_at THEN least(t.live, t.planned) ELSE t.planned END) AS rows,
           sum(t.bytes) AS bytes,
           coalesce(sum(t.bytes) FILTER (WHERE t.planned IS NULL AND t.live = 0), 0) AS bytes_never_analysed
    FROM plumbline_table t JOIN pg_class c ON c.oid = t.root JOIN pg_namespace n ON n.oid = c.relnamespace
    GROUP BY 1, c.oid ORDER BY 3 DESC, 1
    """

  private static let rows = """
    WITH plumbline_rows AS (
    \(largestQuery)
    )
    SELECT jsonb_build_object('section', 'rows',
      'largest', (SELECT to_jsonb(t) FROM plumbline_rows t LIMIT 1),
      'unknown', (SELECT to_jsonb(t) FROM plumbline_rows t WHERE bytes_never_analysed > 0
        ORDER BY bytes_never_analysed DESC, 1 LIMIT 1));
    """

  /// Standbys, apart from backups, archives of the log and logical replication.
  static let replicas = """
    SELECT count(*) FILTER (WHERE r.state IN ('startup', 'catchup', 'streaming')
             AND r.application_name NOT IN ('pg_receivewal', 'pg_basebackup')
             AND NOT EXISTS (SELECT FROM pg_replication_slots s
               WHERE s.active_pid = r.pid AND s.slot_type = 'logical')) AS standbys,
           count(*) FILTER (WHERE r.state IS NULL) AS unseen
    FROM pg_stat_replication r
    """
}
